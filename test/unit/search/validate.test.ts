import { describe, expect, it } from 'vitest';
import { KNOWN_SITE_COUNT } from '../../../src/services/search/known-sites.js';
import { validateResult, type ValidationContext } from '../../../src/services/search/validate.js';

const NONE: ValidationContext = { exclusions: [], suppressedDomains: new Set() };
const AUSTRIA = { name: 'Austria', region: null, countryCode: 'AT', lat: 47.5, lon: 14 };
const VIENNA = { name: 'Vienna', region: 'Vienna', countryCode: 'AT', lat: 48.2, lon: 16.4 };

function rejection(url: string, title = '', context: Partial<ValidationContext> = {}, snippet = ''): string | null {
  const host = URL.canParse(url) ? new URL(url).hostname.replace(/^www\./, '') : '';
  const result = validateResult({ url, hitUrl: url, domain: host, title, snippet }, { ...NONE, ...context });
  expect(result.valid).toBe(result.rejection === null);
  return result.rejection;
}

describe('validation of results', () => {
  it.each([
    ['https://www.facebook.com/oakdental', 'SOCIAL_NETWORK'], ['https://de.linkedin.com/company/x', 'SOCIAL_NETWORK'], ['https://m.youtube.com/watch', 'SOCIAL_NETWORK'], ['https://www.xing.com/x', 'SOCIAL_NETWORK'],
    ['https://www.yelp.com/search?x', 'DIRECTORY'], ['https://www.yelp.co.uk/biz/x', 'DIRECTORY'], ['https://www.tripadvisor.it/x', 'DIRECTORY'], ['https://www.gelbeseiten.de/x', 'DIRECTORY'], ['https://www.pagesjaunes.fr/x', 'DIRECTORY'],
    ['https://www.paginasamarillas.es/x', 'DIRECTORY'], ['https://www.herold.at/x', 'DIRECTORY'], ['https://panoramafirm.pl/x', 'DIRECTORY'], ['https://www.justdial.com/x', 'DIRECTORY'], ['https://www.doctolib.de/x', 'DIRECTORY'],
    ['https://www.amazon.co.jp/x', 'MARKETPLACE'], ['https://www.booking.com/x', 'MARKETPLACE'], ['https://de.indeed.com/x', 'JOBS'], ['https://www.google.com/maps/x', 'SEARCH_ENGINE'], ['https://en.wikipedia.org/wiki/X', 'ENCYCLOPEDIA'], ['https://www.nytimes.com/x', 'NEWS'],
  ])('refuses %s as %s', (url, reason) => {
    expect(rejection(url)).toBe(reason);
  });

  it.each([
    ['https://citylist-werke.com/austin', 'Top 10 Dentists in Austin'], ['https://citylist-werke.com/a', 'The 15 Best Bakeries in Vienna'], ['https://citylist-werke.com/b', 'Best Plumbers Near Me'], ['https://citylist-werke.com/c', 'Die 20 besten Zahnärzte in Wien'],
    ['https://citylist-werke.com/d', 'Les 12 meilleures boulangeries de Lyon'], ['https://citylist-werke.com/e', 'Los 8 mejores abogados de Madrid'], ['https://austin-yellow-pages.com/x', 'Dentists'], ['https://branchenbuch-werke.de/', 'Zahnärzte'],
    ['https://localbusinessdirectory.com/x', 'Dentists'], ['https://citylist-werke.com/f', 'Find a Dentist in Austin, TX'], ['https://citylist-werke.com/g', '345 Treffer für Zahnarzt in Wien'], ['https://citylist-werke.com/directory/dentists', 'Dentist listings for Austin'],
  ])('reads %s “%s” as a list of companies', (url, title) => {
    expect(rejection(url, title)).toBe('DIRECTORY');
  });

  it.each([
    ['https://oak-dental.com/', 'Oak Dental | Your dentist in Austin'], ['https://oak-dental.com/a', 'The best care for your smile'], ['https://acme-plumbing.com/', 'Best 24 hour plumber in Austin'], ['https://top-werke.de/', 'Top Werke GmbH – Dachdecker'],
    ['https://kath-werke.net/', 'Nachrichten der Gemeinde'], ['https://acme.github.io/', 'Acme Golf'], ['https://verein-werke.de/', 'Hundeverein: die 3 Säulen'], ['https://firma.t-online.de/', 'Malerbetrieb'], ['https://find-werke.com/', 'Find your way to better English'],
    ['https://hotel-werke.it/', 'Hotel Werke, 4 stars in Bolzano'], ['https://acme-werke.com.br/', 'Pousada'], ['https://werke.photography/', 'Photos'], ['https://monster-werke.com/', 'Monster truck rental'],
  ])('lets %s “%s” pass', (url, title) => {
    expect(rejection(url, title)).toBeNull();
  });

  it.each(['http://localhost/', 'http://192.168.0.1/', 'http://[::1]/', 'http://169.254.169.254/latest', 'http://intranet/', 'http://printer.local/', 'ftp://acme-werke.com/', 'https://user:pass@acme-werke.com/', 'nonsense', 'http://2130706433/'])('never sends a crawler to %s', (url) => {
    expect(rejection(url)).toBe('FORBIDDEN_URL');
  });

  it('refuses what the workspace suppresses, sub-domains included', () => {
    const context = { suppressedDomains: new Set(['acme-werke.com']) };
    expect(rejection('https://shop.acme-werke.com/', '', context)).toBe('SUPPRESSED');
    expect(rejection('https://other-acme-werke.com/', '', context)).toBeNull();
  });

  it('refuses what the goal excludes: a domain, a name, or a word in the title', () => {
    expect(rejection('https://acme-werke.com/', '', { exclusions: ['https://www.acme-werke.com/about'] })).toBe('EXCLUDED');
    expect(rejection('https://werke.com/', 'Austin dental chain', { exclusions: ['chains'] })).toBe('EXCLUDED');
    expect(rejection('https://oakleafdental.com/', 'Welcome', { exclusions: ['Oakleaf Dental'] })).toBe('EXCLUDED');
    expect(rejection('https://blockchain-werke.com/', 'Blockchain lab', { exclusions: ['chain'] })).toBeNull();
    expect(rejection('https://werke.com/', 'Dentist', { exclusions: ['chain'] }, 'We are not part of a chain.')).toBeNull();
  });

  it('refuses what is already known, where it is told so', () => {
    expect(rejection('https://acme-werke.com/', '', { existingDomains: new Set(['acme-werke.com']) })).toBe('DUPLICATE');
  });

  it('refuses a national domain of another country, unless the result names the place', () => {
    const context = { locations: [AUSTRIA] };
    expect(rejection('https://zahnarzt-werke.de/', 'Zahnarzt in München', context)).toBe('WRONG_LOCATION');
    expect(rejection('https://zahnarzt-werke.de/', 'Zahnarzt in München und Österreich', context)).toBeNull();
    expect(rejection('https://zahnarzt-werke.at/', 'Zahnarzt', context)).toBeNull();
    expect(rejection('https://zahnarzt-werke.com/', 'Dentist in Madrid', context)).toBeNull();
    expect(rejection('https://zahnarzt-werke.io/', 'Dentist', context)).toBeNull();
    expect(rejection('https://praxis-wien.de/', 'Praxis', { locations: [VIENNA] })).toBeNull();
    expect(rejection('https://zahnarzt-werke.de/', 'Zahnarzt')).toBeNull();
  });

  it('knows several hundred sites, and stays linear on hostile titles', () => {
    expect(KNOWN_SITE_COUNT).toBeGreaterThan(500);
    expect(rejection('https://acme-werke.com/', 'best in near '.repeat(50_000))).toBeNull();
  });
});
