import { JOBS } from '../jobs.js';
import type { EmailService } from '../services/email/email.service.js';
import { handler } from './run.js';

export const probeEmailWorker = (emails: EmailService) => handler({
  job: JOBS.probeEmail,
  handle: ({ probeId }) => emails.probeAgain(probeId),
  giveUp: ({ probeId }) => emails.stopProbing(probeId),
});
