/** The person an address belongs to, as the card, row or paragraph around it says. */
import { detached, RecentMap } from '../../../recent-map.js';
import type { Finding } from './finding.js';
import { lowerBound, type PageModel } from './page-model.js';
import { HONORIFIC, NAME_LABEL, NOT_NAME_WORDS, PARTICLES, POST_NOMINAL, SENTENCE, TITLE } from './person-words.js';
import { ROLE_LOCALS } from './obfuscation-words.js';
import { work } from './steps.js';

export interface Person { name: string | null; title: string | null }

const NOBODY: Person = { name: null, title: null };
const MAX_CARD = 600;
const MAX_CLIMB = 60;
const WINDOW_BEFORE = 240;
const WINDOW_AFTER = 120;
const MAX_ELEMENTS_IN_CARD = 200;
/** Label, title, name and academic grade together are shorter. */
const MAX_NAME_PIECE = 160;
const CAPITAL = /\p{Lu}/u;
const NAME_HINT = /(?:^|[\s_-])(?:name|fn|n|fullname|full-name|person|member|staff-name|author-name|contact-name|vcard-name)(?:$|[\s_-])|name$/i;
const TITLE_HINT = /(?:^|[\s_-])(?:job|jobtitle|job-title|role|position|function|funktion|fonction|cargo|beruf|occupation|designation)(?:$|[\s_-])/i;

/** Where the addresses stand, so that a card never takes in somebody else's. */
export class PersonIndex {
  private readonly starts: number[];
  private readonly keys: string[];
  readonly elementStarts: number[];

  /** `siteName` is the site's registrable name without its suffix, letters only; '' when unknown. */
  constructor(readonly model: PageModel, findings: readonly Finding[], readonly siteName: string) {
    const placed = findings.filter((finding) => finding.end > finding.start).sort((a, b) => a.start - b.start);
    this.starts = placed.map((finding) => finding.start);
    this.keys = placed.map((finding) => `${finding.local}@${finding.domain}`);
    this.elementStarts = model.elements.map((element) => element.start);
  }

  /** True when an address other than `key` begins inside [start, end). Looks at no more than 60 of them. */
  hasOther(start: number, end: number, key: string): boolean {
    for (let at = lowerBound(this.starts, start), seen = 0; at < this.starts.length && (this.starts[at] ?? end) < end && seen < 60; at += 1, seen += 1) {
      if (this.keys[at] !== key) return true;
    }
    return false;
  }

  /** The end of the text that may belong to the address before `start`, and the start of the one after `end`. */
  neighbours(start: number, end: number, key: string): { from: number; to: number } {
    let from = start - WINDOW_BEFORE;
    for (let at = lowerBound(this.starts, start) - 1, seen = 0; at >= 0 && seen < 20; at -= 1, seen += 1) {
      const other = this.starts[at] ?? 0;
      if (other < from) break;
      if (this.keys[at] !== key) {
        const line = this.model.text.indexOf('\n', other);
        from = line < 0 || line > start ? other + (this.keys[at]?.length ?? 0) : line;
        break;
      }
    }
    let to = end + WINDOW_AFTER;
    for (let at = lowerBound(this.starts, end), seen = 0; at < this.starts.length && seen < 20; at += 1, seen += 1) {
      if (this.keys[at] !== key) { to = Math.min(to, this.starts[at] ?? to); break; }
    }
    return { from: Math.max(0, from), to: Math.min(this.model.text.length, to) };
  }
}

/** The largest element around the address that holds no other address and little enough text to be one card. */
function cardOf(index: PersonIndex, finding: Finding): { start: number; end: number } | null {
  const { elements } = index.model;
  const key = `${finding.local}@${finding.domain}`;
  let at = finding.element >= 0 ? finding.element : lowerBound(index.elementStarts, finding.start + 1) - 1;
  let best: { start: number; end: number } | null = null;
  for (let climb = 0; at >= 0 && climb < MAX_CLIMB; climb += 1) {
    const element = elements[at];
    if (element === undefined) break;
    at = element.parent;
    work.steps += 1;
    if (element.end < finding.end) continue;
    if (element.end - element.start > MAX_CARD || element.tag === 'body' || element.tag === 'html' || index.hasOther(element.start, element.end, key)) break;
    best = { start: element.start, end: element.end };
  }
  return best;
}

function ascii(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/ß/g, 'ss').replace(/ø/g, 'o').replace(/ł/g, 'l').toLowerCase();
}

