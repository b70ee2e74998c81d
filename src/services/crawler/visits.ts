/** The pages of one site between their request and what was read from them. */
import type { ReadEntry } from './page-commit.js';

/** More would only wait for each other: threads that read pages are few. */
const MOST_READ = 4;
/** With what waits to be stored and the page that is being sent no more than a killed run is taken to have read (crawl-limits.ts). */
const MOST_BYTES = 1_000_000;

/** One page: by its id in the frontier, with what will come of it: null where it was put back. */
interface Visit { id: string; read: Promise<ReadEntry | null>; bytes: number; isOver: boolean }

/**
 * While pages are read (which takes as long as asking for them, on threads that other sites use, too), the next one of the
 * site is asked for already. What comes of them leaves in the order in which they were asked for.
 */
export class Visits {
  readonly #underWay: Visit[] = [];

  get count(): number {
    return this.#underWay.length;
  }

  /** In the frontier, of those that are under way. */
  get ids(): string[] {
    return this.#underWay.map(({ id }) => id);
  }

  /** True where one more page may be asked for before those under way are read. */
  get hasRoom(): boolean {
    return this.#underWay.length < MOST_READ && this.#underWay.reduce((sum, visit) => sum + visit.bytes, 0) < MOST_BYTES;
  }

  /** Begins a visit and waits until its host has answered. @param visit calls `answered` with the bytes that were read by then; it may end without */
  async begin(id: string, visit: (answered: (bytes: number) => void) => Promise<ReadEntry | null>): Promise<void> {
    let isAnswered = (): void => undefined;
    const answered = new Promise<void>((done) => { isAnswered = done; });
    const one: Visit = { id, read: Promise.resolve(null), bytes: 0, isOver: false };
    one.read = visit((bytes) => {
      one.bytes = bytes;
      isAnswered();
    }).finally(() => {
      one.isOver = true;
      isAnswered();
    });
    // Whoever takes it sees what it threw; until then it is no unhandled failure.
    one.read.catch(() => undefined);
    this.#underWay.push(one);
    await answered;
  }

  /** The oldest page, if it was read; waited for where `isAwaited`. Undefined when there is none to give. @throws what its visit threw */
  async take(isAwaited: boolean): Promise<ReadEntry | null | undefined> {
    const [oldest] = this.#underWay;
    if (oldest === undefined || (!isAwaited && !oldest.isOver)) return undefined;
    this.#underWay.shift();
    return await oldest.read;
  }

  /** At the end of a run: everything that is still under way, without those that failed. */
  async rest(): Promise<ReadEntry[]> {
    const ended = await Promise.allSettled(this.#underWay.splice(0).map(({ read }) => read));
    return ended.flatMap((one) => (one.status === 'fulfilled' && one.value !== null ? [one.value] : []));
  }
}
