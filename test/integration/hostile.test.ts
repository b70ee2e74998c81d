import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { wildHosts } from '../../sandbox/wild/index.js';
import type { HostileKind, Sandbox, SandboxRequest } from '../../sandbox/types.js';
import { pageDocument } from '../../src/services/crawler/page-document.js';
import { readPage } from '../../src/services/crawler/read-page.js';
import { findChromium } from '../../src/services/crawler/chromium.js';
import { type TestClient, until } from '../support/client.js';
import { openSandbox, startTestApp, type TestApp } from '../support/test-app.js';

/** Status of the crawl, its error code, and every outcome that its pages may have. */
type Expected = [status: 'COMPLETED' | 'FAILED', errorCode: string | null, outcomes: string];
const read: Expected = ['COMPLETED', null, 'OK'];
const late: Expected = ['FAILED', 'NETWORK_TIMEOUT', 'TIMEOUT'];
const broken: Expected = ['FAILED', 'NETWORK_RESET', 'NETWORK_ERROR'];
const failing: Expected = ['FAILED', 'HTTP_ERROR', 'NETWORK_ERROR'];
const large: Expected = ['FAILED', 'BODY_TOO_LARGE', 'TOO_LARGE'];
const unreadable: Expected = ['FAILED', 'PARSE_FAILED', 'PARSE_FAILED'];
const noBinary: Expected = ['FAILED', 'PARSE_FAILED', 'UNSUPPORTED_TYPE'];
const nowhere: Expected = ['FAILED', 'HTTP_ERROR', 'REDIRECTED'];
const invalid: Expected = ['FAILED', 'URL_INVALID', 'NETWORK_ERROR'];
const forbidden: Expected = ['FAILED', 'URL_FORBIDDEN', 'BLOCKED'];
const unruled: Expected = ['FAILED', 'ROBOTS_UNREACHABLE', 'ROBOTS_DISALLOWED'];
const walled: Expected = ['FAILED', 'BLOCKED', 'BLOCKED'];
const limited: Expected = ['FAILED', 'HOST_RATE_LIMITED', 'BLOCKED'];
const partly: Expected = ['COMPLETED', null, 'OK NOT_FOUND UNSUPPORTED_TYPE REDIRECTED'];

/** Behaviours of sandbox/wild, one site each. */
const WILD: Record<string, Expected> = {
  silence: late, 'header-drip': late, 'endless-drip': late, 'hanging-fin': late, 'informational-flood': late,
  'length-too-long': broken, 'length-too-short': read, 'length-twice': broken, 'broken-chunks': broken, 'chunk-cut': broken, 'chunk-giant': broken, 'half-open': broken,
  'reset-in-body': broken, http09: broken, 'status-rubbish': broken, 'tls-on-http': broken, 'header-flood': broken, 'cookie-flood': read, 'always-500': failing, 'limited-for-ever': limited,
  'switching-protocols': broken, 'bomb-brotli': large, 'bomb-deflate': large, 'bomb-nested': large, 'many-layers': unreadable, 'encoding-unknown': unreadable, 'encoding-broken': unreadable,
  'encoding-lie': read, 'ten-gigabytes': large, 'endless-body': large, 'charset-unknown': read, 'charset-lie': read, 'invalid-utf8': read, 'bom-lie': read, 'nul-bytes': partly, 'type-missing': read,
  'type-lie': noBinary, 'type-rubbish': read, 'links-100000': partly, nesting: read, unclosed: partly, 'attribute-4mb': read, 'attributes-400000': read, 'text-4mb': read, 'jsonld-huge': read,
  bidi: read, 'entity-storm': read, 'markup-rubbish': read, 'regex-bait': read,
  'redirect-growing': nowhere, 'redirect-chain': nowhere, 'redirect-unaddressed': nowhere, 'redirect-long': invalid, 'redirect-crlf': read, 'redirect-userinfo': invalid, 'redirect-port': forbidden, 'redirect-javascript': invalid,
  'redirect-file': invalid, 'redirect-data': invalid, 'redirect-decimal': forbidden, 'redirect-mapped': forbidden, 'redirect-metadata': forbidden, 'redirect-internal': forbidden,
  'refresh-private': read, 'refresh-loop': partly, 'frames-private': read, 'frames-cyclic': read, 'links-private': read, 'links-data': partly, 'base-private': read, 'base-rubbish': partly,
  'robots-huge': read, 'robots-loop': read, 'robots-html': read, 'robots-private': forbidden, 'robots-drip': unruled, 'robots-binary': read, 'sitemap-laughs': partly, 'sitemap-loop': partly,
  'session-ids': partly, facets: partly, 'print-versions': partly, 'path-repeats': partly, 'query-order': partly, counter: partly, 'random-names': partly, 'infinite-days': partly,
  'case-variants': partly, 'form-only': read, empty: read, 'links-only-self': read,
  'alert-loop': partly, 'popup-storm': partly, 'download-storm': partly, 'reload-loop': partly, 'memory-eater': partly, 'busy-loop': partly, 'service-worker': partly, 'socket-private': partly,
  'location-private': partly, 'scroll-for-ever': partly,
};

