import { In, type DataSource } from 'typeorm';
import { requireMember, requireReader, type Actor } from '../../actor.js';
import { groupBy } from '../../collections.js';
import { CrawlJob } from '../../entities/crawl-job.js';
import { CrawlStatus, GoalEventType, LeadEventType, LeadStatus } from '../../entities/enums.js';
import { Evidence } from '../../entities/evidence.js';
import type { GeneratedText } from '../../entities/language.js';
import { LeadEvent } from '../../entities/lead-event.js';
import { LeadNote } from '../../entities/lead-note.js';
import { Lead } from '../../entities/lead.js';
import { LeadlineError } from '../../errors.js';
import type { EventStream } from '../../event-stream.js';
import { isUuid, paginate, type PageOf, type PageRequest } from '../../pagination.js';
import type { Progress, ProgressTx } from '../../progress.js';
import { storableJson, storableText } from '../../storable.js';
import type { Suppressions } from '../email/suppressions.js';
import type { NlpService } from '../nlp/nlp.service.js';
import { buildLead } from './build.js';
import type { BuildInput, EvidenceDraft, LeadDraft } from './lead-draft.js';
import { changesOf, checkLead, checkTags, mergeChange, newLead, type CreateLead, type UpdateLead } from './lead-input.js';
import { checkFilter, checkMember, filterLeads, leadOrder, type LeadFilter, type LeadSort } from './lead-query.js';
import type { LeadSource } from './lead-source.js';
import { FOUND_FIELDS, mergeFound, type KnownEvidence, type KnownLead } from './merge-found.js';
import { scoreLead, type LeadScore } from './score.js';

/** One change of a lead, as the stream gives it. */
export interface LeadChangeRow { seq: number; type: LeadEventType; at: Date; leadId: string }

export interface LeadDeps { dataSource: DataSource; progress: Progress; source: LeadSource; nlp: NlpService; settleGoal: (tx: ProgressTx, goalId: string) => Promise<void>; suppressions: Suppressions }

/** Leads: built from crawls with their evidence, worked by people. */
export class LeadService {
  constructor(private readonly deps: LeadDeps) {}

  /** Job function: turns one finished crawl into a lead, or into the finding that there is no contact. */
  async createFromCrawl(crawlJobId: string): Promise<void> {
    const job = await this.deps.dataSource.getRepository(CrawlJob).findOneBy({ id: crawlJobId });
    if (job?.status !== CrawlStatus.COMPLETED || job.leadSettled || !job.goalId) return;
    const { goalId } = job;
    const input = await this.deps.source.read(job);
    const draft = buildLead(input);
    const hasContact = input.emails.some((email) => !email.thirdParty) || draft.phones.length > 0;
    const scored = hasContact ? scoreLead({ draft, emails: input.emails, pages: input.pages, goal: input.goal, now: new Date() }) : null;
    const isOtherTrade = scored !== null && input.goal?.canTellTrade === true && scored.factors.some((factor) => factor.name === 'industry' && factor.points === 0);
    const score = isOtherTrade ? null : scored;
    const without = isOtherTrade ? 'is in another trade: none of the words asked for is on its pages.' : 'shows no contact.';
    await this.deps.progress.advance(async (tx) => {
      // Marked once: whoever marks it counts it.
      const marked = await tx.query('UPDATE crawl_jobs SET lead_settled = true WHERE id = $1 AND NOT lead_settled RETURNING id', [job.id]);
      if (marked.length === 0) return;
      const stored = score ? await this.#store(tx, job, goalId, input, draft, score) : null;
      if (stored?.isNewForGoal) await tx.goalEvent(goalId, GoalEventType.LEAD_CREATED, `Lead: ${draft.companyName}`, { leadId: stored.lead.id, url: draft.website, add: { leads: 1 } });
      await tx.goalEvent(goalId, GoalEventType.SITE_FINISHED, stored ? `${job.host} is done.` : `${job.host} ${without}`, { url: job.url, add: { sitesDone: 1 }, ...(stored ? { leadId: stored.lead.id } : {}) });
      if (stored) await tx.leadEvent(stored.lead, stored.isNew ? LeadEventType.CREATED : LeadEventType.UPDATED, `goal:${goalId}`, stored.isNew ? { companyName: draft.companyName } : { evidence: draft.evidence.length, ...stored.filled });
      await this.deps.settleGoal(tx, goalId);
    });
  }

