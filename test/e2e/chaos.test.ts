import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox, type SandboxRequest } from '../../sandbox/index.js';
import { groupBy } from '../../src/collections.js';
import { registrableDomain } from '../../src/services/crawler/url.js';
import { until, type TestClient } from '../support/client.js';
import { restartablePostgres, restartableRedis } from '../support/restartable.js';
import { postgresPrograms, redisProgram, testFolder, withClient } from '../support/servers.js';
import { emptyQueues, finished, goalState, rowsOf, startGoal } from './support/run.js';
import { withSeed } from './support/seed.js';
import { outside, Product } from './support/product.js';

const WORKERS = 4;
const KILLS = 50;
const DELAY_MS = 100;
const TIGHT = { sites: 10, maxPages: 4 };
const GOAL = { text: 'Find 60 dental clinics in Austin, Texas', maxSites: 12, maxPages: 40 };
/** The next kill comes after so many requests at most, or after so long at most when nobody gets to ask. */
const NEXT_KILL = { requests: 6, ms: 800 };

interface Crawl { id: string; host: string; maxPages: number; paths: readonly string[] }
interface StoredRow { crawl_job_id: string; url: string; final_url: string; outcome: string; stored_at: Date }

/** One crawl per ordinary site that the goal does not reach; the last ones with fewer pages than the site has. */
async function startCrawls(client: TestClient, sandbox: Sandbox): Promise<Crawl[]> {
  const sites = sandbox.sites.filter((site) => !site.hostile && !(site.industry === 'dental clinics' && site.city === 'Austin')).slice(0, 30);
  const crawls: Crawl[] = [];
  for (const [index, site] of sites.entries()) {
    const maxPages = index < sites.length - TIGHT.sites ? 200 : TIGHT.maxPages;
    const { startCrawl } = await client.data<{ startCrawl: { id: string } }>('mutation ($url: String!, $maxPages: Int!) { startCrawl(input: { url: $url, maxPages: $maxPages }) { id } }', { url: site.startUrl, maxPages });
    crawls.push({ id: startCrawl.id, host: site.host, maxPages, paths: site.paths });
  }
  return crawls;
}

const asked = (sandbox: Sandbox): SandboxRequest[] => sandbox.requests().filter((request) => request.server === 'web' && request.method === 'GET');

/** What the hosts themselves saw: the distance between any two requests to one owner, and whether they overlapped. */
function paceProblems(requests: readonly SandboxRequest[], delayOf: (domain: string) => number): string[] {
  const byDomain = groupBy(requests, (request) => registrableDomain(request.host) ?? request.host);
  return [...byDomain].flatMap(([domain, list]) => list.sort((a, b) => a.at - b.at).flatMap((request, index) => {
    const before = list[index - 1];
    if (!before) return [];
    const apart = request.at - before.at;
    // Whole milliseconds on both sides.
    const isClose = apart < delayOf(domain) - 1;
    const overlaps = before.endedAt === null || request.at < before.endedAt;
    return isClose || overlaps ? [`${domain}: ${request.path} ${apart} ms after ${before.path}${overlaps ? ', which was still under way' : ''}`] : [];
  }));
}

const addressOf = (url: string): string => new URL(url).host + new URL(url).pathname + new URL(url).search;

