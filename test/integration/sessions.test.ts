import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { App } from '../../src/app.js';
import { TestClient, until } from '../support/client.js';
import { mailedToken, ME, newAddress, person, rawSocket, refresh, REFRESH, secondApp, signIn, type RawSocket, type Tokens } from '../support/sign-ins.js';
import { withClient } from '../support/servers.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { restartableRedis } from '../support/restartable.js';

let test: TestApp;
let other: App & { url: string };
beforeAll(async () => {
  test = await startTestApp();
  other = await secondApp(test);
});
afterAll(async () => {
  await other.close();
  await test.close();
});

const as = (tokens: Tokens, url = test.url): TestClient => new TestClient(url, tokens.accessToken);
const codeOf = async (client: TestClient, query = ME): Promise<string | undefined> => (await client.send(query)).errors[0]?.extensions.code;
/** Until a process knows; the limit is the promise of the product. */
const out = (tokens: Tokens, url: string): Promise<unknown> => until(async () => await codeOf(as(tokens, url)) === 'UNAUTHENTICATED', 'the token is refused', 1_000);

async function sql<T>(query: string, parameters: unknown[] = []): Promise<T[]> {
  return await withClient(test.databaseUrl, async (client) => (await client.query(query, parameters)).rows as T[]);
}

/** A socket that watches the leads of a workspace. */
async function watching(url: string, authorization: string): Promise<RawSocket> {
  const socket = await rawSocket(url, authorization);
  socket.send({ type: 'subscribe', id: 'leads', payload: { query: 'subscription { leadChanged(after: 0) { seq lead { companyName } } }' } });
  return socket;
}
const eventsOf = (socket: RawSocket): unknown[] => socket.received.filter((message) => message.type === 'next');
let companies = 0;
const createLead = (client: TestClient): Promise<unknown> => client.data('mutation ($name: String!) { createLead(input: { companyName: $name }) { id } }', { name: `Company ${companies += 1}` });

