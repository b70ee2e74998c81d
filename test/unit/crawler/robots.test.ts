import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { LeadlineError } from '../../../src/errors.js';
import { Fetcher } from '../../../src/services/crawler/fetcher.js';
import { AddressGuard } from '../../../src/services/crawler/guard.js';
import { parseRobots, RobotsCache } from '../../../src/services/crawler/robots.js';
import { parseSitemap, readSitemap } from '../../../src/services/crawler/sitemap.js';
import { closeAll, tcpServer, webServer } from './servers.js';

const ORIGIN = 'https://example.com';
const AGENT = 'FooBot/1.0 (+https://foo.example/bot)';
const allowed = (text: string, path: string, agent = AGENT): boolean => parseRobots(ORIGIN, text, agent, 200).allowed(ORIGIN + path).allowed;

describe('parseRobots', () => {
  it.each<[string, string, string, boolean]>([
    ['an empty file', '', '/x', true],
    ['a prohibition by prefix', 'User-agent: *\nDisallow: /a', '/abc', false],
    ['paths that only contain the prefix', 'User-agent: *\nDisallow: /a', '/b/a', true],
    ['our group over the general one', 'User-agent: *\nDisallow: /\nUser-agent: foobot\nDisallow: /x', '/y', true],
    ['the token in any case', 'USER-AGENT: FOOBOT\nDISALLOW: /', '/', false],
    ['a version in the name', 'User-agent: FooBot/2.1\nDisallow: /', '/', false],
    ['a longer name that begins alike', 'User-agent: FooBotNews\nDisallow: /', '/', true],
    ['groups with our name, merged', 'User-agent: FooBot\nDisallow: /a\n\nUser-agent: *\nAllow: /\n\nUser-agent: FooBot\nDisallow: /b', '/b', false],
    ['several names for one group', 'User-agent: Bar\nUser-agent: FooBot\nDisallow: /', '/', false],
    ['blank lines and foreign lines between names', 'User-agent: FooBot\n\nSitemap: https://example.com/s.xml\nCrawl-delay: 2\nUser-agent: Bar\nDisallow: /', '/', false],
    ['a group of others', 'User-agent: Bar\nDisallow: /', '/', true],
    ['an empty group of ours', 'User-agent: FooBot\nDisallow:\nUser-agent: *\nDisallow: /', '/', true],
    ['rules before any name', 'Disallow: /\nUser-agent: Bar\nDisallow: /', '/', true],
    ['the longest match', 'User-agent: *\nDisallow: /p\nAllow: /page', '/page1', true],
    ['the longest match, whatever the order', 'User-agent: *\nAllow: /page\nDisallow: /p', '/page1', true],
    ['Allow on a tie', 'User-agent: *\nDisallow: /page\nAllow: /page', '/page', true],
    ['wildcards', 'User-agent: *\nDisallow: /*.pdf$', '/a/b.pdf', false],
    ['the end anchor', 'User-agent: *\nDisallow: /*.pdf$', '/a/b.pdf?x', true],
    ['a dollar that is no anchor', 'User-agent: *\nDisallow: /a$b', '/a$b/c', false],
    ['an encoded star in the rule', 'User-agent: *\nDisallow: /a%2A.html', '/a*.html', false],
    ['letters in other alphabets', 'User-agent: *\nDisallow: /über', '/%C3%BCber-uns', false],
    ['escapes in lower case', 'User-agent: *\nDisallow: /%c3%bcber', '/%C3%BCber', false],
    ['needless escapes', 'User-agent: *\nDisallow: /%62ar', '/bar', false],
    ['brackets', 'User-agent: *\nDisallow: /a[1]', '/a[1]', false],
    ['queries', 'User-agent: *\nDisallow: /*?print=', '/page?print=1', false],
    ['comments', 'User-agent: * # all\nDisallow: /x # not this', '/x', false],
    ['a missing colon', 'User-agent *\nDisallow /x', '/x', false],
    ['a common misspelling', 'user agent: *\nDissallow: /x', '/x', false],
    ['carriage returns and a byte order mark', '\uFEFFUser-agent: *\rDisallow: /x\r\n', '/x', false],
    ['robots.txt itself', 'User-agent: *\nDisallow: /', '/robots.txt', true],
    ['case of the path', 'User-agent: *\nDisallow: /X', '/x', true],
  ])('reads %s', (_, text, path, expected) => {
    expect(allowed(text, path)).toBe(expected);
  });

  it('names the line that decided', () => {
    const policy = parseRobots(ORIGIN, 'User-agent: *\nDisallow:   /private  # secret\nAllow: /private/contact', AGENT, 200);
    expect(policy.allowed(`${ORIGIN}/private/x`)).toEqual({ allowed: false, rule: 'Disallow:   /private' });
    expect(policy.allowed(`${ORIGIN}/private/contact`)).toEqual({ allowed: true, rule: 'Allow: /private/contact' });
    expect(policy.allowed(`${ORIGIN}/`)).toEqual({ allowed: true, rule: null });
    expect(() => policy.assertAllowed(`${ORIGIN}/private/x`)).toThrow(expect.objectContaining({ code: 'ROBOTS_DISALLOWED', details: { rule: 'Disallow:   /private' } }) as Error);
    expect(policy.allowed('https://other.example/').allowed).toBe(false);
  });

  it('reads delay, sitemaps and the list of prohibitions', () => {
    const text = 'User-agent: *\nCrawl-delay: 2.5\nDisallow: /a\nDisallow: /b*c\nSitemap: /s1.xml\nsitemap: https://cdn.example/s2.xml\nSitemap: ftp://x/';
    expect(parseRobots(ORIGIN, text, AGENT, 200)).toMatchObject({ crawlDelayMs: 2500, disallowed: ['/a', '/b*c'], sitemaps: [`${ORIGIN}/s1.xml`, 'https://cdn.example/s2.xml'] });
    expect(parseRobots(ORIGIN, 'User-agent: *\nCrawl-delay: 86400', AGENT, 200).crawlDelayMs).toBe(30_000);
    expect(parseRobots(ORIGIN, 'User-agent: *\nCrawl-delay: soon', AGENT, 200).crawlDelayMs).toBe(0);
    expect(parseRobots(ORIGIN, 'User-agent: Bar\nCrawl-delay: 9', AGENT, 200).crawlDelayMs).toBe(0);
  });

  it('survives patterns made to be slow', () => {
    const line = `Disallow: /${'*a'.repeat(1000)}b\n`;
    expect(allowed(`User-agent: *\n${line.repeat(10)}`, `/${'a'.repeat(1900)}`)).toBe(true);
    expect(allowed(`User-agent: *\nDisallow: ${'*'.repeat(400_000)}`, '/x')).toBe(false);
  });
});

