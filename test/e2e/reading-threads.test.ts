import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/logger.js';
import { parsePage, type ParsedPage, type ParseRequest } from '../../src/services/crawler/parse-page.js';
import { searchAddresses } from '../../src/services/email/extract.js';
import type { ReadingThreads } from '../../src/workers/reading-threads.js';

/** Threads load built JavaScript, so what starts them does too. One pool for all: a thread takes as long to start as a hundred pages to read. */
const limits = { pageMs: 60_000, heapMb: 1_024 };
let threads: ReadingThreads;
const built = async (): Promise<{ ReadingThreads: new (...options: ConstructorParameters<typeof ReadingThreads>) => ReadingThreads }> => await import(pathToFileURL(resolve('dist/src/workers/reading-threads.js')).href) as Awaited<ReturnType<typeof built>>;
beforeAll(async () => {
  const { ReadingThreads: Threads } = await built();
  threads = new Threads(1, createLogger('silent'), limits);
});
afterAll(() => threads.close());
const page = (html: string): ParseRequest => ({ source: { html }, url: 'https://firm.example/', withAddresses: true });
const parse = (request: ParseRequest, signal = new AbortController().signal): Promise<ParsedPage> => threads.parse(request, signal);
const long = 'A company of people who repair clocks, and have done so for a long time, in a small town by the sea. '.repeat(5);

describe('pages read on other threads', () => {
  it('come back each to whom they belong, with text and addresses', async () => {
    const read = await Promise.all(Array.from({ length: 40 }, (_, at) => parse(page(`<title>Page ${at}</title><p>${long}</p><p>mail-${at}@firm-${at}.com</p>`))));
    expect(read.map(({ reading }) => reading.title)).toEqual(Array.from({ length: 40 }, (_, at) => `Page ${at}`));
    expect(read.map(({ found }) => found.map(({ address }) => address))).toEqual(Array.from({ length: 40 }, (_, at) => [`mail-${at}@firm-${at}.com`]));
  });

  it('are what the main thread would read, also from bytes in another charset', async () => {
    const request: ParseRequest = { ...page(''), source: { body: Buffer.from(`<title>Café</title><p>${long}</p><a href="mailto:info@firm-a.com">Write</a>`, 'latin1'), contentType: 'text/html; charset=iso-8859-1' } };
    const there = await parse(request);
    expect(there).toEqual(await parsePage(request, searchAddresses));
    expect(there.reading.title).toBe('Café');
  });

  it('are given up when they take too long, their thread with them, and no other page', async () => {
    expect((await parse(page(`<title>Before</title><p>${long}</p>`))).reading.title).toBe('Before');
    // A page's clock starts with what is the limit then: only this one has a millisecond.
    limits.pageMs = 1;
    const slow = expect(parse(page('<p>a<b>b</b><a href="/c">c</a></p>'.repeat(50_000)))).rejects.toMatchObject({ code: 'PARSE_FAILED' });
    limits.pageMs = 60_000;
    const after = parse(page(`<title>After</title><p>${long}</p>`));
    await slow;
    expect((await after).reading.title).toBe('After');
  });

  it('are given up when they eat memory, their thread with them, and neither the process nor another page', async () => {
    const { ReadingThreads: Threads } = await built();
    const small = new Threads(1, createLogger('silent'), { pageMs: 60_000, heapMb: 48 });
    try {
      const there = (html: string): Promise<ParsedPage> => small.parse(page(html), new AbortController().signal);
      const large = expect(there(Array.from({ length: 100_000 }, (_, at) => `<a href="mailto:a${at}@firm${at}.com">${at}</a>`).join(''))).rejects.toMatchObject({ code: 'PARSE_FAILED' });
      const after = there(`<title>After</title><p>${long}</p>`);
      await large;
      expect((await after).reading.title).toBe('After');
    } finally {
      await small.close();
    }
  });

  it('keep nobody waiting who has stopped, and the next page is read', async () => {
    const stop = new AbortController();
    const dropped = expect(parse(page(`<p>${long}</p>`), stop.signal)).rejects.toThrow('no longer wanted');
    const next = parse(page(`<title>Next</title><p>${long}</p>`));
    stop.abort(new Error('no longer wanted'));
    await dropped;
    expect((await next).reading.title).toBe('Next');
  });

  it('are refused, not forgotten, when the process shuts down, waiting or new', async () => {
    const waiting = expect(parse(page(long))).rejects.toThrow('shutting down');
    await threads.close();
    await waiting;
    await expect(parse(page(long))).rejects.toThrow('shutting down');
  });
});