describe('what is too old', () => {
  it('goes once a day: ended sign-ins, used links, sent mails after 30 days, the log after a year; nothing younger and nothing that works', async () => {
    const { email, userId } = await person(test);
    const living = await signIn(test.url, email);
    const young = await refresh(test.url, living.refreshToken);
    const days = (count: number): string => `now() - interval '${count} days'`;
    const made = async (table: string, columns: string, values: string): Promise<string> => (await sql<{ id: string }>(`INSERT INTO ${table} (${columns}) VALUES (${values}) RETURNING id`))[0]?.id ?? '';
    const workspaceId = (await sql<{ workspace_id: string }>('SELECT workspace_id FROM memberships WHERE user_id = $1', [userId]))[0]?.workspace_id ?? '';
    const owner = `'${userId}', '${workspaceId}'`;
    const rows: { table: string; id: string; stays: boolean }[] = [];
    for (const [age, stays] of [[31, false], [29, true]] as const) {
      for (const [end, revoked] of [[days(age), 'NULL'], ["now() + interval '1 day'", days(age)]]) {
        const id = await made('sessions', 'user_id, workspace_id, expires_at, revoked_at', `${owner}, ${end}, ${revoked}`);
        rows.push({ table: 'sessions', id, stays }, { table: 'refresh_tokens', stays, id: await made('refresh_tokens', 'session_id, token_hash', `'${id}', '${crypto.randomUUID()}'`) });
      }
      const key = (): string => `'${crypto.randomUUID()}'`;
      rows.push(
        { table: 'mail_tokens', stays, id: await made('mail_tokens', 'user_id, purpose, token_hash, expires_at, used_at', `'${userId}', 'VERIFY_EMAIL', ${key()}, ${days(age)}, ${days(age)}`) },
        { table: 'oauth_codes', stays, id: await made('oauth_codes', 'user_id, code_hash, attempt_hash, provider, expires_at', `'${userId}', ${key()}, ${key()}, 'google', ${days(age)}`) },
        { table: 'invitations', stays, id: await made('invitations', 'workspace_id, email, role, invited_by, token_hash, expires_at', `'${workspaceId}', 'guest${age}@users.example', 'MEMBER', '${userId}', ${key()}, ${days(age)}`) },
        { table: 'outbox_mails', stays, id: await made('outbox_mails', 'recipient, subject, text_body, html_body, idempotency_key, expires_at, sent_at', `'guest@users.example', '', '', '', ${key()}, ${days(age)}, ${days(age)}`) },
        { table: 'email_probes', stays, id: await made('email_probes', 'workspace_id, address, outcome, asked_at', `'${workspaceId}', ${key()}, '{}', ${days(age)}`) },
        { table: 'refresh_tokens', stays, id: await made('refresh_tokens', 'session_id, token_hash, used_at', `(SELECT session_id FROM refresh_tokens WHERE token_hash = encode(sha256('${young.refreshToken}'::bytea), 'hex')), ${key()}, ${days(age)}`) },
      );
    }
    for (const [age, stays] of [[366, false], [364, true]] as const) rows.push({ table: 'audit_events', stays, id: await made('audit_events', 'at, type', `${days(age)}, 'SIGNED_IN'`) });
    rows.push({ table: 'outbox_mails', stays: true, id: await made('outbox_mails', 'recipient, subject, text_body, html_body, idempotency_key, expires_at, next_attempt_at, created_at', `'guest@users.example', '', '', '', 'waits', now() + interval '1 day', now() + interval '1 day', ${days(400)}`) });
    // More than one batch of it.
    await sql(`INSERT INTO audit_events (at, type) SELECT ${days(400)}, 'RATE_LIMITED' FROM generate_series(1, 4100)`);

    for (const time of ['first', 'second']) {
      await sql("DELETE FROM upkeep WHERE name = 'tidy old records'");
      // Two processes that look at the same moment.
      await Promise.all([test.app.reconciler.reconcile(), other.reconciler.reconcile()]);
      await until(async () => (await sql("SELECT 1 FROM upkeep WHERE name = 'tidy old records'")).length === 1, `the ${time} tidying is done`);
      const left = await Promise.all(rows.map(async ({ table, id }) => (await sql(`SELECT 1 FROM ${table} WHERE id = $1`, [id])).length === 1));
      expect(rows.map(({ table }, index) => `${table} ${String(left[index])}`)).toEqual(rows.map(({ table, stays }) => `${table} ${String(stays)}`));
      expect(await sql(`SELECT 1 FROM audit_events WHERE at < ${days(365)}`)).toEqual([]);
    }
    expect(await codeOf(as(young))).toBeUndefined();
    expect(await codeOf(as(await refresh(test.url, young.refreshToken)))).toBeUndefined();
  });
});

describe('the list of sessions', () => {
  it('shows device, address, last use and which one asks; others never; ended and expired ones no more', async () => {
    const { email, userId } = await person(test);
    await person(test);
    const phone = await signIn(test.url, email, undefined, { 'user-agent': 'Phone/1' });
    const desk = await signIn(test.url, email, undefined, { 'user-agent': 'Desk/2' });
    const gone = await signIn(test.url, email);
    await as(gone).data('mutation { logout }');
    await sql("INSERT INTO sessions (user_id, workspace_id, expires_at) SELECT user_id, workspace_id, now() - interval '1 minute' FROM memberships WHERE user_id = $1", [userId]);
    await refresh(test.url, phone.refreshToken);
    const { sessions } = await as(desk).data<{ sessions: { id: string; userAgent: string; ip: string; current: boolean; createdAt: string; lastUsedAt: string; expiresAt: string }[] }>('{ sessions { id userAgent ip current createdAt lastUsedAt expiresAt } }');
    expect(sessions.map(({ userAgent, ip, current }) => ({ userAgent, ip, current }))).toEqual([{ userAgent: 'node', ip: '127.0.0.1', current: false }, { userAgent: 'Desk/2', ip: '127.0.0.1', current: true }]);
    expect(Date.parse(sessions[0]?.lastUsedAt ?? '')).toBeGreaterThan(Date.parse(sessions[0]?.createdAt ?? ''));
  });

  it('is no business of an API key, nor are signing out and ending sessions', async () => {
    const client = await test.user();
    for (const field of ['{ sessions { id } }', 'mutation { logout }', 'mutation { logoutEverywhere }']) expect(await client.failure(field)).toEqual({ code: 'FORBIDDEN', required: 'SESSION' });
    expect(await client.data(ME)).toHaveProperty('me.id');
  });
});

