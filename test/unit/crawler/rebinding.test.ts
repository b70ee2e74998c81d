import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { LeadlineError } from '../../../src/errors.js';
import { findChromium } from '../../../src/services/crawler/chromium.js';
import { Fetcher } from '../../../src/services/crawler/fetcher.js';
import { AddressGuard } from '../../../src/services/crawler/guard.js';
import { Renderer } from '../../../src/services/crawler/renderer.js';
import { startDns, type TestDns } from '../../support/table-dns.js';
import { closeAll, webServer } from './servers.js';

/**
 * A name whose owner answers each look-up as he likes. 127.0.0.1 is opened and stands for the public internet; 127.0.0.2
 * is not, and stands for the operator's network: the same port there must never hear of anything.
 */
interface Rebinder { guard: AddressGuard; dns: TestDns; port: number; heardInside: string[]; heardOutside: string[] }

const chromium = await findChromium(process.env.CHROMIUM_PATH);
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await closeAll();
});

async function rebinder(answers: (question: number) => string[], page: (url: string) => string): Promise<Rebinder> {
  const heardInside: string[] = [];
  const heardOutside: string[] = [];
  const port = await webServer((request, response) => {
    heardOutside.push(request.url ?? '');
    // Closed after each answer, so that every request needs an address again.
    response.writeHead(request.url === '/hop' ? 302 : 200, { 'content-type': 'text/html', connection: 'close', ...(request.url === '/hop' && { location: '/taken' }) }).end(page(request.url ?? ''));
  });
  const inside = createServer((request, response) => {
    heardInside.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'text/html', 'access-control-allow-origin': '*' }).end('the secret');
  });
  await new Promise<void>((resolve) => { inside.listen(port, '127.0.0.2', resolve); });
  expect((inside.address() as AddressInfo).port).toBe(port);
  closers.push(() => new Promise((resolve) => { inside.close(resolve); inside.closeAllConnections(); }));
  let asked = 0;
  const dns = await startDns((name, type) => (name === 'rebind.example' && type === 'A' ? answers(asked++).map((address) => ({ type: 'A', address, ttl: 0 })) : []));
  closers.push(dns.close);
  return { guard: new AddressGuard({ ports: [port], allowCidrs: ['127.0.0.1/32'], viaProxy: false, dnsServers: [dns.server] }), dns, port, heardInside, heardOutside };
}

function fetcherFor(guard: AddressGuard): Fetcher {
  const fetcher = new Fetcher({ guard, userAgent: 'TestBot/1.0 (+http://bot.example/)', connectTimeoutMs: 2_000, headersTimeoutMs: 3_000, totalTimeoutMs: 5_000, maxBytes: 100_000, maxRedirects: 5 });
  closers.push(() => fetcher.close());
  return fetcher;
}

const codeOf = async (promise: Promise<unknown>): Promise<string> => promise.then(() => 'no error', (error: unknown) => (error instanceof LeadlineError ? error.code : String(error)));
const addressQuestions = (dns: TestDns): number => dns.questions.filter((question) => question.startsWith('A rebind.example')).length;

describe('a name that leads inside once it has been checked', () => {
  it('is asked once for a connection, which goes to the address that was checked', async () => {
    const { guard, dns, port, heardInside, heardOutside } = await rebinder((question) => [question === 0 ? '127.0.0.1' : '127.0.0.2'], () => 'page');
    const page = await fetcherFor(guard).fetch(`http://rebind.example:${port}/`);
    expect(page.body.toString()).toBe('page');
    expect(addressQuestions(dns)).toBe(1);
    expect([heardOutside, heardInside]).toEqual([['/'], []]);
  });

  it.each([['the next page', '/later'], ['a redirect of its own', '/hop']])('is refused with %s', async (_way, path) => {
    const { guard, port, heardInside } = await rebinder((question) => [question === 0 ? '127.0.0.1' : '127.0.0.2'], () => 'page');
    const fetcher = fetcherFor(guard);
    if (path === '/later') await fetcher.fetch(`http://rebind.example:${port}/`);
    expect(await codeOf(fetcher.fetch(`http://rebind.example:${port}${path}`))).toBe('URL_FORBIDDEN');
    expect(heardInside).toEqual([]);
  });

  it('is refused when one of several answers leads inside, whatever their order', async () => {
    for (const addresses of [['127.0.0.1', '127.0.0.2'], ['127.0.0.2', '127.0.0.1']]) {
      const { guard, port, heardInside, heardOutside } = await rebinder(() => addresses, () => 'page');
      expect(await codeOf(fetcherFor(guard).fetch(`http://rebind.example:${port}/`))).toBe('URL_FORBIDDEN');
      expect([heardOutside, heardInside]).toEqual([[], []]);
    }
  });

  it.runIf(chromium !== null)('gives the scripts and frames of its own page nothing in the browser', async () => {
    const script = `<p id="r">-</p><iframe src="/frame"></iframe><script>
      const look = async () => { const answers = []; for (const path of ['/a', '/b', '/c']) answers.push(await fetch(path).then((r) => r.ok ? r.text() : 'refused', () => 'refused')); document.getElementById('r').textContent = answers.join(); };
      look();</script>`;
    const { guard, dns, port, heardInside, heardOutside } = await rebinder((question) => [question === 0 ? '127.0.0.1' : '127.0.0.2'], () => script);
    const renderer = new Renderer({ guard, userAgent: 'TestBot/1.0 (+http://bot.example/)', chromiumPath: process.env.CHROMIUM_PATH ?? null });
    closers.push(() => renderer.close());
    const page = await renderer.render(`http://rebind.example:${port}/`);
    expect(page.html).toContain('<p id="r">refused,refused,refused</p>');
    expect(page.html).not.toContain('the secret');
    expect(addressQuestions(dns)).toBeGreaterThan(1);
    expect([heardOutside, heardInside]).toEqual([['/'], []]);
    expect(await codeOf(renderer.render(`http://rebind.example:${port}/again`))).toBe('URL_FORBIDDEN');
  });
});
