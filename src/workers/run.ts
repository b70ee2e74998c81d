import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { DelayedError, UnrecoverableError, Worker, type Job, type WorkerOptions } from 'bullmq';
import type { Backplane } from '../backplane.js';
import { isDatabaseOutage } from '../data-source.js';
import { LeadlineError, type Retry } from '../errors.js';
import type { JobKind } from '../jobs.js';
import type { Logger } from '../logger.js';

/** One job kind at work. `handle` throws; only this file decides what a failure means. */
export interface JobHandler<Payload> {
  job: JobKind<Payload>;
  handle(payload: Payload, signal: AbortSignal): Promise<void>;
  /** Called once no further attempt will be made: the row must say so. */
  giveUp(payload: Payload, error: unknown): Promise<void>;
}

/** While the database is away, jobs wait this long and lose no attempt. */
const OUTAGE_RETRY_MS = 2_000;
/** A worker that died holds its jobs for at most this long. A third of it must be whole: Redis takes no fractions. */
const LOCK_MS = 9_000;
/** After the last job of this process ended, BullMQ gets this long to close its connections. */
const CLOSE_MS = 2_000;

const retryOf = (error: unknown): Retry => {
  if (isDatabaseOutage(error)) return { afterMs: OUTAGE_RETRY_MS };
  return error instanceof LeadlineError ? error.retry : 'backoff';
};

/** Ties a kind to its handler without losing the payload's type. */
export function handler<Payload>(definition: JobHandler<Payload>): JobHandler<never> {
  return definition as unknown as JobHandler<never>;
}

/**
 * Runs the handlers until `close()`: which stops taking jobs, aborts the running ones and waits for them.
 * An aborted job goes back to its queue; the row says where it stood.
 */
export async function runWorkers(handlers: readonly JobHandler<never>[], deps: { backplane: Backplane; logger: Logger; siteConcurrency: number }): Promise<{ close(): Promise<void> }> {
  const stopping = new AbortController();
  // One listener for each job that runs: more than ten are no leak.
  setMaxListeners(0, stopping.signal);
  const running = new Set<Promise<void>>();
  const workers = handlers.map((definition) => {
    const { job: kind } = definition;
    const tracked: JobHandler<never> = {
      ...definition,
      handle: async (payload, signal) => {
        const run = definition.handle(payload, signal);
        running.add(run);
        await run.finally(() => running.delete(run));
      },
    };
    const options: WorkerOptions = {
      ...deps.backplane.queues.options('worker'),
      concurrency: kind.concurrency === 'sites' ? deps.siteConcurrency : kind.concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: LOCK_MS / 3,
      // A job whose worker was killed again and again is still work to be done.
      maxStalledCount: 1_000,
      // After an outage of the queue's store, look again this soon.
      runRetryDelay: 1_000,
    };
    const worker = new Worker(kind.name, async (job, token) => { await withOwnSignal(stopping.signal, (signal) => runJob(tracked, job, token, signal, deps.logger)); }, options, deps.backplane.queues.factory as never);
    worker.on('error', (error) => { deps.logger.debug({ queue: kind.name, err: error.message }, 'worker error'); });
    return worker;
  });
  // BullMQ's PostgreSQL backend remembers a start that failed and then asks without a pause for ever, which starves
  // the process: a store that goes away during the start is a start that failed.
  try {
    await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  } catch (error) {
    await Promise.all(workers.map((worker) => worker.close(true).catch(() => undefined)));
    throw error;
  }
  return {
    close: async () => {
      stopping.abort(new Error('shutting down'));
      const closed = Promise.all(workers.map((worker) => worker.close()));
      // While Redis is away that may never end (bullmq#4656: an ioredis client told to disconnect in the middle of
      // reconnecting says no 'end'). What is left then waits for an answer that cannot come, and holds no job.
      const patience = new AbortController();
      await Promise.race([closed, Promise.allSettled(running).then(() => delay(CLOSE_MS, undefined, { signal: patience.signal }))]).finally(() => { patience.abort(); });
    },
  };
}

/** What a job combines its signal with (`AbortSignal.any`) stays noted at that signal for as long as it lives, in Node 20: with one of the process, for ever. */
async function withOwnSignal(stopping: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const own = new AbortController();
  const stop = (): void => { own.abort(stopping.reason); };
  if (stopping.aborted) stop();
  stopping.addEventListener('abort', stop, { once: true });
  await work(own.signal).finally(() => { stopping.removeEventListener('abort', stop); });
}

async function runJob(definition: JobHandler<never>, job: Job, token: string | undefined, signal: AbortSignal, logger: Logger): Promise<void> {
  const payload = definition.job.schema.parse(job.data);
  try {
    await definition.handle(payload, signal);
  } catch (error) {
    if (signal.aborted) {
      // Put back by us, not failed: a restart costs no attempt, and another worker may take it at once.
      await job.moveToDelayed(Date.now(), token);
      throw new DelayedError();
    }
    const retry = retryOf(error);
    const line = { job: job.name, payload, attempt: job.attemptsMade + 1, err: error instanceof LeadlineError ? `${error.code}: ${error.message}` : error };
    if (typeof retry === 'object') {
      logger.debug({ ...line, afterMs: retry.afterMs }, 'job put back');
      await job.moveToDelayed(Date.now() + retry.afterMs, token);
      throw new DelayedError();
    }
    if (retry === 'backoff' && job.attemptsMade + 1 < definition.job.attempts) {
      logger.info(line, 'job will be tried again');
      throw error;
    }
    logger.warn(line, 'job given up');
    await definition.giveUp(payload, error);
    throw new UnrecoverableError(error instanceof Error ? error.message : 'failed');
  }
}
