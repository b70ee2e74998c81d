/** Takes every trace of one address out of a workspace, and keeps it out. */
import type { DataSource } from 'typeorm';
import { requireMember, type Actor } from '../../actor.js';
import type { Erasure } from '../../entities/erasure.js';
import { LeadEventType, SuppressionKind } from '../../entities/enums.js';
import { LeadlineError } from '../../errors.js';
import type { Progress, ProgressTx } from '../../progress.js';
import { storableJson, storableText } from '../../storable.js';
import type { PageStore } from '../crawler/page-store.js';
import type { RedactedPage, Redaction } from '../crawler/redacted-page.js';
import type { LeadExports } from '../leads/lead-exports.js';
import { parseAddress } from './checks/syntax.js';
import { storedSpelling } from './email-store.js';
import { isFullName, redactHtml, redactName, redactText, spellings } from './redact.js';
import type { Suppressions } from './suppressions.js';

export interface ErasureDeps {
  dataSource: DataSource; progress: Progress; suppressions: Suppressions;
  pages: { store: PageStore; sweep: () => Promise<unknown>; redact: (xml: string, redaction: Redaction) => RedactedPage };
  exports: Pick<LeadExports, 'eraseWith'>;
}

/** Takes the addresses, and the names of the people behind them, out of texts and page sources. */
export function redactionOf(addresses: readonly string[], names: readonly string[] = []): Redaction {
  return {
    text: (text) => names.reduce(redactName, addresses.reduce(redactText, text)),
    html: (html, text) => names.reduce(redactName, addresses.reduce((left, address) => redactHtml(left, text, address), html)),
  };
}

const OF_WORKSPACE = 'workspace_id = $1';
const OF_GOAL = 'goal_id IN (SELECT id FROM goals WHERE workspace_id = $1)';
const OF_CRAWL = 'crawl_job_id IN (SELECT id FROM crawl_jobs WHERE workspace_id = $1)';
const OF_LEAD = 'lead_id IN (SELECT id FROM leads WHERE workspace_id = $1)';
const OF_STREAM = `stream_id IN (SELECT id FROM goals WHERE ${OF_WORKSPACE} UNION ALL SELECT id FROM crawl_jobs WHERE ${OF_WORKSPACE})`;

/** Every column in which an address may have been written down by the product, and how a row belongs to a workspace. */
const COLUMNS: readonly { table: string; of: string; text?: string[]; json?: string[]; list?: string[] }[] = [
  { table: 'emails', of: OF_WORKSPACE, text: ['person_name', 'job_title'] },
  { table: 'email_sources', of: OF_CRAWL, text: ['snippet', 'page_url'] },
  { table: 'evidence', of: OF_LEAD, text: ['value', 'snippet', 'page_url'] },
  { table: 'leads', of: OF_WORKSPACE, text: ['company_name', 'website', 'description', 'address', 'contact_name', 'contact_title', 'reason', 'idempotency_key'], json: ['factors'], list: ['phones', 'social_links', 'tags'] },
  { table: 'lead_events', of: OF_WORKSPACE, json: ['changes'] },
  { table: 'lead_notes', of: OF_LEAD, text: ['text'] },
  { table: 'pages', of: OF_WORKSPACE, text: ['url', 'final_url', 'title', 'description', 'reason'], json: ['facts'] },
  { table: 'frontier_urls', of: OF_CRAWL, text: ['url'] },
  { table: 'crawl_jobs', of: OF_WORKSPACE, text: ['url', 'error'] },
  { table: 'crawl_requests', of: OF_CRAWL, text: ['url'] },
  { table: 'goals', of: OF_WORKSPACE, text: ['text', 'error'], json: ['intent', 'entities', 'sources'] },
  { table: 'strategies', of: OF_GOAL, text: ['rationale'], json: ['queries'], list: ['roles', 'keywords', 'exclusions'] },
  { table: 'search_results', of: OF_GOAL, text: ['title', 'snippet', 'url'], json: ['factors'] },
  { table: 'search_steps', of: OF_GOAL, text: ['query', 'message'], json: ['hits'] },
  { table: 'stream_events', of: OF_STREAM, text: ['message'], json: ['payload'] },
  { table: 'exports', of: OF_WORKSPACE, text: ['error'], json: ['filter'] },
  { table: 'suppressions', of: OF_WORKSPACE, text: ['reason'] },
];

