import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sign-in with providers: whose accounts they are, and the one-time codes a sign-in ends with. Both go with their user. */
export class Identities1764000120000 implements MigrationInterface {
  readonly name = 'Identities1764000120000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE TABLE identities (id uuid NOT NULL DEFAULT gen_random_uuid(),
      user_id uuid NOT NULL,
      provider text NOT NULL,
      issuer text NOT NULL,
      subject text NOT NULL,
      email text,
      linked_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT identities_subject UNIQUE (provider, issuer, subject),
      CONSTRAINT identities_pkey PRIMARY KEY (id),
      CONSTRAINT "FK_88e77c008cfcfa6a87027a99bde" FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE)`);
    await queryRunner.query('CREATE INDEX identities_user ON identities (user_id)');
    await queryRunner.query(`CREATE TABLE oauth_codes (id uuid NOT NULL DEFAULT gen_random_uuid(),
      user_id uuid NOT NULL,
      code_hash text NOT NULL,
      attempt_hash text NOT NULL,
      challenge text,
      provider text NOT NULL,
      expires_at timestamptz NOT NULL,
      used_at timestamptz,
      CONSTRAINT oauth_codes_code UNIQUE (code_hash),
      CONSTRAINT oauth_codes_attempt UNIQUE (attempt_hash),
      CONSTRAINT oauth_codes_pkey PRIMARY KEY (id),
      CONSTRAINT "FK_d0ce2fa7498d76130e2df00d521" FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE)`);
    await queryRunner.query('CREATE INDEX oauth_codes_expires ON oauth_codes (expires_at)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE oauth_codes, identities');
  }
}
