import { createHash, randomBytes } from 'node:crypto';
import { generateKeyPair, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Browser } from '../support/browser.js';
import { TestClient, until, type ApiError } from '../support/client.js';
import { startOidcServer, type OidcPerson, type OidcServer } from '../support/oidc-server.js';
import { mailsTo } from '../support/people.js';
import { freePort } from '../../src/free-port.js';
import { withClient } from '../support/servers.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Tokens { accessToken: string; user: { id: string; email: string; emailVerified: boolean; identities: { provider: string; email: string }[] }; workspace: { id: string; name: string } }
const EXCHANGE = 'mutation ($code: String!, $verifier: String) { exchangeOAuthCode(code: $code, verifier: $verifier) { accessToken user { id email emailVerified identities { provider email } } workspace { id name } } }';
const PASSWORD = 'correct horse battery';

let oidc: OidcServer;
let test: TestApp;
let nobody: TestClient;
let publicUrl: string;
let count = 0;
/** A person at the provider, in front of its page, with an address nobody else has. */
function newPerson(person: OidcPerson = {}): { subject: string; email: string } {
  const subject = `person-${count += 1}`;
  const email = person.email ?? `${subject}@users.example`;
  oidc.signInAs(subject, { email, email_verified: true, ...person });
  return { subject, email };
}

beforeAll(async () => {
  const port = await freePort();
  publicUrl = `http://127.0.0.1:${port}`;
  oidc = await startOidcServer(`${publicUrl}/auth/google/callback`);
  test = await startTestApp({ PORT: String(port), PUBLIC_URL: publicUrl, GOOGLE_CLIENT_ID: oidc.clientId, GOOGLE_CLIENT_SECRET: oidc.clientSecret, GOOGLE_BASE_URL: oidc.issuer, LOG_LEVEL: 'silent' });
  nobody = new TestClient(test.url, null);
});
afterAll(async () => { await test.close(); await oidc.close(); });
afterEach(() => { oidc.intercept = null; vi.useRealTimers(); });

/** From our door to the provider and back up to our callback, which is not opened yet. */
const toCallback = async (browser: Browser, query = ''): Promise<URL> => await browser.travel(`${publicUrl}/auth/google${query}`, (url) => url.origin !== publicUrl);
/** The whole way; where the browser ends on our dashboard. */
async function signIn(query = '', browser = new Browser()): Promise<URL> {
  return await browser.travel((await toCallback(browser, query)).href, () => false);
}
const exchange = async (end: URL, verifier?: string): Promise<Tokens> => (await nobody.data<{ exchangeOAuthCode: Tokens }>(EXCHANGE, { code: end.searchParams.get('code'), verifier })).exchangeOAuthCode;
/** What a program is told; an answer without an error fails the test. */
async function refusal(browser: Browser, url: URL | string): Promise<{ status: number } & ApiError['extensions']> {
  const response = await browser.get(String(url));
  if (response.status === 302) throw new Error(`a refusal was expected, got ${response.headers.get('location')}`);
  const { errors } = await response.json() as { errors: ApiError[] };
  return { status: response.status, ...errors[0]?.extensions as ApiError['extensions'] };
}
const sql = async <T>(query: string, parameters: unknown[] = []): Promise<T[]> => await withClient(test.databaseUrl, async (client) => (await client.query(query, parameters)).rows as T[]);
const STATE = { status: 400, code: 'OAUTH_FAILED', provider: 'google', reason: 'STATE' };
const ANSWER = { ...STATE, reason: 'ANSWER' };

