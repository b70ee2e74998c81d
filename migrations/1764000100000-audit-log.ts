import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The audit log: append only, without foreign keys, since it outlives what it tells about. */
const STATEMENTS = [
  `CREATE TABLE audit_events (id uuid NOT NULL DEFAULT gen_random_uuid(),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    type text NOT NULL,
    user_id uuid,
    workspace_id uuid,
    session_id uuid,
    api_key_id uuid,
    subject_id uuid,
    ip text,
    address_hash text,
    details jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT audit_events_key PRIMARY KEY (id))`,
  'CREATE INDEX audit_events_user ON audit_events (user_id)',
  'CREATE INDEX audit_events_workspace ON audit_events (workspace_id, at)',
  'CREATE INDEX audit_events_at ON audit_events (at)',
  'CREATE INDEX audit_events_address ON audit_events (address_hash) WHERE address_hash IS NOT NULL',
];

export class AuditLog1764000100000 implements MigrationInterface {
  readonly name = 'AuditLog1764000100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE audit_events');
  }
}
