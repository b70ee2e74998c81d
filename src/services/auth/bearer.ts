import type { DataSource } from 'typeorm';
import type { Actor } from '../../actor.js';
import { ApiScope, type Role } from '../../entities/enums.js';
import type { TokenSigner } from './tokens.js';

/** Reads what stands after `Bearer`: an access token or an API key. */
export class Bearer {
  constructor(private readonly deps: { dataSource: DataSource; signer: TokenSigner; /** Reads an API key's secret; api-keys.ts. */ apiKeyActor: (secret: string) => Promise<Actor | null>; /** Reads a token of another identity provider; supabase.ts. */ foreignActor: (token: string) => Promise<Actor | null> }) {}

  /** Null for anything that is not valid now. */
  async actorOf(token: string): Promise<Actor | null> {
    if (token.startsWith('ll_')) return await this.deps.apiKeyActor(token);
    const claims = await this.deps.signer.verify(token);
    if (!claims) return await this.deps.foreignActor(token);
    // The row is asked, so that a revoked session and a changed role count at once.
    const [row] = await this.deps.dataSource.query<{ role: Role }[]>(`
      SELECT m.role FROM sessions s JOIN memberships m ON m.user_id = s.user_id AND m.workspace_id = s.workspace_id
      WHERE s.id = $1 AND s.user_id = $2 AND s.workspace_id = $3 AND s.revoked_at IS NULL AND s.expires_at > now()`, [claims.sessionId, claims.userId, claims.workspaceId]);
    if (!row) return null;
    return { userId: claims.userId, workspaceId: claims.workspaceId, role: row.role, sessionId: claims.sessionId, apiKeyId: null, scopes: [ApiScope.READ, ApiScope.WRITE] };
  }
}
