import type { DataSource } from 'typeorm';
import { permit, type Actor } from '../../actor.js';
import { ApiKey } from '../../entities/api-key.js';
import { type ApiScope, type Role } from '../../entities/enums.js';
import { LeadlineError } from '../../errors.js';
import { isUuid } from '../../pagination.js';
import { auditOf, record } from './audit.js';
import type { Credentials } from './bearer.js';
import type { Revocations } from './revocations.js';
import { hashSecret, randomSecret } from './tokens.js';

export interface CreateApiKey { name: string; scopes: ApiScope[]; expiresAt?: Date | null }

/** Writing the time of use at every request would make each read a write; once a minute is enough to tell. */
const LAST_USE_GRAIN_MS = 60_000;

/** Long-lived credentials of a workspace: `ll_` and 256 random bits, stored as a hash. */
export class ApiKeys {
  constructor(private readonly dataSource: DataSource, private readonly revocations: Revocations) {}

  async list(actor: Actor): Promise<ApiKey[]> {
    permit(actor, 'readAccess');
    return await this.dataSource.getRepository(ApiKey).createQueryBuilder('row').where('row.workspaceId = :id AND row.revokedAt IS NULL', { id: actor.workspaceId }).orderBy('row.createdAt', 'DESC').getMany();
  }

  /** The secret is in the answer and nowhere else. */
  async create(actor: Actor, input: CreateApiKey): Promise<{ apiKey: ApiKey; secret: string }> {
    permit(actor, 'manageAccess');
    return await this.createFor(actor.workspaceId, actor.userId, input, actor);
  }

  /** Without an actor: for `npm run create-user` only. */
  async createFor(workspaceId: string, userId: string, input: CreateApiKey, actor: Actor | null = null): Promise<{ apiKey: ApiKey; secret: string }> {
    const name = input.name.trim();
    const fields: string[] = [];
    if (name.length < 1 || name.length > 100) fields.push('name');
    if (input.scopes.length === 0) fields.push('scopes');
    if (input.expiresAt && input.expiresAt.getTime() <= Date.now()) fields.push('expiresAt');
    if (fields.length > 0) throw new LeadlineError('BAD_USER_INPUT', 'An API key needs a name of 1 to 100 characters, a scope, and an expiry in the future if any.', { details: { fields } });
    const secret = `ll_${randomSecret()}`;
    return await this.dataSource.transaction(async (manager) => {
      const apiKey = await manager.save(ApiKey, manager.create(ApiKey, { workspaceId, userId, name, prefix: secret.slice(0, 10), secretHash: hashSecret(secret), scopes: [...new Set(input.scopes)], expiresAt: input.expiresAt ?? null, lastUsedAt: null, revokedAt: null }));
      await record(manager, { type: 'API_KEY_CREATED', userId, workspaceId, ...(actor ? auditOf(actor) : {}), subjectId: apiKey.id, details: { scopes: apiKey.scopes.join(' ') } });
      return { apiKey, secret };
    });
  }

  async revoke(actor: Actor, id: string): Promise<boolean> {
    permit(actor, 'manageAccess');
    await this.dataSource.transaction(async (manager) => {
      const { affected } = !isUuid(id) ? { affected: 0 } : await manager.createQueryBuilder().update(ApiKey).set({ revokedAt: () => 'now()' }).where('id = :id AND workspace_id = :workspaceId AND revoked_at IS NULL', { id, workspaceId: actor.workspaceId }).execute();
      if (!affected) throw new LeadlineError('NOT_FOUND', 'There is no such API key.');
      await record(manager, { type: 'API_KEY_REVOKED', ...auditOf(actor), subjectId: id });
    });
    await this.revocations.announce();
    return true;
  }

  /** Who a secret speaks for, with the maker's role of now; null when it is unknown, revoked, expired or its maker has left. Bearer remembers the answer for half a minute. */
  async credentialsOf(secret: string): Promise<Credentials | null> {
    const [row] = await this.dataSource.query<{ id: string; user_id: string; workspace_id: string; scopes: ApiScope[]; role: Role; token_version: number; expires_at: Date | null; last_used_at: Date | null }[]>(`
      SELECT k.id, k.user_id, k.workspace_id, k.scopes, k.last_used_at, k.expires_at, m.role, m.token_version FROM api_keys k
      JOIN memberships m ON m.user_id = k.user_id AND m.workspace_id = k.workspace_id
      WHERE k.secret_hash = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())`, [hashSecret(secret)]);
    if (!row) return null;
    // Asked again by the UPDATE: of many requests at once, one writes.
    if (!row.last_used_at || Date.now() - row.last_used_at.getTime() > LAST_USE_GRAIN_MS) {
      await this.dataSource.query('UPDATE api_keys SET last_used_at = now() WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - make_interval(secs => $2))', [row.id, LAST_USE_GRAIN_MS / 1_000]);
    }
    return { actor: { userId: row.user_id, workspaceId: row.workspace_id, role: row.role, sessionId: null, apiKeyId: row.id, scopes: row.scopes }, expiresAt: row.expires_at, membershipVersion: row.token_version };
  }
}
