import { spawn } from 'node:child_process';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { inject } from 'vitest';
import { startEmbeddedPostgres } from '../../src/embedded-postgres.js';
import { createLogger } from '../../src/logger.js';
import { freePort } from '../../src/free-port.js';
import { redisProgram, startDebianPostgres, testFolder, withClient } from './servers.js';

/** A server that can be taken away and brought back at the same place with the same data. */
export interface RestartableServer { url: string; stop(): Promise<void>; start(): Promise<void>; remove(): Promise<void> }

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that ended but was not waited for is still in the table.
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

async function waitFor(isSo: () => Promise<boolean> | boolean, what: string): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; await delay(20)) if (await isSo()) return;
  throw new Error(`waited in vain: ${what}`);
}

/** PostgreSQL of the size of this run; `stop` cuts every connection, as a crash or a restart of the machine does. */
export async function restartablePostgres(): Promise<RestartableServer> {
  const folder = testFolder('outage');
  const isEmbedded = inject('size') === 'embedded';
  const server = isEmbedded ? await startEmbeddedPostgres(folder, createLogger('warn'), { settings: ['fsync=off'], restarts: false }) : await startDebianPostgres();
  const base = server.url.replace(/\/leadline$/, '');
  const cluster = await withClient(`${base}/postgres`, async (sql) => (await sql.query<{ data_directory: string }>('SHOW data_directory')).rows[0]?.data_directory ?? '');
  const { uid, gid } = statSync(cluster);
  const pidOf = (): number => Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0]);
  // PostgreSQL writes down how it was started: program and quoted arguments.
  const [program = '', ...words] = readFileSync(join(cluster, 'postmaster.opts'), 'utf8').trim().split(/\s+(?=")/);
  const options = words.map((word) => word.replace(/^"|"$/g, ''));
  let pid = pidOf();
  const stop = async (): Promise<void> => {
    if (!isRunning(pid)) return;
    process.kill(pid, 'SIGINT');
    await waitFor(() => !isRunning(pid), 'PostgreSQL stops');
  };
  return {
    url: base, stop,
    start: async () => {
      const child = spawn(program, options, { ...(process.getuid?.() === 0 ? { uid, gid } : {}), cwd: '/', stdio: 'ignore' });
      pid = child.pid ?? 0;
      await waitFor(() => withClient(`${base}/postgres`, (sql) => sql.query('SELECT 1')).then(() => true, () => false), 'PostgreSQL comes back');
    },
    remove: async () => {
      await stop();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A Redis with an append-only file. */
export async function restartableRedis(): Promise<RestartableServer> {
  const program = redisProgram();
  if (!program) throw new Error('there is no redis-server on this machine');
  const [port, folder] = [await freePort(), testFolder('outage-redis')];
  const url = `redis://127.0.0.1:${port}`;
  let pid = 0;
  const start = async (): Promise<void> => {
    pid = spawn(program, ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes', '--save', ''], { stdio: 'ignore' }).pid ?? 0;
    await waitFor(async () => {
      const probe = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
      probe.on('error', () => undefined);
      try { await probe.connect(); return await probe.ping() === 'PONG'; } catch { return false; } finally { probe.disconnect(); }
    }, 'Redis comes up');
  };
  const stop = async (): Promise<void> => {
    if (!isRunning(pid)) return;
    process.kill(pid, 'SIGKILL');
    await waitFor(() => !isRunning(pid), 'Redis stops');
  };
  await start();
  return { url, start, stop, remove: async () => { await stop(); rmSync(folder, { recursive: true, force: true }); } };
}
