import type { DataSource, EntityManager } from 'typeorm';
import { permit, type Actor } from '../../actor.js';
import { networkOf } from '../../client-address.js';
import type { Config } from '../../config.js';
import { Role } from '../../entities/enums.js';
import { MailToken } from '../../entities/mail-token.js';
import { Membership } from '../../entities/membership.js';
import { User } from '../../entities/user.js';
import { Workspace } from '../../entities/workspace.js';
import { LeadlineError } from '../../errors.js';
import { JOBS, type Jobs } from '../../jobs.js';
import { eraseAccount } from './account-deletion.js';
import { auditOf, record } from './audit.js';
import { normalEmail } from './email-address.js';
import type { Limits } from './limits.js';
import { alreadyRegisteredMail, LINK_TTL_MS, resetMail, verificationMail } from './mails.js';
import { putMail } from './outbox.js';
import { checkPassword, hashPassword, passwordMatches } from './passwords.js';
import type { Revocations } from './revocations.js';
import type { Client, IssuedTokens, Sessions } from './sessions.js';
import { hashSecret, randomSecret, type TokenSigner } from './tokens.js';

export type LinkPurpose = 'VERIFY_EMAIL' | 'RESET_PASSWORD';
export interface NewAccount { email: string; password: string; name?: string | null }

/** Registration and everything that is proved by a mailed link. */
export class Accounts {
  constructor(private readonly deps: { dataSource: DataSource; jobs: Jobs; sessions: Sessions; revocations: Revocations; limits: Limits; config: Config; signer: TokenSigner; sweepFiles: () => Promise<void> }) {}

  async register(input: NewAccount, client: Client): Promise<User> {
    await this.deps.limits.consume('register', networkOf(client.ip));
    const email = normalEmail(input.email);
    await checkPassword(input.password, email);
    if ((input.name?.length ?? 0) > 200) throw new LeadlineError('BAD_USER_INPUT', 'A name has at most 200 characters.', { details: { fields: ['name'] } });
    const passwordHash = await hashPassword(input.password);
    const { user, mailId } = await this.deps.dataSource.transaction(async (manager) => {
      const existing = await manager.findOneBy(User, { email });
      if (existing) return await this.#alreadyThere(manager, existing, input.name ?? null, client);
      const made = await this.createUser(manager, { email, passwordHash, name: input.name ?? null });
      await record(manager, { type: 'REGISTERED', userId: made.id, ip: client.ip });
      return { user: made, mailId: await this.#mailLink(manager, made, 'VERIFY_EMAIL') };
    }).catch((error: { code?: string }) => {
      // Two registrations at once: the unique index decides, the loser learns what a later one would.
      if (error.code === '23505') throw new LeadlineError('EMAIL_ALREADY_EXISTS', 'There is an account with this address already.');
      throw error;
    });
    await this.deps.jobs.enqueue(JOBS.sendMail, { mailId });
    return user;
  }

  /** A user with a workspace of its own, in the caller's transaction. `passwordHash` is null for accounts that sign in elsewhere. */
  async createUser(manager: EntityManager, input: { email: string; passwordHash: string | null; name: string | null; emailVerifiedAt?: Date | null }): Promise<User> {
    const user = await manager.save(User, manager.create(User, { email: input.email, passwordHash: input.passwordHash, name: input.name, emailVerifiedAt: input.emailVerifiedAt ?? null }));
    const workspace = await manager.save(Workspace, manager.create(Workspace, { name: input.name ?? input.email.split('@')[0] ?? 'Workspace' }));
    await manager.insert(Membership, { workspaceId: workspace.id, userId: user.id, role: Role.OWNER });
    return user;
  }

  async createVerifiedUser(input: NewAccount): Promise<{ user: User; workspaceId: string }> {
    const email = normalEmail(input.email);
    await checkPassword(input.password, email);
    const passwordHash = await hashPassword(input.password);
    return await this.deps.dataSource.transaction(async (manager) => {
      const user = await manager.findOneBy(User, { email }) ?? await this.createUser(manager, { email, passwordHash, name: input.name ?? null });
      await manager.update(User, user.id, { passwordHash, emailVerifiedAt: user.emailVerifiedAt ?? new Date() });
      const membership = await manager.findOneOrFail(Membership, { where: { userId: user.id }, order: { createdAt: 'ASC' } });
      return { user, workspaceId: membership.workspaceId };
    });
  }

  async verifyEmail(token: string, client: Client): Promise<IssuedTokens> {
    await this.deps.limits.consume('link', networkOf(client.ip));
    return await this.deps.dataSource.transaction(async (manager) => {
      const user = await this.#redeem(manager, token, 'VERIFY_EMAIL');
      user.emailVerifiedAt ??= new Date();
      await manager.save(User, user);
      await record(manager, { type: 'EMAIL_VERIFIED', userId: user.id, ip: client.ip });
      return await this.deps.sessions.issue(manager, user, client);
    });
  }

  async resetPassword(token: string, newPassword: string, client: Client): Promise<boolean> {
    await this.deps.limits.consume('link', networkOf(client.ip));
    await this.deps.dataSource.transaction(async (manager) => {
      const user = await this.#redeem(manager, token, 'RESET_PASSWORD');
      await checkPassword(newPassword, user.email);
      // Whoever reads the mailbox has proved the address.
      await manager.update(User, user.id, { passwordHash: await hashPassword(newPassword), emailVerifiedAt: user.emailVerifiedAt ?? new Date() });
      await this.deps.sessions.endAll(manager, user.id);
      await record(manager, { type: 'PASSWORD_RESET', userId: user.id, ip: client.ip });
    });
    await this.deps.revocations.announce();
    return true;
  }

  /** @throws LeadlineError INVALID_CREDENTIALS for a wrong current password, also where there is none; WEAK_PASSWORD for a bad new one */
  async changePassword(actor: Actor, currentPassword: string, newPassword: string, client: Client): Promise<boolean> {
    permit(actor, 'ownAccount');
    const user = await this.#checkOwnPassword(actor, currentPassword, client);
    await checkPassword(newPassword, user.email);
    const passwordHash = await hashPassword(newPassword);
    await this.deps.dataSource.transaction(async (manager) => {
      await manager.update(User, user.id, { passwordHash });
      await this.deps.sessions.endAll(manager, user.id, actor.sessionId);
      await record(manager, { type: 'PASSWORD_CHANGED', ...auditOf(actor), ip: client.ip });
    });
    await this.deps.revocations.announce();
    return true;
  }

  /** @throws LeadlineError INVALID_CREDENTIALS for a wrong password; who signs in elsewhere chooses one by a mailed link first */
  async deleteAccount(actor: Actor, password: string, client: Client): Promise<boolean> {
    permit(actor, 'ownAccount');
    await this.#checkOwnPassword(actor, password, client);
    await eraseAccount(this.deps.dataSource, this.deps.signer, actor.userId);
    await this.deps.sweepFiles();
    await this.deps.revocations.announce();
    return true;
  }

  async #checkOwnPassword(actor: Actor, password: string, client: Client): Promise<User> {
    await this.deps.limits.consume('login', `${networkOf(client.ip)}|${actor.userId}`);
    const user = await this.deps.dataSource.getRepository(User).findOne({ where: { id: actor.userId }, select: { id: true, email: true, passwordHash: true } });
    if (await passwordMatches(user?.passwordHash ?? null, password) && user) return user;
    await record(this.deps.dataSource.manager, { type: 'SIGN_IN_FAILED', ...auditOf(actor), ip: client.ip });
    throw new LeadlineError('INVALID_CREDENTIALS', 'The password is wrong.');
  }

