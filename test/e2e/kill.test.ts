import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../sandbox/index.js';
import type { Random } from '../../sandbox/random.js';
import { until, type TestClient } from '../support/client.js';
import { postgresPrograms, redisProgram, startDebianPostgres, startRedis, testFolder, withClient } from '../support/servers.js';
import { withSeed } from './support/seed.js';
import { embeddedServer, outside, Product } from './support/product.js';
import { emptyQueues, eventsOf, finished, goalState, leadsOf, rowsOf, sitesOf, startGoal, type GoalState, type LeadState, type SiteState, type StoredEvent } from './support/run.js';

/**
 * More than there are: the run ends when every candidate has been read, so it is the same every time. The one
 * left out asks for two seconds between its pages, and each run would wait for it.
 */
const GOAL = 'Find 60 dental clinics in Austin, Texas, excluding sarnette-dental.com';
const SITES = 25;
const KILLS = 10;

interface Outcome { state: GoalState; sites: SiteState[]; leads: LeadState[]; events: StoredEvent[] }

async function outcomeOf(client: TestClient, goalId: string, limitMs: number): Promise<Outcome> {
  const state = await finished(client, goalId, limitMs);
  return { state, sites: await sitesOf(client, goalId), leads: await leadsOf(client, goalId), events: await eventsOf(client, goalId) };
}

const repeated = (values: readonly string[]): string[] => values.filter((value, index) => values.indexOf(value) !== index);

/** What holds for every run, whatever happened to the process meanwhile. */
async function expectWhole(outcome: Outcome, goalId: string, databaseUrl: string): Promise<void> {
  const { state, sites, leads, events } = outcome;
  expect(state).toMatchObject({ status: 'COMPLETED', counters: { percent: 100, leads: leads.length, sites: sites.length } });
  for (const site of sites) {
    expect(repeated(site.pages.map((page) => page.url)), `pages stored twice of ${site.host}`).toEqual([]);
    expect(repeated(site.pages.filter((page) => page.outcome === 'OK').map((page) => page.finalUrl)), `documents stored twice of ${site.host}`).toEqual([]);
    expect(site.pages.length).toBeLessThanOrEqual(site.maxPages);
  }
  expect(repeated(sites.map((site) => site.host)), 'sites crawled twice').toEqual([]);
  expect(repeated(leads.map((lead) => lead.domain)), 'leads stored twice').toEqual([]);
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.filter((event) => event.type === 'LEAD_CREATED')).toHaveLength(leads.length);
  expect(events.filter((event) => ['COMPLETED', 'FAILED'].includes(event.type)).map((event) => event.seq)).toEqual([events.length]);
  expect(state.counters.sitesDone + state.counters.sitesFailed).toBe(sites.filter((site) => site.status !== 'CANCELLED').length);
  expect(state.counters.pages).toBe(sites.flatMap((site) => site.pages).filter((page) => page.outcome === 'OK').length);
  expectWithinBudget(outcome);
  expect(await rowsOf(databaseUrl, goalId)).toEqual({ brokenStreams: [], openJobs: [], wrongCounters: [], reservedPages: state.budget.usedPages });
}

/** Every event carries the budget of its moment, so this is the whole history, not only the end. */
function expectWithinBudget({ state, sites, events }: Outcome): void {
  for (const { budget, seq } of [...events, { budget: state.budget, seq: Infinity }]) {
    for (const [used, max] of [['usedSites', 'maxSites'], ['usedPages', 'maxPages'], ['usedSearches', 'maxSearches'], ['usedTokens', 'maxTokens']] as const) {
      expect(budget[used], `${used} at event ${seq}`).toBeLessThanOrEqual(budget[max]);
    }
  }
  expect(sites.length).toBeLessThanOrEqual(state.budget.usedSites);
  expect(sites.flatMap((site) => site.pages).length).toBeLessThanOrEqual(state.budget.usedPages);
}

