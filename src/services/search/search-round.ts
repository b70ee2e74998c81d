import type { DataSource } from 'typeorm';
import { GoalEventType, SourceStatus, type SearchProviderName } from '../../entities/enums.js';
import type { Goal } from '../../entities/goal.js';
import { SearchStep } from '../../entities/search-step.js';
import type { SourceOutcome } from '../../entities/search-values.js';
import type { Strategy } from '../../entities/strategy.js';
import type { Progress, ProgressTx } from '../../progress.js';
import { storableJson } from '../../storable.js';
import type { SearchHit, SearchProvider } from './providers/provider.js';
import { rankResults, type RankedResult } from './rank.js';
import { validateResult } from './validate.js';

/** Result pages read of one query at most. */
const PAGES_PER_QUERY = 10;
const PER_PAGE = 20;
/** A source that failed this often in a round is left alone for the rest of it. */
const FAILURES_PER_SOURCE = 3;

/** Those of the host names that a workspace has on its suppression list. */
export type SuppressedHosts = (workspaceId: string, hosts: readonly string[]) => Promise<ReadonlySet<string>>;
export interface RoundOutcome { sources: SourceOutcome[]; isExhausted: boolean; isOverBudget: boolean; asked: number }
type Checked = RankedResult & { valid: boolean; rejection: string | null };

/**
 * One round of searching: asks query by query, page by page, until enough valid new sites are known, the
 * sources end, or the budget does. Every request is a row reserved before it is sent; answered rows are not
 * asked again, so a killed round goes on where it was.
 */
export class SearchRound {
  readonly #steps: SearchStep[] = [];
  #ranked: Checked[] = [];

  constructor(
    private readonly deps: { dataSource: DataSource; progress: Progress; providers: readonly SearchProvider[]; suppressedHosts: SuppressedHosts },
    private readonly goal: Goal, private readonly strategy: Strategy, private readonly signal: AbortSignal,
  ) {}

  /** @param wanted how many valid sites without a crawl job are enough */
  async run(wanted: number): Promise<RoundOutcome> {
    const known = await this.deps.dataSource.getRepository(SearchStep).find({ where: { goalId: this.goal.id, strategyVersion: this.strategy.version }, order: { page: 'ASC', position: 'ASC' } });
    const opened = new Set((await this.deps.dataSource.query<{ domain: string }[]>('SELECT domain FROM crawl_jobs WHERE goal_id = $1', [this.goal.id])).map((row) => row.domain));
    const finished = new Set<number>();
    const failures = new Map<SearchProviderName, number>();
    let asked = 0;
    const outcome = (isExhausted: boolean, isOverBudget: boolean): RoundOutcome => ({ sources: this.#sources(), isExhausted, isOverBudget, asked });
    // Ranking takes milliseconds: answers of earlier rounds are ranked together, before the first new request.
    let isRanked = true;
    const isEnough = async (): Promise<boolean> => {
      await this.#rank();
      isRanked = true;
      return this.#ranked.filter((result) => result.valid && !opened.has(result.domain)).length >= wanted;
    };
    for (let page = 0; page < PAGES_PER_QUERY; page += 1) {
      for (const [position, query] of this.strategy.queries.entries()) {
        this.signal.throwIfAborted();
        const provider = this.deps.providers.find((one) => one.name === query.provider);
        if (finished.has(position) || !provider || (failures.get(query.provider) ?? 0) >= FAILURES_PER_SOURCE) continue;
        let step = known.find((one) => one.position === position && one.page === page);
        const isAnswered = step?.status != null && !isWorthAsking(step);
        if (!isAnswered) {
          if (!isRanked && await isEnough()) return outcome(false, false);
          step = step ?? await this.#reserve(position, page, query.provider, query.query) ?? undefined;
          if (!step) return outcome(false, true);
          await this.#ask(provider, step);
          asked += 1;
        }
        if (!step) continue;
        this.#steps.push(step);
        isRanked = false;
        if (step.status !== SourceStatus.OK) failures.set(query.provider, (failures.get(query.provider) ?? 0) + (step.status === SourceStatus.EMPTY ? 0 : isFinal(step) ? FAILURES_PER_SOURCE : 1));
        if (!step.more) finished.add(position);
        if (!isAnswered && await isEnough()) return outcome(false, false);
      }
    }
    await this.#rank();
    return outcome(true, false);
  }

  /** Writes the ranked list; results known before get their new rank. @returns valid sites that have no crawl job yet, best first */
  async store(tx: ProgressTx): Promise<{ url: string; domain: string }[]> {
    for (const [index, result] of this.#ranked.entries()) {
      await tx.query(`
        INSERT INTO search_results (goal_id, url, domain, title, snippet, providers, rank, score, factors, valid, rejection, attribution)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (goal_id, domain) DO UPDATE SET title = EXCLUDED.title, snippet = EXCLUDED.snippet, providers = EXCLUDED.providers, rank = EXCLUDED.rank,
          score = EXCLUDED.score, factors = EXCLUDED.factors, valid = EXCLUDED.valid, rejection = EXCLUDED.rejection`,
      [this.goal.id, result.url, result.domain, result.title, result.snippet, result.providers, index + 1, result.score, JSON.stringify(result.factors), result.valid, result.rejection, result.attribution]);
    }
    await tx.query('UPDATE goals SET results = (SELECT count(*) FROM search_results WHERE goal_id = $1 AND valid) WHERE id = $1', [this.goal.id]);
    const opened = new Set((await tx.query<{ domain: string }>('SELECT domain FROM crawl_jobs WHERE goal_id = $1', [this.goal.id])).map((row) => row.domain));
    return this.#ranked.filter((result) => result.valid && !opened.has(result.domain));
  }

  async #rank(): Promise<void> {
    const hits = this.#steps.flatMap((step) => step.hits as SearchHit[]);
    const { industries, locations, roles, keywords, exclusions } = this.strategy;
    const ranked = rankResults(hits, { industries, locations, roles, keywords, exclusions });
    const suppressedDomains = await this.deps.suppressedHosts(this.goal.workspaceId, ranked.flatMap((result) => (URL.canParse(result.url) ? [new URL(result.url).hostname] : [])));
    this.#ranked = ranked.map((result) => ({ ...result, ...validateResult(result, { exclusions, locations, suppressedDomains }) }));
  }

  /** Null when the budget of searches is used up. */
  async #reserve(position: number, page: number, provider: SearchProviderName, query: string): Promise<SearchStep | null> {
    return await this.deps.progress.advance(async (tx) => {
      const steps = tx.manager.getRepository(SearchStep);
      const key = { goalId: this.goal.id, strategyVersion: this.strategy.version, position, page };
      const made = await steps.createQueryBuilder().insert().values({ ...key, provider, query, status: null, hits: [] }).orIgnore().execute();
      const step = await steps.findOneByOrFail(key);
      // The same round in another process was first: it has paid for this request.
      if (!made.identifiers[0]) return step;
      const spent = await tx.query('UPDATE goals SET used_searches = used_searches + 1 WHERE id = $1 AND used_searches < max_searches RETURNING id', [this.goal.id]);
      if (spent.length > 0) return step;
      await steps.delete(step.id);
      return null;
    });
  }

