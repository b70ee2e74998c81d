import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from '../support/browser.js';
import { TestClient } from '../support/client.js';
import { startOidcServer, type OidcServer } from '../support/oidc-server.js';
import { freePort } from '../support/servers.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Tokens { accessToken: string; user: { id: string; email: string; emailVerified: boolean; identities: { provider: string; email: string }[] }; workspace: { id: string; name: string } }
const EXCHANGE = 'mutation ($code: String!, $verifier: String) { exchangeOAuthCode(code: $code, verifier: $verifier) { accessToken user { id email emailVerified identities { provider email } } workspace { id name } } }';

let oidc: OidcServer;
let test: TestApp;
let nobody: TestClient;
let publicUrl: string;
let count = 0;
const newPerson = (): string => `google-${count += 1}`;

beforeAll(async () => {
  const port = await freePort();
  publicUrl = `http://127.0.0.1:${port}`;
  oidc = await startOidcServer(`${publicUrl}/auth/google/callback`);
  test = await startTestApp({ PORT: String(port), PUBLIC_URL: publicUrl, GOOGLE_CLIENT_ID: oidc.clientId, GOOGLE_CLIENT_SECRET: oidc.clientSecret, GOOGLE_BASE_URL: oidc.issuer });
  nobody = new TestClient(test.url, null);
});
afterAll(async () => { await test.close(); await oidc.close(); });
beforeEach(() => { oidc.intercept = null; });

const isAway = (url: URL): boolean => url.origin !== publicUrl;

/** From our door to the provider and back up to our callback, which is not opened yet. */
async function toCallback(browser: Browser, query = ''): Promise<URL> {
  return await browser.travel(`${publicUrl}/auth/google${query}`, isAway);
}
const exchange = async (code: string | null, verifier?: string): Promise<Tokens> => (await nobody.data<{ exchangeOAuthCode: Tokens }>(EXCHANGE, { code, verifier })).exchangeOAuthCode;

describe('signing in with an OpenID provider', () => {
  it('makes a verified user with a workspace, who is the same one the next time', async () => {
    const subject = newPerson();
    oidc.signInAs(subject, { email: 'Ada@Users.Example', email_verified: true, name: 'Ada L.' });
    const browser = new Browser();
    const end = await browser.travel((await toCallback(browser)).href, () => false);
    const tokens = await exchange(end.searchParams.get('code'));
    expect(tokens.user.email).toBe('ada@users.example');
  });
});
