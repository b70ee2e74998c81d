import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../../sandbox/index.js';
import { ask, json } from './http.js';

interface BraveAnswer {
  type: string;
  query: { original: string; more_results_available: boolean; bad_results: boolean };
  web?: { results: { url: string; title: string; description: string; type: string; subtype: string; language: string; meta_url: { hostname: string } }[] };
}
interface BraveError { type: string; error: { status: number; code: string; meta?: { rate_limit?: number; quota_limit?: number; quota_current?: number; errors?: { loc: string[] }[] } } }

let sandbox: Sandbox;
beforeAll(async () => { sandbox = await startSandbox({ braveRatePerSecond: 500 }); });
afterAll(async () => { await sandbox.close(); });
afterEach(() => { sandbox.reset(); });

function call(parameters: Record<string, string | number>, options: { to?: Sandbox; headers?: Record<string, string> } = {}) {
  const to = options.to ?? sandbox;
  return ask(`${to.brave.url}/res/v1/web/search?${new URLSearchParams(Object.entries(parameters).map(([key, value]) => [key, String(value)])).toString()}`, { headers: { 'x-subscription-token': to.brave.key, ...options.headers } });
}
async function search(q: string, more: Record<string, string | number> = {}): Promise<BraveAnswer> {
  const answer = await call({ q, text_decorations: 'false', ...more });
  expect(answer.status).toBe(200);
  return json<BraveAnswer>(answer);
}

