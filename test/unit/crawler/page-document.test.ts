import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { LeadlineError } from '../../../src/errors.js';
import { pageDocument, readPageDocument } from '../../../src/services/crawler/page-document.js';
import { HOSTILE, hostilePage, page } from './hostile-pages.js';

/** Throws what a strict parser finds wrong; gives back the text of an element as that parser reads it. */
function strictText(xml: string, element: string): string {
  let inside = false;
  let text = '';
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag) => {
    if (tag.name === element) inside = true;
  });
  parser.on('closetag', (tag) => {
    if (tag.name === element) inside = false;
  });
  parser.on('text', (chunk) => {
    if (inside) text += chunk;
  });
  parser.write(xml).close();
  return text;
}

const clean = (text: string): string => text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');

describe('the page document', () => {
  it.each(HOSTILE)('is well-formed and comes back the same for %j', (text) => {
    const input = hostilePage(text);
    const xml = pageDocument(input);
    expect(strictText(xml, 'text')).toBe(clean(input.reading.text));
    const stored = readPageDocument(xml);
    const { reading } = input;
    expect(stored.html).toBe(input.html);
    expect(stored).toMatchObject({
      url: input.url, finalUrl: input.finalUrl, status: 200, title: clean(text), description: clean(text), language: clean(text), text: clean(reading.text), mainText: clean(reading.mainText),
      robots: reading.robots, needsScript: true, wall: 'LOGIN',
    });
    expect(stored.links).toEqual(reading.links.map((link) => ({ ...link, url: clean(link.url), text: clean(link.text) })));
    const fact = stored.facts[0];
    expect(fact?.snippet.slice(fact.start, fact.end)).toBe(clean(text));
    expect(stored.metadata.meta[clean(`a${text}`)]).toBe(clean(text));
    // JSON escapes lone surrogates and control characters itself, so these come back whole.
    expect(stored.metadata.jsonLd).toEqual(reading.metadata.jsonLd.map((document) => JSON.parse(clean(JSON.stringify(document))) as unknown));
    expect(stored.metadata.items).toEqual(reading.metadata.items.map(({ syntax, data }) => ({ syntax, data: JSON.parse(clean(JSON.stringify(data))) as unknown })));
  });

  it('is the same document for the same page, in whatever order its meta tags came', () => {
    const one = pageDocument(page({ metadata: { meta: { b: '2', a: '1', B: '3' }, jsonLd: [], items: [] } }));
    const two = pageDocument(page({ metadata: { meta: { B: '3', a: '1', b: '2' }, jsonLd: [], items: [] } }));
    expect(one).toBe(two);
  });

  it('tells an absent title from an empty one', () => {
    expect(readPageDocument(pageDocument(page({ title: null }))).title).toBeNull();
    expect(readPageDocument(pageDocument(page({ title: '' }))).title).toBe('');
  });

  it('looks like this', () => {
    const xml = pageDocument(page({
      title: 'A & B', text: 'Menu\nCall us', mainText: 'Call us', links: [{ url: 'https://clinic.example/contact', text: 'Contact', kind: 'anchor', nofollow: false, position: 0 }],
      facts: [{ field: 'phone', value: '+15125550100', snippet: 'Tel 512 555 0100', start: 4, end: 16, source: 'text' }],
      metadata: { meta: { 'og:title': 'A' }, jsonLd: [{ '@type': 'Dentist' }], items: [{ syntax: 'hcard', data: { '@type': 'VCard', name: 'A' } }] },
    }, '<p title="a">1 < 2</p>'));
    expect(xml).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<page xmlns="urn:leadline:page:1" needsScript="false" nofollow="false" noindex="false">'
      + '<url>https://clinic.example/</url><finalUrl>https://clinic.example/?a=1&amp;b=2</finalUrl><status>200</status><title>A &amp; B</title><text>Menu\nCall us</text><mainText>Call us</mainText>'
      + '<links><link kind="anchor" nofollow="false" position="0" url="https://clinic.example/contact">Contact</link></links>'
      + '<facts><fact end="16" field="phone" source="text" start="4" value="+15125550100">Tel 512 555 0100</fact></facts>'
      + '<meta><entry name="og:title">A</entry></meta><jsonLd><document>{"@type":"Dentist"}</document></jsonLd><items><item syntax="hcard">{"@type":"VCard","name":"A"}</item></items>'
      + '<source encoding="text">&lt;p title="a"&gt;1 &lt; 2&lt;/p&gt;</source></page>\n');
  });

  it('of an earlier version, which knew no items, is read all the same', () => {
    const old = pageDocument(page({ title: 'x' })).replace('<items></items>', '');
    expect(readPageDocument(old)).toMatchObject({ title: 'x', metadata: { items: [] } });
  });

  it('refuses to read what it did not write', () => {
    for (const text of ['', '<page/>', 'hello', '<html></html>', pageDocument(page({})).slice(0, -20)]) {
      expect(() => readPageDocument(text)).toThrow(LeadlineError);
    }
  });
});
