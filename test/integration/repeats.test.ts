import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until, type TestClient } from '../support/client.js';
import { withClient } from '../support/servers.js';
import { startProxiedApp } from '../support/proxied-app.js';
import type { TestApp } from '../support/test-app.js';

type Answer = string | { status?: number; location?: string; link?: string; body?: string };
type Site = (path: string, asked: number) => Answer | null;
interface Row { path: string; outcome: string; error_code: string | null; reason: string | null; same_as: string | null; document_key: string | null; status: number | null }

const sites = new Map<string, Site>();
const requests: { host: string; path: string }[] = [];
let test: TestApp;
let client: TestClient;

/** The internet of this file: a proxy that answers for every host itself. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const { host, pathname, search } = new URL(request.url ?? '');
  const path = pathname + search;
  if (path === '/robots.txt') {
    response.writeHead(404).end();
    return;
  }
  requests.push({ host, path });
  const said = sites.get(host)?.(path, requests.filter((one) => one.host === host && one.path === path).length) ?? { status: 404, body: 'gone' };
  const { status = 200, location, link, body = '' } = typeof said === 'string' ? { body: said } : said;
  response.writeHead(location ? 302 : status, { 'content-type': 'text/html; charset=utf-8', server: 'test', ...(location && { location }), ...(link && { link }) }).end(body);
}
let close = (): Promise<void> => Promise.resolve();

beforeAll(async () => {
  ({ test, close } = await startProxiedApp(answer));
  client = await test.user();
});
afterAll(async () => { await close(); });

const html = (title: string, body: string, head = ''): string => `<!doctype html><html lang="en"><head><title>${title}</title>${head}</head><body>${body}</body></html>`;
const links = (...paths: string[]): string => `<ul>${paths.map((path) => `<li><a href="${path.replaceAll('&', '&amp;')}">${path.replaceAll('&', '&amp;')}</a></li>`).join('')}</ul>`;

async function rowsOf(id: string): Promise<Row[]> {
  const rows = await withClient(test.databaseUrl, async (sql) => (await sql.query<Row & { url: string }>('SELECT * FROM pages WHERE crawl_job_id = $1 ORDER BY fetched_at, url', [id])).rows);
  return rows.map((row) => ({ ...row, path: new URL(row.url).pathname + new URL(row.url).search }));
}

async function ended(id: string): Promise<{ id: string; status: string; errorCode: string | null; counters: { fetched: number; skipped: number; failed: number }; addresses: string[]; rows: Map<string, Row>; asked: (path: string) => number }> {
  const job = await until(async () => {
    const { crawlJob } = await client.data<{ crawlJob: { status: string; host: string; errorCode: string | null; counters: { fetched: number; skipped: number; failed: number }; emails: { nodes: { address: string }[] } } }>('query ($id: ID!) { crawlJob(id: $id) { status host errorCode counters { fetched skipped failed } emails(first: 100) { nodes { address } } } }', { id });
    return ['COMPLETED', 'FAILED'].includes(crawlJob.status) && crawlJob;
  }, 'the crawl to end');
  const rows = await rowsOf(id);
  return { id, ...job, addresses: job.emails.nodes.map(({ address }) => address).sort(), rows: new Map(rows.map((row) => [row.path, row])), asked: (path) => requests.filter((one) => one.host === job.host && one.path === path).length };
}

async function crawl(host: string, site: Site, input: Record<string, unknown> = {}): ReturnType<typeof ended> {
  sites.set(host, site);
  const { startCrawl } = await client.data<{ startCrawl: { id: string } }>('mutation ($input: StartCrawlInput!) { startCrawl(input: $input) { id } }', { input: { url: `http://${host}/`, ...input } });
  return await ended(startCrawl.id);
}

describe('every URL that was tried', () => {
  it('has a row with an outcome, also where the redirect of another one reached it first', async () => {
    const job = await crawl('overtaken.example', (path) => ({
      '/': html('Overtaken', links('/first', '/second', '/third')),
      '/first': { location: '/second' },
      '/second': html('Second', '<p>office@overtaken-firm.com</p>'),
      '/third': html('Third', '<p>The third page.</p>'),
    })[path] ?? null);
    expect([...job.rows.values()].map((row) => [row.path, row.outcome]).sort()).toEqual([['/', 'OK'], ['/first', 'OK'], ['/second', 'REDIRECTED'], ['/third', 'OK']]);
    expect(job.counters).toMatchObject({ fetched: 3, skipped: 1 });
    expect(job.addresses).toEqual(['office@overtaken-firm.com']);
  });

  it('is asked three times while its server fails, and keeps the status that it failed with', async () => {
    const job = await crawl('failing.example', (path, asked) => ({
      '/': html('Failing', links('/always', '/once', '/teapot')),
      '/always': { status: 500, body: 'Internal error' },
      '/once': asked === 1 ? { status: 502, body: 'Bad gateway' } : html('Once', '<p>It works again.</p>'),
      '/teapot': { status: 418, body: 'short and stout' },
    })[path] ?? null);
    expect(job.rows.get('/always')).toMatchObject({ outcome: 'NETWORK_ERROR', error_code: 'HTTP_ERROR', status: 500 });
    expect(job.rows.get('/once')).toMatchObject({ outcome: 'OK', error_code: null });
    expect(job.rows.get('/teapot')).toMatchObject({ outcome: 'NETWORK_ERROR', error_code: 'HTTP_ERROR', status: 418 });
    expect([job.asked('/always'), job.asked('/once'), job.asked('/teapot')]).toEqual([3, 2, 1]);
    expect(job.counters).toMatchObject({ fetched: 2, failed: 2 });
  });
});

/** Some dozens of words that no other page of these tests has, the same for the same name. */
function prose(name: string, words = 60): string {
  let state = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 2_147_483_647, 7);
  return `<p>${Array.from({ length: words }, () => {
    state = state * 48_271 % 2_147_483_647;
    return `${'bcdfghklmnprstvw'[state % 16]}${'aeiou'[state % 5]}${'lmnrst'[state % 6]}${state.toString(36).replace(/\d/g, '').slice(0, 3)}`;
  }).join(' ')}</p>`;
}

