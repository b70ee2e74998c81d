import type { DataSource, EntityManager } from 'typeorm';
import type { Actor } from '../../actor.js';
import type { Backplane } from '../../backplane.js';
import type { Config } from '../../config.js';
import { ApiScope, Role } from '../../entities/enums.js';
import { MailToken } from '../../entities/mail-token.js';
import { Membership } from '../../entities/membership.js';
import { OutboxMail } from '../../entities/outbox-mail.js';
import { RefreshToken } from '../../entities/refresh-token.js';
import { Session } from '../../entities/session.js';
import { User } from '../../entities/user.js';
import { Workspace } from '../../entities/workspace.js';
import { LeadlineError } from '../../errors.js';
import { JOBS, type Jobs } from '../../jobs.js';
import { alreadyRegisteredMail, resetMail, reuseMail, verificationMail, type Mail } from './mails.js';
import { createPassport, runStrategy, type Checks } from './passport.js';
import { checkPassword, hashPassword, passwordMatches } from './passwords.js';
import { hashSecret, randomSecret, type TokenSigner } from './tokens.js';

/** The parent of the newest refresh token, sent again within this time, gets the same child. */
const REUSE_GRACE_MS = 30_000;
const VERIFY_TTL_MS = 86_400_000;
const RESET_TTL_MS = 3_600_000;

export interface Client { ip: string | null; userAgent: string | null }
export interface IssuedTokens { accessToken: string; accessTokenExpiresAt: Date; refreshToken: string; refreshTokenExpiresAt: Date; user: User; workspace: Workspace }

