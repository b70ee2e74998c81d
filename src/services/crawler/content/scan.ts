/**
 * The one pass over the HTML. No tree is built: what later steps need is written down during the walk, so
 * time and memory stay linear in the size of the page. Nothing here knows about companies or phones.
 */
import { walkPage, type PageVisitor } from '../../../page-walk.js';
import { attributeNumber, type TagAttributes } from '../../../tag-attributes.js';
import { clip, fold } from './fold.js';
import { BLOCKS, LineWriter, type Region, type ScannedLine } from './lines.js';
import { MicrodataReader } from './microdata.js';
import { type LinkKind, type StructuredItem } from '../page-reading.js';

export interface ScannedLink {
  href: string;
  kind: LinkKind;
  text: string;
  nofollow: boolean;
  /** Words in front of the link on its line: "Fax:" before a tel: link says what it is. */
  before: string;
  /** Index of the line the link stands on. */
  line: number;
}

export interface Scan {
  title: string | null;
  /** `name`, `property`, `itemprop` or `http-equiv` in lower case -> content; the first one counts. */
  meta: Record<string, string>;
  htmlLang: string | null;
  base: string | null;
  canonical: string | null;
  links: ScannedLink[];
  lines: ScannedLine[];
  jsonLdSources: string[];
  items: StructuredItem[];
  /** Alternative text of images that call themselves a logo. */
  logos: string[];
  /** An element that script applications fill (`<div id="root">` and its kin) was seen. */
  appRoot: boolean;
  scripts: number;
  noscript: string;
}

/** Their content is never shown as text. `noscript` is not shown by a browser that runs scripts. */
const SILENT: ReadonlySet<string> = new Set([
  'script', 'style', 'template', 'noscript', 'svg', 'math', 'iframe', 'select', 'datalist', 'textarea', 'head', 'title', 'audio', 'video', 'canvas', 'noembed', 'noframes', 'map',
]);
const LINKING: ReadonlySet<string> = new Set(['a', 'area', 'frame', 'iframe']);
const APP_ROOT_IDS: ReadonlySet<string> = new Set(['root', 'app', '__next', '__nuxt', '___gatsby', 'svelte', 'app-root', 'react-root', 'q-app', 'ember-app', 'main-app']);
const HIDING_STYLE = /(?:^|;)\s{0,9}(?:display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden)/i;
const NOFOLLOW = /(?:^|\s)nofollow(?:\s|$)/i;
const LOGO = /\blogo|logo\b|brand/i;
const MAX_LINKS = 10_000;
const MAX_LINK_TEXT = 200;

const ALT = attributeNumber('alt');
const ARIA_LABEL = attributeNumber('aria-label');
const CLASS = attributeNumber('class');
const CONTENT = attributeNumber('content');
const DATA_REACTROOT = attributeNumber('data-reactroot');
const DATA_SERVER_RENDERED = attributeNumber('data-server-rendered');
const HIDDEN = attributeNumber('hidden');
const HREF = attributeNumber('href');
const HTTP_EQUIV = attributeNumber('http-equiv');
const ID = attributeNumber('id');
const ITEMPROP = attributeNumber('itemprop');
const LANG = attributeNumber('lang');
const NAME = attributeNumber('name');
const NG_APP = attributeNumber('ng-app');
const NG_VERSION = attributeNumber('ng-version');
const PROPERTY = attributeNumber('property');
const REL = attributeNumber('rel');
const ROLE = attributeNumber('role');
const SRC = attributeNumber('src');
const STYLE = attributeNumber('style');
const TITLE = attributeNumber('title');
const TYPE = attributeNumber('type');
const XML_LANG = attributeNumber('xml:lang');

/** Browsers stop nesting at some hundreds; deeper is a trap that makes unmatched end tags cost the whole stack each. */
const MAX_DEPTH = 1_000;

/** heading, region and address are inherited, so the context of a line is that of the innermost element. */
interface Frame { name: string; silent: boolean; block: boolean; heading: number; region: Region; address: boolean; svg: boolean; link: ScannedLink | null }

const NO_CONTEXT = { heading: 0, region: 'main', address: false } as const;

const FOOTER = /\b(?:site-?)?footer\b/i;

function regionOf(name: string, attributes: TagAttributes): Region | null {
  const role = attributes.get(ROLE);
  if (name === 'nav' || role === 'navigation') return 'nav';
  if (name === 'footer' || role === 'contentinfo') return 'footer';
  if (name === 'header' || role === 'banner') return 'header';
  if (name === 'main' || role === 'main') return 'main';
  const id = attributes.get(ID) ?? '';
  const classes = attributes.get(CLASS) ?? '';
  if (id.length + classes.length > 299 || !(FOOTER.test(classes) || FOOTER.test(id))) return null;
  return 'footer';
}

