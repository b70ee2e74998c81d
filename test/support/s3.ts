import { rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { type AddressInfo, type Socket } from 'node:net';
import { testFolder } from './servers.js';

interface S3rver { run(): Promise<AddressInfo>; close(): Promise<void>; httpServer: Server }
/** s3rver is CommonJS without types. */
const S3rverClass = createRequire(import.meta.url)('s3rver') as new (options: object) => S3rver;

/** What the door does instead of asking the server: an error of S3, another answer, silence, or a cut connection. */
export type S3Fault = { status: number; code: string; message?: string } | { status: number; body: (path: string) => string } | 'silent' | 'cut';

export interface TestS3 {
  endpoint: string;
  bucket: string;
  /** Settings that point the product at it. */
  settings: Record<string, string>;
  /** Folder in which s3rver keeps its objects. */
  folder: string;
  /** Method and path of each request, in order. */
  requests: string[];
  fail(fault: S3Fault | null, when?: (method: string, path: string) => boolean): void;
  /** Nobody listens any more, until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  return (server.address() as AddressInfo).port;
}

/**
 * A real S3-speaking server (it knows keys, but checks no version 4 signature, and lists one page only) with a door in
 * front of it that can be told to fail.
 */
export async function startS3(): Promise<TestS3> {
  const folder = testFolder('s3');
  const bucket = 'pages';
  const store = new S3rverClass({ address: '127.0.0.1', port: 0, silent: true, directory: folder, vhostBuckets: false, configureBuckets: [{ name: bucket, configs: [] }] });
  const { port: behind } = await store.run();
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let fault: S3Fault | null = null;
  let applies: (method: string, path: string) => boolean = () => true;

  const door = createServer((incoming, outgoing) => {
    const { method = '', url = '' } = incoming;
    requests.push(`${method} ${url}`);
    const now = fault !== null && applies(method, url) ? fault : null;
    if (now === 'silent') {
      incoming.resume();
      return;
    }
    if (now === 'cut') {
      incoming.socket.destroy();
      return;
    }
    if (now !== null) {
      incoming.resume();
      incoming.on('end', () => {
        outgoing.writeHead(now.status, { 'content-type': 'application/xml' });
        const body = 'body' in now ? now.body(url) : `<Error><Code>${now.code}</Code><Message>${now.message ?? now.code}</Message></Error>`;
        outgoing.end(method === 'HEAD' ? undefined : `<?xml version="1.0" encoding="UTF-8"?>${body}`);
      });
      return;
    }
    const forward = request({ host: '127.0.0.1', port: behind, method, path: url, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    forward.on('error', () => incoming.socket.destroy());
    incoming.pipe(forward);
  });
  door.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  });
  const port = await listen(door, 0);
  const endpoint = `http://127.0.0.1:${port}`;
  const down = async (): Promise<void> => {
    const closed = new Promise((resolve) => { door.close(resolve); });
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    endpoint, bucket, folder, requests,
    settings: { STORAGE_URL: `s3://${bucket}/leadline/documents`, S3_ENDPOINT: endpoint, S3_ACCESS_KEY_ID: 'S3RVER', S3_SECRET_ACCESS_KEY: 'S3RVER' },
    fail: (next, when = () => true) => {
      fault = next;
      applies = when;
    },
    down,
    up: async () => { await listen(door, port); },
    close: async () => {
      if (door.listening) await down();
      const closed = store.close();
      store.httpServer.closeAllConnections();
      await closed;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
