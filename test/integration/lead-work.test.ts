import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient } from '../support/client.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Lead { id: string; version: number; city: string | null; description: string | null; status: string; tags: string[]; domain: string | null; updatedAt: string; history: { nodes: { type: string; actor: string; changes: Record<string, unknown> }[] } }
const LEAD = 'id version city description status tags domain updatedAt history(first: 100) { nodes { type actor changes } }';
const UPDATE = `mutation ($id: ID!, $version: Int!, $input: UpdateLeadInput!) { updateLead(id: $id, version: $version, input: $input) { ${LEAD} } }`;

let test: TestApp;
let client: TestClient;
beforeAll(async () => { test = await startTestApp({ ROLES: 'api' }); client = await test.user(); });
afterAll(async () => { await test.close(); });

const create = async (input: Record<string, unknown>): Promise<Lead> => (await client.data<{ createLead: Lead }>(`mutation ($input: CreateLeadInput!) { createLead(input: $input) { ${LEAD} } }`, { input })).createLead;
const refused = (input: Record<string, unknown>) => client.failure('mutation ($input: CreateLeadInput!) { createLead(input: $input) { id } }', { input });
const update = async (id: string, version: number, input: Record<string, unknown>): Promise<Lead> => (await client.data<{ updateLead: Lead }>(UPDATE, { id, version, input })).updateLead;
const read = async (id: string): Promise<Lead> => (await client.data<{ lead: Lead }>(`query ($id: ID!) { lead(id: $id) { ${LEAD} } }`, { id })).lead;

describe('a lead entered by hand', () => {
  it('is made once for one idempotency key, also by ten requests at once', async () => {
    const input = { companyName: 'Once', website: 'https://once.com/', idempotencyKey: 'once' };
    const made = await Promise.all(Array.from({ length: 10 }, () => create(input)));
    expect(new Set(made.map((lead) => lead.id)).size).toBe(1);
    expect((await create({ ...input, companyName: 'Other', website: 'https://other.com/' })).id).toBe(made[0]?.id);
    expect(made[0]?.history.nodes.map((event) => event.type)).toEqual(['CREATED']);
  });

  it('of a known company or address is a duplicate that names the lead there is', async () => {
    const lead = await create({ companyName: 'First', website: 'https://www.first.co.uk/start', email: 'Info@First.co.uk' });
    expect(lead.domain).toBe('first.co.uk');
    expect(await refused({ companyName: 'Again', website: 'http://shop.first.co.uk/' })).toEqual({ code: 'DUPLICATE_LEAD', existingIds: [lead.id] });
    expect(await refused({ companyName: 'Again', email: 'info@first.co.uk' })).toEqual({ code: 'DUPLICATE_LEAD', existingIds: [lead.id] });
    const { leads } = await client.data<{ leads: { totalCount: number } }>('{ leads(filter: { search: "Again" }) { totalCount } }');
    expect(leads.totalCount).toBe(0);
    const other = await create({ companyName: 'Second', website: 'https://second.com/' });
    expect(await client.failure(UPDATE, { id: other.id, version: other.version, input: { website: 'https://first.co.uk/' } })).toEqual({ code: 'DUPLICATE_LEAD', existingIds: [lead.id] });
    expect(await read(other.id)).toEqual(other);
  });

  it.each([
    [{ companyName: ' ' }, ['companyName']], [{ companyName: 'x'.repeat(301) }, ['companyName']], [{ website: 'ftp://a.com/', countryCode: 'USA' }, ['website', 'countryCode']], [{ website: 'https://10.0.0.1/' }, ['website']],
    [{ phones: ['1', ' '] }, ['phones']], [{ socialLinks: Array(51).fill('https://a.com/') }, ['socialLinks']], [{ email: 'no address' }, ['email']], [{ email: 'a@b.invalid' }, ['email']],
    [{ tags: ['x'.repeat(51)] }, ['tags']], [{ tags: Array.from({ length: 51 }, (_, n) => `t${n}`) }, ['tags']], [{ idempotencyKey: 'x'.repeat(201) }, ['idempotencyKey']],
  ])('with %j is refused, naming every field', async (input, fields) => {
    expect(await refused({ companyName: 'Bad', ...input })).toEqual({ code: 'LEAD_INVALID', fields });
  });

  it('was never crawled: it cannot be scored, and says so', async () => {
    expect((await client.failure('mutation ($id: ID!) { scoreLead(id: $id) { id } }', { id: (await create({ companyName: 'Unscored' })).id })).code).toBe('SCORE_UNAVAILABLE');
  });
});

