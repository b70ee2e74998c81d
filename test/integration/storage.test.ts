import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/data-source.js';
import { createLogger } from '../../src/logger.js';
import { FileObjects } from '../../src/file-objects.js';
import type { ObjectStore } from '../../src/object-store.js';
import { DocumentLedger, isDocumentGone } from '../../src/services/crawler/document-ledger.js';
import { PageStore } from '../../src/services/crawler/page-store.js';
import { type TestClient, until } from '../support/client.js';
import { startS3 } from '../support/s3.js';
import { testFolder } from '../support/servers.js';
import { createTestDatabase, openSandbox, startTestApp } from '../support/test-app.js';

interface Crawl { status: string; error: string | null; errorCode: string | null; counters: { fetched: number } }

async function crawl(client: TestClient, url: string, maxPages: number): Promise<string> {
  return (await client.data<{ startCrawl: { id: string } }>('mutation ($url: String!, $maxPages: Int!) { startCrawl(input: { url: $url, maxPages: $maxPages }) { id } }', { url, maxPages })).startCrawl.id;
}

async function ends(client: TestClient, id: string): Promise<Crawl> {
  return await until(async () => {
    const { crawlJob } = await client.data<{ crawlJob: Crawl }>('query ($id: ID!) { crawlJob(id: $id) { status error errorCode counters { fetched } } }', { id });
    return crawlJob.status !== 'QUEUED' && crawlJob.status !== 'RUNNING' && crawlJob;
  }, 'the crawl ends', 60_000);
}

const PAGES = 'query ($id: ID!) { crawlJob(id: $id) { pages(first: 100) { nodes { id outcome content { text } } } } }';

describe('pages in an S3 bucket', () => {
  it('are read back; a store that is away is named; a crawl waits for it, and for space, and goes on', async () => {
    const s3 = await startS3();
    const sandbox = await openSandbox();
    const test = await startTestApp(s3.settings, sandbox);
    try {
      const client = await test.user();
      const url = sandbox.sites.find((site) => !site.hostile)?.startUrl ?? '';
      const first = await crawl(client, url, 4);
      expect(await ends(client, first)).toMatchObject({ status: 'COMPLETED', counters: { fetched: 4 } });
      const { crawlJob } = await client.data<{ crawlJob: { pages: { nodes: { id: string; outcome: string; content: { text: string } | null }[] } } }>(PAGES, { id: first });
      const read = crawlJob.pages.nodes.filter((page) => page.outcome === 'OK');
      expect(read).toHaveLength(4);
      for (const page of read) expect(page.content?.text).toMatch(/\S/);
      const { capabilities } = await client.data<{ capabilities: { name: string; state: string; detail: string }[] }>('{ capabilities { name state detail } }');
      expect(capabilities).toContainEqual({ name: 'storage', state: 'READY', detail: 'S3 bucket pages' });

      await s3.down();
      expect(await client.failure('query ($id: ID!) { page(id: $id) { content { text } } }', { id: read[0]?.id })).toMatchObject({ code: 'SERVICE_UNAVAILABLE', dependency: 'storage' });
      const later = await client.data<typeof capabilities extends unknown ? { capabilities: typeof capabilities } : never>('{ capabilities { name state detail } }');
      expect(later.capabilities).toContainEqual(expect.objectContaining({ name: 'storage', state: 'OFF' }));
      const asked = sandbox.requests().length;
      const second = await crawl(client, url, 4);
      // A page was fetched and could not be kept: the site waits for the store.
      await until(async () => Promise.resolve(sandbox.requests().length > asked), 'a page is fetched');
      await s3.up();
      expect(await ends(client, second)).toMatchObject({ status: 'COMPLETED', counters: { fetched: 4 } });

      s3.fail({ status: 507, code: 'InsufficientStorage' }, (method) => method === 'PUT');
      const puts = (): number => s3.requests.filter((line) => line.startsWith('PUT')).length;
      const before = puts();
      // Another site, for documents that the store does not have yet.
      const third = await crawl(client, sandbox.sites.filter((site) => !site.hostile)[1]?.startUrl ?? '', 2);
      await until(async () => Promise.resolve(puts() > before), 'a page finds no space');
      s3.fail(null);
      expect(await ends(client, third)).toMatchObject({ status: 'COMPLETED', errorCode: null, counters: { fetched: 2 } });

      // The pages of the first two crawls are the same documents: each lies there once.
      const [counted] = await withRows<{ documents: number; urls: number; pages: number }>(test.databaseUrl, 'SELECT count(DISTINCT document_key)::int AS documents, count(DISTINCT url)::int AS urls, count(*)::int AS pages FROM pages WHERE document_key IS NOT NULL');
      expect(counted).toEqual({ documents: 6, urls: 6, pages: 10 });
    } finally {
      await test.close();
      await sandbox.close();
      await s3.close();
    }
  }, 120_000);
});

