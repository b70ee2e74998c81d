import { In, type DataSource } from 'typeorm';
import { requireMember, requireReader, type Actor } from '../../actor.js';
import type { EmailVerdict } from '../../entities/email-verdict.js';
import { EmailSource } from '../../entities/email-source.js';
import { Email } from '../../entities/email.js';
import { EmailNotation, EmailStatus, type EmailKind } from '../../entities/enums.js';
import type { ExtractedEmail } from '../../entities/extracted-email.js';
import { groupBy } from '../../collections.js';
import { LeadlineError } from '../../errors.js';
import { isUuid, paginate, type PageOf, type PageRequest } from '../../pagination.js';
import type { ProgressTx } from '../../progress.js';
import { storableText } from '../../storable.js';
import { parseAddress } from './checks/syntax.js';
import { classifyAddress } from './classify.js';
import type { MailDns } from './dns.js';
import { extractEmails, isThirdParty, type FoundAddress } from './extract.js';
import { checkEmail } from './verdict.js';

export interface EmailFilter { goalId?: string | null; crawlJobId?: string | null; domain?: string | null; status?: EmailStatus[] | null; kind?: EmailKind[] | null; search?: string | null }
/** The site on whose pages addresses were found. */
export interface SightedSite { workspaceId: string; crawlJobId: string; goalId: string | null; domain: string }
/** One page with the addresses it shows. */
export interface Sighting { pageId: string; pageUrl: string; contentHash: string; rendered: boolean; found: readonly FoundAddress[] }

/** Addresses: found on pages with their proof, stored once per workspace, given a verdict. */
export class EmailService {
  constructor(private readonly dataSource: DataSource, private readonly dns: MailDns) {}

  /** Pure: finds the addresses in HTML or text, stores nothing. */
  extractEmails(actor: Actor, content: string): ExtractedEmail[] {
    requireReader(actor);
    return extractEmails(content).map(({ address, notation, snippet, personName, jobTitle }) => ({ address, notation, snippet, personName, jobTitle }));
  }

  /** Syntax, lists and DNS; sends no mail and opens no SMTP connection. */
  async validateEmail(actor: Actor, email: string): Promise<EmailVerdict> {
    requireReader(actor);
    return await checkEmail(email, { dns: this.dns, now: new Date() });
  }

  /** Like validateEmail: without an SMTP probe nothing more can be known, and UNKNOWN is an honest answer. */
  async checkDeliverability(actor: Actor, email: string): Promise<EmailVerdict> {
    requireMember(actor);
    const parsed = parseAddress(email);
    if (!parsed.ok) throw new LeadlineError('EMAIL_SYNTAX', `This is not an e-mail address: ${parsed.reason}`, { details: { reason: parsed.reason } });
    return await checkEmail(email, { dns: this.dns, now: new Date() });
  }

  /** The addresses a page shows; pure. */
  find(html: string, pageUrl: string): FoundAddress[] {
    return extractEmails(html, { url: pageUrl });
  }

  /**
   * Stores what pages of one site show, inside their own transaction: once per workspace and address, one source per page.
   * @returns by page id, the addresses that are new to this crawl, each at the first page that shows it
   */
  async storeEmails(tx: ProgressTx, site: SightedSite, pages: readonly Sighting[]): Promise<Map<string, { id: string; address: string }[]>> {
    const fresh = new Map<string, { id: string; address: string }[]>();
    const shown = pages.flatMap((page) => page.found.filter((found) => parseAddress(found.address).ok).map((found) => ({ page, found })));
    if (shown.length === 0) return fresh;
    const emails = await this.#upsert(tx, site, shown.map(({ found }) => found));
    const ids = [...emails.values()].map(({ id }) => id);
    const known = new Set((await tx.query<{ id: string }>('SELECT id FROM unnest($1::uuid[]) AS sighted (id) WHERE EXISTS (SELECT 1 FROM email_sources s WHERE s.email_id = sighted.id AND s.crawl_job_id = $2)', [ids, site.crawlJobId])).map(({ id }) => id));
    const sources = shown.flatMap(({ page, found }) => {
      const email = emails.get(found.address);
      return email ? [{ page, found, email }] : [];
    });
    await tx.query(`
      INSERT INTO email_sources (email_id, page_id, crawl_job_id, page_url, snippet, notation, content_hash, found_at)
      SELECT email_id, page_id, $1, page_url, snippet, notation, content_hash, now()
      FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[]) AS seen (email_id, page_id, page_url, snippet, notation, content_hash)
      ON CONFLICT (email_id, page_id) DO NOTHING`,
    [site.crawlJobId, sources.map(({ email }) => email.id), sources.map(({ page }) => page.pageId), sources.map(({ page }) => page.pageUrl), sources.map(({ found }) => storableText(found.snippet)),
      sources.map(({ page, found }) => (page.rendered ? EmailNotation.RENDERED : found.notation)), sources.map(({ page }) => page.contentHash)]);
    let valid = 0;
    for (const { page, found, email } of sources) {
      if (known.has(email.id)) continue;
      known.add(email.id);
      fresh.set(page.pageId, [...fresh.get(page.pageId) ?? [], { id: email.id, address: found.address }]);
      if (email.status === EmailStatus.VALID) valid += 1;
    }
    // Checked for another site before: they count for this goal too. After all addresses: the lock order is
    // crawl job, addresses, goal.
    if (valid > 0 && site.goalId) await tx.query('UPDATE goals SET emails_valid = emails_valid + $2 WHERE id = $1', [site.goalId, valid]);
    return fresh;
  }

