import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../sandbox/index.js';
import { extractEmails } from '../../src/services/email/extract.js';
import { until, type TestClient } from '../support/client.js';
import { startEmbedded, testFolder, withClient } from '../support/servers.js';
import { filesIn, whereWritten } from '../support/written.js';
import { outside, Product } from './support/product.js';
import { withSeed } from './support/seed.js';

const SITE = 'quill-werke.de';
const PEOPLE = [['Ada Moss', `ada.moss@${SITE}`], ['Ben Quist', `ben.quist@${SITE}`], ['Cora Hale', `cora.hale@${SITE}`], ['Dan Ferrow', `dan.ferrow@${SITE}`]] as const;
const TEAM = `<html><head><title>Team</title></head><body>${PEOPLE.map(([name, address]) => `<div class="card"><b>${name}</b>, Manager: <a href="mailto:${address}">${address}</a></div>`).join('')}</body></html>`;
const HOME = `<html><head><title>Quill ${PEOPLE[0][1]}</title></head><body><h1>Quill Werke</h1><p>Office: sales@${SITE}, ${PEOPLE[0][0]} ${PEOPLE[0][1]}</p><a href="/team.html">Team</a></body></html>`;

interface World { product: Product; client: TestClient; databaseUrl: string; dataDir: string; webDir: string }

/** The product as a process of its own on a database that outlives it, with one site read. */
async function inWorld(name: string, work: (world: World) => Promise<void>): Promise<void> {
  const [dataDir, webDir] = [testFolder(name), testFolder(`${name}-web`)];
  mkdirSync(join(webDir, SITE));
  for (const [file, html] of [['index.html', HOME], ['team.html', TEAM]] as const) writeFileSync(join(webDir, SITE, file), html);
  const sandbox = await startSandbox({ webDir });
  const database = await startEmbedded();
  const databaseUrl = `${database.url}/leadline`;
  const product = await Product.prepare({ ...outside(sandbox), DATA_DIR: dataDir, DATABASE_URL: databaseUrl, CRAWL_HOST_DELAY_MS: '0' });
  try {
    await product.start();
    const client = await product.user(dataDir, `${name}@users.example`);
    const { startCrawl } = await client.data<{ startCrawl: { id: string } }>(`mutation { startCrawl(input: { url: "http://${SITE}/" }) { id } }`);
    await until(async () => (await client.data<{ crawlJob: { status: string } }>('query ($id: ID!) { crawlJob(id: $id) { status } }', { id: startCrawl.id })).crawlJob.status === 'COMPLETED', `the crawl ends; ${product.output}`);
    await work({ product, client, databaseUrl, dataDir, webDir });
  } finally {
    await product.stop();
    await database.stop();
    await sandbox.close();
    for (const folder of [dataDir, webDir]) rmSync(folder, { recursive: true, force: true });
  }
}

/** Nobody writes to the table, and nobody locks a row of it, until `release`. */
async function hold(databaseUrl: string, table: string): Promise<{ waiting: () => Promise<unknown>; release: () => Promise<void> }> {
  const sql = new Client({ connectionString: databaseUrl });
  // A test that failed stops the server under it.
  sql.on('error', () => undefined);
  await sql.connect();
  await sql.query('BEGIN');
  await sql.query(`LOCK TABLE ${table} IN EXCLUSIVE MODE`);
  return {
    waiting: () => until(async () => (await sql.query('SELECT 1 FROM pg_locks WHERE NOT granted AND relation = $1::regclass', [table])).rowCount !== 0, `somebody waits for ${table}`),
    release: () => sql.end(),
  };
}

/** The dead process's connections end when PostgreSQL next speaks to them; what they had begun is over then. */
const alone = (databaseUrl: string): Promise<unknown> => withClient(databaseUrl, (sql) => until(async () =>
  (await sql.query("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle'")).rowCount === 0, 'the dead process has no transaction open'));

/** Sends the question, kills the process at the moment that `when` waits for, and starts it again. */
async function killed({ product, client, databaseUrl }: World, query: string, variables: Record<string, unknown>, when: () => Promise<() => Promise<void>>): Promise<void> {
  const answer = client.send(query, variables).then(() => 'answered', () => 'cut off');
  const release = await when();
  await product.kill();
  await release();
  await answer;
  await alone(databaseUrl);
  await product.start();
}

