import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createDataSource } from '../../src/data-source.js';
import { openLimits } from '../../src/services/crawler/crawl-limits.js';
import { Frontier } from '../../src/services/crawler/frontier.js';
import { ProgressTx } from '../../src/progress.js';
import { until, type TestClient } from '../support/client.js';
import { testFolder, withClient } from '../support/servers.js';
import { openSandbox, startTestApp, type TestApp } from '../support/test-app.js';

type Files = Record<string, string | Buffer>;
interface Crawl { id: string; status: string; error: string | null; errorCode: string | null; counters: { bytes: number; fetched: number }; maxBytes: number; pages: { nodes: { url: string; outcome: string; blockedKind: string | null; depth: number }[] }; emails: { nodes: { address: string }[] } }

const opened: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const html = (title: string, body: string, head = ''): string => `<!doctype html><html><head><title>${title}</title>${head}</head><body>${body}</body></html>`;

/** Sites of a folder as the internet, and a product that crawls them. */
async function internet(sites: Record<string, Files>, settings: Record<string, string> = {}): Promise<{ test: TestApp; client: TestClient; sandbox: Awaited<ReturnType<typeof openSandbox>> }> {
  const webDir = testFolder('web');
  opened.push(() => rmSync(webDir, { recursive: true, force: true }));
  for (const [host, files] of Object.entries(sites)) {
    mkdirSync(join(webDir, host));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(webDir, host, name), content);
  }
  const sandbox = await openSandbox({ webDir });
  opened.push(() => sandbox.close());
  const test = await startTestApp(settings, sandbox);
  opened.push(() => test.close());
  return { test, client: await test.user(), sandbox };
}

async function crawl(client: TestClient, input: Record<string, unknown>): Promise<Crawl> {
  const { startCrawl } = await client.data<{ startCrawl: { id: string } }>('mutation ($input: StartCrawlInput!) { startCrawl(input: $input) { id } }', { input });
  return await until(async () => {
    const { crawlJob } = await client.data<{ crawlJob: Crawl }>('query ($id: ID!) { crawlJob(id: $id) { id status error errorCode maxBytes counters { bytes fetched } pages(first: 100) { nodes { url outcome blockedKind depth } } emails(first: 100) { nodes { address } } } }', { id: startCrawl.id });
    return ['COMPLETED', 'FAILED'].includes(crawlJob.status) && crawlJob;
  }, 'the crawl to end');
}

const pathsOf = (job: Crawl): string[] => job.pages.nodes.map((page) => new URL(page.url).pathname);

describe('a sitemap', () => {
  const locations = (...paths: string[]): string => `<?xml version="1.0"?><urlset>${paths.map((path) => `<url><loc>http://mapped.example/${path}</loc></url>`).join('')}</urlset>`;
  const SITES: Record<string, Files> = {
    'mapped.example': {
      'robots.txt': 'User-agent: *\nDisallow: /secret\nSitemap: http://mapped.example/index.xml\nSitemap: http://elsewhere.example/sitemap.xml\n',
      'index.xml': '<?xml version="1.0"?><sitemapindex><sitemap><loc>http://mapped.example/pages.xml.gz</loc></sitemap><sitemap><loc>http://elsewhere.example/more.xml</loc></sitemap></sitemapindex>',
      'pages.xml.gz': gzipSync(`${locations('about.html', 'hidden-imprint.html', 'secret.html', 'calendar/2024/05/').replace('</urlset>', '<url><loc>http://elsewhere.example/x.html</loc></url></urlset>')}`),
      'index.html': html('Mapped Ltd', '<a href="/news.html">News</a>'),
      'news.html': html('News', '<p>Nothing new.</p>'),
      'about.html': html('About', '<p>About us.</p>'),
      'hidden-imprint.html': html('Imprint', '<p>office@mapped-firm.com</p>'),
      'secret.html': html('Secret', '<p>no@mapped-firm.com</p>'),
    },
    'elsewhere.example': { 'sitemap.xml': locations('injected.html'), 'more.xml': locations('injected.html') },
  };

  it('leads to pages that no link leads to, inside the site and its rules only', async () => {
    const { client, sandbox } = await internet(SITES);
    const job = await crawl(client, { url: 'http://mapped.example/' });
    expect(pathsOf(job).sort()).toEqual(['/', '/about.html', '/hidden-imprint.html', '/news.html', '/secret.html']);
    expect(job.pages.nodes.find((page) => page.url.endsWith('secret.html'))?.outcome).toBe('ROBOTS_DISALLOWED');
    expect(job.emails.nodes.map((email) => email.address)).toEqual(['office@mapped-firm.com']);
    expect(sandbox.requests().filter((request) => request.host === 'elsewhere.example')).toEqual([]);
  });

  it('is not asked for where the crawl goes no further than its start page', async () => {
    const { client, sandbox } = await internet(SITES);
    const job = await crawl(client, { url: 'http://mapped.example/', depth: 0 });
    expect(pathsOf(job)).toEqual(['/']);
    expect(sandbox.requests().filter((request) => request.path.includes('.xml'))).toEqual([]);
  });
});

