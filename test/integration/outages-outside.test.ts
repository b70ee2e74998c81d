import { describe, expect, it } from 'vitest';
import type { BraveMode } from '../../sandbox/types.js';
import { until } from '../support/client.js';
import { createGoal, ended, SMALL } from '../support/goal-runs.js';
import { freePort } from '../../src/free-port.js';
import { sideBySide } from '../support/side-by-side.js';
import { openSandbox, startTestApp } from '../support/test-app.js';

describe('a crawl proxy that is dead', () => {
  it('is what each site names, and the goal ends with the reason', async () => {
    const sandbox = await openSandbox();
    const test = await startTestApp({ CRAWL_PROXY_URL: `http://127.0.0.1:${await freePort()}` }, sandbox);
    try {
      const client = await test.user();
      const state = await ended(client, await createGoal(client, true, { maxSites: 2 }));
      expect(state.status).toBe('FAILED');
      expect(state.error).toMatch(/crawl proxy/);
      expect(state.counters).toMatchObject({ leads: 0, sites: 2, sitesFailed: 2 });
      for (const job of state.crawlJobs.nodes) expect(job).toMatchObject({ status: 'FAILED', errorCode: 'SERVICE_UNAVAILABLE', error: expect.stringMatching(/crawl proxy/) as string });
      expect(await client.failure('mutation { extractContent(url: "https://a.example/") { id } }')).toMatchObject({ code: 'SERVICE_UNAVAILABLE', dependency: 'proxy' });
      expect((await fetch(`${test.url}/health/live`)).status).toBe(200);
    } finally {
      await test.close();
      await sandbox.close();
    }
  }, 120_000);
});

async function braveFails(mode: BraveMode, status: string): Promise<void> {
  const sandbox = await openSandbox();
  const test = await startTestApp({ OVERPASS_URL: 'off', SEARXNG_URL: '' }, sandbox);
  try {
    sandbox.control.brave(mode);
    const client = await test.user();
    const run = await createGoal(client, true, { maxSearches: 1 });
    const state = await ended(client, run);
    expect(state).toMatchObject({ status: 'FAILED', error: expect.any(String) as string, counters: { leads: 0 } });
    const [brave] = state.sources.filter((source) => source.provider === 'BRAVE');
    expect(brave).toMatchObject({ status, results: 0, message: expect.stringMatching(/\S/) as string });
    expect(JSON.stringify(state)).not.toContain(sandbox.brave.key);
  } finally {
    await test.close();
    await sandbox.close();
  }
}

describe('a search source that fails', () => {
  const modes: [BraveMode, string][] = [['rate_limited', 'RATE_LIMITED'], ['quota', 'RATE_LIMITED'], ['bad_key', 'MISCONFIGURED'], ['server_error', 'FAILED'], ['malformed', 'FAILED'], ['timeout', 'TIMEOUT']];
  const ranWith = sideBySide<BraveMode>(Object.fromEntries(modes.map(([mode, status]) => [mode, async () => { await braveFails(mode, status); }])), 120_000);
  it.each(modes)('in the way of Brave %s says %s in the sources of a run, which ends with a reason', async (mode) => { await ranWith(mode); });

  it('beside one that answers costs its own results only, and is still told', async () => {
    const sandbox = await openSandbox();
    const test = await startTestApp({}, sandbox);
    try {
      sandbox.control.brave('bad_key');
      const client = await test.user();
      const state = await ended(client, await createGoal(client, true, { maxSites: 4, maxPages: 12 }, SMALL));
      expect(state.status).toBe('COMPLETED');
      expect(state.counters.leads).toBeGreaterThan(0);
      expect(state.sources).toContainEqual(expect.objectContaining({ provider: 'BRAVE', status: 'MISCONFIGURED' }));
      expect(state.sources).toContainEqual(expect.objectContaining({ provider: 'OSM', status: 'OK' }));
    } finally {
      await test.close();
      await sandbox.close();
    }
  }, 90_000);

  it('with all others gives NO_RESULTS with what each one said', async () => {
    const sandbox = await openSandbox();
    const test = await startTestApp({}, sandbox);
    try {
      sandbox.control.brave('bad_key');
      sandbox.control.searxng('json_disabled');
      sandbox.control.overpass('busy');
      const client = await test.user();
      const failure = await client.failure('mutation ($id: ID!) { executeSearch(goalId: $id) { cached } }', { id: await createGoal(client, false) });
      expect(failure.code).toBe('NO_RESULTS');
      const sources = failure.sources as { provider: string; status: string }[];
      expect(sources).toContainEqual(expect.objectContaining({ provider: 'BRAVE', status: 'MISCONFIGURED' }));
      expect(sources.every((source) => source.status !== 'OK')).toBe(true);
    } finally {
      await test.close();
      await sandbox.close();
    }
  }, 90_000);
});

describe('a DNS server that is dead', () => {
  it('leaves verdicts UNKNOWN, never INVALID, and costs the run no lead', async () => {
    const sandbox = await openSandbox();
    const test = await startTestApp({ EMAIL_DNS_SERVERS: `127.0.0.1:${await freePort()}` }, sandbox);
    try {
      const client = await test.user();
      for (const field of ['query { verdict: validateEmail', 'mutation { verdict: checkDeliverability']) {
        const { verdict } = await client.data<{ verdict: { status: string; checks: { name: string; status: string }[] } }>(`${field}(email: "info@clinic.com") { status checks { name status } } }`);
        expect(verdict.status).toBe('UNKNOWN');
        expect(verdict.checks).toContainEqual({ name: 'mx', status: 'UNKNOWN' });
      }
      const id = await createGoal(client, true, { maxSites: 4, maxPages: 12 }, SMALL);
      expect(await ended(client, id)).toMatchObject({ status: 'COMPLETED' });
      const emails = await until(async () => {
        const found = (await client.data<{ emails: { nodes: { status: string; verdict: { status: string } | null }[] } }>('query ($id: ID!) { emails(first: 100, filter: { goalId: $id }) { nodes { status verdict { status } } } }', { id })).emails.nodes;
        return found.length > 0 && found.every((email) => email.verdict) && found;
      }, 'every address has a verdict');
      expect(new Set(emails.map((email) => email.status))).toEqual(new Set(['UNKNOWN']));
    } finally {
      await test.close();
      await sandbox.close();
    }
  }, 90_000);
});
