import { JOBS } from '../jobs.js';
import type { CrawlerService } from '../services/crawler/crawler.service.js';
import { handler } from './run.js';

export const sweepDocumentsWorker = (crawler: CrawlerService) => handler({
  job: JOBS.sweepDocuments,
  handle: (_payload, signal) => crawler.sweepDocuments(signal),
  // The rows keep their notes: the reconciler tries again while there is something to remove.
  giveUp: async () => undefined,
});
