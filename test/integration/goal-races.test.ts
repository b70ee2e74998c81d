import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Random } from '../../sandbox/random.js';
import { withSeed } from '../e2e/support/seed.js';
import { until, type TestClient } from '../support/client.js';
import { brokenPromises, isQuiet } from '../support/crawl-promises.js';
import { createGoal, stateOf } from '../support/goal-runs.js';
import { openSandbox, startTestApp } from '../support/test-app.js';

// Without the one clinic that asks for two seconds between its pages.
const TEXT = 'Find 40 dental clinics in Austin, Texas, excluding sarnette-dental.com';
const GOAL_TURNS = ['pauseGoal', 'resumeGoal', 'cancelGoal', 'runGoal'] as const;
const CRAWL_TURNS = ['pauseCrawl', 'resumeCrawl', 'cancelCrawl', 'retryCrawl'] as const;

/** Asks for a turn; that it came at the wrong moment is an answer, any other error fails the test. */
async function turn(client: TestClient, name: string, id: string): Promise<void> {
  const { errors } = await client.send(`mutation ($id: ID!) { ${name}(id: $id) { status } }`, { id });
  if (errors.length > 0) expect(errors.map((error) => error.extensions), name).toEqual([{ code: 'BAD_USER_INPUT', fields: ['id'] }]);
}

async function idsOf(client: TestClient, field: 'crawlJobs' | 'leads'): Promise<string[]> {
  return (await client.data<Record<string, { nodes: { id: string }[] }>>(`{ ${field}(first: 100) { nodes { id } } }`))[field]?.nodes.map(({ id }) => id) ?? [];
}

/** One goal's owner, who cannot make up his mind. */
async function dither(client: TestClient, goalId: string, random: Random): Promise<void> {
  for (let round = 0; round < 10; round++) {
    const together = Array.from({ length: random.between(1, 3) }, async () => { await turn(client, random.pick(GOAL_TURNS), goalId); });
    for (const id of (await idsOf(client, 'crawlJobs')).filter(() => random.chance(0.15))) together.push(turn(client, random.pick(CRAWL_TURNS), id));
    for (const id of (await idsOf(client, 'leads')).filter(() => random.chance(0.2))) together.push(client.send('mutation ($id: ID!) { deleteLead(id: $id) }', { id }).then(({ errors }) => { expect(errors.filter((error) => error.extensions.code !== 'NOT_FOUND')).toEqual([]); }));
    await Promise.all(together);
    await turn(client, 'runGoal', goalId);
    await delay(random.between(0, 300));
  }
}

/** Resumes what was paused until the goal has ended. */
async function toItsEnd(client: TestClient, goalId: string): Promise<void> {
  await until(async () => {
    const { crawlJobs } = await client.data<{ crawlJobs: { nodes: { id: string; goal: { id: string } }[] } }>('{ crawlJobs(first: 100, status: [PAUSED]) { nodes { id goal { id } } } }');
    await turn(client, 'runGoal', goalId);
    for (const { id, goal } of crawlJobs.nodes) if (goal.id === goalId) await turn(client, 'resumeCrawl', id);
    await delay(100);
    return !['RUNNING', 'PAUSED'].includes((await stateOf(client, goalId)).status);
  }, 'the goal to end', 60_000);
}

describe('goals over the same sites, paused, cancelled and run again at once with their crawls, while leads are deleted', () => {
  it('keep their budgets and counters, leave no crawl behind, and end once in each run', () => withSeed(async (random) => {
    const sandbox = await openSandbox({ latencyMs: 5 });
    const test = await startTestApp({ CRAWL_CONCURRENCY: '8' }, sandbox);
    try {
      const client = await test.user();
      const goals = await Promise.all([createGoal(client, true, { maxSites: 6, maxPages: 30 }, TEXT), createGoal(client, true, { maxSites: 4, maxPages: 400 }, TEXT)]);
      const seeds = goals.map(() => random.between(0, 1_000_000_000));
      await Promise.all(goals.map((goalId, place) => dither(client, goalId, new Random(seeds[place] ?? 0))));
      for (const goalId of goals) await toItsEnd(client, goalId);
      await until(() => isQuiet(test.databaseUrl), 'nobody to work on any of them');
      expect(await brokenPromises(test.databaseUrl)).toEqual([]);
    } finally {
      await test.close();
      await sandbox.close();
    }
  }));
});
