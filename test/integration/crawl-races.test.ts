import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../sandbox/random.js';
import { until, type TestClient } from '../support/client.js';
import { brokenPromises, isQuiet } from '../support/crawl-promises.js';
import { withClient } from '../support/servers.js';
import { startProxiedApp } from '../support/proxied-app.js';
import type { TestApp } from '../support/test-app.js';
import { withSeed } from '../e2e/support/seed.js';

const SITES = 5;
const CHAPTERS = 8;
const PAGES_PER_CHAPTER = 4;
/** Its budget is smaller than the site. */
const TIGHT = 20;

const requests: { host: string; path: string; at: number }[] = [];
let latency = new Random(1);
let test: TestApp;
let client: TestClient;

const html = (title: string, body: string): string => `<!doctype html><html lang="en"><head><title>${title}</title></head><body>${body}</body></html>`;
const links = (paths: readonly string[]): string => `<ul>${paths.map((path) => `<li><a href="${path}">${path}</a></li>`).join('')}</ul>`;

/** Some dozens of words that no other page has. */
function prose(name: string): string {
  const random = new Random(name);
  return `<p>${Array.from({ length: 60 }, () => `${random.pick([...'bcdfghklmnprstvw'])}${random.pick([...'aeiou'])}${random.between(1_000, 9_999_999).toString(36)}`).join(' ')}</p>`;
}

const chapters = Array.from({ length: CHAPTERS }, (_unused, place) => `/chapter-${place}`);
const pagesOf = (chapter: string): string[] => Array.from({ length: PAGES_PER_CHAPTER }, (_unused, place) => `${chapter}/page-${place}`);
/** Every page of a site that is content, as its own address. */
const CONTENT = ['/', '/flaky', '/new-home', ...chapters, ...chapters.flatMap(pagesOf)];

interface Answer { status?: number; location?: string; body?: string; isNameless?: boolean }
/** Sites of single tests. */
const others = new Map<string, (path: string, asked: number) => Answer | undefined>();

function said(host: string, path: string, asked: number): Answer {
  const other = others.get(host);
  if (other) return other(path, asked) ?? { status: 404, body: 'gone' };
  if (path === '/') return { body: html('Home', `${prose(`${host} home`)}${links([...chapters, '/flaky', '/broken', '/nameless', '/missing', '/old-chapter', '/moved', '/copy'])}`) };
  if (path === '/flaky') return asked === 1 ? { status: 502, body: 'Bad gateway' } : { body: html('Flaky', prose(`${host} flaky`)) };
  if (path === '/broken') return { status: 418, body: 'short and stout' };
  // As a proxy says it of a host that it does not know; the rest of the site is there all the same.
  if (path === '/nameless') return { status: 502, isNameless: true };
  // To a page that is linked, too, and to one that nothing else leads to.
  if (path === '/old-chapter') return { location: '/chapter-0' };
  if (path === '/moved') return { location: '/new-home' };
  if (path === '/new-home') return { body: html('New home', prose(`${host} new home`)) };
  if (path === '/copy') return { body: html('/chapter-1', `${prose(`${host}/chapter-1`)}${links(pagesOf('/chapter-1'))}`) };
  const chapter = chapters.find((one) => path === one);
  if (chapter) return { body: html(path, `${prose(`${host}${path}`)}${links(pagesOf(chapter))}`) };
  if (CONTENT.includes(path)) return { body: html(path, `${prose(`${host}${path}`)}<p>${path.slice(1).replaceAll('/', '-')}@${host.replace('.example', '-firm.com')}</p>${links(['/', '/chapter-0', '/chapter-2'])}`) };
  return { status: 404, body: 'gone' };
}

const asked = (host: string, path: string): number => requests.filter((one) => one.host === host && one.path === path).length;

