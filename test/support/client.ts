import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

export interface ApiError { message: string; extensions: { code: string } & Record<string, unknown> }
export interface ApiAnswer<T> { status: number; data: T | null; errors: ApiError[] }

/** A client of the public API, as anybody could write one. */
export class TestClient {
  constructor(readonly url: string, readonly token: string | null) {}

  /** The whole answer, errors included. */
  async send<T = Record<string, unknown>>(query: string, variables: Record<string, unknown> = {}): Promise<ApiAnswer<T>> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST', headers: { 'content-type': 'application/json', ...(this.token ? { authorization: `Bearer ${this.token}` } : {}) }, body: JSON.stringify({ query, variables }),
    });
    const body = await response.json() as { data?: T | null; errors?: ApiError[] };
    return { status: response.status, data: body.data ?? null, errors: body.errors ?? [] };
  }

  /** The data; any error fails the test. */
  async data<T = Record<string, unknown>>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const { data, errors } = await this.send<T>(query, variables);
    if (errors.length > 0 || data === null) throw new Error(`unexpected errors: ${JSON.stringify(errors)}`);
    return data;
  }

  /** The first error's code and details; an answer without one fails the test. */
  async failure(query: string, variables: Record<string, unknown> = {}): Promise<ApiError['extensions']> {
    const { data, errors } = await this.send(query, variables);
    const [error] = errors;
    if (!error) throw new Error(`an error was expected, got ${JSON.stringify(data)}`);
    return error.extensions;
  }

  /** Opens a socket of its own; `close()` drops it. Iterating ends when the server completes the stream. */
  subscribe<T>(query: string, variables: Record<string, unknown> = {}): { events: AsyncIterableIterator<T>; close(): Promise<void> } {
    const socket = createClient({ url: `${this.url.replace(/^http/, 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0, connectionParams: this.token ? { authorization: `Bearer ${this.token}` } : {} });
    const results = socket.iterate<T>({ query, variables });
    async function* events(): AsyncIterableIterator<T> {
      for await (const result of results) {
        if (result.errors) throw Object.assign(new Error(result.errors[0]?.message), { errors: result.errors });
        if (result.data) yield result.data;
      }
    }
    return { events: events(), close: async () => { await socket.dispose(); } };
  }
}

/** Waits for a fact; a time-out is a failure. */
export async function until<T>(look: () => Promise<T | null | undefined | false>, what: string, limitMs = 30_000): Promise<T> {
  for (const end = Date.now() + limitMs; Date.now() < end;) {
    const seen = await look();
    if (seen) return seen;
    await new Promise((done) => { setTimeout(done, 20); });
  }
  throw new Error(`waited in vain: ${what}`);
}
