import { createHash } from 'node:crypto';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { LeadlineError } from '../../../src/errors.js';
import { Fetcher, type FetcherOptions } from '../../../src/services/crawler/fetcher.js';
import { AddressGuard } from '../../../src/services/crawler/guard.js';
import { freePort } from '../../../src/free-port.js';
import { closeAll, forwardProxy, tcpServer, webServer } from './servers.js';

const fetchers: Fetcher[] = [];

function fetcherFor(ports: number[], options: Partial<FetcherOptions> = {}): Fetcher {
  const guard = new AddressGuard({ ports, allowCidrs: ['127.0.0.1/32'], viaProxy: options.proxyUrl !== undefined });
  const fetcher = new Fetcher({
    guard, userAgent: 'TestBot/1.0 (+http://bot.example/)', connectTimeoutMs: 2000, headersTimeoutMs: 3000, totalTimeoutMs: 5000,
    maxBytes: 100_000, maxRedirects: 5, ...options,
  });
  fetchers.push(fetcher);
  return fetcher;
}

async function failure(promise: Promise<unknown>): Promise<LeadlineError> {
  const error: unknown = await promise.then(() => new Error('it did not fail'), (reason: unknown) => reason);
  if (!(error instanceof LeadlineError)) throw error;
  return error;
}

afterEach(async () => {
  for (const fetcher of fetchers.splice(0)) await fetcher.close();
  await closeAll();
});

const PAGE = '<!doctype html><title>Grüße</title>';

