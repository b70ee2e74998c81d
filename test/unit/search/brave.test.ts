import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { SearchProviderName, SourceStatus } from '../../../src/entities/enums.js';
import { BraveProvider, type BraveOptions } from '../../../src/services/search/providers/brave.js';
import { braveCountry, braveLanguage, braveQuery } from '../../../src/services/search/providers/brave-parameters.js';
import type { SearchRequest } from '../../../src/services/search/providers/provider.js';

const KEY = 'test-key';
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Handler = (request: IncomingMessage, response: ServerResponse, asked: number) => void;

async function serve(handler: Handler, options: Partial<BraveOptions> = {}): Promise<{ brave: BraveProvider; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    handler(request, response, requests.length);
  });
  servers.push(server);
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  return { brave: new BraveProvider({ apiKey: KEY, baseUrl: `http://127.0.0.1:${port}/`, ...options }), requests };
}

function request(change: Partial<SearchRequest> = {}): SearchRequest {
  return { query: 'dental clinics austin', page: 0, count: 20, countryCode: 'US', language: 'en', signal: new AbortController().signal, ...change };
}

const HEADERS = { 'content-type': 'application/json', 'x-ratelimit-limit': '20, 15000', 'x-ratelimit-policy': '20;w=1, 15000;w=2592000', 'x-ratelimit-remaining': '19, 14000', 'x-ratelimit-reset': '1, 1419704' };

function ok(response: ServerResponse, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { ...HEADERS, ...headers }).end(typeof body === 'string' ? body : JSON.stringify(body));
}

function tooMany(response: ServerResponse, meta: object, headers: Record<string, string>): void {
  response.writeHead(429, { ...HEADERS, ...headers }).end(JSON.stringify({ type: 'ErrorResponse', error: { id: 'x', status: 429, code: 'RATE_LIMITED', detail: 'Request rate limit exceeded for plan', meta: { plan: 'Free', rate_limit: 1, rate_current: 1, ...meta } }, time: 1 }));
}

const page = (urls: unknown[], more: boolean): object => ({ type: 'search', query: { original: 'q', more_results_available: more }, web: { type: 'search', results: urls.map((url, index) => ({ type: 'search_result', title: `Result ${index}`, url, description: 'A place' })) } });