  /** The runner gave the lead up: the site counts as failed with the reason, and the goal goes on. */
  async giveUp(crawlJobId: string, error: unknown): Promise<void> {
    const [code, reason] = error instanceof LeadlineError ? [error.code, error.message] : ['INTERNAL', 'Something went wrong on our side while building this lead.'] as const;
    await this.deps.progress.advance(async (tx) => {
      const [job] = await tx.query<{ goal_id: string | null; host: string; url: string }>('UPDATE crawl_jobs SET lead_settled = true, error = $2, error_code = $3 WHERE id = $1 AND NOT lead_settled RETURNING goal_id, host, url', [crawlJobId, reason, code]);
      if (!job?.goal_id) return;
      await tx.goalEvent(job.goal_id, GoalEventType.SITE_FAILED, `${job.host}: ${reason}`, { url: job.url, add: { sitesFailed: 1 } });
      await this.deps.settleGoal(tx, job.goal_id);
    });
  }

  /** @throws LEAD_INVALID, DUPLICATE_LEAD, SUPPRESSED; the same idempotency key again gives the lead made before */
  async createLead(actor: Actor, input: CreateLead): Promise<Lead> {
    requireMember(actor);
    const values = newLead(input);
    return await this.deps.progress.advance(async (tx) => {
      const leads = tx.manager.getRepository(Lead);
      if (values.email) {
        await this.deps.suppressions.hold(tx.manager, actor.workspaceId);
        await this.deps.suppressions.refuse(tx.manager, actor.workspaceId, values.email.address);
      }
      const [row] = await tx.query<{ id: string }>(`
        INSERT INTO leads (workspace_id, company_name, domain, website, description, industry, address, city, country_code, phones, social_links, contact_name, contact_title, tags, idempotency_key, status, reason)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT DO NOTHING RETURNING id`,
      [actor.workspaceId, values.companyName, values.domain, values.website, values.description, values.industry, values.address, values.city, values.countryCode, values.phones, values.socialLinks, values.contactName, values.contactTitle, values.tags, input.idempotencyKey ?? null, LeadStatus.NEW, 'Entered by hand.']);
      if (!row) {
        const repeated = input.idempotencyKey ? await leads.findOneBy({ workspaceId: actor.workspaceId, idempotencyKey: input.idempotencyKey }) : null;
        if (repeated) return repeated;
        const existing = values.domain ? await leads.findBy({ workspaceId: actor.workspaceId, domain: values.domain }) : [];
        throw new LeadlineError('DUPLICATE_LEAD', 'There is a lead of this company already.', { details: { existingIds: existing.map((lead) => lead.id) } });
      }
      if (values.email) await this.#attachEmail(tx, actor.workspaceId, row.id, values.email);
      await tx.leadEvent({ id: row.id, workspaceId: actor.workspaceId }, LeadEventType.CREATED, actorName(actor), { companyName: values.companyName });
      return await leads.findOneByOrFail({ id: row.id });
    });
  }

