import { createRemoteJWKSet, customFetch, decodeJwt, decodeProtectedHeader, errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { ApiScope, type Role } from '../../entities/enums.js';
import type { Logger } from '../../logger.js';
import type { Credentials } from './bearer.js';
import { usableEmail } from './email-address.js';
import type { Identities } from './identities.js';
import type { Profile } from './oauth-provider.js';
import { providerAway, providerFetch, typedCause } from './provider-http.js';

const PROVIDER = 'supabase';
/** What Supabase Auth puts into `aud` of a signed-in person's token. */
const AUDIENCE = 'authenticated';
/** After this the key set is read again in the background; after a day without success it is not believed any more, ms. */
const KEYS_FRESH_MS = 600_000;
const KEYS_LAST_MS = 86_400_000;
/** Least time between two readings that unknown key ids ask for: a stranger's tokens must not turn us into a flood, ms. */
const KEYS_COOLDOWN_MS = 30_000;
/** Asymmetric ones only, whatever the key set or the token says: a public key must never pass as an HMAC secret. */
const KEY_SET_ALGORITHMS = ['ES256', 'RS256', 'EdDSA'];
/** Ways of signing in that went through the mailbox. */
const MAILBOX_METHODS = new Set(['otp', 'magiclink', 'email/signup', 'invite', 'recovery', 'email_change']);

const claimsShape = z.object({
  exp: z.number(),
  sub: z.string().regex(/^[^\p{Cc}]{1,255}$/u),
  role: z.literal('authenticated'),
  iss: z.string().optional(),
  email: z.string().optional(),
  email_verified: z.boolean().optional(),
  is_anonymous: z.boolean().optional(),
  app_metadata: z.looseObject({ email_verified: z.boolean().optional() }).optional(),
  user_metadata: z.looseObject({ full_name: z.unknown().optional(), name: z.unknown().optional() }).optional(),
  amr: z.array(z.union([z.string(), z.looseObject({ method: z.string() })])).optional(),
});
type Claims = z.output<typeof claimsShape>;

export interface SupabaseSettings {
  url: string | undefined;
  secret: string | undefined;
  /** The operator says that the project confirms every address before it signs anybody in. */
  confirmsEmail: boolean;
}

interface Row { user_id: string; workspace_id: string | null; role: Role | null; token_version: number | null; is_settled: boolean }

/** Supabase Auth as the identity provider: its access tokens are credentials here, its people get a user and a workspace. */
export class SupabaseTokens {
  readonly #issuer: string | undefined;
  readonly #secret: Uint8Array | null;
  readonly #keys: ReturnType<typeof createRemoteJWKSet> | null;
  #keysReadAt = 0;

  constructor(private readonly deps: { dataSource: DataSource; identities: Identities; settings: SupabaseSettings; logger: Logger }) {
    const { url, secret } = deps.settings;
    this.#issuer = url === undefined ? undefined : `${url}/auth/v1`;
    this.#secret = secret === undefined ? null : new TextEncoder().encode(secret);
    this.#keys = this.#issuer === undefined ? null : createRemoteJWKSet(new URL(`${this.#issuer}/.well-known/jwks.json`), {
      cacheMaxAge: KEYS_LAST_MS, cooldownDuration: KEYS_COOLDOWN_MS,
      [customFetch]: async (address, init) => {
        const response = await providerFetch(PROVIDER, address, { headers: init.headers });
        // Something else than a key set stands there, a gateway's page say: nothing about the token.
        if (response.status !== 200) throw providerAway(PROVIDER, new Error(`its key set answered ${response.status}`));
        this.#keysReadAt = Date.now();
        return response;
      },
    });
  }

  /**
   * Who an access token speaks for; null when it is not a valid one of Supabase's.
   * @throws LeadlineError SERVICE_UNAVAILABLE when the key set is out of reach, EMAIL_NOT_VERIFIED when the address belongs to an account that it does not prove
   */
  async credentialsOf(token: string): Promise<Credentials | null> {
    const claims = await this.#verify(token);
    if (!claims) return null;
    const profile = this.#profile(claims);
    const row = await this.#row(profile) ?? await this.#firstUse(profile);
    if (row?.workspace_id == null || row.role === null) return null;
    return { actor: { userId: row.user_id, workspaceId: row.workspace_id, role: row.role, sessionId: null, apiKeyId: null, scopes: [ApiScope.READ, ApiScope.WRITE] }, expiresAt: new Date(claims.exp * 1_000), membershipVersion: row.token_version };
  }

  async #verify(token: string): Promise<Claims | null> {
    const options: JWTVerifyOptions = { audience: AUDIENCE, requiredClaims: ['exp', 'sub'] };
    try {
      // The header only chooses between the two keys; each of them takes its own algorithms and no other.
      const isSecretSigned = decodeProtectedHeader(token).alg === 'HS256';
      const verified = isSecretSigned ? await this.#bySecret(token, options) : await this.#byKeySet(token, options);
      const claims = claimsShape.safeParse(verified);
      return claims.success && !claims.data.is_anonymous ? claims.data : null;
    } catch (error) {
      const typed = typedCause(error);
      if (typed) throw typed;
      // Not JSON, or no key set in it: whatever answers there, it is not Supabase at work.
      if (error instanceof errors.JWKSInvalid || error instanceof errors.JWKSTimeout || (error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC')) throw providerAway(PROVIDER, error);
      if (error instanceof errors.JOSEError || error instanceof TypeError) return null;
      throw error;
    }
  }

  async #bySecret(token: string, options: JWTVerifyOptions): Promise<JWTPayload | null> {
    if (!this.#secret) return null;
    const { payload } = await jwtVerify(token, this.#secret, { ...options, algorithms: ['HS256'] });
    // Small servers that speak Supabase's protocol name no issuer; the secret says who signed. A named one must be ours.
    return payload.iss === undefined || this.#issuer === undefined || payload.iss === this.#issuer ? payload : null;
  }

  async #byKeySet(token: string, options: JWTVerifyOptions): Promise<JWTPayload | null> {
    // Asked before any key is fetched: an old token of ours, or a stranger's, is no reason to knock at Supabase's door, nor to call it away.
    if (!this.#keys || this.#issuer === undefined || decodeJwt(token).iss !== this.#issuer) return null;
    if (this.#keysReadAt > 0 && Date.now() - this.#keysReadAt > KEYS_FRESH_MS && !this.#keys.reloading) {
      // Nobody waits for it, and while Supabase is away the known keys still tell who somebody is.
      this.#keys.reload().catch((error: unknown) => { this.deps.logger.warn({ err: (error as Error).message }, 'the keys of Supabase could not be read again'); });
    }
    return (await jwtVerify(token, this.#keys, { ...options, issuer: this.#issuer, algorithms: KEY_SET_ALGORITHMS })).payload;
  }

  /**
   * `user_metadata` is written by its owner, so its `email_verified` proves nothing, and an address in the token may
   * never have been confirmed: projects can turn that off. What proves it: a claim only the server writes, a sign-in
   * through the mailbox, or the operator's word for the whole project.
   */
  #profile(claims: Claims): Profile {
    const { full_name, name } = claims.user_metadata ?? {};
    const wentThroughMailbox = (claims.amr ?? []).some((entry) => MAILBOX_METHODS.has(typeof entry === 'string' ? entry : entry.method));
    const email = usableEmail(claims.email);
    return {
      provider: PROVIDER, issuer: claims.iss ?? this.#issuer ?? PROVIDER, subject: claims.sub, email,
      emailVerified: email !== null && (this.deps.settings.confirmsEmail || claims.email_verified === true || claims.app_metadata?.email_verified === true || wentThroughMailbox),
      name: [full_name, name].find((value): value is string => typeof value === 'string' && value !== '') ?? null,
    };
  }

  /** One look-up for a person we know, and nothing to write. */
  async #row({ issuer, subject, email, emailVerified }: Profile): Promise<Row | null> {
    const [row] = await this.deps.dataSource.query<Row[]>(`
      SELECT i.user_id, m.workspace_id, m.role, m.token_version,
        (i.email IS NOT DISTINCT FROM coalesce($4, i.email)) AND (u.email_verified_at IS NOT NULL OR NOT $5 OR u.email <> $4) AS is_settled
      FROM identities i JOIN users u ON u.id = i.user_id LEFT JOIN memberships m ON m.user_id = i.user_id
      WHERE i.provider = $1 AND i.issuer = $2 AND i.subject = $3 ORDER BY m.created_at LIMIT 1`, [PROVIDER, issuer, subject, email, emailVerified]);
    return row?.is_settled ? row : null;
  }

  async #firstUse(profile: Profile): Promise<Row | null> {
    return await this.deps.identities.claim(profile, { mayBeUnproven: true, ip: null }, async (manager, user) => {
      const [row] = await manager.query<Row[]>('SELECT user_id, workspace_id, role, token_version, true AS is_settled FROM memberships WHERE user_id = $1 ORDER BY created_at LIMIT 1', [user.id]);
      return row ?? null;
    });
  }
}

/** For `capabilities`; null when it is off. */
export function supabaseDetail({ url, secret }: SupabaseSettings): string | null {
  const ways = [...(url === undefined ? [] : ['published keys']), ...(secret === undefined ? [] : ['JWT secret'])];
  return ways.length === 0 ? null : `access tokens of Supabase (${ways.join(', ')})`;
}
