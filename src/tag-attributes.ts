/** The attributes of one tag: where they stand, and their text only for whoever asks. */
import { decodeValue } from './character-references.js';
import { isName } from './tag-names.js';

const SLASH = 47;
const EQUALS = 61;
const GREATER = 62;
const DOUBLE = 34;
const SINGLE = 39;
const BACKTRACK = 8;
const STRANGE = -1;
const BITS = 30;
/** Bits above the code of a quote: a character reference may stand in the value; the tag had the name already. */
const REFERENCES = 256;
const REPEATED = 512;

/** 1 for white space, 2 for "/" and ">", 4 for "=". */
const KIND = new Uint8Array(128);
for (const code of [9, 10, 12, 13, 32]) KIND[code] = 1;
KIND[SLASH] = 2;
KIND[GREATER] = 2;
KIND[EQUALS] = 4;

/** Names of attributes as numbers. Pages repeat a few hundred of them; the rest is forgotten again. */
const MAX_NAMES = 5_000;
const names: string[] = [];
const following: number[] = [];
const heads = new Map<number, number>();

/** By number: the tag that had the name last. */
const lastTags: number[] = [];
let tags = 0;

/** `hash` is -1 for names that are not ASCII. Those, and more than BACKTRACK names of one hash, get a new number each time. */
function numberOf(source: string, start: number, end: number, hash: number): number {
  const head = hash < 0 ? undefined : heads.get(hash);
  let seen = 0;
  for (let id = head ?? -1; id >= 0 && seen < BACKTRACK; id = following[id] ?? -1, seen += 1) if (isName(names[id] ?? '', source, start, end)) return id;
  const id = names.length;
  names.push(source.slice(start, end).toLowerCase());
  lastTags.push(hash >= 0 && seen < BACKTRACK ? 0 : STRANGE);
  following.push(seen < BACKTRACK ? head ?? -1 : -1);
  if (hash >= 0 && seen < BACKTRACK) heads.set(hash, id);
  return id;
}

function hashOf(name: string): number {
  let hash = 0;
  for (let at = 0; at < name.length; at += 1) hash = (Math.imul(hash, 31) + name.charCodeAt(at)) & 0x3fffffff;
  return hash;
}

const KNOWN = new Map<string, number>();

/** The number of a name (lower case) that is asked for on every page; stays the same as long as the process lives. */
export function attributeNumber(name: string): number {
  const known = KNOWN.get(name);
  if (known !== undefined) return known;
  if (names.length > KNOWN.size) forget();
  const id = numberOf(name, 0, name.length, hashOf(name));
  KNOWN.set(name, id);
  return id;
}

let generation = 0;

function forget(): void {
  generation += 1;
  names.length = 0;
  lastTags.length = 0;
  following.length = 0;
  heads.clear();
  for (const name of KNOWN.keys()) numberOf(name, 0, name.length, hashOf(name));
}

export class TagAttributes {
  private source = '';
  private nextAmpersand = -1;
  private at = -1;
  /** Where the tag ends, its ">". */
  stop = -1;
  count = 0;
  selfClosing = false;
  /** The page ended right after a "/" of the tag. */
  endsInSlash = false;
  private readonly ids: number[] = [];
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  /** 0 for none, else the quote's code; and the bits REFERENCES and REPEATED. */
  private readonly quotes: number[] = [];
  private strange: Set<string> | null = null;
  /** A bit for each of the first numbers: most tags lack most of what is asked for. */
  private mask = 0;

  begin(source: string): void {
    this.source = source;
    this.nextAmpersand = -1;
    this.clear();
  }

  clear(): void {
    this.count = 0;
    this.mask = 0;
    this.at = -1;
  }

  /** Changes when numbers are given anew; those of `attributeNumber` stay. */
  get generation(): number {
    return generation;
  }

  /** Where the attributes of the tag begin in the page, for `attributesAt`; -1 for a tag that is only implied. */
  get place(): number {
    return this.at;
  }

  /** Reads from the end of the tag's name to its ">"; the place of that, or -1 when the page ends before. */
  read(from: number): number {
    if (names.length > MAX_NAMES) forget();
    const { source } = this;
    const size = source.length;
    this.at = from;
    this.count = 0;
    this.strange = null;
    this.mask = 0;
    tags += 1;
    this.endsInSlash = false;
    let at = from;
    let slash = false;
    while (at < size) {
      const code = source.charCodeAt(at);
      const kind = code < 128 ? KIND[code] : 0;
      if (kind === 1) at += 1;
      else if (code === GREATER) {
        this.selfClosing = slash;
        this.stop = at;
        return at;
      } else if (code === SLASH) {
        slash = true;
        at += 1;
      } else {
        slash = false;
        at = this.attribute(at);
        if (at < 0) return -1;
      }
    }
    this.endsInSlash = slash;
    return -1;
  }

