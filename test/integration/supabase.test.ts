import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from '@supabase/supabase-js';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type JWK } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TestClient } from '../support/client.js';
import { JWT_SECRET, startGotrue } from '../support/gotrue.js';
import { withClient } from '../support/servers.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const ME = '{ me { id email emailVerified identities { provider email } memberships { role } } workspace { id } }';
interface Me { me: { id: string; email: string; emailVerified: boolean; identities: object[]; memberships: object[] }; workspace: { id: string } }
const secretKey = new TextEncoder().encode(JWT_SECRET);
let count = 0;
const newAddress = (): string => `supa${count += 1}@users.example`;

/** Claims as Supabase Auth writes them; `undefined` leaves one out. */
const claimsOf = (issuer: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  iss: issuer, sub: crypto.randomUUID(), aud: 'authenticated', role: 'authenticated', email: newAddress(), phone: '', session_id: crypto.randomUUID(), is_anonymous: false, aal: 'aal1',
  amr: [{ method: 'password', timestamp: 1_700_000_000 }], app_metadata: { provider: 'email', providers: ['email'] }, user_metadata: { email_verified: true },
  iat: Math.floor(Date.now() / 1_000), exp: Math.floor(Date.now() / 1_000) + 3_600, ...more,
});
const events = async (app: TestApp, query: string, parameters: unknown[]): Promise<unknown[]> => await withClient(app.databaseUrl, async (sql) => (await sql.query(query, parameters)).rows as unknown[]);

describe('with the JWT secret of a project, a person of @supabase/supabase-js', () => {
  let gotrue: Awaited<ReturnType<typeof startGotrue>>;
  let test: TestApp;
  let supabase: ReturnType<typeof createClient>;
  beforeAll(async () => {
    gotrue = await startGotrue();
    test = await startTestApp({ SUPABASE_URL: gotrue.url, SUPABASE_JWT_SECRET: JWT_SECRET, LOG_LEVEL: 'silent' });
    supabase = createClient(gotrue.url, 'an anon key', { auth: { persistSession: false, autoRefreshToken: false } });
  });
  afterAll(async () => { await test.close(); await gotrue.close(); });

  it('signs up and in there, and is a user with a workspace here, over HTTP and WebSocket', async () => {
    const email = newAddress();
    const signedUp = await supabase.auth.signUp({ email, password: 'correct horse battery' });
    expect(signedUp.error).toBeNull();
    const first = new TestClient(test.url, signedUp.data.session?.access_token ?? '');
    const me = await first.data<Me>(ME);
    expect(me).toMatchObject({ me: { email, identities: [{ provider: 'supabase', email }], memberships: [{ role: 'OWNER' }] } });
    const signedIn = await supabase.auth.signInWithPassword({ email, password: 'correct horse battery' });
    const second = new TestClient(test.url, signedIn.data.session?.access_token ?? '');
    expect(await second.data<Me>(ME)).toEqual(me);
    const { createGoal } = await second.data<{ createGoal: { id: string } }>('mutation { createGoal(input: { text: "5 dental clinics in Austin, Texas" }) { id } }');
    const live = second.subscribe<{ goalProgress: { type: string } }>('subscription ($id: ID!) { goalProgress(goalId: $id) { type } }', { id: createGoal.id });
    expect((await live.events.next()).value).toEqual({ goalProgress: { type: 'SNAPSHOT' } });
    await live.close();
  });

  it('refreshes there, and the new token is the same person', async () => {
    const { data } = await supabase.auth.signUp({ email: newAddress(), password: 'correct horse battery' });
    const before = await new TestClient(test.url, data.session?.access_token ?? '').data<Me>(ME);
    const refreshed = await supabase.auth.refreshSession({ refresh_token: data.session?.refresh_token ?? '' });
    expect(await new TestClient(test.url, refreshed.data.session?.access_token ?? '').data<Me>(ME)).toEqual(before);
  });

  it('is one user with one workspace after ten first requests at once', async () => {
    // Several people one after the other: each race has its own way to go.
    for (let person = 0; person < 5; person += 1) {
      const { data } = await supabase.auth.signUp({ email: newAddress(), password: 'correct horse battery' });
      const client = new TestClient(test.url, data.session?.access_token ?? '');
      const all = await Promise.all(Array.from({ length: 10 }, () => client.data<Me>(ME)));
      expect(new Set(all.map(({ me, workspace }) => `${me.id} ${workspace.id}`)).size).toBe(1);
      expect(await events(test, 'SELECT 1 FROM memberships WHERE user_id = $1', [all[0]?.me.id])).toHaveLength(1);
    }
  });

  it('is none with a token that was made with another secret, expired, has another audience, role or issuer, is anonymous or has no subject', async () => {
    const issuer = `${gotrue.url}/auth/v1`;
    const sign = async (more: Record<string, unknown>, key = secretKey): Promise<string> => await new SignJWT(claimsOf(issuer, more)).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(key);
    expect((await new TestClient(test.url, await sign({})).data<Me>(ME)).me.memberships).toHaveLength(1);
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const bad = [
      await sign({}, new TextEncoder().encode('another-secret-with-at-least-32-characters')), await sign({ exp: Math.floor(Date.now() / 1_000) - 1 }), await sign({ exp: undefined }),
      await sign({ aud: 'anon' }), await sign({ aud: undefined }), await sign({ role: 'service_role' }), await sign({ role: undefined }), await sign({ iss: 'https://evil.example/auth/v1' }),
      await sign({ is_anonymous: true }), await sign({ sub: undefined }), await sign({ sub: '' }), await sign({ sub: 7 }), await sign({ sub: 'a\u0000b' }), await sign({ nbf: Math.floor(Date.now() / 1_000) + 600 }),
      `${encode({ alg: 'none' })}.${encode(claimsOf(issuer))}.`, 'a.b.c', '..', 'x',
    ];
    for (const token of bad) expect((await new TestClient(test.url, token).failure(ME)).code, token).toBe('UNAUTHENTICATED');
  });
});

