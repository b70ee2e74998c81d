/** What holds for every crawl and goal of a database, whoever stopped, resumed, cancelled or killed what: read straight from the rows. */
import { setTimeout as delay } from 'node:timers/promises';
import { withClient } from './servers.js';

const SKIPPED = "('REDIRECTED', 'NOT_FOUND', 'UNSUPPORTED_TYPE', 'ROBOTS_DISALLOWED')";
const OVER = "('COMPLETED', 'FAILED', 'CANCELLED')";

/** Each gives a line of text for every row that breaks the promise. */
const PROMISES: Record<string, string> = {
  'a crawl that nobody works on holds no lease': 'SELECT host AS line FROM crawl_jobs WHERE lease_owner IS NOT NULL',
  'a crawl ends, or is paused': "SELECT host || ' ' || status AS line FROM crawl_jobs WHERE status NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'PAUSED')",
  'a crawl that is over says when, and no other does': `SELECT host || ' ' || status AS line FROM crawl_jobs WHERE (status IN ${OVER}) <> (finished_at IS NOT NULL) AND status <> 'PAUSED'`,
  'what is done has a page, was led to by the redirect of one, or is a trap': `
    SELECT j.host || ' ' || f.url AS line FROM frontier_urls f JOIN crawl_jobs j ON j.id = f.crawl_job_id WHERE f.state = 'DONE' AND f.error_code IS DISTINCT FROM 'URL_TRAP'
    AND NOT EXISTS (SELECT 1 FROM pages p WHERE p.crawl_job_id = f.crawl_job_id AND (p.page_key = f.page_key OR p.final_url = f.url))`,
  'a page stands in the frontier as done': `
    SELECT j.host || ' ' || p.url AS line FROM pages p JOIN crawl_jobs j ON j.id = p.crawl_job_id
    WHERE NOT EXISTS (SELECT 1 FROM frontier_urls f WHERE f.crawl_job_id = p.crawl_job_id AND f.page_key = p.page_key AND f.state = 'DONE')`,
  'a crawl that is over on its own account has read all it has paid for': `
    SELECT j.host || ' ' || f.url || ' ' || f.state AS line FROM frontier_urls f JOIN crawl_jobs j ON j.id = f.crawl_job_id WHERE j.status = 'COMPLETED' AND f.state <> 'DONE' AND (f.reserved OR j.reserved < j.max_pages AND j.goal_id IS NULL)`,
  'no address is stored as content twice': "SELECT j.host || ' ' || p.final_url AS line FROM pages p JOIN crawl_jobs j ON j.id = p.crawl_job_id WHERE p.outcome = 'OK' GROUP BY j.id, p.final_url HAVING count(*) > 1",
  'the budget of pages is kept': `
    SELECT j.host || ' ' || j.reserved || ' ' || count(f.id) FILTER (WHERE f.reserved) || ' of ' || j.max_pages AS line FROM crawl_jobs j LEFT JOIN frontier_urls f ON f.crawl_job_id = j.id
    GROUP BY j.id HAVING j.reserved > j.max_pages OR count(f.id) FILTER (WHERE f.reserved) <> j.reserved OR (SELECT count(*) FROM pages p WHERE p.crawl_job_id = j.id) > j.max_pages`,
  'the counters of a crawl are its rows': `
    SELECT j.host || ': ' || counted.text || ', but ' || stored.text AS line FROM crawl_jobs j,
      LATERAL (SELECT concat_ws(' ', j.fetched, j.failed, j.skipped, j.emails) AS text) counted,
      LATERAL (SELECT concat_ws(' ', count(*) FILTER (WHERE p.outcome = 'OK'),
        count(*) FILTER (WHERE p.outcome <> 'OK' AND (p.outcome NOT IN ${SKIPPED} OR p.error_code = 'HTTP_ERROR')),
        count(*) FILTER (WHERE p.outcome IN ${SKIPPED} AND p.error_code IS DISTINCT FROM 'HTTP_ERROR')
          + (SELECT count(*) FROM frontier_urls f WHERE f.crawl_job_id = j.id AND f.state = 'DONE' AND f.error_code = 'URL_TRAP'),
        (SELECT count(DISTINCT s.email_id) FROM email_sources s JOIN pages q ON q.id = s.page_id WHERE q.crawl_job_id = j.id)) AS text
        FROM pages p WHERE p.crawl_job_id = j.id) stored WHERE counted.text <> stored.text`,
  'a crawl has discovered what stands in its frontier, but for what only redirects led to': `
    SELECT j.host || ' ' || j.discovered || ' of ' || count(f.id) AS line FROM crawl_jobs j LEFT JOIN frontier_urls f ON f.crawl_job_id = j.id GROUP BY j.id
    HAVING j.discovered > count(f.id) OR j.discovered < count(f.id) - count(f.id) FILTER (WHERE f.state = 'DONE' AND NOT f.reserved AND f.error_code IS NULL)`,
  'a stream has no gaps': `
    SELECT s.id || ': last ' || s.last_seq || ', stored ' || count(e.seq) || ' up to ' || coalesce(max(e.seq), 0) AS line
    FROM (SELECT id, last_seq FROM goals UNION ALL SELECT id, last_seq FROM crawl_jobs) s LEFT JOIN stream_events e ON e.stream_id = s.id
    GROUP BY s.id, s.last_seq HAVING count(e.seq) <> s.last_seq OR coalesce(max(e.seq), 0) <> s.last_seq OR coalesce(min(e.seq), 1) <> 1`,
  'nothing is told of a crawl after its end but that it is tried again': `
    SELECT j.host || ': ' || told.before || ', then ' || told.type || ' at ' || told.seq AS line FROM crawl_jobs j,
      LATERAL (SELECT type, seq, lag(type) OVER (ORDER BY seq) AS before FROM stream_events e WHERE e.stream_id = j.id) told WHERE told.before IN ${OVER} AND told.type <> 'RESUMED'`,
  'the last turn of a crawl is told as it stands': `
    SELECT j.host || ' ' || j.status || ', told ' || told.type AS line FROM crawl_jobs j,
      LATERAL (SELECT type FROM stream_events e WHERE e.stream_id = j.id AND type IN ('STARTED', 'PAUSED', 'RESUMED', 'COMPLETED', 'FAILED', 'CANCELLED') ORDER BY seq DESC LIMIT 1) told
    WHERE told.type <> j.status AND j.status IN ('COMPLETED', 'FAILED', 'CANCELLED', 'PAUSED')`,
  'counters that events tell are those of the row in the end': `
    SELECT j.host || ' ' || (e.payload -> 'counters')::text AS line FROM crawl_jobs j JOIN stream_events e ON e.stream_id = j.id AND e.seq = j.last_seq
    WHERE ((e.payload -> 'counters' ->> 'fetched')::int, (e.payload -> 'counters' ->> 'failed')::int, (e.payload -> 'counters' ->> 'skipped')::int) <> (j.fetched, j.failed, j.skipped)`,
  'a goal has paid for the pages that its crawls have, and for no more than it may': `
    SELECT g.id || ' ' || g.used_pages || ' ' || coalesce(sum(j.reserved), 0) || ' of ' || g.max_pages AS line FROM goals g LEFT JOIN crawl_jobs j ON j.goal_id = g.id
    GROUP BY g.id HAVING g.used_pages <> coalesce(sum(j.reserved), 0) OR g.used_pages > g.max_pages`,
  'the counters of a goal are its rows': `
    SELECT g.id || ': ' || counted.text || ', but ' || stored.text AS line FROM goals g,
      LATERAL (SELECT concat_ws(' ', g.sites, g.sites_done, g.sites_failed, g.pages, g.pages_failed, g.used_sites) AS text) counted,
      LATERAL (SELECT concat_ws(' ', count(*), count(*) FILTER (WHERE j.status = 'COMPLETED' AND j.lead_settled), count(*) FILTER (WHERE j.status = 'FAILED'),
        coalesce(sum(j.fetched), 0), coalesce(sum(j.failed), 0), count(*)) AS text FROM crawl_jobs j WHERE j.goal_id = g.id) stored WHERE counted.text <> stored.text`,
  'no crawl of a goal that is over waits for anything': `
    SELECT j.host || ' ' || j.status || ' of a goal that is ' || g.status AS line FROM crawl_jobs j JOIN goals g ON g.id = j.goal_id
    WHERE g.status IN ${OVER} AND (j.status NOT IN ${OVER} OR j.status = 'COMPLETED' AND NOT j.lead_settled)`,
  'a goal ends once in each of its runs': `
    SELECT g.id || ': ' || told.before || ', then ' || told.type || ' at ' || told.seq AS line FROM goals g,
      LATERAL (SELECT type, seq, lag(type) OVER (ORDER BY seq) AS before FROM stream_events e WHERE e.stream_id = g.id AND type IN ('STARTED', 'PAUSED', 'RESUMED', 'COMPLETED', 'FAILED', 'CANCELLED')) told
    WHERE told.before IN ${OVER} AND told.type <> 'STARTED'`,
  'no page is told to a goal after its end': `
    SELECT g.id || ' ' || e.message AS line FROM goals g JOIN stream_events e ON e.stream_id = g.id AND e.type = 'PAGE_CRAWLED',
      LATERAL (SELECT type FROM stream_events b WHERE b.stream_id = g.id AND b.seq < e.seq AND b.type IN ('STARTED', 'RESUMED', 'COMPLETED', 'FAILED', 'CANCELLED') ORDER BY seq DESC LIMIT 1) before WHERE before.type IN ${OVER}`,
};

/** The promises that are broken, in words; nobody may be at work meanwhile. */
export async function brokenPromises(databaseUrl: string): Promise<string[]> {
  return await withClient(databaseUrl, async (sql) => {
    const broken: string[] = [];
    for (const [promise, query] of Object.entries(PROMISES)) {
      for (const { line } of (await sql.query<{ line: string }>(query)).rows.slice(0, 5)) broken.push(`${promise}: ${line}`);
    }
    return broken;
  });
}

/** Whether no crawl is under way, wanted or being handed back; a little later, for who asks again and again. */
export async function isQuiet(databaseUrl: string): Promise<boolean> {
  await delay(100);
  return await withClient(databaseUrl, async (sql) => (await sql.query(`
    SELECT 1 FROM crawl_jobs j LEFT JOIN goals g ON g.id = j.goal_id WHERE j.lease_owner IS NOT NULL OR j.status IN ('QUEUED', 'RUNNING') AND (g.id IS NULL OR g.status = 'RUNNING') OR j.status = 'COMPLETED' AND NOT j.lead_settled LIMIT 1`)).rowCount === 0);
}
