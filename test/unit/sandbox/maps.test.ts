import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../../sandbox/index.js';
import { ask, json } from './http.js';

let sandbox: Sandbox;
beforeAll(async () => { sandbox = await startSandbox(); });
afterAll(async () => { await sandbox.close(); });
afterEach(() => { sandbox.reset(); });

const AGENT = { 'user-agent': 'SandboxTest/1.0 (test@sandbox-test.com)' };

describe('the SearXNG look-alike', () => {
  interface SearxAnswer { query: string; results: { url: string; title: string; engines: string[]; parsed_url: string[] }[]; unresponsive_engines: [string, string][] }
  const search = (parameters: string, options: Parameters<typeof ask>[1] = {}) => ask(`${sandbox.searxngUrl}/search?${parameters}`, options);

  it('answers JSON, page by page, over the same web', async () => {
    const [a, b] = [json<SearxAnswer>(await search('q=dental+clinics+Austin&format=json')), json<SearxAnswer>(await search('q=dental+clinics+Austin&format=json&pageno=2'))];
    expect(a.results).toHaveLength(10);
    expect(sandbox.sites.find((site) => site.startUrl === a.results[0]?.url)?.city).toBe('Austin');
    expect(new Set([...a.results, ...b.results].map((result) => result.url)).size).toBe(20);
    expect(a.results[0]?.parsed_url).toHaveLength(6);
  });

  it('takes a form by POST', async () => {
    const answer = await ask(`${sandbox.searxngUrl}/`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'q=hotel+Bologna&format=json' });
    expect(json<SearxAnswer>(answer).query).toBe('hotel Bologna');
  });

  it('forbids JSON where it is not enabled, and names the engines that did not answer', async () => {
    expect((await search('q=hotel')).headers['content-type']).toMatch(/text\/html/);
    sandbox.control.searxng('json_disabled');
    expect((await search('q=hotel&format=json')).status).toBe(403);
    sandbox.control.searxng('unresponsive');
    const empty = json<SearxAnswer>(await search('q=hotel&format=json'));
    expect(empty.results).toEqual([]);
    expect(empty.unresponsive_engines).toContainEqual(['mojeek', 'CAPTCHA']);
    sandbox.control.searxng('server_error');
    expect((await search('q=hotel&format=json')).status).toBe(500);
    sandbox.control.searxng('ok');
    expect((await search('q=&format=json')).status).toBe(400);
  });
});

describe('the Nominatim look-alike', () => {
  interface Place { lat: string; lon: string; osm_type: string; osm_id: number; name: string; display_name: string; boundingbox: string[]; address?: Record<string, string> }
  const place = async (query: string, headers: Record<string, string> = AGENT) => {
    const answer = await ask(`${sandbox.nominatimUrl}/search?${query}`, { headers });
    return { status: answer.status, places: answer.status === 200 ? json<Place[]>(answer) : [] };
  };

  it.each([
    ['q=Austin,+Texas&format=jsonv2&addressdetails=1', 'Austin', 'us'], ['city=Munich&country=Germany&format=jsonv2&addressdetails=1', 'München', 'de'], ['q=Krakow&format=jsonv2&addressdetails=1', 'Kraków', 'pl'], ['q=austin+TX&format=jsonv2&addressdetails=1', 'Austin', 'us'],
  ])('finds %s', async (query, name, country) => {
    const { places } = await place(query);
    expect(places).toHaveLength(1);
    expect([places[0]?.name, places[0]?.address?.country_code]).toEqual([name, country]);
    const [south = 0, north = 0, west = 0, east = 0] = (places[0]?.boundingbox ?? []).map(Number);
    expect(Number(places[0]?.lat)).toBeGreaterThan(south);
    expect(Number(places[0]?.lat)).toBeLessThan(north);
    expect(Number(places[0]?.lon)).toBeGreaterThan(west);
    expect(Number(places[0]?.lon)).toBeLessThan(east);
  });

  it('finds nothing where the country contradicts, or for places it does not have', async () => {
    expect((await place('q=Austin&countrycodes=de&format=jsonv2')).places).toEqual([]);
    sandbox.reset();
    expect((await place('q=Austin,+France&format=jsonv2')).places).toEqual([]);
    sandbox.reset();
    expect((await place('q=Atlantis&format=jsonv2')).places).toEqual([]);
  });

  it('enforces its policy: an identifying agent, one request a second, no mixed queries', async () => {
    expect((await place('q=Austin&format=jsonv2', {})).status).toBe(403);
    expect((await place('q=Austin&format=jsonv2', { 'user-agent': 'undici' })).status).toBe(403);
    expect((await place('q=Austin&format=jsonv2')).status).toBe(200);
    expect((await place('q=Austin&format=jsonv2')).status).toBe(429);
    sandbox.reset();
    expect((await place('q=Austin&city=Austin&format=jsonv2')).status).toBe(400);
    sandbox.reset();
    expect((await place('format=jsonv2')).status).toBe(400);
  });
});

