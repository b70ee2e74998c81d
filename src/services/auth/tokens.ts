import { createHash, createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint, errors, exportJWK, jwtVerify, SignJWT, type JWK } from 'jose';
import { type Role } from '../../entities/enums.js';
import { LeadlineError } from '../../errors.js';

const ISSUER = 'leadline';
const AUDIENCE = 'leadline-api';

export interface AccessClaims { userId: string; sessionId: string; workspaceId: string; role: Role }

/** SHA-256, hex: what is stored of a secret that has 256 random bits of its own. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');
/** 256 random bits, URL-safe. */
export const randomSecret = (): string => randomBytes(32).toString('base64url');

/** Signs and reads access tokens (Ed25519 JWT, RFC 8037); derives refresh tokens. */
export class TokenSigner {
  private constructor(
    private readonly privateKey: KeyObject,
    private readonly publicKey: KeyObject,
    private readonly keyId: string,
    private readonly publicJwk: JWK,
    private readonly refreshKey: Buffer,
  ) {}

  /** @param pem Ed25519 private key; without it one is made once and kept in `dataDir` (mode 0600) */
  static async load(pem: string | undefined, dataDir: string): Promise<TokenSigner> {
    const privateKey = createPrivateKey(pem ?? embeddedKey(dataDir));
    if (privateKey.asymmetricKeyType !== 'ed25519') throw new Error('JWT_PRIVATE_KEY must be an Ed25519 key in PEM form.');
    const publicKey = createPublicKey(privateKey);
    const jwk = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(jwk);
    const seed = privateKey.export({ type: 'pkcs8', format: 'der' });
    const refreshKey = Buffer.from(hkdfSync('sha256', seed, '', 'leadline refresh tokens', 32));
    return new TokenSigner(privateKey, publicKey, kid, { ...jwk, kid, alg: 'EdDSA', use: 'sig' }, refreshKey);
  }

  /** Key material for what this server signs besides tokens; never leaves the process. */
  get secret(): Buffer {
    return this.refreshKey;
  }

  /** What the audit log keeps of an address that was tried: a keyed hash, so that nobody can look addresses up in it. */
  addressHash(email: string): string {
    return createHmac('sha256', this.refreshKey).update('address ').update(email.trim().toLowerCase()).digest('hex');
  }

  /** The public keys, for /.well-known/jwks.json. */
  jwks(): { keys: JWK[] } {
    return { keys: [this.publicJwk] };
  }

  async sign(claims: AccessClaims, expiresAt: Date): Promise<string> {
    return await new SignJWT({ sid: claims.sessionId, wid: claims.workspaceId, role: claims.role })
      .setProtectedHeader({ alg: 'EdDSA', kid: this.keyId, typ: 'JWT' })
      .setSubject(claims.userId).setIssuer(ISSUER).setAudience(AUDIENCE).setIssuedAt()
      .setExpirationTime(Math.floor(expiresAt.getTime() / 1_000))
      .sign(this.privateKey);
  }

  /** Null for anything that is not a valid token of ours; the algorithm is pinned. */
  async verify(token: string): Promise<AccessClaims | null> {
    try {
      const { payload } = await jwtVerify(token, this.publicKey, { algorithms: ['EdDSA'], issuer: ISSUER, audience: AUDIENCE });
      const { sub, sid, wid, role } = payload;
      if (typeof sub !== 'string' || typeof sid !== 'string' || typeof wid !== 'string' || typeof role !== 'string') return null;
      return { userId: sub, sessionId: sid, workspaceId: wid, role: role as Role };
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw new LeadlineError('UNAUTHENTICATED', 'The access token could not be read.', { cause: error });
    }
  }

  /**
   * The child of a refresh token is a function of the parent and a server key. So the parent sent twice (two
   * tabs, a lost answer) gets the same child, and nothing secret has to be stored for it.
   */
  childOf(refreshToken: string): string {
    return createHmac('sha256', this.refreshKey).update(refreshToken).digest('base64url');
  }
}

function embeddedKey(dataDir: string): string {
  const file = join(dataDir, 'jwt-key.pem');
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    const { privateKey } = generateKeyPairSync('ed25519');
    // 'wx': of two processes that start together, one makes the key and both read it.
    try { writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' }); } catch { /* the other one was first */ }
  }
  return readFileSync(file, 'utf8');
}
