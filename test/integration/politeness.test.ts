import { afterEach, describe, expect, it } from 'vitest';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/data-source.js';
import { LeadlineError } from '../../src/errors.js';
import { createLogger } from '../../src/logger.js';
import { Fetcher } from '../../src/services/crawler/fetcher.js';
import { AddressGuard } from '../../src/services/crawler/guard.js';
import { BREAKER_FAILURES, HostGate } from '../../src/services/crawler/host-gate.js';
import { RobotsCache } from '../../src/services/crawler/robots.js';
import { RobotsStore } from '../../src/services/crawler/robots-store.js';
import { until, type TestClient } from '../support/client.js';
import { withClient } from '../support/servers.js';
import { createTestDatabase, openSandbox, startTestApp } from '../support/test-app.js';
import { closeAll, webServer } from '../unit/crawler/servers.js';

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
  await closeAll();
});

/** As many processes as wanted on one database: each has a pool and a gate of its own. */
async function processes(count: number): Promise<{ gate: HostGate; dataSource: DataSource }[]> {
  const database = await createTestDatabase();
  opened.push(() => database.drop());
  return await Promise.all(Array.from({ length: count }, async () => {
    const dataSource = await createDataSource(database.url, 4).initialize();
    opened.push(() => dataSource.destroy());
    return { gate: new HostGate({ dataSource, logger: createLogger('error') }), dataSource };
  }));
}

const pauseAsked = (retryAfterMs: number, stated = true): LeadlineError => new LeadlineError('HOST_RATE_LIMITED', 'pause', { details: { retryAfterMs, stated }, retry: { afterMs: retryAfterMs } });
const silent = (): LeadlineError => new LeadlineError('NETWORK_TIMEOUT', 'no answer', { retry: 'backoff' });

describe('the turns of a host', () => {
  it('come one at a time and never closer than the delay, whichever process asks', async () => {
    const [a, b, c] = await processes(3);
    const spans: { from: number; to: number }[] = [];
    const ask = async (gate: HostGate, url: string): Promise<void> => {
      const turn = await gate.take(url, 60);
      const from = Date.now();
      await new Promise((done) => setImmediate(done));
      spans.push({ from, to: Date.now() });
      await turn.end(0, null);
    };
    const hosts = ['http://one-firm.example/', 'http://www.one-firm.example/x', 'https://shop.one-firm.example:8443/'];
    await Promise.all([a, b, c].flatMap((process) => hosts.flatMap((url) => (process ? [ask(process.gate, url), ask(process.gate, url)] : []))));
    expect(spans).toHaveLength(18);
    const ordered = spans.sort((one, other) => one.from - other.from);
    // Two clocks: PostgreSQL's and ours, read in whole milliseconds.
    for (const [index, span] of ordered.slice(1).entries()) expect(span.from - (ordered[index]?.to ?? 0)).toBeGreaterThanOrEqual(59);
  });

  it('do not wait for another domain', async () => {
    const [one] = await processes(1);
    const held = await one?.gate.take('http://one-firm.example/', 60_000);
    const other = await one?.gate.take('http://other-firm.example/', 60_000);
    await other?.end(0, null);
    await held?.end(0, null);
  });

  it('are free again when the process that held one was killed', async () => {
    const [killed, alive] = await processes(2);
    await killed?.gate.take('http://one-firm.example/', 1);
    let isTaken = false;
    const waiting = alive?.gate.take('http://one-firm.example/', 1).then((turn) => {
      isTaken = true;
      return turn;
    });
    const [row] = await alive?.dataSource.query<{ seconds: number }[]>('SELECT extract(epoch FROM busy_until - now())::int AS seconds FROM host_clocks') ?? [];
    expect(row?.seconds).toBeGreaterThan(3);
    expect(isTaken).toBe(false);
    await alive?.dataSource.query('UPDATE host_clocks SET busy_until = clock_timestamp()');
    await (await waiting)?.end(0, null);
  });

  it('let a caller go that does not want to wait any more, and the next one in', async () => {
    const [one] = await processes(1);
    const held = await one?.gate.take('http://one-firm.example/', 1);
    const controller = new AbortController();
    const given = one?.gate.take('http://one-firm.example/', 1, controller.signal);
    const next = one?.gate.take('http://one-firm.example/', 1);
    controller.abort(new Error('cancelled'));
    await expect(given).rejects.toThrow('cancelled');
    await held?.end(0, null);
    await (await next)?.end(0, null);
  });
});

