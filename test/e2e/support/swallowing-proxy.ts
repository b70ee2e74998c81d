import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Passes on what a client asks, and keeps the answers to itself. */
export interface SwallowingProxy {
  url: string;
  /** Every answer that no client has seen, as it came over the wire. */
  swallowed(): string[];
  close(): Promise<void>;
}

/** The network between a client and the product, at the moment in which it fails: requests arrive, answers do not. */
export async function swallowingProxy(port: number): Promise<SwallowingProxy> {
  const sockets = new Set<Socket>();
  const answers: Buffer[][] = [];
  const server = createServer((client) => {
    const product = connect(port, '127.0.0.1');
    const answer: Buffer[] = [];
    answers.push(answer);
    product.on('data', (chunk: Buffer) => { answer.push(chunk); });
    client.pipe(product);
    for (const [socket, peer] of [[client, product], [product, client]] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        peer.destroy();
      });
    }
  });
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    swallowed: () => answers.map((chunks) => Buffer.concat(chunks).toString()),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => { server.close(done); });
    },
  };
}
