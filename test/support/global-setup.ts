import type { TestProject } from 'vitest/node';
import { createDataSource, migrate } from '../../src/data-source.js';
import { startDebianPostgres, startEmbedded, withClient } from './servers.js';

/** Name of the migrated database that each test file clones (50 to 90 ms). */
export const TEMPLATE = 'leadline_template';

declare module 'vitest' {
  interface ProvidedContext { serverUrl: string; size: 'embedded' | 'servers' }
}

/** One PostgreSQL for a whole run, in the size that TEST_SIZE names. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const size = process.env.TEST_SIZE === 'servers' ? 'servers' : 'embedded';
  const server = size === 'servers' ? await startDebianPostgres() : await startEmbedded();
  await withClient(`${server.url}/postgres`, (client) => client.query(`CREATE DATABASE ${TEMPLATE}`));
  const dataSource = await createDataSource(`${server.url}/${TEMPLATE}`).initialize();
  await migrate(dataSource);
  await dataSource.destroy();
  project.provide('serverUrl', server.url);
  project.provide('size', size);
  return () => server.stop();
}
