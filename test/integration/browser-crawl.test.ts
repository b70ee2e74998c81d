import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../../src/services/crawler/chromium.js';
import { until, type TestClient } from '../support/client.js';
import { startProxiedApp } from '../support/proxied-app.js';
import type { TestApp } from '../support/test-app.js';

interface Crawl {
  status: string; errorCode: string | null; host: string; maxBytes: number; counters: { fetched: number; bytes: number };
  pages: { nodes: { url: string; finalUrl: string; outcome: string; rendered: boolean; content: { text: string } | null }[] };
}

const chromium = await findChromium(process.env.CHROMIUM_PATH);

/** A page with (almost) nothing before its script has run. */
const app = (script: string): string => `<!doctype html><html lang="en"><head><title>App</title></head><body><div id="root"></div><noscript>You need to enable JavaScript.</noscript><script>${script}</script></body></html>`;
const page = (title: string, body: string): string => `<!doctype html><html lang="en"><head><title>${title}</title></head><body><h1>${title}</h1><p>The workshop repairs clocks, barometers and music boxes of every age.</p>${body}</body></html>`;
const FILLER = 'x'.repeat(20_000);

const SITES: Record<string, Record<string, string>> = {
  // Sends its visitors to sites of other people, from pages of its own and by a redirect that only the browser meets.
  'sender.example': {
    '/': page('Sender', '<a href="/open">open</a> <a href="/closed">closed</a> <a href="/hop">hop</a> <a href="/round">round</a> <a href="/secret">secret</a>'),
    '/open': app('location.href = "http://open.example/"'), '/closed': app('location.replace("http://closed.example/page")'), '/hop': app('location.href = "/redirect"'), '/redirect': '302 http://open.example/by-redirect',
    '/round': app('location.href = "http://www.sender.example/round"'), '/secret': app('document.getElementById("root").innerHTML = "<p>Shown first, words of its own.</p>"; location.href = "/private/x"'),
    '/robots.txt': 'User-agent: *\nDisallow: /private/\n', '/private/x': page('Private', ''),
  },
  'www.sender.example': { '/round': app('location.href = "http://sender.example/round"') },
  'open.example': { '/': page('Open', 'office@open-firm.com'), '/by-redirect': page('Open', 'office@open-firm.com') },
  'closed.example': { '/robots.txt': 'User-agent: *\nDisallow: /\n', '/page': page('Closed', 'office@closed-firm.com') },
  'moved.example': { '/': app('location.href = "http://moved-here.example/"') },
  'moved-here.example': { '/': page('Moved here', '<a href="/contact">Contact</a>'), '/contact': page('Contact', 'office@moved-firm.com') },
  'heavy.example': {
    '/': page('Heavy', [1, 2, 3, 4, 5, 6].map((n) => `<a href="/app/${n}">${n}</a>`).join(' ')),
    ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`/app/${n}`, app(`fetch("/data/${n}").then((answer) => answer.text()).then((text) => { document.getElementById("root").textContent = "Part ${n} of the workshop, " + text.length + " letters long"; });`)])),
    ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`/data/${n}`, FILLER])),
  },
};

describe.skipIf(chromium === null)('a crawl with a browser (skipped where there is no Chromium)', () => {
  const requests: { host: string; path: string; bytes: number }[] = [];
  let test: TestApp;
  let client: TestClient;

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const { host, pathname: path } = new URL(request.url ?? '');
    const body = SITES[host]?.[path];
    requests.push({ host, path, bytes: body?.length ?? 0 });
    if (body === undefined) response.writeHead(404, { server: 'test' }).end();
    else if (body.startsWith('302 ')) response.writeHead(302, { server: 'test', location: body.slice(4) }).end();
    else response.writeHead(200, { server: 'test', 'content-type': path === '/robots.txt' ? 'text/plain' : 'text/html; charset=utf-8' }).end(body);
  }
  let close = (): Promise<void> => Promise.resolve();

  beforeAll(async () => {
    ({ test, close } = await startProxiedApp(answer, { CRAWL_BROWSER: 'auto' }));
    client = await test.user();
  });
  afterAll(async () => { await close(); });

  async function crawl(input: Record<string, unknown>): Promise<Crawl> {
    const { startCrawl } = await client.data<{ startCrawl: { id: string } }>('mutation ($input: StartCrawlInput!) { startCrawl(input: $input) { id } }', { input });
    return await until(async () => {
      const { crawlJob } = await client.data<{ crawlJob: Crawl }>('query ($id: ID!) { crawlJob(id: $id) { status errorCode host maxBytes counters { fetched bytes } pages(first: 100) { nodes { url finalUrl outcome rendered content { text } } } } }', { id: startCrawl.id });
      return ['COMPLETED', 'FAILED'].includes(crawlJob.status) && crawlJob;
    }, 'the crawl to end', 60_000);
  }
  const asked = (host: string): string[] => requests.filter((request) => request.host === host).map(({ path }) => path);

  it('goes where a script sends it as where a redirect does: by the rules there, and never as a page of this site', async () => {
    const job = await crawl({ url: 'http://sender.example/' });
    const outcomes = Object.fromEntries(job.pages.nodes.map(({ url, outcome }) => [new URL(url).pathname, outcome]));
    expect(outcomes).toEqual({ '/': 'OK', '/open': 'REDIRECTED', '/closed': 'ROBOTS_DISALLOWED', '/hop': 'REDIRECTED', '/round': 'REDIRECTED', '/secret': 'OK' });
    expect(job.host).toBe('sender.example');
    // The rules come first; the browser itself asks nobody else.
    expect(asked('closed.example')).toEqual(['/robots.txt']);
    expect(asked('open.example')).toEqual(['/robots.txt', '/', '/by-redirect']);
    expect(asked('sender.example')).not.toContain('/private/x');
    for (const { url, outcome, content } of job.pages.nodes) expect(content !== null, url).toBe(outcome === 'OK');
  });

  it('moves with a company whose start page sends its visitors to a new address', async () => {
    const job = await crawl({ url: 'http://moved.example/' });
    expect(job).toMatchObject({ status: 'COMPLETED', host: 'moved-here.example' });
    expect(job.pages.nodes.map(({ finalUrl, outcome }) => [finalUrl, outcome])).toEqual([['http://moved-here.example/', 'OK'], ['http://moved-here.example/contact', 'OK']]);
    expect(asked('moved-here.example')[0]).toBe('/robots.txt');
  });

  it('counts what pages load in the browser against the budget of bytes', async () => {
    const job = await crawl({ url: 'http://heavy.example/', maxBytes: 60_000 });
    const sent = requests.filter(({ host }) => host === 'heavy.example').reduce((sum, { bytes }) => sum + bytes, 0);
    // Each page is a few hundred bytes by itself: without the browser's share all of them would fit.
    expect(job.pages.nodes.filter(({ rendered }) => rendered).length).toBeGreaterThanOrEqual(2);
    expect(job.counters.fetched).toBeLessThan(7);
    expect(job.counters.bytes).toBeGreaterThan(40_000);
    // One piece on its way when the budget ends; it is cut.
    expect(job.counters.bytes).toBeLessThanOrEqual(job.maxBytes + FILLER.length);
    expect(sent).toBeLessThanOrEqual(job.maxBytes + 2 * FILLER.length);
  });
});