/** The internet of this file: a proxy that answers for every host itself, each time after another while. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const { host, pathname } = new URL(request.url ?? '');
  if (pathname !== '/robots.txt') requests.push({ host, path: pathname, at: Date.now() });
  const { status = 200, location, body = '', isNameless = false }: Answer = pathname === '/robots.txt' ? { status: 404 } : said(host, pathname, asked(host, pathname));
  const timer = setTimeout(() => { response.writeHead(location ? 302 : status, { 'content-type': 'text/html; charset=utf-8', ...(!isNameless && { server: 'test' }), ...(location && { location }) }).end(body); }, latency.between(0, 25));
  response.once('close', () => { clearTimeout(timer); });
}
let close = (): Promise<void> => Promise.resolve();

beforeAll(async () => {
  ({ test, close } = await startProxiedApp(answer));
  client = await test.user();
});
afterAll(async () => { await close(); });

type Turn = 'pauseCrawl' | 'resumeCrawl' | 'cancelCrawl' | 'retryCrawl';
const TURNS: readonly Turn[] = ['pauseCrawl', 'resumeCrawl', 'cancelCrawl', 'retryCrawl'];

/** Asks for a turn; that it came at the wrong moment is an answer, any other error fails the test. */
async function turn(name: Turn, id: string): Promise<string> {
  const { data, errors } = await client.send<Record<string, { status: string } | null>>(`mutation ($id: ID!) { ${name}(id: $id) { status } }`, { id });
  if (errors.length > 0) expect(errors.map((error) => error.extensions), name).toEqual([{ code: 'BAD_USER_INPUT', fields: ['id'] }]);
  return data?.[name]?.status ?? 'refused';
}

async function startCrawl(host: string, maxPages: number): Promise<string> {
  return (await client.data<{ startCrawl: { id: string } }>('mutation ($input: StartCrawlInput!) { startCrawl(input: $input) { id } }', { input: { url: `http://${host}/`, maxPages } })).startCrawl.id;
}
const statusOf = async (id: string): Promise<string> => (await client.data<{ crawlJob: { status: string } }>('query ($id: ID!) { crawlJob(id: $id) { status } }', { id })).crawlJob.status;

/** Lets a crawl go on until it ends by itself, whatever had become of it. */
async function toItsEnd(id: string): Promise<void> {
  await until(async () => {
    const status = await statusOf(id);
    if (status === 'PAUSED') await turn('resumeCrawl', id);
    if (status === 'CANCELLED') await turn('retryCrawl', id);
    await delay(50);
    return status === 'COMPLETED' || status === 'FAILED';
  }, 'the crawl to end by itself');
}

/** What was asked for after the transaction that stored it had begun; where redirects lead may be asked for again, nobody knows it before. */
async function askedAgain(): Promise<string[]> {
  const rows = await withClient(test.databaseUrl, async (sql) => (await sql.query<{ host: string; url: string; at: Date }>(`
    SELECT j.host, e.payload ->> 'url' AS url, e.at FROM crawl_jobs j JOIN stream_events e ON e.stream_id = j.id AND e.type = 'PAGE_CRAWLED'`)).rows);
  return rows.flatMap(({ host, url, at }) => {
    const { pathname } = new URL(url);
    if (['/chapter-0', '/new-home'].includes(pathname)) return [];
    return requests.filter((one) => one.host === host && one.path === pathname && one.at > at.getTime()).map((one) => `${host}${pathname} ${one.at - at.getTime()} ms after it was stored`);
  });
}

