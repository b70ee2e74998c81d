import { chmodSync, existsSync, mkdirSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../sandbox/index.js';
import { isAlive } from '../../src/data-dir.js';
import { until } from '../support/client.js';
import { testFolder, withClient } from '../support/servers.js';
import { embeddedServer, outside, Product } from './support/product.js';
import { emptyQueues, eventsOf, finished, goalState, rowsOf, startGoal } from './support/run.js';

/** Nothing outside: these tests are about the process and its database. */
const ALONE = { OVERPASS_URL: 'off', EMAIL_DNS_SERVERS: '127.0.0.1:1' };

/** Ends what a test started, also when it failed, and leaves no server behind. */
async function cleanUp(dataDir: string, ...products: Product[]): Promise<void> {
  for (const product of products) await product.stop();
  const left = embeddedServer(dataDir);
  if (left && isAlive(left.pid)) process.kill(left.pid, 'SIGQUIT');
  rmSync(dataDir, { recursive: true, force: true });
}

async function serverOf(dataDir: string): Promise<{ pid: number; url: string }> {
  return await until(async () => embeddedServer(dataDir), 'the embedded server');
}

describe('the embedded database', () => {
  it('belongs to one process: a second one ends with a clear error and code 1 while the first goes on', async () => {
    const dataDir = testFolder('embedded');
    const first = await Product.prepare({ ...ALONE, DATA_DIR: dataDir });
    const second = await Product.prepare({ ...ALONE, DATA_DIR: dataDir });
    try {
      await first.start();
      const server = await serverOf(dataDir);
      second.launch();
      expect(await second.exited()).toEqual({ code: 1, signal: null });
      expect(second.output).toContain(`DATA_DIR ${dataDir} is in use by process ${first.pid}.`);
      expect(second.output, 'a message for people, not a stack').not.toContain('    at ');
      expect(embeddedServer(dataDir)).toEqual(server);
      await first.user(dataDir, 'goes-on@users.example');
    } finally {
      await cleanUp(dataDir, second, first);
    }
  });

  it('lets exactly one of several processes take over what a killed one left', async () => {
    const dataDir = testFolder('embedded');
    const killed = await Product.prepare({ ...ALONE, DATA_DIR: dataDir });
    const rivals = [await Product.prepare({ ...ALONE, DATA_DIR: dataDir }), await Product.prepare({ ...ALONE, DATA_DIR: dataDir }), await Product.prepare({ ...ALONE, DATA_DIR: dataDir })];
    try {
      await killed.start();
      const user = await killed.user(dataDir, 'kept@users.example');
      await killed.kill();
      for (const rival of rivals) rival.launch();
      await until(async () => rivals.filter((rival) => rival.running).length === 1, 'all but one to give way');
      const winner = rivals.find((rival) => rival.running);
      if (!winner) throw new Error('nobody took over');
      await winner.ready();
      for (const loser of rivals.filter((rival) => rival !== winner)) {
        expect(await loser.exited()).toEqual({ code: 1, signal: null });
        expect(loser.output).toContain(`in use by process ${winner.pid}.`);
      }
      const response = await fetch(`${winner.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${user.token}` }, body: '{"query":"{ me { email } }"}' });
      expect(await response.json()).toMatchObject({ data: { me: { email: 'kept@users.example' } } });
    } finally {
      await cleanUp(dataDir, killed, ...rivals);
    }
  });

  it('starts again after a kill at any step of the very first start', async () => {
    const dataDir = testFolder('embedded');
    const product = await Product.prepare({ ...ALONE, DATA_DIR: dataDir });
    const steps: [string, () => boolean][] = [
      ['the lock', () => existsSync(join(dataDir, 'leadline.pid'))],
      ['initdb', () => readdirSync(dataDir).some((name) => name.startsWith('postgres.new'))],
      ['the first cluster', () => existsSync(join(dataDir, 'postgres', 'PG_VERSION'))],
      ['the server', () => embeddedServer(dataDir) !== null],
    ];
    try {
      for (const [step, isReached] of steps) {
        product.launch();
        // initdb syncs a thousand files to a disk that other tests use as well.
        await until(async () => {
          const reached = isReached();
          if (!reached && !product.running) throw new Error(`the product ended before ${step}:\n${product.output}`);
          return reached;
        }, step, 90_000);
        await product.kill();
      }
      await product.start();
      await product.user(dataDir, 'first@users.example');
      await product.stop();
      expect(readdirSync(dataDir).filter((name) => name.startsWith('postgres.new'))).toEqual([]);
    } finally {
      await cleanUp(dataDir, product);
    }
  });

  const isRoot = process.getuid?.() === 0;
  it(isRoot ? 'works as root below a folder that only root may enter' : 'works as an ordinary user below a folder that nobody else may enter', async () => {
    const closed = testFolder('closed');
    chmodSync(closed, 0o700);
    const dataDir = join(closed, 'data');
    mkdirSync(dataDir);
    const product = await Product.prepare({ ...ALONE, DATA_DIR: dataDir });
    let elsewhere: string | null = null;
    try {
      await product.start();
      if (isRoot) {
        elsewhere = readlinkSync(join(dataDir, 'postgres'));
        expect(statSync(elsewhere).mode & 0o777).toBe(0o700);
      }
      expect(statSync(closed).mode & 0o777, 'the folder stays closed').toBe(0o700);
      const server = await serverOf(dataDir);
      if (isRoot) expect(statSync(`/proc/${server.pid}`).uid, 'the server is not root').not.toBe(0);
      await product.user(dataDir, 'closed@users.example');
      await product.kill();
      await product.start();
      expect(await withClient((await serverOf(dataDir)).url, async (client) => (await client.query<{ email: string }>('SELECT email FROM users')).rows)).toEqual([{ email: 'closed@users.example' }]);
    } finally {
      await cleanUp(dataDir, product);
      if (elsewhere !== null && dirname(elsewhere) === '/var/lib/leadline') rmSync(elsewhere, { recursive: true, force: true });
      rmSync(closed, { recursive: true, force: true });
    }
  });
});

