import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A column that was made for telling near-duplicates and is not used: better none than an empty one. */
export class NoFingerprint1764000147000 implements MigrationInterface {
  readonly name = 'NoFingerprint1764000147000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pages DROP COLUMN fingerprint');
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore the backup');
  }
}