  /** Merges with what others changed meanwhile, unless it is the same field. @throws UPDATE_CONFLICT, LEAD_INVALID */
  async updateLead(actor: Actor, id: string, version: number, input: UpdateLead): Promise<Lead> {
    requireMember(actor);
    await this.lead(actor, id);
    const change = checkLead(input);
    if (change.assigneeId != null) await checkMember(this.deps.dataSource, actor.workspaceId, change.assigneeId);
    return await this.deps.progress.advance(async (tx) => {
      const leads = tx.manager.getRepository(Lead);
      const current = await this.#hold(tx, id);
      const since = version < current.version ? await tx.manager.getRepository(LeadEvent).find({ where: { leadId: id }, order: { seq: 'ASC' } }) : [];
      const merged = mergeChange(current, version, change, since);
      const changes = changesOf(current, merged);
      if (Object.keys(changes).length === 0) return current;
      if (merged.domain && merged.domain !== current.domain) await this.#checkDomain(tx, current, merged.domain);
      // Held until the end: who is leaving meanwhile leaves before or after, and takes the lead along then.
      if (change.assigneeId != null && (await tx.query('SELECT 1 FROM memberships WHERE user_id = $1 AND workspace_id = $2 FOR SHARE', [change.assigneeId, actor.workspaceId])).length === 0) throw new LeadlineError('NOT_FOUND', 'There is no such member.');
      await leads.update(id, { ...merged, version: current.version + 1, updatedAt: new Date() });
      await tx.leadEvent(current, merged.status && merged.status !== current.status ? LeadEventType.STATUS_CHANGED : LeadEventType.UPDATED, actorName(actor), { ...changes, version: current.version + 1 });
      return await leads.findOneByOrFail({ id });
    });
  }

  async deleteLead(actor: Actor, id: string): Promise<boolean> {
    requireMember(actor);
    const lead = await this.lead(actor, id);
    await this.deps.progress.advance(async (tx) => {
      await this.#hold(tx, lead.id);
      for (const table of ['evidence', 'lead_notes', 'lead_goals', 'lead_events']) await tx.query(`DELETE FROM ${table} WHERE lead_id = $1`, [lead.id]);
      await tx.query('UPDATE emails SET lead_id = NULL WHERE lead_id = $1', [lead.id]);
      await tx.manager.delete(Lead, lead.id);
    });
    return true;
  }

  /** Scores the lead anew from the pages of its last crawl. @throws SCORE_UNAVAILABLE for one that was never crawled */
  async scoreLead(actor: Actor, id: string): Promise<Lead> {
    requireMember(actor);
    const lead = await this.lead(actor, id);
    const job = lead.domain && lead.goalId ? await this.deps.dataSource.getRepository(CrawlJob).findOneBy({ goalId: lead.goalId, domain: lead.domain }) : null;
    if (!job) throw new LeadlineError('SCORE_UNAVAILABLE', 'This lead was not found by a crawl: there are no pages to score.');
    const input = await this.deps.source.read(job);
    const score = scoreLead({ draft: buildLead(input), emails: input.emails, pages: input.pages, goal: input.goal, now: new Date() });
    return await this.deps.progress.advance(async (tx) => {
      await this.#hold(tx, id);
      await tx.query('UPDATE leads SET score = $2, fit_score = $3, reach_score = $4, factors = $5, reason = $6, version = version + 1, updated_at = now() WHERE id = $1', [id, ...scoreValues(score)]);
      await tx.leadEvent(lead, LeadEventType.SCORED, actorName(actor), { score: [lead.score, score.score] });
      return await tx.manager.findOneByOrFail(Lead, { id });
    });
  }

  async addTags(actor: Actor, id: string, tags: string[]): Promise<Lead> {
    return await this.#retag(actor, id, LeadEventType.TAGGED, 'SELECT array_agg(DISTINCT t ORDER BY t) FROM unnest(tags || $2::text[]) t', checkTags(tags));
  }

  async removeTags(actor: Actor, id: string, tags: string[]): Promise<Lead> {
    return await this.#retag(actor, id, LeadEventType.UNTAGGED, "SELECT coalesce(array_agg(t), '{}') FROM unnest(tags) t WHERE t <> ALL($2::text[])", checkTags(tags));
  }

  async addNote(actor: Actor, id: string, text: string): Promise<Lead> {
    requireMember(actor);
    const lead = await this.lead(actor, id);
    const trimmed = text.trim();
    if (trimmed.length < 1 || trimmed.length > 10_000) throw new LeadlineError('LEAD_INVALID', 'A note has 1 to 10,000 characters.', { details: { fields: ['text'] } });
    await this.deps.progress.advance(async (tx) => {
      await this.#hold(tx, id);
      await tx.manager.insert(LeadNote, { leadId: id, authorId: actor.userId, text: trimmed });
      await tx.leadEvent(lead, LeadEventType.NOTE_ADDED, actorName(actor));
    });
    return await this.lead(actor, id);
  }