const pattern = (text: string): string => `(?<![[:alnum:]_.+-])${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![[:alnum:]_-]|\\.[[:alnum:]])`;

export class Erasures {
  constructor(private readonly deps: ErasureDeps) {}

  /**
   * Removes the address from e-mails, snippets, evidence, leads, notes, histories, events, search results, stored pages and
   * exports, and puts its hash on the suppression list: a later crawl stores neither the address nor a page that shows it.
   * The full name that stands with it on its pages goes as well: from these sites' pages and rows, its leads and exports.
   * What stands beside it stays, with the address covered. Killed at any moment, it can be run again: the list comes
   * first, the rows by which pages are found come last. A second run finds nothing.
   * @throws LeadlineError EMAIL_SYNTAX
   */
  async eraseAddress(actor: Actor, email: string): Promise<Erasure> {
    requireMember(actor);
    const parsing = parseAddress(email);
    if (!parsing.ok) throw new LeadlineError('EMAIL_SYNTAX', `This is not an e-mail address: ${parsing.reason}.`, { details: { reason: parsing.reason } });
    const { workspaceId } = actor;
    const { dataSource } = this.deps;
    const address = storedSpelling(parsing.address);
    await this.deps.progress.advance(async (tx) => {
      // Waits for pages that are being stored, and makes those that come see the list.
      await this.deps.suppressions.holdAlone(tx.manager, workspaceId);
      await this.deps.suppressions.put(tx.manager, workspaceId, { kind: SuppressionKind.EMAIL, normalized: parsing.address.normalized, reason: null, erased: true });
    });
    // The row of the address, which knows the name and the sites, goes last: a run that was killed finds both again.
    const names = (await dataSource.query<{ person_name: string }[]>('SELECT person_name FROM emails WHERE workspace_id = $1 AND address = $2 AND person_name IS NOT NULL', [workspaceId, address])).map((row) => row.person_name).filter(isFullName);
    const pages = await this.#erasePages(workspaceId, address, names);
    const texts = [...spellings(address), ...names];
    const early = await this.deps.exports.eraseWith(workspaceId, texts);
    const { leads, emails } = await this.deps.progress.advance((tx) => this.#eraseRows(tx, actor, address));
    // After the rows as well: an export that begins now reads none of it.
    const exports = early + await this.deps.exports.eraseWith(workspaceId, texts);
    // A document belongs to every page that shows the same, also in other workspaces: it goes with the last of them.
    await this.deps.pages.sweep();
    return { leads, emails, pages, exports };
  }

  async #erasePages(workspaceId: string, address: string, names: readonly string[]): Promise<number> {
    const { dataSource, pages } = this.deps;
    const rows = await dataSource.query<{ id: string; document_key: string }[]>(`
      SELECT id, document_key FROM pages WHERE workspace_id = $1 AND document_key IS NOT NULL AND (
        id IN (SELECT s.page_id FROM email_sources s JOIN emails e ON e.id = s.email_id WHERE e.workspace_id = $1 AND e.address = $2)
        OR search_vector @@ phraseto_tsquery('simple', $2)
        OR (crawl_job_id IN (SELECT s.crawl_job_id FROM email_sources s JOIN emails e ON e.id = s.email_id WHERE e.workspace_id = $1 AND e.address = $2)
          AND EXISTS (SELECT 1 FROM unnest($3::text[]) AS given (name) WHERE search_vector @@ phraseto_tsquery('simple', name))))`, [workspaceId, address, names]);
    const redaction = redactionOf([address], names);
    let changed = 0;
    for (const row of rows) {
      const before = await pages.store.get(row.document_key).catch((error: unknown) => {
        // Deleted by a run that was killed before it could say so: there is nothing left to take out.
        if (error instanceof LeadlineError && error.code === 'NOT_FOUND') return null;
        throw error;
      });
      const page = before === null ? null : pages.redact(before, redaction);
      if (page?.xml === before) continue;
      const key = page === null ? null : (await pages.store.put(page.xml)).key;
      await dataSource.query(`
        UPDATE pages SET document_key = $3, title = $4, description = $5, facts = $6,
          search_vector = setweight(to_tsvector('simple', coalesce($4, '')), 'A') || setweight(to_tsvector('simple', coalesce($5, '')), 'B') || to_tsvector('simple', $7)
        WHERE id = $1 AND document_key = $2`, [row.id, row.document_key, key, stored(page?.title), stored(page?.description), storableJson(page?.facts ?? []), storableText((page?.text ?? '').slice(0, 50_000))]);
      changed += 1;
    }
    return changed;
  }

