/**
 * htmlparser2's tokenizer for pages that are there as a whole. The library goes from character to character, so that it can be fed in
 * pieces; with the whole page at hand the next "<", "&" or quote is searched for instead, and attributes are only noted, not
 * sliced, decoded and collected for tags that nobody asks about. The events are the library's own, one for one
 * (test/unit/page-tokenizer.test.ts compares them); which element closes which stays the business of its `Parser`.
 */
import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';
import { codePointAt, decodeRest, LIBRARY, PLAIN_SIGN, type EntityAt } from './character-references.js';
import { TagAttributes } from './tag-attributes.js';

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

/** Their content is text whatever it looks like; `decodes` where character references count in it (HTML Standard, 13.2.5.2). */
const RAW: ReadonlyMap<string, { decodes: boolean }> = new Map(['iframe', 'noembed', 'noframes', 'plaintext', 'script', 'style', 'title', 'textarea', 'xmp'].map((name) => [name, { decodes: name === 'title' || name === 'textarea' }]));
/** First letters of RAW, lower case. */
const RAW_LETTERS = new Uint8Array(128);
for (const name of RAW.keys()) RAW_LETTERS[name.charCodeAt(0)] = 1;
const MAX_RAW_NAME = 9;

function isLetter(code: number): boolean {
  const lower = code | 32;
  return lower >= 97 && lower <= 122 && code < 128;
}

/** Options for `new Parser(handler, options)`; `attributes` are those of the tag that `onopentag` has just been called for. */
export class PageOptions {
  readonly Tokenizer: typeof Tokenizer = PageTokenizer;
  readonly attributes = new TagAttributes();
}

export class PageTokenizer extends Tokenizer {
  private readonly sink: TokenizerCallbacks;
  private readonly attributes: TagAttributes;
  private source = '';
  private size = 0;
  /** Positions found by looking ahead, kept until they are passed: each character is searched once. */
  private nextAmpersand = -1;
  private nextBangEnd = -1;

  constructor(options: ConstructorParameters<typeof Tokenizer>[0], sink: TokenizerCallbacks) {
    super(options, sink);
    this.sink = sink;
    this.attributes = options instanceof PageOptions ? options.attributes : new TagAttributes();
  }

  /** The whole page; a second piece is an error of the caller. */
  override write(page: string): void {
    if (this.source !== '') throw new RangeError('PageTokenizer reads a page in one piece');
    this.source = page;
    this.size = page.length;
    this.attributes.begin(page);
    this.walk();
  }

  override end(): void {
    this.sink.onend();
  }