/** RFC 5321 limits and one @; whether mail arrives is what the verification link proves. */
function normalEmail(email: string): string {
  const trimmed = email.trim().toLowerCase();
  if (trimmed.length > 254 || !/^[^\s@<>(),;:"]{1,64}@[^\s@<>(),;:".]+(\.[^\s@<>(),;:".]+)+$/u.test(trimmed)) throw new LeadlineError('BAD_USER_INPUT', 'This is not an e-mail address.', { details: { fields: ['email'] } });
  return trimmed;
}

export class AuthService {
  readonly #passport;

  constructor(private readonly deps: {
    dataSource: DataSource; jobs: Jobs; backplane: Backplane; signer: TokenSigner; config: Config;
    /** Reads an API key's secret; services/auth/api-keys.ts. */
    apiKeyActor: (secret: string) => Promise<Actor | null>;
  }) {
    const checks: Checks = { password: (email, password) => this.#checkPassword(email, password), bearer: (token) => this.#bearer(token) };
    this.#passport = createPassport(checks);
  }

  /** Makes an account and its workspace and mails the verification link. */
  async register(input: { email: string; password: string; name?: string | null }, client: Client): Promise<User> {
    await this.#limit('register', client.ip ?? 'unknown', 20, 3_600);
    const email = normalEmail(input.email);
    checkPassword(input.password, email);
    if ((input.name?.length ?? 0) > 200) throw new LeadlineError('BAD_USER_INPUT', 'A name has at most 200 characters.', { details: { fields: ['name'] } });
    const passwordHash = await hashPassword(input.password);
    const { user, mailId } = await this.deps.dataSource.transaction(async (manager) => {
      const existing = await manager.findOneBy(User, { email });
      if (existing) return await this.#alreadyThere(manager, existing, input.name ?? null);
      const made = await this.#createUser(manager, email, passwordHash, input.name ?? null);
      return { user: made, mailId: await this.#mailLink(manager, made, 'VERIFY_EMAIL') };
    }).catch((error: { code?: string }) => {
      // Two registrations at once: the unique index decides, the loser learns what a later one would.
      if (error.code === '23505') throw new LeadlineError('EMAIL_ALREADY_EXISTS', 'There is an account with this address already.');
      throw error;
    });
    await this.deps.jobs.enqueue(JOBS.sendMail, { mailId });
    return user;
  }

  /** Redeems a mailed link and signs in. Opening it twice is harmless: the second time signs in nobody and says so. */
  async verifyEmail(token: string, client: Client): Promise<IssuedTokens> {
    return await this.deps.dataSource.transaction(async (manager) => {
      const user = await this.#redeem(manager, token, 'VERIFY_EMAIL');
      user.emailVerifiedAt ??= new Date();
      await manager.save(User, user);
      return await this.#signIn(manager, user, client);
    });
  }

  /** Always true, whether or not the address has an account. */
  async resendVerification(email: string, client: Client): Promise<boolean> {
    return await this.#mailIfKnown(email, client, 'VERIFY_EMAIL');
  }

  /** Always true, whether or not the address has an account. */
  async requestPasswordReset(email: string, client: Client): Promise<boolean> {
    return await this.#mailIfKnown(email, client, 'RESET_PASSWORD');
  }

  /** Sets a new password by a mailed link and ends every session. */
  async resetPassword(token: string, newPassword: string): Promise<boolean> {
    await this.deps.dataSource.transaction(async (manager) => {
      const user = await this.#redeem(manager, token, 'RESET_PASSWORD');
      checkPassword(newPassword, user.email);
      // Whoever reads the mailbox has proved the address.
      await manager.update(User, user.id, { passwordHash: await hashPassword(newPassword), emailVerifiedAt: user.emailVerifiedAt ?? new Date() });
      await manager.query('UPDATE sessions SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL', [user.id]);
    });
    return true;
  }

  /** One answer and one timing for a wrong password and an unknown address. */
  async login(input: { email: string; password: string }, client: Client): Promise<IssuedTokens> {
    await this.#limit('login', `${client.ip ?? 'unknown'}|${input.email.trim().toLowerCase()}`, 20, 300);
    const found = await runStrategy<{ userId: string }>(this.#passport, 'local', { body: { email: input.email, password: input.password } });
    if (!found) throw new LeadlineError('INVALID_CREDENTIALS', 'The e-mail address or the password is wrong.');
    return await this.deps.dataSource.transaction(async (manager) => {
      const user = await manager.findOneByOrFail(User, { id: found.userId });
      if (!user.emailVerifiedAt) throw new LeadlineError('EMAIL_NOT_VERIFIED', 'Open the link we sent to your address first.');
      return await this.#signIn(manager, user, client);
    });
  }

  /** Rotates a refresh token. Reuse of an old one ends the whole session. */
  async refreshToken(refreshToken: string): Promise<IssuedTokens> {
    const outcome = await this.deps.dataSource.transaction(async (manager) => {
      const token = await manager.findOne(RefreshToken, { where: { tokenHash: hashSecret(refreshToken) }, lock: { mode: 'pessimistic_write' } });
      const session = token && await manager.findOneBy(Session, { id: token.sessionId });
      if (!token || !session || session.revokedAt) throw new LeadlineError('TOKEN_INVALID', 'Sign in again.');
      if (session.expiresAt.getTime() <= Date.now()) throw new LeadlineError('TOKEN_EXPIRED', 'Sign in again.');
      const child = this.deps.signer.childOf(refreshToken);
      if (token.usedAt) {
        const newest = await manager.findOneBy(RefreshToken, { tokenHash: hashSecret(child) });
        const isRepeat = newest !== null && newest.usedAt === null && Date.now() - token.usedAt.getTime() <= REUSE_GRACE_MS;
        if (!isRepeat) return { reusedBy: session };
      } else {
        await manager.update(RefreshToken, token.id, { usedAt: new Date(), childHash: hashSecret(child) });
        await manager.insert(RefreshToken, { sessionId: session.id, tokenHash: hashSecret(child) });
      }
      await manager.update(Session, session.id, { lastUsedAt: new Date() });
      const user = await manager.findOneByOrFail(User, { id: session.userId });
      return { tokens: await this.#tokens(manager, user, session, child) };
    });
    if (outcome.tokens) return outcome.tokens;
    await this.#endReused(outcome.reusedBy);
    throw new LeadlineError('TOKEN_REUSED', 'This token was used before; the session has been ended. Sign in again.');
  }

  async logout(actor: Actor): Promise<boolean> {
    if (actor.sessionId) await this.deps.dataSource.query('UPDATE sessions SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL', [actor.sessionId]);
    return true;
  }

  /** The actor behind an Authorization header; null without one. @throws UNAUTHENTICATED for a bad one */
  async authenticate(authorization: string | undefined): Promise<Actor | null> {
    if (authorization === undefined || authorization === '') return null;
    const actor = await runStrategy<Actor>(this.#passport, 'bearer', { headers: { authorization } });
    if (!actor) throw new LeadlineError('UNAUTHENTICATED', 'The credentials are missing, expired or revoked.');
    return actor;
  }

  /** For `npm run create-user`: a verified user with a workspace; an existing one gets the new password. */
  async createVerifiedUser(input: { email: string; password: string; name?: string | null }): Promise<{ user: User; workspaceId: string }> {
    const email = normalEmail(input.email);
    checkPassword(input.password, email);
    const passwordHash = await hashPassword(input.password);
    return await this.deps.dataSource.transaction(async (manager) => {
      const user = await manager.findOneBy(User, { email }) ?? await this.#createUser(manager, email, passwordHash, input.name ?? null);
      await manager.update(User, user.id, { passwordHash, emailVerifiedAt: user.emailVerifiedAt ?? new Date() });
      const membership = await manager.findOneOrFail(Membership, { where: { userId: user.id }, order: { createdAt: 'ASC' } });
      return { user, workspaceId: membership.workspaceId };
    });
  }

  async #checkPassword(email: string, password: string): Promise<{ userId: string } | null> {
    const user = await this.deps.dataSource.getRepository(User).findOne({ where: { email: email.trim().toLowerCase() }, select: { id: true, passwordHash: true } });
    return await passwordMatches(user?.passwordHash ?? null, password) && user ? { userId: user.id } : null;
  }

  async #bearer(token: string): Promise<Actor | null> {
    if (token.startsWith('ll_')) return await this.deps.apiKeyActor(token);
    const claims = await this.deps.signer.verify(token);
    if (!claims) return null;
    // The row is asked, so that a revoked session and a changed role count at once.
    const [row] = await this.deps.dataSource.query<{ role: Role }[]>(`
      SELECT m.role FROM sessions s JOIN memberships m ON m.user_id = s.user_id AND m.workspace_id = s.workspace_id
      WHERE s.id = $1 AND s.user_id = $2 AND s.workspace_id = $3 AND s.revoked_at IS NULL AND s.expires_at > now()`, [claims.sessionId, claims.userId, claims.workspaceId]);
    if (!row) return null;
    return { userId: claims.userId, workspaceId: claims.workspaceId, role: row.role, sessionId: claims.sessionId, apiKeyId: null, scopes: [ApiScope.READ, ApiScope.WRITE] };
  }

  async #createUser(manager: EntityManager, email: string, passwordHash: string, name: string | null): Promise<User> {
    const user = await manager.save(User, manager.create(User, { email, passwordHash, name }));
    const workspace = await manager.save(Workspace, manager.create(Workspace, { name: name ?? email.split('@')[0] ?? 'Workspace' }));
    await manager.insert(Membership, { workspaceId: workspace.id, userId: user.id, role: Role.OWNER });
    return user;
  }

  async #alreadyThere(manager: EntityManager, existing: User, name: string | null): Promise<{ user: User; mailId: string }> {
    if (this.deps.config.AUTH_DISCLOSE_EXISTING_EMAIL) throw new LeadlineError('EMAIL_ALREADY_EXISTS', 'There is an account with this address already.');
    const mailId = await this.#mail(manager, existing.email, alreadyRegisteredMail(this.deps.config.publicUrl));
    // Looks like a fresh account: nothing of the existing one shows.
    const user = manager.create(User, { id: crypto.randomUUID(), email: existing.email, name, emailVerifiedAt: null, createdAt: new Date() });
    return { user, mailId };
  }

  async #signIn(manager: EntityManager, user: User, client: Client): Promise<IssuedTokens> {
    const membership = await manager.findOneOrFail(Membership, { where: { userId: user.id }, order: { createdAt: 'ASC' } });
    const session = await manager.save(Session, manager.create(Session, {
      userId: user.id, workspaceId: membership.workspaceId, ip: client.ip, userAgent: client.userAgent?.slice(0, 300) ?? null,
      expiresAt: new Date(Date.now() + this.deps.config.REFRESH_TOKEN_TTL),
    }));
    const refreshToken = randomSecret();
    await manager.insert(RefreshToken, { sessionId: session.id, tokenHash: hashSecret(refreshToken) });
    return await this.#tokens(manager, user, session, refreshToken);
  }

  async #tokens(manager: EntityManager, user: User, session: Session, refreshToken: string): Promise<IssuedTokens> {
    const { role } = await manager.findOneByOrFail(Membership, { userId: user.id, workspaceId: session.workspaceId });
    const workspace = await manager.findOneByOrFail(Workspace, { id: session.workspaceId });
    const accessTokenExpiresAt = new Date(Date.now() + this.deps.config.ACCESS_TOKEN_TTL);
    const accessToken = await this.deps.signer.sign({ userId: user.id, sessionId: session.id, workspaceId: workspace.id, role }, accessTokenExpiresAt);
    return { accessToken, accessTokenExpiresAt, refreshToken, refreshTokenExpiresAt: session.expiresAt, user, workspace };
  }

  async #endReused(session: Session): Promise<void> {
    const mailId = await this.deps.dataSource.transaction(async (manager) => {
      await manager.update(Session, session.id, { revokedAt: new Date() });
      const user = await manager.findOneByOrFail(User, { id: session.userId });
      return await this.#mail(manager, user.email, reuseMail(), `reuse-${session.id}`);
    });
    await this.deps.jobs.enqueue(JOBS.sendMail, { mailId });
  }

  async #mailIfKnown(rawEmail: string, client: Client, purpose: 'VERIFY_EMAIL' | 'RESET_PASSWORD'): Promise<boolean> {
    const email = normalEmail(rawEmail);
    await this.#limit('mail', `${client.ip ?? 'unknown'}|${email}`, 5, 3_600);
    const mailId = await this.deps.dataSource.transaction(async (manager) => {
      const user = await manager.findOneBy(User, { email });
      if (!user || (purpose === 'VERIFY_EMAIL' && user.emailVerifiedAt)) return null;
      return await this.#mailLink(manager, user, purpose);
    });
    if (mailId) await this.deps.jobs.enqueue(JOBS.sendMail, { mailId });
    return true;
  }

  async #mailLink(manager: EntityManager, user: User, purpose: 'VERIFY_EMAIL' | 'RESET_PASSWORD'): Promise<string> {
    const token = randomSecret();
    const isVerify = purpose === 'VERIFY_EMAIL';
    await manager.insert(MailToken, { userId: user.id, purpose, tokenHash: hashSecret(token), expiresAt: new Date(Date.now() + (isVerify ? VERIFY_TTL_MS : RESET_TTL_MS)) });
    return await this.#mail(manager, user.email, (isVerify ? verificationMail : resetMail)(this.deps.config.publicUrl, token));
  }

  async #mail(manager: EntityManager, recipient: string, mail: Mail, idempotencyKey: string = crypto.randomUUID()): Promise<string> {
    await manager.createQueryBuilder().insert().into(OutboxMail).values({ recipient, ...mail, idempotencyKey }).orIgnore().execute();
    return (await manager.findOneByOrFail(OutboxMail, { idempotencyKey })).id;
  }

  async #redeem(manager: EntityManager, secret: string, purpose: 'VERIFY_EMAIL' | 'RESET_PASSWORD'): Promise<User> {
    const token = await manager.findOne(MailToken, { where: { tokenHash: hashSecret(secret), purpose }, lock: { mode: 'pessimistic_write' } });
    if (!token || token.usedAt) throw new LeadlineError('TOKEN_INVALID', 'This link is not valid, or was used before.');
    if (token.expiresAt.getTime() <= Date.now()) throw new LeadlineError('TOKEN_EXPIRED', 'This link is too old; ask for a new one.');
    await manager.update(MailToken, token.id, { usedAt: new Date() });
    return await manager.findOneByOrFail(User, { id: token.userId });
  }

  async #limit(scope: string, key: string, points: number, seconds: number): Promise<void> {
    if (!this.deps.config.RATE_LIMITS) return;
    try {
      await this.deps.backplane.limiter(scope, points, seconds).consume(key);
    } catch (rejection) {
      if (rejection instanceof Error) throw rejection;
      throw new LeadlineError('RATE_LIMITED', 'Too many attempts; wait a little.', { details: { retryAfterMs: (rejection as { msBeforeNext: number }).msBeforeNext, scope } });
    }
  }
}
