import { rmSync } from 'node:fs';
import { chromium, type Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { findChromium } from '../../src/services/crawler/chromium.js';
import { startEmbeddedPostgres } from '../../src/embedded-postgres.js';
import { createLogger } from '../../src/logger.js';
import { TestClient, until } from '../support/client.js';
import { startRedis, testFolder } from '../support/servers.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const binary = await findChromium(process.env.CHROMIUM_PATH);

let test: TestApp;
const get = (path: string, headers: Record<string, string> = {}): Promise<Response> => fetch(`${test.url}${path}`, { headers });

describe('the doors of a running server', () => {
  beforeAll(async () => { test = await startTestApp(); });
  afterAll(async () => { await test.close(); });

  it('/ says what is here, and each of its links leads somewhere', async () => {
    const response = await get('/');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    const html = await response.text();
    expect(html).toContain('<title>Leadline</title>');
    const links = [...html.matchAll(/href="(\/[^"]*)"/g)].map(([, link = '']) => link);
    expect(links).toContain('/graphiql');
    for (const link of links) expect({ link, status: (await get(link)).status }).toEqual({ link, status: 200 });
  });

  it('/health/live and /health/ready answer while everything works', async () => {
    for (const [path, status] of [['/health/live', 'live'], ['/health/ready', 'ready']] as const) {
      const response = await get(path);
      expect({ status: response.status, body: await response.json() as unknown }).toEqual({ status: 200, body: { status } });
    }
  });

  it('/metrics speaks the text format of Prometheus', async () => {
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await response.text()).toMatch(/^process_cpu_user_seconds_total \d/m);
  });

  it('/.well-known/jwks.json has a public Ed25519 key and nothing private', async () => {
    const { keys } = await (await get('/.well-known/jwks.json')).json() as { keys: Record<string, string>[] };
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' });
    expect(keys[0]).not.toHaveProperty('d');
  });

  it('a path that is not there is a 404 in the words of docs/errors.md', async () => {
    for (const path of ['/nowhere', '/graphiql/assets.js', '/files/exports', '/files/exports/unknown?token=1.2', '/.env', '/..%2f..%2fetc%2fpasswd']) {
      const response = await get(path);
      const body = await response.json() as { errors: { extensions: { code: string } }[] };
      expect({ path, status: response.status, code: body.errors[0]?.extensions.code }).toEqual({ path, status: 404, code: 'NOT_FOUND' });
    }
  });

  it('answers say which policies hold and not which software answers', async () => {
    const { headers } = await get('/');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.has('x-powered-by')).toBe(false);
  });

  it('a server without TLS does not send browsers to https, where nothing answers', async () => {
    const { headers } = await get('/');
    expect(headers.get('content-security-policy')).not.toContain('upgrade-insecure-requests');
    expect(headers.has('strict-transport-security')).toBe(false);
  });

  it('queries may come by GET, mutations may not', async () => {
    expect(await (await get(`/graphql?query=${encodeURIComponent('{ __typename }')}`)).json()).toEqual({ data: { __typename: 'Query' } });
    const refused = await get(`/graphql?query=${encodeURIComponent('mutation { logout }')}`);
    expect(refused.status).toBe(405);
  });

  describe.runIf(binary !== null)('in a real browser', () => {
    let browser: Browser;
    beforeAll(async () => { browser = await chromium.launch({ executablePath: binary?.path ?? '', args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] }); });
    afterAll(async () => { await browser.close(); });

    /** A page that writes down where it asks and what it complains about. */
    async function watchedPage(): Promise<{ page: Awaited<ReturnType<Browser['newPage']>>; outside: string[]; complaints: string[] }> {
      const page = await browser.newPage();
      const outside: string[] = [];
      const complaints: string[] = [];
      page.on('request', (request) => {
        const url = request.url().replace(/^blob:/, '');
        if (!url.startsWith('data:') && new URL(url).origin !== new URL(test.url).origin) outside.push(url);
      });
      page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
      page.on('pageerror', (error) => { complaints.push(error.message); });
      return { page, outside, complaints };
    }

    it('/ is complete in itself and opens the playground', async () => {
      const { page, outside, complaints } = await watchedPage();
      await page.goto(test.url);
      await page.getByRole('link', { name: '/graphiql' }).click();
      await page.waitForSelector('button.graphiql-execute-button');
      expect(new URL(page.url()).pathname).toBe('/graphiql');
      expect({ outside, complaints }).toEqual({ outside: [], complaints: [] });
      await page.close();
    });

    it('/graphiql runs a query and asks no outside address', async () => {
      const { page, outside, complaints } = await watchedPage();
      await page.goto(`${test.url}/graphiql?query=${encodeURIComponent('{ capabilities { name state } }')}`);
      const answer = page.waitForResponse((response) => (response.request().postData() ?? '').includes('capabilities'));
      await page.click('button.graphiql-execute-button');
      const { data } = await (await answer).json() as { data: { capabilities: { name: string }[] } };
      expect(data.capabilities.map(({ name }) => name)).toContain('database');
      // Shown, too: the result pane of the page has it.
      await page.waitForFunction(() => document.querySelector('.result-window')?.textContent?.includes('database'));
      expect({ outside, complaints }).toEqual({ outside: [], complaints: [] });
      await page.close();
    });
  });
});

describe('a server whose database goes away', () => {
  it('stays up, says that it is not ready, and names the part that is missing', async () => {
    const folder = testFolder('own-database');
    const postgres = await startEmbeddedPostgres(folder, createLogger('error'), { settings: ['fsync=off'] });
    let isStopped = false;
    const app = await startTestApp({ DATABASE_URL: postgres.url, LOG_LEVEL: 'silent' });
    try {
      const client = await app.user();
      expect((await fetch(`${app.url}/health/ready`)).status).toBe(200);
      await postgres.stop();
      isStopped = true;
      const ready = await fetch(`${app.url}/health/ready`);
      expect({ status: ready.status, body: await ready.json() as unknown }).toEqual({ status: 503, body: { status: 'unavailable' } });
      expect((await fetch(`${app.url}/health/live`)).status).toBe(200);
      const { capabilities } = await new TestClient(app.url, null).data<{ capabilities: { name: string; state: string }[] }>('{ capabilities { name state } }');
      expect(capabilities.find(({ name }) => name === 'database')?.state).toBe('OFF');
      expect(await client.failure('{ goals { totalCount } }')).toEqual({ code: 'SERVICE_UNAVAILABLE', dependency: 'database', retryAfterMs: 2_000 });
    } finally {
      await app.close();
      if (!isStopped) await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe.runIf(inject('size') === 'servers')('a server whose Redis goes away', () => {
  it('is not ready while it is away and ready when it is back', async () => {
    const redis = await startRedis();
    const app = await startTestApp({ REDIS_URL: redis.url, LOG_LEVEL: 'silent' });
    const readiness = async (): Promise<number> => (await fetch(`${app.url}/health/ready`)).status;
    try {
      expect(await readiness()).toBe(200);
      // Stopped, not ended: the port stays taken and nothing answers, as when a machine hangs.
      process.kill(redis.pid, 'SIGSTOP');
      expect(await readiness()).toBe(503);
      process.kill(redis.pid, 'SIGCONT');
      await until(async () => await readiness() === 200, 'ready again');
    } finally {
      process.kill(redis.pid, 'SIGCONT');
      await app.close();
      await redis.stop();
    }
  });
});
