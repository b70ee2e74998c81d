import type { ProgressTx } from '../../progress.js';

export interface FrontierEntry { id: string; url: string; pageKey: string; depth: number; attempts: number }
export interface NewFrontierUrl { url: string; pageKey: string; depth: number; priority: number; position: number }

/** The lease on a site is gone: another worker has it, or the job was stopped while a page was under way. */
export class LostSite extends Error {
  override readonly name = 'LostSite';
}

/** Claims one site for one worker run at a time. Leases outlive a killed worker by at most this long. */
export const LEASE_MS = 20_000;

/**
 * The rows behind a crawl: what is waiting, what is being fetched, what is done. All of it is decided in
 * PostgreSQL, so any number of workers, killed at any moment, keep the same promises:
 * one worker per site; a page counted against the budget before it is fetched and never twice; links, page
 * and counters committed together.
 */
export const Frontier = {
  /** True when the site is now ours. A worker that already holds it may call again to renew. */
  async acquire(tx: ProgressTx, jobId: string, owner: string): Promise<boolean> {
    const rows = await tx.query(`
      UPDATE crawl_jobs SET lease_owner = $2, lease_until = clock_timestamp() + $3 * interval '1 millisecond'
      WHERE id = $1 AND (lease_owner IS NULL OR lease_owner = $2 OR lease_until < clock_timestamp()) RETURNING id`, [jobId, owner, LEASE_MS]);
    return rows.length > 0;
  },

  async release(tx: ProgressTx, jobId: string, owner: string): Promise<void> {
    await tx.query('UPDATE crawl_jobs SET lease_owner = NULL, lease_until = NULL WHERE id = $1 AND lease_owner = $2', [jobId, owner]);
  },

  /** Known pages keep their place; one that turns out to be nearer to the start moves up while it waits. */
  async add(tx: ProgressTx, jobId: string, urls: readonly NewFrontierUrl[]): Promise<number> {
    if (urls.length === 0) return 0;
    const rows = await tx.query<{ fresh: boolean }>(`
      INSERT INTO frontier_urls (crawl_job_id, url, page_key, depth, priority, position)
      SELECT $1, * FROM unnest($2::text[], $3::text[], $4::int[], $5::float8[], $6::int[])
      ON CONFLICT (crawl_job_id, page_key) DO UPDATE SET depth = EXCLUDED.depth
      WHERE frontier_urls.state = 'QUEUED' AND frontier_urls.depth > EXCLUDED.depth
      RETURNING (xmax = 0) AS fresh`,
    [jobId, urls.map((u) => u.url), urls.map((u) => u.pageKey), urls.map((u) => u.depth), urls.map((u) => u.priority), urls.map((u) => u.position)]);
    return rows.filter((row) => row.fresh).length;
  },

  /**
   * The next URL in depth-first order, best sibling first; one that is paid for (interrupted, or due again) comes before all others.
   * 'budget' when pages wait but none may be fetched any more, 'empty' when nothing waits.
   */
  async next(tx: ProgressTx, jobId: string, owner: string): Promise<FrontierEntry | 'budget' | 'empty' | 'stop' | { waitMs: number }> {
    const [job] = await tx.query<{ goal_id: string | null; status: string; goal_status: string | null; reserved: number; max_pages: number }>(`
      SELECT j.goal_id, j.status, g.status AS goal_status, j.reserved, j.max_pages FROM crawl_jobs j LEFT JOIN goals g ON g.id = j.goal_id
      WHERE j.id = $1 AND j.lease_owner = $2 FOR UPDATE OF j`, [jobId, owner]);
    if (job?.status !== 'RUNNING' || (job.goal_status !== null && job.goal_status !== 'RUNNING')) return 'stop';
    const [row] = await tx.query<{ id: string; url: string; page_key: string; depth: number; attempts: number; reserved: boolean; wait_ms: number }>(`
      SELECT id, url, page_key, depth, attempts, reserved, greatest(0, ceil(extract(epoch FROM not_before - clock_timestamp()) * 1000))::int AS wait_ms
      FROM frontier_urls WHERE crawl_job_id = $1 AND state <> 'DONE'
      ORDER BY (not_before IS NOT NULL AND not_before > clock_timestamp()), reserved DESC, depth DESC, priority DESC, position, id LIMIT 1`, [jobId]);
    if (!row) return 'empty';
    if (row.wait_ms > 0) return { waitMs: row.wait_ms };
    if (!row.reserved) {
      if (job.reserved >= job.max_pages) return await overBudget(tx, jobId);
      if (job.goal_id !== null) {
        const spent = await tx.query('UPDATE goals SET used_pages = used_pages + 1 WHERE id = $1 AND used_pages < max_pages RETURNING id', [job.goal_id]);
        if (spent.length === 0) return await overBudget(tx, jobId);
      }
      await tx.query('UPDATE crawl_jobs SET reserved = reserved + 1 WHERE id = $1', [jobId]);
    }
    await tx.query("UPDATE frontier_urls SET state = 'FETCHING', reserved = true WHERE id = $1", [row.id]);
    return { id: row.id, url: row.url, pageKey: row.page_key, depth: row.depth, attempts: row.attempts };
  },

  async done(tx: ProgressTx, id: string): Promise<void> {
    await tx.query("UPDATE frontier_urls SET state = 'DONE' WHERE id = $1", [id]);
  },

  /** Puts a URL back that failed for a passing reason; its reservation stays, so it costs no second page. */
  async retryLater(tx: ProgressTx, id: string, afterMs: number): Promise<void> {
    await tx.query("UPDATE frontier_urls SET state = 'QUEUED', attempts = attempts + 1, not_before = clock_timestamp() + $2 * interval '1 millisecond' WHERE id = $1", [id, afterMs]);
  },

};

/** What is paid for is read before the crawl ends, also where it has to wait for its next try. */
async function overBudget(tx: ProgressTx, jobId: string): Promise<'budget' | { waitMs: number }> {
  const [paid] = await tx.query<{ wait_ms: number | null }>(`
    SELECT greatest(1, ceil(extract(epoch FROM min(not_before) - clock_timestamp()) * 1000))::int AS wait_ms
    FROM frontier_urls WHERE crawl_job_id = $1 AND state <> 'DONE' AND reserved HAVING count(*) > 0`, [jobId]);
  return paid ? { waitMs: paid.wait_ms ?? 1 } : 'budget';
}

/**
 * Takes the next turn at a registrable domain, for all workers together: 0 when the request may start now,
 * else how long to wait before asking again. Taken at the moment of the request, not reserved ahead, so two
 * requests are never closer than the delay however late a timer fires.
 */
export async function takeTurn(query: <T>(sql: string, parameters: unknown[]) => Promise<T[]>, domain: string, delayMs: number): Promise<number> {
  if (delayMs <= 0) return 0;
  await query('INSERT INTO host_clocks (domain, next_at) VALUES ($1, clock_timestamp()) ON CONFLICT (domain) DO NOTHING', [domain]);
  const taken = await query("UPDATE host_clocks SET next_at = clock_timestamp() + $2 * interval '1 millisecond' WHERE domain = $1 AND next_at <= clock_timestamp() RETURNING domain", [domain, delayMs]);
  if (taken.length > 0) return 0;
  const [row] = await query<{ wait_ms: number }>('SELECT greatest(1, ceil(extract(epoch FROM next_at - clock_timestamp()) * 1000))::int AS wait_ms FROM host_clocks WHERE domain = $1', [domain]);
  return row?.wait_ms ?? 1;
}
