import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By what a page is known again when it comes under another address, and which page it was found to be like. */
export class Repeats1764000170000 implements MigrationInterface {
  readonly name = 'Repeats1764000170000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE pages ADD COLUMN fingerprint text, ADD COLUMN canonical text, ADD COLUMN same_as text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE pages DROP COLUMN fingerprint, DROP COLUMN canonical, DROP COLUMN same_as');
  }
}
