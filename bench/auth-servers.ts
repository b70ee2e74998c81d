import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { freePort } from '../src/free-port.js';

const START_LIMIT_MS = 30_000;
const DEBIAN = '/usr/lib/postgresql';

/** Debian's PostgreSQL and a Redis, as an operator of several processes has them: durable, both of their own for this run. */
export interface Servers { databaseUrl: string; redisUrl: string; stop(): Promise<void> }

function programs(): { postgres: string; redis: string } | null {
  const redis = ['/usr/bin/redis-server', '/usr/local/bin/redis-server', '/usr/bin/valkey-server'].find(existsSync);
  const version = existsSync(DEBIAN) ? readdirSync(DEBIAN).map(Number).filter((each) => each >= 15 && existsSync(join(DEBIAN, String(each), 'bin', 'initdb'))).sort((a, b) => b - a)[0] : undefined;
  return redis === undefined || version === undefined ? null : { redis, postgres: join(DEBIAN, String(version), 'bin') };
}

/** Null where this machine has not both programs. */
export async function startServers(): Promise<Servers | null> {
  const found = programs();
  if (!found) return null;
  const folder = mkdtempSync(join(tmpdir(), 'leadline-bench-'));
  // Root's database runs as an ordinary user, who must be able to enter.
  chmodSync(folder, 0o755);
  const [cluster, redisFolder] = [join(folder, 'cluster'), join(folder, 'redis')];
  for (const each of [cluster, redisFolder]) mkdirSync(each);
  const running: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const child of running) await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const owner = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : null;
    if (owner) chownSync(cluster, owner.uid, owner.gid);
    const made = spawnSync(join(found.postgres, 'initdb'), ['-D', cluster, '-U', 'leadline', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8'], { ...owner, cwd: '/', encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
    const [postgresPort, redisPort] = [await freePort(), await freePort()];
    running.push(spawn(join(found.postgres, 'postgres'), ['-D', cluster, '-p', String(postgresPort), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='], { ...owner, cwd: '/', stdio: 'ignore' }));
    running.push(spawn(found.redis, ['--port', String(redisPort), '--bind', '127.0.0.1', '--dir', redisFolder, '--appendonly', 'yes', '--save', ''], { stdio: 'ignore' }));
    const [postgresUrl, redisUrl] = [`postgresql://leadline@127.0.0.1:${postgresPort}`, `redis://127.0.0.1:${redisPort}`];
    await up('PostgreSQL', () => createDatabase(`${postgresUrl}/postgres`));
    await up('Redis', () => ping(redisUrl));
    return { databaseUrl: `${postgresUrl}/leadline`, redisUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function createDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try { await client.query('CREATE DATABASE leadline'); } finally { await client.end(); }
}

async function ping(url: string): Promise<void> {
  const probe = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  probe.on('error', () => undefined);
  try { await probe.connect(); await probe.ping(); } finally { probe.disconnect(); }
}

async function up(what: string, isUp: () => Promise<void>): Promise<void> {
  let last: unknown;
  for (const end = Date.now() + START_LIMIT_MS; Date.now() < end; await delay(25)) {
    try { await isUp(); return; } catch (error) { last = error; }
  }
  throw new Error(`${what} did not come up`, { cause: last });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((done) => { child.once('exit', done); });
  // For PostgreSQL this is the fast shutdown; Redis takes it as its own.
  child.kill('SIGINT');
  await exit;
}

const idOf = (flag: string): number => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
