/** Asks the source pages of a lead's addresses again: is the proof still there? */
import { isUuid } from '../../pagination.js';
import type { DataSource } from 'typeorm';
import { requireMember, type Actor } from '../../actor.js';
import { EmailNotation } from '../../entities/email-notation.js';
import { LeadEventType, ProofOutcome } from '../../entities/enums.js';
import { Lead } from '../../entities/lead.js';
import { LeadlineError } from '../../errors.js';
import { groupBy } from '../../collections.js';
import type { Progress, ProgressTx } from '../../progress.js';
import type { Revisit, Revisits } from '../crawler/revisit.js';
import { parseAddress } from './checks/syntax.js';
import { storedSpelling } from './email-store.js';
import { extractEmails } from './extract.js';

/** Pages asked in one call, those checked longest ago first; a lead with more is checked by calling again. */
const MAX_PAGES = 25;
/** For the whole call: what was not asked by then stays as it was. */
const TIME_LIMIT_MS = 45_000;

interface SourceRow { id: string; address: string; page_url: string; notation: EmailNotation; rendered: boolean; still_on_page: boolean; etag: string | null; last_modified: string | null; last_read: ProofOutcome | null }

/** Without the address: a history that is written while somebody erases it must not hold it. */
interface Flip { pageUrl: string; stillOnPage: boolean }

export interface RecheckDeps { dataSource: DataSource; progress: Progress; revisits: Pick<Revisits, 'revisit'>; timeLimitMs?: number }

export class Rechecks {
  constructor(private readonly deps: RecheckDeps) {}

  /**
   * Fetches the source pages of the lead's addresses (conditionally where the site gave validators before), flips
   * `stillOnPage` and writes one line of history per source. A page that is gone (404, 410) shows nothing any more; one
   * that cannot be reached, is forbidden by robots.txt or answers with a wall says nothing, and nothing is flipped.
   * @throws LeadlineError NOT_FOUND
   */
  async recheckEvidence(actor: Actor, leadId: string): Promise<Lead> {
    requireMember(actor);
    const leads = this.deps.dataSource.getRepository(Lead);
    const lead = isUuid(leadId) ? await leads.findOneBy({ id: leadId, workspaceId: actor.workspaceId }) : null;
    if (!lead) throw new LeadlineError('NOT_FOUND', 'There is no such lead.');
    const pages = groupBy(await this.#sources(lead.id), (source) => source.page_url);
    const signal = AbortSignal.timeout(this.deps.timeLimitMs ?? TIME_LIMIT_MS);
    const by = actor.apiKeyId ? `apiKey:${actor.apiKeyId}` : `user:${actor.userId}`;
    for (const [url, sources] of [...pages].slice(0, MAX_PAGES)) {
      try {
        await this.#recheckPage(url, sources, signal, (tx, flipped) => tx.leadEvent(lead, LeadEventType.UPDATED, by, { stillOnPage: flipped }));
      } catch (error) {
        if (!signal.aborted) throw error;
        break;
      }
    }
    return await leads.findOneByOrFail({ id: lead.id });
  }

  /** With what the last answer of each page said; the ones checked longest ago first. */
  async #sources(leadId: string): Promise<SourceRow[]> {
    return await this.deps.dataSource.query<SourceRow[]>(`
      SELECT s.id, e.address, s.page_url, s.notation, p.rendered, s.still_on_page, last.etag, last.last_modified, last.outcome AS last_read
      FROM emails e JOIN email_sources s ON s.email_id = e.id JOIN pages p ON p.id = s.page_id
        LEFT JOIN LATERAL (SELECT c.etag, c.last_modified, c.outcome FROM source_checks c WHERE c.source_id = s.id AND c.outcome IN ('PRESENT', 'ABSENT') ORDER BY c.checked_at DESC LIMIT 1) last ON true
        LEFT JOIN LATERAL (SELECT max(c.checked_at) AS at FROM source_checks c WHERE c.source_id = s.id) tried ON true
      WHERE e.lead_id = $1 OR e.id = (SELECT primary_email_id FROM leads WHERE id = $1)
      ORDER BY tried.at NULLS FIRST, s.found_at, s.id`, [leadId]);
  }

  async #recheckPage(url: string, sources: readonly SourceRow[], signal: AbortSignal, tell: (tx: ProgressTx, flipped: Flip[]) => Promise<void>): Promise<void> {
    const [first] = sources;
    // Only when every source of the page was judged by that same answer may 304 stand for all of them.
    const isShared = first !== undefined && (first.etag !== null || first.last_modified !== null) && sources.every((source) => source.etag === first.etag && source.last_modified === first.last_modified);
    const rendered = sources.some((source) => source.rendered || source.notation === EmailNotation.RENDERED);
    const answer = await this.deps.revisits.revisit(url, { signal, rendered, validators: isShared && !rendered ? { etag: first.etag, lastModified: first.last_modified } : undefined });
    const onPage = answer.kind === 'read' ? addressesOn(answer.html, answer.finalUrl) : null;
    // The flips and the line of history that tells them together: killed, a page is checked with both or with neither.
    await this.deps.progress.advance(async (tx) => {
      const flipped: Flip[] = [];
      for (const source of sources) {
        const outcome = outcomeOf(answer, onPage?.has(source.address) ?? false);
        const inserted = await tx.query(`
          INSERT INTO source_checks (source_id, outcome, status, content_hash, etag, last_modified)
          SELECT id, $2, $3, $4, $5, $6 FROM email_sources WHERE id = $1 FOR SHARE RETURNING id`,
        [source.id, outcome, answer.status, answer.kind === 'read' ? answer.contentHash : null, answer.kind === 'read' ? answer.validators.etag : null, answer.kind === 'read' ? answer.validators.lastModified : null]);
        // Erased meanwhile: an answer of the site brings nothing back.
        const stillOnPage = inserted.length === 0 || outcome === ProofOutcome.UNREACHABLE ? null : (outcome === ProofOutcome.UNCHANGED ? source.last_read : outcome) === ProofOutcome.PRESENT;
        if (stillOnPage === null) continue;
        const changed = await tx.query('UPDATE email_sources SET still_on_page = $2 WHERE id = $1 AND still_on_page <> $2 RETURNING id', [source.id, stillOnPage]);
        if (changed.length > 0) flipped.push({ pageUrl: url, stillOnPage });
      }
      if (flipped.length > 0) await tell(tx, flipped);
    });
  }
}

function addressesOn(html: string, url: string): Set<string> {
  return new Set(extractEmails(html, { url }).flatMap((found) => {
    const parsing = parseAddress(found.address);
    return parsing.ok ? [storedSpelling(parsing.address)] : [];
  }));
}

function outcomeOf(answer: Revisit, isOnPage: boolean): ProofOutcome {
  switch (answer.kind) {
    case 'read': return isOnPage ? ProofOutcome.PRESENT : ProofOutcome.ABSENT;
    case 'unchanged': return ProofOutcome.UNCHANGED;
    case 'gone': return ProofOutcome.GONE;
    case 'unknown': return ProofOutcome.UNREACHABLE;
  }
}
