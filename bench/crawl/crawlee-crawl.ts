/**
 * Crawlee's CheerioCrawler as its users would tune it for speed: everything in memory, no sessions, no robots.txt, no limit
 * by CPU load, and a handler that does the least: title, text and links.
 */
import { CheerioCrawler, Configuration, log, LogLevel } from '@crawlee/cheerio';
import { answer } from './in-process.js';

answer(async ({ startUrls, pageUrls, concurrency }) => {
  log.setLevel(LogLevel.ERROR);
  const result = { pages: 0, failed: 0, links: 0, addresses: 0 };
  const configuration = new Configuration({ persistStorage: false, purgeOnStart: true, systemInfoV2: true, availableMemoryRatio: 0.9, maxUsedCpuRatio: 1 });
  const crawler = new CheerioCrawler({
    minConcurrency: concurrency, maxConcurrency: concurrency, maxRequestRetries: 1, maxRequestsPerCrawl: pageUrls.length * 2,
    useSessionPool: false, persistCookiesPerSession: false, respectRobotsTxtFile: false, sameDomainDelaySecs: 0,
    statisticsOptions: { logIntervalSecs: 3_600, persistenceOptions: { enable: false } },
    requestHandler: async ({ $, enqueueLinks }) => {
      result.pages += 1;
      if ($('title').text() === '' || $('body').text() === '') result.failed += 1;
      const { processedRequests } = await enqueueLinks({ strategy: 'same-hostname' });
      result.links += processedRequests.length;
    },
    failedRequestHandler: () => { result.failed += 1; },
  }, configuration);
  await crawler.run(startUrls);
  return result;
});