export class PageScanner implements PageVisitor {
  readonly scan: Scan = {
    title: null, meta: {}, htmlLang: null, base: null, canonical: null, links: [], lines: [], jsonLdSources: [], items: [],
    logos: [], appRoot: false, scripts: 0, noscript: '',
  };
  /** Content of `<noframes>` is raw text to the parser, and all there is on a page of frames for us. */
  readonly noframes: string[] = [];
  private readonly stack: Frame[] = [];
  private readonly writer = new LineWriter();
  private readonly microdata = new MicrodataReader();
  /** In a trap: what was seen up to it is kept. */
  private isLost = false;
  private silent = 0;
  private pre = 0;
  private capture: { name: 'title' | 'jsonld' | 'noframes' | 'noscript'; depth: number; pieces: string[] } | null = null;
  private linkText: string[] = [];
  private openLink: ScannedLink | null = null;

  open(name: string, attributes: TagAttributes): void {
    const depth = this.stack.length;
    this.isLost ||= depth >= MAX_DEPTH;
    if (this.isLost) return;
    const parent = this.stack.at(-1);
    this.readHead(name, attributes);
    const block = BLOCKS.has(name);
    if (block) this.writer.breakLine();
    else if (name === 'td' || name === 'th' || name === 'a') this.writer.space();
    const hidden = SILENT.has(name) || attributes.has(HIDDEN) && attributes.get(HIDDEN) !== 'until-found'
      || attributes.has(STYLE) && HIDING_STYLE.test(attributes.get(STYLE) ?? '');
    const frame: Frame = {
      name, silent: hidden, block, link: null,
      heading: name.length === 2 && /^h[1-6]$/.test(name) ? Number(name[1]) : parent?.heading ?? 0,
      region: regionOf(name, attributes) ?? parent?.region ?? 'main',
      address: name === 'address' || (parent?.address ?? false),
      svg: name === 'svg' || (parent?.svg ?? false),
    };
    this.stack.push(frame);
    if (hidden) this.silent += 1;
    if (name === 'pre') this.pre += 1;
    this.writer.setContext(frame);
    if (this.capture === null) this.beginCapture(name, attributes, depth);
    this.readLink(name, attributes, frame);
    this.readImage(name, attributes);
    this.microdata.onopen(name, attributes, depth);
    if (name === 'script') this.scan.scripts += 1;
    if (APP_ROOT_IDS.has(attributes.get(ID) ?? '') || attributes.has(NG_APP) || attributes.has(NG_VERSION)
      || attributes.has(DATA_REACTROOT) || name === 'app-root' || attributes.has(DATA_SERVER_RENDERED)) this.scan.appRoot = true;
  }

  private beginCapture(name: string, attributes: TagAttributes, depth: number): void {
    if (name === 'title' && this.scan.title === null && this.stack.at(-1)?.svg !== true) this.capture = { name: 'title', depth, pieces: [] };
    else if (name === 'script' && /^application\/ld\+json/i.test((attributes.get(TYPE) ?? '').trim())) this.capture = { name: 'jsonld', depth, pieces: [] };
    else if (name === 'noframes') this.capture = { name: 'noframes', depth, pieces: [] };
    else if (name === 'noscript') this.capture = { name: 'noscript', depth, pieces: [] };
  }

  private readHead(name: string, attributes: TagAttributes): void {
    const { scan } = this;
    if (name === 'html') scan.htmlLang ??= attributes.get(LANG) ?? attributes.get(XML_LANG) ?? null;
    else if (name === 'base') scan.base ??= attributes.get(HREF) ?? null;
    else if (name === 'link' && /(?:^|\s)canonical(?:\s|$)/i.test(attributes.get(REL) ?? '')) scan.canonical ??= attributes.get(HREF) ?? null;
    else if (name === 'meta') {
      const key = (attributes.get(PROPERTY) ?? attributes.get(NAME) ?? attributes.get(HTTP_EQUIV) ?? attributes.get(ITEMPROP) ?? '').trim().toLowerCase();
      const content = attributes.get(CONTENT);
      if (key === '' || key === '__proto__' || key.length > 100 || content === undefined) return;
      if (!Object.hasOwn(scan.meta, key)) scan.meta[key] = clip(fold(content), 2_000);
      if (key === 'refresh' && attributes.has(HTTP_EQUIV)) this.readRefresh(content);
    }
  }

