import { In, type DataSource } from 'typeorm';
import { permit, type Actor } from '../../actor.js';
import { Membership } from '../../entities/membership.js';
import { User } from '../../entities/user.js';
import { Workspace } from '../../entities/workspace.js';
import { LeadlineError } from '../../errors.js';
import { isUuid } from '../../pagination.js';
import { auditOf, record } from './audit.js';
import type { Limits } from './limits.js';
import { makeWorkspace } from './members.js';
import type { IssuedTokens, Sessions } from './sessions.js';

/** Who the actor is and where. */
export class Workspaces {
  constructor(private readonly dataSource: DataSource, private readonly limits: Limits, private readonly sessions: Sessions) {}

  async me(actor: Actor): Promise<User> {
    const user = await this.dataSource.getRepository(User).findOneBy({ id: actor.userId });
    if (!user) throw new LeadlineError('UNAUTHENTICATED', 'This account does not exist any more.');
    return user;
  }

  async current(actor: Actor): Promise<Workspace> {
    return await this.dataSource.getRepository(Workspace).findOneByOrFail({ id: actor.workspaceId });
  }

  /** A further workspace, owned by the actor, who stays where they are: `switchWorkspace` goes there. */
  async create(actor: Actor, name: string): Promise<Workspace> {
    permit(actor, 'ownAccount');
    const trimmed = name.trim();
    if (trimmed.length < 1 || trimmed.length > 100 || /\p{Cc}/u.test(trimmed)) throw new LeadlineError('BAD_USER_INPUT', 'The name of a workspace has 1 to 100 characters, on one line.', { details: { fields: ['name'] } });
    await this.limits.consume('workspace', actor.userId);
    return await this.dataSource.transaction(async (manager) => {
      const workspace = await makeWorkspace(manager, actor.userId, trimmed);
      await record(manager, { type: 'WORKSPACE_CREATED', ...auditOf(actor), subjectId: workspace.id });
      return workspace;
    });
  }

  /**
   * New tokens for another workspace of the signed-in person; the session goes there, and the refresh token of before is
   * void. @throws NOT_FOUND for a workspace one does not belong to, FORBIDDEN without a session of ours
   */
  async switch(actor: Actor, id: string): Promise<IssuedTokens> {
    const { sessionId } = actor;
    if (!isUuid(id) || !await this.dataSource.getRepository(Membership).existsBy({ workspaceId: id, userId: actor.userId })) throw new LeadlineError('NOT_FOUND', 'There is no such workspace.');
    permit(actor, 'ownAccount');
    if (sessionId === null) throw new LeadlineError('FORBIDDEN', 'Only a session of this server can change its workspace.', { details: { required: 'SESSION' } });
    return await this.dataSource.transaction(async (manager) => {
      const tokens = await this.sessions.move(manager, sessionId, id);
      await record(manager, { type: 'WORKSPACE_SWITCHED', ...auditOf(actor), subjectId: id });
      return tokens;
    });
  }

  /** Memberships of a person: all of them for that person, else the one in the asker's workspace. A fresh sign-in has no actor yet and asks for itself. */
  async membershipsOf(actor: Actor | null, userId: string): Promise<Membership[]> {
    if (actor && userId !== actor.userId) return await this.dataSource.getRepository(Membership).findBy({ userId, workspaceId: actor.workspaceId });
    return await this.dataSource.getRepository(Membership).find({ where: { userId }, order: { createdAt: 'ASC' } });
  }

  /** Members of the actor's workspace, or of another one the signed-in person belongs to; an API key sees its own only. */
  async membersOf(actor: Actor, workspaceId: string): Promise<Membership[]> {
    if (workspaceId !== actor.workspaceId && (actor.apiKeyId !== null || !await this.dataSource.getRepository(Membership).existsBy({ workspaceId, userId: actor.userId }))) return [];
    return await this.dataSource.getRepository(Membership).find({ where: { workspaceId }, order: { createdAt: 'ASC' } });
  }

  /** One membership as it is now; null for who is no member. */
  async membership(userId: string, workspaceId: string): Promise<Membership | null> {
    return await this.dataSource.getRepository(Membership).findOneBy({ userId, workspaceId });
  }

  async users(ids: readonly string[]): Promise<Map<string, User>> {
    const users = await this.dataSource.getRepository(User).findBy({ id: In([...ids]) });
    return new Map(users.map((user) => [user.id, user]));
  }

  async workspaces(ids: readonly string[]): Promise<Map<string, Workspace>> {
    const workspaces = await this.dataSource.getRepository(Workspace).findBy({ id: In([...ids]) });
    return new Map(workspaces.map((workspace) => [workspace.id, workspace]));
  }
}
