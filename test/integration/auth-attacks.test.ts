import { createHmac, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hash } from '@node-rs/argon2';
import { decodeProtectedHeader, exportJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestClient, until } from '../support/client.js';
import { LOGIN, mailedToken, mailsTo, ME, newAddress, PASSWORD, person, refresh, REFRESH, REGISTER, secondApp, signIn, VERIFY, type Tokens } from '../support/sign-ins.js';
import { testFolder, withClient } from '../support/servers.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let test: TestApp;
let nobody: TestClient;
beforeAll(async () => {
  test = await startTestApp();
  nobody = new TestClient(test.url, null);
});
afterAll(async () => { await test.close(); });

const codeOf = async (token: string, query = ME): Promise<string | undefined> => (await new TestClient(test.url, token).send(query)).errors[0]?.extensions.code;
async function sql<T>(query: string, parameters: unknown[] = []): Promise<T[]> {
  return await withClient(test.databaseUrl, async (client) => (await client.query(query, parameters)).rows as T[]);
}
/** How often passwords were hashed or compared so far: what an answer costs, without a clock. */
async function work(): Promise<number> {
  return Number(/^leadline_password_hashings_total (\d+)$/m.exec(await (await fetch(`${test.url}/metrics`)).text())?.[1]);
}
const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a forged access token', () => {
  let good: Tokens;
  let body: Record<string, unknown>;
  let head: { kid?: string };
  const pem = (): string => readFileSync(join(test.dataDir, 'jwt-key.pem'), 'utf8');
  beforeAll(async () => {
    good = await signIn(test.url, (await person(test)).email);
    body = JSON.parse(Buffer.from(good.accessToken.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
    head = decodeProtectedHeader(good.accessToken);
    expect(await codeOf(good.accessToken)).toBeUndefined();
  });
  /** Signed with the server's own key, so that only what is changed can be the reason. */
  async function signed(header: Record<string, unknown>, claims: Record<string, unknown> = {}): Promise<string> {
    const { createPrivateKey } = await import('node:crypto');
    return await new SignJWT({ ...body, ...claims }).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: head.kid ?? '', ...header }).sign(createPrivateKey(pem()));
  }

  it('is refused with alg none, in every spelling', async () => {
    expect(await codeOf(await signed({}))).toBeUndefined();
    for (const alg of ['none', 'None', 'NONE', 'nOnE']) for (const signature of ['', good.accessToken.split('.')[2]]) expect(await codeOf(`${base64({ ...head, alg })}.${base64(body)}.${signature}`)).toBe('UNAUTHENTICATED');
  });

  it('is refused with HS256 and the public key as the secret', async () => {
    const { keys } = await (await fetch(`${test.url}/.well-known/jwks.json`)).json() as { keys: { x: string }[] };
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
    const input = `${base64({ ...head, alg: 'HS256' })}.${base64(body)}`;
    for (const secret of [keys[0]?.x ?? '', Buffer.from(keys[0]?.x ?? '', 'base64url'), JSON.stringify(keys[0])]) expect(await codeOf(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`)).toBe('UNAUTHENTICATED');
  });

  it('is refused without a kid, with an unknown one, with a path or SQL as kid, and with a key of its own in the header', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    for (const kid of ['', 'unknown', '../../jwt-key.pem', '/dev/null', "' OR '1'='1", '__proto__', 'constructor']) expect(await codeOf(await signed({ kid }))).toBe('UNAUTHENTICATED');
    expect(await codeOf(await signed({ kid: undefined }))).toBe('UNAUTHENTICATED');
    const jwk = await exportJWK(publicKey);
    for (const extra of [{ jwk }, { jku: `${test.url}/keys` }, { x5u: `${test.url}/keys` }, { kid: head.kid, jwk }]) {
      expect(await codeOf(await new SignJWT(body).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: head.kid ?? '', ...extra }).sign(privateKey))).toBe('UNAUTHENTICATED');
    }
  });

  it('is refused when it has expired, names another issuer or audience, is of another type, or lacks a claim', async () => {
    const past = Math.floor(Date.now() / 1_000) - 60;
    for (const claims of [{ exp: past }, { exp: undefined }, { nbf: past + 3_600 }, { iss: 'another' }, { iss: undefined }, { aud: 'another' }, { aud: undefined }, { sub: undefined }, { sid: undefined }, { wid: undefined }, { role: undefined }, { role: 'GOD' }, { ver: undefined }]) expect(await codeOf(await signed({}, claims)), JSON.stringify(claims)).toBe('UNAUTHENTICATED');
    for (const header of [{ typ: 'JWT' }, { typ: undefined }, { crit: ['exp2'], exp2: 1 }]) expect(await codeOf(await signed(header).catch(() => 'x.y.z'))).toBe('UNAUTHENTICATED');
  });

  it('is refused where a refresh token is wanted, and a refresh token where it is wanted', async () => {
    expect((await nobody.failure(REFRESH, { token: good.accessToken })).code).toBe('TOKEN_INVALID');
    expect(await codeOf(good.refreshToken)).toBe('UNAUTHENTICATED');
  });

  it('counts nowhere but in the Authorization header: not in the query string, the body or a cookie', async () => {
    const ask = async (url: string, init: RequestInit): Promise<unknown> => (await (await fetch(url, init)).json() as { errors?: { extensions: { code: string } }[] }).errors?.[0]?.extensions.code;
    const query = encodeURIComponent(ME);
    for (const name of ['access_token', 'token', 'authorization']) {
      expect(await ask(`${test.url}/graphql?query=${query}&${name}=${good.accessToken}`, {})).toBe('UNAUTHENTICATED');
      expect(await ask(`${test.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', cookie: `${name}=${good.accessToken}` }, body: JSON.stringify({ query: ME, [name]: good.accessToken }) })).toBe('UNAUTHENTICATED');
    }
  });
});

