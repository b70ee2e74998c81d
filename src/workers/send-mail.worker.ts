import { JOBS } from '../jobs.js';
import type { MailService } from '../services/mail/mail.service.js';
import { handler } from './run.js';

export const sendMailWorker = (mail: MailService) => handler({
  job: JOBS.sendMail,
  handle: ({ mailId }) => mail.deliver(mailId),
  // The row says whether and when it is tried again; the reconciler queues it then.
  giveUp: async () => undefined,
});