/** The moment in which the process waits to write to the table; held from now on. */
const atTable = (databaseUrl: string, table: string) => {
  const held = hold(databaseUrl, table);
  return async (): Promise<() => Promise<void>> => {
    const { waiting, release } = await held;
    await waiting();
    return release;
  };
};

const ERASE = 'mutation ($email: String!) { eraseAddress(email: $email) { leads emails pages exports } }';
const LEAD = 'query ($id: ID!) { lead(id: $id) { contactName version emails { address } notes { text } } }';

async function leadOf(client: TestClient, [name, email]: readonly [string, string]): Promise<string> {
  const { createLead } = await client.data<{ createLead: { id: string } }>('mutation ($name: String!, $email: String!) { createLead(input: { companyName: "Quill", email: $email, contactName: $name }) { id } }', { name, email });
  await client.data('mutation ($id: ID!, $text: String!) { addNote(id: $id, text: $text) { id } }', { id: createLead.id, text: `Call ${email} on Monday` });
  return createLead.id;
}

async function exportAll(client: TestClient): Promise<void> {
  const { exportLeads } = await client.data<{ exportLeads: { id: string } }>('mutation { exportLeads(format: CSV) { id } }');
  await until(async () => (await client.data<{ export: { status: string } }>('query ($id: ID!) { export(id: $id) { status } }', { id: exportLeads.id })).export.status === 'READY', 'the export is ready');
}

/** Nothing of the person is left: no row, no export, no stored page. */
async function expectErased({ client, databaseUrl, dataDir }: World, [name, address]: readonly [string, string]): Promise<void> {
  expect(await whereWritten(databaseUrl, address)).toEqual([]);
  expect(await whereWritten(databaseUrl, name)).toEqual([]);
  expect(filesIn(join(dataDir, 'exports')).filter((file) => readFileSync(file, 'utf8').includes(address))).toEqual([]);
  for (const file of filesIn(join(dataDir, 'pages'))) {
    const page = gunzipSync(readFileSync(file)).toString('utf8');
    expect(page, file).not.toContain(name);
    expect(extractEmails(page, { url: `http://${SITE}/` }).map((found) => found.address), file).not.toContain(address);
  }
  expect((await client.data<{ eraseAddress: object }>(ERASE, { email: address })).eraseAddress).toEqual({ leads: 0, emails: 0, pages: 0, exports: 0 });
}

