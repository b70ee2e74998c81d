import type { DataSource, EntityManager } from 'typeorm';
import type { Config } from '../../config.js';
import { Membership } from '../../entities/membership.js';
import { RefreshToken } from '../../entities/refresh-token.js';
import { Session } from '../../entities/session.js';
import { User } from '../../entities/user.js';
import { Workspace } from '../../entities/workspace.js';
import { LeadlineError } from '../../errors.js';
import { JOBS, type Jobs } from '../../jobs.js';
import { record } from './audit.js';
import { reuseMail } from './mails.js';
import { putMail } from './outbox.js';
import { hashSecret, randomSecret, type TokenSigner } from './tokens.js';

/** The parent of the newest refresh token, sent again within this time, gets the same child. */
const REUSE_GRACE_MS = 30_000;

/** Where a request came from. */
export interface Client { ip: string | null; userAgent: string | null }
export interface IssuedTokens { accessToken: string; accessTokenExpiresAt: Date; refreshToken: string; refreshTokenExpiresAt: Date; user: User; workspace: Workspace }

/** Sign-ins: one row each, with a family of refresh tokens of which only hashes are stored. */
export class Sessions {
  constructor(private readonly deps: { dataSource: DataSource; signer: TokenSigner; config: Config; jobs: Jobs }) {}

  /**
   * Signs a user in: a new session with its first tokens. The caller has checked who it is, and records how.
   * @param workspaceId must be one of the user's; without it the first one
   * @throws LeadlineError NOT_FOUND when the user is no member of it
   */
  async issue(manager: EntityManager, user: User, client: Client, workspaceId?: string): Promise<IssuedTokens> {
    const membership = await manager.findOne(Membership, { where: { userId: user.id, ...(workspaceId === undefined ? {} : { workspaceId }) }, order: { createdAt: 'ASC' } });
    if (!membership) throw new LeadlineError('NOT_FOUND', 'There is no such workspace.');
    const session = await manager.save(Session, manager.create(Session, {
      userId: user.id, workspaceId: membership.workspaceId, ip: client.ip, userAgent: client.userAgent?.slice(0, 300) ?? null,
      expiresAt: new Date(Date.now() + this.deps.config.REFRESH_TOKEN_TTL),
    }));
    const refreshToken = randomSecret();
    await manager.insert(RefreshToken, { sessionId: session.id, tokenHash: hashSecret(refreshToken) });
    return await this.tokensOf(manager, user, session, refreshToken);
  }

  /** Rotates a refresh token. Reuse of an old one ends the whole session. */
  async refresh(refreshToken: string, client: Client): Promise<IssuedTokens> {
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
        await record(manager, { type: 'TOKEN_REFRESHED', userId: session.userId, workspaceId: session.workspaceId, sessionId: session.id, ip: client.ip });
      }
      await manager.update(Session, session.id, { lastUsedAt: new Date() });
      const user = await manager.findOneByOrFail(User, { id: session.userId });
      return { tokens: await this.tokensOf(manager, user, session, child) };
    });
    if (outcome.tokens) return outcome.tokens;
    await this.#endReused(outcome.reusedBy, client);
    throw new LeadlineError('TOKEN_REUSED', 'This token was used before; the session has been ended. Sign in again.');
  }

  /** Ends one session; ended ones stay ended. */
  async end(manager: EntityManager, sessionId: string): Promise<boolean> {
    const { affected } = await manager.createQueryBuilder().update(Session).set({ revokedAt: () => 'now()' }).where('id = :sessionId AND revoked_at IS NULL', { sessionId }).execute();
    return (affected ?? 0) > 0;
  }

  /** Ends every session of a person, or all but one. */
  async endAll(manager: EntityManager, userId: string, exceptId: string | null = null): Promise<void> {
    await manager.query('UPDATE sessions SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL AND id IS DISTINCT FROM $2', [userId, exceptId]);
  }

  /** An access token for the session as it is now, beside the given refresh token. */
  async tokensOf(manager: EntityManager, user: User, session: Session, refreshToken: string): Promise<IssuedTokens> {
    const { role } = await manager.findOneByOrFail(Membership, { userId: user.id, workspaceId: session.workspaceId });
    const workspace = await manager.findOneByOrFail(Workspace, { id: session.workspaceId });
    const accessTokenExpiresAt = new Date(Date.now() + this.deps.config.ACCESS_TOKEN_TTL);
    const accessToken = await this.deps.signer.sign({ userId: user.id, sessionId: session.id, workspaceId: workspace.id, role }, accessTokenExpiresAt);
    return { accessToken, accessTokenExpiresAt, refreshToken, refreshTokenExpiresAt: session.expiresAt, user, workspace };
  }

  async #endReused(session: Session, client: Client): Promise<void> {
    const mailId = await this.deps.dataSource.transaction(async (manager) => {
      await this.end(manager, session.id);
      await record(manager, { type: 'TOKEN_REUSED', userId: session.userId, workspaceId: session.workspaceId, sessionId: session.id, ip: client.ip });
      const user = await manager.findOneByOrFail(User, { id: session.userId });
      return await putMail(manager, user.email, reuseMail(), `reuse-${session.id}`);
    });
    await this.deps.jobs.enqueue(JOBS.sendMail, { mailId });
  }
}
