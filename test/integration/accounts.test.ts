import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestClient, until } from '../support/client.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { withClient } from '../support/servers.js';

interface Tokens { accessToken: string; refreshToken: string; accessTokenExpiresAt: string; refreshTokenExpiresAt: string; user: { id: string; email: string; emailVerified: boolean }; workspace: { id: string } }

const PASSWORD = 'correct horse battery';
const TOKENS = 'accessToken refreshToken accessTokenExpiresAt refreshTokenExpiresAt user { id email emailVerified } workspace { id }';
const REGISTER = 'mutation ($email: String!, $password: String!) { register(input: { email: $email, password: $password, name: "Ada" }) { id email name emailVerified memberships { role } } }';
const LOGIN = `mutation ($email: String!, $password: String!) { login(input: { email: $email, password: $password }) { ${TOKENS} } }`;
const VERIFY = `mutation ($token: String!) { verifyEmail(token: $token) { ${TOKENS} } }`;
const REFRESH = `mutation ($token: String!) { refreshToken(refreshToken: $token) { ${TOKENS} } }`;

let test: TestApp;
let nobody: TestClient;
let count = 0;
const newAddress = (): string => `person${count += 1}@users.example`;

beforeAll(async () => {
  test = await startTestApp();
  nobody = new TestClient(test.url, null);
});
afterAll(async () => { await test.close(); });

/** Texts of the mails to an address, in the outbox of an app. */
function mailsTo(app: TestApp, email: string): string[] {
  const outbox = join(app.dataDir, 'outbox');
  if (!existsSync(outbox)) return [];
  return readdirSync(outbox).filter((name) => name.endsWith('.eml')).map((name) => readFileSync(join(outbox, name), 'utf8').replaceAll('=\r\n', '').replaceAll('=3D', '=')).filter((mail) => mail.includes(`To: ${email}`));
}

/** The token of the mailed link of that kind. */
async function mailedToken(email: string, kind: 'verify' | 'reset'): Promise<string> {
  return await until(async () => Promise.resolve(mailsTo(test, email).map((mail) => new RegExp(`\\?${kind}=([\\w-]{43})`).exec(mail)?.[1]).find(Boolean)), `the ${kind} mail to ${email}`);
}

async function verified(email: string): Promise<Tokens> {
  await nobody.data(REGISTER, { email, password: PASSWORD });
  return (await nobody.data<{ verifyEmail: Tokens }>(VERIFY, { token: await mailedToken(email, 'verify') })).verifyEmail;
}

const refresh = async (token: string): Promise<Tokens> => (await nobody.data<{ refreshToken: Tokens }>(REFRESH, { token })).refreshToken;