describe('RobotsCache', () => {
  const fetchers: Fetcher[] = [];
  afterEach(async () => {
    for (const fetcher of fetchers.splice(0)) await fetcher.close();
    await closeAll();
  });

  function cacheFor(ports: number[], now: () => number = Date.now, maxEntries = 10): RobotsCache {
    const guard = new AddressGuard({ ports, allowCidrs: ['127.0.0.0/8'], viaProxy: false });
    const fetcher = new Fetcher({ guard, userAgent: AGENT, connectTimeoutMs: 1000, headersTimeoutMs: 300, totalTimeoutMs: 600, maxBytes: 10_000, maxRedirects: 5 });
    fetchers.push(fetcher);
    return new RobotsCache({ fetcher, userAgent: AGENT, now, maxEntries });
  }

  it.each([[200, true, false], [404, true, false], [401, true, false], [403, true, false], [410, true, false], [500, false, true], [503, false, true], [599, false, true]])(
    'for status %i allows: %s', async (status, expected, isUnreachable) => {
      const port = await webServer((_, response) => response.writeHead(status).end('User-agent: *\nDisallow: /private'));
      const policy = await cacheFor([port]).policyFor(`http://127.0.0.1:${port}/page`);
      expect(policy).toMatchObject({ status, unreachable: isUnreachable });
      expect(policy.allowed(`http://127.0.0.1:${port}/page`).allowed).toBe(expected);
      expect(policy.allowed(`http://127.0.0.1:${port}/private`).allowed).toBe(expected && status !== 200);
      if (isUnreachable) expect(() => policy.assertAllowed(`http://127.0.0.1:${port}/page`)).toThrow(expect.objectContaining({ code: 'ROBOTS_UNREACHABLE' }) as Error);
    });

  it('disallows everything when there is no answer', async () => {
    const silent = await webServer(() => undefined);
    const broken = await tcpServer((socket) => socket.destroy());
    for (const port of [silent, broken]) {
      const policy = await cacheFor([port]).policyFor(`http://127.0.0.1:${port}/`);
      expect(policy).toMatchObject({ status: null, unreachable: true });
      expect(policy.allowed(`http://127.0.0.1:${port}/`).allowed).toBe(false);
    }
  });

  it('says that a host does not exist, and that one asks for a pause', async () => {
    const port = await webServer((_, response) => response.writeHead(429, { 'retry-after': '7' }).end());
    const cache = cacheFor([port, 80]);
    await expect(cache.policyFor('http://no-such-site.invalid/')).rejects.toMatchObject({ code: 'NETWORK_DNS' });
    await expect(cache.policyFor(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'HOST_RATE_LIMITED', retry: { afterMs: 7000 } });
  });

  it('follows five redirects, to other hosts too, and applies the rules to the first one; a sixth means there is none', async () => {
    const other = await webServer((request, response) => {
      const [, left, length] = (request.url ?? '').split('/').map(Number);
      if (left === 0) response.writeHead(200).end('User-agent: *\nDisallow: /x');
      else response.writeHead(301, { location: `/${(left ?? 0) - 1}/${length ?? 0}` }).end();
    });
    for (const [redirects, status, mayCrawl] of [[5, 200, false], [6, 301, true]] as const) {
      const port = await webServer((_, response) => response.writeHead(302, { location: `http://127.0.0.1:${other}/${redirects - 1}/0` }).end());
      const policy = await cacheFor([port, other]).policyFor(`http://127.0.0.1:${port}/`);
      expect(policy).toMatchObject({ status, unreachable: false });
      expect(policy.allowed(`http://127.0.0.1:${port}/x`).allowed).toBe(mayCrawl);
    }
  });

  it('reads the first 500 KiB of a file that is longer', async () => {
    const filler = '# filler\n'.repeat(60_000);
    const port = await webServer((_, response) => response.writeHead(200).end(`User-agent: *\nDisallow: /early\n${filler}Disallow: /late\n`));
    const policy = await cacheFor([port]).policyFor(`http://127.0.0.1:${port}/`);
    expect(policy.text.length).toBe(500 * 1024);
    expect(policy.allowed(`http://127.0.0.1:${port}/early`).allowed).toBe(false);
    expect(policy.allowed(`http://127.0.0.1:${port}/late`).allowed).toBe(true);
  });

  it('asks once for callers at the same time, keeps the answer for a day, and asks again soon after an outage', async () => {
    let asked = 0;
    let status = 500;
    let clock = 0;
    const port = await webServer((_, response) => {
      asked += 1;
      response.writeHead(status).end('');
    });
    const url = `http://127.0.0.1:${port}/`;
    const cache = cacheFor([port], () => clock);
    await Promise.all([cache.policyFor(url), cache.policyFor(`${url}x`), cache.policyFor(`${url}y`)]);
    expect(asked).toBe(1);
    status = 200;
    clock += 5 * 60_000;
    expect((await cache.policyFor(url)).status).toBe(200);
    clock += 24 * 60 * 60_000 - 1;
    await cache.policyFor(url);
    expect(asked).toBe(2);
    clock += 1;
    await cache.policyFor(url);
    expect(asked).toBe(3);
  });

  it('forgets the least recently used site when it is full', async () => {
    const asked: number[] = [];
    const ports: number[] = [];
    for (const index of [0, 1, 2]) {
      ports.push(await webServer((_, response) => {
        asked.push(index);
        response.writeHead(404).end();
      }));
    }
    const cache = cacheFor(ports, Date.now, 2);
    for (const index of [0, 1, 0, 2, 0, 1]) await cache.policyFor(`http://127.0.0.1:${ports[index] ?? 0}/`);
    expect(asked).toEqual([0, 1, 2, 1]);
  });

  it('lets a caller go whose signal is aborted while the others still get their answer', async () => {
    const waiting: (() => void)[] = [];
    const port = await webServer((_, response) => {
      waiting.push(() => response.writeHead(404).end());
      controller.abort(new Error('cancelled'));
    });
    const controller = new AbortController();
    const cache = cacheFor([port]);
    const first = cache.policyFor(`http://127.0.0.1:${port}/`, controller.signal);
    const second = cache.policyFor(`http://127.0.0.1:${port}/`);
    await expect(first).rejects.toThrow('cancelled');
    waiting[0]?.();
    await expect(second).resolves.toMatchObject({ status: 404 });
  });

  it('is a typed error, not a crash, for addresses that may not be crawled', async () => {
    await expect(cacheFor([80]).policyFor('http://10.0.0.1/')).rejects.toBeInstanceOf(LeadlineError);
  });
});

