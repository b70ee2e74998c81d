import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Invitations; and what an outbox row needs so that the row, not the queue, decides when a mail is tried again. */
const STATEMENTS = [
  `CREATE TABLE invitations (id uuid NOT NULL DEFAULT gen_random_uuid(),
    workspace_id uuid NOT NULL,
    email text NOT NULL,
    role text NOT NULL,
    invited_by uuid NOT NULL,
    token_hash text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    accepted_by uuid,
    revoked_at timestamptz,
    CONSTRAINT invitations_token UNIQUE (token_hash),
    CONSTRAINT invitations_pk PRIMARY KEY (id))`,
  `CREATE UNIQUE INDEX invitations_open ON invitations (workspace_id, email) WHERE accepted_by IS NULL AND revoked_at IS NULL`,
  `ALTER TABLE outbox_mails
    ADD COLUMN attempts integer NOT NULL DEFAULT 0,
    ADD COLUMN next_attempt_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN expires_at timestamptz NOT NULL DEFAULT now() + interval '3 days',
    ADD COLUMN failed_at timestamptz,
    ADD COLUMN last_error text`,
  `ALTER TABLE outbox_mails ALTER COLUMN expires_at DROP DEFAULT`,
  `DROP INDEX outbox_mails_open`,
  `CREATE INDEX outbox_mails_open ON outbox_mails (next_attempt_at) WHERE sent_at IS NULL AND failed_at IS NULL`,
];

export class InvitationsAndMail1764000110000 implements MigrationInterface {
  readonly name = 'InvitationsAndMail1764000110000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE invitations');
    await queryRunner.query('DROP INDEX outbox_mails_open');
    await queryRunner.query('ALTER TABLE outbox_mails DROP COLUMN attempts, DROP COLUMN next_attempt_at, DROP COLUMN expires_at, DROP COLUMN failed_at, DROP COLUMN last_error');
    await queryRunner.query('CREATE INDEX outbox_mails_open ON outbox_mails (created_at) WHERE sent_at IS NULL');
  }
}