  /** @param found well-formed addresses, the same one perhaps several times @returns their rows, by address */
  async #upsert(tx: ProgressTx, site: SightedSite, found: readonly FoundAddress[]): Promise<Map<string, { id: string; status: EmailStatus }>> {
    const byAddress = groupBy(found, (one) => one.address);
    // In one order everywhere, so that two transactions with the same addresses never wait for each other in a circle.
    const rows = [...byAddress.keys()].sort().flatMap((address) => {
      const parsed = parseAddress(address);
      const sightings = byAddress.get(address) ?? [];
      return parsed.ok ? [{
        address, domain: address.slice(address.lastIndexOf('@') + 1), kind: classifyAddress(parsed.address.local, parsed.address.asciiDomain),
        personName: sightings.find((one) => one.personName !== null)?.personName ?? null, jobTitle: sightings.find((one) => one.jobTitle !== null)?.jobTitle ?? null,
        thirdParty: sightings.every((one) => isThirdParty(one, site.domain)),
      }] : [];
    });
    const stored = await tx.query<{ id: string; address: string; status: EmailStatus }>(`
      INSERT INTO emails (workspace_id, status, address, domain, kind, person_name, job_title, third_party)
      SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::boolean[])
      ON CONFLICT (workspace_id, address) DO UPDATE SET person_name = coalesce(emails.person_name, EXCLUDED.person_name),
        job_title = coalesce(emails.job_title, EXCLUDED.job_title), third_party = emails.third_party AND EXCLUDED.third_party
      RETURNING id, address, status`,
    [site.workspaceId, EmailStatus.UNKNOWN, rows.map((row) => row.address), rows.map((row) => row.domain), rows.map((row) => row.kind), rows.map((row) => (row.personName === null ? null : storableText(row.personName))),
      rows.map((row) => (row.jobTitle === null ? null : storableText(row.jobTitle))), rows.map((row) => row.thirdParty)]);
    return new Map(stored.map(({ address, ...row }) => [address, row]));
  }

  /** Gives one stored address its verdict. Safe to run twice: the second time only the time of the check changes. */
  async verify(emailId: string): Promise<void> {
    const email = await this.dataSource.getRepository(Email).findOneBy({ id: emailId });
    if (!email) return;
    const verdict = await checkEmail(email.address, { dns: this.dns, now: new Date() });
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
    const query = this.dataSource.getRepository(Email).createQueryBuilder('row').where('row.workspaceId = :workspaceId', { workspaceId: actor.workspaceId });
    for (const [table, id] of [['goals', filter.goalId], ['crawl_jobs', filter.crawlJobId]] as const) if (id != null && !await this.#isThere(table, id, actor.workspaceId)) throw new LeadlineError('NOT_FOUND', 'There is no such goal or crawl job.');
    if (filter.crawlJobId != null) query.andWhere('EXISTS (SELECT 1 FROM email_sources s WHERE s.email_id = row.id AND s.crawl_job_id = :crawlJobId)', { crawlJobId: filter.crawlJobId });
    if (filter.goalId != null) query.andWhere('EXISTS (SELECT 1 FROM email_sources s JOIN crawl_jobs j ON j.id = s.crawl_job_id WHERE s.email_id = row.id AND j.goal_id = :goalId)', { goalId: filter.goalId });
    if (filter.domain) query.andWhere('row.domain = :domain', { domain: filter.domain.toLowerCase() });
    if (filter.status?.length) query.andWhere('row.status IN (:...status)', { status: filter.status });
    if (filter.kind?.length) query.andWhere('row.kind IN (:...kind)', { kind: filter.kind });
    if (filter.search) query.andWhere("(row.address ILIKE :like OR row.personName ILIKE :like)", { like: `%${filter.search.replace(/[\\%_]/g, '\\$&')}%` });
    return await paginate(query, page, { expression: 'row.created_at', type: 'timestamptz', direction: 'DESC' });
  }

  async #isThere(table: 'goals' | 'crawl_jobs', id: string, workspaceId: string): Promise<boolean> {
    return isUuid(id) && (await this.dataSource.query<unknown[]>(`SELECT 1 FROM ${table} WHERE id = $1 AND workspace_id = $2`, [id, workspaceId])).length > 0;
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
