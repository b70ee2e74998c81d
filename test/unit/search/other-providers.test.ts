import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { SearchProviderName, SourceStatus } from '../../../src/entities/enums.js';
import { buildProviders } from '../../../src/services/search/providers/index.js';
import { LocalProvider } from '../../../src/services/search/providers/local.js';
import { OverpassProvider } from '../../../src/services/search/providers/overpass.js';
import type { SearchRequest } from '../../../src/services/search/providers/provider.js';
import { SearxngProvider } from '../../../src/services/search/providers/searxng.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(handler: (request: IncomingMessage, response: ServerResponse, body: string) => void): Promise<{ url: string; requests: { url: URL; body: string; headers: IncomingMessage['headers'] }[] }> {
  const requests: { url: URL; body: string; headers: IncomingMessage['headers'] }[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      requests.push({ url: new URL(request.url ?? '', 'http://x'), body, headers: request.headers });
      handler(request, response, body);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

function request(change: Partial<SearchRequest> = {}): SearchRequest {
  return { query: 'Zahnarzt Wien', page: 0, count: 2, countryCode: 'AT', language: 'de', signal: new AbortController().signal, ...change };
}

describe('SearXNG', () => {
  const UA = { userAgent: 'Leadline-test/1' };

  it('is asked for JSON, page by page, and says which of its engines failed', async () => {
    const server = await serve((_, response) => {
      response.end(JSON.stringify({ results: [{ url: 'https://praxis-huber.at/', title: 'Praxis', content: 'Zahnarzt' }, { url: 'nonsense' }], unresponsive_engines: [['qwant', 'timeout']] }));
    });
    const answer = await new SearxngProvider({ url: `${server.url}/`, ...UA }).search(request({ page: 1 }));
    expect(answer).toMatchObject({ status: SourceStatus.OK, more: true, message: 'engines without an answer: qwant: timeout' });
    expect(answer.hits).toMatchObject([{ url: 'https://praxis-huber.at/', snippet: 'Zahnarzt', provider: SearchProviderName.SEARXNG }]);
    expect(Object.fromEntries(server.requests[0]?.url.searchParams ?? [])).toEqual({ q: 'Zahnarzt Wien', format: 'json', pageno: '2', language: 'de-AT' });
  });

  it.each([
    ['JSON is switched off', 403, '', SourceStatus.MISCONFIGURED],
    ['its limiter says no', 429, '', SourceStatus.RATE_LIMITED],
    ['it is broken', 500, '', SourceStatus.FAILED],
    ['it answers a page', 200, '<html>', SourceStatus.FAILED],
    ['nothing is found', 200, '{"results":[]}', SourceStatus.EMPTY],
    ['every engine asks for a CAPTCHA', 200, '{"results":[],"unresponsive_engines":[["startpage","CAPTCHA"]]}', SourceStatus.BLOCKED],
    ['every engine is suspended', 200, '{"results":[],"unresponsive_engines":[["brave","Suspended: too many requests"]]}', SourceStatus.RATE_LIMITED],
    ['every engine is slow', 200, '{"results":[],"unresponsive_engines":[["duckduckgo","timeout"]]}', SourceStatus.TIMEOUT],
  ])('answers with a status when %s', async (_, status, body, expected) => {
    const server = await serve((__, response) => { response.writeHead(status).end(body); });
    const answer = await new SearxngProvider({ url: server.url, ...UA }).search(request());
    expect(answer).toMatchObject({ status: expected, hits: [], more: false });
    expect(answer.message).not.toBeNull();
  });
});

describe('OpenStreetMap', () => {
  const QUERY = 'amenity=dentist near 48.2082,16.3738 within 10 km (Vienna)';
  const element = (name: string, website: string): object => ({ type: 'node', tags: { name, website, amenity: 'dentist', 'addr:street': 'Ring', 'addr:housenumber': '1', 'addr:city': 'Wien' } });

  it('turns a tag and a place into one polite question, pages from the kept answer, and names its licence', async () => {
    const server = await serve((_, response) => {
      response.end(JSON.stringify({ elements: [element('A', 'https://a-werke.at'), element('B', 'b-werke.at'), { type: 'way', tags: { name: 'No site' } }, element('C', 'https://c-werke.at/')] }));
    });
    const osm = new OverpassProvider({ url: `${server.url}/api/interpreter`, userAgent: 'Leadline-test/1' });
    const first = await osm.search(request({ query: QUERY }));
    const second = await osm.search(request({ query: QUERY, page: 1 }));
    expect(first).toMatchObject({ status: SourceStatus.OK, more: true });
    expect(first.hits[1]).toMatchObject({ url: 'http://b-werke.at/', title: 'B', snippet: 'dentist, Ring 1, Wien', position: 1 });
    expect(first.hits[0]?.attribution).toContain('OpenStreetMap');
    expect(second).toMatchObject({ status: SourceStatus.OK, more: false });
    expect(server.requests).toHaveLength(1);
    expect(new URLSearchParams(server.requests[0]?.body).get('data')).toContain('nwr["amenity"="dentist"]["website"](around:10000,48.2082,16.3738);');
    expect(server.requests[0]?.headers['user-agent']).toBe('Leadline-test/1');
  });

  it('leaves the server alone for a while after a 429', async () => {
    const server = await serve((_, response) => { response.writeHead(429, { 'content-type': 'text/html' }).end('<p>rate_limited</p>'); });
    const osm = new OverpassProvider({ url: server.url, userAgent: 'Leadline-test/1' });
    const before = Date.now();
    const first = await osm.search(request({ query: QUERY }));
    expect(first.status).toBe(SourceStatus.RATE_LIMITED);
    expect(first.retryAt?.getTime()).toBeGreaterThanOrEqual(before + 30_000);
    expect((await osm.search(request({ query: QUERY }))).status).toBe(SourceStatus.RATE_LIMITED);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['a time-out inside a 200', 200, '{"elements":[],"remark":"runtime error: Query timed out in \\"query\\""}', SourceStatus.TIMEOUT],
    ['a page of HTML', 200, '<html>', SourceStatus.FAILED],
    ['a refused User-Agent', 406, '', SourceStatus.BLOCKED],
    ['nothing there', 200, '{"elements":[]}', SourceStatus.EMPTY],
  ])('answers %s with a status', async (_, status, body, expected) => {
    const server = await serve((__, response) => { response.writeHead(status).end(body); });
    expect(await new OverpassProvider({ url: server.url, userAgent: 'x' }).search(request({ query: QUERY }))).toMatchObject({ status: expected, hits: [] });
  });
});

describe('the workspace itself', () => {
  it('pages through what was crawled before, in its own workspace', async () => {
    const asked: unknown[][] = [];
    const rows = ['a', 'b', 'c'].map((name) => ({ url: `https://${name}-werke.at/`, title: name, snippet: '' }));
    const local = new LocalProvider((...question) => {
      asked.push(question);
      return Promise.resolve(rows.slice(question[2], question[2] + question[1]));
    });
    expect(await local.search(request({ workspaceId: 'w1' }))).toMatchObject({ status: SourceStatus.OK, more: true, hits: [{ title: 'a' }, { title: 'b' }] });
    expect(await local.search(request({ page: 1, workspaceId: 'w1' }))).toMatchObject({ more: false, hits: [{ title: 'c', position: 2 }] });
    expect(await local.search(request({ page: 2 }))).toMatchObject({ status: SourceStatus.EMPTY });
    expect(asked[1]).toEqual(['Zahnarzt Wien', 3, 2, 'w1']);
  });
});

describe('the list of providers', () => {
  it('holds what is configured, in the order of preference', () => {
    const names = (config: Partial<Parameters<typeof buildProviders>[0]>): string[] => buildProviders({ userAgent: 'x', ...config }, { searchCrawled: () => Promise.resolve([]) }).map((provider) => provider.name);
    expect(names({})).toEqual(['LOCAL']);
    expect(names({ braveApiKey: 'k', searxngUrl: 'http://s', overpassUrl: 'http://o' })).toEqual(['BRAVE', 'SEARXNG', 'OSM', 'LOCAL']);
    expect(names({ overpassUrl: 'off', braveApiKey: '' })).toEqual(['LOCAL']);
  });
});
