import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';

/** Loopback servers of one test file; `closeAll` breaks what is still open. */
const open = new Set<Server | TcpServer>();
const sockets = new Set<Socket>();

async function listen<T extends Server | TcpServer>(server: T): Promise<number> {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.add(server);
  return (server.address() as AddressInfo).port;
}

/** A web server on loopback; gives back its port. */
export async function webServer(handler: RequestListener): Promise<number> {
  return listen(createServer(handler));
}

/** A raw TCP server on loopback, for answers no HTTP library would send. */
export async function tcpServer(handler: (socket: Socket) => void): Promise<number> {
  return listen(createTcpServer(handler));
}

/**
 * A forward proxy with a name table of its own (host name → loopback port): absolute-form and CONNECT, 502 for
 * unknown names. `log` holds the request lines as they came.
 */
export async function forwardProxy(table: Record<string, number>, log: string[]): Promise<number> {
  const server = createServer((request, response) => {
    log.push(`${request.method ?? ''} ${request.url ?? ''}`);
    const target = URL.canParse(request.url ?? '') ? new URL(request.url ?? '') : null;
    const port = target === null ? undefined : table[target.hostname];
    if (target === null || port === undefined) {
      response.writeHead(502).end('unknown host');
      return;
    }
    const upstream = connect(port, '127.0.0.1', () => {
      upstream.write(`GET ${target.pathname}${target.search} HTTP/1.1\r\nHost: ${target.host}\r\nConnection: close\r\n\r\n`);
    });
    upstream.pipe(response.socket ?? upstream);
  });
  server.on('connect', (request, client: Socket) => {
    log.push(`CONNECT ${request.url ?? ''}`);
    sockets.add(client);
    client.on('error', () => client.destroy());
    const port = table[(request.url ?? '').split(':')[0] ?? ''];
    if (port === undefined) {
      client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
  });
  return listen(server);
}

export async function closeAll(): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await Promise.all([...open].map((server) => new Promise((resolve) => server.close(resolve))));
  open.clear();
}
