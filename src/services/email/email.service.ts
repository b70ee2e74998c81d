import { In, type DataSource } from 'typeorm';
import { requireMember, requireReader, type Actor } from '../../actor.js';
import { groupBy } from '../../collections.js';
import { EmailSource } from '../../entities/email-source.js';
import type { EmailVerdict } from '../../entities/email-verdict.js';
import { Email } from '../../entities/email.js';
import { CheckStatus, EmailStatus } from '../../entities/enums.js';
import type { ExtractedEmail } from '../../entities/extracted-email.js';
import { LeadlineError } from '../../errors.js';
import { isUuid, paginate, type PageOf, type PageRequest } from '../../pagination.js';
import type { ProgressTx } from '../../progress.js';
import type { Redaction } from '../crawler/redacted-page.js';
import { parseAddress } from './checks/syntax.js';
import type { MailDns } from './dns.js';
import { checkEmailFilter, filterEmails, type EmailFilter } from './email-query.js';
import type { EmailProbes } from './email-probes.js';
import { ErasedOnPage, storedSpelling, storeSightings, type SightedSite, type Sighting } from './email-store.js';
import { redactionOf } from './erasure.js';
import { extractEmails, type FoundAddress } from './extract.js';
import type { Suppressions } from './suppressions.js';
import { checkEmail } from './verdict.js';

/** Addresses of a batch under way at once. */
const AT_ONCE = 64;
/** How long a stored verdict is good when its address is found again; what is not known is asked again at once. */
const VERDICT_AGE_MS: Readonly<Record<EmailStatus, number>> = { [EmailStatus.VALID]: 24 * 3_600_000, [EmailStatus.RISKY]: 24 * 3_600_000, [EmailStatus.INVALID]: 6 * 3_600_000, [EmailStatus.UNKNOWN]: 0 };

/** One verdict of a batch. */
export interface BatchVerdict { place: number; done: number; total: number; verdict: EmailVerdict }

/** Addresses: found on pages with their proof, stored once per workspace, given a verdict. */
export class EmailService {
  constructor(private readonly dataSource: DataSource, private readonly dns: MailDns, private readonly suppressions: Suppressions, private readonly probes: EmailProbes) {}

  /** Pure: finds the addresses in HTML or text, stores nothing. */
  extractEmails(actor: Actor, content: string): ExtractedEmail[] {
    requireReader(actor);
    return extractEmails(content).map(({ address, notation, snippet, personName, jobTitle }) => ({ address, notation, snippet, personName, jobTitle }));
  }

  /** Syntax, lists and DNS; sends no mail and opens no SMTP connection. */
  async validateEmail(actor: Actor, email: string): Promise<EmailVerdict> {
    requireReader(actor);
    return await this.#check(actor.workspaceId, email);
  }

  /**
   * Like validateEmail; where SMTP_PROBE is on, the mail server is asked for the recipient, too. UNKNOWN is an honest answer:
   * many servers accept everybody, and one that wants to be asked later is asked by a job.
   * @throws LeadlineError EMAIL_SYNTAX, SUPPRESSED
   */
  async checkDeliverability(actor: Actor, email: string): Promise<EmailVerdict> {
    requireMember(actor);
    const parsed = parseAddress(email);
    if (!parsed.ok) throw new LeadlineError('EMAIL_SYNTAX', `This is not an e-mail address: ${parsed.reason}`, { details: { reason: parsed.reason } });
    await this.suppressions.refuse(this.dataSource, actor.workspaceId, email);
    const options = { dns: this.dns, now: new Date(), suppressed: false };
    if (!this.probes.isOn) return await checkEmail(email, { ...options, smtp: { outcome: null, skipped: 'asking mail servers is turned off (SMTP_PROBE)' } });
    const route = await this.dns.mailRoute(parsed.address.asciiDomain);
    if (route.kind !== 'mx' && route.kind !== 'implicit') return await checkEmail(email, { ...options, smtp: { outcome: null, skipped: 'there is no mail server to ask' } });
    const verdict = await checkEmail(email, { ...options, smtp: { outcome: await this.probes.outcomeFor(actor.workspaceId, parsed.address, route), skipped: '' } });
    await this.#keepVerdict(actor.workspaceId, storedSpelling(parsed.address), verdict);
    return verdict;
  }

