import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether a crawl has seen an address is one look in the index, however many addresses the crawl has found. */
export class SourcesOfACrawl1764000200500 implements MigrationInterface {
  readonly name = 'SourcesOfACrawl1764000200500';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX email_sources_job');
    await runner.query('CREATE INDEX email_sources_job ON email_sources (crawl_job_id, email_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX email_sources_job');
    await runner.query('CREATE INDEX email_sources_job ON email_sources (crawl_job_id)');
  }
}
