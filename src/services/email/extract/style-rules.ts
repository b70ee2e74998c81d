/** Reads the rules of a page's own style sheets that matter for addresses: what is hidden, printed backwards, or put in. */
import { work } from './steps.js';

const NOT_SHOWN = /(?:^|[;{\s])(?:display\s{0,4}:\s{0,4}none|visibility\s{0,4}:\s{0,4}hidden)/i;
/** Shown in theory only; pages use the same to move headings in, so it counts where a word is torn apart and nowhere else. */
const NOT_SEEN = /(?:^|[;{\s])(?:font-size\s{0,4}:\s{0,4}0(?![.\d]{0,8}[1-9])|opacity\s{0,4}:\s{0,4}0(?![.\d]{0,8}[1-9])|(?:left|top|text-indent)\s{0,4}:\s{0,4}-\d{3,5}|(?:max-)?width\s{0,4}:\s{0,4}0(?![.\d]{0,8}[1-9]))/i;
const BACKWARDS = /unicode-bidi\s{0,4}:\s{0,4}(?:bidi-override|isolate-override)/i;
const RIGHT_TO_LEFT = /direction\s{0,4}:\s{0,4}rtl/i;

export function hidesByStyle(style: string): boolean {
  return NOT_SHOWN.test(style);
}

export function shrinksByStyle(style: string): boolean {
  return NOT_SEEN.test(style);
}

export function reversesByStyle(style: string): boolean {
  return BACKWARDS.test(style) && RIGHT_TO_LEFT.test(style);
}

/** A piece of `content:` (CSS Generated Content 3, the parts that give text). */
export type ContentPart = { kind: 'text' | 'attr' | 'var'; value: string };

/** One compound selector: everything that must be true of a single element. */
export interface Compound {
  tag: string;
  id: string;
  classes: string[];
  attributes: { name: string; value: string | null }[];
  /** `:nth-child(3)`, `:first-child`; 0 for any place. */
  place: number;
}

export interface StyleRule {
  /** Rightmost first; `child` tells that the next one must be the parent, not any ancestor. */
  chain: { compound: Compound; child: boolean }[];
  hides: boolean;
  shrinks: boolean;
  reverses: boolean;
  pseudo: '' | 'before' | 'after';
  content: ContentPart[] | null;
}

const MAX_STYLE = 400_000;
const MAX_SELECTORS = 4_000;
const MAX_CHAIN = 8;
const COMPOUND = /^(\*|[a-z][a-z0-9-]{0,40})?((?:[.#][\w-]{1,80}|\[[^\]]{1,120}\]|:(?:first-child|nth-child\( ?\d{1,3} ?\))){0,12})$/i;
const PIECE = /\.([\w-]{1,80})|#([\w-]{1,80})|\[([\w-]{1,60})(?:=["']?([^\]"']{0,120})["']?)?\]|:(first-child)|:nth-child\( ?(\d{1,3}) ?\)/g;

function readCompound(text: string): Compound | null {
  const parts = COMPOUND.exec(text);
  if (parts === null || text === '') return null;
  const compound: Compound = { tag: parts[1] === '*' ? '' : (parts[1] ?? '').toLowerCase(), id: '', classes: [], attributes: [], place: 0 };
  for (const [, className, id, attribute, value, first, nth] of (parts[2] ?? '').matchAll(PIECE)) {
    if (className !== undefined) compound.classes.push(className);
    else if (id !== undefined) compound.id = id;
    else if (attribute !== undefined) compound.attributes.push({ name: attribute.toLowerCase(), value: value ?? null });
    else compound.place = first === undefined ? Number(nth) : 1;
  }
  return compound;
}

function readSelector(selector: string): Pick<StyleRule, 'chain' | 'pseudo'> | null {
  let pseudo: StyleRule['pseudo'] = '';
  const bare = selector.trim().replace(/::?(before|after)$/i, (_whole, name: string) => {
    pseudo = name.toLowerCase() === 'before' ? 'before' : 'after';
    return '';
  });
  if (bare.length > 400) return null;
  const words = (bare === '' ? '*' : bare).replace(/>/g, ' > ').trim().split(/\s{1,50}/);
  if (words.length > MAX_CHAIN * 2) return null;
  const chain: StyleRule['chain'] = [];
  let child = false;
  for (const word of words.reverse()) {
    if (word === '>') { child = true; continue; }
    const compound = readCompound(word);
    if (compound === null) return null;
    const last = chain[chain.length - 1];
    if (last !== undefined) last.child = child;
    child = false;
    chain.push({ compound, child: false });
  }
  return chain.length === 0 ? null : { chain, pseudo };
}

/** `\40 ` and `\000040` are hexadecimal escapes with one optional space after them, `\"` is the sign itself. */
function unescapeCss(text: string): string {
  return text.replace(/\\(?:([0-9a-f]{1,6})[ \n\t]?|(.))/gi, (_whole, hex: string | undefined, sign: string | undefined) => {
    if (hex === undefined) return sign ?? '';
    const code = Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}

const STRING = /"((?:[^"\\]|\\[^]){0,1000})"|'((?:[^'\\]|\\[^]){0,1000})'|attr\(\s{0,5}([\w-]{1,60})[^)]{0,60}\)|var\(\s{0,5}(--[\w-]{1,60})[^)]{0,60}\)/g;

/** The text a `content` value gives, in parts; null when it gives none. Icons of private fonts are no text. */
export function readContent(value: string): ContentPart[] | null {
  const parts: ContentPart[] = [];
  for (const [, double, single, attribute, variable] of value.slice(0, 1_000).matchAll(STRING)) {
    if (attribute !== undefined) parts.push({ kind: 'attr', value: attribute.toLowerCase() });
    else if (variable !== undefined) parts.push({ kind: 'var', value: variable });
    else parts.push({ kind: 'text', value: unescapeCss(double ?? single ?? '') });
  }
  const says = parts.some(({ kind, value: text }) => kind !== 'text' || /[\p{L}\p{N}@]/u.test(text));
  return says && !parts.some(({ value: text }) => /[\ue000-\uf8ff]/.test(text)) ? parts : null;
}

const CONTENT = /(?:^|[;{\s])content\s{0,4}:\s{0,4}([^;}]{1,1000}(?:;[^;}:]{0,20}["'][^;}]{0,200})?)/i;
const VARIABLE = /(--[\w-]{1,60})\s{0,4}:\s{0,4}(?:"([^"]{0,200})"|'([^']{0,200})')/g;

/** Custom properties whose value is a string: `--user: "info"`. */
export function readVariables(style: string, into: Map<string, string>): void {
  if (!style.includes('--')) return;
  for (const [, name, double, single] of style.matchAll(VARIABLE)) if (name !== undefined && into.size < 1_000) into.set(name, unescapeCss(double ?? single ?? ''));
}

function addRule(selectors: string, body: string, rules: StyleRule[], variables: Map<string, string>): void {
  if (selectors.includes('@') || body.includes('{') || selectors.length > MAX_SELECTORS) return;
  readVariables(body, variables);
  const hides = hidesByStyle(body);
  const shrinks = shrinksByStyle(body);
  const reverses = reversesByStyle(body);
  const generated = selectors.includes(':') && body.includes('content') ? CONTENT.exec(body)?.[1] : undefined;
  const content = generated === undefined ? null : readContent(generated);
  if (!hides && !shrinks && !reverses && content === null) return;
  for (const selector of selectors.split(',')) {
    const read = readSelector(selector);
    if (read === null || (read.pseudo === '' ? !hides && !shrinks && !reverses : content === null)) continue;
    rules.push({ ...read, hides, shrinks, reverses, content });
  }
}

/**
 * The rules of a style sheet outside `@media` and the like (those depend on the device). Linear: one walk over the braces,
 * at most 400,000 characters.
 */
export function readStyleSheet(css: string, variables: Map<string, string>): StyleRule[] {
  const rules: StyleRule[] = [];
  const sheet = css.length > MAX_STYLE ? css.slice(0, MAX_STYLE) : css;
  work.steps += sheet.length;
  let depth = 0;
  let selectorStart = 0;
  let bodyStart = 0;
  for (let at = 0; at < sheet.length; at += 1) {
    const char = sheet.charCodeAt(at);
    if (char === SLASH && sheet.charCodeAt(at + 1) === STAR) {
      const close = sheet.indexOf('*/', at + 2);
      if (close < 0) return rules;
      at = close + 1;
      if (depth === 0) selectorStart = at + 1;
    } else if (char === OPEN) {
      if (depth === 0) bodyStart = at + 1;
      depth += 1;
    } else if (char === CLOSE && depth > 0) {
      depth -= 1;
      if (depth === 0) {
        addRule(sheet.slice(selectorStart, bodyStart - 1), sheet.slice(bodyStart, at), rules, variables);
        selectorStart = at + 1;
      }
    } else if (char === SEMICOLON && depth === 0) selectorStart = at + 1;
  }
  return rules;
}

const SLASH = 47;
const STAR = 42;
const OPEN = 123;
const CLOSE = 125;
const SEMICOLON = 59;
