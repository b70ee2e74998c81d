/** White space as a reader sees it: runs become one space, invisible characters vanish. */

// Soft hyphens, zero-width characters, bidi marks and byte-order marks split words that readers see whole.
const INVISIBLE = /[\u00AD\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\uFEFF]/g;
const SPACE = /[\s\u0000-\u001F\u0085]+/g;

/** One line of text: no line break, no double space, no invisible character, trimmed. */
export function fold(text: string): string {
  return UNCLEAN.test(text) ? text.replace(INVISIBLE, '').replace(SPACE, ' ').trim() : text.trim();
}

/** Most pieces are clean already; looking is cheaper than rewriting. */
const UNCLEAN = /[\u0000-\u001F\u0085\u00A0\u00AD\u1680\u180E\u2000-\u200F\u2028-\u202F\u205F-\u2064\u3000\uFEFF]|  /;

/** Like `fold`, but a leading or trailing space survives as one space: pieces can be joined. */
export function foldPiece(text: string): string {
  return UNCLEAN.test(text) ? text.replace(INVISIBLE, '').replace(SPACE, ' ') : text;
}

/** At most `max` UTF-16 units, never half of a surrogate pair. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
}
