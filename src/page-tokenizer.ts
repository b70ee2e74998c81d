/**
 * A tokenizer for pages that are there as a whole (HTML Standard, 13.2.5). htmlparser2's goes from character to character, so that
 * it can be fed in pieces; with the whole page at hand the next "<", "&" or quote is searched for instead, names are told as
 * numbers, and attributes are only noted, not sliced, decoded and collected for tags that nobody asks about. What it tells is what
 * the library would tell, quirks at the end of a page included (test/unit/page-walk.test.ts compares them); which element closes
 * which is the business of page-walk.ts.
 */
import { codePointAt, decodeRest, LIBRARY, PLAIN_SIGN, type EntityAt, type TextSink } from './character-references.js';
import { TagAttributes } from './tag-attributes.js';
import { hashStep, tagNumber, TagNames } from './tag-names.js';

const BANG = 33;
const DASH = 45;
const SLASH = 47;
const GREATER = 62;
const QUESTION = 63;
const BRACKET = 91;

/** 1 for white space of HTML, 2 for "/" and ">": what ends a name. */
const ENDS = new Uint8Array(128);
for (const code of [9, 10, 12, 13, 32]) ENDS[code] = 1;
ENDS[SLASH] = 2;
ENDS[GREATER] = 2;

/** Their content is text whatever it looks like, by number; DECODES where character references count in it (HTML Standard, 13.2.5.2). */
const RAW_NAMES = ['iframe', 'noembed', 'noframes', 'plaintext', 'script', 'style', 'title', 'textarea', 'xmp'];
const PLAINTEXT = tagNumber('plaintext');
const TAKEN_AS_IS = 1;
const DECODES = 2;
const RAW = new Uint8Array(1 + Math.max(...RAW_NAMES.map(tagNumber)));
for (const name of RAW_NAMES) RAW[tagNumber(name)] = name === 'title' || name === 'textarea' ? DECODES : TAKEN_AS_IS;

function isLetter(code: number): boolean {
  const lower = code | 32;
  return lower >= 97 && lower <= 122 && code < 128;
}

/** Who is told. Places are UTF-16 offsets; a start of -1 is the last character of the page. */
export interface TokenSink extends TextSink {
  /** Inside SVG or MathML, where no name makes raw text. */
  isForeign(): boolean;
  /** The name of a start tag was read, its attributes were not; the page may end among them. */
  startTag(tag: number): void;
  startTagEnd(isSelfClosing: boolean): void;
  endTag(tag: number): void;
  cdata(start: number, end: number): void;
}

export class PageTokenizer {
  readonly names = new TagNames();
  readonly attributes = new TagAttributes();
  private readonly size: number;
  /** The tag whose name was read last. */
  private tag = 0;
  /** Positions found by looking ahead, kept until they are passed: each character is searched once. */
  private nextAmpersand = -1;
  private nextBangEnd = -1;

  constructor(private readonly source: string, private readonly sink: TokenSink) {
    this.size = source.length;
    this.attributes.begin(source);
  }

  /** Reads the page, once. */
  run(): void {
    const { source, size } = this;
    /** Where the text begins that has not been told yet. */
    let from = 0;
    let at = source.indexOf('<');
    while (at >= 0) {
      const code = source.charCodeAt(at + 1);
      if (!(isLetter(code) || code === SLASH || code === BANG || code === QUESTION)) {
        // "a < b": the text goes on, in a piece of its own.
        if (at > from) this.text(from, at);
        from = at;
        at = source.indexOf('<', at + 1);
        continue;
      }
      if (at > from) this.text(from, at);
      const next = code === SLASH ? this.endTag(at) : code === BANG || code === QUESTION ? this.declaration(at) : this.startTag(at);
      if (next < 0) return;
      from = next;
      at = source.indexOf('<', next);
    }
    if (from < size) this.text(from, size);
  }

  private ampersandFrom(at: number): number {
    if (this.nextAmpersand < at) {
      const found = this.source.indexOf('&', at);
      this.nextAmpersand = found < 0 ? Infinity : found;
    }
    return this.nextAmpersand;
  }

  /** Tells [start, end) with its character references; never called for nothing. */
  private text(start: number, end: number): void {
    if (this.ampersandFrom(start) >= end) this.sink.text(start, end);
    else this.decode(start, end, '');
  }

  /** `inside`: the element that makes it raw text, or nothing. */
  private decode(start: number, end: number, inside: string): void {
    const { source, sink } = this;
    let from = start;
    const entity: EntityAt = { codePoint: 0, end: 0 };
    for (let at = this.ampersandFrom(start); at < end; at = this.ampersandFrom(at)) {
      const kind = codePointAt(source, at, end, entity);
      if (kind === PLAIN_SIGN) { at += 1; continue; }
      if (kind === LIBRARY) {
        decodeRest(source, from, end, inside, sink);
        return;
      }
      if (from < at) sink.text(from, at);
      sink.reference(entity.codePoint);
      from = entity.end;
      at = from;
    }
    if (from < end) sink.text(from, end);
  }

