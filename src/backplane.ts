import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { createPostgresBackend, type ConnectionOptions } from 'bullmq';
import { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { Logger } from './logger.js';

/** Live messages between processes. Messages may be lost: a receiver that must know reads the rows. */
export interface Bus {
  publish(channel: string, message: string): Promise<void>;
  /** Resolves when messages published from now on will arrive; call the result to leave. */
  subscribe(channel: string, listener: (message: string) => void): Promise<() => Promise<void>>;
  /** Names of the channels listened to at this moment. */
  channels(): string[];
}

/** Constructor arguments that make a BullMQ class speak to the right store. */
export interface QueueBackend {
  options(role: 'producer' | 'worker'): { connection: ConnectionOptions };
  /** Last argument of Queue, Worker and QueueEvents; undefined means BullMQ's own Redis backend. */
  factory: typeof createPostgresBackend | undefined;
}

/** The one place that chooses between Redis and what is built in; nothing else knows which it is. */
export interface Backplane {
  readonly size: 'redis' | 'embedded';
  readonly bus: Bus;
  readonly queues: QueueBackend;
  /** `points` actions per `seconds` and key, shared by all processes where there is a Redis. */
  limiter(name: string, points: number, seconds: number): RateLimiterAbstract;
  /** Rejects when the shared store is out of reach. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export function createBackplane(config: { REDIS_URL?: string | undefined }, databaseUrl: string, logger: Logger): Backplane {
  return config.REDIS_URL ? redisBackplane(config.REDIS_URL, logger) : embeddedBackplane(databaseUrl);
}

function embeddedBackplane(databaseUrl: string): Backplane {
  const emitter = new EventEmitter();
  // One listener per watching client is normal here, not a leak; channels() is what tests watch.
  emitter.setMaxListeners(0);
  const limiters = new Map<string, RateLimiterAbstract>();
  return {
    size: 'embedded',
    bus: {
      publish: async (channel, message) => { emitter.emit(channel, message); },
      subscribe: async (channel, listener) => {
        emitter.on(channel, listener);
        return async () => { emitter.off(channel, listener); };
      },
      channels: () => emitter.eventNames().map(String),
    },
    queues: {
      // BullMQ's PostgreSQL backend takes its own pool settings here; its types only know Redis.
      options: () => ({ connection: { connectionString: databaseUrl, schema: 'bullmq', migrate: true, max: 3 } }),
      factory: createPostgresBackend,
    },
    limiter: (name, points, duration) => {
      const existing = limiters.get(name) ?? new RateLimiterMemory({ keyPrefix: name, points, duration });
      limiters.set(name, existing);
      return existing;
    },
    ping: async () => undefined,
    close: async () => { emitter.removeAllListeners(); },
  };
}

/** How long a new watcher waits for a Redis that is away, ms. */
const SUBSCRIBE_WAIT_MS = 1_000;

function redisBackplane(url: string, logger: Logger): Backplane {
  let told = false;
  const watch = (client: Redis): Redis => client
    // ioredis reconnects by itself; one line per outage, not one per attempt.
    .on('error', (error: Error) => { if (!told) logger.warn({ err: error.message }, 'Redis is out of reach'); told = true; })
    .on('ready', () => { told = false; });
  // Commands fail at once when Redis is away: a request must not hang for a cache.
  const failFast = { enableOfflineQueue: false, maxRetriesPerRequest: 1, connectTimeout: 2_000 } as const;
  const commands = watch(new Redis(url, { ...failFast, enableOfflineQueue: true, commandTimeout: 3_000 }));
  const producer = watch(new Redis(url, { ...failFast, enableOfflineQueue: true, commandTimeout: 5_000 }));
  // Workers wait for Redis instead (BullMQ asks for exactly this setting).
  const worker = watch(new Redis(url, { maxRetriesPerRequest: null }));
  // Subscriptions are restored by ioredis after a reconnect.
  const subscriber = watch(new Redis(url, { maxRetriesPerRequest: null }));
  const limiters = new Map<string, RateLimiterAbstract>();
  const listeners = new Map<string, { all: Set<(message: string) => void>; ready: Promise<unknown> }>();
  subscriber.on('message', (channel: string, message: string) => {
    for (const listener of listeners.get(channel)?.all ?? []) listener(message);
  });
  return {
    size: 'redis',
    bus: {
      publish: async (channel, message) => {
        await commands.publish(channel, message).catch((error: Error) => { logger.debug({ err: error.message }, 'event not published; watchers read the rows'); });
      },
      subscribe: async (channel, listener) => {
        // Who comes second waits for the first one's subscription, too: until it stands, messages pass both by.
        const known = listeners.get(channel) ?? { all: new Set(), ready: subscriber.subscribe(channel) };
        listeners.set(channel, known);
        known.all.add(listener);
        const leave = async (): Promise<void> => {
          if (!known.all.delete(listener) || known.all.size > 0) return;
          listeners.delete(channel);
          // Not waited for: while Redis is away it would hold up a client that leaves, and the shutdown.
          subscriber.unsubscribe(channel).catch(() => undefined);
        };
        try {
          // Without Redis there are no messages to miss: the watcher reads rows meanwhile, and ioredis subscribes
          // once it is back. A client must not wait for that.
          await (subscriber.status === 'ready' ? known.ready : Promise.race([known.ready, delay(SUBSCRIBE_WAIT_MS)]));
        } catch (error) {
          await leave();
          throw error;
        }
        return leave;
      },
      channels: () => [...listeners.keys()],
    },
    queues: {
      options: (role) => ({ connection: role === 'worker' ? worker : producer }),
      factory: undefined,
    },
    limiter: (name, points, duration) => {
      // One per name: what is counted in memory while Redis is away must be counted in one place. Nobody waits for a Redis that is away.
      const existing = limiters.get(name) ?? new RateLimiterRedis({
        storeClient: commands, keyPrefix: `leadline:limit:${name}`, points, duration, rejectIfRedisNotReady: true,
        insuranceLimiter: new RateLimiterMemory({ points, duration }),
      });
      limiters.set(name, existing);
      return existing;
    },
    ping: async () => { await commands.ping(); },
    close: async () => {
      for (const client of [commands, producer, worker, subscriber]) client.disconnect();
    },
  };
}
