import { describe, expect, it } from 'vitest';
import { TestClient } from '../support/client.js';
import { openSandbox, startTestApp } from '../support/test-app.js';

interface Capability { name: string; state: 'READY' | 'DEGRADED' | 'OFF'; detail: string }

/** What the public field says, by name. */
async function capabilitiesOf(settings: Record<string, string>, withSandbox = false): Promise<Map<string, Capability>> {
  const sandbox = withSandbox ? await openSandbox() : null;
  const test = await startTestApp({ ...settings, ...(sandbox && settings.OPENAI_API_KEY ? { OPENAI_API_KEY: sandbox.openai.key, OPENAI_BASE_URL: sandbox.openai.url } : {}) }, sandbox);
  try {
    const { capabilities } = await new TestClient(test.url, null).data<{ capabilities: Capability[] }>('{ capabilities { name state detail } }');
    return new Map(capabilities.map((capability) => [capability.name, capability]));
  } finally {
    await test.close();
    await sandbox?.close();
  }
}

describe('capabilities', () => {
  it('say aloud what is missing and what to set, without any key', async () => {
    const all = await capabilitiesOf({});
    expect([...all.keys()].sort()).toEqual(['accounts', 'browser', 'cache', 'crawler', 'database', 'embeddings', 'language', 'mail', 'queue', 'search', 'storage']);
    expect(all.get('accounts')).toEqual({ name: 'accounts', state: 'READY', detail: 'passwords' });
    expect(all.get('database')?.state).toBe('READY');
    expect(all.get('language')).toMatchObject({ state: 'DEGRADED' });
    expect(all.get('search')).toMatchObject({ state: 'DEGRADED', detail: expect.stringContaining('BRAVE_API_KEY') as string });
    expect(all.get('crawler')).toMatchObject({ state: 'READY' });
    expect(all.get('browser')).toMatchObject({ state: 'OFF', detail: expect.stringContaining('CRAWL_BROWSER') as string });
    expect(all.get('mail')).toMatchObject({ state: 'READY', detail: expect.stringContaining('outbox') as string });
    for (const { detail } of all.values()) expect(detail).not.toBe('');
  });

  it('name the engines that answer, with keys, and say what a proxy costs', async () => {
    const all = await capabilitiesOf({ OPENAI_API_KEY: 'set' }, true);
    expect(all.get('language')).toMatchObject({ state: 'READY', detail: expect.stringContaining('gpt-') as string });
    expect(all.get('search')).toMatchObject({ state: 'READY', detail: expect.stringContaining('BRAVE') as string });
    expect(all.get('crawler')).toMatchObject({ state: 'DEGRADED', detail: expect.stringContaining('proxy') as string });
  });

  it('never print a secret', async () => {
    const secret = 'a-secret-that-must-stay';
    const all = await capabilitiesOf({ BRAVE_API_KEY: secret, OPENAI_API_KEY: secret, SMTP_URL: `smtp://user:${secret}@127.0.0.1:1` });
    expect(all.size).toBeGreaterThan(0);
    expect(JSON.stringify([...all.values()])).not.toContain(secret);
  });
});
