/** One pass: visible text with its block structure, attributes worth reading, scripts. Runs nothing. */
import { walkFlatly, type PageVisitor } from '../../../page-walk.js';
import { attributeNumber, attributesAt, type TagAttributes } from '../../../tag-attributes.js';
import { HALF, isReadable, LINK, mayLink, NEVER, propertyOf, roleAt } from './readable.js';
import { contentText, StyleSheets, type Applied, type StyledNode } from './style-match.js';
import { hidesByStyle, reversesByStyle, shrinksByStyle, type StyleRule } from './style-rules.js';
import type { AttributeGroup, AttributeRecord, ElementRecord, PageModel, ScriptRecord } from './page-model.js';
import { work } from './steps.js';
import { TextBuilder, type TextMark } from './text-builder.js';
import { ICON_AT, ICON_DOT } from './text-scanner.js';
import { hasVcard, unfoldVcards } from './vcard.js';

/** What the name of an element says, as bits. */
const BLOCK = 1;
const CELL = 2;
/** Its text is code, a value to be typed over, or not rendered at all. */
const SKIPPED = 4;
const INLINE_DECOY = 8;
const TAGS = new Map<string, number>();
for (const [bit, names] of [
  [BLOCK, 'address article aside blockquote body br button canvas caption center dd details dialog dir div dl dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav noscript ol optgroup option p pre section select summary table tbody tfoot thead title tr ul video'],
  [CELL, 'td th'],
  [SKIPPED, 'script style template textarea iframe noembed math object audio canvas datalist'],
  [INLINE_DECOY, 'span b i em strong small font u s del sup sub code q label a x'],
] as const) for (const name of names.split(' ')) TAGS.set(name, (TAGS.get(name) ?? 0) | bit);

const CLASS = attributeNumber('class');
const STYLE = attributeNumber('style');
const HIDDEN = attributeNumber('hidden');
const TYPE = attributeNumber('type');
const DIR = attributeNumber('dir');
const ALT = attributeNumber('alt');
const SRC = attributeNumber('src');
const AT_PICTURE = /(?:^|[/_\-.])(?:at|arobase|arobas|aroba|arroba|klammeraffe|snabel-?a|at-?sign|atsymbol|kukac|zavinac|malpa|chiocciola|ät)\.(?:gif|png|jpe?g|svg|webp)$/i;
const AT_ALT = /^\s{0,3}(?:@|\(?at\)?|\[at\]|arobase|arroba|chiocciola|klammeraffe|at[- ]zeichen)\s{0,3}$/i;
const DOT_ALT = /^\s{0,3}(?:\.|\(?dot\)?|\[dot\]|punkt|point|punto|ponto)\s{0,3}$/i;
const AT_CLASS = /(?:^|[\s-])(?:at|at-sign|atsign)(?:$|\s)/i;
/** Fonts that draw a picture for a word: the word is never seen. */
const LIGATURE_CLASS = /(?:^|\s)material-(?:icons|symbols)/;
/** Fields of a card (hCard, h-card) that a style sheet sets apart and the source often writes without a space between. */
const CARD_CLASS = /(?:^|\s)(?:vcard|h-card)(?:\s|$)/;
const FIELD_CLASS = /(?:^|\s)(?:fn|n|org|title|role|email|type|tel|adr|url|[pu]-(?:name|org|job-title|role|email|tel|adr|url))(?:\s|$)/;
const CARD_EMAIL_CLASS = /(?:^|\s)(?:email|[up]-email)(?:\s|$)/;
/** More open elements than any page for people has; below them an element is closed as it opens. */
const MAX_OPEN = 500;
/** More structure than any page for people has; beyond it only the text is kept. */
const MAX_ELEMENTS = 200_000;
const MAX_ATTRIBUTES = 200_000;
/** A piece that is torn into a word to break it is short. */
const MAX_TORN = 60;

/** An open element. Its attributes are read again where a style sheet asks for them, which few do. */
class Open implements StyledNode {
  skip = false;
  hidden = false;
  reversed: TextMark | null = null;
  /** Set where a style makes it invisible in practice: cut out afterwards if it stands inside a word. */
  shrunk: TextMark | null = null;
  after: StyleRule | null = null;
  children = 0;
  private known: Record<string, string> | null = null;

