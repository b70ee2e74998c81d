import type { Socket } from 'node:net';
import WebSocket from 'ws';
import type { ApiError } from '../../support/client.js';
import { GOAL_EVENTS, type StoredEvent } from './run.js';

/** How a client goes away: politely, without a word, by a reset, or by leaving only the subscription. */
export type Leaving = 'close frame' | 'end of socket' | 'reset' | 'complete';

interface Message { type: string; id?: string; payload?: { data?: { goalProgress: StoredEvent }; errors?: ApiError[] } | ApiError[] }

/**
 * One client of goalProgress that speaks graphql-transport-ws by hand, so that a test holds its TCP socket and
 * sees what the server really sent, message by message. What arrives after it left is not counted: it is gone.
 */
export class Watch {
  /** What the client has taken. */
  readonly events: StoredEvent[] = [];
  /** Arrived and not taken yet; lost when it leaves. */
  readonly #inbox: StoredEvent[] = [];
  errors: ApiError[] = [];
  completed = false;
  closed = false;
  #left = false;
  readonly #socket: WebSocket;
  #tcp: Socket | undefined;
  #wake: () => void = () => undefined;

  constructor(url: string, token: string, private readonly goalId: string, private readonly after?: number) {
    this.#socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws');
    this.#socket.on('upgrade', (response) => { this.#tcp = response.socket; });
    this.#socket.on('open', () => { this.#say({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }); });
    this.#socket.on('message', (data: Buffer) => { this.#hear(JSON.parse(data.toString()) as Message); });
    this.#socket.on('error', () => { this.#end(); });
    this.#socket.on('close', () => { this.#end(); });
  }

  /** Takes `count` more events, or all to the end of the stream. */
  async take(count = Infinity): Promise<StoredEvent[]> {
    for (let taken = 0; taken < count;) {
      const event = this.#inbox.shift();
      if (event) {
        this.events.push(event);
        taken += 1;
      } else {
        if (this.completed || this.closed) break;
        await new Promise<void>((done) => { this.#wake = done; });
      }
    }
    return this.events;
  }

  /** Goes away; whatever the server sends from now on never arrives. */
  leave(how: Leaving): void {
    this.#left = true;
    if (how === 'close frame') this.#socket.close(1000);
    else if (how === 'end of socket') this.#socket.terminate();
    else if (how === 'reset') this.#tcp?.resetAndDestroy();
    else this.#say({ type: 'complete', id: '1' });
  }

  #hear(message: Message): void {
    if (this.#left) return;
    if (message.type === 'connection_ack') this.#say({ type: 'subscribe', id: '1', payload: { query: GOAL_EVENTS, variables: { id: this.goalId, after: this.after ?? null } } });
    else if (message.type === 'ping') this.#say({ type: 'pong' });
    else if (message.type === 'next' && !Array.isArray(message.payload)) {
      this.errors.push(...message.payload?.errors ?? []);
      const event = message.payload?.data?.goalProgress;
      if (event) this.#inbox.push(event);
      this.#wake();
    } else if (message.type === 'error' && Array.isArray(message.payload)) {
      this.errors.push(...message.payload);
      this.#end();
    } else if (message.type === 'complete') {
      this.completed = true;
      this.#wake();
    }
  }

  #say(message: object): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #end(): void {
    this.closed = true;
    this.#wake();
  }
}