describe('four workers that are killed at fifty moments, while PostgreSQL and Redis restart', () => {
  const missing = [postgresPrograms() ? null : "Debian's PostgreSQL", redisProgram() ? null : 'redis-server'].filter((part) => part !== null);

  it.skipIf(missing.length > 0)(`lose no page, store none twice, keep every budget and every host's pace${missing.length > 0 ? ` (this machine has no ${missing.join(' and no ')})` : ''}`, () => withSeed(async (random) => {
    const dataDir = testFolder('chaos');
    const sandbox = await startSandbox({ latencyMs: 40 });
    const postgres = await restartablePostgres();
    const redis = await restartableRedis();
    await withClient(`${postgres.url}/postgres`, (sql) => sql.query('CREATE DATABASE chaos'));
    const databaseUrl = `${postgres.url}/chaos`;
    const settings = { ...outside(sandbox), DATA_DIR: dataDir, DATABASE_URL: databaseUrl, REDIS_URL: redis.url, CRAWL_HOST_DELAY_MS: String(DELAY_MS), CRAWL_CONCURRENCY: '6' };
    const api = await Product.prepare({ ...settings, ROLES: 'api' });
    const workers = await Promise.all(Array.from({ length: WORKERS }, () => Product.prepare({ ...settings, ROLES: 'worker' })));
    try {
      await api.start();
      // Five processes that start at once are slow: one worker sends the mail, the others come then.
      workers[0]?.launch();
      const client = await api.user(dataDir, 'chaos@users.example');
      for (const worker of workers.slice(1)) worker.launch();
      const crawls = await startCrawls(client, sandbox);
      const goalId = await startGoal(client, GOAL.text, { maxSites: GOAL.maxSites, maxPages: GOAL.maxPages });

      const restarts = new Map([[random.between(10, 20), postgres], [random.between(25, 40), redis]]);
      for (let kill = 0; kill < KILLS; kill += 1) {
        const [from, startedAt, wanted] = [asked(sandbox).length, performance.now(), random.between(1, NEXT_KILL.requests)];
        await until(async () => asked(sandbox).length >= from + wanted || performance.now() - startedAt >= NEXT_KILL.ms, 'the moment of the next kill', 30_000);
        const victim = workers[random.between(0, WORKERS - 1)];
        await victim?.kill();
        victim?.launch();
        const server = restarts.get(kill);
        await server?.stop();
        await server?.start();
      }
      const isOver = async (): Promise<boolean> => await withClient(databaseUrl, async (sql) => (await sql.query("SELECT 1 FROM crawl_jobs WHERE status NOT IN ('COMPLETED', 'FAILED', 'CANCELLED') LIMIT 1")).rowCount === 0).catch(() => false);
      expect(await isOver(), 'the last kill came before the end').toBe(false);
      await until(isOver, `all crawls to end; ${workers.map((worker) => worker.output).join('\n')}`, 180_000);
      await finished(client, goalId, 60_000);
      await emptyQueues(databaseUrl, redis.url);

      const { rows, delays } = await withClient(databaseUrl, async (sql) => ({
        rows: (await sql.query<StoredRow>("SELECT p.crawl_job_id, p.url, p.final_url, p.outcome, e.at AS stored_at FROM pages p JOIN stream_events e ON e.stream_id = p.crawl_job_id AND e.payload->>'url' = p.url AND e.type IN ('PAGE_CRAWLED', 'PAGE_FAILED')")).rows,
        delays: new Map((await sql.query<{ domain: string; delay: number }>("SELECT domain, max((policy->>'crawlDelayMs')::int) AS delay FROM crawl_jobs GROUP BY domain")).rows.map((row) => [row.domain, row.delay])),
      }));
      const requests = asked(sandbox);
      // No URL lost: every page of every site that there was room for.
      const jobs = new Map(crawls.map((crawl) => [crawl.id, crawl]));
      const pagesOf = groupBy(rows, (row) => row.crawl_job_id);
      const lost = crawls.filter((crawl) => crawl.maxPages > TIGHT.maxPages).flatMap(({ id, host, paths }) => {
        const read = new Set((pagesOf.get(id) ?? []).flatMap((row) => (row.outcome === 'OK' ? [row.url, row.final_url] : [])).map((url) => new URL(url).pathname + new URL(url).search));
        return paths.filter((path) => !read.has(path)).map((path) => host + path);
      });
      expect(lost, 'pages lost').toEqual([]);
      // None asked for again once it was stored. A redirect may lead to a page that is known; it is a request of the other one.
      const targets = new Set(rows.filter((row) => row.url !== row.final_url).map((row) => addressOf(row.final_url)));
      const storedAt = new Map(rows.map((row) => [addressOf(row.url), row.stored_at.getTime()]));
      const again = requests.filter((request) => !targets.has(request.host + request.path) && request.at > (storedAt.get(request.host + request.path) ?? Infinity)).map((request) => request.host + request.path);
      expect(again, 'pages asked for after they were stored').toEqual([]);
      // Budgets: of each crawl, and of the goal over all its sites.
      for (const [id, list] of pagesOf) expect(list.length, `pages of ${jobs.get(id)?.host ?? id}`).toBeLessThanOrEqual(jobs.get(id)?.maxPages ?? GOAL.maxPages);
      const tight = crawls.filter((crawl) => crawl.maxPages === TIGHT.maxPages);
      expect(tight.map((crawl) => pagesOf.get(crawl.id)?.length)).toEqual(tight.map((crawl) => Math.min(TIGHT.maxPages, crawl.paths.length)));
      const { budget } = await goalState(client, goalId);
      expect(budget.usedPages).toBeLessThanOrEqual(GOAL.maxPages);
      expect(await rowsOf(databaseUrl, goalId)).toEqual({ brokenStreams: [], openJobs: [], wrongCounters: [], reservedPages: budget.usedPages });
      // The pace, as the hosts saw it.
      expect(requests.length).toBeGreaterThan(200);
      expect(paceProblems(requests, (domain) => delays.get(domain) ?? DELAY_MS), 'requests too close').toEqual([]);
    } finally {
      await Promise.all(workers.map((worker) => worker.stop()));
      await api.stop();
      await redis.remove();
      await postgres.remove();
      await sandbox.close();
      rmSync(dataDir, { recursive: true, force: true });
    }
  }), 300_000);
});
