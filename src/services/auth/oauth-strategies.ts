import * as oidc from 'openid-client';
import { Strategy as OidcStrategy } from 'openid-client/passport';
import { Passport, type Strategy } from 'passport';
import OAuth2Strategy from 'passport-oauth2';
import { usableEmail } from './email-address.js';
import { checkedSubject, type AttemptSecrets, type OAuthProvider, type Profile } from './oauth-provider.js';
import { providerAway, providerFetch } from './provider-http.js';

export interface ProviderSettings { clientId: string; clientSecret: string; baseUrl: string; callbackUrl: string; userAgent: string }

/** Metadata and keys of an OpenID provider may change; read again after this time, ms. */
const DISCOVERY_TTL_MS = 3_600_000;

/** The part of a request the strategies look at. No server session: `session` travels in the browser's sealed cookie. */
interface StrategyRequest { method: 'GET'; headers: object; query: Record<string, string>; session: AttemptSecrets; isBeginning: boolean }

type Outcome = { location: URL } | { profile: Profile };

/** Runs one strategy over what the browser brought, outside of Express. Rejects with what the strategy gave as its reason. */
function run(strategy: Strategy, request: Omit<StrategyRequest, 'method' | 'headers'>): Promise<Outcome> {
  return new Promise((done, failed) => {
    const passport = new Passport();
    passport.use('provider', strategy);
    const settle = (error: unknown, profile?: unknown, info?: unknown): void => {
      if (error) failed(error instanceof Error ? error : new Error('the strategy failed', { cause: error }));
      else if (profile) done({ profile: profile as Profile });
      else failed(new Error(`the strategy refused: ${(info as { message?: string } | undefined)?.message ?? 'no reason given'}`));
    };
    const response = { statusCode: 200, location: '', setHeader(name: string, value: string) { if (name === 'Location') this.location = value; }, end() { done({ location: new URL(this.location) }); } };
    const handler = passport.authenticate('provider', { session: false }, settle) as (request: object, response: object, next: (error?: unknown) => void) => void;
    handler({ method: 'GET', headers: {}, ...request } satisfies StrategyRequest, response, settle);
  });
}

function providerOf(name: string, strategy: () => Promise<Strategy>): OAuthProvider {
  return {
    name,
    begin: async () => {
      const secrets: AttemptSecrets = {};
      const outcome = await run(await strategy(), { query: {}, session: secrets, isBeginning: true });
      if (!('location' in outcome)) throw new Error('the strategy did not begin');
      return { location: outcome.location, secrets };
    },
    complete: async (answer, secrets) => {
      const outcome = await run(await strategy(), { query: Object.fromEntries(answer), session: structuredClone(secrets), isBeginning: false });
      if (!('profile' in outcome)) throw new Error('the strategy began anew instead of ending');
      return outcome.profile;
    },
  };
}

/** OpenID Connect Core 1.0, code flow: state, PKCE S256 (RFC 7636), nonce, issuer (RFC 9207), and the ID token's signature. */
class OpenIdStrategy extends OidcStrategy {
  constructor(private readonly callbackUrl: string, config: oidc.Configuration, provider: string) {
    super({ config, callbackURL: callbackUrl, sessionKey: 'oidc' }, (tokens, done) => {
      profileOf(config, tokens, provider).then((profile) => { done(null, profile); }, done);
    });
  }

  // The library would make a state only where the provider knows no PKCE: both are wanted, always.
  override authorizationRequestParams(): Record<string, string> {
    return { scope: 'openid email profile', state: oidc.randomState(), nonce: oidc.randomNonce(), redirect_uri: this.callbackUrl };
  }

  // What a proxy says about host and protocol is not asked: the address is the one we registered.
  override currentUrl(request: object): URL {
    return new URL(`${this.callbackUrl}?${new URLSearchParams((request as StrategyRequest).query).toString()}`);
  }

  override shouldInitiateAuthRequest(request: object): boolean {
    return (request as StrategyRequest).isBeginning;
  }
}

async function profileOf(config: oidc.Configuration, tokens: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers, provider: string): Promise<Profile> {
  const claims = tokens.claims();
  if (!claims) throw new Error('the answer has no ID token');
  // Google puts the address into the ID token; the standard leaves it to the userinfo endpoint (OpenID Connect Core §5.4).
  const { email, email_verified, name } = claims.email === undefined ? await oidc.fetchUserInfo(config, tokens.access_token, claims.sub) : claims;
  return { provider, issuer: claims.iss, subject: checkedSubject(claims.sub), email: usableEmail(email), emailVerified: email_verified === true, name: typeof name === 'string' ? name : null };
}

