import { startSandbox } from '../sandbox/index.js';
import { bareLoop } from './bare-loop.js';
import { sayOutcomes } from './extraction.js';
import { crawlThroughApi } from './product-run.js';
import { fixed, ratio, table } from './table.js';

const CONCURRENCY = 8;

/** Pages per second of the whole product (queue, frontier rows, page store, addresses, events) beside the least a crawler can do. */
export async function benchCrawl(say: (line: string) => void): Promise<void> {
  const sandbox = await startSandbox();
  try {
    const sites = sandbox.sites.filter((site) => site.hostile === undefined);
    say(`\n# crawl: ${sites.length} generated sites, host delay 0, ${CONCURRENCY} sites at a time`);
    // No browser on either side: starting one would be most of what is measured.
    const run = await crawlThroughApi(sites, sandbox, { maxPages: 200, depth: 2, settings: { CRAWL_CONCURRENCY: String(CONCURRENCY), CRAWL_BROWSER: 'off' } });
    const pages = run.sites.flatMap((site) => site.pages.filter((page) => page.outcome === 'OK').map((page) => ({ host: site.host, url: page.finalUrl })));
    const bare = await bareLoop({ proxyUrl: sandbox.proxyUrl, pages, concurrency: CONCURRENCY, work: 'parse' });
    const bytes = run.sites.reduce((sum, site) => sum + site.bytes, 0);
    say(`\n${table(['', 'Leadline', 'undici + htmlparser2', 'ratio'], [
      ['pages read', pages.length, bare.pages, ratio(pages.length, bare.pages)],
      ['MB', fixed(bytes / 1e6, 1), fixed(bare.bytes / 1e6, 1), ratio(bytes, bare.bytes)],
      ['seconds', fixed(run.seconds, 1), fixed(bare.seconds, 2), ratio(run.seconds, bare.seconds)],
      ['pages/s', fixed(pages.length / run.seconds, 1), fixed(bare.pages / bare.seconds, 1), ratio(pages.length / run.seconds, bare.pages / bare.seconds)],
      ['ms a page', fixed(run.seconds * 1_000 / pages.length, 1), fixed(bare.seconds * 1_000 / bare.pages, 2), ratio(run.seconds / pages.length, bare.seconds / bare.pages)],
    ])}`);
    sayOutcomes(run, say);
  } finally {
    await sandbox.close();
  }
}
