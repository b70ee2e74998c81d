import { createBackplane } from '../../../src/backplane.js';
import { JOBS, Jobs } from '../../../src/jobs.js';
import { createLogger } from '../../../src/logger.js';
import { until, type TestClient } from '../../support/client.js';
import { withClient } from '../../support/servers.js';

export interface Budget { maxSites: number; maxPages: number; maxSearches: number; maxTokens: number; usedSites: number; usedPages: number; usedSearches: number; usedTokens: number }
export interface GoalCounters { searches: number; results: number; sites: number; sitesDone: number; sitesFailed: number; pages: number; pagesFailed: number; emails: number; emailsValid: number; leads: number; percent: number }
export interface GoalState { status: string; error: string | null; counters: GoalCounters; budget: Budget }
export interface StoredPage { url: string; finalUrl: string; outcome: string; contentHash: string | null }
export interface SiteState { id: string; host: string; url: string; status: string; maxPages: number; counters: { fetched: number; failed: number; skipped: number; discovered: number }; pages: StoredPage[] }
export interface LeadState { id: string; domain: string; companyName: string; primaryEmail: { address: string } | null; emails: { address: string }[] }
export interface StoredEvent { seq: number; type: string; message: string; status: string; url: string | null; budget: Budget; counters: GoalCounters }

const BUDGET = 'budget { maxSites maxPages maxSearches maxTokens usedSites usedPages usedSearches usedTokens }';
const COUNTERS = 'counters { searches results sites sitesDone sitesFailed pages pagesFailed emails emailsValid leads percent }';
export const GOAL_EVENTS = `subscription ($id: ID!, $after: Int) { goalProgress(goalId: $id, after: $after) { seq type message status url ${BUDGET} ${COUNTERS} } }`;

interface Connection<T> { pageInfo: { hasNextPage: boolean; endCursor: string | null }; nodes: T[] }

/** Every node of a connection, page by page as a client reads it. */
async function all<T>(client: TestClient, query: string, variables: Record<string, unknown>, pick: (data: never) => Connection<T>): Promise<T[]> {
  const nodes: T[] = [];
  for (let after: string | null = null; ;) {
    const page: Connection<T> = pick(await client.data<never>(query, { ...variables, after }));
    nodes.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) return nodes;
    after = page.pageInfo.endCursor;
  }
}

export async function startGoal(client: TestClient, text: string, budget: Partial<Budget>): Promise<string> {
  const { createGoal } = await client.data<{ createGoal: { id: string } }>('mutation ($text: String!, $budget: BudgetInput) { createGoal(input: { text: $text, budget: $budget, run: true }) { id } }', { text, budget });
  return createGoal.id;
}

export async function goalState(client: TestClient, id: string): Promise<GoalState> {
  return (await client.data<{ goal: GoalState }>(`query ($id: ID!) { goal(id: $id) { status error ${COUNTERS} ${BUDGET} } }`, { id })).goal;
}

export const isOver = (status: string): boolean => ['COMPLETED', 'FAILED', 'CANCELLED'].includes(status);

/** The goal once its run is over. */
export async function finished(client: TestClient, id: string, limitMs: number): Promise<GoalState> {
  return await until(async () => {
    const state = await goalState(client, id);
    return isOver(state.status) ? state : null;
  }, 'the run to end', limitMs);
}

export async function sitesOf(client: TestClient, goalId: string): Promise<SiteState[]> {
  const jobs = await all<Omit<SiteState, 'pages'>>(client, `query ($id: ID!, $after: String) { goal(id: $id) { crawlJobs(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor } nodes { id host url status maxPages counters { fetched failed skipped discovered } } } } }`, { id: goalId }, (data: { goal: { crawlJobs: Connection<Omit<SiteState, 'pages'>> } }) => data.goal.crawlJobs);
  return await Promise.all(jobs.map(async (job) => ({
    ...job,
    pages: await all<StoredPage>(client, 'query ($id: ID!, $after: String) { crawlJob(id: $id) { pages(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { url finalUrl outcome contentHash } } } }', { id: job.id }, (data: { crawlJob: { pages: Connection<StoredPage> } }) => data.crawlJob.pages),
  })));
}

