import type { DataSource } from 'typeorm';
import type { Backplane } from './backplane.js';
import type { Config } from './config.js';
import type { Capability } from './entities/capability.js';
import { CapabilityState } from './entities/enums.js';

type Part = () => { state: 'READY' | 'DEGRADED' | 'OFF'; detail: string } | Promise<{ state: 'READY' | 'DEGRADED' | 'OFF'; detail: string }>;

/** Says which parts run on what; a missing part is said aloud, never silently worked around. */
export class Health {
  constructor(private readonly deps: { dataSource: DataSource; backplane: Backplane; config: Config; providerNames: () => string[]; parts: { accounts: Part; language: Part; search: Part; browser: Part; mail: Part; storage: Part } }) {}

  async capabilities(): Promise<Capability[]> {
    const { parts, config } = this.deps;
    const all: Record<string, Part> = {
      database: async () => ({ state: await this.#database() ? 'READY' : 'OFF', detail: config.DATABASE_URL ? 'PostgreSQL at DATABASE_URL' : 'embedded PostgreSQL in DATA_DIR' }),
      queue: async () => ({ state: await this.#shared() ? 'READY' : 'OFF', detail: this.deps.backplane.size === 'redis' ? 'BullMQ on Redis' : 'BullMQ on PostgreSQL' }),
      cache: async () => ({ state: await this.#shared() ? 'READY' : 'OFF', detail: this.deps.backplane.size === 'redis' ? 'Redis' : 'in this process: one process only' }),
      accounts: parts.accounts,
      language: parts.language,
      embeddings: () => ({ state: 'OFF', detail: 'no part of this version needs embeddings' }),
      search: parts.search,
      crawler: () => ({ state: config.CRAWL_PROXY_URL ? 'DEGRADED' : 'READY', detail: config.CRAWL_PROXY_URL ? 'through a proxy that resolves the names: the private-address guard checks what is written in the URL' : 'direct, every address checked and pinned' }),
      browser: parts.browser,
      mail: parts.mail,
      storage: parts.storage,
    };
    return await Promise.all(Object.entries(all).map(async ([name, part]) => {
      const { state, detail } = await part();
      return { name, state: CapabilityState[state], detail };
    }));
  }

  /** Streams of events that are being watched at this moment, zero once every client has left; a stream's channel is `kind:id`, the process's own have no colon. */
  eventChannels(): number {
    return this.deps.backplane.bus.channels().filter((name) => name.includes(':')).length;
  }

  authProviders(): string[] {
    return this.deps.providerNames();
  }

  /** Whether this process can do its work now. */
  async isReady(): Promise<boolean> {
    return await this.#database() && await this.#shared();
  }

  async #database(): Promise<boolean> {
    return await this.deps.dataSource.query('SELECT 1').then(() => true, () => false);
  }

  async #shared(): Promise<boolean> {
    return await this.deps.backplane.ping().then(() => true, () => false);
  }
}
