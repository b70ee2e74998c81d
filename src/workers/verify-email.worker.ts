import { JOBS } from '../jobs.js';
import type { EmailService } from '../services/email/email.service.js';
import { handler } from './run.js';

export const verifyEmailWorker = (emails: EmailService) => handler({
  job: JOBS.verifyEmail,
  handle: ({ emailId }) => emails.verify(emailId),
  // The address stays UNKNOWN, which is what is known.
  giveUp: async () => undefined,
});
