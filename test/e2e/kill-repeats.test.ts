import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Random } from '../../sandbox/random.js';
import { until, type TestClient } from '../support/client.js';
import { brokenPromises, isQuiet } from '../support/crawl-promises.js';
import { testFolder, withClient } from '../support/servers.js';
import { embeddedServer, Product } from './support/product.js';
import { withSeed } from './support/seed.js';

const HOST = 'killed-calendar.example';
const DAYS = 40;
const OFFERS = 30;

const html = (title: string, body: string): string => `<!doctype html><html lang="en"><head><title>${title}</title></head><body>${body}</body></html>`;
const links = (paths: readonly string[]): string => `<ul>${paths.map((path) => `<li><a href="${path}">${path}</a></li>`).join('')}</ul>`;
const numbered = (prefix: string, count: number): string[] => Array.from({ length: count }, (_unused, place) => `${prefix}${place + 1}`);

function prose(name: string): string {
  const random = new Random(name);
  return `<p>${Array.from({ length: 60 }, () => `${random.pick([...'bcdfghklmnprstvw'])}${random.pick([...'aeiou'])}${random.between(1_000, 9_999_999).toString(36)}`).join(' ')}</p>`;
}

/** A calendar that says the same for each day, and offers, each of which is there a second time. */
function said(path: string): string | null {
  if (path === '/') return html('Calendar', `${prose('home')}${links([...numbered('/days/', DAYS), ...numbered('/offer-', OFFERS), ...numbered('/print-', OFFERS)])}`);
  const [, kind, number] = /^\/(days\/|offer-|print-)(\d+)$/.exec(path) ?? [];
  if (kind === 'days/') return html(`Day ${number}`, `<p>There is nothing in our calendar for day ${number} of the year, please look at day ${Number(number) + 1} instead.</p>`);
  return kind === undefined ? null : html(`Offer ${number}`, prose(`offer ${number}`));
}

const requests: string[] = [];
/** The internet of this file: a proxy that answers for every host itself. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '');
  if (pathname !== '/robots.txt') requests.push(pathname);
  await delay(30);
  const body = said(pathname);
  response.writeHead(body === null ? 404 : 200, { 'content-type': 'text/html; charset=utf-8', server: 'test' }).end(body ?? 'gone');
}

interface Row { path: string; code: string | null }
const rowsOf = async (databaseUrl: string): Promise<Row[]> => withClient(databaseUrl, async (sql) => (await sql.query<{ url: string; code: string | null }>("SELECT url, coalesce(error_code, outcome) AS code FROM pages UNION ALL SELECT url, error_code FROM frontier_urls WHERE error_code = 'URL_TRAP'")).rows.map(({ url, code }) => ({ path: new URL(url).pathname, code })));
const statusOf = async (client: TestClient, id: string): Promise<string> => (await client.data<{ crawlJob: { status: string } }>('query ($id: ID!) { crawlJob(id: $id) { status } }', { id })).crawlJob.status;

describe('a process that is killed while it reads a site that repeats itself', () => {
  it('remembers the traps that were closed and the pages that were read, asks for no stored page again, and counts as if nothing had been', () => withSeed(async (random) => {
    const web = createServer((request, response) => { void answer(request, response); });
    await new Promise<void>((done) => { web.listen(0, '127.0.0.1', done); });
    const dataDir = testFolder('kill-repeats');
    const product = await Product.prepare({ DATA_DIR: dataDir, CRAWL_PROXY_URL: `http://127.0.0.1:${(web.address() as AddressInfo).port}`, CRAWL_HOST_DELAY_MS: '0', OVERPASS_URL: 'off', EMAIL_DNS_SERVERS: '127.0.0.1:1' });
    try {
      await product.start();
      const client = await product.user(dataDir, 'killed@users.example');
      const { startCrawl } = await client.data<{ startCrawl: { id: string } }>('mutation ($url: String!) { startCrawl(input: { url: $url, maxPages: 200 }) { id } }', { url: `http://${HOST}/` });
      const server = (): string => embeddedServer(dataDir)?.url ?? '';
      // Once right after the calendar was closed, once somewhere in the offers.
      const killed = async (): Promise<Row[]> => {
        expect(await statusOf(client, startCrawl.id)).toBe('RUNNING');
        await product.kill();
        const asked = requests.length;
        await product.start();
        const stored = await rowsOf(server());
        await until(async () => requests.length > asked, 'the next run to ask for something');
        return stored;
      };
      const open: { from: number; stored: Row[] }[] = [];
      const kill = async (): Promise<void> => { open.push({ from: requests.length, stored: await killed() }); };
      await until(async () => (await rowsOf(server())).some(({ code }) => code === 'URL_TRAP'), 'the calendar to be closed');
      const closedAt = requests.length;
      await kill();
      const more = requests.length + random.between(2, 25);
      await until(async () => requests.length >= more, 'some offers to be read');
      await kill();
      await until(async () => await statusOf(client, startCrawl.id) === 'COMPLETED' && await isQuiet(server()), 'the crawl to end', 60_000);

      expect(await brokenPromises(server())).toEqual([]);
      // One more may have been under way when the calendar was closed.
      expect(requests.slice(closedAt + 1).filter((path) => path.startsWith('/days/')), 'asked for after the calendar was closed').toEqual([]);
      for (const { from, stored } of open) expect(requests.slice(from + 1).filter((path) => stored.some((row) => row.path === path)), 'asked for though it was stored').toEqual([]);
      const rows = await rowsOf(server());
      const outcomes = (prefix: string): string[] => rows.filter(({ path }) => path.startsWith(prefix)).map(({ code }) => code ?? '');
      // Whichever of the two was read first is the page, and the other one its repetition, until their shape is closed, too.
      expect(outcomes('/offer-')).toEqual(numbered('', OFFERS).map(() => 'OK'));
      expect(outcomes('/print-').filter((code) => !['PAGE_DUPLICATE', 'URL_TRAP'].includes(code))).toEqual([]);
      expect(outcomes('/print-')).toHaveLength(OFFERS);
      expect(outcomes('/days/')).toHaveLength(DAYS);
    } finally {
      await product.stop();
      web.closeAllConnections();
      await new Promise((done) => { web.close(done); });
      rmSync(dataDir, { recursive: true, force: true });
    }
  }));
});