  /** HTML Standard, "shared declarative refresh steps": `5; url='next.html'`, the word `url=` may be missing. */
  private readRefresh(content: string): void {
    const match = /^\s{0,20}[\d.]{0,20}\s{0,20}[;,\s]\s{0,20}(?:url\s{0,9}=\s{0,9})?(["']?)(.{1,2048})$/is.exec(content);
    if (match === null) return;
    const quote = match[1] ?? '';
    const rest = match[2] ?? '';
    const end = quote === '' ? -1 : rest.indexOf(quote);
    this.pushLink({ href: fold(end === -1 ? rest : rest.slice(0, end)), kind: 'refresh', text: '', nofollow: false, before: '', line: this.writer.lines.length });
  }

  private readLink(name: string, attributes: TagAttributes, frame: Frame): void {
    if (!LINKING.has(name)) return;
    const target = attributes.get(name === 'frame' || name === 'iframe' ? SRC : HREF);
    if (target === undefined) return;
    const nofollow = NOFOLLOW.test(attributes.get(REL) ?? '');
    const line = this.writer.lines.length;
    if (name !== 'a') {
      const label = fold(attributes.get(TITLE) ?? attributes.get(ARIA_LABEL) ?? attributes.get(ALT) ?? attributes.get(NAME) ?? '');
      this.pushLink({ href: target, kind: name === 'area' ? 'area' : 'frame', text: clip(label, MAX_LINK_TEXT), nofollow, before: '', line });
    } else {
      this.closeLink();
      const fallback = attributes.get(TITLE) ?? attributes.get(ARIA_LABEL) ?? '';
      const link: ScannedLink = { href: target, kind: 'anchor', text: fold(fallback), nofollow, before: this.writer.tail(), line };
      this.pushLink(link);
      frame.link = link;
      this.openLink = link;
      this.linkText = [];
    }
  }

  private pushLink(link: ScannedLink): void {
    if (this.scan.links.length < MAX_LINKS && link.href !== '') this.scan.links.push(link);
  }

  private closeLink(): void {
    if (this.openLink === null) return;
    const text = fold(this.linkText.join(''));
    if (text !== '') this.openLink.text = text;
    this.openLink.text = clip(this.openLink.text, MAX_LINK_TEXT);
    this.openLink = null;
  }

  private readImage(name: string, attributes: TagAttributes): void {
    if (name !== 'img') return;
    const alt = fold(attributes.get(ALT) ?? '');
    if (this.openLink !== null && alt !== '') this.linkText.push(` ${alt} `);
    if (alt !== '' && alt.length <= 100 && this.scan.logos.length < 5
      && LOGO.test(`${attributes.get(CLASS) ?? ''} ${attributes.get(ID) ?? ''} ${clip(attributes.get(SRC) ?? '', 300)} ${alt}`)) this.scan.logos.push(alt);
  }

  text(text: string): void {
    if (this.isLost) return;
    if (this.capture !== null) this.capture.pieces.push(text);
    if (this.silent > 0) return;
    if (this.pre > 0) this.writer.writePreformatted(text);
    else this.writer.write(text);
    this.microdata.ontext(text);
    // More text than anybody shows as a link is a link that was never closed.
    if (this.openLink !== null && this.linkText.length < 200) this.linkText.push(text);
  }

  close(name: string): void {
    if (this.isLost) return;
    const frame = this.stack.pop();
    if (frame === undefined) return;
    const depth = this.stack.length;
    if (this.capture !== null && this.capture.depth === depth) this.endCapture();
    if (frame.link !== null && frame.link === this.openLink) this.closeLink();
    if (frame.silent) this.silent -= 1;
    if (name === 'pre') this.pre -= 1;
    if (frame.block) {
      this.writer.breakLine();
      this.microdata.ontext(' ');
      if (this.openLink !== null) this.linkText.push(' ');
    } else if (name === 'td' || name === 'th' || name === 'a') this.writer.space();
    this.microdata.onclose(depth);
    this.writer.setContext(this.stack.at(-1) ?? NO_CONTEXT);
  }

  private endCapture(): void {
    const capture = this.capture;
    this.capture = null;
    if (capture === null) return;
    const text = capture.pieces.join('');
    if (capture.name === 'title') this.scan.title = fold(text) === '' ? null : clip(fold(text), 500);
    else if (capture.name === 'jsonld') { if (text.length <= 1_000_000) this.scan.jsonLdSources.push(text); }
    else if (capture.name === 'noframes') this.noframes.push(text);
    else this.scan.noscript = clip(`${this.scan.noscript} ${fold(text)}`.trim(), 2_000);
  }

  /** Also reads the raw text of `<noframes>`, which a page of frames shows to us. */
  finish(): Scan {
    const fallback = this.noframes.splice(0, 5).join('\n');
    if (fallback.trim() !== '') {
      this.isLost = false;
      walkPage(fallback, this);
    }
    this.closeLink();
    this.writer.breakLine();
    this.scan.lines = this.writer.lines;
    this.scan.items = this.microdata.items;
    return this.scan;
  }
}

/** Walks the page once. Never throws. */
export function scanHtml(html: string): Scan {
  const scanner = new PageScanner();
  walkPage(html, scanner);
  return scanner.finish();
}
