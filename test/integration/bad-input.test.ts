import { readFileSync } from 'node:fs';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../src/errors.js';
import { ApiScope } from '../../src/entities/enums.js';
import { TestClient, until, type ApiError } from '../support/client.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { withClient } from '../support/servers.js';
import { ID_FIELDS, seedRecords, type Records } from '../support/records.js';

const GOAL = '5 dental clinics in Austin, Texas';
const UNKNOWN = '00000000-0000-4000-8000-000000000000';

let test: TestApp;
let client: TestClient;
let other: TestClient;
let nobody: TestClient;
let mine: Records;
let theirs: Records;

beforeAll(async () => {
  // Without workers nothing moves by itself: what a refused request leaves behind can be compared byte for byte.
  test = await startTestApp({ ROLES: 'api' });
  client = await test.user();
  other = await test.user();
  nobody = new TestClient(test.url, null);
  mine = await seedRecords(test.databaseUrl, client);
  theirs = await seedRecords(test.databaseUrl, other);
});

afterAll(async () => { await test.close(); });

/** Sends one operation over a socket of its own; the errors of its first answer. */
async function overSocket(query: string, variables: Record<string, unknown>, token: string | null): Promise<readonly ApiError[]> {
  const socket = createClient({ url: `${test.url.replace(/^http/, 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0, connectionParams: token ? { authorization: `Bearer ${token}` } : {} });
  try {
    const answers = socket.iterate({ query, variables });
    const first = await answers.next().catch((errors: unknown) => {
      if (!Array.isArray(errors)) throw new Error('the socket was closed instead of answering', { cause: errors });
      return { done: false as const, value: { errors: errors as ApiError[] } };
    });
    return first.done ? [] : (first.value.errors ?? []) as readonly ApiError[];
  } finally {
    await socket.dispose();
  }
}

/** The code that HTTP and WebSocket both give; a difference fails the test. */
async function codeOf(as: TestClient, query: string, variables: Record<string, unknown> = {}): Promise<string> {
  const { errors } = await as.send(query, variables);
  const overWs = await overSocket(query, variables, as.token);
  if (query.startsWith('subscription')) {
    expect(errors[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', fields: ['query'] });
    return overWs[0]?.extensions.code ?? 'no error';
  }
  expect(overWs.map((error) => error.extensions), `${query} over WebSocket`).toEqual(errors.map((error) => error.extensions));
  expect(Object.keys(ERROR_CODES)).toContain(errors[0]?.extensions.code);
  return errors[0]?.extensions.code ?? 'no error';
}

/** Every row that a request could change. */
async function everything(): Promise<string> {
  return await withClient(test.databaseUrl, async (sql) => {
    const tables = ['goals', 'strategies', 'search_steps', 'search_results', 'crawl_jobs', 'frontier_urls', 'pages', 'emails', 'email_sources', 'leads', 'lead_notes', 'lead_events', 'exports', 'stream_events', 'workspaces', 'users', 'memberships', 'sessions'];
    const sums: string[] = [];
    for (const table of tables) sums.push(`${table} ${(await sql.query<{ sum: string }>(`SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS sum FROM ${table} t`)).rows[0]?.sum ?? ''}`);
    sums.push(`api_keys ${(await sql.query<{ sum: string }>("SELECT md5(string_agg((to_jsonb(t) - 'last_used_at')::text, '|' ORDER BY id)) AS sum FROM api_keys t")).rows[0]?.sum ?? ''}`);
    return sums.join('\n');
  });
}

describe('a goal', () => {
  const CREATE = 'mutation ($input: CreateGoalInput!) { createGoal(input: $input) { id } }';

  it.each([
    ['is empty', '', 'GOAL_INVALID'],
    ['is blank', ' \t\n\u00a0', 'GOAL_INVALID'],
    ['has 2,001 characters', `${GOAL} ${'x'.repeat(2_001 - GOAL.length - 1)}`, 'GOAL_INVALID'],
    ['is no search', 'What is the capital of France?', 'GOAL_INVALID'],
    ['asks for private data', 'Find the home addresses and private phone numbers of women in Austin so I can harass them', 'GOAL_UNSAFE'],
  ])('that %s is refused with a typed error and leaves nothing behind', async (_what, text, code) => {
    const before = await everything();
    expect(await codeOf(client, CREATE, { input: { text, run: true } })).toBe(code);
    expect(await everything()).toBe(before);
  });

  it('of 10 MB is refused as invalid, one of 20 MB as too large, and the process goes on', async () => {
    expect(await client.failure(CREATE, { input: { text: 'a'.repeat(10_000_000) } })).toMatchObject({ code: 'GOAL_INVALID', intent: 'OTHER' });
    const answer = await client.send(CREATE, { input: { text: 'a'.repeat(20_000_000) } });
    expect(answer.status).toBe(413);
    expect(answer.errors[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', fields: ['body'] });
    expect(await client.data('{ me { id } }')).toHaveProperty('me.id');
  });

  it.each([
    [{ maxSites: 0 }, ['budget.maxSites']], [{ maxSites: 5_001 }, ['budget.maxSites']], [{ maxPages: 0, maxSearches: -1 }, ['budget.maxPages', 'budget.maxSearches']],
    [{ maxPages: 100_001 }, ['budget.maxPages']], [{ maxTokens: -1 }, ['budget.maxTokens']],
  ])('with the budget %j is refused, naming every field', async (budget, fields) => {
    expect(await client.failure(CREATE, { input: { text: GOAL, budget } })).toEqual({ code: 'BAD_USER_INPUT', fields: fields.map((field) => `input.${field}`) });
  });

  it('with a budget that no Int can hold is refused', async () => {
    expect(await codeOf(client, CREATE, { input: { text: GOAL, budget: { maxPages: 2 ** 31 } } })).toBe('BAD_USER_INPUT');
  });
});

describe('an id', () => {
  it('is taken by exactly the fields that are tried here', async () => {
    const schema = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');
    const roots = [...schema.matchAll(/^type (?:Query|Mutation|Subscription) \{\n([\s\S]*?)^\}/gm)].map((match) => match[1] ?? '').join('\n');
    const taking = [...roots.matchAll(/^ {2}(\w+)\(([^)]*)\)/gm)].filter((match) => /: \[?ID\b/.test(match[2] ?? '')).map((match) => match[1]);
    const inputs = [...schema.matchAll(/^input (\w+) \{\n([\s\S]*?)^\}/gm)].flatMap((match) => [...(match[2] ?? '').matchAll(/^ {2}(\w+): \[?ID\b/gm)].map((field) => `${match[1]}.${field[1]}`));
    expect([...new Set([...ID_FIELDS.map((field) => field.covers), 'LeadFilter.ids'])].sort()).toEqual([...taking, ...inputs].sort());
  });

  it.each(ID_FIELDS)('that is unknown, malformed or of another workspace is NOT_FOUND for $covers, and nothing changes', async ({ query, foreign }) => {
    const before = await everything();
    for (const id of [UNKNOWN, 'no-id', '', '\u0000', '\ud800', `${UNKNOWN}' OR 1=1 --`, foreign(theirs)]) {
      expect(await codeOf(client, query(mine), { id }), JSON.stringify(id)).toBe('NOT_FOUND');
    }
    expect(await everything()).toBe(before);
  });

  it.each(ID_FIELDS)('tells nobody who is not signed in anything, for $covers', async ({ query, foreign }) => {
    expect(await codeOf(nobody, query(mine), { id: foreign(mine) })).toBe('UNAUTHENTICATED');
  });

  it('list of a filter finds only ones own leads, and says no word about the others', async () => {
    const { leads } = await client.data<{ leads: { nodes: { id: string }[]; totalCount: number } }>('query ($ids: [ID!]) { leads(filter: { ids: $ids }) { nodes { id } totalCount } }', { ids: [mine.lead, theirs.lead, UNKNOWN] });
    expect(leads).toEqual({ nodes: [{ id: mine.lead }], totalCount: 1 });
    for (const id of ['no-id', '', '\u0000']) expect(await codeOf(client, 'query ($id: ID!) { leads(filter: { ids: [$id] }) { totalCount } }', { id })).toBe('NOT_FOUND');
  });
});

