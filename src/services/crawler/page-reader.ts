import { PageOutcome, RenderMode } from '../../entities/enums.js';
import { LeadlineError, type ErrorCode } from '../../errors.js';
import { canonicalOfHeader } from './canonical.js';
import { MAX_PAGE_BYTES } from './crawl-limits.js';
import type { EarlierPage } from './earlier-pages.js';
import type { FetchedBody, Fetcher, FetchOptions, Validators } from './fetcher.js';
import type { KnownPage } from './known-pages.js';
import type { PageReading } from './page-reading.js';
import type { ParsedPage, ParsePage, ParseRequest } from './parse-page.js';
import type { RenderedPage, Renderer } from './renderer.js';
import { storableText } from '../../storable.js';
import { robotsTag } from './robots-tag.js';
import { isSoft404 } from './soft-404.js';
import { detectWall, type WallKind } from './walls.js';

/** What came of asking for one URL: content, or a machine-readable reason why there is none. */
export interface PageResult {
  url: string;
  finalUrl: string;
  outcome: PageOutcome;
  errorCode: ErrorCode | null;
  reason: string | null;
  /** What stands in front of the content, with BLOCKED. */
  blockedKind: WallKind | null;
  status: number | null;
  contentType: string | null;
  /** SHA-256 of the body as received; null when there was none. */
  contentHash: string | null;
  /** Everything that was read for it, hops and failed tries included. */
  bytes: number;
  rendered: boolean;
  durationMs: number;
  /** The page's HTML (rendered where it had to be), what was read from it and the addresses it shows; null unless outcome is OK. */
  content: ParsedPage | null;
  /** What the site says of this version, to be sent back next time; null when it says nothing. */
  version: Validators | null;
  /** A page that is not kept but whose links may be followed: one that asks not to be indexed. */
  passedThrough?: PageReading;
  /** A repetition that has not changed, as it was judged when it was read. */
  repetition?: KnownPage;
}

/** Scripts that send their visitor on, one after the other. */
const MAX_FOLLOWED = 3;

const OUTCOMES: Partial<Record<ErrorCode, PageOutcome>> = {
  NETWORK_TIMEOUT: PageOutcome.TIMEOUT, NETWORK_DNS: PageOutcome.NETWORK_ERROR, NETWORK_TLS: PageOutcome.NETWORK_ERROR, NETWORK_RESET: PageOutcome.NETWORK_ERROR, HTTP_ERROR: PageOutcome.NETWORK_ERROR,
  BODY_TOO_LARGE: PageOutcome.TOO_LARGE, PARSE_FAILED: PageOutcome.PARSE_FAILED, BLOCKED: PageOutcome.BLOCKED, URL_FORBIDDEN: PageOutcome.BLOCKED, URL_INVALID: PageOutcome.NETWORK_ERROR,
  HOST_RATE_LIMITED: PageOutcome.BLOCKED, ROBOTS_DISALLOWED: PageOutcome.ROBOTS_DISALLOWED, ROBOTS_UNREACHABLE: PageOutcome.ROBOTS_DISALLOWED,
};

/** The outcome a page error stands for, or null when the error says nothing about the page (a dead proxy, a full disk). */
export function outcomeOf(error: unknown): PageOutcome | null {
  return error instanceof LeadlineError ? OUTCOMES[error.code] ?? null : null;
}

/** What is said of a URL that gave no page: it was not asked for, or nothing answered. */
export function withoutPage(url: string, verdict: Pick<PageResult, 'outcome' | 'errorCode' | 'reason'> & { status?: number | null }): PageResult {
  return { url, finalUrl: url, status: null, ...verdict, blockedKind: null, contentType: null, contentHash: null, bytes: 0, rendered: false, durationMs: 0, content: null, version: null };
}

/** Fetches and reads one page. Knows nothing of jobs, rows or budgets. */
export class PageReader {
  /** @param house whose name robots directives are addressed to, and whether `noindex` keeps a page out of the store */
  constructor(private readonly fetcher: Fetcher, private readonly renderer: Renderer | null, private readonly parse: ParsePage, private readonly house: { userAgent: string; honourNoindex: boolean }) {}

