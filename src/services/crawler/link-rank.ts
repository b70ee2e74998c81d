/**
 * Which links of a company's site are worth a place in a small budget: pages where small firms keep their address
 * (contact, imprint, team, about, locations, legal) first, and never the endless ones (calendars, facets, logs).
 */
import { CONTACT_WORDS, LOW_WORDS } from './link-words.js';

/** Scripts without spaces between words, or with words glued to articles: a phrase counts anywhere in them. */
const GLUED_SCRIPT = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Arabic}\p{Script=Hebrew}]/u;
const NEUTRAL = 0.3;
const LOW = 0.05;

/** Lower case without accents, words separated by one space, with a space at both ends. */
function fold(text: string): string {
  const split = text.slice(0, 400).replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2');
  const plain = split.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('ß', 'ss').replaceAll('ı', 'i').replaceAll('ł', 'l').replaceAll('ø', 'o').replaceAll('æ', 'ae').replaceAll('đ', 'd');
  return ` ${plain.replace(/[^\p{L}\p{N}]+/gu, ' ').trim()} `;
}

/** `find` is what a folded text must hold: long words match as beginnings ("kontaktformular"), short ones only whole. */
interface Phrase { find: string; weight: number }

function phrases(table: Readonly<Record<string, readonly [number, string]>>): Phrase[] {
  return Object.values(table).flatMap(([weight, list]) => list.split('|').map((entry) => {
    const words = fold(entry).trim();
    return { find: GLUED_SCRIPT.test(entry) ? words : words.length >= 6 ? ` ${words}` : ` ${words} `, weight };
  })).sort((a, b) => b.weight - a.weight);
}

const CONTACT = phrases(CONTACT_WORDS);
const LOW_PHRASES = phrases(LOW_WORDS);