  /**
   * Many addresses, each as soon as its verdict is there: at most 64 under way, so that memory does not grow with the list.
   * Addresses of one domain share its look-ups; what is no address gets its verdict as well and ends nothing.
   * @returns `place` in `emails` from 0, `done` counts up to `total`
   * @throws the reason of `signal` once that is aborted; nothing more is asked then
   */
  async *validateAll(actor: Actor, emails: readonly string[], signal?: AbortSignal): AsyncGenerator<BatchVerdict> {
    requireReader(actor);
    const underWay = new Map<number, Promise<{ place: number; verdict: EmailVerdict }>>();
    let abort = (): void => undefined;
    const aborted = new Promise<never>((_resolve, reject) => { abort = () => { reject(signal?.reason as Error); }; });
    // Without anybody waiting at that moment it is no unhandled failure.
    aborted.catch(() => undefined);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      let next = 0;
      for (let done = 1; done <= emails.length; done += 1) {
        signal?.throwIfAborted();
        for (; next < emails.length && underWay.size < AT_ONCE; next += 1) {
          const place = next;
          underWay.set(place, this.#check(actor.workspaceId, emails[place] ?? '').then((verdict) => ({ place, verdict })));
        }
        const { place, verdict } = await Promise.race([aborted, ...underWay.values()]);
        underWay.delete(place);
        yield { place, done, total: emails.length, verdict };
      }
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Job function. */
  async probeAgain(probeId: string): Promise<void> {
    const asked = await this.probes.askAgain(probeId);
    if (!asked) return;
    const parsing = parseAddress(asked.address);
    if (!parsing.ok) return;
    const verdict = await this.#check(asked.workspaceId, asked.address);
    await this.#keepVerdict(asked.workspaceId, storedSpelling(parsing.address), verdict);
  }

  async stopProbing(probeId: string): Promise<void> {
    await this.probes.giveUp(probeId);
  }

  async #check(workspaceId: string, email: string): Promise<EmailVerdict> {
    const parsing = parseAddress(email);
    if (!parsing.ok) return await checkEmail(email, { dns: this.dns, now: new Date() });
    const { normalized } = parsing.address;
    const [suppressed, outcome] = await Promise.all([this.suppressions.has(workspaceId, normalized), this.probes.known(workspaceId, normalized)]);
    return await checkEmail(email, { dns: this.dns, now: new Date(), suppressed, ...(outcome ? { smtp: { outcome, skipped: '' } } : {}) });
  }

  /** The addresses a page shows; pure. */
  find(html: string, pageUrl: string): FoundAddress[] {
    return extractEmails(html, { url: pageUrl });
  }

  /**
   * Stores what pages of one site show, inside their own transaction.
   * @returns by page id, the addresses that are new to this crawl, each at the first page that shows it
   * @throws ErasedOnPage when a page shows an address that was erased: see `redactionFor`
   */
  async storeEmails(tx: ProgressTx, site: SightedSite, pages: readonly Sighting[]): Promise<Map<string, { id: string; address: string }[]>> {
    return await storeSightings(tx, this.suppressions, site, pages);
  }

  /** What to take out of the pages that `storeEmails` refused because they show erased addresses; null for any other error. */
  redactionFor(error: unknown): Redaction | null {
    return error instanceof ErasedOnPage ? redactionOf(error.addresses, error.names) : null;
  }

  /** Gives one stored address its verdict, unless it has one that is still good. Safe to run twice. */
  async verify(emailId: string): Promise<void> {
    const email = await this.dataSource.getRepository(Email).findOneBy({ id: emailId });
    if (!email) return;
    if (email.verdict && Date.now() - new Date(email.verdict.checkedAt).getTime() < VERDICT_AGE_MS[email.status]) return;
    // Put on the suppression list, or taken off it, while the verdict was made: once more, with the list as it is now.
    while (!await this.#keepVerdict(email.workspaceId, email.address, await this.#check(email.workspaceId, email.address))) continue;
  }

  /**
   * The verdict into the row of the address, if it is stored; goals count what became VALID.
   * @returns false when the suppression list says something else by now: then nothing is stored
   */
  async #keepVerdict(workspaceId: string, address: string, verdict: EmailVerdict): Promise<boolean> {
    return await this.dataSource.transaction(async (manager) => {
      await this.suppressions.hold(manager, workspaceId);
      const normalized = verdict.normalized ?? '';
      const said = verdict.checks.some((check) => check.name === 'suppression' && check.status === CheckStatus.FAIL);
      if ((await this.suppressions.among(manager, workspaceId, [normalized])).has(normalized) !== said) return false;
      const [before] = await manager.query<{ id: string; status: EmailStatus; checked_at: string | null }[]>("SELECT id, status, verdict->>'checkedAt' AS checked_at FROM emails WHERE workspace_id = $1 AND address = $2 FOR UPDATE", [workspaceId, address]);
      // Two checks at a time: what was begun later knows more, such as a mail server that has answered meanwhile.
      if (!before || (before.checked_at !== null && Date.parse(before.checked_at) > verdict.checkedAt.getTime())) return true;
      await manager.update(Email, before.id, { verdict, status: verdict.status, kind: verdict.kind });
      if (before.status === verdict.status || (verdict.status !== EmailStatus.VALID && before.status !== EmailStatus.VALID)) return true;
      const by = verdict.status === EmailStatus.VALID ? 1 : -1;
      await manager.query('UPDATE goals SET emails_valid = greatest(0, emails_valid + $2) WHERE id IN (SELECT DISTINCT j.goal_id FROM email_sources s JOIN crawl_jobs j ON j.id = s.crawl_job_id WHERE s.email_id = $1)', [before.id, by]);
      return true;
    });
  }

  async email(actor: Actor, id: string): Promise<Email> {
    requireReader(actor);
    const email = isUuid(id) ? await this.dataSource.getRepository(Email).findOneBy({ id, workspaceId: actor.workspaceId }) : null;
    if (!email) throw new LeadlineError('NOT_FOUND', 'There is no such e-mail.');
    return email;
  }

  async emails(actor: Actor, page: PageRequest, filter: EmailFilter = {}): Promise<PageOf<Email>> {
    requireReader(actor);
    await checkEmailFilter(this.dataSource, actor.workspaceId, filter);
    const query = filterEmails(this.dataSource.getRepository(Email).createQueryBuilder('row'), actor.workspaceId, filter);
    return await paginate(query, page, { expression: 'row.created_at', type: 'timestamptz', direction: 'DESC' });
  }

  /** Sources of each address, oldest first, for the loader. */
  async sourcesOf(emailIds: readonly string[]): Promise<Map<string, EmailSource[]>> {
    const sources = await this.dataSource.getRepository(EmailSource).find({ where: { emailId: In([...emailIds]) }, order: { foundAt: 'ASC', pageUrl: 'ASC' } });
    return groupBy(sources, (source) => source.emailId);
  }

  /** By id, within the workspace, for the loader. */
  async byIds(workspaceId: string, ids: readonly string[]): Promise<Map<string, Email>> {
    const emails = await this.dataSource.getRepository(Email).findBy({ id: In([...ids]), workspaceId });
    return new Map(emails.map((email) => [email.id, email]));
  }

  /** Addresses of each lead, the first found first, for the loader. */
  async ofLeads(leadIds: readonly string[]): Promise<Map<string, Email[]>> {
    const emails = await this.dataSource.getRepository(Email).find({ where: { leadId: In([...leadIds]) }, order: { createdAt: 'ASC', address: 'ASC' } });
    return groupBy(emails, (email) => email.leadId ?? '');
  }
}