describe('an account', () => {
  it('is registered, verified by the mailed link once, signed in, and knows who it is', async () => {
    const email = newAddress();
    const { register } = await nobody.data<{ register: { email: string; emailVerified: boolean } }>(REGISTER, { email: ` ${email.toUpperCase()} `, password: PASSWORD });
    expect(register).toMatchObject({ email, name: 'Ada', emailVerified: false });
    expect((await nobody.failure(LOGIN, { email, password: PASSWORD })).code).toBe('EMAIL_NOT_VERIFIED');
    const token = await mailedToken(email, 'verify');
    const { verifyEmail } = await nobody.data<{ verifyEmail: Tokens }>(VERIFY, { token });
    expect(verifyEmail.user).toMatchObject({ email, emailVerified: true });
    expect((await nobody.failure(VERIFY, { token })).code).toBe('TOKEN_INVALID');
    const { login } = await nobody.data<{ login: Tokens }>(LOGIN, { email: email.toUpperCase(), password: PASSWORD });
    expect(login.workspace).toEqual(verifyEmail.workspace);
    const me = await new TestClient(test.url, login.accessToken).data('{ me { email memberships { role workspace { id } } } workspace { members { user { email } } } }');
    expect(me).toEqual({ me: { email, memberships: [{ role: 'OWNER', workspace: login.workspace }] }, workspace: { members: [{ user: { email } }] } });
  });

  it('is made once, also by two registrations at the same moment', async () => {
    const email = newAddress();
    const answers = await Promise.all([1, 2, 3].map(() => nobody.send(REGISTER, { email, password: PASSWORD })));
    expect(answers.map((answer) => answer.errors[0]?.extensions.code ?? 'made').sort()).toEqual(['EMAIL_ALREADY_EXISTS', 'EMAIL_ALREADY_EXISTS', 'made']);
    expect((await nobody.failure(REGISTER, { email: email.toUpperCase(), password: PASSWORD })).code).toBe('EMAIL_ALREADY_EXISTS');
  });

  it.each([['short', ['TOO_SHORT']], ['password123', ['TOO_COMMON']], ['aaaaaaaaaa', ['TOO_COMMON']], ['x'.repeat(257), ['TOO_LONG', 'TOO_COMMON']], ['my weakling pass', ['CONTAINS_EMAIL']]])('with the password %s is refused with the reasons', async (password, reasons) => {
    expect(await nobody.failure(REGISTER, { email: 'weakling@users.example', password })).toEqual({ code: 'WEAK_PASSWORD', reasons });
  });

  it.each(['', 'no address', 'a@b', '@users.example', 'a@users.example\r\nBcc: b@users.example', `${'a'.repeat(65)}@users.example`, `a@${'b'.repeat(300)}.example`])('with the address %j is refused', async (email) => {
    expect(await nobody.failure(REGISTER, { email, password: PASSWORD })).toEqual({ code: 'BAD_USER_INPUT', fields: ['input.email'] });
  });

  it('tells nobody whether an address is known when signing in or asking for a mail', async () => {
    const { user } = await verified(newAddress());
    const wrong = await nobody.send(LOGIN, { email: user.email, password: 'not the password' });
    const unknown = await nobody.send(LOGIN, { email: 'unknown@users.example', password: 'not the password' });
    expect(wrong.errors).toEqual(unknown.errors);
    expect(wrong.errors[0]?.extensions).toEqual({ code: 'INVALID_CREDENTIALS' });
    for (const field of ['resendVerification', 'requestPasswordReset']) {
      for (const email of [user.email, 'unknown@users.example']) expect(await nobody.data(`mutation ($email: String!) { ${field}(email: $email) }`, { email })).toEqual({ [field]: true });
    }
  });

  it('with AUTH_DISCLOSE_EXISTING_EMAIL=false answers alike for a new and a taken address, and mails the owner', async () => {
    const quiet = await startTestApp({ AUTH_DISCLOSE_EXISTING_EMAIL: 'false' });
    try {
      const guest = new TestClient(quiet.url, null);
      const email = newAddress();
      const [first, second] = [await guest.data<{ register: { id: string } }>(REGISTER, { email, password: PASSWORD }), await guest.data<{ register: { id: string } }>(REGISTER, { email, password: PASSWORD })];
      expect({ ...second.register, id: '' }).toEqual({ ...first.register, id: '' });
      expect(second.register.id).not.toBe(first.register.id);
      await until(async () => Promise.resolve(mailsTo(quiet, email).some((mail) => mail.includes('already have an account'))), 'the owner is told');
    } finally {
      await quiet.close();
    }
  });

  it('gets a new password by the mailed link, which ends every session and works once', async () => {
    const session = await verified(newAddress());
    const { email } = session.user;
    await nobody.data('mutation ($email: String!) { requestPasswordReset(email: $email) }', { email });
    const token = await mailedToken(email, 'reset');
    const RESET = 'mutation ($token: String!, $password: String!) { resetPassword(token: $token, newPassword: $password) }';
    expect((await nobody.failure(RESET, { token, password: 'short' })).code).toBe('WEAK_PASSWORD');
    expect(await nobody.data(RESET, { token, password: 'another good phrase' })).toEqual({ resetPassword: true });
    expect((await nobody.failure(RESET, { token, password: 'a third good phrase' })).code).toBe('TOKEN_INVALID');
    expect((await nobody.failure(VERIFY, { token })).code).toBe('TOKEN_INVALID');
    expect((await new TestClient(test.url, session.accessToken).failure('{ me { id } }')).code).toBe('UNAUTHENTICATED');
    expect((await nobody.failure(REFRESH, { token: session.refreshToken })).code).toBe('TOKEN_INVALID');
    expect((await nobody.failure(LOGIN, { email, password: PASSWORD })).code).toBe('INVALID_CREDENTIALS');
    expect(await nobody.data(LOGIN, { email, password: 'another good phrase' })).toHaveProperty('login.user.email', email);
  });

  it('finds a link that is too old expired', async () => {
    const email = newAddress();
    await nobody.data(REGISTER, { email, password: PASSWORD });
    const token = await mailedToken(email, 'verify');
    await withClient(test.databaseUrl, (sql) => sql.query("UPDATE mail_tokens SET expires_at = now() - interval '1 second' WHERE user_id = (SELECT id FROM users WHERE email = $1)", [email]));
    expect((await nobody.failure(VERIFY, { token })).code).toBe('TOKEN_EXPIRED');
  });
});

