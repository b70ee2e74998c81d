import { In, type DataSource } from 'typeorm';
import { requireMember, requireReader, type Actor } from '../../actor.js';
import { CrawlEventType, CrawlStatus, GoalEventType, GoalStatus } from '../../entities/enums.js';
import { Goal } from '../../entities/goal.js';
import { Strategy } from '../../entities/strategy.js';
import { LeadlineError } from '../../errors.js';
import type { EventStream } from '../../event-stream.js';
import { JOBS, type Jobs } from '../../jobs.js';
import { isUuid, paginate, type PageOf, type PageRequest } from '../../pagination.js';
import { ChangedMeanwhile, type GoalEventRow, type Progress, type ProgressTx } from '../../progress.js';
import type { NlpService } from '../nlp/nlp.service.js';
import type { SearchService } from '../search/search.service.js';

export interface BudgetRequest { maxSites?: number | null; maxPages?: number | null; maxSearches?: number | null; maxTokens?: number | null }

/** Least and most of what a client may ask for. */
const BUDGET_RANGE = { maxSites: [1, 5_000], maxPages: [1, 100_000], maxSearches: [1, 1_000], maxTokens: [0, 10_000_000] } as const;
/** Two candidates for each lead wanted, fifteen pages for each candidate: enough for most goals, bounded for all. */
const defaultBudget = (targetCount: number) => {
  const maxSites = Math.min(2_000, Math.max(10, targetCount * 2));
  return { maxSites, maxPages: maxSites * 15, maxSearches: 60, maxTokens: 20_000 };
};

/** Goals from the first word to the last event: plan, run, pause, resume, cancel, settle. */
export class GoalService {
  constructor(private readonly deps: { dataSource: DataSource; progress: Progress; jobs: Jobs; nlp: NlpService; search: SearchService }) {}

  /** @throws GOAL_INVALID, GOAL_UNSAFE, BAD_USER_INPUT (budget); nothing is stored then */
  async createGoal(actor: Actor, input: { text: string; budget?: BudgetRequest | null; run?: boolean }): Promise<Goal> {
    requireMember(actor);
    const asked = checkBudget(input.budget ?? {});
    const reading = await this.deps.nlp.processGoal(input.text);
    const queries = this.deps.search.planQueries(reading, input.text);
    const budget = { ...defaultBudget(reading.targetCount), ...asked };
    const goal = await this.deps.dataSource.transaction(async (manager) => {
      const repository = manager.getRepository(Goal);
      const made = await repository.save(repository.create({
        workspaceId: actor.workspaceId, createdBy: actor.userId, text: input.text.trim(), status: GoalStatus.PLANNED,
        intent: reading.intent, entities: reading.entities, language: reading.language, strategyVersion: 1, usedTokens: reading.engine.tokens, ...budget,
      }));
      const { industries, locations, roles, keywords, exclusions, targetCount, rationale, engine } = reading;
      await manager.insert(Strategy, { goalId: made.id, version: 1, industries, locations, roles, keywords, exclusions, targetCount, queries, rationale, engine });
      return made;
    });
    return input.run ? await this.runGoal(actor, goal.id) : await this.goal(actor, goal.id);
  }

  async goal(actor: Actor, id: string): Promise<Goal> {
    requireReader(actor);
    const goal = isUuid(id) ? await this.deps.dataSource.getRepository(Goal).findOneBy({ id, workspaceId: actor.workspaceId }) : null;
    if (!goal) throw new LeadlineError('NOT_FOUND', 'There is no such goal.');
    return goal;
  }

  /** By id, within the workspace, for the loader. */
  async byIds(workspaceId: string, ids: readonly string[]): Promise<Map<string, Goal>> {
    const goals = await this.deps.dataSource.getRepository(Goal).findBy({ id: In([...ids]), workspaceId });
    return new Map(goals.map((goal) => [goal.id, goal]));
  }

  async goals(actor: Actor, page: PageRequest, status: GoalStatus[] | null | undefined): Promise<PageOf<Goal>> {
    requireReader(actor);
    const query = this.deps.dataSource.getRepository(Goal).createQueryBuilder('row').where('row.workspaceId = :workspaceId', { workspaceId: actor.workspaceId });
    if (status && status.length > 0) query.andWhere('row.status IN (:...status)', { status });
    return await paginate(query, page, { expression: 'row.created_at', type: 'timestamptz', direction: 'DESC' });
  }

  /** Starts the run; asking again while it runs changes nothing. A finished goal looks for more. */
  async runGoal(actor: Actor, id: string): Promise<Goal> {
    requireMember(actor);
    const goal = await this.goal(actor, id);
    if (goal.status === GoalStatus.RUNNING) return goal;
    if (goal.status === GoalStatus.PAUSED) return await this.resumeGoal(actor, id);
    const started = await this.deps.progress.advance(async (tx) => {
      const claimed = await tx.query<{ id: string }>("UPDATE goals SET status = 'RUNNING' WHERE id = $1 AND status = $2 RETURNING id", [id, goal.status]);
      if (claimed.length === 0) return null;
      tx.afterCommit.push(() => this.deps.jobs.enqueue(JOBS.searchGoal, { goalId: id }));
      return await tx.goalEvent(id, GoalEventType.STARTED, 'The search for leads has started.', { set: { searchState: 'OPEN', error: null, errorCode: null, startedAt: new Date(), finishedAt: null } });
    });
    return started ?? await this.goal(actor, id);
  }

