/** Character references of HTML (HTML Standard, 13.5): the usual ones at once, the rest by htmlparser2. */
import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';

export interface EntityAt { codePoint: number; end: number }

/** `codePointAt`: an "&" that begins no reference, one that has been read, and one that the library has to read. */
export const PLAIN_SIGN = 0;
export const READ = 1;
export const LIBRARY = 2;

const USUAL: ReadonlyMap<string, number> = new Map([
  ['amp', 38], ['lt', 60], ['gt', 62], ['quot', 34], ['apos', 39], ['nbsp', 160], ['copy', 169], ['reg', 174], ['raquo', 187], ['laquo', 171], ['middot', 183],
  ['auml', 228], ['ouml', 246], ['uuml', 252], ['Auml', 196], ['Ouml', 214], ['Uuml', 220], ['szlig', 223], ['eacute', 233], ['egrave', 232], ['agrave', 224],
  ['ndash', 8211], ['mdash', 8212], ['rsquo', 8217], ['lsquo', 8216], ['ldquo', 8220], ['rdquo', 8221], ['bdquo', 8222], ['bull', 8226], ['hellip', 8230], ['euro', 8364], ['times', 215],
]);
const MAX_USUAL = 8;
const SEMICOLON = 59;
const HASH = 35;

function isAlphanumeric(code: number): boolean {
  return (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 122 && code < 128);
}

/** True for code points that stand for themselves; the others are replaced (HTML Standard, 13.2.5.84). */
function isItself(code: number): boolean {
  return (code > 0 && code < 128) || (code >= 160 && code < 0xd800) || (code >= 0xe000 && code <= 0x10ffff);
}

/** Looks at the "&" at `at`. Only what ends in ";" is read here: what does not depends on where it stands. */
export function codePointAt(source: string, at: number, end: number, into: EntityAt): number {
  const first = source.charCodeAt(at + 1);
  if (at + 1 >= end || !(isAlphanumeric(first) || first === HASH)) return PLAIN_SIGN;
  let stop = at + 2;
  while (stop < end && stop - at <= MAX_USUAL && source.charCodeAt(stop) !== SEMICOLON) stop += 1;
  if (stop >= end || source.charCodeAt(stop) !== SEMICOLON) return LIBRARY;
  const name = source.slice(at + 1, stop);
  const code = first === HASH ? numberOf(name) : USUAL.get(name);
  if (code === undefined || !isItself(code)) return LIBRARY;
  into.codePoint = code;
  into.end = stop + 1;
  return READ;
}

function numberOf(name: string): number | undefined {
  if (/^#\d{1,7}$/.test(name)) return Number(name.slice(1));
  return /^#x[\da-f]{1,6}$/i.test(name) ? Number.parseInt(name.slice(2), 16) : undefined;
}

/** Who is told about text: pieces of the source and characters written as references. */
export interface TextSink {
  text(start: number, end: number): void;
  reference(codePoint: number): void;
}

/** Collects what the library tells about one run of text or one attribute value. */
class Shifted implements TokenizerCallbacks {
  private sink: TextSink | null = null;
  private shift = 0;
  private source = '';
  value = '';
  private readonly tokenizer = new Tokenizer({ decodeEntities: true }, this);

  tell(sink: TextSink, before: string, text: string, shift: number): void {
    this.sink = sink;
    this.shift = shift - before.length;
    this.feed(before + text);
    this.sink = null;
  }

  valueOf(quoted: string): string {
    this.value = '';
    this.feed(quoted);
    return this.value;
  }

  private feed(source: string): void {
    this.source = source;
    this.tokenizer.reset();
    this.tokenizer.write(source);
    this.tokenizer.end();
    this.source = '';
  }

  ontext(start: number, end: number): void { this.sink?.text(start + this.shift, end + this.shift); }
  ontextentity(codePoint: number): void { this.sink?.reference(codePoint); }
  onattribdata(start: number, end: number): void { this.value += this.source.slice(start, end); }
  onattribentity(codePoint: number): void { this.value += String.fromCodePoint(codePoint); }
  onattribend(): void { /* The value is complete. */ }
  onattribname(): void { /* Ours. */ }
  oncdata(): void { /* None is fed. */ }
  onclosetag(): void { /* None is fed. */ }
  oncomment(): void { /* None is fed. */ }
  ondeclaration(): void { /* None is fed. */ }
  onend(): void { /* Known to the caller. */ }
  onopentagend(): void { /* Ours. */ }
  onopentagname(): void { /* Ours. */ }
  onprocessinginstruction(): void { /* None is fed. */ }
  onselfclosingtag(): void { /* None is fed. */ }
}

const shifted = new Shifted();

/** Lets the library tell [from, end): text without a tag in it, or the content of `inside`, an element whose content is no mark-up. */
export function decodeRest(source: string, from: number, end: number, inside: string, sink: TextSink): void {
  shifted.tell(sink, inside === '' ? '' : `<${inside}>`, source.slice(from, end), from);
}

/** The value of an attribute; `quote` is `"`, `'` or nothing, as it was written. */
export function decodeValue(raw: string, quote: string): string {
  let text = '';
  let from = 0;
  const entity: EntityAt = { codePoint: 0, end: 0 };
  for (let at = raw.indexOf('&'); at >= 0; at = raw.indexOf('&', at)) {
    const kind = codePointAt(raw, at, raw.length, entity);
    if (kind === PLAIN_SIGN) { at += 1; continue; }
    if (kind === LIBRARY) return text + shifted.valueOf(`<a a=${quote}${raw.slice(from)}${quote}>`);
    text += raw.slice(from, at) + String.fromCodePoint(entity.codePoint);
    from = entity.end;
    at = from;
  }
  return text + raw.slice(from);
}
