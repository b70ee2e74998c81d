/** The rows of one batch of pages: themselves, their places in the frontier and the links they brought, in one statement. */
import type { ProgressTx } from '../../progress.js';
import { storableJson } from '../../storable.js';
import type { NewFrontierUrl } from './frontier.js';

/** A row of `pages` by its columns; of `searched` only the words are kept. */
export interface NewPageRow {
  page_key: string; url: string; final_url: string; depth: number; outcome: string; error_code: string | null; reason: string | null; blocked_kind: string | null; etag: string | null; last_modified: string | null;
  status: number | null; title: string | null; description: string | null; language: string | null; content_type: string | null; content_hash: string | null; document_key: string | null; rendered: boolean;
  facts: readonly unknown[]; fetched_at: Date; duration_ms: number; searched: string; fingerprint: string | null; canonical: string | null; same_as: string | null;
}

/** A link with the key of the page that brought it first. */
export type BroughtUrl = NewFrontierUrl & { broughtBy: string };

/** One text whatever the number of pages, so that it is planned once a connection: planning it was dearer than running it. */
const STORE_ROWS = `
  WITH inserted AS (
    INSERT INTO pages (workspace_id, crawl_job_id, page_key, url, final_url, depth, outcome, error_code, reason, blocked_kind, etag, last_modified, status, title, description, language,
      content_type, content_hash, document_key, rendered, facts, fetched_at, duration_ms, fingerprint, canonical, same_as, search_vector)
    SELECT $1::uuid, $2::uuid, page_key, url, final_url, depth, outcome, error_code, reason, blocked_kind, etag, last_modified, status, title, description, language,
      content_type, content_hash, document_key, rendered, facts, fetched_at, duration_ms, fingerprint, canonical, same_as,
      setweight(to_tsvector('simple', coalesce(title, '')), 'A') || setweight(to_tsvector('simple', coalesce(description, '')), 'B') || to_tsvector('simple', searched)
    FROM json_to_recordset($3::json) AS given (page_key text, url text, final_url text, depth int, outcome text, error_code text, reason text, blocked_kind text, etag text, last_modified text, status int,
      title text, description text, language text, content_type text, content_hash text, document_key text, rendered boolean, facts jsonb, fetched_at timestamptz, duration_ms int, searched text,
      fingerprint text, canonical text, same_as text)
    ON CONFLICT (crawl_job_id, page_key) DO NOTHING RETURNING id, page_key),
  done AS (UPDATE frontier_urls SET state = 'DONE' WHERE id = ANY($4::uuid[])),
  linked AS (
    INSERT INTO frontier_urls (crawl_job_id, url, page_key, depth, priority, position)
    SELECT $2::uuid, url, page_key, depth, priority, position
    FROM unnest($5::text[], $6::text[], $7::int[], $8::float8[], $9::int[], $10::text[]) AS link (url, page_key, depth, priority, position, brought_by)
    WHERE brought_by IN (SELECT page_key FROM inserted)
    ON CONFLICT (crawl_job_id, page_key) DO UPDATE SET depth = EXCLUDED.depth WHERE frontier_urls.state = 'QUEUED' AND frontier_urls.depth > EXCLUDED.depth
    RETURNING page_key, (xmax = 0) AS fresh)
  SELECT id, page_key FROM inserted UNION ALL SELECT NULL, page_key FROM linked WHERE fresh`;

/**
 * Stores pages that have no row yet, ends their places in the frontier, and puts the links of those stored into it as
 * `Frontier.add` does. The caller holds the site's row.
 * @param done ids in the frontier @param links each page key once, and none of a place in `done`: one statement changes a row once
 * @returns ids of the new pages by page key; page keys of the links that are new
 */
export async function storeRows(tx: ProgressTx, site: { id: string; workspaceId: string }, pages: readonly NewPageRow[], done: readonly string[], links: readonly BroughtUrl[]): Promise<{ ids: Map<string, string>; fresh: Set<string> }> {
  const rows = await tx.prepared<{ id: string | null; page_key: string }>(STORE_ROWS, [site.workspaceId, site.id, storableJson(pages), done,
    links.map((link) => link.url), links.map((link) => link.pageKey), links.map((link) => link.depth), links.map((link) => link.priority), links.map((link) => link.position), links.map((link) => link.broughtBy)]);
  const ids = new Map<string, string>();
  const fresh = new Set<string>();
  for (const { id, page_key: key } of rows) {
    if (id === null) fresh.add(key);
    else ids.set(key, id);
  }
  return { ids, fresh };
}
