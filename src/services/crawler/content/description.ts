/** What the page says it is about: its own meta description, else the first real sentence of its text. */
import { factInMarkup, factInText } from './fact.js';
import { type Scan } from './scan.js';
import { type PageFact } from '../page-reading.js';

const BOILERPLATE = /cookie|javascript|browser|copyright|©|datenschutz|privacy|newsletter|loading|lorem ipsum|wordpress|just another|einwilligung|consent|404|not found|powered by|frames?\b/i;

/** One description fact at most. */
export function describePage(scan: Scan): PageFact | null {
  for (const key of ['description', 'og:description', 'twitter:description', 'dc.description']) {
    const value = scan.meta[key];
    if (value !== undefined && value.length >= 20 && !/^(?:just another|lorem ipsum|default description)/i.test(value)) {
      return factInMarkup('description', value.slice(0, 600), key, value, key.startsWith('og:') ? 'opengraph' : 'meta');
    }
  }
  for (const line of scan.lines.slice(0, 300)) {
    if (line.region !== 'main' || line.heading > 0 || line.text.length < 60 || BOILERPLATE.test(line.text)) continue;
    const sentence = firstSentence(line.text);
    if (sentence !== null) return factInText('description', sentence, line.text, 0, sentence.length, 'text');
  }
  return null;
}

function firstSentence(text: string): string | null {
  const window = text.slice(0, 400);
  for (const match of window.matchAll(/[.!?。！？](?=\s|$)/g)) {
    const end = match.index + 1;
    // "Dr. med. Roe" and "z. B." are no ends: a sentence has some length and its last word is no abbreviation.
    if (end >= 50 && !/(?:^|[\s(])(?:\p{L}{1,3}|bzw|inkl|prof|dipl|etc)\.$/iu.test(window.slice(0, end))) return window.slice(0, end);
  }
  return null;
}