async function withRows<T>(url: string, sql: string): Promise<T[]> {
  const dataSource = await createDataSource(url, 1).initialize();
  try {
    return await dataSource.query<T[]>(sql);
  } finally {
    await dataSource.destroy();
  }
}

const never = new AbortController().signal;

/** A ledger on a database and a folder of its own, with what a test does to pages. */
async function openLedger() {
  const database = await createTestDatabase();
  const folder = testFolder('ledger');
  const connect = async (): Promise<DataSource> => await createDataSource(database.url, 8).initialize();
  const dataSource = await connect();
  const objects = new FileObjects(folder);
  const ledger = new DocumentLedger({ dataSource, logger: createLogger('error') });
  const store = new PageStore(objects, (keys) => ledger.claim(keys));
  let pages = 0;
  return {
    dataSource, objects, ledger, store, connect,
    /** A page of some workspace that refers to the document. */
    refer: async (key: string, on: Pick<DataSource, 'query'> = dataSource): Promise<string> => {
      const [row] = await on.query<{ id: string }[]>(`
        INSERT INTO pages (workspace_id, crawl_job_id, page_key, url, final_url, depth, outcome, rendered, fetched_at, duration_ms, document_key)
        VALUES (gen_random_uuid(), gen_random_uuid(), $1, 'http://a.example/', 'http://a.example/', 0, 'OK', false, now(), 1, $2) RETURNING id`, [`page ${++pages}`, key]);
      return row?.id ?? '';
    },
    /** As if the hour after which an unneeded document is removed had passed. */
    later: async (): Promise<void> => { await dataSource.query("UPDATE documents SET check_after = check_after - interval '2 hours'"); },
    lies: async (key: string): Promise<boolean> => await store.get(key).then(() => true, () => false),
    known: async (): Promise<string[]> => (await dataSource.query<{ key: string }[]>('SELECT key FROM documents ORDER BY key')).map((row) => row.key),
    close: async () => {
      await dataSource.destroy();
      await database.drop();
    },
  };
}