describe('a refresh token', () => {
  it('is rotated; its parent sent again within 30 s gets the same child; an older one ends the session and mails the owner', async () => {
    const first = await verified(newAddress());
    const second = await refresh(first.refreshToken);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect((await refresh(first.refreshToken)).refreshToken).toBe(second.refreshToken);
    const third = await refresh(second.refreshToken);
    expect(await new TestClient(test.url, third.accessToken).data('{ me { id } }')).toEqual({ me: { id: first.user.id } });
    expect((await nobody.failure(REFRESH, { token: first.refreshToken })).code).toBe('TOKEN_REUSED');
    for (const token of [first, second, third]) expect((await nobody.failure(REFRESH, { token: token.refreshToken })).code).toBe('TOKEN_INVALID');
    expect((await new TestClient(test.url, third.accessToken).failure('{ me { id } }')).code).toBe('UNAUTHENTICATED');
    await until(async () => Promise.resolve(mailsTo(test, first.user.email).some((mail) => mail.includes('signed out'))), 'the owner is told');
  });

  it('whose child was not used is reused after 30 s', async () => {
    const first = await verified(newAddress());
    await refresh(first.refreshToken);
    await withClient(test.databaseUrl, (sql) => sql.query("UPDATE refresh_tokens SET used_at = now() - interval '31 seconds' WHERE used_at IS NOT NULL AND session_id IN (SELECT id FROM sessions WHERE user_id = $1)", [first.user.id]));
    expect((await nobody.failure(REFRESH, { token: first.refreshToken })).code).toBe('TOKEN_REUSED');
  });

  it('sent ten times at once has one child', async () => {
    const first = await verified(newAddress());
    const children = await Promise.all(Array.from({ length: 10 }, () => refresh(first.refreshToken)));
    expect(new Set(children.map((child) => child.refreshToken)).size).toBe(1);
  });

  it('is void after logout, after its session ended, and when it was never issued', async () => {
    const one = await verified(newAddress());
    expect(await new TestClient(test.url, one.accessToken).data('mutation { logout }')).toEqual({ logout: true });
    expect((await nobody.failure(REFRESH, { token: one.refreshToken })).code).toBe('TOKEN_INVALID');
    const other = await verified(newAddress());
    await withClient(test.databaseUrl, (sql) => sql.query('UPDATE sessions SET expires_at = now() WHERE user_id = $1', [other.user.id]));
    expect((await nobody.failure(REFRESH, { token: other.refreshToken })).code).toBe('TOKEN_EXPIRED');
    for (const token of ['', 'never issued', one.accessToken]) expect((await nobody.failure(REFRESH, { token })).code).toBe('TOKEN_INVALID');
  });
});

describe('an access token', () => {
  it('that was changed, made without a signature, or has expired is none', async () => {
    const { accessToken } = await verified(newAddress());
    const [head = '', body = '', signature = ''] = accessToken.split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
    const owner = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(body, 'base64url').toString()) as object, wid: crypto.randomUUID() })).toString('base64url');
    for (const token of [`${none}.${body}.`, `${head}.${owner}.${signature}`, `${head}.${body}.${signature.slice(0, -4)}AAAA`]) expect((await new TestClient(test.url, token).failure('{ me { id } }')).code).toBe('UNAUTHENTICATED');
    const short = await startTestApp({ ACCESS_TOKEN_TTL: '1s' });
    try {
      const { user, workspaceId } = await short.app.services.auth.createVerifiedUser({ email: newAddress(), password: PASSWORD });
      const { login } = await new TestClient(short.url, null).data<{ login: Tokens }>(LOGIN, { email: user.email, password: PASSWORD });
      expect(login.workspace.id).toBe(workspaceId);
      await until(async () => (await new TestClient(short.url, login.accessToken).send('{ me { id } }')).errors[0]?.extensions.code === 'UNAUTHENTICATED', 'the token expires');
      expect(await new TestClient(short.url, null).data(REFRESH, { token: login.refreshToken })).toHaveProperty('refreshToken.user.id', user.id);
    } finally {
      await short.close();
    }
  });
});

describe('limits', () => {
  it('stop guessing of one password, say for how long, and leave other accounts alone', async () => {
    const limited = await startTestApp({ RATE_LIMITS: 'on' });
    try {
      const guest = new TestClient(limited.url, null);
      const codes: string[] = [];
      for (let attempt = 0; attempt < 21; attempt += 1) codes.push((await guest.failure(LOGIN, { email: 'victim@users.example', password: `guess ${attempt}` })).code);
      expect(codes).toEqual([...Array<string>(20).fill('INVALID_CREDENTIALS'), 'RATE_LIMITED']);
      const failure = await guest.failure(LOGIN, { email: ' VICTIM@users.example', password: 'guess' });
      expect(failure).toMatchObject({ code: 'RATE_LIMITED', scope: 'login' });
      expect(failure.retryAfterMs).toBeGreaterThan(0);
      expect((await guest.failure(LOGIN, { email: 'another@users.example', password: 'guess' })).code).toBe('INVALID_CREDENTIALS');
      for (let mail = 0; mail < 5; mail += 1) await guest.data('mutation { requestPasswordReset(email: "victim@users.example") }');
      expect(await guest.failure('mutation { resendVerification(email: "victim@users.example") }')).toMatchObject({ code: 'RATE_LIMITED', scope: 'mail' });
    } finally {
      await limited.close();
    }
  });
});
