/**
 * Microdata (WHATWG HTML, "Microdata"), RDFa Lite with schema.org terms and the hCard / h-card microformats, read
 * during the one pass and handed on as JSON-LD-like objects, so that one walker understands all four.
 */
import { attributeNumber, type TagAttributes } from '../../../tag-attributes.js';
import { type ItemSyntax, type StructuredItem } from '../page-reading.js';
import { clip, fold } from './fold.js';

const ABOUT = attributeNumber('about');
const CLASS = attributeNumber('class');
const CONTENT = attributeNumber('content');
const DATETIME = attributeNumber('datetime');
const HREF = attributeNumber('href');
const ITEMID = attributeNumber('itemid');
const ITEMPROP = attributeNumber('itemprop');
const ITEMSCOPE = attributeNumber('itemscope');
const ITEMTYPE = attributeNumber('itemtype');
const PROPERTY = attributeNumber('property');
const RESOURCE = attributeNumber('resource');
const SRC = attributeNumber('src');
const TITLE = attributeNumber('title');
const TYPEOF = attributeNumber('typeof');
const VALUE = attributeNumber('value');

export type StructuredNode = { [key: string]: unknown };

/** Marked-up values are short; a whole page inside one itemprop is a mistake. */
const MAX_VALUE = 600;
const MAX_ITEMS = 2_000;
const MAX_VALUE_PARTS = 20;
/** Deeper than anything schema.org describes; what is inside belongs to nobody. */
const MAX_ITEM_DEPTH = 16;
/** Of all items of a page together, in UTF-16 units: names and values. A catalogue with a thousand offers has about this much. */
const MAX_TOTAL = 200_000;

/** hCard (microformats 1) and h-card (2) class names and the schema.org property each stands for. */
const CARD_CLASSES: ReadonlyMap<string, string> = new Map([
  ['fn', 'name'], ['p-name', 'name'], ['org', 'org'], ['p-org', 'org'], ['organization-name', 'org'], ['tel', 'telephone'],
  ['p-tel', 'telephone'], ['street-address', 'streetAddress'], ['p-street-address', 'streetAddress'], ['locality', 'addressLocality'],
  ['p-locality', 'addressLocality'], ['region', 'addressRegion'], ['p-region', 'addressRegion'], ['postal-code', 'postalCode'],
  ['p-postal-code', 'postalCode'], ['country-name', 'addressCountry'], ['p-country-name', 'addressCountry'],
  ['email', 'email'], ['u-email', 'email'], ['p-email', 'email'], ['title', 'jobTitle'], ['role', 'jobTitle'], ['p-job-title', 'jobTitle'], ['p-role', 'jobTitle'],
]);

/** Properties of a card whose value is where the link leads, whatever it says (microformats2 parsing, `u-`). */
const CARD_LINKS: ReadonlyMap<string, string> = new Map([['url', 'url'], ['u-url', 'url'], ['email', 'email'], ['u-email', 'email']]);

/** `values`: what the card says is the property's value, apart from labels ("Work", "Fax"); `partOf`: it is such a value. */
interface OpenProperty { depth: number; names: string[]; owner: StructuredNode; from: number; values: string[]; partOf: OpenProperty | null }
interface OpenItem { depth: number; node: StructuredNode; card: boolean }

function add(node: StructuredNode, name: string, value: unknown): void {
  // Names are a stranger's: one may be that of something every object has.
  if (name === '__proto__') return;
  const before = Object.hasOwn(node, name) ? node[name] : undefined;
  if (before === undefined) node[name] = value;
  else if (Array.isArray(before)) before.push(value);
  else node[name] = [before, value];
}

function attributeValue(tag: string, attributes: TagAttributes): string | null {
  const content = attributes.get(CONTENT);
  if (content !== undefined) return content;
  if (tag === 'a' || tag === 'link' || tag === 'area') return attributes.get(HREF) ?? null;
  if (tag === 'img' || tag === 'iframe' || tag === 'embed' || tag === 'source') return attributes.get(SRC) ?? null;
  if (tag === 'time') return attributes.get(DATETIME) ?? null;
  if (tag === 'data' || tag === 'meter') return attributes.get(VALUE) ?? null;
  return null;
}

export class MicrodataReader {
  /** Items that are inside no other, in page order. */
  readonly items: StructuredItem[] = [];
  private readonly open: OpenItem[] = [];
  private readonly properties: OpenProperty[] = [];
  private readonly text: string[] = [];
  private count = 0;
  private size = 0;

  /** Text is kept only while somebody waits for it. */
  ontext(text: string): void {
    if (this.properties.length > 0) this.text.push(text);
  }

