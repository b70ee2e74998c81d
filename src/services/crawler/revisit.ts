/** Asks one page again, by the rules of a crawl: robots.txt, one request at a time per site, the address guard. Stores nothing. */
import { PageOutcome, RenderMode } from '../../entities/enums.js';
import { LeadlineError } from '../../errors.js';
import { storableText } from '../../storable.js';
import { decodeBody } from './charset.js';
import type { Fetcher, FetchOptions, Validators } from './fetcher.js';
import type { HostGate } from './host-gate.js';
import type { PageReader } from './page-reader.js';
import { readPage } from './read-page.js';
import type { RobotsCache, RobotsPolicy } from './robots.js';
import { detectWall } from './walls.js';

/** What a page says when it is asked again. `unknown` is no answer of the page: down, slow, forbidden, a wall. */
export type Revisit =
  | { kind: 'read'; status: number; html: string; finalUrl: string; contentHash: string | null; validators: Validators }
  | { kind: 'unchanged'; status: number }
  | { kind: 'gone'; status: number }
  | { kind: 'unknown'; status: number | null; reason: string };

export interface RevisitOptions { signal: AbortSignal; rendered: boolean; validators?: Validators | undefined }

export class Revisits {
  constructor(private readonly deps: { fetcher: Fetcher; reader: PageReader; robots: RobotsCache; gate: HostGate; hostDelayMs: number }) {}

  /** @throws the signal's reason when aborted; every failure of the site is `unknown` */
  async revisit(url: string, options: RevisitOptions): Promise<Revisit> {
    try {
      const request = this.#rules(options.signal);
      await request.onHop?.(url);
      return options.rendered ? await this.#render(url, options.signal, request) : await this.#fetch(url, options, request);
    } catch (error) {
      options.signal.throwIfAborted();
      if (error instanceof LeadlineError) return { kind: 'unknown', status: typeof error.details.status === 'number' ? error.details.status : null, reason: `${error.code}: ${error.message}` };
      throw error;
    }
  }

  async #fetch(url: string, options: RevisitOptions, request: Pick<FetchOptions, 'onHop' | 'turn'>): Promise<Revisit> {
    const { signal, validators } = options;
    const fetched = await this.deps.fetcher.fetch(url, { signal, accept: 'page', ...request, ...(validators ? { validators } : {}) });
    const { status } = fetched;
    if (fetched.notModified) return { kind: 'unchanged', status };
    const html = fetched.unsupported ? '' : storableText(decodeBody(fetched.body, fetched.contentType).text);
    const reading = readPage(html, fetched.finalUrl);
    const wall = reading.wall ?? detectWall({ status, headers: fetched.headers, title: reading.title, text: reading.text, url: fetched.finalUrl });
    if (wall) return { kind: 'unknown', status, reason: `the answer is a ${wall.toLowerCase()} page` };
    if (status === 404 || status === 410) return { kind: 'gone', status };
    if (status < 200 || status >= 300) return { kind: 'unknown', status, reason: `HTTP ${status}` };
    if (fetched.unsupported) return { kind: 'unknown', status, reason: `${fetched.contentType ?? 'an unknown type'} is not read as a page` };
    // Validators belong to the resource that answered: after a redirect they say nothing about the address that is asked.
    const own = fetched.redirects.length === 0;
    return { kind: 'read', status, html, finalUrl: fetched.finalUrl, contentHash: fetched.contentHash, validators: { etag: own ? fetched.headers.etag ?? null : null, lastModified: own ? fetched.headers['last-modified'] ?? null : null } };
  }

  /** A page that its scripts build is compared as it was read: after they ran. */
  async #render(url: string, signal: AbortSignal, request: Pick<FetchOptions, 'onHop' | 'turn'>): Promise<Revisit> {
    const page = await this.deps.reader.read(url, { signal, render: RenderMode.BROWSER, request });
    if (page.outcome === PageOutcome.NOT_FOUND) return { kind: 'gone', status: page.status ?? 404 };
    if (!page.content || !page.rendered) return { kind: 'unknown', status: page.status, reason: page.reason ?? 'there is no browser to build the page' };
    return { kind: 'read', status: page.status ?? 200, html: page.content.html, finalUrl: page.finalUrl, contentHash: page.contentHash, validators: { etag: null, lastModified: null } };
  }

  /** The rules of every host on the way, and its turn: taken before each request, given back by the fetcher. */
  #rules(signal: AbortSignal): Pick<FetchOptions, 'onHop' | 'turn'> {
    const policyOf = (url: string): Promise<RobotsPolicy> => this.deps.robots.policyFor(url, signal, (robotsUrl) => this.deps.gate.take(robotsUrl, this.deps.hostDelayMs));
    return {
      onHop: async (hop) => { (await policyOf(hop)).assertAllowed(hop); },
      turn: async (target) => this.deps.gate.take(target, Math.max(this.deps.hostDelayMs, (await policyOf(target)).crawlDelayMs), signal),
    };
  }
}
