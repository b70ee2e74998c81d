/**
 * The stored form of a page: one XML 1.0 document (docs/page.xsd) with what was read and the source it was read
 * from. Canonical: the same page gives the same bytes, so the store keeps it once. The time of the fetch is
 * therefore not in it.
 *
 * Written by hand because the XML libraries at hand leave carriage returns and line ends in attributes as they
 * are, and every XML parser then folds them: offsets and source would not survive.
 */
import { Parser } from 'htmlparser2';
import { LeadlineError } from '../../errors.js';
import { type FactField, type FactSource, type ItemSyntax, type LinkKind, type PageFact, type PageLink, type PageReading, type StructuredItem } from './page-reading.js';

export const PAGE_NAMESPACE = 'urn:leadline:page:1';

export interface PageDocumentInput {
  /** As asked for, and the address that answered. */
  url: string;
  finalUrl: string;
  /** HTTP status, 100 to 599. */
  status: number;
  reading: PageReading;
  /** The source, decoded; for a rendered page the document after its scripts ran. */
  html: string;
}

export interface StoredPage {
  url: string;
  finalUrl: string;
  status: number;
  title: string | null;
  description: string | null;
  language: string | null;
  canonical: string | null;
  robots: PageReading['robots'];
  needsScript: boolean;
  wall: PageReading['wall'];
  text: string;
  mainText: string;
  links: PageLink[];
  facts: PageFact[];
  metadata: PageReading['metadata'];
  html: string;
}

/** Everything XML 1.0 (2.2, Char) cannot carry, lone surrogates included: not even as a character reference. */
const NO_XML_CHARACTER = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** The same without surrogates, which `isWellFormed` looks for much faster: nearly every page is clean. */
const NO_XML_UNIT = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;

/** One U+FFFD for each UTF-16 unit, so that offsets stay right. */
function xmlCharacters(value: string): string {
  return value.isWellFormed() && !NO_XML_UNIT.test(value) ? value : value.replace(NO_XML_CHARACTER, '\uFFFD');
}

const ATTRIBUTE_ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;', '"': '&quot;', '\n': '&#10;', '\t': '&#9;' };

function escapeText(value: string): string {
  return escapeMarkup(xmlCharacters(value));
}

/** Four passes for one character each are much faster than one that calls a function for each find. */
function escapeMarkup(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;');
}

function attribute(name: string, value: string | number | boolean): string {
  const text = xmlCharacters(String(value));
  return ` ${name}="${/[&<>"\r\n\t]/.test(text) ? text.replace(/[&<>"\r\n\t]/g, (character) => ATTRIBUTE_ESCAPES[character] ?? character) : text}"`;
}

function element(name: string, content: string | null): string {
  return content === null ? '' : `<${name}>${escapeText(content)}</${name}>`;
}

/** Source that XML cannot carry as text goes in as base64 of UTF-16LE: lossless for every JavaScript string. */
function sourceElement(html: string): string {
  if (xmlCharacters(html) === html) return `<source encoding="text">${escapeMarkup(html)}</source>`;
  return `<source encoding="base64-utf16le">${Buffer.from(html, 'utf16le').toString('base64')}</source>`;
}

