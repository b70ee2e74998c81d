import { describe, expect, it } from 'vitest';
import { until, type TestClient } from '../support/client.js';
import { withClient } from '../support/servers.js';
import { openSandbox, startTestApp } from '../support/test-app.js';

const SITE = 'marlento-dental.com';

describe('the page budget of a crawl', () => {
  it('is spent on pages that are read: one that has to be tried again is waited for', async () => {
    const sandbox = await openSandbox({ latencyMs: 150 });
    const test = await startTestApp({}, sandbox);
    try {
      const client = await test.user();
      const { startCrawl } = await client.data<{ startCrawl: { id: string } }>('mutation ($url: String!) { startCrawl(input: { url: $url, maxPages: 3 }) { id } }', { url: `http://${SITE}/` });
      const asked = (): string[] => sandbox.requests().filter((request) => request.host === SITE).map((request) => request.path);
      // robots.txt and the start page are on their way: the page after them fails once.
      await until(async () => asked().includes('/') && sandbox.requests().some((request) => request.host === SITE && request.path === '/' && request.endedAt !== null), 'the start page to be answered');
      sandbox.control.failNext(SITE, 1, 503);
      const job = await until(async () => {
        const { crawlJob } = await client.data<{ crawlJob: { status: string; counters: { fetched: number; failed: number }; pages: { nodes: { url: string }[] } } }>('query ($id: ID!) { crawlJob(id: $id) { status counters { fetched failed } pages(first: 100) { nodes { url } } } }', { id: startCrawl.id });
        return crawlJob.status === 'COMPLETED' ? crawlJob : null;
      }, 'the crawl to end');
      expect(sandbox.requests().filter((request) => request.host === SITE && request.status === 503)).toHaveLength(1);
      expect(job).toMatchObject({ counters: { fetched: 3, failed: 0 } });
      expect(new Set(job.pages.nodes.map((page) => page.url)).size).toBe(3);
    } finally {
      await test.close();
      await sandbox.close();
    }
  });
});

describe('a search that runs twice', () => {
  const newGoal = async (client: TestClient): Promise<string> => (await client.data<{ createGoal: { id: string } }>('mutation { createGoal(input: { text: "Find 30 dental clinics in Austin, Texas", budget: { maxSites: 6 } }) { id } }')).createGoal.id;
  const never = new AbortController().signal;

  it('opens no more sites than the budget allows', async () => {
    const sandbox = await openSandbox();
    // Without a worker the test itself is the two workers that got the same job.
    const test = await startTestApp({ ROLES: 'api' }, sandbox);
    try {
      const client = await test.user();
      const goalId = await newGoal(client);
      // The sources have answered already, so both come to the sites, as when a stalled job is given out again.
      await client.data('mutation ($id: ID!) { executeSearch(goalId: $id) { cached } }', { id: goalId });
      await client.data('mutation ($id: ID!) { runGoal(id: $id) { id } }', { id: goalId });
      await Promise.all([test.app.services.search.searchGoal(goalId, never), test.app.services.search.searchGoal(goalId, never)]);
      const { goal } = await client.data<{ goal: { budget: { usedSites: number }; counters: { sites: number }; crawlJobs: { totalCount: number } } }>('query ($id: ID!) { goal(id: $id) { budget { usedSites } counters { sites } crawlJobs { totalCount } } }', { id: goalId });
      expect(goal).toEqual({ budget: { usedSites: 6 }, counters: { sites: 6 }, crawlJobs: { totalCount: 6 } });
    } finally {
      await test.close();
      await sandbox.close();
    }
  });

  it('opens no site for a goal that was cancelled while it asked', async () => {
    const sandbox = await openSandbox();
    const test = await startTestApp({ ROLES: 'api' }, sandbox);
    try {
      const client = await test.user();
      const goalId = await newGoal(client);
      await client.data('mutation ($id: ID!) { executeSearch(goalId: $id) { cached } }', { id: goalId });
      await client.data('mutation ($id: ID!) { runGoal(id: $id) { id } }', { id: goalId });
      // Holds the answer back until the goal is cancelled: the row of the goal is what the round has to write.
      await withClient(test.databaseUrl, async (other) => {
        await other.query('BEGIN');
        await other.query("UPDATE goals SET status = 'CANCELLED' WHERE id = $1", [goalId]);
        const searching = test.app.services.search.searchGoal(goalId, never);
        await until(async () => (await withClient(test.databaseUrl, (third) => third.query('SELECT 1 FROM pg_locks WHERE NOT granted'))).rowCount, 'the search to wait for the goal');
        await other.query('COMMIT');
        await searching;
        expect((await other.query<{ n: number }>("SELECT count(*)::int AS n FROM crawl_jobs WHERE goal_id = $1", [goalId])).rows).toEqual([{ n: 0 }]);
      });
    } finally {
      await test.close();
      await sandbox.close();
    }
  });
});
