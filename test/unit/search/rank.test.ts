import { describe, expect, it } from 'vitest';
import { SearchProviderName } from '../../../src/entities/enums.js';
import type { SearchHit } from '../../../src/services/search/providers/provider.js';
import { rankResults, type RankPlan } from '../../../src/services/search/rank.js';

const { BRAVE, OSM, SEARXNG } = SearchProviderName;
const DENTIST = { name: 'Dentist', code: '621210', osmTags: ['amenity=dentist'], keywords: ['dental clinic', 'dental practice'] };
const AUSTIN = { name: 'Austin', region: 'Texas', countryCode: 'US', lat: 30.27, lon: -97.74 };
const VIENNA = { name: 'Vienna', region: 'Vienna', countryCode: 'AT', lat: 48.2, lon: 16.37 };
const PLAN: RankPlan = { industries: [DENTIST], locations: [AUSTIN], keywords: ['walk-ins'] };

function hit(url: string, position: number, change: Partial<SearchHit> = {}): SearchHit {
  return { url, title: '', snippet: '', provider: BRAVE, position, query: 'q', attribution: null, ...change };
}

const HITS: SearchHit[] = [
  hit('https://oak-dental.com/services/implants?x=1', 0, { title: 'Implants | Oak Dental Clinic Austin', snippet: 'Walk-ins welcome' }),
  hit('https://www.oak-dental.com/', 7, { title: 'Oak Dental Clinic, Austin TX', query: 'q2' }),
  hit('https://www.cactus-plumbing.com/', 1, { title: 'Cactus Plumbing Austin' }),
  hit('https://smile-house.com/contact', 2, { title: 'Contact', snippet: 'Family dentist in Austin, Texas' }),
  hit('https://smile-house.com/blog/a', 3, { title: 'Blog' }),
  hit('https://fjord-dental.no/', 4, { title: 'Fjord Dental Clinic Bergen' }),
  hit('https://weather-today.com/austin-forecast', 5, { title: 'Forecast' }),
];

describe('ranking', () => {
  it('gives one result per company site, the fitting ones first', () => {
    const results = rankResults(HITS, PLAN);
    expect(results.map((result) => result.domain)).toEqual(['oak-dental.com', 'smile-house.com', 'fjord-dental.no', 'cactus-plumbing.com', 'weather-today.com']);
    expect(results.map((result) => result.rank)).toEqual([1, 2, 3, 4, 5]);
  });

  it('starts a crawl at the site, and shows the start page or contact page rather than a page inside', () => {
    const [oak, smile] = rankResults(HITS, PLAN);
    expect(oak).toMatchObject({ url: 'https://www.oak-dental.com/', hitUrl: 'https://www.oak-dental.com/', title: 'Oak Dental Clinic, Austin TX' });
    expect(smile).toMatchObject({ url: 'https://smile-house.com/', hitUrl: 'https://smile-house.com/contact' });
  });

  it('explains each score by factors that add up exactly, between 0 and 100', () => {
    for (const plan of [PLAN, { industries: [], locations: [], keywords: [] }, { industries: [DENTIST], locations: [], keywords: ['walk-ins', 'parking', 'sedation'] }]) {
      for (const result of rankResults(HITS, plan)) {
        expect(result.factors.reduce((total, factor) => total + factor.points, 0)).toBe(result.score);
        expect(result.score).toBeGreaterThanOrEqual(0);
        expect(result.score).toBeLessThanOrEqual(100);
        expect(result.factors.every((factor) => factor.points >= 0 && factor.reason !== '')).toBe(true);
      }
    }
  });

  it('does not depend on the order of the hits', () => {
    const forwards = rankResults(HITS, PLAN);
    expect(rankResults([...HITS].reverse(), PLAN)).toEqual(forwards);
    expect(rankResults(HITS.map((one) => ({ ...one })), PLAN)).toEqual(forwards);
  });

  it('counts agreement of sources and queries, not pages of the same list', () => {
    const plan: RankPlan = { industries: [], locations: [], keywords: [] };
    const results = rankResults([
      hit('https://loud-werke.com/', 0), ...[1, 2, 3, 4].map((position) => hit(`https://loud-werke.com/p${position}`, position)),
      hit('https://agreed-werke.com/', 5), hit('https://agreed-werke.com/', 5, { provider: SEARXNG }), hit('https://agreed-werke.com/', 5, { query: 'other' }),
    ], plan);
    expect(results.map((result) => result.domain)).toEqual(['agreed-werke.com', 'loud-werke.com']);
    expect(results[0]?.providers).toEqual([BRAVE, SEARXNG]);
  });

  it('breaks ties by name, so that two runs agree', () => {
    const plan: RankPlan = { industries: [], locations: [], keywords: [] };
    expect(rankResults([hit('https://b-werke.com/', 0, { query: 'one' }), hit('https://a-werke.com/', 0, { query: 'two' })], plan).map((result) => result.domain)).toEqual(['a-werke.com', 'b-werke.com']);
  });

  it('understands the trade and the place in the local language, and in the host name', () => {
    const results = rankResults([
      hit('https://www.zahnarzt-wien-huber.at/', 3), hit('https://ordination-maier.at/', 0, { title: 'Zahnärzte in Wien' }), hit('https://kaffee-maier.at/', 0, { title: 'Kaffee', query: 'b' }),
    ], { industries: [DENTIST], locations: [VIENNA], keywords: [] });
    expect(results.at(-1)?.domain).toBe('kaffee-maier.at');
    for (const result of results.slice(0, 2)) expect(result.factors.filter((factor) => factor.name !== 'search' && factor.points > 0).map((factor) => factor.name)).toEqual(expect.arrayContaining(['industry', 'place']));
  });

  it('keeps customers of a shared host apart', () => {
    const results = rankResults([
      hit('https://acme-golf.github.io/', 0), hit('https://other.github.io/club/team/', 1), hit('https://sites.google.com/view/oak-dental/team', 2), hit('https://sites.google.com/view/elm-dental', 3),
      hit('https://www.uni-werke.de/~kern/index.html', 4),
    ], PLAN);
    expect(Object.fromEntries(results.map((result) => [result.domain, result.url]))).toEqual({
      'acme-golf.github.io': 'https://acme-golf.github.io/',
      'other.github.io': 'https://other.github.io/club/',
      'sites.google.com/view/oak-dental': 'https://sites.google.com/view/oak-dental',
      'sites.google.com/view/elm-dental': 'https://sites.google.com/view/elm-dental',
      'www.uni-werke.de/~kern': 'https://www.uni-werke.de/~kern',
    });
  });

  it('passes on what the licence of a source wants to see, and drops what is no site', () => {
    const results = rankResults([hit('https://acme-werke.de/', 0), hit('https://acme-werke.de/', 0, { provider: OSM, attribution: '© OpenStreetMap contributors' }), hit('http://192.0.2.1/', 0), hit('nonsense', 0)], PLAN);
    expect(results).toHaveLength(1);
    expect(results[0]?.attribution).toBe('© OpenStreetMap contributors');
  });

  it('has nothing to say about nothing', () => {
    expect(rankResults([], PLAN)).toEqual([]);
  });
});