describe('a session that is ended', () => {
  it('by revokeSession is out in every process within a second, on its sockets too; the others stay; a second time changes nothing', async () => {
    const { email } = await person(test);
    const [mine, lost] = [await signIn(test.url, email), await signIn(test.url, email, undefined, { 'user-agent': 'Lost/1' })];
    const sockets = [await watching(test.url, `Bearer ${lost.accessToken}`), await watching(other.url, `Bearer ${lost.accessToken}`)];
    const kept = await watching(test.url, `Bearer ${mine.accessToken}`);
    expect(await as(lost, other.url).data(ME)).toHaveProperty('me.id');
    const { sessions } = await as(mine).data<{ sessions: { id: string; userAgent: string }[] }>('{ sessions { id userAgent } }');
    const id = sessions.find((session) => session.userAgent === 'Lost/1')?.id;
    for (let time = 0; time < 2; time += 1) expect(await as(mine).data('mutation ($id: ID!) { revokeSession(id: $id) }', { id })).toEqual({ revokeSession: true });
    expect(await codeOf(as(lost))).toBe('UNAUTHENTICATED');
    await out(lost, other.url);
    for (const socket of sockets) expect(await socket.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
    await createLead(as(mine));
    await until(async () => Promise.resolve(eventsOf(kept).length === 1), 'the other socket goes on');
    for (const socket of sockets) expect(eventsOf(socket)).toEqual([]);
    expect((await new TestClient(test.url, null).failure(REFRESH, { token: lost.refreshToken })).code).toBe('TOKEN_INVALID');
    kept.close();
    const events = await sql<{ type: string }>("SELECT type FROM audit_events WHERE subject_id = $1", [id]);
    expect(events).toEqual([{ type: 'SESSION_REVOKED' }]);
  });

  it('by logoutEverywhere is every session of that person, and nobody else\'s', async () => {
    const [{ email }, stranger] = [await person(test), await person(test)];
    const all = [await signIn(test.url, email), await signIn(other.url, email), await signIn(test.url, email)] as const;
    const theirs = await signIn(test.url, stranger.email);
    expect(await as(all[1], other.url).data('mutation { logoutEverywhere }')).toEqual({ logoutEverywhere: true });
    for (const tokens of all) {
      await out(tokens, test.url);
      await out(tokens, other.url);
    }
    expect(await as(theirs).data(ME)).toHaveProperty('me.id', stranger.userId);
  });

  it('by a password reset is every one of them, in every process', async () => {
    const { email } = await person(test);
    const tokens = await signIn(other.url, email);
    await new TestClient(test.url, null).data('mutation ($email: String!) { requestPasswordReset(email: $email) }', { email });
    const token = await mailedToken(test.dataDir, email, 'reset');
    await new TestClient(test.url, null).data('mutation ($token: String!) { resetPassword(token: $token, newPassword: "another good phrase") }', { token });
    await out(tokens, test.url);
    await out(tokens, other.url);
  });

  it('by SQL alone is out as well: the rows are the truth', async () => {
    const { email, userId } = await person(test);
    const [ended, deleted] = [await signIn(test.url, email), await signIn(test.url, email)];
    for (const tokens of [ended, deleted]) expect(await as(tokens).data(ME)).toHaveProperty('me.id');
    await sql('UPDATE sessions SET revoked_at = now() WHERE id = (SELECT id FROM sessions WHERE user_id = $1 ORDER BY created_at LIMIT 1)', [userId]);
    await out(ended, test.url);
    await sql('DELETE FROM sessions WHERE user_id = $1', [userId]);
    for (const url of [test.url, other.url]) await out(deleted, url);
  });
});

describe('a role', () => {
  it('that changes counts at once for tokens made before, in every process; one that goes ends them, and the person goes on in another workspace', async () => {
    const [owner, guest] = [await person(test), await person(test)];
    await sql("INSERT INTO memberships (workspace_id, user_id, role, created_at) VALUES ($1, $2, 'ADMIN', now() - interval '1 day')", [owner.workspaceId, guest.userId]);
    const first = await signIn(test.url, guest.email);
    expect(first.workspace.id).toBe(owner.workspaceId);
    const socket = await watching(other.url, `Bearer ${first.accessToken}`);
    expect(await as(first).data('{ apiKeys { id } }')).toEqual({ apiKeys: [] });
    await sql("UPDATE memberships SET role = 'VIEWER' WHERE workspace_id = $1 AND user_id = $2", [owner.workspaceId, guest.userId]);
    for (const url of [test.url, other.url]) {
      await until(async () => await codeOf(as(first, url), '{ apiKeys { id } }') === 'FORBIDDEN', 'the new role counts', 1_000);
      expect(await as(first, url).data(ME)).toHaveProperty('me.id', guest.userId);
    }
    expect((await socket.closed).code).toBe(4401);
    const second = await refresh(test.url, first.refreshToken);
    expect(await as(second).failure('{ apiKeys { id } }')).toEqual({ code: 'FORBIDDEN', required: 'ADMIN' });
    await as(second, other.url).data(ME);
    await sql('DELETE FROM memberships WHERE workspace_id = $1 AND user_id = $2', [owner.workspaceId, guest.userId]);
    await out(second, test.url);
    const third = await refresh(test.url, second.refreshToken);
    expect(third.workspace.id).toBe(guest.workspaceId);
    for (const tokens of [first, second]) for (const url of [test.url, other.url]) await out(tokens, url);
    // Taken in again, the token has the role of now, not the one written in it.
    await sql("INSERT INTO memberships (workspace_id, user_id, role) VALUES ($1, $2, 'VIEWER')", [owner.workspaceId, guest.userId]);
    expect(await as(first).failure('{ apiKeys { id } }')).toEqual({ code: 'FORBIDDEN', required: 'ADMIN' });
    expect(await as(third).data(ME)).toHaveProperty('me.id', guest.userId);
  });
});

describe('an API key that is revoked', () => {
  it('is out in every process, and its sockets are closed', async () => {
    const { email } = await person(test);
    const tokens = await signIn(test.url, email);
    const { createApiKey } = await as(tokens).data<{ createApiKey: { secret: string; apiKey: { id: string } } }>('mutation { createApiKey(input: { name: "k", scopes: [READ] }) { secret apiKey { id } } }');
    const sockets = [await watching(test.url, `Bearer ${createApiKey.secret}`), await watching(other.url, `Bearer ${createApiKey.secret}`)];
    expect(await codeOf(new TestClient(other.url, createApiKey.secret))).toBeUndefined();
    await as(tokens).data('mutation ($id: ID!) { revokeApiKey(id: $id) }', { id: createApiKey.apiKey.id });
    for (const socket of sockets) expect((await socket.closed).code).toBe(4401);
    await until(async () => await codeOf(new TestClient(other.url, createApiKey.secret)) === 'UNAUTHENTICATED', 'the key is refused', 1_000);
    await createLead(as(tokens));
    for (const socket of sockets) expect(eventsOf(socket)).toEqual([]);
  });
});

describe('an authenticated request', () => {
  it('reads no row to find out who asks: it is answered while every table of accounts is locked', async () => {
    const { email } = await person(test);
    const tokens = await signIn(test.url, email);
    const { createApiKey } = await as(tokens).data<{ createApiKey: { secret: string } }>('mutation { createApiKey(input: { name: "k", scopes: [READ] }) { secret } }');
    const withKey = new TestClient(test.url, createApiKey.secret);
    const PURE = '{ extractEmails(content: "info@clinic.example") { address } }';
    expect(await codeOf(new TestClient(test.url, null), PURE)).toBe('UNAUTHENTICATED');
    await withKey.data(PURE);
    await withClient(test.databaseUrl, async (client) => {
      await client.query('BEGIN; LOCK TABLE sessions, memberships, users, workspaces, refresh_tokens, api_keys IN ACCESS EXCLUSIVE MODE');
      // The access token was never seen before, the key was.
      for (const one of [as(tokens), withKey]) expect(await one.data(PURE)).toEqual({ extractEmails: [{ address: 'info@clinic.example' }] });
      await client.query('ROLLBACK');
    });
  });
});

describe('a socket', () => {
  it('whose access token expires is closed with 4401 and passes no event afterwards; a new token in a ping keeps it open', async () => {
    const short = await secondApp(test, { ACCESS_TOKEN_TTL: '3s' });
    try {
      const { email } = await person(test);
      const tokens = await signIn(short.url, email);
      const [silent, faithful] = [await watching(short.url, `Bearer ${tokens.accessToken}`), await watching(short.url, `Bearer ${tokens.accessToken}`)];
      let newest = tokens;
      await until(async () => {
        // Half of its life is over: as a client should, it brings the next one.
        if (Date.parse(newest.accessTokenExpiresAt) - Date.now() > 1_500) return silent.isClosed();
        newest = await refresh(short.url, newest.refreshToken);
        faithful.send({ type: 'ping', payload: { authorization: `Bearer ${newest.accessToken}` } });
        return silent.isClosed();
      }, 'the silent socket is closed');
      expect(await silent.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
      expect(faithful.isClosed()).toBe(false);
      await createLead(as(newest, short.url));
      await until(async () => Promise.resolve(eventsOf(faithful).length === 1), 'the event arrives on the socket that stayed');
      expect(eventsOf(silent)).toEqual([]);
      expect((await faithful.closed).code).toBe(4401);
    } finally {
      await short.close();
    }
  });

  it('is closed by a bad token in a ping, and by the token of somebody else, another session or another workspace', async () => {
    const [one, two] = [await person(test), await person(test)];
    const tokens = await signIn(test.url, one.email);
    const cases: [string, number][] = [['Bearer nonsense', 4401], [`Bearer ${(await signIn(test.url, two.email)).accessToken}`, 4403], [`Bearer ${(await signIn(test.url, one.email)).accessToken}`, 4403]];
    for (const [authorization, code] of cases) {
      const socket = await watching(test.url, `Bearer ${tokens.accessToken}`);
      socket.send({ type: 'ping', payload: { authorization } });
      expect((await socket.closed).code).toBe(code);
    }
    const anonymous = await rawSocket(test.url, null);
    anonymous.send({ type: 'ping', payload: { authorization: `Bearer ${tokens.accessToken}` } });
    expect((await anonymous.closed).code).toBe(4403);
    const plain = await watching(test.url, `Bearer ${tokens.accessToken}`);
    for (const payload of [undefined, {}, null, { at: 1 }]) plain.send({ type: 'ping', ...(payload === undefined ? {} : { payload }) });
    await until(async () => Promise.resolve(plain.received.filter((message) => message.type === 'pong').length >= 3 || plain.isClosed()), 'plain pings are answered');
    plain.close();
  });

  it('that was closed for its credentials takes no operation any more, even from a client that goes on sending', async () => {
    const { email, workspaceId } = await person(test);
    const [tokens, judge] = [await signIn(test.url, email), await signIn(test.url, email)];
    const socket = await watching(test.url, `Bearer ${tokens.accessToken}`);
    const { sessions } = await as(judge).data<{ sessions: { id: string; current: boolean }[] }>('{ sessions { id current } }');
    socket.pause();
    await as(judge).data('mutation ($id: ID!) { revokeSession(id: $id) }', { id: sessions.find((session) => !session.current)?.id });
    socket.send({ type: 'subscribe', id: 'late', payload: { query: 'mutation { createLead(input: { companyName: "Late" }) { id } }' } });
    socket.send({ type: 'ping', payload: { authorization: `Bearer ${judge.accessToken}` } });
    socket.send({ type: 'subscribe', id: 'later', payload: { query: 'mutation { createLead(input: { companyName: "Late" }) { id } }' } });
    await createLead(as(judge));
    socket.resume();
    expect((await socket.closed).code).toBe(4401);
    expect(eventsOf(socket)).toEqual([]);
    expect(await sql("SELECT company_name FROM leads WHERE workspace_id = $1 AND company_name = 'Late'", [workspaceId])).toEqual([]);
  });
});

describe('a session that is old', () => {
  it('ends when it was not used for REFRESH_TOKEN_TTL, and after SESSION_TTL however often it is used', async () => {
    const strict = await secondApp(test, { REFRESH_TOKEN_TTL: '1h', SESSION_TTL: '3h' });
    try {
      const { email, userId } = await person(test, newAddress());
      const first = await signIn(strict.url, email);
      const leftMs = (tokens: Tokens): number => Date.parse(tokens.refreshTokenExpiresAt) - Date.now();
      const age = (hours: number): Promise<unknown> => sql(`UPDATE sessions SET created_at = created_at - $2 * interval '1 hour', last_used_at = last_used_at - $2 * interval '1 hour', expires_at = expires_at - $2 * interval '1 hour' WHERE user_id = $1`, [userId, hours]);
      await age(0.9);
      const second = await refresh(strict.url, first.refreshToken);
      expect(leftMs(second)).toBeGreaterThan(55 * 60_000);
      await age(0.9);
      const third = await refresh(strict.url, second.refreshToken);
      await age(0.9);
      const last = await refresh(strict.url, third.refreshToken);
      // 2.7 of three hours are over: the end is absolute, for the access token too.
      expect(leftMs(last)).toBeLessThan(20 * 60_000);
      await age(0.4);
      expect((await new TestClient(strict.url, null).failure(REFRESH, { token: last.refreshToken })).code).toBe('TOKEN_EXPIRED');
      const idle = await signIn(strict.url, email);
      await age(1.1);
      expect((await new TestClient(strict.url, null).failure(REFRESH, { token: idle.refreshToken })).code).toBe('TOKEN_EXPIRED');
    } finally {
      await strict.close();
    }
  });
});

describe('Redis', () => {
  it.skipIf(inject('size') !== 'servers')('that is lost, and comes back empty, hides no revocation (needs TEST_SIZE=servers)', async () => {
    const redis = await restartableRedis();
    const [one, two] = [await secondApp(test, { REDIS_URL: redis.url }), await secondApp(test, { REDIS_URL: redis.url })];
    try {
      const { email } = await person(test);
      const [before, during, kept] = [await signIn(one.url, email), await signIn(one.url, email), await signIn(one.url, email)];
      await as(before, one.url).data('mutation { logout }');
      await redis.stop();
      expect(await as(during, two.url).data(ME)).toHaveProperty('me.id');
      await as(during, one.url).data('mutation { logout }');
      await out(during, two.url);
      await redis.start();
      for (const url of [one.url, two.url]) for (const tokens of [before, during]) expect(await codeOf(as(tokens, url))).toBe('UNAUTHENTICATED');
      expect(await as(kept, two.url).data(ME)).toHaveProperty('me.id');
      // A process that starts now knows as well.
      const three = await secondApp(test, { REDIS_URL: redis.url });
      try { for (const tokens of [before, during]) expect(await codeOf(as(tokens, three.url))).toBe('UNAUTHENTICATED'); } finally { await three.close(); }
    } finally {
      await one.close();
      await two.close();
      await redis.remove();
    }
  });
});