describe('forging a request from another site', () => {
  it('changes nothing by GET, nor by any content type a form can send', async () => {
    const tokens = await signIn(test.url, (await person(test)).email);
    const mutation = 'mutation { createLead(input: { companyName: "Forged" }) { id } }';
    const authorization = `Bearer ${tokens.accessToken}`;
    const byGet = await fetch(`${test.url}/graphql?query=${encodeURIComponent(mutation)}`, { headers: { authorization } });
    expect(byGet.status).toBeGreaterThanOrEqual(400);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', '']) {
      const answer = await fetch(`${test.url}/graphql`, { method: 'POST', headers: { authorization, ...(type === '' ? {} : { 'content-type': type }) }, body: JSON.stringify({ query: mutation }) });
      expect(answer.status, type).toBeGreaterThanOrEqual(400);
    }
    expect(await sql("SELECT 1 FROM leads WHERE company_name = 'Forged'")).toEqual([]);
  });
});

describe('fixing a session', () => {
  it('is impossible: every sign-in makes a session and tokens of its own, whatever the client brings along', async () => {
    const { email } = await person(test);
    const first = await signIn(test.url, email);
    const second = await signIn(test.url, email, PASSWORD, { authorization: `Bearer ${first.accessToken}`, cookie: 'session=chosen' });
    const sid = (tokens: Tokens): unknown => (JSON.parse(Buffer.from(tokens.accessToken.split('.')[1] ?? '', 'base64url').toString()) as { sid: string }).sid;
    expect(sid(second)).not.toBe(sid(first));
    expect(second.refreshToken).not.toBe(first.refreshToken);
  });
});