describe('the budgets of bytes and seconds', () => {
  const filler = (size: number): string => `<p>${'word '.repeat(size / 5)}</p>`;
  const SITE: Record<string, Files> = { 'large.example': Object.fromEntries([['index.html', html('Large', `${[1, 2, 3, 4, 5].map((n) => `<a href="/p${n}.html">${n}</a>`).join('')}`)], ...[1, 2, 3, 4, 5].map((n): [string, string] => [`p${n}.html`, html(`Page ${n}`, filler(20_000))])]) };

  it('end a crawl before one byte too many is read', async () => {
    const { client } = await internet(SITE);
    const job = await crawl(client, { url: 'http://large.example/', maxBytes: 45_000 });
    expect(job).toMatchObject({ status: 'COMPLETED', maxBytes: 45_000 });
    expect(job.counters.bytes).toBeLessThanOrEqual(45_000);
    expect(job.counters.bytes).toBeGreaterThan(40_000);
    expect(job.counters.fetched).toBe(3);
  });

  it('end a crawl in the middle of a wait when its time is over', async () => {
    const { client, sandbox } = await internet(SITE, { CRAWL_HOST_DELAY_MS: '60000' });
    const job = await crawl(client, { url: 'http://large.example/', maxSeconds: 2 });
    // robots.txt was read; the start page would have had to wait for a minute.
    expect(job).toMatchObject({ status: 'FAILED', errorCode: 'BUDGET_EXCEEDED', error: expect.stringContaining('time') as string });
    expect(sandbox.requests().filter((request) => request.host === 'large.example')).toHaveLength(1);
  });

  it('count what a killed run may have read, and no time in which nobody worked', async () => {
    const { client, test } = await internet(SITE, { ROLES: 'api' });
    const { startCrawl: { id } } = await client.data<{ startCrawl: { id: string } }>('mutation { startCrawl(input: { url: "http://large.example/", maxBytes: 30000000, maxSeconds: 100 }) { id } }');
    const dataSource = await createDataSource(test.databaseUrl, 2).initialize();
    opened.push(() => dataSource.destroy());
    const inTx = async <T>(work: (tx: ProgressTx) => Promise<T>): Promise<T> => await dataSource.transaction(async (manager) => await work(new ProgressTx(manager)));
    const open = async (owner: string): Promise<{ bytesLeft: number; msLeft: number }> => await inTx(async (tx) => {
      const taken = await Frontier.acquire(tx, id, owner);
      if (!taken) throw new Error('it is taken');
      return await openLimits(tx, id, taken.diedBefore);
    });
    expect(await open('first')).toMatchObject({ bytesLeft: 30_000_000 });
    await expect(open('second')).rejects.toThrow('it is taken');
    // The first is killed: its lease runs out.
    await dataSource.query("UPDATE crawl_jobs SET lease_until = now() - interval '1 second', deadline_at = deadline_at - interval '30 seconds'");
    const second = await open('second');
    expect(second.bytesLeft).toBe(20_000_000);
    expect(second.msLeft).toBeLessThanOrEqual(70_000);
    // The second gives the site back; an hour passes.
    await inTx((tx) => Frontier.release(tx, id, 'second'));
    await dataSource.query("UPDATE crawl_jobs SET idle_since = idle_since - interval '1 hour', deadline_at = deadline_at - interval '1 hour'");
    const third = await open('third');
    expect(third.bytesLeft).toBe(20_000_000);
    expect(third.msLeft).toBeGreaterThan(60_000);
    expect(third.msLeft).toBeLessThanOrEqual(70_000);
  });

  it('are within bounds, or the crawl is refused with the name of the field', async () => {
    const { client } = await internet(SITE, { ROLES: 'api' });
    const refused = await client.failure('mutation { startCrawl(input: { url: "http://large.example/", depth: 3, maxBytes: 9999, maxSeconds: 0 }) { id } }');
    expect(refused).toMatchObject({ code: 'BAD_USER_INPUT', fields: expect.arrayContaining(['input.depth', 'input.maxBytes', 'input.maxSeconds']) as string[] });
  });
});

