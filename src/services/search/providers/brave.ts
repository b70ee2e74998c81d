/**
 * Brave Web Search (`GET /res/v1/web/search`, header `X-Subscription-Token`).
 * Source: api-dashboard.search.brave.com/api-reference/web/search/get, …/documentation/web-search/response-headers.
 */
import { SearchProviderName, SourceStatus } from '../../../entities/enums.js';
import { errorCode, errorDetail, isQuotaExhausted, readRateWindows, type RateWindows } from './brave-limits.js';
import { braveCountry, braveLanguage, braveQuery } from './brave-parameters.js';
import { asRecord, exchange, jsonObject, pause, plainText, recordsOf, usableUrl, withoutHits, type Exchange } from './json-request.js';
import type { ProviderAnswer, SearchHit, SearchProvider, SearchRequest } from './provider.js';

export interface BraveOptions {
  apiKey: string;
  /** Everything before `/res/v1/web/search`; default `https://api.search.brave.com`. */
  baseUrl?: string | undefined;
  /** For one request, default 10 s. */
  timeoutMs?: number;
  /** The longest a search waits for the per-second window in all, default 8 s. */
  maxWaitMs?: number;
}

const PATH = '/res/v1/web/search';
const MAX_COUNT = 20;
/** `offset` counts pages, 0 to 9. */
const LAST_PAGE = 9;
const MAX_BURST_RETRIES = 3;

export class BraveProvider implements SearchProvider {
  readonly name = SearchProviderName.BRAVE;
  private readonly endpoint: string;
  private readonly timeoutMs: number;
  private readonly maxWaitMs: number;
  /** On the clock of `performance.now()`: no request leaves before it. */
  private freeAtMs = 0;
  /** Requests go one after the other: the limit is per second and per key, so side by side they only earn a 429. */
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly options: BraveOptions) {
    this.endpoint = `${(options.baseUrl ?? 'https://api.search.brave.com').replace(/\/{1,8}$/, '').replace(/\/res\/v1(?:\/web\/search)?$/, '')}${PATH}`;
    this.timeoutMs = options.timeoutMs ?? 10_000;
    this.maxWaitMs = options.maxWaitMs ?? 8_000;
  }

  async search(request: SearchRequest): Promise<ProviderAnswer> {
    const query = braveQuery(request.query);
    if (query === '') return withoutHits(SourceStatus.EMPTY, 'the query is empty');
    if (request.page > LAST_PAGE) return withoutHits(SourceStatus.EMPTY, `Brave gives no more than ${LAST_PAGE + 1} pages`);
    if (!URL.canParse(this.endpoint)) return withoutHits(SourceStatus.MISCONFIGURED, 'BRAVE_BASE_URL is not a URL');
    return this.inTurn(request.signal, () => this.ask(request, query));
  }

  private async inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.turn;
    let release = (): void => undefined;
    this.turn = new Promise((resolve) => { release = resolve; });
    try {
      await before;
      signal.throwIfAborted();
      return await work();
    } finally {
      release();
    }
  }

  private async ask(request: SearchRequest, query: string): Promise<ProviderAnswer> {
    const count = Math.min(Math.max(1, Math.trunc(request.count)), MAX_COUNT);
    const url = this.url(request, query, count);
    const waitUntilMs = performance.now() + this.maxWaitMs;
    let burstRetries = 0;
    let keyRetried = false;
    for (;;) {
      const waitMs = this.freeAtMs - performance.now();
      if (waitMs > 0) {
        if (performance.now() + waitMs > waitUntilMs) return limited('Brave allows no further request yet', waitMs);
        await pause(waitMs, request.signal);
      }
      const answer = await exchange(url, { headers: this.headers(), signal: request.signal, timeoutMs: this.timeoutMs });
      if (answer.kind !== 'answer') return lost(answer);
      const windows = readRateWindows(answer.headers);
      this.noteBurst(answer.status, windows);
      if (answer.status === 200) return this.read(answer.text, request, count);
      if (answer.status === 429) {
        if (isQuotaExhausted(answer.text, windows)) {
          return limited('the monthly quota of the Brave plan is used up', (windows.quota?.resetSeconds ?? 86_400) * 1000);
        }
        burstRetries += 1;
        if (burstRetries <= MAX_BURST_RETRIES) continue;
        return limited('Brave is rate limited', Math.max(1_000, (windows.burst?.resetSeconds ?? 1) * 1000));
      }
      // Seen once with a good key, so one retry decides between a hiccup and a wrong key.
      if (errorCode(answer.text) === 'SUBSCRIPTION_TOKEN_INVALID' && !keyRetried) {
        keyRetried = true;
        continue;
      }
      return refused(answer.status, answer.text);
    }
  }

  private url(request: SearchRequest, query: string, count: number): URL {
    const url = new URL(this.endpoint);
    url.searchParams.set('q', query);
    url.searchParams.set('country', braveCountry(request.countryCode));
    const language = braveLanguage(request.language, request.countryCode);
    if (language !== null) url.searchParams.set('search_lang', language);
    url.searchParams.set('count', String(count));
    url.searchParams.set('offset', String(Math.max(0, Math.trunc(request.page))));
    url.searchParams.set('text_decorations', 'false');
    url.searchParams.set('result_filter', 'web');
    return url;
  }

  private headers(): Record<string, string> {
    return { accept: 'application/json', 'accept-encoding': 'gzip', 'x-subscription-token': this.options.apiKey };
  }

  /** An empty second window, or a 429, keeps everybody back until the window opens again. */
  private noteBurst(status: number, windows: RateWindows): void {
    const burst = windows.burst;
    if (status !== 429 && (burst === null || burst.remaining > 0)) return;
    const resetMs = Math.max(burst?.resetSeconds ?? 1, status === 429 ? 0.2 : 0) * 1000;
    this.freeAtMs = Math.max(this.freeAtMs, performance.now() + resetMs);
  }

  private read(text: string, request: SearchRequest, count: number): ProviderAnswer {
    const body = jsonObject(text);
    if (body === null) return withoutHits(SourceStatus.FAILED, 'Brave answered with something that is not JSON');
    const hits: SearchHit[] = [];
    const seen = new Set<string>();
    const results = [...recordsOf(asRecord(body['web'])?.['results']), ...recordsOf(asRecord(body['locations'])?.['results'])];
    for (const result of results) {
      const url = usableUrl(result['url']);
      if (url === null || seen.has(url)) continue;
      seen.add(url);
      hits.push({
        url,
        title: plainText(result['title']),
        snippet: snippetOf(result),
        provider: this.name,
        position: Math.max(0, request.page) * count + hits.length,
        query: request.query,
        attribution: null,
      });
    }
    const more = asRecord(body['query'])?.['more_results_available'] === true && request.page < LAST_PAGE;
    return { status: hits.length > 0 ? SourceStatus.OK : SourceStatus.EMPTY, hits, more, message: hits.length > 0 ? null : 'Brave found nothing', retryAt: null };
  }
}