describe('with the published keys of a project, a token', () => {
  let server: Server;
  let test: TestApp;
  let issuer: string;
  let keys: { keys: JWK[] };
  let answer: { status: number; body: string } | null = null;
  let isAway = false;
  let asked = 0;
  const pair = async (alg: string, kid: string) => { const made = await generateKeyPair(alg, { extractable: true }); return { ...made, alg, kid, jwk: { ...await exportJWK(made.publicKey), alg, kid, use: 'sig' } }; };
  type Pair = Awaited<ReturnType<typeof pair>>;
  let es256: Pair;
  const sign = async (more: Record<string, unknown> = {}, by: Pair = es256): Promise<string> => await new SignJWT(claimsOf(issuer, more)).setProtectedHeader({ alg: by.alg, kid: by.kid, typ: 'JWT' }).sign(by.privateKey);
  const client = async (more: Record<string, unknown> = {}, by?: Pair): Promise<TestClient> => new TestClient(test.url, await sign(more, by));

  beforeAll(async () => {
    es256 = await pair('ES256', 'first');
    keys = { keys: [es256.jwk] };
    server = createServer((request, response) => {
      asked += 1;
      if (isAway) { request.socket.destroy(); return; }
      if (request.url !== '/auth/v1/.well-known/jwks.json') { response.writeHead(404).end(); return; }
      response.writeHead(answer?.status ?? 200, { 'content-type': 'application/json' }).end(answer?.body ?? JSON.stringify(keys));
    });
    await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    issuer = `${url}/auth/v1`;
    test = await startTestApp({ SUPABASE_URL: url, LOG_LEVEL: 'silent' });
  });
  afterAll(async () => { await test.close(); server.closeAllConnections(); await new Promise((done) => { server.close(done); }); });
  afterEach(() => { answer = null; isAway = false; });

  it('cannot be judged while the project is away or answers rubbish: that is told, and never that the token is bad', async () => {
    const person = await client();
    const away = { code: 'SERVICE_UNAVAILABLE', dependency: 'supabase', retryAfterMs: 5_000 };
    isAway = true;
    expect(await person.failure(ME)).toEqual(away);
    isAway = false;
    for (const rubbish of [{ status: 500, body: '' }, { status: 401, body: '{"message":"No API key found in request"}' }, { status: 200, body: '<html>' }, { status: 200, body: '{}' }, { status: 302, body: '' }]) {
      answer = rubbish;
      expect(await person.failure(ME), rubbish.body).toEqual(away);
    }
    const before = asked;
    // Nobody's, or an old one of our own: no reason to ask.
    for (const token of ['x', 'a.b.c', await sign({ iss: 'leadline' }), await sign({ iss: undefined })]) expect((await new TestClient(test.url, token).failure(ME)).code).toBe('UNAUTHENTICATED');
    expect(asked).toBe(before);
    answer = null;
    expect((await person.data<Me>(ME)).me.memberships).toEqual([{ role: 'OWNER' }]);
  });

  it('is checked with keys that are read once, and read again for an unknown key, but not for each stranger', async () => {
    const person = await client();
    await person.data(ME);
    const before = asked;
    isAway = true;
    for (let i = 0; i < 5; i += 1) await person.data(ME);
    isAway = false;
    const stranger = await pair('ES256', 'stranger');
    for (let i = 0; i < 5; i += 1) expect((await (await client({}, stranger)).failure(ME)).code).toBe('UNAUTHENTICATED');
    expect(asked - before).toBeLessThanOrEqual(1);
  });

  it('is none when a public key is taken for a secret, another algorithm is named, or the claims do not fit', async () => {
    const claims = claimsOf(issuer);
    const pem = await exportSPKI(es256.publicKey);
    const confused = await Promise.all([pem, JSON.stringify(es256.jwk), es256.jwk.x ?? ''].map((secret) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'first', typ: 'JWT' }).sign(new TextEncoder().encode(secret.padEnd(32)))));
    const embedded = await pair('ES256', 'first');
    const bad = [
      ...confused,
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'first' }).sign(secretKey),
      await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'first', jwk: embedded.jwk }).sign(embedded.privateKey),
      await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: '../../../../dev/null' }).sign(embedded.privateKey),
      await sign({ aud: 'anon' }), await sign({ role: 'service_role' }), await sign({ iss: `${issuer}/` }), await sign({ exp: Math.floor(Date.now() / 1_000) - 1 }), await sign({ is_anonymous: true }),
    ];
    for (const token of bad) expect((await new TestClient(test.url, token).failure(ME)).code, token).toBe('UNAUTHENTICATED');
  });

  it('joins an account only when both sides have proved the address', async () => {
    const email = newAddress();
    const { user } = await test.app.services.auth.createVerifiedUser({ email, password: 'correct horse battery' });
    const sub = crypto.randomUUID();
    // A password proves no mailbox, and user_metadata is written by its owner.
    expect((await (await client({ sub, email })).failure(ME)).code).toBe('EMAIL_NOT_VERIFIED');
    const proved = await (await client({ sub, email: email.toUpperCase(), amr: [{ method: 'otp', timestamp: 1 }] })).data<Me>(ME);
    expect(proved.me).toMatchObject({ id: user.id, email, emailVerified: true });
    expect((await (await client({ sub, email })).data<Me>(ME)).me.id).toBe(user.id);
    const nobody = new TestClient(test.url, null);
    const pending = newAddress();
    await nobody.data('mutation ($email: String!) { register(input: { email: $email, password: "the attacker knows it" }) { id } }', { email: pending });
    expect((await (await client({ email: pending, amr: [{ method: 'otp', timestamp: 1 }] })).failure(ME)).code).toBe('EMAIL_NOT_VERIFIED');
  });

  it('whose address is not proved makes a user whose mailbox is sent no link, until the same person proves it', async () => {
    const [sub, email] = [crypto.randomUUID(), newAddress()];
    const unproved = await (await client({ sub, email })).data<Me>(ME);
    expect(unproved.me).toMatchObject({ email, emailVerified: false });
    const nobody = new TestClient(test.url, null);
    for (const field of ['requestPasswordReset', 'resendVerification']) expect(await nobody.data(`mutation ($email: String!) { ${field}(email: $email) }`, { email })).toEqual({ [field]: true });
    expect(await events(test, 'SELECT 1 FROM mail_tokens WHERE user_id = $1', [unproved.me.id])).toEqual([]);
    const proved = await (await client({ sub, email, app_metadata: { email_verified: true } })).data<Me>(ME);
    expect(proved.me).toEqual({ ...unproved.me, emailVerified: true });
    const renamed = await (await client({ sub, email: 'renamed-supa@users.example' })).data<Me>(ME);
    expect(renamed.me).toEqual({ ...proved.me, identities: [{ provider: 'supabase', email: 'renamed-supa@users.example' }] });
    expect((await (await client({ email: undefined })).failure(ME)).code).toBe('EMAIL_NOT_VERIFIED');
  });

  it('on a WebSocket is refused or accepted as over HTTP, and loses its workspace when the membership ends', async () => {
    const [sub, email] = [crypto.randomUUID(), newAddress()];
    const person = await client({ sub, email });
    const { me, workspace } = await person.data<Me>(ME);
    const { createGoal } = await person.data<{ createGoal: { id: string } }>('mutation { createGoal(input: { text: "5 dental clinics in Austin, Texas" }) { id } }');
    const watch = (who: TestClient) => who.subscribe<{ goalProgress: { type: string } }>('subscription ($id: ID!) { goalProgress(goalId: $id) { type } }', { id: createGoal.id });
    const mine = watch(person);
    expect((await mine.events.next()).value).toEqual({ goalProgress: { type: 'SNAPSHOT' } });
    await mine.close();
    const taken = newAddress();
    await test.app.services.auth.createVerifiedUser({ email: taken, password: 'correct horse battery' });
    const unproved = watch(await client({ email: taken }));
    await expect(unproved.events.next()).rejects.toMatchObject({ code: 4403, reason: 'EMAIL_NOT_VERIFIED' });
    await unproved.close();
    const late = watch(await client({ exp: Math.floor(Date.now() / 1_000) - 1 }));
    await expect(late.events.next()).rejects.toMatchObject({ code: 4401 });
    await late.close();
    await events(test, 'DELETE FROM memberships WHERE user_id = $1 AND workspace_id = $2', [me.id, workspace.id]);
    expect((await (await client({ sub, email })).failure(ME)).code).toBe('UNAUTHENTICATED');
  });
});

describe('the settings', () => {
  it('are told in capabilities without the secret; with the word of the operator a token proves its address', async () => {
    const test = await startTestApp({ SUPABASE_JWT_SECRET: JWT_SECRET, SUPABASE_CONFIRMS_EMAIL: 'true', LOG_LEVEL: 'silent' });
    try {
      const { capabilities } = await new TestClient(test.url, null).data<{ capabilities: { name: string; detail: string }[] }>('{ capabilities { name detail } }');
      expect(capabilities.find(({ name }) => name === 'accounts')?.detail).toBe('passwords, access tokens of Supabase (JWT secret)');
      expect(JSON.stringify(capabilities)).not.toContain(JWT_SECRET);
      const email = newAddress();
      const { user } = await test.app.services.auth.createVerifiedUser({ email, password: 'correct horse battery' });
      const token = await new SignJWT(claimsOf('https://project.supabase.example/auth/v1', { email })).setProtectedHeader({ alg: 'HS256' }).sign(secretKey);
      expect((await new TestClient(test.url, token).data<Me>(ME)).me.id).toBe(user.id);
    } finally {
      await test.close();
    }
  });
});
