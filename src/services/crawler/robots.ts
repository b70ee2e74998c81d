/**
 * robots.txt by RFC 9309: which file counts, which group is ours, which rule wins. robots-parser matches paths;
 * groups and lines are read here, because the RFC (and Google's reference parser) know more about them than it does.
 */
import robotsModule from 'robots-parser';
import { LeadlineError, type Retry } from '../../errors.js';
import { type FetchedBody, type Fetcher, type FetchOptions } from './fetcher.js';
import { type RobotsStore } from './robots-store.js';
import { canonicalEscapes, normalizeUrl } from './url.js';

/** Its typings promise an ES default export, its code is one CommonJS function. */
const robotsParser = robotsModule as unknown as (url: string, text: string) => { getMatchingLineNumber(url: string, agent: string): number };

export interface RobotsDecision {
  allowed: boolean;
  /** The line that decided, as written (`Disallow: /private`), or the reason when no line did; null when nothing speaks about the path. */
  rule: string | null;
}

export interface RobotsPolicy {
  /** HTTP status of robots.txt; null when there was no answer. */
  status: number | null;
  /** The file as read, at most 500 KiB; empty unless the status was 2xx. */
  text: string;
  /** 5xx or no answer: everything is disallowed (RFC 9309, 2.3.1.4). */
  unreachable: boolean;
  allowed(url: string): RobotsDecision;
  /** @throws LeadlineError ROBOTS_DISALLOWED or ROBOTS_UNREACHABLE, `details.rule` says which line. */
  assertAllowed(url: string): void;
  /** 0 to 30,000; Crawl-delay is no part of the RFC but a plain wish. */
  crawlDelayMs: number;
  /** Absolute addresses, at most 50. */
  sitemaps: string[];
  /** Disallow patterns of our group, at most 1,000. */
  disallowed: string[];
}

export const ROBOTS_MAX_BYTES = 500 * 1024;
export const MAX_CRAWL_DELAY_MS = 30_000;
const MAX_RULES = 10_000;
const MAX_PATTERN_LENGTH = 2048;

interface Rule { allow: boolean; pattern: string; line: string }
interface Group { agents: string[]; rules: Rule[]; delaySeconds: number | null }

/** Misspellings that Google's parser forgives, too. */
const KEYS: Readonly<Record<string, string>> = {
  'user-agent': 'agent', useragent: 'agent', 'user agent': 'agent',
  disallow: 'disallow', dissallow: 'disallow', dissalow: 'disallow', disalow: 'disallow', diasllow: 'disallow', disallaw: 'disallow',
  allow: 'allow', 'crawl-delay': 'delay', crawldelay: 'delay', 'crawl delay': 'delay', sitemap: 'sitemap', 'site-map': 'sitemap',
};

function readLine(raw: string): { key: string; value: string; line: string } | null {
  const hash = raw.indexOf('#');
  const line = (hash < 0 ? raw : raw.slice(0, hash)).trim();
  let at = line.indexOf(':');
  // A line without a colon is still meant: "Disallow /private" (two words, nothing more).
  if (at < 0 && line.split(/\s+/, 3).length === 2) at = line.search(/\s/);
  if (at < 1) return null;
  const key = KEYS[line.slice(0, at).trim().toLowerCase()];
  return key === undefined ? null : { key, value: line.slice(at + 1).trim(), line };
}

/** RFC 9309, 2.2.1: letters, `_` and `-` at the beginning of the name; `*` stands for everybody. */
function productToken(agent: string): string {
  const name = agent.trim().toLowerCase();
  if (name === '*' || /^\*\s/.test(name)) return '*';
  return /^[a-z_-]{1,200}/.exec(name)?.[0] ?? name;
}

/** Octets in one spelling (RFC 9309, 2.2.2), so that patterns and paths can be compared character by character. */
function canonicalPath(path: string): string {
  return canonicalEscapes(encodeURI(path.replace(/[\uD800-\uDFFF]/gu, '\uFFFD')).replaceAll('%25', '%'));
}

