import { JOBS } from '../jobs.js';
import type { Retention } from '../services/upkeep/retention.js';
import { handler } from './run.js';

export const tidyRecordsWorker = (retention: Retention) => handler({
  job: JOBS.tidyRecords,
  handle: async (_payload, signal) => { await retention.tidy(signal); },
  // Without its note it is due still: the reconciler tries again.
  giveUp: async () => undefined,
});
