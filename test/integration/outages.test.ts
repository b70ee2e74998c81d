import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, inject, it } from 'vitest';
import { createBackplane } from '../../src/backplane.js';
import { createDataSource, migrate } from '../../src/data-source.js';
import { LeadlineError } from '../../src/errors.js';
import { JOBS, Jobs } from '../../src/jobs.js';
import { createLogger } from '../../src/logger.js';
import { handler, runWorkers } from '../../src/workers/run.js';
import { TestClient, until } from '../support/client.js';
import { createGoal, ended, STATE, stateOf } from '../support/goal-runs.js';
import { restartablePostgres, restartableRedis } from '../support/restartable.js';
import { startRedis, testFolder, withClient } from '../support/servers.js';
import { sideBySide } from '../support/side-by-side.js';
import { person, signIn } from '../support/sign-ins.js';
import { createTestDatabase, openSandbox, startTestApp } from '../support/test-app.js';

/** A page store as small as this: the first large page fills it. Null where mounting is not allowed. */
function tinyDisk(folder: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=0755', 'tmpfs', folder]).status === 0;
}
const probe = testFolder('mount-probe');
const canMount = tinyDisk(probe);
if (canMount) spawnSync('umount', [probe]);
rmSync(probe, { recursive: true, force: true });

interface Crawl { status: string; error: string | null; errorCode: string | null; counters: { fetched: number } }

async function crawlEnds(client: TestClient, id: string): Promise<Crawl> {
  return await until(async () => {
    const { crawlJob } = await client.data<{ crawlJob: Crawl }>('query ($id: ID!) { crawlJob(id: $id) { status error errorCode counters { fetched } } }', { id });
    return crawlJob.status !== 'QUEUED' && crawlJob.status !== 'RUNNING' && crawlJob;
  }, 'the crawl ends', 90_000);
}

