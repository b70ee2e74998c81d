/**
 * One walk over a page for whoever wants to see it: which element opens and closes where, and the text between. No tree is built and
 * no object is made for an element. Which end tag closes what, and which tags end others by opening, is as in htmlparser2's `Parser`,
 * one for one (test/unit/page-walk.test.ts compares them), without its cost: names are numbers, the stack is an array of them that
 * grows at its end, and how often each name is open is counted, so that an end tag without a start costs nothing.
 */
import { PageTokenizer, type TokenSink } from './page-tokenizer.js';
import type { TagAttributes } from './tag-attributes.js';
import { tagNumber, tagTable, type TagNames } from './tag-names.js';

/** Who looks at the page. */
export interface PageVisitor {
  /** `attributes` are those of this tag, and only until the call is over; those that are only implied have none. */
  open(name: string, attributes: TagAttributes): void;
  /** A piece of text; `isReference` where it was written as a character reference. */
  text(text: string, isReference: boolean): void;
  close(name: string): void;
}

/** Two who look at the same page in one walk. */
export class Companions implements PageVisitor {
  constructor(private readonly one: PageVisitor, private readonly other: PageVisitor) {}

  open(name: string, attributes: TagAttributes): void {
    this.one.open(name, attributes);
    this.other.open(name, attributes);
  }

  text(text: string, isReference: boolean): void {
    this.one.text(text, isReference);
    this.other.text(text, isReference);
  }

  close(name: string): void {
    this.one.close(name);
    this.other.close(name);
  }
}

/** Groups of elements that end when another one opens, as bits. */
const GROUPS: readonly (readonly [closes: string, openers: string])[] = [
  ['tr th td', 'tr'], ['th', 'th'], ['thead th td', 'td'], ['head link script', 'body'], ['a', 'a'], ['li', 'li'], ['h1 h2 h3 h4 h5 h6 p', 'h1 h2 h3 h4 h5 h6'],
  ['p', 'p address article aside blockquote details div dl fieldset figcaption figure footer form header hr main nav ol pre section table ul'],
  ['input option optgroup select button datalist textarea', 'select input output button datalist textarea'], ['option', 'option'], ['optgroup option', 'optgroup'],
  ['dd dt', 'dd dt'], ['rt rp', 'rt rp'], ['thead tbody', 'tbody tfoot'],
];
/** By number: which groups end where it opens, and which groups it belongs to. */
const endsGroups = tagTable(GROUPS.flatMap(([, openers], group) => openers.split(' ').map((name) => [name, 1 << group] as const)));
const groupsOf = tagTable(GROUPS.flatMap(([closes], group) => closes.split(' ').map((name) => [name, 1 << group] as const)));

/** Void elements (HTML Standard, 13.1.2), and those of its past. */
const isVoid = tagTable('area base basefont br col command embed frame hr img input isindex keygen link meta param source track wbr'.split(' ').map((name) => [name, 1] as const));

/** What an element makes of its content: HTML again inside SVG or MathML, or one of these. */
const HTML = 1;
const SVG = 2;
const MATHML = 3;
const contextOf = tagTable([['svg', SVG], ['math', MATHML], ...['mi', 'mo', 'mn', 'ms', 'mtext', 'annotation-xml', 'foreignObject', 'desc', 'title'].map((name) => [name, HTML] as const)]);

/** Names of SVG that are written with capitals inside (HTML Standard, 13.2.6.5), by their number in lower case; 0 for others. */
const svgName = tagTable([
  'altGlyph altGlyphDef altGlyphItem animateColor animateMotion animateTransform clipPath feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow',
  'feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence foreignObject glyphRef linearGradient radialGradient textPath',
].join(' ').split(' ').map((name) => [name.toLowerCase(), tagNumber(name)] as const));

const BR = tagNumber('br');
const FORM = tagNumber('form');
const IMAGE = tagNumber('image');
const IMG = tagNumber('img');
const P = tagNumber('p');
/** A tag that is taken for none. */
const NOTHING = -1;

class PageWalk implements TokenSink {
  private readonly tokenizer: PageTokenizer;
  private readonly names: TagNames;
  private readonly attributes: TagAttributes;
  /** Open elements, the innermost last; how often each is among them. */
  private readonly stack: number[] = [];
  private readonly counts: number[] = [];
  private readonly contexts: number[] = [HTML];
  /** The start tag that is being read. */
  private tag = NOTHING;
  private closesAtOnce = false;

