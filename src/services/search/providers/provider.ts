/** The shape that every search provider has, so that the rest of the product knows none of them. */
import type { SearchProviderName, SourceStatus } from '../../../entities/enums.js';

export interface SearchRequest {
  query: string;
  /** 0-based. */
  page: number;
  /** Results wanted on a page; a provider gives fewer where its own limit is lower. */
  count: number;
  /** ISO 3166-1 alpha-2, a preference and not a filter. */
  countryCode: string | null;
  /** BCP 47. */
  language: string | null;
  signal: AbortSignal;
  /** Whose crawled pages the LOCAL source may see; other sources do not use it. */
  workspaceId?: string;
}

export interface SearchHit {
  /** Absolute http(s). */
  url: string;
  title: string;
  snippet: string;
  provider: SearchProviderName;
  /** 0-based over all pages of this query at this provider. */
  position: number;
  query: string;
  /** What the source's licence wants to see beside the result. */
  attribution: string | null;
}

export interface ProviderAnswer {
  status: SourceStatus;
  hits: SearchHit[];
  /** Another page is worth asking for. */
  more: boolean;
  /** For people; null when all went well. */
  message: string | null;
  /** When asking again makes sense; null when it is now, or never. */
  retryAt: Date | null;
}

export interface SearchProvider {
  readonly name: SearchProviderName;
  /**
   * One page of results. Limits, blocks, time-outs and nonsense from the other side are answers, not errors; the only
   * thing thrown is the caller's own abort reason.
   */
  search(request: SearchRequest): Promise<ProviderAnswer>;
}