describe('signing in with an OpenID provider', () => {
  it('makes a verified user with a workspace, who is the same one the next time', async () => {
    newPerson({ email: 'Ada@Users.Example', name: 'Ada L.' });
    const first = await exchange(await signIn());
    expect(first).toMatchObject({ user: { email: 'ada@users.example', emailVerified: true, identities: [{ provider: 'google', email: 'ada@users.example' }] }, workspace: { name: 'Ada L.' } });
    const second = await exchange(await signIn());
    expect({ ...second, accessToken: '' }).toEqual({ ...first, accessToken: '' });
    const me = await new TestClient(test.url, second.accessToken).data('{ me { email identities { provider } memberships { role } } }');
    expect(me).toEqual({ me: { email: 'ada@users.example', identities: [{ provider: 'google' }], memberships: [{ role: 'OWNER' }] } });
    const events = await sql<{ type: string }>('SELECT type FROM audit_events WHERE user_id = $1 ORDER BY at', [first.user.id]);
    expect(events.map(({ type }) => type)).toEqual(['REGISTERED', 'IDENTITY_LINKED', 'SIGNED_IN', 'SIGNED_IN']);
  });

  it('is known by the subject, not by the address, which may change', async () => {
    const { subject } = newPerson();
    const before = await exchange(await signIn());
    oidc.signInAs(subject, { email: 'renamed@users.example', email_verified: false });
    const after = await exchange(await signIn());
    expect(after.user).toEqual({ ...before.user, identities: [{ provider: 'google', email: 'renamed@users.example' }] });
  });

  it('makes one user of eight first visits at once', async () => {
    const { email } = newPerson();
    const browsers = Array.from({ length: 8 }, () => new Browser());
    const callbacks = await Promise.all(browsers.map((browser) => toCallback(browser)));
    const ends = await Promise.all(browsers.map((browser, i) => browser.travel(callbacks[i]?.href ?? '', () => false)));
    const tokens = await Promise.all(ends.map((end) => exchange(end)));
    expect(new Set(tokens.map(({ user, workspace }) => `${user.id} ${workspace.id}`)).size).toBe(1);
    expect(await sql('SELECT 1 FROM users u JOIN memberships m ON m.user_id = u.id WHERE email = $1', [email])).toHaveLength(1);
  });

  it('joins an account when both sides have proved the address, and the password goes on working', async () => {
    const { email } = newPerson();
    const { user } = await test.app.services.auth.createVerifiedUser({ email, password: PASSWORD });
    const tokens = await exchange(await signIn());
    expect(tokens.user.id).toBe(user.id);
    expect(await nobody.data('mutation ($email: String!, $password: String!) { login(input: { email: $email, password: $password }) { user { identities { provider } } } }', { email, password: PASSWORD })).toEqual({ login: { user: { identities: [{ provider: 'google' }] } } });
    // Whoever owns the account hears of the second door once, not with each sign-in through it; who is new hears nothing.
    expect((await exchange(await signIn())).user.id).toBe(user.id);
    const mail = await until(async () => (await mailsTo(test, email))[0], 'the mail to the owner');
    expect(mail).toMatchObject({ subject: 'A new way to sign in to your account', text: expect.stringContaining('signing in with google') as string });
    const stranger = newPerson();
    await exchange(await signIn());
    const { rows } = await withClient(test.databaseUrl, (sql) => sql.query('SELECT recipient FROM outbox_mails WHERE recipient = ANY($1)', [[email, stranger.email]]));
    expect(rows).toEqual([{ recipient: email }]);
  });

  it('asks the provider with state, nonce and an S256 challenge, and sends the secret to it alone', async () => {
    const response = await new Browser().get(`${publicUrl}/auth/google`);
    const location = new URL(response.headers.get('location') ?? '');
    expect(location.origin).toBe(oidc.issuer);
    expect(Object.fromEntries(location.searchParams)).toMatchObject({ response_type: 'code', client_id: oidc.clientId, redirect_uri: `${publicUrl}/auth/google/callback`, code_challenge_method: 'S256', scope: 'openid email profile' });
    for (const name of ['state', 'nonce', 'code_challenge']) expect(location.searchParams.get(name)).toMatch(/^[\w-]{43}$/);
    expect(location.href).not.toContain('secret');
    expect(response.headers.get('set-cookie')).toMatch(/^leadline-oauth-google=[\w-]+\.[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax$/);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('is shown by name in authProviders, capabilities and on the home page', async () => {
    const { authProviders, capabilities } = await nobody.data<{ authProviders: string[]; capabilities: { name: string; detail: string }[] }>('{ authProviders capabilities { name detail } }');
    expect(authProviders).toEqual(['google']);
    expect(capabilities.find(({ name }) => name === 'accounts')?.detail).toBe('passwords, google');
    expect(await (await fetch(publicUrl)).text()).toContain('href="/auth/google"');
    expect(await refusal(new Browser(), `${publicUrl}/auth/github`)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(await refusal(new Browser(), `${publicUrl}/auth/github/callback?code=a&state=b`)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(await refusal(new Browser(), `${publicUrl}/auth/__proto__`)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });
});

describe('a state', () => {
  it('that is missing or forged signs nobody in, and leaves the attempt of the browser alone', async () => {
    newPerson();
    const browser = new Browser();
    const callback = await toCallback(browser);
    for (const state of [null, '', 'forged', `${callback.searchParams.get('state')}x`]) {
      const url = new URL(callback);
      if (state === null) url.searchParams.delete('state'); else url.searchParams.set('state', state);
      expect(await refusal(browser, url)).toEqual(STATE);
    }
    const doubled = `${callback.href}&state=${callback.searchParams.get('state')}`;
    expect(await refusal(browser, doubled)).toEqual(STATE);
    expect((await exchange(await browser.travel(callback.href, () => false))).user.emailVerified).toBe(true);
  });

  it('of another browser signs nobody in: a stranger cannot sign a victim in as themselves (login CSRF)', async () => {
    newPerson();
    const [attacker, victim] = [new Browser(), new Browser()];
    const callback = await toCallback(attacker);
    expect(await refusal(victim, callback)).toEqual(STATE);
    await toCallback(victim);
    expect(await refusal(victim, callback)).toEqual(STATE);
  });

  it('works once: not a second time in the same browser, nor with a cookie that was copied before', async () => {
    newPerson();
    const browser = new Browser();
    const callback = await toCallback(browser);
    const cookie = browser.cookies(publicUrl);
    await browser.travel(callback.href, () => false);
    expect(browser.cookies(publicUrl)).toBe('');
    expect(await refusal(browser, callback)).toEqual(STATE);
    // The provider takes its code once.
    const copied = await fetch(callback, { headers: { cookie }, redirect: 'manual' });
    expect((await copied.json() as { errors: ApiError[] }).errors[0]?.extensions).toMatchObject({ code: 'OAUTH_FAILED', reason: 'ANSWER' });
  });

  it('works once even where the provider would take its code again', async () => {
    newPerson();
    const browser = new Browser();
    const callback = await toCallback(browser);
    const cookie = browser.cookies(publicUrl);
    let tokens = '';
    // A provider that answers the same code with the same tokens: what it said the first time is said again.
    oidc.intercept = oidc.relay('/token', (body) => { tokens = body; return null; });
    await browser.travel(callback.href, () => false);
    oidc.intercept = (request, response) => { if (request.url === '/token') response.writeHead(200, { 'content-type': 'application/json' }).end(tokens); return request.url === '/token'; };
    const copied = await fetch(callback, { headers: { cookie }, redirect: 'manual' });
    expect((await copied.json() as { errors: ApiError[] }).errors[0]?.extensions).toEqual({ code: 'OAUTH_FAILED', provider: 'google', reason: 'STATE' });
  });

  it('in a cookie that was changed, or made for another provider, is none', async () => {
    newPerson();
    const browser = new Browser();
    const callback = await toCallback(browser);
    const [name = '', value = ''] = browser.cookies(publicUrl).split('=');
    const [body = '', signature = ''] = value.split('.');
    const changed = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(body, 'base64url').toString()) as object, redirect: '//evil.example' })).toString('base64url');
    for (const cookie of [`${name}=${changed}.${signature}`, `${name}=${body}.`, `${name}=${body}`, `${name}=`, `${name}=.`, `leadline-oauth-github=${value}`, `${name}=${'a'.repeat(6_000)}`]) {
      const response = await fetch(callback, { headers: { cookie }, redirect: 'manual' });
      expect((await response.json() as { errors: ApiError[] }).errors[0]?.extensions).toMatchObject({ code: 'OAUTH_FAILED', reason: 'STATE' });
    }
  });

  it('is too old after ten minutes', async () => {
    newPerson();
    const browser = new Browser();
    const callback = await toCallback(browser);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 });
    expect(await refusal(browser, callback)).toMatchObject({ code: 'OAUTH_FAILED', reason: 'EXPIRED' });
  });
});

