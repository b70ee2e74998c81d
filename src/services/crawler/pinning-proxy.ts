/**
 * The browser's only way out: a proxy on loopback that applies the address guard to every request of a page
 * (scripts, frames, redirect hops, web sockets) and connects to the checked address itself, so the browser never
 * resolves a name. Forwards to the crawl proxy where one is set.
 */
import { randomUUID } from 'node:crypto';
import { Agent, createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { type Duplex } from 'node:stream';
import { LeadlineError } from '../../errors.js';
import { type AddressGuard } from './guard.js';
import { isConnectFailure, networkError, proxyDown, proxyVerdict, tunnelVerdict } from './network-errors.js';

export interface PinningProxyOptions {
  guard: AddressGuard;
  /** The crawl proxy to go through (`http://[user:password@]host:port`). */
  proxyUrl?: string;
  connectTimeoutMs: number;
  /** Sockets without traffic for so long are closed. */
  idleTimeoutMs: number;
  /** After so many bytes for the browser every connection is cut and no other is opened; no limit when absent. */
  maxBytes?: number;
}

/** Connection-bound headers (RFC 9110, 7.6.1) end at a proxy. */
const HOP_BY_HOP: ReadonlySet<string> = new Set(['connection', 'proxy-connection', 'proxy-authorization', 'proxy-authenticate', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade']);
const MAX_FAILURES = 500;
/** Set on answers of the proxy itself, with a value no site can know. */
export const PROXY_ANSWER_HEADER = 'x-leadline-proxy';

function bare(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

export class PinningProxy {
  /** Value of PROXY_ANSWER_HEADER on the proxy's own answers. */
  readonly token = randomUUID();
  readonly #options: PinningProxyOptions;
  readonly #server: Server;
  readonly #agent: Agent;
  readonly #upstream: { host: string; port: number; auth: string | null } | null;
  readonly #sockets = new Set<Duplex>();
  readonly #failures = new Map<string, LeadlineError>();
  #bytes = 0;

  constructor(options: PinningProxyOptions) {
    this.#options = options;
    this.#upstream = null;
    if (options.proxyUrl !== undefined) {
      const proxy = new URL(options.proxyUrl);
      const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
      this.#upstream = {
        host: bare(proxy.hostname), port: Number(proxy.port === '' ? '80' : proxy.port), auth: credentials === ':' ? null : `Basic ${Buffer.from(credentials).toString('base64')}`,
      };
    }
    this.#agent = new Agent({ keepAlive: true, maxFreeSockets: 16, timeout: options.idleTimeoutMs });
    this.#server = createServer((request, response) => this.#forward(request, response));
    this.#server.on('connect', (request, client, head) => this.#tunnel(request, client, head));
    // Web sockets over plain http come as CONNECT through a proxy; an Upgrade here is none of the browser's.
    this.#server.on('upgrade', (_, client) => client.destroy());
    this.#server.on('connection', (socket) => this.#track(socket));
  }

  /** Listens on a free port of 127.0.0.1 and gives back the proxy's address. */
  async start(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The last thing that went wrong with a host (`name:port`), or null when its last connection worked. */
  failureOf(url: string): LeadlineError | null {
    return URL.canParse(url) ? (this.#failures.get(hostKey(new URL(url))) ?? null) : null;
  }

  /** What the browser was sent: bodies as they came over the wire, tunnels whole. */
  get bytes(): number {
    return this.#bytes;
  }

  /** True when the browser has had all that it may have. */
  get isSpent(): boolean {
    return this.#bytes >= (this.#options.maxBytes ?? Infinity);
  }

  #count(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.isSpent) for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  #track(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    // Browsers drop connections all the time; nobody else listens for it.
    socket.on('error', () => socket.destroy());
  }

  #note(key: string, error: LeadlineError | null): void {
    this.#failures.delete(key);
    if (error === null) return;
    this.#failures.set(key, error);
    const oldest = this.#failures.keys().next().value;
    if (this.#failures.size > MAX_FAILURES && oldest !== undefined) this.#failures.delete(oldest);
  }

  #explain(error: unknown, host: string): LeadlineError {
    if (this.#upstream !== null && isConnectFailure(error)) return proxyDown('The crawl proxy cannot be reached.', error);
    return networkError(error, host);
  }

  /** The crawl proxy's own answer in place of the site's, or null. */
  #upstreamRefusal(incoming: IncomingMessage, host: string): LeadlineError | null {
    const status = incoming.statusCode ?? 502;
    if (this.#upstream === null) return null;
    if (status === 407) return proxyDown('The crawl proxy refuses our credentials.');
    if (status !== 502 && status !== 504) return null;
    const headers = Object.fromEntries(Object.entries(incoming.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])));
    return proxyVerdict(status, headers, host);
  }

  /** Why a request goes no further than this, or null. */
  #refusal(url: string, host: string): LeadlineError | null {
    if (this.isSpent) return tooMuch(this.#options.maxBytes ?? 0);
    try {
      this.#options.guard.checkUrl(url);
      return null;
    } catch (error) {
      return error instanceof LeadlineError ? error : networkError(error, host);
    }
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? '';
    const target = URL.canParse(url) ? new URL(url) : null;
    if (target === null || target.protocol !== 'http:') {
      response.writeHead(400, { [PROXY_ANSWER_HEADER]: this.token }).end();
      return;
    }
    const key = hostKey(target);
    const fail = (error: LeadlineError): void => {
      this.#note(key, error);
      if (response.headersSent) response.destroy();
      else response.writeHead(error.code === 'URL_FORBIDDEN' ? 403 : 502, { [PROXY_ANSWER_HEADER]: this.token, 'content-type': 'text/plain' }).end(error.code);
    };
    const refusal = this.#refusal(url, target.host);
    if (refusal !== null) {
      fail(refusal);
      return;
    }
    const headers: Record<string, string | string[]> = {};
    for (const [name, value] of Object.entries(request.headers)) {
      if (value !== undefined && !HOP_BY_HOP.has(name)) headers[name] = value;
    }
    headers.host = target.host;
    if (this.#upstream?.auth != null) headers['proxy-authorization'] = this.#upstream.auth;
    const route = this.#upstream === null
      ? { host: bare(target.hostname), port: portOf(target), path: `${target.pathname}${target.search}`, lookup: this.#options.guard.lookup }
      : { host: this.#upstream.host, port: this.#upstream.port, path: target.href };
    const outgoing = httpRequest({ ...route, method: request.method, headers, agent: this.#agent, setHost: false, timeout: this.#options.idleTimeoutMs }, (incoming) => {
      const unreached = this.#upstreamRefusal(incoming, target.host);
      if (unreached !== null) {
        incoming.resume();
        fail(unreached);
        return;
      }
      this.#note(key, null);
      const back: Record<string, string | string[]> = {};
      for (const [name, value] of Object.entries(incoming.headers)) {
        if (value !== undefined && !HOP_BY_HOP.has(name) && name !== PROXY_ANSWER_HEADER) back[name] = value;
      }
      response.writeHead(incoming.statusCode ?? 502, back);
      incoming.on('data', (chunk: Buffer) => this.#count(chunk));
      incoming.pipe(response);
      incoming.on('error', () => response.destroy());
    });
    outgoing.on('timeout', () => outgoing.destroy(Object.assign(new Error('idle'), { code: 'ETIMEDOUT' })));
    outgoing.on('error', (error) => fail(this.#explain(error, target.host)));
    response.on('close', () => outgoing.destroy());
    request.pipe(outgoing);
  }

  #tunnel(request: IncomingMessage, client: Duplex, head: Buffer): void {
    this.#track(client);
    const authority = request.url ?? '';
    const url = `https://${authority}/`;
    if (!/^(?:\[[0-9a-f:.]{2,60}\]|[^:[\]/@?#\s]{1,255}):\d{1,5}$/i.test(authority) || !URL.canParse(url)) {
      client.end('HTTP/1.1 400 Bad Request\r\n\r\n');
      return;
    }
    const target = new URL(url);
    const key = hostKey(target);
    const fail = (error: LeadlineError): void => {
      this.#note(key, error);
      client.end(`HTTP/1.1 ${error.code === 'URL_FORBIDDEN' ? '403 Forbidden' : '502 Bad Gateway'}\r\n\r\n`);
    };
    const refusal = this.#refusal(url, target.host);
    if (refusal !== null) {
      fail(refusal);
      return;
    }
    const socket = this.#upstream === null
      ? connect({ host: bare(target.hostname), port: portOf(target), lookup: this.#options.guard.lookup })
      : connect({ host: this.#upstream.host, port: this.#upstream.port });
    let open = false;
    socket.setTimeout(this.#options.connectTimeoutMs, () => socket.destroy(Object.assign(new Error('idle'), { code: 'ETIMEDOUT' })));
    socket.on('error', (error) => {
      if (open) client.destroy();
      else fail(this.#explain(error, target.host));
    });
    this.#sockets.add(socket);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      client.destroy();
    });
    client.on('close', () => socket.destroy());
    const join = (rest: Buffer): void => {
      open = true;
      this.#note(key, null);
      socket.setTimeout(this.#options.idleTimeoutMs);
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      if (rest.length > 0) client.write(rest);
      if (head.length > 0) socket.write(head);
      socket.on('data', (chunk: Buffer) => this.#count(chunk));
      socket.pipe(client);
      client.pipe(socket);
    };
    socket.once('connect', () => {
      if (this.#upstream === null) join(Buffer.alloc(0));
      else this.#askUpstream(socket, authority, join, (status) => fail(tunnelVerdict(status, target.host, new Error(`CONNECT answered ${status}`))));
    });
  }

  /** CONNECT through the crawl proxy: reads its answer up to the empty line, at most 16 KiB of it. */
  #askUpstream(socket: Socket, authority: string, joined: (rest: Buffer) => void, refused: (status: number) => void): void {
    const auth = this.#upstream?.auth == null ? '' : `Proxy-Authorization: ${this.#upstream.auth}\r\n`;
    socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${auth}\r\n`);
    let answer = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      answer = Buffer.concat([answer, chunk]);
      const end = answer.indexOf('\r\n\r\n');
      if (end < 0 && answer.length <= 16_384) return;
      socket.off('data', onData);
      socket.pause();
      const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(answer.subarray(0, 20).toString('latin1'))?.[1] ?? '502');
      if (end >= 0 && status === 200) {
        joined(answer.subarray(end + 4));
        return;
      }
      refused(status);
      socket.destroy();
    };
    socket.on('data', onData);
  }
}

/** A page in the browser that loads more than it may. */
export function tooMuch(maxBytes: number): LeadlineError {
  return new LeadlineError('BODY_TOO_LARGE', `The page loads more than ${maxBytes} bytes in the browser.`);
}

function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

function hostKey(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}
