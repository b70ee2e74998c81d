/** Reads a local part to the left of an "@" and a domain to the right of it, through whatever stands for "." there. */
import { CharClass, isSpace, letterClass, localClass } from './characters.js';
import { isMailDomain, settleDomain } from './domain.js';
import { DOT_WORDS, DOT_WORDS_BARE, SIGN_WORDS } from './obfuscation-words.js';

const MAX_LOCAL_RUN = 96;
const MAX_DOMAIN_RUN = 260;
const MAX_MARKER = 18;
const DOTS = new Set(DOT_WORDS);
const DOTS_BARE = new Set(DOT_WORDS_BARE);
const OPENERS = '[({<«|*~"_&-';
const CLOSERS: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}', '<': '>', '«': '»', '|': '|', '*': '*', '~': '~', '"': '"', _: '_', '&': ';', '-': '-' };

/** One run of characters of the local part, ending before `end`; stops where the writing system changes. */
function localRun(text: string, end: number): number {
  let start = end;
  let kind = CharClass.None;
  const limit = Math.max(0, end - MAX_LOCAL_RUN);
  while (start > limit) {
    const next = localClass(text[start - 1] ?? '');
    if (next === CharClass.None) break;
    if (next !== CharClass.Neutral) {
      if (kind !== CharClass.None && next !== kind) break;
      kind = next;
    }
    start -= 1;
  }
  return start;
}

interface Marker { start: number; end: number; sign: string; bare: boolean }

function skipSpacesBack(text: string, end: number): number {
  let at = end;
  while (at > 0 && end - at < 4 && text[at - 1] === ' ') at -= 1;
  return at;
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (at < text.length && at - from < 4 && text[at] === ' ') at += 1;
  return at;
}

function signOf(word: string): string | null {
  // "(/dot\\)" as well.
  const key = word.trim().toLowerCase().replace(/^[/\\](?=.)|[/\\]$/g, '');
  if (DOTS.has(key)) return '.';
  return SIGN_WORDS.get(key) ?? null;
}

/** A "[dot]" or " dot " that ends right before `end`. */
function markerBefore(text: string, end: number): Marker | null {
  const at = skipSpacesBack(text, end);
  const closer = text[at - 1] ?? '';
  for (const opener of OPENERS) {
    if (CLOSERS[opener] !== closer) continue;
    const from = Math.max(0, at - MAX_MARKER);
    const inside = text.slice(from, at - 1).lastIndexOf(opener);
    if (inside < 0) continue;
    const open = from + inside;
    const sign = signOf(text.slice(open + 1, at - 1));
    if (sign !== null) return { start: skipSpacesBack(text, open), end, sign, bare: false };
  }
  if (at === end) return null;
  let wordStart = at;
  while (wordStart > 0 && at - wordStart < MAX_MARKER && letterClass(text[wordStart - 1] ?? '') !== CharClass.None) wordStart -= 1;
  if (text[wordStart - 1] === ' ' && DOTS_BARE.has(text.slice(wordStart, at).toLowerCase())) {
    return { start: skipSpacesBack(text, wordStart), end, sign: '.', bare: true };
  }
  return null;
}

/** A "[dot]", " dot " or " . " that starts at `from`. */
function markerAfter(text: string, from: number): Marker | null {
  const at = skipSpaces(text, from);
  const opener = text[at] ?? '';
  const closer = CLOSERS[opener];
  if (closer !== undefined) {
    // "((dot))" as well; the look-ahead is bounded, or a megabyte of openers would be searched once for each of them.
    const double = text[at + 1] === opener ? 1 : 0;
    const close = text.slice(at, at + MAX_MARKER + 2).indexOf(closer, 1 + double);
    const sign = close > 1 + double ? signOf(text.slice(at + 1 + double, at + close)) : null;
    return sign === null || (double > 0 && text[at + close + 1] !== closer) ? null : { start: from, end: skipSpaces(text, at + close + 1 + double), sign, bare: false };
  }
  if (at === from) return null;
  if (opener === '.' && text[at + 1] === ' ') return { start: from, end: skipSpaces(text, at + 1), sign: '.', bare: true };
  let wordEnd = at;
  while (wordEnd < text.length && wordEnd - at < MAX_MARKER && letterClass(text[wordEnd] ?? '') !== CharClass.None) wordEnd += 1;
  if (text[wordEnd] === ' ' && DOTS_BARE.has(text.slice(at, wordEnd).toLowerCase())) {
    return { start: from, end: skipSpaces(text, wordEnd), sign: '.', bare: true };
  }
  return null;
}

export interface LocalReading {
  local: string;
  start: number;
  /** A "[dot]" or the like stood inside. */
  decoded: boolean;
}

