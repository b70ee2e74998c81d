import 'reflect-metadata';
import { DataSource, DefaultNamingStrategy, type NamingStrategyInterface } from 'typeorm';
import { ENTITIES } from './entities/index.js';
import { MIGRATIONS } from '../migrations/index.js';

const snake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

/** camelCase in TypeScript, snake_case in SQL, so that hand-written SQL needs no quotes. */
class SnakeNaming extends DefaultNamingStrategy implements NamingStrategyInterface {
  override columnName(propertyName: string, customName: string | undefined, prefixes: string[]): string {
    return snake([...prefixes, customName ?? propertyName].join('_'));
  }
}

/**
 * One connection pool for the whole process.
 * @param url PostgreSQL connection string
 * @param poolSize most connections at a time
 */
export function createDataSource(url: string, poolSize = 20): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    namingStrategy: new SnakeNaming(),
    synchronize: false,
    // gen_random_uuid() is built in since PostgreSQL 13: no extension, no superuser.
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    logging: false,
    poolSize,
    // The server going away ends idle connections: the pool replaces them, nothing else may crash.
    poolErrorHandler: () => undefined,
    extra: { connectionTimeoutMillis: 5_000, application_name: 'leadline' },
  });
}

/** An arbitrary constant; all processes that migrate agree on it. */
const MIGRATION_LOCK = 7_230_001;

/** Runs what is missing, once, also when several processes start together. */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  await runner.connect();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const ran = await dataSource.runMigrations();
    return ran.map((migration) => migration.name);
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await runner.release();
  }
}

/** The database is away (stopped, starting, unreachable): nothing about the work itself, so it may be tried again later. */
export function isDatabaseOutage(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  if (code !== undefined && (/^(57P0[123]|08...|53300)$/.test(code) || ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'].includes(code))) return true;
  return /Connection terminated|connection timeout|timeout exceeded when trying to connect|Client has encountered a connection error/i.test(message ?? '');
}
