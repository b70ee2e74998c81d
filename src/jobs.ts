import { Queue } from 'bullmq';
import { z } from 'zod';
import type { Backplane } from './backplane.js';
import type { Logger } from './logger.js';

/**
 * A job is a name, a payload schema and options; its function is in workers/. Payloads hold ids only.
 * Every job may run twice and may be lost: the row it names is the truth, and the reconciler queues again
 * what the rows say is open.
 */
export interface JobKind<Payload> {
  name: string;
  schema: z.ZodType<Payload>;
  /** Names the row; jobs with the same kind and key are one job. */
  key: (payload: Payload) => string;
  /** Attempts before the runner calls it failed; `{ afterMs }` retries cost none. */
  attempts: number;
  /** Jobs of this kind at a time in one worker process; 'sites' is CRAWL_CONCURRENCY. */
  concurrency: number | 'sites';
}

const kind = <S extends z.ZodType>(name: string, schema: S, key: (payload: z.output<S>) => string, options: { attempts: number; concurrency: number | 'sites' }): JobKind<z.output<S>> =>
  ({ name, schema: schema as unknown as z.ZodType<z.output<S>>, key, ...options });

export const JOBS = {
  /** Asks the search providers for one round of candidates and opens crawl jobs for the best. */
  searchGoal: kind('search-goal', z.object({ goalId: z.uuid() }), (p) => p.goalId, { attempts: 5, concurrency: 4 }),
  /** Crawls one site to the end of its frontier or budget. */
  crawlSite: kind('crawl-site', z.object({ crawlJobId: z.uuid() }), (p) => p.crawlJobId, { attempts: 5, concurrency: 'sites' }),
  /** Gives one address its verdict. */
  verifyEmail: kind('verify-email', z.object({ emailId: z.uuid() }), (p) => p.emailId, { attempts: 5, concurrency: 16 }),
  /** Asks a mail server again that wanted to be asked later. */
  probeEmail: kind('probe-email', z.object({ probeId: z.uuid() }), (p) => p.probeId, { attempts: 5, concurrency: 4 }),
  /** Turns one finished crawl into a lead, or into the finding that there is none. */
  buildLead: kind('build-lead', z.object({ crawlJobId: z.uuid() }), (p) => p.crawlJobId, { attempts: 5, concurrency: 4 }),
  /** Writes one export file. */
  writeExport: kind('write-export', z.object({ exportId: z.uuid() }), (p) => p.exportId, { attempts: 3, concurrency: 2 }),
  /** Sends one mail of the outbox. */
  sendMail: kind('send-mail', z.object({ mailId: z.uuid() }), (p) => p.mailId, { attempts: 8, concurrency: 4 }),
  /** Removes documents that no page needs. */
  sweepDocuments: kind('sweep-documents', z.object({ scope: z.literal('all') }), (p) => p.scope, { attempts: 3, concurrency: 1 }),
  /** Removes sign-ins, links, mails and lines of the log that are too old. */
  tidyRecords: kind('tidy-records', z.object({ scope: z.literal('all') }), (p) => p.scope, { attempts: 3, concurrency: 1 }),
} as const;

export type AnyJobKind = (typeof JOBS)[keyof typeof JOBS];

/** The sending side of the queues, one queue per kind. */
export class Jobs {
  readonly #queues = new Map<string, Queue>();

  constructor(backplane: Backplane, private readonly logger: Logger) {
    for (const job of Object.values(JOBS)) {
      const queue = new Queue(job.name, backplane.queues.options('producer'), backplane.queues.factory as never);
      queue.on('error', (error) => { logger.debug({ queue: job.name, err: error.message }, 'queue error'); });
      this.#queues.set(job.name, queue);
    }
  }

  /**
   * Queues a job. Call it after the transaction that made the row has committed. A store that is out of
   * reach is logged, not thrown: the row stays open and the reconciler queues it again.
   */
  async enqueue<Payload>(job: JobKind<Payload>, ...payloads: Payload[]): Promise<void> {
    if (payloads.length === 0) return;
    const bulk = payloads.map((payload) => ({
      name: job.name,
      data: job.schema.parse(payload),
      opts: {
        // BullMQ keeps ':' for itself; uuids hold none.
        jobId: `${job.name}-${job.key(payload)}`,
        attempts: job.attempts,
        // 1, 2, 4, 8, … seconds, each up to half less.
        backoff: { type: 'exponential', delay: 1_000, jitter: 0.5 },
        // A finished job leaves the queue, so that the same id may be queued again.
        removeOnComplete: true,
        removeOnFail: true,
      },
    }));
    try {
      await this.#queue(job.name).addBulk(bulk);
    } catch (error) {
      this.logger.warn({ queue: job.name, count: bulk.length, err: (error as Error).message }, 'could not queue; the reconciler will');
    }
  }

  /** Jobs waiting, delayed or running, for health and tests. */
  async open(job: AnyJobKind): Promise<number> {
    return this.#queue(job.name).getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized');
  }

  /** Resolves when every queue's store answers. */
  async ready(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.waitUntilReady()));
  }

  /** Empties all queues. Only for a process that knows it is alone: what is open comes back from the rows. */
  async forgetAll(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.obliterate({ force: true })));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
  }

  #queue(name: string): Queue {
    const queue = this.#queues.get(name);
    if (!queue) throw new Error(`unknown queue ${name}`);
    return queue;
  }
}