describe('an answer of the provider', () => {
  it('whose nonce is another one signs nobody in', async () => {
    newPerson();
    const browser = new Browser();
    const begun = new URL((await browser.get(`${publicUrl}/auth/google`)).headers.get('location') ?? '');
    begun.searchParams.set('nonce', 'of another attempt');
    expect(await refusal(browser, await browser.travel(begun.href, (url) => url.origin !== publicUrl))).toEqual(ANSWER);
  });

  it('for a code of another attempt fails its PKCE check: a stolen code is of no use', async () => {
    newPerson();
    const [attacker, victim] = [new Browser(), new Browser()];
    const [mine, stolen] = [await toCallback(attacker), await toCallback(victim)];
    mine.searchParams.set('code', stolen.searchParams.get('code') ?? '');
    expect(await refusal(attacker, mine)).toEqual(ANSWER);
  });

  it('that names another issuer signs nobody in (mix-up)', async () => {
    newPerson();
    const browser = new Browser();
    const callback = await toCallback(browser);
    expect(callback.searchParams.get('iss')).toBe(oidc.issuer);
    callback.searchParams.set('iss', 'https://evil.example');
    expect(await refusal(browser, callback)).toEqual(ANSWER);
  });

  it("whose ID token is signed by a stranger, with the client's secret, or not at all signs nobody in", async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const forgeries: ((claims: Record<string, unknown>) => Promise<string>)[] = [
      async (claims) => new SignJWT({ ...claims, sub: 'victim' }).setProtectedHeader({ alg: 'RS256', kid: 'test' }).sign(privateKey),
      async (claims) => `${encode({ alg: 'none' })}.${encode({ ...claims, sub: 'victim' })}.`,
      async (claims) => new SignJWT({ ...claims, sub: 'victim' }).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(oidc.clientSecret)),
    ];
    for (const forge of forgeries) {
      newPerson();
      const browser = new Browser();
      const callback = await toCallback(browser);
      let asked: { id_token: string } | null = null;
      oidc.intercept = oidc.relay('/token', (body) => { asked = JSON.parse(body) as { id_token: string }; return null; });
      const probe = new Browser();
      await probe.travel((await toCallback(probe)).href, () => false);
      const { id_token, ...rest } = asked as unknown as { id_token: string };
      const claims = JSON.parse(Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
      const attempt = JSON.parse(Buffer.from(browser.cookies(publicUrl).split('=')[1]?.split('.')[0] ?? '', 'base64url').toString()) as { secrets: { oidc: { nonce: string } } };
      // Everything else is as it must be: only the signature tells.
      const forged = await forge({ ...claims, email: 'victim@users.example', email_verified: true, nonce: attempt.secrets.oidc.nonce });
      oidc.intercept = oidc.relay('/token', () => JSON.stringify({ ...rest, id_token: forged }));
      expect(await refusal(browser, callback)).toEqual(ANSWER);
      oidc.intercept = null;
    }
    expect(await sql("SELECT 1 FROM users WHERE email = 'victim@users.example'")).toEqual([]);
  });

  it.each([['HTML', '<html>maintenance</html>'], ['an empty body', ''], ['JSON of another kind', '{"ok":true}'], ['a list', '[]'], ['no ID token', '{"access_token":"a","token_type":"bearer"}'], ['a flood', `"${'a'.repeat(2_000_000)}"`]])('that is rubbish (%s) signs nobody in and is no bug', async (kind, body) => {
    newPerson();
    const browser = new Browser();
    const callback = await toCallback(browser);
    oidc.intercept = oidc.relay('/token', () => body);
    expect(await refusal(browser, callback)).toEqual(kind === 'a flood' ? { status: 503, code: 'SERVICE_UNAVAILABLE', dependency: 'google', retryAfterMs: 5_000 } : ANSWER);
  });

  it('that says the person denied it is told as that, and as what it is where it has trouble', async () => {
    oidc.deny();
    const browser = new Browser();
    const denied = await toCallback(browser);
    expect(denied.searchParams.get('error')).toBe('access_denied');
    expect(await refusal(browser, denied)).toEqual({ ...STATE, reason: 'DENIED' });
    expect(await refusal(new Browser(), denied)).toEqual(STATE);
    for (const [error, expected] of [['temporarily_unavailable', { status: 503, code: 'SERVICE_UNAVAILABLE', dependency: 'google', retryAfterMs: 5_000 }], ['invalid_scope', { ...STATE, reason: 'REFUSED' }]] as const) {
      newPerson();
      const callback = await toCallback(browser);
      callback.searchParams.delete('code');
      callback.searchParams.set('error', error);
      expect(await refusal(browser, callback)).toEqual(expected);
    }
    newPerson();
    const callback = await toCallback(browser);
    callback.searchParams.delete('code');
    expect(await refusal(browser, callback)).toEqual({ ...STATE, reason: 'REFUSED' });
  });
});

