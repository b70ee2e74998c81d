import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below every system's range for ports it hands out by itself (32768 on Linux, 49152 on macOS and Windows). A port that
 * the system hands out is free only until the next connection or `listen(0)` of anybody; these stay free.
 */
const [LOWEST, COUNT] = [20_000, 12_000];
const ATTEMPTS = 100;
/** Where this process looks next: two processes start at different places, and one never gives the same port twice in a row. */
let next = randomInt(COUNT);

/**
 * A TCP port that nobody listens on, for a server that must be told its port before it starts.
 * @param host the address on which it must be free; `0.0.0.0` for all of them
 * @throws Error when a hundred ports in a row are taken
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = LOWEST + next;
    next = (next + 1) % COUNT;
    const server = createServer();
    try {
      server.listen(port, host);
      await once(server, 'listening');
    } catch {
      continue;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
  throw new Error(`no free port among ${ATTEMPTS} from ${LOWEST} on`);
}
