import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DemoClient } from '../scripts/demo-client.js';
import { mailedToken, startProduct } from '../scripts/demo-product.js';
import type { Sandbox } from '../sandbox/index.js';
import { askProbe, type ProbeAnswer } from './process-probe.js';

const PASSWORD = 'correct horse battery staple';
/** A run that takes longer is broken, not slow. */
const RUN_LIMIT_MS = 15 * 60_000;
const POLL_MS = 100;

export interface CrawlTarget { host: string; startUrl: string }
export interface CrawledPage { url: string; finalUrl: string; depth: number; outcome: string; status: number | null; rendered: boolean; durationMs: number }
export interface CrawledEmail { address: string; thirdParty: boolean; notations: string[] }
export interface CrawledSite { host: string; status: string; error: string | null; bytes: number; pages: CrawledPage[]; emails: CrawledEmail[] }
export interface CrawlRun { sites: CrawledSite[]; /** From the first start to the last end. */ seconds: number }

interface PageInfo { hasNextPage: boolean; endCursor: string | null }
interface JobAnswer { crawlJob: { status: string; error: string | null; counters: { bytes: number; fetched: number; failed: number; skipped: number; emails: number } } }
interface PagesAnswer { crawlJob: { pages: { nodes: CrawledPage[]; pageInfo: PageInfo } } }
interface EmailsAnswer { crawlJob: { emails: { nodes: { address: string; thirdParty: boolean; sources: { pageUrl: string; notation: string }[] }[]; pageInfo: PageInfo } } }

const START = 'mutation ($input: StartCrawlInput!) { startCrawl(input: $input) { id } }';
const OPEN = '{ crawlJobs(status: [QUEUED, RUNNING], first: 1) { totalCount } }';
const JOB = 'query ($id: ID!) { crawlJob(id: $id) { status error counters { bytes fetched failed skipped emails } } }';
const PAGES = 'query ($id: ID!, $after: String) { crawlJob(id: $id) { pages(first: 100, after: $after) { nodes { url finalUrl depth outcome status rendered durationMs } pageInfo { hasNextPage endCursor } } } }';
const EMAILS = 'query ($id: ID!, $after: String) { crawlJob(id: $id) { emails(first: 100, after: $after) { nodes { address thirdParty sources { pageUrl notation } } pageInfo { hasNextPage endCursor } } } }';

export interface RunningProduct {
  /** Crawls all targets to their end. `seconds` is from the first start to the last end. */
  crawl(targets: readonly CrawlTarget[], options: { maxPages: number; depth: number }): Promise<{ ids: string[]; seconds: number }>;
  readSite(host: string, id: string): Promise<CrawledSite>;
  /** Pages read over all these crawls, and crawls that did not end as completed. */
  count(ids: readonly string[]): Promise<{ pages: number; failed: number; unfinished: number; emails: number }>;
  /** Resident memory of the product's process after a garbage collection, MB; without PostgreSQL. */
  memoryMb(): Promise<number>;
  /** User and system time of the product's process so far, s; without PostgreSQL. */
  cpuSeconds(): Promise<number>;
}

/**
 * The product as an operator would run it: a process of its own, embedded parts, an empty DATA_DIR; driven and read
 * through the public API only. Host delay 0, because the pages come from this machine.
 */
