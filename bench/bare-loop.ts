/**
 * What a user would write instead of installing a crawler: undici in a loop. Runs in a thread of its own, so that
 * it does not share its event loop with the servers it reads from (the product does not either).
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Agent } from 'undici';
import { PLAIN_READERS, type PlainReader } from './plain-readers.js';

export interface BarePage { host: string; url: string }
export interface BareResult { seconds: number; pages: number; failed: number; bytes: number; found: [string, string[]][] }
interface BareTask { proxyUrl: string; pages: BarePage[]; concurrency: number; reader: PlainReader }

/** Reads all pages, `concurrency` at a time, through the proxy. */
export async function bareLoop(task: BareTask): Promise<BareResult> {
  const worker = new Worker(new URL(import.meta.url), { workerData: task });
  try {
    return await new Promise<BareResult>((done, fail) => {
      worker.once('message', done);
      worker.once('error', fail);
      worker.once('exit', (code) => { fail(new Error(`the bare loop ended with code ${code}`)); });
    });
  } finally {
    await worker.terminate();
  }
}

async function run({ proxyUrl, pages, concurrency, reader: name }: BareTask): Promise<BareResult> {
  const agent = new Agent({ connections: concurrency });
  const found = new Map<string, Set<string>>();
  const result = { pages: 0, failed: 0, bytes: 0 };
  const waiting = [...pages];
  const reader = async (): Promise<void> => {
    for (let page = waiting.shift(); page; page = waiting.shift()) {
      try {
        const { statusCode, body } = await agent.request({ origin: proxyUrl, path: page.url, method: 'GET', headers: { host: new URL(page.url).host } });
        const html = await body.text();
        if (statusCode !== 200) { result.failed += 1; continue; }
        result.pages += 1;
        result.bytes += html.length;
        for (const address of PLAIN_READERS[name](html)) found.set(page.host, (found.get(page.host) ?? new Set()).add(address));
      } catch {
        result.failed += 1;
      }
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: concurrency }, reader));
  const seconds = (performance.now() - startedAt) / 1_000;
  await agent.close();
  return { ...result, seconds, found: [...found].map(([host, addresses]) => [host, [...addresses]]) };
}

if (!isMainThread && parentPort) parentPort.postMessage(await run(workerData as BareTask));