describe('finding out who has an account', () => {
  it('works neither by text nor by status nor by the work done, for sign-in, mails and registration', async () => {
    const known = await person(test);
    const unverified = newAddress();
    await nobody.data(REGISTER, { email: unverified, password: PASSWORD });
    const outcomes: unknown[] = [];
    for (const email of [known.email, unverified, 'unknown@users.example', 'x'.repeat(300)]) {
      for (const password of ['not the password', '', 'x'.repeat(10_000)]) {
        const before = await work();
        const { status, errors, data } = await nobody.send(LOGIN, { email, password });
        outcomes.push({ status, errors, data, work: await work() - before, password: password.length });
      }
    }
    for (const outcome of outcomes as { password: number; work: number }[]) expect(outcome).toEqual({ ...(outcomes[0] as object), password: outcome.password, work: outcome.password === 0 ? 0 : 1 });
    for (const field of ['resendVerification', 'requestPasswordReset']) for (const email of [known.email, unverified, 'unknown@users.example']) expect(await nobody.send(`mutation ($email: String!) { ${field}(email: $email) }`, { email })).toEqual({ status: 200, data: { [field]: true }, errors: [] });
    const costs: number[] = [];
    for (const email of [newAddress(), known.email]) {
      const before = await work();
      await nobody.send(REGISTER, { email, password: PASSWORD });
      costs.push(await work() - before);
    }
    expect(costs).toEqual([1, 1]);
  });
});

describe('a mailed link', () => {
  it('that is replayed, used for another purpose, or older than a newer sign-in does nothing twice', async () => {
    const email = newAddress();
    await nobody.data(REGISTER, { email, password: PASSWORD });
    const verify = await mailedToken(test.dataDir, email, 'verify');
    const RESET = 'mutation ($token: String!) { resetPassword(token: $token, newPassword: "another good phrase") }';
    expect((await nobody.failure(RESET, { token: verify })).code).toBe('TOKEN_INVALID');
    const both = await Promise.all([1, 2].map(() => nobody.send(VERIFY, { token: verify })));
    expect(both.map((answer) => answer.errors[0]?.extensions.code ?? 'in').sort()).toEqual(['TOKEN_INVALID', 'in']);
    await nobody.data('mutation ($email: String!) { requestPasswordReset(email: $email) }', { email });
    const reset = await mailedToken(test.dataDir, email, 'reset');
    expect((await nobody.failure(VERIFY, { token: reset })).code).toBe('TOKEN_INVALID');
    const twice = await Promise.all([1, 2].map(() => nobody.send(RESET, { token: reset })));
    expect(twice.map((answer) => answer.errors[0]?.extensions.code ?? 'changed').sort()).toEqual(['TOKEN_INVALID', 'changed']);
  });
});

