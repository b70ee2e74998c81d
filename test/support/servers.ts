import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../../src/embedded-postgres.js';
import { freePort } from '../../src/free-port.js';
import { createLogger } from '../../src/logger.js';

/** A server of a test run: where it is, and how it ends. */
export interface TestServer { url: string; stop(): Promise<void> }

/** A folder that also the database's own user may enter when the tests run as root. */
export function testFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `leadline-${name}-`));
  chmodSync(folder, 0o755);
  return folder;
}

/** Path of redis-server on this machine, or null. */
export function redisProgram(): string | null {
  return ['/usr/bin/redis-server', '/usr/local/bin/redis-server', '/usr/bin/valkey-server'].find(existsSync) ?? null;
}

/** Folder with initdb and postgres of Debian's newest PostgreSQL from 15 on, or null. */
export function postgresPrograms(): string | null {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return null;
  const versions = readdirSync(root).map(Number).filter((version) => version >= 15 && existsSync(join(root, String(version), 'bin', 'initdb'))).sort((a, b) => b - a);
  return versions[0] === undefined ? null : join(root, String(versions[0]), 'bin');
}

async function stopChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => { child.once('exit', done); });
  child.kill(signal);
  await ended;
}

async function until(isUp: () => Promise<unknown>, what: string): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; await delay(25)) {
    if (await isUp().then(() => true, () => false)) return;
  }
  throw new Error(`${what} did not come up`);
}

/** A Redis of its own with an append-only file as in production: empty, or on port and files of one that was killed. */
export async function startRedis(again?: { port: number; folder: string }): Promise<TestServer & { pid: number; port: number; folder: string }> {
  const program = redisProgram();
  if (!program) throw new Error('there is no redis-server on this machine');
  const { port, folder } = again ?? { port: await freePort(), folder: testFolder('redis') };
  const child = spawn(program, ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes', '--save', '', '--daemonize', 'no'], { stdio: 'ignore' });
  const url = `redis://127.0.0.1:${port}`;
  await until(async () => {
    const probe = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
    probe.on('error', () => undefined);
    try { await probe.connect(); await probe.ping(); } finally { probe.disconnect(); }
  }, 'Redis');
  return { url, port, folder, pid: child.pid ?? 0, stop: async () => { await stopChild(child, 'SIGTERM'); rmSync(folder, { recursive: true, force: true }); } };
}

/** Debian's PostgreSQL as a cluster of its own; as root it runs as the user postgres. */
export async function startDebianPostgres(): Promise<TestServer> {
  const programs = postgresPrograms();
  if (!programs) throw new Error('there is no Debian PostgreSQL on this machine');
  const folder = testFolder('postgres');
  const cluster = join(folder, 'cluster');
  mkdirSync(cluster);
  const asUser = process.getuid?.() === 0 ? idsOf('postgres') : null;
  if (asUser) chownSync(cluster, asUser.uid, asUser.gid);
  const made = spawnSync(join(programs, 'initdb'), ['-D', cluster, '-U', 'leadline', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'], { ...asUser, cwd: '/', encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const child = spawn(join(programs, 'postgres'), ['-D', cluster, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'fsync=off', '-c', 'max_connections=300'], { ...asUser, cwd: '/', stdio: 'ignore' });
  const url = `postgresql://leadline@127.0.0.1:${port}`;
  await until(() => withClient(`${url}/postgres`, (client) => client.query('SELECT 1')), 'PostgreSQL');
  return { url, stop: async () => { await stopChild(child, 'SIGINT'); rmSync(folder, { recursive: true, force: true }); } };
}

/** The PostgreSQL of the embedded-postgres package, started by the product's own code. */
export async function startEmbedded(): Promise<TestServer> {
  const folder = testFolder('embedded');
  const server = await startEmbeddedPostgres(folder, createLogger('warn'), { settings: ['fsync=off', 'max_connections=300'] });
  return { url: server.url.replace(/\/leadline$/, ''), stop: async () => { await server.stop(); rmSync(folder, { recursive: true, force: true }); } };
}

function idsOf(user: string): { uid: number; gid: number } {
  const id = (flag: string): number => Number(spawnSync('id', [flag, user], { encoding: 'utf8' }).stdout);
  return { uid: id('-u'), gid: id('-g') };
}

export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try { return await work(client); } finally { await client.end(); }
}
