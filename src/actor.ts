import { ApiScope, Role } from './entities/enums.js';
import { LeadlineError } from './errors.js';

/** Who asks: first argument of every service method a client can reach. */
export interface Actor {
  userId: string;
  workspaceId: string;
  role: Role;
  /** Set for a session of ours; null for an API key and for a person whom another server signed in. */
  sessionId: string | null;
  apiKeyId: string | null;
  /** A session may do both; an API key what it was made for. */
  scopes: readonly ApiScope[];
}

const RANK: Record<Role, number> = { [Role.VIEWER]: 0, [Role.MEMBER]: 1, [Role.ADMIN]: 2, [Role.OWNER]: 3 };

/** Whether the first role may all that the second one may. */
export const isAtLeast = (role: Role, least: Role): boolean => RANK[role] >= RANK[least];

/**
 * Every kind of action, the least role it needs, and the scope an API key needs besides. `null`: no key may, since it
 * is a person's own affair, and a leaked key must not become a lasting sign-in. docs/api.md explains the same table.
 */
export const PERMISSIONS = {
  /** Looking at what the workspace has; asking pure questions, such as validateUrl. */
  read: { role: Role.VIEWER, scope: ApiScope.READ },
  /** Planning, running, crawling, checking, working on leads. */
  work: { role: Role.MEMBER, scope: ApiScope.WRITE },
  /** A copy of everything at once leaves the house: more than looking. */
  export: { role: Role.MEMBER, scope: ApiScope.WRITE },
  /** Who has access: open invitations and API keys. */
  readAccess: { role: Role.ADMIN, scope: ApiScope.READ },
  /** Inviting, removing, roles, API keys. What concerns an OWNER needs one: services/auth/members.ts. */
  manageAccess: { role: Role.ADMIN, scope: ApiScope.WRITE },
  /** Going oneself. */
  leave: { role: Role.VIEWER, scope: ApiScope.WRITE },
  /** Sessions, passwords, the account, changing between workspaces. */
  ownAccount: { role: Role.VIEWER, scope: null },
} as const satisfies Record<string, { role: Role; scope: ApiScope | null }>;

export type Action = keyof typeof PERMISSIONS;

/** @throws LeadlineError FORBIDDEN; `required` is the role, the scope or SESSION that is missing */
export function permit(actor: Actor, action: Action): void {
  const { role, scope } = PERMISSIONS[action];
  if (!isAtLeast(actor.role, role)) throw forbiddenBelow(role);
  if (scope === null) {
    if (actor.apiKeyId !== null) throw new LeadlineError('FORBIDDEN', 'No API key may do this: sign in.', { details: { required: 'SESSION' } });
    return;
  }
  // WRITE includes READ: a key that may change things may look at them.
  const hasScope = actor.scopes.includes(scope) || (scope === ApiScope.READ && actor.scopes.includes(ApiScope.WRITE));
  if (!hasScope) throw new LeadlineError('FORBIDDEN', `This API key lacks the scope ${scope}.`, { details: { required: scope } });
}

export const forbiddenBelow = (role: Role): LeadlineError => new LeadlineError('FORBIDDEN', `This needs the role ${role} in the workspace.`, { details: { required: role } });

export const requireReader = (actor: Actor): void => { permit(actor, 'read'); };
export const requireMember = (actor: Actor): void => { permit(actor, 'work'); };
