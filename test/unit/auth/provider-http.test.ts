import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { providerFetch, typedCause } from '../../../src/services/auth/provider-http.js';
import { LeadlineError } from '../../../src/errors.js';

let server: Server | null = null;
/** An HTTP server that answers as told; closed after the test, whatever still hangs on it. */
async function answering(handler: RequestListener): Promise<string> {
  const started = createServer(handler);
  server = started;
  await new Promise<void>((done) => { started.listen(0, '127.0.0.1', done); });
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/`;
}
afterEach(async () => {
  const stopped = server;
  server = null;
  stopped?.closeAllConnections();
  if (stopped) await new Promise((done) => { stopped.close(done); });
});

const AWAY = { code: 'SERVICE_UNAVAILABLE', details: { dependency: 'google', retryAfterMs: 5_000 } };

describe('a question to a sign-in provider', () => {
  it('that is not answered, or answered a byte at a time, ends at its limit as SERVICE_UNAVAILABLE', async () => {
    const silent = await answering(() => undefined);
    await expect(providerFetch('google', silent, {}, 50)).rejects.toMatchObject(AWAY);
    server?.closeAllConnections();
    const timers = new Set<NodeJS.Timeout>();
    const slow = createServer((_request, response) => {
      response.writeHead(200).flushHeaders();
      const timer = setInterval(() => response.write('a'), 5);
      timers.add(timer);
      response.on('close', () => { clearInterval(timer); timers.delete(timer); });
    });
    await new Promise<void>((done) => { slow.listen(0, '127.0.0.1', done); });
    const closed = new Promise((done) => { slow.once('request', (_request, response: { on(event: 'close', listener: (value: unknown) => void): void }) => { response.on('close', done); }); });
    await expect(providerFetch('google', `http://127.0.0.1:${(slow.address() as AddressInfo).port}/`, {}, 100)).rejects.toMatchObject(AWAY);
    // The connection is given up as well, not only waited for no longer.
    await closed;
    expect(timers.size).toBe(0);
    await new Promise((done) => { slow.close(done); slow.closeAllConnections(); });
  });

  it.each([429, 500, 503])('that is answered %i is SERVICE_UNAVAILABLE', async (status) => {
    const url = await answering((_request, response) => { response.writeHead(status).end('busy'); });
    await expect(providerFetch('google', url)).rejects.toMatchObject(AWAY);
  });

  it('that nobody hears, or that is answered with more than a megabyte, is SERVICE_UNAVAILABLE', async () => {
    const url = await answering((_request, response) => { response.end('a'.repeat(1_000_001)); });
    await expect(providerFetch('google', url)).rejects.toMatchObject(AWAY);
    await expect(providerFetch('google', 'http://127.0.0.1:1/')).rejects.toMatchObject(AWAY);
  });

  it('follows no redirect: an answer from elsewhere is none of the provider', async () => {
    const seen: string[] = [];
    const url = await answering((request, response) => { seen.push(request.url ?? ''); response.writeHead(302, { location: '/elsewhere' }).end(); });
    expect((await providerFetch('google', url)).status).toBe(302);
    expect(seen).toEqual(['/']);
  });

  it('hands on a 4xx as it is, for the library to read', async () => {
    const url = await answering((_request, response) => { response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_grant"}'); });
    const answer = await providerFetch('google', url);
    expect([answer.status, await answer.json()]).toEqual([400, { error: 'invalid_grant' }]);
  });
});

describe('the typed error at the bottom of what libraries wrapped', () => {
  it('is found below causes, also where a library names them otherwise, and in a ring of causes the search ends', () => {
    const typed = new LeadlineError('SERVICE_UNAVAILABLE', 'away');
    expect(typedCause(new Error('outer', { cause: new Error('inner', { cause: typed }) }))).toBe(typed);
    expect(typedCause(Object.assign(new Error('outer'), { oauthError: typed }))).toBe(typed);
    const ring = new Error('ring');
    ring.cause = ring;
    expect(typedCause(ring)).toBeNull();
    expect(typedCause('text')).toBeNull();
  });
});