describe('a password', () => {
  const reasonsOf = async (password: string, email = 'somebody@acmecorp.example'): Promise<unknown> => (await nobody.failure(REGISTER, { email, password })).reasons;

  it.each(['P@ssw0rd', 'qwertyuiop12', 'sunshine123456', 'abcdefgh', 'asdfasdfasdf', 'passwordpassword', 'PASSWORD123', '１２３４５６７８'])('that is or is made of a leaked one is refused: %s', async (password) => {
    expect(await reasonsOf(password)).toEqual(['TOO_COMMON']);
  });

  it('that holds the name or the domain of the address is refused; any script and any length up to 256 characters is welcome', async () => {
    expect(await reasonsOf('hello Somebody, welcome')).toEqual(['CONTAINS_EMAIL']);
    expect(await reasonsOf('the ACMECORP pass phrase')).toEqual(['CONTAINS_EMAIL']);
    expect(await reasonsOf('ﷺ'.repeat(20))).toEqual(expect.arrayContaining(['TOO_LONG']));
    for (const password of ['пароль для моей кошки', '犬も歩けば棒に当たる', `${'длинный пароль '.repeat(16)}конец!`]) {
      const email = newAddress();
      await nobody.data(REGISTER, { email, password });
      // Typed on another keyboard, the same text may be composed otherwise.
      expect((await nobody.failure(LOGIN, { email, password: password.normalize('NFD') })).code).toBe('EMAIL_NOT_VERIFIED');
    }
  });

  it('that was hashed with less work is hashed anew at the next sign-in', async () => {
    const { email, userId } = await person(test);
    await sql('UPDATE users SET password_hash = $2 WHERE id = $1', [userId, await hash(PASSWORD, { memoryCost: 4_096, timeCost: 1, parallelism: 1 })]);
    await signIn(test.url, email);
    const [row] = await sql<{ password_hash: string }>('SELECT password_hash FROM users WHERE id = $1', [userId]);
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    await signIn(test.url, email);
    expect(await sql('SELECT password_hash FROM users WHERE id = $1', [userId])).toEqual([row]);
  });

  it('is changed by who knows it, which ends the other sessions and keeps this one', async () => {
    const { email } = await person(test);
    const [mine, other] = [await signIn(test.url, email), await signIn(test.url, email)];
    const CHANGE = 'mutation ($from: String!, $to: String!) { changePassword(currentPassword: $from, newPassword: $to) }';
    const me = new TestClient(test.url, mine.accessToken);
    expect((await me.failure(CHANGE, { from: 'wrong', to: 'another good phrase' })).code).toBe('INVALID_CREDENTIALS');
    expect(await me.failure(CHANGE, { from: PASSWORD, to: 'short' })).toEqual({ code: 'WEAK_PASSWORD', reasons: ['TOO_SHORT'] });
    expect(await codeOf(other.accessToken)).toBeUndefined();
    expect(await me.data(CHANGE, { from: PASSWORD, to: 'another good phrase' })).toEqual({ changePassword: true });
    expect(await codeOf(other.accessToken)).toBe('UNAUTHENTICATED');
    expect(await codeOf(mine.accessToken)).toBeUndefined();
    expect((await nobody.failure(LOGIN, { email, password: PASSWORD })).code).toBe('INVALID_CREDENTIALS');
    await signIn(test.url, email, 'another good phrase');
  });
});

describe('a refresh token', () => {
  it('sent fifty times at once to two processes has one child, every answer works, and nobody is out', async () => {
    const other = await secondApp(test);
    try {
      const first = await signIn(test.url, (await person(test)).email);
      const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => refresh(index % 2 === 0 ? test.url : other.url, first.refreshToken)));
      expect(new Set(answers.map((answer) => answer.refreshToken)).size).toBe(1);
      for (const answer of answers) expect(await codeOf(answer.accessToken)).toBeUndefined();
      const next = await refresh(other.url, answers[0]?.refreshToken ?? '');
      expect(await codeOf(next.accessToken)).toBeUndefined();
      expect(await sql('SELECT 1 FROM refresh_tokens WHERE session_id = (SELECT session_id FROM refresh_tokens ORDER BY created_at DESC LIMIT 1)')).toHaveLength(3);
    } finally {
      await other.close();
    }
  });

  it('that was stolen and used late ends the family: thief and owner are out, and the owner gets a mail', async () => {
    const { email, userId } = await person(test);
    const first = await signIn(test.url, email);
    const owner = await refresh(test.url, (await refresh(test.url, first.refreshToken)).refreshToken);
    const elsewhere = await signIn(test.url, email);
    expect((await nobody.failure(REFRESH, { token: first.refreshToken })).code).toBe('TOKEN_REUSED');
    expect((await nobody.failure(REFRESH, { token: owner.refreshToken })).code).toBe('TOKEN_INVALID');
    expect(await codeOf(owner.accessToken)).toBe('UNAUTHENTICATED');
    expect(await codeOf(elsewhere.accessToken)).toBeUndefined();
    await until(async () => Promise.resolve(mailsTo(test.dataDir, email).length > 0), 'the owner is told');
    expect((await sql<{ type: string }>('SELECT type FROM audit_events WHERE user_id = $1 ORDER BY at', [userId])).map((row) => row.type)).toEqual(['SIGNED_IN', 'TOKEN_REFRESHED', 'TOKEN_REFRESHED', 'SIGNED_IN', 'TOKEN_REUSED', 'TOKEN_REFUSED']);
  });

  it('and its access token outlive a rotation of the signing keys with overlap', async () => {
    const folder = testFolder('keys');
    const key = (): string => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const [old, fresh] = [key(), key()];
    const at = async <T>(keys: string, job: (url: string) => Promise<T>): Promise<T> => {
      const app = await secondApp(test, { JWT_PRIVATE_KEY: keys, DATA_DIR: folder });
      try { return await job(app.url); } finally { await app.close(); }
    };
    const { email } = await person(test);
    const [first, child] = await at(old, async (url) => { const tokens = await signIn(url, email); return [tokens, await refresh(url, tokens.refreshToken)] as const; });
    await at(`${fresh}\\n${old}`.replaceAll('\n', '\\n'), async (url) => {
      expect(await new TestClient(url, first.accessToken).data(ME)).toHaveProperty('me.id');
      // The answer with the child was lost, and the key that made it is not the first any more.
      expect((await refresh(url, first.refreshToken)).refreshToken).toBe(child.refreshToken);
      const next = await refresh(url, child.refreshToken);
      const { keys } = await (await fetch(`${url}/.well-known/jwks.json`)).json() as { keys: { kid: string }[] };
      expect(keys.map(({ kid }) => kid)).toEqual([decodeProtectedHeader(next.accessToken).kid, decodeProtectedHeader(first.accessToken).kid]);
    });
    await at(fresh, async (url) => { expect((await new TestClient(url, first.accessToken).failure(ME)).code).toBe('UNAUTHENTICATED'); });
    rmSync(folder, { recursive: true, force: true });
  });
});

