import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTransport, type Transporter } from 'nodemailer';
import type { DataSource } from 'typeorm';
import type { Config } from '../../config.js';
import { OutboxMail } from '../../entities/outbox-mail.js';
import { LeadlineError } from '../../errors.js';

/** Longer than one attempt can take; a worker that died holds a mail for this long. */
const LEASE_MS = 120_000;
const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 } as const;
/** 1, 2, 4, … seconds, at most ten minutes, each up to a quarter more, until the mail is of no use any more. */
const backoffMs = (attempts: number): number => Math.min(1_000 * 2 ** (attempts - 1), 600_000) * (1 + Math.random() / 4);
/** The queue's clock is not the database's. */
const CLOCK_SLACK_MS = 100;

interface SmtpError { code?: string; command?: string; responseCode?: number; message: string }

/**
 * Whether the server said no to this mail for good (RFC 5321 §4.2.1: 5yz to the recipient or the text). A refused
 * sender or password is our own setting: it is tried again, so that mending the setting sends what waits.
 */
function isRefused({ code, command, responseCode = 0 }: SmtpError): boolean {
  if (code === 'EENVELOPE' && command === 'API') return true;
  return responseCode >= 500 && responseCode < 600 && (command === 'RCPT TO' || command === 'DATA');
}

/** Sends what lies in the outbox table: over SMTP_URL, or as files in DATA_DIR/outbox. */
export class MailService {
  readonly #transport: Transporter;
  /** What the last attempt of this process met; null after a success. */
  #trouble: string | null = null;

  constructor(private readonly dataSource: DataSource, private readonly config: Config) {
    this.#transport = config.SMTP_URL ? createTransport({ ...TIMEOUTS, url: config.SMTP_URL }) : createTransport({ streamTransport: true, buffer: true });
  }

  get capability(): { state: 'READY' | 'DEGRADED'; detail: string } {
    if (!this.config.SMTP_URL) return { state: 'READY', detail: 'files in DATA_DIR/outbox' };
    return this.#trouble === null ? { state: 'READY', detail: 'SMTP server' } : { state: 'DEGRADED', detail: `SMTP server: the last mail could not be sent (${this.#trouble}); it is tried again` };
  }

  /**
   * Delivers one mail, unless it was sent, is being sent elsewhere, or waits. The row is marked after the server took
   * it: a crash or a lost answer in between sends it twice, with the same Message-ID, never not at all.
   * @throws LeadlineError SERVICE_UNAVAILABLE, to be tried again at the row's time, or never when it was refused
   */
  async deliver(mailId: string): Promise<void> {
    const mail = await this.#claim(mailId);
    if (!mail) return;
    if (mail.expiresAt.getTime() <= Date.now()) {
      await this.#settle(mail.id, { failedAt: new Date(), lastError: mail.lastError ?? 'too late to be of use' });
      return;
    }
    try {
      const info: unknown = await this.#transport.sendMail({
        from: this.config.MAIL_FROM, to: { name: '', address: mail.recipient }, subject: mail.subject, text: mail.textBody, html: mail.htmlBody, messageId: this.#messageId(mail),
        // RFC 3834: nobody is there to read an automatic answer.
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      if (!this.config.SMTP_URL) this.#file(mail.id, (info as { message: Buffer }).message);
    } catch (cause) {
      throw await this.#failed(mail, cause as SmtpError);
    }
    this.#trouble = null;
    await this.#settle(mail.id, { sentAt: new Date(), lastError: null });
  }

  async close(): Promise<void> {
    this.#transport.close();
  }

  /** Takes the mail for one attempt: of two workers that hold the same job, one sends. */
  async #claim(mailId: string): Promise<OutboxMail | null> {
    const { affected } = await this.dataSource.getRepository(OutboxMail).createQueryBuilder().update()
      .set({ attempts: () => 'attempts + 1', nextAttemptAt: () => `now() + interval '${LEASE_MS} milliseconds'` })
      .where('id = :mailId AND sent_at IS NULL AND failed_at IS NULL AND next_attempt_at <= now()', { mailId }).execute();
    return affected === 1 ? await this.dataSource.getRepository(OutboxMail).findOneByOrFail({ id: mailId }) : null;
  }

  /** The texts go: they may hold the secret of a link, and nobody needs them again. */
  async #settle(id: string, outcome: Partial<Pick<OutboxMail, 'sentAt' | 'failedAt' | 'lastError'>>): Promise<void> {
    await this.dataSource.getRepository(OutboxMail).update(id, { ...outcome, textBody: '', htmlBody: '' });
  }

  async #failed(mail: OutboxMail, error: SmtpError): Promise<LeadlineError> {
    // The server's own words may name the recipient: they stay in the row and out of the log.
    const what = [error.code ?? 'failed', error.command, error.responseCode || undefined].filter((part) => part !== undefined).join(' ');
    const lastError = error.message.slice(0, 500);
    if (isRefused(error)) {
      await this.#settle(mail.id, { failedAt: new Date(), lastError });
      return new LeadlineError('SERVICE_UNAVAILABLE', `The mail server refused the mail ${mail.id} for good: ${what}.`, { details: { dependency: 'mail' } });
    }
    this.#trouble = what;
    const waitMs = backoffMs(mail.attempts);
    await this.dataSource.getRepository(OutboxMail).update(mail.id, { nextAttemptAt: () => `now() + interval '${Math.round(waitMs)} milliseconds'`, lastError });
    return new LeadlineError('SERVICE_UNAVAILABLE', `The mail server did not take the mail ${mail.id}: ${what}.`, { details: { dependency: 'mail' }, retry: { afterMs: Math.round(waitMs) + CLOCK_SLACK_MS } });
  }

  /** The same for each attempt, so that a mailbox that got it twice can tell (RFC 5322 §3.6.4). */
  #messageId(mail: OutboxMail): string {
    const domain = /@([^\s<>@]+)>?\s*$/.exec(this.config.MAIL_FROM)?.[1] ?? 'localhost';
    return `<${createHash('sha256').update(mail.idempotencyKey).digest('hex').slice(0, 32)}@${domain}>`;
  }

  #file(id: string, message: Buffer): void {
    const folder = join(this.config.DATA_DIR, 'outbox');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${id}.eml`);
    writeFileSync(`${file}.new`, message, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
}
