/** One word of a text, with what every reader of a goal needs to know about it. */
export interface Token {
  /** As written. */
  text: string;
  /** Lower case, without diacritics or apostrophes: see `fold`. */
  fold: string;
  /** `stem` of the fold. */
  stem: string;
  /** UTF-16 offsets into the text; `end` is exclusive. */
  start: number;
  end: number;
  /** What stands between the word before and this one, white space folded: '' for glued scripts, '-' for compounds. */
  gap: string;
  capitalised: boolean;
  /** Two or more letters, all upper case ("TX", "NRW"). */
  upper: boolean;
}

const SPECIAL: Record<string, string> = { ß: 'ss', ø: 'o', ł: 'l', đ: 'd', æ: 'ae', œ: 'oe', ı: 'i', ð: 'd', þ: 'th' };
const SPECIAL_LETTERS = /[ßøłđæœıðþ]/g;
const ASCII = /^[\x20-\x7e]*$/;

/** Comparable form: lower case, diacritics removed, apostrophes and full stops dropped, hyphens as spaces. */
export function fold(text: string): string {
  let folded = text.toLowerCase();
  if (!ASCII.test(folded)) {
    folded = folded.normalize('NFKD').replace(/\p{M}+/gu, '').replace(SPECIAL_LETTERS, (letter) => SPECIAL[letter] ?? letter);
  }
  return folded.replace(/[.'’ʼ`]/g, '').replace(/[-–—_/\s]+/g, ' ').trim();
}

const SUFFIXES = ['ings', 'ing', 'eries', 'ery', 'ers', 'er', 'innen', 'in', 'ies', 'ien', 'eien', 'ei', 'y', 'es', 's', 'en', 'n', 'x', 'e', 'i', 'a', 'o'];

/** Two spellings of English and plurals that change the stem in Dutch. */
const IRREGULAR: readonly [RegExp, string][] = [[/(cent|theat|fib)res?$/, '$1er'], [/isation/, 'ization'], [/bedrijven$/, 'bedrijf'], [/kantoren$/, 'kantoor'], [/praxen$/, 'praxis']];

/**
 * A light stem that is the same for the usual forms of a noun in the Western European languages we read
 * (dentist, dentists, dentiste, dentistas, dentisti). It is only ever compared with other stems, never shown.
 */
export function stem(word: string): string {
  const regular = IRREGULAR.reduce((form, [ending, instead]) => form.replace(ending, instead), word);
  // Short plurals first: "gyms", "bars", "vets".
  let stemmed = regular.length >= 4 && regular.endsWith('s') && !regular.endsWith('ss') ? regular.slice(0, -1) : regular;
  for (let round = 0; round < 3; round += 1) {
    const suffix = SUFFIXES.find((s) => stemmed.length - s.length >= 4 && stemmed.endsWith(s));
    if (suffix === undefined) return stemmed;
    stemmed = stemmed.slice(0, -suffix.length);
  }
  return stemmed;
}

// Scripts written without spaces are read one character at a time; the gazetteer glues them together again.
const GLUED = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}';
const WORD = new RegExp(
  `\\d{1,9}(?:[.,]\\d{1,9}){0,4}[kK]?(?![\\p{L}\\p{N}])|[${GLUED}]\\p{M}{0,4}|(?:(?![${GLUED}])[\\p{L}\\p{N}\\p{M}])+(?:['’.&](?:(?![${GLUED}])[\\p{L}\\p{N}\\p{M}])+)*`,
  'gu',
);
const ELISION = /^(?:l|d|qu|s|j|n|c|m|t|un|all|dell|nell|sull|dall|quell)['’](?=\p{L}{2})/iu;
const GLUED_CHARACTER = new RegExp(`^[${GLUED}]`, 'u');

export function isGlued(token: Token): boolean {
  return GLUED_CHARACTER.test(token.text);
}

/** Words of a text in order. Hyphenated compounds are split, so that "Berlin-based" holds "Berlin". */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let previousEnd = 0;
  const push = (start: number, end: number): void => {
    const word = text.slice(start, end);
    const folded = fold(word);
    if (folded === '') return;
    tokens.push({
      text: word,
      fold: folded,
      stem: stem(folded),
      start,
      end,
      gap: text.slice(previousEnd, start).replace(/\s+/g, ' '),
      capitalised: /^\p{Lu}/u.test(word),
      upper: word.length > 1 && /^[\p{Lu}.&]+$/u.test(word),
    });
    previousEnd = end;
  };
  for (const match of text.matchAll(WORD)) {
    const start = match.index;
    const end = start + match[0].length;
    const elided = ELISION.exec(match[0]);
    if (elided) {
      push(start, start + elided[0].length - 1);
      push(start + elided[0].length, end);
    } else push(start, end);
  }
  return tokens;
}

/** True when a sentence or list mark stands before this token: phrases never cross it. */
export function breaksBefore(token: Token): boolean {
  return /[,;:.!?()[\]{}"“”„«»|•\n\r…]/.test(token.gap);
}

/** The words from `from` to `to` (exclusive) joined as a look-up key. */
export function keyOf(tokens: readonly Token[], from: number, to: number): string {
  let key = '';
  for (let i = from; i < to; i += 1) {
    const token = tokens[i];
    if (!token) break;
    const glue = i === from || (token.gap === '' && isGlued(token)) ? '' : ' ';
    key += glue + token.fold;
  }
  return key;
}

/** A span of token indices, end exclusive, that some reader has understood. */
export interface Span {
  from: number;
  to: number;
}

export function overlaps(a: Span, b: Span): boolean {
  return a.from < b.to && b.from < a.to;
}
