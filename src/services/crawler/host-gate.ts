/**
 * Who may ask which host, and when: one request at a time per registrable domain, at least the delay between two of
 * them, and none to a host that asked for a pause or has stopped answering. Kept in PostgreSQL, so it holds for all
 * workers together, however many there are and whenever they die.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { firstRows } from '../../progress.js';
import { LeadlineError, type ErrorCode } from '../../errors.js';
import type { Logger } from '../../logger.js';
import type { HostTurn } from './fetcher.js';
import { MAX_RETRY_AFTER_MS } from './network-errors.js';
import { registrableDomain } from './url.js';

/** A host that asks for a longer break than this is not waited for: the page fails with the reason. */
export const PATIENCE_MS = 60_000;
/** A killed worker holds a domain for at most this long; one that lives says again and again that it is still asking. */
const BUSY_MS = 8_000;
const BUSY_AGAIN_MS = 2_500;
/** How soon to look again at a domain that another worker is asking just now. */
const LOOK_AGAIN_MS = 50;
/** Failures in a row after which a host is left alone, first for 30 s, then twice as long each time, 15 min at most. */
export const BREAKER_FAILURES = 5;
const BREAKER_MS = 30_000;
/** Domains and hosts this process remembers. */
const MAX_REMEMBERED = 10_000;

const NETWORK: readonly ErrorCode[] = ['NETWORK_DNS', 'NETWORK_TLS', 'NETWORK_TIMEOUT', 'NETWORK_RESET'];

interface Block { until: number; code: ErrorCode; failures: number }
interface Answer { taken: number; blocked_ms: number | null; code: ErrorCode | null; failures: number | null; is_busy: boolean | null; wait_ms: number | null }

export class HostGate {
  /** One name per process: inside it the queues below keep order, so a row that is busy by us is left over from an outage. */
  readonly #owner = randomUUID();
  readonly #queues = new Map<string, Promise<void>>();
  readonly #lastAnswer = new Map<string, number>();
  readonly #blocked = new Map<string, Block>();
  readonly #closing = new AbortController();
  /** Domains whose turn is taken in the database. */
  readonly #held = new Set<string>();
  #renewing: NodeJS.Timeout | undefined;

  constructor(private readonly deps: { dataSource: DataSource; logger: Logger }) {}