const NOT_IN_NAMES = /[\d@&/\\_#!?"„“<>+=*€$%[\]{}|]/;

/** The name alone: without honorifics and degrees; null when the words are no person's name. */
export function readName(words: string): { name: string; honorific: boolean } | null {
  // What is taken off below holds none of these either, so nothing is lost by asking first.
  if (NOT_IN_NAMES.test(words)) return null;
  let text = words.trim().replace(/[,;:.]$/, '').trim().replace(NAME_LABEL, '');
  const before = text;
  text = text.replace(POST_NOMINAL, '').replace(HONORIFIC, '').trim();
  const honorific = text !== before;
  if (text.length < 4 || text.length > 50) return null;
  const tokens = text.split(' ');
  const shouted = tokens.every((token) => token === token.toUpperCase());
  let names = 0;
  for (const [position, token] of tokens.entries()) {
    if (NOT_NAME_WORDS.has(token.toLowerCase().replace(/\.$/, ''))) return null;
    if (PARTICLES.has(token.toLowerCase()) && position > 0 && position < tokens.length - 1) continue;
    if (/^\p{Lu}\.?(?:-?\p{Lu}\.)?$/u.test(token) && token.length <= 4) continue;
    const proper = shouted ? /^\p{Lu}[\p{Lu}'’-]{1,25}$/u.test(token) : /^(?:\p{Lu}['’]|Mc|Mac|O')?\p{Lu}[\p{Ll}\p{M}'’]{1,20}(?:-\p{Lu}?[\p{Ll}\p{M}]{1,20}){0,2}$/u.test(token);
    if (!proper) return null;
    names += 1;
  }
  // "Frau Berger" and "J. Berger" are names, one word alone is none.
  const enough = tokens.length <= 5 && (names >= 2 || (names === 1 && (tokens.length === 2 || (honorific && before.length - text.length > 2))));
  return enough && !TITLE.test(text) ? { name: text, honorific } : null;
}

function readTitle(words: string): string | null {
  const text = words.trim().replace(/^[-–—•·*]\s{0,2}/, '').replace(/[:,;]$/, '').trim();
  if (text.length < 2 || text.length > 70 || /[@\d]{3}|https?:|[!?]$/.test(text) || text.split(' ').length > 6 || SENTENCE.test(text)) return null;
  return TITLE.test(text) ? text : null;
}

/** Pieces that were read lately: cards and neighbourhoods overlap, and the pages of a site repeat theirs. */
const MAX_REMEMBERED = 5_000;
const names = new RecentMap<{ name: string; honorific: boolean } | null>(MAX_REMEMBERED);
const titles = new RecentMap<string | null>(MAX_REMEMBERED);

function nameIn(text: string): { name: string; honorific: boolean } | null {
  return text.length > MAX_NAME_PIECE || !CAPITAL.test(text) ? null : names.remember(text, () => readName(detached(text)));
}

function titleIn(text: string): string | null {
  return text.length > MAX_NAME_PIECE ? readTitle(text) : titles.remember(text, () => readTitle(detached(text)));
}

function wordsOf(name: string): string[] {
  return ascii(name).split(/[^\p{L}]+/u).filter((word) => word.length >= 3);
}

/** The address of the house, not of a person: a function, or the name of the site itself. */
function isHouseAddress(local: string, siteName: string): boolean {
  const letters = local.replace(/[^\p{L}]/gu, '');
  return ROLE_LOCALS.has(local) || (siteName.length >= 4 && letters.length >= 4 && (letters.includes(siteName) || siteName.includes(letters)));
}

/** The local part and the name share a word: proof that they belong together. */
function localFits(local: string, name: string): boolean {
  const words = wordsOf(name);
  const flat = local.replace(/ae/g, 'a').replace(/oe/g, 'o').replace(/ue/g, 'u');
  return words.some((word) => local.includes(word) || flat.includes(word));
}

interface Piece { text: string; line: number; start: number }

function piecesOf(text: string, from: number, to: number, cuts: readonly number[]): Piece[] {
  const pieces: Piece[] = [];
  let offset = from;
  let line = 0;
  for (const raw of text.slice(from, to).split(/[\n\t]/)) {
    let at = offset;
    for (const part of raw.split(/(\s?[,;|–—:()·•<>→]\s?| - | \/ )/)) {
      const end = at + part.length;
      const inside = cuts.filter((cut) => cut > at && cut < end);
      for (const border of [...new Set(inside)].sort((a, b) => a - b).concat(end)) {
        const piece = text.slice(at, border);
        if (piece.trim().length > 1) pieces.push({ text: piece, line, start: at });
        at = border;
      }
    }
    if (raw.trim() !== '') line += 1;
    offset += raw.length + 1;
  }
  return pieces;
}

interface Hints {
  names: Set<number>;
  titles: Set<number>;
  prominent: Set<number>;
  /** Where hinted elements begin and end: names and titles are often told apart by tags alone. */
  cuts: number[];
}

