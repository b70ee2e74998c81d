import type { EntityManager } from 'typeorm';
import { forbiddenBelow, isAtLeast, permit, type Actor } from '../../actor.js';
import { LeadEventType, Role } from '../../entities/enums.js';
import { Membership } from '../../entities/membership.js';
import { Workspace } from '../../entities/workspace.js';
import { LeadlineError } from '../../errors.js';
import { isUuid } from '../../pagination.js';
import type { Progress, ProgressTx } from '../../progress.js';
import { auditOf, record } from './audit.js';
import type { Revocations } from './revocations.js';

/**
 * The members of a workspace, locked until the transaction ends: whoever changes them waits for the one before and
 * decides on what is true then, so that two owners cannot demote each other. Null when there is no such workspace.
 */
export async function lockMembers(manager: EntityManager, workspaceId: string): Promise<Map<string, Membership> | null> {
  const [row] = await manager.query<unknown[]>('SELECT 1 FROM workspaces WHERE id = $1 FOR UPDATE', [workspaceId]);
  if (!row) return null;
  return new Map((await manager.findBy(Membership, { workspaceId })).map((member) => [member.userId, member]));
}

/** @throws LeadlineError FORBIDDEN when the actor, as the rows are now, may not act on these roles: what concerns an OWNER needs one */
export function checkMayManage(members: Map<string, Membership> | null, actor: Actor, ...roles: Role[]): Map<string, Membership> {
  const mine = members?.get(actor.userId);
  const least = roles.includes(Role.OWNER) ? Role.OWNER : Role.ADMIN;
  if (!members || !mine || !isAtLeast(mine.role, least)) throw forbiddenBelow(least);
  return members;
}

/** A workspace with its first owner. */
export async function makeWorkspace(manager: EntityManager, userId: string, name: string): Promise<Workspace> {
  const workspace = await manager.save(Workspace, manager.create(Workspace, { name }));
  await manager.insert(Membership, { workspaceId: workspace.id, userId, role: Role.OWNER });
  return workspace;
}

/** Leads of someone who left are nobody's, and their history says so: the field of each counts as changed, for whoever edits it now. */
async function unassign(tx: ProgressTx, workspaceId: string, userId: string, by: string): Promise<void> {
  const leads = await tx.query<{ id: string; version: number }>('UPDATE leads SET assignee_id = NULL, version = version + 1, updated_at = now() WHERE workspace_id = $1 AND assignee_id = $2 RETURNING id, version', [workspaceId, userId]);
  await tx.leadEvents(workspaceId, leads.map((lead) => lead.id), LeadEventType.UPDATED, by, leads.map(({ version }) => ({ assigneeId: [userId, null], version })));
}

/** Changing who may do what. Every change counts at once: nothing that was signed before outlives it. */
export class Members {
  constructor(private readonly progress: Progress, private readonly revocations: Revocations) {}

  /** @throws FORBIDDEN, NOT_FOUND, BAD_USER_INPUT when the workspace would be left without an OWNER */
  async changeRole(actor: Actor, userId: string, role: Role): Promise<Membership> {
    permit(actor, 'manageAccess');
    const changed = await this.progress.advance(async ({ manager }) => {
      const members = await lockMembers(manager, actor.workspaceId);
      const target = this.#target(members, userId);
      checkMayManage(members, actor, target.role, role);
      if (target.role === role) return target;
      this.#keepAnOwner(members, target, 'role');
      await manager.update(Membership, { workspaceId: actor.workspaceId, userId }, { role });
      await record(manager, { type: 'ROLE_CHANGED', ...auditOf(actor), subjectId: userId, details: { from: target.role, to: role } });
      if (!isAtLeast(role, Role.ADMIN)) await this.#revokeInvitationsOf(manager, actor.workspaceId, userId);
      else if (target.role === Role.OWNER) await this.#revokeInvitationsOf(manager, actor.workspaceId, userId, Role.OWNER);
      return manager.create(Membership, { ...target, role });
    });
    await this.revocations.announce();
    return changed;
  }

  /**
   * Removes a member, or lets the actor leave. Sessions in the workspace end, keys and open invitations of the
   * person are void, and their leads are nobody's. Someone who belongs nowhere afterwards gets a workspace of their own.
   * @throws FORBIDDEN, NOT_FOUND, BAD_USER_INPUT for the last OWNER
   */
  async remove(actor: Actor, userId: string): Promise<boolean> {
    const isLeaving = userId === actor.userId;
    permit(actor, isLeaving ? 'leave' : 'manageAccess');
    await this.progress.advance(async (tx) => {
      const { manager } = tx;
      const { workspaceId } = actor;
      // Before the workspace, like everybody who changes leads; assigned meanwhile, they are found by the look afterwards.
      if (isUuid(userId)) await manager.query('SELECT 1 FROM leads WHERE workspace_id = $1 AND assignee_id = $2 ORDER BY id FOR UPDATE', [workspaceId, userId]);
      const members = await lockMembers(manager, workspaceId);
      const target = this.#target(members, userId);
      if (!isLeaving) checkMayManage(members, actor, target.role);
      this.#keepAnOwner(members, target, 'userId');
      await manager.delete(Membership, { workspaceId, userId });
      await record(manager, { type: 'MEMBER_REMOVED', ...auditOf(actor), subjectId: userId });
      await manager.query('UPDATE sessions SET revoked_at = now() WHERE user_id = $1 AND workspace_id = $2 AND revoked_at IS NULL', [userId, workspaceId]);
      await manager.query('UPDATE api_keys SET revoked_at = now() WHERE user_id = $1 AND workspace_id = $2 AND revoked_at IS NULL', [userId, workspaceId]);
      await this.#revokeInvitationsOf(manager, workspaceId, userId);
      await unassign(tx, workspaceId, userId, actor.apiKeyId ? `apiKey:${actor.apiKeyId}` : `user:${actor.userId}`);
      if (!await manager.existsBy(Membership, { userId })) await makeWorkspace(manager, userId, 'My workspace');
    });
    await this.revocations.announce();
    return true;
  }

  #target(members: Map<string, Membership> | null, userId: string): Membership {
    const target = members?.get(userId);
    if (!target) throw new LeadlineError('NOT_FOUND', 'There is no such member.');
    return target;
  }

  #keepAnOwner(members: Map<string, Membership> | null, target: Membership, field: string): void {
    const owners = [...members?.values() ?? []].filter((member) => member.role === Role.OWNER);
    if (target.role === Role.OWNER && owners.length === 1) throw new LeadlineError('BAD_USER_INPUT', 'A workspace needs an OWNER: make somebody else one first.', { details: { fields: [field] } });
  }

  /** Nobody gets in on the word of someone who may not invite any more. */
  async #revokeInvitationsOf(manager: EntityManager, workspaceId: string, userId: string, role: Role | null = null): Promise<void> {
    await manager.query('UPDATE invitations SET revoked_at = now() WHERE workspace_id = $1 AND invited_by = $2 AND ($3::text IS NULL OR role = $3) AND accepted_by IS NULL AND revoked_at IS NULL', [workspaceId, userId, role]);
  }
}
