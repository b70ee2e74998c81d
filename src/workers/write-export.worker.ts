import { JOBS } from '../jobs.js';
import type { LeadExports } from '../services/leads/lead-exports.js';
import { handler } from './run.js';

export const writeExportWorker = (exports: LeadExports) => handler({
  job: JOBS.writeExport,
  handle: ({ exportId }, signal) => exports.write(exportId, signal),
  giveUp: ({ exportId }, error) => exports.giveUp(exportId, error),
});
