/**
 * Loaded into the product by a benchmark (`--import`): on SIGUSR2 it collects garbage and writes what the process uses
 * into BENCH_PROBE_FILE. The product itself knows nothing of it.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

export interface ProbeAnswer { rssBytes: number; cpuSeconds: number }

const ANSWER_LIMIT_MS = 30_000;

/** Asks the probe in another process. */
export async function askProbe(pid: number, file: string): Promise<ProbeAnswer> {
  rmSync(file, { force: true });
  process.kill(pid, 'SIGUSR2');
  for (const end = Date.now() + ANSWER_LIMIT_MS; Date.now() < end; await delay(20)) {
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as ProbeAnswer;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new Error('the product did not answer the probe');
}

const { BENCH_PROBE_FILE: file } = process.env;
if (file !== undefined && file !== '' && isMainThread) {
  process.on('SIGUSR2', () => {
    const { user, system } = process.cpuUsage();
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    collect();
    // Twice, with a turn in between: buffers are freed by finalizers that the first one queues.
    setImmediate(() => {
      collect();
      writeFileSync(`${file}.new`, JSON.stringify({ rssBytes: process.memoryUsage.rss(), cpuSeconds: (user + system) / 1e6 } satisfies ProbeAnswer));
      renameSync(`${file}.new`, file);
    });
  });
}
