/**
 * Bytes to text. Declared charsets are wrong often enough that the order is: byte order mark; strict UTF-8 (text
 * in another charset is almost never valid UTF-8 by chance); what HTTP or <meta> declare, unless the bytes
 * contradict it; a guess from the bytes; windows-1252.
 */
import { getBOMEncoding, labelToName, TextDecoder } from '@exodus/bytes/encoding.js';
import chardet from 'chardet';
import sniffHtmlEncoding from 'html-encoding-sniffer';

export interface DecodedBody {
  text: string;
  /** Name from the WHATWG Encoding Standard in lower case, e.g. `utf-8`, `windows-1252`, `shift_jis`. */
  charset: string;
}

/** chardet needs no more than this to make up its mind, and is linear in it. */
const GUESS_BYTES = 65_536;
const FALLBACK = 'windows-1252';

/**
 * Decodes with a charset of the Encoding Standard; null when the standard does not know it, or when `strict`
 * and the bytes are not valid in it. Node's own TextDecoder reads windows-1252 as Latin-1 (nodejs/node #60888).
 */
function decodeAs(body: Uint8Array, label: string, strict: boolean): DecodedBody | null {
  const name = labelToName(label);
  if (name === null || name === 'replacement' || name === 'x-user-defined') return null;
  try {
    return { text: new TextDecoder(name, { fatal: strict }).decode(body), charset: name.toLowerCase() };
  } catch {
    return null;
  }
}

/** `charset=` of a Content-Type, or null. */
function declaredInHttp(contentType: string | null | undefined): string | null {
  const match = /;\s{0,20}charset\s{0,5}=\s{0,5}["']?([\w.:+-]{1,40})/i.exec((contentType ?? '').slice(0, 500));
  return match?.[1] ?? null;
}

/** `encoding` of an XML declaration, which the HTML sniffer ignores and XHTML pages rely on. */
function declaredInXml(body: Uint8Array): string | null {
  const head = Buffer.from(body.subarray(0, 200)).toString('latin1');
  return /^\s{0,20}<\?xml\s[^>]{0,120}?encoding\s{0,5}=\s{0,5}["']([\w.:+-]{1,40})["']/.exec(head)?.[1] ?? null;
}

/** The sniffer never says "nothing declared": two different defaults tell what is declared and what is default. */
function declaredInMeta(body: Uint8Array): string | null {
  const first = sniffHtmlEncoding(body, { defaultEncoding: 'windows-1252' });
  return first === sniffHtmlEncoding(body, { defaultEncoding: 'UTF-8' }) ? first : null;
}

/** Decodes a page. Never throws: bytes that fit nothing become U+FFFD. */
export function decodeBody(body: Uint8Array, contentType?: string | null): DecodedBody {
  const mark = getBOMEncoding(body);
  if (mark !== null) return decodeAs(body, mark, false) ?? { text: '', charset: mark };
  const utf8 = decodeAs(body, 'utf-8', true);
  const declared = [declaredInHttp(contentType), declaredInMeta(body), declaredInXml(body)].filter((label) => label !== null);
  // ISO-2022-JP is seven-bit text: valid as UTF-8, but only its own escapes make sense of it.
  const sevenBit = declared.find((label) => labelToName(label)?.toLowerCase() === 'iso-2022-jp');
  if (sevenBit !== undefined && body.includes(0x1b)) return decodeAs(body, sevenBit, false) ?? { text: '', charset: 'iso-2022-jp' };
  // Zero bytes in "valid UTF-8" mean UTF-16 without a mark.
  if (utf8 !== null && !body.subarray(0, 1024).includes(0)) return utf8;
  for (const label of declared) {
    // A strict failure in one byte of a long page is damage, not a lie; UTF-8 has already been ruled out.
    const decoded = decodeAs(body, label, true);
    if (decoded !== null && decoded.charset !== 'utf-8') return decoded;
  }
  const guess = chardet.detect(body.subarray(0, GUESS_BYTES));
  if (declared.length > 0 && declared.every((label) => labelToName(label)?.toLowerCase() === 'utf-8') && mostlyUtf8(body)) {
    return decodeAs(body, 'utf-8', false) ?? { text: '', charset: 'utf-8' };
  }
  const guessed = guess === null ? null : decodeAs(body, guess, false);
  if (guessed !== null && guessed.charset !== 'utf-8') return guessed;
  const declaredLoosely = declared.map((label) => decodeAs(body, label, false)).find((decoded) => decoded !== null);
  return declaredLoosely ?? utf8 ?? decodeAs(body, FALLBACK, false) ?? { text: '', charset: FALLBACK };
}

/** A page declared as UTF-8 with a few broken bytes (a cut-off character, one pasted word) is still UTF-8. */
function mostlyUtf8(body: Uint8Array): boolean {
  const text = decodeAs(body, 'utf-8', false)?.text ?? '';
  let broken = 0;
  let good = 0;
  for (const character of text) {
    if (character === '\uFFFD') broken += 1;
    else if (character > '\u007F') good += 1;
  }
  return broken <= 3 || broken * 10 <= good;
}
