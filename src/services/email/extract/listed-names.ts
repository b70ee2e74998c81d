/** "info@, verkauf@ or service@firm.example": names that share the domain which is written once, at the end. */
import { isSpace, localClass, CharClass } from './characters.js';

export interface ListedName { local: string; start: number; end: number }

const MAX_NAMES = 8;
/** Between two of them: a separator, a word for "and" or "or", or both. */
const BETWEEN = /^ ?[,;/|&]? ?(?:(?:und|oder|bzw\.|and|or|et|ou|y|o|e|og|eller|och|en|of|i|lub|a|nebo|и|или|та|або|és|vagy|ve|veya|ja|tai|și|sau) )?$/iu;
const LONGEST_BETWEEN = 12;

/** The names before `start`, the first character of an address, nearest first. Looks back a bounded way. */
export function namesBefore(text: string, start: number): ListedName[] {
  const names: ListedName[] = [];
  let end = start;
  while (names.length < MAX_NAMES) {
    const sign = text.slice(Math.max(0, end - LONGEST_BETWEEN), end).lastIndexOf('@');
    if (sign < 0) break;
    const at = Math.max(0, end - LONGEST_BETWEEN) + sign;
    const between = text.slice(at + 1, end);
    if (between === '' || !BETWEEN.test(between)) break;
    let from = at;
    while (from > 0 && at - from < 64 && localClass(text[from - 1] ?? '') !== CharClass.None) from -= 1;
    const before = text[from - 1];
    if (from === at || !(before === undefined || isSpace(before) || before === '(' || before === ':')) break;
    names.push({ local: text.slice(from, at).toLowerCase(), start: from, end: at + 1 });
    end = from;
  }
  return names;
}