  private walk(): void {
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
    if (this.ampersandFrom(start) >= end) this.sink.ontext(start, end);
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
      if (from < at) sink.ontext(from, at);
      sink.ontextentity(entity.codePoint, entity.end);
      from = entity.end;
      at = from;
    }
    if (from < end) sink.ontext(from, end);
  }

  /** From "<" and a letter; the place after the tag (and the content, if that is raw), or -1 at the end of the page. */
  private startTag(at: number): number {
    const { source, size, sink } = this;
    let end = at + 2;
    while (end < size) {
      const code = source.charCodeAt(end);
      if (code < 128 && ENDS[code] !== 0) break;
      end += 1;
    }
    const letter = source.charCodeAt(at + 1) | 32;
    const mayBeRaw = RAW_LETTERS[letter] === 1 && end - at - 1 <= MAX_RAW_NAME && sink.isInForeignContext?.() !== true;
    const name = mayBeRaw ? source.slice(at + 1, end).toLowerCase() : '';
    if (end === size) {
      // The library takes the beginning of such a name for text when nothing comes after it.
      if (mayBeRaw && [...RAW.keys()].some((known) => known.startsWith(name))) sink.ontext(at + 1, size);
      return -1;
    }
    sink.onopentagname(at + 1, end);
    const close = this.attributes.read(end);
    if (close < 0) {
      if (this.attributes.endsInSlash) sink.ontext(-1, size);
      return -1;
    }
    if (this.attributes.selfClosing) sink.onselfclosingtag(close);
    else sink.onopentagend(close);
    const kind = mayBeRaw ? RAW.get(name) : undefined;
    return kind === undefined ? close + 1 : this.rawText(name, close + 1, kind.decodes);
  }

  private rawText(name: string, start: number, decodes: boolean): number {
    const { source, size, sink } = this;
    let close = name === 'plaintext' ? -1 : source.indexOf('</', start);
    for (; close >= 0; close = source.indexOf('</', close + 2)) {
      const after = source.charCodeAt(close + 2 + name.length);
      if (after < 128 && ENDS[after] !== 0 && source.slice(close + 2, close + 2 + name.length).toLowerCase() === name) break;
    }
    const end = close < 0 ? size : close;
    if (end > start) {
      if (decodes && this.ampersandFrom(start) < end) this.decode(start, end, name);
      else sink.ontext(start, end);
    }
    return close < 0 ? -1 : this.endTag(close);
  }

  /** From "</"; the place after it, or -1 at the end of the page. */
  private endTag(at: number): number {
    const { source, size, sink } = this;
    const code = source.charCodeAt(at + 2);
    if (at + 2 >= size) {
      sink.ontext(at, size);
      return -1;
    }
    if (code === GREATER) return at + 3;
    if (!isLetter(code)) return this.comment(at + 2, at + 3);
    let end = at + 3;
    while (end < size) {
      const each = source.charCodeAt(end);
      if (each < 128 && ENDS[each] !== 0) break;
      end += 1;
    }
    if (end === size) return -1;
    this.attributes.clear();
    sink.onclosetag(at + 2, end);
    const close = source.indexOf('>', end);
    if (close >= 0) return close + 1;
    sink.ontext(-1, size);
    return -1;
  }

  /** A comment of any kind whose text begins at `start` and that ends with the first ">" from `from` on. */
  private comment(start: number, from: number): number {
    const close = this.source.indexOf('>', from);
    this.sink.oncomment(start, close < 0 ? this.size : close, 0);
    return close < 0 ? -1 : close + 1;
  }

  /** From "<!" or "<?" (HTML Standard, 13.2.5.41 and on). */
  private declaration(at: number): number {
    const { source, size, sink } = this;
    if (source.charCodeAt(at + 1) === QUESTION) return this.comment(at + 1, at + 2);
    const code = source.charCodeAt(at + 2);
    if (code === DASH && source.charCodeAt(at + 3) === DASH) return this.longComment(at + 4);
    if (code === BRACKET && source.startsWith('CDATA[', at + 3)) {
      const close = source.indexOf(']]>', at + 9);
      if (close < 0) sink.oncomment(at + 2, size, 0);
      else sink.oncdata(at + 9, close + 2, 2);
      return close < 0 ? -1 : close + 3;
    }
    if ((code | 32) !== 100 || source.slice(at + 2, at + 9).toLowerCase() !== 'doctype' || at + 9 >= size) return this.comment(at + 2, at + 2);
    const close = source.indexOf('>', at + 9);
    if (close >= 0) sink.ondeclaration(at + 2, close);
    return close < 0 ? -1 : close + 1;
  }

  /** `<!--` up to "-->" or "--!>", or the ">" of `<!-->` and `<!--->`. */
  private longComment(start: number): number {
    const { source, size, sink } = this;
    if (source.charCodeAt(start) === GREATER || (source.charCodeAt(start) === DASH && source.charCodeAt(start + 1) === GREATER)) {
      const close = source.charCodeAt(start) === GREATER ? start : start + 1;
      sink.oncomment(start, close, close - start);
      return close + 1;
    }
    if (this.nextBangEnd < start) {
      const found = source.indexOf('--!>', start);
      this.nextBangEnd = found < 0 ? Infinity : found;
    }
    const usual = source.indexOf('-->', start);
    const bang = this.nextBangEnd;
    if (usual < 0 && bang === Infinity) {
      const tail = source.slice(Math.max(start, size - 3));
      sink.oncomment(start, size, tail === '--!' ? 3 : tail.endsWith('--') ? 2 : tail.endsWith('-') ? 1 : 0);
      return -1;
    }
    const close = usual >= 0 && usual < bang ? usual + 2 : bang + 3;
    sink.oncomment(start, close, usual >= 0 && usual < bang ? 2 : 3);
    return close + 1;
  }
}