  /** `tag`: what its name says, `kind`: what its class says, as bits; CARD is handed down to everything inside. */
  constructor(
    private readonly source: string, readonly name: string, readonly tag: number, private readonly from: number, readonly place: number,
    readonly parent: Open | null, readonly index: number, readonly kind: number,
  ) {}

  get attribs(): Readonly<Record<string, string>> {
    this.known ??= attributesAt(this.source, this.from);
    return this.known;
  }
}

/** What a class may say, as bits. */
const CARD = 1;
const FIELD = 2;
const LIGATURE = 4;
const AT_SIGN = 8;
const CARD_EMAIL = 16;
const MAX_CLASSES = 5_000;

function kindOf(className: string): number {
  return (CARD_CLASS.test(className) ? CARD : 0) | (FIELD_CLASS.test(className) ? FIELD : 0) | (LIGATURE_CLASS.test(className) ? LIGATURE : 0) | (AT_CLASS.test(className) ? AT_SIGN : 0) | (className.includes('email') && CARD_EMAIL_CLASS.test(className) ? CARD_EMAIL : 0);
}

export class PageScanner implements PageVisitor {
  private readonly builder = new TextBuilder();
  private readonly elements: ElementRecord[] = [];
  private readonly cardFields: number[] = [];
  private readonly properties: number[] = [];
  private readonly attributes: AttributeRecord[] = [];
  private readonly groups: AttributeGroup[] = [];
  private readonly scripts: ScriptRecord[] = [];
  private readonly sheets = new StyleSheets();
  private readonly kinds = new Map<string, number>();
  private readonly stack: Open[] = [];
  private skipDepth = 0;
  private hiddenDepth = 0;
  /** Inside a stretch printed backwards; one inside another changes nothing. */
  private reversing = false;
  private script: { type: string; parts: string[] } | null = null;
  private style: string[] | null = null;

  /** In a trap: see `isComplete`. */
  private isLost = false;

  /** @param maxOpen elements that may be open at a time; a page that nests deeper is not read to its end */
  constructor(private readonly source: string, private readonly maxOpen = MAX_OPEN) {
    work.steps += source.length >> 4;
  }

  /** False for a page that nests too deeply for a walk of several: `scanHtml` reads it. */
  get isComplete(): boolean {
    return !this.isLost;
  }

  open(name: string, given: TagAttributes): void {
    this.isLost ||= this.stack.length >= this.maxOpen;
    if (this.isLost) return;
    work.steps += 1;
    if (name.includes('@') && this.skipDepth === 0) {
      // "Name <info@firm.example>" typed into a page: the browser sees a tag, the writer meant text.
      this.builder.add(` <${name}>`, false);
    }
    const tag = TAGS.get(name) ?? 0;
    const above = this.stack[this.stack.length - 1] ?? null;
    const parent = above === null ? -1 : above.index;
    if (above !== null) above.children += 1;
    const index = this.elements.length < MAX_ELEMENTS ? this.elements.length : parent;
    const className = given.count === 0 ? '' : given.get(CLASS) ?? '';
    const kind = (className === '' ? 0 : this.kindOf(className)) | (above === null ? 0 : above.kind & CARD);
    this.separate(tag, kind);
    if (index === this.elements.length) {
      const itemprop = given.count === 0 ? '' : propertyOf(given);
      this.elements.push({ tag: name, parent, start: this.builder.length, end: this.builder.length, className, itemprop });
      if ((kind & CARD_EMAIL) !== 0) this.cardFields.push(index);
      if (itemprop !== '') this.properties.push(index);
    }
    const opened = new Open(this.source, name, tag, given.place, above?.children ?? 1, above, index, kind);
    const style = given.count === 0 ? undefined : given.get(STYLE);
    const applied = this.sheets.isEmpty ? null : this.sheets.match(opened, className, given);
    // Class rules hide menus and dialogs too, which a click shows; only inside a line are they a trick.
    opened.hidden = (given.count > 0 && given.has(HIDDEN)) || (style !== undefined && hidesByStyle(style)) || (applied?.hides === true && (tag & INLINE_DECOY) !== 0);
    opened.skip = opened.hidden || (tag & SKIPPED) !== 0;
    this.stack.push(opened);
    if (this.skipDepth === 0 && !opened.skip && (applied !== null || style !== undefined || name === 'bdo')) this.dress(opened, given, applied, style);
    if (opened.hidden) this.hiddenDepth += 1;
    if (opened.skip) this.skipDepth += 1;
    if (name === 'script') this.script = { type: (given.get(TYPE) ?? '').split(';')[0]?.trim().toLowerCase() ?? '', parts: [] };
    else if (name === 'style') this.style = [];
    if (this.hiddenDepth === 0 && given.count > 0) this.keepAttributes(name, given, index);
    if (this.skipDepth > 0) return;
    const before = applied?.before ?? null;
    if (before !== null) this.generate(before, opened);
    this.addPicture(name, given, kind, before !== null || opened.after !== null);
  }

