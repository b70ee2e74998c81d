import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource, EntityManager } from 'typeorm';
import { createDataSource, migrate } from '../src/data-source.js';
import { startEmbeddedPostgres } from '../src/embedded-postgres.js';
import { Lead } from '../src/entities/lead.js';
import { createLogger } from '../src/logger.js';
import { paginate } from '../src/pagination.js';
import { filterLeads, leadOrder } from '../src/services/leads/lead-query.js';
import { fixed, table } from './table.js';

const WORKSPACES = 20;
const LEADS = 2_000;
const ROUNDS = 40;
const CALLS = 25;
const TENANT = "current_setting('leadline.workspace')::uuid";

/** Row-level security on the tables that the two measured paths touch, for a role that owns none of them. */
const WALL = [
  "CREATE ROLE bench_tenant LOGIN PASSWORD 'bench' NOBYPASSRLS",
  'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO bench_tenant',
  ...['leads', 'lead_events'].flatMap((name) => [`ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY`, `CREATE POLICY tenant ON ${name} USING (workspace_id = ${TENANT}) WITH CHECK (workspace_id = ${TENANT})`]),
  'ALTER TABLE workspaces ENABLE ROW LEVEL SECURITY',
  `CREATE POLICY tenant ON workspaces USING (id = ${TENANT}) WITH CHECK (id = ${TENANT})`,
];

type Work = (manager: EntityManager, workspaceId: string) => Promise<unknown>;

/** The lead list as the API asks for it. */
const list: Work = (manager, workspaceId) => paginate(filterLeads(manager.getRepository(Lead).createQueryBuilder('row'), workspaceId, {}), { first: 50 }, leadOrder(null));

const listAndCount: Work = async (manager, workspaceId) => await (await paginate(filterLeads(manager.getRepository(Lead).createQueryBuilder('row'), workspaceId, {}), { first: 50 }, leadOrder(null))).count();

/** The statements of createLead: the row, the stream's counter, the event. */
const write: Work = async (manager, workspaceId) => {
  const [lead] = await manager.query<{ id: string }[]>("INSERT INTO leads (workspace_id, company_name, reason) VALUES ($1, 'Bench', '') RETURNING id", [workspaceId]);
  const [counter] = await manager.query<{ lead_seq: number }[][]>('UPDATE workspaces SET lead_seq = lead_seq + 1 WHERE id = $1 RETURNING lead_seq', [workspaceId]);
  await manager.query("INSERT INTO lead_events (workspace_id, lead_id, seq, type, actor) VALUES ($1, $2, $3, 'CREATED', 'bench')", [workspaceId, lead?.id, counter?.[0]?.lead_seq]);
};

const setTenant = (manager: EntityManager, workspaceId: string): Promise<unknown> => manager.query("SELECT set_config('leadline.workspace', $1, true)", [workspaceId]);

interface Way { name: string; call(work: Work, isWrite: boolean, workspaceId: string): Promise<unknown> }

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** What the second wall would cost: the same statements as the owner of the tables and as a role behind policies. */
export async function benchRls(say: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'leadline-rls-'));
  chmodSync(folder, 0o755);
  const server = await startEmbeddedPostgres(folder, createLogger('warn'), { restarts: false });
  const open: DataSource[] = [];
  try {
    const plain = await createDataSource(server.url, 2).initialize();
    open.push(plain);
    await migrate(plain);
    const workspaces = await plain.query<{ id: string }[]>("INSERT INTO workspaces (name) SELECT 'Bench' FROM generate_series(1, $1) RETURNING id", [WORKSPACES]);
    await plain.query("INSERT INTO leads (workspace_id, company_name, domain, reason, score) SELECT w.id, 'Company ' || n, n || '.example', '', n % 100 FROM workspaces w, generate_series(1, $1) n", [LEADS]);
    await plain.query('ANALYZE');
    for (const statement of WALL) await plain.query(statement);
    const url = new URL(server.url);
    [url.username, url.password] = ['bench_tenant', 'bench'];
    const walled = await createDataSource(url.href, 1).initialize();
    const pinned = await createDataSource(url.href, 1).initialize();
    open.push(walled, pinned);

    const ways: Way[] = [
      { name: 'no policies', call: (work, isWrite, id) => (isWrite ? plain.transaction((manager) => work(manager, id)) : work(plain.manager, id)) },
      { name: 'policies, tenant set in a transaction', call: (work, _isWrite, id) => walled.transaction(async (manager) => { await setTenant(manager, id); return await work(manager, id); }) },
      // Nobody could run this with a shared pool; it tells the policies themselves from what it takes to name the tenant.
      { name: 'policies, a connection that stays with its tenant', call: (work, isWrite, id) => (isWrite ? pinned.transaction((manager) => work(manager, id)) : work(pinned.manager, id)) },
    ];
    await proveWall(walled, workspaces.map(({ id }) => id));

    const rows: string[][] = [];
    for (const [name, work, isWrite] of [['lead list, 50 rows', list, false], ['the same with totalCount', listAndCount, false], ['createLead', write, true]] as const) {
      const times = ways.map((): number[] => []);
      for (let round = -4; round < ROUNDS; round += 1) {
        const id = workspaces[(round + WORKSPACES) % WORKSPACES]?.id ?? '';
        await pinned.query("SELECT set_config('leadline.workspace', $1, false)", [id]);
        // Each way right after the other, in turning order: whatever else the machine does meets all of them.
        for (let step = 0; step < ways.length; step += 1) {
          const index = (round + 4 + step) % ways.length;
          const startedAt = performance.now();
          for (let call = 0; call < CALLS; call += 1) await ways[index]?.call(work, isWrite, id);
          if (round >= 0) times[index]?.push((performance.now() - startedAt) / CALLS);
        }
      }
      // Ratios within each round, then their middle: a slow minute of the machine is in both sides of each.
      const base = [...times[0] ?? []];
      for (const [index, way] of ways.entries()) {
        const own = [...times[index] ?? []];
        rows.push([`${name}: ${way.name}`, fixed(median([...own])), index === 0 ? '–' : `${fixed((median(own.map((ms, round) => ms / (base[round] ?? ms))) - 1) * 100, 1)} %`]);
      }
    }
    say(`\n# rls: row-level security, ${WORKSPACES} workspaces × ${LEADS} leads, ${ROUNDS} × ${CALLS} calls each\n`);
    say(table(['', 'ms', 'cost'], rows));
  } finally {
    for (const dataSource of open) await dataSource.destroy();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A wall that hides nothing would cost nothing. */
async function proveWall(walled: DataSource, ids: string[]): Promise<void> {
  const seen = await walled.transaction(async (manager) => {
    await setTenant(manager, ids[0] ?? '');
    return await manager.query<{ n: number }[]>('SELECT count(DISTINCT workspace_id)::int AS n FROM leads');
  });
  if (seen[0]?.n !== 1) throw new Error(`the policies let ${seen[0]?.n} workspaces through`);
}
