/**
 * One GET at a time over the guarded network: limits on time and bytes, redirects followed by us so that each
 * hop is checked like the first address. The only file that knows undici.
 */
import { createHash } from 'node:crypto';
import { Agent, ProxyAgent, type Dispatcher } from 'undici';
import { LeadlineError } from '../../errors.js';
import { ACCEPT_ENCODING, collect, decompress, isMislabeled, isPageType, looksBinary } from './body.js';
import { type AddressGuard } from './guard.js';
import { isConnectFailure, networkError, proxyDown, proxyVerdict, retryAfterMs, tunnelVerdict } from './network-errors.js';

export interface FetchedBody {
  /** As asked for. */
  url: string;
  /** The address that answered, after redirects. */
  finalUrl: string;
  status: number;
  /** Lower-case names; repeated headers joined with a comma and a space. */
  headers: Record<string, string>;
  /** Decompressed; empty when `unsupported`. */
  body: Buffer;
  contentType: string | null;
  /** The addresses after `url`, in order; the last one is `finalUrl`. */
  redirects: string[];
  /** From the first byte sent to the last byte read, waits between hops included. */
  durationMs: number;
  /** SHA-256, hexadecimal, of the body as received (decompressed). */
  contentHash: string;
  /** A page was asked for and this is none (a PDF, an image): its body was not read. PageOutcome UNSUPPORTED_TYPE. */
  unsupported: boolean;
  /** Only with `truncate`: the body was longer than the limit and this is its beginning. */
  truncated: boolean;
  /** Only with `validators`: 304, what the caller has is still what the site has; `body` is empty. */
  notModified: boolean;
}

/** What a site said of the version we keep (RFC 9110, 8.8); sent back, it is asked for the page only if that changed. */
export interface Validators { etag: string | null; lastModified: string | null }

/** A host's leave for one request: taken before it is sent, given back when its answer was read or has failed. */
export interface HostTurn {
  /** @param sinceAnswerMs how long ago the answer's head arrived: by then the host had the request; null when none came. */
  end(sinceAnswerMs: number | null, error: unknown): Promise<void>;
}

export interface FetcherOptions {
  guard: AddressGuard;
  userAgent: string;
  /** `http://[user:password@]host:port`; plain http requests go to it in absolute form, https ones through CONNECT. */
  proxyUrl?: string;
  connectTimeoutMs: number;
  /** Until the response headers are complete. */
  headersTimeoutMs: number;
  /** For one hop as a whole, body included. */
  totalTimeoutMs: number;
  /** Of the decompressed body; the bytes on the wire are held to the same limit. */
  maxBytes: number;
  /** 5 is what RFC 9309 asks for at least; one more ends with the redirect response itself. */
  maxRedirects: number;
}

export interface FetchOptions {
  signal?: AbortSignal;
  /** `page` (default): only HTML, XHTML, XML and plain text are read. */
  accept?: 'page' | 'any';
  maxBytes?: number;
  /** Keep the beginning of a body that is too long instead of failing. */
  truncate?: boolean;
  /** Called before each redirect target is asked, for robots.txt; what it throws ends the fetch. */
  onHop?: (url: string) => Promise<void>;
  /** Called before each request is sent, redirect hops included: waits until the host may be asked. */
  turn?: (url: string) => Promise<HostTurn>;
  /** Of the version of `url` that the caller keeps; not sent to redirect targets, which are other resources. */
  validators?: Validators | undefined;
  /** Counts every byte that was read for this fetch, also where it fails: what a budget of bytes is about. */
  meter?: { bytes: number };
}

interface RawResponse {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  unsupported: boolean;
  truncated: boolean;
  setCookies: string[];
  notModified: boolean;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const ACCEPT = { page: 'text/html,application/xhtml+xml,application/xml;q=0.9,text/plain;q=0.8,*/*;q=0.1', any: '*/*' } as const;

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

/**
 * Cookies for one fetch only: many sites answer the first visit with Set-Cookie and a redirect to the same
 * address, and would loop for ever without it. Nothing is kept after the fetch.
 */
class HopCookies {
  readonly #byHost = new Map<string, Map<string, string>>();

