/** Postal addresses in visible text: the line of the town by postal code, and the street next to it. */
import { CHINESE_ADDRESS, HOUSE_AFTER, HOUSE_BEFORE, JAPANESE_ADDRESS, KOREAN_ADDRESS, STREET_FIRST, STREET_WORD, TOWN_PATTERNS, type TownPattern } from './address-patterns.js';
import { countryByName } from './countries.js';
import { factInText } from './fact.js';
import { clip } from './fold.js';
import { type ScannedLine } from './lines.js';
import { type PageFact } from '../page-reading.js';

const MAX_ADDRESSES = 12;
/** Longer lines are prose; only the part around the code is looked at. */
const WINDOW = 220;
const PREFIX_COUNTRIES: Readonly<Record<string, string>> = {
  D: 'DE', A: 'AT', F: 'FR', I: 'IT', E: 'ES', B: 'BE', N: 'NO', S: 'SE', L: 'LU', H: 'HU', FL: 'LI', FIN: 'FI',
};
const SEPARATOR = /\s{0,2}(?:[|·•●∙▪■►»;[\]]|\s[-–—/]\s|\/\/|,)\s{0,2}/g;
/** Words after which no town begins although a number stands before them. */
const NOT_A_TOWN = /^(?:Uhr|Euro|EUR|Mitglied|Mitglieder|Teilnehmer|Kinder|Personen|Jahre|Tage|Meter|Km|Stück|Seiten|Jan|Feb|Mär|Mar|Apr|May|Mai|Jun|Jul|Aug|Sep|Okt|Oct|Nov|Dez|Dec|Januar|Februar|März|April|Juni|Juli|August|September|Oktober|November|Dezember|Tel|Telefon|Fax|Copyright|All|Alle|GmbH|Ltd|Inc|The|Der|Die|Das|And|Und|Members|People|Hz|Mb|Gb|Watt)(?![\p{L}])/u;
const TRAILING = /(?:\s(?:Tel|Telefon|Phone|Fax|Mobil|Mobile|E-?Mail|Mail|Email|Web|Ust|Germany|Deutschland|Österreich|Schweiz|Route|Anfahrt|Öffnungszeiten|Impressum|Kontakt|Contact)\b.{0,200})$/u;

/** Their codes look like anything: only on pages that belong to the country. */
const ONLY_AT_HOME: ReadonlySet<string> = new Set(['IN', 'IE', 'HU']);

interface Street { line: number; start: number; text: string }

/** Pieces of a line with their offsets, cut at the usual separators. */
function pieces(text: string): { text: string; start: number }[] {
  const out: { text: string; start: number }[] = [];
  let from = 0;
  for (const match of text.matchAll(SEPARATOR)) {
    out.push({ text: text.slice(from, match.index), start: from });
    from = match.index + match[0].length;
  }
  out.push({ text: text.slice(from), start: from });
  return out.filter((piece) => piece.text.trim() !== '');
}

/** "Address: Main Street 5", "You find us at Main Street 5" -> where the street itself begins. */
function afterLabel(text: string): number {
  const colon = text.lastIndexOf(': ');
  const label = colon !== -1 ? colon + 2 : /^\s{0,3}(?:\p{L}[\p{L} ./-]{1,30}:\s{0,3})/u.exec(text)?.[0].length ?? 0;
  // "info@example.org 4 rue Haute": what stands before an e-mail address is not part of the street.
  const mail = text.lastIndexOf('@');
  const afterMail = mail === -1 ? -1 : text.indexOf(' ', mail);
  if (mail !== -1) return afterMail === -1 ? label : afterMail + 1;
  const at = text.lastIndexOf(' at ');
  return at > label && at + 4 < text.length && !HOUSE_BEFORE.test(text.slice(label)) ? at + 4 : label;
}

