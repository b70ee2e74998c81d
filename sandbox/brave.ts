import { gzipSync } from 'node:zlib';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type HttpService, type RequestLog, startHttp, WindowCounter } from './http-service.js';
import { hash32 } from './random.js';
import { parseQuery, type SearchHit, type SearchIndex, tokens } from './search-index.js';
import { type BraveMode } from './types.js';

const COUNTRIES = new Set('ALL AR AU AT BE BR CA CL DK FI FR DE HK IN ID IT JP KR MY MX NL NZ NO CN PL PT PH RU SA ZA ES SE CH TW TR GB US'.split(' '));
const RESULT_FILTERS = new Set(['discussions', 'faq', 'infobox', 'news', 'query', 'summarizer', 'videos', 'web', 'locations', 'rich']);
const MONTH_SECONDS = 2_592_000;
const MAX_OFFSET = 9;

export interface BraveState {
  mode: BraveMode;
  next: { mode: BraveMode; times: number } | null;
}

interface Parameters {
  q: string;
  count: number;
  offset: number;
  country: string;
  language: string;
  decorations: boolean;
  filter: Set<string> | null;
}

/** What is wrong with a parameter, in the shape of the service's validation errors. */
interface Problem { loc: string[]; msg: string; input: string | null }

function readParameters(query: URLSearchParams): Parameters | Problem[] {
  const problems: Problem[] = [];
  const wrong = (name: string, msg: string) => problems.push({ loc: ['query', name], msg, input: query.get(name) });
  const integer = (name: string, low: number, high: number, fallback: number): number => {
    const raw = query.get(name);
    if (raw === null) return fallback;
    const value = Number(raw);
    if (!/^-?\d{1,9}$/.test(raw) || value < low || value > high) wrong(name, `Input should be an integer from ${low} to ${high}`);
    return value;
  };
  const oneOf = (name: string, allowed: readonly string[]) => {
    const raw = query.get(name);
    if (raw !== null && !allowed.includes(raw)) wrong(name, `Input should be one of ${allowed.join(', ')}`);
  };
  const q = query.get('q') ?? '';
  if (q.trim() === '') wrong('q', 'Field required');
  else if ([...q].length > 400) wrong('q', 'String should have at most 400 characters');
  else if (q.trim().split(/\s+/).length > 50) wrong('q', 'Query should have at most 50 words');
  const country = (query.get('country') ?? 'US').toUpperCase();
  if (!COUNTRIES.has(country)) wrong('country', 'Input should be a supported country code');
  const searchLanguage = query.get('search_lang') ?? 'en';
  if (!/^[a-z]{2}(-[a-z]{2,4})?$/i.test(searchLanguage)) wrong('search_lang', 'Input should be a supported language code');
  oneOf('safesearch', ['off', 'moderate', 'strict']);
  oneOf('units', ['metric', 'imperial']);
  for (const flag of ['text_decorations', 'spellcheck', 'extra_snippets', 'summary']) oneOf(flag, ['true', 'false', '1', '0']);
  const freshness = query.get('freshness');
  if (freshness !== null && !/^(p[dwmy]|\d{4}-\d{2}-\d{2}to\d{4}-\d{2}-\d{2})$/.test(freshness)) wrong('freshness', 'Input should be pd, pw, pm, py or YYYY-MM-DDtoYYYY-MM-DD');
  const filter = query.get('result_filter')?.split(',').map((part) => part.trim()) ?? null;
  if (filter?.some((part) => !RESULT_FILTERS.has(part))) wrong('result_filter', 'Input should be a list of result types');
  const count = integer('count', 1, 20, 20);
  const offset = integer('offset', 0, MAX_OFFSET, 0);
  if (problems.length > 0) return problems;
  return { q, count, offset, country, language: searchLanguage === 'jp' ? 'ja' : searchLanguage.slice(0, 2).toLowerCase(), decorations: !['false', '0'].includes(query.get('text_decorations') ?? 'true'), filter: filter && new Set(filter) };
}

function decorate(text: string, terms: ReadonlySet<string>): string {
  return text.replace(/[\p{L}\p{N}]{1,60}/gu, (word) => (tokens(word).some((token) => terms.has(token)) ? `<strong>${word}</strong>` : word));
}

function result(hit: SearchHit, parameters: Parameters): Record<string, unknown> {
  const { document } = hit;
  const url = new URL(document.url);
  const terms = new Set(parameters.decorations ? parseQuery(parameters.q).terms : []);
  return {
    title: decorate(document.title, terms), url: document.url, is_source_local: false, is_source_both: false,
    description: decorate(document.description.slice(0, 300), terms), page_age: '2025-11-12T08:00:00', age: 'November 12, 2025',
    profile: { name: url.hostname.replace(/^www\./, ''), url: document.url, long_name: url.hostname, img: `https://imgs.search.example/${hash32(document.host).toString(16)}` },
    language: document.language || 'en', family_friendly: true, type: 'search_result', subtype: 'generic', is_live: false,
    meta_url: { scheme: url.protocol.slice(0, -1), netloc: url.host, hostname: url.hostname, favicon: `https://imgs.search.example/favicon/${hash32(document.host).toString(16)}`, path: url.pathname === '/' ? '' : `› ${url.pathname.slice(1).replace(/\/+/g, ' › ')}` },
  };
}