/** Offsets at which elements begin whose class, property or tag says what they hold. */
function hintsOf(index: PersonIndex, from: number, to: number): Hints {
  const hints: Hints = { names: new Set(), titles: new Set(), prominent: new Set(), cuts: [] };
  const { elements, text } = index.model;
  for (let at = lowerBound(index.elementStarts, Math.max(0, from - 1)), seen = 0; at < elements.length && seen < MAX_ELEMENTS_IN_CARD; at += 1, seen += 1) {
    const element = elements[at];
    work.steps += 1;
    if (element === undefined || element.start >= to) break;
    if (element.end - element.start > 90) continue;
    // A break that was still pending when the element opened stands before its first character.
    let start = element.start;
    while (start < element.end && /\s/.test(text[start] ?? '')) start += 1;
    if (/(?:^|\s)(?:name|givenName|familyName)(?:\s|$)/.test(element.itemprop) || NAME_HINT.test(element.className)) hints.names.add(start);
    if (/(?:^|\s)(?:jobTitle|roleName)(?:\s|$)/.test(element.itemprop) || TITLE_HINT.test(element.className)) hints.titles.add(start);
    if (/^(?:h[1-6]|strong|b|dt|th|figcaption)$/.test(element.tag)) hints.prominent.add(start);
    if (hints.names.has(start) || hints.titles.has(start) || hints.prominent.has(start)) hints.cuts.push(start, element.end);
  }
  return hints;
}

function leadingOffset(piece: Piece): number {
  return piece.start + (piece.text.length - piece.text.trimStart().length);
}

function readRange(index: PersonIndex, finding: Finding, from: number, to: number): Person {
  const hints = hintsOf(index, from, to);
  const pieces = piecesOf(index.model.text, from, to, hints.cuts);
  work.steps += pieces.length;
  // Names first: where a range holds none, nobody asks for titles, and those are the dearer ones to find.
  const names = new Map<Piece, { name: string; honorific: boolean }>();
  for (const piece of pieces) {
    const read = nameIn(piece.text);
    if (read !== null) names.set(piece, read);
  }
  if (names.size === 0) return NOBODY;
  const titles = new Map<Piece, string>();
  for (const piece of pieces) {
    const hinted = hints.titles.has(leadingOffset(piece)) && piece.text.trim().length <= 70 && !piece.text.includes('@') && !names.has(piece);
    const title = titleIn(piece.text) ?? (hinted ? piece.text.trim() : null);
    if (title !== null) titles.set(piece, title);
  }
  const own = pieces.find((piece) => piece.start + piece.text.length > finding.start)?.line ?? 0;
  const house = isHouseAddress(finding.local, index.siteName);
  let best: { name: string; piece: Piece; score: number } | null = null;
  for (const [piece, read] of names) {
    if (titles.has(piece)) continue;
    const after = piece.start > finding.end;
    const gap = Math.abs(piece.line - own);
    const fits = !house && localFits(finding.local, read.name);
    const houseName = wordsOf(read.name).filter((word) => index.siteName.includes(word)).length >= 2;
    if (houseName && !fits && !read.honorific) continue;
    // Without a word in common only what stands right there counts: a few lines above, or in the same line.
    if (!fits && (gap > 4 || (after && gap > 0 && !hints.names.has(leadingOffset(piece))))) continue;
    const titled = [...titles.keys()].some((other) => Math.abs(other.line - piece.line) <= 1);
    let score = (fits ? 6 : 0) + (hints.names.has(leadingOffset(piece)) ? 4 : 0) + (read.honorific ? 3 : 0) + (titled ? 3 : 0) + (hints.prominent.has(leadingOffset(piece)) ? 1.5 : 0);
    if (!house && gap <= 1 && pieces.length <= 8) score += 1.5;
    score -= gap * 0.1 + (after ? 1 : 0);
    if (best === null || score > best.score) best = { name: read.name, piece, score };
  }
  if (best === null || best.score < 2.4) return NOBODY;
  const { piece } = best;
  let title: string | null = null;
  let distance = 3;
  for (const [other, words] of titles) {
    const gap = Math.abs(other.line - piece.line) + (other.start < piece.start ? 0.5 : 0) - (hints.titles.has(leadingOffset(other)) ? 0.6 : 0);
    if (gap < distance && gap <= 2) {
      distance = gap;
      title = words;
    }
  }
  const shouted = best.name === best.name.toUpperCase() && /\p{Lu}/u.test(best.name);
  return { name: shouted ? best.name.toLowerCase().replace(/(?<!\p{L})\p{L}/gu, (char) => char.toUpperCase()) : best.name, title };
}

/** Structured data first, then the card, then the lines before the address. Nulls when the page does not say. */
export function personOf(index: PersonIndex, sightings: readonly Finding[]): Person {
  const structured = sightings.find((finding) => finding.personName !== undefined);
  if (structured?.personName !== undefined) return { name: structured.personName, title: structured.jobTitle ?? null };
  for (const finding of sightings.slice(0, 6)) {
    if (finding.end <= finding.start) continue;
    const card = cardOf(index, finding);
    if (card !== null) {
      const person = readRange(index, finding, card.start, card.end);
      if (person.name !== null) return person;
    }
    const around = index.neighbours(finding.start, finding.end, `${finding.local}@${finding.domain}`);
    const lineEnd = index.model.text.indexOf('\n', finding.end);
    const person = readRange(index, finding, around.from, Math.min(around.to, lineEnd < 0 ? around.to : lineEnd));
    if (person.name !== null) return person;
  }
  return NOBODY;
}
