/**
 * What a page says about its country without saying it: top-level domain and language. A country here is a
 * guess for reading numbers and addresses, never a fact by itself; facts come from what is printed.
 */
import countries from 'i18n-iso-countries';
import { type CountryCode, isSupportedCountry } from 'libphonenumber-js/max';

/** Country-code domains that are sold to everybody and say nothing about a place. */
const GENERIC_CCTLDS: ReadonlySet<string> = new Set([
  'ac', 'ag', 'ai', 'am', 'as', 'bz', 'cc', 'cd', 'co', 'dj', 'fm', 'gg', 'gl', 'io', 'is', 'la', 'ly', 'me', 'ml', 'ms', 'mu', 'nu', 'pw', 'sc', 'sh', 'st', 'tk', 'tm', 'to', 'tv', 'vc', 'vg', 'ws', 'su', 'eu',
]);

/** Languages spoken (in business on the web) overwhelmingly in one country; English, Spanish or Arabic are in none. */
const LANGUAGE_COUNTRIES: Readonly<Record<string, string>> = {
  de: 'DE', fr: 'FR', it: 'IT', nl: 'NL', pl: 'PL', sv: 'SE', no: 'NO', nb: 'NO', nn: 'NO', da: 'DK', fi: 'FI', cs: 'CZ', sk: 'SK', hu: 'HU',
  ro: 'RO', bg: 'BG', hr: 'HR', sl: 'SI', sr: 'RS', el: 'GR', tr: 'TR', ja: 'JP', ko: 'KR', zh: 'CN', ru: 'RU', uk: 'UA', et: 'EE', lv: 'LV',
  lt: 'LT', he: 'IL', is: 'IS', th: 'TH', vi: 'VN', id: 'ID', ca: 'ES', eu: 'ES', gl: 'ES', es: 'ES', pt: 'PT', en: 'US',
};

/** Country of the top-level domain, or null for generic and vanity ones. */
export function countryOfDomain(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const tld = new URL(url).hostname.replace(/\.$/, '').split('.').at(-1) ?? '';
  if (tld === 'uk') return 'GB';
  if (!/^[a-z]{2}$/.test(tld) || GENERIC_CCTLDS.has(tld)) return null;
  const code = tld.toUpperCase();
  return countries.isValid(code) ? code : null;
}

/** Region of a BCP 47 tag (`de-AT` is AT), else the one country where most speakers of the language are. */
export function countryOfLanguage(language: string | null): string | null {
  if (language === null) return null;
  const parts = language.split('-');
  const region = parts.slice(1).find((part) => /^[A-Za-z]{2}$/.test(part))?.toUpperCase();
  // "en-US" is what editors write by default: it is weaker than it looks, but still the best guess for English.
  if (region !== undefined && countries.isValid(region)) return region;
  return LANGUAGE_COUNTRIES[(parts[0] ?? '').toLowerCase()] ?? null;
}

export function phoneCountry(code: string | null): CountryCode | null {
  return code !== null && isSupportedCountry(code) ? code : null;
}

let names: Map<string, string> | null = null;

/** Country names in the languages of our users, built at first use (about 3,000 names). */
function countryNames(): Map<string, string> {
  if (names !== null) return names;
  names = new Map();
  for (const language of ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt', 'pl', 'sv', 'da', 'nb', 'fi', 'cs', 'hu', 'ja', 'zh', 'ko']) {
    for (const [code, list] of Object.entries(countries.getNames(language, { select: 'all' }))) {
      for (const name of [list].flat()) names.set(name.toLowerCase(), code);
    }
  }
  for (const [name, code] of [['uk', 'GB'], ['england', 'GB'], ['scotland', 'GB'], ['wales', 'GB'], ['northern ireland', 'GB'], ['usa', 'US'], ['u.s.a.', 'US'], ['czech republic', 'CZ'], ['holland', 'NL'], ['the netherlands', 'NL'], ['españa', 'ES'], ['brasil', 'BR'], ['italia', 'IT']] as const) names.set(name, code);
  return names;
}

/** ISO 3166-1 alpha-2 code of a printed country name or code, or null. */
export function countryByName(text: string): string | null {
  const trimmed = text.trim().replace(/\.$/, '');
  if (/^[A-Za-z]{2}$/.test(trimmed)) {
    const code = trimmed.toUpperCase();
    if (code === 'UK') return 'GB';
    return countries.isValid(code) ? code : null;
  }
  if (/^[A-Za-z]{3}$/.test(trimmed)) {
    const code = countries.alpha3ToAlpha2(trimmed.toUpperCase());
    if (code !== undefined) return code;
  }
  return trimmed.length > 60 ? null : countryNames().get(trimmed.toLowerCase()) ?? null;
}
