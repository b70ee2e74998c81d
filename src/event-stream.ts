import type { Bus } from './backplane.js';

/** Pub/sub may lose a message: rows are read again after this long without one. */
const REREAD_MS = 20_000;

/** Where a stream of stored events is read from. */
export interface EventSource<E extends { seq: number }> {
  channel: string;
  /** What a client that names no `after` gets first, and the seq the stream goes on from. */
  snapshot(): Promise<E>;
  /** Events after `seq` in order; whether none will ever follow them, and whether more can be read at once. */
  readAfter(seq: number): Promise<{ events: E[]; ended: boolean; more: boolean }>;
}

/**
 * Every event after `after`, once and in order, whatever the bus loses: it subscribes first, then reads what
 * was missed, and each wake-up reads rows, never the message. `return()` works at once, also while `next()` is
 * waiting: a generator parked in `await` would not hear it, so this is an iterator by hand.
 */
export class EventStream<E extends { seq: number }> implements AsyncIterableIterator<E> {
  readonly #buffer: E[] = [];
  #seq: number | null;
  #ended = false;
  #closed = false;
  #pending = false;
  #wake: () => void = () => undefined;
  #leave: (() => Promise<void>) | null = null;
  #started = false;

  constructor(private readonly source: EventSource<E>, private readonly bus: Bus, after: number | null | undefined) {
    this.#seq = after ?? null;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<E, undefined>> {
    try {
      if (!this.#started) await this.#start();
      for (;;) {
        if (this.#closed) return { done: true, value: undefined };
        const event = this.#buffer.shift();
        if (event) return { done: false, value: event };
        if (this.#ended) return await this.return();
        if (!this.#pending) await this.#sleep();
        if (this.#closed) return { done: true, value: undefined };
        await this.#read();
      }
    } catch (error) {
      await this.return();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<E, undefined>> {
    this.#closed = true;
    this.#wake();
    const leave = this.#leave;
    this.#leave = null;
    await leave?.();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<E, undefined>> {
    await this.return();
    throw error;
  }

  async #start(): Promise<void> {
    this.#started = true;
    const leave = await this.bus.subscribe(this.source.channel, () => {
      this.#pending = true;
      this.#wake();
    });
    if (this.#closed) await leave();
    else this.#leave = leave;
    if (this.#seq === null) {
      const snapshot = await this.source.snapshot();
      this.#seq = snapshot.seq;
      this.#buffer.push(snapshot);
    }
    await this.#read();
  }

  async #read(): Promise<void> {
    // Cleared before reading: a message that arrives meanwhile causes one more read, never a missed one.
    this.#pending = false;
    const seq = this.#seq ?? 0;
    const { events, ended, more } = await this.source.readAfter(seq);
    for (const event of events) {
      this.#buffer.push(event);
      this.#seq = event.seq;
    }
    this.#ended = ended;
    if (more) this.#pending = true;
  }

  #sleep(): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, REREAD_MS);
      this.#wake = () => { clearTimeout(timer); done(); };
    });
  }
}
