import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until, type TestClient } from '../support/client.js';
import { withClient } from '../support/servers.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

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
const web = createServer(answer);

beforeAll(async () => {
  await new Promise<void>((done) => { web.listen(0, '127.0.0.1', done); });
  test = await startTestApp({ CRAWL_PROXY_URL: `http://127.0.0.1:${(web.address() as AddressInfo).port}`, CRAWL_HOST_DELAY_MS: '0' });
  client = await test.user();
});
afterAll(async () => {
  await test.close();
  web.closeAllConnections();
  await new Promise((done) => { web.close(done); });
});

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
