/** One htmlparser2 pass: visible text with its block structure, attributes worth reading, scripts. Runs nothing. */
import { Parser } from 'htmlparser2';
import { hidesByStyle, readStyleSheet, reversesByStyle, type ClassRules } from './style-rules.js';
import type { AttributeGroup, AttributeRecord, ElementRecord, PageModel, ScriptRecord } from './page-model.js';
import { TextBuilder } from './text-builder.js';
import { ICON_AT } from './text-scanner.js';

const BLOCKS = new Set('address article aside blockquote body br button canvas caption center dd details dialog dir div dl dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav noscript ol optgroup option p pre section select summary table tbody tfoot thead title tr ul video'.split(' '));
const CELLS = new Set(['td', 'th']);
/** Their text is code, a value to be typed over, or not rendered at all. */
const SKIPPED = new Set(['script', 'style', 'template', 'textarea', 'iframe', 'noembed', 'math', 'object', 'audio', 'canvas', 'datalist']);
const INLINE_DECOYS = new Set(['span', 'b', 'i', 'em', 'strong', 'small', 'font', 'u', 's', 'del', 'sup', 'sub', 'code', 'q', 'label', 'a', 'x']);
const GROUP_NAME = /^(?:data-[\w-]*(?:user|name|local|domain|host|tld|suffix|ext|part|first|second|u|d|a|b|x|y|[12])\d?|user|domain|name|first|last|is-email|text|base)$/;
const AT_PICTURE = /(?:^|[/_\-.])(?:at|arobase|arobas|aroba|arroba|klammeraffe|snabel-?a|at-?sign|atsymbol|kukac|zavinac|malpa|chiocciola|ät)\.(?:gif|png|jpe?g|svg|webp)$/i;
const AT_ALT = /^\s{0,3}(?:@|\(?at\)?|\[at\]|arobase|arroba|chiocciola|klammeraffe|at[- ]zeichen)\s{0,3}$/i;
const AT_ICON = /(?:^|[\s-])(?:at|at-sign|atsign)(?:$|\s)/i;
/** More structure than any page for people has; beyond it only the text is kept. */
const MAX_ELEMENTS = 200_000;
const MAX_ATTRIBUTES = 200_000;

interface Open {
  index: number;
  skip: boolean;
  hidden: boolean;
  reversed: { part: number; start: number } | null;
}

class PageScanner {
  readonly builder = new TextBuilder();
  readonly elements: ElementRecord[] = [];
  readonly attributes: AttributeRecord[] = [];
  readonly groups: AttributeGroup[] = [];
  readonly scripts: ScriptRecord[] = [];
  private readonly rules: ClassRules = { hidden: new Set(), reversed: new Set() };
  private readonly open: Open[] = [];
  private skipDepth = 0;
  private hiddenDepth = 0;
  /** Inside a stretch printed backwards; one inside another changes nothing. */
  private reversing = false;
  private script: { type: string; parts: string[] } | null = null;
  private style: string[] | null = null;

  constructor(private readonly source: string) {}

  get depth(): number {
    return this.open.length;
  }

  private current(): number {
    return this.open[this.open.length - 1]?.index ?? -1;
  }