export async function withProduct<T>(outside: Record<string, string>, work: (product: RunningProduct) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'leadline-bench-'));
  // Root's database runs as an ordinary user, who must be able to enter.
  chmodSync(dataDir, 0o755);
  const probe = join(dataDir, 'memory');
  const settings = { DATA_DIR: dataDir, DATABASE_URL: '', REDIS_URL: '', OPENAI_API_KEY: '', CRAWL_HOST_DELAY_MS: '0', RATE_LIMITS: 'off', ...outside, BENCH_PROBE_FILE: probe, NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${new URL('./process-probe.js', import.meta.url).href}`.trim() };
  try {
    const product = await startProduct(settings);
    const client = new DemoClient(product.url);
    try {
      await signIn(client, dataDir);
      return await work(running(client, () => askProbe(product.pid, probe)));
    } finally {
      await client.close();
      await product.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function running(client: DemoClient, ask: () => Promise<ProbeAnswer>): RunningProduct {
  return {
    crawl: async (targets, options) => {
      const startedAt = performance.now();
      const ids = await Promise.all(targets.map(async ({ startUrl }) => (await client.request<{ startCrawl: { id: string } }>(START, { input: { url: startUrl, depth: options.depth, maxPages: options.maxPages } })).startCrawl.id));
      await allOver(client);
      return { ids, seconds: (performance.now() - startedAt) / 1_000 };
    },
    readSite: (host, id) => readSite(client, host, id),
    count: async (ids) => {
      const sum = { pages: 0, failed: 0, unfinished: 0, emails: 0 };
      for (const id of ids) {
        const { crawlJob: { status, counters } } = await client.request<JobAnswer>(JOB, { id });
        sum.pages += counters.fetched;
        sum.failed += counters.failed + counters.skipped;
        sum.emails += counters.emails;
        if (status !== 'COMPLETED') sum.unfinished += 1;
      }
      return sum;
    },
    memoryMb: async () => (await ask()).rssBytes / 1e6,
    cpuSeconds: async () => (await ask()).cpuSeconds,
  };
}

/** Crawls all targets and reads everything that was stored about them. */
export async function crawlThroughApi(targets: readonly CrawlTarget[], sandbox: Sandbox, options: { maxPages: number; depth: number; settings?: Record<string, string> }): Promise<CrawlRun> {
  const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _base, ...outside } = sandbox.environment();
  return await withProduct({ ...outside, ...options.settings }, async (product) => {
    const { ids, seconds } = await product.crawl(targets, options);
    const sites: CrawledSite[] = [];
    for (const [place, id] of ids.entries()) sites.push(await product.readSite(targets[place]?.host ?? '', id));
    return { sites, seconds };
  });
}

async function signIn(client: DemoClient, dataDir: string): Promise<void> {
  await client.request('mutation ($password: String!) { register(input: { email: "bench@leadline.example", password: $password, name: "Bench" }) { id } }', { password: PASSWORD });
  const { verifyEmail } = await client.request<{ verifyEmail: { accessToken: string } }>('mutation ($token: String!) { verifyEmail(token: $token) { accessToken } }', { token: await mailedToken(dataDir) });
  client.signIn(verifyEmail.accessToken);
  // A run may outlast an access token; a key does not expire.
  const { createApiKey } = await client.request<{ createApiKey: { secret: string } }>('mutation { createApiKey(input: { name: "bench", scopes: [READ, WRITE] }) { secret } }');
  client.signIn(createApiKey.secret);
}

async function allOver(client: DemoClient): Promise<void> {
  for (const end = Date.now() + RUN_LIMIT_MS; Date.now() < end; await delay(POLL_MS)) {
    const { crawlJobs } = await client.request<{ crawlJobs: { totalCount: number } }>(OPEN);
    if (crawlJobs.totalCount === 0) return;
  }
  throw new Error('the crawls did not end in time');
}

async function readSite(client: DemoClient, host: string, id: string): Promise<CrawledSite> {
  const { crawlJob } = await client.request<JobAnswer>(JOB, { id });
  const pages = await readAll(async (after) => (await client.request<PagesAnswer>(PAGES, { id, after })).crawlJob.pages);
  const emails = await readAll(async (after) => (await client.request<EmailsAnswer>(EMAILS, { id, after })).crawlJob.emails);
  // An address is one row for the workspace: of its sources, those on this site's pages belong here.
  const own = new Set(pages.map((page) => page.finalUrl));
  return {
    host, status: crawlJob.status, error: crawlJob.error, bytes: crawlJob.counters.bytes, pages,
    emails: emails.map(({ address, thirdParty, sources }) => ({ address, thirdParty, notations: [...new Set(sources.filter((source) => own.has(source.pageUrl)).map((source) => source.notation))] })),
  };
}

/** All nodes of a connection, page after page. */
async function readAll<Node>(read: (after: string | null) => Promise<{ nodes: Node[]; pageInfo: PageInfo }>): Promise<Node[]> {
  const nodes: Node[] = [];
  for (let after: string | null = null; ;) {
    const page: { nodes: Node[]; pageInfo: PageInfo } = await read(after);
    nodes.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) return nodes;
    after = page.pageInfo.endCursor;
  }
}

/** Pages by what came of them, most frequent first. */
export function outcomes(run: CrawlRun): [string, number][] {
  const counts = new Map<string, number>();
  for (const site of run.sites) for (const page of site.pages) counts.set(page.outcome, (counts.get(page.outcome) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}