function canonicalPattern(value: string): string {
  const inner = canonicalPath(value).replace(/\*{2,}/g, '*');
  // Only a final `$` is an anchor; elsewhere it is a character, which paths carry as %24 (see `decide`).
  return inner.endsWith('$') ? `${inner.slice(0, -1).replaceAll('$', '%24')}$` : inner.replaceAll('$', '%24');
}

function ruleOf(key: string, value: string, line: string): Rule | null {
  if (value === '') return null;
  const allow = key === 'allow';
  const pattern = canonicalPattern(value);
  if (pattern.length <= MAX_PATTERN_LENGTH) return { allow, pattern, line };
  // Its beginning matches more than the whole: right for a prohibition, wrong for a permission.
  return allow ? null : { allow, pattern: pattern.slice(0, MAX_PATTERN_LENGTH), line: line.slice(0, 200) };
}

function readGroups(text: string): { groups: Group[]; sitemaps: string[] } {
  const groups: Group[] = [];
  const sitemaps: string[] = [];
  let current: Group | null = null;
  let namesEnded = true;
  for (const raw of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
    const read = readLine(raw);
    if (read === null) continue;
    if (read.key === 'sitemap') sitemaps.push(read.value);
    else if (read.key === 'agent') {
      if (namesEnded || current === null) groups.push((current = { agents: [], rules: [], delaySeconds: null }));
      namesEnded = false;
      current.agents.push(productToken(read.value));
    } else if (current !== null && read.key === 'delay') {
      // No rule of the RFC, so it must not end the list of names (2.2.4).
      const seconds = Number(read.value);
      if (read.value !== '' && Number.isFinite(seconds) && seconds >= 0) current.delaySeconds = Math.max(current.delaySeconds ?? 0, seconds);
    } else if (current !== null) {
      namesEnded = true;
      const rule = ruleOf(read.key, read.value, read.line);
      if (rule !== null) current.rules.push(rule);
    }
  }
  return { groups, sitemaps };
}

/** Reads a robots.txt for the crawler named by `userAgent` (what stands before its first `/` is the product token). */
export function parseRobots(origin: string, text: string, userAgent: string, status: number): RobotsPolicy {
  const { groups, sitemaps } = readGroups(text);
  const ours = productToken(userAgent.split('/', 1)[0] ?? '');
  const named = groups.filter((group) => group.agents.includes(ours));
  // All groups with our name are one group; only without any does `*` count (RFC 9309, 2.2.1).
  const chosen = named.length > 0 ? named : groups.filter((group) => group.agents.includes('*'));
  const rules = chosen.flatMap((group) => group.rules).slice(0, MAX_RULES);
  const delays = chosen.flatMap((group) => (group.delaySeconds === null ? [] : [group.delaySeconds]));
  const base = 'http://robots.invalid';
  const lines = rules.map((rule) => `${rule.allow ? 'Allow' : 'Disallow'}: ${rule.pattern}`);
  const matcher = robotsParser(`${base}/robots.txt`, ['User-agent: *', ...lines].join('\n'));
  const decide = (url: string): RobotsDecision => {
    const target = URL.canParse(url) ? new URL(url) : null;
    if (target === null || target.origin !== origin) return { allowed: false, rule: 'this robots.txt belongs to another site' };
    if (target.pathname === '/robots.txt') return { allowed: true, rule: null };
    const path = canonicalPath(`${target.pathname}${target.search}`).replaceAll('*', '%2A').replaceAll('$', '%24');
    // Line 1 is the User-agent line we put there; -1 means that no rule matches.
    const rule = rules[matcher.getMatchingLineNumber(`${base}${path}`, '*') - 2];
    return rule === undefined ? { allowed: true, rule: null } : { allowed: rule.allow, rule: rule.line };
  };
  return withAssert({
    status, text, unreachable: false, allowed: decide,
    crawlDelayMs: Math.min(MAX_CRAWL_DELAY_MS, Math.round(Math.max(0, ...delays) * 1000)),
    sitemaps: [...new Set(sitemaps.flatMap((value) => normalizeUrl(value, origin) ?? []))].slice(0, 50),
    disallowed: rules.filter((rule) => !rule.allow).map((rule) => rule.pattern).slice(0, 1000),
  });
}