  private attribute(start: number): number {
    const { source } = this;
    const size = source.length;
    let at = start;
    let hash = 0;
    let wide = false;
    for (; at < size; at += 1) {
      const code = source.charCodeAt(at);
      if (code >= 128) wide = true;
      else if (KIND[code] !== 0 && at > start) break;
      hash = (Math.imul(hash, 31) + (code >= 65 && code <= 90 ? code | 32 : code)) & 0x3fffffff;
    }
    if (at === size) return -1;
    const { count } = this;
    const id = numberOf(source, start, at, wide ? -1 : hash);
    this.ids[count] = id;
    if (id < BITS) this.mask |= 1 << id;
    this.starts[count] = at;
    this.ends[count] = at;
    this.quotes[count] = this.isRepeated(id) ? REPEATED : 0;
    while (at < size && isBlank(source.charCodeAt(at))) at += 1;
    if (at === size) return -1;
    if (source.charCodeAt(at) !== EQUALS) {
      this.count += 1;
      return at;
    }
    at += 1;
    while (at < size && isBlank(source.charCodeAt(at))) at += 1;
    if (at === size) return -1;
    return this.value(at, count);
  }

  private isRepeated(id: number): boolean {
    if (lastTags[id] !== STRANGE) {
      const repeated = lastTags[id] === tags;
      lastTags[id] = tags;
      return repeated;
    }
    const name = names[id] ?? '';
    this.strange ??= new Set();
    if (this.strange.has(name)) return true;
    this.strange.add(name);
    return false;
  }

  private value(at: number, count: number): number {
    const { source } = this;
    const size = source.length;
    const quote = source.charCodeAt(at);
    let start = at;
    let end: number;
    if (quote === DOUBLE || quote === SINGLE) {
      start += 1;
      end = source.indexOf(quote === DOUBLE ? '"' : "'", start);
      if (end < 0) return -1;
    } else {
      for (end = start; end < size; end += 1) {
        const code = source.charCodeAt(end);
        if (code === GREATER || isBlank(code)) break;
      }
      if (end === size) return -1;
    }
    if (this.nextAmpersand < start) {
      const found = source.indexOf('&', start);
      this.nextAmpersand = found < 0 ? Infinity : found;
    }
    this.starts[count] = start;
    this.ends[count] = end;
    this.quotes[count] = (this.quotes[count] ?? 0) | (start > at ? quote : 0) | (this.nextAmpersand < end ? REFERENCES : 0);
    this.count = count + 1;
    return start > at ? end + 1 : end;
  }

  numberAt(index: number): number {
    return this.ids[index] ?? -1;
  }

  nameAt(index: number): string {
    return names[this.ids[index] ?? -1] ?? '';
  }

  valueAt(index: number): string {
    const raw = this.source.slice(this.starts[index], this.ends[index]);
    const bits = this.quotes[index] ?? 0;
    if ((bits & REFERENCES) === 0) return raw;
    const quote = bits & 255;
    return decodeValue(raw, quote === 0 ? '' : String.fromCharCode(quote));
  }

  /** False for the second of two with one name, which counts for nothing. */
  isFirst(index: number): boolean {
    return ((this.quotes[index] ?? 0) & REPEATED) === 0;
  }

  isEmpty(index: number): boolean {
    return this.starts[index] === this.ends[index];
  }

  /** The value of the first attribute of that number. */
  get(number: number): string | undefined {
    if (number < BITS && (this.mask & (1 << number)) === 0) return undefined;
    const { ids, count } = this;
    for (let index = 0; index < count; index += 1) if (ids[index] === number) return this.valueAt(index);
    return undefined;
  }

  has(number: number): boolean {
    if (number < BITS) return (this.mask & (1 << number)) !== 0;
    const { ids, count } = this;
    for (let index = 0; index < count; index += 1) if (ids[index] === number) return true;
    return false;
  }

  /** All of them; of two with one name the first counts. */
  record(): Record<string, string> {
    const all: Record<string, string> = {};
    for (let index = 0; index < this.count; index += 1) {
      if (this.isFirst(index)) all[this.nameAt(index)] = this.valueAt(index);
    }
    return all;
  }
}

function isBlank(code: number): boolean {
  return code === 32 || code === 10 || code === 9 || code === 13 || code === 12;
}

/** The attributes of a tag that has been passed: `place` is what `TagAttributes.place` said. */
export function attributesAt(source: string, place: number): Record<string, string> {
  if (place < 0) return {};
  const attributes = new TagAttributes();
  attributes.begin(source);
  return attributes.read(place) < 0 ? {} : attributes.record();
}
