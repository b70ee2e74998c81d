import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, inject, it } from 'vitest';
import type { DataSource } from 'typeorm';
import { createDataSource, migrate } from '../../src/data-source.js';
import { MIGRATIONS } from '../../migrations/index.js';
import { until } from '../support/client.js';
import { withClient } from '../support/servers.js';
import { createTestDatabase } from '../support/test-app.js';

const opened: DataSource[] = [];
const databases: string[] = [];
const server = inject('serverUrl');

/** A database that nothing has touched yet. */
async function emptyDatabase(): Promise<string> {
  const name = `empty_${randomBytes(6).toString('hex')}`;
  await withClient(`${server}/postgres`, (client) => client.query(`CREATE DATABASE ${name}`));
  databases.push(name);
  return `${server}/${name}`;
}

async function connect(url: string): Promise<DataSource> {
  const dataSource = await createDataSource(url, 4).initialize();
  opened.push(dataSource);
  return dataSource;
}

/** Every column, index and constraint, as PostgreSQL has them. */
async function structure(dataSource: DataSource): Promise<unknown[]> {
  return await dataSource.query<unknown[]>(`
    SELECT 'column' AS kind, table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') AS what FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'constraint', conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    ORDER BY 1, 2`);
}

afterEach(async () => {
  for (const dataSource of opened.splice(0)) await dataSource.destroy();
  for (const name of databases.splice(0)) await withClient(`${server}/postgres`, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
});

describe('migrations', () => {
  it('run once: a second time finds nothing to do and changes nothing', async () => {
    const dataSource = await connect(await emptyDatabase());
    expect(await migrate(dataSource)).toEqual(MIGRATIONS.map((migration) => migration.name));
    const first = await structure(dataSource);
    expect(await migrate(dataSource)).toEqual([]);
    expect(await structure(dataSource)).toEqual(first);
    expect(first.length).toBeGreaterThan(100);
  });

  it('run once when four processes start together', async () => {
    const url = await emptyDatabase();
    const processes = await Promise.all([1, 2, 3, 4].map(() => connect(url)));
    const ran = await Promise.all(processes.map((dataSource) => migrate(dataSource)));
    expect(ran.flat()).toEqual(MIGRATIONS.map((migration) => migration.name));
  });

  it('wait for a process that migrates, and go on when that process dies', async () => {
    const url = await emptyDatabase();
    const dataSource = await connect(url);
    const holder = await connect(url);
    const runner = holder.createQueryRunner();
    await runner.query('SELECT pg_advisory_lock(7230001)');
    const [{ pid } = { pid: 0 }] = await runner.query('SELECT pg_backend_pid() AS pid') as { pid: number }[];
    let isDone = false;
    const waiting = migrate(dataSource).then((ran) => { isDone = true; return ran; });
    await until(() => withClient(url, async (client) => (await client.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")).rowCount === 1), 'the second process waits for the lock');
    expect(isDone).toBe(false);
    await withClient(url, (client) => client.query('SELECT pg_terminate_backend($1)', [pid]));
    expect(await waiting).toEqual(MIGRATIONS.map((migration) => migration.name));
    await runner.release().catch(() => undefined);
  });

  it('leave no lock behind', async () => {
    const dataSource = await connect(await emptyDatabase());
    await migrate(dataSource);
    const held = await dataSource.query<unknown[]>("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
    expect(held).toEqual([]);
  });

  it('make exactly the tables that the entities describe', async () => {
    const database = await createTestDatabase();
    const dataSource = await connect(database.url);
    const toDo = async (): Promise<string[]> => (await dataSource.driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query);
    expect(await toDo()).toEqual([]);
    // The comparison sees a difference when there is one.
    await dataSource.query('ALTER TABLE goals DROP COLUMN error');
    expect(await toDo()).toEqual([expect.stringContaining('error')]);
    await dataSource.destroy();
    opened.pop();
    await database.drop();
  });
});
