/** Where pages print a word the goal asks about. */
import { type BuildPage } from './lead-draft.js';

export interface Mention {
  term: string;
  page: BuildPage;
  where: 'title' | 'description' | 'text';
  snippet: string;
  /** UTF-16 offsets of the words as printed in `snippet`. */
  start: number;
  end: number;
}

const CONTEXT = 80;

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

/**
 * A term as a pattern: whole words, any white space or hyphen between them, and simple endings (plural, German and
 * Romance inflection) on the last one. Long words may also begin a compound: "Zahnarzt" is found in "Zahnarztpraxis".
 */
export function termPattern(term: string): RegExp | null {
  const words = term.trim().split(/[\s_-]+/).filter((word) => word !== '').slice(0, 6);
  const last = words.at(-1);
  if (last === undefined || term.length > 80) return null;
  if (/[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]/.test(term)) return new RegExp(escape(term.trim()), 'iu');
  // clinics ~ clinic, agencies ~ agency
  const changing = last.length > 4 && /(?:ies|y)$/i.test(last);
  const tail = changing ? `${escape(last.replace(/(?:ies|y)$/i, ''))}(?:y|ies)` : escape(last.length > 4 ? last.replace(/s$/i, '') : last);
  const ending = last.length >= 6 ? String.raw`\p{L}{0,14}` : last.length > 3 ? String.raw`(?:s|es|en|e|n)?` : 's?';
  return new RegExp(String.raw`(?<![\p{L}\p{N}])` + [...words.slice(0, -1).map(escape), tail].join(String.raw`[\s-]{1,3}`) + ending + String.raw`(?![\p{L}\p{N}])`, 'iu');
}

function around(text: string, at: number, length: number): { snippet: string; start: number; end: number } {
  const lineStart = text.lastIndexOf('\n', at) + 1;
  const lineEnd = text.indexOf('\n', at);
  const from = Math.max(lineStart, at - CONTEXT);
  const to = Math.min(lineEnd === -1 ? text.length : lineEnd, at + length + CONTEXT);
  return { snippet: text.slice(from, to), start: at - from, end: at - from + length };
}

/** At most one mention per term and page, title before description before text; pages in crawl order, start page first. */
export function mentions(pages: readonly BuildPage[], terms: readonly string[]): Mention[] {
  const out: Mention[] = [];
  const ordered = [...pages].sort((one, other) => one.depth - other.depth);
  for (const term of [...new Set(terms.map((entry) => entry.trim()).filter((entry) => entry !== ''))].slice(0, 60)) {
    const pattern = termPattern(term);
    if (pattern === null) continue;
    for (const page of ordered) {
      for (const [where, text] of [['title', page.title], ['description', page.description], ['text', page.text]] as const) {
        const match = text === null ? null : pattern.exec(text);
        if (match === null || text === null) continue;
        out.push({ term, page, where, ...around(text, match.index, match[0].length) });
        break;
      }
    }
  }
  const order = { title: 0, description: 1, text: 2 };
  return out.sort((one, other) => one.page.depth - other.page.depth || order[one.where] - order[other.where]);
}

/** The best mention of each term, in the order of the mentions. */
export function bestPerTerm(found: readonly Mention[]): Mention[] {
  const best = new Map<string, Mention>();
  for (const mention of found) if (!best.has(mention.term)) best.set(mention.term, mention);
  return [...best.values()];
}
