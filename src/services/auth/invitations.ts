import { IsNull, MoreThan, type DataSource } from 'typeorm';
import { permit, type Actor } from '../../actor.js';
import type { Config } from '../../config.js';
import type { Role } from '../../entities/enums.js';
import { Invitation } from '../../entities/invitation.js';
import { Membership } from '../../entities/membership.js';
import { User } from '../../entities/user.js';
import { Workspace } from '../../entities/workspace.js';
import { LeadlineError } from '../../errors.js';
import { JOBS, type Jobs } from '../../jobs.js';
import { isUuid } from '../../pagination.js';
import { auditOf, record } from './audit.js';
import { normalEmail } from './email-address.js';
import type { Limits } from './limits.js';
import { invitationMail, LINK_TTL_MS } from './mails.js';
import { checkMayManage, lockMembers } from './members.js';
import { putMail } from './outbox.js';
import { hashSecret, randomSecret } from './tokens.js';

const invalid = (message: string): LeadlineError => new LeadlineError('TOKEN_INVALID', message);

/** Offers of a place in a workspace: a mailed secret that only the invited address can use, once, for seven days. */
export class Invitations {
  constructor(private readonly deps: { dataSource: DataSource; jobs: Jobs; limits: Limits; config: Config }) {}

  /** The open ones, newest first. */
  async list(actor: Actor): Promise<Invitation[]> {
    permit(actor, 'readAccess');
    return await this.deps.dataSource.getRepository(Invitation).find({ where: { workspaceId: actor.workspaceId, acceptedBy: IsNull(), revokedAt: IsNull(), expiresAt: MoreThan(new Date()) }, order: { createdAt: 'DESC' } });
  }

  /**
   * Mails an invitation. The same address invited again gets a new link with the new role, and the old link is void.
   * @throws FORBIDDEN, BAD_USER_INPUT for something that is no address, or a member already
   */
  async invite(actor: Actor, rawEmail: string, role: Role): Promise<boolean> {
    permit(actor, 'manageAccess');
    const email = normalEmail(rawEmail);
    const { workspaceId } = actor;
    await this.deps.limits.consume('invitation', workspaceId);
    await this.deps.limits.consume('mail', `${workspaceId}|${email}`);
    const mailId = await this.deps.dataSource.transaction(async (manager) => {
      checkMayManage(await lockMembers(manager, workspaceId), actor, role);
      const [member] = await manager.query<unknown[]>('SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.workspace_id = $1 AND u.email = $2', [workspaceId, email]);
      if (member) throw new LeadlineError('BAD_USER_INPUT', 'This person is a member already.', { details: { fields: ['email'] } });
      await manager.update(Invitation, { workspaceId, email, acceptedBy: IsNull(), revokedAt: IsNull() }, { revokedAt: new Date() });
      const token = randomSecret();
      const made = await manager.save(Invitation, manager.create(Invitation, { workspaceId, email, role, invitedBy: actor.userId, tokenHash: hashSecret(token), expiresAt: new Date(Date.now() + LINK_TTL_MS.invitation) }));
      await record(manager, { type: 'MEMBER_INVITED', ...auditOf(actor), subjectId: made.id, details: { role } });
      const inviter = await manager.findOneByOrFail(User, { id: actor.userId });
      const workspace = await manager.findOneByOrFail(Workspace, { id: workspaceId });
      return await putMail(manager, email, invitationMail(this.deps.config.publicUrl, token, inviter, workspace.name, role));
    });
    await this.deps.jobs.enqueue(JOBS.sendMail, { mailId });
    return true;
  }

  /**
   * Redeems an invitation for the signed-in person, whose verified address must be the invited one. Opened again by
   * the same person, while still a member, it answers the same.
   * @throws TOKEN_INVALID unknown, revoked, used, or for another address; TOKEN_EXPIRED
   */
  async accept(actor: Actor, token: string): Promise<Membership> {
    permit(actor, 'ownAccount');
    return await this.deps.dataSource.transaction(async (manager) => {
      const found = await manager.findOneBy(Invitation, { tokenHash: hashSecret(token) });
      const user = await manager.findOneByOrFail(User, { id: actor.userId });
      // The address first: who holds somebody else's link learns nothing from it.
      if (!found || !user.emailVerifiedAt || user.email !== found.email) throw invalid('This invitation is not valid, or was sent to another address than the one you are signed in with.');
      const members = await lockMembers(manager, found.workspaceId);
      const invitation = await manager.findOneByOrFail(Invitation, { id: found.id });
      const existing = members?.get(user.id);
      if (existing && invitation.acceptedBy === user.id) return existing;
      if (!members || invitation.acceptedBy) throw invalid('This invitation was used before.');
      if (invitation.revokedAt) throw invalid('This invitation was withdrawn.');
      if (invitation.expiresAt.getTime() <= Date.now()) throw new LeadlineError('TOKEN_EXPIRED', 'This invitation is too old; ask for a new one.');
      await manager.update(Invitation, invitation.id, { acceptedBy: user.id });
      await record(manager, { type: 'MEMBER_JOINED', ...auditOf(actor), workspaceId: invitation.workspaceId, subjectId: invitation.id, details: { role: invitation.role } });
      return existing ?? await manager.save(Membership, manager.create(Membership, { workspaceId: invitation.workspaceId, userId: user.id, role: invitation.role }));
    });
  }

  async revoke(actor: Actor, id: string): Promise<boolean> {
    permit(actor, 'manageAccess');
    await this.deps.dataSource.transaction(async (manager) => {
      const members = await lockMembers(manager, actor.workspaceId);
      const invitation = isUuid(id) ? await manager.findOneBy(Invitation, { id, workspaceId: actor.workspaceId, acceptedBy: IsNull(), revokedAt: IsNull() }) : null;
      if (!invitation) throw new LeadlineError('NOT_FOUND', 'There is no such open invitation.');
      checkMayManage(members, actor, invitation.role);
      await manager.update(Invitation, invitation.id, { revokedAt: new Date() });
      await record(manager, { type: 'INVITATION_REVOKED', ...auditOf(actor), subjectId: invitation.id });
    });
    return true;
  }
}