  async pauseGoal(actor: Actor, id: string): Promise<Goal> {
    return await this.#turn(actor, id, {
      from: [GoalStatus.RUNNING], to: GoalStatus.PAUSED, event: GoalEventType.PAUSED, message: 'Paused; what is found so far stays.',
      jobsFrom: [CrawlStatus.QUEUED, CrawlStatus.RUNNING], jobsTo: CrawlStatus.PAUSED, jobsEvent: CrawlEventType.PAUSED,
    });
  }

  async resumeGoal(actor: Actor, id: string): Promise<Goal> {
    return await this.#turn(actor, id, {
      from: [GoalStatus.PAUSED], to: GoalStatus.RUNNING, event: GoalEventType.RESUMED, message: 'Going on where it stopped.',
      jobsFrom: [CrawlStatus.PAUSED], jobsTo: CrawlStatus.QUEUED, jobsEvent: CrawlEventType.RESUMED,
    });
  }

  async cancelGoal(actor: Actor, id: string): Promise<Goal> {
    return await this.#turn(actor, id, {
      from: [GoalStatus.PLANNED, GoalStatus.RUNNING, GoalStatus.PAUSED], to: GoalStatus.CANCELLED, event: GoalEventType.CANCELLED, message: 'Cancelled; what is found so far stays.',
      jobsFrom: [CrawlStatus.QUEUED, CrawlStatus.RUNNING, CrawlStatus.PAUSED], jobsTo: CrawlStatus.CANCELLED, jobsEvent: CrawlEventType.CANCELLED,
    });
  }

  /** @throws NOT_FOUND, BAD_USER_INPUT (an `after` that was never given out) before the stream starts */
  async watch(actor: Actor, id: string, after: number | null | undefined): Promise<EventStream<GoalEventRow>> {
    checkAfter(after, (await this.goal(actor, id)).lastSeq);
    return this.deps.progress.watchGoal(id, after);
  }

  async #turn(actor: Actor, id: string, turn: { from: GoalStatus[]; to: GoalStatus; event: GoalEventType; message: string; jobsFrom: CrawlStatus[]; jobsTo: CrawlStatus; jobsEvent: CrawlEventType }): Promise<Goal> {
    requireMember(actor);
    const goal = await this.goal(actor, id);
    if (goal.status === turn.to) return goal;
    if (!turn.from.includes(goal.status)) throw new LeadlineError('BAD_USER_INPUT', `A goal that is ${goal.status.toLowerCase()} cannot become ${turn.to.toLowerCase()}.`, { details: { fields: ['id'] } });
    return await this.deps.progress.advance(async (tx) => {
      // Crawl jobs before their goal: the lock order of ProgressTx.
      const jobs = await tx.query<{ id: string }>('SELECT id FROM crawl_jobs WHERE goal_id = $1 AND status = ANY($2) ORDER BY id FOR UPDATE', [id, turn.jobsFrom]);
      const finished = turn.to === GoalStatus.CANCELLED ? { finishedAt: new Date() } : {};
      for (const job of jobs) await tx.crawlEvent(job.id, turn.jobsEvent, turn.message, { set: { status: turn.jobsTo, ...finished } });
      const claimed = await tx.query('UPDATE goals SET status = $2 WHERE id = $1 AND status = ANY($3) RETURNING id', [id, turn.to, turn.from]);
      if (claimed.length === 0) {
        const now = await tx.manager.findOneBy(Goal, { id });
        if (now?.status === turn.to) return now;
        throw new LeadlineError('BAD_USER_INPUT', 'The goal has just changed; look at it again.', { details: { fields: ['id'] } });
      }
      // Sites that a round of search opened before we had the goal: nobody would ever stop them.
      const missed = await tx.query('SELECT 1 FROM crawl_jobs WHERE goal_id = $1 AND status = ANY($2) LIMIT 1', [id, turn.jobsFrom]);
      if (missed.length > 0) throw new ChangedMeanwhile();
      const changed = await tx.goalEvent(id, turn.event, turn.message, { set: finished });
      if (turn.to === GoalStatus.RUNNING) tx.afterCommit.push(() => this.#queueOpen(changed, jobs));
      return changed;
    });
  }

  async #queueOpen(goal: Goal, jobs: { id: string }[]): Promise<void> {
    if (goal.searchState === 'OPEN') await this.deps.jobs.enqueue(JOBS.searchGoal, { goalId: goal.id });
    await this.deps.jobs.enqueue(JOBS.crawlSite, ...jobs.map((job) => ({ crawlJobId: job.id })));
    // Everything may have been settled while it was paused.
    await this.deps.progress.advance((tx) => this.settle(tx, goal.id));
  }

  /**
   * Ends the run when nothing is open any more, or asks for another round of candidates. Called inside every
   * transaction that settles a site or a search, after the event that locked the goal: so the last one sees
   * that it is the last.
   */
  async settle(tx: ProgressTx, goalId: string): Promise<void> {
    const [goal] = await tx.query<{ status: GoalStatus; search_state: Goal['searchState']; leads: number; results: number; used_sites: number; max_sites: number; used_searches: number; max_searches: number; used_pages: number; max_pages: number; target_count: number }>(`
      SELECT g.status, g.search_state, g.leads, g.results, g.used_sites, g.max_sites, g.used_searches, g.max_searches, g.used_pages, g.max_pages, s.target_count
      FROM goals g JOIN strategies s ON s.goal_id = g.id AND s.version = g.strategy_version WHERE g.id = $1 FOR UPDATE OF g`, [goalId]);
    if (goal?.status !== GoalStatus.RUNNING || goal.search_state === 'OPEN') return;
    const [jobs] = await tx.query<{ open: number }>(`
      SELECT count(*)::int AS open FROM crawl_jobs WHERE goal_id = $1
      AND NOT (status IN ('FAILED', 'CANCELLED') OR (status = 'COMPLETED' AND lead_settled))`, [goalId]);
    if (jobs && jobs.open > 0) return;
    const over = { finishedAt: new Date() };
    if (goal.results === 0) {
      await tx.goalEvent(goalId, GoalEventType.FAILED, 'Nothing was found anywhere; see what each source answered.', { set: { status: GoalStatus.FAILED, error: 'No source gave a usable result.', errorCode: 'NO_RESULTS', ...over } });
      return;
    }
    const isSpent = goal.used_sites >= goal.max_sites || goal.used_searches >= goal.max_searches || goal.used_pages >= goal.max_pages;
    if (goal.leads >= goal.target_count || goal.search_state === 'EXHAUSTED' || isSpent) {
      const unread = await unreadReason(tx, goalId);
      if (unread) {
        await tx.goalEvent(goalId, GoalEventType.FAILED, `Not one site could be read. ${unread.error}`, { set: { status: GoalStatus.FAILED, error: `Not one of ${unread.sites} sites could be read. Most often: ${unread.error}`, errorCode: unread.error_code, ...over } });
        return;
      }
      const why = goal.leads >= goal.target_count ? 'the target is reached' : isSpent ? 'the budget is used up' : 'every source has been read to the end';
      await tx.goalEvent(goalId, GoalEventType.COMPLETED, `Done: ${goal.leads} leads; ${why}.`, { set: { status: GoalStatus.COMPLETED, ...over } });
      return;
    }
    await tx.query("UPDATE goals SET search_state = 'OPEN' WHERE id = $1", [goalId]);
    tx.afterCommit.push(() => this.deps.jobs.enqueue(JOBS.searchGoal, { goalId }));
  }
}

