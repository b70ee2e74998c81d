import type { ProgressTx } from '../../progress.js';

export interface FrontierEntry { id: string; url: string; pageKey: string; depth: number; attempts: number }
/** What a site's frontier says comes next: URLs to read, now reserved; nothing at the moment; or nothing any more. */
export type NextEntries = { entries: FrontierEntry[] } | { waitMs: number } | 'budget' | 'empty' | 'stop';
/** How far a run reads ahead: what it has claimed already and not stored yet, and how many more it can take. */
export interface Ahead { held: readonly string[]; limit: number }
export interface NewFrontierUrl { url: string; pageKey: string; depth: number; priority: number; position: number }

/** The lease on a site is gone: another worker has it, or the job was stopped while a page was under way. */
export class LostSite extends Error {
  override readonly name = 'LostSite';
}

/** Claims one site for one worker run at a time. Leases outlive a killed worker by at most this long. */
export const LEASE_MS = 10_000;

/**
 * The rows behind a crawl: what is waiting, what is being fetched, what is done. All of it is decided in
 * PostgreSQL, so any number of workers, killed at any moment, keep the same promises:
 * one worker per site; a page counted against the budget before it is fetched and never twice; links, page
 * and counters committed together.
 */
export const Frontier = {
  /** Takes a site. Null when another worker has it; `diedBefore` when the one before never gave it back. */
  async acquire(tx: ProgressTx, jobId: string, owner: string): Promise<{ diedBefore: boolean } | null> {
    const [row] = await tx.query<{ died_before: boolean }>(`
      UPDATE crawl_jobs j SET lease_owner = $2, lease_until = clock_timestamp() + $3 * interval '1 millisecond'
      FROM (SELECT id, lease_owner FROM crawl_jobs WHERE id = $1 FOR UPDATE) AS old
      WHERE j.id = old.id AND (j.lease_owner IS NULL OR j.lease_until < clock_timestamp()) RETURNING old.lease_owner IS NOT NULL AS died_before`, [jobId, owner, LEASE_MS]);
    return row ? { diedBefore: row.died_before } : null;
  },

  /** Holds a site for longer. False when it was lost, or when its crawl or goal is no longer running: whoever stopped it is not kept waiting. */
  async renew(tx: ProgressTx, jobId: string, owner: string): Promise<boolean> {
    const rows = await tx.query<{ goal_runs: boolean }>(`
      UPDATE crawl_jobs j SET lease_until = clock_timestamp() + $3 * interval '1 millisecond' WHERE id = $1 AND lease_owner = $2 AND status = 'RUNNING'
      RETURNING j.goal_id IS NULL OR EXISTS (SELECT 1 FROM goals g WHERE g.id = j.goal_id AND g.status = 'RUNNING') AS goal_runs`, [jobId, owner, LEASE_MS]);
    return rows[0]?.goal_runs === true;
  },

  async release(tx: ProgressTx, jobId: string, owner: string): Promise<void> {
    await tx.query('UPDATE crawl_jobs SET lease_owner = NULL, lease_until = NULL, idle_since = clock_timestamp() WHERE id = $1 AND lease_owner = $2', [jobId, owner]);
  },

  /**
   * Known pages keep their place; one that turns out to be nearer to the start moves up while it waits.
   * @param urls each page key once @returns the keys that are new
   */
  async add(tx: ProgressTx, jobId: string, urls: readonly NewFrontierUrl[]): Promise<Set<string>> {
    if (urls.length === 0) return new Set();
    const rows = await tx.query<{ page_key: string; fresh: boolean }>(`
      INSERT INTO frontier_urls (crawl_job_id, url, page_key, depth, priority, position)
      SELECT $1, * FROM unnest($2::text[], $3::text[], $4::int[], $5::float8[], $6::int[])
      ON CONFLICT (crawl_job_id, page_key) DO UPDATE SET depth = EXCLUDED.depth
      WHERE frontier_urls.state = 'QUEUED' AND frontier_urls.depth > EXCLUDED.depth
      RETURNING page_key, (xmax = 0) AS fresh`,
    [jobId, urls.map((u) => u.url), urls.map((u) => u.pageKey), urls.map((u) => u.depth), urls.map((u) => u.priority), urls.map((u) => u.position)]);
    return new Set(rows.filter((row) => row.fresh).map((row) => row.page_key));
  },

  /**
   * The next URLs in depth-first order, best sibling first; those that are paid for (interrupted, or due again) come before
   * all others. 'budget' when pages wait but none may be fetched any more, 'empty' when nothing waits.
   */
  async next(tx: ProgressTx, jobId: string, owner: string, ahead: Ahead): Promise<NextEntries> {
    const [job] = await tx.query<{ goal_id: string | null; status: string; goal_status: string | null; left: number; goal_left: number | null }>(`
      SELECT j.goal_id, j.status, g.status AS goal_status, j.max_pages - j.reserved AS left, g.max_pages - g.used_pages AS goal_left FROM crawl_jobs j LEFT JOIN goals g ON g.id = j.goal_id
      WHERE j.id = $1 AND j.lease_owner = $2 FOR UPDATE OF j`, [jobId, owner]);
    if (job?.status !== 'RUNNING' || (job.goal_status !== null && job.goal_status !== 'RUNNING')) return 'stop';
    const rows = await tx.query<{ id: string; url: string; page_key: string; depth: number; attempts: number; reserved: boolean; wait_ms: number }>(`
      SELECT id, url, page_key, depth, attempts, reserved, greatest(0, ceil(extract(epoch FROM not_before - clock_timestamp()) * 1000))::int AS wait_ms
      FROM frontier_urls WHERE crawl_job_id = $1 AND state <> 'DONE' AND id <> ALL($2::uuid[])
      ORDER BY (not_before IS NOT NULL AND not_before > clock_timestamp()), reserved DESC, depth DESC, priority DESC, position, id LIMIT $3`, [jobId, ahead.held, aheadOf(ahead.limit, job.left, job.goal_left)]);
    const [first] = rows;
    if (!first) return 'empty';
    if (first.wait_ms > 0) return { waitMs: first.wait_ms };
    const due = rows.filter((row) => row.wait_ms === 0);
    const paid = due.filter((row) => row.reserved);
    const unpaid = due.filter((row) => !row.reserved);
    const bought = unpaid.length === 0 ? 0 : await reserve(tx, jobId, job.goal_id, Math.min(unpaid.length, job.left));
    const entries = [...paid, ...unpaid.slice(0, bought)];
    if (entries.length === 0) return await overBudget(tx, jobId, ahead.held);
    await tx.query("UPDATE frontier_urls SET state = 'FETCHING', reserved = true WHERE id = ANY($1::uuid[])", [entries.map((row) => row.id)]);
    return { entries: entries.map((row) => ({ id: row.id, url: row.url, pageKey: row.page_key, depth: row.depth, attempts: row.attempts })) };
  },

  async done(tx: ProgressTx, ids: readonly string[]): Promise<void> {
    await tx.query("UPDATE frontier_urls SET state = 'DONE' WHERE id = ANY($1::uuid[])", [ids]);
  },

  /** Puts a URL back that failed for a passing reason; its reservation stays, so it costs no second page. */
  async retryLater(tx: ProgressTx, id: string, afterMs: number): Promise<void> {
    await tx.query("UPDATE frontier_urls SET state = 'QUEUED', attempts = attempts + 1, not_before = clock_timestamp() + $2 * interval '1 millisecond' WHERE id = $1", [id, afterMs]);
  },

};

