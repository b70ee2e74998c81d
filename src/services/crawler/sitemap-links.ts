/** A site's own list of its pages, as a second source of links: for what its menu does not lead to. */
import { contactLikeness } from './link-rank.js';
import type { NewFrontierUrl } from './frontier.js';
import type { SiteMemory } from './site-memory.js';
import { readSitemap } from './sitemap.js';
import { sameSite } from './url.js';

/** Files that are asked for on one site, an index and its members together: each is a request like any other. */
const MAX_FILES = 5;
/** Behind every link of a page: a menu says what matters, a sitemap lists everything. */
const AFTER_LINKS = 1_000;
/** Of a link with the same words. */
const WEIGHT = 0.8;

export interface SitemapSource {
  /** Absolute addresses from robots.txt. */
  urls: readonly string[];
  /** Scope of the crawl. */
  domain: string;
  /** The best so many are taken. */
  limit: number;
  memory: SiteMemory;
  /** The file, at most a few megabytes of it; null where it cannot be had. */
  fetch: (url: string) => Promise<Buffer | null>;
}

/** Addresses of pages inside the site, as frontier URLs one click from the start page, the likeliest contact pages first. */
export async function sitemapLinks(source: SitemapSource): Promise<NewFrontierUrl[]> {
  // A robots.txt may name sitemaps anywhere; those of other owners are none of this site's business.
  const host = source.domain.split('/', 1)[0] ?? source.domain;
  const isOwn = (url: string): boolean => sameSite(url, `http://${host}/`);
  const waiting = source.urls.filter(isOwn).slice(0, MAX_FILES);
  const asked = new Set<string>();
  const found = new Map<string, NewFrontierUrl>();
  for (let url = waiting.shift(); url !== undefined && asked.size < MAX_FILES; url = waiting.shift()) {
    if (asked.has(url)) continue;
    asked.add(url);
    const file = await source.fetch(url);
    if (file === null) continue;
    const { kind, locations } = await readSitemap(file);
    if (kind === 'index') {
      // Indexes of indexes are not allowed by the protocol, and a loop would be one.
      if (asked.size === 1 || source.urls.includes(url)) waiting.push(...locations.filter(isOwn).slice(0, MAX_FILES));
      continue;
    }
    for (const location of locations) {
      const { key, wanted } = source.memory.judge(location, source.domain);
      if (!wanted || found.has(key) || source.memory.isKnown(key, 1)) continue;
      const position = AFTER_LINKS + found.size;
      const likeness = contactLikeness({ url: location, text: '', position });
      if (source.memory.pages.trapOf(location, likeness) === null) found.set(key, { url: location, pageKey: key, depth: 1, priority: WEIGHT * likeness, position });
    }
  }
  return [...found.values()].sort((a, b) => b.priority - a.priority || a.position - b.position).slice(0, source.limit);
}
