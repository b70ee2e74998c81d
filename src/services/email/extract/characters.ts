/**
 * What a character may be in a printed address. Text runs together without spaces in many scripts, so the
 * border of an address is also where the writing system changes: "メールはinfo@…" starts at the "i".
 */

export enum CharClass {
  /** Cannot be part of a local part or a label. */
  None = 0,
  /** Digits and joining punctuation: belongs to whatever is beside it. */
  Neutral = 1,
  Latin = 2,
  Cyrillic = 3,
  Greek = 4,
  /** Any other letter: Han, Kana, Hangul, Arabic, Hebrew, Thai, Devanagari… */
  Other = 5,
}

const LETTER = /^[\p{L}\p{M}]$/u;
const DIGIT = /^\p{Nd}$/u;

function wideClass(char: string): CharClass {
  const code = char.charCodeAt(0);
  if (code >= 0x00c0 && code <= 0x024f && code !== 0x00d7 && code !== 0x00f7) return CharClass.Latin;
  if (code >= 0x1e00 && code <= 0x1eff) return CharClass.Latin;
  if (code >= 0x0300 && code <= 0x036f) return CharClass.Neutral;
  if (code >= 0x0400 && code <= 0x052f) return CharClass.Cyrillic;
  if (code >= 0x0370 && code <= 0x03ff) return CharClass.Greek;
  if (LETTER.test(char)) return CharClass.Other;
  if (DIGIT.test(char)) return CharClass.Neutral;
  return CharClass.None;
}

/** Letters and digits only; the callers add the punctuation their part allows. */
export function letterClass(char: string): CharClass {
  const code = char.charCodeAt(0);
  if (code < 0x80) {
    if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90)) return CharClass.Latin;
    return code >= 48 && code <= 57 ? CharClass.Neutral : CharClass.None;
  }
  return wideClass(char);
}

/**
 * Local parts as people print them. RFC 5322 `atext` allows more (`=`, `/`, `#`, `!`…), but in running text
 * those are separators far more often than parts of an address.
 */
export function localClass(char: string): CharClass {
  if (char === '.' || char === '_' || char === '-' || char === '+' || char === "'" || char === '&') return CharClass.Neutral;
  return letterClass(char);
}

export function isSpace(char: string | undefined): boolean {
  return char === ' ' || char === '\n' || char === '\t';
}

const INVISIBLE = /[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u034f]/g;
const FULL_WIDTH = /[\uff01-\uff5e\ufe6b\ufe52\u3002\uff61\u2024]/g;
/** Mathematical letters and digits (U+1D400–1D7FF): type that looks different and is read the same. */
const STYLED = /(?:\ud835[\udc00-\udfff])+/g;
const SPACES = /[\s\u00a0\u3000]+/g;
/** One cheap test decides whether any of the three rewrites is needed at all. */
const NEEDS_FOLDING = /[\u00ad\u034f\u1680\u2000-\u200f\u2024\u2028-\u202f\u205f-\u2064\u3000\u3002\ufe52\ufe6b\ufeff\uff01-\uff61\ud835\u00a0\t\n\r\f\v]| {2}/;

function narrow(char: string): string {
  if (char === '\ufe6b') return '@';
  if (char === '\ufe52' || char === '\u2024' || char === '\u3002' || char === '\uff61') return '.';
  return String.fromCharCode(char.charCodeAt(0) - 0xfee0);
}

const NON_ASCII = /[^\u0000-\u007f]/;
const ASCII_SPACES = /[\t\n\r\f\v ]+/g;

/** True for text that `foldText` would leave as it is, told by one look at each character; false also where that is not certain. */
export function isFolded(raw: string): boolean {
  let spaced = false;
  for (let at = 0; at < raw.length; at += 1) {
    const code = raw.charCodeAt(at);
    if (code === SPACE) {
      if (spaced) return false;
      spaced = true;
    } else if (code < SPACE || (code > LAST_ASCII && (code < FIRST_LETTER || code > LAST_LETTER))) return false;
    else spaced = false;
  }
  return true;
}

/** Letters of Latin scripts, none of which is folded. */
const LAST_ASCII = 0x7e;
const FIRST_LETTER = 0xc0;
const LAST_LETTER = 0x24f;

/**
 * Text as it is read: invisible characters gone, full-width forms narrowed (U+FF01–FF5E), white space folded
 * to single spaces. Leading and trailing space is kept: it may separate this run from its neighbours.
 */
export function foldText(raw: string): string {
  // Between two tags there is nothing but a line break and some indentation most of the time.
  if (raw.charCodeAt(0) <= SPACE && raw.trim() === '') return raw === '' ? '' : ' ';
  if (!NEEDS_FOLDING.test(raw)) return raw;
  if (!NON_ASCII.test(raw)) return raw.replace(ASCII_SPACES, ' ');
  const plain = raw.includes('\ud835') ? raw.replace(STYLED, (run) => run.normalize('NFKC')) : raw;
  return plain.replace(INVISIBLE, '').replace(FULL_WIDTH, narrow).replace(SPACES, ' ');
}

const SPACE = 32;
