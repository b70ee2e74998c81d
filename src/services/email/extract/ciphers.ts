/** The reversible encodings that mail obfuscators use. Each returns null rather than rubbish; all are linear. */

import { work } from './steps.js';

const MAX_INPUT = 2_000;

/** ROT13 over ASCII letters. */
export function rot13(text: string): string {
  return text.replace(/[a-z]/gi, (char) => {
    const base = char <= 'Z' ? 65 : 97;
    return String.fromCharCode(((char.charCodeAt(0) - base + 13) % 26) + base);
  });
}

/** ROT47 over printable ASCII. */
export function rot47(text: string): string {
  return text.replace(/[!-~]/g, (char) => String.fromCharCode(33 + ((char.charCodeAt(0) - 33 + 47) % 94)));
}

export function reverseText(text: string): string {
  return [...text].reverse().join('');
}

/** RFC 4648 base64, padded or not, to UTF-8; null when it is something else or holds control characters. */
export function base64Text(text: string): string | null {
  const clean = text.trim();
  if (clean.length < 8 || clean.length > MAX_INPUT || !/^[A-Za-z0-9+/_-]{8,2000}={0,2}$/.test(clean)) return null;
  const decoded = Buffer.from(clean, 'base64').toString('utf8');
  return isPrintable(decoded) ? decoded : null;
}

export function hexText(text: string): string | null {
  const clean = text.trim();
  if (clean.length < 10 || clean.length > MAX_INPUT || clean.length % 2 !== 0 || !/^[0-9a-f]{10,2000}$/i.test(clean)) return null;
  const decoded = Buffer.from(clean, 'hex').toString('utf8');
  return isPrintable(decoded) ? decoded : null;
}

/** "105,110,102…": the codes of the characters, with commas, spaces, semicolons or hyphens between them. */
export function codeListText(text: string): string | null {
  if (text.length > MAX_INPUT || !/^\s{0,3}\d{2,3}(?:[,; -]{1,2}\d{2,3}){5,500}\s{0,3}$/.test(text)) return null;
  const decoded = String.fromCharCode(...(text.match(/\d{2,3}/g) ?? []).map(Number));
  return isPrintable(decoded) ? decoded : null;
}

function isPrintable(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if ((code < 32 && code !== 9 && code !== 10 && code !== 13) || code === 0xfffd || code === 127) return false;
  }
  return text !== '';
}

/**
 * Cloudflare e-mail protection: hexadecimal bytes, the first is the key, the rest XOR the key is UTF-8 that may be
 * percent-encoded. Null for anything else.
 */
export function cloudflareText(encoded: string): string | null {
  const hex = /^[0-9a-f]{4,2000}/i.exec(encoded.trim())?.[0] ?? '';
  if (hex.length < 4 || hex.length % 2 !== 0) return null;
  const bytes = Buffer.from(hex, 'hex');
  const key = bytes[0] ?? 0;
  const decoded = Buffer.from(bytes.subarray(1).map((byte) => byte ^ key)).toString('utf8');
  return isPrintable(decoded) ? percentDecode(decoded) : null;
}

/** Percent-decoding that keeps what is not valid instead of throwing. */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%([0-9a-f]{2})/gi, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
}

function shiftInside(code: number, first: number, last: number, by: number): number {
  const size = last - first + 1;
  return first + ((((code - first + by) % size) + size) % size);
}

/**
 * TYPO3's spamProtectEmailAddresses: three ranges of ASCII ("+"–":", "@"–"Z", "a"–"z") are rotated by an offset that is
 * not part of the page's call.
 */
function typo3Shift(text: string, by: number): string {
  let out = '';
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x2b && code <= 0x3a) out += String.fromCharCode(shiftInside(code, 0x2b, 0x3a, by));
    else if (code >= 0x40 && code <= 0x5a) out += String.fromCharCode(shiftInside(code, 0x40, 0x5a, by));
    else if (code >= 0x61 && code <= 0x7a) out += String.fromCharCode(shiftInside(code, 0x61, 0x7a, by));
    else out += text[at];
  }
  return out;
}

function plainShift(text: string, by: number): string {
  let out = '';
  for (let at = 0; at < text.length; at += 1) out += String.fromCharCode(Math.max(0, text.charCodeAt(at) + by));
  return out;
}

/** CryptX for WordPress: pairs of a digit and a character that was moved by that digit. */
function digitPairs(text: string): string {
  let out = '';
  for (let at = 0; at + 1 < text.length; at += 2) out += String.fromCharCode(text.charCodeAt(at + 1) - Number(text[at]));
  return out;
}

const PREFIX = 'mailto:';

/**
 * Finds the rotation that turns `text` into "mailto:…". The seven known letters are the proof: no other reading
 * is ever accepted. Null when there is none.
 */
export function findMailtoShift(text: string): string | null {
  if (text.length < 12 || text.length > MAX_INPUT) return null;
  work.steps += 40;
  const head = text.slice(0, PREFIX.length);
  const first = head.charCodeAt(0);
  const seventh = head.charCodeAt(6);
  // Every reading is ruled out by one or two characters before it is tried.
  if (first >= 0x61 && first <= 0x7a && seventh >= 0x2b && seventh <= 0x3a) {
    // In its own range the first letter may have gone round either way.
    const turn = ((('m'.charCodeAt(0) - first) % 26) + 26) % 26;
    for (const by of [turn, turn - 26]) {
      if (by !== 0 && typo3Shift(head, by).toLowerCase() === PREFIX) return typo3Shift(text, by);
    }
  }
  const by = PREFIX.charCodeAt(0) - first;
  if (by !== 0 && seventh + by === 58 && plainShift(head, by).toLowerCase() === PREFIX) return plainShift(text, by);
  if (first >= 48 && first <= 57 && /^(?:\d[^\n]){7}/.test(text) && digitPairs(text.slice(0, 14)).toLowerCase() === PREFIX) return digitPairs(text);
  if (seventh === 58 && rot13(head).toLowerCase() === PREFIX) return rot13(text);
  if (rot47(head[0] ?? '').toLowerCase() === 'm' && rot47(head).toLowerCase() === PREFIX) return rot47(text);
  return text.charCodeAt(text.length - 7) === 58 && reverseText(text.slice(-PREFIX.length)).toLowerCase() === PREFIX ? reverseText(text) : null;
}
