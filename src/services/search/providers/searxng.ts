/**
 * A SearXNG instance (`GET /search?format=json`). Source: docs.searxng.org/dev/search_api.
 * Its own engines fail one by one; `unresponsive_engines` says which, and an empty page with failed engines is not "nothing found".
 */
import { SearchProviderName, SourceStatus } from '../../../entities/enums.js';
import { exchange, jsonObject, plainText, recordsOf, usableUrl, withoutHits } from './json-request.js';
import type { ProviderAnswer, SearchHit, SearchProvider, SearchRequest } from './provider.js';

export interface SearxngOptions {
  /** The instance, with or without `/search`. */
  url: string;
  userAgent: string;
  /** Default 10 s: SearXNG waits for its slowest engine. */
  timeoutMs?: number;
}

/** SearXNG has no page size; an instance gives about this many a page, so positions of later pages come after earlier ones. */
const USUAL_PAGE = 30;
const LAST_PAGE = 9;

export class SearxngProvider implements SearchProvider {
  readonly name = SearchProviderName.SEARXNG;

  constructor(private readonly options: SearxngOptions) {}

  async search(request: SearchRequest): Promise<ProviderAnswer> {
    const base = this.options.url.replace(/\/{1,8}$/, '').replace(/\/search$/, '');
    if (!URL.canParse(`${base}/search`)) return withoutHits(SourceStatus.MISCONFIGURED, 'SEARXNG_URL is not a URL');
    if (request.query.trim() === '') return withoutHits(SourceStatus.EMPTY, 'the query is empty');
    if (request.page > LAST_PAGE) return withoutHits(SourceStatus.EMPTY, `no more than ${LAST_PAGE + 1} pages are asked of SearXNG`);
    const url = new URL(`${base}/search`);
    url.searchParams.set('q', request.query.trim().slice(0, 400));
    url.searchParams.set('format', 'json');
    url.searchParams.set('pageno', String(request.page + 1));
    if (request.language !== null) url.searchParams.set('language', languageOf(request.language, request.countryCode));
    const answer = await exchange(url, {
      headers: { accept: 'application/json', 'user-agent': this.options.userAgent },
      signal: request.signal,
      timeoutMs: this.options.timeoutMs ?? 10_000,
    });
    if (answer.kind === 'timeout') return withoutHits(SourceStatus.TIMEOUT, 'SearXNG did not answer in time');
    if (answer.kind === 'unreachable') return withoutHits(SourceStatus.FAILED, `SearXNG could not be reached (${answer.message})`);
    switch (answer.status) {
      case 200:
        return this.read(answer.text, request);
      case 403:
        return withoutHits(SourceStatus.MISCONFIGURED, 'SearXNG refuses JSON (403): add json to search.formats in its settings.yml');
      case 429:
        return withoutHits(SourceStatus.RATE_LIMITED, "SearXNG's limiter refuses the request", new Date(Date.now() + retryAfterMs(answer.headers)));
      case 404:
        return withoutHits(SourceStatus.MISCONFIGURED, 'there is no SearXNG at SEARXNG_URL (404)');
      default:
        return withoutHits(SourceStatus.FAILED, `SearXNG answered ${answer.status}`);
    }
  }

  private read(text: string, request: SearchRequest): ProviderAnswer {
    const body = jsonObject(text);
    if (body === null) return withoutHits(SourceStatus.FAILED, 'SearXNG answered with something that is not JSON');
    const hits: SearchHit[] = [];
    for (const result of recordsOf(body['results'])) {
      const url = usableUrl(result['url']);
      if (url === null) continue;
      hits.push({
        url,
        title: plainText(result['title']),
        snippet: plainText(result['content']),
        provider: this.name,
        position: request.page * USUAL_PAGE + hits.length,
        query: request.query,
        attribution: null,
      });
    }
    const failed = failedEngines(body['unresponsive_engines']);
    const message = failed.length > 0 ? `engines without an answer: ${failed.join(', ')}` : null;
    if (hits.length > 0) {
      // The page size depends on the engines, so `count` cuts nothing; a page with results is worth a next one.
      return { status: SourceStatus.OK, hits, more: request.page < LAST_PAGE, message, retryAt: null };
    }
    if (message === null) return withoutHits(SourceStatus.EMPTY, 'SearXNG found nothing');
    return withoutHits(statusOfFailed(failed), message);
  }
}

/** `de` with AT is `de-AT`: SearXNG takes language and region in one tag. */
function languageOf(language: string, countryCode: string | null): string {
  return language.includes('-') || countryCode === null ? language : `${language}-${countryCode.toUpperCase()}`;
}

function retryAfterMs(headers: Headers): number {
  const seconds = Number.parseInt(headers.get('retry-after') ?? '', 10);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 3_600) * 1000 : 60_000;
}

/** Pairs of engine and reason. */
function failedEngines(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value
    .filter((pair): pair is unknown[] => Array.isArray(pair))
    .map((pair) => pair.filter((part): part is string => typeof part === 'string').join(': '))
    .filter((words) => words !== '')
    .slice(0, 10);
}

/** The worst cause that all failed engines share decides what the user is told. */
function statusOfFailed(failed: string[]): SourceStatus {
  const text = failed.join(' ').toLowerCase();
  if (/captcha|access denied|forbidden/.test(text)) return SourceStatus.BLOCKED;
  if (/too many requests|suspended|rate/.test(text)) return SourceStatus.RATE_LIMITED;
  return /timeout|timed out/.test(text) ? SourceStatus.TIMEOUT : SourceStatus.FAILED;
}
