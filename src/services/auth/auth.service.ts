import type { DataSource } from 'typeorm';
import { permit, type Actor } from '../../actor.js';
import { networkOf } from '../../client-address.js';
import type { Session } from '../../entities/session.js';
import { User } from '../../entities/user.js';
import { LeadlineError } from '../../errors.js';
import type { Accounts, NewAccount } from './accounts.js';
import { record } from './audit.js';
import type { Bearer, Credentials } from './bearer.js';
import type { Limits } from './limits.js';
import { createPassport, runStrategy } from './passport.js';
import { hashPassword, isOutdated, passwordMatches } from './passwords.js';
import type { Revocations } from './revocations.js';
import type { Client, IssuedTokens, Sessions } from './sessions.js';
import type { TokenSigner } from './tokens.js';

interface Checked { userId: string; passwordHash: string }

/** The front of everything about accounts and sign-in; the parts behind it do the work. */
export class AuthService {
  readonly #passport;

  constructor(private readonly deps: { dataSource: DataSource; signer: TokenSigner; limits: Limits; accounts: Accounts; sessions: Sessions; bearer: Bearer; revocations: Revocations }) {
    this.#passport = createPassport({ password: (email, password) => this.#checkPassword(email, password), bearer: (token) => this.deps.bearer.read(token) });
  }

  /** Makes an account and its workspace and mails the verification link. */
  async register(input: NewAccount, client: Client): Promise<User> {
    return await this.deps.accounts.register(input, client);
  }

  /** Redeems a mailed link and signs in. Opening it twice is harmless: the second time signs in nobody and says so. */
  async verifyEmail(token: string, client: Client): Promise<IssuedTokens> {
    return await this.deps.accounts.verifyEmail(token, client);
  }

  /** Always true, whether or not the address has an account. */
  async resendVerification(email: string, client: Client): Promise<boolean> {
    return await this.deps.accounts.mailIfKnown(email, client, 'VERIFY_EMAIL');
  }

  /** Always true, whether or not the address has an account. */
  async requestPasswordReset(email: string, client: Client): Promise<boolean> {
    return await this.deps.accounts.mailIfKnown(email, client, 'RESET_PASSWORD');
  }

  /** Sets a new password by a mailed link and ends every session. */
  async resetPassword(token: string, newPassword: string, client: Client): Promise<boolean> {
    return await this.deps.accounts.resetPassword(token, newPassword, client);
  }

