/**
 * Which ranked results are company sites worth a crawl, and why the others are not. Decided from the result alone:
 * whether a site answers is found out by crawling it.
 *
 * | rejection | when |
 * |---|---|
 * | FORBIDDEN_URL | no http(s) URL with a public name: addresses, single labels, `.local`, credentials |
 * | SUPPRESSED | on the workspace's suppression list, itself or a parent domain |
 * | EXCLUDED | the goal excludes it by domain, or by words in its name or title |
 * | DUPLICATE | already known where `existingDomains` is given |
 * | SOCIAL_NETWORK, MARKETPLACE, JOBS, SEARCH_ENGINE, ENCYCLOPEDIA, NEWS | a known site of that kind |
 * | DIRECTORY | a known directory, review site, map or company register, or an unknown site that reads like a list of companies |
 * | WRONG_LOCATION | its domain ending belongs to a country that the goal does not ask for, and nothing on the result names a wanted place |
 */
import { isIP } from 'node:net';
import { parse } from 'tldts';
import type { GeoPlace } from '../../entities/search-values.js';
import { countryOfHost, placeNames } from './geography.js';
import { knownSite, type SiteKind } from './known-sites.js';
import { fold, Haystack, hostHas, tokens } from './words.js';

/** Review sites, maps and registers list companies just as a directory does, so a client meets one word for all of them. */
export type Rejection = Exclude<SiteKind, 'REVIEWS' | 'MAPS' | 'COMPANY_REGISTER'> | 'FORBIDDEN_URL' | 'SUPPRESSED' | 'EXCLUDED' | 'DUPLICATE' | 'WRONG_LOCATION';

export interface Validatable {
  /** Where a crawl would begin. */
  url: string;
  /** The page that was found, when it is another one. */
  hitUrl?: string;
  domain: string;
  title: string;
  snippet: string;
}

export interface ValidationContext {
  exclusions: readonly string[];
  /** Lower case. */
  suppressedDomains: ReadonlySet<string>;
  /** Site identities that are already taken. */
  existingDomains?: ReadonlySet<string>;
  /** The goal's places; left out, no result is refused for its country. */
  locations?: readonly GeoPlace[];
}

export interface Validation { valid: boolean; rejection: Rejection | null }

export function validateResult(result: Validatable, context: ValidationContext): Validation {
  const rejection = rejectionOf(result, context);
  return { valid: rejection === null, rejection };
}

function rejectionOf(result: Validatable, context: ValidationContext): Rejection | null {
  const host = publicHost(result.url);
  if (host === null) return 'FORBIDDEN_URL';
  const parsed = parse(host, { allowPrivateDomains: true });
  const registrable = parsed.domain ?? host;
  if (isSuppressed(host, context.suppressedDomains)) return 'SUPPRESSED';
  if (isExcluded(result, host, registrable, context.exclusions)) return 'EXCLUDED';
  const known = knownSite(host, registrable, parsed.domainWithoutSuffix ?? '');
  // A path site (`sites.google.com/view/acme`) is the customer's, not the host's.
  if (known !== null && !(result.domain.includes('/') && known !== 'SOCIAL_NETWORK')) return asRejection(known);
  if (readsLikeDirectory(result, host)) return 'DIRECTORY';
  if (context.existingDomains?.has(result.domain) === true) return 'DUPLICATE';
  return isElsewhere(result, host, context.locations ?? []) ? 'WRONG_LOCATION' : null;
}

function asRejection(kind: SiteKind): Rejection {
  return kind === 'REVIEWS' || kind === 'MAPS' || kind === 'COMPANY_REGISTER' ? 'DIRECTORY' : kind;
}

/** The host when a crawler may ever go there. Where the name leads is checked again when it is resolved. */
function publicHost(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const parsed = new URL(url);
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') return null;
  if (parsed.username !== '' || parsed.password !== '') return null;
  const host = parsed.hostname.toLowerCase().replace(/\.$/, '');
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0 || !host.includes('.')) return null;
  return /\.(?:localhost|local|internal|intranet|lan|home|corp|onion|arpa|localdomain)$/.test(host) ? null : host;
}

function isSuppressed(host: string, suppressed: ReadonlySet<string>): boolean {
  if (suppressed.size === 0) return false;
  let name = host;
  while (name.includes('.')) {
    if (suppressed.has(name)) return true;
    name = name.slice(name.indexOf('.') + 1);
  }
  return false;
}

