/** Facts and the words that prove them. `snippet.slice(start, end)` is always the value as printed. */
import { clip } from './fold.js';
import { type FactField, type FactSource, type PageFact } from '../page-reading.js';

/** Words kept on each side of a value. */
const CONTEXT = 120;
const MAX_VALUE = 600;

/** First index of a word at or after `index`, so that a snippet does not start inside one. */
function wordStart(text: string, index: number): number {
  if (index <= 0) return 0;
  const space = text.indexOf(' ', index - 1);
  return space === -1 || space > index + 30 ? index : space + 1;
}

/** A fact whose proof is the piece [start, end) of a line of visible text. */
export function factInText(field: FactField, value: string, line: string, start: number, end: number, source: FactSource): PageFact {
  const from = Math.min(wordStart(line, start - CONTEXT), start);
  let to = Math.min(line.length, end + CONTEXT);
  const last = line.charCodeAt(to - 1);
  if (last >= 0xd800 && last <= 0xdbff && to > end) to -= 1;
  const raw = line.slice(from, to);
  const lead = raw.length - raw.trimStart().length;
  return { field, value, snippet: raw.trim(), start: start - from - lead, end: end - from - lead, source };
}

/** A fact whose proof is a value in the mark-up: the snippet is the name of the property and its value. */
export function factInMarkup(field: FactField, value: string, property: string, printed: string, source: FactSource): PageFact {
  const shown = clip(printed, MAX_VALUE);
  const snippet = `${property}: ${shown}`;
  return { field, value: clip(value, MAX_VALUE), snippet, start: snippet.length - shown.length, end: snippet.length, source };
}

/** The same value of the same field, however it is punctuated, is told once per source. */
export function uniqueFacts(facts: readonly PageFact[]): PageFact[] {
  const seen = new Set<string>();
  return facts.filter((fact) => {
    const key = `${fact.field}\u0000${fact.source}\u0000${fact.value.toLowerCase().replace(/[\s,;.]+/g, ' ')}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