describe('credentials', () => {
  const READERS = '{ me { id } }';

  it.each([
    'createGoal(input: { text: "5 dental clinics in Austin" }) { id }', 'runGoal(id: "x") { id }', 'pauseGoal(id: "x") { id }', 'resumeGoal(id: "x") { id }', 'cancelGoal(id: "x") { id }',
    'generateStrategy(goalId: "x") { id }', 'updateStrategy(goalId: "x", input: {}) { id }', 'executeSearch(goalId: "x") { cached }', 'startCrawl(input: { url: "https://a.example/" }) { id }',
    'pauseCrawl(id: "x") { id }', 'resumeCrawl(id: "x") { id }', 'cancelCrawl(id: "x") { id }', 'retryCrawl(id: "x") { id }', 'extractContent(url: "https://a.example/") { id }',
    'checkDeliverability(email: "a@b.de") { status }', 'createLead(input: { companyName: "A" }) { id }', 'updateLead(id: "x", version: 1, input: {}) { id }', 'deleteLead(id: "x")',
    'addTags(id: "x", tags: ["a"]) { id }', 'removeTags(id: "x", tags: ["a"]) { id }', 'addNote(id: "x", text: "a") { id }', 'scoreLead(id: "x") { id }',
    'createApiKey(input: { name: "k", scopes: [WRITE] }) { secret }', 'revokeApiKey(id: "x")',
  ])('that may only read get FORBIDDEN, and no credentials UNAUTHENTICATED, for %s', async (field) => {
    const { createApiKey } = await client.data<{ createApiKey: { secret: string } }>('mutation { createApiKey(input: { name: "reader", scopes: [READ] }) { secret } }');
    const reader = new TestClient(test.url, createApiKey.secret);
    expect(await reader.failure(`mutation { ${field} }`)).toEqual({ code: 'FORBIDDEN', required: ApiScope.WRITE });
    expect(await nobody.failure(`mutation { ${field} }`)).toEqual({ code: 'UNAUTHENTICATED' });
  });

  it('that were revoked stop at once, on a new request, and close a socket that is open', async () => {
    const { createApiKey } = await client.data<{ createApiKey: { secret: string; apiKey: { id: string } } }>('mutation { createApiKey(input: { name: "short", scopes: [READ] }) { secret apiKey { id } } }');
    const short = new TestClient(test.url, createApiKey.secret);
    const socket = createClient({ url: `${test.url.replace(/^http/, 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0, lazy: false, connectionParams: { authorization: `Bearer ${createApiKey.secret}` } });
    const closed = new Promise<number>((done) => { socket.on('closed', (event) => { done((event as { code: number }).code); }); });
    try {
      expect((await socket.iterate({ query: READERS }).next()).value).toHaveProperty('data.me.id');
      expect(await client.data('mutation ($id: ID!) { revokeApiKey(id: $id) }', { id: createApiKey.apiKey.id })).toEqual({ revokeApiKey: true });
      expect((await short.failure(READERS)).code).toBe('UNAUTHENTICATED');
      expect(await closed).toBe(4401);
      expect((await client.failure('mutation ($id: ID!) { revokeApiKey(id: $id) }', { id: createApiKey.apiKey.id })).code).toBe('NOT_FOUND');
    } finally {
      await socket.dispose();
    }
  });

  it('that have expired are no credentials, and none can be made that already have', async () => {
    const { createApiKey } = await client.data<{ createApiKey: { secret: string; apiKey: { id: string } } }>('mutation { createApiKey(input: { name: "old", scopes: [READ], expiresAt: "2999-01-01T00:00:00Z" }) { secret apiKey { id } } }');
    const old = new TestClient(test.url, createApiKey.secret);
    expect(await old.data(READERS)).toHaveProperty('me.id');
    await withClient(test.databaseUrl, (sql) => sql.query("UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE id = $1", [createApiKey.apiKey.id]));
    await until(async () => (await old.send(READERS)).errors[0]?.extensions.code === 'UNAUTHENTICATED', 'the key has expired');
    expect(await client.failure('mutation { createApiKey(input: { name: "", scopes: [], expiresAt: "2001-01-01T00:00:00Z" }) { secret } }')).toEqual({ code: 'BAD_USER_INPUT', fields: ['input.name', 'input.scopes', 'input.expiresAt'] });
  });

  it.each(['Bearer', 'Bearer ', 'Bearer nonsense', 'Bearer ll_nonsense', 'Bearer a.b.c', 'Basic YTpi', 'nonsense'])('of the form "%s" are nobody over HTTP', async (authorization) => {
    const response = await fetch(`${test.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', authorization }, body: JSON.stringify({ query: READERS }) });
    expect(await response.json()).toHaveProperty('errors.0.extensions', { code: 'UNAUTHENTICATED' });
  });

  it('that are bad close a socket with 4401', async () => {
    const socket = new WebSocket(`${test.url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws');
    socket.on('open', () => { socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer nonsense' } })); });
    const closed = new Promise<number>((done) => { socket.on('close', done); });
    expect(await closed).toBe(4401);
  });
});

describe('a URL', () => {
  const START = 'mutation ($url: String!) { startCrawl(input: { url: $url }) { id } }';
  const EXTRACT = 'mutation ($url: String!) { extractContent(url: $url) { id } }';
  const VALIDATE = 'query ($url: String!) { validateUrl(url: $url) { valid code normalizedUrl reason } }';

  it.each([
    ['', 'URL_INVALID'], ['no url', 'URL_INVALID'], ['/relative', 'URL_INVALID'], ['//host.example/', 'URL_INVALID'], ['ftp://a.example/', 'URL_INVALID'], ['file:///etc/passwd', 'URL_INVALID'], ['javascript:alert(1)', 'URL_INVALID'],
    ['data:text/html,x', 'URL_INVALID'], ['http://', 'URL_INVALID'], ['https://a b.example/', 'URL_INVALID'], [`https://a.example/${'x'.repeat(10_000)}`, 'URL_INVALID'], ['https://user:secret@a.example/', 'URL_INVALID'],
    ['http://127.0.0.1/', 'URL_FORBIDDEN'], ['http://localhost/', 'URL_FORBIDDEN'], ['http://2130706433/', 'URL_FORBIDDEN'], ['http://0x7f.1/', 'URL_FORBIDDEN'], ['http://[::1]/', 'URL_FORBIDDEN'], ['http://[::ffff:10.0.0.1]/', 'URL_FORBIDDEN'],
    ['http://10.1.2.3/', 'URL_FORBIDDEN'], ['http://192.168.0.1/', 'URL_FORBIDDEN'], ['http://169.254.169.254/latest/meta-data/', 'URL_FORBIDDEN'], ['http://metadata.google.internal/', 'URL_FORBIDDEN'], ['http://printer.local/', 'URL_FORBIDDEN'],
    ['https://a.example:22/', 'URL_FORBIDDEN'], ['https://a.example:5432/', 'URL_FORBIDDEN'], ['http://a.example:0/', 'URL_FORBIDDEN'], ['http://a.example:65536/', 'URL_INVALID'], ['http://a.example:-1/', 'URL_INVALID'],
    ['JaVaScRiPt:alert(1)', 'URL_INVALID'], ['blob:http://a.example/1', 'URL_INVALID'], ['http://a.example@127.0.0.1/', 'URL_INVALID'], ['http:\\\\127.0.0.1', 'URL_FORBIDDEN'], ['http://①②⑦.⓪.⓪.①/', 'URL_FORBIDDEN'],
    ['http://xn--a.example/', 'URL_INVALID'], ['http://.../', 'URL_INVALID'], ['http://[fe80::1%25eth0]/', 'URL_INVALID'], [`http://${'a.'.repeat(140)}example/`, 'URL_INVALID'],
  ])('%s is refused with %s by startCrawl, extractContent and validateUrl alike', async (url, code) => {
    const before = await everything();
    const started = await client.failure(START, { url });
    expect(started.code).toBe(code);
    expect(await client.failure(EXTRACT, { url })).toEqual(started);
    const { validateUrl } = await client.data<{ validateUrl: { valid: boolean; code: string; normalizedUrl: null; reason: string } }>(VALIDATE, { url });
    expect(validateUrl).toMatchObject({ valid: false, code });
    expect(validateUrl.reason).not.toBe('');
    expect(JSON.stringify(validateUrl)).not.toContain('secret');
    expect(await everything()).toBe(before);
  });

  it('of 10 MB is refused like any other, and the process goes on', async () => {
    const before = await everything();
    const url = `http://a.example/${'x'.repeat(10_000_000)}`;
    expect(await client.failure(START, { url })).toEqual({ code: 'URL_INVALID' });
    expect(await client.data(VALIDATE, { url })).toMatchObject({ validateUrl: { valid: false, code: 'URL_INVALID', normalizedUrl: null } });
    expect(await everything()).toBe(before);
  });

  it.each(['maxPages: NaN', 'maxPages: 1e400', 'maxPages: 1.5', 'maxSeconds: 99999999999', 'maxBytes: -99999999999', 'depth: "1"', 'render: NOPE'])('with %s starts no crawl', async (limit) => {
    const before = await everything();
    expect(await codeOf(client, `mutation { startCrawl(input: { url: "https://a.example/", ${limit} }) { id } }`)).toBe('BAD_USER_INPUT');
    expect(await everything()).toBe(before);
  });

  it.each([[{ depth: 3 }, ['depth']], [{ depth: -1 }, ['depth']], [{ maxPages: 0 }, ['maxPages']], [{ maxPages: 10_001 }, ['maxPages']], [{ depth: 9, maxPages: -5 }, ['depth', 'maxPages']]])('with %j starts no crawl', async (limits, fields) => {
    expect(await client.failure('mutation ($input: StartCrawlInput!) { startCrawl(input: $input) { id } }', { input: { url: 'https://a.example/', ...limits } })).toEqual({ code: 'BAD_USER_INPUT', fields: fields.map((field) => `input.${field}`) });
  });
});

describe('a list', () => {
  const LISTS = ['goals', 'crawlJobs', 'emails', 'leads', 'exports'];

  it.each(LISTS)('of %s refuses first below 1 and above 100', async (list) => {
    for (const first of [0, -1, 101, 2_147_483_647]) expect(await client.failure(`query ($first: Int!) { ${list}(first: $first) { totalCount } }`, { first })).toEqual({ code: 'BAD_USER_INPUT', fields: ['first'] });
    expect(await codeOf(client, `query ($first: Int!) { ${list}(first: $first) { totalCount } }`, { first: 2 ** 31 })).toBe('BAD_USER_INPUT');
  });

  it.each(LISTS)('of %s refuses cursors that are broken, tampered with, or of another list', async (list) => {
    const foreign = LISTS.filter((one) => one !== list);
    const cursors = await Promise.all(foreign.map(async (one) => Object.values(await client.data<Record<string, { pageInfo: { endCursor: string } }>>(`{ ${one}(first: 1) { pageInfo { endCursor } } }`))[0]?.pageInfo.endCursor ?? ''));
    const own = Object.values(await client.data<Record<string, { pageInfo: { endCursor: string } }>>(`{ ${list}(first: 1) { pageInfo { endCursor } } }`))[0]?.pageInfo.endCursor ?? '';
    const [key, value, id] = JSON.parse(Buffer.from(own, 'base64url').toString()) as [string, string, string];
    const forged = [[key, 'yesterday or so', id], [key, '9'.repeat(400), id], [key, `${value}\u0000`, id], [key, value, 'no-id'], [key, value], [value, id], [], {}, null].map((parts) => Buffer.from(JSON.stringify(parts)).toString('base64url'));
    for (const after of ['', 'nonsense', '\u0000', '\ud800', own.slice(1), ...forged, ...cursors]) expect(await client.failure(`query ($after: String!) { ${list}(after: $after) { totalCount } }`, { after }), JSON.stringify(after)).toEqual({ code: 'BAD_USER_INPUT', fields: ['after'] });
  });

  it('sorted one way refuses a cursor of the same list sorted another way', async () => {
    const { leads } = await client.data<{ leads: { pageInfo: { endCursor: string } } }>('{ leads(first: 1, sort: { field: CREATED_AT }) { pageInfo { endCursor } } }');
    for (const sort of ['{ field: UPDATED_AT }', '{ field: CREATED_AT, direction: ASC }', '{ field: SCORE }', '{ field: COMPANY_NAME }']) {
      expect(await client.failure(`query ($after: String!) { leads(after: $after, sort: ${sort}) { totalCount } }`, { after: leads.pageInfo.endCursor })).toEqual({ code: 'BAD_USER_INPUT', fields: ['after'] });
    }
  });

  it('takes a date of the year 0 or 9999 as what it is, and refuses what is no date', async () => {
    for (const date of ['0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z']) expect(await client.send('query ($date: DateTime) { leads(filter: { createdAfter: $date }) { totalCount } }', { date })).toMatchObject({ errors: [] });
    for (const date of ['yesterday', '2026-13-01T00:00:00Z', '', 5]) expect(await codeOf(client, 'query ($date: DateTime) { leads(filter: { createdAfter: $date }) { totalCount } }', { date })).toBe('BAD_USER_INPUT');
  });
});

describe('text that PostgreSQL cannot keep', () => {
  /** Every operation with a string argument that is stored or compared, and the path that the answer must name. */
  const TAKING: [string, string][] = [
    ['mutation ($text: String!) { createGoal(input: { text: $text }) { id } }', 'input.text'],
    ['mutation ($text: String!) { register(input: { email: $text, password: "a long pass phrase" }) { id } }', 'input.email'],
    ['mutation ($text: String!) { register(input: { email: "new@users.example", password: $text }) { id } }', 'input.password'],
    ['mutation ($text: String!) { register(input: { email: "new@users.example", password: "a long pass phrase", name: $text }) { id } }', 'input.name'],
    ['mutation ($text: String!) { login(input: { email: $text, password: $text }) { accessToken } }', 'input.email'],
    ['mutation ($text: String!) { verifyEmail(token: $text) { accessToken } }', 'token'],
    ['mutation ($text: String!) { resendVerification(email: $text) }', 'email'],
    ['mutation ($text: String!) { requestPasswordReset(email: $text) }', 'email'],
    ['mutation ($text: String!) { resetPassword(token: "x", newPassword: $text) }', 'newPassword'],
    ['mutation ($text: String!) { refreshToken(refreshToken: $text) { accessToken } }', 'refreshToken'],
    ['mutation ($text: String!) { createApiKey(input: { name: $text, scopes: [READ] }) { secret } }', 'input.name'],
    ['mutation ($text: String!) { startCrawl(input: { url: $text }) { id } }', 'input.url'],
    ['mutation ($text: String!) { extractContent(url: $text) { id } }', 'url'],
    ['mutation ($text: String!) { checkDeliverability(email: $text) { status } }', 'email'],
    ['mutation ($text: String!) { createLead(input: { companyName: $text }) { id } }', 'input.companyName'],
    ['mutation ($text: String!) { createLead(input: { companyName: "A", phones: ["1", $text] }) { id } }', 'input.phones'],
    ['mutation ($text: String!) { createLead(input: { companyName: "A", idempotencyKey: $text }) { id } }', 'input.idempotencyKey'],
    ['query ($text: String!) { leads(filter: { search: $text }) { totalCount } }', 'filter.search'],
    ['query ($text: String!) { leads(filter: { tags: [$text] }) { totalCount } }', 'filter.tags'],
    ['mutation ($text: String!) { exportLeads(format: CSV, filter: { city: $text }) { id } }', 'filter.city'],
    ['query ($text: String!) { emails(filter: { domain: $text }) { totalCount } }', 'filter.domain'],
    ['query ($text: String!) { emails(filter: { search: $text }) { totalCount } }', 'filter.search'],
    ['query ($text: String!) { extractEntities(text: $text) { value } }', 'text'],
    ['query ($text: String!) { classifyIntent(text: $text) { kind } }', 'text'],
  ];

  it.each(TAKING)('is refused by %s, naming the field', async (query, path) => {
    const before = await everything();
    for (const broken of ['a\u0000b', '\ud800', 'x\udfffy']) {
      const failure = await client.failure(query, { text: broken });
      expect(failure.code).toBe('BAD_USER_INPUT');
      expect(failure.fields).toContain(path);
      expect(await codeOf(client, query, { text: broken })).toBe('BAD_USER_INPUT');
    }
    expect(await everything()).toBe(before);
  });

  it.each([
    ['updateLead(id: $id, version: 1, input: { city: $text }) { id }', 'lead'], ['addTags(id: $id, tags: [$text]) { id }', 'lead'], ['removeTags(id: $id, tags: [$text]) { id }', 'lead'], ['addNote(id: $id, text: $text) { id }', 'lead'],
    ['updateStrategy(goalId: $id, input: { roles: [$text] }) { id }', 'goal'], ['refineGoal(id: $id, message: $text) { id }', 'goal'], ['generateResponse(leadId: $id, instruction: $text) { text }', 'lead'], ['updateStrategy(goalId: $id, input: { queries: [{ provider: BRAVE, query: $text }] }) { id }', 'goal'],
  ] as const)('is refused by %s and changes nothing', async (field, kind) => {
    const before = await everything();
    for (const text of ['a\u0000b', '\ud800']) expect(await codeOf(client, `mutation ($id: ID!, $text: String!) { ${field} }`, { id: mine[kind], text })).toBe('BAD_USER_INPUT');
    expect(await everything()).toBe(before);
  });

  it('is read as it comes by the fields that only compute', async () => {
    const text = 'mail\u0000 to info@clinic.com \ud800';
    expect(await client.data('query ($text: String!) { extractEmails(content: $text) { address } }', { text })).toEqual({ extractEmails: [{ address: 'info@clinic.com' }] });
    expect(await client.data('query ($text: String!) { validateEmail(email: $text) { status } }', { text })).toEqual({ validateEmail: { status: 'INVALID' } });
    expect(await client.data('query ($text: String!) { validateUrl(url: $text) { valid code } }', { text })).toEqual({ validateUrl: { valid: false, code: 'URL_INVALID' } });
  });

  it('does not stop what is whole: emoji, right-to-left marks and every other plane come back as they were sent', async () => {
    const companyName = 'Zahnärzte 🦷 שלום \u202e 𝔘 \ufffd';
    const { createLead } = await client.data<{ createLead: { id: string } }>('mutation ($companyName: String!) { createLead(input: { companyName: $companyName }) { id } }', { companyName });
    expect(await client.data('query ($id: ID!) { lead(id: $id) { companyName } }', { id: createLead.id })).toEqual({ lead: { companyName } });
    await client.data('mutation ($id: ID!) { deleteLead(id: $id) }', { id: createLead.id });
  });
});

describe('a request that is none', () => {
  const post = async (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }): Promise<{ status: number; error: ApiError['extensions'] }> => {
    const response = await fetch(`${test.url}/graphql`, { method: 'POST', headers: { authorization: `Bearer ${client.token}`, ...headers }, body });
    const { errors } = await response.json() as { errors: ApiError[] };
    return { status: response.status, error: errors[0]?.extensions ?? { code: 'no error' } };
  };

  it.each([
    ['is no JSON', '{', undefined], ['is empty', '', undefined], ['is a batch', '[{"query":"{ me { id } }"}]', undefined], ['has no query', '{}', undefined], ['has a query that is no text', '{"query":5}', undefined],
    ['has a query that is empty', '{"query":""}', undefined], ['has variables that are no object', '{"query":"{ me { id } }","variables":[]}', undefined], ['is JSON but no object', '"query"', undefined], ['is null', 'null', undefined],
    ['is plain text, as a form of another site would send it', '{"query":"mutation { logout }"}', { 'content-type': 'text/plain' }],
    ['is a form', 'query=%7Bme%7Bid%7D%7D', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['has no content type', '{"query":"mutation { logout }"}', { 'content-type': '' }],
    ['is in an unknown charset', '{"query":"{ me { id } }"}', { 'content-type': 'application/json; charset=klingon' }],
    ['says it is packed and is not', '{"query":"{ me { id } }"}', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
    ['is packed in an unknown way', '{"query":"{ me { id } }"}', { 'content-type': 'application/json', 'content-encoding': 'klingon' }],
  ])('because it %s is refused with BAD_USER_INPUT', async (_what, body, headers) => {
    const answer = await post(body, headers);
    expect(answer.error.code).toBe('BAD_USER_INPUT');
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });

  it.each([
    ['a syntax error', '{ me {', 'BAD_USER_INPUT'], ['an unknown field', '{ me { shoeSize } }', 'BAD_USER_INPUT'], ['a missing argument', '{ goal { id } }', 'BAD_USER_INPUT'], ['an argument of the wrong type', '{ goals(first: "many") { totalCount } }', 'BAD_USER_INPUT'],
    ['a variable that was not sent', 'query ($id: ID!) { goal(id: $id) { id } }', 'BAD_USER_INPUT'], ['an enum value that does not exist', '{ goals(status: [HAPPY]) { totalCount } }', 'BAD_USER_INPUT'], ['two operations and no name', 'query a { me { id } } query b { me { id } }', 'BAD_USER_INPUT'],
    ['a fragment that contains itself', 'query { me { ...a } } fragment a on User { ...a }', 'BAD_USER_INPUT'], ['an over-long query', `{ ${'me { id } '.repeat(400)} }`, 'QUERY_TOO_COMPLEX'],
  ])('because of %s gets the same typed error over HTTP and WebSocket', async (_what, query, code) => {
    expect(await codeOf(client, query)).toBe(code);
  });

  it('that subscribes over HTTP is sent to the WebSocket, with the status of a mistake', async () => {
    const { status, errors } = await client.send('subscription { leadChanged { seq } }');
    expect([status, errors[0]?.extensions]).toEqual([400, { code: 'BAD_USER_INPUT', fields: ['query'] }]);
  });

  it('that asks for a mutation by GET is refused, and a query by GET is answered', async () => {
    const get = async (query: string): Promise<unknown> => (await fetch(`${test.url}/graphql?query=${encodeURIComponent(query)}`, { headers: { authorization: `Bearer ${client.token}`, 'content-type': 'application/json' } })).json();
    expect(await get('mutation { logout }')).toHaveProperty('errors.0.extensions', { code: 'BAD_USER_INPUT' });
    expect(await get('{ me { id } }')).toEqual({ data: { me: { id: mine.user } } });
  });

  it('goes to a place that is not there, or with a path that cannot be read, and gets a typed error', async () => {
    expect(await (await fetch(`${test.url}/nowhere`)).json()).toHaveProperty('errors.0.extensions', { code: 'NOT_FOUND' });
    expect(await (await fetch(`${test.url}/files/exports/%E0%A4%A`)).json()).toHaveProperty('errors.0.extensions.code', 'BAD_USER_INPUT');
  });
});
