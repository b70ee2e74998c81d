import { resolve } from 'node:path';
import { loadConfig } from '../src/config.js';
import { lockDataDir } from '../src/data-dir.js';
import { createDataSource, migrate } from '../src/data-source.js';
import { startEmbeddedPostgres } from '../src/embedded-postgres.js';
import { StartupError } from '../src/errors.js';
import { createLogger } from '../src/logger.js';

/** `npm run migrate`: brings the database up to date and ends. Starting the product does the same. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const logger = createLogger(config.LOG_LEVEL);
  const lock = config.DATABASE_URL ? null : lockDataDir(config.DATA_DIR);
  const embedded = lock ? await startEmbeddedPostgres(resolve(config.DATA_DIR), logger) : null;
  const dataSource = await createDataSource(config.DATABASE_URL ?? embedded?.url ?? '').initialize();
  try {
    const ran = await migrate(dataSource);
    console.error(ran.length > 0 ? `ran ${ran.join(', ')}` : 'nothing to migrate');
  } finally {
    await dataSource.destroy();
    await embedded?.stop();
    lock?.release();
  }
}

main().then(() => process.exit(0), (error: unknown) => {
  console.error(error instanceof StartupError ? error.message : error);
  process.exit(1);
});
