import type { DataSource } from 'typeorm';
import { requireMember, requireReader, type Actor } from '../../actor.js';
import { GoalEventType, GoalStatus, SearchProviderName } from '../../entities/enums.js';
import { Goal } from '../../entities/goal.js';
import { SearchResult } from '../../entities/search-result.js';
import type { SourceOutcome, SearchQuery } from '../../entities/search-values.js';
import { Strategy } from '../../entities/strategy.js';
import { LeadlineError } from '../../errors.js';
import { JOBS, type Jobs } from '../../jobs.js';
import { isUuid } from '../../pagination.js';
import type { Progress, ProgressTx } from '../../progress.js';
import type { CrawlerService } from '../crawler/crawler.service.js';
import type { GoalReading } from '../nlp/goal-reading.js';
import type { NlpService } from '../nlp/nlp.service.js';
import { planQueries } from './plan-queries.js';
import type { SearchProvider } from './providers/provider.js';
import { SearchRound, type SuppressedHosts } from './search-round.js';
import { checkStrategy, type StrategyChange } from './strategy-change.js';

/** Sites are opened for a few more candidates than leads are missing: some have no contact. */
const CANDIDATES_PER_LEAD = 1.5;
/** Most pages of one site within a goal; the goal's own budget bounds the sum. */
const PAGES_PER_SITE = 20;

export interface SearchDeps {
  suppressedHosts: SuppressedHosts;
  dataSource: DataSource; progress: Progress; jobs: Jobs; nlp: NlpService; providers: readonly SearchProvider[];
  openSites: CrawlerService['openSites'];
  settleGoal: (tx: ProgressTx, goalId: string) => Promise<void>;
}

/** From a goal's strategy to ranked, validated company sites. */
export class SearchService {
  constructor(private readonly deps: SearchDeps) {}

  planQueries(reading: GoalReading, text: string): SearchQuery[] {
    return planQueries({ ...reading, text }, this.deps.providers.map((provider) => provider.name));
  }

  /** Reads the goal again and makes a new version of its strategy. */
  async generateStrategy(actor: Actor, goalId: string): Promise<Strategy> {
    const goal = await this.#goal(actor, goalId, true);
    const reading = await this.deps.nlp.processGoal(goal.text);
    return await this.#newVersion(goal, { ...reading, queries: this.planQueries(reading, goal.text) });
  }

  /** Changes the given parts only; queries that were not given are planned anew from the rest. @throws STRATEGY_INVALID */
  async updateStrategy(actor: Actor, goalId: string, change: StrategyChange): Promise<Strategy> {
    const goal = await this.#goal(actor, goalId, true);
    const current = await this.strategyOf(goal);
    const parts = await checkStrategy(current, change, (text) => this.deps.nlp.readParts(text));
    const queries = change.queries ? change.queries.map((query) => ({ ...query, reason: 'Given by hand.' })) : planQueries({ ...parts, language: goal.language, text: goal.text }, this.deps.providers.map((provider) => provider.name));
    if (queries.length === 0) throw new LeadlineError('STRATEGY_INVALID', 'A strategy needs at least one query.', { details: { fields: ['queries'] } });
    return await this.#newVersion(goal, { ...parts, queries, rationale: current.rationale, engine: current.engine });
  }

  /** A follow-up in plain words becomes a new version of the strategy. @throws CONTEXT_MISSING, GOAL_INVALID, GOAL_UNSAFE */
  async refineStrategy(actor: Actor, goalId: string, message: string): Promise<Goal> {
    const goal = await this.#goal(actor, goalId, true);
    const { industries, locations, roles, keywords, exclusions, targetCount, rationale, engine } = await this.strategyOf(goal);
    const reading = await this.deps.nlp.refineGoal({ text: goal.text, reading: { intent: goal.intent, entities: goal.entities, language: goal.language, industries, locations, roles, keywords, exclusions, targetCount, rationale, engine } }, message);
    await this.#newVersion(goal, { ...reading, queries: this.planQueries(reading, `${goal.text} ${message}`) });
    return await this.#goal(actor, goalId, false);
  }

