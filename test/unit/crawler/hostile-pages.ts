import { type PageDocumentInput } from '../../../src/services/crawler/page-document.js';
import { type PageReading } from '../../../src/services/crawler/page-reading.js';

const EMPTY: PageReading = {
  title: null, description: null, language: null, canonical: null, robots: { noindex: false, nofollow: false }, text: '', mainText: '', links: [], facts: [],
  metadata: { meta: {}, jsonLd: [], items: [] }, needsScript: false, wall: null,
};

export function page(reading: Partial<PageReading>, html = '<p>x</p>'): PageDocumentInput {
  return { url: 'https://clinic.example/', finalUrl: 'https://clinic.example/?a=1&b=2', status: 200, html, reading: { ...EMPTY, ...reading } };
}

/** Strings that break careless XML writers, each for another reason. */
export const HOSTILE = [
  'plain', '', ' leading and trailing ', 'a\r\nb\rc\nd\te', '<b>&amp; "quoted" \'single\'</b>', ']]>', '<![CDATA[x]]>', '<!-- -- -->', '<?xml version="1.0"?>',
  '&#0; &#x1F600; &lt;', '\u0000\u0001\u0008\u000b\u000c\u001f', '\u007f\u0085\u009f', '\ud800', '\udc00x', 'x\ud83d', '\ud83d\ude00', '\ufffe\uffff', '\u2028\u2029',
  '\u202e rtl', '\ufeffbom', '</page>', 'é漢字', '%00', '\\u0000', '__proto__',
];

/** A page with the string in every place that takes one. */
export function hostilePage(text: string): PageDocumentInput {
  return page({
    title: text, description: text, language: text, canonical: `https://clinic.example/${text}`, text: `${text}\n${text}`,
    robots: { noindex: true, nofollow: true }, needsScript: true, wall: 'LOGIN',
    links: [{ url: `https://clinic.example/${text}`, text, kind: 'area', nofollow: true, position: 0 }],
    facts: [{ field: 'phone', value: text, snippet: `[${text}]`, start: 1, end: 1 + text.length, source: 'tel' }],
    metadata: { meta: { [`a${text}`]: text, og: 'x' }, jsonLd: [{ [text]: [text, 1, null, true] }], items: [{ syntax: 'microdata', data: { '@type': text, name: [text, { [text]: text }] } }] },
  }, `<html>${text}</html>`);
}
