import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/index.js';
import { Browser } from '../support/browser.js';
import { TestClient, type ApiError } from '../support/client.js';
import { freePort } from '../../src/free-port.js';
import { openSandbox, startTestApp, type TestApp } from '../support/test-app.js';

interface Tokens { user: { id: string; email: string; name: string | null; emailVerified: boolean; identities: { provider: string; email: string }[] } }
const EXCHANGE = 'mutation ($code: String!) { exchangeOAuthCode(code: $code) { user { id email name emailVerified identities { provider email } } } }';

let sandbox: Sandbox;
let test: TestApp;
let nobody: TestClient;
let publicUrl: string;
beforeAll(async () => {
  const port = await freePort();
  publicUrl = `http://127.0.0.1:${port}`;
  sandbox = await openSandbox();
  test = await startTestApp({ PORT: String(port), PUBLIC_URL: publicUrl, LOG_LEVEL: 'silent' }, sandbox);
  nobody = new TestClient(test.url, null);
});
afterAll(async () => { await test.close(); await sandbox.close(); });
afterEach(() => { sandbox.reset(); });

/** To GitHub's page and back to our callback, which is not opened yet; `login` null presses Cancel. */
async function toCallback(browser: Browser, login: string | null): Promise<URL> {
  const authorize = (await browser.get(`${publicUrl}/auth/github`)).headers.get('location') ?? '';
  const page = await (await browser.get(authorize)).text();
  const fields = [...page.matchAll(/name="(\w+)" value="([^"]*)">/g)].filter(([, name]) => name !== 'authorize').map(([, name = '', value = '']) => [name, value]);
  const user = sandbox.github.users.find((known) => known.login === login);
  const decided = await fetch(`${sandbox.github.url}/login/oauth/authorize`, { method: 'POST', redirect: 'manual', body: new URLSearchParams([...fields, ['authorize', String(user?.id ?? 0)]]) });
  return new URL(decided.headers.get('location') ?? '');
}
async function signIn(login: string): Promise<Tokens['user']> {
  const browser = new Browser();
  const end = await browser.travel((await toCallback(browser, login)).href, () => false);
  return (await nobody.data<{ exchangeOAuthCode: Tokens }>(EXCHANGE, { code: end.searchParams.get('code') })).exchangeOAuthCode.user;
}
async function refusal(browser: Browser, url: URL): Promise<ApiError['extensions']> {
  const response = await browser.get(url.href);
  if (response.status === 302) throw new Error(`a refusal was expected, got ${response.headers.get('location')}`);
  return (await response.json() as { errors: ApiError[] }).errors[0]?.extensions as ApiError['extensions'];
}
const failed = (reason: string): object => ({ code: 'OAUTH_FAILED', provider: 'github', reason });
const AWAY = { code: 'SERVICE_UNAVAILABLE', dependency: 'github', retryAfterMs: 5_000 };

describe('signing in with GitHub', () => {
  it('takes the primary verified address, whatever the profile shows, and knows the person the next time', async () => {
    const ben = await signIn('octo-ben');
    expect(ben).toMatchObject({ email: 'ben@octo-sandbox.com', emailVerified: true, name: 'octo-ben', identities: [{ provider: 'github', email: 'ben@octo-sandbox.com' }] });
    expect(await signIn('octo-ben')).toEqual(ben);
    // Somebody else's account with a login that was freed is somebody else.
    for (const user of sandbox.github.users) if (user.login === 'octo-ben') Object.assign(user, { id: 2002, emails: [{ email: 'new-ben@octo-sandbox.com', primary: true, verified: true, visibility: null }] });
    expect((await signIn('octo-ben')).id).not.toBe(ben.id);
  });

  it('asks with state and an S256 challenge, for nothing more than the person and the addresses', async () => {
    const location = new URL((await new Browser().get(`${publicUrl}/auth/github`)).headers.get('location') ?? '');
    expect(Object.fromEntries(location.searchParams)).toEqual({ response_type: 'code', redirect_uri: `${publicUrl}/auth/github/callback`, scope: 'read:user user:email', client_id: sandbox.github.clientId, code_challenge_method: 'S256', code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string, state: expect.stringMatching(/^\w{24,}$/) as string });
  });

  it('refuses a primary address that GitHub has not verified, though another one is, and a person without any', async () => {
    const victim = await test.app.services.auth.createVerifiedUser({ email: 'victim@octo-sandbox.com', password: 'correct horse battery' });
    for (const login of ['octo-eve', 'octo-none']) {
      const browser = new Browser();
      expect(await refusal(browser, await toCallback(browser, login))).toEqual({ code: 'EMAIL_NOT_VERIFIED' });
    }
    for (const user of sandbox.github.users) for (const email of user.emails) email.verified = true;
    expect((await signIn('octo-eve')).id).toBe(victim.user.id);
  });

  it('signs nobody in with a code of another attempt, a second use, or a cancelled page', async () => {
    const [attacker, victim] = [new Browser(), new Browser()];
    const [mine, stolen] = [await toCallback(attacker, 'octo-ben'), await toCallback(victim, 'octo-ada')];
    const mixed = new URL(mine);
    mixed.searchParams.set('code', stolen.searchParams.get('code') ?? '');
    expect(await refusal(attacker, mixed)).toEqual(failed('ANSWER'));
    expect(await refusal(attacker, stolen)).toEqual(failed('STATE'));
    expect(await refusal(attacker, mine)).toEqual(failed('STATE'));
    expect(await refusal(victim, await toCallback(victim, null))).toEqual(failed('DENIED'));
  });

  it.each([['server_error', AWAY], ['rate_limited', AWAY], ['malformed', failed('ANSWER')], ['api_rate_limited', AWAY]] as const)('tells %s as what it is', async (mode, expected) => {
    const browser = new Browser();
    const callback = await toCallback(browser, 'octo-ada');
    sandbox.control.github(mode);
    expect(await refusal(browser, callback)).toEqual(expected);
  });

  it('joins the account with the proved address, and is shown by name without its secret', async () => {
    const { user } = await test.app.services.auth.createVerifiedUser({ email: 'ada@octo-sandbox.com', password: 'correct horse battery' });
    expect((await signIn('octo-ada')).id).toBe(user.id);
    const { authProviders, capabilities } = await nobody.data<{ authProviders: string[]; capabilities: { name: string; detail: string }[] }>('{ authProviders capabilities { name detail } }');
    expect(authProviders).toEqual(['github']);
    expect(JSON.stringify(capabilities)).not.toContain(sandbox.github.clientSecret);
  });
});