const pageSet = (sites: readonly SiteState[]): string[] => sites.flatMap((site) => site.pages.map((page) => `${page.outcome} ${page.url} ${page.contentHash ?? ''}`)).sort();
const leadSet = (leads: readonly LeadState[]): unknown[] => leads.map(({ domain, companyName, primaryEmail, emails }) => ({ domain, companyName, primaryEmail, emails: emails.map((email) => email.address).sort() })).sort((a, b) => (a.domain < b.domain ? -1 : 1));

/** Pages asked of the sandbox's sites since then: what a page budget is there to bound. */
function pagesAsked(sandbox: Sandbox, since: number): number {
  return new Set(sandbox.requests().slice(since).filter((request) => request.server === 'web' && !['/robots.txt', '/sitemap.xml'].includes(request.path)).map((request) => `${request.host}${request.path}`)).size;
}

/** Cuts `total` requests into random stretches; one kill at the end of each, the run never done before the last. */
function stretches(random: Random, count: number, total: number): number[] {
  const cuts = Array.from({ length: count }, () => random.between(1, total)).sort((a, b) => a - b);
  return cuts.map((cut, index) => Math.max(1, cut - (cuts[index - 1] ?? 0)));
}

/** Kills the process when it has sent that many more requests to the sites, and starts it again. */
async function killAfter(product: Product, sandbox: Sandbox, requests: number, meanwhile: () => void = () => undefined): Promise<void> {
  const from = sandbox.requests().length;
  await until(async () => {
    meanwhile();
    return sandbox.requests().length >= from + requests;
  }, `${requests} requests to the sites; ${product.output}`, 120_000);
  await product.kill();
  await product.start();
}

