import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/types.js';
import { until, type TestClient } from '../support/client.js';
import { withClient } from '../support/servers.js';
import { openSandbox, startTestApp, type TestApp } from '../support/test-app.js';

const GOAL = '3 dental clinics in Austin, Texas';
const EVERYTHING = `{
  goals(first: 100) { nodes { id crawlJobs(first: 100) { nodes { id } } leads(first: 100) { nodes { id } } } totalCount }
  crawlJobs(first: 100) { nodes { id host pages(first: 100) { nodes { id } } emails(first: 100) { nodes { id } } } totalCount }
  emails(first: 100) { nodes { id address lead { id } sources { pageUrl } } totalCount }
  leads(first: 100) { nodes { id domain goal { id } emails { id } evidence { page { id } } history { nodes { id } } } totalCount }
  exports { nodes { id } totalCount }
  apiKeys { id } me { id } workspace { id members { user { id } } }
}`;

interface All { leads: { nodes: { id: string; domain: string }[]; totalCount: number }; emails: { nodes: { id: string }[] }; crawlJobs: { nodes: { id: string; host: string }[] }; goals: { nodes: { id: string }[] } }

let sandbox: Sandbox;
let test: TestApp;
beforeAll(async () => {
  sandbox = await openSandbox();
  test = await startTestApp({}, sandbox);
});
afterAll(async () => {
  await test.close();
  await sandbox.close();
});

/** Runs the goal to its end and gives every event of its stream and of the workspace's leads. */
async function run(client: TestClient): Promise<{ goalId: string; events: unknown[]; changes: { lead: { id: string } }[] }> {
  const { createGoal } = await client.data<{ createGoal: { id: string } }>('mutation ($text: String!) { createGoal(input: { text: $text, run: true, budget: { maxSites: 5, maxPages: 12 } }) { id } }', { text: GOAL });
  const stream = client.subscribe<{ goalProgress: unknown }>('subscription ($id: ID!) { goalProgress(goalId: $id, after: 0) { seq type goalId url lead { id } email { id } } }', { id: createGoal.id });
  const events: unknown[] = [];
  for await (const { goalProgress } of stream.events) events.push(goalProgress);
  await stream.close();
  await client.data('mutation { exportLeads(format: CSV) { id } }');
  await until(async () => (await client.data<{ exports: { nodes: { status: string }[] } }>('{ exports { nodes { status } } }')).exports.nodes[0]?.status === 'READY', 'the export is written');
  const { leads } = await client.data<All>(EVERYTHING);
  const changed = client.subscribe<{ leadChanged: { lead: { id: string } } }>('subscription { leadChanged(after: 0) { seq type lead { id } } }');
  const changes: { lead: { id: string } }[] = [];
  for await (const { leadChanged } of changed.events) {
    changes.push(leadChanged);
    if (new Set(changes.map((change) => change.lead.id)).size === leads.totalCount) break;
  }
  await changed.close();
  return { goalId: createGoal.id, events, changes };
}

/** Every id in an answer. */
const idsIn = (answer: unknown): Set<string> => new Set(JSON.stringify(answer).match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g));
const both = (one: Set<string>, other: Set<string>): string[] => [...one].filter((id) => other.has(id));

describe('two workspaces with the same goal at the same time', () => {
  it('see only their own goals, jobs, pages, e-mails, leads, exports and events, and each has its own lead of a company', async () => {
    const [ada, bob] = [await test.user(), await test.user()];
    const [adas, bobs] = await Promise.all([run(ada), run(bob)]);
    const [adaSees, bobSees] = [await ada.data<All>(EVERYTHING), await bob.data<All>(EVERYTHING)];
    expect(adaSees.leads.nodes.length).toBeGreaterThan(0);
    expect(both(idsIn([adaSees, adas]), idsIn([bobSees, bobs]))).toEqual([]);
    const domains = (all: All): string[] => all.leads.nodes.map((lead) => lead.domain);
    const shared = domains(adaSees).filter((domain) => domains(bobSees).includes(domain));
    expect(shared.length).toBeGreaterThan(0);
    await withClient(test.databaseUrl, async (sql) => {
      const { rows } = await sql.query<{ leads: string; workspaces: string }>('SELECT count(*) AS leads, count(DISTINCT workspace_id) AS workspaces FROM leads WHERE domain = $1', [shared[0]]);
      expect(rows).toEqual([{ leads: '2', workspaces: '2' }]);
    });

    const [mine, theirs] = [adaSees.leads.nodes[0]?.id ?? '', bobSees.leads.nodes.find((lead) => lead.domain === shared[0])?.id ?? ''];
    await ada.data('mutation ($id: ID!) { deleteLead(id: $id) }', { id: mine });
    expect(await bob.data('query ($id: ID!) { lead(id: $id) { domain } }', { id: theirs })).toEqual({ lead: { domain: shared[0] } });
    expect((await bob.data<All>(EVERYTHING)).leads.totalCount).toBe(bobSees.leads.totalCount);
  });

  it('do not find what the other has crawled when they search', async () => {
    const [ada, bob] = [await test.user(), await test.user()];
    const adas = await run(ada);
    const { createGoal } = await bob.data<{ createGoal: { id: string } }>('mutation ($text: String!) { createGoal(input: { text: $text }) { id } }', { text: GOAL });
    const { updateStrategy } = await bob.data<{ updateStrategy: { queries: { provider: string }[] } }>('mutation ($id: ID!) { updateStrategy(goalId: $id, input: { queries: [{ provider: LOCAL, query: "dental" }] }) { queries { provider } } }', { id: createGoal.id });
    expect(updateStrategy.queries).toEqual([{ provider: 'LOCAL' }]);
    expect(await bob.failure('mutation ($id: ID!) { executeSearch(goalId: $id) { cached } }', { id: createGoal.id })).toMatchObject({ code: 'NO_RESULTS', sources: [{ provider: 'LOCAL', results: 0 }] });
    await ada.data('mutation ($id: ID!) { updateStrategy(goalId: $id, input: { queries: [{ provider: LOCAL, query: "dental" }] }) { id } }', { id: adas.goalId });
    const { executeSearch } = await ada.data<{ executeSearch: { sources: { provider: string; results: number }[] } }>('mutation ($id: ID!) { executeSearch(goalId: $id) { sources { provider results } } }', { id: adas.goalId });
    expect(executeSearch.sources[0]?.results).toBeGreaterThan(0);
  });

  it('may hold the same company, address, tag and idempotency key', async () => {
    const clients = [await test.user(), await test.user()];
    const made = await Promise.all(clients.map(async (client) => (await client.data<{ createLead: { id: string } }>('mutation { createLead(input: { companyName: "Clinic", website: "https://clinic.com/", email: "info@clinic.com", tags: ["a"], idempotencyKey: "one" }) { id } }')).createLead.id));
    expect(new Set(made).size).toBe(2);
    for (const [index, client] of clients.entries()) expect(await client.data('{ leads { nodes { id } totalCount } emails { totalCount } }')).toEqual({ leads: { nodes: [{ id: made[index] }], totalCount: 1 }, emails: { totalCount: 1 } });
  });
});
