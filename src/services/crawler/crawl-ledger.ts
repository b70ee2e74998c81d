/** The requests of one run over one site, written down in groups: what `CrawlJob.policy` shows of the pace that was kept. */
import type { DataSource } from 'typeorm';

export interface LedgerEntry { url: string; rule: string | null; delayMs: number; waitedMs: number; durationMs: number; errorCode: string | null; sentAt: Date }

/** Where no pace is kept, requests are too many to be written one by one. */
const GROUP = 25;
/** Kept while the database is away; older ones are dropped first. */
const MAX_WAITING = 500;

export class CrawlLedger {
  #entries: LedgerEntry[] = [];

  constructor(private readonly dataSource: DataSource, private readonly crawlJobId: string) {}

  /** Kept in memory until there are enough, or written at once where the pace leaves time for it. Never throws: the request was sent, written down or not. */
  async add(entry: LedgerEntry): Promise<void> {
    this.#entries.push(entry);
    if (entry.delayMs > 0 || this.#entries.length >= GROUP) await this.flush().catch(() => undefined);
  }

  async flush(): Promise<void> {
    const entries = this.#entries.splice(0);
    if (entries.length === 0) return;
    try {
      await this.#write(entries);
    } catch (error) {
      this.#entries = [...entries, ...this.#entries].slice(-MAX_WAITING);
      throw error;
    }
  }

  async #write(entries: readonly LedgerEntry[]): Promise<void> {
    await this.dataSource.query(`
      INSERT INTO crawl_requests (crawl_job_id, url, rule, delay_ms, waited_ms, duration_ms, error_code, sent_at)
      SELECT $1, * FROM unnest($2::text[], $3::text[], $4::int[], $5::int[], $6::int[], $7::text[], $8::timestamptz[])`,
    [this.crawlJobId, entries.map((e) => e.url), entries.map((e) => e.rule), entries.map((e) => Math.round(e.delayMs)), entries.map((e) => Math.round(e.waitedMs)), entries.map((e) => Math.round(e.durationMs)), entries.map((e) => e.errorCode), entries.map((e) => e.sentAt.toISOString())]);
  }
}