describe('a page that asks not to be indexed', () => {
  const SITE: Record<string, Files> = { 'shy.example': {
    'index.html': html('Shy', '<a href="/imprint.html">Imprint</a><a href="/private.html">Private</a>'),
    'imprint.html': html('Imprint', '<p>office@shy-firm.com</p><a href="/team.html">Team</a>', '<meta name="robots" content="noindex">'),
    'private.html': html('Private', '<a href="/unreachable.html">More</a>', '<meta name="robots" content="nofollow">'),
    'team.html': html('Team', '<p>ada@shy-firm.com</p>'),
    'unreachable.html': html('No', '<p>no@shy-firm.com</p>'),
  } };

  it('is read unless the operator says otherwise, and its wish not to be followed is respected', async () => {
    const { client } = await internet(SITE);
    const job = await crawl(client, { url: 'http://shy.example/' });
    expect(job.emails.nodes.map((email) => email.address).sort()).toEqual(['ada@shy-firm.com', 'office@shy-firm.com']);
    expect(pathsOf(job)).not.toContain('/unreachable.html');
  });

  it('is neither stored nor read for addresses with CRAWL_HONOUR_NOINDEX, but followed', async () => {
    const { client } = await internet(SITE, { CRAWL_HONOUR_NOINDEX: 'true' });
    const job = await crawl(client, { url: 'http://shy.example/' });
    expect(job.emails.nodes.map((email) => email.address)).toEqual(['ada@shy-firm.com']);
    expect(job.pages.nodes.find((page) => page.url.endsWith('imprint.html'))?.outcome).toBe('ROBOTS_DISALLOWED');
  });
});

describe('what stands in front of the content', () => {
  it('has an outcome and a kind, and is never stored as content', async () => {
    const { client, test } = await internet({ 'walled.example': {
      'index.html': html('Walled', ['login', 'consent', 'missing'].map((name) => `<a href="/${name}.html">${name}</a>`).join(' ')),
      'login.html': html('Sign in', '<h1>Members only</h1><p>Please sign in to continue.</p><form>Password <input type="password"></form>'),
      'consent.html': html('Before you continue', '<p>We value your privacy. Accept all cookies to continue.</p>'),
      'missing.html': html('Page not found | Walled', '<p>Sorry.</p>'),
    } });
    const job = await crawl(client, { url: 'http://walled.example/' });
    const byPath = Object.fromEntries(job.pages.nodes.map((page) => [new URL(page.url).pathname, [page.outcome, page.blockedKind]]));
    expect(byPath).toEqual({ '/': ['OK', null], '/login.html': ['BLOCKED', 'LOGIN'], '/consent.html': ['BLOCKED', 'CONSENT'], '/missing.html': ['NOT_FOUND', null] });
    expect(await client.failure('mutation { extractContent(url: "http://walled.example/login.html") { id } }')).toMatchObject({ code: 'BLOCKED', kind: 'LOGIN' });
    expect(await withClient(test.databaseUrl, async (sql) => (await sql.query("SELECT 1 FROM pages WHERE outcome <> 'OK' AND document_key IS NOT NULL")).rowCount)).toBe(0);
  });
});
