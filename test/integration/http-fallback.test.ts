import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until, type TestClient } from '../support/client.js';
import { testFolder } from '../support/servers.js';
import { openSandbox, startTestApp } from '../support/test-app.js';

interface Crawl { crawlJob: { status: string; pages: { nodes: { url: string; finalUrl: string; outcome: string }[] }; emails: { nodes: { address: string }[] } } }

const READ = 'query ($id: ID!) { crawlJob(id: $id) { status pages(first: 100) { nodes { url finalUrl outcome } } emails(first: 100) { nodes { address } } } }';

async function crawl(client: TestClient, url: string): Promise<Crawl['crawlJob']> {
  const { startCrawl } = await client.data<{ startCrawl: { id: string } }>('mutation ($url: String!) { startCrawl(input: { url: $url }) { id } }', { url });
  return await until(async () => {
    const { crawlJob } = await client.data<Crawl>(READ, { id: startCrawl.id });
    return ['COMPLETED', 'FAILED'].includes(crawlJob.status) && crawlJob;
  }, `the crawl of ${url} to end`);
}

describe('a site that answers over plain http only', () => {
  it('is read also where its own links say https, and a name that does not exist stays an error', async () => {
    const webDir = testFolder('web');
    const site = join(webDir, 'plain-only.example');
    mkdirSync(site);
    writeFileSync(join(site, 'index.html'), '<html><body><h1>Plain Only Ltd</h1><a href="https://plain-only.example/contact.html">Contact</a> <a href="https://www.plain-only.example/team.html">Team</a> <a href="https://gone.plain-only.example/">Shop</a> <a href="https://gone.plain-only.example/b">B</a> <a href="https://gone.plain-only.example/c">C</a></body></html>');
    writeFileSync(join(site, 'contact.html'), '<html><body><p>Write to <a href="mailto:office@plain-only.com">office@plain-only.com</a></p></body></html>');
    writeFileSync(join(site, 'team.html'), '<html><body><p>Ada Moss, ada.moss@plain-only.com</p></body></html>');
    const sandbox = await openSandbox({ webDir });
    const test = await startTestApp({}, sandbox);
    try {
      const job = await crawl(await test.user(), 'http://plain-only.example/');
      expect(job.status).toBe('COMPLETED');
      expect(job.emails.nodes.map((email) => email.address).sort()).toEqual(['ada.moss@plain-only.com', 'office@plain-only.com']);
      const page = (path: string): { url: string; finalUrl: string; outcome: string } | undefined => job.pages.nodes.find(({ url }) => url === path);
      // The page is known by the address that was linked, and proved by the address that answered.
      expect(page('https://plain-only.example/contact.html')).toMatchObject({ finalUrl: 'http://plain-only.example/contact.html', outcome: 'OK' });
      for (const path of ['', 'b', 'c']) expect(page(`https://gone.plain-only.example/${path}`)).toMatchObject({ outcome: 'NETWORK_ERROR' });
      // Asked for once over http (the proxy's log knows no tunnels), not once per link.
      expect(sandbox.requests().filter(({ host }) => host.startsWith('gone.'))).toHaveLength(1);
    } finally {
      await test.close();
      await sandbox.close();
      rmSync(webDir, { recursive: true, force: true });
    }
  });

  it('is not entered over http when it was asked for over https', async () => {
    const webDir = testFolder('web');
    mkdirSync(join(webDir, 'plain-only.example'));
    writeFileSync(join(webDir, 'plain-only.example', 'index.html'), '<html><body><p>office@plain-only.com</p></body></html>');
    const sandbox = await openSandbox({ webDir });
    const test = await startTestApp({}, sandbox);
    try {
      const job = await crawl(await test.user(), 'https://plain-only.example/');
      expect(job).toMatchObject({ status: 'FAILED', emails: { nodes: [] } });
      expect(sandbox.requests().filter(({ server, method }) => server === 'web' && method === 'GET')).toEqual([]);
    } finally {
      await test.close();
      await sandbox.close();
      rmSync(webDir, { recursive: true, force: true });
    }
  });
});
