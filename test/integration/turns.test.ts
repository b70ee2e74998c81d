import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from 'pg';
import { until, type TestClient } from '../support/client.js';
import { brokenPromises } from '../support/crawl-promises.js';
import { withClient } from '../support/servers.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** Two that want the same row at the same moment: one of them is this test, which holds it until the other one waits. */
let test: TestApp;
let client: TestClient;
beforeAll(async () => {
  test = await startTestApp({ ROLES: 'api' });
  client = await test.user();
});
afterAll(async () => { await test.close(); });

const refusal = { code: 'BAD_USER_INPUT', fields: ['id'] };
const turn = (name: string): string => `mutation ($id: ID!) { ${name}(id: $id) { status } }`;

/** A running goal with one crawl, and its search done. */
async function goalWithCrawl(status: string): Promise<{ goalId: string; crawlId: string }> {
  const { createGoal } = await client.data<{ createGoal: { id: string } }>('mutation { createGoal(input: { text: "Find 5 dental clinics in Austin, Texas", run: true }) { id } }');
  const crawlId = await withClient(test.databaseUrl, async (sql) => {
    await sql.query("UPDATE goals SET search_state = 'EXHAUSTED', sites = 1, used_sites = 1, results = 1 WHERE id = $1", [createGoal.id]);
    return await openSite(sql, createGoal.id, 'turned.example', status);
  });
  return { goalId: createGoal.id, crawlId };
}

async function openSite(sql: Client, goalId: string, host: string, status: string): Promise<string> {
  const { rows } = await sql.query<{ id: string }>(`
    INSERT INTO crawl_jobs (workspace_id, goal_id, url, host, domain, depth, max_pages, render, status, finished_at)
    SELECT workspace_id, id, 'http://' || $2 || '/', $2, $2, 2, 10, 'AUTO', $3, CASE WHEN $3 IN ('FAILED', 'CANCELLED') THEN now() END FROM goals WHERE id = $1 RETURNING id`, [goalId, host, status]);
  return rows[0]?.id ?? '';
}

/** Does `change` and leaves it open until `other` waits for it. */
async function meanwhile<T>(change: (sql: Client) => Promise<unknown>, other: () => Promise<T>): Promise<T> {
  return await withClient(test.databaseUrl, async (sql) => {
    await sql.query('BEGIN');
    await change(sql);
    const waiting = other();
    await until(async () => (await withClient(test.databaseUrl, (third) => third.query('SELECT 1 FROM pg_locks WHERE NOT granted'))).rowCount, 'the other one to wait');
    await sql.query('COMMIT');
    return await waiting;
  });
}

const statusOf = async (id: string): Promise<string> => (await client.data<{ crawlJob: { status: string } }>('query ($id: ID!) { crawlJob(id: $id) { status } }', { id })).crawlJob.status;
const eventsOf = async (id: string): Promise<string[]> => withClient(test.databaseUrl, async (sql) => (await sql.query<{ type: string }>('SELECT type FROM stream_events WHERE stream_id = $1 ORDER BY seq', [id])).rows.map(({ type }) => type));

describe('a goal that is cancelled', () => {
  it('cancels the sites, too, that a round of search opens at the same moment', async () => {
    const { goalId, crawlId } = await goalWithCrawl('QUEUED');
    let opened = '';
    const answer = await meanwhile(async (sql) => {
      opened = await openSite(sql, goalId, 'opened-meanwhile.example', 'QUEUED');
      await sql.query('UPDATE goals SET sites = 2, used_sites = 2 WHERE id = $1', [goalId]);
    }, () => client.data(turn('cancelGoal'), { id: goalId }));
    expect(answer).toEqual({ cancelGoal: { status: 'CANCELLED' } });
    expect([await statusOf(crawlId), await statusOf(opened)]).toEqual(['CANCELLED', 'CANCELLED']);
    expect([await eventsOf(crawlId), await eventsOf(opened)]).toEqual([['CANCELLED'], ['CANCELLED']]);
    expect(await brokenPromises(test.databaseUrl)).toEqual([]);
  });

  it('by two at once is cancelled once, and both are told so', async () => {
    const { goalId } = await goalWithCrawl('PAUSED');
    const answers = await meanwhile((sql) => sql.query('SELECT id FROM goals WHERE id = $1 FOR UPDATE', [goalId]), () => Promise.all([client.data(turn('cancelGoal'), { id: goalId }), client.data(turn('cancelGoal'), { id: goalId })]));
    expect(answers).toEqual([{ cancelGoal: { status: 'CANCELLED' } }, { cancelGoal: { status: 'CANCELLED' } }]);
    expect((await eventsOf(goalId)).filter((type) => type === 'CANCELLED')).toHaveLength(1);
  });
});

describe('a crawl of a goal', () => {
  it('is not resumed while its goal is paused: nobody would read it', async () => {
    const { goalId, crawlId } = await goalWithCrawl('RUNNING');
    await client.data(turn('pauseGoal'), { id: goalId });
    expect(await client.failure(turn('resumeCrawl'), { id: crawlId })).toEqual(refusal);
    expect(await statusOf(crawlId)).toBe('PAUSED');
    await client.data(turn('cancelGoal'), { id: goalId });
  });

  it('is not tried again when its goal ends at the same moment', async () => {
    const { goalId, crawlId } = await goalWithCrawl('FAILED');
    const answer = await meanwhile((sql) => sql.query("UPDATE goals SET status = 'COMPLETED', finished_at = now() WHERE id = $1", [goalId]), () => client.send(turn('retryCrawl'), { id: crawlId }));
    expect(answer.errors.map((error) => error.extensions)).toEqual([refusal]);
    expect(await statusOf(crawlId)).toBe('FAILED');
  });

  it('that somebody cancels as its goal needs it no longer is cancelled once', async () => {
    const { goalId, crawlId } = await goalWithCrawl('QUEUED');
    await withClient(test.databaseUrl, (sql) => sql.query('UPDATE goals SET leads = 5 WHERE id = $1', [goalId]));
    await meanwhile((sql) => sql.query("UPDATE crawl_jobs SET status = 'CANCELLED', finished_at = now() WHERE id = $1", [crawlId]), () => test.app.services.crawler.crawlWebsite(crawlId, new AbortController().signal));
    expect(await eventsOf(crawlId)).toEqual([]);
    await client.data(turn('cancelGoal'), { id: goalId });
  });

  it('that is cancelled by two at once is cancelled once, and both are told so', async () => {
    const { goalId, crawlId } = await goalWithCrawl('PAUSED');
    const answers = await meanwhile((sql) => sql.query('SELECT id FROM crawl_jobs WHERE id = $1 FOR UPDATE', [crawlId]), () => Promise.all([client.data(turn('cancelCrawl'), { id: crawlId }), client.data(turn('cancelCrawl'), { id: crawlId })]));
    expect(answers).toEqual([{ cancelCrawl: { status: 'CANCELLED' } }, { cancelCrawl: { status: 'CANCELLED' } }]);
    expect(await eventsOf(crawlId)).toEqual(['CANCELLED']);
    expect(goalId).not.toBe('');
  });
});
