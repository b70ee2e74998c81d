import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';

/** What any client needs: one POST for queries, one socket for subscriptions. */
export class DemoClient {
  #token: string | null = null;
  #socket: Client | null = null;

  constructor(private readonly url: string) {}

  signIn(accessToken: string): void {
    this.#token = accessToken;
  }

  /** @throws Error with the codes of docs/errors.md */
  async request<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(this.#token ? { authorization: `Bearer ${this.#token}` } : {}) },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json() as { data?: T; errors?: { message: string; extensions?: { code?: string } }[] };
    if (errors?.length || !data) throw new Error((errors ?? []).map((error) => `${error.extensions?.code ?? 'ERROR'}: ${error.message}`).join('; ') || `HTTP ${response.status}`);
    return data;
  }

  subscribe<T>(query: string, variables: Record<string, unknown>): AsyncIterable<T> {
    this.#socket ??= createClient({ url: `${this.url.replace(/^http/, 'ws')}/graphql`, webSocketImpl: WebSocket, connectionParams: { authorization: `Bearer ${this.#token ?? ''}` } });
    const results = this.#socket.iterate<T>({ query, variables });
    return {
      async* [Symbol.asyncIterator]() {
        for await (const result of results) {
          if (result.errors) throw new Error(result.errors.map((error) => error.message).join('; '));
          if (result.data) yield result.data;
        }
      },
    };
  }

  async close(): Promise<void> {
    await this.#socket?.dispose();
  }
}