  async strategy(actor: Actor, id: string): Promise<Strategy> {
    requireReader(actor);
    const strategy = isUuid(id) ? await this.deps.dataSource.getRepository(Strategy).createQueryBuilder('row')
      .where('row.id = :id AND EXISTS (SELECT 1 FROM goals g WHERE g.id = row.goal_id AND g.workspace_id = :workspaceId)', { id, workspaceId: actor.workspaceId }).getOne() : null;
    if (!strategy) throw new LeadlineError('NOT_FOUND', 'There is no such strategy.');
    return strategy;
  }

  /** The current strategy of a goal the caller may see. */
  async strategyOf(goal: Goal): Promise<Strategy> {
    return await this.deps.dataSource.getRepository(Strategy).findOneByOrFail({ goalId: goal.id, version: goal.strategyVersion });
  }

  /** The same for many goals at once, in their order, for the loader. */
  async strategiesOfGoals(goals: readonly Goal[]): Promise<Strategy[]> {
    const strategies = await this.deps.dataSource.getRepository(Strategy).find({ where: goals.map((goal) => ({ goalId: goal.id, version: goal.strategyVersion })) });
    const byGoal = new Map(strategies.map((strategy) => [strategy.goalId, strategy]));
    return goals.map((goal) => {
      const strategy = byGoal.get(goal.id);
      if (!strategy) throw new Error(`goal ${goal.id} has no strategy`);
      return strategy;
    });
  }

  /** All versions, the newest first. */
  async strategiesOf(goal: Goal): Promise<Strategy[]> {
    return await this.deps.dataSource.getRepository(Strategy).find({ where: { goalId: goal.id }, order: { version: 'DESC' } });
  }

  async searchResults(actor: Actor, goalId: string): Promise<SearchResult[]> {
    await this.#goal(actor, goalId, false);
    return await this.deps.dataSource.getRepository(SearchResult).find({ where: { goalId }, order: { rank: 'ASC' }, take: 1_000 });
  }

  /** One round of search without crawling: what a person looks at before the run. @throws NO_RESULTS, BUDGET_EXCEEDED */
  async executeSearch(actor: Actor, goalId: string, signal: AbortSignal): Promise<{ results: SearchResult[]; sources: SourceOutcome[]; cached: boolean; durationMs: number }> {
    const goal = await this.#goal(actor, goalId, true);
    const startedAt = performance.now();
    const strategy = await this.strategyOf(goal);
    const round = new SearchRound(this.deps, goal, strategy, signal);
    const outcome = await round.run(Math.ceil(strategy.targetCount * CANDIDATES_PER_LEAD));
    await this.deps.progress.advance(async (tx) => { await round.store(tx); });
    const results = await this.searchResults(actor, goalId);
    if (results.length === 0 && outcome.isOverBudget) throw new LeadlineError('BUDGET_EXCEEDED', "The goal's searches are used up.", { details: { budget: 'maxSearches' } });
    if (results.length === 0) throw new LeadlineError('NO_RESULTS', 'No source gave a result.', { details: { sources: outcome.sources } });
    return { results, sources: outcome.sources, cached: outcome.asked === 0, durationMs: Math.round(performance.now() - startedAt) };
  }