  /** From the first letter of a name to its end; sets `tag`. */
  private name(start: number): number {
    const { source, size } = this;
    let hash = 0;
    let end = start;
    for (; end < size; end += 1) {
      const code = source.charCodeAt(end);
      if (code < 128 && ENDS[code] !== 0) break;
      hash = hashStep(hash, code);
    }
    this.tag = this.names.numberOf(source, start, end, hash);
    return end;
  }

  /** From "<" and a letter; the place after the tag (and the content, if that is raw), or -1 at the end of the page. */
  private startTag(at: number): number {
    const { size, sink } = this;
    const end = this.name(at + 1);
    const { tag } = this;
    if (end === size) {
      // The library takes the beginning of such a name for text when nothing comes after it.
      const name = this.names.nameOf(tag);
      if (!sink.isForeign() && RAW_NAMES.some((raw) => raw.startsWith(name))) sink.text(at + 1, size);
      return -1;
    }
    const raw = tag < RAW.length && RAW[tag] !== 0 && !sink.isForeign() ? RAW[tag] ?? 0 : 0;
    sink.startTag(tag);
    const close = this.attributes.read(end);
    if (close < 0) {
      if (this.attributes.endsInSlash) sink.text(-1, size);
      return -1;
    }
    sink.startTagEnd(this.attributes.selfClosing);
    return raw === 0 ? close + 1 : this.rawText(tag, close + 1, raw === DECODES);
  }

  private rawText(tag: number, start: number, decodes: boolean): number {
    const { source, size, sink } = this;
    const name = this.names.nameOf(tag);
    let close = tag === PLAINTEXT ? -1 : source.indexOf('</', start);
    for (; close >= 0; close = source.indexOf('</', close + 2)) {
      const after = source.charCodeAt(close + 2 + name.length);
      if (after < 128 && ENDS[after] !== 0 && source.slice(close + 2, close + 2 + name.length).toLowerCase() === name) break;
    }
    const end = close < 0 ? size : close;
    if (end > start) {
      if (decodes && this.ampersandFrom(start) < end) this.decode(start, end, name);
      else sink.text(start, end);
    }
    return close < 0 ? -1 : this.endTag(close);
  }

  /** From "</"; the place after it, or -1 at the end of the page. */
  private endTag(at: number): number {
    const { source, size, sink } = this;
    const code = source.charCodeAt(at + 2);
    if (at + 2 >= size) {
      sink.text(at, size);
      return -1;
    }
    if (code === GREATER) return at + 3;
    if (!isLetter(code)) return this.comment(at + 3);
    const end = this.name(at + 2);
    if (end === size) return -1;
    this.attributes.clear();
    sink.endTag(this.tag);
    const close = source.indexOf('>', end);
    if (close >= 0) return close + 1;
    sink.text(-1, size);
    return -1;
  }

  /** The place after a comment of any kind that ends with the first ">" from `from` on. */
  private comment(from: number): number {
    return this.source.indexOf('>', from) + 1 || -1;
  }

  /** From "<!" or "<?" (HTML Standard, 13.2.5.41 and on). */
  private declaration(at: number): number {
    const { source } = this;
    if (source.charCodeAt(at + 1) === QUESTION) return this.comment(at + 2);
    const code = source.charCodeAt(at + 2);
    if (code === DASH && source.charCodeAt(at + 3) === DASH) return this.longComment(at + 4);
    if (code === BRACKET && source.startsWith('CDATA[', at + 3)) {
      const close = source.indexOf(']]>', at + 9);
      if (close >= 0) this.sink.cdata(at + 9, close);
      return close < 0 ? -1 : close + 3;
    }
    // A document type or a comment of a kind that does not exist.
    const isDoctype = (code | 32) === 100 && source.slice(at + 2, at + 9).toLowerCase() === 'doctype';
    return this.comment(isDoctype ? at + 9 : at + 2);
  }

  /** `<!--` up to "-->" or "--!>", or the ">" of `<!-->` and `<!--->`. */
  private longComment(start: number): number {
    const { source } = this;
    if (source.charCodeAt(start) === GREATER) return start + 1;
    if (source.charCodeAt(start) === DASH && source.charCodeAt(start + 1) === GREATER) return start + 2;
    if (this.nextBangEnd < start) {
      const found = source.indexOf('--!>', start);
      this.nextBangEnd = found < 0 ? Infinity : found;
    }
    const usual = source.indexOf('-->', start);
    const bang = this.nextBangEnd;
    if (usual >= 0 && usual < bang) return usual + 3;
    return bang === Infinity ? -1 : bang + 4;
  }
}