describe('the Brave look-alike', () => {
  it('ranks the dentists of Austin first, among directories and social pages', async () => {
    const hosts = new Map(sandbox.sites.map((site) => [site.host, site]));
    const results = (await search('dental clinics in Austin')).web?.results ?? [];
    expect(results).toHaveLength(20);
    const companies = results.flatMap((result) => hosts.get(result.meta_url.hostname) ?? []);
    expect(companies.length).toBeGreaterThan(12);
    for (const company of companies) expect([company.industry, company.city]).toEqual(['dental clinics', 'Austin']);
    expect(results.some((result) => /yelp|yellowpages/.test(result.url))).toBe(true);
    expect(results.some((result) => /facebook|instagram/.test(result.url))).toBe(true);
    expect(new Set(results.map((result) => result.url)).size).toBe(20);
  });

  it.each([['bakeries in Bordeaux', 'bakeries', 'Bordeaux'], ['software companies in Krakow', 'software agencies', 'Kraków'], ['Physiotherapie Utrecht', 'physiotherapists', 'Utrecht'], ['ホテル 札幌', 'hotels', '札幌市'], ['plumber Leeds', 'plumbers', 'Leeds'], ['Anwalt München', 'law firms', 'München'], ['Zahnarzt Hamburg', 'dental clinics', 'Hamburg'],
    ['dentist office Austin TX contact email', 'dental clinics', 'Austin'], ['cervecería artesana birra Bologna', 'breweries', 'Bologna'], ['dental clinic Portland Oregon', 'dental clinics', 'Portland']])('puts the right trade in the right city first for %s', async (q, industry, city) => {
    const results = (await search(q)).web?.results ?? [];
    const company = results.flatMap((result) => sandbox.sites.find((site) => site.host === result.meta_url.hostname) ?? [])[0];
    expect([company?.industry, company?.city]).toEqual([industry, city]);
  });

  it('goes on with weaker matches over all pages, and says when there are no more', async () => {
    const seen = new Set<string>();
    let more = true;
    for (let offset = 0; offset <= 9 && more; offset++) {
      const page = await search('organisations contact address', { offset });
      for (const result of page.web?.results ?? []) seen.add(result.meta_url.hostname);
      more = page.query.more_results_available;
    }
    expect(sandbox.sites.filter((site) => seen.has(site.host)).length).toBe(sandbox.sites.length);
    expect((await search('dental clinics', { offset: 9 })).query.more_results_available).toBe(false);
  });

  it('finds nothing for words that occur nowhere', async () => {
    const answer = await search('zzqx vvkj');
    expect(answer.web).toBeUndefined();
    expect(answer.query.more_results_available).toBe(false);
  });

  it('pages by offset without overlap, and counts as asked', async () => {
    const [a, b] = [await search('dentist', { count: 7 }), await search('dentist', { count: 7, offset: 1 })];
    const urls = [...(a.web?.results ?? []), ...(b.web?.results ?? [])].map((result) => result.url);
    expect(urls).toHaveLength(14);
    expect(new Set(urls).size).toBe(14);
  });

  it('understands site:, minus and quotes', async () => {
    const host = sandbox.sites[0]?.host ?? '';
    expect(new Set((await search(`site:${host} contact`)).web?.results.map((result) => result.meta_url.hostname))).toEqual(new Set([host]));
    expect((await search('dental clinics Austin -yelp')).web?.results.some((result) => result.url.includes('yelp'))).toBe(false);
    const name = sandbox.sites.find((site) => site.city === 'Portland' && site.industry === 'bakeries')?.companyName ?? '';
    expect((await search(`"${name}"`)).web?.results[0]?.title).toContain(name);
  });

  it('puts the clinics that say so first when walk-ins are asked for', async () => {
    const results = (await search('dental clinics in Austin walk-ins welcome', { count: 10 })).web?.results ?? [];
    const companies = results.flatMap((result) => sandbox.sites.find((site) => site.host === result.meta_url.hostname) ?? []);
    expect(companies.length).toBeGreaterThan(5);
    expect(companies.every((company) => company.walkIns)).toBe(true);
  });

  it('marks the words of the query unless told not to', async () => {
    const marked = json<BraveAnswer>(await call({ q: 'dental clinics' }));
    expect(marked.web?.results[0]?.description).toContain('<strong>');
    expect((await search('dental clinics')).web?.results[0]?.description).not.toContain('<strong>');
  });

  it('packs its answer when the client can unpack it', async () => {
    const answer = await call({ q: 'hotel' }, { headers: { 'accept-encoding': 'gzip' } });
    expect(answer.headers['content-encoding']).toBe('gzip');
    expect((JSON.parse(gunzipSync(answer.body).toString()) as BraveAnswer).type).toBe('search');
  });

  it.each([
    ['q', { q: '' }], ['q', { q: 'x'.repeat(401) }], ['q', { q: 'w '.repeat(51) }], ['count', { q: 'a', count: 21 }], ['count', { q: 'a', count: 0 }], ['count', { q: 'a', count: 'ten' }],
    ['offset', { q: 'a', offset: 10 }], ['country', { q: 'a', country: 'XX' }], ['safesearch', { q: 'a', safesearch: 'maybe' }], ['freshness', { q: 'a', freshness: 'yesterday' }], ['result_filter', { q: 'a', result_filter: 'web,maps' }],
  ])('refuses a bad %s with 422', async (name, parameters) => {
    const answer = await call(parameters);
    expect(answer.status).toBe(422);
    expect(json<BraveError>(answer).error.meta?.errors?.map((problem) => problem.loc[1])).toEqual([name]);
  });

  it('refuses a wrong key with 422 and its own code', async () => {
    const answer = await call({ q: 'a' }, { headers: { 'x-subscription-token': 'wrong' } });
    expect(answer.status).toBe(422);
    expect(json<BraveError>(answer).error.code).toBe('SUBSCRIPTION_TOKEN_INVALID');
  });

  it('tells the second limit from the month quota, in headers and body', async () => {
    const tight = await startSandbox({ braveRatePerSecond: 3, braveMonthlyQuota: 4 });
    try {
      const burst = [];
      for (let i = 0; i < 4; i++) burst.push(await call({ q: 'hotel' }, { to: tight }));
      expect(burst[0]?.headers['x-ratelimit-limit']).toBe('3, 4');
      expect(burst[0]?.headers['x-ratelimit-policy']).toBe('3;w=1, 4;w=2592000');
      expect(burst[0]?.headers['x-ratelimit-remaining']).toBe('2, 3');
      const limited = burst[3];
      expect(limited?.status).toBe(429);
      const body = json<BraveError>(limited as Awaited<ReturnType<typeof ask>>);
      expect(body).toMatchObject({ type: 'ErrorResponse', error: { status: 429, code: 'RATE_LIMITED', meta: { rate_limit: 3, quota_limit: 4, quota_current: 3 } } });
      expect(limited?.headers['x-ratelimit-remaining']).toBe('0, 1');
      // Refused requests are not counted: one of the month is left once the second is over.
      let last = limited as Awaited<ReturnType<typeof ask>>;
      while (last.status === 429) last = await call({ q: 'hotel' }, { to: tight });
      expect(last.status).toBe(200);
      const spent = await call({ q: 'hotel' }, { to: tight });
      expect(spent.status).toBe(429);
      expect(spent.headers['x-ratelimit-remaining']).toMatch(/, 0$/);
      expect(json<BraveError>(spent).error.meta?.quota_current).toBe(4);
    } finally {
      await tight.close();
    }
  });

  it('fails as it is told to', async () => {
    sandbox.control.brave('rate_limited');
    expect((await call({ q: 'a' })).headers['x-ratelimit-remaining']).toMatch(/^0, [1-9]/);
    sandbox.control.brave('quota');
    expect((await call({ q: 'a' })).headers['x-ratelimit-remaining']).toMatch(/, 0$/);
    sandbox.control.brave('bad_key');
    expect((await call({ q: 'a' })).status).toBe(422);
    sandbox.control.brave('malformed');
    const malformed = await call({ q: 'hotel' });
    expect(malformed.status).toBe(200);
    expect(() => json(malformed)).toThrow();
    sandbox.control.brave('ok');
    sandbox.control.braveNext('server_error', 1);
    expect((await call({ q: 'hotel' })).status).toBe(500);
    expect((await call({ q: 'hotel' })).status).toBe(200);
  });
});
