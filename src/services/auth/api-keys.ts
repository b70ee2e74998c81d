import type { DataSource } from 'typeorm';
import { requireRole, type Actor } from '../../actor.js';
import { ApiKey } from '../../entities/api-key.js';
import { ApiScope, Role } from '../../entities/enums.js';
import { LeadlineError } from '../../errors.js';
import { isUuid } from '../../pagination.js';
import { hashSecret, randomSecret } from './tokens.js';

export interface CreateApiKey { name: string; scopes: ApiScope[]; expiresAt?: Date | null }

/** Writing the time of use at every request would make each read a write; once a minute is enough to tell. */
const LAST_USE_GRAIN = '1 minute';

/** Long-lived credentials of a workspace: `ll_` and 256 random bits, stored as a hash. */
export class ApiKeys {
  constructor(private readonly dataSource: DataSource) {}

  async list(actor: Actor): Promise<ApiKey[]> {
    requireRole(actor, Role.ADMIN, ApiScope.READ);
    return await this.dataSource.getRepository(ApiKey).createQueryBuilder('row').where('row.workspaceId = :id AND row.revokedAt IS NULL', { id: actor.workspaceId }).orderBy('row.createdAt', 'DESC').getMany();
  }

  /** The secret is in the answer and nowhere else. */
  async create(actor: Actor, input: CreateApiKey): Promise<{ apiKey: ApiKey; secret: string }> {
    requireRole(actor, Role.ADMIN);
    return await this.createFor(actor.workspaceId, actor.userId, input);
  }

  /** Without an actor: for `npm run create-user` only. */
  async createFor(workspaceId: string, userId: string, input: CreateApiKey): Promise<{ apiKey: ApiKey; secret: string }> {
    const name = input.name.trim();
    const fields: string[] = [];
    if (name.length < 1 || name.length > 100) fields.push('name');
    if (input.scopes.length === 0) fields.push('scopes');
    if (input.expiresAt && input.expiresAt.getTime() <= Date.now()) fields.push('expiresAt');
    if (fields.length > 0) throw new LeadlineError('BAD_USER_INPUT', 'An API key needs a name of 1 to 100 characters, a scope, and an expiry in the future if any.', { details: { fields } });
    const secret = `ll_${randomSecret()}`;
    const repository = this.dataSource.getRepository(ApiKey);
    const apiKey = await repository.save(repository.create({ workspaceId, userId, name, prefix: secret.slice(0, 10), secretHash: hashSecret(secret), scopes: [...new Set(input.scopes)], expiresAt: input.expiresAt ?? null, lastUsedAt: null, revokedAt: null }));
    return { apiKey, secret };
  }

  async revoke(actor: Actor, id: string): Promise<boolean> {
    requireRole(actor, Role.ADMIN);
    const { affected } = !isUuid(id) ? { affected: 0 } : await this.dataSource.getRepository(ApiKey).createQueryBuilder().update().set({ revokedAt: () => 'now()' }).where('id = :id AND workspace_id = :workspaceId AND revoked_at IS NULL', { id, workspaceId: actor.workspaceId }).execute();
    if (!affected) throw new LeadlineError('NOT_FOUND', 'There is no such API key.');
    return true;
  }

  /** The actor of a secret, or null when it is unknown, revoked, expired or its maker has left. */
  async actorOf(secret: string): Promise<Actor | null> {
    const [row] = await this.dataSource.query<{ id: string; user_id: string; workspace_id: string; scopes: ApiScope[]; role: Role }[]>(`
      SELECT k.id, k.user_id, k.workspace_id, k.scopes, m.role FROM api_keys k
      JOIN memberships m ON m.user_id = k.user_id AND m.workspace_id = k.workspace_id
      WHERE k.secret_hash = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())`, [hashSecret(secret)]);
    if (!row) return null;
    await this.dataSource.query(`UPDATE api_keys SET last_used_at = now() WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '${LAST_USE_GRAIN}')`, [row.id]);
    return { userId: row.user_id, workspaceId: row.workspace_id, role: row.role, sessionId: null, apiKeyId: row.id, scopes: row.scopes };
  }
}
