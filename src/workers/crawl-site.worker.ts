import { JOBS } from '../jobs.js';
import type { CrawlerService } from '../services/crawler/crawler.service.js';
import { handler } from './run.js';

export const crawlSiteWorker = (crawler: CrawlerService) => handler({
  job: JOBS.crawlSite,
  handle: ({ crawlJobId }, signal) => crawler.crawlWebsite(crawlJobId, signal),
  giveUp: ({ crawlJobId }, error) => crawler.giveUp(crawlJobId, error),
});
