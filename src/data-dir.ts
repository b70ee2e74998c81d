import { existsSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StartupError } from './errors.js';

interface Owner { pid: number; startedAt: string | null }

/** Start time of a process in clock ticks since boot; tells a reused pid from the old one. Null where /proc is missing. */
function processStart(pid: number): string | null {
  try {
    // The name of the process may hold spaces and brackets: count fields after the last bracket (proc(5), field 22).
    return readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ')[19] ?? null;
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

/**
 * Makes DATA_DIR ours until `release()`. A lock left by a killed process is recognised by pid and start time.
 * @throws StartupError when another live process holds it
 */
export function lockDataDir(dataDir: string): { release: () => void } {
  const folder = resolve(dataDir);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'leadline.pid');
  const mine: Owner = { pid: process.pid, startedAt: processStart(process.pid) };
  for (let attempt = 0; attempt < 5; attempt += 1) {
    try {
      writeFileSync(file, JSON.stringify(mine), { flag: 'wx' });
      return {
        release: () => {
          if (existsSync(file)) unlinkSync(file);
        },
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new StartupError(`Cannot write to DATA_DIR ${folder}: ${(error as Error).message}`);
      }
      const owner = readOwner(file);
      if (owner && isAlive(owner.pid) && (owner.startedAt === null || owner.startedAt === processStart(owner.pid))) {
        throw new StartupError(`DATA_DIR ${folder} is in use by process ${owner.pid}. One process at a time may use an embedded database: stop that one, choose another DATA_DIR, or set DATABASE_URL and REDIS_URL.`);
      }
      unlinkSync(file);
    }
  }
  throw new StartupError(`DATA_DIR ${folder} is being taken by another process at this moment.`);
}

function readOwner(file: string): Owner | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch {
    return null;
  }
}
