import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type SandboxRequest } from './types.js';

/** The log all HTTP servers of a sandbox share, in order of arrival. */
export class RequestLog {
  private entries: SandboxRequest[] = [];

  open(server: SandboxRequest['server'], host: string, path: string, method: string, response: ServerResponse): SandboxRequest {
    const entry: SandboxRequest = { server, host, path, method, at: Date.now(), endedAt: null, status: null, bytes: 0 };
    const { socket } = response;
    const before = socket?.bytesWritten ?? 0;
    this.entries.push(entry);
    response.once('close', () => {
      entry.endedAt = Date.now();
      entry.bytes = (socket?.bytesWritten ?? before) - before;
      entry.status = response.headersSent ? response.statusCode : 0;
    });
    return entry;
  }

  list(): SandboxRequest[] {
    return this.entries.map((entry) => ({ ...entry }));
  }

  clear(): void {
    this.entries = [];
  }
}

export interface HttpService {
  url: string;
  server: Server;
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** The request's body as text. @throws RangeError above 4 MiB */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new RangeError('body too large');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Starts an HTTP server on 127.0.0.1; closing it cuts what is still open. */
export async function startHttp(handler: (request: IncomingMessage, response: ServerResponse) => Promise<void>, port = 0): Promise<HttpService> {
  const server = createServer((request, response) => {
    response.on('error', () => undefined);
    handler(request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) response.destroy();
      else response.writeHead(500, { 'Content-Type': 'text/plain' }).end(`sandbox error: ${String(error)}`);
    });
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    close: () => new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

/** A modest token bucket over whole windows, as the services' own headers describe it. */
export class WindowCounter {
  private windowStart = 0;
  private used = 0;

  constructor(readonly limit: number, readonly windowMs: number) {}

  /** Requests left in the current window, before this one. */
  remaining(now: number): number {
    this.roll(now);
    return Math.max(0, this.limit - this.used);
  }

  take(now: number): void {
    this.roll(now);
    this.used++;
  }

  /** Whole seconds until the window starts anew, at least 1. */
  resetSeconds(now: number): number {
    this.roll(now);
    return Math.max(1, Math.ceil((this.windowStart + this.windowMs - now) / 1000));
  }

  clear(): void {
    this.windowStart = 0;
    this.used = 0;
  }

  private roll(now: number): void {
    if (now - this.windowStart >= this.windowMs) {
      this.windowStart = now;
      this.used = 0;
    }
  }
}
