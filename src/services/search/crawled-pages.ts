import type { DataSource } from 'typeorm';
import type { SearchCrawled } from './providers/local.js';

/**
 * Full-text search over the pages a workspace has crawled, best site first, one page of each site. Any word of
 * the query may match; more of them rank higher (ts_rank).
 */
export const crawledPages = (dataSource: DataSource): SearchCrawled => async (query, limit, offset, workspaceId) => {
  if (workspaceId === undefined) return [];
  const words = query.replace(/(^|\s)-\S+/g, ' ').slice(0, 400);
  return await dataSource.query<{ url: string; title: string; snippet: string }[]>(`
    WITH wanted AS (SELECT replace(plainto_tsquery('simple', $2)::text, ' & ', ' | ')::tsquery AS q),
    best AS (
      SELECT DISTINCT ON (j.domain) p.final_url AS url, coalesce(p.title, j.host) AS title, coalesce(p.description, '') AS snippet, ts_rank(p.search_vector, wanted.q) AS weight
      FROM pages p JOIN crawl_jobs j ON j.id = p.crawl_job_id CROSS JOIN wanted
      WHERE p.workspace_id = $1 AND p.outcome = 'OK' AND numnode(wanted.q) > 0 AND p.search_vector @@ wanted.q
      ORDER BY j.domain, weight DESC, p.depth)
    SELECT url, title, snippet FROM best ORDER BY weight DESC, url LIMIT $3 OFFSET $4`, [workspaceId, words, limit, offset]);
};
