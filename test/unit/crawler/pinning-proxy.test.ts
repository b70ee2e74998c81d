import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { AddressGuard } from '../../../src/services/crawler/guard.js';
import { PinningProxy, PROXY_ANSWER_HEADER } from '../../../src/services/crawler/pinning-proxy.js';
import { freePort } from '../../../src/free-port.js';
import { closeAll, forwardProxy, tcpServer, webServer } from './servers.js';

const proxies: PinningProxy[] = [];
afterEach(async () => {
  for (const proxy of proxies.splice(0)) await proxy.close();
  await closeAll();
});

async function proxyFor(ports: number[], proxyUrl?: string): Promise<{ proxy: PinningProxy; port: number }> {
  const guard = new AddressGuard({ ports, allowCidrs: ['127.0.0.1/32'], viaProxy: proxyUrl !== undefined });
  const proxy = new PinningProxy({ guard, connectTimeoutMs: 1000, idleTimeoutMs: 1000, ...(proxyUrl === undefined ? {} : { proxyUrl }) });
  proxies.push(proxy);
  return { proxy, port: Number(new URL(await proxy.start()).port) };
}

/** Sends raw bytes to the proxy and reads until it closes, or until `enough` says so. */
async function exchange(port: number, sent: string, enough: (received: string) => boolean = () => false): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket: Socket = connect(port, '127.0.0.1', () => socket.write(sent));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (enough(received)) socket.destroy();
    });
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
  });
}

const get = (url: string, extra = ''): string => `GET ${url} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n${extra}\r\n`;

describe('PinningProxy', () => {
  it('forwards absolute-form requests without the headers that end at a proxy', async () => {
    const seen: Record<string, unknown>[] = [];
    const site = await webServer((request, response) => {
      seen.push(request.headers, { url: request.url });
      response.writeHead(200, { 'x-site': 'yes', [PROXY_ANSWER_HEADER]: 'forged' }).end('hello');
    });
    const { port } = await proxyFor([site]);
    const answer = await exchange(port, get(`http://127.0.0.1:${site}/a?b=1`, 'Proxy-Authorization: Basic x\r\nX-Kept: 1\r\n'));
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain('x-site: yes');
    expect(answer).not.toContain(PROXY_ANSWER_HEADER);
    expect(seen[0]).toMatchObject({ host: `127.0.0.1:${site}`, 'x-kept': '1' });
    expect(seen[0]).not.toHaveProperty('proxy-authorization');
    expect(seen[1]).toEqual({ url: '/a?b=1' });
  });

  it('refuses what the guard forbids, and says so in its own name', async () => {
    const { proxy, port } = await proxyFor([80, 443]);
    for (const url of ['http://10.0.0.1/', 'http://169.254.169.254/latest/', 'http://127.0.0.1:22/', 'http://[::1]/']) {
      const answer = await exchange(port, get(url));
      expect(answer).toMatch(/^HTTP\/1\.1 403 /);
      expect(answer).toContain(`${PROXY_ANSWER_HEADER}: ${proxy.token}`);
      expect(proxy.failureOf(url)).toMatchObject({ code: 'URL_FORBIDDEN' });
    }
    for (const authority of ['10.0.0.1:443', '[::1]:443', '127.0.0.1:22', 'localhost:25']) {
      expect(await exchange(port, `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 403 /);
    }
  });

  it('answers nonsense with 400', async () => {
    const { port } = await proxyFor([80, 443]);
    for (const request of [get('/relative'), get('ftp://x/'), 'CONNECT nonsense HTTP/1.1\r\n\r\n', 'CONNECT user@host:443 HTTP/1.1\r\n\r\n', 'CONNECT a:99999 HTTP/1.1\r\n\r\n']) {
      expect(await exchange(port, request)).toMatch(/^HTTP\/1\.1 400 /);
    }
  });

  it('tunnels bytes both ways, also those sent ahead of its answer', async () => {
    const echo = await tcpServer((socket) => socket.on('data', (data) => socket.write(`<${data.toString()}>`)));
    const { port } = await proxyFor([echo]);
    const answer = await exchange(port, `CONNECT 127.0.0.1:${echo} HTTP/1.1\r\n\r\nearly`, (received) => received.includes('>'));
    expect(answer).toBe('HTTP/1.1 200 Connection Established\r\n\r\n<early>');
  });

  it('remembers what broke with a host until it works again', async () => {
    let broken = true;
    const site = await webServer((request, response) => {
      if (broken) request.socket.destroy();
      else response.end('ok');
    });
    const dead = await freePort();
    const { proxy, port } = await proxyFor([site, dead]);
    expect(await exchange(port, get(`http://127.0.0.1:${site}/`))).toMatch(/^HTTP\/1\.1 502 /);
    expect(proxy.failureOf(`http://127.0.0.1:${site}/other`)).toMatchObject({ code: 'NETWORK_RESET' });
    broken = false;
    expect(await exchange(port, get(`http://127.0.0.1:${site}/`))).toMatch(/^HTTP\/1\.1 200 /);
    expect(proxy.failureOf(`http://127.0.0.1:${site}/`)).toBeNull();
    expect(await exchange(port, `CONNECT 127.0.0.1:${dead} HTTP/1.1\r\n\r\n`)).toMatch(/^HTTP\/1\.1 502 /);
    await exchange(port, get(`http://no-such-host.invalid:${dead}/`));
    expect(proxy.failureOf(`http://no-such-host.invalid:${dead}/`)).toMatchObject({ code: 'NETWORK_DNS' });
  });

  it('gives up on hosts that never answer', async () => {
    const silent = await tcpServer(() => undefined);
    const { proxy, port } = await proxyFor([silent]);
    expect(await exchange(port, get(`http://127.0.0.1:${silent}/`))).toMatch(/^HTTP\/1\.1 502 /);
    expect(proxy.failureOf(`http://127.0.0.1:${silent}/`)).toMatchObject({ code: 'NETWORK_TIMEOUT' });
  });

  it('goes through the crawl proxy when there is one', async () => {
    const site = await webServer((request, response) => response.end(`site ${request.headers.host ?? ''}`));
    const log: string[] = [];
    const upstream = await forwardProxy({ 'clinic.example': site }, log);
    const { proxy, port } = await proxyFor([80, 443], `http://user:pa%20ss@127.0.0.1:${upstream}`);
    expect(await exchange(port, get('http://clinic.example/x'))).toContain('site clinic.example');
    const tunnelled = await exchange(port, 'CONNECT clinic.example:443 HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: inner\r\nConnection: close\r\n\r\n');
    expect(tunnelled).toContain('site inner');
    expect(await exchange(port, 'CONNECT nobody.example:443 HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 502 /);
    expect(proxy.failureOf('https://nobody.example/')).toMatchObject({ code: 'NETWORK_DNS' });
    expect(log).toEqual(['GET http://clinic.example/x', 'CONNECT clinic.example:443', 'CONNECT nobody.example:443']);
    expect(await exchange(port, get('http://gone.example/'))).toMatch(/^HTTP\/1\.1 502 /);
    expect(proxy.failureOf('http://gone.example/')).toMatchObject({ code: 'NETWORK_DNS' });
  });
});