describe('Brave', () => {
  it('is asked with the documented parameters and headers', async () => {
    const { brave, requests } = await serve((_, response) => { ok(response, page(['https://acme-dental.com/'], false)); });
    await brave.search(request({ page: 2, count: 50, countryCode: 'AT', language: 'de-AT' }));
    const url = new URL(requests[0]?.url ?? '', 'http://x');
    expect(url.pathname).toBe('/res/v1/web/search');
    expect(Object.fromEntries(url.searchParams)).toEqual({ q: 'dental clinics austin', country: 'AT', search_lang: 'de', count: '20', offset: '2', text_decorations: 'false', result_filter: 'web' });
    expect(requests[0]?.headers).toMatchObject({ 'x-subscription-token': KEY, accept: 'application/json', 'accept-encoding': 'gzip' });
  });

  it('gives readable hits from web and location results and skips those without a usable URL', async () => {
    const body = {
      type: 'search',
      query: { original: 'q', more_results_available: true },
      web: { results: [
        { title: 'Smile &amp; <strong>Co</strong>', url: 'https://smile-co.com/about', description: 'Dentist&#x27;s office' },
        { title: 'No URL' }, { title: 'Odd', url: 'javascript:alert(1)' }, { title: 'Relative', url: '/x' }, null, { title: 'Credentials', url: 'https://a:b@acme.com/' },
        { title: 'Again', url: 'https://smile-co.com/about' },
      ] },
      locations: { results: [{ title: 'Oak Dental', url: 'https://oakdental.com/', postal_address: { displayAddress: '1 Oak St, Austin, TX' }, categories: ['Dentist'] }] },
    };
    const { brave } = await serve((_, response) => {
      response.writeHead(200, { ...HEADERS, 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify(body)));
    });
    const answer = await brave.search(request({ page: 1 }));
    expect(answer).toMatchObject({ status: SourceStatus.OK, more: true, message: null, retryAt: null });
    expect(answer.hits).toEqual([
      { url: 'https://smile-co.com/about', title: 'Smile & Co', snippet: "Dentist's office", provider: SearchProviderName.BRAVE, position: 20, query: 'dental clinics austin', attribution: null },
      { url: 'https://oakdental.com/', title: 'Oak Dental', snippet: 'Dentist · 1 Oak St, Austin, TX', provider: SearchProviderName.BRAVE, position: 21, query: 'dental clinics austin', attribution: null },
    ]);
  });

  it('ends after ten pages without asking', async () => {
    const { brave, requests } = await serve((_, response) => { ok(response, page(['https://acme.com/'], true)); });
    expect((await brave.search(request({ page: 9 }))).more).toBe(false);
    expect(await brave.search(request({ page: 10 }))).toMatchObject({ status: SourceStatus.EMPTY, hits: [], more: false });
    expect(requests).toHaveLength(1);
  });

  it('waits for the second and asks again after a 429 of the second', async () => {
    const { brave, requests } = await serve((_, response, asked) => {
      if (asked === 1) tooMany(response, { quota_limit: 2000, quota_current: 15 }, { 'x-ratelimit-remaining': '0, 1985', 'x-ratelimit-reset': '0.3, 1419704' });
      else ok(response, page(['https://acme.com/'], false));
    });
    expect((await brave.search(request())).status).toBe(SourceStatus.OK);
    expect(requests).toHaveLength(2);
  });

  it('gives up on a second that never opens, and says when to try again', async () => {
    const { brave } = await serve((_, response) => { tooMany(response, { quota_limit: null, quota_current: 0 }, { 'x-ratelimit-remaining': '0, 0', 'x-ratelimit-reset': '0.2, 5' }); });
    const answer = await brave.search(request());
    expect(answer.status).toBe(SourceStatus.RATE_LIMITED);
    expect(answer.retryAt).toBeInstanceOf(Date);
  });

  it.each([
    ['by the counters in the body', { quota_limit: 2000, quota_current: 2000 }, '1, 0'],
    ['by the remaining pair', {}, '1, 0'],
  ])('tells a used-up month from a busy second %s', async (_, meta, remaining) => {
    const { brave, requests } = await serve((__, response) => { tooMany(response, meta, { 'x-ratelimit-remaining': remaining, 'x-ratelimit-reset': '1, 86400' }); });
    const before = Date.now();
    const answer = await brave.search(request());
    expect(answer.status).toBe(SourceStatus.RATE_LIMITED);
    expect(answer.message).toContain('month');
    expect(answer.retryAt?.getTime()).toBeGreaterThanOrEqual(before + 86_400_000);
    expect(requests).toHaveLength(1);
  });

  it('does not wait longer than it may', async () => {
    const { brave, requests } = await serve((_, response) => { ok(response, page(['https://acme.com/'], true), { 'x-ratelimit-remaining': '0, 100', 'x-ratelimit-reset': '600, 1000' }); }, { maxWaitMs: 100 });
    expect((await brave.search(request())).status).toBe(SourceStatus.OK);
    expect((await brave.search(request({ page: 1 }))).status).toBe(SourceStatus.RATE_LIMITED);
    expect(requests).toHaveLength(1);
  });

  it('stops waiting when the caller aborts', async () => {
    const { brave } = await serve((_, response) => { ok(response, page(['https://acme.com/'], true), { 'x-ratelimit-remaining': '0, 100', 'x-ratelimit-reset': '5, 1000' }); });
    await brave.search(request());
    const controller = new AbortController();
    const search = brave.search(request({ page: 1, signal: controller.signal }));
    controller.abort(new Error('stopped by the user'));
    await expect(search).rejects.toThrow('stopped by the user');
  });

  it('tries a refused key once more, then says that it is wrong', async () => {
    const refusal = { type: 'ErrorResponse', error: { status: 422, code: 'SUBSCRIPTION_TOKEN_INVALID', detail: 'The provided subscription token is invalid.' } };
    const always = await serve((_, response) => { response.writeHead(422, HEADERS).end(JSON.stringify(refusal)); });
    expect(await always.brave.search(request())).toMatchObject({ status: SourceStatus.MISCONFIGURED, hits: [], more: false });
    expect(always.requests).toHaveLength(2);
    const once = await serve((_, response, asked) => {
      if (asked === 1) response.writeHead(422, HEADERS).end(JSON.stringify(refusal));
      else ok(response, page(['https://acme.com/'], false));
    });
    expect((await once.brave.search(request())).status).toBe(SourceStatus.OK);
  });

  it.each([
    ['nonsense', (response: ServerResponse) => { ok(response, '<html>busy</html>'); }, SourceStatus.FAILED],
    ['half a document', (response: ServerResponse) => { ok(response, '{"web":{"results":['); }, SourceStatus.FAILED],
    ['a list', (response: ServerResponse) => { ok(response, '[]'); }, SourceStatus.FAILED],
    ['nothing found', (response: ServerResponse) => { ok(response, { type: 'search', query: {} }); }, SourceStatus.EMPTY],
    ['results of the wrong shape', (response: ServerResponse) => { ok(response, { web: { results: 'none' } }); }, SourceStatus.EMPTY],
    ['a bad parameter', (response: ServerResponse) => { response.writeHead(422).end('{"error":{"code":"VALIDATION","detail":"bad country"}}'); }, SourceStatus.FAILED],
    ['a server error', (response: ServerResponse) => { response.writeHead(500).end(); }, SourceStatus.FAILED],
    ['no such path', (response: ServerResponse) => { response.writeHead(404).end(); }, SourceStatus.MISCONFIGURED],
    ['a redirect', (response: ServerResponse) => { response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(); }, SourceStatus.FAILED],
    ['a broken connection', (response: ServerResponse) => { response.destroy(); }, SourceStatus.FAILED],
  ])('answers %s with a status instead of an error', async (_, handler, status) => {
    const { brave } = await serve((__, response) => { handler(response); });
    const answer = await brave.search(request());
    expect(answer).toMatchObject({ status, hits: [], more: false });
    expect(answer.message).not.toBeNull();
  });

  it('says TIMEOUT for a server that stops in the middle', async () => {
    const { brave } = await serve((_, response) => { response.writeHead(200, HEADERS).write('{"web":'); }, { timeoutMs: 150 });
    expect((await brave.search(request())).status).toBe(SourceStatus.TIMEOUT);
  });

  it('cuts a query at a word, keeps exclusions and never leaves a quote open', () => {
    expect(braveQuery('  dental   clinics ')).toBe('dental clinics');
    const long = braveQuery(`${'clinic '.repeat(80)}-chain`);
    expect(long.split(' ')).toHaveLength(50);
    expect(long.endsWith(' -chain')).toBe(true);
    expect(braveQuery('vocabulary '.repeat(45)).length).toBeLessThanOrEqual(400);
    expect(braveQuery('歯'.repeat(900))).toHaveLength(400);
    expect(braveQuery(`"${'dental clinic '.repeat(40)}"`)).not.toContain('"');
  });

  it('knows the country and language codes of Brave', () => {
    expect(['at', 'GB', 'UK', 'HU', null].map(braveCountry)).toEqual(['AT', 'GB', 'GB', 'ALL', 'ALL']);
    const language = (tag: string, country: string | null = null): string | null => braveLanguage(tag, country);
    expect([language('ja'), language('pt'), language('pt', 'BR'), language('pt-BR'), language('zh-CN'), language('zh-TW'), language('zh', 'HK'), language('no'), language('en', 'GB'), language('de-CH'), language('xx')])
      .toEqual(['jp', 'pt-pt', 'pt-br', 'pt-br', 'zh-hans', 'zh-hant', 'zh-hant', 'nb', 'en-gb', 'de', null]);
  });
});