  /** One answer and one timing for a wrong password and an unknown address. */
  async login(input: { email: string; password: string }, client: Client): Promise<IssuedTokens> {
    const email = input.email.trim().toLowerCase().slice(0, 254);
    const network = networkOf(client.ip);
    const about = { ip: client.ip, addressHash: this.deps.signer.addressHash(email) };
    await this.deps.limits.consume('login-network', network, about);
    await this.deps.limits.consume('login', `${network}|${email}`, about);
    await this.deps.limits.consumeUnless('login-account', email, () => this.deps.sessions.wasHere(email, client), about);
    const found = await runStrategy<Checked>(this.#passport, 'local', { body: { email: input.email, password: input.password } });
    if (!found) {
      await record(this.deps.dataSource.manager, { type: 'SIGN_IN_FAILED', addressHash: this.deps.signer.addressHash(input.email), ip: client.ip });
      throw new LeadlineError('INVALID_CREDENTIALS', 'The e-mail address or the password is wrong.');
    }
    const stronger = isOutdated(found.passwordHash) ? await hashPassword(input.password) : null;
    const tokens = await this.deps.dataSource.transaction(async (manager) => {
      const user = await manager.findOne(User, { where: { id: found.userId }, select: { id: true, email: true, name: true, createdAt: true, emailVerifiedAt: true, passwordHash: true }, lock: { mode: 'pessimistic_write' } });
      // Changed between the check and now: whoever was just shut out must not slip in.
      if (user?.passwordHash !== found.passwordHash) throw new LeadlineError('INVALID_CREDENTIALS', 'The e-mail address or the password is wrong.');
      if (!user.emailVerifiedAt) return null;
      if (stronger !== null) await manager.update(User, user.id, { passwordHash: stronger });
      const { sessionId, ...tokens } = await this.deps.sessions.issue(manager, user, client);
      await record(manager, { type: 'SIGNED_IN', userId: user.id, workspaceId: tokens.workspace.id, sessionId, ip: client.ip, details: { by: 'password' } });
      return tokens;
    });
    if (tokens) return tokens;
    await record(this.deps.dataSource.manager, { type: 'SIGN_IN_FAILED', userId: found.userId, ip: client.ip, details: { why: 'EMAIL_NOT_VERIFIED' } });
    throw new LeadlineError('EMAIL_NOT_VERIFIED', 'Open the link we sent to your address first.');
  }

  /** Sets another password and ends the other sessions. */
  async changePassword(actor: Actor, currentPassword: string, newPassword: string, client: Client): Promise<boolean> {
    return await this.deps.accounts.changePassword(actor, currentPassword, newPassword, client);
  }

  /** Removes the account and the workspaces where it is the last OWNER, for good. */
  async deleteAccount(actor: Actor, password: string, client: Client): Promise<boolean> {
    return await this.deps.accounts.deleteAccount(actor, password, client);
  }

  /** Rotates a refresh token. Reuse of an old one ends the whole session. */
  async refreshToken(refreshToken: string, client: Client): Promise<IssuedTokens> {
    return await this.deps.sessions.refresh(refreshToken, client);
  }

  /** Ends the session the request came with. @throws LeadlineError FORBIDDEN for an API key, which revokeApiKey ends */
  async logout(actor: Actor, client: Client): Promise<boolean> {
    permit(actor, 'ownAccount');
    return await this.deps.sessions.revoke(actor, actor.sessionId ?? '', client);
  }

  /** Ends every session of the actor, this one too. */
  async logoutEverywhere(actor: Actor, client: Client): Promise<boolean> {
    return await this.deps.sessions.revokeAll(actor, client);
  }

  /** Ends one session of the actor. @throws LeadlineError NOT_FOUND when it is not one of them */
  async revokeSession(actor: Actor, id: string, client: Client): Promise<boolean> {
    return await this.deps.sessions.revoke(actor, id, client);
  }

  /** The actor's sessions that are alive, last used first. */
  async sessions(actor: Actor): Promise<Session[]> {
    return await this.deps.sessions.list(actor);
  }

  /** What an Authorization header proves; null without one. @throws UNAUTHENTICATED for a bad one */
  async authenticate(authorization: string | undefined): Promise<Credentials | null> {
    if (authorization === undefined || authorization === '') return null;
    const credentials = await runStrategy<Credentials>(this.#passport, 'bearer', { headers: { authorization } });
    if (!credentials) throw new LeadlineError('UNAUTHENTICATED', 'The credentials are missing, expired or revoked.');
    return credentials;
  }

  /** Whether credentials that were read before still hold at this moment; asks nobody. */
  stillHold(credentials: Credentials): boolean {
    return this.deps.bearer.isValid(credentials);
  }

  /** Called whenever credentials are revoked, anywhere; the result stops that. */
  onRevocation(listener: () => void): () => void {
    return this.deps.revocations.onChange(listener);
  }

  /** For `npm run create-user`: a verified user with a workspace; an existing one gets the new password. */
  async createVerifiedUser(input: NewAccount): Promise<{ user: User; workspaceId: string }> {
    return await this.deps.accounts.createVerifiedUser(input);
  }

  async #checkPassword(email: string, password: string): Promise<Checked | null> {
    const user = await this.deps.dataSource.getRepository(User).findOne({ where: { email: email.trim().toLowerCase() }, select: { id: true, passwordHash: true } });
    const matches = await passwordMatches(user?.passwordHash ?? null, password);
    return matches && user?.passwordHash ? { userId: user.id, passwordHash: user.passwordHash } : null;
  }
}
