import type { EntityManager } from 'typeorm';
import type { Actor } from '../../actor.js';
import { AuditEvent } from '../../entities/audit-event.js';

/** Every kind of event in the log. */
export type AuditType =
  | 'REGISTERED' | 'REGISTERED_AGAIN' | 'EMAIL_VERIFIED' | 'MAIL_LINK_SENT' | 'ACCOUNT_DELETED'
  | 'SIGNED_IN' | 'SIGN_IN_FAILED' | 'SIGNED_OUT' | 'SIGNED_OUT_EVERYWHERE' | 'SESSION_REVOKED' | 'RATE_LIMITED'
  | 'PASSWORD_CHANGED' | 'PASSWORD_RESET' | 'TOKEN_REFRESHED' | 'TOKEN_REFUSED' | 'TOKEN_REUSED'
  | 'IDENTITY_LINKED' | 'IDENTITY_REFUSED'
  | 'WORKSPACE_CREATED' | 'WORKSPACE_SWITCHED' | 'MEMBER_INVITED' | 'INVITATION_REVOKED' | 'MEMBER_JOINED' | 'MEMBER_REMOVED' | 'ROLE_CHANGED'
  | 'API_KEY_CREATED' | 'API_KEY_REVOKED';

export interface AuditRecord {
  type: AuditType;
  /** Who did it, or whose account it is when nobody is signed in. */
  userId?: string | null;
  workspaceId?: string | null;
  sessionId?: string | null;
  apiKeyId?: string | null;
  /** The person, key, invitation or session acted on. */
  subjectId?: string | null;
  ip?: string | null;
  /** `TokenSigner.addressHash(email)`, for an address without an account. */
  addressHash?: string | null;
  /** Words of the product and ids only, never anything that a person typed: an erased person must leave nothing here. */
  details?: Record<string, string | number | boolean>;
}

/** Who did it, as the log names them. */
export const auditOf = ({ userId, workspaceId, sessionId, apiKeyId }: Actor): Pick<AuditRecord, 'userId' | 'workspaceId' | 'sessionId' | 'apiKeyId'> => ({ userId, workspaceId, sessionId, apiKeyId });

/** Adds one line to the audit log. Give it the manager of the transaction that does what is told, so that both happen or neither. */
export async function record(manager: EntityManager, event: AuditRecord): Promise<void> {
  await manager.insert(AuditEvent, {
    type: event.type, userId: event.userId ?? null, workspaceId: event.workspaceId ?? null, sessionId: event.sessionId ?? null, apiKeyId: event.apiKeyId ?? null,
    subjectId: event.subjectId ?? null, ip: event.ip ?? null, addressHash: event.addressHash ?? null, details: event.details ?? {},
  });
}