describe('a provider that is away', () => {
  it('is told as SERVICE_UNAVAILABLE at both visits, and the next person finds it back', async () => {
    const port = await freePort();
    const own = `http://127.0.0.1:${port}`;
    const away = await startOidcServer(`${own}/auth/google/callback`);
    const app = await startTestApp({ PORT: String(port), PUBLIC_URL: own, GOOGLE_CLIENT_ID: away.clientId, GOOGLE_CLIENT_SECRET: away.clientSecret, GOOGLE_BASE_URL: away.issuer, LOG_LEVEL: 'silent' });
    const gone = { status: 503, code: 'SERVICE_UNAVAILABLE', dependency: 'google', retryAfterMs: 5_000 };
    try {
      away.intercept = (request) => { request.socket.destroy(); return true; };
      expect(await refusal(new Browser(), `${own}/auth/google`)).toEqual(gone);
      away.intercept = (_request, response) => { response.writeHead(502).end('bad gateway'); return true; };
      expect(await refusal(new Browser(), `${own}/auth/google`)).toEqual(gone);
      away.intercept = (_request, response) => { response.writeHead(200, { 'content-type': 'application/json' }).end('{"issuer":"https://evil.example"}'); return true; };
      expect(await refusal(new Browser(), `${own}/auth/google`)).toEqual(ANSWER);
      away.intercept = null;
      away.signInAs('somebody', { email: 'somebody@users.example', email_verified: true });
      const browser = new Browser();
      const callback = await browser.travel(`${own}/auth/google`, (url) => url.origin !== own);
      away.intercept = (request) => { request.socket.destroy(); return true; };
      expect(await refusal(browser, callback)).toEqual(gone);
    } finally {
      await app.close();
      await away.close();
    }
  });
});