export async function leadsOf(client: TestClient, goalId: string): Promise<LeadState[]> {
  return await all<LeadState>(client, `query ($id: ID!, $after: String) { leads(first: 100, after: $after, filter: { goalId: $id }) {
    pageInfo { hasNextPage endCursor } nodes { id domain companyName primaryEmail { address } emails { address } } } }`, { id: goalId }, (data: { leads: Connection<LeadState> }) => data.leads);
}

/** All stored events of a run that is over, as a client that asks for them from the start. */
export async function eventsOf(client: TestClient, goalId: string): Promise<StoredEvent[]> {
  const stream = client.subscribe<{ goalProgress: StoredEvent }>(GOAL_EVENTS, { id: goalId, after: 0 });
  const events: StoredEvent[] = [];
  for await (const { goalProgress } of stream.events) events.push(goalProgress);
  await stream.close();
  return events;
}

/** Waits until no queue holds a job: with them empty, nothing of the run is still to come. */
export async function emptyQueues(databaseUrl: string, redisUrl?: string): Promise<void> {
  const logger = createLogger('error');
  const backplane = createBackplane({ REDIS_URL: redisUrl }, databaseUrl, logger);
  const jobs = new Jobs(backplane, logger);
  try {
    await jobs.ready();
    let left: Record<string, number> = {};
    await until(async () => {
      left = {};
      for (const kind of Object.values(JOBS)) {
        const open = await jobs.open(kind);
        if (open > 0) left[kind.name] = open;
      }
      return Object.keys(left).length === 0;
    }, 'all queues to be empty', 60_000).catch((error: unknown) => { throw new Error(`${(error as Error).message}: ${JSON.stringify(left)}`); });
  } finally {
    await jobs.close();
    await backplane.close();
  }
}

export interface Rows {
  /** Streams whose seq is not exactly 1..n with n = what the row says was the last. */
  brokenStreams: string[];
  /** Crawl jobs that still wait for something, or hold a lease. */
  openJobs: string[];
  /** Pages taken from the budget, per goal, by counting the frontier. */
  reservedPages: number;
  /** Counters of crawl jobs that do not match the page rows they count. */
  wrongCounters: string[];
}

/** What no client can see: read straight from the tables. */
export async function rowsOf(databaseUrl: string, goalId: string): Promise<Rows> {
  return await withClient(databaseUrl, async (client) => {
    const names = async (sql: string): Promise<string[]> => (await client.query<{ name: string }>(sql, [goalId])).rows.map((row) => row.name);
    const reserved = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM frontier_urls f JOIN crawl_jobs j ON j.id = f.crawl_job_id WHERE j.goal_id = $1 AND f.reserved', [goalId]);
    return {
      brokenStreams: await names(`
        SELECT s.id::text || ': last ' || s.last_seq || ', stored ' || count(e.seq) || ' up to ' || coalesce(max(e.seq), 0) AS name
        FROM (SELECT id, last_seq FROM goals WHERE id = $1 UNION ALL SELECT id, last_seq FROM crawl_jobs WHERE goal_id = $1) s LEFT JOIN stream_events e ON e.stream_id = s.id
        GROUP BY s.id, s.last_seq HAVING count(e.seq) <> s.last_seq OR coalesce(max(e.seq), 0) <> s.last_seq OR coalesce(min(e.seq), 1) <> 1`),
      openJobs: await names(`
        SELECT host || ' ' || status AS name FROM crawl_jobs WHERE goal_id = $1
        AND (status NOT IN ('COMPLETED', 'FAILED', 'CANCELLED') OR (status = 'COMPLETED' AND NOT lead_settled) OR lease_owner IS NOT NULL)`),
      reservedPages: reserved.rows[0]?.n ?? -1,
      wrongCounters: await names(`
        SELECT j.host || ': ' || j.fetched || '+' || j.failed || '+' || j.skipped || ' counted, ' || count(p.id) || ' stored' AS name
        FROM crawl_jobs j LEFT JOIN pages p ON p.crawl_job_id = j.id WHERE j.goal_id = $1 GROUP BY j.id
        HAVING j.fetched <> count(p.id) FILTER (WHERE p.outcome = 'OK') OR j.fetched + j.failed + j.skipped <> count(p.id)`),
    };
  });
}
