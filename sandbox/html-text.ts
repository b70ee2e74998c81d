import { TextDecoder as LegacyDecoder } from '@exodus/bytes/encoding.js';
import { Parser } from 'htmlparser2';

export interface PageText {
  title: string;
  description: string;
  language: string;
  text: string;
  links: string[];
}

const MAX_TEXT = 20_000;
const SKIPPED = new Set(['script', 'style', 'noscript', 'template']);

/** Bytes to text: declared charset, else UTF-8 when it is valid, else windows-1252, as browsers fall back. */
function decodePage(bytes: Buffer): string {
  const declared = /charset\s{0,3}=\s{0,3}["']?([\w-]{2,20})/i.exec(bytes.subarray(0, 2048).toString('latin1'))?.[1];
  for (const [label, fatal] of [[declared, false], ['utf-8', true], ['windows-1252', false]] as const) {
    if (!label) continue;
    try {
      return new LegacyDecoder(label, { fatal }).decode(bytes);
    } catch {
      continue;
    }
  }
  return bytes.toString('latin1');
}

/** What an index needs of a page; deliberately simpler than the product's own reader, which it must not depend on. */
export function htmlText(bytes: Buffer): PageText {
  const page: PageText = { title: '', description: '', language: '', text: '', links: [] };
  const pieces: string[] = [];
  let size = 0;
  let skipping = 0;
  let inTitle = false;
  const parser = new Parser({
    onopentag(name, attributes) {
      if (SKIPPED.has(name)) skipping++;
      // Only the first title is the page's; drawings in the body have titles of their own.
      if (name === 'title' && page.title === '') inTitle = true;
      if (name === 'html' && attributes.lang) page.language = attributes.lang;
      if (name === 'meta' && attributes.name?.toLowerCase() === 'description') page.description = (attributes.content ?? '').trim();
      const link = name === 'a' || name === 'area' ? attributes.href : name === 'frame' || name === 'iframe' ? attributes.src : undefined;
      if (link) page.links.push(link);
      const refresh = name === 'meta' && attributes['http-equiv']?.toLowerCase() === 'refresh' ? /url\s{0,3}=\s{0,3}["']?([^"'\s;]{1,300})/i.exec(attributes.content ?? '')?.[1] : undefined;
      if (refresh) page.links.push(refresh);
    },
    onclosetag(name) {
      if (SKIPPED.has(name)) skipping = Math.max(0, skipping - 1);
      if (name === 'title') inTitle = false;
    },
    ontext(text) {
      if (inTitle) page.title += text;
      else if (skipping === 0 && size < MAX_TEXT) {
        pieces.push(text);
        size += text.length;
      }
    },
  }, { decodeEntities: true });
  parser.end(decodePage(bytes));
  page.title = page.title.replace(/\s+/g, ' ').trim();
  page.text = pieces.join(' ').replace(/\s+/g, ' ').trim();
  return page;
}
