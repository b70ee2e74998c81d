import { fileURLToPath } from 'node:url';
import { startSandbox } from '../sandbox/index.js';
import { runInProcess, type CrawlResult } from './crawl/in-process.js';
import { startLoopbackWeb, type LoopbackWeb, type WebShape } from './crawl/loopback-web.js';
import { withProduct, type RunningProduct } from './product-run.js';
import { fixed, ratio, table } from './table.js';

const CONCURRENCY = 20;
const LATENCY_CONCURRENCY = 16;
const WEB: WebShape = { hosts: 20, pagesPerHost: 100, linksPerPage: 50, pageBytes: 25_000, latencyMs: 0 };
const MANY: WebShape = { ...WEB, hosts: 200 };
const SLOW: WebShape = { ...WEB, hosts: 200, pagesPerHost: 20, latencyMs: 50 };

type Say = (line: string) => void;
interface Run { pages: number; failed: number; seconds: number; cpuSeconds: number | null }

export type CrawlPart = 'speed' | 'memory' | 'latency';
export const CRAWL_PARTS: readonly CrawlPart[] = ['speed', 'memory', 'latency'];

/** The crawler beside Crawlee and beside the least a crawler can do; its memory; and how well it fills the time that slow servers leave. */
export async function benchCrawl(say: Say, parts: readonly CrawlPart[] = CRAWL_PARTS): Promise<void> {
  // Only its DNS is asked: the addresses found get their verdicts as always.
  const sandbox = await startSandbox();
  const { EMAIL_DNS_SERVERS: dns = '' } = sandbox.environment();
  try {
    if (parts.includes('speed')) await speed(say, dns);
    if (parts.includes('memory')) await memory(say, dns);
    if (parts.includes('latency')) await latency(say, dns);
  } finally {
    await sandbox.close();
  }
}

async function withWeb<T>(shape: WebShape, work: (web: LoopbackWeb) => Promise<T>): Promise<T> {
  const web = await startLoopbackWeb(shape);
  try {
    return await work(web);
  } finally {
    await web.close();
  }
}

const productSettings = (web: LoopbackWeb, dns: string, concurrency: number): Record<string, string> => ({
  CRAWL_ALLOW_CIDRS: '127.0.0.0/8', CRAWL_PORTS: String(web.port), CRAWL_CONCURRENCY: String(concurrency), CRAWL_BROWSER: 'off', EMAIL_DNS_SERVERS: dns, OVERPASS_URL: 'off', NOMINATIM_URL: 'off',
});

/** Crawls the sites and refuses a run that did not read every page: a fast crawler that misses pages proves nothing. */
async function crawlAll(product: RunningProduct, startUrls: readonly string[], pagesPerHost: number): Promise<Run> {
  const before = await product.cpuSeconds();
  const { ids, seconds } = await product.crawl(startUrls.map((startUrl) => ({ host: new URL(startUrl).host, startUrl })), { maxPages: 1_000, depth: 2 });
  const cpuSeconds = await product.cpuSeconds() - before;
  const { pages, failed, unfinished, emails } = await product.count(ids);
  if (pages !== startUrls.length * pagesPerHost || unfinished > 0) throw new Error(`the crawl read ${pages} of ${startUrls.length * pagesPerHost} pages, ${failed} failed, ${unfinished} sites did not end well`);
  if (emails !== startUrls.length) throw new Error(`the crawl found ${emails} of ${startUrls.length} addresses`);
  return { pages, failed, seconds, cpuSeconds };
}