/** The best weight of a phrase in folded text; the list has the best first. */
function best(text: string, list: readonly Phrase[]): number {
  return list.find(({ find }) => text.includes(find))?.weight ?? 0;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/**
 * How likely a link leads to a page with contact data, 0 to 1, from its words and its path in some thirty
 * languages. Without a sign either way about 0.3; blogs, shops, log-ins and files 0.05. Links that stand
 * earlier on the page win a tie.
 */
export function contactLikeness(link: { url: string; text: string; position: number }): number {
  if (!URL.canParse(link.url)) return 0;
  const url = new URL(link.url);
  if (isAsset(link.url)) return 0;
  const path = decoded(url.pathname).replace(/\.(?:html?|php\d?|aspx?|jsp|cfm|shtml|xhtml)$/i, '');
  const segments = path.split('/').filter((segment) => segment !== '');
  const pathText = fold(segments.join(' / '));
  const lastText = fold(segments.at(-1) ?? '');
  const anchorText = fold(link.text);
  // A headline or a slug with many words is about contact ("Ten ways to contact your senator"), not a contact page.
  const wordy = (text: string): number => (text.trim().split(' ').length > 6 ? 0.4 : 1);
  const byAnchor = best(anchorText, CONTACT) * wordy(anchorText);
  const byPath = Math.max(best(lastText, CONTACT) * wordy(lastText), best(pathText, CONTACT) * 0.9 * wordy(lastText), best(fold(decoded(url.search)), CONTACT) * 0.8);
  const contact = Math.max(byAnchor, byPath) + (byAnchor > 0 && byPath > 0 ? 0.05 : 0);
  const low = Math.max(best(pathText, LOW_PHRASES), best(anchorText, LOW_PHRASES) * wordy(anchorText));
  const position = Math.min(Math.max(link.position, 0), 1000) / 1_000_000;
  let likeness = contact > 0 ? contact : low > 0 ? LOW : NEUTRAL;
  // Inside a blog or a shop even a good word is usually a headline or a product.
  if (contact > 0 && low > 0) likeness = best(anchorText, LOW_PHRASES) === 0 && segments.length <= 1 ? contact : contact * 0.4;
  // Each level down, and each date or number in the path, makes a page more special.
  likeness -= Math.max(0, segments.length - 2) * 0.03 + (/\d{4}/.test(path) && contact === 0 ? 0.1 : 0);
  return Math.min(1, Math.max(0.01, likeness - position));
}

/** Endings of files that are no pages. Offices print addresses in PDFs too, but these are not read as pages. */
const ASSET = /\.(?:jpe?g|png|gif|webp|avif|svgz?|ico|bmp|tiff?|heic|psd|ai|eps|css|m?js|map|json|wasm|woff2?|ttf|otf|eot|mp[34]|m4[av]|ogg|og[av]|wav|flac|webm|avi|mov|wmv|mkv|flv|swf|pdf|docx?|xlsx?|pptx?|od[tsp]|rtf|csv|epub|mobi|zip|rar|7z|gz|tgz|bz2|xz|tar|exe|msi|dmg|pkg|deb|rpm|apk|iso|jar|torrent|ics|rss|atom|kml|kmz|gpx)$/i;

/** True for images, documents, archives, scripts and the like, by the ending of the path. */
export function isAsset(url: string): boolean {
  return URL.canParse(url) && ASSET.test(new URL(url).pathname);
}

/** Paths that are machinery on every site that has them. */
const MACHINERY = /^\/(?:wp-(?:json|admin|login|includes|content)|xmlrpc\.php|cdn-cgi|cgi-sys|_next|_nuxt|__data|administrator|user\/(?:login|register)|sites\/default\/files|feed|comments\/feed|trackback|print|api)(?:\/|\.php|$)/i;
const FEED = /\/(?:feed|rss|atom|trackback|amp|embed)\/?$/i;
/** Parameters that show the same thing in another way, or do something. */
const FACETS: ReadonlySet<string> = new Set([
  'sort', 'sortby', 'sort_by', 'order', 'orderby', 'order_by', 'dir', 'direction', 'filter', 'filters', 'facet', 'facets', 'view', 'limit', 'per_page', 'perpage',
  'replytocom', 'share', 'print', 'format', 'add-to-cart', 'add_to_cart', 'add-to-wishlist', 'add_to_wishlist', 'remove_item', 'compare', 'ical', 'outlook-ical',
  'tribe-bar-date', 'eventdate', 'event_date', 'returnurl', 'return_url', 'return', 'redirect', 'redirect_to', 'redirect_uri', 'next', 'back', 'ref_url', 'callback',
  'calendar', 'yr', 'mo', 'month', 'year', 'day', 'week', 'date', 'fromdate', 'todate', 'start_date', 'end_date', 'min_price', 'max_price', 'price', 'color', 'colour', 'size', 'rating',
]);
/** Archives and calendars by date go on for ever; an article below a date (`/2024/05/31/summer-party`) is one page. */
const DATE_PATH = /\/(?:19|20)\d\d[/-](?:0?[1-9]|1[0-2])(?:[/-](?:0?[1-9]|[12]\d|3[01]))?(?:\/(?:index\.\w{2,5}|page\/\d{1,5}\/?)?)?$/;
/** Many small sites tell their pages apart by one number only, so the limit must leave room for a whole menu of them. */
const MAX_PER_SHAPE = 50;

/** The address with its numbers, ids and parameter values taken out: calendars and lists have one shape and many addresses. */
function shapeOf(url: URL): { shape: string; variable: boolean } {
  const path = url.pathname.toLowerCase().replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,64}|\d{1,40}/g, '#');
  const names = [...new Set(url.searchParams.keys())].sort().join('&');
  return { shape: `${url.host}${path}?${names}`, variable: path.includes('#') || names !== '' };
}

/**
 * True when a link should not be followed at all: files, machinery, feeds, facets, archives by date, paths that
 * repeat themselves, and whatever comes after the fiftieth address of one shape. `seenShapes` is the caller's memory for one site
 * (shape to count); this function adds to it.
 */
export function isTrap(link: string, seenShapes: Map<string, number>): boolean {
  if (!URL.canParse(link) || isAsset(link)) return true;
  const url = new URL(link);
  const segments = url.pathname.split('/').filter((segment) => segment !== '');
  if (MACHINERY.test(url.pathname) || FEED.test(url.pathname) || DATE_PATH.test(url.pathname)) return true;
  if (segments.length > 10 || link.length > 400) return true;
  const counts = new Map<string, number>();
  for (const segment of segments) counts.set(segment, (counts.get(segment) ?? 0) + 1);
  // Broken relative links grow for ever: /a/b/a/b/a/b.
  if ([...counts.values()].some((count) => count >= 3)) return true;
  const names = [...url.searchParams.keys()].map((name) => name.toLowerCase().replace(/\[.{0,40}\]$/, ''));
  if (names.length > 4 || names.some((name) => FACETS.has(name) || name.startsWith('filter') || name.startsWith('pa_'))) return true;
  const { shape, variable } = shapeOf(url);
  if (!variable) return false;
  const seen = (seenShapes.get(shape) ?? 0) + 1;
  seenShapes.set(shape, seen);
  return seen > MAX_PER_SHAPE;
}
