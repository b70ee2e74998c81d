/** What nobody needs any more goes by its age: sign-ins that ended, links that were used, letters that were sent, lines of the log. */
import type { DataSource } from 'typeorm';
import { firstRows } from '../../progress.js';

export const TIDYING = 'tidy old records';
const BATCH = 2_000;

/** Days after its end. Long enough to look into what happened; the audit log is what is kept for that, and for a year. */
const DAYS = { ended: 30, audit: 365 } as const;

/**
 * What is too old, by table. Nothing that still works is among it: what has ended does not begin again, so a row that is
 * read here cannot come back to life before it is deleted. Sessions after their refresh tokens.
 */
const TOO_OLD: readonly { table: string; where: string }[] = [
  { table: 'refresh_tokens', where: "session_id IN (SELECT id FROM sessions WHERE least(revoked_at, expires_at) < now() - $1 * interval '1 day')" },
  // Of a living session: one that was used so long ago would have ended by itself, used or not, before it could be missed.
  { table: 'refresh_tokens', where: "used_at < now() - greatest($1 * interval '1 day', $2 * interval '1 millisecond')" },
  { table: 'sessions', where: "least(revoked_at, expires_at) < now() - $1 * interval '1 day' AND NOT EXISTS (SELECT 1 FROM refresh_tokens t WHERE t.session_id = sessions.id)" },
  { table: 'mail_tokens', where: "expires_at < now() - $1 * interval '1 day'" },
  { table: 'oauth_codes', where: "expires_at < now() - $1 * interval '1 day'" },
  { table: 'invitations', where: "least(revoked_at, expires_at) < now() - $1 * interval '1 day'" },
  { table: 'outbox_mails', where: "coalesce(sent_at, failed_at) < now() - $1 * interval '1 day'" },
  { table: 'email_probes', where: "next_at IS NULL AND asked_at < now() - $1 * interval '1 day'" },
  { table: 'audit_events', where: "at < now() - $3 * interval '1 day'" },
];

export class Retention {
  /** @param deps `refreshTokenTtlMs`: how long a refresh token works when it is not used (REFRESH_TOKEN_TTL) */
  constructor(private readonly deps: { dataSource: DataSource; refreshTokenTtlMs: number }) {}

  /**
   * Job function: removes what is too old, in small transactions, and notes that it was done. Safe to run twice, at the same
   * time as well: who comes second leaves the rows of the first. Killed, it is run again, and goes on with what is left.
   * @returns how many rows went, by table
   */
  async tidy(signal: AbortSignal): Promise<Record<string, number>> {
    const removed: Record<string, number> = {};
    for (const { table, where } of TOO_OLD) {
      for (let count = BATCH; count === BATCH;) {
        signal.throwIfAborted();
        // Each parameter is named somewhere, whichever the condition uses.
        count = firstRows(await this.deps.dataSource.query<unknown[]>(
          `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE (${where}) AND ($1::int, $2::float8, $3::int) IS NOT NULL LIMIT ${BATCH} FOR UPDATE SKIP LOCKED) RETURNING id`,
          [DAYS.ended, this.deps.refreshTokenTtlMs, DAYS.audit])).length;
        removed[table] = (removed[table] ?? 0) + count;
      }
    }
    await this.deps.dataSource.query('INSERT INTO upkeep (name, done_at) VALUES ($1, now()) ON CONFLICT (name) DO UPDATE SET done_at = now()', [TIDYING]);
    return removed;
  }
}