/** By domain, or by a word or name in the title or in the host. The description may mention what the site is not. */
function isExcluded(result: Validatable, host: string, registrable: string, exclusions: readonly string[]): boolean {
  const title = new Haystack(result.title);
  return exclusions.some((exclusion) => {
    const text = exclusion.trim().toLowerCase().replace(/^https?:\/\//, '').replace(/^www\./, '').replace(/\/.{0,500}$/, '');
    if (text === '') return false;
    if (/^[^\s@]{1,250}\.[a-z\u0080-\uFFFF]{2,24}$/u.test(text)) return host === text || registrable === text || host.endsWith(`.${text}`);
    if (title.hasPhrase(exclusion)) return true;
    // In a host words stand without a gap, so only long ones are safe from chance: "chain" is in "blockchain".
    const whole = tokens(exclusion).join('');
    return whole.length >= 4 && tokens(host).some((label) => label === whole) || (tokens(exclusion).length > 1 && whole.length >= 8 && hostHas(host, exclusion));
  });
}

/** `Top 10 …`, `Best … near me`, `The 15 best …`, in the languages of the lists below. */
const LIST_TITLES: readonly RegExp[] = [
  /\b(?:top|best)[\s-]{1,3}(?:rated\s)?\d{1,3}\b(?!\s?(?:hours?|h\b|\/|stunden|years?|jahre|plus|stars?|sterne))/,
  /\b(?:the\s)?\d{1,3}\s(?:of the\s)?(?:top|best|finest|cheapest|most\s\w{2,20})\b/,
  /\bthe best\b.{2,80}\b(?:in|near|around)\b.{2,60}(?:\b20\d\d\b|\breviews\b)/,
  /\b(?:best|top|find)\b.{2,80}\bnear (?:me|you)\b/,
  /^(?:(?:find|compare|browse)\s(?:an?|the|top|best|local|trusted|\d{1,4})|list of|search for)\b.{2,80}\b(?:in|near)\b/,
  /\b(?:die|las|los|les|i|le|de|os|as)\s\d{1,3}\s(?:besten|mejores|meilleurs|meilleures|migliori|beste|melhores)\b/,
  /\btop\s\d{1,3}\b.{0,60}\b(?:der|des|de los|de las|dei|delle)\b/,
  /\d{1,6}\s(?:results|treffer|résultats|resultados|risultati|resultaten|anbieter|einträge)\b/,
];
const DIRECTORY_PATH = /\/(?:directory|directories|business-directory|listings?|company-directory|branchenbuch|firmenverzeichnis|annuaire|directorio|elenco|bedrijvengids|yellow-?pages|near-me|c\/search|biz)(?:\/|$)/i;
const DIRECTORY_WORDS = /yellow\s?pages|white\s?pages|gelbe\s?seiten|pages\s?jaunes|paginas\s?amarillas|paginas\s?amarelas|pagine\s?gialle|gouden\s?gids|gule\s?sider|zlate\s?stranky|business directory|business listings|branchenbuch|branchenverzeichnis|firmenverzeichnis|annuaire des (?:entreprises|professionnels)|directorio de empresas|elenco aziende|bedrijvengids|telefonbuch|company directory/;
const DIRECTORY_HOST = /yellow-?pages|yellowpage|whitepages|gelbe-?seiten|pages-?jaunes|paginas-?amarillas|pagine-?gialle|goudengids|branchenbuch|firmenverzeichnis|firmenbuch|telefonbuch|(?:business|biz|company|local|city|dental|dentist|lawyer|doctor|medical)-?(?:directory|listings?|finder|pages)|directory\.|(?:^|[.-])(?:directory|listings|yelp|branchen|annuaire)(?:[.-]|$)|near-?me(?:[.-]|$)/;

/** Two weak signs, or one strong: a practice may have a page named "our best dentists". */
function readsLikeDirectory(result: Validatable, host: string): boolean {
  const title = fold(result.title.slice(0, 400));
  if (DIRECTORY_HOST.test(host) || DIRECTORY_WORDS.test(title)) return true;
  const inTitle = LIST_TITLES.some((pattern) => pattern.test(title));
  const inPath = DIRECTORY_PATH.test(pathOf(result.hitUrl ?? result.url));
  const inSnippet = DIRECTORY_WORDS.test(fold(result.snippet.slice(0, 600)));
  return inTitle || (inPath && inSnippet) || (inPath && /\b(?:directory|listings?|reviews|find|compare)\b/.test(title));
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname.slice(0, 300) : '';
}

/** Only a national ending speaks against a site: `.com` and the like are everywhere. */
function isElsewhere(result: Validatable, host: string, locations: readonly GeoPlace[]): boolean {
  const country = countryOfHost(host);
  if (country === null || locations.length === 0) return false;
  if (locations.some((place) => place.countryCode.toUpperCase() === country)) return false;
  const text = new Haystack(`${result.title} ${result.snippet}`);
  return !locations.some((place) => {
    const names = placeNames(place);
    return [...names.exact, ...names.wider].some((name) => text.hasName(name) || hostHas(host, name));
  });
}
