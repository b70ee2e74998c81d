import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { withClient } from '../support/servers.js';
import { until, type TestClient } from '../support/client.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { closeAll, webServer } from '../unit/crawler/servers.js';

interface Crawl { status: string; pages: { nodes: { url: string; contentHash: string; content: { text: string } | null }[] }; emails: { nodes: { address: string; sources: { pageUrl: string }[] }[] } }

let test: TestApp | null = null;
afterEach(async () => {
  await test?.close();
  test = null;
  await closeAll();
});

/** A site with versions: what was asked and what was answered is in `log`. */
async function versionedSite(log: string[], versions: Record<string, number>): Promise<number> {
  return await webServer((request, response) => {
    const path = request.url ?? '';
    const version = versions[path];
    if (version === undefined) {
      response.writeHead(404).end();
      return;
    }
    const isKnown = request.headers['if-none-match'] === `"${version}"`;
    log.push(`${path} ${isKnown ? 304 : 200}`);
    response.writeHead(isKnown ? 304 : 200, { 'content-type': 'text/html', etag: `"${version}"` });
    response.end(isKnown ? undefined : `<html><body><p>Version ${version} of ${path}, office${version}@versioned-firm.com</p><a href="/contact">Contact</a></body></html>`);
  });
}

async function crawl(client: TestClient, url: string): Promise<Crawl> {
  const { startCrawl } = await client.data<{ startCrawl: { id: string } }>('mutation ($url: String!) { startCrawl(input: { url: $url }) { id } }', { url });
  return await until(async () => {
    const { crawlJob } = await client.data<{ crawlJob: Crawl }>('query ($id: ID!) { crawlJob(id: $id) { status pages(first: 100) { nodes { url contentHash content { text } } } emails(first: 100) { nodes { address sources { pageUrl } } } } }', { id: startCrawl.id });
    return ['COMPLETED', 'FAILED'].includes(crawlJob.status) && crawlJob;
  }, 'the crawl to end');
}

const textOf = (job: Crawl, path: string): string => job.pages.nodes.find((page) => page.url.endsWith(path))?.content?.text ?? '';

