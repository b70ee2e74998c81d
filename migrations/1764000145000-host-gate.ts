import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Turns, pauses and robots.txt that all workers share, and the ledger of requests. Clocks and pauses are of the moment: none is carried over. */
const STATEMENTS = [
  'DROP TABLE host_clocks',
  `CREATE TABLE host_clocks (domain text NOT NULL,
    last_at timestamptz NOT NULL,
    busy_by text,
    busy_until timestamptz,
    CONSTRAINT PK_38c022c596bdcee30d0d16a7da5 PRIMARY KEY (domain))`,
  `CREATE TABLE host_states (host text NOT NULL,
    failures integer NOT NULL,
    code text NOT NULL,
    blocked_until timestamptz NOT NULL,
    CONSTRAINT host_states_pkey PRIMARY KEY (host))`,
  `CREATE TABLE robots_files (origin text NOT NULL,
    status integer NOT NULL,
    text text NOT NULL,
    fetched_at timestamptz NOT NULL,
    CONSTRAINT robots_files_pkey PRIMARY KEY (origin))`,
  `CREATE TABLE crawl_requests (id uuid NOT NULL DEFAULT gen_random_uuid(),
    crawl_job_id uuid NOT NULL,
    url text NOT NULL,
    rule text,
    delay_ms integer NOT NULL,
    waited_ms integer NOT NULL,
    duration_ms integer NOT NULL,
    error_code text,
    sent_at timestamptz NOT NULL,
    CONSTRAINT crawl_requests_pkey PRIMARY KEY (id))`,
  'CREATE INDEX crawl_requests_job_sent ON crawl_requests (crawl_job_id, sent_at, id)',
];

export class HostGate1764000145000 implements MigrationInterface {
  readonly name = 'HostGate1764000145000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore the backup');
  }
}