/** The Brave Web Search look-alike; facts in §9.1 of the wire notes. */
export async function startBrave(options: { index: SearchIndex; key: string; ratePerSecond: number; monthlyQuota: number; state: BraveState; log: RequestLog; port: number }): Promise<HttpService & { resetCounters(): void }> {
  const { index, state } = options;
  const second = new WindowCounter(options.ratePerSecond, 1000);
  const month = new WindowCounter(options.monthlyQuota, MONTH_SECONDS * 1000);

  const rateHeaders = (now: number): Record<string, string> => ({
    'X-RateLimit-Limit': `${options.ratePerSecond}, ${options.monthlyQuota}`,
    'X-RateLimit-Policy': `${options.ratePerSecond};w=1, ${options.monthlyQuota};w=${MONTH_SECONDS}`,
    'X-RateLimit-Remaining': `${second.remaining(now)}, ${month.remaining(now)}`,
    'X-RateLimit-Reset': `${second.resetSeconds(now)}, ${month.resetSeconds(now)}`,
  });
  const answer = (request: IncomingMessage, response: ServerResponse, status: number, headers: Record<string, string>, body: unknown): void => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const zipped = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    const bytes = zipped ? gzipSync(text) : Buffer.from(text);
    response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': String(bytes.length), ...(zipped ? { 'Content-Encoding': 'gzip' } : {}), ...headers }).end(bytes);
  };
  const failure = (status: number, code: string, detail: string, meta?: Record<string, unknown>) => ({
    type: 'ErrorResponse', error: { id: `sandbox-${hash32(code + detail).toString(16)}`, status, code, detail, ...(meta && { meta }) }, time: Math.floor(Date.now() / 1000),
  });
  const limited = (now: number, kind: 'second' | 'month') => {
    const usedMonth = options.monthlyQuota - month.remaining(now);
    return failure(429, kind === 'month' ? 'QUOTA_LIMITED' : 'RATE_LIMITED', kind === 'month' ? 'Request quota limit exceeded for plan' : 'Request rate limit exceeded for plan', {
      plan: 'Sandbox', rate_limit: options.ratePerSecond, rate_current: options.ratePerSecond - second.remaining(now), quota_limit: options.monthlyQuota,
      quota_current: kind === 'month' ? options.monthlyQuota : usedMonth, org_rate_limit: null, org_rate_current: 0, component: 'rate_limiter',
    });
  };

  const handler = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://brave.invalid');
    options.log.open('brave', 'brave', request.url ?? '/', request.method ?? 'GET', response);
    request.resume();
    const now = Date.now();
    const mode = state.next && state.next.times-- > 0 ? state.next.mode : state.mode;
    if (mode === 'timeout') return;
    if (mode === 'server_error') return answer(request, response, 500, {}, failure(500, 'INTERNAL', 'Internal server error'));
    if (url.pathname !== '/res/v1/web/search') return answer(request, response, 404, {}, failure(404, 'NOT_FOUND', 'Not found'));
    if (request.method !== 'GET') return answer(request, response, 405, { Allow: 'GET' }, failure(405, 'METHOD_NOT_ALLOWED', 'Method not allowed'));
    if (mode === 'bad_key' || request.headers['x-subscription-token'] !== options.key) {
      return answer(request, response, 422, {}, failure(422, 'SUBSCRIPTION_TOKEN_INVALID', 'The provided subscription token is invalid.', { component: 'authentication' }));
    }
    if (mode === 'rate_limited') return answer(request, response, 429, { ...rateHeaders(now), 'X-RateLimit-Remaining': `0, ${month.remaining(now)}` }, limited(now, 'second'));
    if (mode === 'quota' || month.remaining(now) === 0) return answer(request, response, 429, { ...rateHeaders(now), 'X-RateLimit-Remaining': `${second.remaining(now)}, 0` }, limited(now, 'month'));
    if (second.remaining(now) === 0) return answer(request, response, 429, rateHeaders(now), limited(now, 'second'));
    const parameters = readParameters(url.searchParams);
    if (Array.isArray(parameters)) return answer(request, response, 422, rateHeaders(now), failure(422, 'VALIDATION', 'Unable to validate request parameter(s)', { errors: parameters.map((problem) => ({ type: 'value_error', ...problem })) }));
    second.take(now);
    month.take(now);
    if (mode === 'malformed') return answer(request, response, 200, rateHeaders(now), '{"type":"search","web":{"results":[{"title":"cut o');
    const hits = index.search(parameters.q, { country: parameters.country === 'ALL' ? '' : parameters.country, language: parameters.language, perHost: 1 });
    const page = hits.slice(parameters.offset * parameters.count, (parameters.offset + 1) * parameters.count);
    const wantsWeb = parameters.filter === null || parameters.filter.has('web');
    answer(request, response, 200, rateHeaders(now), {
      type: 'search',
      query: { original: parameters.q, show_strict_warning: false, is_navigational: false, is_news_breaking: false, spellcheck_off: url.searchParams.get('spellcheck') === 'false', country: parameters.country.toLowerCase(), bad_results: hits.length === 0, should_fallback: false, postal_code: '', city: '', header_country: '', more_results_available: parameters.offset < MAX_OFFSET && hits.length > (parameters.offset + 1) * parameters.count, state: '' },
      ...(wantsWeb && page.length > 0 && {
        mixed: { type: 'mixed', main: page.map((_hit, i) => ({ type: 'web', index: i, all: false })), top: [], side: [] },
        web: { type: 'search', results: page.map((hit) => result(hit, parameters)), family_friendly: true },
      }),
    });
  };
  return { ...(await startHttp(handler, options.port)), resetCounters: () => { second.clear(); month.clear(); } };
}
