import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which documents of the page store are needed: rows that pages refer to, and a note to look again when a page lets go of one. */
export class Documents1764000150000 implements MigrationInterface {
  readonly name = 'Documents1764000150000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE documents (key text NOT NULL, check_after timestamptz, CONSTRAINT documents_key PRIMARY KEY (key))');
    await runner.query('CREATE INDEX documents_check ON documents (check_after) WHERE check_after IS NOT NULL');
    await runner.query('CREATE TABLE upkeep (name text NOT NULL, done_at timestamptz NOT NULL, CONSTRAINT upkeep_name PRIMARY KEY (name))');
    await runner.query('INSERT INTO documents (key) SELECT DISTINCT document_key FROM pages WHERE document_key IS NOT NULL');
    await runner.query('CREATE INDEX pages_document ON pages (document_key)');
    await runner.query('ALTER TABLE pages ADD CONSTRAINT pages_document_key FOREIGN KEY (document_key) REFERENCES documents (key)');
    // Whoever removes pages (a workspace, a crawl, an erased address) need not know of the store.
    await runner.query(`
      CREATE FUNCTION release_documents() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE documents SET check_after = now()
          WHERE key IN (SELECT key FROM documents WHERE key IN (SELECT document_key FROM gone WHERE document_key IS NOT NULL) ORDER BY key FOR NO KEY UPDATE);
        RETURN NULL;
      END $$`);
    for (const [name, event] of [['pages_deleted', 'DELETE'], ['pages_changed', 'UPDATE']] as const) {
      await runner.query(`CREATE TRIGGER ${name} AFTER ${event} ON pages REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION release_documents()`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of ['pages_changed', 'pages_deleted']) await runner.query(`DROP TRIGGER ${name} ON pages`);
    await runner.query('DROP FUNCTION release_documents()');
    await runner.query('ALTER TABLE pages DROP CONSTRAINT pages_document_key');
    await runner.query('DROP INDEX pages_document');
    await runner.query('DROP TABLE upkeep');
    await runner.query('DROP TABLE documents');
  }
}
