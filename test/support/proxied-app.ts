import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startTestApp, type TestApp } from './test-app.js';

/** An app whose whole internet is one function: a crawl proxy that answers for every host itself. No host asks for a delay. */
export async function startProxiedApp(answer: (request: IncomingMessage, response: ServerResponse) => void, settings: Record<string, string> = {}): Promise<{ test: TestApp; close: () => Promise<void> }> {
  const web = createServer(answer);
  await new Promise<void>((done) => { web.listen(0, '127.0.0.1', done); });
  const close = async (): Promise<void> => {
    web.closeAllConnections();
    await new Promise((done) => { web.close(done); });
  };
  try {
    const test = await startTestApp({ CRAWL_PROXY_URL: `http://127.0.0.1:${(web.address() as AddressInfo).port}`, CRAWL_HOST_DELAY_MS: '0', ...settings });
    return { test, close: async () => { await test.close(); await close(); } };
  } catch (error) {
    await close();
    throw error;
  }
}
