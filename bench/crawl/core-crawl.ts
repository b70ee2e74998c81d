/** Leadline's fetcher and reader alone: guard, limits, charset, links, text, facts, e-mail addresses; nothing stored, nothing queued. */
import { Fetcher } from '../../src/services/crawler/fetcher.js';
import { AddressGuard } from '../../src/services/crawler/guard.js';
import { PageReader } from '../../src/services/crawler/page-reader.js';
import { RenderMode } from '../../src/entities/enums.js';
import { createLogger } from '../../src/logger.js';
import { defaultReadingThreads, ReadingThreads } from '../../src/workers/reading-threads.js';
import { answer } from './in-process.js';

answer(async ({ pageUrls, port, concurrency }) => {
  const guard = new AddressGuard({ ports: [port], allowCidrs: ['127.0.0.0/8'], viaProxy: false });
  const fetcher = new Fetcher({ guard, userAgent: 'LeadlineBench/1.0', connectTimeoutMs: 5_000, headersTimeoutMs: 10_000, totalTimeoutMs: 20_000, maxBytes: 5_000_000, maxRedirects: 5 });
  const threads = new ReadingThreads(defaultReadingThreads(), createLogger('warn'));
  const reader = new PageReader(fetcher, null, threads.parse, { userAgent: 'bench/1', honourNoindex: false });
  const result = { pages: 0, failed: 0, links: 0, addresses: 0 };
  let at = 0;
  const worker = async (): Promise<void> => {
    const { signal } = new AbortController();
    for (let url = pageUrls[at++]; url !== undefined; url = pageUrls[at++]) {
      const page = await reader.read(url, { signal, render: RenderMode.HTTP });
      if (page.content === null) { result.failed += 1; continue; }
      result.pages += 1;
      result.links += page.content.reading.links.length;
      result.addresses += page.content.found.length;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  await threads.close();
  await fetcher.close();
  return result;
});