describe('parseSitemap', () => {
  const list = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="urn:i"><url><loc> https://example.com/a?x=1&amp;y=2 </loc><image:image><image:loc>https://example.com/i.png</image:loc></image:image></url><url><loc><![CDATA[https://example.com/b]]></loc></url><url><loc>https://example.com/b</loc></url></urlset>';

  it('reads lists, indexes, plain text and gzip', async () => {
    const expected = ['https://example.com/a?x=1&y=2', 'https://example.com/b'];
    expect(await parseSitemap(Buffer.from(list))).toEqual(expected);
    expect(await parseSitemap(gzipSync(list))).toEqual(expected);
    expect(await readSitemap(Buffer.from('<sitemapindex><sitemap><loc>https://example.com/s.xml.gz</loc></sitemap></sitemapindex>'))).toEqual({ kind: 'index', locations: ['https://example.com/s.xml.gz'] });
    expect(await parseSitemap(Buffer.from('\uFEFFhttps://example.com/a\r\nnot a url\nhttps://example.com/b'))).toEqual(['https://example.com/a', 'https://example.com/b']);
    expect(await parseSitemap(Buffer.from('<ns:urlset><ns:url><ns:loc>https://example.com/n</ns:loc></ns:url></ns:urlset>'))).toEqual(['https://example.com/n']);
  });

  it('keeps what is good in a broken file and never throws', async () => {
    expect(await parseSitemap(Buffer.from(list.slice(0, list.indexOf('<image:image>'))))).toEqual(['https://example.com/a?x=1&y=2']);
    expect(await parseSitemap(Buffer.from('<html><body><a href="/x">404</a></body></html>'))).toEqual([]);
    expect(await parseSitemap(Buffer.from([0x1f, 0x8b, 1, 2, 3]))).toEqual([]);
    expect(await parseSitemap(Buffer.alloc(0))).toEqual([]);
  });
});
