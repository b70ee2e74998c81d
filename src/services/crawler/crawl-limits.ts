/** What one crawl may read and how long it may take, kept by every run over the site however many of them are killed. */
import { LeadlineError } from '../../errors.js';
import type { ProgressTx } from '../../progress.js';

/** Of one page, decompressed. */
export const MAX_PAGE_BYTES = 5_000_000;
/** What a killed run may have read without storing it: its batch and the page under way. */
const LOST_BYTES = 2 * MAX_PAGE_BYTES;
const MIN_BYTES = 250_000_000;
export const BYTE_RANGE = [10_000, 2_000_000_000] as const;
export const SECOND_RANGE = [1, 604_800] as const;

/** Room for every page at its largest, and for a Crawl-delay of ten seconds, unless somebody asks for less. */
export const defaultMaxBytes = (maxPages: number): number => Math.min(BYTE_RANGE[1], Math.max(MIN_BYTES, maxPages * MAX_PAGE_BYTES));
export const defaultMaxSeconds = (maxPages: number): number => Math.max(3_600, 10 * maxPages);

/**
 * Counts as read what a killed run may have read, and gives back the time in which nobody worked on the site. The caller
 * has the lease since this moment; `diedBefore` says that the one before it never gave it back.
 */
export async function openLimits(tx: ProgressTx, jobId: string, diedBefore: boolean): Promise<{ bytesLeft: number; msLeft: number }> {
  const [row] = await tx.query<{ bytes_left: number; ms_left: number }>(`
    UPDATE crawl_jobs SET lost_bytes = lost_bytes + CASE WHEN $2 THEN greatest(0, least($3, max_bytes - bytes - lost_bytes)) ELSE 0 END,
      deadline_at = CASE WHEN deadline_at IS NULL THEN clock_timestamp() + max_seconds * interval '1 second' ELSE deadline_at + coalesce(clock_timestamp() - idle_since, interval '0') END, idle_since = NULL
    WHERE id = $1 RETURNING greatest(0, max_bytes - bytes - lost_bytes) AS bytes_left, greatest(0, extract(epoch FROM deadline_at - clock_timestamp()) * 1000)::float8 AS ms_left`, [jobId, diedBefore, LOST_BYTES]);
  return { bytesLeft: row?.bytes_left ?? 0, msLeft: row?.ms_left ?? 0 };
}

/** A run's share of the budgets: counts down what is read, and ends what is under way when the time is over. */
export class CrawlLimits {
  readonly #over = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;
  #bytesLeft: number;

  constructor(left: { bytesLeft: number; msLeft: number } = { bytesLeft: Infinity, msLeft: Infinity }) {
    this.#bytesLeft = left.bytesLeft;
    const end = (): void => this.#over.abort(new LeadlineError('BUDGET_EXCEEDED', 'The time for this site is over.', { details: { budget: 'seconds' } }));
    if (left.msLeft <= 0) end();
    else if (Number.isFinite(left.msLeft)) this.#timer = setTimeout(end, left.msLeft);
  }

  /** Aborted when the time is over. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  get isSpent(): boolean {
    return this.#over.signal.aborted || this.#bytesLeft <= 0;
  }

  /** Which budget ended the crawl, for people; null while there is room. */
  get reason(): string | null {
    return this.#over.signal.aborted ? 'the time for this site is over' : this.#bytesLeft <= 0 ? 'no more bytes may be read from this site' : null;
  }

  /** Most bytes the next page may have. */
  get maxBytes(): number {
    return Math.max(0, Math.min(MAX_PAGE_BYTES, this.#bytesLeft));
  }

  /** Whether so many pages may be under way at once and still be no larger together than what may be read. */
  hasRoomFor(pages: number): boolean {
    return this.#bytesLeft >= pages * MAX_PAGE_BYTES;
  }

  spend(bytes: number): void {
    this.#bytesLeft -= bytes;
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