/** @param failure why the file could not be read (for callers that have another way to the site), and when it will be asked for again. */
function withAssert(policy: Omit<RobotsPolicy, 'assertAllowed'>, failure: { cause?: LeadlineError | undefined; retry: Retry } = { retry: 'never' }): RobotsPolicy {
  return {
    ...policy,
    assertAllowed(url) {
      const { allowed, rule } = policy.allowed(url);
      if (allowed) return;
      if (policy.unreachable) throw new LeadlineError('ROBOTS_UNREACHABLE', 'The robots.txt of the site cannot be read, so nothing may be crawled.', { details: { rule }, retry: failure.retry, cause: failure.cause });
      throw new LeadlineError('ROBOTS_DISALLOWED', `The robots.txt of the site forbids ${new URL(url).pathname}.`, { details: { rule } });
    },
  };
}

function unreachable(status: number | null, why: string, failure: { cause?: LeadlineError; retry: Retry }): RobotsPolicy {
  return withAssert({
    status, text: '', unreachable: true, crawlDelayMs: 0, sitemaps: [], disallowed: ['/'],
    allowed: (url) => ({ allowed: URL.canParse(url) && new URL(url).pathname === '/robots.txt', rule: why }),
  }, failure);
}

const DAY_MS = 24 * 60 * 60_000;
/** An outage is asked about again soon, not only tomorrow: after 1, 2, 4, … seconds, so that a page's own tries meet a new answer. */
const FIRST_UNREACHABLE_MS = 1_000;
const MAX_UNREACHABLE_MS = 5 * 60_000;
/** Characters of robots.txt text kept over all sites: the real bound on memory. */
const MAX_CACHED_CHARS = 32_000_000;

export interface RobotsCacheOptions {
  fetcher: Fetcher;
  userAgent: string;
  /** Sites kept; the least recently used one goes first. */
  maxEntries?: number;
  now?: () => number;
  /** What other workers have read, and where this one leaves what it reads. */
  store?: RobotsStore;
}

/** Waits for the turn of the host, as for every request. */
type Turn = FetchOptions['turn'];
interface Loaded { policy: RobotsPolicy; ttlMs: number }

/** Policies by origin (scheme, host and port have one robots.txt each), kept for 24 hours at most, and shared by all workers through `store`. */
export class RobotsCache {
  readonly #options: RobotsCacheOptions;
  readonly #kept = new Map<string, { policy: RobotsPolicy; until: number }>();
  readonly #loading = new Map<string, Promise<RobotsPolicy>>();
  /** Times in a row that an origin's file could not be read. */
  readonly #outages = new Map<string, number>();
  #chars = 0;

  constructor(options: RobotsCacheOptions) {
    this.#options = options;
  }

