import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Budgets of bytes and seconds, what a page's site said of its version, what stood in front of its content, and what its words were like. */
const STATEMENTS = [
  `ALTER TABLE crawl_jobs ADD max_bytes integer NOT NULL DEFAULT 250000000, ADD max_seconds integer NOT NULL DEFAULT 3600, ADD lost_bytes integer NOT NULL DEFAULT 0,
    ADD deadline_at timestamptz, ADD idle_since timestamptz, ADD sitemaps_read boolean NOT NULL DEFAULT false`,
  'CREATE INDEX crawl_jobs_workspace_domain ON crawl_jobs (workspace_id, domain)',
  'ALTER TABLE pages ADD blocked_kind text, ADD etag text, ADD last_modified text, ADD fingerprint text',
];

export class CrawlLimits1764000146000 implements MigrationInterface {
  readonly name = 'CrawlLimits1764000146000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore the backup');
  }
}