describe('the audit log', () => {
  it('has a line for a refused token that was ours once, and none for rubbish', async () => {
    const { email, userId } = await person(test);
    const tokens = await signIn(test.url, email);
    await new TestClient(test.url, tokens.accessToken).data('mutation { logout }');
    expect((await nobody.failure(REFRESH, { token: tokens.refreshToken })).code).toBe('TOKEN_INVALID');
    expect((await nobody.failure(REFRESH, { token: 'rubbish' })).code).toBe('TOKEN_INVALID');
    expect(await sql("SELECT type, details->>'why' AS why FROM audit_events WHERE user_id = $1 OR (user_id IS NULL AND type = 'TOKEN_REFUSED') ORDER BY at DESC LIMIT 1", [userId])).toEqual([{ type: 'TOKEN_REFUSED', why: 'REVOKED' }]);
  });
});

describe('an account that is deleted', () => {
  it('takes its workspace along and leaves nothing of the person in any table; shared workspaces stay', async () => {
    const [owner, guest] = [await person(test, 'leaving.person@vanished.example'), await person(test)];
    await sql("INSERT INTO memberships (workspace_id, user_id, role) VALUES ($1, $2, 'MEMBER')", [guest.workspaceId, owner.userId]);
    const tokens = await signIn(test.url, owner.email, PASSWORD, { 'user-agent': 'Vanishing/1' });
    await nobody.send(LOGIN, { email: owner.email, password: 'wrong guess' });
    const me = new TestClient(test.url, tokens.accessToken);
    await me.data('mutation { createLead(input: { companyName: "Vanished Ltd", email: "info@vanished.com" }) { id } createGoal(input: { text: "3 bakeries in Berlin" }) { id } createApiKey(input: { name: "k", scopes: [READ] }) { secret } }');
    await me.data('mutation { requestPasswordReset(email: "leaving.person@vanished.example") }');
    const DELETE = 'mutation ($password: String!) { deleteAccount(password: $password) }';
    expect((await me.failure(DELETE, { password: 'wrong' })).code).toBe('INVALID_CREDENTIALS');
    // An export whose row went with its workspace.
    const file = join(test.dataDir, 'exports', `${crypto.randomUUID()}.csv`);
    mkdirSync(join(test.dataDir, 'exports'), { recursive: true });
    writeFileSync(file, 'Vanished Ltd');
    expect(await me.data(DELETE, { password: PASSWORD })).toEqual({ deleteAccount: true });
    expect(existsSync(file)).toBe(false);
    expect(await codeOf(tokens.accessToken)).toBe('UNAUTHENTICATED');
    const tables = await sql<{ table_name: string }>("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'");
    expect(tables.length).toBeGreaterThan(25);
    await withClient(test.databaseUrl, async (client) => {
      for (const { table_name } of tables) {
        for (const { row } of (await client.query<{ row: string }>(`SELECT t::text AS row FROM ${table_name} t`)).rows) {
          expect(row.toLowerCase(), table_name).not.toMatch(/vanish|leaving\.person/);
          if (table_name !== 'audit_events' && table_name !== 'revocations') for (const id of [owner.userId, owner.workspaceId]) expect(row, table_name).not.toContain(id);
        }
      }
    });
    expect(await sql('SELECT DISTINCT ip, address_hash FROM audit_events WHERE user_id = $1', [owner.userId])).toEqual([{ ip: null, address_hash: null }]);
    await signIn(test.url, guest.email);
  });
});