  private kindOf(className: string): number {
    const known = this.kinds.get(className);
    if (known !== undefined) return known;
    const kind = kindOf(className);
    if (this.kinds.size < MAX_CLASSES) this.kinds.set(className, kind);
    return kind;
  }

  /** What a style does to the text of an element that is seen. */
  private dress(opened: Open, given: TagAttributes, applied: Applied | null, style: string | undefined): void {
    if (!this.reversing && this.isReversed(opened.name, given, applied, style)) {
      opened.reversed = this.builder.mark();
      this.reversing = true;
    }
    if ((opened.tag & INLINE_DECOY) !== 0 && (applied?.shrinks === true || (style !== undefined && shrinksByStyle(style)))) opened.shrunk = this.builder.mark();
    opened.after = applied?.after ?? null;
  }

  private isReversed(name: string, given: TagAttributes, applied: Applied | null, style: string | undefined): boolean {
    if (name === 'bdo' && given.get(DIR)?.toLowerCase() === 'rtl') return true;
    return applied?.reverses === true || (style !== undefined && reversesByStyle(style));
  }

  private separate(tag: number, kind: number): void {
    if (this.skipDepth > 0) return;
    if ((tag & BLOCK) !== 0) this.builder.breakLine();
    else if ((kind & (CARD | FIELD)) === (CARD | FIELD) || (tag & CELL) !== 0) this.builder.breakCell();
    else this.builder.markSeam();
  }

  private generate(rule: StyleRule, node: StyledNode): void {
    if (rule.content === null) return;
    const text = contentText(rule.content, node, this.sheets.variables);
    this.builder.addComposed(rule.reverses ? [...text].reverse().join('') : text);
  }

  /** `drawn`: the page's own sheet says what the element shows. */
  private addPicture(name: string, given: TagAttributes, kind: number, drawn: boolean): void {
    if (name === 'img') {
      const alt = given.get(ALT) ?? '';
      if (AT_ALT.test(alt) || AT_PICTURE.test(given.get(SRC) ?? '')) this.builder.add(ICON_AT, false);
      else if (DOT_ALT.test(alt)) this.builder.add(ICON_DOT, false);
    } else if (!drawn && (kind & AT_SIGN) !== 0 && (name === 'i' || name === 'span')) this.builder.add(ICON_AT, false);
  }

  private keepAttributes(tag: string, given: TagAttributes, element: number): void {
    let grouped = false;
    let entity: boolean | null = null;
    for (let at = 0; at < given.count; at += 1) {
      const role = given.isEmpty(at) ? NEVER : roleAt(given, at);
      if (role === NEVER || !given.isFirst(at)) continue;
      const name = given.nameAt(at);
      if (!isReadable(tag, name, given)) continue;
      const value = given.valueAt(at);
      if (value === '') continue;
      work.steps += 1 + (value.length >> 4);
      if ((role & HALF) !== 0) grouped = true;
      if ((role & LINK) !== 0 && !mayLink(value)) continue;
      if (this.attributes.length >= MAX_ATTRIBUTES) continue;
      entity ??= this.source.slice(given.place, Math.min(given.stop, given.place + 4000)).includes('&#');
      this.attributes.push({ tag, name, value, element, entity });
    }
    if (grouped && this.groups.length < MAX_ATTRIBUTES) this.groups.push({ tag, values: new Map(Object.entries(given.record())), element });
  }

