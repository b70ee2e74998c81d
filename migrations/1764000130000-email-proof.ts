import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose address it is, per sighting; proofs that are checked again; the suppression list; indexes of EmailFilter. */
const STATEMENTS = [
  'ALTER TABLE email_sources ADD COLUMN third_party boolean NOT NULL DEFAULT false',
  // What was known per workspace until now is the best guess for the sightings that are stored.
  'UPDATE email_sources s SET third_party = e.third_party FROM emails e WHERE e.id = s.email_id AND e.third_party',
  `CREATE TABLE source_checks (id uuid NOT NULL DEFAULT gen_random_uuid(),
    source_id uuid NOT NULL,
    outcome text NOT NULL,
    status integer,
    content_hash text,
    etag text,
    last_modified text,
    checked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT source_checks_key PRIMARY KEY (id))`,
  'CREATE INDEX source_checks_source ON source_checks (source_id, checked_at)',
  `CREATE TABLE suppressions (id uuid NOT NULL DEFAULT gen_random_uuid(),
    workspace_id uuid NOT NULL,
    kind text NOT NULL,
    value_hash text NOT NULL,
    hint text NOT NULL,
    reason text,
    erased boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT suppressions_value UNIQUE (workspace_id, kind, value_hash),
    CONSTRAINT suppressions_key PRIMARY KEY (id))`,
  'CREATE INDEX emails_workspace_domain ON emails (workspace_id, domain, created_at, id)',
  'CREATE INDEX emails_workspace_status ON emails (workspace_id, status, created_at, id)',
  'CREATE INDEX emails_workspace_kind ON emails (workspace_id, kind, created_at, id)',
  // One trigram index serves both columns that `search` looks into. pg_trgm comes with PostgreSQL and is a trusted
  // extension, but a server may lack it or forbid it: then `search` is slower and nothing else.
  `DO $$ BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX emails_search ON emails USING gin (address gin_trgm_ops, person_name gin_trgm_ops);
  EXCEPTION WHEN insufficient_privilege OR undefined_file OR undefined_object OR feature_not_supported THEN
    RAISE NOTICE 'pg_trgm is not available: searching e-mails reads all of them';
  END $$`,
];

export class EmailProof1764000130000 implements MigrationInterface {
  readonly name = 'EmailProof1764000130000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const index of ['emails_search', 'emails_workspace_kind', 'emails_workspace_status', 'emails_workspace_domain']) await queryRunner.query(`DROP INDEX IF EXISTS ${index}`);
    await queryRunner.query('DROP TABLE suppressions, source_checks');
    await queryRunner.query('ALTER TABLE email_sources DROP COLUMN third_party');
  }
}