  /**
   * @throws LeadlineError for anything that is no answer of the page: NETWORK_*, URL_FORBIDDEN, HOST_RATE_LIMITED, HTTP_ERROR, BODY_TOO_LARGE, …
   */
  async read(url: string, options: ReadOptions): Promise<PageResult> {
    const meter = options.request?.meter ?? { bytes: 0 };
    const fetched = await this.fetcher.fetch(url, { ...options.request, meter, signal: options.signal, accept: 'page', ...(options.earlier && { validators: options.earlier.validators }) });
    options.onFetched?.();
    const base = { url, finalUrl: fetched.finalUrl, status: fetched.status, contentType: fetched.contentType, durationMs: fetched.durationMs, bytes: meter.bytes, rendered: false, blockedKind: null, version: versionOf(fetched) };
    const refuse = (outcome: PageOutcome, errorCode: ErrorCode | null, reason: string): PageResult => ({ ...base, outcome, errorCode, reason, contentHash: null, content: null });
    const refuseWall = (kind: WallKind, verb: string): PageResult => ({ ...refuse(PageOutcome.BLOCKED, 'BLOCKED', `the ${verb} a ${kind.toLowerCase()} page, not content`), blockedKind: kind });
    // A page that the operator or its site no longer wants kept is judged by this answer, as if it had been sent again.
    const kept = (result: PageResult): PageResult => (result.content?.reading.robots.noindex === true && this.house.honourNoindex
      ? { ...result, ...refuse(PageOutcome.ROBOTS_DISALLOWED, 'ROBOTS_DISALLOWED', 'the page asks not to be indexed (noindex)'), finalUrl: result.finalUrl, rendered: result.rendered, passedThrough: result.content.reading } : result);
    if (fetched.notModified && options.earlier) {
      const { earlier, ...again } = options;
      if (earlier.repetition) return { ...refuse(PageOutcome.REDIRECTED, 'PAGE_DUPLICATE', `unchanged, and so is the page that it repeats, ${earlier.repetition.sameAs ?? ''}`), version: base.version ?? earlier.validators, repetition: earlier.repetition };
      const old = await earlier.load();
      if (!old) return await this.read(url, again);
      const { html, ...told } = old;
      const robots = robotsTag(fetched.headers['x-robots-tag'], this.house.userAgent);
      const content = await this.parse({ source: { html }, url: fetched.finalUrl, withAddresses: true, said: { robots, canonical: null }, keep: keptAs(options, told.status) }, options.signal);
      return kept({ ...base, ...told, version: base.version ?? earlier.validators, outcome: PageOutcome.OK, errorCode: null, reason: 'unchanged since it was read before', content });
    }
    if (fetched.unsupported) return refuse(PageOutcome.UNSUPPORTED_TYPE, 'PARSE_FAILED', `${fetched.contentType ?? 'an unknown type'} is not read as a page`);

    const said = { robots: robotsTag(fetched.headers['x-robots-tag'], this.house.userAgent), canonical: canonicalOfHeader(fetched.headers.link, fetched.finalUrl) };
    const isContent = fetched.status >= 200 && fetched.status < 300;
    const keep = isContent ? keptAs(options, fetched.status) : undefined;
    const sent = await this.parse({ source: { body: fetched.body, contentType: fetched.contentType }, url: fetched.finalUrl, withAddresses: isContent, said, keep }, options.signal);
    const { reading } = sent;
    const wall = wallOf(fetched, reading);
    if (wall) return refuseWall(wall, 'answer is');
    if (fetched.status === 404 || fetched.status === 410) return refuse(PageOutcome.NOT_FOUND, 'NOT_FOUND', `HTTP ${fetched.status}`);
    if (fetched.status >= 300 && fetched.status < 400) return refuse(PageOutcome.REDIRECTED, 'HTTP_ERROR', deadEnd(fetched));
    if (fetched.status === 401 || fetched.status === 403) return refuse(PageOutcome.BLOCKED, 'BLOCKED', `HTTP ${fetched.status}`);
    if (fetched.status < 200 || fetched.status >= 400) throw httpError(url, fetched.status);

    if (isSoft404({ status: fetched.status, title: reading.title, text: reading.text, url: fetched.finalUrl })) return refuse(PageOutcome.NOT_FOUND, 'NOT_FOUND', 'the page says that it does not exist (with HTTP 200)');
    const wantsBrowser = options.render === RenderMode.BROWSER || (options.render === RenderMode.AUTO && reading.needsScript);
    if (!wantsBrowser || !this.renderer) return kept({ ...base, outcome: PageOutcome.OK, errorCode: null, reason: null, contentHash: fetched.contentHash, content: sent });
    const shown = await this.#render(fetched.finalUrl, options, meter);
    base.bytes = meter.bytes;
    if (!shown) return kept({ ...base, outcome: PageOutcome.OK, errorCode: null, reason: 'the browser could not show it', contentHash: fetched.contentHash, content: sent });
    if (shown.sentTo !== null) return await this.#follow(shown.sentTo, base, options, meter);
    const seen = await this.parse({ source: { html: shown.html }, url: shown.finalUrl, withAddresses: true, said, keep }, options.signal);
    const shownWall = detectWall({ status: shown.status, headers: {}, title: seen.reading.title, text: seen.reading.text, url: shown.finalUrl });
    if (shownWall) return refuseWall(shownWall, 'page shows');
    return kept({ ...base, finalUrl: shown.finalUrl, rendered: true, outcome: PageOutcome.OK, errorCode: null, reason: null, contentHash: fetched.contentHash, content: seen });
  }

