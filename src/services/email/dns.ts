/**
 * What DNS says about mail to a domain, as data. A resolver that fails is an answer of its own (`failed`): it must
 * never be read as "this domain has no mail".
 */
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { getDomain } from 'tldts';

export type MailRoute =
  /** Mail exchangers, most preferred first. */
  | { kind: 'mx'; hosts: string[] }
  /** The domain says that it takes no mail (RFC 7505). */
  | { kind: 'null-mx' }
  /** No MX, but the name has an address: mail goes there (RFC 5321 5.1). */
  | { kind: 'implicit'; addresses: string[] }
  /** `no-domain`: the name does not exist (NXDOMAIN); `no-mail`: it exists but nothing takes mail; `unusable-mx`: its MX name no reachable host. */
  | { kind: 'none'; why: 'no-domain' | 'no-mail' | 'unusable-mx' }
  /** The resolver gave no answer: SERVFAIL, REFUSED, time-out, unreachable. */
  | { kind: 'failed'; why: string };

/** A TXT policy (SPF or DMARC). `several` is a configuration error of the domain: receivers then ignore all of them. */
export type TextPolicy =
  | { kind: 'present'; record: string }
  | { kind: 'several'; records: string[] }
  | { kind: 'absent' }
  | { kind: 'failed'; why: string };

export interface MailDnsOptions {
  /** `host` or `host:port`, IPv6 as `[::1]:5353`; the system's resolvers when left out. */
  servers?: string[] | undefined;
  /** Whole time for one question of ours, follow-ups and waiting for a free slot included; default 700 ms. */
  timeLimitMs?: number;
  /** c-ares loses queries beyond 256 at once on one resolver (measured), so far fewer are let in; default 100. */
  maxLookups?: number;
  /** Clock for the cache, in ms since the epoch. */
  now?: () => number;
}

const POSITIVE_MS = 5 * 60_000;
const NEGATIVE_MS = 60_000;
const MAX_CACHED = 20_000;

/** One DNS question: records, a definite "nothing there", or no answer. */
type Lookup<T> = { kind: 'records'; records: T[] } | { kind: 'no-data' } | { kind: 'no-name' } | { kind: 'failed'; why: string };

interface Cached { value: unknown; until: number }

export class MailDns {
  private readonly resolver: Resolver;
  private readonly timeLimitMs: number;
  private readonly maxLookups: number;
  private readonly now: () => number;
  private readonly cache = new Map<string, Cached>();
  private readonly pending = new Map<string, Promise<unknown>>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  private closed = false;

  constructor(options: MailDnsOptions = {}) {
    this.timeLimitMs = options.timeLimitMs ?? 700;
    this.maxLookups = Math.max(1, options.maxLookups ?? 100);
    this.now = options.now ?? Date.now;
    // Two tries inside the limit: one lost datagram must not turn a good address into UNKNOWN.
    this.resolver = new Resolver({ timeout: Math.max(50, Math.floor(this.timeLimitMs / 3)), tries: 2 });
    if (options.servers !== undefined && options.servers.length > 0) this.resolver.setServers(options.servers);
  }

  /** Where mail for the domain goes. `domain` in A-labels. Never throws. */
  mailRoute(domain: string): Promise<MailRoute> {
    return this.remember(`mx ${domain}`, routeLifetime, (deadline) => this.findRoute(domain, deadline));
  }

  /** The domain's SPF record (RFC 7208). Never throws. */
  spf(domain: string): Promise<TextPolicy> {
    return this.remember(`spf ${domain}`, policyLifetime, async (deadline) => policyFrom(await this.text(domain, deadline), isSpf));
  }

  /** The DMARC record of the domain, or else of its organisational domain (RFC 7489 6.6.3). Never throws. */
  dmarc(domain: string): Promise<TextPolicy> {
    return this.remember(`dmarc ${domain}`, policyLifetime, async (deadline) => {
      const own = policyFrom(await this.text(`_dmarc.${domain}`, deadline), isDmarc);
      const organisation = getDomain(domain, { allowPrivateDomains: true });
      if (own.kind !== 'absent' || organisation === null || organisation === domain) return own;
      return policyFrom(await this.text(`_dmarc.${organisation}`, deadline), isDmarc);
    });
  }

  /** Ends look-ups that are under way; they answer `failed`. Later ones do too. */
  close(): void {
    this.closed = true;
    this.resolver.cancel();
    for (const wake of this.waiting.splice(0)) wake();
  }

  private async findRoute(domain: string, deadline: number): Promise<MailRoute> {
    const answer = await this.ask(deadline, () => this.resolver.resolveMx(domain));
    if (answer.kind === 'failed') return answer;
    if (answer.kind === 'no-name') return { kind: 'none', why: 'no-domain' };
    if (answer.kind === 'records' && answer.records.length > 0) return routeFromExchangers(answer.records);
    const [v4, v6] = await Promise.all([
      this.ask(deadline, () => this.resolver.resolve4(domain)),
      this.ask(deadline, () => this.resolver.resolve6(domain)),
    ]);
    const addresses = [v4, v6].flatMap((found) => (found.kind === 'records' ? found.records : []));
    if (addresses.length > 0) return { kind: 'implicit', addresses };
    const failure = [v4, v6].find((found) => found.kind === 'failed');
    if (failure !== undefined) return failure;
    return { kind: 'none', why: v4.kind === 'no-name' && v6.kind === 'no-name' ? 'no-domain' : 'no-mail' };
  }