describe('a host that asks for a pause', () => {
  it('is left alone by all workers, and the other hosts of its domain are not', async () => {
    const [a, b] = await processes(2);
    await (await a?.gate.take('http://shop.one-firm.example/', 1))?.end(0, pauseAsked(90_000));
    for (const process of [a, b]) {
      const refused = await process?.gate.take('http://shop.one-firm.example/x', 1).then(() => null, (error: unknown) => error);
      expect(refused).toMatchObject({ code: 'HOST_RATE_LIMITED' });
      expect((refused as { retry: { afterMs: number } }).retry.afterMs).toBeGreaterThan(60_000);
    }
    await (await b?.gate.take('http://www.one-firm.example/', 1))?.end(0, null);
  });

  it('is given twice the time for each refusal that names none, and is trusted again after one answer', async () => {
    const [a] = await processes(1);
    const pauses: number[] = [];
    const block = async (): Promise<{ failures: number; seconds: number } | undefined> => (await a?.dataSource.query<{ failures: number; seconds: number }[]>('SELECT failures, extract(epoch FROM blocked_until - clock_timestamp())::int AS seconds FROM host_states'))?.[0];
    for (let refusal = 0; refusal < 3; refusal += 1) {
      // The pause itself is not waited for here: it is over when the row says so, and a new process knows only the row.
      await a?.dataSource.query('UPDATE host_states SET blocked_until = clock_timestamp()');
      const gate = new HostGate({ dataSource: a?.dataSource as DataSource, logger: createLogger('error') });
      await (await gate.take('http://one-firm.example/', 1)).end(0, pauseAsked(30_000, false));
      pauses.push(Math.round(((await block())?.seconds ?? 0) / 10) * 10);
    }
    expect(pauses).toEqual([30, 60, 120]);
    await a?.dataSource.query('UPDATE host_states SET blocked_until = clock_timestamp()');
    const gate = new HostGate({ dataSource: a?.dataSource as DataSource, logger: createLogger('error') });
    await (await gate.take('http://one-firm.example/', 1)).end(0, null);
    expect(await block()).toBeUndefined();
  });
});

describe('a host that does not answer any more', () => {
  it('is asked a few times, then left alone by all workers', async () => {
    const [a, b] = await processes(2);
    for (let failure = 0; failure < BREAKER_FAILURES; failure += 1) await (await (failure % 2 ? a : b)?.gate.take('http://one-firm.example/', 1))?.end(null, silent());
    const [state] = await a?.dataSource.query<{ failures: number; code: string; seconds: number }[]>('SELECT failures, code, extract(epoch FROM blocked_until - clock_timestamp())::int AS seconds FROM host_states') ?? [];
    expect(state).toMatchObject({ failures: BREAKER_FAILURES, code: 'NETWORK_TIMEOUT' });
    expect(state?.seconds).toBeGreaterThan(20);
    await a?.dataSource.query("UPDATE host_states SET blocked_until = clock_timestamp() + interval '5 minutes'");
    const fresh = new HostGate({ dataSource: b?.dataSource as DataSource, logger: createLogger('error') });
    await expect(fresh.take('http://one-firm.example/', 1)).rejects.toMatchObject({ code: 'NETWORK_TIMEOUT', retry: { afterMs: expect.any(Number) as number } });
  });

  it.each(['NETWORK_TLS', 'NETWORK_DNS'] as const)('for a reason that no waiting mends (%s) is not waited for', async (code) => {
    const [one] = await processes(1);
    for (let page = 0; page < BREAKER_FAILURES; page += 1) await (await one?.gate.take('https://one-firm.example/', 1))?.end(null, new LeadlineError(code, 'no certificate, or no such name'));
    await (await one?.gate.take('http://one-firm.example/', 1))?.end(0, null);
    expect(await one?.dataSource.query('SELECT * FROM host_states')).toEqual([]);
  });
});

describe('robots.txt', () => {
  it('is read once for all workers and a day, and an old one still counts while the site is down', async () => {
    const [a, b] = await processes(2);
    let asked = 0;
    let status = 200;
    const port = await webServer((_, response) => {
      asked += 1;
      response.writeHead(status).end('User-agent: *\nDisallow: /private');
    });
    const url = `http://127.0.0.1:${port}/private`;
    const guard = new AddressGuard({ ports: [port], allowCidrs: ['127.0.0.0/8'], viaProxy: false });
    const fetcher = new Fetcher({ guard, userAgent: 'Leadline/1', connectTimeoutMs: 1000, headersTimeoutMs: 1000, totalTimeoutMs: 2000, maxBytes: 10_000, maxRedirects: 5 });
    opened.push(() => fetcher.close());
    const fresh = (process: typeof a): RobotsCache => new RobotsCache({ fetcher, userAgent: 'Leadline/1', store: new RobotsStore(process?.dataSource as DataSource) });
    const isAllowed = async (cache: RobotsCache): Promise<boolean> => (await cache.policyFor(url)).allowed(url).allowed;
    expect([await isAllowed(fresh(a)), await isAllowed(fresh(b)), asked]).toEqual([false, false, 1]);
    await a?.dataSource.query("UPDATE robots_files SET fetched_at = now() - interval '25 hours'");
    status = 500;
    const policy = await fresh(b).policyFor(url);
    expect({ asked, unreachable: policy.unreachable, page: policy.allowed(`http://127.0.0.1:${port}/page`).allowed, forbidden: policy.allowed(url).allowed }).toEqual({ asked: 2, unreachable: false, page: true, forbidden: false });
    await a?.dataSource.query("UPDATE robots_files SET fetched_at = now() - interval '31 days'");
    expect((await fresh(a).policyFor(url)).unreachable).toBe(true);
    status = 404;
    expect([await isAllowed(fresh(a)), await isAllowed(fresh(b)), asked]).toEqual([true, true, 4]);
  });
});