  openTag(name: string, attribs: Record<string, string>, start: number, end: number): void {
    if (name.includes('@')) {
      // "Name <info@firm.example>" typed into a page: the browser sees a tag, the writer meant text.
      if (this.skipDepth === 0) this.builder.add(` <${name}>`, false);
    }
    const parent = this.current();
    const index = this.elements.length < MAX_ELEMENTS ? this.elements.length : parent;
    const className = attribs['class'] ?? '';
    if (this.skipDepth === 0) {
      if (BLOCKS.has(name)) this.builder.breakLine();
      else if (CELLS.has(name)) this.builder.breakCell();
      else this.builder.markSeam();
    }
    if (index === this.elements.length) {
      this.elements.push({ tag: name, parent, start: this.builder.length, end: this.builder.length, className, itemprop: attribs['itemprop'] ?? '' });
    }
    const hidden = this.isHidden(name, attribs, className);
    const skip = SKIPPED.has(name);
    const reversed = this.skipDepth === 0 && !this.reversing && !skip && !hidden && this.isReversed(name, attribs, className) ? this.builder.openReversed() : null;
    if (reversed !== null) this.reversing = true;
    this.open.push({ index, skip: skip || hidden, hidden, reversed });
    if (hidden) this.hiddenDepth += 1;
    if (skip || hidden) this.skipDepth += 1;
    if (name === 'script') this.script = { type: (attribs['type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '', parts: [] };
    else if (name === 'style') this.style = [];
    if (this.hiddenDepth === 0) this.keepAttributes(name, attribs, index, start, end);
    if (this.skipDepth === 0) this.addPicture(name, attribs, className);
  }

  private isHidden(name: string, attribs: Record<string, string>, className: string): boolean {
    if (attribs['hidden'] !== undefined) return true;
    const style = attribs['style'];
    if (style !== undefined && hidesByStyle(style)) return true;
    // Class rules hide menus and dialogs too, which a click shows; only inside a line are they a trick.
    if (this.rules.hidden.size === 0 || !INLINE_DECOYS.has(name)) return false;
    if (attribs['id'] !== undefined && this.rules.hidden.has(`#${attribs['id']}`)) return true;
    return className !== '' && className.split(/\s+/).some((each) => this.rules.hidden.has(each));
  }

  private isReversed(name: string, attribs: Record<string, string>, className: string): boolean {
    if (name === 'bdo' && attribs['dir']?.toLowerCase() === 'rtl') return true;
    const style = attribs['style'];
    if (style !== undefined && reversesByStyle(style)) return true;
    return this.rules.reversed.size > 0 && className !== '' && className.split(/\s+/).some((each) => this.rules.reversed.has(each));
  }

  private addPicture(name: string, attribs: Record<string, string>, className: string): void {
    if (name === 'img') {
      if (AT_ALT.test(attribs['alt'] ?? '') || AT_PICTURE.test(attribs['src'] ?? '')) this.builder.add(ICON_AT, false);
    } else if ((name === 'i' || name === 'span') && className !== '' && AT_ICON.test(className)) this.builder.add(ICON_AT, false);
  }

  private keepAttributes(tag: string, attribs: Record<string, string>, element: number, start: number, end: number): void {
    let grouped = false;
    let entity: boolean | null = null;
    for (const name in attribs) {
      const value = attribs[name] ?? '';
      if (value === '' || !isReadable(tag, name, attribs)) continue;
      if (GROUP_NAME.test(name)) grouped = true;
      if (this.attributes.length >= MAX_ATTRIBUTES) continue;
      entity ??= this.source.slice(start, Math.min(end, start + 4000)).includes('&#');
      this.attributes.push({ tag, name, value, element, entity });
    }
    if (grouped && this.groups.length < MAX_ATTRIBUTES) this.groups.push({ tag, values: new Map(Object.entries(attribs)), element });
  }

  text(data: string, entity: boolean): void {
    if (this.script !== null) this.script.parts.push(data);
    else if (this.style !== null) this.style.push(data);
    else if (this.skipDepth === 0) this.builder.add(data, entity);
  }

  closeTag(name: string): void {
    const closed = this.open.pop();
    if (closed === undefined) return;
    if (name === 'script' && this.script !== null) {
      const code = this.script.parts.join('');
      if (code !== '') this.scripts.push({ code, type: this.script.type, at: this.builder.length, element: closed.index });
      this.script = null;
    } else if (name === 'style' && this.style !== null) {
      readStyleSheet(this.style.join(''), this.rules);
      this.style = null;
    }
    if (closed.reversed !== null) {
      this.builder.closeReversed(closed.reversed);
      this.reversing = false;
    }
    if (closed.hidden) this.hiddenDepth -= 1;
    if (closed.skip) this.skipDepth -= 1;
    const record = this.elements[closed.index];
    if (record !== undefined && record.tag === name) record.end = this.builder.length;
    if (this.skipDepth > 0) return;
    if (BLOCKS.has(name)) this.builder.breakLine();
    else if (CELLS.has(name)) this.builder.breakCell();
    else this.builder.markSeam();
  }
}

/** Attributes that can hold an address a reader would reach; values to be typed over (`value`, `placeholder`) cannot. */
function isReadable(tag: string, name: string, attribs: Record<string, string>): boolean {
  if (name.startsWith('data-')) return name !== 'data-placeholder';
  if (name.startsWith('on')) return true;
  switch (name) {
    case 'href': case 'action': case 'xlink:href': return true;
    case 'title': case 'aria-label': case 'alt': return tag !== 'input' && tag !== 'textarea';
    case 'content': return tag === 'meta' ? isContactMeta(attribs) : attribs['itemprop'] !== undefined;
    case 'user': case 'domain': case 'first': case 'last': return tag.includes('-') || tag === 'a' || tag === 'span';
    case 'name': return tag !== 'input' && tag !== 'meta' && tag !== 'a' && attribs['domain'] !== undefined;
    default: return false;
  }
}

const CONTACT_META = /^(?:description|og:description|twitter:description|dc\.description|email|e-mail|contact|reply-to|reply_to|og:email|business:contact_data:email|dc\.publisher\.email|contact_email)$/i;

/** Author and generator tags name who made the page, not whose it is. */
function isContactMeta(attribs: Record<string, string>): boolean {
  return CONTACT_META.test(attribs['name'] ?? attribs['property'] ?? attribs['http-equiv'] ?? '') || attribs['itemprop'] !== undefined;
}

/** More open elements than any page for people has. */
const MAX_OPEN = 500;
const RAW_TEXT = new Set(['script', 'style', 'title', 'textarea']);

/**
 * htmlparser2 keeps its open elements in an array that it shifts: quadratic when a page opens a hundred thousand. Beyond
 * MAX_OPEN an element is closed as it opens, which loses its extent and none of its text.
 */
class ShallowParser extends Parser {
  private depth: () => number = () => 0;
  private closing = false;
  private flattened: boolean | null = null;

  watch(depth: () => number): void {
    this.depth = depth;
  }

  override onopentagname(start: number, endIndex: number): void {
    this.flattened = null;
    super.onopentagname(start, endIndex);
  }

  override onclosetag(start: number, endIndex: number): void {
    this.closing = true;
    super.onclosetag(start, endIndex);
    this.closing = false;
  }

  protected override isVoidElement(name: string): boolean {
    // Decided once per tag: the parser asks again after it has pushed the element.
    if (!this.closing) this.flattened ??= this.depth() >= MAX_OPEN && !RAW_TEXT.has(name);
    return (!this.closing && this.flattened === true) || super.isVoidElement(name);
  }
}

/** Reads mark-up of any quality; never throws on bad nesting. Linear in the length of `source`. */
export function scanHtml(source: string): PageModel {
  const scanner = new PageScanner(source);
  const parser = new ShallowParser({
    onopentag(name, attribs) {
      scanner.openTag(name, attribs, parser.startIndex, parser.endIndex);
    },
    ontext(data) {
      scanner.text(data, data.length <= 2 && parser.endIndex - parser.startIndex + 1 > data.length);
    },
    onclosetag(name) {
      scanner.closeTag(name);
    },
  }, { decodeEntities: true, lowerCaseTags: true, lowerCaseAttributeNames: true });
  parser.watch(() => scanner.depth);
  parser.end(source);
  const { builder } = scanner;
  return {
    text: builder.finish(), elements: scanner.elements, attributes: scanner.attributes, groups: scanner.groups, scripts: scanner.scripts,
    entityOffsets: builder.entityOffsets, seams: builder.seams, reversed: builder.reversed,
  };
}

/** A tag with an attribute, or a bare tag that people know; `<jana@firm.example>` and `a < b` are neither. */
const MARKUP = /<(?:!doctype|!--|[a-z][a-z0-9-]{0,30}\s{1,20}[a-z@:_-]{1,40}\s{0,5}=|\/?(?:html|body|head|div|p|a|br|span|table|tr|td|th|ul|ol|li|h[1-6]|script|noscript|template|b|strong|i|em|u|font|section|footer|header|main|article|address|center|dl|dd|dt|nav|form|pre|code|button|label|wbr|small|style|title|blockquote|frameset|map)\s{0,20}\/?>)/i;

/** A page or a plain text: plain text keeps its line breaks and may hold `<info@firm.example>`. */
export function scanContent(content: string): PageModel {
  if (MARKUP.test(content)) return scanHtml(content);
  return scanHtml(content.replaceAll('<', '&lt;').replace(/\r\n?|\n/g, '<br>'));
}
