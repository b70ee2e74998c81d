import { CITIES, CITY_NAMES_IN_ENGLISH } from './sites/cities.js';
import { INDUSTRIES } from './sites/industries.js';

/** What the model look-alike understands of a goal: patterns only, good enough to answer sensibly and always the same. */
export interface GoalReading {
  text: string;
  industries: string[];
  locations: string[];
  roles: string[];
  keywords: string[];
  exclusions: string[];
  count: number | null;
  url: string | null;
  unsafe: boolean;
  queries: string[];
  entities: { kind: string; text: string; value: string; start: number; end: number }[];
}

const ROLE_WORDS = /\b(owners?|founders?|co-founders?|ceos?|ctos?|cmos?|managing directors?|managing partners?|(?:head|director|vp)s? of [a-z]{3,20}|(?:office|practice|marketing|sales|hr|general|front desk) managers?|recruiters?|buyers?|partners?|gesch[aä]ftsf[uü]hrer(?:in)?|inhaber(?:in)?|g[eé]rant(?:e)?s?|directeurs?|directrices?)\b/gi;
const LOCATION_WORDS = /\b(?:in|near|around|within|from|à|en|bei|nahe|i|w)\s{1,3}((?:the\s)?\p{Lu}[\p{L}'’.-]{0,30}(?:(?:\s|,\s?)\p{Lu}[\p{L}'’.-]{0,30}){0,3})/gu;
const EXCLUSION_WORDS = /\b(?:not|without|except|excluding|exclude|no|ohne|sauf|sans|sin)\s{1,3}((?:[\p{L}\p{N}'-]{1,30})(?:\s[\p{L}\p{N}'-]{1,30}){0,2})/giu;
const UNSAFE_WORDS = /\b(stalk|harass|blackmail|dox+|phish|home address of|ex-girlfriend|ex-boyfriend|scam)\w{0,4}\b/i;
const LEADING = /^\s{0,5}(?:please\s|can you\s|i need\s|i want\s|i am looking for\s|we need\s|find\s|get\s|list\s|search for\s|search\s|show\s|give\s|me\s|us\s|all\s|the\s|some\s|any\s|finde\s|suche\s|trouve\s|busca\s|zoek\s|up to\s|at least\s|about\s|\d{1,6}\s){0,8}/i;
const FILLER = new Set('find get list search show give need want that which with have take accept their please from near around looking contact contacts email emails mail address addresses leads people companies company for and the in of at to me us all up who are is a an'.split(' '));

function unique(values: readonly string[]): string[] {
  return [...new Set(values.map((value) => value.trim()).filter(Boolean))];
}