  text(data: string, entity: boolean): void {
    if (this.isLost) return;
    work.steps += 1 + (data.length >> 4);
    if (this.script !== null) this.script.parts.push(data);
    else if (this.style !== null) this.style.push(data);
    else if (this.skipDepth > 0) return;
    else if (((this.stack[this.stack.length - 1]?.kind ?? 0) & LIGATURE) !== 0) {
      if (data.trim() === 'alternate_email') this.builder.add(ICON_AT, false);
    } else this.builder.add(data, entity);
  }

  close(name: string): void {
    if (this.isLost) return;
    const closed = this.stack.pop();
    if (closed === undefined) return;
    if (closed.after !== null && this.skipDepth === 0) this.generate(closed.after, closed);
    if (name === 'script' && this.script !== null) {
      const code = this.script.parts.join('');
      if (code !== '') this.scripts.push({ code, type: this.script.type, at: this.builder.length, element: closed.index });
      this.script = null;
    } else if (name === 'style' && this.style !== null) {
      this.sheets.read(this.style.join(''));
      this.style = null;
    }
    if (closed.reversed !== null) {
      this.builder.turnSince(closed.reversed);
      this.reversing = false;
    }
    if (closed.shrunk !== null && this.isTorn(closed.shrunk)) this.builder.cutSince(closed.shrunk);
    if (closed.hidden) this.hiddenDepth -= 1;
    if (closed.skip) this.skipDepth -= 1;
    const record = this.elements[closed.index];
    if (record !== undefined && record.tag === name) record.end = this.builder.length;
    this.separate(closed.tag, closed.kind);
  }

  finish(): PageModel {
    const { builder } = this;
    return {
      text: builder.finish(), elements: this.elements, cardFields: this.cardFields, properties: this.properties, attributes: this.attributes, groups: this.groups, scripts: this.scripts,
      entityOffsets: builder.entityOffsets, seams: builder.seams, composed: builder.composed,
    };
  }

  /** A whole address in small print is for readers of another kind; half a word inside a word is a trick. */
  private isTorn(mark: TextMark): boolean {
    const text = this.builder.since(mark, MAX_TORN + 1);
    return text !== '' && text.length <= MAX_TORN && !/[@\s]/.test(text) && this.builder.endsInWord(mark);
  }
}

/** Reads mark-up of any quality; never throws on bad nesting. Linear in the length of `source`. */
export function scanHtml(source: string): PageModel {
  const scanner = new PageScanner(source, Infinity);
  walkFlatly(source, scanner, MAX_OPEN);
  return scanner.finish();
}

/** A tag with an attribute, or a bare tag that people know; `<jana@firm.example>` and `a < b` are neither. */
const MARKUP = /<(?:!doctype|!--|!\[cdata\[|[a-z][a-z0-9-]{0,30}\s{1,20}[a-z@:_-]{1,40}\s{0,5}=|\/?(?:html|body|head|div|p|a|br|bdo|span|table|tr|td|th|ul|ol|li|h[1-6]|script|noscript|template|b|strong|i|em|u|font|section|footer|header|main|article|address|center|dl|dd|dt|nav|form|pre|code|button|label|wbr|small|style|title|blockquote|frameset|map|select|option|textarea|svg)\s{0,20}\/?>)/i;

/** What is walked over for a page or a plain text: plain text keeps its line breaks and may hold `<info@firm.example>`; a vCard (RFC 6350) its folded lines. */
export function markupOf(content: string): string {
  const text = hasVcard(content) ? unfoldVcards(content) : content;
  return MARKUP.test(text) ? text : text.replaceAll('<', '&lt;').replace(/\r\n?|\n/g, '<br>');
}

export function scanContent(content: string): PageModel {
  return scanHtml(markupOf(content));
}