describe('an embedded database that dies while the product lives', () => {
  it('is started again, and the run goes on to its end', async () => {
    const dataDir = testFolder('embedded-dies');
    const sandbox = await startSandbox({ latencyMs: 30 });
    const product = await Product.prepare({ ...outside(sandbox), DATA_DIR: dataDir, CRAWL_HOST_DELAY_MS: '30' });
    try {
      await product.start();
      const client = await product.user(dataDir, 'dies@users.example');
      const goalId = await startGoal(client, 'Find 60 dental clinics in Austin, Texas, excluding sarnette-dental.com', { maxSites: 4, maxPages: 500 });
      await until(async () => sandbox.requests().filter((request) => request.server === 'web').length >= 15, '15 requests to the sites');
      const server = await serverOf(dataDir);
      process.kill(server.pid, 'SIGKILL');
      await until(async () => { const now = embeddedServer(dataDir); return now !== null && now.pid !== server.pid && isAlive(now.pid); }, 'another PostgreSQL');
      const state = await until(async () => await finished(client, goalId, 60_000).catch(() => null), 'the run to end', 90_000);
      expect(state).toMatchObject({ status: 'COMPLETED', counters: { sites: 4, sitesFailed: 0 } });
      expect(product.running, 'the process was not restarted').toBe(true);
      const { url } = await serverOf(dataDir);
      expect(await rowsOf(url, goalId)).toMatchObject({ brokenStreams: [], openJobs: [], wrongCounters: [], reservedPages: state.budget.usedPages });
    } finally {
      await cleanUp(dataDir, product);
      await sandbox.close();
    }
  });
});

describe('SIGTERM', () => {
  it('ends the process in order in the middle of a run, which goes on after the next start', async () => {
    const dataDir = testFolder('sigterm');
    const sandbox = await startSandbox({ latencyMs: 60 });
    const product = await Product.prepare({ ...outside(sandbox), DATA_DIR: dataDir, CRAWL_HOST_DELAY_MS: '30' });
    try {
      await product.start();
      const client = await product.user(dataDir, 'term@users.example');
      const goalId = await startGoal(client, 'Find 60 dental clinics in Austin, Texas, excluding sarnette-dental.com', { maxSites: 10, maxPages: 500 });
      await until(async () => sandbox.requests().filter((request) => request.server === 'web').length >= 15, '15 requests to the sites');
      const server = await serverOf(dataDir);
      // Somebody is watching: an open socket must not hold the process back.
      const watcher = client.subscribe('subscription ($id: ID!) { goalProgress(goalId: $id) { seq } }', { id: goalId });
      await watcher.events.next();
      product.signal('SIGTERM');
      // The process ends itself with code 1 when a shutdown hangs, so 0 says that it did not.
      expect(await product.exited()).toEqual({ code: 0, signal: null });
      await watcher.close();
      expect(isAlive(server.pid), 'PostgreSQL is gone').toBe(false);
      expect(existsSync(join(dataDir, 'leadline.pid')), 'the lock is gone').toBe(false);
      expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid')), 'PostgreSQL was shut down, not cut off').toBe(false);
      await product.start();
      expect((await goalState(client, goalId)).status).toBe('RUNNING');
      const state = await finished(client, goalId, 60_000);
      expect(state).toMatchObject({ status: 'COMPLETED', counters: { sites: 10, sitesFailed: 0 } });
      const events = await eventsOf(client, goalId);
      expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
      const { url } = await serverOf(dataDir);
      await emptyQueues(url);
      expect(await rowsOf(url, goalId)).toEqual({ brokenStreams: [], openJobs: [], wrongCounters: [], reservedPages: state.budget.usedPages });
    } finally {
      await cleanUp(dataDir, product);
      await sandbox.close();
    }
  });

  it('in the middle of a start leaves neither server nor lock', async () => {
    const dataDir = testFolder('sigterm');
    const product = await Product.prepare({ ...ALONE, DATA_DIR: dataDir });
    try {
      product.launch();
      const server = await serverOf(dataDir);
      product.signal('SIGTERM');
      expect(await product.exited()).toEqual({ code: 0, signal: null });
      expect(isAlive(server.pid)).toBe(false);
      expect(existsSync(join(dataDir, 'leadline.pid'))).toBe(false);
    } finally {
      await cleanUp(dataDir, product);
    }
  });
});