describe('limits', () => {
  it('believe X-Forwarded-For from a trusted proxy only, count an account in many places, and never lock its owner out', async () => {
    const limited = await startTestApp({ RATE_LIMITS: 'on', TRUST_PROXY: '127.0.0.1' });
    const strict = await secondApp(limited, { TRUST_PROXY: '' });
    try {
      const { email } = await person(limited);
      await signIn(limited.url, email, PASSWORD, { 'x-forwarded-for': '198.51.100.7' });
      const guess = async (url: string, from: string, password = 'guess', to = email): Promise<{ code?: string; scope?: string }> => {
        const response = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-forwarded-for': from }, body: JSON.stringify({ query: LOGIN, variables: { email: to, password } }) });
        return (await response.json() as { errors?: { extensions: { code: string; scope?: string } }[] }).errors?.[0]?.extensions ?? {};
      };
      // A hundred strangers, each from an address of his own; what they write in front of it is not believed. An empty password counts like any other, and costs no hashing.
      for (let batch = 0; batch < 10; batch += 1) await Promise.all(Array.from({ length: 10 }, (_, index) => guess(limited.url, `198.51.100.7, 203.0.113.${batch * 10 + index + 1}`, '')));
      expect(await guess(limited.url, '203.0.113.250')).toMatchObject({ code: 'RATE_LIMITED', scope: 'login-account' });
      expect(await guess(limited.url, '203.0.113.250', PASSWORD)).toMatchObject({ code: 'RATE_LIMITED', scope: 'login-account' });
      expect(await guess(limited.url, '198.51.100.7', PASSWORD)).toEqual({});
      // Without a trusted proxy they are all one address.
      const seen: (string | undefined)[] = [];
      for (let attempt = 0; attempt < 21; attempt += 1) seen.push((await guess(strict.url, `203.0.113.${attempt + 1}`, '', 'other@users.example')).scope);
      expect(seen).toEqual([...Array<undefined>(20).fill(undefined), 'login']);
      // A flood is one line of the log for each key and window, whoever sends it.
      await withClient(limited.databaseUrl, async (client) => {
        const { rows } = await client.query<{ scope: string; lines: number; about: number }>("SELECT details->>'scope' AS scope, count(*)::int AS lines, count(address_hash)::int AS about FROM audit_events WHERE type = 'RATE_LIMITED' GROUP BY 1 ORDER BY 1");
        expect(rows).toEqual([{ scope: 'login', lines: 1, about: 1 }, { scope: 'login-account', lines: 1, about: 1 }]);
      });
    } finally {
      await strict.close();
      await limited.close();
    }
  });
});
