/** What becomes of the addresses that still wait when their shape is closed: they are not asked for, and say so. */
import { PageOutcome } from '../../entities/enums.js';
import type { ProgressTx } from '../../progress.js';
import type { FrontierEntry } from './frontier.js';
import type { KnownPages } from './known-pages.js';
import { withoutPage, type PageResult } from './page-reader.js';

/** Of one commit; what is left comes with the next ones. */
const MOST = 500;

export const trapped = (url: string, shape: string): PageResult => withoutPage(url, { outcome: PageOutcome.REDIRECTED, errorCode: 'URL_TRAP', reason: `not asked for: addresses like it (${shape}) gave the same page again and again` });

/**
 * Waiting addresses of closed shapes that cost nothing yet, with what is to be said of them; the caller stores that in the
 * same transaction and marks them done. `isAll` when none was left for later.
 */
export async function sweepTraps(tx: ProgressTx, jobId: string, pages: KnownPages): Promise<{ swept: { entry: FrontierEntry; result: PageResult }[]; isAll: boolean }> {
  const waiting = await tx.query<{ id: string; url: string; page_key: string; depth: number; attempts: number; priority: number }>("SELECT id, url, page_key, depth, attempts, priority FROM frontier_urls WHERE crawl_job_id = $1 AND state = 'QUEUED' AND NOT reserved ORDER BY id", [jobId]);
  const swept = waiting.flatMap((row) => {
    const shape = pages.trapOf(row.url, row.priority);
    return shape === null ? [] : [{ entry: { id: row.id, url: row.url, pageKey: row.page_key, depth: row.depth, attempts: row.attempts }, result: trapped(row.url, shape) }];
  });
  return { swept: swept.slice(0, MOST), isAll: swept.length <= MOST };
}
