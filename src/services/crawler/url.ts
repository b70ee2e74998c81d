/**
 * One spelling per address. Everything the crawler stores or compares goes through `normalizeUrl` first, so
 * that the same page is never fetched twice because it was linked in two ways.
 */
import { parse } from 'tldts';

/** Longer addresses are traps or mistakes; every crawler and browser we know copes with this many characters. */
export const MAX_URL_LENGTH = 2048;

/** Parameters that say where a visitor came from and never what a page shows. Compared in lower case. */
const TRACKING_PARAMETERS: ReadonlySet<string> = new Set([
  'gclid', 'gclsrc', 'gbraid', 'wbraid', 'dclid', 'gad_source', 'gad_campaignid', 'srsltid', '_ga', '_gl', '_gac',
  'fbclid', 'fb_action_ids', 'fb_action_types', 'fb_source', 'fb_ref', 'igshid', 'igsh', 'msclkid', 'ttclid',
  'twclid', 'yclid', 'ymclid', '_openstat', 'li_fat_id', 'epik', 'rdt_cid', 'sccid', 'scid', 'mc_cid', 'mc_eid',
  '_hsenc', '_hsmi', '__hssc', '__hstc', '__hsfp', 'hsctatracking', 'mkt_tok', 'vero_id', 'vero_conv', 'oly_anon_id',
  'oly_enc_id', 'wickedid', 'irclickid', 'irgwc', 'dm_i', 'ml_subscriber', 'ml_subscriber_hash', 'elqtrackid',
  'elqtrack', 's_cid', 'cmpid', 'wt_mc', 'wt_zmc', 'at_campaign', 'at_medium', 'pk_campaign', 'pk_kwd', 'pk_source',
  'pk_medium', 'pk_content', 'pk_cid', 'piwik_campaign', 'piwik_kwd', 'trk_contact', 'trk_msg', 'trk_module',
  'trk_sid', '_branch_match_id', '_branch_referrer', 'ncid', 'guccounter', 'guce_referrer', 'guce_referrer_sig',
]);
const TRACKING_PREFIXES: readonly string[] = ['utm_', 'mtm_', 'matomo_', 'hsa_', 'stm_', 'itm_'];

/** Session ids: another value at each visit, the same page. Compared in lower case. */
const SESSION_PARAMETERS: ReadonlySet<string> = new Set([
  'phpsessid', 'jsessionid', 'aspsessionid', 'asp.net_sessionid', 'sessionid', 'session_id', 'sessid', 'session-id',
  'sid', 'cfid', 'cftoken', 'oscsid', 'zenid', 'xtcsid', 'modsid', 'osadminid', 'phpsid', 'fe_typo_user', 'mscssid',
]);

/** `;jsessionid=…` inside a path segment (Java servlet containers), and the cookieless ASP.NET `(S(…))` segment. */
const PATH_SESSION = /;(?:jsessionid|phpsessid|sid)=[^/?#;]{0,200}/gi;
const ASP_SESSION = /\/\([SAF]\([A-Za-z0-9_-]{4,200}\)\)(?=\/|$)/g;

function isNoise(rawName: string): boolean {
  const name = rawName.toLowerCase();
  return TRACKING_PARAMETERS.has(name) || SESSION_PARAMETERS.has(name) || name.startsWith('aspsessionid')
    || TRACKING_PREFIXES.some((prefix) => name.startsWith(prefix));
}

function parameterName(pair: string): string {
  const raw = pair.split('=', 1)[0] ?? '';
  try {
    return decodeURIComponent(raw.replaceAll('+', ' '));
  } catch {
    return raw;
  }
}

/** Drops noise pair by pair: what stays is byte for byte what the site wrote, in its order. */
function cleanQuery(search: string): string {
  if (search.length < 2) return '';
  const kept = search.slice(1).split('&').filter((pair) => pair !== '' && !isNoise(parameterName(pair)));
  return kept.length === 0 ? '' : `?${kept.join('&')}`;
}

/**
 * Percent-encoding in one spelling (RFC 3986, 6.2.2): hexadecimal digits in upper case, unreserved characters
 * not encoded. Reserved characters stay as written, because `%2F` and `/` are different paths.
 */
export function canonicalEscapes(text: string): string {
  return text.replace(/%([0-9a-fA-F]{2})/g, (whole, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : whole.toUpperCase();
  });
}

/** One parse instead of two: `canParse` does all the work of the constructor. */
function parseUrl(text: string, base?: string): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}