  /**
   * The policy that rules over `url`. Callers at the same time share one request, which waits for the first one's turn.
   * @throws LeadlineError URL_INVALID, URL_FORBIDDEN, NETWORK_DNS (there is no such site), HOST_RATE_LIMITED (429: come back
   *   later), SERVICE_UNAVAILABLE (the proxy is down); the signal's reason.
   */
  async policyFor(url: string, signal?: AbortSignal, turn?: Turn): Promise<RobotsPolicy> {
    if (!URL.canParse(url)) throw new LeadlineError('URL_INVALID', 'This is not an absolute address.');
    const { origin } = new URL(url);
    const now = this.#options.now ?? Date.now;
    const kept = this.#kept.get(origin);
    if (kept !== undefined) {
      this.#drop(origin);
      if (kept.until > now()) {
        this.#keep(origin, kept.policy, kept.until);
        return kept.policy;
      }
    }
    let loading = this.#loading.get(origin);
    if (loading === undefined) {
      // Not bound to one caller's signal: the others still wait for it. The fetcher's time limit ends it.
      loading = this.#load(origin, turn).then(({ policy, ttlMs }) => {
        this.#keep(origin, policy, now() + ttlMs);
        return policy;
      }).finally(() => this.#loading.delete(origin));
      this.#loading.set(origin, loading);
    }
    return untilAborted(loading, signal);
  }

  #drop(origin: string): void {
    this.#chars -= this.#kept.get(origin)?.policy.text.length ?? 0;
    this.#kept.delete(origin);
  }

  #keep(origin: string, policy: RobotsPolicy, until: number): void {
    this.#drop(origin);
    this.#kept.set(origin, { policy, until });
    this.#chars += policy.text.length;
    for (const oldest of this.#kept.keys()) {
      if (oldest === origin || (this.#kept.size <= (this.#options.maxEntries ?? 2000) && this.#chars <= MAX_CACHED_CHARS)) break;
      this.#drop(oldest);
    }
  }

  async #load(origin: string, turn: Turn): Promise<Loaded> {
    const { store, fetcher, userAgent } = this.#options;
    const old = await store?.load(origin) ?? null;
    const parsed = (file: { status: number; text: string }): RobotsPolicy => parseRobots(origin, file.text, userAgent, file.status);
    if (old && old.ageMs < DAY_MS) return { policy: parsed(old), ttlMs: DAY_MS - old.ageMs };
    const asked = await this.#ask(`${origin}/robots.txt`, (url) => fetcher.fetch(url, { accept: 'any', maxBytes: ROBOTS_MAX_BYTES, truncate: true, ...(turn && { turn }) }));
    if ('file' in asked) {
      this.#outages.delete(origin);
      await store?.save(origin, asked.file);
      return { policy: parsed(asked.file), ttlMs: DAY_MS };
    }
    const outages = (this.#outages.get(origin) ?? 0) + 1;
    if (this.#outages.size < 10_000) this.#outages.set(origin, outages);
    const ttlMs = Math.min(MAX_UNREACHABLE_MS, asked.statedMs ?? FIRST_UNREACHABLE_MS * 2 ** Math.min(outages - 1, 10));
    // A site that cannot be reached is judged by the file it had (RFC 9309, 2.4), if we have one.
    if (old) return { policy: parsed(old), ttlMs };
    return { policy: unreachable(asked.status, asked.why, { retry: asked.statedMs === undefined ? 'backoff' : { afterMs: ttlMs }, ...(asked.cause && { cause: asked.cause }) }), ttlMs };
  }

  /** The file, or why there is no word of the site about it. */
  async #ask(url: string, fetch: (url: string) => Promise<FetchedBody>): Promise<{ file: { status: number; text: string } } | { status: number | null; why: string; cause?: LeadlineError; statedMs?: number }> {
    let response: FetchedBody;
    try {
      response = await fetch(url);
    } catch (error) {
      if (!(error instanceof LeadlineError)) throw error;
      const { status, stated, retryAfterMs } = error.details;
      if (error.code === 'HOST_RATE_LIMITED' && status === 503) return { status: 503, why: 'robots.txt answered 503', ...(stated === true && { statedMs: Number(retryAfterMs) }) };
      const broken = ['NETWORK_TLS', 'NETWORK_TIMEOUT', 'NETWORK_RESET', 'PARSE_FAILED'].includes(error.code);
      if (!broken) throw error;
      return { status: null, why: `robots.txt did not answer: ${error.message}`, cause: error };
    }
    const { status } = response;
    if (status >= 500) return { status, why: `robots.txt answered ${status}` };
    // 4xx, and redirects that lead nowhere after five hops, mean that there is none (2.3.1.2 and 2.3.1.3).
    return { file: { status, text: status >= 200 && status < 300 ? response.body.toString('utf8') : '' } };
  }
}

async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

export { parseSitemap, readSitemap, type Sitemap } from './sitemap.js';