async function speed(say: Say, dns: string): Promise<void> {
  say(`\n# crawl: ${WEB.hosts} hosts × ${WEB.pagesPerHost} pages of ${WEB.pageBytes / 1_000} KB with ${WEB.linksPerPage} links, no delay, ${CONCURRENCY} sites at a time`);
  const results = await withWeb(WEB, async (web) => {
    const alone = async (name: string): Promise<CrawlResult> => {
      const result = await runInProcess(fileURLToPath(new URL(`./crawl/${name}.js`, import.meta.url)), { startUrls: web.startUrls, pageUrls: web.pageUrls, port: web.port, concurrency: CONCURRENCY });
      if (result.pages !== web.pageUrls.length || result.failed > 0) throw new Error(`${name} read ${result.pages} of ${web.pageUrls.length} pages, ${result.failed} failed`);
      return result;
    };
    const bare = await alone('bare-crawl');
    const core = await alone('core-crawl');
    const crawlee = await alone('crawlee-crawl');
    const whole = await withProduct(productSettings(web, dns, CONCURRENCY), (product) => crawlAll(product, web.startUrls, WEB.pagesPerHost));
    return { whole, core, crawlee, bare };
  });
  const { whole, core, crawlee, bare } = results;
  const rate = (run: Run): number => run.pages / run.seconds;
  const row = (name: string, run: Run): string[] => [name, String(run.pages), fixed(run.seconds, 1), fixed(rate(run), 0), run.cpuSeconds === null ? '–' : fixed(run.cpuSeconds * 1_000 / run.pages, 2), ratio(rate(run), rate(bare)), ratio(rate(run), rate(crawlee))];
  say(`\n${table(['', 'pages', 'seconds', 'pages/s', 'own CPU ms a page', 'to the bare loop', 'to Crawlee'], [
    row('Leadline, end to end (PostgreSQL besides)', whole), row('Leadline, fetch and read alone', core), row('Crawlee CheerioCrawler', crawlee), row('undici + htmlparser2 in a loop', bare),
  ])}`);
}

/** One process reads 2,000 pages and then 18,000 more: what it holds in memory must not grow with what it has read. */
async function memory(say: Say, dns: string): Promise<void> {
  say(`\n# crawl: memory over ${MANY.hosts} hosts × ${MANY.pagesPerHost} pages`);
  await withWeb(MANY, async (web) => {
    await withProduct(productSettings(web, dns, CONCURRENCY), async (product) => {
      const few = await crawlAll(product, web.startUrls.slice(0, WEB.hosts), MANY.pagesPerHost);
      const after = await product.memoryMb();
      const rest = await crawlAll(product, web.startUrls.slice(WEB.hosts), MANY.pagesPerHost);
      const end = await product.memoryMb();
      say(`\n${table(['', 'pages', 'pages/s', 'RSS after GC, MB', 'ratio'], [
        ['after the first', few.pages, fixed(few.pages / few.seconds, 0), fixed(after, 0), ratio(after, after)],
        ['at the end', few.pages + rest.pages, fixed(rest.pages / rest.seconds, 0), fixed(end, 0), ratio(end, after)],
      ])}`);
    });
  });
}

/** Slow servers: each site has one request at a time, so its pages and its robots.txt take at least their number times the latency. */
async function latency(say: Say, dns: string): Promise<void> {
  say(`\n# crawl: ${SLOW.hosts} hosts × ${SLOW.pagesPerHost} pages, each answer after ${SLOW.latencyMs} ms, ${LATENCY_CONCURRENCY} sites at a time`);
  const run = await withWeb(SLOW, (web) => withProduct(productSettings(web, dns, LATENCY_CONCURRENCY), (product) => crawlAll(product, web.startUrls, SLOW.pagesPerHost)));
  const least = (requests: number): number => Math.ceil(SLOW.hosts / LATENCY_CONCURRENCY) * requests * SLOW.latencyMs / 1_000;
  const [pages, withRobots] = [least(SLOW.pagesPerHost), least(SLOW.pagesPerHost + 1)];
  say(`\n${table(['', 'seconds', 'pages/s', 'of what is possible'], [
    ['Leadline, end to end', fixed(run.seconds, 1), fixed(run.pages / run.seconds, 0), '–'],
    ['the least for pages and robots.txt', fixed(withRobots, 1), fixed(run.pages / withRobots, 0), fixed(withRobots / run.seconds, 2)],
    ['the least for pages alone', fixed(pages, 1), fixed(run.pages / pages, 0), fixed(pages / run.seconds, 2)],
  ])}`);
}