  store(host: string, setCookies: string[]): void {
    const jar = this.#byHost.get(host) ?? new Map<string, string>();
    for (const line of setCookies.slice(0, 20)) {
      const pair = line.split(';', 1)[0] ?? '';
      const at = pair.indexOf('=');
      if (at > 0 && pair.length <= 1024 && jar.size < 20) jar.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
    }
    this.#byHost.set(host, jar);
  }

  header(host: string): string {
    return [...(this.#byHost.get(host) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}

export class Fetcher {
  readonly #options: FetcherOptions;
  readonly #direct: Agent;
  readonly #proxy: { origin: string; auth: string | null; tunnel: ProxyAgent } | null = null;

  constructor(options: FetcherOptions) {
    this.#options = options;
    const { connectTimeoutMs: timeout, headersTimeoutMs: headersTimeout, guard } = options;
    const limits = { headersTimeout, bodyTimeout: options.totalTimeoutMs, keepAliveTimeout: 4000, keepAliveMaxTimeout: 10_000, maxHeaderSize: 32_768 };
    if (options.proxyUrl === undefined) {
      this.#direct = new Agent({ ...limits, connect: { timeout, lookup: guard.lookup } });
      return;
    }
    const proxy = new URL(options.proxyUrl);
    // ProxyAgent would tunnel http: too (or keep a pool per site without it), and plain proxies often allow
    // CONNECT to 443 only: http: requests go to the proxy's own origin in absolute form instead (RFC 9112, 3.2.2).
    this.#direct = new Agent({ ...limits, connect: { timeout }, connections: 64 });
    const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
    const auth = credentials === ':' ? null : `Basic ${Buffer.from(credentials).toString('base64')}`;
    const tunnel = new ProxyAgent({ uri: proxy.origin, ...limits, proxyTls: { timeout }, requestTls: { timeout }, ...(auth === null ? {} : { token: auth }) });
    this.#proxy = { origin: proxy.origin, auth, tunnel };
  }

  /**
   * Fetches one address. Any status but 429 and 503 is returned, not thrown; so is the last redirect when there
   * are too many or they go in circles.
   * @throws LeadlineError URL_INVALID, URL_FORBIDDEN, NETWORK_DNS, NETWORK_TLS, NETWORK_TIMEOUT, NETWORK_RESET,
   *   HOST_RATE_LIMITED (retry.afterMs from Retry-After), BODY_TOO_LARGE, PARSE_FAILED, SERVICE_UNAVAILABLE (the
   *   proxy is down); the signal's own reason when it is aborted; whatever `onHop` throws.
   */
  async fetch(url: string, options: FetchOptions = {}): Promise<FetchedBody> {
    const startedAt = performance.now();
    const cookies = new HopCookies();
    const redirects: string[] = [];
    const seen = new Set<string>();
    let current = url;
    for (;;) {
      options.signal?.throwIfAborted();
      this.#options.guard.checkUrl(current);
      const host = new URL(current).host;
      seen.add(`${current}\n${cookies.header(host)}`);
      const response = await this.#inTurn(current, cookies.header(host), { ...options, validators: current === url ? options.validators : undefined });
      cookies.store(host, response.setCookies);
      const next = redirectTarget(response, current);
      const circle = next !== null && seen.has(`${next}\n${cookies.header(new URL(next).host)}`);
      if (next === null || circle || redirects.length >= this.#options.maxRedirects) {
        const { setCookies: _, ...rest } = response;
        return {
          url, finalUrl: current, redirects, ...rest, contentType: response.headers['content-type'] ?? null,
          durationMs: Math.round(performance.now() - startedAt), contentHash: createHash('sha256').update(response.body).digest('hex'),
        };
      }
      this.#options.guard.checkUrl(next);
      await options.onHop?.(next);
      redirects.push(next);
      current = next;
    }
  }

  /** Ends idle connections and breaks running ones. */
  async close(): Promise<void> {
    await Promise.all([this.#direct.destroy(), this.#proxy?.tunnel.destroy()]);
  }

  async #inTurn(url: string, cookie: string, options: FetchOptions): Promise<RawResponse> {
    const turn = await options.turn?.(url);
    const answer: Answer = { at: null };
    let response: RawResponse;
    try {
      response = await this.#exchange(url, cookie, options, answer);
    } catch (error) {
      await turn?.end(sinceMs(answer), error);
      throw error;
    }
    await turn?.end(sinceMs(answer), null);
    return response;
  }

  async #exchange(url: string, cookie: string, options: FetchOptions, answer: Answer): Promise<RawResponse> {
    const host = new URL(url).host;
    // A controller of our own: one more listener per hop on a long-lived signal would pile up.
    const controller = new AbortController();
    const onAbort = (): void => controller.abort(options.signal?.reason);
    const timer = setTimeout(() => controller.abort(), this.#options.totalTimeoutMs);
    options.signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await this.#read(url, cookie, options, controller.signal, answer);
    } catch (error) {
      if (options.signal?.aborted === true) throw options.signal.reason;
      if (controller.signal.aborted) throw new LeadlineError('NETWORK_TIMEOUT', `${host} did not answer in time.`, { retry: 'backoff' });
      throw this.#explain(error, host);
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
    }
  }

  async #read(url: string, cookie: string, options: FetchOptions, signal: AbortSignal, answer: Answer): Promise<RawResponse> {
    const accept = options.accept ?? 'page';
    const maxBytes = options.maxBytes ?? this.#options.maxBytes;
    const response = await this.#send(url, signal, {
      'user-agent': this.#options.userAgent, accept: ACCEPT[accept], 'accept-encoding': ACCEPT_ENCODING, ...(cookie === '' ? {} : { cookie }), ...conditions(options.validators),
    });
    answer.at = performance.now();
    const headers = flatten(response.headers);
    const status = response.statusCode;
    const leave = async (): Promise<void> => {
      await response.body.dump({ limit: 16_384, signal }).catch(() => undefined);
    };
    const setCookie = response.headers['set-cookie'];
    const setCookies = setCookie === undefined ? [] : Array.isArray(setCookie) ? setCookie : [setCookie];
    const nothing = { status, headers, body: Buffer.alloc(0), setCookies, truncated: false, notModified: false };
    const failure = this.#refusal(url, status, headers);
    if (failure !== null) {
      await leave();
      throw failure;
    }
    if (status === 304 && options.validators !== undefined) {
      await leave();
      return { ...nothing, unsupported: false, notModified: true };
    }
    const isRedirect = REDIRECTS.has(status) && headers.location !== undefined;
    const unsupported = accept === 'page' && !isPageType(headers['content-type']);
    if (isRedirect || unsupported) {
      await leave();
      return { ...nothing, unsupported: unsupported && !isRedirect };
    }
    const announced = Number(headers['content-length'] ?? '0');
    const truncate = options.truncate === true;
    if (announced > maxBytes && !truncate) {
      // Reading nothing of it: the socket is cheaper to close than to drain.
      response.body.on('error', () => undefined).destroy();
      throw tooLarge(maxBytes);
    }
    const meter = options.meter ?? { bytes: 0 };
    const wire = await collect(response.body as AsyncIterable<Buffer>, maxBytes, false, meter);
    if (wire.truncated && !truncate) throw tooLarge(maxBytes);
    const plain = await decompress(wire.data, headers['content-encoding'], maxBytes);
    // A page's size is what it unpacks to.
    meter.bytes += Math.max(0, plain.data.length - wire.data.length);
    if (plain.truncated && !truncate) throw tooLarge(maxBytes);
    if (accept === 'page' && (/html|xml/i.test(headers['content-type'] ?? '') ? isMislabeled(plain.data) : looksBinary(plain.data))) return { ...nothing, unsupported: true };
    return { ...nothing, body: plain.data, unsupported: false, truncated: wire.truncated || plain.truncated };
  }

  async #send(url: string, signal: AbortSignal, headers: Record<string, string>): Promise<Dispatcher.ResponseData> {
    const target = new URL(url);
    const path = `${target.pathname}${target.search}`;
    const common = { method: 'GET', signal, headersTimeout: this.#options.headersTimeoutMs } as const;
    if (this.#proxy === null) return this.#direct.request({ ...common, origin: target.origin, path, headers });
    if (target.protocol === 'https:') return this.#proxy.tunnel.request({ ...common, origin: target.origin, path, headers });
    const auth = this.#proxy.auth === null ? {} : { 'proxy-authorization': this.#proxy.auth };
    return this.#direct.request({ ...common, origin: this.#proxy.origin, path: `${target.origin}${path}`, headers: { ...headers, ...auth, host: target.host } });
  }

  /** Answers that mean "not now" or "not through this proxy", as the error to throw. */
  #refusal(url: string, status: number, headers: Record<string, string>): LeadlineError | null {
    const host = new URL(url).host;
    const challenged = headers['cf-mitigated'] === 'challenge';
    if ((status === 429 || status === 503) && !challenged) {
      const afterMs = retryAfterMs(headers['retry-after'], Date.now());
      return new LeadlineError('HOST_RATE_LIMITED', `${host} asks for a pause (status ${status}).`, { details: { retryAfterMs: afterMs, status, stated: headers['retry-after'] !== undefined }, retry: { afterMs } });
    }
    if (this.#proxy === null || url.startsWith('https:')) return null;
    if (status === 407) return proxyDown('The crawl proxy refuses our credentials.');
    return status === 502 || status === 504 ? proxyVerdict(status, headers, host) : null;
  }

  #explain(error: unknown, host: string): LeadlineError {
    if (error instanceof LeadlineError) return error;
    if (this.#proxy !== null) {
      // undici says "Proxy response (502) !== 200 when HTTP Tunneling" and nothing else about it.
      const refused = error instanceof Error ? /^Proxy response \((\d{3})\)/.exec(error.message) : null;
      if (refused !== null) return tunnelVerdict(Number(refused[1]), host, error);
      if (isConnectFailure(error)) return proxyDown('The crawl proxy cannot be reached.', error);
    }
    return networkError(error, host);
  }
}

/** When the head of an answer arrived, by performance.now(). */
interface Answer { at: number | null }

const sinceMs = (answer: Answer): number | null => (answer.at === null ? null : performance.now() - answer.at);

function conditions(validators: Validators | undefined): Record<string, string> {
  return {
    ...(validators?.etag != null && { 'if-none-match': validators.etag }), ...(validators?.lastModified != null && { 'if-modified-since': validators.lastModified }),
  };
}

function tooLarge(maxBytes: number): LeadlineError {
  return new LeadlineError('BODY_TOO_LARGE', `The page is larger than ${maxBytes} bytes.`);
}

/** A Location header as the next address (fragment dropped), or null when this is no redirect that can be followed. */
function redirectTarget(response: RawResponse, current: string): string | null {
  const location = response.headers.location;
  if (!REDIRECTS.has(response.status) || location === undefined) return null;
  // Not normalizeUrl: dropping a session parameter here would send us round in circles.
  // undici reads header bytes as Latin-1; browsers read a raw UTF-8 Location as UTF-8.
  const utf8 = Buffer.from(location, 'latin1').toString('utf8');
  const text = utf8.includes('\uFFFD') ? location : utf8;
  if (!URL.canParse(text, current)) return null;
  const target = new URL(text, current);
  target.hash = '';
  return target.href;
}
