/** The robots.txt files all workers share, in PostgreSQL. What is no answer of the site (5xx, silence) is never kept. */
import type { DataSource } from 'typeorm';
import { storableText } from '../../storable.js';

export interface StoredRobots { status: number; text: string; ageMs: number }

/** A file older than this says nothing any more, also where its site cannot be reached (RFC 9309, 2.3.1.4 names 30 days). */
const MAX_AGE = "interval '30 days'";

export class RobotsStore {
  constructor(private readonly dataSource: DataSource) {}

  /** The file as it was read last, at most 30 days ago. */
  async load(origin: string): Promise<StoredRobots | null> {
    const [row] = await this.dataSource.query<{ status: number; text: string; age_ms: number }[]>(
      `SELECT status, text, (extract(epoch FROM clock_timestamp() - fetched_at) * 1000)::float8 AS age_ms FROM robots_files WHERE origin = $1 AND fetched_at > now() - ${MAX_AGE}`, [origin]);
    return row ? { status: row.status, text: row.text, ageMs: row.age_ms } : null;
  }

  async save(origin: string, file: { status: number; text: string }): Promise<void> {
    await this.dataSource.query(`
      INSERT INTO robots_files (origin, status, text, fetched_at) VALUES ($1, $2, $3, clock_timestamp())
      ON CONFLICT (origin) DO UPDATE SET status = EXCLUDED.status, text = EXCLUDED.text, fetched_at = EXCLUDED.fetched_at`, [origin, file.status, storableText(file.text)]);
  }

  async tidy(): Promise<void> {
    await this.dataSource.query(`DELETE FROM robots_files WHERE fetched_at < now() - ${MAX_AGE}`);
  }
}