/** Google, or any OpenID provider at `baseUrl`: found by discovery, which is done at the first use and kept for an hour. */
export function openIdProvider(name: string, settings: ProviderSettings): OAuthProvider {
  let known: { strategy: Promise<OpenIdStrategy>; until: number } | null = null;
  const discover = async (): Promise<OpenIdStrategy> => {
    // Google documents the secret in the body; RFC 6749 §2.3.1 asks every server for HTTP Basic.
    const authentication = (settings.baseUrl === 'https://accounts.google.com' ? oidc.ClientSecretPost : oidc.ClientSecretBasic)(settings.clientSecret);
    const config = await oidc.discovery(new URL(settings.baseUrl), settings.clientId, undefined, authentication, {
      [oidc.customFetch]: (url, init) => providerFetch(name, url, init as RequestInit),
      execute: [oidc.enableNonRepudiationChecks, ...(settings.baseUrl.startsWith('http:') ? [oidc.allowInsecureRequests] : [])],
    });
    return new OpenIdStrategy(settings.callbackUrl, config, name);
  };
  return providerOf(name, async () => {
    if (!known || known.until <= Date.now()) {
      const asked = { strategy: discover(), until: Date.now() + DISCOVERY_TTL_MS };
      known = asked;
      // A failed look-up is not remembered: the next person finds out anew.
      asked.strategy.catch(() => { if (known === asked) known = null; });
    }
    return await known.strategy as unknown as Strategy;
  });
}

interface GithubUser { id?: unknown; login?: unknown; name?: unknown }
interface GithubEmail { email?: unknown; primary?: unknown; verified?: unknown }

/** GitHub's OAuth2 web flow with PKCE; https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps */
class GithubStrategy extends OAuth2Strategy {
  // No #private members: passport calls the methods on an object that only inherits from this one.
  constructor(private readonly settings: ProviderSettings) {
    super({
      authorizationURL: `${settings.baseUrl}/login/oauth/authorize`, tokenURL: `${settings.baseUrl}/login/oauth/access_token`,
      clientID: settings.clientId, clientSecret: settings.clientSecret, callbackURL: settings.callbackUrl, sessionKey: 'github',
      scope: ['read:user', 'user:email'], state: true, pkce: true,
    }, (_accessToken: string, _refreshToken: string, profile: Profile, done: OAuth2Strategy.VerifyCallback) => { done(null, profile); });
    // The library's own transport knows no time limit, and an answer of any length is kept.
    Object.defineProperty(this._oauth2, '_request', { value: (method: string, url: string, headers: Record<string, string>, body: string, _token: string | null, done: (error: unknown, data?: string) => void) => {
      providerFetch('github', url, { method, headers: { ...headers, Accept: 'application/json', 'User-Agent': settings.userAgent }, body })
        .then(async (response) => (response.ok ? { data: await response.text() } : { error: { statusCode: response.status, data: await response.text() } }))
        .then((answer) => { if ('data' in answer) done(null, answer.data); else done(answer.error); })
        // Also what the library throws while it reads the answer: nobody else would hear of it.
        .catch(done);
    } });
  }

  override userProfile(accessToken: string, done: (error?: unknown, profile?: Profile) => void): void {
    this.profile(accessToken).then((profile) => { done(null, profile); }, done);
  }

  /** The profile's own `email` is what a person shows to others; which one is theirs, /user/emails says. */
  private async profile(accessToken: string): Promise<Profile> {
    const [user, emails] = await Promise.all([this.get<GithubUser>('/user', accessToken), this.get<GithubEmail[]>('/user/emails', accessToken)]);
    if (typeof user.id !== 'number' || !Array.isArray(emails)) throw new Error('GitHub answered with something else than a user and a list of addresses');
    const primary = emails.find((row) => row.primary === true);
    return {
      provider: 'github', issuer: this.settings.baseUrl, subject: String(user.id),
      email: usableEmail(primary?.email), emailVerified: primary?.verified === true,
      name: typeof user.name === 'string' && user.name !== '' ? user.name : typeof user.login === 'string' ? user.login : null,
    };
  }

  private async get<T>(path: string, accessToken: string): Promise<T> {
    // github.com has its API on a host of its own, an Enterprise Server below /api/v3.
    const api = this.settings.baseUrl === 'https://github.com' ? 'https://api.github.com' : `${this.settings.baseUrl}/api/v3`;
    const response = await providerFetch('github', `${api}${path}`, { headers: { Accept: 'application/vnd.github+json', Authorization: `Bearer ${accessToken}`, 'X-GitHub-Api-Version': '2022-11-28', 'User-Agent': this.settings.userAgent } });
    if (response.status === 403 && response.headers.get('x-ratelimit-remaining') === '0') throw providerAway('github', new Error('rate limit exceeded'));
    if (!response.ok) throw new Error(`GitHub answered ${response.status} to ${path}`);
    return await response.json() as T;
  }
}

export const githubProvider = (settings: ProviderSettings): OAuthProvider => providerOf('github', async () => new GithubStrategy(settings));