  constructor(private readonly source: string, private readonly visitor: PageVisitor, private readonly maxDepth: number, private readonly keepsOpen: (tag: number) => number) {
    this.tokenizer = new PageTokenizer(source, this);
    this.names = this.tokenizer.names;
    this.attributes = this.tokenizer.attributes;
  }

  run(): void {
    this.tokenizer.run();
    for (let at = this.stack.length - 1; at >= 0; at -= 1) this.visitor.close(this.names.nameOf(this.stack[at] ?? NOTHING));
  }

  isForeign(): boolean {
    return this.contexts[this.contexts.length - 1] !== HTML;
  }

  text(start: number, end: number): void {
    if (start !== end) this.visitor.text(this.source.slice(start, end), false);
  }

  reference(codePoint: number): void {
    this.visitor.text(String.fromCodePoint(codePoint), true);
  }

  /** Text inside SVG and MathML, a comment elsewhere. */
  cdata(start: number, end: number): void {
    if (this.isForeign()) this.visitor.text(this.source.slice(start, end), false);
  }

  startTag(written: number): void {
    const tag = this.spelled(written);
    // A form inside a form is ignored.
    if (tag === FORM && this.isOpen(FORM)) {
      this.tag = NOTHING;
      return;
    }
    this.tag = tag;
    this.endBefore(tag);
    this.closesAtOnce = isVoid(tag) !== 0 || (this.stack.length >= this.maxDepth && this.keepsOpen(tag) === 0);
    if (!this.closesAtOnce) this.push(tag);
  }

  startTagEnd(isSelfClosing: boolean): void {
    const { tag } = this;
    if (tag === NOTHING) return;
    const name = this.names.nameOf(tag);
    this.visitor.open(name, this.attributes);
    if (this.closesAtOnce) this.visitor.close(name);
    else if (isSelfClosing && this.isForeign() && this.stack[this.stack.length - 1] === tag) this.pop();
  }

  endTag(written: number): void {
    const tag = this.spelled(written);
    if (isVoid(tag) === 0) {
      if (this.isOpen(tag)) {
        while (this.stack[this.stack.length - 1] !== tag) this.pop();
        this.pop();
      } else if (tag === P) {
        this.endBefore(P);
        this.push(P);
        this.visitor.open('p', this.attributes);
        this.pop();
      }
    } else if (tag === BR) {
      this.visitor.open('br', this.attributes);
      this.visitor.close('br');
    }
  }

  /** Ends what ends where the element opens. */
  private endBefore(tag: number): void {
    const ends = endsGroups(tag);
    if (ends !== 0) while (this.stack.length > 0 && (groupsOf(this.stack[this.stack.length - 1] ?? NOTHING) & ends) !== 0) this.pop();
  }

  private push(tag: number): void {
    this.stack.push(tag);
    this.counts[tag] = (this.counts[tag] ?? 0) + 1;
    const context = contextOf(tag);
    if (context !== 0) this.contexts.push(context);
  }

  private pop(): void {
    const tag = this.stack.pop() ?? NOTHING;
    this.counts[tag] = (this.counts[tag] ?? 0) - 1;
    if (contextOf(tag) !== 0) this.contexts.pop();
    this.visitor.close(this.names.nameOf(tag));
  }

  private isOpen(tag: number): boolean {
    return (this.counts[tag] ?? 0) > 0;
  }

  /** The tag as it counts where it stands: SVG has capitals, `image` is `img`. */
  private spelled(tag: number): number {
    const { contexts } = this;
    if (contexts.length > 1) {
      const capitals = svgName(tag);
      if (capitals !== 0 && (contexts[contexts.length - 1] === SVG || this.isOpen(capitals))) return capitals;
    }
    return tag === IMAGE && !this.isForeign() ? IMG : tag;
  }
}

const ALWAYS = (): number => 1;

/** Walks over the page, once. Linear in its length and in the depth of its nesting. */
export function walkPage(source: string, visitor: PageVisitor): void {
  new PageWalk(source, visitor, Infinity, ALWAYS).run();
}

const keepsText = tagTable(['script', 'style', 'title', 'textarea'].map((name) => [name, 1] as const));

/** The same, but an element below `maxDepth` others is closed as it opens, which loses its extent and none of its text. */
export function walkFlatly(source: string, visitor: PageVisitor, maxDepth: number): void {
  new PageWalk(source, visitor, maxDepth, keepsText).run();
}
