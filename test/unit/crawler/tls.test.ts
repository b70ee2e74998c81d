import { createServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { LeadlineError } from '../../../src/errors.js';
import { findChromium } from '../../../src/services/crawler/chromium.js';
import { Fetcher } from '../../../src/services/crawler/fetcher.js';
import { AddressGuard } from '../../../src/services/crawler/guard.js';
import { networkError } from '../../../src/services/crawler/network-errors.js';
import { Renderer } from '../../../src/services/crawler/renderer.js';
import { testAuthority, type TestCertificate } from '../../support/certificates.js';

const chromium = await findChromium(process.env.CHROMIUM_PATH);
const authority = testAuthority();
const HOST = 'localhost';
const past = { from: new Date('2020-01-01T00:00:00Z'), to: new Date('2021-01-01T00:00:00Z') };
const future = { from: new Date(Date.now() + 86_400_000), to: new Date(Date.now() + 172_800_000) };
const BAD: [kind: string, certificate: TestCertificate, reason: string][] = [
  ['has expired', authority.issue(HOST, past), 'CERT_HAS_EXPIRED'], ['is not valid yet', authority.issue(HOST, future), 'CERT_NOT_YET_VALID'],
  ['is made out to another name', authority.issue('other.example'), 'ERR_TLS_CERT_ALTNAME_INVALID'], ['signed itself', authority.selfSigned(HOST), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
];

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function secureServer(certificate: TestCertificate): Promise<{ port: number; heard: string[] }> {
  const heard: string[] = [];
  const server = createServer({ ...certificate }, (request, response) => {
    heard.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'text/html' }).end('<p>served in spite of it</p>');
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  closers.push(() => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }));
  return { port: (server.address() as AddressInfo).port, heard };
}

/** How a handshake ends for somebody who trusts the authority: null when it succeeds. */
async function handshake(port: number): Promise<Error | null> {
  return await new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, servername: HOST, ca: authority.cert }, () => { socket.destroy(); resolve(null); });
    socket.once('error', resolve);
  });
}

const guardFor = (port: number): AddressGuard => new AddressGuard({ ports: [port], allowCidrs: ['127.0.0.0/8', '::1/128'], viaProxy: false });
const codeOf = async (promise: Promise<unknown>): Promise<string> => promise.then(() => 'no error', (error: unknown) => (error instanceof LeadlineError ? error.code : String(error)));

describe('a certificate', () => {
  it('that is in order is no reason to fail (so that the others fail for theirs)', async () => {
    expect(await handshake((await secureServer(authority.issue(HOST))).port)).toBeNull();
  });

  it.each(BAD)('that %s is NETWORK_TLS, not tried again, and not a word is sent', async (_kind, certificate, reason) => {
    const { port, heard } = await secureServer(certificate);
    const failed = await handshake(port);
    expect(failed).toMatchObject({ code: reason });
    expect(networkError(failed, HOST)).toMatchObject({ code: 'NETWORK_TLS', retry: 'never' });
    const fetcher = new Fetcher({ guard: guardFor(port), userAgent: 'TestBot/1.0 (+http://bot.example/)', connectTimeoutMs: 2_000, headersTimeoutMs: 3_000, totalTimeoutMs: 5_000, maxBytes: 100_000, maxRedirects: 5 });
    closers.push(() => fetcher.close());
    expect(await codeOf(fetcher.fetch(`https://${HOST}:${port}/`))).toBe('NETWORK_TLS');
    expect(heard).toEqual([]);
  });

  it.runIf(chromium !== null)('that is wrong is not accepted by the browser either', async () => {
    const { port, heard } = await secureServer(authority.selfSigned(HOST));
    const renderer = new Renderer({ guard: guardFor(port), userAgent: 'TestBot/1.0 (+http://bot.example/)', chromiumPath: process.env.CHROMIUM_PATH ?? null });
    closers.push(() => renderer.close());
    expect(await codeOf(renderer.render(`https://${HOST}:${port}/`))).toBe('NETWORK_TLS');
    expect(heard).toEqual([]);
  });
});
