import type { DataSource, EntityManager } from 'typeorm';
import { record } from './audit.js';
import type { TokenSigner } from './tokens.js';

/** What the log keeps of a person who is gone is an id that leads nowhere. The others have no rows of people. */
const KEPT = new Set(['audit_events', 'revocations', 'workspaces', 'users']);
/** A column of that name holds the id of a row of that table. */
const PARENTS: Record<string, string> = { goal_id: 'goals', crawl_job_id: 'crawl_jobs', lead_id: 'leads', email_id: 'emails', page_id: 'pages', session_id: 'sessions', webhook_id: 'webhooks', export_id: 'exports' };

/**
 * Removes an account: the workspaces where it is the last OWNER with every row in them, its memberships, sessions, keys,
 * links, mails and invitations, and every personal trace in the audit log. All or nothing; the caller has checked who asks.
 */
export async function eraseAccount(dataSource: DataSource, signer: TokenSigner, userId: string): Promise<void> {
  await dataSource.transaction(async (manager) => {
    const [user] = await manager.query<{ email: string }[]>('SELECT email FROM users WHERE id = $1 FOR UPDATE', [userId]);
    // Sent twice: the first time did it.
    if (!user) return;
    const tables = new Map(dataSource.entityMetadatas.map((meta) => [meta.tableName, new Set(meta.columns.map((column) => column.databaseName))]));
    await removeWorkspaces(manager, tables, await ownedAlone(manager, userId));
    for (const [table, columns] of tables) {
      if (KEPT.has(table)) continue;
      if (table === 'refresh_tokens') await manager.query('DELETE FROM refresh_tokens WHERE session_id IN (SELECT id FROM sessions WHERE user_id = $1)', [userId]);
      // Deleted last by their own line below: refresh tokens are found through them.
      if (columns.has('user_id') && table !== 'sessions') await manager.query(`DELETE FROM ${table} WHERE user_id = $1`, [userId]);
      for (const column of ['author_id', 'assignee_id', 'created_by']) if (columns.has(column)) await manager.query(`UPDATE ${table} SET ${column} = NULL WHERE ${column} = $1`, [userId]);
    }
    await manager.query('DELETE FROM sessions WHERE user_id = $1', [userId]);
    await manager.query('DELETE FROM outbox_mails WHERE recipient = $1', [user.email]);
    await manager.query('DELETE FROM invitations WHERE email = $1 OR invited_by = $2', [user.email, userId]);
    await manager.query('DELETE FROM users WHERE id = $1', [userId]);
    await record(manager, { type: 'ACCOUNT_DELETED', userId });
    await manager.query('UPDATE audit_events SET ip = NULL, address_hash = NULL WHERE user_id = $1 OR address_hash = ANY($2)', [userId, signer.addressHashes(user.email)]);
  });
}

/** Workspaces that would be left without an OWNER. Locked, in the order of the house: crawl job, goal, workspace. */
async function ownedAlone(manager: EntityManager, userId: string): Promise<string[]> {
  const alone = `SELECT m.workspace_id FROM memberships m WHERE m.user_id = $1 AND m.role = 'OWNER'
    AND NOT EXISTS (SELECT 1 FROM memberships o WHERE o.workspace_id = m.workspace_id AND o.role = 'OWNER' AND o.user_id <> $1)`;
  for (const table of ['crawl_jobs', 'goals']) await manager.query(`SELECT 1 FROM ${table} WHERE workspace_id IN (${alone}) ORDER BY id FOR UPDATE`, [userId]);
  // Every workspace of the person is locked before it is asked again: two owners who leave at once take turns.
  await manager.query('SELECT 1 FROM workspaces WHERE id IN (SELECT workspace_id FROM memberships WHERE user_id = $1) ORDER BY id FOR UPDATE', [userId]);
  return (await manager.query<{ workspace_id: string }[]>(alone, [userId])).map((row) => row.workspace_id);
}

async function removeWorkspaces(manager: EntityManager, tables: ReadonlyMap<string, ReadonlySet<string>>, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  const ofWorkspaces = (parent: string): string => `SELECT id FROM ${parent} WHERE workspace_id = ANY($1)`;
  for (const [table, columns] of tables) {
    if (KEPT.has(table) || columns.has('workspace_id')) continue;
    for (const [column, parent] of Object.entries(PARENTS)) if (columns.has(column) && tables.has(parent)) await manager.query(`DELETE FROM ${table} WHERE ${column} IN (${ofWorkspaces(parent)})`, [ids]);
    if (columns.has('stream_id')) for (const parent of ['goals', 'crawl_jobs']) await manager.query(`DELETE FROM ${table} WHERE stream_id IN (${ofWorkspaces(parent)})`, [ids]);
  }
  for (const [table, columns] of tables) if (!KEPT.has(table) && columns.has('workspace_id')) await manager.query(`DELETE FROM ${table} WHERE workspace_id = ANY($1)`, [ids]);
  await manager.query('DELETE FROM workspaces WHERE id = ANY($1)', [ids]);
}