describe('two crawls of one site', () => {
  const SITE = 'marlento-dental.com';
  interface Policy { crawlJob: { status: string; policy: { crawlDelayMs: number; requests: { totalCount: number; nodes: { url: string; rule: string | null; delayMs: number; sentAt: string; errorCode: string | null }[] } } } }

  async function finished(client: TestClient, id: string): Promise<Policy['crawlJob']> {
    return await until(async () => {
      const { crawlJob } = await client.data<Policy>('query ($id: ID!) { crawlJob(id: $id) { status policy { crawlDelayMs requests(first: 100) { totalCount nodes { url rule delayMs sentAt errorCode } } } } }', { id });
      return crawlJob.status === 'COMPLETED' ? crawlJob : null;
    }, 'the crawl to end');
  }

  it('ask it together no faster than one of them may, robots.txt included, and each keeps a ledger of what it asked', async () => {
    const sandbox = await openSandbox({ latencyMs: 20 });
    const test = await startTestApp({ CRAWL_HOST_DELAY_MS: '100' }, sandbox);
    try {
      const client = await test.user();
      const start = async (): Promise<string> => (await client.data<{ startCrawl: { id: string } }>('mutation ($url: String!) { startCrawl(input: { url: $url, maxPages: 8 }) { id } }', { url: `http://${SITE}/` })).startCrawl.id;
      const ids = [await start(), await start()];
      const jobs = await Promise.all(ids.map((id) => finished(client, id)));
      const seen = sandbox.requests().filter((request) => request.host.endsWith(SITE) && request.method === 'GET');
      expect(seen.filter((request) => request.path === '/robots.txt')).toHaveLength(1);
      expect(seen.length).toBeGreaterThanOrEqual(17);
      for (const [index, request] of seen.slice(1).entries()) {
        const before = seen[index];
        expect(request.at - (before?.at ?? 0), `${before?.path ?? ''} and ${request.path}`).toBeGreaterThanOrEqual(99);
        expect(request.at, `${request.path} while ${before?.path ?? ''} was under way`).toBeGreaterThanOrEqual(before?.endedAt ?? Infinity);
      }
      const ledger = jobs.flatMap((job) => job.policy.requests.nodes);
      expect(ledger.map((entry) => new URL(entry.url).pathname).sort()).toEqual(seen.map((request) => new URL(request.path, 'http://x').pathname).sort());
      expect(ledger.every((entry) => entry.delayMs === 100 && entry.errorCode === null && Date.parse(entry.sentAt) > 0)).toBe(true);
      expect(jobs.map((job) => job.policy.crawlDelayMs)).toEqual([100, 100]);
    } finally {
      await test.close();
      await sandbox.close();
    }
  });

  it('are stopped in the middle of a long wait', async () => {
    const sandbox = await openSandbox();
    // Every page has to wait for half a minute: what is tested is that nobody else has to.
    const test = await startTestApp({ CRAWL_HOST_DELAY_MS: '30000' }, sandbox);
    try {
      const client = await test.user();
      const { startCrawl: { id } } = await client.data<{ startCrawl: { id: string } }>('mutation ($url: String!) { startCrawl(input: { url: $url }) { id } }', { url: `http://${SITE}/` });
      await until(async () => sandbox.requests().some((request) => request.path === '/robots.txt' && request.endedAt !== null), 'robots.txt to be read');
      const lease = async (): Promise<string | null> => await withClient(test.databaseUrl, async (sql) => (await sql.query<{ lease_owner: string | null }>("SELECT lease_owner FROM crawl_jobs WHERE id = $1", [id])).rows[0]?.lease_owner ?? null);
      expect(await until(lease, 'the site to be held')).toBeTruthy();
      await client.data('mutation ($id: ID!) { pauseCrawl(id: $id) { id } }', { id });
      await until(async () => await lease() === null, 'the lease to be given back', 20_000);
      expect(sandbox.requests().filter((request) => request.host === SITE)).toHaveLength(1);
    } finally {
      await test.close();
      await sandbox.close();
    }
  });
});
