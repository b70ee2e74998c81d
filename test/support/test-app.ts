import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { inject } from 'vitest';
import { startSandbox, type Sandbox } from '../../sandbox/index.js';
import { startApp, type App } from '../../src/app.js';
import { loadConfig } from '../../src/config.js';
import { ApiScope } from '../../src/entities/enums.js';
import { createLogger } from '../../src/logger.js';
import { TEMPLATE } from './global-setup.js';
import { open } from './open-things.js';
import { TestClient } from './client.js';
import { startRedis, testFolder, withClient, type TestServer } from './servers.js';

export interface TestApp {
  app: App;
  url: string;
  dataDir: string;
  databaseUrl: string;
  /** Settings it was started with, to start another process or a second app on the same data. */
  settings: Record<string, string>;
  /** A verified user of a new workspace, signed in with an API key. */
  user(email?: string, scopes?: ApiScope[]): Promise<TestClient>;
  close(): Promise<void>;
}

/** A database of its own, cloned from the migrated template. */
export async function createTestDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = inject('serverUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withClient(`${server}/postgres`, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`));
  return { url: `${server}/${name}`, drop: async () => { await withClient(`${server}/postgres`, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)); } };
}

/** A sandbox internet; remember to close it. */
export async function openSandbox(options: Parameters<typeof startSandbox>[0] = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  const key = `sandbox ${sandbox.proxyUrl}`;
  open.add(key);
  return { ...sandbox, close: async () => { await sandbox.close(); open.delete(key); } };
}

/** Settings that point every outside service at the sandbox; without it the outside is off. */
export function sandboxSettings(sandbox: Sandbox | null): Record<string, string> {
  if (!sandbox) return { OVERPASS_URL: 'off', EMAIL_DNS_SERVERS: '127.0.0.1:1' };
  const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _base, ...settings } = sandbox.environment();
  return { ...settings, CRAWL_HOST_DELAY_MS: '0' };
}

/**
 * The product on real servers in the size of this run: PostgreSQL always, Redis where TEST_SIZE is `servers`.
 * Rate limits are off unless a test turns them on.
 */
export async function startTestApp(settings: Record<string, string> = {}, sandbox: Sandbox | null = null): Promise<TestApp> {
  const database = await createTestDatabase();
  const redis: TestServer | null = inject('size') === 'servers' ? await startRedis() : null;
  const dataDir = testFolder('app');
  const all: Record<string, string> = {
    DATABASE_URL: database.url, DATA_DIR: dataDir, PORT: '0', RATE_LIMITS: 'off', LOG_LEVEL: 'error', CRAWL_BROWSER: 'off',
    // Threads load built JavaScript, and these tests run from the sources; test/e2e has them.
    CRAWL_READ_THREADS: '0',
    ...(redis ? { REDIS_URL: redis.url } : {}), ...sandboxSettings(sandbox), ...settings,
  };
  const config = loadConfig(all);
  const app = await startApp(config, createLogger(config.LOG_LEVEL));
  const key = `app ${app.url ?? dataDir}`;
  open.add(key);
  return {
    app, url: app.url ?? '', dataDir, databaseUrl: database.url, settings: all,
    user: async (email = `${randomBytes(6).toString('hex')}@users.example`, scopes = [ApiScope.READ, ApiScope.WRITE]) => {
      const { user, workspaceId } = await app.services.auth.createVerifiedUser({ email, password: 'a long enough pass phrase' });
      const { secret } = await app.services.apiKeys.createFor(workspaceId, user.id, { name: 'test', scopes });
      return new TestClient(app.url ?? '', secret);
    },
    close: async () => {
      await app.close();
      await redis?.stop();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
      open.delete(key);
    },
  };
}