  /** Always true, whether or not the address has an account. */
  async mailIfKnown(rawEmail: string, client: Client, purpose: LinkPurpose): Promise<boolean> {
    const email = normalEmail(rawEmail);
    const network = networkOf(client.ip);
    await this.deps.limits.consume('mail-network', network);
    await this.deps.limits.consume('mail', `${network}|${email}`);
    await this.deps.limits.consumeUnless('mail-account', email, () => this.deps.sessions.wasHere(email, client));
    const mailId = await this.deps.dataSource.transaction(async (manager) => {
      const user = await manager.findOne(User, { where: { email }, select: { id: true, email: true, emailVerifiedAt: true, passwordHash: true } });
      // An account that another identity provider made without proof of the address: a link would let its owner share it with whoever made it.
      if (user && !user.emailVerifiedAt && user.passwordHash === null) return null;
      if (!user || (purpose === 'VERIFY_EMAIL' && user.emailVerifiedAt)) return null;
      await record(manager, { type: 'MAIL_LINK_SENT', userId: user.id, ip: client.ip, details: { purpose } });
      return await this.#mailLink(manager, user, purpose);
    });
    if (mailId) await this.deps.jobs.enqueue(JOBS.sendMail, { mailId });
    return true;
  }

  async #alreadyThere(manager: EntityManager, existing: User, name: string | null, client: Client): Promise<{ user: User; mailId: string }> {
    if (this.deps.config.AUTH_DISCLOSE_EXISTING_EMAIL) throw new LeadlineError('EMAIL_ALREADY_EXISTS', 'There is an account with this address already.');
    await record(manager, { type: 'REGISTERED_AGAIN', userId: existing.id, ip: client.ip });
    const mailId = await putMail(manager, existing.email, alreadyRegisteredMail(this.deps.config.publicUrl));
    // Looks like a fresh account: nothing of the existing one shows.
    const user = manager.create(User, { id: crypto.randomUUID(), email: existing.email, name, emailVerifiedAt: null, createdAt: new Date() });
    return { user, mailId };
  }

  async #mailLink(manager: EntityManager, user: User, purpose: LinkPurpose): Promise<string> {
    const token = randomSecret();
    const isVerify = purpose === 'VERIFY_EMAIL';
    await manager.insert(MailToken, { userId: user.id, purpose, tokenHash: hashSecret(token), expiresAt: new Date(Date.now() + (isVerify ? LINK_TTL_MS.verify : LINK_TTL_MS.reset)) });
    return await putMail(manager, user.email, (isVerify ? verificationMail : resetMail)(this.deps.config.publicUrl, token));
  }

  async #redeem(manager: EntityManager, secret: string, purpose: LinkPurpose): Promise<User> {
    const token = await manager.findOne(MailToken, { where: { tokenHash: hashSecret(secret), purpose }, lock: { mode: 'pessimistic_write' } });
    // Whoever opens the link again (or whose mail program did) has done all that is needed, and should hear that.
    if (token?.usedAt && purpose === 'VERIFY_EMAIL') throw new LeadlineError('TOKEN_INVALID', 'This address is confirmed already: sign in.');
    if (!token || token.usedAt) throw new LeadlineError('TOKEN_INVALID', 'This link is not valid, or was used before.');
    if (token.expiresAt.getTime() <= Date.now()) throw new LeadlineError('TOKEN_EXPIRED', 'This link is too old; ask for a new one.');
    await manager.update(MailToken, token.id, { usedAt: new Date() });
    return await manager.findOneByOrFail(User, { id: token.userId });
  }
}