const TRIM_START = /^[.+\-'&]{1,10}/;

/** The local part that ends at `end` (exclusive), or null. With `spelled`, "[dot]" and " dot " inside it are read. */
export function readLocal(text: string, end: number, spelled: boolean): LocalReading | null {
  let start = localRun(text, end);
  if (start === end || end - start >= MAX_LOCAL_RUN) return null;
  let local = text.slice(start, end);
  let decoded = false;
  if (spelled) {
    for (let round = 0; round < 5; round += 1) {
      const marker = markerBefore(text, start);
      if (marker === null || local.length > 64) break;
      const before = localRun(text, marker.start);
      if (before === marker.start) break;
      local = text.slice(before, marker.start) + marker.sign + local;
      start = before;
      decoded = true;
    }
  }
  const lead = TRIM_START.exec(local)?.[0].length ?? 0;
  local = local.slice(lead).replace(/'{1,3}$/, '');
  return local === '' ? null : { local, start: start + lead, decoded };
}

export interface DomainReading {
  domain: string;
  end: number;
  decoded: boolean;
}

const HYPHENED_DOT = /-(?:dot|punkt|point|punto|ponto|kropka|tecka)-/gi;
/** Words of scripts that need no space around them. */
const GLUED_DOT = /^(?:ドット|点|點|점|닷)/u;
/** A picture of a dot: see ICON_DOT of the text scanner. */
const ICON_DOT = '\ue001';

function labelRun(text: string, from: number): number {
  let at = from;
  let kind = CharClass.None;
  while (at < text.length && at - from < 64) {
    const char = text[at] ?? '';
    const next = char === '-' ? CharClass.Neutral : letterClass(char);
    if (next === CharClass.None) break;
    if (next !== CharClass.Neutral) {
      if (kind !== CharClass.None && next !== kind) break;
      kind = next;
    }
    at += 1;
  }
  return at;
}

/** The domain printed plainly from `from` on, or null when its suffix does not exist. */
export function readDomain(text: string, from: number): DomainReading | null {
  let at = from;
  let dots = 0;
  while (at - from < MAX_DOMAIN_RUN) {
    const end = labelRun(text, at);
    if (end === at || end - at > 63 + 32) break;
    at = end;
    if (text[at] !== '.') break;
    dots += 1;
    at += 1;
  }
  if (dots === 0) return null;
  const domain = settleDomain(text.slice(from, at));
  return domain === null ? null : { domain, end: from + domain.length, decoded: false };
}

/** Like `readDomain`, but "[dot]", " dot " and spaced dots may stand between the labels. */
export function readSpelledDomain(text: string, from: number): DomainReading | null {
  const ends: number[] = [];
  let domain = '';
  const names: string[] = [];
  const spelledAt: boolean[] = [];
  let at = from;
  let spelled = false;
  for (let count = 0; count < 8; count += 1) {
    const end = labelRun(text, at);
    if (end === at) break;
    const printed = text.slice(at, end);
    // "firm-dot-example": hyphens belong to a label, so the word is found inside it.
    const label = printed.includes('-') ? printed.replace(HYPHENED_DOT, '.') : printed;
    if (label !== printed) spelled = true;
    domain += label;
    ends.push(end);
    names.push(domain);
    spelledAt.push(spelled);
    const picture = skipSpaces(text, end);
    if (text[picture] === ICON_DOT) {
      domain += '.';
      spelled = true;
      at = skipSpaces(text, picture + 1);
      continue;
    }
    if (text[end] === '.' && letterClass(text[end + 1] ?? '') !== CharClass.None) {
      domain += '.';
      at = end + 1;
      continue;
    }
    const glued = GLUED_DOT.exec(text.slice(end, end + 3))?.[0];
    if (glued !== undefined && letterClass(text[end + glued.length] ?? '') === CharClass.Latin) {
      domain += '.';
      spelled = true;
      at = end + glued.length;
      continue;
    }
    const marker = markerAfter(text, end);
    if (marker !== null) {
      domain += marker.sign;
      spelled = true;
      at = marker.end;
      continue;
    }
    // "x. de": a dot with space on one side only goes on when what stands so far is no domain yet.
    if (text[end] === '.' && isSpace(text[end + 1]) && !isMailDomain(domain)) {
      domain += '.';
      spelled = true;
      at = skipSpaces(text, end + 1);
      continue;
    }
    break;
  }
  for (let last = names.length - 1; last >= 0; last -= 1) {
    const name = names[last] ?? '';
    const end = ends[last] ?? from;
    const settled = settleDomain(name);
    if (settled === null) continue;
    // When settling cut something off, the shorter candidate says so more exactly, unless glue was cut from a label.
    const cut = name.length - settled.length;
    return { domain: settled, end: end - cut, decoded: spelledAt[last] === true };
  }
  return null;
}