async function onFullDisk(): Promise<void> {
  const folder = testFolder('tiny-disk');
  tinyDisk(folder);
  writeFileSync(join(folder, 'ballast'), Buffer.alloc(60_000));
  const sandbox = await openSandbox();
  const test = await startTestApp({ STORAGE_URL: `file://${folder}` }, sandbox);
  try {
    await fullThenFreed(await test.user(), sandbox.sites.find((site) => !site.hostile)?.startUrl ?? '', 'STORAGE_FULL', () => { spawnSync('mount', ['-o', 'remount,size=32m', folder]); });
  } finally {
    await test.close();
    await sandbox.close();
    spawnSync('umount', [folder]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file where the folder should be cannot be written by anybody, root included; a read-only folder could. */
async function withoutFolder(): Promise<void> {
  const folder = testFolder('no-disk');
  const place = join(folder, 'pages');
  writeFileSync(place, '');
  const sandbox = await openSandbox();
  const test = await startTestApp({ STORAGE_URL: `file://${place}` }, sandbox);
  try {
    await fullThenFreed(await test.user(), sandbox.sites.find((site) => !site.hostile)?.startUrl ?? '', 'SERVICE_UNAVAILABLE', () => { rmSync(place); });
  } finally {
    await test.close();
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('a page store', () => {
  const ranWith = sideBySide<'full' | 'unwritable'>({ ...(canMount && { full: onFullDisk }), unwritable: withoutFolder }, 150_000);
  it.skipIf(!canMount)('that is full fails the site with STORAGE_FULL, and retryCrawl reads it once there is space', async () => { await ranWith('full'); });
  it('that cannot be written fails the site with SERVICE_UNAVAILABLE, and retryCrawl reads it once it can', async () => { await ranWith('unwritable'); });
});

async function fullThenFreed(client: TestClient, url: string, code: string, free: () => void): Promise<void> {
  const { startCrawl } = await client.data<{ startCrawl: { id: string } }>('mutation ($url: String!) { startCrawl(input: { url: $url, maxPages: 10 }) { id } }', { url });
  expect(await crawlEnds(client, startCrawl.id)).toMatchObject({ status: 'FAILED', errorCode: code, error: expect.stringMatching(/page store/) as string });
  free();
  await client.data('mutation ($id: ID!) { retryCrawl(id: $id) { status } }', { id: startCrawl.id });
  const again = await crawlEnds(client, startCrawl.id);
  expect(again).toMatchObject({ status: 'COMPLETED', error: null, errorCode: null });
  const { crawlJob } = await client.data<{ crawlJob: { pages: { nodes: { outcome: string; content: { text: string } | null }[]; totalCount: number } } }>('query ($id: ID!) { crawlJob(id: $id) { pages(first: 100) { nodes { outcome content { text } } totalCount } } }', { id: startCrawl.id });
  const read = crawlJob.pages.nodes.filter((page) => page.outcome === 'OK');
  expect(read).toHaveLength(again.counters.fetched);
  for (const page of read) expect(page.content?.text).toMatch(/\S/);
}

describe('a job whose worker is told to stop', () => {
  it('goes back without costing an attempt, however often that happens', async () => {
    const database = await createTestDatabase();
    const redis = inject('size') === 'servers' ? await startRedis() : null;
    const logger = createLogger('silent');
    const backplane = createBackplane({ REDIS_URL: redis?.url }, database.url, logger);
    const jobs = new Jobs(backplane, logger);
    const { attempts } = JOBS.writeExport;
    const exportId = randomUUID();
    let [begun, failed, done, given] = [0, 0, 0, 0];
    let isPatient = true;
    const work = handler<{ exportId: string }>({
      job: JOBS.writeExport,
      handle: async (_payload, signal) => {
        begun += 1;
        if (isPatient) await delay(60_000, undefined, { signal });
        // All attempts but the last may fail now; had one been lost before, the job would be given up here.
        if (failed < attempts - 1) {
          failed += 1;
          throw new LeadlineError('SERVICE_UNAVAILABLE', 'not yet', { retry: 'backoff' });
        }
        done += 1;
      },
      giveUp: async () => { given += 1; await Promise.resolve(); },
    });
    try {
      await jobs.ready();
      await jobs.enqueue(JOBS.writeExport, { exportId });
      for (let stop = 1; stop <= attempts; stop += 1) {
        const before = begun;
        const workers = await runWorkers([work], { backplane, logger, siteConcurrency: 1 });
        await until(async () => Promise.resolve(begun > before), `the job is taken again after stop ${stop - 1}`, 20_000);
        await workers.close();
        expect(await jobs.open(JOBS.writeExport)).toBe(1);
      }
      isPatient = false;
      const workers = await runWorkers([work], { backplane, logger, siteConcurrency: 1 });
      await until(async () => Promise.resolve(done + given > 0), 'the job ends', 40_000);
      await workers.close();
      expect({ failed, done, given }).toEqual({ failed: attempts - 1, done: 1, given: 0 });
    } finally {
      await jobs.close();
      await backplane.close();
      await redis?.stop();
      await database.drop();
    }
  });
});

describe('PostgreSQL', () => {
  it('stopped in the middle of a run and started again: requests say so meanwhile, and the run completes', async () => {
    const postgres = await restartablePostgres();
    const sandbox = await openSandbox({ latencyMs: 50 });
    await withClient(`${postgres.url}/postgres`, (sql) => sql.query('CREATE DATABASE outage'));
    const dataSource = await createDataSource(`${postgres.url}/outage`).initialize();
    await migrate(dataSource);
    await dataSource.destroy();
    const test = await startTestApp({ DATABASE_URL: `${postgres.url}/outage` }, sandbox);
    try {
      const client = await test.user();
      const [newcomer, tokens] = [await test.user(), await signIn(test.url, (await person(test)).email)];
      const id = await createGoal(client, true);
      await until(async () => (await stateOf(client, id)).counters.pages > 0, 'a page is read');
      const stream = client.subscribe('subscription ($id: ID!) { goalProgress(goalId: $id, after: 0) { seq } }', { id });
      const seen: unknown[] = [];
      const streamEnds = (async () => { for await (const event of stream.events) seen.push(event); })().then(() => null, (error: unknown) => error);
      await until(async () => Promise.resolve(seen.length > 0), 'the stream has begun');
      await postgres.stop();

      for (const request of [STATE, 'mutation ($id: ID!) { pauseGoal(id: $id) { id } }']) {
        const failure = await client.failure(request, { id });
        expect(failure).toMatchObject({ code: 'SERVICE_UNAVAILABLE', dependency: 'database', retryAfterMs: expect.any(Number) as number });
      }
      expect((await new TestClient(test.url, null).failure('mutation { login(input: { email: "a@users.example", password: "x" }) { accessToken } }')).code).toBe('SERVICE_UNAVAILABLE');
      expect((await fetch(`${test.url}/health/ready`)).status).toBe(503);
      expect((await fetch(`${test.url}/health/live`)).status).toBe(200);
      const WATCH = 'subscription ($id: ID!) { goalProgress(goalId: $id) { seq } }';
      // Who asks is known without the database: the operation says why it fails.
      const told = new TestClient(test.url, tokens.accessToken).subscribe(WATCH, { id });
      await expect(told.events.next()).rejects.toMatchObject({ errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE', dependency: 'database' } }] });
      await told.close();
      const refused = newcomer.subscribe(WATCH, { id });
      // A key that was never seen is closed with "try again later", which clients do, and without a word about the database.
      await expect(refused.events.next()).rejects.toMatchObject({ code: 1013, reason: 'Try again later' });
      await refused.close();

      await postgres.start();
      const state = await ended(client, id);
      expect(state.status).toBe('COMPLETED');
      expect(state.counters.leads).toBeGreaterThanOrEqual(5);
      expect((await fetch(`${test.url}/health/ready`)).status).toBe(200);
      await withClient(`${postgres.url}/outage`, async (sql) => {
        expect((await sql.query('SELECT crawl_job_id, page_key FROM pages GROUP BY 1, 2 HAVING count(*) > 1')).rows).toEqual([]);
        expect((await sql.query('SELECT domain FROM leads GROUP BY 1 HAVING count(*) > 1')).rows).toEqual([]);
        expect((await sql.query('SELECT id FROM goals WHERE used_pages > max_pages')).rows).toEqual([]);
      });
      // The stream either went on by itself or ended with the typed error; a raw message never leaves.
      await stream.close();
      const end = await streamEnds;
      if (end) expect(JSON.stringify((end as { errors?: unknown }).errors ?? end)).toMatch(/SERVICE_UNAVAILABLE/);
    } finally {
      await test.close();
      await sandbox.close();
      await postgres.remove();
    }
  }, 180_000);
});

describe.skipIf(inject('size') !== 'servers')('Redis', () => {
  it('killed in the middle of a run and started again: the API answers meanwhile, and the run completes', async () => {
    const redis = await restartableRedis();
    const sandbox = await openSandbox({ latencyMs: 50 });
    const test = await startTestApp({ REDIS_URL: redis.url, RATE_LIMITS: 'on' }, sandbox);
    try {
      const client = await test.user();
      const id = await createGoal(client, true);
      await until(async () => (await stateOf(client, id)).counters.pages > 0, 'a page is read');
      await redis.stop();
      expect((await stateOf(client, id)).status).toBe('RUNNING');
      // Limits go on in memory: a login is answered, not refused.
      expect((await new TestClient(test.url, null).failure('mutation { login(input: { email: "a@users.example", password: "x" }) { accessToken } }')).code).toBe('INVALID_CREDENTIALS');
      const stream = client.subscribe<{ goalProgress: { seq: number } }>('subscription ($id: ID!) { goalProgress(goalId: $id, after: 0) { seq } }', { id });
      expect((await stream.events.next()).value).toEqual({ goalProgress: { seq: 1 } });
      await redis.start();
      expect(await ended(client, id)).toMatchObject({ status: 'COMPLETED' });
      let last = 1;
      for await (const { goalProgress } of stream.events) {
        expect(goalProgress.seq).toBe(last + 1);
        last = goalProgress.seq;
      }
      await stream.close();
    } finally {
      await test.close();
      await sandbox.close();
      await redis.remove();
    }
  }, 180_000);

  it('away while a process is told to stop in the middle of a run: it stops all the same', async () => {
    const redis = await restartableRedis();
    const sandbox = await openSandbox({ latencyMs: 50 });
    const test = await startTestApp({ REDIS_URL: redis.url }, sandbox);
    try {
      const client = await test.user();
      const id = await createGoal(client, true);
      await until(async () => (await stateOf(client, id)).counters.pages > 0, 'a page is read');
      await redis.stop();
      await until(async () => (await fetch(`${test.url}/health/ready`)).status === 503, 'the product notices');
    } finally {
      // A connection that is told to end while it tries to come back must not hold the shutdown for ever.
      await test.close();
      await sandbox.close();
      await redis.remove();
    }
  });
});
