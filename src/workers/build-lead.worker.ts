import { JOBS } from '../jobs.js';
import type { LeadService } from '../services/leads/lead.service.js';
import { handler } from './run.js';

export const buildLeadWorker = (leads: LeadService) => handler({
  job: JOBS.buildLead,
  handle: ({ crawlJobId }) => leads.createFromCrawl(crawlJobId),
  giveUp: ({ crawlJobId }, error) => leads.giveUp(crawlJobId, error),
});