describe('a process that is killed while it erases an address', () => {
  it('has done a step or has not, whichever it was at, and the next run ends it', () => inWorld('kill-erasure', async (world) => {
    const { client, databaseUrl, dataDir } = world;
    const [person] = PEOPLE;
    const leadId = await leadOf(client, person);
    await exportAll(client);
    const before = await client.data(LEAD, { id: leadId });
    // The row of a redacted page, and behind all rows but the history, which are one step (its numbers count in the workspace). Few kills: each costs a start of the product.
    for (const table of ['pages', 'workspaces']) {
      await killed(world, ERASE, { email: person[1] }, atTable(databaseUrl, table));
      expect(await client.data(LEAD, { id: leadId }), table).toEqual(before);
    }
    // Listed since the first kill: nothing brings it in any more, though its rows are still there.
    expect((await client.failure('mutation ($email: String!) { createLead(input: { companyName: "Other", email: $email }) { id } }', { email: person[1] })).code).toBe('SUPPRESSED');
    // At last right behind the rows, when only the old documents are left to be removed.
    await killed(world, ERASE, { email: person[1] }, async () => {
      await until(async () => (await withClient(databaseUrl, (sql) => sql.query('SELECT 1 FROM emails WHERE address = $1', [person[1]]))).rowCount === 0, 'the rows are gone');
      return () => Promise.resolve();
    });
    expect(await client.data(LEAD, { id: leadId })).toMatchObject({ lead: { contactName: null, emails: [] } });
    expect(filesIn(join(dataDir, 'exports'))).toEqual([]);
    await client.data(ERASE, { email: person[1] });
    await expectErased(world, person);
    expect((await client.data<{ emails: { nodes: { address: string }[] } }>('{ emails { nodes { address } } }')).emails.nodes.map((email) => email.address).sort()).toEqual([...PEOPLE.slice(1).map(([, address]) => address), `sales@${SITE}`].sort());
  }));

  it('leaves all rows of the person or none, killed at any moment', () => withSeed((random) => inWorld('kill-any', async (world) => {
    const { client, databaseUrl } = world;
    for (const person of PEOPLE.slice(0, 2)) {
      const leadId = await leadOf(client, person);
      await exportAll(client);
      const before = await client.data(LEAD, { id: leadId });
      await killed(world, ERASE, { email: person[1] }, async () => {
        await delay(random.between(0, 250));
        return () => Promise.resolve();
      });
      const { rowCount } = await withClient(databaseUrl, (sql) => sql.query('SELECT 1 FROM emails WHERE address = $1', [person[1]]));
      const after = await client.data(LEAD, { id: leadId });
      if (rowCount === 1) expect(after).toEqual(before);
      else expect(after).toMatchObject({ lead: { contactName: null, emails: [], notes: [{ text: `Call ${'█'.repeat(person[1].length)} on Monday` }] } });
      await client.data(ERASE, { email: person[1] });
      await expectErased(world, person);
    }
  })));

  it('gives a suppressed address its verdict anew when it was killed before the job was queued', () => inWorld('kill-suppress', async (world) => {
    const { client, databaseUrl } = world;
    const address = `sales@${SITE}`;
    const listed = async (): Promise<string | undefined> => (await withClient(databaseUrl, (sql) => sql.query<{ status: string }>(
      "SELECT c.value->>'status' AS status FROM emails, jsonb_array_elements(verdict->'checks') c WHERE address = $1 AND c.value->>'name' = 'suppression'", [address]))).rows[0]?.status;
    await until(async () => await listed() === 'PASS', 'the first verdict');
    const queue = await hold(databaseUrl, 'bullmq.job');
    await killed(world, 'mutation ($value: String!) { suppress(kind: EMAIL, value: $value) { id } }', { value: address }, async () => {
      await until(async () => await listed() === undefined, 'the verdict is forgotten');
      return queue.release;
    });
    expect((await client.data<{ suppressions: object[] }>('{ suppressions { kind } }')).suppressions).toEqual([{ kind: 'EMAIL' }]);
    await until(async () => await listed() === 'FAIL', 'the verdict of the new list');
  }));
});

describe('a process that is killed while it checks evidence again', () => {
  it('has flipped, told it and noted the check, or nothing of it', () => inWorld('kill-recheck', async (world) => {
    const { client, databaseUrl, webDir } = world;
    const { createLead } = await client.data<{ createLead: { id: string } }>('mutation ($email: String!) { createLead(input: { companyName: "Quill", email: $email }) { id } }', { email: `sales@${SITE}` });
    const RECHECK = 'mutation ($id: ID!) { recheckEvidence(leadId: $id) { id } }';
    const state = async (): Promise<unknown[]> => (await withClient(databaseUrl, (sql) => sql.query<object>(`SELECT s.still_on_page, (SELECT count(*)::int FROM source_checks c WHERE c.source_id = s.id) AS checks,
      (SELECT count(*)::int FROM lead_events v WHERE v.lead_id = e.lead_id AND v.changes ? 'stillOnPage') AS told FROM email_sources s JOIN emails e ON e.id = s.email_id WHERE e.lead_id = $1`, [createLead.id]))).rows;
    writeFileSync(join(webDir, SITE, 'index.html'), HOME.replace(`sales@${SITE}`, 'nobody'));
    // The last of what is written.
    await killed(world, RECHECK, { id: createLead.id }, atTable(databaseUrl, 'lead_events'));
    expect(await state()).toEqual([{ still_on_page: true, checks: 0, told: 0 }]);
    await client.data(RECHECK, { id: createLead.id });
    expect(await state()).toEqual([{ still_on_page: false, checks: 1, told: 1 }]);
  }));
});