  /** A text grounded in the lead's evidence: a summary or a first message. @throws CONTEXT_MISSING without evidence */
  async generateResponse(actor: Actor, leadId: string, instruction: string): Promise<GeneratedText> {
    requireMember(actor);
    const lead = await this.lead(actor, leadId);
    const evidence = (await this.evidenceOf([leadId])).get(leadId) ?? [];
    return await this.deps.nlp.generateResponse({ companyName: lead.companyName, evidence }, instruction);
  }

  async lead(actor: Actor, id: string): Promise<Lead> {
    requireReader(actor);
    const lead = isUuid(id) ? await this.deps.dataSource.getRepository(Lead).findOneBy({ id, workspaceId: actor.workspaceId }) : null;
    if (!lead) throw new LeadlineError('NOT_FOUND', 'There is no such lead.');
    return lead;
  }

  async leads(actor: Actor, page: PageRequest, filter: LeadFilter, sort: LeadSort | null | undefined): Promise<PageOf<Lead>> {
    requireReader(actor);
    await checkFilter(this.deps.dataSource, actor.workspaceId, filter);
    return await paginate(filterLeads(this.deps.dataSource.getRepository(Lead).createQueryBuilder('row'), actor.workspaceId, filter), page, leadOrder(sort));
  }

  async history(actor: Actor, leadId: string, page: PageRequest): Promise<PageOf<LeadEvent>> {
    requireReader(actor);
    const query = this.deps.dataSource.getRepository(LeadEvent).createQueryBuilder('row').where('row.leadId = :leadId AND row.workspaceId = :workspaceId', { leadId, workspaceId: actor.workspaceId });
    return await paginate(query, page, { expression: 'row.seq', type: 'int', direction: 'DESC' });
  }

  /** Changes of the workspace's leads, or of one goal's. It ends when the client leaves. */
  async watch(actor: Actor, goalId: string | null | undefined, after: number | null | undefined): Promise<EventStream<LeadChangeRow>> {
    requireReader(actor);
    if (goalId != null && (!isUuid(goalId) || (await this.deps.dataSource.query<unknown[]>('SELECT 1 FROM goals WHERE id = $1 AND workspace_id = $2', [goalId, actor.workspaceId])).length === 0)) throw new LeadlineError('NOT_FOUND', 'There is no such goal.');
    if (after != null && after < 0) throw new LeadlineError('BAD_USER_INPUT', 'after must not be negative.', { details: { fields: ['after'] } });
    const { workspaceId } = actor;
    // Without `after` the stream starts now: a list of all leads is what the `leads` query is for.
    const start = after ?? (await this.deps.dataSource.query<{ lead_seq: number }[]>('SELECT lead_seq FROM workspaces WHERE id = $1', [workspaceId]))[0]?.lead_seq ?? 0;
    return this.deps.progress.watch<LeadChangeRow>({
      channel: `leads:${workspaceId}`,
      snapshot: () => Promise.reject(new Error('this stream always starts at a seq')),
      readAfter: async (seq) => {
        const events = await this.deps.dataSource.query<LeadChangeRow[]>(`
          SELECT e.seq, e.type, e.created_at AS at, e.lead_id AS "leadId" FROM lead_events e JOIN leads l ON l.id = e.lead_id
          WHERE e.workspace_id = $1 AND e.seq > $2 AND ($3::uuid IS NULL OR EXISTS (SELECT 1 FROM lead_goals g WHERE g.lead_id = e.lead_id AND g.goal_id = $3))
          ORDER BY e.seq LIMIT 500`, [workspaceId, seq, goalId ?? null]);
        return { events, ended: false, more: events.length === 500 };
      },
    }, start);
  }

