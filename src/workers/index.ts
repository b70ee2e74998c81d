import { buildLeadWorker } from './build-lead.worker.js';
import { crawlSiteWorker } from './crawl-site.worker.js';
import type { JobHandler } from './run.js';
import { probeEmailWorker } from './probe-email.worker.js';
import { searchGoalWorker } from './search-goal.worker.js';
import { sendMailWorker } from './send-mail.worker.js';
import { sweepDocumentsWorker } from './sweep-documents.worker.js';
import { tidyRecordsWorker } from './tidy-records.worker.js';
import { verifyEmailWorker } from './verify-email.worker.js';
import { writeExportWorker } from './write-export.worker.js';

interface Services {
  search: Parameters<typeof searchGoalWorker>[0];
  crawler: Parameters<typeof crawlSiteWorker>[0];
  emails: Parameters<typeof verifyEmailWorker>[0];
  leads: Parameters<typeof buildLeadWorker>[0];
  exports: Parameters<typeof writeExportWorker>[0];
  mail: Parameters<typeof sendMailWorker>[0];
  retention: Parameters<typeof tidyRecordsWorker>[0];
}

/** Every job kind and who does it: the list of all work. */
export const jobHandlers = (services: Services): JobHandler<never>[] => [
  searchGoalWorker(services.search),
  crawlSiteWorker(services.crawler),
  verifyEmailWorker(services.emails),
  probeEmailWorker(services.emails),
  buildLeadWorker(services.leads),
  writeExportWorker(services.exports),
  sendMailWorker(services.mail),
  sweepDocumentsWorker(services.crawler),
  tidyRecordsWorker(services.retention),
];
