/** Finds addresses in a run of text: printed plainly, spelled out ("info [at] x [dot] de") or held apart by spaces. */
import { CharClass, isSpace, letterClass } from './characters.js';
import { readDomain, readLocal, readSpelledDomain, type DomainReading, type LocalReading } from './address-reader.js';
import { AT_WORDS, AT_WORDS_BARE, MAIL_LABEL, ROLE_LOCALS } from './obfuscation-words.js';
import { registrableDomain } from './domain.js';
import { isCredible, type PageContext } from './precision.js';
import { UNKNOWN_TEXT } from './script/values.js';
import { stripSpamGuard } from './spam-guards.js';

/** Stands where a page shows a picture or an icon of an "@"; counts as one only between a local part and a domain. */
export const ICON_AT = '\ue000';

export interface TextMatch {
  /** Lower case. */
  local: string;
  domain: string;
  /** UTF-16 offsets of what was printed. */
  start: number;
  end: number;
  /** Written in a form that is no address by itself. */
  decoded: boolean;
}

export interface ScanOptions {
  page: PageContext;
  /** Sorted offsets where an inline tag begins or ends: glue there is accidental more often than inside a word. */
  seams?: readonly number[];
}

type MarkerKind = 'sign' | 'bracket' | 'decor' | 'bare' | 'kana';

