import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { pageDocument } from '../../../src/services/crawler/page-document.js';
import { HOSTILE, hostilePage, page } from './hostile-pages.js';

const schema = readFileSync(new URL('../../../docs/page.xsd', import.meta.url), 'utf8');

async function problems(documents: string[]): Promise<string[]> {
  const result = await validateXML({ xml: documents.map((contents, index) => ({ fileName: `${index}.xml`, contents })), schema });
  return result.errors.map((error) => error.rawMessage);
}

describe('docs/page.xsd', () => {
  it('describes every page document, hostile ones included (libxml2)', async () => {
    expect(await problems([page({}), ...HOSTILE.map(hostilePage)].map(pageDocument))).toEqual([]);
  });

  it('knows every kind of link, field and source', async () => {
    const fields = ['companyName', 'description', 'industry', 'phone', 'address', 'city', 'countryCode', 'socialLink', 'contactName', 'contactTitle', 'openingHours'] as const;
    const sources = ['jsonld', 'microdata', 'opengraph', 'meta', 'title', 'heading', 'tel', 'link', 'copyright', 'text'] as const;
    const xml = pageDocument(page({
      facts: fields.flatMap((field) => sources.map((source) => ({ field, source, value: 'x', snippet: 'x', start: 0, end: 1 }))),
      links: (['anchor', 'area', 'frame', 'refresh'] as const).map((kind, position) => ({ kind, position, url: 'https://clinic.example/', text: '', nofollow: false })),
    }));
    expect(await problems([xml])).toEqual([]);
    const items = (['microdata', 'rdfa', 'hcard'] as const).map((syntax) => ({ syntax, data: { '@type': 'Dentist' } }));
    expect(await problems([pageDocument(page({ metadata: { meta: {}, jsonLd: [], items } })), xml.replace('<items></items>', '')])).toEqual([]);
    for (const wall of ['CHALLENGE', 'LOGIN', 'PARKED'] as const) expect(await problems([pageDocument(page({ wall }))])).toEqual([]);
  });

  it('rejects documents that are not like that', async () => {
    const good = pageDocument(page({ title: 'x', metadata: { meta: { a: '1' }, jsonLd: [], items: [{ syntax: 'rdfa', data: {} }] } }));
    const bad = [
      good.replace('<status>200</status>', '<status>2000</status>'), good.replace('<title>x</title>', '<titel>x</titel>'), good.replace('needsScript="false"', ''),
      good.replace('<entry name="a">', '<entry>'), good.replace('encoding="text"', 'encoding="none"'), good.replace('urn:leadline:page:1', 'urn:other'), good.replace('syntax="rdfa"', 'syntax="yaml"'),
      good.replace('<entry name="a">1</entry>', '<entry name="a">1</entry><entry name="a">2</entry>'),
    ];
    for (const xml of bad) expect((await problems([xml])).length, xml).toBeGreaterThan(0);
  });
});