describe('the document ledger', () => {
  it('keeps a document while any page refers to it, whichever workspace it belongs to, and removes it with the last one', async () => {
    const test = await openLedger();
    const { key } = await test.store.put('<page>shared</page>');
    const [one, two] = [await test.refer(key), await test.refer(key)];
    await test.later();
    expect(await test.ledger.sweep(test.store, never)).toBe(0);
    await test.dataSource.query('DELETE FROM pages WHERE id = $1', [one]);
    expect(await test.ledger.sweep(test.store, never)).toBe(0);
    expect(await test.lies(key)).toBe(true);
    // An erased page may also stay as a row without its content.
    await test.dataSource.query('UPDATE pages SET document_key = NULL WHERE id = $1', [two]);
    expect(await test.ledger.sweep(test.store, never)).toBe(1);
    expect(await test.lies(key)).toBe(false);
    expect(await test.known()).toEqual([]);
    await test.close();
  });

  it('removes what a crash left between document and page, after an hour and not before', async () => {
    const test = await openLedger();
    const { key } = await test.store.put('<page>lost</page>');
    expect(await test.ledger.sweep(test.store, never)).toBe(0);
    expect(await test.lies(key)).toBe(true);
    await test.later();
    expect(await test.ledger.sweep(test.store, never)).toBe(1);
    expect(await test.lies(key)).toBe(false);
    await test.close();
  });

  it('finds documents that no row knows, and leaves those alone that pages refer to', async () => {
    const test = await openLedger();
    const { key: kept } = await test.store.put('<page>kept</page>');
    await test.refer(kept);
    const { key: stray } = await new PageStore(test.objects).put('<page>of a database that was set back</page>');
    await test.ledger.tidy(test.store, never);
    expect(await test.known()).toEqual([kept, stray].sort());
    await test.later();
    await test.ledger.tidy(test.store, never);
    expect([await test.lies(kept), await test.lies(stray)]).toEqual([true, false]);
    // The whole store is read once a day only.
    const { key: second } = await new PageStore(test.objects).put('<page>another stray</page>');
    await test.ledger.tidy(test.store, never);
    expect(await test.known()).toEqual([kept]);
    await test.dataSource.query("UPDATE upkeep SET done_at = done_at - interval '25 hours'");
    await test.ledger.tidy(test.store, never);
    expect(await test.known()).toEqual([kept, second].sort());
    await test.close();
  });

  it('never lets a page point at a document that was swept: the page is refused, stored again and then accepted', async () => {
    const test = await openLedger();
    const { key } = await test.store.put('<page>slow</page>');
    await test.later();
    await test.ledger.sweep(test.store, never);
    const refused: unknown = await test.refer(key).catch((error: unknown) => error);
    expect(isDocumentGone(refused)).toBe(true);
    expect(isDocumentGone(new Error('anything else'))).toBe(false);
    await test.store.put('<page>slow</page>');
    await test.refer(key);
    expect(await test.lies(key)).toBe(true);
    await test.close();
  });

  it('survives a sweep that dies between document and row, and a store that is away', async () => {
    const test = await openLedger();
    const { key } = await test.store.put('<page>half swept</page>');
    await test.later();
    const broken: ObjectStore = { size: (name) => test.objects.size(name), put: (name, data) => test.objects.put(name, data), get: (name) => test.objects.get(name), list: () => test.objects.list(), state: () => test.objects.state(), close: () => undefined, delete: async (name) => { await test.objects.delete(name); throw new Error('killed here'); } };
    await expect(test.ledger.sweep(new PageStore(broken), never)).rejects.toThrow('killed here');
    expect(await test.known()).toEqual([key]);
    // Stored again before the next sweep: the document is there again, and the old note does it no harm.
    await test.store.put('<page>half swept</page>');
    await test.refer(key);
    await test.later();
    expect(await test.ledger.sweep(test.store, never)).toBe(0);
    expect(await test.lies(key)).toBe(true);
    await test.close();
  });

  it('holds with processes that store, delete and sweep the same documents at once', async () => {
    const test = await openLedger();
    const processes = await Promise.all([1, 2, 3].map(() => test.connect()));
    const texts = Array.from({ length: 6 }, (_, index) => `<page>${index}</page>`);
    let isOver = false;
    const storing = processes.slice(0, 2).map(async (dataSource, who) => {
      const ledger = new DocumentLedger({ dataSource, logger: createLogger('error') });
      const store = new PageStore(test.objects, (keys) => ledger.claim(keys));
      for (let round = 0; round < 60; round += 1) {
        const text = texts[(round * 7 + who) % texts.length] ?? '';
        for (;;) {
          const { key } = await store.put(text);
          try {
            const page = await test.refer(key, dataSource);
            if (round % 3 !== 0) await dataSource.query('DELETE FROM pages WHERE id = $1', [page]);
            break;
          } catch (error) {
            if (!isDocumentGone(error)) throw error;
          }
        }
      }
    });
    const [, , sweeping] = processes;
    const sweeper = (async () => {
      const ledger = new DocumentLedger({ dataSource: sweeping ?? test.dataSource, logger: createLogger('error') });
      let removed = 0;
      while (!isOver) {
        // No hour of grace: every claim is due at once, so that only locks and keys protect a page.
        await test.dataSource.query("UPDATE documents SET check_after = now() - interval '1 second' WHERE check_after > now()");
        removed += await ledger.sweep(test.store, never);
        await delay(1);
      }
      return removed;
    })();
    await Promise.all(storing).finally(() => { isOver = true; });
    expect(await sweeper).toBeGreaterThan(0);
    const referred = await test.dataSource.query<{ key: string }[]>('SELECT DISTINCT document_key AS key FROM pages');
    expect(referred.length).toBeGreaterThan(0);
    for (const { key } of referred) expect(await test.lies(key), key).toBe(true);
    await test.dataSource.query('DELETE FROM pages');
    await test.later();
    await test.ledger.sweep(test.store, never);
    expect(await test.known()).toEqual([]);
    for (const { key } of referred) expect(await test.lies(key)).toBe(false);
    for (const dataSource of processes) await dataSource.destroy();
    await test.close();
  }, 60_000);
});
