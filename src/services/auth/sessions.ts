import { IsNull, type DataSource, type EntityManager } from 'typeorm';
import { permit, type Actor } from '../../actor.js';
import { networkOf } from '../../client-address.js';
import type { Config } from '../../config.js';
import type { Role } from '../../entities/enums.js';
import { RefreshToken } from '../../entities/refresh-token.js';
import { Session } from '../../entities/session.js';
import { User } from '../../entities/user.js';
import { Workspace } from '../../entities/workspace.js';
import { LeadlineError } from '../../errors.js';
import { JOBS, type Jobs } from '../../jobs.js';
import { isUuid } from '../../pagination.js';
import { record } from './audit.js';
import { reuseMail } from './mails.js';
import { putMail } from './outbox.js';
import type { Limits } from './limits.js';
import type { Revocations } from './revocations.js';
import { hashSecret, randomSecret, type TokenSigner } from './tokens.js';

/** The parent of the newest refresh token, sent again within this time, gets the same child. */
const REUSE_GRACE_MS = 30_000;

/** Where a request came from. */
export interface Client { ip: string | null; userAgent: string | null }
export interface IssuedTokens { accessToken: string; accessTokenExpiresAt: Date; refreshToken: string; refreshTokenExpiresAt: Date; user: User; workspace: Workspace }

interface Place { role: Role; membershipVersion: number; user: User; workspace: Workspace }
interface Family { tokenId: string; usedAt: Date | null; childHash: string | null; sessionId: string; userId: string; workspaceId: string; revokedAt: Date | null; expiresAt: Date; isExpired: boolean; isWithinGrace: boolean }
type Outcome = { tokens: IssuedTokens } | { refused: LeadlineError; mailId?: string };

/** Sign-ins: one row each, with a family of refresh tokens of which only hashes are stored. */
export class Sessions {
  constructor(private readonly deps: { dataSource: DataSource; signer: TokenSigner; config: Config; jobs: Jobs; revocations: Revocations; limits: Limits }) {}

