import { createHash, timingSafeEqual } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { networkOf } from '../../client-address.js';
import { OauthCode } from '../../entities/oauth-code.js';
import { User } from '../../entities/user.js';
import { LeadlineError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import { record } from './audit.js';
import type { Identities } from './identities.js';
import { ATTEMPT_TTL_MS, type Attempt, type AttemptCookies } from './oauth-attempt.js';
import type { Limits } from './limits.js';
import type { OAuthProvider } from './oauth-provider.js';
import { typedCause } from './provider-http.js';
import type { Client, IssuedTokens, Sessions } from './sessions.js';
import { hashSecret, randomSecret } from './tokens.js';

/** The browser hands the code to the API at once. */
const CODE_TTL_MS = 60_000;
/** RFC 7636 §4.2: the base64url of a SHA-256. */
const CHALLENGE = /^[\w-]{43}$/;

export type OAuthQuery = Readonly<Record<string, unknown>>;
/** Where to send the browser, and the `Set-Cookie` to send along. */
export interface Sending { location: string; cookie: string }

/** Why a sign-in at a provider failed, for `reason`. */
type Reason = 'DENIED' | 'STATE' | 'EXPIRED' | 'REFUSED' | 'ANSWER';
const MESSAGES: Record<Reason, string> = {
  DENIED: 'You did not allow it at the provider.',
  STATE: 'This sign-in was not begun in this browser, or has ended already; begin again.',
  EXPIRED: 'This sign-in took too long; begin again.',
  REFUSED: 'The provider refused the sign-in.',
  ANSWER: 'The provider gave an answer that does not fit; nobody was signed in.',
};

/** Sign-in with providers: the two visits of the browser, and the code they end with. */
export class OAuthService {
  readonly #providers: ReadonlyMap<string, OAuthProvider>;

  constructor(private readonly deps: {
    dataSource: DataSource; identities: Identities; cookies: AttemptCookies; providers: readonly OAuthProvider[]; publicUrl: string; logger: Logger; sessions: Sessions; limits: Limits;
  }) {
    this.#providers = new Map(deps.providers.map((provider) => [provider.name, provider]));
  }

  providerNames(): string[] {
    return [...this.#providers.keys()];
  }

  /**
   * First visit: `?redirect=/path` of the dashboard to end at, `?code_challenge=…` (S256) for a client that will prove
   * itself in exchangeOAuthCode.
   * @throws LeadlineError NOT_FOUND for a provider that is not configured, BAD_USER_INPUT, SERVICE_UNAVAILABLE
   */
  async begin(providerName: string, query: OAuthQuery, client: Client): Promise<Sending> {
    const provider = this.#provider(providerName);
    await this.deps.limits.consume('oauth', networkOf(client.ip));
    const redirect = this.#redirectPath(query.redirect);
    const challenge = query.code_challenge === undefined ? null : query.code_challenge;
    if (challenge !== null && (typeof challenge !== 'string' || !CHALLENGE.test(challenge))) throw new LeadlineError('BAD_USER_INPUT', 'A code_challenge is the base64url of a SHA-256: 43 characters.', { details: { fields: ['code_challenge'] } });
    const { location, secrets } = await this.#ask(provider, () => provider.begin());
    const state = location.searchParams.get('state') ?? '';
    return { location: location.href, cookie: this.deps.cookies.seal({ provider: provider.name, state, secrets, redirect, challenge, expiresAt: Date.now() + ATTEMPT_TTL_MS }) };
  }

  /** Where a browser learns of a failure: the page it would have ended at, else the home page. Codes only, so that no link can put words on it. */
  failureLocation(providerName: string, cookie: string | undefined, error: LeadlineError): string {
    const attempt = this.deps.cookies.open(providerName, cookie);
    const { reason } = error.details;
    return this.#dashboard(attempt?.redirect ?? '/', { error: error.code, ...(typeof reason === 'string' ? { reason } : {}), provider: providerName });
  }

  /** `Set-Cookie` after a failure: it ends the attempt, unless the failure was somebody else's link. */
  failureCookie(providerName: string, error: LeadlineError): string | null {
    return this.#providers.has(providerName) && error.details.reason !== 'STATE' ? this.deps.cookies.clear(providerName) : null;
  }

  /**
   * Second visit: the browser comes back from the provider and goes on to the dashboard with `?code=…`.
   * @throws LeadlineError OAUTH_FAILED with a reason, EMAIL_NOT_VERIFIED where an address is unproven, SERVICE_UNAVAILABLE
   */
  async finish(providerName: string, query: OAuthQuery, cookie: string | undefined, client: Client): Promise<Sending> {
    const provider = this.#provider(providerName);
    await this.deps.limits.consume('oauth', networkOf(client.ip));
    const attempt = this.#attempt(provider.name, query, cookie);
    const answer = this.#answer(query);
    const profile = await this.#ask(provider, () => provider.complete(answer, attempt.secrets));
    const code = await this.deps.identities.claim(profile, { mayBeUnproven: false, ip: client.ip }, async (manager, user) => await this.#issueCode(manager, user, attempt));
    return { location: this.#dashboard(attempt.redirect, { code }), cookie: this.deps.cookies.clear(provider.name) };
  }

  /**
   * Makes tokens of a code, once, within a minute.
   * @param verifier of the `code_challenge` that the sign-in began with; must be left out when there was none
   * @throws LeadlineError TOKEN_INVALID, TOKEN_EXPIRED
   */
  async exchange(code: string, verifier: string | null, client: Client): Promise<IssuedTokens> {
    await this.deps.limits.consume('oauth', networkOf(client.ip));
    return await this.deps.dataSource.transaction(async (manager) => {
      const row = await manager.findOne(OauthCode, { where: { codeHash: hashSecret(code) }, lock: { mode: 'pessimistic_write' } });
      if (!row || row.usedAt || !proves(verifier, row.challenge)) throw new LeadlineError('TOKEN_INVALID', 'This code is not valid, or was used before; sign in again.');
      if (row.expiresAt.getTime() <= Date.now()) throw new LeadlineError('TOKEN_EXPIRED', 'This code is too old; sign in again.');
      await manager.update(OauthCode, row.id, { usedAt: new Date() });
      const user = await manager.findOneByOrFail(User, { id: row.userId });
      const tokens = await this.deps.sessions.issue(manager, user, client);
      await record(manager, { type: 'SIGNED_IN', userId: user.id, workspaceId: tokens.workspace.id, ip: client.ip, details: { by: row.provider } });
      return tokens;
    });
  }

  #provider(name: string): OAuthProvider {
    const provider = this.#providers.get(name);
    if (!provider) throw new LeadlineError('NOT_FOUND', 'There is no such sign-in provider here.');
    return provider;
  }

  /** The state comes first: what a stranger's link says, an error included, is not even read. */
  #attempt(provider: string, query: OAuthQuery, cookie: string | undefined): Attempt {
    const attempt = this.deps.cookies.open(provider, cookie);
    const [given, wanted] = [typeof query.state === 'string' ? query.state : '', attempt?.state ?? ''];
    if (!attempt || given === '' || !timingSafeEqual(digest(given), digest(wanted))) throw failed(provider, 'STATE');
    if (attempt.expiresAt <= Date.now()) throw failed(provider, 'EXPIRED');
    if (query.error === 'access_denied') throw failed(provider, 'DENIED');
    if (query.error === 'temporarily_unavailable' || query.error === 'server_error') throw new LeadlineError('SERVICE_UNAVAILABLE', `The sign-in provider ${provider} has trouble; try again in a moment.`, { details: { dependency: provider, retryAfterMs: 5_000 } });
    if (query.error !== undefined || typeof query.code !== 'string' || query.code === '') {
      this.deps.logger.warn({ provider, error: query.error }, 'a sign-in provider refused');
      throw failed(provider, 'REFUSED');
    }
    return attempt;
  }

  /** Only what the strategies read, each once: of two codes, which one counts would be the library's choice. */
  #answer(query: OAuthQuery): URLSearchParams {
    return new URLSearchParams(['code', 'state', 'iss'].flatMap((name) => { const value = query[name]; return typeof value === 'string' ? [[name, value]] : []; }));
  }

  async #ask<T>(provider: OAuthProvider, question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      const typed = typedCause(error);
      // Without the answer itself, which holds tokens.
      this.deps.logger.warn({ provider: provider.name, err: messages(error) }, 'sign-in with a provider failed');
      throw typed ?? failed(provider.name, 'ANSWER', error);
    }
  }

  async #issueCode(manager: EntityManager, user: User, attempt: Attempt): Promise<string> {
    const code = randomSecret();
    // Some of the old ones, and none that another sign-in is looking at: two that clean up never wait for each other.
    await manager.query("DELETE FROM oauth_codes WHERE id IN (SELECT id FROM oauth_codes WHERE expires_at < now() - interval '1 hour' LIMIT 100 FOR UPDATE SKIP LOCKED)");
    const { identifiers } = await manager.createQueryBuilder().insert().into(OauthCode)
      .values({ userId: user.id, codeHash: hashSecret(code), attemptHash: hashSecret(attempt.state), challenge: attempt.challenge, provider: attempt.provider, expiresAt: new Date(Date.now() + CODE_TTL_MS) })
      .orIgnore().returning('id').execute();
    if (!identifiers[0]) throw failed(attempt.provider, 'STATE');
    return code;
  }

  /** A path of our own dashboard, nothing else: an open redirect would hand the code to whoever made the link. */
  #redirectPath(given: unknown): string {
    if (given === undefined || given === '') return '/';
    const base = new URL(`${this.deps.publicUrl}/`);
    const path = typeof given === 'string' && given.length <= 500 && /^\/(?![/\\])[^\\\p{Cc}]*$/u.test(given) ? given : null;
    const target = path === null || !URL.canParse(this.deps.publicUrl + path) ? null : new URL(this.deps.publicUrl + path);
    if (!target || target.origin !== base.origin || target.username !== '' || !target.pathname.startsWith(base.pathname) || target.pathname.startsWith(`${base.pathname}auth/`)) throw new LeadlineError('BAD_USER_INPUT', 'redirect is a path of this server, such as /leads.', { details: { fields: ['redirect'] } });
    return target.pathname.slice(base.pathname.length - 1) + target.search;
  }

  #dashboard(path: string, parameters: Record<string, string>): string {
    const url = new URL(this.deps.publicUrl + path);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url.href;
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A code that was begun with a challenge needs its verifier, and one that was not must not come with one: it is a stranger's. */
function proves(verifier: string | null, challenge: string | null): boolean {
  if (verifier === null || challenge === null) return verifier === challenge;
  return timingSafeEqual(digest(createHash('sha256').update(verifier).digest('base64url')), digest(challenge));
}

const failed = (provider: string, reason: Reason, cause?: unknown): LeadlineError => new LeadlineError('OAUTH_FAILED', MESSAGES[reason], { details: { provider, reason }, cause });

/** The messages of an error and of what caused it, without their data. */
function messages(error: unknown): string {
  const parts: string[] = [];
  for (let at = error; at instanceof Error && parts.length < 6; at = at.cause ?? (at as { oauthError?: unknown }).oauthError) parts.push(at.message);
  return parts.join(' ← ');
}
