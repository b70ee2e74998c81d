import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StartupError } from './errors.js';

interface Owner { pid: number; startedAt: string | null }

/** Start time of a process in clock ticks since boot; tells a reused pid from the old one. Null where /proc is missing. */
function processStart(pid: number): string | null {
  try {
    // The name of the process may hold spaces and brackets: count fields after the last bracket (proc(5), field 22).
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
    // A zombie has ended; only its parent has not noticed yet.
    return fields[0] === 'Z' ? null : fields[19] ?? null;
  } catch {
    return null;
  }
}

/** Whether the process exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Another process that clears away a dead lock needs microseconds; longer than this, it was killed while doing so. */
const TAKEOVER_LIMIT_MS = 2_000;

/**
 * Makes DATA_DIR ours until `release()`. A lock left by a killed process is recognised by pid and start time.
 * Of any number of processes that start at once exactly one gets it.
 * @throws StartupError when another live process holds it
 */
export function lockDataDir(dataDir: string): { release: () => void } {
  const folder = resolve(dataDir);
  const file = join(folder, 'leadline.pid');
  const draft = `${file}.${process.pid}`;
  const mine: Owner = { pid: process.pid, startedAt: processStart(process.pid) };
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(draft, JSON.stringify(mine));
    for (const end = Date.now() + 2 * TAKEOVER_LIMIT_MS; Date.now() < end;) {
      // A link appears with its content in it: nobody ever reads half a lock and takes it for a dead one.
      if (isMade(() => { linkSync(draft, file); })) return { release: () => { rmSync(file, { force: true }); } };
      const owner = liveOwner(file);
      if (owner) throw new StartupError(`DATA_DIR ${folder} is in use by process ${owner.pid}. One process at a time may use an embedded database: stop that one, choose another DATA_DIR, or set DATABASE_URL and REDIS_URL.`);
      clearDeadLock(file);
    }
  } catch (error) {
    throw error instanceof StartupError ? error : new StartupError(`Cannot write to DATA_DIR ${folder}: ${(error as Error).message}`);
  } finally {
    rmSync(draft, { force: true });
  }
  throw new StartupError(`DATA_DIR ${folder} is being taken by another process at this moment.`);
}

/** One process at a time looks again and removes: otherwise a late one would remove the lock that a quick one has just made. */
function clearDeadLock(file: string): void {
  const turn = `${file}.takeover`;
  if (!isMade(() => { mkdirSync(turn); })) {
    const since = statSync(turn, { throwIfNoEntry: false })?.mtimeMs;
    if (since !== undefined && Date.now() - since > TAKEOVER_LIMIT_MS) rmSync(turn, { recursive: true, force: true });
    // Start-up has nothing else to do, so it may block.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    return;
  }
  try {
    if (!liveOwner(file)) rmSync(file, { force: true });
  } finally {
    rmSync(turn, { recursive: true, force: true });
  }
}

/** False when it is there already. */
function isMade(make: () => void): boolean {
  try {
    make();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function liveOwner(file: string): Owner | null {
  const owner = readOwner(file);
  return owner && isAlive(owner.pid) && (owner.startedAt === null || owner.startedAt === processStart(owner.pid)) ? owner : null;
}

function readOwner(file: string): Owner | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch {
    return null;
  }
}