describe('an address', () => {
  it('that the provider has not verified signs nobody in, whether it has an account here or not', async () => {
    for (const person of [{ email_verified: false }, { email_verified: undefined }, { email: '' }, { email: 'no address' }] as OidcPerson[]) {
      const { subject, email } = newPerson(person);
      const browser = new Browser();
      expect(await refusal(browser, await toCallback(browser))).toEqual({ status: 403, code: 'EMAIL_NOT_VERIFIED' });
      expect(await sql('SELECT 1 FROM identities WHERE subject = $1', [subject])).toEqual([]);
      expect(await sql('SELECT 1 FROM users WHERE email = $1', [email])).toEqual([]);
    }
    const { email } = newPerson({ email_verified: false });
    await test.app.services.auth.createVerifiedUser({ email, password: PASSWORD });
    const browser = new Browser();
    expect(await refusal(browser, await toCallback(browser))).toEqual({ status: 403, code: 'EMAIL_NOT_VERIFIED' });
    expect(await sql("SELECT 1 FROM audit_events WHERE type = 'IDENTITY_REFUSED'")).not.toHaveLength(0);
  });

  it("of a victim that somebody registered here and never confirmed does not give that account the victim's sign-in", async () => {
    const { subject, email } = newPerson();
    await nobody.data('mutation ($email: String!, $password: String!) { register(input: { email: $email, password: $password }) { id } }', { email, password: 'the attacker knows it' });
    const browser = new Browser();
    expect(await refusal(browser, await toCallback(browser))).toEqual({ status: 403, code: 'EMAIL_NOT_VERIFIED' });
    expect(await sql('SELECT 1 FROM identities WHERE subject = $1', [subject])).toEqual([]);
    // The owner of the mailbox confirms the account with a password of their own; then both sides have proved the address.
    await sql('UPDATE users SET email_verified_at = now() WHERE email = $1', [email]);
    expect((await exchange(await signIn())).user.email).toBe(email);
  });
});

