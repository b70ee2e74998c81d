import { describe, expect, it } from 'vitest';
import { SearchProviderName } from '../../../src/entities/enums.js';
import { planQueries, type PlanInput } from '../../../src/services/search/plan-queries.js';
import { parseMapQuery, writeMapQuery } from '../../../src/services/search/providers/map-query.js';

const { BRAVE, LOCAL, OSM, SEARXNG } = SearchProviderName;
const DENTIST = { name: 'Dentist', code: '621210', osmTags: ['amenity=dentist'], keywords: ['dental clinic', 'dental practice'] };
const AUSTIN = { name: 'Austin', region: 'Texas', countryCode: 'US', lat: 30.2672, lon: -97.7431 };
const AUSTRIA = { name: 'Austria', region: null, countryCode: 'AT', lat: 47.5, lon: 14 };

function goal(change: Partial<PlanInput>): PlanInput {
  return { industries: [DENTIST], locations: [AUSTIN], roles: [], keywords: [], exclusions: [], targetCount: 50, language: 'en', text: 'Find 50 dentists in Austin', ...change };
}

describe('planning queries', () => {
  it('asks for the trade in the place first, and then in other words', () => {
    const queries = planQueries(goal({ keywords: ['walk-ins'], roles: ['office manager'] }), [BRAVE, LOCAL]).map((query) => query.query);
    expect(queries[0]).toBe('Dentist Austin Texas');
    expect(queries).toEqual(expect.arrayContaining(['Dentist walk-ins Austin Texas', 'dental clinic Austin Texas', 'Dentist office manager Austin Texas', 'Dentist Austin Texas contact email']));
  });

  it('speaks the language of the place and names its large cities', () => {
    const queries = planQueries(goal({ locations: [AUSTRIA] }), [BRAVE]).map((query) => query.query);
    expect(queries).toEqual(expect.arrayContaining(['Zahnarzt Österreich', 'Zahnarzt Wien', 'Zahnarzt Graz']));
  });

  it('gives the same plan for the same goal, at most 12 queries, none twice, each with a reason', () => {
    const reading = goal({ industries: [DENTIST, { ...DENTIST, name: 'Orthodontist' }, { ...DENTIST, name: 'Oral surgeon' }], locations: [AUSTIN, AUSTRIA, { ...AUSTIN, name: 'Dallas' }], keywords: ['walk-ins', 'parking', 'sedation'], roles: ['owner'] });
    const plan = planQueries(reading, [BRAVE, SEARXNG, OSM, LOCAL]);
    expect(plan).toEqual(planQueries(structuredClone(reading), [BRAVE, SEARXNG, OSM, LOCAL]));
    expect(plan.length).toBeLessThanOrEqual(12);
    expect(new Set(plan.map((query) => `${query.provider} ${query.query}`)).size).toBe(plan.length);
    expect(plan.every((query) => query.reason !== '' && query.query !== '' && !query.query.includes('"'))).toBe(true);
    expect(new Set(plan.map((query) => query.provider))).toEqual(new Set([BRAVE, SEARXNG, OSM, LOCAL]));
    for (const name of ['Austin', 'Dallas', 'Zahnarzt']) expect(plan.some((query) => query.query.includes(name)), name).toBe(true);
  });

  it('uses only what is available', () => {
    expect(new Set(planQueries(goal({}), [SEARXNG]).map((query) => query.provider))).toEqual(new Set([SEARXNG]));
    expect(new Set(planQueries(goal({}), [LOCAL]).map((query) => query.provider))).toEqual(new Set([LOCAL]));
    expect(planQueries(goal({}), [])).toEqual([]);
  });

  it('excludes single words at Brave, and not what is searched for', () => {
    const queries = planQueries(goal({ exclusions: ['chains', 'dentist', 'large corporate groups'] }), [BRAVE, LOCAL]);
    const brave = queries.filter((query) => query.provider === BRAVE);
    expect(brave.every((query) => query.query.endsWith(' -chains'))).toBe(true);
    expect(queries.some((query) => query.query.includes('-dentist') || query.query.includes('corporate'))).toBe(false);
    expect(queries.filter((query) => query.provider === LOCAL).every((query) => !query.query.includes(' -'))).toBe(true);
  });

  it('falls back to the keywords and the own words of a goal without a known trade', () => {
    const reading = goal({ industries: [], locations: [], keywords: ['public contact address'], text: 'Find 70 organisations with a public contact address' });
    const queries = planQueries(reading, [BRAVE]).map((query) => query.query);
    expect(queries[0]).toBe('organisations public contact address');
    expect(queries).toContain('public contact address');
    expect(planQueries(goal({ industries: [], locations: [], text: '?' }), [BRAVE])).toEqual([]);
  });

  it('writes map queries that read back, and lets nothing else through to Overpass', () => {
    expect(planQueries(goal({}), [OSM])[0]?.query).toBe('amenity=dentist near 30.2672,-97.7431 within 15 km (Austin)');
    expect(parseMapQuery(writeMapQuery('amenity=dentist', AUSTIN, 15))).toEqual({ key: 'amenity', value: 'dentist', area: { kind: 'around', lat: 30.2672, lon: -97.7431, radiusMetres: 15_000 } });
    expect(parseMapQuery(writeMapQuery('office=lawyer', AUSTRIA, 'country'))).toEqual({ key: 'office', value: 'lawyer', area: { kind: 'country', countryCode: 'AT' } });
    for (const text of ['dentists in Austin', 'amenity=den"tist near 1,2', 'amenity=dentist"](area);out; near 1,2', 'amenity=dentist near 91,0', 'amenity=dentist near x,y', '']) expect(parseMapQuery(text), text).toBeNull();
  });
});