  /** Where a script sends its visitor, we go as where a redirect does: by the rules, the pace and the limits of a request. */
  async #follow(to: string, from: { url: string; finalUrl: string; durationMs: number }, options: ReadOptions, meter: { bytes: number }): Promise<PageResult> {
    const { earlier: _, followed = [], ...again } = options;
    const nowhere = 'scripts that send the visitor on without an end';
    if (followed.length >= MAX_FOLLOWED || followed.includes(to)) return { ...withoutPage(from.url, { outcome: PageOutcome.REDIRECTED, errorCode: 'HTTP_ERROR', reason: nowhere }), bytes: meter.bytes };
    await options.request?.onHop?.(to);
    const maxBytes = (options.request?.maxBytes ?? MAX_PAGE_BYTES) - meter.bytes;
    const there = await this.read(to, { ...again, followed: [...followed, from.finalUrl], request: { ...options.request, meter, maxBytes } });
    return { ...there, url: from.url, durationMs: from.durationMs + there.durationMs };
  }

  /** Null where a browser was only a hope: the page as sent is better than none. */
  async #render(url: string, options: ReadOptions, meter: { bytes: number }): Promise<RenderedPage | null> {
    // The browser asks for the page once more: a request like any other. What the page itself loads is part of it.
    const turn = await options.request?.turn?.(url);
    let failure: unknown = null;
    try {
      // One page in all, however it is read: what it took without the browser is gone.
      const limit = options.request?.maxBytes ?? MAX_PAGE_BYTES;
      return await this.renderer?.render(url, options.signal, { maxBytes: limit - meter.bytes, meter, onHop: options.request?.onHop }) ?? null;
    } catch (error) {
      failure = error;
      if (options.render === RenderMode.BROWSER || options.signal.aborted || !(error instanceof LeadlineError)) throw error;
      return null;
    } finally {
      await turn?.end(null, failure);
    }
  }
}

export interface ReadOptions {
  signal: AbortSignal;
  render: RenderMode;
  /** The page as it was read before; it is asked for only if it has changed since. */
  earlier?: EarlierPage | undefined;
  /** Pages that have sent their visitor on to this one by a script. */
  followed?: readonly string[];
  /** The address that a page is stored under, where it is to be stored; its stored form is made with it. */
  storedAs?: string;
  /** Called when the answer is here and has only to be read (and, seldom, shown by the browser); not where there is none. */
  onFetched?: () => void;
  /** Rules, turns, limits and versions of the requests behind the page. */
  request?: Pick<FetchOptions, 'onHop' | 'turn' | 'maxBytes' | 'meter' | 'validators'>;
}

/** A server's own failure may pass (RFC 9110, 15.6), except that it will not learn a method or a version; what it says of the request (4xx) stays true. */
function httpError(url: string, status: number): LeadlineError {
  const mayPass = status >= 500 && status !== 501 && status !== 505;
  return new LeadlineError('HTTP_ERROR', `HTTP ${status} from ${new URL(url).host}`, { details: { status }, retry: mayPass ? 'backoff' : 'never' });
}

/** A redirect that was not followed, in words. */
function deadEnd({ status, headers, redirects }: FetchedBody): string {
  return headers.location === undefined ? `a redirect without an address (HTTP ${status})` : `redirects that go in a circle or do not end (HTTP ${status}, ${redirects.length} followed)`;
}

/** Longer ones are no version but a mistake. */
const MAX_VALIDATOR = 500;

function versionOf(fetched: FetchedBody): Validators | null {
  const short = (text: string | undefined): string | null => (text === undefined || text === '' || text.length > MAX_VALIDATOR ? null : storableText(text));
  const version = { etag: short(fetched.headers.etag), lastModified: short(fetched.headers['last-modified']) };
  return version.etag === null && version.lastModified === null ? null : version;
}

const keptAs = ({ storedAs }: ReadOptions, status: number): ParseRequest['keep'] => (storedAs === undefined ? undefined : { url: storedAs, status });

function wallOf(fetched: FetchedBody, reading: PageReading): WallKind | null {
  return reading.wall ?? detectWall({ status: fetched.status, headers: fetched.headers, title: reading.title, text: reading.text, url: fetched.finalUrl });
}
