import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { type Sandbox, startSandbox } from '../../../sandbox/index.js';
import { decodeBody } from '../../../src/services/crawler/charset.js';
import { pageDocument, readPageDocument } from '../../../src/services/crawler/page-document.js';
import { readPage } from '../../../src/services/crawler/read-page.js';
import { storableText } from '../../../src/storable.js';

const schema = readFileSync(new URL('../../../docs/page.xsd', import.meta.url), 'utf8');
const ODD = ['charset-lie', 'charset-unknown', 'invalid-utf8', 'bom-lie', 'nul-bytes', 'type-rubbish', 'bidi', 'jsonld-huge', 'links-data', 'base-rubbish', 'links-private', 'frames-private', 'empty', 'form-only'];

let sandbox: Sandbox;
beforeAll(async () => { sandbox = await startSandbox(); });
afterAll(() => sandbox.close());

/** One page through the sandbox's proxy, as the crawler decodes it. */
async function page(url: string): Promise<{ url: string; html: string }> {
  const proxy = new URL(sandbox.proxyUrl);
  return await new Promise((resolve, reject) => {
    const asked = request({ host: proxy.hostname, port: proxy.port, path: url, headers: { host: new URL(url).host } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ url, html: storableText(decodeBody(Buffer.concat(chunks), response.headers['content-type'] ?? null).text) }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

describe('the documents of whole pages', () => {
  it('are valid, the same each time they are made, and read back whole: one page of each language and charset, and the odd ones', async () => {
    const kinds = new Map(sandbox.sites.filter((site) => !site.hostile).map((site) => [`${site.language} ${site.charset}`, site.startUrl]));
    expect(kinds.size).toBeGreaterThanOrEqual(8);
    const urls = [...kinds.values(), ...sandbox.sites.filter((site) => site.hostile === 'brokenHtml').map((site) => site.startUrl), ...ODD.map((name) => `http://wild-${name}.com/`)];
    const pages = await Promise.all(urls.map(page));
    const documents = pages.map(({ url, html }) => {
      const make = (): string => pageDocument({ url, finalUrl: url, status: 200, html, reading: readPage(html, url) });
      const xml = make();
      expect(make()).toBe(xml);
      const reading = readPage(html, url);
      expect(readPageDocument(xml)).toMatchObject({ html, links: reading.links, metadata: { jsonLd: reading.metadata.jsonLd, items: reading.metadata.items } });
      return xml;
    });
    const result = await validateXML({ xml: documents.map((contents, index) => ({ fileName: `${new URL(urls[index] ?? '').hostname}.xml`, contents })), schema });
    expect(result.errors.map((error) => error.rawMessage)).toEqual([]);
  });
});
