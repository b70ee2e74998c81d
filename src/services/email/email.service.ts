import { In, type DataSource } from 'typeorm';
import { requireMember, requireReader, type Actor } from '../../actor.js';
import { groupBy } from '../../collections.js';
import { EmailSource } from '../../entities/email-source.js';
import type { EmailVerdict } from '../../entities/email-verdict.js';
import { Email } from '../../entities/email.js';
import { EmailStatus } from '../../entities/enums.js';
import type { ExtractedEmail } from '../../entities/extracted-email.js';
import { LeadlineError } from '../../errors.js';
import { isUuid, paginate, type PageOf, type PageRequest } from '../../pagination.js';
import type { ProgressTx } from '../../progress.js';
import type { Redaction } from '../crawler/redacted-page.js';
import { parseAddress } from './checks/syntax.js';
import type { MailDns } from './dns.js';
import { checkEmailFilter, filterEmails, type EmailFilter } from './email-query.js';
import { ErasedOnPage, storeSightings, type SightedSite, type Sighting } from './email-store.js';
import { redactionOf } from './erasure.js';
import { extractEmails, type FoundAddress } from './extract.js';
import type { Suppressions } from './suppressions.js';
import { checkEmail } from './verdict.js';

/** Addresses: found on pages with their proof, stored once per workspace, given a verdict. */
export class EmailService {
  constructor(private readonly dataSource: DataSource, private readonly dns: MailDns, private readonly suppressions: Suppressions) {}

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

  /** Like validateEmail: without an SMTP probe nothing more can be known, and UNKNOWN is an honest answer. */
  async checkDeliverability(actor: Actor, email: string): Promise<EmailVerdict> {
    requireMember(actor);
    const parsed = parseAddress(email);
    if (!parsed.ok) throw new LeadlineError('EMAIL_SYNTAX', `This is not an e-mail address: ${parsed.reason}`, { details: { reason: parsed.reason } });
    await this.suppressions.refuse(this.dataSource, actor.workspaceId, email);
    return await this.#check(actor.workspaceId, email);
  }

  async #check(workspaceId: string, email: string): Promise<EmailVerdict> {
    const parsing = parseAddress(email);
    const suppressed = parsing.ok && await this.suppressions.has(workspaceId, parsing.address.normalized);
    return await checkEmail(email, { dns: this.dns, now: new Date(), suppressed });
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
    return error instanceof ErasedOnPage ? redactionOf(error.addresses) : null;
  }

  /** Gives one stored address its verdict. Safe to run twice: the second time only the time of the check changes. */
  async verify(emailId: string): Promise<void> {
    const email = await this.dataSource.getRepository(Email).findOneBy({ id: emailId });
    if (!email) return;
    const verdict = await this.#check(email.workspaceId, email.address);
    await this.dataSource.transaction(async (manager) => {
      const [before] = await manager.query<{ status: EmailStatus }[]>('SELECT status FROM emails WHERE id = $1 FOR UPDATE', [emailId]);
      await manager.update(Email, emailId, { verdict, status: verdict.status, kind: verdict.kind });
      if (before?.status === verdict.status || verdict.status !== EmailStatus.VALID) return;
      await manager.query('UPDATE goals SET emails_valid = emails_valid + 1 WHERE id IN (SELECT DISTINCT j.goal_id FROM email_sources s JOIN crawl_jobs j ON j.id = s.crawl_job_id WHERE s.email_id = $1)', [emailId]);
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