function parsedObject(prompt: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(prompt);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** The goal inside a prompt: a JSON field, a tagged or quoted part, or else the whole user message. */
export function goalOf(prompt: string): string {
  const parsed = parsedObject(prompt);
  const field = parsed && [parsed.goal, parsed.text, parsed.query, parsed.instruction].find((value): value is string => typeof value === 'string');
  const tagged = field ?? /<goal>([^<]{1,4000})<\/goal>/i.exec(prompt)?.[1] ?? /\bgoal\s{0,3}:\s{0,3}([^\n]{1,4000})/i.exec(prompt)?.[1];
  return (tagged ?? prompt).trim().replace(/^["“']|["”']$/g, '');
}

/** Strings anywhere in a value, in order. */
function stringsIn(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth > 6) return [];
  return Object.values(value).flatMap((child) => stringsIn(child, depth + 1));
}

/** A grounded sentence for prompts that hand over evidence: the company's name and the longest piece, quoted, nothing else. */
export function groundedSentence(prompt: string): string | null {
  const parsed = parsedObject(prompt);
  if (!parsed || !('evidence' in parsed)) return null;
  const [longest] = stringsIn(parsed.evidence).filter((piece) => !/^https?:/.test(piece)).sort((a, b) => b.length - a.length);
  const company = typeof parsed.companyName === 'string' ? parsed.companyName : 'The company';
  return longest === undefined ? `${company} says nothing about this on its pages.` : `${company} writes: “${longest.slice(0, 240).trim()}”`;
}

export function readGoal(text: string): GoalReading {
  const entities: GoalReading['entities'] = [];
  const note = (kind: string, start: number, found: string, value: string) => entities.push({ kind, text: found, value, start, end: start + found.length });

  const countMatch = /(?<![\w.])(\d{1,6})(?![\w.]|\s?(?:years?|km|miles?|%))/.exec(text);
  const count = countMatch ? Number(countMatch[1]) : null;
  if (countMatch) note('COUNT', countMatch.index, countMatch[1] ?? '', countMatch[1] ?? '');

  const locations: string[] = [];
  const addLocation = (start: number, found: string) => {
    const trimmed = found.replace(/[.,;]+$/, '');
    if (locations.some((known) => known.includes(trimmed))) return;
    locations.push(trimmed);
    note('LOCATION', start, trimmed, trimmed);
  };
  for (const match of text.matchAll(LOCATION_WORDS)) addLocation(match.index + match[0].length - (match[1] ?? '').length, match[1] ?? '');
  for (const name of [...CITIES.map((city) => city.name), ...Object.values(CITY_NAMES_IN_ENGLISH)]) {
    const at = text.toLowerCase().indexOf(name.toLowerCase());
    if (at >= 0) addLocation(at, text.slice(at, at + name.length));
  }

  const industries: string[] = [];
  for (const industry of Object.values(INDUSTRIES)) {
    const word = [industry.name, ...industry.keywords].filter((candidate) => text.toLowerCase().includes(candidate)).sort((a, b) => b.length - a.length)[0];
    if (!word) continue;
    industries.push(industry.name);
    const at = text.toLowerCase().indexOf(word);
    note('INDUSTRY', at, text.slice(at, at + word.length), industry.name);
  }
  if (industries.length === 0) {
    const start = LEADING.exec(text)?.[0].length ?? 0;
    const phrase = /^[\p{L}\p{N}'& -]{2,60}?(?=\s(?:in|near|around|that|who|which|with|from|à|en|bei|within)\s|[.,;:!?]|$)/u.exec(text.slice(start))?.[0].trim();
    if (phrase) {
      industries.push(phrase.toLowerCase());
      note('INDUSTRY', start, phrase, phrase.toLowerCase());
    }
  }

  const roles: string[] = [];
  for (const match of text.matchAll(ROLE_WORDS)) {
    roles.push(match[0].toLowerCase().replace(/s$/, ''));
    note('ROLE', match.index, match[0], match[0].toLowerCase().replace(/s$/, ''));
  }
  const exclusions: string[] = [];
  for (const match of text.matchAll(EXCLUSION_WORDS)) {
    const phrase = match[1] ?? '';
    exclusions.push(phrase.toLowerCase());
    note('EXCLUSION', match.index + match[0].length - phrase.length, phrase, phrase.toLowerCase());
  }
  const url = /\b(?:https?:\/\/)?((?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,20})(?:\/\S{0,200})?/i.exec(text)?.[1] ?? null;
  const used = new Set([...industries, ...locations, ...exclusions].join(' ').toLowerCase().split(/[^\p{L}\p{N}]+/u));
  const keywords = unique((text.toLowerCase().match(/[\p{L}-]{4,30}/gu) ?? []).filter((word) => !FILLER.has(word) && !used.has(word))).slice(0, 8);
  const where = locations.length > 0 ? locations : [''];
  const what = industries.length > 0 ? industries : keywords.slice(0, 1);
  const queries = unique(what.flatMap((industry) => where.flatMap((place) => [`${industry}${place ? ` in ${place}` : ''}`, `${industry} ${place} contact`.replace(/\s+/g, ' '), ...(keywords[0] ? [`${industry} ${place} ${keywords.slice(0, 2).join(' ')}`.replace(/\s+/g, ' ')] : [])])));
  return { text, industries: unique(industries), locations: unique(locations), roles: unique(roles), keywords, exclusions: unique(exclusions), count, url, unsafe: UNSAFE_WORDS.test(text), queries, entities: entities.sort((a, b) => a.start - b.start) };
}
