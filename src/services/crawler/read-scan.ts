/** From what one pass over a page saw to everything Leadline wants to know about it: pure functions. */
import { type CountryCode } from 'libphonenumber-js/max';
import { addressesInText } from './content/addresses.js';
import { companyNames } from './content/company-name.js';
import { contactsInText, hoursInText } from './content/contacts.js';
import { countryOfDomain, countryOfLanguage, phoneCountry } from './content/countries.js';
import { describePage } from './content/description.js';
import { uniqueFacts } from './content/fact.js';
import { readJsonLd } from './content/json-ld.js';
import { pageLinks } from './content/links.js';
import { mainText } from './content/main-text.js';
import { countryOfNumber, dialledCountries, phonesInLinks, phonesInMarkup, phonesInText } from './content/phones.js';
import { type Scan } from './content/scan.js';
import { socialFacts } from './content/social-links.js';
import { readStructured } from './content/structured.js';
import { type PageFact, type PageReading } from './page-reading.js';
import { normalizeUrl, registrableDomain } from './url.js';

/** A page with less visible text than this says nothing to a reader. */
const ALMOST_NOTHING = 200;
/** Bounds of what is kept of one page, in UTF-16 units. */
const MAX_TEXT = 2_000_000;

/** An application's shell: (almost) no words, and scripts that would put some there. */
function needsScript(scan: Scan, text: string): boolean {
  if (text.length >= ALMOST_NOTHING || scan.scripts === 0) return false;
  if (scan.links.some((link) => link.kind === 'frame' || link.kind === 'refresh')) return false;
  const asksForScript = /java\s?script/i.test(scan.noscript) || /^(?:loading|please wait|wird geladen|laden|chargement)\b/i.test(text) || /enable javascript|javascript (?:is )?(?:required|disabled)/i.test(text);
  return scan.appRoot || asksForScript || text.length < 20 && scan.links.filter((link) => link.kind === 'anchor').length < 3;
}

function robotsOf(meta: Readonly<Record<string, string>>): PageReading['robots'] {
  const words = `${meta['robots'] ?? ''},${meta['leadline'] ?? ''},${meta['leadlinebot'] ?? ''}`.toLowerCase().split(/[\s,]+/);
  const none = words.includes('none');
  return { noindex: none || words.includes('noindex'), nofollow: none || words.includes('nofollow') };
}

function canonicalOf(scan: Scan, base: string, url: string): string | null {
  const canonical = scan.canonical === null ? null : normalizeUrl(scan.canonical, base);
  return canonical !== null && registrableDomain(canonical) === registrableDomain(url) ? canonical : null;
}

/** Countries this page may belong to, the likeliest first: printed, then in its domain, then in its language. */
function likelyCountries(printed: readonly PageFact[], dialled: readonly string[], domain: string | null, language: string | null): string[] {
  const stated = [...printed.filter((fact) => fact.field === 'countryCode').map((fact) => fact.value), ...dialled];
  const guesses = [domain, ...stated, countryOfLanguage(language)].filter((code) => code !== null);
  // German is one language of three countries; a phone number or postal code tells them apart by being valid.
  const neighbours = language?.startsWith('de') === true ? ['DE', 'AT', 'CH'] : language?.startsWith('en') === true ? ['US', 'GB'] : language?.startsWith('fr') === true ? ['FR', 'BE', 'CH'] : language?.startsWith('nl') === true ? ['NL', 'BE'] : [];
  const domainKnown = domain !== null || stated.length > 0;
  return [...new Set([...guesses, ...(domainKnown ? [] : neighbours)])];
}

/** International numbers name their country with certainty. */
function countryFacts(phones: readonly PageFact[]): PageFact[] {
  return phones.flatMap((fact) => {
    const printed = fact.snippet.slice(fact.start, fact.end);
    const code = /^\(?(?:\+|00)/.test(printed) && fact.value.startsWith('+') ? countryOfNumber(fact.value) : null;
    return code === null ? [] : [{ ...fact, field: 'countryCode' as const, value: code }];
  });
}

/**
 * Never throws on any input; time and memory are linear in the length of the page.
 *
 * @param url the final, absolute address of the page; relative links are resolved against it (or its `<base>`).
 * @returns facts with the words that prove them; `wall` is always null here, `detectWall` fills it.
 */
export function readScan(scan: Scan, url: string, language: string | null): PageReading {
  const base = scan.base === null ? url : normalizeUrl(scan.base, url) ?? url;
  const text = scan.lines.map((line) => line.text).join('\n').slice(0, MAX_TEXT);
  const robots = robotsOf(scan.meta);
  const jsonLd = readJsonLd(scan.jsonLdSources);
  const fromJson = readStructured(jsonLd, 'jsonld');
  const fromItems = readStructured(scan.items.map(({ data }) => data), 'microdata');
  const marked = [...fromJson.facts, ...fromItems.facts];

  const dialled = dialledCountries(scan.lines, scan.links);
  const domain = countryOfDomain(url);
  const provisional = likelyCountries(marked, dialled, domain, language);
  const addresses = addressesInText(scan.lines, provisional);
  const likely = likelyCountries([...marked, ...addresses], dialled, domain, language);
  const dialling = likely.map(phoneCountry).filter((code): code is CountryCode => code !== null);
  const phones = [
    ...phonesInMarkup([...fromJson.phones, ...fromItems.phones], dialling), ...phonesInLinks(scan.links, dialling), ...phonesInText(scan.lines, dialling),
  ];
  const description = describePage(scan);
  const facts = uniqueFacts([
    ...marked, ...companyNames(scan), ...(description === null ? [] : [description]), ...phones, ...addresses,
    ...countryFacts(phones), ...socialFacts(scan.links, [...fromJson.socialUrls, ...fromItems.socialUrls]),
    ...contactsInText(scan.lines), ...hoursInText(scan.lines),
  ]);
  return {
    title: scan.title ?? scan.meta['og:title'] ?? null,
    description: description?.value ?? null,
    language,
    canonical: canonicalOf(scan, base, url),
    robots,
    text,
    mainText: mainText(scan.lines, scan.links).slice(0, MAX_TEXT),
    links: pageLinks(scan.links, base, robots.nofollow),
    facts,
    metadata: { meta: scan.meta, jsonLd, items: scan.items },
    needsScript: needsScript(scan, text),
    wall: null,
  };
}