/** The less is left of a budget, the fewer URLs are taken at once: its last pages go to the best links known by then. */
function aheadOf(limit: number, left: number, goalLeft: number | null): number {
  return Math.max(1, Math.min(limit, Math.ceil(left / 4), Math.ceil((goalLeft ?? Infinity) / 16)));
}

/** Counts pages against the budgets of site and goal. @returns how many of `wanted` there was room for */
async function reserve(tx: ProgressTx, jobId: string, goalId: string | null, wanted: number): Promise<number> {
  let count = Math.max(0, wanted);
  if (count > 0 && goalId !== null) {
    const [spent] = await tx.query<{ count: number }>(`
      UPDATE goals SET used_pages = used_pages + room.count FROM (SELECT id, least($2::int, max_pages - used_pages) AS count FROM goals WHERE id = $1 FOR UPDATE) AS room
      WHERE goals.id = room.id AND room.count > 0 RETURNING room.count`, [goalId, count]);
    count = spent?.count ?? 0;
  }
  if (count > 0) await tx.query('UPDATE crawl_jobs SET reserved = reserved + $2 WHERE id = $1', [jobId, count]);
  return count;
}

/** What is paid for is read before the crawl ends, also where it has to wait for its next try. */
async function overBudget(tx: ProgressTx, jobId: string, held: readonly string[]): Promise<'budget' | { waitMs: number }> {
  const [paid] = await tx.query<{ wait_ms: number | null }>(`
    SELECT greatest(1, ceil(extract(epoch FROM min(not_before) - clock_timestamp()) * 1000))::int AS wait_ms
    FROM frontier_urls WHERE crawl_job_id = $1 AND state <> 'DONE' AND reserved AND id <> ALL($2::uuid[]) HAVING count(*) > 0`, [jobId, held]);
  return paid ? { waitMs: paid.wait_ms ?? 1 } : 'budget';
}