  async #eraseRows(tx: ProgressTx, actor: Actor, address: string): Promise<{ leads: number; emails: number }> {
    const { workspaceId } = actor;
    await this.deps.suppressions.holdAlone(tx.manager, workspaceId);
    const [email] = await tx.query<{ id: string; person_name: string | null; lead_id: string | null }>('SELECT id, person_name, lead_id FROM emails WHERE workspace_id = $1 AND address = $2 FOR UPDATE', [workspaceId, address]);
    const leads = await tx.query<{ id: string }>(`
      SELECT id FROM leads WHERE workspace_id = $1 AND (id = $2 OR primary_email_id = $3 OR id IN (SELECT v.lead_id FROM evidence v JOIN leads l ON l.id = v.lead_id WHERE l.workspace_id = $1 AND lower(v.value) = ANY($4)))
      ORDER BY id FOR UPDATE`, [workspaceId, email?.lead_id ?? null, email?.id ?? null, spellings(address)]);
    const leadIds = leads.map((lead) => lead.id);
    if (leadIds.length > 0) await this.#eraseContact(tx, leadIds, email, address);
    if (email) {
      if (email.person_name !== null && isFullName(email.person_name)) await this.#eraseName(tx, workspaceId, email.id, leadIds, email.person_name);
      await tx.query('DELETE FROM source_checks WHERE source_id IN (SELECT id FROM email_sources WHERE email_id = $1)', [email.id]);
      await tx.query('DELETE FROM email_sources WHERE email_id = $1', [email.id]);
      await tx.query('DELETE FROM emails WHERE id = $1', [email.id]);
    }
    await tx.query('DELETE FROM email_probes WHERE workspace_id = $1 AND address = ANY($2)', [workspaceId, spellings(address)]);
    for (const spelling of spellings(address)) for (const column of COLUMNS) await coverColumn(tx, column, workspaceId, spelling);
    await tx.leadEvents(workspaceId, leadIds, LeadEventType.UPDATED, actor.apiKeyId ? `apiKey:${actor.apiKeyId}` : `user:${actor.userId}`, { erased: true });
    return { leads: leadIds.length, emails: email ? 1 : 0 };
  }

  /**
   * The name of the person, on the sites that show the address and on its leads: elsewhere in the workspace it is somebody
   * else's of the same name, for all we know.
   */
  async #eraseName(tx: ProgressTx, workspaceId: string, emailId: string, leadIds: readonly string[], name: string): Promise<void> {
    const jobs = await tx.query<{ id: string; goal_id: string | null }>('SELECT id, goal_id FROM crawl_jobs WHERE id IN (SELECT crawl_job_id FROM email_sources WHERE email_id = $1)', [emailId]);
    const among = (ids: readonly (string | null)[]): string => `ANY('{${ids.filter((id) => id !== null).join()}}'::uuid[])`;
    const [ofJobs, ofGoals, ofLeads] = [among(jobs.map((job) => job.id)), among(jobs.map((job) => job.goal_id)), among(leadIds)];
    // Other addresses of the same person: they stay, and lead to nobody.
    await tx.query(`UPDATE emails SET person_name = NULL, job_title = NULL WHERE workspace_id = $1 AND lower(person_name) = lower($2) AND id IN (SELECT email_id FROM email_sources WHERE crawl_job_id = ${ofJobs})`, [workspaceId, name]);
    const columns: (typeof COLUMNS)[number][] = [
      { table: 'email_sources', of: `${OF_CRAWL} AND crawl_job_id = ${ofJobs}`, text: ['snippet'] },
      { table: 'pages', of: `${OF_WORKSPACE} AND crawl_job_id = ${ofJobs}`, text: ['title', 'description', 'reason'], json: ['facts'] },
      { table: 'evidence', of: `${OF_LEAD} AND (lead_id = ${ofLeads} OR page_id IN (SELECT id FROM pages WHERE crawl_job_id = ${ofJobs}))`, text: ['value', 'snippet'] },
      { table: 'leads', of: `${OF_WORKSPACE} AND id = ${ofLeads}`, text: ['company_name', 'description', 'address', 'contact_name', 'contact_title', 'reason'], json: ['factors'], list: ['tags'] },
      { table: 'lead_events', of: `${OF_WORKSPACE} AND lead_id = ${ofLeads}`, json: ['changes'] },
      { table: 'lead_notes', of: `${OF_LEAD} AND lead_id = ${ofLeads}`, text: ['text'] },
      { table: 'search_results', of: `${OF_GOAL} AND goal_id = ${ofGoals} AND domain IN (SELECT domain FROM crawl_jobs WHERE id = ${ofJobs})`, text: ['title', 'snippet'], json: ['factors'] },
      { table: 'stream_events', of: `${OF_STREAM} AND (stream_id = ${ofJobs} OR stream_id = ${ofGoals})`, text: ['message'], json: ['payload'] },
    ];
    for (const column of columns) await coverColumn(tx, column, workspaceId, name);
  }

  /** The person behind the address goes with it: the name would lead straight back to the address. */
  async #eraseContact(tx: ProgressTx, leadIds: readonly string[], email: { id: string; person_name: string | null } | undefined, address: string): Promise<void> {
    const person = email?.person_name ?? null;
    await tx.query('DELETE FROM evidence WHERE lead_id = ANY($1) AND lower(value) = ANY($2)', [leadIds, spellings(address)]);
    await tx.query('UPDATE leads SET primary_email_id = NULL WHERE id = ANY($1) AND primary_email_id = $2', [leadIds, email?.id ?? null]);
    if (person !== null && person.trim() !== '') {
      await tx.query("DELETE FROM evidence v USING leads l WHERE l.id = v.lead_id AND v.lead_id = ANY($1) AND l.contact_name = $2 AND v.field IN ('contactName', 'contactTitle')", [leadIds, person]);
      await tx.query('UPDATE leads SET contact_name = NULL, contact_title = NULL WHERE id = ANY($1) AND contact_name = $2', [leadIds, person]);
      await tx.query("UPDATE lead_events SET changes = replace(changes::text, $2, $3)::jsonb WHERE lead_id = ANY($1) AND position($2 in changes::text) > 0", [leadIds, JSON.stringify(person).slice(1, -1), '\u2588'.repeat(person.length)]);
    }
    await tx.query('UPDATE leads SET version = version + 1, updated_at = now() WHERE id = ANY($1)', [leadIds]);
  }
}