  async byIds(workspaceId: string, ids: readonly string[]): Promise<Map<string, Lead>> {
    return new Map((await this.deps.dataSource.getRepository(Lead).findBy({ id: In([...ids]), workspaceId })).map((lead) => [lead.id, lead]));
  }

  async notesOf(leadIds: readonly string[]): Promise<Map<string, LeadNote[]>> {
    return groupBy(await this.deps.dataSource.getRepository(LeadNote).find({ where: { leadId: In([...leadIds]) }, order: { createdAt: 'ASC' } }), (note) => note.leadId);
  }

  async evidenceOf(leadIds: readonly string[]): Promise<Map<string, Evidence[]>> {
    return groupBy(await this.deps.dataSource.getRepository(Evidence).find({ where: { leadId: In([...leadIds]) }, order: { field: 'ASC', foundAt: 'ASC', id: 'ASC' } }), (evidence) => evidence.leadId);
  }

  async #retag(actor: Actor, id: string, type: LeadEventType, sql: string, tags: string[]): Promise<Lead> {
    requireMember(actor);
    const lead = await this.lead(actor, id);
    await this.deps.progress.advance(async (tx) => {
      await this.#hold(tx, id);
      const changed = await tx.query(`UPDATE leads SET tags = (${sql}), version = version + 1, updated_at = now() WHERE id = $1 AND tags IS DISTINCT FROM (${sql}) RETURNING id`, [id, tags]);
      if (changed.length > 0) await tx.leadEvent(lead, type, actorName(actor), { tags });
    });
    return await this.lead(actor, id);
  }

  /** One lead per company and workspace; the row is held until the transaction ends. */
  async #store(tx: ProgressTx, job: CrawlJob, goalId: string, input: BuildInput, draft: LeadDraft, score: LeadScore): Promise<{ lead: { id: string; workspaceId: string }; isNew: boolean; isNewForGoal: boolean; filled: Record<string, unknown> }> {
    const [row] = await tx.query<{ id: string; is_new: boolean }>(`
      INSERT INTO leads (workspace_id, goal_id, company_name, domain, status, reason) VALUES ($1, $2, $3, $4, $5, '')
      ON CONFLICT (workspace_id, domain) DO UPDATE SET goal_id = EXCLUDED.goal_id RETURNING id, xmax = 0 AS is_new`, [job.workspaceId, goalId, draft.companyName, draft.domain, LeadStatus.NEW]);
    if (!row) throw new Error('the lead was not stored');
    const lead = { id: row.id, workspaceId: job.workspaceId };
    const before = await tx.manager.findOneByOrFail(Lead, { id: lead.id });
    const known = row.is_new ? null : await this.#known(tx, before);
    const { values, added, kept } = known ? mergeFound(known.lead, known.evidence, draft) : { values: draft, added: draft.evidence, kept: [] };
    const version = known ? before.version + 1 : before.version;
    await tx.query(`
      UPDATE leads SET company_name = $2, website = $3, description = $4, industry = $5, address = $6, city = $7, country_code = $8, phones = $9, social_links = $10, contact_name = $11, contact_title = $12,
        primary_email_id = $13, version = $14, updated_at = now(), score = $15, fit_score = $16, reach_score = $17, factors = $18, reason = $19 WHERE id = $1`,
    [lead.id, values.companyName, values.website, values.description, values.industry, values.address, values.city, values.countryCode, values.phones, values.socialLinks, values.contactName, values.contactTitle,
      values.primaryEmailId, version, ...scoreValues(score)]);
    await tx.query('DELETE FROM evidence WHERE lead_id = $1 AND id <> ALL($2)', [lead.id, kept]);
    await insertEvidence(tx, lead.id, added);
    await tx.query('UPDATE emails SET lead_id = $1 WHERE id = ANY($2) AND lead_id IS NULL', [lead.id, input.emails.filter((email) => !email.thirdParty).map((email) => email.id)]);
    const linked = await tx.query('INSERT INTO lead_goals (lead_id, goal_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING lead_id', [lead.id, goalId]);
    // What the crawl changed is named with the version it made: an older updateLead of the same field then conflicts.
    const filled = known ? { ...changesOf(before, pick(values, FOUND_FIELDS)), version } : {};
    return { lead, isNew: row.is_new, isNewForGoal: linked.length > 0, filled };
  }

  async #known(tx: ProgressTx, lead: Lead): Promise<{ lead: KnownLead; evidence: KnownEvidence[] }> {
    const [email] = lead.primaryEmailId ? await tx.query<{ id: string; address: string }>('SELECT id, address FROM emails WHERE id = $1', [lead.primaryEmailId]) : [];
    const edited = await tx.query<{ field: string }>("SELECT DISTINCT jsonb_object_keys(changes) AS field FROM lead_events WHERE lead_id = $1 AND type IN ('UPDATED', 'STATUS_CHANGED') AND actor NOT LIKE 'goal:%'", [lead.id]);
    return { lead: { ...pick(lead, FOUND_FIELDS), primaryEmail: email ?? null, edited: edited.map((row) => row.field) }, evidence: await tx.query<KnownEvidence>('SELECT id, field, value FROM evidence WHERE lead_id = $1', [lead.id]) };
  }

  /** The lead's row, held until the transaction ends: a deletion at the same time comes before or after, and leaves nothing behind. */
  async #hold(tx: ProgressTx, id: string): Promise<Lead> {
    const lead = await tx.manager.findOne(Lead, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!lead) throw new LeadlineError('NOT_FOUND', 'There is no such lead.');
    return lead;
  }

  /** A new website must not make a second lead of one company. The unique index says the same of two at once. */
  async #checkDomain(tx: ProgressTx, lead: Lead, domain: string): Promise<void> {
    const [other] = await tx.query<{ id: string }>('SELECT id FROM leads WHERE workspace_id = $1 AND domain = $2 AND id <> $3', [lead.workspaceId, domain, lead.id]);
    if (other) throw new LeadlineError('DUPLICATE_LEAD', 'There is a lead of this company already.', { details: { existingIds: [other.id] } });
  }

  /** An address a person typed has no source page; it says so by having none. */
  async #attachEmail(tx: ProgressTx, workspaceId: string, leadId: string, email: { address: string; domain: string; kind: string }): Promise<void> {
    const [row] = await tx.query<{ id: string; lead_id: string | null }>(`
      INSERT INTO emails (workspace_id, address, domain, kind, status, lead_id) VALUES ($1, $2, $3, $4, 'UNKNOWN', $5)
      ON CONFLICT (workspace_id, address) DO UPDATE SET lead_id = coalesce(emails.lead_id, EXCLUDED.lead_id) RETURNING id, lead_id`, [workspaceId, email.address, email.domain, email.kind, leadId]);
    if (row && row.lead_id !== leadId) throw new LeadlineError('DUPLICATE_LEAD', 'Another lead has this e-mail address.', { details: { existingIds: [row.lead_id] } });
    await tx.query('UPDATE leads SET primary_email_id = $2 WHERE id = $1', [leadId, row?.id]);
  }
}

const pick = <K extends keyof Lead>(lead: Pick<Lead, K>, fields: readonly K[]): Pick<Lead, K> => Object.fromEntries(fields.map((field) => [field, lead[field]])) as Pick<Lead, K>;

const actorName = (actor: Actor): string => actor.apiKeyId ? `apiKey:${actor.apiKeyId}` : `user:${actor.userId}`;
const scoreValues = (score: LeadScore): unknown[] => [score.score, score.fitScore, score.reachScore, storableJson(score.factors), storableText(score.reason)];

async function insertEvidence(tx: ProgressTx, leadId: string, evidence: readonly EvidenceDraft[]): Promise<void> {
  if (evidence.length === 0) return;
  await tx.manager.insert(Evidence, evidence.map(({ field, value, pageUrl, pageId, snippet, start, end, contentHash, foundAt }) => ({ leadId, field, value: storableText(value), pageUrl, pageId, snippet: storableText(snippet), start, end, contentHash, foundAt })));
}