  /**
   * Signs a user in: a new session with its first tokens. The caller has checked who it is, and records how.
   * @param workspaceId must be one of the user's; without it the first one
   * @throws LeadlineError NOT_FOUND when the user is no member of it
   */
  async issue(manager: EntityManager, user: User, client: Client, workspaceId?: string): Promise<IssuedTokens & { sessionId: string }> {
    const place = await this.#place(manager, user.id, workspaceId ?? null);
    if (!place) throw new LeadlineError('NOT_FOUND', 'There is no such workspace.');
    const session = await manager.save(Session, manager.create(Session, {
      userId: user.id, workspaceId: place.workspace.id, ip: client.ip, userAgent: client.userAgent?.slice(0, 300) ?? null,
      expiresAt: new Date(Date.now() + Math.min(this.deps.config.REFRESH_TOKEN_TTL, this.deps.config.SESSION_TTL)),
    }));
    const refreshToken = randomSecret();
    await manager.insert(RefreshToken, { sessionId: session.id, tokenHash: hashSecret(refreshToken) });
    return { ...await this.#sign(place, session, refreshToken), sessionId: session.id };
  }

  /**
   * New tokens for a session that goes on in another workspace: the family of refresh tokens starts anew, so what was
   * issued for the old one is void.
   * @throws LeadlineError NOT_FOUND when the user is no member of it, UNAUTHENTICATED when the session has ended
   */
  async move(manager: EntityManager, sessionId: string, workspaceId: string): Promise<IssuedTokens> {
    const session = await manager.findOne(Session, { where: { id: sessionId }, lock: { mode: 'pessimistic_write' } });
    if (!session || session.revokedAt) throw new LeadlineError('UNAUTHENTICATED', 'Sign in again.');
    const place = await this.#place(manager, session.userId, workspaceId);
    if (!place) throw new LeadlineError('NOT_FOUND', 'There is no such workspace.');
    await manager.update(Session, session.id, { workspaceId, lastUsedAt: new Date() });
    const refreshToken = randomSecret();
    await manager.delete(RefreshToken, { sessionId });
    await manager.insert(RefreshToken, { sessionId, tokenHash: hashSecret(refreshToken) });
    return await this.#sign(place, session, refreshToken);
  }

  /**
   * Rotates a refresh token.
   * @throws LeadlineError TOKEN_INVALID, TOKEN_EXPIRED, or TOKEN_REUSED, which ends the session and mails its owner
   */
  async refresh(refreshToken: string, client: Client): Promise<IssuedTokens> {
    await this.deps.limits.consume('refresh', networkOf(client.ip));
    const outcome = await this.deps.dataSource.transaction((manager) => this.#rotate(manager, refreshToken, client));
    if ('tokens' in outcome) return outcome.tokens;
    if (outcome.mailId !== undefined) {
      await this.deps.revocations.announce();
      await this.deps.jobs.enqueue(JOBS.sendMail, { mailId: outcome.mailId });
    }
    throw outcome.refused;
  }

  /** Whether the account was signed in from this address before: then it is hardly a stranger who tries. */
  async wasHere(email: string, client: Client): Promise<boolean> {
    const [row] = await this.deps.dataSource.query<unknown[]>('SELECT 1 FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1 AND s.ip = $2 LIMIT 1', [email, client.ip]);
    return row !== undefined;
  }

  /** Sessions of the actor that are alive, last used first. */
  async list(actor: Actor): Promise<Session[]> {
    permit(actor, 'ownAccount');
    return await this.deps.dataSource.getRepository(Session).createQueryBuilder('row').where('row.userId = :userId AND row.revokedAt IS NULL AND row.expiresAt > now()', { userId: actor.userId }).orderBy('row.lastUsedAt', 'DESC').addOrderBy('row.id').getMany();
  }

  /** Ends one of the actor's own sessions; a second time changes nothing. @throws LeadlineError NOT_FOUND when it is not one of them */
  async revoke(actor: Actor, id: string, client: Client): Promise<boolean> {
    const own = isUuid(id) && await this.deps.dataSource.getRepository(Session).existsBy({ id, userId: actor.userId });
    if (!own) throw new LeadlineError('NOT_FOUND', 'There is no such session.');
    permit(actor, 'ownAccount');
    await this.deps.dataSource.transaction(async (manager) => {
      if (await this.end(manager, id)) await record(manager, { type: id === actor.sessionId ? 'SIGNED_OUT' : 'SESSION_REVOKED', userId: actor.userId, workspaceId: actor.workspaceId, sessionId: actor.sessionId, subjectId: id, ip: client.ip });
    });
    await this.deps.revocations.announce();
    return true;
  }

  async revokeAll(actor: Actor, client: Client): Promise<boolean> {
    permit(actor, 'ownAccount');
    await this.deps.dataSource.transaction(async (manager) => {
      await this.endAll(manager, actor.userId);
      await record(manager, { type: 'SIGNED_OUT_EVERYWHERE', userId: actor.userId, workspaceId: actor.workspaceId, sessionId: actor.sessionId, ip: client.ip });
    });
    await this.deps.revocations.announce();
    return true;
  }

  /** Ends one session; whether it was alive. Announce it after the commit. */
  async end(manager: EntityManager, sessionId: string): Promise<boolean> {
    const { affected } = await manager.createQueryBuilder().update(Session).set({ revokedAt: () => 'now()' }).where('id = :sessionId AND revoked_at IS NULL', { sessionId }).execute();
    return (affected ?? 0) > 0;
  }

  /** Ends every session of a person, or all but one. Announce it after the commit. */
  async endAll(manager: EntityManager, userId: string, exceptId: string | null = null): Promise<void> {
    await manager.query('UPDATE sessions SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL AND id IS DISTINCT FROM $2', [userId, exceptId]);
  }

  async #rotate(manager: EntityManager, refreshToken: string, client: Client): Promise<Outcome> {
    // Both rows are locked and read as they are after the wait: many that come at once with one token take turns.
    const [family] = await manager.query<Family[]>(`
      SELECT t.id AS "tokenId", t.used_at AS "usedAt", t.child_hash AS "childHash", s.id AS "sessionId", s.user_id AS "userId", s.workspace_id AS "workspaceId", s.revoked_at AS "revokedAt",
        s.expires_at AS "expiresAt", s.expires_at <= clock_timestamp() AS "isExpired", coalesce(t.used_at > clock_timestamp() - $2 * interval '1 ms', false) AS "isWithinGrace"
      FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id WHERE t.token_hash = $1 FOR UPDATE`, [hashSecret(refreshToken), REUSE_GRACE_MS]);
    // A token that was never ours leaves no line: rubbish must not fill the log.
    if (!family) return { refused: new LeadlineError('TOKEN_INVALID', 'Sign in again.') };
    if (family.revokedAt || family.isExpired) {
      await record(manager, { type: 'TOKEN_REFUSED', userId: family.userId, workspaceId: family.workspaceId, sessionId: family.sessionId, ip: client.ip, details: { why: family.revokedAt ? 'REVOKED' : 'EXPIRED' } });
      return { refused: family.revokedAt ? new LeadlineError('TOKEN_INVALID', 'Sign in again.') : new LeadlineError('TOKEN_EXPIRED', 'Sign in again.') };
    }
    // Who was removed from the workspace goes on in another one of his, instead of being thrown out.
    const place = await this.#place(manager, family.userId, family.workspaceId) ?? await this.#place(manager, family.userId, null);
    if (!place) return { refused: new LeadlineError('TOKEN_INVALID', 'Sign in again.') };
    if (!family.usedAt) return { tokens: await this.#firstUse(manager, family, place, refreshToken, client) };
    const child = family.childHash === null ? null : this.deps.signer.knownChildOf(refreshToken, family.childHash);
    const isNewest = family.childHash !== null && await manager.existsBy(RefreshToken, { tokenHash: family.childHash, usedAt: IsNull() });
    if (!family.isWithinGrace || !isNewest) return await this.#reused(manager, family, place.user, client);
    // The key that made the child was taken away meanwhile: nobody can tell it any more, and nobody has stolen anything.
    if (child === null) return { refused: new LeadlineError('TOKEN_INVALID', 'Sign in again.') };
    return { tokens: await this.#sign(place, { id: family.sessionId, expiresAt: family.expiresAt }, child) };
  }

  async #firstUse(manager: EntityManager, family: Family, place: Place, refreshToken: string, client: Client): Promise<IssuedTokens> {
    const child = this.deps.signer.childOf(refreshToken);
    // One statement, one wait: every rotation of every client passes here. A session ends when it is not used, and at last when it is old.
    const [session] = await manager.query<{ expires_at: Date }[]>(`
      WITH used AS (UPDATE refresh_tokens SET used_at = clock_timestamp(), child_hash = $2 WHERE id = $1),
        made AS (INSERT INTO refresh_tokens (session_id, token_hash) VALUES ($3, $2)),
        told AS (INSERT INTO audit_events (type, user_id, workspace_id, session_id, ip) VALUES ('TOKEN_REFRESHED', $4, $5, $3, $6)),
        moved AS (UPDATE sessions SET workspace_id = $5, last_used_at = clock_timestamp(), ip = coalesce($6, ip), user_agent = coalesce($7, user_agent),
          expires_at = least(clock_timestamp() + $8 * interval '1 ms', created_at + $9 * interval '1 ms') WHERE id = $3 RETURNING expires_at)
      SELECT expires_at FROM moved`,
    [family.tokenId, hashSecret(child), family.sessionId, family.userId, place.workspace.id, client.ip, client.userAgent?.slice(0, 300) ?? null, this.deps.config.REFRESH_TOKEN_TTL, this.deps.config.SESSION_TTL]);
    return await this.#sign(place, { id: family.sessionId, expiresAt: session?.expires_at ?? family.expiresAt }, child);
  }

  async #reused(manager: EntityManager, family: Family, user: User, client: Client): Promise<Outcome> {
    await this.end(manager, family.sessionId);
    await record(manager, { type: 'TOKEN_REUSED', userId: family.userId, workspaceId: family.workspaceId, sessionId: family.sessionId, ip: client.ip });
    const mailId = await putMail(manager, user.email, reuseMail(), `reuse-${family.sessionId}`);
    return { refused: new LeadlineError('TOKEN_REUSED', 'This token was used before; the session has been ended. Sign in again.'), mailId };
  }

  /** The user's membership in that workspace, or the oldest one, with what an answer shows of it. */
  async #place(manager: EntityManager, userId: string, workspaceId: string | null): Promise<Place | null> {
    const [row] = await manager.query<{ role: Role; membershipVersion: number; id: string; email: string; name: string | null; emailVerifiedAt: Date | null; createdAt: Date; workspaceId: string; workspaceName: string; workspaceCreatedAt: Date }[]>(`
      SELECT m.role, m.token_version AS "membershipVersion", u.id, u.email, u.name, u.email_verified_at AS "emailVerifiedAt", u.created_at AS "createdAt", w.id AS "workspaceId", w.name AS "workspaceName", w.created_at AS "workspaceCreatedAt"
      FROM memberships m JOIN users u ON u.id = m.user_id JOIN workspaces w ON w.id = m.workspace_id
      WHERE m.user_id = $1 AND ($2::uuid IS NULL OR m.workspace_id = $2) ORDER BY m.created_at, m.workspace_id LIMIT 1`, [userId, workspaceId]);
    if (!row) return null;
    const user = manager.create(User, { id: row.id, email: row.email, name: row.name, emailVerifiedAt: row.emailVerifiedAt, createdAt: row.createdAt });
    const workspace = manager.create(Workspace, { id: row.workspaceId, name: row.workspaceName, createdAt: row.workspaceCreatedAt });
    return { role: row.role, membershipVersion: row.membershipVersion, user, workspace };
  }

  async #sign({ role, membershipVersion, user, workspace }: Place, session: { id: string; expiresAt: Date }, refreshToken: string): Promise<IssuedTokens> {
    const accessTokenExpiresAt = new Date(Math.min(Date.now() + this.deps.config.ACCESS_TOKEN_TTL, session.expiresAt.getTime()));
    const accessToken = await this.deps.signer.sign({ userId: user.id, sessionId: session.id, workspaceId: workspace.id, role, membershipVersion }, accessTokenExpiresAt);
    return { accessToken, accessTokenExpiresAt, refreshToken, refreshTokenExpiresAt: session.expiresAt, user, workspace };
  }
}