/** Why no site at all could be read, in the words of the most frequent failure; null when one could. */
async function unreadReason(tx: ProgressTx, goalId: string): Promise<{ sites: number; error: string; error_code: string } | null> {
  const [most] = await tx.query<{ sites: number; read: number; error: string | null; error_code: string | null }>(`
    SELECT (sum(count(*)) OVER ())::int AS sites, (sum(count(*) FILTER (WHERE status <> 'FAILED')) OVER ())::int AS read, error_code, min(error) FILTER (WHERE status = 'FAILED') AS error
    FROM crawl_jobs WHERE goal_id = $1 GROUP BY error_code ORDER BY count(*) DESC LIMIT 1`, [goalId]);
  return most?.read === 0 && most.error !== null && most.error_code !== null ? { sites: most.sites, error: most.error, error_code: most.error_code } : null;
}

/** @throws BAD_USER_INPUT when no event ever had this `after`: taken silently, the client would miss all until then */
function checkAfter(after: number | null | undefined, lastSeq: number): void {
  if (after != null && (after < 0 || after > lastSeq)) throw new LeadlineError('BAD_USER_INPUT', `after must be the seq of an event, 0 to ${lastSeq} at this moment.`, { details: { fields: ['after'] } });
}

function checkBudget(budget: BudgetRequest): Partial<Record<keyof typeof BUDGET_RANGE, number>> {
  const given: Partial<Record<keyof typeof BUDGET_RANGE, number>> = {};
  const fields: string[] = [];
  for (const name of Object.keys(BUDGET_RANGE) as (keyof typeof BUDGET_RANGE)[]) {
    const value = budget[name];
    const [least, most] = BUDGET_RANGE[name];
    if (value == null) continue;
    if (value < least || value > most) fields.push(`budget.${name}`);
    given[name] = value;
  }
  if (fields.length > 0) throw new LeadlineError('BAD_USER_INPUT', `Out of range: ${fields.join(', ')}.`, { details: { fields } });
  return given;
}