/** The hostile companies that a search may find. */
const COMPANIES: Record<HostileKind, Expected[]> = {
  redirectLoop: [nowhere], endlessCalendar: [partly], slowDrip: [late], hugeBody: [large], gzipBomb: [large], brokenHtml: [read],
  robotsDisallow: [['FAILED', 'ROBOTS_DISALLOWED', 'ROBOTS_DISALLOWED']], robotsError: [unruled], redirectToMetadata: [forbidden], redirectToLoopback: [forbidden],
  // One answers its robots.txt with the challenge and a 503, too.
  challenge: [walled, unruled], loginWall: [walled], parked: [walled], needsScript: [partly], wrongContentType: [partly], connectionReset: [broken], alwaysLimited: [limited],
};

const MAX_PAGES = 8;
/** Tries of each page, redirect hops and what a page in the browser asks for. */
const MAX_REQUESTS = 40;
const MAX_BROWSER_REQUESTS = 2_000;
/** Three tries of 5 MB, and what the kernel takes beyond what we read. */
const MAX_SENT_BYTES = 20_000_000;
const MAX_GROWTH_BYTES = 1_200_000_000;
const BROWSER_KINDS = new Set(['alert-loop', 'popup-storm', 'download-storm', 'reload-loop', 'memory-eater', 'busy-loop', 'service-worker', 'socket-private', 'location-private', 'scroll-for-ever']);
/** What waits for a clock or for one of the two places in the browser goes first: the others are read meanwhile. */
const SLOW = new Set([...BROWSER_KINDS, ...Object.keys(WILD).filter((name) => WILD[name] === late || WILD[name] === unruled)].map((name) => `http://wild-${name}.com/`));

interface Crawl {
  host: string; status: string; errorCode: string | null; error: string | null;
  counters: { fetched: number; failed: number; skipped: number };
  pages: { nodes: { url: string; finalUrl: string; outcome: string; rendered: boolean; title: string | null; content: { text: string; xml: string } | null }[] };
}
const CRAWL = 'query ($id: ID!) { crawlJob(id: $id) { host status errorCode error counters { fetched failed skipped } pages(first: 100) { nodes { url finalUrl outcome rendered title content { text xml } } } } }';