describe('the code at the end', () => {
  const S256 = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');

  it('works once, also when it is sent ten times at once, and only its hash is stored', async () => {
    newPerson();
    const end = await signIn();
    const code = end.searchParams.get('code') ?? '';
    expect(code).toMatch(/^[\w-]{43}$/);
    expect(await sql('SELECT 1 FROM oauth_codes WHERE code_hash = $1', [code])).toEqual([]);
    const answers = await Promise.all(Array.from({ length: 10 }, () => nobody.send(EXCHANGE, { code })));
    expect(answers.map(({ errors }) => errors[0]?.extensions.code ?? 'tokens').sort()).toEqual([...Array<string>(9).fill('TOKEN_INVALID'), 'tokens']);
    expect((await nobody.failure(EXCHANGE, { code })).code).toBe('TOKEN_INVALID');
    for (const wrong of ['', 'never issued', 'a\u0000b']) expect((await nobody.failure(EXCHANGE, { code: wrong })).code).toMatch(/TOKEN_INVALID|BAD_USER_INPUT/);
  });

  it('is too old after a minute', async () => {
    newPerson();
    const code = (await signIn()).searchParams.get('code');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    expect((await nobody.failure(EXCHANGE, { code })).code).toBe('TOKEN_EXPIRED');
  });

  it('that was begun with a challenge needs its verifier, and one that was not must not come with any', async () => {
    const verifier = randomBytes(32).toString('base64url');
    newPerson();
    const guarded = await signIn(`?code_challenge=${S256(verifier)}`);
    expect((await nobody.failure(EXCHANGE, { code: guarded.searchParams.get('code') })).code).toBe('TOKEN_INVALID');
    expect((await nobody.failure(EXCHANGE, { code: guarded.searchParams.get('code'), verifier: `${verifier}x` })).code).toBe('TOKEN_INVALID');
    expect((await exchange(guarded, verifier)).user.emailVerified).toBe(true);
    const open = await signIn();
    expect((await nobody.failure(EXCHANGE, { code: open.searchParams.get('code'), verifier })).code).toBe('TOKEN_INVALID');
    for (const challenge of ['', 'short', `${S256(verifier)}=`]) expect(await refusal(new Browser(), `${publicUrl}/auth/google?code_challenge=${encodeURIComponent(challenge)}`)).toEqual({ status: 400, code: 'BAD_USER_INPUT', fields: ['code_challenge'] });
  });

  it('is sent to a path of the dashboard and nowhere else', async () => {
    newPerson();
    const end = await signIn(`?redirect=${encodeURIComponent('/leads?view=new&code=mine#top')}`);
    expect(end.origin + end.pathname).toBe(`${publicUrl}/leads`);
    expect(end.searchParams.get('view')).toBe('new');
    expect(end.searchParams.getAll('code')).toHaveLength(1);
    expect((await exchange(end)).user.emailVerified).toBe(true);
    for (const redirect of ['https://evil.example/', '//evil.example', '/\\evil.example', '/%09/evil.example\n', '\\\\evil.example', 'javascript:alert(1)', 'leads', '@evil.example', '.evil.example', ':80@evil.example/', '/auth/google', '/x/../auth/google', `/${'a'.repeat(600)}`, '/\t/evil.example']) {
      expect(await refusal(new Browser(), `${publicUrl}/auth/google?redirect=${encodeURIComponent(redirect)}`), redirect).toEqual({ status: 400, code: 'BAD_USER_INPUT', fields: ['redirect'] });
    }
    expect(await refusal(new Browser(), `${publicUrl}/auth/google?redirect=/a&redirect=/b`)).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('does not follow a forged host: the address of the callback is the configured one', async () => {
    const response = await fetch(`${publicUrl}/auth/google`, { redirect: 'manual', headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' } });
    expect(new URL(response.headers.get('location') ?? '').searchParams.get('redirect_uri')).toBe(`${publicUrl}/auth/google/callback`);
  });

  it('is not there when a person in a browser fails: the dashboard is told codes, no words of a stranger', async () => {
    oidc.deny();
    const browser = new Browser();
    const denied = await toCallback(browser, '?redirect=/sign-in');
    denied.searchParams.set('error_description', 'call 0800-EVIL');
    const page = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    const response = await browser.get(denied.href, page);
    expect(response.headers.get('location')).toBe(`${publicUrl}/sign-in?error=OAUTH_FAILED&reason=DENIED&provider=google`);
    expect((await new Browser().get(denied.href, page)).headers.get('location')).toBe(`${publicUrl}/?error=OAUTH_FAILED&reason=STATE&provider=google`);
    expect((await new Browser().get(`${publicUrl}/auth/nowhere`, page)).headers.get('location')).toBe(`${publicUrl}/?error=NOT_FOUND&provider=nowhere`);
  });
});