describe('a page that names another one as its own address', () => {
  const canonical = (path: string): string => `<link rel="canonical" href="${path}">`;

  it('is that page where it was read and says as much; its links count, and nothing it alone says is lost', async () => {
    const job = await crawl('canonical.example', (path) => ({
      '/': html('Canonical', `${prose('home')}${links('/contact', '/about', '/view/print', '/view/header', '/view/own-words', '/wrong', '/broken', '/elsewhere', '/to-home')}`),
      '/contact': html('Contact', `${prose('contact')}<p>office@canonical-firm.com, +1 512 555 0123</p>`),
      '/about': html('About', prose('about')),
      '/view/print': html('Contact (to print)', `${prose('contact')}<p>office@canonical-firm.com</p>${links('/only-linked-here')}`, canonical('/contact')),
      '/view/header': { body: html('Contact us', prose('contact')), link: '<https://other.example/x>; rel="next", <http://www.canonical.example/contact/>; rel="canonical"' },
      '/view/own-words': html('A view', prose('something of the kind', 40), canonical('/about')),
      '/wrong': html('Branch', `${prose('contact')}<p>branch@canonical-firm.com</p>`, canonical('/contact')),
      '/broken': html('Broken', `${prose('broken')}<p>only@canonical-firm.com</p>`, canonical('/not-there')),
      '/elsewhere': html('Elsewhere', prose('elsewhere'), canonical('http://another-owner.example/contact')),
      '/to-home': html('To home', prose('to home'), canonical('/')),
      '/only-linked-here': html('Linked', prose('linked')),
    })[path] ?? null);
    const outcomes = Object.fromEntries([...job.rows.values()].map((row) => [row.path, row.error_code ?? row.outcome]));
    expect(outcomes).toEqual({
      '/': 'OK', '/contact': 'OK', '/about': 'OK', '/view/print': 'PAGE_DUPLICATE', '/view/header': 'PAGE_DUPLICATE', '/view/own-words': 'PAGE_DUPLICATE',
      '/wrong': 'OK', '/broken': 'OK', '/elsewhere': 'OK', '/to-home': 'OK', '/only-linked-here': 'OK',
    });
    expect(job.rows.get('/view/print')).toMatchObject({ outcome: 'REDIRECTED', same_as: 'http://canonical.example/contact', document_key: null, reason: expect.stringContaining('canonical') as string });
    expect(job.addresses).toEqual(['branch@canonical-firm.com', 'office@canonical-firm.com', 'only@canonical-firm.com']);
    expect(job.counters).toMatchObject({ fetched: 8, skipped: 3, failed: 0 });
  });

  it('is kept where it was read first, and the page it names is then the repetition', async () => {
    const job = await crawl('variant.example', (path) => (path === '/?ref=letter' ? html('Variant', `${prose('variant')}${links('/')}`, canonical('/')) : path === '/' ? html('Variant', `${prose('variant')}${links('/')}`, canonical('/')) : null), { url: 'http://variant.example/?ref=letter' });
    expect([...job.rows.values()].map((row) => [row.path, row.error_code ?? row.outcome])).toEqual([['/?ref=letter', 'OK'], ['/', 'PAGE_DUPLICATE']]);
  });
});