  /** Ends the waiting of those who gave no signal of their own. */
  close(): void {
    clearInterval(this.#renewing);
    this.#closing.abort(new Error('shutting down'));
  }

  /**
   * Waits until the host of `url` may be asked. The caller gives the turn back with `end`, always.
   *
   * With a delay of 0 (benchmarks, one's own sites) only the requests of this process are kept apart.
   * @param delayMs least time between the last answer's head and this request: by then the host had the last request,
   *   so it never sees two of them closer than this, however long either was under way
   * @throws LeadlineError HOST_RATE_LIMITED or NETWORK_* with `retry.afterMs` when the host is left alone for longer than a minute
   */
  async take(url: string, delayMs: number, signal?: AbortSignal): Promise<HostTurn> {
    const { hostname: host } = new URL(url);
    const domain = registrableDomain(url) ?? host;
    // Combining signals would leave a listener on this one for each of thousands of pages.
    const stop = signal ?? this.#closing.signal;
    const leave = await this.#enter(domain, stop);
    try {
      let failures = await this.#waitForHost(host, stop);
      const sinceAnswer = performance.now() - (this.#lastAnswer.get(domain) ?? -Infinity);
      if (sinceAnswer < delayMs) await pause(delayMs - sinceAnswer, stop);
      if (delayMs > 0) failures = Math.max(failures, await this.#takeRow(domain, host, delayMs, stop));
      return { end: (sinceAnswerMs, error) => this.#end({ domain, host, failures, delayMs }, sinceAnswerMs ?? 0, error).finally(leave) };
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Takes a place in this process's queue for a domain; the function gives it up, and may be called twice. */
  async #enter(domain: string, signal: AbortSignal): Promise<() => void> {
    const before = this.#queues.get(domain) ?? Promise.resolve();
    let leave = (): void => undefined;
    const gone = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const mine = before.then(() => gone);
    this.#queues.set(domain, mine);
    void mine.then(() => {
      if (this.#queues.get(domain) === mine) this.#queues.delete(domain);
    });
    try {
      await orAborted(before, signal);
    } catch (error) {
      leave();
      throw error;
    }
    return leave;
  }

  /** @returns failures in a row that this process knows of */
  async #waitForHost(host: string, signal: AbortSignal): Promise<number> {
    const block = this.#blocked.get(host);
    if (!block) return 0;
    const waitMs = block.until - performance.now();
    if (waitMs > 0) await this.#waitOrGiveUp(host, block.code, waitMs, signal);
    return block.failures;
  }

  async #waitOrGiveUp(host: string, code: ErrorCode, waitMs: number, signal: AbortSignal): Promise<void> {
    if (waitMs <= PATIENCE_MS) return await pause(waitMs, signal);
    const afterMs = Math.ceil(waitMs);
    const why = code === 'HOST_RATE_LIMITED' ? 'asks for a pause' : 'has not answered several times in a row';
    throw new LeadlineError(code, `${host} ${why}; it is asked again in ${Math.ceil(afterMs / 1000)} s.`, { details: { retryAfterMs: afterMs }, retry: { afterMs } });
  }

  async #takeRow(domain: string, host: string, delayMs: number, signal: AbortSignal): Promise<number> {
    for (;;) {
      const [answer] = await this.#query<Answer>(`
        WITH state AS (SELECT failures, code, greatest(0, ceil(extract(epoch FROM blocked_until - clock_timestamp()) * 1000))::int AS blocked_ms FROM host_states WHERE host = $4),
        taken AS (
          INSERT INTO host_clocks AS c (domain, last_at, busy_by, busy_until)
          SELECT $1, clock_timestamp(), $3, clock_timestamp() + $5 * interval '1 millisecond' WHERE NOT EXISTS (SELECT 1 FROM state WHERE blocked_ms > 0)
          ON CONFLICT (domain) DO UPDATE SET last_at = clock_timestamp(), busy_by = $3, busy_until = clock_timestamp() + $5 * interval '1 millisecond'
          WHERE c.last_at + $2 * interval '1 millisecond' <= clock_timestamp() AND (c.busy_until IS NULL OR c.busy_until <= clock_timestamp() OR c.busy_by = $3)
          RETURNING domain)
        SELECT (SELECT count(*) FROM taken)::int AS taken, s.blocked_ms, s.code, s.failures, c.busy_until > clock_timestamp() AND c.busy_by <> $3 AS is_busy,
          greatest(1, ceil(extract(epoch FROM c.last_at + $2 * interval '1 millisecond' - clock_timestamp()) * 1000))::int AS wait_ms
        FROM (SELECT 1) one LEFT JOIN state s ON true LEFT JOIN host_clocks c ON c.domain = $1`, [domain, delayMs, this.#owner, host, BUSY_MS]);
      if (answer?.taken === 1) {
        this.#held.add(domain);
        this.#renewing ??= setInterval(() => void this.#renew(), BUSY_AGAIN_MS).unref();
        return answer.failures ?? 0;
      }
      if (answer?.blocked_ms) await this.#waitOrGiveUp(host, answer.code ?? 'HOST_RATE_LIMITED', answer.blocked_ms, signal);
      else await pause(answer?.is_busy === true ? LOOK_AGAIN_MS : answer?.wait_ms ?? 1, signal);
    }
  }

  /** Slow answers and rendered pages take longer than a turn lasts by itself. */
  async #renew(): Promise<void> {
    const domains = [...this.#held];
    if (domains.length === 0) return;
    await this.#query("UPDATE host_clocks SET busy_until = clock_timestamp() + $3 * interval '1 millisecond' WHERE domain = ANY($1) AND busy_by = $2", [domains, this.#owner, BUSY_MS])
      .catch((error: Error) => { this.deps.logger.debug({ err: error.message }, 'could not renew turns'); });
  }

  /** Never throws: the request is over, whatever becomes of the book-keeping. A turn that could not be given back ends by itself. */
  async #end(turn: { domain: string; host: string; failures: number; delayMs: number }, sinceAnswerMs: number, error: unknown): Promise<void> {
    this.#held.delete(turn.domain);
    remember(this.#lastAnswer, turn.domain, performance.now() - sinceAnswerMs);
    try {
      if (turn.delayMs > 0) {
        await this.#query("UPDATE host_clocks SET busy_by = NULL, busy_until = NULL, last_at = clock_timestamp() - $3 * interval '1 millisecond' WHERE domain = $1 AND busy_by = $2", [turn.domain, this.#owner, sinceAnswerMs]);
      }
      // What cannot be mended by waiting (no such name, no valid certificate) is no sign of a host in trouble.
      const isNetwork = error instanceof LeadlineError && NETWORK.includes(error.code);
      if (isNetwork && error.retry === 'never') return;
      if (isNetwork || (error instanceof LeadlineError && error.code === 'HOST_RATE_LIMITED')) await this.#failed(turn.host, error);
      else if (turn.failures > 0 && (error === null || error instanceof LeadlineError)) await this.#recovered(turn.host);
    } catch (problem) {
      this.deps.logger.debug({ host: turn.host, err: (problem as Error).message }, 'could not give a turn back');
    }
  }

  async #failed(host: string, error: LeadlineError): Promise<void> {
    const isLimit = error.code === 'HOST_RATE_LIMITED';
    const stated = isLimit && error.details.stated === true;
    const baseMs = isLimit && typeof error.details.retryAfterMs === 'number' ? error.details.retryAfterMs : BREAKER_MS;
    // What the host states holds; what we guess doubles with each failure. A network failure alone blocks nothing yet.
    const [state] = await this.#query<{ failures: number; blocked_ms: number }>(`
      INSERT INTO host_states AS s (host, failures, code, blocked_until) VALUES ($1, 1, $2, clock_timestamp() + CASE WHEN $4 THEN $3::float8 ELSE 0 END * interval '1 millisecond')
      ON CONFLICT (host) DO UPDATE SET failures = s.failures + 1, code = $2, blocked_until = greatest(s.blocked_until, clock_timestamp() + interval '1 millisecond' * CASE
        WHEN $5 THEN $3::float8 WHEN $4 THEN least($6, $3::float8 * power(2, least(s.failures, 10)))
        WHEN s.failures + 1 >= $7 THEN least($6, $3::float8 * power(2, least(s.failures + 1 - $7, 10))) ELSE 0 END)
      RETURNING failures, greatest(0, ceil(extract(epoch FROM blocked_until - clock_timestamp()) * 1000))::int AS blocked_ms`,
    [host, error.code, baseMs, isLimit, stated, MAX_RETRY_AFTER_MS, BREAKER_FAILURES]);
    if (state) remember(this.#blocked, host, { until: performance.now() + state.blocked_ms, code: error.code, failures: state.failures });
  }

  async #recovered(host: string): Promise<void> {
    this.#blocked.delete(host);
    await this.#query('DELETE FROM host_states WHERE host = $1', [host]);
  }

  /** Forgets hosts that nobody asked for a day. */
  async tidy(): Promise<void> {
    await this.#query("DELETE FROM host_clocks WHERE last_at < now() - interval '1 day'", []);
    await this.#query("DELETE FROM host_states WHERE blocked_until < now() - interval '1 day'", []);
  }

  async #query<T>(sql: string, parameters: unknown[]): Promise<T[]> {
    return firstRows(await this.deps.dataSource.query<T[] | [T[], number]>(sql, parameters));
  }
}

/** The newest names stay when there are too many. */
function remember<T>(map: Map<string, T>, name: string, value: T): void {
  map.delete(name);
  map.set(name, value);
  const oldest = map.keys().next().value;
  if (map.size > MAX_REMEMBERED && oldest !== undefined) map.delete(oldest);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(Math.ceil(ms), undefined, { signal }).catch(() => {
    throw signal.reason;
  });
}

async function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  await Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', onAbort));
}

