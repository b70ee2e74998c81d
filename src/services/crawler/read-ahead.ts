import type { Ahead, FrontierEntry, NextEntries } from './frontier.js';
import type { ReadEntry } from './page-commit.js';
import type { Visits } from './visits.js';

/**
 * Where a site asks for no delay, waiting for the database would be most of the time: so many pages are stored at once,
 * while as many are being read. With a delay each page is stored before the next one is chosen.
 */
const BATCH = 16;
/** Read pages wait at most about this long, or until they have so many bytes, before they are stored: a site of many that share a worker has four pages in half a second, and a batch costs the same whatever is in it. */
const BATCH_MS = 2_000;
const BATCH_BYTES = 2_000_000;

/**
 * The way of one site's URLs through one worker: claimed, read, stored. One page is asked for at a time; the pages before it
 * are read (`Visits`) and stored meanwhile. What a kill costs is what lies here: these pages are fetched again, and no others.
 */
export class ReadAhead {
  readonly #claimed: FrontierEntry[] = [];
  #read: ReadEntry[] = [];
  #bytes = 0;
  #running: Promise<void> | null = null;
  #failure: Error | null = null;
  #answer: NextEntries | null = null;
  /** What the site asks for between two requests, ms; null until its rules are known. */
  delayMs: number | null = null;

  /**
   * @param store stores what was read and claims what comes next; claims nothing where `ahead` is null
   * @param visits those that are under way are ours, too: claimed once more, they would be asked for twice
   */
  constructor(private readonly store: (entries: readonly ReadEntry[], ahead: Ahead | null) => Promise<NextEntries>, private readonly visits: Pick<Visits, 'ids'>) {}

  /** The frontier's last word, unless something was claimed or read since: then it has to be asked again. */
  get answer(): NextEntries | null {
    return this.#answer;
  }

  get isIdle(): boolean {
    return this.#claimed.length === 0 && this.#read.length === 0 && this.#running === null;
  }

  ahead(): Ahead {
    const held = [...this.visits.ids, ...this.#claimed.map(({ id }) => id)];
    return { held, limit: Math.max(1, this.#window * 2 - 1 - held.length) };
  }

  get #window(): number {
    return this.delayMs === 0 ? BATCH : 1;
  }

  /** @param isWhole nothing was held when the frontier was asked, so that "nothing more" means just that */
  take(answer: NextEntries, isWhole: boolean): void {
    if (typeof answer === 'object' && 'entries' in answer) this.#claimed.push(...answer.entries);
    this.#answer = answer === 'stop' || isWhole ? answer : null;
  }

  shift(): FrontierEntry | undefined {
    if (this.#claimed.length > 0 && this.#answer !== 'stop') this.#answer = null;
    return this.#claimed.shift();
  }

  /** Stores when it is time to, without waiting while there is more to read. @throws what storing threw, then or earlier */
  async add(read: ReadEntry): Promise<void> {
    this.#read.push(read);
    this.#bytes += read.result.bytes;
    this.#rethrow();
    const [oldest] = this.#read;
    const isDue = this.#claimed.length === 0 || this.#read.length >= this.#window || this.#bytes >= BATCH_BYTES || read.readAt.getTime() - (oldest?.readAt.getTime() ?? 0) >= BATCH_MS;
    if (!isDue) return;
    const isFull = this.#read.length >= 2 * this.#window || this.#bytes >= 2 * BATCH_BYTES;
    if (this.#running && !isFull) return;
    await this.#running;
    this.#start();
    if (this.#claimed.length === 0) await this.#running;
    this.#rethrow();
  }

  /** Waits until everything read is stored. @throws what storing threw */
  async settle(): Promise<void> {
    await this.#running;
    this.#rethrow();
    if (this.#read.length > 0) {
      this.#start();
      await this.#running;
    }
    this.#rethrow();
  }

  /** At the end of a run: stores what was read, claims nothing more. What fails here is fetched again by the next run. @param rest what was read last */
  async flush(rest: readonly ReadEntry[]): Promise<void> {
    await this.#running;
    const entries = [...this.#read.splice(0), ...rest];
    if (entries.length > 0 && this.#failure === null) await this.store(entries, null).catch(() => undefined);
  }

  #start(): void {
    const entries = this.#read;
    const ahead = this.ahead();
    this.#read = [];
    this.#bytes = 0;
    this.#running = this.store(entries, ahead).then((answer) => { this.take(answer, ahead.held.length === 0); }, (error: unknown) => { this.#failure = error instanceof Error ? error : new Error(String(error)); }).finally(() => { this.#running = null; });
  }

  #rethrow(): void {
    if (this.#failure !== null) throw this.#failure;
  }
}