  private async text(name: string, deadline: number): Promise<Lookup<string>> {
    const answer = await this.ask(deadline, () => this.resolver.resolveTxt(name));
    // A TXT record is a list of strings of up to 255 bytes that belong together (RFC 7208 3.3).
    return answer.kind === 'records' ? { kind: 'records', records: answer.records.map((parts) => parts.join('')) } : answer;
  }

  /** One look-up in a free slot. The slot is held until the resolver is done, even when nobody waits for it any more. */
  private async ask<T>(deadline: number, lookup: () => Promise<T[]>): Promise<Lookup<T>> {
    const timedOut: Lookup<T> = { kind: 'failed', why: 'the DNS server did not answer in time' };
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) return timedOut;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<Lookup<T>>((resolve) => { timer = setTimeout(() => { resolve(timedOut); }, leftMs); });
    try {
      return await Promise.race([limit, this.inSlot(deadline, lookup, timedOut)]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async inSlot<T>(deadline: number, lookup: () => Promise<T[]>, timedOut: Lookup<T>): Promise<Lookup<T>> {
    while (this.running >= this.maxLookups && !this.closed) await new Promise<void>((resolve) => { this.waiting.push(resolve); });
    if (this.closed) {
      this.waiting.shift()?.();
      return { kind: 'failed', why: 'the DNS resolver is closed' };
    }
    if (performance.now() >= deadline) {
      // Nobody waits for this answer any more: hand the slot on instead of spending it.
      this.waiting.shift()?.();
      return timedOut;
    }
    this.running += 1;
    try {
      return { kind: 'records', records: await lookup() };
    } catch (error) {
      return lookupFailure(error);
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }

  /** Same question, one look-up: callers at the same time share it, later ones get it from the cache. Failures are not kept. */
  private remember<T>(key: string, lifetimeMs: (value: T) => number, make: (deadline: number) => Promise<T>): Promise<T> {
    const kept = this.cache.get(key);
    if (kept !== undefined && kept.until > this.now()) return Promise.resolve(kept.value as T);
    const underWay = this.pending.get(key);
    if (underWay !== undefined) return underWay as Promise<T>;
    const made = make(performance.now() + this.timeLimitMs)
      .then((value) => { this.keep(key, value, lifetimeMs(value)); return value; })
      .finally(() => { this.pending.delete(key); });
    this.pending.set(key, made);
    return made;
  }

  private keep(key: string, value: unknown, lifetimeMs: number): void {
    this.cache.delete(key);
    if (lifetimeMs <= 0) return;
    // A Map keeps insertion order, so the first key is the oldest one.
    const oldest = this.cache.size >= MAX_CACHED ? this.cache.keys().next().value : undefined;
    if (oldest !== undefined) this.cache.delete(oldest);
    this.cache.set(key, { value, until: this.now() + lifetimeMs });
  }
}

function routeLifetime(route: MailRoute): number {
  if (route.kind === 'failed') return 0;
  return route.kind === 'none' ? NEGATIVE_MS : POSITIVE_MS;
}

function policyLifetime(policy: TextPolicy): number {
  if (policy.kind === 'failed') return 0;
  return policy.kind === 'absent' ? NEGATIVE_MS : POSITIVE_MS;
}

function routeFromExchangers(records: { exchange: string; priority: number }[]): MailRoute {
  // "." arrives from node as an empty name: the null MX of RFC 7505.
  const named = records.filter((record) => record.exchange !== '' && record.exchange !== '.');
  if (named.length === 0) return { kind: 'null-mx' };
  const hosts = named
    .sort((a, b) => a.priority - b.priority || a.exchange.localeCompare(b.exchange))
    .map((record) => record.exchange.toLowerCase())
    .filter(isUsableExchanger);
  return hosts.length > 0 ? { kind: 'mx', hosts: [...new Set(hosts)] } : { kind: 'none', why: 'unusable-mx' };
}

/** An MX names a host (RFC 5321 5.1, RFC 2181 10.3): not an address, not this very machine, not a bare word. */
function isUsableExchanger(host: string): boolean {
  if (isIP(host) !== 0 || !host.includes('.')) return false;
  return !/(^|\.)(localhost|localdomain|local|invalid)$/.test(host);
}

/** NXDOMAIN and NODATA are answers; everything else means that the question stays open. */
function lookupFailure<T>(error: unknown): Lookup<T> {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
  if (code === 'ENODATA') return { kind: 'no-data' };
  if (code === 'ENOTFOUND' || code === 'EBADNAME') return { kind: 'no-name' };
  const words: Record<string, string> = {
    ESERVFAIL: 'the DNS server failed (SERVFAIL)',
    EREFUSED: 'the DNS server refused the question',
    ETIMEOUT: 'the DNS server did not answer in time',
    ECONNREFUSED: 'the DNS server could not be reached',
    ECANCELLED: 'the look-up was cancelled',
  };
  return { kind: 'failed', why: words[code] ?? `the DNS look-up failed (${code})` };
}

function policyFrom(answer: Lookup<string>, belongs: (record: string) => boolean): TextPolicy {
  if (answer.kind === 'failed') return answer;
  const records = answer.kind === 'records' ? answer.records.filter(belongs) : [];
  const [first] = records;
  if (first === undefined) return { kind: 'absent' };
  return records.length === 1 ? { kind: 'present', record: first } : { kind: 'several', records };
}

/** RFC 7208 4.5: the version, then a space or the end. */
function isSpf(record: string): boolean {
  return /^v=spf1(?: |$)/i.test(record);
}

/** RFC 7489 6.4: the version tag comes first. */
function isDmarc(record: string): boolean {
  return /^v\s{0,8}=\s{0,8}DMARC1\s{0,8}(?:;|$)/.test(record);
}