/** Web results have a description; places have an address and categories instead. */
function snippetOf(result: Record<string, unknown>): string {
  const description = plainText(result['description']);
  if (description !== '') return description;
  const address = plainText(asRecord(result['postal_address'])?.['displayAddress']);
  const categories = Array.isArray(result['categories']) ? result['categories'].map(plainText).filter((word) => word !== '') : [];
  return [categories.join(', '), address].filter((part) => part !== '').join(' · ');
}

function limited(message: string, waitMs: number): ProviderAnswer {
  return withoutHits(SourceStatus.RATE_LIMITED, message, new Date(Date.now() + waitMs));
}

function lost(outcome: Exclude<Exchange, { kind: 'answer' }>): ProviderAnswer {
  return outcome.kind === 'timeout'
    ? withoutHits(SourceStatus.TIMEOUT, 'Brave did not answer in time')
    : withoutHits(SourceStatus.FAILED, `Brave could not be reached (${outcome.message})`);
}

function refused(status: number, body: string): ProviderAnswer {
  const detail = errorDetail(body);
  const words = detail === null ? '' : `: ${detail}`;
  const code = errorCode(body);
  if (code === 'SUBSCRIPTION_TOKEN_INVALID' || code === 'SUBSCRIPTION_NOT_FOUND' || status === 401) {
    return withoutHits(SourceStatus.MISCONFIGURED, 'Brave refuses the key in BRAVE_API_KEY');
  }
  if (status === 403) return withoutHits(SourceStatus.BLOCKED, `Brave refuses the request (403)${words}`);
  if (status === 404) return withoutHits(SourceStatus.MISCONFIGURED, 'there is no Brave search at BRAVE_BASE_URL (404)');
  return withoutHits(SourceStatus.FAILED, `Brave answered ${status}${words}`);
}