describe('a change of a lead', () => {
  it('from an old version merges where the fields differ, and conflicts with base, theirs and yours where they do not', async () => {
    const { id, version } = await create({ companyName: 'Merge', city: 'Austin' });
    const first = await update(id, version, { city: 'Dallas' });
    const merged = await update(id, version, { description: 'Dentists' });
    expect(merged).toMatchObject({ city: 'Dallas', description: 'Dentists', version: first.version + 1 });
    await update(id, merged.version, { city: 'Houston' });
    expect(await client.failure(UPDATE, { id, version, input: { city: 'Waco', status: 'CONTACTED' } })).toEqual({ code: 'UPDATE_CONFLICT', version: merged.version + 1, base: { city: 'Austin' }, theirs: { city: 'Houston' }, yours: { city: 'Waco' } });
    expect(await read(id)).toMatchObject({ city: 'Houston', status: 'NEW' });
    // The same value twice is no conflict: both wanted it.
    expect(await update(id, version, { city: 'Houston', status: 'CONTACTED' })).toMatchObject({ city: 'Houston', status: 'CONTACTED' });
  });

  it('that changes nothing makes no version and no history', async () => {
    const lead = await create({ companyName: 'Still', city: 'Austin' });
    expect(await update(lead.id, lead.version, { city: ' Austin ' })).toEqual(lead);
    expect(await update(lead.id, lead.version, {})).toEqual(lead);
  });

  it('of twenty people at once to twenty fields and tags loses none', async () => {
    const { id, version } = await create({ companyName: 'Busy' });
    const fields = { city: 'A', description: 'B', industry: 'C', address: 'D', contactName: 'E', contactTitle: 'F', countryCode: 'US', phones: ['1'], socialLinks: ['https://a.com/'], status: 'ENGAGED' };
    await Promise.all([
      ...Object.entries(fields).map(([field, value]) => update(id, version, { [field]: value })),
      ...Array.from({ length: 10 }, (_, n) => client.data('mutation ($id: ID!, $tags: [String!]!) { addTags(id: $id, tags: $tags) { id } }', { id, tags: [`tag-${n}`] })),
    ]);
    const { lead } = await client.data<{ lead: Record<string, unknown> }>('query ($id: ID!) { lead(id: $id) { city description industry address contactName contactTitle countryCode phones socialLinks status tags version } }', { id });
    expect(lead).toEqual({ ...fields, tags: Array.from({ length: 10 }, (_, n) => `tag-${n}`), version: version + 20 });
  });

  it('names a version that there is', async () => {
    const { id, version } = await create({ companyName: 'Versions' });
    for (const wrong of [0, -1, version + 1, 2_147_483_647]) expect(await client.failure(UPDATE, { id, version: wrong, input: { city: 'Austin' } })).toEqual({ code: 'BAD_USER_INPUT', fields: ['version'] });
  });

  it('by tags and notes is in the history, newest first, with who did it', async () => {
    const { id } = await create({ companyName: 'History' });
    const retag = (field: 'addTags' | 'removeTags', tags: string[]) => client.data(`mutation ($id: ID!, $tags: [String!]!) { ${field}(id: $id, tags: $tags) { id } }`, { id, tags });
    await retag('addTags', [' b ', 'a', 'a']);
    await retag('addTags', ['a']);
    await retag('removeTags', ['b', 'never there']);
    await retag('removeTags', ['b']);
    await client.data('mutation ($id: ID!) { addNote(id: $id, text: " called, will call back ") { id } }', { id });
    const lead = await read(id);
    expect(lead.tags).toEqual(['a']);
    expect(lead.history.nodes.map((event) => event.type)).toEqual(['NOTE_ADDED', 'UNTAGGED', 'TAGGED', 'CREATED']);
    for (const event of lead.history.nodes) expect(event.actor).toMatch(/^apiKey:/);
    const { lead: noted } = await client.data<{ lead: { notes: { text: string; author: { id: string } }[] } }>('query ($id: ID!) { lead(id: $id) { notes { text author { id } } } }', { id });
    expect(noted.notes).toEqual([{ text: 'called, will call back', author: { id: (await client.data<{ me: { id: string } }>('{ me { id } }')).me.id } }]);
    expect(await client.failure('mutation ($id: ID!, $text: String!) { addNote(id: $id, text: $text) { id } }', { id, text: ' ' })).toEqual({ code: 'LEAD_INVALID', fields: ['text'] });
    expect(await client.data('mutation ($id: ID!) { deleteLead(id: $id) }', { id })).toEqual({ deleteLead: true });
    expect((await client.failure('mutation ($id: ID!) { deleteLead(id: $id) }', { id })).code).toBe('NOT_FOUND');
  });
});