const stored = (text: string | null | undefined): string | null => (text == null ? null : storableText(text));

async function coverColumn(tx: ProgressTx, { table, of, text = [], json = [], list = [] }: (typeof COLUMNS)[number], workspaceId: string, spelling: string): Promise<void> {
  const parts = [...text.map((name) => [name, `regexp_replace(${name}, $2, $3, 'gi')`]), ...json.map((name) => [name, `regexp_replace(${name}::text, $2, $3, 'gi')::jsonb`]),
    ...list.map((name) => [name, `(SELECT coalesce(array_agg(regexp_replace(part, $2, $3, 'gi') ORDER BY place), '{}') FROM unnest(${name}) WITH ORDINALITY AS given (part, place))`])];
  // A plain search first: it is cheap, and rows that lack the address are not written.
  const holds = [...text, ...json.map((name) => `${name}::text`), ...list.map((name) => `array_to_string(${name}, ' ')`)].map((name) => `${name} ILIKE $4`).join(' OR ');
  await tx.query(`UPDATE ${table} SET ${parts.map(([name, value]) => `${name} = ${value}`).join(', ')} WHERE ${of} AND (${holds})`,
    [workspaceId, pattern(spelling), '\u2588'.repeat(spelling.length), `%${spelling.replace(/[\\%_]/g, '\\$&')}%`]);
}
