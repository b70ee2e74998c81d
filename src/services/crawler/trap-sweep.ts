/** What becomes of the addresses that still wait when their shape is closed: they are not asked for, and say so. */
import { CrawlEventType, PageOutcome } from '../../entities/enums.js';
import type { NewCrawlEvent, ProgressTx } from '../../progress.js';
import type { KnownPages } from './known-pages.js';
import { withoutPage, type PageResult } from './page-reader.js';

/** Of an address that counted against the budget before its shape was closed. */
export const trapped = (url: string, shape: string): PageResult => withoutPage(url, { outcome: PageOutcome.REDIRECTED, errorCode: 'URL_TRAP', reason: `not asked for: addresses like it (${shape}) gave the same page again and again` });

/**
 * Ends the waiting addresses of closed shapes that cost nothing yet: no pages, as the budget of pages has no room for them,
 * but done in the frontier with their code. @returns what is to be told of them, one event for all
 */
export async function sweepTraps(tx: ProgressTx, jobId: string, pages: KnownPages): Promise<NewCrawlEvent[]> {
  const waiting = await tx.query<{ id: string; url: string; priority: number }>("SELECT id, url, priority FROM frontier_urls WHERE crawl_job_id = $1 AND state = 'QUEUED' AND NOT reserved ORDER BY id", [jobId]);
  const swept = waiting.flatMap(({ id, url, priority }) => {
    const shape = pages.trapOf(url, priority);
    return shape === null ? [] : [{ id, url, shape }];
  });
  const [first] = swept;
  if (first === undefined) return [];
  await tx.query("UPDATE frontier_urls SET state = 'DONE', error_code = 'URL_TRAP' WHERE id = ANY($1::uuid[])", [swept.map(({ id }) => id)]);
  return [{ type: CrawlEventType.PAGE_FAILED, message: `${swept.length} addresses are not asked for: those like them (${[...new Set(swept.map(({ shape }) => shape))].slice(0, 3).join(', ')}) gave the same page again and again.`, url: first.url, add: { skipped: swept.length } }];
}
