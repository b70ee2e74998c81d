import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../sandbox/index.js';
import { until, type TestClient } from '../support/client.js';
import { testFolder } from '../support/servers.js';
import { outside, Product } from './support/product.js';
import { eventsOf, finished, isOver, startGoal, type StoredEvent } from './support/run.js';
import { withSeed } from './support/seed.js';
import { Watch, type Leaving } from './support/watch.js';

const DROPS = 100;
const LEAVINGS: readonly Leaving[] = ['close frame', 'end of socket', 'reset', 'complete'];
/** Each in a town and trade of its own, so that one run's pages are no results of another's. */
const GOALS = ['Find 60 dental clinics in Austin, Texas, excluding sarnette-dental.com', 'Find 30 breweries in Portland, Oregon', 'Find 30 law firms in Austin, Texas', 'Find 30 bakeries in Hamburg'];

describe('a client that loses its socket and comes back', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  let product: Product;
  let client: TestClient;
  const watch = (goalId: string, after?: number): Watch => new Watch(product.url, client.token ?? '', goalId, after);

  beforeAll(async () => {
    dataDir = testFolder('reconnect');
    sandbox = await startSandbox({ latencyMs: 100 });
    product = await Product.prepare({ ...outside(sandbox), DATA_DIR: dataDir, CRAWL_HOST_DELAY_MS: '100', CRAWL_CONCURRENCY: '4' });
    await product.start();
    client = await product.user(dataDir, 'watcher@users.example');
  });
  afterAll(async () => {
    await product.stop();
    await sandbox.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  /** Streams the server still serves: falls to zero when every client has left. */
  const openStreams = async (): Promise<number> => {
    const metrics = await (await fetch(`${product.url}/metrics`)).text();
    const value = /^leadline_event_channels (\d+)$/m.exec(metrics)?.[1];
    if (value === undefined) throw new Error('there is no leadline_event_channels in /metrics');
    return Number(value);
  };

  it('gets every missed event once and in order, through a hundred drops in the middle of runs', () => withSeed(async (random) => {
    let drops = 0;
    for (const text of GOALS) {
      if (drops >= DROPS) break;
      const goalId = await startGoal(client, text, { maxSites: 25, maxPages: 1_000 });
      const received: StoredEvent[] = [];
      for (;;) {
        const connection = watch(goalId, received.at(-1)?.seq ?? 0);
        const isStaying = drops >= DROPS;
        received.push(...await connection.take(isStaying ? Infinity : random.between(0, 7)));
        expect(connection.errors).toEqual([]);
        if (connection.completed) break;
        expect(connection.closed, 'only the client leaves').toBe(false);
        connection.leave(random.pick(LEAVINGS));
        // A drop counts when the run was not over by then.
        if (!isOver(received.at(-1)?.status ?? 'RUNNING')) drops += 1;
      }
      await finished(client, goalId, 30_000);
      expect(received).toEqual(await eventsOf(client, goalId));
      expect(received.map((event) => event.seq)).toEqual(received.map((_, index) => index + 1));
    }
    expect(drops).toBeGreaterThanOrEqual(DROPS);
    await until(async () => await openStreams() === 0, 'the server to free what the dropped clients had watched');
  }));

  it('starts with a snapshot of now when it names no `after`, and goes on from there', async () => {
    const goalId = await startGoal(client, GOALS[0] ?? '', { maxSites: 6, maxPages: 500 });
    const early = watch(goalId, 0);
    await early.take(5);
    const late = watch(goalId);
    const [snapshot] = await late.take(1);
    expect(snapshot).toMatchObject({ type: 'SNAPSHOT', status: 'RUNNING' });
    expect(snapshot?.seq).toBeGreaterThanOrEqual(5);
    // Two clients at once: neither takes anything from the other.
    const [all, rest] = await Promise.all([early.take(), late.take()]);
    const stored = await eventsOf(client, goalId);
    expect(all).toEqual(stored);
    expect(rest.slice(1)).toEqual(stored.filter((event) => event.seq > (snapshot?.seq ?? 0)));
    early.leave('close frame');
    late.leave('reset');

    // After the end: what is missing, then the end of the stream; with nothing missing only the end.
    for (const after of [0, stored.length - 3, stored.length]) {
      const again = watch(goalId, after);
      expect(await again.take()).toEqual(stored.slice(after));
      expect(again.completed).toBe(true);
      again.leave('close frame');
    }
    const afterwards = watch(goalId);
    expect(await afterwards.take()).toMatchObject([{ type: 'SNAPSHOT', seq: stored.length, status: 'COMPLETED' }]);
    expect(afterwards.completed).toBe(true);
    afterwards.leave('close frame');
    await until(async () => await openStreams() === 0, 'the server to free every stream');
  });

  it('is told BAD_USER_INPUT for an `after` that no event ever had', async () => {
    const goalId = await startGoal(client, 'Find 30 hotels in Valencia', { maxSites: 2, maxPages: 20 });
    await finished(client, goalId, 30_000);
    const last = (await eventsOf(client, goalId)).length;
    for (const after of [-1, last + 1, 2_147_483_647]) {
      const connection = watch(goalId, after);
      await connection.take();
      expect(connection.events).toEqual([]);
      expect(connection.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', fields: ['after'] } }]);
      connection.leave('close frame');
    }
    await until(async () => await openStreams() === 0, 'the server to free every stream');
  });

  it('costs the server nothing once it has gone, however it went and however little happens in the stream', async () => {
    // A goal that waits to be run is the quietest stream: no event wakes what its watchers left behind.
    const { createGoal } = await client.data<{ createGoal: { id: string } }>('mutation { createGoal(input: { text: "Find 10 hotels in Valencia" }) { id } }');
    for (const how of LEAVINGS) {
      const connections = Array.from({ length: 5 }, () => watch(createGoal.id));
      for (const connection of connections) expect((await connection.take(1))[0]).toMatchObject({ type: 'SNAPSHOT', status: 'PLANNED' });
      expect(await openStreams()).toBe(1);
      for (const connection of connections) connection.leave(how);
      await until(async () => await openStreams() === 0, `the server to notice: ${how}`, 10_000);
      for (const connection of connections) connection.leave('end of socket');
    }
  });
});
