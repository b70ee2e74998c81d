import type { DataSource } from 'typeorm';
import type { Backplane } from '../../backplane.js';
import type { Logger } from '../../logger.js';

const CHANNEL = 'revocations';
/** A message may be lost, and SQL sends none: rows are looked at this often, so that a revocation counts within a second. */
const POLL_MS = 500;
/** How far back a look goes: longer than any transaction that ends a credential takes to commit. */
const OVERLAP_MS = 60_000;
/** Access tokens live a day at most; rows older than this name nothing that is still alive. */
const KEEP_MS = 25 * 3_600_000;
const FULL_EVERY_MS = 600_000;

/** What credentials stand on; they are void once one of these is revoked. */
export interface Footing { userId: string; workspaceId: string; sessionId: string | null; apiKeyId: string | null; /** Version of the membership they were made from; null where it is not known. */ membershipVersion: number | null }

/**
 * Which sessions, keys and memberships have ended, in the memory of each process, so that asking costs nothing. The rows
 * of `revocations` are the truth, and triggers write them in the transaction of what they tell. A message over the
 * backplane makes every process read them at once; a process that misses it reads them half a second later, also without
 * Redis. So a Redis that is lost or comes back empty loses nothing.
 */
export class Revocations {
  #versions = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #leave: (() => Promise<void>) | undefined;
  #reading: Promise<void> | null = null;
  #again: Promise<void> | null = null;
  #lastReadAt = 0;
  #lastFullAt = 0;

  constructor(private readonly deps: { dataSource: DataSource; backplane: Backplane; logger: Logger }) {}

  /** Reads what there is; afterwards knows what is revoked anywhere. */
  async start(): Promise<void> {
    const look = (): void => { void this.#tryRead(); };
    this.#leave = await this.deps.backplane.bus.subscribe(CHANNEL, look);
    await this.#read();
    this.#timer = setInterval(look, POLL_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#leave?.();
    await this.#reading?.catch(() => undefined);
  }

  allows(footing: Footing): boolean {
    if (footing.sessionId !== null && this.#versions.has(`s:${footing.sessionId}`)) return false;
    if (footing.apiKeyId !== null && this.#versions.has(`k:${footing.apiKeyId}`)) return false;
    return footing.membershipVersion === null || footing.membershipVersion >= (this.#versions.get(`m:${footing.userId}:${footing.workspaceId}`) ?? 0);
  }

  /** Called whenever something new is revoked; the result stops that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => { this.#listeners.delete(listener); };
  }

  /** After the commit of anything that ends credentials: resolves when this process knows, and tells the others. */
  async announce(): Promise<void> {
    await Promise.all([this.#tryRead(), this.deps.backplane.bus.publish(CHANNEL, '')]);
  }

  /** What happened has committed: a database that is away now is asked again soon, and the client hears of success. */
  async #tryRead(): Promise<void> {
    await this.#read().catch((error: unknown) => { this.deps.logger.debug({ err: error }, 'revocations could not be read; tried again'); });
  }

  /** One look at a time; who asks during one gets the next, which surely began after its commit. */
  #read(): Promise<void> {
    if (!this.#reading) {
      this.#reading = this.#look().finally(() => { this.#reading = null; });
      return this.#reading;
    }
    this.#again ??= this.#reading.catch(() => undefined).then(() => { this.#again = null; return this.#read(); });
    return this.#again;
  }

  async #look(): Promise<void> {
    const startedAt = Date.now();
    // After a time without the database, anything may have been missed.
    const isFull = startedAt - this.#lastReadAt > OVERLAP_MS / 2 || startedAt - this.#lastFullAt > FULL_EVERY_MS;
    if (isFull) await this.deps.dataSource.query('DELETE FROM revocations WHERE at < now() - $1 * interval \'1 ms\'', [KEEP_MS]);
    const rows = await this.deps.dataSource.query<{ subject: string; version: number }[]>("SELECT subject, version FROM revocations WHERE at > now() - $1 * interval '1 ms'", [isFull ? KEEP_MS : OVERLAP_MS]);
    const known = this.#versions;
    const isNews = rows.some(({ subject, version }) => (known.get(subject) ?? -1) < version);
    const versions = isFull ? new Map<string, number>() : known;
    for (const { subject, version } of rows) versions.set(subject, version);
    this.#versions = versions;
    this.#lastReadAt = startedAt;
    if (isFull) this.#lastFullAt = startedAt;
    if (isNews) for (const listener of this.#listeners) listener();
  }
}