describe('a page with the words of another one', () => {
  it('is a repetition of it, unless title, words or a way to reach somebody differ', async () => {
    const job = await crawl('copies.example', (path) => ({
      '/': html('Copies', links('/offer', '/Offer', '/copy-with-phone', '/other-title', '/short-a', '/short-b')),
      '/offer': html('Offer', prose('offer', 200)), '/Offer': html('Offer', prose('offer', 200)),
      '/copy-with-phone': html('Offer', `${prose('offer', 200)}<p>Call +1 512 555 0177</p>`), '/other-title': html('Another offer', prose('offer', 200)),
      '/short-a': html('Short', '<p>We are open.</p>'), '/short-b': html('Short', '<p>We are open.</p>'),
    })[path] ?? null);
    const repeated = [...job.rows.values()].filter((row) => row.error_code === 'PAGE_DUPLICATE');
    expect(repeated).toHaveLength(1);
    expect(repeated[0]?.path.toLowerCase()).toBe('/offer');
    expect(job.counters).toMatchObject({ fetched: 6, skipped: 1 });
  });
});

describe('a crawl that is tried again', () => {
  it('asks for what failed, not for what it has or what only repeated it, and counts each page once', async () => {
    let isBroken = true;
    const job = await crawl('again.example', (path) => ({
      '/': html('Again', links('/offer', '/Offer', '/broken', '/gone')),
      '/offer': html('Offer', prose('offer', 200)), '/Offer': html('Offer', prose('offer', 200)),
      '/broken': isBroken ? { status: 418, body: 'not now' } : html('Mended', prose('mended')),
    })[path] ?? null);
    expect(job.counters).toEqual({ fetched: 2, skipped: 2, failed: 1 });
    // As if a goal had opened it, and somebody had cancelled it a moment ago.
    const { createGoal: goal } = await client.data<{ createGoal: { id: string } }>('mutation { createGoal(input: { text: "Find 5 dental clinics in Austin, Texas" }) { id } }');
    await withClient(test.databaseUrl, async (sql) => {
      await sql.query("UPDATE goals SET status = 'RUNNING', sites = 1, pages = 2, pages_failed = 1 WHERE id = $1", [goal.id]);
      await sql.query("UPDATE crawl_jobs SET status = 'CANCELLED', goal_id = $2 WHERE id = $1", [job.id, goal.id]);
    });
    isBroken = false;
    await client.data('mutation ($id: ID!) { retryCrawl(id: $id) { id } }', { id: job.id });
    const second = await ended(job.id);
    expect(second.counters).toEqual({ fetched: 3, skipped: 2, failed: 0 });
    expect(['/', '/offer', '/Offer', '/broken', '/gone'].map(job.asked)).toEqual([1, 1, 1, 2, 2]);
    // A page that is not there, an alias and a repetition have not failed.
    expect(await client.data('query ($id: ID!) { goal(id: $id) { counters { pages pagesFailed } } }', { id: goal.id })).toEqual({ goal: { counters: { pages: 3, pagesFailed: 0 } } });
    expect([...second.rows.values()].filter((row) => row.error_code === 'PAGE_DUPLICATE')).toHaveLength(1);
    // A goal that runs on would search again, and read the sites of the tests below at the same time.
    await client.data('mutation ($id: ID!) { cancelGoal(id: $id) { id } }', { id: goal.id });
  });
});