function escapeWord(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function alternatives(words: readonly string[]): string {
  return [...words].sort((a, b) => b.length - a.length).map(escapeWord).join('|');
}

const BRACKET = new RegExp(`[\\[({<«‹【\\\\]{1,2} ?(?:${alternatives(AT_WORDS)}) ?[\\])}>»›】/]{1,2}`, 'iuy');
const DECOR = /([-_*~|="'#]{1,2})(?:at|ät|arroba|arobase|chiocciola|malpa|małpa|zavinac|zavináč|kukac|собака)\1/iuy;
const BARE = new RegExp(`(?:at|a\\(t\\)|${alternatives(AT_WORDS_BARE)})(?= )`, 'iuy');
const KANA = /アットマーク|アット|골뱅이/uy;

/** What a marker of each kind can begin with, so that the patterns are tried in few places. */
const STARTERS: ReadonlyMap<number, MarkerKind> = new Map([
  ...[...`@${ICON_AT}`].map((char) => [char.charCodeAt(0), 'sign'] as const),
  ...[...'[({<«‹【\\'].map((char) => [char.charCodeAt(0), 'bracket'] as const),
  ...[..."-_*~|=\"'#"].map((char) => [char.charCodeAt(0), 'decor'] as const),
  ...[...'ア골'].map((char) => [char.charCodeAt(0), 'kana'] as const),
]);
const BARE_STARTERS = new Set(['at', ...AT_WORDS_BARE].flatMap((word) => [word.charCodeAt(0), word.toUpperCase().charCodeAt(0)]));
const SPACE = 32;

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

interface Marker { kind: MarkerKind; start: number; word: string }

/** Every place where an "@" may be meant: the sign, a bracketed word, a decorated one, a bare one. One walk over the text. */
function* markersIn(text: string): Generator<Marker> {
  let afterSpace = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const kind = (code >= 97 && code <= 122) ? undefined : STARTERS.get(code);
    let marker: Marker | null = null;
    if (kind === 'sign') marker = { kind, start: at, word: text[at] ?? '' };
    else if (kind !== undefined) {
      const word = matchAt(kind === 'bracket' ? BRACKET : kind === 'decor' ? DECOR : KANA, text, at);
      if (word !== null) marker = { kind, start: at, word };
    }
    if (marker === null && afterSpace && BARE_STARTERS.has(code)) {
      const word = matchAt(BARE, text, at);
      if (word !== null) marker = { kind: 'bare', start: at, word };
    }
    afterSpace = code === SPACE;
    if (marker === null) continue;
    yield marker;
    at += marker.word.length - 1;
  }
}

function spacesBefore(text: string, at: number): number {
  let count = 0;
  while (count < 4 && isSpace(text[at - 1 - count])) count += 1;
  return count;
}

function spacesAfter(text: string, at: number): number {
  let count = 0;
  while (count < 4 && isSpace(text[at + count])) count += 1;
  return count;
}

/** Offset of the last seam strictly inside (start, end), or -1. */
function seamInside(seams: readonly number[], start: number, end: number): number {
  let low = 0;
  let high = seams.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((seams[middle] ?? 0) < end) low = middle + 1;
    else high = middle;
  }
  const seam = seams[low - 1];
  return seam !== undefined && seam > start ? seam : -1;
}

const LABEL_GLUE = /^(?:e-?mails?|mail|courriel|correo|e-?post|email|tel|fax|kontakt|contact|adresse|address)$/i;
/** A hyphen and a capital make it a field name for certain; the others also begin real local parts. */
const CERTAIN_LABEL = /^E-[Mm]ail$/;
const GLUED_NUMBER = /^[\d-]{3,20}(?=\p{L})/u;
const PRINTED_LABEL = /^(?:E-[Mm]ail|Email|EMAIL|E-MAIL|Mail|Courriel|Correo)(?=[a-z0-9])/;

/** Takes a field name or a phone number off the front of a local part where a tag border or capitals give it away. */
function unglue(reading: LocalReading, seams: readonly number[] | undefined, end: number): LocalReading {
  if (seams !== undefined && !reading.decoded) {
    const seam = seamInside(seams, reading.start, end);
    if (seam >= 0) {
      const head = reading.local.slice(0, seam - reading.start);
      const tail = reading.local.slice(seam - reading.start);
      if (/^\p{L}/u.test(tail) && (LABEL_GLUE.test(head) || (/^[\d.\-+]{2,20}$/.test(head) && tail.length > 2))) return { ...reading, local: tail, start: seam };
    }
  }
  const label = PRINTED_LABEL.exec(reading.local)?.[0].length ?? 0;
  if (label > 0) {
    const rest = reading.local.slice(label);
    if (CERTAIN_LABEL.test(reading.local.slice(0, label)) || ROLE_LOCALS.has(rest.toLowerCase()) || rest.includes('.')) return { ...reading, local: rest, start: reading.start + label };
  }
  const digits = GLUED_NUMBER.exec(reading.local)?.[0].length ?? 0;
  if (digits > 0 && ROLE_LOCALS.has(reading.local.slice(digits).toLowerCase())) return { ...reading, local: reading.local.slice(digits), start: reading.start + digits };
  return reading;
}

/** The characters right before an address that show it is part of something else. */
function isPartOfSomethingElse(text: string, start: number, end: number): boolean {
  const before = text[start - 1] ?? '';
  if (before === '@' || before === '…' || (before === '*' && /[\p{L}\p{N}]\*{1,20}$/u.test(text.slice(Math.max(0, start - 21), start))) || before === '•' || before === '×' || before === '%' || before === UNKNOWN_TEXT || text[end] === UNKNOWN_TEXT) return true;
  if (before === '.' && text[start - 2] === '.') return true;
  const next = text[end] ?? '';
  if (next === ':' && /^:[/~\w]/.test(text.slice(end, end + 2)) && !/^:\d/.test(text.slice(end, end + 2))) return true;
  if (before !== '/' && before !== '=' && before !== ':' && before !== '&' && before !== '?') return false;
  let at = start;
  while (at > 0 && start - at < 200 && !isSpace(text[at - 1]) && text[at - 1] !== '"' && text[at - 1] !== '(' && text[at - 1] !== '<') at -= 1;
  const token = text.slice(at, start);
  return token.includes('://') && !/^(?:mailto|email):\/\/$/i.test(token);
}

const STOP_LOCALS = new Set(['us', 'me', 'find', 'visit', 'follow', 'read', 'live', 'now', 'shop', 'here', 'is', 'are', 'look', 'available', 'more', 'or', 'and', 'a', 'the', 'out', 'meet', 'online', 'it', 'them', 'him', 'her', 'you', 'be', 'page', 'site', 'website', 'pm', 'am', 'uhr', 'today', 'tickets', 'details', 'information']);

/** How much must speak for a reading before it is believed: the less clear the sign, the more. */
function isProven(kind: MarkerKind, spaced: boolean, text: string, local: LocalReading, domain: DomainReading, word: string, page: PageContext): boolean {
  if (kind === 'sign' && !spaced) return true;
  const name = local.local.toLowerCase();
  const onSite = page.siteDomain !== null && registrableDomain(domain.domain) === page.siteDomain;
  const labelled = MAIL_LABEL.test(text.slice(Math.max(0, local.start - 40), local.start));
  const role = ROLE_LOCALS.has(name);
  const alone = (local.start === 0 || text[local.start - 1] === '\n') && (domain.end >= text.length || text[domain.end] === '\n' || text.slice(domain.end, domain.end + 2) === ' \n');
  const weak = STOP_LOCALS.has(name);
  if (kind === 'bracket') {
    const inner = word.replace(/[^\p{L}@]/gu, '').toLowerCase();
    // One letter in brackets is a footnote or a plural more often than an "@".
    if (inner === 'a' || inner === 'et' || inner === 'а' || inner === 'ad') return !spaced || labelled || onSite || role;
    return !spaced || !weak || labelled;
  }
  if (kind === 'kana') return labelled || domain.decoded || role || /[a-z]/i.test(name);
  if (kind === 'decor') return word[0] === '-' || word[0] === '_' ? labelled || onSite || role || domain.decoded : !weak;
  if (kind === 'sign') return labelled || onSite || role || ((alone || domain.decoded) && !weak);
  if (word.toLowerCase() !== 'at') return labelled || onSite || domain.decoded || role;
  // English "at" between spaces is an ordinary word: "contact us at example.com".
  if (domain.decoded) return !weak;
  return (labelled || (alone && local.local === name)) && !weak && !(role && !labelled && !onSite);
}

function readAround(text: string, start: number, end: number, kind: MarkerKind, word: string, options: ScanOptions): TextMatch | null {
  const left = spacesBefore(text, start);
  const right = spacesAfter(text, end);
  const spaced = left > 0 || right > 0;
  // A line break inside is allowed on one side of the sign itself only: narrow columns break there.
  const gapLeft = text.slice(start - left, start);
  const gapRight = text.slice(end, end + right);
  if (gapLeft.includes('\n') || gapLeft.includes('\t') || gapRight.includes('\t')) return null;
  const broken = gapRight.includes('\n');
  if (broken && (left > 0 || kind !== 'sign' || gapRight.trim() !== '')) return null;
  const spelled = kind !== 'sign' || spaced;
  let local = readLocal(text, start - left, spelled && !broken);
  if (local === null) return null;
  if (kind === 'sign' && !spaced) local = unglue(local, options.seams, start);
  let domain: DomainReading | null = null;
  if (!spelled || broken) domain = readDomain(text, end + right);
  domain ??= broken ? null : readSpelledDomain(text, end + right);
  if (domain === null) return null;
  if (kind === 'sign' && !spaced && domain.decoded) {
    const longer = readLocal(text, start, true);
    if (longer !== null) local = longer;
  }
  // _info@firm.example_ is emphasis of a text format, not part of the name.
  if (local.local.startsWith('_') && text[domain.end] === '_') local = { ...local, local: local.local.replace(/^_{1,3}/, ''), start: local.start + 1 };
  if (isPartOfSomethingElse(text, local.start, domain.end)) return null;
  if (!broken && !isProven(kind, spaced, text, local, domain, word, options.page)) return null;
  const guard = stripSpamGuard(local.local, domain.domain);
  const name = guard.local.toLowerCase();
  const host = guard.domain.toLowerCase();
  if (!isCredible(name, host, options.page)) return null;
  const decoded = kind !== 'sign' || (spaced && !broken) || local.decoded || domain.decoded || guard.stripped || word === ICON_AT;
  return { local: name, domain: host, start: local.start, end: domain.end, decoded };
}

/** Every address in `text`, in order; the same address may come several times. Linear in the length of the text. */
export function scanText(text: string, options: ScanOptions): TextMatch[] {
  const found: TextMatch[] = [];
  let reached = 0;
  for (const { kind, start, word } of markersIn(text)) {
    if (start < reached) continue;
    if (kind === 'sign' && word === '@' && letterClass(text[start + 1] ?? '') === CharClass.None && !isSpace(text[start + 1])) continue;
    const address = readAround(text, start, start + word.length, kind, word, options);
    if (address === null || address.start < reached) continue;
    found.push(address);
    reached = address.end;
  }
  return found;
}
