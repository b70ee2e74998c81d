import type { DataSource } from 'typeorm';
import { CrawlStatus } from '../../entities/enums.js';
import { type CrawlState, firstRows, type ProgressTx } from '../../progress.js';

export interface FrontierEntry { id: string; url: string; pageKey: string; depth: number; attempts: number }
/** What a site's frontier says comes next: URLs to read, now reserved; nothing at the moment; or nothing any more. */
export type NextEntries = { entries: FrontierEntry[] } | { waitMs: number } | 'budget' | 'empty' | 'stop';
/** How far a run reads ahead: what it has claimed already and not stored yet, and how many more it can take. */
export interface Ahead { held: readonly string[]; limit: number }
/** A site whose row this transaction has locked, so that what it says stays true until the end of it. */
export interface HeldSite extends CrawlState { workspaceId: string; goalId: string | null; domain: string; depth: number; /** Null without a goal, as the next. */ goalStatus: string | null; goalLeft: number | null }
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
  async renew(database: Pick<DataSource, 'query'>, jobId: string, owner: string): Promise<boolean> {
    const rows = firstRows(await database.query<{ goal_runs: boolean }[]>(`
      UPDATE crawl_jobs j SET lease_until = clock_timestamp() + $3 * interval '1 millisecond' WHERE id = $1 AND lease_owner = $2 AND status = 'RUNNING'
      RETURNING j.goal_id IS NULL OR EXISTS (SELECT 1 FROM goals g WHERE g.id = j.goal_id AND g.status = 'RUNNING') AS goal_runs`, [jobId, owner, LEASE_MS]));
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

  /** Locks the row of a site that this owner has the lease of; null when it was lost, or when its crawl is over: nothing is told of a crawl after its end. */
  async hold(tx: ProgressTx, jobId: string, owner: string): Promise<HeldSite | null> {
    const [held] = await tx.prepared<HeldSite>(`
      SELECT j.id, j.workspace_id AS "workspaceId", j.goal_id AS "goalId", j.domain, j.depth, j.status, j.max_pages AS "maxPages", j.reserved, j.last_seq AS "lastSeq",
        j.discovered, j.fetched, j.failed, j.skipped, j.emails, j.bytes, g.status AS "goalStatus", g.max_pages - g.used_pages AS "goalLeft"
      FROM crawl_jobs j LEFT JOIN goals g ON g.id = j.goal_id WHERE j.id = $1::uuid AND j.lease_owner = $2 AND j.status IN ('QUEUED', 'RUNNING', 'PAUSED') FOR UPDATE OF j`, [jobId, owner]);
    return held ?? null;
  },

  /**
   * The next URLs in depth-first order, best sibling first; those that are paid for (interrupted, or due again) come before
   * all others. 'budget' when pages wait but none may be fetched any more, 'empty' when nothing waits.
   */
  async next(tx: ProgressTx, site: HeldSite, ahead: Ahead): Promise<NextEntries> {
    if (site.status !== CrawlStatus.RUNNING || (site.goalStatus !== null && site.goalStatus !== 'RUNNING')) return 'stop';
    const left = Math.max(0, site.maxPages - site.reserved);
    const rows = await tx.prepared<PickedRow>(PICK, [site.id, ahead.held, aheadOf(ahead.limit, left, site.goalLeft), left, site.goalId]);
    const [first] = rows;
    if (!first) return 'empty';
    if (first.wait_ms > 0) return { waitMs: first.wait_ms };
    const taken = rows.filter((row) => row.taken);
    if (taken.length === 0) return await overBudget(tx, site.id, ahead.held);
    return { entries: taken.map((row) => ({ id: row.id, url: row.url, pageKey: row.page_key, depth: row.depth, attempts: row.attempts })) };
  },

  /** Puts a URL back that failed for a passing reason; its reservation stays, so it costs no second page. One that was stored meanwhile, by the redirect of another page or by another worker, stays done. */
  async retryLater(tx: ProgressTx, id: string, afterMs: number): Promise<void> {
    await tx.query("UPDATE frontier_urls SET state = 'QUEUED', attempts = attempts + 1, not_before = clock_timestamp() + $2 * interval '1 millisecond' WHERE id = $1 AND state = 'FETCHING'", [id, afterMs]);
  },

};