// The embedded size only: nothing of this depends on where rows and queues lie, and both sizes would not fit the time that a test run has.
describe.skipIf(inject('size') !== 'embedded')('a web in which a hundred sites are hostile at once', () => {
  let sandbox: Sandbox;
  let test: TestApp;
  let client: TestClient;
  const crawls = new Map<string, Crawl>();
  const log = new Map<string, SandboxRequest[]>();
  let healthy: Sandbox['sites'][number] | undefined;
  let before = 0;
  let peak = 0;

  beforeAll(async () => {
    sandbox = await openSandbox();
    test = await startTestApp({ CRAWL_BROWSER: 'auto', CRAWL_TIMEOUT_MS: '4000', CRAWL_CONCURRENCY: '40' }, sandbox);
    client = await test.user();
    healthy = sandbox.sites.find((site) => !site.hostile && site.paths.length > 5);
    const urls = [...wildHosts().map(({ host }) => `http://${host}/`), ...sandbox.sites.filter((site) => site.hostile).map((site) => site.startUrl)].sort((one, other) => Number(SLOW.has(other)) - Number(SLOW.has(one)));
    const ids = new Map<string, string>();
    before = process.memoryUsage.rss();
    const sampling = setInterval(() => { peak = Math.max(peak, process.memoryUsage.rss()); }, 50);
    // The healthy one in the middle: it must not wait for those that were there first.
    for (const url of [...urls.slice(0, 40), healthy?.startUrl ?? '', ...urls.slice(40)]) {
      const { startCrawl } = await client.data<{ startCrawl: { id: string } }>('mutation ($url: String!, $maxPages: Int!) { startCrawl(input: { url: $url, maxPages: $maxPages }) { id } }', { url, maxPages: url === healthy?.startUrl ? 50 : MAX_PAGES });
      ids.set(new URL(url).hostname, startCrawl.id);
    }
    try {
      await until(async () => {
        const { crawlJobs } = await client.data<{ crawlJobs: { totalCount: number } }>('{ crawlJobs(status: [QUEUED, RUNNING]) { totalCount } }');
        return crawlJobs.totalCount === 0;
      }, 'every crawl comes to its end', 150_000);
    } finally {
      clearInterval(sampling);
    }
    await Promise.all([...ids].map(async ([host, id]) => { crawls.set(host, (await client.data<{ crawlJob: Crawl }>(CRAWL, { id })).crawlJob); }));
    for (const request of sandbox.requests()) log.set(request.host, [...log.get(request.host) ?? [], request]);
  }, 200_000);

  afterAll(async () => {
    await test.close();
    await sandbox.close();
  });

  function expectEnd(host: string, [status, errorCode, outcomes]: Expected): void {
    const crawl = crawls.get(host);
    const seen = `${host}: ${crawl?.error ?? 'no error'} ${crawl?.pages.nodes.map((page) => page.outcome).join(' ') ?? ''}`;
    expect({ status: crawl?.status, errorCode: crawl?.errorCode }, seen).toEqual({ status, errorCode });
    const pages = crawl?.pages.nodes ?? [];
    expect(pages.length, seen).toBeGreaterThanOrEqual(1);
    expect(pages.length, seen).toBeLessThanOrEqual(MAX_PAGES);
    for (const page of pages) {
      expect(outcomes.split(' '), seen).toContain(page.outcome);
      expect(page.content !== null, seen).toBe(page.outcome === 'OK');
    }
    if (status === 'COMPLETED') expect(crawl?.counters.fetched, seen).toBe(pages.filter((page) => page.outcome === 'OK').length);
    else expect(crawl?.error, seen).toMatch(/\S/);
  }

  it.each(Object.entries(WILD))('%s ends as it should, with few requests and few bytes', (name, expected) => {
    const host = `wild-${name}.com`;
    expectEnd(host, expected);
    const requests = log.get(host) ?? [];
    expect(requests.length).toBeGreaterThanOrEqual(1);
    expect(requests.length).toBeLessThanOrEqual(BROWSER_KINDS.has(name) ? MAX_BROWSER_REQUESTS : MAX_REQUESTS);
    expect(requests.reduce((sum, request) => sum + request.bytes, 0)).toBeLessThanOrEqual(MAX_SENT_BYTES);
  });

  it('covers every behaviour that the sandbox has, at least a hundred', () => {
    expect(Object.keys(WILD).sort()).toEqual(wildHosts().map(({ behaviour }) => behaviour.name).sort());
    expect(Object.keys(WILD).length + Object.keys(COMPANIES).length).toBeGreaterThanOrEqual(100);
  });

  it.each(Object.entries(COMPANIES))('%s ends as it should', (kind, expected) => {
    const sites = sandbox.sites.filter((site) => site.hostile === kind);
    expect(sites).toHaveLength(expected.length);
    for (const [place, site] of sites.entries()) expectEnd(new URL(site.startUrl).hostname, expected[place] ?? read);
  });

  it('a neighbour among them is read to its last page', () => {
    const crawl = crawls.get(new URL(healthy?.startUrl ?? '').hostname);
    expect(crawl).toMatchObject({ status: 'COMPLETED', errorCode: null, counters: { failed: 0 } });
    const pages = new Set(crawl?.pages.nodes.filter((page) => page.outcome === 'OK').map((page) => new URL(page.url).pathname));
    expect(healthy?.paths.filter((path) => !pages.has(path.split('?')[0] ?? ''))).toEqual([]);
  });

  it('nobody was led to an address of a private network', () => {
    const isPrivate = /^[\d.]+$|^\[|^localhost$|\.corp$|^0x/;
    const strangers = [...log.keys()].filter((host) => isPrivate.test(host));
    expect(strangers).toEqual([]);
    // Nor does a crawl or a page call itself by one, whatever its scripts and redirects say.
    const named = [...crawls.values()].flatMap((crawl) => [crawl.host, ...crawl.pages.nodes.map((page) => new URL(page.finalUrl).hostname)]);
    expect(named.filter((host) => isPrivate.test(host))).toEqual([]);
  });

  it('memory stayed within bounds', () => {
    expect(peak).toBeGreaterThan(before);
    expect(peak - before).toBeLessThan(MAX_GROWTH_BYTES);
  });

  it('what could be read was read: behind rubbish stands the page', () => {
    for (const name of ['length-too-short', 'encoding-lie', 'charset-unknown', 'charset-lie', 'invalid-utf8', 'nul-bytes', 'type-missing', 'type-rubbish', 'unclosed', 'nesting', 'attributes-400000', 'jsonld-huge', 'bidi', 'robots-loop']) {
      expect(crawls.get(`wild-${name}.com`)?.pages.nodes.map((page) => page.content?.text ?? '').join('\n'), name).toContain('clocks');
    }
  });

  it('a browser, where there is one, still works after all of it', async ({ skip }) => {
    if (await findChromium(null) === null) skip();
    const page = await until(async () => {
      const { data } = await client.send<{ extractContent: { rendered: boolean; content: { text: string } } }>('mutation { extractContent(url: "http://wild-service-worker.com/") { rendered content { text } } }');
      return data?.extractContent.rendered === true && data.extractContent;
    }, 'the page is shown by the browser', 50_000);
    expect(page.content.text).toContain('barometers');
  });

  it('a stored page is the same document when the same page is read again', () => {
    const [page] = crawls.get('wild-bidi.com')?.pages.nodes ?? [];
    const html = /<source encoding="text">([\s\S]*)<\/source>/.exec(page?.content?.xml ?? '')?.[1]?.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&') ?? '';
    const url = 'http://wild-bidi.com/';
    expect(pageDocument({ url, finalUrl: url, status: 200, html, reading: readPage(html, url) })).toBe(page?.content?.xml);
  });
});