describe('a site that was read before', () => {
  it('is asked only for what has changed, and what has not keeps its words, addresses and proof', async () => {
    const log: string[] = [];
    const versions: Record<string, number> = { '/': 1, '/contact': 1 };
    const port = await versionedSite(log, versions);
    test = await startTestApp({ CRAWL_ALLOW_CIDRS: '127.0.0.1/32', CRAWL_PORTS: String(port), CRAWL_HOST_DELAY_MS: '0' });
    const client = await test.user();
    const first = await crawl(client, `http://127.0.0.1:${port}/`);
    expect(first.status).toBe('COMPLETED');
    expect(log).toEqual(['/ 200', '/contact 200']);
    versions['/contact'] = 2;
    const second = await crawl(client, `http://127.0.0.1:${port}/`);
    expect(log.slice(2)).toEqual(['/ 304', '/contact 200']);
    expect(textOf(second, '/')).toBe(textOf(first, '/'));
    expect(second.pages.nodes.find((page) => page.url.endsWith('/'))?.contentHash).toBe(first.pages.nodes.find((page) => page.url.endsWith('/'))?.contentHash);
    expect(textOf(second, '/contact')).toContain('Version 2');
    expect(second.emails.nodes.map((email) => email.address).sort()).toEqual(['office1@versioned-firm.com', 'office2@versioned-firm.com']);
    // A third time: what a 304 kept still has its version.
    await crawl(client, `http://127.0.0.1:${port}/`);
    expect(log.slice(4)).toEqual(['/ 304', '/contact 304']);
  });

  it('is asked only for what has changed also where a page only repeats another one, as long as that one stays the same', async () => {
    const log: string[] = [];
    const versions: Record<string, number> = { '/': 1, '/contact': 1, '/copy': 1, '/index': 1, '/hidden': 1 };
    const words = 'We repair clocks and barometers of every age in our workshop by the old harbour, answer each letter within the week that brings it, and visit those whose clocks are too large to be carried through a door or up a stair.';
    const site: Record<string, string> = {
      '/': '<title>Start</title><a href="/contact">Contact</a> <a href="/copy">Copy</a> <a href="/index">Index</a>', '/hidden': '<title>Hidden</title><p>Nothing else leads to this page.</p>',
      '/contact': `<title>Clocks</title><p>${words}</p>`, '/copy': `<title>Clocks</title><p>${words}</p>`, '/index': `<title>Clocks</title><p>${words}</p><a href="/hidden"></a>`,
    };
    const port = await webServer((request, response) => {
      const path = request.url ?? '';
      const version = `"${versions[path] ?? 0}"`;
      if (site[path] === undefined) return void response.writeHead(404).end();
      const isKnown = request.headers['if-none-match'] === version;
      log.push(`${path} ${isKnown ? 304 : 200}`);
      response.writeHead(isKnown ? 304 : 200, { 'content-type': 'text/html', etag: version }).end(isKnown ? undefined : `<html lang="en"><body>${site[path]}<p>Version ${versions[path] ?? 0}</p></body></html>`);
    });
    test = await startTestApp({ CRAWL_ALLOW_CIDRS: '127.0.0.1/32', CRAWL_PORTS: String(port), CRAWL_HOST_DELAY_MS: '1' });
    const client = await test.user();
    const repeated = async (): Promise<string[]> => await withClient(test?.databaseUrl ?? '', async (sql) => (await sql.query<{ path: string }>("SELECT regexp_replace(url, '.*:[0-9]+', '') AS path FROM pages WHERE error_code = 'PAGE_DUPLICATE' AND crawl_job_id = (SELECT id FROM crawl_jobs ORDER BY created_at DESC LIMIT 1) ORDER BY 1")).rows.map(({ path }) => path));
    await crawl(client, `http://127.0.0.1:${port}/`);
    expect(await repeated()).toEqual(['/copy', '/index']);
    expect(log.splice(0).sort()).toEqual(['/ 200', '/contact 200', '/copy 200', '/hidden 200', '/index 200']);
    // Two times: what a 304 says again keeps its version. The one whose link led further is read in full.
    for (const time of [1, 2]) {
      await crawl(client, `http://127.0.0.1:${port}/`);
      expect(await repeated(), `time ${time}`).toEqual(['/copy', '/index']);
      expect(log.splice(0).sort(), `time ${time}`).toEqual(['/ 304', '/contact 304', '/copy 304', '/hidden 304', '/index 200']);
    }
    versions['/contact'] = 2;
    await crawl(client, `http://127.0.0.1:${port}/`);
    expect(log.splice(0).sort()).toEqual(['/ 304', '/contact 200', '/copy 200', '/hidden 304', '/index 200']);
  });

  it('is read in full by another workspace, and where the stored page is gone', async () => {
    const log: string[] = [];
    const port = await versionedSite(log, { '/': 1, '/contact': 1 });
    test = await startTestApp({ CRAWL_ALLOW_CIDRS: '127.0.0.1/32', CRAWL_PORTS: String(port), CRAWL_HOST_DELAY_MS: '0' });
    const client = await test.user();
    await crawl(client, `http://127.0.0.1:${port}/`);
    await crawl(await test.user(), `http://127.0.0.1:${port}/`);
    expect(log.slice(2)).toEqual(['/ 200', '/contact 200']);
    rmSync(join(test.dataDir, 'pages'), { recursive: true, force: true });
    const again = await crawl(client, `http://127.0.0.1:${port}/`);
    expect(log.slice(4)).toEqual(['/ 304', '/ 200', '/contact 304', '/contact 200']);
    expect(textOf(again, '/')).toContain('Version 1');
  });
});
