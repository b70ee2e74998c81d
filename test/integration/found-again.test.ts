import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/index.js';
import { LeadlineError } from '../../src/errors.js';
import { until, type TestClient } from '../support/client.js';
import { testFolder, withClient } from '../support/servers.js';
import { openSandbox, startTestApp, type TestApp } from '../support/test-app.js';

interface Found { id: string; version: number; companyName: string; phones: string[]; description: string | null; contactName: string | null; contactTitle: string | null; primaryEmail: { address: string } | null; evidence: { field: string; value: string; pageUrl: string; page: { id: string } | null }[] }
const LEAD = 'id version companyName phones description contactName contactTitle primaryEmail { address } evidence { field value pageUrl page { id } }';

let webDir: string;
let sandbox: Sandbox;
let test: TestApp;
beforeAll(async () => {
  webDir = testFolder('web');
  mkdirSync(join(webDir, 'praxis-ferrum.de'));
  sandbox = await openSandbox({ webDir });
  test = await startTestApp({}, sandbox);
});
afterAll(async () => {
  await test.close();
  await sandbox.close();
  rmSync(webDir, { recursive: true, force: true });
});

function site(phone: string | null, person: string, address: string, description = ''): void {
  writeFileSync(join(webDir, 'praxis-ferrum.de', 'index.html'), `<html lang="de"><head><title>Zahnarztpraxis Ferrum</title>${description && `<meta name="description" content="${description}">`}</head>
    <body><h1>Zahnarztpraxis Ferrum</h1><p>${person}</p>${phone === null ? '' : `<p>Telefon: <a href="tel:${phone}">${phone}</a></p>`}<p><a href="mailto:${address}">${address}</a></p></body></html>`);
}

/** The site is read for a new goal, and the lead that comes of it. */
async function findFor(client: TestClient): Promise<Found> {
  const { createGoal, startCrawl } = await client.data<{ createGoal: { id: string }; startCrawl: { id: string } }>('mutation { createGoal(input: { text: "10 dental clinics in Berlin" }) { id } startCrawl(input: { url: "http://praxis-ferrum.de/" }) { id } }');
  await until(async () => (await client.data<{ crawlJob: { status: string } }>('query ($id: ID!) { crawlJob(id: $id) { status } }', { id: startCrawl.id })).crawlJob.status === 'COMPLETED', 'the crawl ends');
  await withClient(test.databaseUrl, (sql) => sql.query('UPDATE crawl_jobs SET goal_id = $1, lead_settled = false WHERE id = $2', [createGoal.id, startCrawl.id]));
  // Refused until every address of the site has its verdict.
  await until(() => test.app.services.leads.createFromCrawl(startCrawl.id).then(() => true, (error: unknown) => {
    if (error instanceof LeadlineError && error.code === 'SERVICE_UNAVAILABLE') return false;
    throw error;
  }), 'the addresses have their verdicts');
  const { leads } = await client.data<{ leads: { nodes: Found[] } }>(`query ($goalId: ID!) { leads(first: 5, filter: { goalId: $goalId }) { nodes { ${LEAD} } } }`, { goalId: createGoal.id });
  expect(leads.nodes).toHaveLength(1);
  return leads.nodes[0] as Found;
}

/** Every value a crawl gave the lead, beside the proofs of that field. */
const proofsOf = (lead: Found, field: string): string[] => lead.evidence.filter((entry) => entry.field === field).map((entry) => entry.value);

describe('a company that is found again', () => {
  it('shows what its site says now, keeps what a person wrote, and every found value keeps a proof', async () => {
    const client = await test.user();
    site('+49 30 5550101', 'Erika Beispiel, Geschäftsführerin', 'info@praxis-ferrum.de', 'Zahnarzt in Berlin seit 1950.');
    const first = await findFor(client);
    expect(first).toMatchObject({ phones: ['+49305550101'], description: 'Zahnarzt in Berlin seit 1950.', primaryEmail: { address: 'info@praxis-ferrum.de' } });
    const { updateLead } = await client.data<{ updateLead: Found }>(`mutation ($id: ID!, $version: Int!) { updateLead(id: $id, version: $version, input: { companyName: "Ferrum (Kunde)" }) { ${LEAD} } }`, { id: first.id, version: first.version });
    site('+49 30 5550199', 'Max Muster, Inhaber', 'kontakt@praxis-ferrum.de');
    const second = await findFor(client);
    expect(second).toMatchObject({ id: first.id, companyName: 'Ferrum (Kunde)', phones: ['+49305550199'], description: 'Zahnarzt in Berlin seit 1950.', primaryEmail: { address: 'kontakt@praxis-ferrum.de' } });
    expect(second.version).toBe(updateLead.version + 1);
    expect(proofsOf(second, 'phones')).toEqual(['+49305550199']);
    // Gone from the site, so still proven by the page of the first crawl.
    expect(second.evidence.find((entry) => entry.field === 'description')?.page?.id).toBe(first.evidence.find((entry) => entry.field === 'description')?.page?.id);
    expect(proofsOf(second, 'email').sort()).toEqual(['info@praxis-ferrum.de', 'kontakt@praxis-ferrum.de']);
    const { lead } = await client.data<{ lead: { history: { nodes: { changes: Record<string, unknown> }[] } } }>('query ($id: ID!) { lead(id: $id) { history(first: 1) { nodes { changes } } } }', { id: first.id });
    expect(lead.history.nodes[0]?.changes).toMatchObject({ phones: [['+49305550101'], ['+49305550199']], version: second.version });
  });

  it('and is deleted at the same moment leaves nothing behind, whoever comes first', async () => {
    const client = await test.user();
    site('+49 30 5550101', 'Erika Beispiel', 'info@praxis-ferrum.de');
    for (let round = 0; round < 5; round++) {
      const { id } = await findFor(client);
      const [job] = await withClient(test.databaseUrl, async (sql) => (await sql.query<{ id: string }>('UPDATE crawl_jobs SET lead_settled = false WHERE id = (SELECT id FROM crawl_jobs WHERE goal_id IS NOT NULL ORDER BY created_at DESC LIMIT 1) RETURNING id')).rows);
      const [deleted] = await Promise.all([
        client.send<{ deleteLead: boolean }>('mutation ($id: ID!) { deleteLead(id: $id) }', { id }),
        test.app.services.leads.createFromCrawl(job?.id ?? ''),
        client.send('mutation ($id: ID!) { addNote(id: $id, text: "Call them") { id } }', { id }),
        client.send('mutation ($id: ID!) { addTags(id: $id, tags: ["hot"]) { id } }', { id }),
      ]);
      expect(deleted.data?.deleteLead).toBe(true);
      await withClient(test.databaseUrl, async (sql) => {
        for (const table of ['evidence', 'lead_notes', 'lead_goals', 'lead_events']) expect((await sql.query(`SELECT 1 FROM ${table} WHERE lead_id = $1`, [id])).rowCount).toBe(0);
      });
    }
  });
});
