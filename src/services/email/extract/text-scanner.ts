/** Finds addresses in a run of text: printed plainly, spelled out ("info [at] x [dot] de") or held apart by spaces. */
import { CharClass, isSpace, letterClass } from './characters.js';
import { readDomain, readLocal, readSpelledDomain, type DomainReading, type LocalReading } from './address-reader.js';
import { AT_WORDS, AT_WORDS_BARE, AT_WORDS_WEAK, EXAMPLE_LABEL, HANDLE_LABEL, MAIL_LABEL, ROLE_LOCALS, SHELL_COMMAND } from './obfuscation-words.js';
import { registrableDomain, settleDomain } from './domain.js';
import { namesBefore } from './listed-names.js';
import { isCredible, type PageContext } from './precision.js';
import { UNKNOWN_TEXT } from './script/values.js';
import { stripSpamGuard } from './spam-guards.js';
import { work } from './steps.js';

/** Stands where a page shows a picture or an icon of an "@"; counts as one only between a local part and a domain. */
export const ICON_AT = '\ue000';
/** The same for a dot inside a domain. */
export const ICON_DOT = '\ue001';

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

const BRACKET = new RegExp(`[\\[({<«‹【\\\\/]{1,2} ?(?:${alternatives(AT_WORDS)}) ?[\\])}>»›】/\\\\]{1,2}|&(?:amp;)?(?:#0{0,4}64|#x0{0,4}40|commat);`, 'iuy');
const DECOR = /([-_*~|="'#]{1,2})( ?)(?:at|ät|arroba|arobase|chiocciola|apenstaartje|klammeraffe|snabel-a|snabela|alfakrøll|krøllalfa|malpa|małpa|zavinac|zavináč|kukac|собака)\2\1/iuy;
const KANA = /アットマーク|アット|골뱅이|艾特|ⓐ/uy;
const GLUED_A = /a\(t\)(?= )/iuy;

/** Words between spaces by their first word: "a còng" is found under "a". Longer ones first. */
const BARE_WORDS: ReadonlyMap<string, readonly string[]> = bareWords();
const MAX_BARE = Math.max(...AT_WORDS_BARE.map((word) => word.length));
/** A sign, or the first character of anything that may stand for one. */
const KINDS = new Map<number, MarkerKind>([
  ...[...`@${ICON_AT}`].map((char) => [char.charCodeAt(0), 'sign'] as const),
  ...[...'[({<«‹【\\&'].map((char) => [char.charCodeAt(0), 'bracket'] as const),
  ...[..."-_*~|=\"'#"].map((char) => [char.charCodeAt(0), 'decor'] as const),
  ...[...'ア골艾ⓐ'].map((char) => [char.charCodeAt(0), 'kana'] as const),
]);
const SPACE = 32;
/** By UTF-16 unit: 1 where a marker of KINDS may begin, 2 where a bare word may. */
const STARTS = new Uint8Array(65_536);
for (const code of KINDS.keys()) STARTS[code] = 1;
for (const word of [...BARE_WORDS.keys()]) for (const form of [word, word.toUpperCase()]) STARTS[form.charCodeAt(0)] = (STARTS[form.charCodeAt(0)] ?? 0) | 2;

/** What the walk over a text stops at: markers of KINDS, and spaces, behind which a bare word may begin. Letters it passes by. */
const STOPS = STARTS.map((start) => (start === 2 ? 0 : start));
STOPS[SPACE] = 4;

/** First two characters of the bare words, both ASCII; where one of them is not, the words themselves are asked. */
const PAIRS = new Uint8Array(128 * 128);
for (const word of BARE_WORDS.keys()) {
  const [one = 0, two = SPACE] = [word.charCodeAt(0), word.charCodeAt(1) || SPACE];
  if (one >= 128 || two >= 128) continue;
  for (const a of [one, word.toUpperCase().charCodeAt(0)]) for (const b of [two, word.length > 1 ? word.toUpperCase().charCodeAt(1) : SPACE]) PAIRS[(a << 7) | b] = 1;
}
PAIRS[(97 << 7) | 40] = 1;

/** What may follow the opening of a decorated word. */
const INSIDE = new Uint8Array(65_536);
for (const char of [...AT_WORDS.flatMap((word) => [word[0] ?? '', (word[0] ?? '').toUpperCase()]), ...' [({<«‹【/\\-_*~|="\'#']) INSIDE[char.charCodeAt(0)] = 1;

function bareWords(): Map<string, string[]> {
  const words = new Map<string, string[]>();
  for (const word of ['at', ...AT_WORDS_BARE].sort((a, b) => b.length - a.length)) {
    const [first = ''] = word.split(' ');
    const list = words.get(first) ?? [];
    words.set(first, [...list, word]);
  }
  return words;
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

/** The bare word that begins at `at` and is followed by a space, or null. Looks at most as far as the longest of them. */
function bareAt(text: string, at: number): string | null {
  let end = at + 1;
  while (end - at <= MAX_BARE && end < text.length && text.charCodeAt(end) !== SPACE && text.charCodeAt(end) !== BREAK) end += 1;
  if (end - at > MAX_BARE || text.charCodeAt(end) !== SPACE) return null;
  for (const word of BARE_WORDS.get(text.slice(at, end).toLowerCase()) ?? []) {
    const written = text.slice(at, at + word.length);
    if (text.charCodeAt(at + word.length) === SPACE && written.toLowerCase() === word) return written;
  }
  return text.charCodeAt(at + 1) === PAREN ? matchAt(GLUED_A, text, at) : null;
}

function mayBeBare(one: number, two: number): boolean {
  return one >= 128 || two >= 128 || PAIRS[(one << 7) | two] === 1;
}

const BREAK = 10;
const PAREN = 40;
const AMPERSAND = 38;

interface Marker { kind: MarkerKind; start: number; word: string }

/** Tells of the bare word that begins at `at`, if one does; the place to go on from. */
function bareMarker(text: string, at: number, visit: (marker: Marker) => number): number {
  work.steps += 1;
  const word = mayBeBare(text.charCodeAt(at), text.charCodeAt(at + 1)) ? bareAt(text, at) : null;
  return word === null ? at : visit({ kind: 'bare', start: at, word });
}

/** Every place where an "@" may be meant: the sign, a bracketed word, a decorated one, a bare one. One walk over the text. */
function markersIn(text: string, visit: (marker: Marker) => number): void {
  work.steps += text.length >> 4;
  const size = text.length;
  for (let at = 0; at < size; at += 1) {
    const code = text.charCodeAt(at);
    const start = STOPS[code] ?? 0;
    if (start === 0) continue;
    if (code === SPACE) {
      if (STARTS[text.charCodeAt(at + 1)] === 2) at = bareMarker(text, at + 1, visit) - 1;
      continue;
    }
    work.steps += 1;
    const kind = (start & 1) !== 0 ? KINDS.get(code) : undefined;
    let marker: Marker | null = null;
    if (kind === 'sign') marker = { kind, start: at, word: text[at] ?? '' };
    else if (kind !== undefined && (kind === 'kana' || code === AMPERSAND || INSIDE[text.charCodeAt(at + 1)] === 1)) {
      const word = matchAt(kind === 'bracket' ? BRACKET : kind === 'decor' ? DECOR : KANA, text, at);
      if (word !== null) marker = { kind, start: at, word };
    }
    if (marker === null && (start & 2) !== 0 && text.charCodeAt(at - 1) === SPACE && mayBeBare(code, text.charCodeAt(at + 1))) {
      const word = bareAt(text, at);
      if (word !== null) marker = { kind: 'bare', start: at, word };
    }
    if (marker !== null) at = Math.max(at, visit(marker) - 1);
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

/** `ssh-ed25519 AAAAC3N… jana@laptop`: who made a key where (the comment of OpenSSH's public keys). */
function isKeyComment(text: string, end: number): boolean {
  const from = text.slice(Math.max(0, end - MAX_KEY), end).lastIndexOf(' ') + 1 + Math.max(0, end - MAX_KEY);
  return end - from >= 24 && text.startsWith('AAAA', from) && /^[\w+/=]+$/.test(text.slice(from, end));
}

/** A key of 4096 bits. */
const MAX_KEY = 800;

/** The characters right before an address that show it is part of something else. */
function isPartOfSomethingElse(text: string, start: number, end: number): boolean {
  const before = text[start - 1] ?? '';
  if (before === '@' || before === '…' || (before === '*' && /[\p{L}\p{N}]\*{1,20}$/u.test(text.slice(Math.max(0, start - 21), start))) || before === '•' || before === '×' || before === '%' || before === UNKNOWN_TEXT || text[end] === UNKNOWN_TEXT) return true;
  if (before === '.' && text[start - 2] === '.') return true;
  // `!garden@lemmy.example` is a community.
  if (before === '!' && (start < 2 || isSpace(text[start - 2]) || text[start - 2] === '(')) return true;
  if (before === ' ' && isKeyComment(text, start - 1)) return true;
  const next = text[end] ?? '';
  if (next === ':' && /^:[/~\w:]/.test(text.slice(end, end + 2)) && !/^:\d/.test(text.slice(end, end + 2))) return true;
  if (before === '/' && /(?:^|\s)@[\w.-]{1,60}\/$/.test(text.slice(Math.max(0, start - 64), start))) return true;
  const lead = text.slice(Math.max(0, start - MAX_LEAD), start);
  if (HANDLE_LABEL.test(lead) || SHELL_COMMAND.test(lead) || text.startsWith('::', end)) return true;
  if (before !== '/' && before !== '=' && before !== ':' && before !== '&' && before !== '?') return false;
  let at = start;
  while (at > 0 && start - at < 200 && !isSpace(text[at - 1]) && text[at - 1] !== '"' && text[at - 1] !== '(' && text[at - 1] !== '<') at -= 1;
  const token = text.slice(at, start);
  return token.includes('://') && !/^(?:mailto|email):\/\/$/i.test(token);
}

const STOP_LOCALS = new Set(['us', 'me', 'find', 'visit', 'follow', 'read', 'live', 'now', 'shop', 'here', 'is', 'are', 'look', 'available', 'more', 'or', 'and', 'a', 'the', 'out', 'meet', 'online', 'it', 'them', 'him', 'her', 'you', 'be', 'page', 'site', 'website', 'pm', 'am', 'uhr', 'today', 'tickets', 'details', 'information']);

/** "at the point where", "at our stop": no name of a domain comes after a spoken "at" that begins so. */
const ARTICLES = new Set(['the', 'a', 'an', 'our', 'my', 'your', 'his', 'her', 'their', 'this', 'that', 'any', 'some', 'each', 'every', 'one', 'least', 'last', 'first', 'home', 'work', 'night', 'noon']);
const MAX_LEAD = 90;

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
    if (inner === 'a' || inner === 'ä' || inner === 'et' || inner === 'а' || inner === 'ad') return !spaced || labelled || onSite || role;
    return !spaced || !weak || labelled;
  }
  if (kind === 'kana') return labelled || domain.decoded || role || /[a-z]/i.test(name);
  if (kind === 'decor') return word[0] === '-' || word[0] === '_' ? labelled || onSite || role || domain.decoded : !weak;
  if (kind === 'sign') return labelled || onSite || role || ((alone || domain.decoded) && !weak);
  if (AT_WORDS_WEAK.has(word.toLowerCase())) return domain.decoded && (labelled || role || onSite);
  if (word.toLowerCase() !== 'at') return labelled || onSite || domain.decoded || role;
  // English "at" between spaces is an ordinary word: "contact us at example.com".
  if (domain.decoded) return !weak && (labelled || !ARTICLES.has(domain.domain.split('.')[0]?.toLowerCase() ?? ''));
  return (labelled || (alone && local.local === name)) && !weak && !(role && !labelled && !onSite);
}

/** A Turkish "İ" in lower case is an "i" with a dot of its own above it, which no address has. */
function lowered(text: string): string {
  const lower = text.toLowerCase();
  return lower.includes('\u0307') ? lower.replace(/i\u0307/g, 'i') : lower;
}

/** "z. B. jana.muster@…" says itself that it is an example, unless it is the site's own. */
function isExample(text: string, start: number, domain: string, page: PageContext): boolean {
  return page.siteDomain !== null && registrableDomain(domain) !== page.siteDomain && EXAMPLE_LABEL.test(text.slice(Math.max(0, start - 24), start));
}

function readAround(text: string, start: number, end: number, kind: MarkerKind, word: string, options: ScanOptions): TextMatch | null {
  work.steps += 8;
  const left = spacesBefore(text, start);
  const right = spacesAfter(text, end);
  const spaced = left > 0 || right > 0;
  // A line break inside is allowed on one side of the sign itself only: narrow columns break there.
  const gapLeft = text.slice(start - left, start);
  const gapRight = text.slice(end, end + right);
  // A table may give the sign a cell of its own.
  const inCells = kind === 'sign' && gapLeft.trim() === '' && gapLeft.includes('\t') && gapRight.includes('\t');
  if (gapLeft.includes('\n') || (!inCells && (gapLeft.includes('\t') || gapRight.includes('\t')))) return null;
  const broken = gapRight.includes('\n');
  if (broken && (left > 0 || kind !== 'sign' || gapRight.trim() !== '')) return null;
  const spelled = kind !== 'sign' || spaced;
  // `jana\\@firm.example`: a text format's escape.
  const escaped = kind === 'sign' && !spaced && text[start - 1] === '\\' ? 1 : 0;
  let local = readLocal(text, start - left - escaped, spelled && !broken);
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
  const name = lowered(guard.local);
  const host = lowered(guard.domain);
  if (!isCredible(name, host, options.page) || isExample(text, local.start, host, options.page)) return null;
  const decoded = escaped > 0 || kind !== 'sign' || (spaced && !broken) || local.decoded || domain.decoded || guard.stripped || word === ICON_AT;
  return { local: name, domain: host, start: local.start, end: domain.end, decoded };
}

/** `{anna, b.kern}@firm.example` as universities print it, and `i n f o @ f i r m . e x a m p l e`. Null when it is neither. */
function readSeveral(text: string, start: number, kind: MarkerKind, { page }: ScanOptions): TextMatch[] | null {
  if (kind !== 'sign') return null;
  if (text[start - 1] === '}') return readBraces(text, start, page);
  return text[start - 1] === ' ' && text[start + 1] === ' ' && text[start - 3] === ' ' && text[start + 3] === ' ' ? readSpacedOut(text, start, page) : null;
}

function readBraces(text: string, start: number, page: PageContext): TextMatch[] | null {
  const open = text.slice(Math.max(0, start - MAX_BRACES), start).lastIndexOf('{');
  if (open < 0) return null;
  const from = Math.max(0, start - MAX_BRACES) + open;
  const names = text.slice(from + 1, start - 1).split(/[,;|/]/).map((name) => name.trim().toLowerCase());
  const domain = readDomain(text, start + 1) ?? readSpelledDomain(text, start + 1);
  if (domain === null || names.length < 2 || !names.every((name) => /^[\p{L}\d._+-]{1,64}$/u.test(name))) return null;
  const host = domain.domain.toLowerCase();
  return names.filter((name) => isCredible(name, host, page)).map((local, index) => ({ local, domain: host, start: index === 0 ? from : domain.end, end: domain.end, decoded: true }));
}

const SPACED_BEFORE = /(?:^|[^\p{L}\p{N}.]|\p{P} )((?:[\p{L}\p{N}._-] ){2,40})$/u;
const SPACED_AFTER = /^(?: [\p{L}\p{N}.-](?![\p{L}\p{N}])){4,60}/u;

function readSpacedOut(text: string, start: number, page: PageContext): TextMatch[] | null {
  const before = SPACED_BEFORE.exec(text.slice(Math.max(0, start - MAX_SPACED), start))?.[1];
  const after = SPACED_AFTER.exec(text.slice(start + 1, start + 1 + MAX_SPACED))?.[0];
  if (before === undefined || after === undefined) return null;
  const local = before.replace(/ /g, '').toLowerCase();
  const domain = settleDomain(after.replace(/ /g, '').toLowerCase());
  if (domain === null || !isCredible(local, domain, page)) return null;
  return [{ local, domain, start: start - before.length, end: start + 1 + after.length, decoded: true }];
}

const MAX_BRACES = 240;
const MAX_SPACED = 130;

/** Every address in `text`, in order; the same address may come several times. Linear in the length of the text. */
export function scanText(text: string, options: ScanOptions): TextMatch[] {
  const found: TextMatch[] = [];
  let reached = 0;
  markersIn(text, ({ kind, start, word }) => {
    const after = start + word.length;
    if (start < reached) return after;
    const next = text[start + 1] ?? '';
    if (kind === 'sign' && word === '@' && letterClass(next) === CharClass.None && !isSpace(next)) return after;
    for (const address of readSeveral(text, start, kind, options) ?? [readAround(text, start, after, kind, word, options)]) {
      if (address === null || address.start < reached) continue;
      if (!address.decoded && kind === 'sign') for (const name of namesBefore(text, address.start).reverse()) if (name.start >= reached && isCredible(name.local, address.domain, options.page)) found.push({ ...name, domain: address.domain, decoded: true });
      found.push(address);
      reached = address.end;
    }
    return after;
  });
  return found;
}
