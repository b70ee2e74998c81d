import type { Actor } from '../../actor.js';
import { ApiScope } from '../../entities/enums.js';
import type { Membership } from '../../entities/membership.js';
import type { Revocations } from './revocations.js';
import { hashSecret, type TokenSigner } from './tokens.js';

/** Who a bearer token speaks for, and until when. */
export interface Credentials {
  actor: Actor;
  /** Null: until revoked. */
  expiresAt: Date | null;
  /** Version of the membership the role was read from; null where the source keeps none. */
  membershipVersion: number | null;
}

/** Reads one kind of bearer token; null for anything that is not a valid one of its kind. */
export type BearerReader = (token: string) => Promise<Credentials | null>;

/** So many tokens are remembered; the oldest go first. */
const REMEMBERED = 10_000;
/** Longer than this, what the database said of an API key or a foreign token is not repeated. The use of a key is noted as often. */
const FRESH_MS = 30_000;

interface Remembered { credentials: Credentials; readAt: number; isSigned: boolean }

/**
 * Reads what stands after `Bearer`. A token that was read once costs a look into memory: its signature cannot change, and
 * what ends it early is known from Revocations without asking the database.
 */
export class Bearer {
  /** By hash, so that no credential lies in memory. */
  readonly #remembered = new Map<string, Remembered>();

  constructor(private readonly deps: {
    signer: TokenSigner; revocations: Revocations;
    /** The membership as it is now; null for who is none. */
    membership: (userId: string, workspaceId: string) => Promise<Pick<Membership, 'role' | 'tokenVersion'> | null>;
    /** Reads an API key; api-keys.ts. */
    apiKey: BearerReader;
    /** Tokens of other issuers, asked in order for what is not ours. */
    others?: readonly BearerReader[];
  }) {}

  /** Null for anything that is not valid now. */
  async read(token: string): Promise<Credentials | null> {
    const key = hashSecret(token);
    const known = this.#remembered.get(key);
    if (known && (known.isSigned || Date.now() - known.readAt < FRESH_MS) && this.isValid(known.credentials)) return known.credentials;
    const readAt = Date.now();
    const own = token.startsWith('ll_') ? null : await this.#accessToken(token);
    const credentials = own ?? await this.#ask(token);
    this.#remembered.delete(key);
    if (!credentials || !this.isValid(credentials)) return null;
    if (this.#remembered.size >= REMEMBERED) this.#forgetOldest();
    this.#remembered.set(key, { credentials, readAt, isSigned: own !== null });
    return credentials;
  }

  /** Whether credentials that were read once still hold at this moment; costs nothing. */
  isValid({ actor, expiresAt, membershipVersion }: Credentials): boolean {
    return (expiresAt === null || expiresAt.getTime() > Date.now()) && this.deps.revocations.allows({ ...actor, membershipVersion });
  }

  async #accessToken(token: string): Promise<Credentials | null> {
    const claims = await this.deps.signer.verify(token);
    if (!claims) return null;
    const { userId, workspaceId, sessionId, expiresAt } = claims;
    let { role, membershipVersion } = claims;
    if (!this.deps.revocations.allows({ userId, workspaceId, sessionId: null, apiKeyId: null, membershipVersion })) {
      // The role has changed since: the token goes on with the one of now, instead of throwing its owner out.
      const now = await this.deps.membership(userId, workspaceId);
      if (!now) return null;
      ({ role, tokenVersion: membershipVersion } = now);
    }
    return { actor: { userId, workspaceId, role, sessionId, apiKeyId: null, scopes: [ApiScope.READ, ApiScope.WRITE] }, expiresAt, membershipVersion };
  }

  async #ask(token: string): Promise<Credentials | null> {
    if (token.startsWith('ll_')) return await this.deps.apiKey(token);
    for (const reader of this.deps.others ?? []) {
      const credentials = await reader(token);
      if (credentials) return credentials;
    }
    return null;
  }

  #forgetOldest(): void {
    const [oldest] = this.#remembered.keys();
    if (oldest !== undefined) this.#remembered.delete(oldest);
  }
}
