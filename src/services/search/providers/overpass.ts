/**
 * OpenStreetMap through Overpass: businesses of a kind (tag) in a place that name their website. Needs no key.
 * Source: dev.overpass-api.de/output_formats.html and its commons policy: a User-Agent that identifies the caller, one
 * query at a time, at least 30 s after a 429, answers kept for a day.
 */
import { SearchProviderName, SourceStatus } from '../../../entities/enums.js';
import { asRecord, exchange, jsonObject, recordsOf, stringOf, usableUrl, withoutHits } from './json-request.js';
import { parseMapQuery, type MapQuery } from './map-query.js';
import type { ProviderAnswer, SearchHit, SearchProvider, SearchRequest } from './provider.js';

export interface OverpassOptions {
  /** The interpreter, such as `https://overpass-api.de/api/interpreter`. */
  url: string;
  userAgent: string;
  /** Default 30 s; Overpass itself is told to stop 5 s earlier. */
  timeoutMs?: number;
}

const ATTRIBUTION = '© OpenStreetMap contributors, ODbL';
const MAX_ELEMENTS = 500;
const AFTER_LIMIT_MS = 30_000;
const KEEP_MS = 24 * 3_600_000;
const MAX_KEPT = 200;
const SITE_TAGS = ['website', 'contact:website', 'url'] as const;

type Found = Omit<SearchHit, 'provider' | 'position' | 'query' | 'attribution'>;

export class OverpassProvider implements SearchProvider {
  readonly name = SearchProviderName.OSM;
  private readonly kept = new Map<string, { found: Found[]; until: number }>();
  private turn: Promise<void> = Promise.resolve();
  private freeAt = 0;

  constructor(private readonly options: OverpassOptions) {}

  async search(request: SearchRequest): Promise<ProviderAnswer> {
    request.signal.throwIfAborted();
    if (!URL.canParse(this.options.url)) return withoutHits(SourceStatus.MISCONFIGURED, 'OVERPASS_URL is not a URL');
    const query = parseMapQuery(request.query);
    if (query === null) return withoutHits(SourceStatus.EMPTY, 'OpenStreetMap needs a query such as "amenity=dentist near 48.2082,16.3738"');
    const text = overpassQl(query, Math.max(5, Math.floor((this.options.timeoutMs ?? 30_000) / 1000) - 5));
    const before = this.turn;
    let release = (): void => undefined;
    this.turn = new Promise((resolve) => { release = resolve; });
    try {
      await before;
      request.signal.throwIfAborted();
      const found = await this.find(text, request.signal);
      return Array.isArray(found) ? this.page(found, request) : found;
    } finally {
      release();
    }
  }

  private async find(text: string, signal: AbortSignal): Promise<Found[] | ProviderAnswer> {
    const kept = this.kept.get(text);
    if (kept !== undefined && kept.until > Date.now()) return kept.found;
    if (this.freeAt > Date.now()) return withoutHits(SourceStatus.RATE_LIMITED, 'Overpass asked us to wait', new Date(this.freeAt));
    const answer = await exchange(new URL(this.options.url), {
      method: 'POST',
      body: new URLSearchParams({ data: text }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', 'user-agent': this.options.userAgent },
      signal,
      timeoutMs: this.options.timeoutMs ?? 30_000,
    });
    if (answer.kind === 'timeout') return withoutHits(SourceStatus.TIMEOUT, 'Overpass did not answer in time');
    if (answer.kind === 'unreachable') return withoutHits(SourceStatus.FAILED, `Overpass could not be reached (${answer.message})`);
    if (answer.status === 429 || answer.status === 504) return this.limited(answer.status);
    if (answer.status === 403 || answer.status === 406) return withoutHits(SourceStatus.BLOCKED, `Overpass refuses us (${answer.status})`);
    if (answer.status !== 200) return withoutHits(SourceStatus.FAILED, `Overpass answered ${answer.status}`);
    const body = jsonObject(answer.text);
    if (body === null) return withoutHits(SourceStatus.FAILED, 'Overpass answered with something that is not JSON');
    const found = recordsOf(body['elements']).flatMap(readElement);
    // A run-time error comes as 200 with a remark; what was found until then is still true, but must not be kept.
    const remark = stringOf(body['remark']);
    if (/error|timed out|out of memory/i.test(remark)) {
      if (found.length > 0) return found;
      return withoutHits(/timed out/i.test(remark) ? SourceStatus.TIMEOUT : SourceStatus.FAILED, `Overpass: ${remark.slice(0, 200)}`);
    }
    this.keep(text, found);
    return found;
  }

  private limited(status: number): ProviderAnswer {
    this.freeAt = Date.now() + AFTER_LIMIT_MS;
    return withoutHits(SourceStatus.RATE_LIMITED, status === 429 ? 'Overpass is rate limited' : 'Overpass is overloaded', new Date(this.freeAt));
  }

  private keep(text: string, found: Found[]): void {
    const oldest = this.kept.size >= MAX_KEPT ? this.kept.keys().next().value : undefined;
    if (oldest !== undefined) this.kept.delete(oldest);
    this.kept.set(text, { found, until: Date.now() + KEEP_MS });
  }

  private page(found: Found[], request: SearchRequest): ProviderAnswer {
    const count = Math.max(1, request.count);
    const start = Math.max(0, request.page) * count;
    const hits = found.slice(start, start + count).map((hit, index): SearchHit =>
      ({ ...hit, provider: this.name, position: start + index, query: request.query, attribution: ATTRIBUTION }));
    if (hits.length === 0) return withoutHits(SourceStatus.EMPTY, 'OpenStreetMap knows no business of this kind with a website there');
    return { status: SourceStatus.OK, hits, more: start + count < found.length, message: null, retryAt: null };
  }
}

/** Overpass QL for places that carry the tag and a website. */
export function overpassQl(query: MapQuery, timeoutSeconds: number): string {
  const [setup, filter] = query.area.kind === 'country'
    ? [`area["ISO3166-1"="${query.area.countryCode}"]["admin_level"="2"]->.a;`, '(area.a)']
    : ['', `(around:${query.area.radiusMetres},${query.area.lat},${query.area.lon})`];
  const lines = SITE_TAGS.map((tag) => `nwr["${query.key}"="${query.value}"]["${tag}"]${filter};`);
  return `[out:json][timeout:${timeoutSeconds}];${setup}(${lines.join('')});out tags center ${MAX_ELEMENTS};`;
}

function readElement(element: Record<string, unknown>): Found[] {
  const tags = asRecord(element['tags']);
  if (tags === null) return [];
  const written = SITE_TAGS.map((tag) => stringOf(tags[tag]).split(';')[0]?.trim() ?? '').find((value) => value !== '') ?? '';
  // Mappers often leave the scheme out.
  const url = usableUrl(/^[a-z][a-z0-9+.-]{1,20}:/i.test(written) ? written : `http://${written}`);
  if (url === null) return [];
  const street = [stringOf(tags['addr:street']), stringOf(tags['addr:housenumber'])].filter(Boolean).join(' ');
  const town = [stringOf(tags['addr:postcode']), stringOf(tags['addr:city'])].filter(Boolean).join(' ');
  const kind = ['amenity', 'shop', 'office', 'craft', 'healthcare', 'tourism', 'leisure', 'industrial', 'club'].map((key) => stringOf(tags[key])).find(Boolean) ?? '';
  return [{
    url,
    title: stringOf(tags['name']) || stringOf(tags['operator']) || new URL(url).hostname,
    snippet: [kind.replace(/_/g, ' '), street, town].filter(Boolean).join(', '),
  }];
}