describe('Fetcher', () => {
  it('brings back status, headers, body and its hash, and says who asks', async () => {
    const asked: Record<string, unknown>[] = [];
    const port = await webServer((request, response) => {
      asked.push(request.headers);
      response.writeHead(404, { 'content-type': 'text/html; charset=utf-8', 'x-a': 'b' }).end(PAGE);
    });
    const url = `http://127.0.0.1:${port}/x?y=1`;
    const result = await fetcherFor([port]).fetch(url);
    expect(result).toMatchObject({ url, finalUrl: url, status: 404, redirects: [], contentType: 'text/html; charset=utf-8', unsupported: false });
    expect(result.headers['x-a']).toBe('b');
    expect(result.body.toString()).toBe(PAGE);
    expect(result.contentHash).toBe(createHash('sha256').update(PAGE).digest('hex'));
    expect(asked[0]?.['user-agent']).toBe('TestBot/1.0 (+http://bot.example/)');
  });

  it.each([
    ['gzip', gzipSync], ['br', brotliCompressSync], ['deflate', deflateSync], ['deflate', deflateRawSync],
    ['gzip, br', (data: string) => brotliCompressSync(gzipSync(data))], ['gzip', (data: string) => Buffer.from(data)],
    ['gzip', (data: string) => gzipSync(data).subarray(0, -6)],
  ])('unpacks %s', async (encoding, pack) => {
    const port = await webServer((_, response) => response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': encoding }).end(pack(PAGE)));
    expect((await fetcherFor([port]).fetch(`http://127.0.0.1:${port}/`)).body.toString()).toBe(PAGE);
  });

  it('stops a decompression bomb at the byte limit', async () => {
    const bomb = gzipSync(gzipSync(Buffer.alloc(30_000_000)));
    const port = await webServer((_, response) => response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip, gzip' }).end(bomb));
    const fetcher = fetcherFor([port]);
    expect((await failure(fetcher.fetch(`http://127.0.0.1:${port}/`))).code).toBe('BODY_TOO_LARGE');
    const beginning = await fetcher.fetch(`http://127.0.0.1:${port}/`, { truncate: true, accept: 'any', maxBytes: 70_000 });
    expect(beginning).toMatchObject({ truncated: true });
    expect(beginning.body.length).toBeLessThanOrEqual(70_000);
  });

  it('refuses a body over the limit, announced or not, and takes one that just fits', async () => {
    const port = await webServer((request, response) => {
      const size = Number(request.url?.slice(1));
      response.writeHead(200, { 'content-type': 'text/plain', ...(size % 2 === 0 ? { 'content-length': size } : {}) });
      response.end('a'.repeat(size));
    });
    const fetcher = fetcherFor([port], { maxBytes: 5000 });
    expect((await failure(fetcher.fetch(`http://127.0.0.1:${port}/5002`))).code).toBe('BODY_TOO_LARGE');
    expect((await failure(fetcher.fetch(`http://127.0.0.1:${port}/5001`))).code).toBe('BODY_TOO_LARGE');
    expect((await fetcher.fetch(`http://127.0.0.1:${port}/5000`)).body.length).toBe(5000);
  });

  it('does not read what is no page, by its type or by its bytes', async () => {
    const types: Record<string, [string | undefined, Buffer]> = {
      '/pdf': ['application/pdf', Buffer.from('x')], '/png': ['image/png', Buffer.from('x')], '/html': ['TEXT/HTML;charset=x', Buffer.from('<p>x')],
      '/xhtml': ['application/xhtml+xml', Buffer.from('<p/>')], '/none': [undefined, Buffer.from('<p>x')],
      '/hidden': ['text/plain', Buffer.from([0x25, 0x00, 0x01])], '/rss': ['application/rss+xml', Buffer.from('<rss/>')],
    };
    const port = await webServer((request, response) => {
      const [type, body] = types[request.url ?? ''] ?? [undefined, Buffer.alloc(0)];
      response.writeHead(200, type === undefined ? {} : { 'content-type': type }).end(body);
    });
    const fetcher = fetcherFor([port]);
    const unsupported: string[] = [];
    for (const path of Object.keys(types)) {
      const result = await fetcher.fetch(`http://127.0.0.1:${port}${path}`);
      if (result.unsupported) {
        unsupported.push(path);
        expect(result.body.length).toBe(0);
      }
    }
    expect(unsupported).toEqual(['/pdf', '/png', '/hidden']);
    expect((await fetcher.fetch(`http://127.0.0.1:${port}/pdf`, { accept: 'any' })).body.toString()).toBe('x');
  });

  it('follows redirects hop by hop and tells the caller before each', async () => {
    const port = await webServer((request, response) => {
      const next: Record<string, string> = { '/a': '/b', '/b': '../c?x=1#frag' };
      const to = next[request.url ?? ''];
      if (to === undefined) response.writeHead(200, { 'content-type': 'text/html' }).end('end');
      else response.writeHead(302, { location: to }).end();
    });
    const base = `http://127.0.0.1:${port}`;
    const hops: string[] = [];
    const result = await fetcherFor([port]).fetch(`${base}/a`, { onHop: async (url) => void hops.push(url) });
    expect(hops).toEqual([`${base}/b`, `${base}/c?x=1`]);
    expect(result).toMatchObject({ finalUrl: `${base}/c?x=1`, redirects: hops, status: 200 });
    const refused = failure(fetcherFor([port]).fetch(`${base}/a`, { onHop: () => Promise.reject(new LeadlineError('ROBOTS_DISALLOWED', 'no')) }));
    expect((await refused).code).toBe('ROBOTS_DISALLOWED');
  });

  it('reads a Location in raw UTF-8 as browsers do', async () => {
    const port = await tcpServer((socket) => socket.once('data', (data) => {
      const found = data.toString().startsWith('GET /%C3%BCber ');
      socket.end(Buffer.from(found ? 'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\nok' : 'HTTP/1.1 302 Found\r\nlocation: /über\r\ncontent-length: 0\r\n\r\n'));
    }));
    expect((await fetcherFor([port]).fetch(`http://127.0.0.1:${port}/`)).body.toString()).toBe('ok');
  });

  it('never follows a redirect to a forbidden address', async () => {
    const targets = ['http://10.0.0.1/', 'http://[::1]/', 'http://169.254.169.254/', 'http://127.0.0.1:22/', 'file:///etc/passwd', 'http://localhost.localdomain:1/'];
    const port = await webServer((request, response) => response.writeHead(301, { location: targets[Number(request.url?.slice(1))] ?? '' }).end());
    for (const index of targets.keys()) {
      expect((await failure(fetcherFor([port]).fetch(`http://127.0.0.1:${port}/${index}`))).code).toMatch(/^URL_(FORBIDDEN|INVALID)$/);
    }
  });

  it('gives back the redirect itself when there are too many or they go in circles', async () => {
    let asked = 0;
    const port = await webServer((request, response) => {
      asked += 1;
      const step = Number(request.url?.slice(1));
      response.writeHead(302, { location: request.url === '/loop' ? '/loop' : `/${step + 1}` }).end();
    });
    const fetcher = fetcherFor([port]);
    expect(await fetcher.fetch(`http://127.0.0.1:${port}/0`)).toMatchObject({ status: 302, finalUrl: `http://127.0.0.1:${port}/5` });
    expect(asked).toBe(6);
    expect(await fetcher.fetch(`http://127.0.0.1:${port}/loop`)).toMatchObject({ status: 302, redirects: [] });
    expect(asked).toBe(7);
  });

  it('takes the cookie of a site that will not show a page without one', async () => {
    const port = await webServer((request, response) => {
      if (request.headers.cookie === 'seen=1') response.writeHead(200, { 'content-type': 'text/html' }).end('welcome');
      else response.writeHead(302, { location: '/', 'set-cookie': 'seen=1; Path=/; HttpOnly' }).end();
    });
    expect((await fetcherFor([port]).fetch(`http://127.0.0.1:${port}/`)).body.toString()).toBe('welcome');
  });

  it.each([
    ['2', 2000], ['0', 1000], ['999999', 900_000], ['soon', 30_000], [undefined, 30_000], [new Date(Date.now() + 86_400_000).toUTCString(), 900_000],
  ])('waits as long as the site asks: Retry-After %s', async (header, afterMs) => {
    const port = await webServer((request, response) => response.writeHead(request.url === '/429' ? 429 : 503, header === undefined ? {} : { 'retry-after': header }).end());
    for (const path of ['/429', '/503']) {
      const error = await failure(fetcherFor([port]).fetch(`http://127.0.0.1:${port}${path}`));
      expect(error).toMatchObject({ code: 'HOST_RATE_LIMITED', retry: { afterMs }, details: { retryAfterMs: afterMs } });
    }
  });

  it('gives up on servers that answer late, drip, or say nothing', async () => {
    const port = await webServer((request, response) => {
      if (request.url === '/silent') return;
      response.writeHead(200, { 'content-type': 'text/html' });
      const drip = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(drip));
    });
    const fetcher = fetcherFor([port], { totalTimeoutMs: 300, headersTimeoutMs: 200 });
    for (const path of ['/silent', '/drip']) {
      expect(await failure(fetcher.fetch(`http://127.0.0.1:${port}${path}`))).toMatchObject({ code: 'NETWORK_TIMEOUT', retry: 'backoff' });
    }
  });

  it('names what broke: reset, refused, TLS, DNS', async () => {
    const reset = await tcpServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const garbage = await tcpServer((socket) => socket.once('data', () => socket.end('this is not HTTP\r\n\r\n')));
    const dead = await freePort();
    const fetcher = fetcherFor([reset, garbage, dead]);
    expect((await failure(fetcher.fetch(`http://127.0.0.1:${reset}/`))).code).toBe('NETWORK_RESET');
    expect((await failure(fetcher.fetch(`http://127.0.0.1:${garbage}/`))).code).toBe('NETWORK_RESET');
    expect((await failure(fetcher.fetch(`http://127.0.0.1:${dead}/`))).code).toBe('NETWORK_RESET');
    expect((await failure(fetcher.fetch(`https://127.0.0.1:${garbage}/`))).code).toBe('NETWORK_TLS');
    expect((await failure(fetcher.fetch(`http://no-such-host.invalid:${dead}/`))).code).toBe('NETWORK_DNS');
  });

  it('ends at once with the reason of its signal', async () => {
    const port = await webServer(() => undefined);
    const controller = new AbortController();
    const running = fetcherFor([port]).fetch(`http://127.0.0.1:${port}/`, { signal: controller.signal });
    controller.abort(new Error('job cancelled'));
    await expect(running).rejects.toThrow('job cancelled');
  });
});

describe('Fetcher through a proxy', () => {
  it('asks for http pages in absolute form and tunnels https', async () => {
    const site = await webServer((request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(`host ${request.headers.host ?? ''}`));
    const log: string[] = [];
    const proxy = await forwardProxy({ 'clinic.example': site, 'tls.example': site }, log);
    const fetcher = fetcherFor([80, 443], { proxyUrl: `http://127.0.0.1:${proxy}` });
    expect((await fetcher.fetch('http://clinic.example/about?x=1')).body.toString()).toBe('host clinic.example');
    expect((await failure(fetcher.fetch('https://tls.example/'))).code).toBe('NETWORK_TLS');
    expect(log).toEqual(['GET http://clinic.example/about?x=1', 'CONNECT tls.example:443']);
  });

  it('tells an unknown host from a proxy that is down', async () => {
    const proxy = await forwardProxy({}, []);
    const fetcher = fetcherFor([80, 443], { proxyUrl: `http://127.0.0.1:${proxy}` });
    expect((await failure(fetcher.fetch('http://nobody.example/'))).code).toBe('NETWORK_DNS');
    expect((await failure(fetcher.fetch('https://nobody.example/'))).code).toBe('NETWORK_DNS');
    const dead = fetcherFor([80, 443], { proxyUrl: `http://127.0.0.1:${await freePort()}` });
    for (const url of ['http://clinic.example/', 'https://clinic.example/']) {
      expect(await failure(dead.fetch(url))).toMatchObject({ code: 'SERVICE_UNAVAILABLE', details: { dependency: 'proxy' }, retry: 'backoff' });
    }
  });

  it("keeps a site's own 502 apart from the proxy's", async () => {
    const site = await webServer((_, response) => response.writeHead(502, { 'content-type': 'text/html', server: 'nginx' }).end('bad gateway'));
    const proxy = await forwardProxy({ 'clinic.example': site }, []);
    const fetcher = fetcherFor([80], { proxyUrl: `http://127.0.0.1:${proxy}` });
    expect((await fetcher.fetch('http://clinic.example/')).status).toBe(502);
  });

  it('refuses forbidden targets before the proxy hears of them', async () => {
    const log: string[] = [];
    const proxy = await forwardProxy({}, log);
    const guard = new AddressGuard({ ports: [80, 443], allowCidrs: [], viaProxy: true });
    const fetcher = fetcherFor([], { proxyUrl: `http://127.0.0.1:${proxy}`, guard });
    for (const url of ['http://127.0.0.1/', 'http://db.internal/', 'http://2130706433/', 'http://metadata.google.internal/', 'http://clinic.example:22/']) {
      expect((await failure(fetcher.fetch(url))).code).toBe('URL_FORBIDDEN');
    }
    expect(log).toEqual([]);
  });
});
