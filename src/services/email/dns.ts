/**
 * What DNS says about mail to a domain, as data. A resolver that fails is an answer of its own (`failed`): it must
 * never be read as "this domain has no mail".
 */
import { isIP } from 'node:net';
import { getDomain } from 'tldts';
import { DnsClient, RECORD_TYPES, type DnsAnswer, type DnsFailure, type DnsRecord, type RecordType } from './dns-client.js';

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
  /**
   * Whole time for one question of ours, follow-ups and waiting for a free slot included; default 700 ms. Block lists, whose
   * question needs up to three answers after each other, have 200 ms more: so a verdict takes less than a second.
   */
  timeLimitMs?: number;
  /** Questions under way at once; default 100. */
  maxLookups?: number;
  /** Block lists to ask (DNSBL_ZONES). */
  blockLists?: readonly string[];
  /** Clock for the cache, in ms since the epoch. */
  now?: () => number;
}

/** Addresses of a host, both families. */
export type HostAddresses = { kind: 'found'; addresses: string[] } | { kind: 'failed'; why: string };

/** What block lists say; `failed` where no list gave an answer that can be trusted. */
export type BlockListing = { kind: 'listed'; zones: string[] } | { kind: 'clean' } | { kind: 'failed'; why: string };

/** No answer is kept longer, whatever its owner says: a company that moves its mail is noticed on the same day. */
const MAX_POSITIVE_MS = 3 * 3_600_000;
/** RFC 2308 5 lets "there is none" live for hours; a new company's domain is seen sooner. */
const MAX_NEGATIVE_MS = 15 * 60_000;
/** For a "there is none" without the SOA that would say how long: only against asking in a burst. */
const NEGATIVE_MS = 60_000;
const MAX_CACHED = 20_000;
const MAX_ALIASES = 8;
const BLOCK_LIST_MORE_MS = 200;

/** One DNS question: records, a definite "nothing there", or no answer. */
type Lookup<T> = { kind: 'records'; records: T[]; lifeMs: number } | { kind: 'no-data' | 'no-name'; lifeMs: number } | { kind: 'failed'; why: string };

/** A value and for how long it holds; 0 is not kept. */
interface Made<T> { value: T; lifeMs: number }
const lifeOf = (...lookups: Lookup<unknown>[]): number => Math.min(...lookups.map((one) => (one.kind === 'failed' ? 0 : one.lifeMs)));

interface Cached { value: unknown; until: number }