describe('the Overpass look-alike', () => {
  interface MapAnswer { elements: { type: string; id: number; lat?: number; center?: { lat: number }; tags: Record<string, string> }[]; remark?: string; osm3s: { timestamp_osm_base: string } }
  const query = (ql: string, headers: Record<string, string> = AGENT) => ask(sandbox.overpassUrl, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body: `data=${encodeURIComponent(ql)}` });
  const names = async (ql: string) => json<MapAnswer>(await query(ql)).elements.map((element) => element.tags.name).sort();
  const dentists = () => sandbox.sites.filter((site) => site.osmTags.amenity === 'dentist' && site.city === 'Austin').map((site) => site.companyName).sort();
  const BOX = '30.1,-97.9,30.45,-97.55';

  it('finds the dentists of Austin by area id, by area name, by box and around a point', async () => {
    const forms = [
      'area(3690000001)->.a; nwr["amenity"="dentist"](area.a); out tags center;', 'area["name"="Austin"]["boundary"="administrative"]->.x;\nnwr[amenity=dentist](area.x);\nout center;', `nwr["amenity"="dentist"](${BOX}); out center 200;`,
      `(node["amenity"="dentist"](${BOX}); way["amenity"="dentist"](${BOX}); relation["amenity"="dentist"](${BOX});); out center tags;`, 'nwr["amenity"="dentist"](around:20000,30.2672,-97.7431); out center;', `nwr["amenity"~"^(dentist|clinic)$"](${BOX}); out body center qt;`,
      `(nwr["amenity"="dentist"](${BOX});)->.all; .all out center;`, 'nwr["amenity"="dentist"](area:3690000001); out center;',
    ];
    expect(dentists().length).toBeGreaterThan(15);
    for (const form of forms) expect(await names(`[out:json][timeout:25];${form}`), form).toEqual(dentists());
    expect(await names(`[out:json][bbox:${BOX}]; nwr["amenity"="dentist"]; out center;`)).toEqual(dentists());
  });

  it('keeps statements apart, filters by tag tests and counts what is put out', async () => {
    const withMail = await names(`[out:json];(nwr["amenity"="dentist"]["email"](${BOX}); nwr["amenity"="dentist"]["contact:email"](${BOX}););out center;`);
    expect(withMail).toEqual(sandbox.sites.filter((site) => dentists().includes(site.companyName) && (site.osmTags.email ?? site.osmTags['contact:email']) !== undefined).map((site) => site.companyName).sort());
    expect(await names(`[out:json];nwr["amenity"="dentist"](${BOX});nwr["shop"="bakery"](${BOX});out center;`)).toEqual([]);
    expect(await names(`[out:json];nwr["amenity"="dentist"](${BOX});out center 3;`)).toHaveLength(3);
    expect(await names(`[out:json];nwr["amenity"="dentist"]["name"!~"dental",i](${BOX});out;`)).toEqual([]);
    expect((await names(`[out:json];nwr["amenity"="dentist"][!"email"](${BOX});out;`)).length).toBeGreaterThan(0);
  });

  it('gives nodes their position and ways a centre', async () => {
    const { elements } = json<MapAnswer>(await query(`[out:json];nwr["amenity"="dentist"](${BOX});out center;`));
    for (const element of elements) expect(element.type === 'node' ? element.lat : element.center?.lat).toBeGreaterThan(30);
    expect(new Set(elements.map((element) => element.type))).toEqual(new Set(['node', 'way']));
  });

  it('answers errors as pages, and time-outs as 200 with a remark', async () => {
    const good = `[out:json][timeout:7];nwr["amenity"="dentist"](${BOX});out center;`;
    for (const bad of ['[out:json];nwr["amenity"="dentist"](1,2,3;out;', '[out:json];nwr["amenity"="dentist"]', '[out:json];everything;out;', '', '[out:json];(node["a"];out;']) {
      const answer = await query(bad);
      expect(answer.status, bad).toBe(400);
      expect(answer.headers['content-type']).toMatch(/text\/html/);
    }
    expect((await query(good, { 'user-agent': '' })).status).toBe(406);
    sandbox.control.overpass('rate_limited');
    const limited = await query(good);
    expect([limited.status, limited.body.toString().includes('rate_limited')]).toEqual([429, true]);
    sandbox.control.overpass('busy');
    expect((await query(good)).status).toBe(504);
    sandbox.control.overpass('remark');
    const late = json<MapAnswer>(await query(good));
    expect(late.elements).toEqual([]);
    expect(late.remark).toMatch(/timed out .* 7 seconds/);
  });

  it('knows countries as areas', async () => {
    const german = await names('[out:json][timeout:20];area["ISO3166-1"="DE"]["admin_level"="2"]->.a;(nwr["shop"="bakery"]["website"](area.a);nwr["shop"="bakery"]["contact:website"](area.a););out tags center 200;');
    expect(german).toEqual(sandbox.sites.filter((site) => site.osmTags.shop === 'bakery' && site.countryCode === 'DE').map((site) => site.companyName).sort());
    expect(german.length).toBeGreaterThan(0);
  });

  it('takes a query in the address as well', async () => {
    const answer = await ask(`${sandbox.overpassUrl}?data=${encodeURIComponent(`[out:json];node["craft"="brewery"];out;`)}`, { headers: AGENT });
    expect(json<MapAnswer>(answer).elements.length).toBeGreaterThan(0);
  });
});
