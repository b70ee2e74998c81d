import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What became of an address that was never asked for: it is done, costs no page of the budget, and says why. */
export class TrappedUrls1764000170001 implements MigrationInterface {
  readonly name = 'TrappedUrls1764000170001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE frontier_urls ADD COLUMN error_code text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE frontier_urls DROP COLUMN error_code');
  }
}