export class MailDns {
  private readonly client: DnsClient;
  private readonly blockLists: readonly string[];
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
    this.blockLists = options.blockLists ?? [];
    // Two tries inside the limit: one lost datagram must not turn a good address into UNKNOWN.
    this.client = new DnsClient(options.servers ?? [], Math.max(50, Math.floor(this.timeLimitMs / 3)));
  }

  /** Where mail for the domain goes. `domain` in A-labels. Never throws. */
  mailRoute(domain: string): Promise<MailRoute> {
    return this.remember(`mx ${domain}`, (deadline) => this.findRoute(domain, deadline));
  }

  /** The domain's SPF record (RFC 7208). Never throws. */
  spf(domain: string): Promise<TextPolicy> {
    return this.remember(`spf ${domain}`, async (deadline) => policyFrom(await this.ask(domain, 'TXT', deadline), isSpf));
  }

  /** The DMARC record of the domain, or else of its organisational domain (RFC 7489 6.6.3). Never throws. */
  dmarc(domain: string): Promise<TextPolicy> {
    return this.remember(`dmarc ${domain}`, async (deadline) => {
      const own = policyFrom(await this.ask(`_dmarc.${domain}`, 'TXT', deadline), isDmarc);
      const organisation = getDomain(domain, { allowPrivateDomains: true });
      if (own.value.kind !== 'absent' || organisation === null || organisation === domain) return own;
      const parent = policyFrom(await this.ask(`_dmarc.${organisation}`, 'TXT', deadline), isDmarc);
      return { value: parent.value, lifeMs: Math.min(own.lifeMs, parent.lifeMs) };
    });
  }

  /** Never throws. */
  hostAddresses(host: string): Promise<HostAddresses> {
    return this.remember(`host ${host}`, async (deadline): Promise<Made<HostAddresses>> => {
      const [v4, v6] = await Promise.all([this.ask(host, 'A', deadline), this.ask(host, 'AAAA', deadline)]);
      const addresses = [v4, v6].flatMap((found) => (found.kind === 'records' ? found.records.map((record) => record.value) : []));
      const failure = [v4, v6].find((found) => found.kind === 'failed');
      return addresses.length === 0 && failure?.kind === 'failed' ? { value: failure, lifeMs: 0 } : { value: { kind: 'found', addresses }, lifeMs: lifeOf(v4, v6) };
    });
  }

  /** Whether block lists are asked at all. */
  get asksBlockLists(): boolean {
    return this.blockLists.length > 0;
  }

  /**
   * What the block lists say of a domain and of the addresses of its first mail host. To be asked beside `mailRoute`, whose
   * answer it shares: the domain's own name needs no route, and all of it has one deadline. An answer that no list gives
   * (RFC 5782, Spamhaus: 127.255.255.x means that this resolver is blocked or wrong, 127.0.0.1 and whatever is outside 127/8
   * that somebody else answers) is no answer; neither is one about the name alone while the mail host is unknown. Never throws.
   */
  blockListed(domain: string): Promise<BlockListing> {
    return this.remember(`dnsbl ${domain}`, async (deadline): Promise<Made<BlockListing>> => {
      const [ofDomain, ofHost] = await Promise.all([this.askLists([domain], deadline), this.listedHost(domain, deadline)]);
      const asked = [...ofDomain, ...ofHost.asked];
      const listed = asked.filter(({ answer }) => answer.kind === 'records' && answer.records.some((record) => isListing(record.value))).map(({ zone }) => zone);
      const life = lifeOf(...asked.map(({ answer }) => answer));
      if (listed.length > 0) return { value: { kind: 'listed', zones: [...new Set(listed)] }, lifeMs: life };
      const open = asked.find(({ answer }) => answer.kind === 'failed' || (answer.kind === 'records' && answer.records.some((record) => isNoAnswer(record.value))));
      if (open) return { value: { kind: 'failed', why: `the block list ${open.zone} does not answer this resolver` }, lifeMs: 0 };
      if (ofHost.why !== null) return { value: { kind: 'failed', why: ofHost.why }, lifeMs: 0 };
      return { value: { kind: 'clean' }, lifeMs: life };
    }, this.timeLimitMs + BLOCK_LIST_MORE_MS);
  }

  /** Every list about every name. */
  private async askLists(names: readonly string[], deadline: number): Promise<{ zone: string; answer: Lookup<DnsRecord> }[]> {
    return await Promise.all(this.blockLists.flatMap((zone) => names.map(async (name) => ({ zone, answer: await this.ask(`${name}.${zone}`, 'A', deadline) }))));
  }

  /** Every list about the mail host of a domain; `why` where its address is not known. */
  private async listedHost(domain: string, deadline: number): Promise<{ asked: { zone: string; answer: Lookup<DnsRecord> }[]; why: string | null }> {
    const route = await this.mailRoute(domain);
    if (route.kind === 'failed') return { asked: [], why: route.why };
    const host = route.kind === 'mx' ? route.hosts[0] : undefined;
    const found = host === undefined ? null : await this.ask(host, 'A', deadline);
    if (found?.kind === 'failed') return { asked: [], why: found.why };
    const addresses = found?.kind === 'records' ? found.records.map((record) => record.value) : route.kind === 'implicit' ? route.addresses : [];
    // Lists of addresses know IPv4; those of IPv6 are asked under another name (RFC 5782 2.4) and hardly exist.
    const names = addresses.filter((one) => isIP(one) === 4).slice(0, 2).map((one) => one.split('.').reverse().join('.'));
    return { asked: await this.askLists(names, deadline), why: null };
  }

  /** Ends look-ups that are under way; they answer `failed`. Later ones do too. */
  close(): void {
    this.closed = true;
    this.client.close();
    for (const wake of this.waiting.splice(0)) wake();
  }

  private async findRoute(domain: string, deadline: number): Promise<Made<MailRoute>> {
    const answer = await this.ask(domain, 'MX', deadline);
    if (answer.kind === 'failed') return { value: answer, lifeMs: 0 };
    if (answer.kind === 'no-name') return { value: { kind: 'none', why: 'no-domain' }, lifeMs: answer.lifeMs };
    if (answer.kind === 'records') return { value: routeFromExchangers(answer.records), lifeMs: answer.lifeMs };
    const [v4, v6] = await Promise.all([this.ask(domain, 'A', deadline), this.ask(domain, 'AAAA', deadline)]);
    const lifeMs = lifeOf(answer, v4, v6);
    const addresses = [v4, v6].flatMap((found) => (found.kind === 'records' ? found.records.map((record) => record.value) : []));
    if (addresses.length > 0) return { value: { kind: 'implicit', addresses }, lifeMs };
    const failure = [v4, v6].find((found) => found.kind === 'failed');
    if (failure?.kind === 'failed') return { value: failure, lifeMs: 0 };
    return { value: { kind: 'none', why: v4.kind === 'no-name' && v6.kind === 'no-name' ? 'no-domain' : 'no-mail' }, lifeMs };
  }

  /** One question in a free slot, aliases followed. */
  private async ask(name: string, type: RecordType, deadline: number): Promise<Lookup<DnsRecord>> {
    let asked = name;
    let lifeMs = MAX_POSITIVE_MS;
    for (let hop = 0; hop <= MAX_ALIASES; hop += 1) {
      const answer = await this.inSlot(deadline, asked, type);
      if (typeof answer === 'string') return { kind: 'failed', why: FAILURES[answer] };
      if (answer.rcode !== 0 && answer.rcode !== 3) return { kind: 'failed', why: RCODES[answer.rcode] ?? `the DNS look-up failed (code ${answer.rcode})` };
      const followed = follow(answer.answers, asked, RECORD_TYPES[type]);
      if (followed === null) return { kind: 'failed', why: 'the name is an alias of itself' };
      for (const { ttl } of followed.passed) lifeMs = Math.min(lifeMs, ttl * 1_000);
      if (followed.records.length > 0) return { kind: 'records', records: followed.records, lifeMs };
      if (answer.rcode === 0 && followed.name !== asked) {
        // The server followed only a part of the way: the rest is asked for, unless it says that there is nothing.
        if (answer.negativeTtl === null) {
          asked = followed.name;
          continue;
        }
      }
      const noneMs = answer.negativeTtl === null ? NEGATIVE_MS : Math.min(answer.negativeTtl * 1_000, MAX_NEGATIVE_MS);
      return { kind: answer.rcode === 3 ? 'no-name' : 'no-data', lifeMs: Math.min(lifeMs, noneMs) };
    }
    return { kind: 'failed', why: 'the name has too many aliases' };
  }

  /** The slot is held until the resolver is done, even when nobody waits for it any more. */
  private async inSlot(deadline: number, name: string, type: RecordType): Promise<DnsAnswer | DnsFailure> {
    while (this.running >= this.maxLookups && !this.closed) {
      const isFree = await new Promise<boolean>((resolve) => {
        const wake = (): void => { clearTimeout(timer); resolve(true); };
        const timer = setTimeout(() => { this.waiting.splice(this.waiting.indexOf(wake), 1); resolve(false); }, Math.max(0, deadline - performance.now()));
        this.waiting.push(wake);
      });
      if (!isFree) return 'timeout';
    }
    if (this.closed || performance.now() >= deadline) {
      // Nobody waits for this answer any more: hand the slot on instead of spending it.
      this.waiting.shift()?.();
      return this.closed ? 'cancelled' : 'timeout';
    }
    this.running += 1;
    try {
      return await this.client.query(name, type, deadline);
    } catch (error) {
      // A name that cannot be asked for does not exist.
      if (error instanceof RangeError) return { rcode: 3, truncated: false, answers: [], negativeTtl: null };
      throw error;
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }

  /** Same question, one look-up: callers at the same time share it, later ones get it from the cache as long as its records live. Failures are not kept. */
  private remember<T>(key: string, make: (deadline: number) => Promise<Made<T>>, limitMs = this.timeLimitMs): Promise<T> {
    const kept = this.cache.get(key);
    if (kept !== undefined && kept.until > this.now()) return Promise.resolve(kept.value as T);
    const underWay = this.pending.get(key);
    if (underWay !== undefined) return underWay as Promise<T>;
    const made = make(performance.now() + limitMs)
      .then(({ value, lifeMs }) => { this.keep(key, value, lifeMs); return value; })
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

const FAILURES: Readonly<Record<DnsFailure, string>> = { timeout: 'the DNS server did not answer in time', refused: 'the DNS server could not be reached', cancelled: 'the DNS resolver is closed' };
const RCODES: Readonly<Record<number, string>> = { 1: 'the DNS server did not understand the question', 2: 'the DNS server failed (SERVFAIL)', 4: 'the DNS server cannot answer this', 5: 'the DNS server refused the question' };

/** Along the aliases of one answer. Records of other names are nobody's answer to this question. @returns null for a circle */
function follow(answers: readonly DnsRecord[], name: string, type: number): { name: string; records: DnsRecord[]; passed: DnsRecord[] } | null {
  const passed: DnsRecord[] = [];
  const seen = new Set<string>();
  for (let current = name.toLowerCase(); ;) {
    if (seen.has(current)) return null;
    seen.add(current);
    const records = answers.filter((record) => record.name === current && record.type === type);
    if (records.length > 0) return { name: current, records, passed: [...passed, ...records] };
    const alias = answers.find((record) => record.name === current && record.type === RECORD_TYPES.CNAME);
    if (!alias) return { name: current, records: [], passed };
    passed.push(alias);
    current = alias.value;
  }
}

const isNoAnswer = (address: string): boolean => !address.startsWith('127.') || address.startsWith('127.255.255.') || address === '127.0.0.1';
/** 127.0.1.255 is Spamhaus's "you asked a list of names for an address". */
const isListing = (address: string): boolean => !isNoAnswer(address) && address !== '127.0.1.255';

function routeFromExchangers(records: readonly DnsRecord[]): MailRoute {
  // The root as exchanger, an empty name: the null MX of RFC 7505.
  const named = records.filter((record) => record.value !== '');
  if (named.length === 0) return { kind: 'null-mx' };
  const hosts = [...named]
    .sort((a, b) => a.priority - b.priority || a.value.localeCompare(b.value))
    .map((record) => record.value)
    .filter(isUsableExchanger);
  return hosts.length > 0 ? { kind: 'mx', hosts: [...new Set(hosts)] } : { kind: 'none', why: 'unusable-mx' };
}

/** An MX names a host (RFC 5321 5.1, RFC 2181 10.3): not an address, not this very machine, not a bare word. */
function isUsableExchanger(host: string): boolean {
  if (isIP(host) !== 0 || !host.includes('.')) return false;
  return !/(^|\.)(localhost|localdomain|local|invalid)$/.test(host);
}

function policyFrom(answer: Lookup<DnsRecord>, belongs: (record: string) => boolean): Made<TextPolicy> {
  if (answer.kind === 'failed') return { value: answer, lifeMs: 0 };
  const records = answer.kind === 'records' ? answer.records.map((record) => record.value).filter(belongs) : [];
  const [first] = records;
  if (first === undefined) return { value: { kind: 'absent' }, lifeMs: answer.lifeMs };
  return { value: records.length === 1 ? { kind: 'present', record: first } : { kind: 'several', records }, lifeMs: answer.lifeMs };
}

/** RFC 7208 4.5: the version, then a space or the end. */
function isSpf(record: string): boolean {
  return /^v=spf1(?: |$)/i.test(record);
}

/** RFC 7489 6.4: the version tag comes first. */
function isDmarc(record: string): boolean {
  return /^v\s{0,8}=\s{0,8}DMARC1\s{0,8}(?:;|$)/.test(record);
}
