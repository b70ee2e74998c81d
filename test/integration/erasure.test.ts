import { mkdirSync, readFileSync, rmSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/index.js';
import { readPageDocument } from '../../src/services/crawler/page-document.js';
import { extractEmails } from '../../src/services/email/extract.js';
import { until, type TestClient } from '../support/client.js';
import { testFolder, withClient } from '../support/servers.js';
import { filesIn, whereWritten } from '../support/written.js';
import { openSandbox, startTestApp, type TestApp } from '../support/test-app.js';

/** Written in two ways that no search for the plain text finds: the characters as numbers, and spelled out. */
const entities = (text: string): string => [...text].map((character) => `&#${character.codePointAt(0)};`).join('');
const ADDRESS = 'ada.moss@quill-werke.de';
const PAGES: Record<string, string> = {
  'index.html': `<html><head><title>Quill ${ADDRESS}</title></head><body><h1>Quill Werke</h1><p>Ada Moss, Manager: <a href="mailto:${ADDRESS}">${ADDRESS}</a> or joada.moss@quill-werke.de</p><a href="/team.html">Team</a> <a href="/spelled.html">Contact</a></body></html>`,
  'team.html': `<html><body><p>Office: office@quill-werke.de, led by <b>Ada</b> Moss</p><p>${entities(ADDRESS)}</p></body></html>`,
  'spelled.html': '<html><body><p>Write to ada.moss [at] quill-werke [dot] de or sales@quill-werke.de</p></body></html>',
};

let webDir: string;
let sandbox: Sandbox;
let test: TestApp;
beforeAll(async () => {
  webDir = testFolder('web');
  mkdirSync(join(webDir, 'quill-werke.de'));
  for (const [name, html] of Object.entries(PAGES)) writeFileSync(join(webDir, 'quill-werke.de', name), html);
  sandbox = await openSandbox({ webDir });
  test = await startTestApp({}, sandbox);
});
afterAll(async () => {
  await test.close();
  await sandbox.close();
  rmSync(webDir, { recursive: true, force: true });
});

async function crawl(client: TestClient): Promise<string> {
  const { startCrawl } = await client.data<{ startCrawl: { id: string } }>('mutation { startCrawl(input: { url: "http://quill-werke.de/" }) { id } }');
  await until(async () => (await client.data<{ crawlJob: { status: string } }>('query ($id: ID!) { crawlJob(id: $id) { status } }', { id: startCrawl.id })).crawlJob.status === 'COMPLETED', 'the crawl ends');
  return startCrawl.id;
}

/** A lead that holds the address, with a note, a tag and an export that name it. */
async function leadOf(client: TestClient): Promise<string> {
  const { createLead } = await client.data<{ createLead: { id: string } }>('mutation ($email: String!) { createLead(input: { companyName: "Quill", website: "https://quill-werke.de/", email: $email, contactName: "Ada Moss" }) { id } }', { email: ADDRESS });
  await client.data('mutation ($id: ID!, $text: String!) { addNote(id: $id, text: $text) { id } }', { id: createLead.id, text: `Call ${ADDRESS.toUpperCase()} on Monday` });
  return createLead.id;
}

const documentsOf = async (client: TestClient, crawlJobId: string): Promise<{ finalUrl: string; title: string | null; content: { text: string; xml: string } | null }[]> =>
  (await client.data<{ crawlJob: { pages: { nodes: { finalUrl: string; title: string | null; content: { text: string; xml: string } | null }[] } } }>('query ($id: ID!) { crawlJob(id: $id) { pages(first: 50) { nodes { finalUrl title content { text xml } } } } }', { id: crawlJobId })).crawlJob.pages.nodes;

const ERASE = 'mutation ($email: String!) { eraseAddress(email: $email) { leads emails pages exports } }';

describe('an erased address', () => {
  it('leaves no trace in tables, stored pages and exports, takes nothing else with it, and does not come back', async () => {
    const client = await test.user();
    const neighbour = await test.user();
    const jobId = await crawl(client);
    await crawl(neighbour);
    const leadId = await leadOf(client);
    const { exportLeads } = await client.data<{ exportLeads: { id: string } }>('mutation { exportLeads(format: CSV) { id } }');
    await until(async () => (await client.data<{ export: { status: string } }>('query ($id: ID!) { export(id: $id) { status } }', { id: exportLeads.id })).export.status === 'READY', 'the export is ready');
    const exported = filesIn(join(test.dataDir, 'exports'));
    expect(exported.some((file) => readFileSync(file, 'utf8').includes(ADDRESS))).toBe(true);
    expect(await whereWritten(test.databaseUrl, ADDRESS)).toEqual(expect.arrayContaining(['emails.address', 'email_sources.snippet', 'lead_notes.text', 'stream_events.message', 'pages.title', 'pages.search_vector']));

    // The neighbour's workspace is another matter: removed here first, so that what is left is what was missed.
    expect((await neighbour.data<{ eraseAddress: object }>(ERASE, { email: ADDRESS })).eraseAddress).toEqual({ leads: 0, emails: 1, pages: 3, exports: 0 });
    expect((await client.data<{ emails: { totalCount: number } }>('query ($search: String) { emails(filter: { search: $search }) { totalCount } }', { search: ADDRESS })).emails.totalCount).toBe(2);
    expect((await client.data<{ eraseAddress: object }>(ERASE, { email: ' Ada.Moss@QUILL-werke.de ' })).eraseAddress).toEqual({ leads: 1, emails: 1, pages: 3, exports: 1 });

    const others = await whereWritten(test.databaseUrl, ADDRESS);
    // joada.moss@… is somebody else, and stays whole.
    const { rows } = await withClient(test.databaseUrl, (sql) => sql.query<{ address: string }>("SELECT DISTINCT address FROM emails ORDER BY address"));
    expect(rows.map((row) => row.address)).toEqual(['joada.moss@quill-werke.de', 'office@quill-werke.de', 'sales@quill-werke.de']);
    expect(others.every((place) => /^(emails\.(address|verdict)|email_sources\.snippet|stream_events\.(message|payload)|pages\.search_vector)$/.test(place)), others.join()).toBe(true);
    for (const place of others) {
      const [table = '', column = ''] = place.split('.');
      const { rowCount } = await withClient(test.databaseUrl, (sql) => sql.query(`SELECT 1 FROM ${table} WHERE ${column}::text ~* '(^|[^o])ada[.]moss@quill-werke'`));
      expect(rowCount, place).toBe(0);
    }

    const pages = await documentsOf(client, jobId);
    expect(pages).toHaveLength(3);
    for (const page of pages) expect(extractEmails(page.content?.xml ?? '', { url: page.finalUrl }).map((found) => found.address)).not.toContain(ADDRESS);
    const left = (path: string): string[] => extractEmails(readPageDocument(pages.find((page) => page.finalUrl.endsWith(path))?.content?.xml ?? '').html, { url: 'http://quill-werke.de/' }).map((found) => found.address);
    expect([left('/'), left('/team.html'), left('/spelled.html')]).toEqual([['joada.moss@quill-werke.de'], ['office@quill-werke.de'], ['sales@quill-werke.de']]);
    const documents = filesIn(join(test.dataDir, 'pages'));
    expect(documents.length).toBeGreaterThan(0);
    for (const file of documents) expect(extractEmails(gunzipSync(readFileSync(file)).toString('utf8'), { url: 'http://quill-werke.de/' }).map((found) => found.address), file).not.toContain(ADDRESS);
    expect(filesIn(join(test.dataDir, 'exports'))).toEqual([]);
    // The person goes with the address: from every table, and from every page of the site.
    const nameless = async (): Promise<void> => {
      expect(await whereWritten(test.databaseUrl, 'Ada Moss')).toEqual([]);
      expect((await withClient(test.databaseUrl, (sql) => sql.query("SELECT 1 FROM pages WHERE search_vector @@ phraseto_tsquery('simple', 'Ada Moss')"))).rowCount).toBe(0);
      for (const file of filesIn(join(test.dataDir, 'pages'))) expect(gunzipSync(readFileSync(file)).toString('utf8'), file).not.toMatch(/ada(\s|<[^>]*>)+moss/i);
    };
    await nameless();

    const { lead } = await client.data<{ lead: { primaryEmail: null; contactName: string | null; emails: unknown[]; notes: { text: string }[] } }>('query ($id: ID!) { lead(id: $id) { primaryEmail { id } contactName emails { id } notes { text } } }', { id: leadId });
    expect(lead).toMatchObject({ primaryEmail: null, contactName: null, emails: [], notes: [{ text: `Call ${'█'.repeat(ADDRESS.length)} on Monday` }] });

    // Again: nothing is left to do, and nothing is brought back by a crawl or by hand.
    expect((await client.data<{ eraseAddress: object }>(ERASE, { email: ADDRESS })).eraseAddress).toEqual({ leads: 0, emails: 0, pages: 0, exports: 0 });
    const again = await documentsOf(client, await crawl(client));
    expect(again).toHaveLength(3);
    for (const page of again) expect(extractEmails(`${page.title ?? ''} ${page.content?.xml ?? ''}`, { url: page.finalUrl }).map((found) => found.address)).not.toContain(ADDRESS);
    // What the second crawl put down before it saw whose address it is, the sweep would remove within the hour.
    await withClient(test.databaseUrl, (sql) => sql.query("UPDATE documents SET check_after = now() - interval '1 second'"));
    await test.app.reconciler.reconcile();
    await until(async () => (await withClient(test.databaseUrl, (sql) => sql.query('SELECT 1 FROM documents WHERE check_after < now()'))).rowCount === 0, 'the sweep of documents');
    await nameless();
    expect((await client.failure('mutation ($email: String!) { createLead(input: { companyName: "Other", email: $email }) { id } }', { email: ADDRESS })).code).toBe('SUPPRESSED');
    expect((await client.failure('mutation ($email: String!) { checkDeliverability(email: $email) { status } }', { email: ADDRESS })).code).toBe('SUPPRESSED');
    const { suppressions } = await client.data<{ suppressions: { id: string; hint: string; kind: string }[] }>('{ suppressions { id kind hint } }');
    expect(suppressions).toMatchObject([{ kind: 'EMAIL', hint: 'a•••@q•••.de' }]);
    expect((await withClient(test.databaseUrl, (sql) => sql.query(`SELECT 1 FROM pages WHERE search_vector @@ phraseto_tsquery('simple', $1)`, [ADDRESS]))).rowCount).toBe(0);
  }, 120_000);
});

/** Whoever writes to the table is cut off from the database at that moment, like a process that is killed there. */
async function cutOffAt(table: string, events: string, work: () => Promise<void>): Promise<void> {
  await withClient(test.databaseUrl, async (sql) => {
    await sql.query(`CREATE OR REPLACE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$`);
    await sql.query(`CREATE TRIGGER cut_off AFTER ${events} ON ${table} FOR EACH ROW EXECUTE FUNCTION cut_off()`);
    await work().finally(() => sql.query(`DROP TRIGGER cut_off ON ${table}`));
  });
}

describe('cut off from the database in the middle', () => {
  it('an erasure has done a step or has not, wherever it was, and the next run ends it', async () => {
    const client = await test.user();
    await crawl(client);
    const leadId = await leadOf(client);
    const { exportLeads } = await client.data<{ exportLeads: { id: string } }>('mutation { exportLeads(format: CSV) { id } }');
    await until(async () => (await client.data<{ export: { status: string } }>('query ($id: ID!) { export(id: $id) { status } }', { id: exportLeads.id })).export.status === 'READY', 'the export is ready');
    const LEAD = 'query ($id: ID!) { lead(id: $id) { contactName version emails { address } notes { text } } }';
    const before = await client.data<{ lead: object }>(LEAD, { id: leadId });
    // In the order in which it comes to them. The rows are one step: none of them goes without the others.
    for (const [table, events] of [['suppressions', 'INSERT'], ['pages', 'UPDATE'], ['exports', 'DELETE'], ['leads', 'UPDATE'], ['email_sources', 'UPDATE OR DELETE'], ['lead_notes', 'UPDATE'], ['emails', 'DELETE'], ['lead_events', 'INSERT'], ['workspaces', 'UPDATE']] as const) {
      await cutOffAt(table, events, async () => {
        const failure = await client.send(ERASE, { email: ADDRESS });
        expect(failure.errors.map((error) => error.extensions.code), table).toEqual([expect.stringMatching(/^(INTERNAL|SERVICE_UNAVAILABLE)$/)]);
        // The pool may hand out the dead connection once more before it knows.
        const after = await until(async () => { const answer = await client.send<{ lead: object }>(LEAD, { id: leadId }); return answer.errors.length === 0 ? answer.data : null; }, 'the database is in reach again');
        expect(after, table).toEqual(before);
      });
    }
    expect((await client.data<{ eraseAddress: object }>(ERASE, { email: ADDRESS })).eraseAddress).toMatchObject({ leads: 1, emails: 1 });
    expect(await client.data<{ lead: object }>(LEAD, { id: leadId })).toMatchObject({ lead: { contactName: null, emails: [] } });
    expect(await whereWritten(test.databaseUrl, 'Ada Moss')).toEqual([]);
    for (const place of await whereWritten(test.databaseUrl, ADDRESS)) {
      const [table = '', column = ''] = place.split('.');
      expect((await withClient(test.databaseUrl, (sql) => sql.query(`SELECT 1 FROM ${table} WHERE ${column}::text ~* '(^|[^o])ada[.]moss@quill-werke'`))).rowCount, place).toBe(0);
    }
    expect(filesIn(join(test.dataDir, 'exports'))).toEqual([]);
    expect(await client.data('{ exports { totalCount } }')).toEqual({ exports: { totalCount: 0 } });
    expect((await client.data<{ eraseAddress: object }>(ERASE, { email: ADDRESS })).eraseAddress).toEqual({ leads: 0, emails: 0, pages: 0, exports: 0 });
  }, 120_000);

  it('a check of evidence has flipped and told it, or neither', async () => {
    const client = await test.user();
    await crawl(client);
    const { createLead } = await client.data<{ createLead: { id: string } }>('mutation { createLead(input: { companyName: "Quill", email: "sales@quill-werke.de" }) { id } }');
    const RECHECK = 'mutation ($id: ID!) { recheckEvidence(leadId: $id) { emails { sources { stillOnPage } } history { nodes { changes } } } }';
    const state = async (): Promise<unknown[]> => (await withClient(test.databaseUrl, (sql) => sql.query<object>(`SELECT s.still_on_page, (SELECT count(*)::int FROM source_checks c WHERE c.source_id = s.id) AS checks,
      (SELECT count(*)::int FROM lead_events v WHERE v.lead_id = e.lead_id AND v.changes ? 'stillOnPage') AS told FROM email_sources s JOIN emails e ON e.id = s.email_id WHERE e.lead_id = $1`, [createLead.id]))).rows;
    const file = join(webDir, 'quill-werke.de', 'spelled.html');
    const page = PAGES['spelled.html'] ?? '';
    writeFileSync(file, page.replace('sales@quill-werke.de', 'nobody'));
    try {
      const before = await state();
      expect(before).toEqual([{ still_on_page: true, checks: 0, told: 0 }]);
      for (const [table, events] of [['source_checks', 'INSERT'], ['email_sources', 'UPDATE'], ['workspaces', 'UPDATE'], ['lead_events', 'INSERT']] as const) {
        await cutOffAt(table, events, async () => {
          expect((await client.send(RECHECK, { id: createLead.id })).errors, table).toHaveLength(1);
          expect(await state(), table).toEqual(before);
        });
      }
      await client.data(RECHECK, { id: createLead.id });
      expect(await state()).toEqual([{ still_on_page: false, checks: 1, told: 1 }]);
    } finally {
      writeFileSync(file, page);
    }
  }, 60_000);
});

describe('the suppression list', () => {
  it('names no address, is the same entry twice, speaks in verdicts and gives an entry back', async () => {
    const client = await test.user();
    const suppress = (kind: string, value: string, reason?: string) => client.data<{ suppress: { id: string; hint: string; reason: string | null } }>('mutation ($kind: SuppressionKind!, $value: String!, $reason: String) { suppress(kind: $kind, value: $value, reason: $reason) { id hint reason } }', { kind, value, reason });
    const first = (await suppress('EMAIL', 'Info@Acme-Werke.de', 'asked us to stop')).suppress;
    expect((await suppress('EMAIL', 'info@acme-werke.de')).suppress).toEqual(first);
    expect(first).toMatchObject({ hint: 'i•••@a•••.de', reason: 'asked us to stop' });
    await suppress('DOMAIN', '@acme-quill.de');
    const status = async (email: string) => (await client.data<{ validateEmail: { status: string; score: number; checks: { name: string; status: string }[] } }>('query ($email: String!) { validateEmail(email: $email) { status score checks { name status } } }', { email })).validateEmail.checks.find((check) => check.name === 'suppression')?.status;
    expect(await Promise.all(['info@ACME-werke.de', 'office@acme-werke.de', 'x@mail.acme-quill.de', 'x@notacme-quill.de'].map(status))).toEqual(['FAIL', 'PASS', 'FAIL', 'PASS']);
    await client.data('mutation ($id: ID!) { unsuppress(id: $id) }', { id: first.id });
    expect(await status('info@acme-werke.de')).toBe('PASS');
    expect((await client.failure('mutation ($id: ID!) { unsuppress(id: $id) }', { id: first.id })).code).toBe('NOT_FOUND');
    for (const [kind, value, code] of [['EMAIL', 'nonsense', 'EMAIL_SYNTAX'], ['DOMAIN', 'no domain', 'BAD_USER_INPUT'], ['DOMAIN', '', 'BAD_USER_INPUT']]) expect((await client.failure('mutation ($kind: SuppressionKind!, $value: String!) { suppress(kind: $kind, value: $value) { id } }', { kind, value })).code).toBe(code);
    expect((await client.data<{ suppressions: unknown[] }>('{ suppressions { id } }')).suppressions).toHaveLength(1);
  });
});

describe('a stored address that is put on the list or taken off it', () => {
  it('gets its verdict anew at once, below a suppressed domain as well, and nobody else’s is touched', async () => {
    const client = await test.user();
    const neighbour = await test.user();
    await crawl(client);
    await crawl(neighbour);
    interface Stored { address: string; verdict: { checkedAt: string; checks: { name: string; status: string }[] } | null }
    const stored = async (who: TestClient): Promise<Map<string, { listed: string | undefined; checkedAt: string | undefined }>> => new Map((await who.data<{ emails: { nodes: Stored[] } }>('{ emails { nodes { address verdict { checkedAt checks { name status } } } } }')).emails.nodes
      .map(({ address, verdict }) => [address, { listed: verdict?.checks.find((check) => check.name === 'suppression')?.status, checkedAt: verdict?.checkedAt }]));
    const says = (expected: Record<string, string>): Promise<boolean> => until(async () => { const now = await stored(client); return Object.entries(expected).every(([address, status]) => now.get(address)?.listed === status); }, JSON.stringify(expected), 9_000);
    const suppress = async (kind: string, value: string): Promise<string> => (await client.data<{ suppress: { id: string } }>('mutation ($kind: SuppressionKind!, $value: String!) { suppress(kind: $kind, value: $value) { id } }', { kind, value })).suppress.id;
    const unsuppress = (id: string): Promise<unknown> => client.data('mutation ($id: ID!) { unsuppress(id: $id) }', { id });
    const [one, other] = ['office@quill-werke.de', 'sales@quill-werke.de'];
    await says({ [one]: 'PASS', [other]: 'PASS' });
    const before = await stored(client);
    await until(async () => [...(await stored(neighbour)).values()].every((email) => email.listed === 'PASS'), 'the verdicts of the other workspace');
    const untouched = await stored(neighbour);

    // The reconciler, which would find a lost one, has ten seconds to go: stopped, so that the job alone can do it.
    await test.app.reconciler.stop();
    try {
      const address = await suppress('EMAIL', one.toUpperCase());
      await says({ [one]: 'FAIL', [other]: 'PASS' });
      expect((await stored(client)).get(other)).toEqual(before.get(other));
      const domain = await suppress('DOMAIN', 'quill-werke.de');
      await says({ [one]: 'FAIL', [other]: 'FAIL' });
      await unsuppress(address);
      // Its domain is on the list still.
      await says({ [one]: 'FAIL', [other]: 'FAIL' });
      await unsuppress(domain);
      await says({ [one]: 'PASS', [other]: 'PASS' });
      expect(await stored(neighbour)).toEqual(untouched);
    } finally {
      test.app.reconciler.start();
    }
  }, 60_000);

  it('ends with the verdict of the list as it is at last, however many changes and checks run at once', async () => {
    const client = await test.user();
    await crawl(client);
    const { emails } = await client.data<{ emails: { nodes: { id: string; address: string }[] } }>('{ emails { nodes { id address } } }');
    const id = emails.nodes.find((email) => email.address === 'sales@quill-werke.de')?.id ?? '';
    for (let round = 0; round < 8; round += 1) {
      const { suppress } = await client.data<{ suppress: { id: string } }>('mutation { suppress(kind: EMAIL, value: "sales@quill-werke.de") { id } }');
      await Promise.all([test.app.services.emails.verify(id), client.data('mutation ($id: ID!) { unsuppress(id: $id) }', { id: suppress.id }), test.app.services.emails.verify(id)]);
      await test.app.services.emails.verify(id);
      const { email } = await client.data<{ email: { verdict: { checks: { name: string; status: string }[] } | null } }>('query ($id: ID!) { email(id: $id) { verdict { checks { name status } } } }', { id });
      expect(email.verdict?.checks.find((check) => check.name === 'suppression')?.status).toBe('PASS');
    }
  }, 60_000);
});

describe('evidence that is checked again', () => {
  it('flips when the address or the page is gone, stays when the page cannot be reached, and asks conditionally', async () => {
    const client = await test.user();
    await crawl(client);
    const { createLead } = await client.data<{ createLead: { id: string } }>('mutation { createLead(input: { companyName: "Quill", email: "sales@quill-werke.de" }) { id } }');
    interface Answer { recheckEvidence: { emails: { sources: { pageUrl: string; stillOnPage: boolean }[] }[] } }
    const recheck = async (): Promise<boolean[]> => (await client.data<Answer>('mutation ($id: ID!) { recheckEvidence(leadId: $id) { emails { sources { pageUrl stillOnPage } } } }', { id: createLead.id })).recheckEvidence.emails.flatMap((email) => email.sources.map((source) => source.stillOnPage));
    const history = async (): Promise<string[]> => (await withClient(test.databaseUrl, (sql) => sql.query<{ outcome: string }>(`SELECT c.outcome FROM source_checks c JOIN email_sources s ON s.id = c.source_id JOIN emails e ON e.id = s.email_id
      WHERE e.lead_id = $1 ORDER BY c.checked_at`, [createLead.id]))).rows.map((row) => row.outcome);
    const file = join(webDir, 'quill-werke.de', 'spelled.html');
    const write = (html: string, minute: number): void => { writeFileSync(file, html); utimesSync(file, new Date(2026, 0, 1, 0, minute), new Date(2026, 0, 1, 0, minute)); };
    const page = PAGES['spelled.html'] ?? '';

    write(page, 1);
    expect([await recheck(), await recheck()]).toEqual([[true], [true]]);
    expect(await history()).toEqual(['PRESENT', 'UNCHANGED']);
    write(page.replace('sales@quill-werke.de', 'nobody'), 2);
    expect([await recheck(), await recheck()]).toEqual([[false], [false]]);
    sandbox.control.setDown('quill-werke.de', true);
    expect(await recheck()).toEqual([false]);
    sandbox.control.setDown('quill-werke.de', false);
    write(page, 3);
    expect(await recheck()).toEqual([true]);
    sandbox.control.failNext('quill-werke.de', 1, 500);
    expect(await recheck()).toEqual([true]);
    unlinkSync(file);
    expect(await recheck()).toEqual([false]);
    // Back as it was before it went: the site says 304 to what it said last, and what was read then holds again.
    write(page, 3);
    expect(await recheck()).toEqual([true]);
    expect(await history()).toEqual(['PRESENT', 'UNCHANGED', 'ABSENT', 'UNCHANGED', 'UNREACHABLE', 'PRESENT', 'UNREACHABLE', 'GONE', 'UNCHANGED']);
    const { lead } = await client.data<{ lead: { history: { nodes: { changes: { stillOnPage?: { stillOnPage: boolean }[] } }[] } } }>('query ($id: ID!) { lead(id: $id) { history(first: 20) { nodes { changes } } } }', { id: createLead.id });
    expect(lead.history.nodes.flatMap((event) => event.changes.stillOnPage?.map((flip) => flip.stillOnPage) ?? [])).toEqual([true, false, true, false]);
  }, 60_000);
});
