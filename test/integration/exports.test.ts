import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TestClient } from '../support/client.js';
import { until } from '../support/client.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { withClient } from '../support/servers.js';

interface File { id: string; status: string; rows: number; bytes: number; sha256: string; downloadUrl: string; error: string | null }

let test: TestApp;
beforeAll(async () => { test = await startTestApp(); });
afterAll(async () => { await test.close(); });

async function exported(client: TestClient, filter: object | null = null): Promise<File> {
  const { exportLeads } = await client.data<{ exportLeads: { id: string } }>('mutation ($filter: LeadFilter) { exportLeads(format: CSV, filter: $filter) { id } }', { filter });
  return await until(async () => {
    const file = (await client.data<{ export: File }>('query ($id: ID!) { export(id: $id) { id status rows bytes sha256 downloadUrl error } }', { id: exportLeads.id })).export;
    return (file.status === 'READY' || file.status === 'FAILED') && file;
  }, 'the export ends');
}

/** The link as it is given out, at the address this test reaches. */
const local = (url: string): string => `${test.url}${new URL(url).pathname}${new URL(url).search}`;

async function insertLeads(client: TestClient, count: number): Promise<void> {
  const { workspace } = await client.data<{ workspace: { id: string } }>('{ workspace { id } }');
  await withClient(test.databaseUrl, (sql) => sql.query(`
    INSERT INTO leads (workspace_id, company_name, domain, website, phones, social_links, tags, status, reason, score)
    SELECT $1, 'Company ' || n, 'company-' || n || '.example', 'https://company-' || n || '.example/', '{}', '{}', '{}', 'NEW', 'Inserted.', n % 100 FROM generate_series(1, $2::int) n`, [workspace.id, count]));
}

describe('an export', () => {
  it('writes company names that look like formulas so that no spreadsheet runs them', async () => {
    const client = await test.user();
    const names = ['=HYPERLINK("http://evil.example","click")', '+1+1', '-2+3', '@SUM(A1)', '\t=1', '\r=1', 'Müller, "Söhne"\nGmbH', '1-2-3 Taxi'];
    for (const companyName of names) await client.data('mutation ($companyName: String!) { createLead(input: { companyName: $companyName, tags: ["=x"] }) { id } }', { companyName });
    const file = await exported(client);
    expect(file).toMatchObject({ status: 'READY', rows: names.length });
    const text = await (await fetch(local(file.downloadUrl))).text();
    const cells = [...text.matchAll(/"((?:[^"]|"")*)"|[^,\r\n"]+/g)].map((match) => match[1]?.replaceAll('""', '"') ?? match[0]);
    expect(cells.filter((cell) => /^[\s\ufeff]*[=+@]/.test(cell) || /^-\D/.test(cell) || /^-\d+[+]/.test(cell))).toEqual([]);
    for (const name of names) expect(text.replaceAll('""', '"')).toContain(name.trim());
  });

  it('of 5,000 leads is whole: as many rows, bytes and the hash that it says', async () => {
    const client = await test.user();
    await insertLeads(client, 5_000);
    const file = await exported(client);
    const response = await fetch(local(file.downloadUrl));
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="leads-\d{4}-\d\d-\d\d\.csv"$/);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect({ rows: file.rows, bytes: file.bytes, sha256: file.sha256 }).toEqual({ rows: 5_000, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
    expect(new Set(bytes.toString().match(/Company \d+/g)).size).toBe(5_000);
    const { leads } = await client.data<{ leads: { nodes: { history: { nodes: { type: string }[] } }[] } }>('{ leads(first: 3) { nodes { history { nodes { type } } } } }');
    for (const lead of leads.nodes) expect(lead.history.nodes.map((event) => event.type)).toEqual(['EXPORTED']);
  });

  it('holds only what the filter chose and the workspace owns', async () => {
    const [client, other] = [await test.user(), await test.user()];
    await insertLeads(client, 300);
    await insertLeads(other, 50);
    const file = await exported(client, { minScore: 50, search: 'Company 1' });
    const text = await (await fetch(local(file.downloadUrl))).text();
    const expected = Array.from({ length: 300 }, (_, index) => index + 1).filter((n) => n % 100 >= 50 && `${n}`.startsWith('1'));
    expect(file.rows).toBe(expected.length);
    for (const n of expected) expect(text).toMatch(new RegExp(`\\bCompany ${n}\\b`));
  });

  it('is given out by its own link only, until that expires', async () => {
    const [client, other] = [await test.user(), await test.user()];
    await insertLeads(client, 1);
    await insertLeads(other, 1);
    const [mine, theirs] = [await exported(client), await exported(other)];
    const url = new URL(local(mine.downloadUrl));
    const token = url.searchParams.get('token') ?? '';
    const [expires = '', signature = ''] = token.split('.');
    const at = (id: string, value: string): string => `${test.url}/files/exports/${id}?token=${encodeURIComponent(value)}`;
    expect((await fetch(url)).status).toBe(200);
    const refused = [
      at(theirs.id, token), at(mine.id, ''), at(mine.id, 'nonsense'), at(mine.id, `${Number(expires) + 1}.${signature}`), at(mine.id, `${expires}.${signature.slice(0, -2)}AA`), at(mine.id, `.${signature}`),
      at('no-id', token), at('..%2f..%2fpostgres.password', token), `${test.url}/files/exports/${mine.id}`, `${at(mine.id, token)}&token=x`,
    ];
    for (const link of refused) {
      const response = await fetch(link, { headers: { authorization: `Bearer ${client.token}` } });
      expect([response.status, await response.json()], link).toMatchObject([404, { errors: [{ extensions: { code: 'NOT_FOUND' } }] }]);
    }
    vi.useFakeTimers({ toFake: ['Date'], now: Number(expires) + 1 });
    try { expect((await fetch(url)).status).toBe(404); } finally { vi.useRealTimers(); }
    expect(await other.failure('query ($id: ID!) { export(id: $id) { downloadUrl } }', { id: mine.id })).toEqual({ code: 'NOT_FOUND' });
    rmSync(join(test.dataDir, 'exports', `${mine.id}.csv`));
    expect((await fetch(url)).status).toBe(404);
  });

  it('in a format or preset that does not exist yet is refused by name', async () => {
    const client = await test.user();
    expect(await client.failure('mutation { exportLeads(format: XLSX) { id } }')).toEqual({ code: 'BAD_USER_INPUT', fields: ['format'] });
    expect(await client.failure('mutation { exportLeads(format: CSV, preset: HUBSPOT) { id } }')).toEqual({ code: 'BAD_USER_INPUT', fields: ['preset'] });
  });
});
