/** Runs one crawler in a process of its own, so that none shares its event loop, heap or compiled code with another. */
import { fork } from 'node:child_process';

/** What a crawler is told: where the sites start, and all their pages for those that do not find links. */
export interface CrawlTask { startUrls: string[]; pageUrls: string[]; port: number; concurrency: number }
export interface CrawlResult { pages: number; failed: number; links: number; /** E-mail addresses seen, where the crawler looks for them. */ addresses: number; seconds: number; cpuSeconds: number }

const RUN_LIMIT_MS = 10 * 60_000;

/** @param file an absolute path: a module that calls `answer` */
export async function runInProcess(file: string, task: CrawlTask): Promise<CrawlResult> {
  const child = fork(file, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    return await new Promise<CrawlResult>((done, fail) => {
      child.once('message', (result) => { done(result as CrawlResult); });
      child.once('error', fail);
      child.once('exit', (code, signal) => { fail(new Error(`${file} ended with ${signal ?? `code ${code}`} and no result`)); });
      child.send(task);
      setTimeout(() => { fail(new Error(`${file} did not end in time`)); }, RUN_LIMIT_MS).unref();
    });
  } finally {
    child.kill('SIGKILL');
  }
}

/** The child's side: takes the task, measures `crawl`, sends the result. Does nothing in a process that was not forked. */
export function answer(crawl: (task: CrawlTask) => Promise<Omit<CrawlResult, 'seconds' | 'cpuSeconds'>>): void {
  process.once('message', (task) => {
    const startedAt = performance.now();
    const cpu = process.cpuUsage();
    crawl(task as CrawlTask).then((counts) => {
      const { user, system } = process.cpuUsage(cpu);
      process.send?.({ ...counts, seconds: (performance.now() - startedAt) / 1_000, cpuSeconds: (user + system) / 1e6 });
    }, (error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  });
}
