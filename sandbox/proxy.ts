import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { type HttpService, type RequestLog, startHttp } from './http-service.js';
import { send, type WebHost } from './web-host.js';

/** Failures switched on for the web; cleared by reset. */
export interface WebFaults {
  latency: Map<string, number>;
  failNext: Map<string, { times: number; status: number }>;
  down: Set<string>;
}

export function newWebFaults(): WebFaults {
  return { latency: new Map(), failNext: new Map(), down: new Set() };
}

/** Host and path of an absolute-form request, or of one that names its host in the header only. */
function target(request: IncomingMessage): { host: string; path: string } | null {
  const raw = request.url ?? '';
  const absolute = /^http:\/\/([^/?#]{1,300})/i.exec(raw);
  if (absolute) {
    const rest = raw.slice(absolute[0].length);
    const authority = (absolute[1] ?? '').split('@').pop() ?? '';
    return { host: authority.replace(/:\d{1,5}$/, '').toLowerCase().replace(/\.$/, ''), path: rest.startsWith('/') ? rest : `/${rest}` };
  }
  const host = request.headers.host;
  if (!host || !raw.startsWith('/')) return null;
  return { host: host.replace(/:\d{1,5}$/, '').toLowerCase().replace(/\.$/, ''), path: raw };
}

/**
 * The web as an HTTP proxy (RFC 9112 §3.2.2 absolute-form). Unknown hosts answer 502, as a proxy does when a name does not
 * resolve; CONNECT answers 501, since the sandbox speaks no TLS.
 */
export async function startProxy(options: { hosts: readonly WebHost[]; latencyMs: number; faults: WebFaults; log: RequestLog; port: number }): Promise<HttpService & { killSockets(): void }> {
  const byName = new Map<string, WebHost>();
  for (const host of options.hosts) byName.set(host.host, host);
  for (const host of options.hosts) for (const alias of host.aliases) if (!byName.has(alias)) byName.set(alias, host);

  const handler = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const where = target(request);
    const method = request.method ?? 'GET';
    if (!where) return send({ method }, response, 400, { 'Content-Type': 'text/plain' }, 'this is a proxy: ask with an absolute URL');
    options.log.open('web', where.host, where.path, method, response);
    request.resume();
    const site = options.faults.down.has(where.host) ? undefined : byName.get(where.host);
    const wait = options.latencyMs + (options.faults.latency.get(where.host) ?? 0);
    if (wait > 0) await delay(wait);
    if (response.destroyed) return;
    const failure = options.faults.failNext.get(where.host);
    if (failure && failure.times > 0) {
      failure.times--;
      if (failure.status === 0) {
        response.destroy();
        return;
      }
      return send({ method }, response, failure.status, { 'Content-Type': 'text/plain', ...(failure.status === 429 || failure.status === 503 ? { 'Retry-After': '1' } : {}) }, `failure ${failure.status} on demand`);
    }
    if (!site) return send({ method }, response, 502, { 'Content-Type': 'text/plain', 'X-Sandbox': 'unknown-host' }, `no such host: ${where.host}`);
    await site.handle({ method, host: where.host, path: where.path.split('#')[0] ?? '/', headers: request.headers }, response);
  };

  const service = await startHttp(handler, options.port);
  const sockets = new Set<Duplex>();
  service.server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  service.server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\nConnection: close\r\nX-Sandbox: no-tls\r\n\r\n');
  });
  return {
    ...service,
    killSockets: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: async () => {
      const closed = service.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
