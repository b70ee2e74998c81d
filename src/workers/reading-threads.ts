import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { LeadlineError } from '../errors.js';
import type { Logger } from '../logger.js';
import { parsePage, type ParsedPage, type ParsePage, type ParseRequest } from '../services/crawler/parse-page.js';
import { searchAddresses } from '../services/email/extract.js';

export interface ReadingLimits {
  /** For one page, ms, the start of a thread included. The worst pages of 5 MB take seconds (11 s on a machine with eight times its work); one that takes longer has found a hole in us. */
  pageMs: number;
  /** Heap of one thread, MB. The worst pages of 5 MB that we know need 400. */
  heapMb: number;
}
const LIMITS: ReadingLimits = { pageMs: 60_000, heapMb: 1_024 };
/** Each holds word lists and number plans of its own; more of them than this outrun one database connection pool anyway. */
const MOST_THREADS = 4;

/** One less than processors, as the main thread needs one; none where there is only one. */
export const defaultReadingThreads = (): number => Math.min(MOST_THREADS, availableParallelism() - 1);

interface Task { id: number; request: ParseRequest; done: (page: ParsedPage) => void; fail: (error: Error) => void }
type Answer = { id: number; page: ParsedPage } | { id: number; error: string };

/** One thread and the pages it was given, oldest first: it reads them in this order, so the first one is the one it is at. */
class ReadingThread {
  readonly tasks: Task[] = [];
  #worker: Worker | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly logger: Logger, private readonly limits: ReadingLimits) {}

  give(task: Task): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage({ id: task.id, request: task.request });
    this.tasks.push(task);
    if (this.tasks.length === 1) this.#watch();
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    const waiting = this.tasks.splice(0);
    this.#watch();
    for (const task of waiting) task.fail(new Error('shutting down'));
    await worker?.terminate();
  }

  #start(): Worker {
    // Node ends a thread that steps over it (ERR_WORKER_OUT_OF_MEMORY). By itself it would allow half of the machine's memory.
    const worker = new Worker(fileURLToPath(new URL('./reading-thread.js', import.meta.url)), { resourceLimits: { maxOldGenerationSizeMb: this.limits.heapMb } });
    worker.on('message', (answer: Answer) => {
      // What a thread says that is no longer ours belongs to a page that was given up.
      if (this.#worker !== worker) return;
      const task = this.tasks.shift();
      this.#watch();
      // Anything else would give a page the text of another.
      if (task?.id !== answer.id) task?.fail(new Error(`page ${answer.id} was read instead of ${task.id}`));
      else if ('page' in answer) task.done(answer.page);
      else task.fail(new LeadlineError('PARSE_FAILED', 'The page could not be read.', { cause: new Error(answer.error) }));
    });
    worker.once('error', (error) => { this.#lost(worker, error.message); });
    worker.once('exit', (code) => { this.#lost(worker, `code ${code}`); });
    // An idle thread does not keep the process alive; a page that is being read does, by its clock.
    worker.unref();
    return worker;
  }

  /** The page that was being read is at fault; the others are read by a new thread. */
  #lost(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    const [guilty, ...waiting] = this.tasks.splice(0);
    this.#watch();
    this.logger.warn({ url: guilty?.request.url, reason }, 'a thread that reads pages was lost');
    guilty?.fail(new LeadlineError('PARSE_FAILED', 'The page could not be read in bounded time and memory.'));
    for (const task of waiting) this.give(task);
  }

  /** Starts the clock of the page that is first now. */
  #watch(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const worker = this.#worker;
    if (worker === null || this.tasks.length === 0) return;
    this.#timer = setTimeout(() => {
      this.#lost(worker, `no answer in ${this.limits.pageMs} ms`);
      void worker.terminate();
    }, this.limits.pageMs);
  }
}

/**
 * Reads pages on other threads: reading is a good half of the main thread's work in a crawl, and keeps the API, the leases
 * and the database connections waiting. A page that hangs or ends its thread is PARSE_FAILED and costs only itself.
 */
export class ReadingThreads {
  readonly #threads: ReadingThread[];
  #count = 0;
  #isClosed = false;

  /** @param size threads, started when first needed; with 0 pages are read where the caller is */
  constructor(size: number, logger: Logger, limits: ReadingLimits = LIMITS) {
    this.#threads = Array.from({ length: size }, () => new ReadingThread(logger, limits));
  }

  /** A page of a caller that no longer waits is read to its end all the same, and dropped. */
  readonly parse: ParsePage = async (request, signal) => {
    signal.throwIfAborted();
    const [first, ...others] = this.#threads;
    if (first === undefined) return await parsePage(request, searchAddresses);
    if (this.#isClosed) throw new Error('shutting down');
    const idlest = others.reduce((best, thread) => (thread.tasks.length < best.tasks.length ? thread : best), first);
    this.#count += 1;
    const id = this.#count;
    let onAbort = (): void => undefined;
    return await new Promise<ParsedPage>((done, fail) => {
      onAbort = () => { fail(signal.reason as Error); };
      signal.addEventListener('abort', onAbort, { once: true });
      idlest.give({ id, request, done, fail });
    }).finally(() => { signal.removeEventListener('abort', onAbort); });
  };

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}
