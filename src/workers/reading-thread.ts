/** The other side of ReadingThreads: reads pages on a thread of its own, one at a time, in the order they come. */
import { parentPort } from 'node:worker_threads';
import { parsePage, type ParseRequest } from '../services/crawler/parse-page.js';
import { searchAddresses } from '../services/email/extract.js';

async function answer({ id, request }: { id: number; request: ParseRequest }): Promise<void> {
  try {
    parentPort?.postMessage({ id, page: await parsePage(request, searchAddresses) });
  } catch (error) {
    parentPort?.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
}

let last = Promise.resolve();
parentPort?.on('message', (message: { id: number; request: ParseRequest }) => {
  last = last.then(() => answer(message));
});