describe('a shape of addresses that gives the same page again and again', () => {
  const calendar = (path: string): Answer | null => {
    const day = Number(/^\/days\/(\d+)$/.exec(path)?.[1] ?? '0');
    if (path === '/') return html('Calendar', `${prose('home')}${links(...Array.from({ length: 30 }, (_unused, place) => `/days/${place + 1}`), '/days/contact', '/services/one', '/services/two')}`);
    if (path === '/days/contact') return html('Contact', '<p>Write to office@calendar-firm.com, the address for everything that this calendar leaves open.</p>');
    if (path.startsWith('/services/')) return html(path, prose(path));
    return day > 0 ? html(`Day ${day}`, `<p>There is nothing in our calendar for day ${day} of the year, please look at day ${day + 1} instead.</p>`) : null;
  };

  it('is closed: what waits of it is not asked for and says so, and likely contact pages are read all the same', async () => {
    const job = await crawl('calendar.example', calendar, { maxPages: 40 });
    const rows = [...job.rows.values()];
    const trapped = rows.filter((row) => row.error_code === 'URL_TRAP');
    const days = rows.filter((row) => /^\/days\/\d/.test(row.path));
    // Those that had counted against the budget have a row of their own, the others only their place in the frontier.
    const waiting = await withClient(test.databaseUrl, async (sql) => (await sql.query<{ url: string }>("SELECT url FROM frontier_urls WHERE crawl_job_id = $1 AND error_code = 'URL_TRAP'", [job.id])).rows);
    expect(days.length + waiting.length).toBe(30);
    expect(waiting.length).toBeGreaterThan(0);
    expect(trapped.length + waiting.length).toBeGreaterThan(15);
    expect(job.counters.skipped).toBe(trapped.length + waiting.length);
    expect(waiting.filter(({ url }) => job.asked(new URL(url).pathname) > 0)).toEqual([]);
    expect(trapped.every((row) => row.outcome === 'REDIRECTED' && job.asked(row.path) === 0 && row.path.startsWith('/days/'))).toBe(true);
    expect(job.addresses).toEqual(['office@calendar-firm.com']);
    expect(rows.filter((row) => row.path.startsWith('/services/')).map((row) => row.outcome)).toEqual(['OK', 'OK']);
  });

  it('stays closed for the run that takes over after a kill', async () => {
    // The rows as a killed run leaves them: some pages read, the rest of the frontier waiting, the lease not given back.
    const first = await crawl('calendar.example', calendar, { maxPages: 40 });
    await withClient(test.databaseUrl, async (sql) => {
      await sql.query("DELETE FROM pages WHERE crawl_job_id = $1 AND error_code = 'URL_TRAP'", [first.id]);
      const open = await sql.query("UPDATE frontier_urls f SET state = 'QUEUED', reserved = false, error_code = NULL WHERE crawl_job_id = $1 AND NOT EXISTS (SELECT 1 FROM pages p WHERE p.crawl_job_id = f.crawl_job_id AND p.page_key = f.page_key)", [first.id]);
      expect(open.rowCount).toBeGreaterThan(0);
      await sql.query("UPDATE crawl_jobs SET status = 'PAUSED', finished_at = NULL, lease_owner = 'killed', lease_until = now() - interval '1 second' WHERE id = $1", [first.id]);
    });
    const asked = requests.length;
    await client.data('mutation ($id: ID!) { resumeCrawl(id: $id) { id } }', { id: first.id });
    const second = await ended(first.id);
    expect(requests.slice(asked).filter(({ path }) => path.startsWith('/days/'))).toEqual([]);
    expect(second.status).toBe('COMPLETED');
    const open = await withClient(test.databaseUrl, async (sql) => (await sql.query("SELECT 1 FROM frontier_urls WHERE crawl_job_id = $1 AND state <> 'DONE'", [first.id])).rowCount);
    expect(open).toBe(0);
  });
});