describe('a process that is killed again and again', () => {
  it('goes on by itself after ten kills of one run and ends with what an undisturbed run finds', () => withSeed(async (random) => {
    const dataDir = testFolder('kill');
    const sandbox = await startSandbox({ latencyMs: 60 });
    const product = await Product.prepare({ ...outside(sandbox), DATA_DIR: dataDir, CRAWL_HOST_DELAY_MS: '30', CRAWL_CONCURRENCY: '8' });
    try {
      await product.start();
      const calm = await product.user(dataDir, 'calm@users.example');
      const calmGoal = await startGoal(calm, GOAL, { maxSites: SITES, maxPages: 2_000 });
      const undisturbed = await outcomeOf(calm, calmGoal, 120_000);
      const requests = sandbox.requests().length;
      expect(undisturbed.sites.length).toBeGreaterThanOrEqual(20);

      const killed = await product.user(dataDir, 'killed@users.example');
      const goalId = await startGoal(killed, GOAL, { maxSites: SITES, maxPages: 2_000 });
      for (const stretch of stretches(random, KILLS, Math.floor(requests * 0.9))) await killAfter(product, sandbox, stretch);
      expect((await goalState(killed, goalId)).status, 'the last kill came before the end').toBe('RUNNING');
      const outcome = await outcomeOf(killed, goalId, 120_000);

      const server = embeddedServer(dataDir);
      await emptyQueues(server?.url ?? '');
      await expectWhole(outcome, goalId, server?.url ?? '');
      expect(pageSet(outcome.sites)).toEqual(pageSet(undisturbed.sites));
      expect(leadSet(outcome.leads)).toEqual(leadSet(undisturbed.leads));
    } finally {
      await product.stop();
      await sandbox.close();
      rmSync(dataDir, { recursive: true, force: true });
    }
  }));

  it('never takes one page more than a tight budget allows, and reads every page it has paid for', () => withSeed(async (random) => {
    const dataDir = testFolder('kill-budget');
    const sandbox = await startSandbox({ latencyMs: 60 });
    const maxPages = 60;
    // Without a delay pages are claimed, asked for and read ahead of what is stored: the most that a kill can find under way.
    const product = await Product.prepare({ ...outside(sandbox), DATA_DIR: dataDir, CRAWL_HOST_DELAY_MS: '0', CRAWL_CONCURRENCY: '8' });
    try {
      await product.start();
      const client = await product.user(dataDir, 'tight@users.example');
      const goalId = await startGoal(client, GOAL, { maxSites: SITES, maxPages });
      // Pages that are to be read again cost no second page, and must not be forgotten when the budget runs out.
      const failed = new Set<string>();
      const failOnePageEach = (): void => {
        for (const { server, host, path } of sandbox.requests()) {
          if (server !== 'web' || path === '/robots.txt' || failed.has(host)) continue;
          failed.add(host);
          // A cut connection is tried again after a second; a 503 would ask for half a minute.
          sandbox.control.failNext(host, 1, 0);
        }
      };
      for (const stretch of stretches(random, 4, 40)) await killAfter(product, sandbox, stretch, failOnePageEach);
      expect(failed.size).toBeGreaterThan(0);
      const outcome = await outcomeOf(client, goalId, 120_000);
      const server = embeddedServer(dataDir);
      await emptyQueues(server?.url ?? '');
      await expectWhole(outcome, goalId, server?.url ?? '');
      expect(outcome.state.budget.usedPages).toBe(maxPages);
      expect(outcome.sites.flatMap((site) => site.pages)).toHaveLength(maxPages);
      // The sites themselves were asked for no more than that, either: a redirect may ask for one more each.
      const redirected = outcome.sites.flatMap((site) => site.pages).filter((page) => page.url !== page.finalUrl).length;
      expect(pagesAsked(sandbox, 0)).toBeLessThanOrEqual(maxPages + redirected);
    } finally {
      await product.stop();
      await sandbox.close();
      rmSync(dataDir, { recursive: true, force: true });
    }
  }));

  const hasServers = redisProgram() !== null && postgresPrograms() !== null;
  it.skipIf(!hasServers)('goes on when worker and Redis of the servers size are killed (needs redis-server and PostgreSQL on this machine)', () => withSeed(async (random) => {
    const dataDir = testFolder('kill-servers');
    const sandbox = await startSandbox({ latencyMs: 60 });
    const postgres = await startDebianPostgres();
    let redis = await startRedis();
    await withClient(`${postgres.url}/postgres`, (client) => client.query('CREATE DATABASE leadline'));
    const databaseUrl = `${postgres.url}/leadline`;
    const settings = { ...outside(sandbox), DATA_DIR: dataDir, DATABASE_URL: databaseUrl, REDIS_URL: redis.url, CRAWL_HOST_DELAY_MS: '30', CRAWL_CONCURRENCY: '8' };
    const api = await Product.prepare({ ...settings, ROLES: 'api' });
    const worker = await Product.prepare({ ...settings, ROLES: 'worker' });
    try {
      await api.start();
      worker.launch();
      const client = await api.user(dataDir, 'servers@users.example');
      const goalId = await startGoal(client, GOAL, { maxSites: SITES, maxPages: 2_000 });
      const asked = async (requests: number): Promise<void> => {
        const from = sandbox.requests().length;
        await until(async () => sandbox.requests().length >= from + requests, `${requests} requests to the sites; ${worker.output}`, 120_000);
      };
      for (let kill = 0; kill < 2; kill += 1) {
        await asked(random.between(1, 60));
        await worker.kill();
        worker.launch();
      }
      await asked(random.between(1, 60));
      process.kill(redis.pid, 'SIGKILL');
      redis = await startRedis(redis);
      await asked(random.between(1, 40));
      expect((await goalState(client, goalId)).status, 'the last kill came before the end').toBe('RUNNING');
      const outcome = await outcomeOf(client, goalId, 120_000);
      await emptyQueues(databaseUrl, redis.url);
      await expectWhole(outcome, goalId, databaseUrl);
      expect(worker.running).toBe(true);
      const scope = new Set(outcome.sites.map((site) => site.host));
      expect(scope.size).toBeGreaterThanOrEqual(20);
      for (const site of sandbox.sites.filter((one) => scope.has(one.host) && !one.hostile)) {
        const read = outcome.sites.find((one) => one.host === site.host)?.pages.map((page) => new URL(page.url).pathname + new URL(page.url).search) ?? [];
        expect(site.paths.filter((path) => !read.includes(path)), `pages of ${site.host} that were lost`).toEqual([]);
      }
    } finally {
      await worker.stop();
      await api.stop();
      await redis.stop();
      await postgres.stop();
      await sandbox.close();
      rmSync(dataDir, { recursive: true, force: true });
    }
  }));
});