/**
 * The one spelling of an http(s) address, or null when it is none: relative without a base, another scheme,
 * credentials inside, no host, or more than 2,048 characters (before or after).
 *
 * WHATWG URL rules (lower-case host, punycode, dot segments, default port), then: fragment, tracking
 * parameters and session ids dropped, percent-encoding made canonical. Query order and repeated slashes stay.
 */
export function normalizeUrl(raw: string, base?: string): string | null {
  const trimmed = raw.trim();
  if (trimmed === '' || trimmed.length > MAX_URL_LENGTH) return null;
  const url = parseUrl(trimmed, base);
  if (url === null) return null;
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  if (url.username !== '' || url.password !== '') return null;
  // A trailing dot is the DNS root: the same host to the resolver, another one to a cache.
  const host = url.hostname.replace(/\.{1,3}$/, '');
  if (host === '' || host.length > 253) return null;
  url.hash = '';
  const authority = url.port === '' ? host : `${host}:${url.port}`;
  const path = canonicalEscapes(url.pathname.replace(PATH_SESSION, '').replace(ASP_SESSION, ''));
  const assembled = `${url.protocol}//${authority}${path === '' ? '/' : path}${cleanQuery(canonicalEscapes(url.search))}`;
  // Most addresses are clean: what the parser wrote is what it would write again.
  if (assembled === url.href) return assembled.length > MAX_URL_LENGTH ? null : assembled;
  // Decoding %2e may have made a new dot segment; parsing once more removes it and proves the result stable.
  if (!URL.canParse(assembled)) return null;
  const result = new URL(assembled).href;
  return result.length > MAX_URL_LENGTH ? null : result;
}

const INDEX_FILE = /\/(?:index|default|home)\.(?:html?|xhtml|php\d?|aspx?|jsp|cfm|shtml)$/i;

/** Forms write their fields in any order. Those of one name stay as written among themselves: `?a[]=1&a[]=2` is a list. */
function sortedQuery(search: string): string {
  if (!search.includes('&')) return search;
  const pairs = search.slice(1).split('&').map((pair) => ({ pair, name: pair.split('=', 1)[0] ?? '' }));
  return `?${pairs.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)).map(({ pair }) => pair).join('&')}`;
}

/**
 * Identity of a page inside a site: http and https, a leading `www.`, a trailing slash, `index.html` and the order of
 * parameters do not make a page twice. Not an address: never fetch it. Anything that is no address is its own key.
 */
export function pageKey(url: string): string {
  const normalized = normalizeUrl(url);
  if (normalized === null) return url.trim();
  const parsed = new URL(normalized);
  const host = parsed.hostname.replace(/^www\./, '');
  // 443 over http or 80 over https are odd enough to stay; the parser has dropped the default ones.
  const port = parsed.port === '' ? '' : `:${parsed.port}`;
  const path = parsed.pathname.replace(INDEX_FILE, '/').replace(/\/$/, '');
  return `${host}${port}${path}${sortedQuery(parsed.search)}`;
}

function hostOf(hostOrUrl: string): string {
  const text = hostOrUrl.trim();
  if (text.includes('://') && URL.canParse(text)) return new URL(text).hostname;
  // A bare host, perhaps with a port or in another alphabet: let the URL parser spell it.
  return URL.canParse(`http://${text}`) ? new URL(`http://${text}`).hostname : '';
}

/**
 * The domain somebody registered (public suffix + 1, private suffixes such as `github.io` included), in
 * lower-case punycode; null for IP addresses, single labels and bare suffixes.
 * Source: Public Suffix List, by way of tldts.
 */
export function registrableDomain(hostOrUrl: string): string | null {
  const host = hostOf(hostOrUrl);
  if (host === '') return null;
  const parsed = parse(host, { allowPrivateDomains: true });
  return parsed.isIp === true ? null : parsed.domain;
}

/**
 * True when two addresses belong to one owner: same registrable domain, or (for IP addresses and single
 * labels, which have none) the same host name. Ports do not matter, as one host has one owner.
 */
export function sameSite(a: string, b: string): boolean {
  const domainA = registrableDomain(a);
  const domainB = registrableDomain(b);
  if (domainA !== null || domainB !== null) return domainA === domainB;
  const host = hostOf(a);
  return host !== '' && host === hostOf(b);
}