/** The XML document of a page: well-formed and valid against docs/page.xsd for any input. */
export function pageDocument(page: PageDocumentInput): string {
  const { reading } = page;
  const flags = attribute('needsScript', reading.needsScript) + attribute('nofollow', reading.robots.nofollow)
    + attribute('noindex', reading.robots.noindex) + (reading.wall === null ? '' : attribute('wall', reading.wall));
  const links = reading.links.map((link) => `<link${attribute('kind', link.kind)}${attribute('nofollow', link.nofollow)}${attribute('position', link.position)}${attribute('url', link.url)}>${escapeText(link.text)}</link>`);
  const facts = reading.facts.map((fact) => `<fact${attribute('end', fact.end)}${attribute('field', fact.field)}${attribute('source', fact.source)}${attribute('start', fact.start)}${attribute('value', fact.value)}>${escapeText(fact.snippet)}</fact>`);
  const meta = Object.entries(reading.metadata.meta).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `<entry${attribute('name', name)}>${escapeText(value)}</entry>`);
  const jsonLd = reading.metadata.jsonLd.map((document) => element('document', JSON.stringify(document) ?? 'null'));
  const items = reading.metadata.items.map(({ syntax, data }) => `<item${attribute('syntax', syntax)}>${escapeText(JSON.stringify(data))}</item>`);
  return [
    `<?xml version="1.0" encoding="UTF-8"?>\n<page xmlns="${PAGE_NAMESPACE}"${flags}>`,
    element('url', page.url), element('finalUrl', page.finalUrl), element('status', String(page.status)),
    element('title', reading.title), element('description', reading.description), element('language', reading.language), element('canonical', reading.canonical),
    element('text', reading.text), element('mainText', reading.mainText),
    `<links>${links.join('')}</links>`, `<facts>${facts.join('')}</facts>`, `<meta>${meta.join('')}</meta>`, `<jsonLd>${jsonLd.join('')}</jsonLd>`, `<items>${items.join('')}</items>`,
    sourceElement(page.html), '</page>\n',
  ].join('');
}

interface Node { name: string; attributes: Record<string, string>; text: string }

/** The leaf elements of a document, in order; containers come with empty text. */
function readNodes(xml: string): Node[] {
  const nodes: Node[] = [];
  const open: Node[] = [];
  const parser = new Parser({
    onopentag(name, attributes) {
      const node = { name, attributes, text: '' };
      nodes.push(node);
      open.push(node);
    },
    ontext(text) {
      const node = open.at(-1);
      if (node !== undefined) node.text += text;
    },
    onclosetag() {
      open.pop();
    },
  }, { xmlMode: true, decodeEntities: true });
  parser.end(xml);
  return nodes;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function storedItem({ attributes, text }: Node): StructuredItem {
  const data = parseJson(text);
  return { syntax: attributes.syntax as ItemSyntax, data: typeof data === 'object' && data !== null ? { ...data } : {} };
}

/**
 * Reads back what `pageDocument` wrote.
 * @throws LeadlineError PARSE_FAILED when this is no page document of ours.
 */
export function readPageDocument(xml: string): StoredPage {
  const nodes = readNodes(xml);
  const root = nodes[0];
  if (root?.name !== 'page' || root.attributes.xmlns !== PAGE_NAMESPACE || !xml.trimEnd().endsWith('</page>')) {
    throw new LeadlineError('PARSE_FAILED', 'The stored page is damaged.');
  }
  const all = (name: string): Node[] => nodes.filter((node) => node.name === name);
  const one = (name: string): string | null => nodes.find((node) => node.name === name)?.text ?? null;
  const source = nodes.find((node) => node.name === 'source');
  const links = all('link').map(({ attributes: a, text }): PageLink => ({
    url: a.url ?? '', text, kind: (a.kind ?? 'anchor') as LinkKind, nofollow: a.nofollow === 'true', position: Number(a.position),
  }));
  const facts = all('fact').map(({ attributes: a, text }): PageFact => ({
    field: a.field as FactField, value: a.value ?? '', snippet: text, start: Number(a.start), end: Number(a.end), source: a.source as FactSource,
  }));
  return {
    url: one('url') ?? '', finalUrl: one('finalUrl') ?? '', status: Number(one('status')),
    title: one('title'), description: one('description'), language: one('language'), canonical: one('canonical'),
    robots: { noindex: root.attributes.noindex === 'true', nofollow: root.attributes.nofollow === 'true' },
    needsScript: root.attributes.needsScript === 'true', wall: (root.attributes.wall ?? null) as PageReading['wall'],
    // Documents of before have none: then all of the text is the best there is.
    text: one('text') ?? '', mainText: one('mainText') ?? one('text') ?? '', links, facts,
    // fromEntries defines own properties: a meta tag named __proto__ is a name like any other.
    metadata: { meta: Object.fromEntries(all('entry').map((node) => [node.attributes.name ?? '', node.text])), jsonLd: all('document').map((node) => parseJson(node.text)), items: all('item').map(storedItem) },
    html: source?.attributes.encoding === 'base64-utf16le' ? Buffer.from(source.text, 'base64').toString('utf16le') : (source?.text ?? ''),
  };
}
