import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../../sandbox/index.js';
import { ask } from './http.js';

describe('a sandbox', () => {
  it('names every setting the product needs to live in it', async () => {
    const sandbox = await startSandbox();
    try {
      expect(sandbox.environment()).toEqual({
        BRAVE_API_KEY: sandbox.brave.key, BRAVE_BASE_URL: sandbox.brave.url, OPENAI_API_KEY: sandbox.openai.key, OPENAI_BASE_URL: sandbox.openai.url, OPENAI_MODEL: 'gpt-sandbox', SEARXNG_URL: sandbox.searxngUrl,
        GITHUB_CLIENT_ID: sandbox.github.clientId, GITHUB_CLIENT_SECRET: sandbox.github.clientSecret, GITHUB_BASE_URL: sandbox.github.url,
        NOMINATIM_URL: sandbox.nominatimUrl, OVERPASS_URL: sandbox.overpassUrl, CRAWL_PROXY_URL: sandbox.proxyUrl, EMAIL_DNS_SERVERS: `${sandbox.dns.host}:${sandbox.dns.port}`,
      });
    } finally {
      await sandbox.close();
    }
  });

  it('closes everything, even with requests open, and leaves the ports free', async () => {
    const sandbox = await startSandbox();
    const drip = sandbox.sites.find((site) => site.hostile === 'slowDrip');
    const open = expect(ask(drip?.startUrl ?? '', { proxyUrl: sandbox.proxyUrl })).rejects.toThrow();
    while (sandbox.requests().length === 0) await new Promise((resolve) => setImmediate(resolve));
    await sandbox.close();
    await open;
    await sandbox.close();
    const { port } = new URL(sandbox.proxyUrl);
    await new Promise<void>((resolve, reject) => {
      const probe = createServer().once('error', reject).listen(Number(port), '127.0.0.1', () => probe.close(() => resolve()));
    });
  });

  it('opens nothing when one port is taken', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    const { port } = blocker.address() as { port: number };
    try {
      for (const server of ['web', 'overpass', 'smtp', 'brokenSmtp'] as const) await expect(startSandbox({ ports: { [server]: port } }), server).rejects.toMatchObject({ code: 'EADDRINUSE' });
      await expect(startSandbox({ ports: { dns: port } })).rejects.toThrow('no port free');
    } finally {
      await new Promise<void>((resolve) => blocker.close(() => resolve()));
    }
  });
});
