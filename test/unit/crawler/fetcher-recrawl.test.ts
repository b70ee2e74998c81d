import * as zlib from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { LeadlineError } from '../../../src/errors.js';
import { Fetcher, type HostTurn } from '../../../src/services/crawler/fetcher.js';
import { AddressGuard } from '../../../src/services/crawler/guard.js';
import { closeAll, webServer } from './servers.js';

const fetchers: Fetcher[] = [];

function fetcherFor(port: number): Fetcher {
  const guard = new AddressGuard({ ports: [port], allowCidrs: ['127.0.0.1/32'], viaProxy: false });
  const fetcher = new Fetcher({ guard, userAgent: 'TestBot/1.0', connectTimeoutMs: 2000, headersTimeoutMs: 3000, totalTimeoutMs: 5000, maxBytes: 10_000, maxRedirects: 5 });
  fetchers.push(fetcher);
  return fetcher;
}

afterEach(async () => {
  for (const fetcher of fetchers.splice(0)) await fetcher.close();
  await closeAll();
});

describe('a page that was fetched before', () => {
  const validators = { etag: '"v1"', lastModified: 'Tue, 06 Jan 2026 09:00:00 GMT' };

  it('is asked for only if it changed, and 304 says that it did not', async () => {
    const port = await webServer((request, response) => {
      const isKnown = request.headers['if-none-match'] === '"v1"' && request.headers['if-modified-since'] === validators.lastModified;
      response.writeHead(isKnown ? 304 : 200, { 'content-type': 'text/html', etag: '"v1"' }).end(isKnown ? undefined : 'page');
    });
    const url = `http://127.0.0.1:${port}/`;
    expect(await fetcherFor(port).fetch(url)).toMatchObject({ status: 200, notModified: false, headers: { etag: '"v1"' } });
    const again = await fetcherFor(port).fetch(url, { validators });
    expect(again).toMatchObject({ status: 304, notModified: true, unsupported: false });
    expect(again.body).toHaveLength(0);
  });

  it('does not ask a redirect target for the version of another address', async () => {
    const asked: unknown[] = [];
    const port = await webServer((request, response) => {
      asked.push(request.headers['if-none-match']);
      if (request.url === '/old') response.writeHead(301, { location: '/new' }).end();
      else response.writeHead(200, { 'content-type': 'text/html' }).end('page');
    });
    await fetcherFor(port).fetch(`http://127.0.0.1:${port}/old`, { validators: { etag: '"v1"', lastModified: null } });
    expect(asked).toEqual(['"v1"', undefined]);
  });

  it('takes a 304 that nobody asked for as an answer without content', async () => {
    const port = await webServer((_, response) => response.writeHead(304).end());
    expect(await fetcherFor(port).fetch(`http://127.0.0.1:${port}/`)).toMatchObject({ status: 304, notModified: false });
  });
});

describe('the turn of a host', () => {
  it('is taken before each request, redirect hops included, and given back with what came of it', async () => {
    const port = await webServer((request, response) => {
      log.push(`request ${request.url ?? ''}`);
      if (request.url === '/a') response.writeHead(302, { location: '/b' }).end();
      else response.writeHead(429, { 'retry-after': '7' }).end();
    });
    const log: string[] = [];
    const turn = async (url: string): Promise<HostTurn> => {
      log.push(`take ${new URL(url).pathname}`);
      return { end: async (sinceAnswerMs, error) => void log.push(`end ${sinceAnswerMs !== null && sinceAnswerMs >= 0 ? 'answered' : 'silent'} ${error instanceof LeadlineError ? error.code : 'ok'}`) };
    };
    await expect(fetcherFor(port).fetch(`http://127.0.0.1:${port}/a`, { turn })).rejects.toMatchObject({ code: 'HOST_RATE_LIMITED' });
    expect(log).toEqual(['take /a', 'request /a', 'end answered ok', 'take /b', 'request /b', 'end answered HOST_RATE_LIMITED']);
    log.length = 0;
    await closeAll();
    await expect(fetcherFor(port).fetch(`http://127.0.0.1:${port}/a`, { turn })).rejects.toMatchObject({ code: 'NETWORK_RESET' });
    expect(log).toEqual(['take /a', 'end silent NETWORK_RESET']);
  });
});

describe('the meter of a fetch', () => {
  it('counts what a page unpacks to, and what was read of one that is refused', async () => {
    const port = await webServer((request, response) => {
      const packed = request.url === '/packed';
      response.writeHead(200, { 'content-type': 'text/html', ...(packed && { 'content-encoding': 'gzip' }) });
      response.end(packed ? zlib.gzipSync('a'.repeat(9_000)) : 'a'.repeat(30_000));
    });
    const meter = { bytes: 0 };
    await fetcherFor(port).fetch(`http://127.0.0.1:${port}/packed`, { meter });
    expect(meter.bytes).toBe(9_000);
    await expect(fetcherFor(port).fetch(`http://127.0.0.1:${port}/large`, { meter })).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
    expect(meter.bytes).toBe(19_000);
  });
});

describe('content encodings', () => {
  it('asks for zstd exactly where this Node can unpack it', async () => {
    const pack = (zlib as { zstdCompressSync?: (data: string) => Buffer }).zstdCompressSync;
    let asked = '';
    const port = await webServer((request, response) => {
      asked = String(request.headers['accept-encoding']);
      response.writeHead(200, { 'content-type': 'text/html', ...(pack && { 'content-encoding': 'zstd' }) }).end(pack ? pack('page') : 'page');
    });
    expect((await fetcherFor(port).fetch(`http://127.0.0.1:${port}/`)).body.toString()).toBe('page');
    expect(asked.split(', ')).toEqual(['gzip', 'deflate', 'br', ...(pack ? ['zstd'] : [])]);
  });
});
