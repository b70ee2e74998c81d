import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What mail servers said when they were asked for a recipient, and whom to ask again after greylisting. */
const STATEMENTS = [
  `CREATE TABLE email_probes (id uuid NOT NULL DEFAULT gen_random_uuid(),
    workspace_id uuid NOT NULL,
    address text NOT NULL,
    outcome jsonb NOT NULL,
    attempts integer NOT NULL DEFAULT 1,
    next_at timestamptz,
    asked_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT email_probes_address UNIQUE (workspace_id, address),
    CONSTRAINT email_probes_key PRIMARY KEY (id))`,
  'CREATE INDEX email_probes_open ON email_probes (next_at) WHERE next_at IS NOT NULL',
];

export class EmailProbes1764000131000 implements MigrationInterface {
  readonly name = 'EmailProbes1764000131000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE email_probes');
  }
}
