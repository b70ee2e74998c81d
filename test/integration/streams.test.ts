import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { ApiScope } from '../../src/entities/enums.js';
import { TestClient, until, type ApiError } from '../support/client.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { withClient } from '../support/servers.js';

interface Change { seq: number; type: string; lead: { id: string; companyName: string } }
interface Message { id?: string; type: string; payload?: { data?: { leadChanged?: Change } | null; errors?: ApiError[] } & Record<string, unknown> }
const CHANGES = 'subscription ($after: Int, $goalId: ID) { leadChanged(after: $after, goalId: $goalId) { seq type lead { id companyName } } }';

let test: TestApp;
beforeAll(async () => { test = await startTestApp({ ROLES: 'api' }); });
afterAll(async () => { await test.close(); });

const createLead = async (client: TestClient, companyName: string): Promise<string> => (await client.data<{ createLead: { id: string } }>('mutation ($companyName: String!) { createLead(input: { companyName: $companyName }) { id } }', { companyName })).createLead.id;

/** A socket that shows every message as it is on the wire. */
async function rawSocket(token: string | null): Promise<{ messages: Message[]; send(message: object): void; closed: Promise<{ code: number; reason: string }>; close(): Promise<void> }> {
  const socket = new WebSocket(`${test.url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws');
  const messages: Message[] = [];
  socket.on('message', (data) => { messages.push(JSON.parse((data as Buffer).toString()) as Message); });
  const closed = new Promise<{ code: number; reason: string }>((done) => { socket.on('close', (code, reason) => { done({ code, reason: reason.toString() }); }); });
  await new Promise((done) => { socket.once('open', done); });
  socket.send(JSON.stringify({ type: 'connection_init', ...(token ? { payload: { authorization: `Bearer ${token}` } } : {}) }));
  await until(async () => Promise.resolve(messages.some((message) => message.type === 'connection_ack')), 'the socket is acknowledged');
  return { messages, send: (message) => { socket.send(JSON.stringify(message)); }, closed, close: async () => { socket.close(); await closed; } };
}

describe('leadChanged', () => {
  it('after a seq gives every missed change once and in order, then the new ones', async () => {
    const client = await test.user();
    const ids = [await createLead(client, 'A'), await createLead(client, 'B')];
    await client.data('mutation ($id: ID!) { addTags(id: $id, tags: ["x"]) { id } }', { id: ids[0] });
    const first = client.subscribe<{ leadChanged: Change }>(CHANGES, { after: 0 });
    const seen = [await first.events.next(), await first.events.next(), await first.events.next()].map((one) => (one.value as { leadChanged: Change }).leadChanged);
    expect(seen.map(({ seq, type, lead }) => [seq, type, lead.id])).toEqual([[1, 'CREATED', ids[0]], [2, 'CREATED', ids[1]], [3, 'TAGGED', ids[0]]]);
    await first.close();
    await createLead(client, 'C');
    const second = client.subscribe<{ leadChanged: Change }>(CHANGES, { after: 2 });
    expect((await second.events.next()).value).toMatchObject({ leadChanged: { seq: 3 } });
    expect((await second.events.next()).value).toMatchObject({ leadChanged: { seq: 4, lead: { companyName: 'C' } } });
    const next = second.events.next();
    await createLead(client, 'D');
    expect((await next).value).toMatchObject({ leadChanged: { seq: 5, lead: { companyName: 'D' } } });
    await second.close();
  });

  it('without a seq begins now, and never shows the changes of another workspace or another goal', async () => {
    const [client, other] = [await test.user(), await test.user()];
    await createLead(client, 'Before');
    const { createGoal } = await client.data<{ createGoal: { id: string } }>('mutation { createGoal(input: { text: "5 dental clinics in Austin, Texas" }) { id } }');
    const [all, ofGoal] = [client.subscribe<{ leadChanged: Change }>(CHANGES), client.subscribe<{ leadChanged: Change }>(CHANGES, { goalId: createGoal.id, after: 0 })];
    const [next, nextOfGoal] = [all.events.next(), ofGoal.events.next()];
    // Both channels are one workspace's: two listeners on it, and the third is nobody's.
    await createLead(other, 'Foreign');
    const id = await until(async () => {
      const made = await createLead(client, 'After');
      const winner = await Promise.race([next.then(() => true), new Promise<false>((done) => { setImmediate(() => { done(false); }); })]);
      return winner && made;
    }, 'the stream that begins now has begun');
    const { leadChanged } = (await next).value as { leadChanged: Change };
    expect(leadChanged.lead.companyName).toBe('After');
    await withClient(test.databaseUrl, (sql) => sql.query('INSERT INTO lead_goals (lead_id, goal_id) VALUES ($1, $2)', [id, createGoal.id]));
    await client.data('mutation ($id: ID!) { addTags(id: $id, tags: ["of the goal"]) { id } }', { id });
    expect((await nextOfGoal).value).toMatchObject({ leadChanged: { lead: { id, companyName: 'After' } } });
    await all.close();
    await ofGoal.close();
  });

  it('of 1,200 missed changes gives them all', async () => {
    const client = await test.user();
    const { workspace } = await client.data<{ workspace: { id: string } }>('{ workspace { id } }');
    const id = await createLead(client, 'Many');
    await withClient(test.databaseUrl, async (sql) => {
      await sql.query("INSERT INTO lead_events (workspace_id, lead_id, seq, type, actor, changes) SELECT $1, $2, n, 'UPDATED', 'test', '{}' FROM generate_series(2, 1200) n", [workspace.id, id]);
      await sql.query('UPDATE workspaces SET lead_seq = 1200 WHERE id = $1', [workspace.id]);
    });
    const stream = client.subscribe<{ leadChanged: Change }>(CHANGES, { after: 0 });
    const seqs: number[] = [];
    while (seqs.length < 1_200) seqs.push(((await stream.events.next()).value as { leadChanged: Change }).leadChanged.seq);
    expect(seqs).toEqual(Array.from({ length: 1_200 }, (_, index) => index + 1));
    await stream.close();
  });
});

describe('a subscription', () => {
  it('needs a sign-in and no more than the right to read', async () => {
    const owner = await test.user();
    const { createApiKey } = await owner.data<{ createApiKey: { secret: string } }>('mutation ($scopes: [ApiScope!]!) { createApiKey(input: { name: "reader", scopes: $scopes }) { secret } }', { scopes: [ApiScope.READ] });
    await createLead(owner, 'Read');
    const reader = new TestClient(test.url, createApiKey.secret).subscribe<{ leadChanged: Change }>(CHANGES, { after: 0 });
    expect((await reader.events.next()).value).toMatchObject({ leadChanged: { lead: { companyName: 'Read' } } });
    await reader.close();
    const nobody = new TestClient(test.url, null).subscribe(CHANGES);
    await expect(nobody.events.next()).rejects.toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    await nobody.close();
  });

  it.each(['leadChanged(after: -1) { seq }', 'goalProgress(goalId: $goalId, after: -1) { seq }', 'crawlProgress(crawlJobId: $crawlJobId, after: -5) { seq }'])('refuses a negative seq: %s', async (field) => {
    const client = await test.user();
    const made = await client.data<Record<'createGoal' | 'startCrawl', { id: string }>>('mutation { createGoal(input: { text: "5 dental clinics in Austin, Texas" }) { id } startCrawl(input: { url: "https://a.com/" }) { id } }');
    const declared = field.includes('$goalId') ? '($goalId: ID!)' : field.includes('$crawlJobId') ? '($crawlJobId: ID!)' : '';
    const stream = client.subscribe(`subscription ${declared} { ${field} }`, { goalId: made.createGoal.id, crawlJobId: made.startCrawl.id });
    await expect(stream.events.next()).rejects.toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT', fields: ['after'] } }] });
    await stream.close();
  });

  it('that fails inside is told in a next or error message without a word of ours, and the socket lives on', async () => {
    const client = await test.user();
    const socket = await rawSocket(client.token);
    // A row that no code of ours would write: the stream breaks while it is read.
    const { workspace } = await client.data<{ workspace: { id: string } }>('{ workspace { id } }');
    const id = await createLead(client, 'Broken');
    await withClient(test.databaseUrl, (sql) => sql.query("ALTER TABLE lead_events DROP CONSTRAINT IF EXISTS lead_events_type_check; UPDATE lead_events SET type = 'NO_SUCH_TYPE' WHERE lead_id = '" + id + "' AND workspace_id = '" + workspace.id + "'"));
    socket.send({ id: 'one', type: 'subscribe', payload: { query: CHANGES, variables: { after: 0 } } });
    const told = await until(async () => Promise.resolve(socket.messages.find((message) => message.id === 'one' && message.type !== 'complete')), 'the failure is told');
    const [error] = told.type === 'next' ? told.payload?.errors ?? [] : told.payload as unknown as ApiError[];
    expect(error).toMatchObject({ message: 'Something went wrong on our side.', extensions: { code: 'INTERNAL', requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string } });
    expect(JSON.stringify(told)).not.toMatch(/NO_SUCH_TYPE|Enum|stack/);
    for (const [name, query, code] of [['two', 'subscription {', 'BAD_USER_INPUT'], ['three', 'subscription { nothing }', 'BAD_USER_INPUT'], ['four', `{ ${'me { id } '.repeat(400)} }`, 'QUERY_TOO_COMPLEX']] as const) {
      socket.send({ id: name, type: 'subscribe', payload: { query } });
      const answer = await until(async () => Promise.resolve(socket.messages.find((message) => message.id === name)), 'the mistake is told');
      expect(answer).toMatchObject({ type: 'error', payload: [{ extensions: { code } }] });
    }
    socket.send({ id: 'five', type: 'subscribe', payload: { query: '{ me { id } }' } });
    await until(async () => Promise.resolve(socket.messages.find((message) => message.id === 'five' && message.payload?.data)), 'the socket answers');
    await socket.close();
  });

  it('in a message that is none closes the socket with the code of the protocol', async () => {
    const client = await test.user();
    for (const message of [{ type: 'nonsense' }, { id: 'x', type: 'subscribe' }, { id: 'x', type: 'subscribe', payload: { query: 5 } }]) {
      const socket = await rawSocket(client.token);
      socket.send(message);
      expect((await socket.closed).code).toBe(4400);
    }
  });
});
