import { createHash, createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint, errors, exportJWK, jwtVerify, SignJWT, type JWK } from 'jose';
import { Role } from '../../entities/enums.js';
import { StartupError } from '../../errors.js';

const ISSUER = 'leadline';
const AUDIENCE = 'leadline-api';
/** RFC 9068: no other kind of signed token can pass for an access token. */
const TYPE = 'at+jwt';

export interface AccessClaims { userId: string; sessionId: string; workspaceId: string; role: Role; /** Version of the membership that the role was read from. */ membershipVersion: number }

/** SHA-256, hex: what is stored of a secret that has 256 random bits of its own. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');
/** 256 random bits, URL-safe. */
export const randomSecret = (): string => randomBytes(32).toString('base64url');

interface Key { kid: string; privateKey: KeyObject; publicKey: KeyObject; jwk: JWK; refreshKey: Buffer }

const ROLES: readonly string[] = Object.values(Role);
const isRole = (value: unknown): value is Role => typeof value === 'string' && ROLES.includes(value);

/**
 * Signs and reads access tokens (Ed25519 JWT, RFC 8037; RFC 9068 type) and derives refresh tokens. The first key signs and
 * derives; all of them verify and stand in the JWKS, so that keys can be rotated with overlap.
 */
export class TokenSigner {
  readonly #byKid: ReadonlyMap<string, Key>;

  private constructor(private readonly keys: readonly [Key, ...Key[]]) {
    this.#byKid = new Map(keys.map((key) => [key.kid, key]));
  }

  /**
   * @param pems Ed25519 private keys in PEM form (PKCS #8), newest first; without any, one is made once and kept in
   * `dataDir/jwt-key.pem` (mode 0600), which may hold several in the same way
   * @throws StartupError for anything else
   */
  static async load(pems: string | undefined, dataDir: string): Promise<TokenSigner> {
    // Many ways of setting an environment variable know no line ends.
    const text = (pems ?? embeddedKeys(dataDir)).replaceAll('\\n', '\n');
    const blocks = text.match(/-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/g) ?? [];
    const [first, ...others] = await Promise.all(blocks.map(readKey));
    if (!first) throw new StartupError('JWT_PRIVATE_KEY holds no private key in PEM form (PKCS #8).');
    return new TokenSigner([first, ...others]);
  }

  /** Key material for what this server signs besides tokens; never leaves the process. */
  get secret(): Buffer {
    return this.keys[0].refreshKey;
  }

  /** What the audit log keeps of an address that was tried: a keyed hash, so that nobody can look addresses up in it. */
  addressHash(email: string): string {
    return this.addressHashes(email)[0] ?? '';
  }

  /** The same under every key there is, newest first: for forgetting an address. */
  addressHashes(email: string): string[] {
    return this.keys.map((key) => createHmac('sha256', key.refreshKey).update('address ').update(email.trim().toLowerCase()).digest('hex'));
  }

  /** The public keys, for /.well-known/jwks.json. */
  jwks(): { keys: JWK[] } {
    return { keys: this.keys.map((key) => key.jwk) };
  }

  async sign(claims: AccessClaims, expiresAt: Date): Promise<string> {
    const [key] = this.keys;
    return await new SignJWT({ sid: claims.sessionId, wid: claims.workspaceId, role: claims.role, ver: claims.membershipVersion })
      .setProtectedHeader({ alg: 'EdDSA', kid: key.kid, typ: TYPE })
      .setSubject(claims.userId).setIssuer(ISSUER).setAudience(AUDIENCE).setIssuedAt()
      .setExpirationTime(Math.floor(expiresAt.getTime() / 1_000))
      .sign(key.privateKey);
  }

  /** Null for anything that is not a valid token of ours: algorithm, type, issuer and audience are pinned, and the key is one of ours by its `kid`. */
  async verify(token: string): Promise<AccessClaims & { expiresAt: Date } | null> {
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => {
        const key = kid === undefined ? undefined : this.#byKid.get(kid);
        // Whatever key a token brings along (jwk, jku, x5c) is never looked at.
        if (!key) throw new errors.JWKSNoMatchingKey();
        return key.publicKey;
      }, { algorithms: ['EdDSA'], issuer: ISSUER, audience: AUDIENCE, typ: TYPE, requiredClaims: ['exp', 'sub'] });
      const { sub, exp, sid, wid, role, ver } = payload;
      if (typeof sub !== 'string' || typeof exp !== 'number' || typeof sid !== 'string' || typeof wid !== 'string' || !isRole(role) || typeof ver !== 'number') return null;
      return { userId: sub, sessionId: sid, workspaceId: wid, role, membershipVersion: ver, expiresAt: new Date(exp * 1_000) };
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }

  /**
   * The child of a refresh token is a function of the parent and a server key. So the parent sent twice (two
   * tabs, a lost answer) gets the same child, and nothing secret has to be stored for it.
   */
  childOf(refreshToken: string): string {
    return childUnder(this.keys[0], refreshToken);
  }

  /** The child that was made before, whichever key made it; null when that key is gone. */
  knownChildOf(refreshToken: string, childHash: string): string | null {
    return this.keys.map((key) => childUnder(key, refreshToken)).find((child) => hashSecret(child) === childHash) ?? null;
  }
}

const childUnder = (key: Key, refreshToken: string): string => createHmac('sha256', key.refreshKey).update(refreshToken).digest('base64url');

async function readKey(pem: string): Promise<Key> {
  const privateKey = parsePem(pem);
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new StartupError('Every key in JWT_PRIVATE_KEY must be an Ed25519 key.');
  const publicKey = createPublicKey(privateKey);
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  const seed = privateKey.export({ type: 'pkcs8', format: 'der' });
  return { kid, privateKey, publicKey, jwk: { ...jwk, kid, alg: 'EdDSA', use: 'sig' }, refreshKey: Buffer.from(hkdfSync('sha256', seed, '', 'leadline refresh tokens', 32)) };
}

function parsePem(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // The cause may quote the key.
    throw new StartupError('A key in JWT_PRIVATE_KEY cannot be read; PEM (PKCS #8) is expected.');
  }
}

function embeddedKeys(dataDir: string): string {
  const file = join(dataDir, 'jwt-key.pem');
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    const { privateKey } = generateKeyPairSync('ed25519');
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    // A link appears with its content in it: of two processes that start together, one makes the key and both read all of it.
    try { linkSync(draft, file); } catch { /* the other one was first */ }
    rmSync(draft, { force: true });
  }
  return readFileSync(file, 'utf8');
}
