import { PageOutcome, RenderMode } from '../../entities/enums.js';
import { LeadlineError, type ErrorCode } from '../../errors.js';
import { decodeBody } from './charset.js';
import type { FetchedBody, Fetcher, FetchOptions } from './fetcher.js';
import type { PageReading } from './page-reading.js';
import { readPage } from './read-page.js';
import type { RenderedPage, Renderer } from './renderer.js';
import { storableText } from '../../storable.js';
import { detectWall } from './walls.js';

/** What came of asking for one URL: content, or a machine-readable reason why there is none. */
export interface PageResult {
  url: string;
  finalUrl: string;
  outcome: PageOutcome;
  errorCode: ErrorCode | null;
  reason: string | null;
  status: number | null;
  contentType: string | null;
  /** SHA-256 of the body as received; null when there was none. */
  contentHash: string | null;
  bytes: number;
  rendered: boolean;
  durationMs: number;
  /** The page's HTML (rendered where it had to be) and what was read from it; null unless outcome is OK. */
  content: { html: string; reading: PageReading } | null;
}

const OUTCOMES: Partial<Record<ErrorCode, PageOutcome>> = {
  NETWORK_TIMEOUT: PageOutcome.TIMEOUT, NETWORK_DNS: PageOutcome.NETWORK_ERROR, NETWORK_TLS: PageOutcome.NETWORK_ERROR, NETWORK_RESET: PageOutcome.NETWORK_ERROR,
  BODY_TOO_LARGE: PageOutcome.TOO_LARGE, PARSE_FAILED: PageOutcome.PARSE_FAILED, BLOCKED: PageOutcome.BLOCKED, URL_FORBIDDEN: PageOutcome.BLOCKED, URL_INVALID: PageOutcome.NETWORK_ERROR,
  HOST_RATE_LIMITED: PageOutcome.BLOCKED, ROBOTS_DISALLOWED: PageOutcome.ROBOTS_DISALLOWED, ROBOTS_UNREACHABLE: PageOutcome.ROBOTS_DISALLOWED,
};

/** The outcome a page error stands for, or null when the error says nothing about the page (a dead proxy, a full disk). */
export function outcomeOf(error: unknown): PageOutcome | null {
  return error instanceof LeadlineError ? OUTCOMES[error.code] ?? null : null;
}

/** Fetches and reads one page. Knows nothing of jobs, rows or budgets. */
export class PageReader {
  constructor(private readonly fetcher: Fetcher, private readonly renderer: Renderer | null) {}

  /**
   * @throws LeadlineError for anything that is no answer of the page: NETWORK_*, URL_FORBIDDEN, HOST_RATE_LIMITED, BODY_TOO_LARGE, …
   */
  async read(url: string, options: ReadOptions): Promise<PageResult> {
    const fetched = await this.fetcher.fetch(url, { ...options.request, signal: options.signal, accept: 'page' });
    const base = { url, finalUrl: fetched.finalUrl, status: fetched.status, contentType: fetched.contentType, durationMs: fetched.durationMs, bytes: fetched.body.length, rendered: false };
    const refuse = (outcome: PageOutcome, errorCode: ErrorCode | null, reason: string): PageResult => ({ ...base, outcome, errorCode, reason, contentHash: null, content: null });
    if (fetched.unsupported) return refuse(PageOutcome.UNSUPPORTED_TYPE, 'PARSE_FAILED', `${fetched.contentType ?? 'an unknown type'} is not read as a page`);

    const html = storableText(decodeBody(fetched.body, fetched.contentType).text);
    let reading = readPage(html, fetched.finalUrl);
    const wall = wallOf(fetched, reading);
    if (wall) return refuse(PageOutcome.BLOCKED, 'BLOCKED', `the answer is a ${wall.toLowerCase()} page, not content`);
    if (fetched.status === 404 || fetched.status === 410) return refuse(PageOutcome.NOT_FOUND, 'NOT_FOUND', `HTTP ${fetched.status}`);
    if (fetched.status >= 300 && fetched.status < 400) return refuse(PageOutcome.REDIRECTED, 'NETWORK_RESET', `a redirect that leads nowhere (HTTP ${fetched.status})`);
    if (fetched.status === 401 || fetched.status === 403) return refuse(PageOutcome.BLOCKED, 'BLOCKED', `HTTP ${fetched.status}`);
    if (fetched.status < 200 || fetched.status >= 400) return refuse(PageOutcome.NETWORK_ERROR, 'NETWORK_RESET', `HTTP ${fetched.status}`);

    const wantsBrowser = options.render === RenderMode.BROWSER || (options.render === RenderMode.AUTO && reading.needsScript);
    if (!wantsBrowser || !this.renderer) return { ...base, outcome: PageOutcome.OK, errorCode: null, reason: null, contentHash: fetched.contentHash, content: { html, reading } };
    const shown = await this.#render(fetched.finalUrl, options);
    if (!shown) return { ...base, outcome: PageOutcome.OK, errorCode: null, reason: 'the browser could not show it', contentHash: fetched.contentHash, content: { html, reading } };
    reading = readPage(shown.html, shown.finalUrl);
    const shownWall = detectWall({ status: shown.status, headers: {}, title: reading.title, text: reading.text, url: shown.finalUrl });
    if (shownWall) return refuse(PageOutcome.BLOCKED, 'BLOCKED', `the page shows a ${shownWall.toLowerCase()} page, not content`);
    return { ...base, finalUrl: shown.finalUrl, rendered: true, outcome: PageOutcome.OK, errorCode: null, reason: null, contentHash: fetched.contentHash, content: { html: shown.html, reading } };
  }

  /** Null where a browser was only a hope: the page as sent is better than none. */
  async #render(url: string, options: ReadOptions): Promise<RenderedPage | null> {
    // The browser asks for the page once more: a request like any other. What the page itself loads is part of it.
    const turn = await options.request?.turn?.(url);
    let failure: unknown = null;
    try {
      const shown = await this.renderer?.render(url, options.signal);
      return shown ? { ...shown, html: storableText(shown.html) } : null;
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
  /** Rules, turns, limits and versions of the requests behind the page. */
  request?: Pick<FetchOptions, 'onHop' | 'turn' | 'maxBytes' | 'meter' | 'validators'>;
}

function wallOf(fetched: FetchedBody, reading: PageReading): string | null {
  return reading.wall ?? detectWall({ status: fetched.status, headers: fetched.headers, title: reading.title, text: reading.text, url: fetched.finalUrl });
}
