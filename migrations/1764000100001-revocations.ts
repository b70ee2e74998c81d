import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What ends credentials before their time. Triggers write the rows, so no way of ending a session, a membership or a
 * key can forget to: also not SQL typed by an operator. A role's tokens carry the version of the membership they were
 * made from, so no clock is compared.
 */
const STATEMENTS = [
  `CREATE TABLE revocations (subject text NOT NULL,
    version integer NOT NULL DEFAULT 0,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT revocations_key PRIMARY KEY (subject))`,
  'CREATE INDEX revocations_at ON revocations (at)',
  'CREATE SEQUENCE membership_versions AS integer',
  'ALTER TABLE memberships ADD COLUMN token_version integer NOT NULL DEFAULT 0',
  "UPDATE memberships SET token_version = nextval('membership_versions')",
  `CREATE FUNCTION revoke_credentials(revoked text, up_to integer) RETURNS void LANGUAGE sql AS $$
    INSERT INTO revocations (subject, version) VALUES (revoked, up_to)
    ON CONFLICT (subject) DO UPDATE SET version = greatest(revocations.version, excluded.version), at = clock_timestamp() $$`,
  `CREATE FUNCTION memberships_version() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    NEW.token_version := nextval('membership_versions');
    RETURN NEW;
  END $$`,
  'CREATE TRIGGER memberships_made BEFORE INSERT ON memberships FOR EACH ROW EXECUTE FUNCTION memberships_version()',
  'CREATE TRIGGER memberships_changed BEFORE UPDATE ON memberships FOR EACH ROW WHEN (OLD.role IS DISTINCT FROM NEW.role) EXECUTE FUNCTION memberships_version()',
  `CREATE FUNCTION memberships_revoke() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM revoke_credentials('m:' || OLD.user_id || ':' || OLD.workspace_id, CASE WHEN TG_OP = 'DELETE' THEN nextval('membership_versions')::integer ELSE NEW.token_version END);
    RETURN NULL;
  END $$`,
  'CREATE TRIGGER memberships_revoke_changed AFTER UPDATE ON memberships FOR EACH ROW WHEN (OLD.role IS DISTINCT FROM NEW.role) EXECUTE FUNCTION memberships_revoke()',
  'CREATE TRIGGER memberships_revoke_removed AFTER DELETE ON memberships FOR EACH ROW EXECUTE FUNCTION memberships_revoke()',
  `CREATE FUNCTION sessions_revoke() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM revoke_credentials('s:' || OLD.id, 0);
    RETURN NULL;
  END $$`,
  'CREATE TRIGGER sessions_revoke_ended AFTER UPDATE ON sessions FOR EACH ROW WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL) EXECUTE FUNCTION sessions_revoke()',
  'CREATE TRIGGER sessions_revoke_removed AFTER DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION sessions_revoke()',
  `CREATE FUNCTION api_keys_revoke() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM revoke_credentials('k:' || OLD.id, 0);
    RETURN NULL;
  END $$`,
  'CREATE TRIGGER api_keys_revoke_ended AFTER UPDATE ON api_keys FOR EACH ROW WHEN ((OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL) OR (OLD.expires_at IS DISTINCT FROM NEW.expires_at AND NEW.expires_at <= clock_timestamp())) EXECUTE FUNCTION api_keys_revoke()',
  'CREATE TRIGGER api_keys_revoke_removed AFTER DELETE ON api_keys FOR EACH ROW EXECUTE FUNCTION api_keys_revoke()',
];

export class Revocations1764000100001 implements MigrationInterface {
  readonly name = 'Revocations1764000100001';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const [trigger, table] of STATEMENTS.flatMap((statement) => { const found = /^CREATE TRIGGER (\w+) .* ON (\w+) FOR/.exec(statement); return found ? [[found[1], found[2]]] : []; })) await queryRunner.query(`DROP TRIGGER ${trigger} ON ${table}`);
    await queryRunner.query('DROP FUNCTION memberships_version(), memberships_revoke(), sessions_revoke(), api_keys_revoke(), revoke_credentials(text, integer)');
    await queryRunner.query('ALTER TABLE memberships DROP COLUMN token_version');
    await queryRunner.query('DROP SEQUENCE membership_versions');
    await queryRunner.query('DROP TABLE revocations');
  }
}