  /**
   * Job function: rounds of candidates for a running goal, each with its crawls, until a site is open to be read.
   * A round that settles with nothing to read opens the next one itself: the queue takes no job with the id of one
   * that is still running, so the next round would wait for the reconciler.
   */
  async searchGoal(goalId: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const goal = await this.deps.dataSource.getRepository(Goal).findOneBy({ id: goalId });
      if (goal?.status !== GoalStatus.RUNNING || goal.searchState !== 'OPEN') return;
      await this.#round(goal, signal);
    }
  }

  async #round(goal: Goal, signal: AbortSignal): Promise<void> {
    const goalId = goal.id;
    const strategy = await this.strategyOf(goal);
    const wanted = Math.min(goal.maxSites - goal.usedSites, Math.ceil(Math.max(1, strategy.targetCount - goal.leads) * CANDIDATES_PER_LEAD) + 2);
    const round = new SearchRound(this.deps, goal, strategy, signal);
    const outcome = await round.run(wanted);
    await this.deps.progress.advance(async (tx) => {
      // A job may run twice: whoever comes second finds the round done, and the budget of sites is counted once.
      const [now] = await tx.query<{ status: string; sites_left: number }>("SELECT status, max_sites - used_sites AS sites_left FROM goals WHERE id = $1 AND search_state = 'OPEN' FOR UPDATE", [goalId]);
      if (!now) return;
      const fresh = await round.store(tx);
      // Cancelled meanwhile: nothing would ever close what is opened now.
      const wantedNow = now.status === 'RUNNING' || now.status === 'PAUSED' ? Math.max(0, Math.min(wanted, now.sites_left)) : 0;
      const opened = await this.deps.openSites(tx, goal, fresh.slice(0, wantedNow), Math.min(PAGES_PER_SITE, goal.maxPages));
      const isExhausted = outcome.isExhausted || outcome.isOverBudget;
      const message = opened.length > 0 ? `${opened.length} company sites to read.` : isExhausted ? 'Every source has been read to the end.' : 'No new company site in this round.';
      // The goal may have been paused or cancelled meanwhile: its state stays, only what was found is added.
      await tx.goalEvent(goalId, GoalEventType.SEARCHED, message, { add: { sites: opened.length, usedSites: opened.length }, set: { sources: outcome.sources, searchState: isExhausted ? 'EXHAUSTED' : 'ROUND_DONE' } });
      tx.afterCommit.push(() => this.deps.jobs.enqueue(JOBS.crawlSite, ...opened.map((crawlJobId) => ({ crawlJobId }))));
      await this.deps.settleGoal(tx, goalId);
    });
  }

  /** The runner gave the search up: the goal ends with the reason unless sites are still being read. */
  async giveUp(goalId: string, error: unknown): Promise<void> {
    const reason = error instanceof LeadlineError ? error.message : 'Something went wrong on our side while searching.';
    await this.deps.progress.advance(async (tx) => {
      const open = await tx.query("SELECT 1 FROM goals WHERE id = $1 AND status = 'RUNNING' AND search_state = 'OPEN' FOR UPDATE", [goalId]);
      if (open.length === 0) return;
      await tx.goalEvent(goalId, GoalEventType.SOURCE_FAILED, reason, { set: { searchState: 'EXHAUSTED', error: reason, errorCode: error instanceof LeadlineError ? error.code : 'INTERNAL' } });
      await this.deps.settleGoal(tx, goalId);
    });
  }

  /** What the configured sources are, for `capabilities`. */
  capability(): { state: 'READY' | 'DEGRADED'; detail: string } {
    const names: SearchProviderName[] = this.deps.providers.map((provider) => provider.name);
    return names.includes(SearchProviderName.BRAVE) ? { state: 'READY', detail: names.join(', ') } : { state: 'DEGRADED', detail: `${names.join(', ')} only: set BRAVE_API_KEY to search the web` };
  }

  async #goal(actor: Actor, id: string, isChange: boolean): Promise<Goal> {
    if (isChange) requireMember(actor);
    else requireReader(actor);
    const goal = isUuid(id) ? await this.deps.dataSource.getRepository(Goal).findOneBy({ id, workspaceId: actor.workspaceId }) : null;
    if (!goal) throw new LeadlineError('NOT_FOUND', 'There is no such goal.');
    return goal;
  }

  async #newVersion(goal: Goal, parts: Pick<Strategy, 'industries' | 'locations' | 'roles' | 'keywords' | 'exclusions' | 'targetCount' | 'queries' | 'rationale' | 'engine'>): Promise<Strategy> {
    const { industries, locations, roles, keywords, exclusions, targetCount, queries, rationale, engine } = parts;
    return await this.deps.dataSource.transaction(async (manager) => {
      const [row] = await manager.query<{ strategy_version: number }[][]>('UPDATE goals SET strategy_version = strategy_version + 1 WHERE id = $1 RETURNING strategy_version', [goal.id]);
      const version = row?.[0]?.strategy_version ?? 1;
      const repository = manager.getRepository(Strategy);
      return await repository.save(repository.create({ goalId: goal.id, version, industries, locations, roles, keywords, exclusions, targetCount, queries, rationale, engine }));
    });
  }
}