  onopen(tag: string, attributes: TagAttributes, depth: number): void {
    if (!attributes.has(ITEMSCOPE) && !attributes.has(ITEMPROP) && !attributes.has(TYPEOF) && !attributes.has(PROPERTY)) {
      if (attributes.has(CLASS)) this.openCard(tag, attributes, depth);
      return;
    }
    const parent = this.open.at(-1);
    const rdfa = attributes.has(TYPEOF) && attributes.get(TYPEOF) !== '';
    const names = (attributes.get(ITEMPROP) ?? (parent === undefined || tag === 'meta' && (attributes.get(PROPERTY) ?? '').includes(':')
      ? '' : attributes.get(PROPERTY) ?? '')).split(/\s+/).filter((name) => name !== '').map((name) => name.replace(/^(?:schema:|https?:\/\/schema\.org\/)/, ''));
    if ((attributes.has(ITEMSCOPE) || rdfa) && this.count < MAX_ITEMS) {
      const type = (attributes.get(ITEMTYPE) ?? attributes.get(TYPEOF) ?? '').split(/\s+/)[0] ?? '';
      const id = attributes.get(ITEMID) ?? (rdfa ? attributes.get(RESOURCE) ?? attributes.get(ABOUT) : undefined);
      this.openItem({ '@type': clip(type.replace(/^.*[/#:]/, ''), 100), ...(id !== undefined && { '@id': clip(id, MAX_VALUE) }) }, names, depth, attributes.has(ITEMSCOPE) ? 'microdata' : 'rdfa');
      return;
    }
    if (parent !== undefined && names.length > 0) {
      this.property(tag, attributes, names, parent.node, depth);
      return;
    }
    this.openCard(tag, attributes, depth);
  }

  private openCard(tag: string, attributes: TagAttributes, depth: number): void {
    const classes = attributes.get(CLASS);
    if (classes === undefined || this.open.length === 0 && !classes.includes('card')) return;
    const tokens = classes.split(/\s+/);
    if ((tokens.includes('vcard') || tokens.includes('h-card')) && this.count < MAX_ITEMS) {
      this.openItem({ '@type': 'VCard' }, [], depth, 'hcard');
      return;
    }
    const parent = this.open.at(-1);
    if (parent === undefined || !parent.card) return;
    const target = tag === 'a' || tag === 'link' || tag === 'area' ? attributes.get(HREF) : undefined;
    const linked = new Set(target === undefined ? [] : tokens.flatMap((token) => CARD_LINKS.get(token) ?? []));
    if (target !== undefined) this.set(parent.node, [...linked], clip(fold(target.replace(/^mailto:/i, '')), MAX_VALUE));
    const names = tokens.flatMap((token) => CARD_CLASSES.get(token) ?? []).filter((name) => !linked.has(name));
    if (names.length > 0) this.property(tag, attributes, [...new Set(names)], parent.node, depth);
    else this.valueClass(tag, attributes, tokens, parent, depth);
  }

  /** The value class pattern of microformats: parts of a property that are its value, put together without a space. */
  private valueClass(tag: string, attributes: TagAttributes, tokens: readonly string[], item: OpenItem, depth: number): void {
    const of = this.properties.at(-1);
    if (of === undefined || of.owner !== item.node || of.partOf !== null || of.values.length >= MAX_VALUE_PARTS) return;
    const title = tokens.includes('value-title') || tokens.includes('value') && tag === 'abbr' ? attributes.get(TITLE) : undefined;
    const value = title ?? (tokens.includes('value') && tag === 'data' ? attributes.get(VALUE) : undefined);
    if (value !== undefined) of.values.push(clip(fold(value), MAX_VALUE));
    else if (tokens.includes('value')) this.properties.push({ depth, names: [], owner: of.owner, from: this.text.length, values: [], partOf: of });
  }

  private openItem(node: StructuredNode, names: string[], depth: number, syntax: ItemSyntax): void {
    this.count += 1;
    const parent = this.open.at(-1);
    const isTooDeep = this.open.length >= MAX_ITEM_DEPTH;
    this.size += names.join().length + JSON.stringify(node).length;
    if (this.size <= MAX_TOTAL && !isTooDeep) {
      if (parent !== undefined && names.length > 0) for (const name of names) add(parent.node, clip(name, 100), node);
      else this.items.push({ syntax, data: node });
    }
    this.open.push({ depth, node, card: syntax === 'hcard' });
  }

  /** The budget of the page is one for names and values: what does not fit is left out. */
  private set(owner: StructuredNode, names: readonly string[], value: string): void {
    for (const name of names) {
      this.size += name.length + value.length;
      if (this.size <= MAX_TOTAL) add(owner, clip(name, 100), value);
    }
  }

  private property(tag: string, attributes: TagAttributes, names: string[], owner: StructuredNode, depth: number): void {
    const value = attributeValue(tag, attributes);
    const phoneLink = value?.replace(names.includes('telephone') ? /^tel:/i : names.includes('email') ? /^mailto:/i : /^(?!)/, '') ?? null;
    if (phoneLink !== null && !(tag === 'a' && names.includes('name'))) {
      this.set(owner, names, clip(fold(phoneLink), MAX_VALUE));
      return;
    }
    this.properties.push({ depth, names, owner, from: this.text.length, values: [], partOf: null });
  }

  onclose(depth: number): void {
    const property = this.properties.at(-1);
    if (property !== undefined && property.depth === depth) {
      this.properties.pop();
      const value = property.values.length > 0 ? clip(property.values.join(''), MAX_VALUE) : this.collect(property.from);
      if (property.partOf !== null) property.partOf.values.push(value);
      else if (value !== '') this.set(property.owner, property.names, value);
      if (this.properties.length === 0) this.text.length = 0;
    }
    const item = this.open.at(-1);
    if (item !== undefined && item.depth === depth) this.open.pop();
  }

  /** Bounded work per property, however deep the nesting. */
  private collect(from: number): string {
    let value = '';
    for (let index = from; index < this.text.length && value.length < MAX_VALUE * 2; index += 1) value += this.text[index];
    return clip(fold(value), MAX_VALUE);
  }
}
