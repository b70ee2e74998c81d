/** What a workspace has read of a site before: a page that has not changed since is not sent again (RFC 9110, 13.1). */
import type { DataSource } from 'typeorm';
import type { Validators } from './fetcher.js';
import { readPageDocument } from './page-document.js';
import type { KnownPage, KnownPages } from './known-pages.js';
import type { PageStore } from './page-store.js';
import { knownFromRow, type StoredRow } from './repeats.js';
import { pageKey } from './url.js';

/** A page as it was read last time, with what its site said of that version. */
export interface EarlierPage {
  validators: Validators;
  /** It was no page of its own but repeated another one; there is nothing to load then. */
  repetition?: KnownPage;
  /** Null where the document is gone or damaged: then the page has to be asked for as if it were new. */
  load: () => Promise<{ html: string; status: number; contentHash: string | null; contentType: string | null; rendered: boolean } | null>;
}

interface Row extends StoredRow { etag: string | null; last_modified: string | null; document_key: string | null; content_type: string | null; rendered: boolean; original_hash: string | null }

/** One site is seldom larger; what is not remembered is read in full. */
const MAX_PAGES = 5_000;

export class EarlierPages {
  readonly #rows = new Map<string, Row>();

  constructor(private readonly store: PageStore) {}

  /** One question for the whole site, at the start of a run. Only pages that answered for themselves: a redirect's target may be another one today. */
  async load(dataSource: DataSource, job: { id: string; workspaceId: string; domain: string }): Promise<void> {
    const rows = await dataSource.query<Row[]>(`
      SELECT DISTINCT ON (p.final_url) p.page_key, p.final_url, p.title, p.outcome, p.fingerprint, p.canonical, p.same_as, p.content_hash, p.etag, p.last_modified, p.document_key, p.content_type, p.rendered, o.content_hash AS original_hash
      FROM crawl_jobs j JOIN pages p ON p.crawl_job_id = j.id LEFT JOIN pages o ON o.crawl_job_id = p.crawl_job_id AND o.final_url = p.same_as AND o.outcome = 'OK' AND p.error_code = 'PAGE_DUPLICATE'
      WHERE j.workspace_id = $1 AND j.domain = $2 AND j.id <> $3 AND p.url = p.final_url AND (p.document_key IS NOT NULL AND p.outcome = 'OK' OR o.content_hash IS NOT NULL) AND (p.etag IS NOT NULL OR p.last_modified IS NOT NULL)
      ORDER BY p.final_url, p.fetched_at DESC LIMIT $4`, [job.workspaceId, job.domain, job.id, MAX_PAGES]);
    for (const row of rows) this.#rows.set(row.final_url, row);
  }

  /**
   * @param rendered true where only a page that went through the browser will do
   * @param pages those read in this run: a repetition is one only as long as the page that it repeats has not changed, either
   */
  of(url: string, rendered: boolean, pages: KnownPages): EarlierPage | null {
    const row = this.#rows.get(url);
    if (!row || (rendered && !row.rendered)) return null;
    const validators = { etag: row.etag, lastModified: row.last_modified };
    const { document_key: key, same_as: original } = row;
    if (key === null) {
      const isSame = original !== null && pages.byKey(pageKey(original))?.contentHash === row.original_hash;
      return isSame ? { validators, repetition: knownFromRow(row), load: () => Promise.resolve(null) } : null;
    }
    return {
      validators,
      load: async () => {
        const page = await this.store.get(key).then(readPageDocument, () => null);
        return page && { html: page.html, status: page.status, contentHash: row.content_hash, contentType: row.content_type, rendered: row.rendered };
      },
    };
  }
}
