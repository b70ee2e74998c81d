import { In, type DataSource } from 'typeorm';
import type { Actor } from '../../actor.js';
import { Membership } from '../../entities/membership.js';
import { User } from '../../entities/user.js';
import { Workspace } from '../../entities/workspace.js';
import { LeadlineError } from '../../errors.js';

/** Who the actor is and where. */
export class Workspaces {
  constructor(private readonly dataSource: DataSource) {}

  async me(actor: Actor): Promise<User> {
    const user = await this.dataSource.getRepository(User).findOneBy({ id: actor.userId });
    if (!user) throw new LeadlineError('UNAUTHENTICATED', 'This account does not exist any more.');
    return user;
  }

  async current(actor: Actor): Promise<Workspace> {
    return await this.dataSource.getRepository(Workspace).findOneByOrFail({ id: actor.workspaceId });
  }

  /** Memberships of a person: all of them for that person, else the one in the asker's workspace. A fresh sign-in has no actor yet and asks for itself. */
  async membershipsOf(actor: Actor | null, userId: string): Promise<Membership[]> {
    if (actor && userId !== actor.userId) return await this.dataSource.getRepository(Membership).findBy({ userId, workspaceId: actor.workspaceId });
    return await this.dataSource.getRepository(Membership).find({ where: { userId }, order: { createdAt: 'ASC' } });
  }

  /** Members of the actor's workspace. */
  async membersOf(actor: Actor, workspaceId: string): Promise<Membership[]> {
    if (workspaceId !== actor.workspaceId) return [];
    return await this.dataSource.getRepository(Membership).find({ where: { workspaceId }, order: { createdAt: 'ASC' } });
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