/** The less is left of a budget, the fewer URLs are taken at once: its last pages go to the best links known by then. */
function aheadOf(limit: number, left: number, goalLeft: number | null): number {
  return Math.max(1, Math.min(limit, Math.ceil(left / 4), Math.ceil((goalLeft ?? Infinity) / 16)));
}

interface PickedRow { id: string; url: string; page_key: string; depth: number; attempts: number; wait_ms: number; taken: boolean }

/**
 * Picks URLs, counts those that cost a page against the budgets of site ($4: what is left of it) and goal ($5), as far as there
 * is room, and marks what may be fetched. The caller holds the site's row.
 */
const PICK = `
  WITH picked AS MATERIALIZED (
    SELECT id, url, page_key, depth, attempts, reserved, priority, position, greatest(0, ceil(extract(epoch FROM not_before - clock_timestamp()) * 1000))::int AS wait_ms
    FROM frontier_urls WHERE crawl_job_id = $1::uuid AND state <> 'DONE' AND id <> ALL($2::uuid[])
    ORDER BY (not_before IS NOT NULL AND not_before > clock_timestamp()), reserved DESC, depth DESC, priority DESC, position, id LIMIT $3::int),
  placed AS MATERIALIZED (
    SELECT *, row_number() OVER (PARTITION BY reserved, wait_ms > 0 ORDER BY depth DESC, priority DESC, position, id) AS place FROM picked),
  wanted AS MATERIALIZED (SELECT least((SELECT count(*) FROM placed WHERE NOT reserved AND wait_ms = 0)::int, $4::int) AS count),
  room AS (
    SELECT g.id, least(wanted.count, g.max_pages - g.used_pages) AS count FROM goals g, wanted WHERE g.id = $5::uuid AND wanted.count > 0 FOR UPDATE OF g),
  spent AS (
    UPDATE goals SET used_pages = used_pages + room.count FROM room WHERE goals.id = room.id AND room.count > 0 RETURNING room.count),
  bought AS MATERIALIZED (SELECT CASE WHEN $5::uuid IS NULL THEN wanted.count ELSE coalesce((SELECT count FROM spent), 0) END AS count FROM wanted),
  paid AS (
    UPDATE crawl_jobs SET reserved = reserved + bought.count FROM bought WHERE id = $1::uuid AND bought.count > 0),
  taken AS (
    UPDATE frontier_urls f SET state = 'FETCHING', reserved = true FROM placed, bought
    WHERE f.id = placed.id AND placed.wait_ms = 0 AND (placed.reserved OR placed.place <= bought.count) RETURNING f.id)
  SELECT id, url, page_key, depth, attempts, wait_ms, id IN (SELECT id FROM taken) AS taken
  FROM placed ORDER BY wait_ms > 0, reserved DESC, depth DESC, priority DESC, position, id`;

/** What is paid for is read before the crawl ends, also where it has to wait for its next try. */
async function overBudget(tx: ProgressTx, jobId: string, held: readonly string[]): Promise<'budget' | { waitMs: number }> {
  const [paid] = await tx.query<{ wait_ms: number | null }>(`
    SELECT greatest(1, ceil(extract(epoch FROM min(not_before) - clock_timestamp()) * 1000))::int AS wait_ms
    FROM frontier_urls WHERE crawl_job_id = $1 AND state <> 'DONE' AND reserved AND id <> ALL($2::uuid[]) HAVING count(*) > 0`, [jobId, held]);
  return paid ? { waitMs: paid.wait_ms ?? 1 } : 'budget';
}