describe('a crawl that is stopped, resumed, cancelled and tried again at once and in any order', () => {
  it('loses no page, asks for none that it has, keeps its budget, and tells one end', () => withSeed(async (random) => {
    latency = new Random(random.between(0, 1_000_000_000));
    const sites = Array.from({ length: SITES }, (_unused, place) => ({ host: `races-${place}.example`, maxPages: place === 0 ? TIGHT : 200, end: place === 1 ? 'PAUSED' : place === 2 ? 'CANCELLED' : 'its own', random: new Random(random.between(0, 1_000_000_000)) }));
    const ids = new Map<string, string>();
    await Promise.all(sites.map(async (site) => {
      const id = await startCrawl(site.host, site.maxPages);
      ids.set(site.host, id);
      for (let round = 0; round < 9; round++) {
        const together = Array.from({ length: site.random.between(1, 4) }, () => site.random.pick(TURNS));
        await Promise.all(together.map((name) => turn(name, id)));
        // Most of the time it is to be found at work.
        if (site.random.chance(0.7)) {
          await turn('retryCrawl', id);
          await turn('resumeCrawl', id);
        }
        await delay(site.random.between(0, 120));
      }
      if (site.end === 'its own') await toItsEnd(id);
      else if (site.end === 'PAUSED') await turn('pauseCrawl', id);
      else await turn('cancelCrawl', id);
    }));
    await until(() => isQuiet(test.databaseUrl), 'nobody to work on any of them');
    expect(await brokenPromises(test.databaseUrl)).toEqual([]);
    expect(await askedAgain()).toEqual([]);

    // Those that were stopped go on from where they stood, and none of them lacks a page.
    for (const id of ids.values()) await toItsEnd(id);
    await until(() => isQuiet(test.databaseUrl), 'nobody to work on any of them');
    expect(await brokenPromises(test.databaseUrl)).toEqual([]);
    expect(await askedAgain()).toEqual([]);
    for (const { host, maxPages } of sites) {
      const rows = await withClient(test.databaseUrl, async (sql) => (await sql.query<{ final_url: string }>("SELECT final_url FROM pages WHERE crawl_job_id = $1 AND outcome = 'OK'", [ids.get(host)])).rows);
      const read = rows.map((row) => new URL(row.final_url).pathname).sort();
      if (maxPages >= CONTENT.length) expect(read.map((path) => (path === '/copy' ? '/chapter-1' : path)).sort(), host).toEqual([...CONTENT].sort());
    }
  }));
});

describe('a page that another one redirects to', () => {
  const rows = async (id: string): Promise<string[]> => withClient(test.databaseUrl, async (sql) => (await sql.query<{ url: string; final_url: string; outcome: string }>('SELECT url, final_url, outcome FROM pages WHERE crawl_job_id = $1 ORDER BY url', [id])).rows.map((row) => `${new URL(row.url).pathname} ${row.outcome} ${new URL(row.final_url).pathname}`));

  it('is stored once and is not asked for when the crawl is tried again', async () => {
    const host = 'tried-again.example';
    others.set(host, (path) => ({ '/': { body: html('Home', links(['/first', '/second', '/broken'])) }, '/first': { location: '/second' }, '/second': { body: html('Second', '<p>We are open.</p>') }, '/broken': { status: 418 } })[path]);
    const id = await startCrawl(host, 10);
    await toItsEnd(id);
    const before = await rows(id);
    expect(before).toEqual(['/ OK /', '/broken NETWORK_ERROR /broken', '/first OK /second', '/second REDIRECTED /second']);
    const count = asked(host, '/second');
    await withClient(test.databaseUrl, (sql) => sql.query("UPDATE crawl_jobs SET status = 'CANCELLED' WHERE id = $1", [id]));
    await turn('retryCrawl', id);
    await toItsEnd(id);
    expect(await rows(id)).toEqual(before);
    expect([asked(host, '/second'), asked(host, '/broken')]).toEqual([count, 2]);
  });

  it('gives its content to it where it had failed itself', async () => {
    const host = 'brought.example';
    others.set(host, (path, times) => ({ '/': { body: html('Home', links(['/contact', '/old-contact'])) }, '/old-contact': { location: '/contact' }, '/contact': times === 1 ? { status: 418 } : { body: html('Contact', '<p>office@brought-firm.com</p>') } })[path]);
    const id = await startCrawl(host, 10);
    await toItsEnd(id);
    expect(await rows(id)).toEqual(['/ OK /', '/contact NETWORK_ERROR /contact', '/old-contact OK /contact']);
    const { crawlJob } = await client.data<{ crawlJob: unknown }>('query ($id: ID!) { crawlJob(id: $id) { counters { fetched failed emails } } }', { id });
    expect(crawlJob).toEqual({ counters: { fetched: 2, failed: 1, emails: 1 } });
    expect(await brokenPromises(test.databaseUrl)).toEqual([]);
  });
});
