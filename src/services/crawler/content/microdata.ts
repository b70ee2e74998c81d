/**
 * Microdata (WHATWG HTML, "Microdata"), RDFa Lite with schema.org terms and the hCard / h-card microformats, read
 * during the one pass and handed on as JSON-LD-like objects, so that one walker understands all four.
 */
import { clip, fold } from './fold.js';

export type StructuredNode = { [key: string]: unknown };

/** Marked-up values are short; a whole page inside one itemprop is a mistake. */
const MAX_VALUE = 600;
const MAX_ITEMS = 2_000;

/** hCard (microformats 1) and h-card (2) class names and the schema.org property each stands for. */
const CARD_CLASSES: ReadonlyMap<string, string> = new Map([
  ['fn', 'name'], ['p-name', 'name'], ['org', 'org'], ['p-org', 'org'], ['organization-name', 'org'], ['tel', 'telephone'],
  ['p-tel', 'telephone'], ['street-address', 'streetAddress'], ['p-street-address', 'streetAddress'], ['locality', 'addressLocality'],
  ['p-locality', 'addressLocality'], ['region', 'addressRegion'], ['p-region', 'addressRegion'], ['postal-code', 'postalCode'],
  ['p-postal-code', 'postalCode'], ['country-name', 'addressCountry'], ['p-country-name', 'addressCountry'],
  ['title', 'jobTitle'], ['role', 'jobTitle'], ['p-job-title', 'jobTitle'], ['p-role', 'jobTitle'],
]);

interface OpenProperty { depth: number; names: string[]; owner: StructuredNode; from: number }
interface OpenItem { depth: number; node: StructuredNode; card: boolean }

function add(node: StructuredNode, name: string, value: unknown): void {
  const before = node[name];
  if (before === undefined) node[name] = value;
  else if (Array.isArray(before)) before.push(value);
  else node[name] = [before, value];
}

function attributeValue(tag: string, attributes: Record<string, string>): string | null {
  if (attributes['content'] !== undefined) return attributes['content'];
  if (tag === 'a' || tag === 'link' || tag === 'area') return attributes['href'] ?? null;
  if (tag === 'img' || tag === 'iframe' || tag === 'embed' || tag === 'source') return attributes['src'] ?? null;
  if (tag === 'time') return attributes['datetime'] ?? null;
  if (tag === 'data' || tag === 'meter') return attributes['value'] ?? null;
  return null;
}

export class MicrodataReader {
  readonly items: StructuredNode[] = [];
  private readonly open: OpenItem[] = [];
  private readonly properties: OpenProperty[] = [];
  private readonly text: string[] = [];
  private count = 0;

  /** Text is kept only while somebody waits for it. */
  ontext(text: string): void {
    if (this.properties.length > 0) this.text.push(text);
  }

  onopen(tag: string, attributes: Record<string, string>, depth: number): void {
    if (attributes['itemscope'] === undefined && attributes['itemprop'] === undefined && attributes['typeof'] === undefined && attributes['property'] === undefined) {
      if (attributes['class'] !== undefined) this.openCard(tag, attributes, depth);
      return;
    }
    const parent = this.open.at(-1);
    const rdfa = attributes['typeof'] !== undefined && attributes['typeof'] !== '';
    const names = (attributes['itemprop'] ?? (parent === undefined || tag === 'meta' && (attributes['property'] ?? '').includes(':')
      ? '' : attributes['property'] ?? '')).split(/\s+/).filter((name) => name !== '').map((name) => name.replace(/^(?:schema:|https?:\/\/schema\.org\/)/, ''));
    if ((attributes['itemscope'] !== undefined || rdfa) && this.count < MAX_ITEMS) {
      const type = (attributes['itemtype'] ?? attributes['typeof'] ?? '').split(/\s+/)[0] ?? '';
      this.openItem({ '@type': type.replace(/^.*[/#:]/, '') }, names, depth, false);
      return;
    }
    if (parent !== undefined && names.length > 0) {
      this.property(tag, attributes, names, parent.node, depth);
      return;
    }
    this.openCard(tag, attributes, depth);
  }

  private openCard(tag: string, attributes: Record<string, string>, depth: number): void {
    const classes = attributes['class'];
    if (classes === undefined || this.open.length === 0 && !classes.includes('card')) return;
    const tokens = classes.split(/\s+/);
    if ((tokens.includes('vcard') || tokens.includes('h-card')) && this.count < MAX_ITEMS) {
      this.openItem({ '@type': 'VCard' }, [], depth, true);
      return;
    }
    const parent = this.open.at(-1);
    if (parent === undefined || !parent.card) return;
    const names = tokens.flatMap((token) => CARD_CLASSES.get(token) ?? []);
    if (names.length > 0) this.property(tag, attributes, [...new Set(names)], parent.node, depth);
  }

  private openItem(node: StructuredNode, names: string[], depth: number, card: boolean): void {
    this.count += 1;
    const parent = this.open.at(-1);
    if (parent !== undefined && names.length > 0) for (const name of names) add(parent.node, name, node);
    else this.items.push(node);
    this.open.push({ depth, node, card });
  }

  private property(tag: string, attributes: Record<string, string>, names: string[], owner: StructuredNode, depth: number): void {
    const value = attributeValue(tag, attributes);
    const phoneLink = value !== null && names.includes('telephone') ? value.replace(/^tel:/i, '') : value;
    if (phoneLink !== null && !(tag === 'a' && names.includes('name'))) {
      for (const name of names) add(owner, name, clip(fold(phoneLink), MAX_VALUE));
      return;
    }
    this.properties.push({ depth, names, owner, from: this.text.length });
  }

  onclose(depth: number): void {
    const property = this.properties.at(-1);
    if (property !== undefined && property.depth === depth) {
      this.properties.pop();
      const value = this.collect(property.from);
      if (value !== '') for (const name of property.names) add(property.owner, name, value);
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