  async #ask(provider: SearchProvider, step: SearchStep): Promise<void> {
    const answer = await provider.search({ query: step.query, page: step.page, count: PER_PAGE, countryCode: this.strategy.locations[0]?.countryCode ?? null, language: this.goal.language, signal: this.signal, workspaceId: this.goal.workspaceId });
    const hits = JSON.parse(storableJson(answer.hits)) as SearchHit[];
    Object.assign(step, { status: answer.status, more: answer.more, message: answer.message, retryAt: answer.retryAt, hits });
    const isNews = answer.status === SourceStatus.OK || answer.status === SourceStatus.EMPTY;
    await this.deps.progress.advance(async (tx) => {
      await tx.manager.update(SearchStep, step.id, { status: answer.status, more: answer.more, message: answer.message, retryAt: answer.retryAt, hits });
      await tx.goalEvent(this.goal.id, isNews ? GoalEventType.SEARCHED : GoalEventType.SOURCE_FAILED, isNews ? `${provider.name}: ${hits.length} results for “${step.query}”${step.page > 0 ? `, page ${step.page + 1}` : ''}` : `${provider.name}: ${answer.message ?? answer.status}`, { add: { searches: 1 } });
    });
  }

  #sources(): SourceOutcome[] {
    return summarize(this.#steps.map((step) => ({ provider: step.provider, status: step.status ?? SourceStatus.FAILED, hits: step.hits.length, message: step.message, retryAt: step.retryAt })));
  }
}

/** A passing failure is asked again in a later round; an answer, or a failure that asking cannot mend, is not. */
function isWorthAsking(step: SearchStep): boolean {
  const isPassing = step.status === SourceStatus.RATE_LIMITED || step.status === SourceStatus.TIMEOUT || step.status === SourceStatus.FAILED;
  return isPassing && (step.retryAt === null || step.retryAt.getTime() <= Date.now());
}

function isFinal(step: SearchStep): boolean {
  return step.status === SourceStatus.MISCONFIGURED || step.status === SourceStatus.BLOCKED || step.status === SourceStatus.RATE_LIMITED;
}

/** Providers that answered, in the words of the contract: the worst news wins over silence. */
function summarize(steps: readonly { provider: SearchProviderName; status: SourceStatus; hits: number; message: string | null; retryAt: Date | null }[]): SourceOutcome[] {
  const outcomes = new Map<SearchProviderName, SourceOutcome>();
  for (const step of steps) {
    const known = outcomes.get(step.provider);
    const results = (known?.results ?? 0) + step.hits;
    const isBetter = !known || (known.status !== SourceStatus.OK && step.status === SourceStatus.OK);
    outcomes.set(step.provider, { provider: step.provider, status: isBetter ? step.status : known.status, results, message: step.message ?? known?.message ?? null, retryAt: step.retryAt ?? known?.retryAt ?? null });
  }
  return [...outcomes.values()];
}
