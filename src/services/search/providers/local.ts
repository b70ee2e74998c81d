/** Sites that this workspace has crawled before: free, instant, and the only source that works without the outside. */
import { SearchProviderName, SourceStatus } from '../../../entities/enums.js';
import { usableUrl, withoutHits } from './json-request.js';
import type { ProviderAnswer, SearchProvider, SearchRequest } from './provider.js';

/** Best first; the SQL behind it must see the given workspace only. */
export type SearchCrawled = (query: string, limit: number, offset: number, workspaceId?: string) => Promise<{ url: string; title: string; snippet: string }[]>;

export class LocalProvider implements SearchProvider {
  readonly name = SearchProviderName.LOCAL;

  constructor(private readonly searchCrawled: SearchCrawled) {}

  async search(request: SearchRequest): Promise<ProviderAnswer> {
    request.signal.throwIfAborted();
    const count = Math.max(1, Math.trunc(request.count));
    const offset = Math.max(0, Math.trunc(request.page)) * count;
    // One more than wanted tells whether there is a next page.
    const rows = await this.searchCrawled(request.query, count + 1, offset, request.workspaceId);
    request.signal.throwIfAborted();
    const hits = rows.slice(0, count).flatMap((row, index) => {
      const url = usableUrl(row.url);
      if (url === null) return [];
      return [{ url, title: row.title, snippet: row.snippet, provider: this.name, position: offset + index, query: request.query, attribution: null }];
    });
    if (hits.length === 0) return withoutHits(SourceStatus.EMPTY, 'nothing crawled so far matches');
    return { status: SourceStatus.OK, hits, more: rows.length > count, message: null, retryAt: null };
  }
}
