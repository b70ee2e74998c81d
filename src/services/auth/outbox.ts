import type { EntityManager } from 'typeorm';
import { OutboxMail } from '../../entities/outbox-mail.js';
import type { Mail } from './mails.js';

/** Puts a mail into the outbox, in the transaction of what it tells; the same key puts it once. Returns its id, for the job that sends it after the commit. */
export async function putMail(manager: EntityManager, recipient: string, mail: Mail, idempotencyKey: string = crypto.randomUUID()): Promise<string> {
  await manager.createQueryBuilder().insert().into(OutboxMail).values({ recipient, subject: mail.subject, textBody: mail.textBody, htmlBody: mail.htmlBody, expiresAt: new Date(Date.now() + mail.usefulMs), idempotencyKey }).orIgnore().execute();
  return (await manager.findOneByOrFail(OutboxMail, { idempotencyKey })).id;
}