function isStreet(text: string): boolean {
  const bare = text.trim();
  if (bare.length < 4 || bare.length > 90 || /[@!?]|https?:|www\./i.test(bare)) return false;
  if (/^(?:tel|fon|fax|phone|mobil|iban|ust|vat|hr[ab])\b/i.test(bare)) return false;
  // Streets have few words and begin like names; a sentence that happens to hold a number does not.
  const words = bare.split(' ').length;
  const typedFirst = STREET_FIRST.test(bare);
  if (words > 8 || !typedFirst && !/^[\p{Lu}\d"„(]/u.test(bare)) return false;
  return HOUSE_BEFORE.test(bare) || HOUSE_AFTER.test(bare) || words <= 5 && (typedFirst || STREET_WORD.test(bare));
}

/** The street before position `end` of line `index`, or on one of the two lines above. */
function streetBefore(lines: readonly ScannedLine[], index: number, end: number): Street | null {
  const own = (lines[index]?.text ?? '').slice(Math.max(0, end - WINDOW), end);
  const offset = Math.max(0, end - WINDOW);
  const parts = pieces(own);
  for (let back = parts.length - 1, steps = 0; back >= 0 && steps < 3; back -= 1, steps += 1) {
    const part = parts[back];
    if (part === undefined) break;
    const label = afterLabel(part.text);
    const text = part.text.slice(label);
    if (!isStreet(text)) continue;
    // "21, rue X", "264, Nehru Nagar, Station Road": number and quarter are pieces of their own.
    let start = part.start + label + (text.length - text.trimStart().length);
    for (let earlier = back - 1; earlier >= Math.max(0, back - 3); earlier -= 1) {
      const piece = parts[earlier];
      const lead = piece === undefined ? 0 : afterLabel(piece.text);
      if (piece === undefined || !partOfStreet(piece.text.slice(lead))) break;
      start = piece.start + lead;
    }
    return { line: index, start: offset + start, text };
  }
  if (parts.some((part) => part.text.trim().length > 60)) return null;
  for (let above = index - 1; above >= Math.max(0, index - 2); above -= 1) {
    const line = lines[above]?.text ?? '';
    if (line.length > 120) break;
    const part = pieces(line).at(-1);
    const first = pieces(line).find((piece) => isStreet(piece.text.slice(afterLabel(piece.text))));
    const chosen = first ?? part;
    if (chosen === undefined) continue;
    const label = afterLabel(chosen.text);
    const text = chosen.text.slice(label);
    const number = /(?:^|[\s,])(\d{1,5}[a-z]?),\s{0,2}$/i.exec(line.slice(0, chosen.start))?.[1];
    const start = number === undefined || /\d/.test(text) ? chosen.start + label : line.lastIndexOf(number, chosen.start - 1);
    if (isStreet(text)) return { line: above, start, text };
    // A line between street and town is allowed ("2nd floor", a district) only when it is short.
    if (line.length > 40) break;
  }
  return null;
}

/** A house number or a named way of its own in front of the street proper; dates and rooms of sentences are not. */
function partOfStreet(text: string): boolean {
  const bare = text.trim();
  if (/^\d{1,5}\s?(?:[a-z]|bis|ter|quater)?$/i.test(bare)) return true;
  return bare.length <= 40 && !/[:[\]]/.test(bare) && STREET_WORD.test(bare) && isStreet(bare);
}

/** "123 Main Street Austin, TX": the words matched as the town begin with the street when a house number precedes them. */
function streetInTown(city: string): number {
  const typed = /^.{0,60}\s(?:St|Street|Ave|Avenue|Rd|Road|Blvd|Boulevard|Dr|Drive|Ln|Lane|Way|Ct|Court|Pl|Place|Pkwy|Parkway|Hwy|Highway|Sq|Square|Ter|Terrace|Cir|Circle|Plaza)\.?,?\s(?=\p{Lu})/u.exec(city);
  if (typed !== null) return typed[0].length;
  const words = city.split(' ');
  if (words.length < 3) return 0;
  const town = /^(?:New|San|Santa|Los|Las|Fort|Saint|St\.?|El|La|Lake|West|East|North|South|Palo|Port|Mount|Grand|Little|Long|Santa|Baton|Colorado|Kansas|Oklahoma|Salt)$/.test(words.at(-2) ?? '') ? 2 : 1;
  return city.length - words.slice(-town).join(' ').length;
}

function chooseCountry(pattern: TownPattern, prefix: string | undefined, after: string, likely: readonly string[]): string | null {
  if (prefix !== undefined) return PREFIX_COUNTRIES[prefix] ?? prefix;
  const named = countryByName(/^[\s,()·|/–-]{0,4}([\p{L} .]{2,30})/u.exec(after)?.[1]?.trim() ?? '');
  if (named !== null && pattern.countries.includes(named)) return named;
  if (pattern.countries.length === 1 && !pattern.weak) return pattern.countries[0] ?? null;
  return likely.find((country) => pattern.countries.includes(country)) ?? null;
}

/** The town of a British or Irish address: the last piece in front of the code that is no street and no county line. */
function townBeforeCode(lines: readonly ScannedLine[], index: number, start: number): string | null {
  const before = (lines[index]?.text ?? '').slice(Math.max(0, start - 100), start).replace(/[\s,.]{1,50}$/, '');
  const candidates = [...pieces(before).map((piece) => piece.text.trim()), ...(before === '' ? [(lines[index - 1]?.text ?? '').replace(/[\s,.]{1,50}$/, '')] : [])];
  const town = candidates.reverse().find((text) => /^\p{Lu}[\p{L}'’ -]{2,30}$/u.test(text));
  return town ?? null;
}

interface Hit { index: number; lineEnd: number; street: Street | null; start: number; end: number; city: string | null; country: string | null; source: 'text' | 'microdata' }

function join(lines: readonly ScannedLine[], from: number, to: number): string {
  return lines.slice(from, to + 1).map((line) => line.text).join('\n');
}

function factsOf(lines: readonly ScannedLine[], hit: Hit): PageFact[] {
  const first = hit.street?.line ?? hit.index;
  const passage = join(lines, first, hit.lineEnd);
  const shift = join(lines, first, hit.index).length - (lines[hit.index]?.text ?? '').length;
  const start = hit.street === null ? hit.start + shift : hit.street.line === hit.index ? hit.street.start : hit.street.start;
  const end = hit.end + shift;
  const facts: PageFact[] = [];
  const printed = passage.slice(start, end);
  const value = printed.split('\n').map((part) => part.replace(/[\s,;|·•]{1,50}$/, '')).join(', ').replace(/\s{0,20}[|·•]\s{0,20}/g, ', ');
  if (hit.street !== null) facts.push(factInText('address', clip(value, 300), passage, start, end, hit.source));
  if (hit.city !== null) {
    const town = townName(hit.city);
    const at = passage.indexOf(town, Math.max(0, start));
    if (at !== -1) facts.push(factInText('city', town, passage, at, at + town.length, hit.source));
  }
  if (hit.country !== null) facts.push(factInText('countryCode', hit.country, passage, start, end, hit.source));
  return facts;
}

/** The town alone: no province or quarter in brackets, no CEDEX, no country behind it. */
function townName(city: string): string {
  const bare = city.replace(/\s?\([^()]{0,25}\)$/, '').replace(/\s(?:CEDEX|Cedex)(?:\s\d{1,2})?$/, '').trim();
  const lastWord = bare.lastIndexOf(' ');
  const without = lastWord > 0 && bare.length - lastWord > 4 && countryByName(bare.slice(lastWord + 1)) !== null ? bare.slice(0, lastWord).trim() : bare;
  return without === '' ? city : without;
}

function tidyTown(city: string): string {
  return city.replace(TRAILING, '').replace(/[.,\s-]{1,50}$/, '').trim();
}

function westernHits(lines: readonly ScannedLine[], index: number, likely: readonly string[]): Hit[] {
  const line = lines[index];
  if (line === undefined) return [];
  const hits: Hit[] = [];
  for (const pattern of TOWN_PATTERNS) {
    if (!pattern.hint.test(line.text) || ONLY_AT_HOME.has(pattern.countries[0] ?? '') && !likely.includes(pattern.countries[0] ?? '')) continue;
    for (const match of line.text.matchAll(pattern.pattern)) {
      const groups = match.groups ?? {};
      const after = line.text.slice(match.index + match[0].length, match.index + match[0].length + 40);
      const next = lines[index + 1]?.text ?? '';
      const country = chooseCountry(pattern, groups['prefix'], after.trim() === '' && next.length < 40 ? next : after, likely);
      if (country === null) continue;
      const printedCity = groups['city'] === undefined ? townBeforeCode(lines, index, match.index) : tidyTown(groups['city']);
      if (printedCity !== null && (printedCity.length < 2 || NOT_A_TOWN.test(printedCity))) continue;
      let end = match.index + match[0].length;
      if (groups['city'] !== undefined && line.text.indexOf(groups['city'], match.index) + groups['city'].length === end && printedCity !== null) end -= groups['city'].length - printedCity.length;
      const american = groups['region'] !== undefined && country !== 'BR' && printedCity !== null && /\d[a-z]?\s$/i.test(line.text.slice(0, match.index));
      const shift = american ? streetInTown(printedCity) : 0;
      const town = shift === 0 || printedCity === null ? printedCity : printedCity.slice(shift);
      const street = pattern.street === 'before' ? streetBefore(lines, index, match.index + shift) : null;
      if (pattern.street === 'after') {
        const rest = /^[^|•·;]{3,60}/u.exec(line.text.slice(end));
        if (rest !== null && /\d/.test(rest[0])) end += rest[0].replace(/(?:\s(?:Tel|TEL|Fax|電話)[\s\S]{0,60})$/u, '').trimEnd().length;
        else if (country === 'HU') continue;
        hits.push({ index, lineEnd: index, street: { line: index, start: match.index, text: '' }, start: match.index, end, city: country === 'JP' ? null : printedCity, country, source: 'text' });
        continue;
      }
      // Weak codes need a street or an old-style prefix: "2019 Wien" may be a year and a place.
      if (pattern.weak && street === null && groups['prefix'] === undefined && !line.address && !(/^\d{5}/.test(match[0]) && match[0].length >= line.text.length - 2)) continue;
      if (pattern.countries[0] === 'GB' && street === null && printedCity === null) continue;
      if (pattern.countries[0] === 'BR' && groups['code'] === undefined && (street === null && line.text.length > 60)) continue;
      if (street === null && groups['prefix'] === undefined && country !== 'US' && country !== 'GB' && !likely.includes(country)) continue;
      hits.push({ index, lineEnd: index, street, start: match.index + shift, end, city: town, country, source: 'text' });
    }
  }
  return hits;
}

function easternFacts(lines: readonly ScannedLine[], index: number): PageFact[] {
  const text = lines[index]?.text ?? '';
  if (!/[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]/.test(text)) return [];
  const facts: PageFact[] = [];
  for (const [pattern, country, town] of [
    [CHINESE_ADDRESS, 'CN', /(?:省)?([\u4e00-\u9fff]{2,8}?市)/u], [JAPANESE_ADDRESS, 'JP', /(?:[都道府県])([\u3040-\u30ff\u4e00-\u9fff々ヶ]{1,8}?[市区町村])/u], [KOREAN_ADDRESS, 'KR', /^([가-힣]{2,7})/u],
  ] as const) {
    for (const match of text.matchAll(pattern)) {
      facts.push(factInText('address', match[0], text, match.index, match.index + match[0].length, 'text'));
      facts.push(factInText('countryCode', country, text, match.index, match.index + match[0].length, 'text'));
      const city = town.exec(match[0])?.[1];
      if (city !== undefined) {
        const at = text.indexOf(city, match.index);
        facts.push(factInText('city', city, text, at, at + city.length, 'text'));
      }
    }
  }
  return facts;
}

/** Addresses, towns and countries printed on the page, in page order; `likely` are the page's own countries, best first. */
export function addressesInText(lines: readonly ScannedLine[], likely: readonly string[]): PageFact[] {
  const facts: PageFact[] = [];
  let found = 0;
  for (let index = 0; index < lines.length && found < MAX_ADDRESSES; index += 1) {
    const line = lines[index];
    if (line === undefined || line.text.length > 5_000) continue;
    // Rare characters first: nearly every line ends here.
    if (!/\d/.test(line.text) && !(/[-–/]\s?[A-Z]{2}\b/.test(line.text) && /\p{L}\s?[-–/]\s?[A-Z]{2}\b/u.test(line.text))) continue;
    const hits = westernHits(lines, index, likely).sort((one, other) => one.start - other.start || (other.street === null ? 0 : 1) - (one.street === null ? 0 : 1));
    let covered = -1;
    for (const hit of hits) {
      if (hit.start < covered) continue;
      covered = hit.end;
      found += 1;
      facts.push(...factsOf(lines, hit));
    }
    const eastern = easternFacts(lines, index);
    if (eastern.length > 0) found += 1;
    facts.push(...eastern);
  }
  return facts;
}
