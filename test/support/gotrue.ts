import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { App } from '@supabase/lite';
import { createPgliteConnection } from '@supabase/lite/pglite';

/** As Supabase's own command line makes it for a local project. */
export const JWT_SECRET = 'super-secret-jwt-token-with-at-least-32-characters-long';

/**
 * A server that speaks Supabase Auth's protocol (GoTrue), from the package @supabase/lite on a PostgreSQL in WebAssembly:
 * it signs with the project's JWT secret (HS256) and has no key set.
 */
export async function startGotrue(): Promise<{ url: string; close(): Promise<void> }> {
  const connection = await createPgliteConnection({});
  const app = new App({ connection, auth: { enabled: true, jwt_secret: JWT_SECRET, jwt_expiry: 3_600, enable_signup: true, email: { enable_confirmations: false } } });
  await app.ensureSystemSchema();
  const server = createServer((request, response) => {
    const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
    const init = { method: request.method ?? 'GET', headers: request.headers as Record<string, string>, ...(hasBody ? { body: Readable.toWeb(request) as ReadableStream, duplex: 'half' } : {}) };
    Promise.resolve(app.fetch(new Request(`http://${request.headers.host}${request.url}`, init as RequestInit))).then(async (answer) => {
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()));
    }, (error: unknown) => { response.destroy(error as Error); });
  });
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => { server.close(done); });
      await connection.close();
    },
  };
}
