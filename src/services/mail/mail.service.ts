import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTransport, type Transporter } from 'nodemailer';
import type { DataSource } from 'typeorm';
import type { Config } from '../../config.js';
import { OutboxMail } from '../../entities/outbox-mail.js';
import { LeadlineError } from '../../errors.js';

/** Sends what lies in the outbox table: over SMTP_URL, or as files in DATA_DIR/outbox. */
export class MailService {
  readonly #transport: Transporter;

  constructor(private readonly dataSource: DataSource, private readonly config: Config) {
    this.#transport = config.SMTP_URL
      ? createTransport(config.SMTP_URL, { connectionTimeout: 10_000, socketTimeout: 30_000 } as object)
      : createTransport({ streamTransport: true, buffer: true });
  }

  get capability(): { state: 'READY'; detail: string } {
    return { state: 'READY', detail: this.config.SMTP_URL ? 'SMTP server' : 'files in DATA_DIR/outbox' };
  }

  /**
   * Delivers one mail. The row is marked after the server took it, so a crash in between may send it twice,
   * never not at all; the Message-ID is the same both times.
   */
  async deliver(mailId: string): Promise<void> {
    const mail = await this.dataSource.getRepository(OutboxMail).findOneBy({ id: mailId });
    if (!mail || mail.sentAt) return;
    try {
      const info: unknown = await this.#transport.sendMail({ from: this.config.MAIL_FROM, to: mail.recipient, subject: mail.subject, text: mail.textBody, html: mail.htmlBody, messageId: `<${mail.id}@leadline>` });
      if (!this.config.SMTP_URL) this.#file(mail.id, (info as { message: Buffer }).message);
    } catch (cause) {
      throw new LeadlineError('SERVICE_UNAVAILABLE', 'The mail server did not take the mail.', { details: { dependency: 'mail' }, retry: 'backoff', cause });
    }
    await this.dataSource.getRepository(OutboxMail).update(mail.id, { sentAt: new Date() });
  }

  async close(): Promise<void> {
    this.#transport.close();
  }

  #file(id: string, message: Buffer): void {
    const folder = join(this.config.DATA_DIR, 'outbox');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${id}.eml`);
    writeFileSync(`${file}.new`, message, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
}
