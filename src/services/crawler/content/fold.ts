/** White space as a reader sees it: runs become one space, invisible characters vanish. */

// Soft hyphens, zero-width characters, bidi marks and byte-order marks split words that readers see whole.
const INVISIBLE = /[\u00AD\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\uFEFF]/g;
const SPACE = /[\s\u0000-\u001F\u0085]+/g;

/** One line of text: no line break, no double space, no invisible character, trimmed. */
export function fold(text: string): string {
  return isClean(text) ? text.trim() : text.replace(INVISIBLE, '').replace(SPACE, ' ').trim();
}

const BLANK = 32;
/** Between them stands nothing that is folded, nor below the first one but white space and controls. */
const FIRST_CLEAN = 33;
const LAST_CLEAN = 0x7e;
const FIRST_LETTER = 0xae;
const LAST_LETTER = 0x167f;

/** Most pieces are clean already, and in letters that one look at each tells; looking is cheaper than rewriting. */
function isClean(text: string): boolean {
  let wasBlank = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BLANK) {
      if (wasBlank) return false;
      wasBlank = true;
    } else if ((code >= FIRST_CLEAN && code <= LAST_CLEAN) || (code >= FIRST_LETTER && code <= LAST_LETTER)) wasBlank = false;
    else return code >= BLANK && !UNCLEAN.test(text);
  }
  return true;
}

const UNCLEAN = /[\u0000-\u001F\u0085\u00A0\u00AD\u1680\u180E\u2000-\u200F\u2028-\u202F\u205F-\u2064\u3000\uFEFF]|  /;

/** Like `fold`, but a leading or trailing space survives as one space: pieces can be joined. */
export function foldPiece(text: string): string {
  return isClean(text) ? text : text.replace(INVISIBLE, '').replace(SPACE, ' ');
}

/** The line that pieces make which `foldPiece` gave: only where two of them meet may there be one space too many. */
export function foldPieces(pieces: readonly string[]): string {
  const text = pieces.length === 1 ? pieces[0] ?? '' : pieces.join('');
  return (text.includes('  ') ? text.replace(/ {2,}/g, ' ') : text).trim();
}

/** At most `max` UTF-16 units, never half of a surrogate pair. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
}
