/**
 * What a page says to robots outside of its text: the X-Robots-Tag header, as Google and Bing document it
 * (developers.google.com/search/docs/crawling-indexing/robots-meta-tag).
 */
import { type PageReading } from './page-reading.js';

/** Directives that take a value after a colon; every other word before a colon names a crawler. */
const WITH_VALUE = /^(?:unavailable_after|max-snippet|max-image-preview|max-video-preview)$/;

/**
 * @param header all X-Robots-Tag lines, joined with commas
 * @param agent our User-Agent: what stands before its first `/` is our name
 */
export function robotsTag(header: string | undefined, agent: string): PageReading['robots'] {
  const ours = (agent.split('/', 1)[0] ?? '').toLowerCase();
  const found = { noindex: false, nofollow: false };
  // A name holds for the words after it, until the next name.
  let isForUs = true;
  for (const part of (header ?? '').slice(0, 4_000).toLowerCase().split(',')) {
    const [, name, rest] = /^\s*([a-z_-]{1,100})\s*:(.*)$/.exec(part) ?? [];
    if (name !== undefined && WITH_VALUE.test(name)) continue;
    if (name !== undefined) isForUs = name === ours || name === 'robots';
    const word = (rest ?? part).trim();
    if (!isForUs) continue;
    found.noindex ||= word === 'noindex' || word === 'none';
    found.nofollow ||= word === 'nofollow' || word === 'none';
  }
  return found;
}
