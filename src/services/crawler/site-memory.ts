import { KnownPages } from './known-pages.js';
import { isTrap } from './link-rank.js';
import { pageKey, registrableDomain } from './url.js';

/** More addresses than this on one site are not remembered: the frontier's rows know them all the same. */
const MAX_REMEMBERED = 100_000;

interface Judged { key: string; wanted: boolean }

/**
 * What one run over one site has already thought about links and told the frontier. A menu is the same on every page, so
 * most links of a page are old news. Only a memory: the rows decide, and a run that starts with an empty one does the same.
 */
export class SiteMemory {
  /** Shapes of URLs seen on this site, by which calendars and facets are told. */
  readonly #shapes = new Map<string, number>();
  readonly #judged = new Map<string, Judged>();
  /** Page keys that are in the frontier, with the depth they are known to have at most. */
  readonly #depths = new Map<string, number>();
  readonly #settled = new Set<string>();
  #domain = '';
  /** What the pages were that have been read. */
  readonly pages = new KnownPages();

  /** The page's key and whether it is worth a row; each address is judged once, so a trap's count is of addresses and not of links. */
  judge(url: string, domain: string): Judged {
    if (domain !== this.#domain || this.#judged.size > MAX_REMEMBERED) {
      this.#judged.clear();
      this.#domain = domain;
    }
    let judged = this.#judged.get(url);
    if (judged === undefined) {
      judged = { key: pageKey(url), wanted: isInside(url, domain) && !isTrap(url, this.#shapes) };
      this.#judged.set(url, judged);
    }
    return judged;
  }

  /** True when the frontier has the page at this depth or nearer to the start. */
  isKnown(key: string, depth: number): boolean {
    return (this.#depths.get(key) ?? Infinity) <= depth;
  }

  /** True for a page that was reached by the redirect of another one. */
  isSettled(key: string): boolean {
    return this.#settled.has(key);
  }

  /** To be called when the rows are committed. @param settled keys of pages that redirects led to */
  remember(pages: readonly { pageKey: string; depth: number }[], settled: readonly string[]): void {
    for (const key of settled) this.#settled.add(key);
    if (this.#depths.size > MAX_REMEMBERED) this.#depths.clear();
    for (const page of pages) this.#depths.set(page.pageKey, Math.min(page.depth, this.#depths.get(page.pageKey) ?? Infinity));
  }
}

/** The scope of a crawl: one registrable domain, or one path where a host carries many people's sites (`host/path`). */
export function isInside(url: string, site: string): boolean {
  if (!site.includes('/')) return (registrableDomain(url) ?? new URL(url).hostname) === site;
  const { host, pathname } = new URL(url);
  return `${host}${pathname}/`.startsWith(`${site}/`);
}
