import type { DataSource, EntityManager } from 'typeorm';
import { Identity } from '../../entities/identity.js';
import { User } from '../../entities/user.js';
import { LeadlineError } from '../../errors.js';
import { JOBS, type Jobs } from '../../jobs.js';
import { storableText } from '../../storable.js';
import type { Actor } from '../../actor.js';
import type { Accounts } from './accounts.js';
import { record } from './audit.js';
import { identityLinkedMail } from './mails.js';
import type { Profile } from './oauth-provider.js';
import { putMail } from './outbox.js';
import { hashSecret } from './tokens.js';

/** Unique violations mean that somebody else was faster; after so many tries something else is wrong. */
const TRIES = 4;

/** Which accounts elsewhere sign whom in here. */
export class Identities {
  constructor(private readonly deps: { dataSource: DataSource; accounts: Accounts; jobs: Pick<Jobs, 'enqueue'> }) {}

  /** A person's own; what others use elsewhere is theirs. A fresh sign-in has no actor yet and asks for itself. */
  async of(actor: Actor | null, userId: string): Promise<Identity[]> {
    if (actor && actor.userId !== userId) return [];
    return await this.deps.dataSource.getRepository(Identity).find({ where: { userId }, order: { linkedAt: 'ASC' } });
  }

  /**
   * Runs `work` in one transaction with the user a profile belongs to: known, linked to an account, or new with a
   * workspace. Several first visits at once make one user: the unique indexes decide, and who lost looks again.
   * @param options `mayBeUnproven`: a new user may have an address that the provider does not vouch for; it is never linked by it
   */
  async claim<T>(profile: Profile, options: { mayBeUnproven: boolean; ip: string | null }, work: (manager: EntityManager, user: User) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const mailIds: string[] = [];
        const result = await this.deps.dataSource.transaction(async (manager) => await work(manager, await this.#claim(manager, profile, options, mailIds)));
        await this.deps.jobs.enqueue(JOBS.sendMail, ...mailIds.map((mailId) => ({ mailId })));
        return result;
      } catch (error) {
        // The refusal is written after its transaction is undone. Where each request brings the token again, it would fill the log.
        if (!options.mayBeUnproven && error instanceof LeadlineError && error.code === 'EMAIL_NOT_VERIFIED') await record(this.deps.dataSource.manager, { type: 'IDENTITY_REFUSED', ip: options.ip, details: { provider: profile.provider } });
        if ((error as { code?: string }).code !== '23505' || attempt === TRIES) throw error;
      }
    }
  }

  async #claim(manager: EntityManager, profile: Profile, { mayBeUnproven, ip }: { mayBeUnproven: boolean; ip: string | null }, mailIds: string[]): Promise<User> {
    const { provider, issuer, subject } = profile;
    const known = await manager.findOneBy(Identity, { provider, issuer, subject });
    if (known) return await this.#refresh(manager, known, profile);
    if (profile.email === null) throw new LeadlineError('EMAIL_NOT_VERIFIED', `${provider} told no e-mail address of yours.`);
    const { email } = profile;
    if (!profile.emailVerified && !mayBeUnproven) throw new LeadlineError('EMAIL_NOT_VERIFIED', `Confirm your e-mail address at ${provider} first.`);
    // Locked, so that the address is not verified, or given away, between this look and the link.
    const existing = await manager.findOne(User, { where: { email }, lock: { mode: 'pessimistic_write' } });
    if (existing) {
      // Another first visit of the same person may have ended between the two looks; it made both rows in one transaction.
      const meanwhile = await manager.findOneBy(Identity, { provider, issuer, subject });
      if (meanwhile) return await this.#refresh(manager, meanwhile, profile);
      // Both sides must have proved the address: else whoever registered a stranger's address, here or there, would share the account.
      if (!profile.emailVerified) throw new LeadlineError('EMAIL_NOT_VERIFIED', `There is an account with this address already; confirm the address at ${provider} to use it.`);
      if (!existing.emailVerifiedAt) throw new LeadlineError('EMAIL_NOT_VERIFIED', 'There is an account with this address that was never confirmed. Ask for a new password to confirm it, then sign in this way again.');
    }
    const user = existing ?? await this.#create(manager, email, profile, ip);
    await manager.insert(Identity, { userId: user.id, provider, issuer, subject, email });
    await record(manager, { type: 'IDENTITY_LINKED', userId: user.id, ip, details: { provider } });
    // A second door to an account that was there: whoever owns it hears of it, and can close it if it was not them.
    if (existing) mailIds.push(await putMail(manager, existing.email, identityLinkedMail(provider), `linked-${provider}-${hashSecret(`${issuer} ${subject}`)}-${user.id}`));
    return user;
  }

  async #create(manager: EntityManager, email: string, profile: Profile, ip: string | null): Promise<User> {
    const name = storableText((profile.name ?? '').trim()).slice(0, 200).toWellFormed() || null;
    const user = await this.deps.accounts.createUser(manager, { email, passwordHash: null, name, emailVerifiedAt: profile.emailVerified ? new Date() : null });
    await record(manager, { type: 'REGISTERED', userId: user.id, ip, details: { provider: profile.provider } });
    return user;
  }

  /** The address at the provider may have changed, or been proved since; the account's own address stays. */
  async #refresh(manager: EntityManager, identity: Identity, profile: Profile): Promise<User> {
    const user = await manager.findOneByOrFail(User, { id: identity.userId });
    const { email } = profile;
    if (email !== null && email !== identity.email) await manager.update(Identity, identity.id, { email });
    if (profile.emailVerified && email === user.email && !user.emailVerifiedAt) {
      user.emailVerifiedAt = new Date();
      await manager.update(User, user.id, { emailVerifiedAt: user.emailVerifiedAt });
    }
    return user;
  }
}
