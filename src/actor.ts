import { ApiScope, Role } from './entities/enums.js';
import { LeadlineError } from './errors.js';

/** Who asks: first argument of every service method a client can reach. */
export interface Actor {
  userId: string;
  workspaceId: string;
  role: Role;
  /** Set for a signed-in session, null for an API key. */
  sessionId: string | null;
  apiKeyId: string | null;
  /** A session may do both; an API key what it was made for. */
  scopes: readonly ApiScope[];
}

const RANK: Record<Role, number> = { [Role.VIEWER]: 0, [Role.MEMBER]: 1, [Role.ADMIN]: 2, [Role.OWNER]: 3 };

/** @throws LeadlineError FORBIDDEN when the role is below `least` or the key lacks the scope */
export function requireRole(actor: Actor, least: Role, scope: ApiScope = least === Role.VIEWER ? ApiScope.READ : ApiScope.WRITE): void {
  // WRITE includes READ: a key that may change things may look at them.
  const hasScope = actor.scopes.includes(scope) || (scope === ApiScope.READ && actor.scopes.includes(ApiScope.WRITE));
  if (RANK[actor.role] < RANK[least]) throw new LeadlineError('FORBIDDEN', `This needs the role ${least} in the workspace.`, { details: { required: least } });
  if (!hasScope) throw new LeadlineError('FORBIDDEN', `This API key lacks the scope ${scope}.`, { details: { required: scope } });
}

/** Reading needs a place in the workspace. */
export const requireReader = (actor: Actor): void => { requireRole(actor, Role.VIEWER); };
/** Changing needs MEMBER and, for API keys, WRITE. */
export const requireMember = (actor: Actor): void => { requireRole(actor, Role.MEMBER); };
