/** The other side of ReadingThreads: reads pages on a thread of its own, one at a time, in the order they come. */
import { parentPort } from 'node:worker_threads';
import { parsePage, type ParseRequest } from '../services/crawler/parse-page.js';
import { extractEmails } from '../services/email/extract.js';

parentPort?.on('message', ({ id, request }: { id: number; request: ParseRequest }) => {
  try {
    parentPort?.postMessage({ id, page: parsePage(request, extractEmails) });
  } catch (error) {
    parentPort?.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
});
