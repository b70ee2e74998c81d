import { type SandboxSite } from './types.js';

/** One element of the map: a node, or a way that only shows its centre. */
export interface MapElement {
  type: 'node' | 'way';
  id: number;
  lat: number;
  lon: number;
  tags: Record<string, string>;
}

export interface Area {
  id: number;
  south: number;
  west: number;
  north: number;
  east: number;
}

type TagTest = (tags: Record<string, string>) => boolean;
interface Box { south: number; west: number; north: number; east: number }

/** A query that the service would refuse: message in its own words, for the HTML answer. */
export class OverpassSyntaxError extends Error {}

export function elementsOf(sites: readonly SandboxSite[]): MapElement[] {
  return sites.filter((site) => Object.keys(site.osmTags).length > 0).map((site, i) => ({ type: i % 4 === 0 ? 'way' : 'node', id: 9_000_000_000 + i, lat: site.lat, lon: site.lon, tags: site.osmTags }));
}

const TEST = /^\[\s*(!?)\s*(?:"([^"]{1,100})"|([\w:-]{1,100}))\s*(?:(=|!=|~|!~)\s*(?:"((?:[^"\\]|\\.){0,300})"|([\w:.-]{1,300}))\s*(,\s*i\s*)?)?\]/;
const AROUND = /^\(\s*around\s*:\s*([\d.]{1,12})\s*,\s*(-?[\d.]{1,20})\s*,\s*(-?[\d.]{1,20})\s*\)/;
const BOX = /^\(\s*(-?[\d.]{1,20})\s*,\s*(-?[\d.]{1,20})\s*,\s*(-?[\d.]{1,20})\s*,\s*(-?[\d.]{1,20})\s*\)/;
const AREA_FILTER = /^\(\s*area(?:\.(\w{1,30})|\s*:\s*(\d{1,15}))\s*\)/;
const METRES_PER_DEGREE = 111_320;

/** A statement with its text, or a union of statements; `into` is the set it writes. */
type Statement = { text: string; into: string } | { union: Statement[]; into: string };

const ASSIGNMENT = /\s*->\s*\.(\w{1,30})\s*$/;

/** Splits a query into statements; quotes and brackets are respected, unions nest. */
function parse(text: string): Statement[] {
  let at = 0;
  const skip = () => {
    while (/\s/.test(text[at] ?? '')) at++;
  };
  /** Reads to the `;` that ends the statement, over quotes and inner brackets. */
  const untilSemicolon = (): string => {
    const start = at;
    let depth = 0;
    for (let quoted = false; at < text.length; at++) {
      const character = text[at] ?? '';
      if (quoted) {
        if (character === '\\') at++;
        else if (character === '"') quoted = false;
      } else if (character === '"') quoted = true;
      else if (character === '(' || character === '[') depth++;
      else if (character === ')' || character === ']') depth--;
      else if (character === ';' && depth === 0) break;
      if (depth < 0) throw new OverpassSyntaxError("line 1: parse error: Unexpected ')'");
    }
    if (at >= text.length && text.slice(start).trim() !== '') throw new OverpassSyntaxError("line 1: parse error: ';' expected - end of input found.");
    return text.slice(start, at++).trim();
  };
  const list = (nested: boolean): Statement[] => {
    const statements: Statement[] = [];
    for (;;) {
      skip();
      if (at >= text.length) {
        if (nested) throw new OverpassSyntaxError("line 1: parse error: ')' expected - end of input found.");
        return statements;
      }
      if (nested && text[at] === ')') {
        at++;
        return statements;
      }
      if (text[at] === '(') {
        at++;
        const union = list(true);
        statements.push({ union, into: ASSIGNMENT.exec(untilSemicolon())?.[1] ?? '_' });
        continue;
      }
      const whole = untilSemicolon();
      if (whole !== '') statements.push({ text: whole.replace(ASSIGNMENT, ''), into: ASSIGNMENT.exec(whole)?.[1] ?? '_' });
    }
  };
  return list(false);
}

/**
 * The subset the product and people use: settings, `area(id)->.a` and `area[tests]->.a`, statements `node|way|relation|nw|nwr…`
 * with tag tests and a bbox, area or around filter, unions in parentheses, named sets, and `out … [limit]`.
 * @throws OverpassSyntaxError on anything else
 */
export function runQuery(query: string, elements: readonly MapElement[], areas: readonly Area[], areaByName: (test: TagTest) => Area[]): { elements: MapElement[]; timeout: number } {
  const text = query.replace(/\/\*[^*]{0,2000}\*\//g, ' ').replace(/(^|[\s;])\/\/[^\n]{0,2000}/g, '$1');
  const areaSets = new Map<string, Area[]>();
  const sets = new Map<string, Map<string, MapElement>>();
  const output: MapElement[] = [];
  let globalBox: Box | null = null;
  let timeout = 180;
  let json = false;

  const evaluate = (statement: Statement): Map<string, MapElement> => {
    const found = new Map<string, MapElement>();
    if ('union' in statement) {
      for (const part of statement.union) for (const [key, element] of evaluate(part)) found.set(key, element);
      sets.set(statement.into, found);
      return found;
    }
    const body = statement.text;
    if (/^(\.\w{1,30}\s*)?(>>|>|<<|<)$/.test(body)) return found; // the sandbox's ways have no members to go down to
    const reference = /^\.(\w{1,30})$/.exec(body);
    if (reference) return sets.get(reference[1] ?? '') ?? found;
    const out = /^(?:\.(\w{1,30})\s+)?out\b((?:\s+(?:ids|skel|body|tags|meta|center|geom|bb|noids|qt|asc|\d{1,6}))*)$/.exec(body);
    if (out) {
      const limit = /\d{1,6}/.exec(out[2] ?? '')?.[0];
      output.push(...[...(sets.get(out[1] ?? '_') ?? found).values()].slice(0, limit === undefined ? undefined : Number(limit)));
      return found;
    }
    const area = /^area\b\s*(?:\(\s*(?:id\s*:\s*)?(\d{1,15})\s*\)|(\[[\s\S]{1,400}\]))\s*$/.exec(body);
    if (area) {
      areaSets.set(statement.into, area[1] ? areas.filter((candidate) => candidate.id === Number(area[1])) : areaByName(parseTests(area[2] ?? '').test));
      return found;
    }
    const kind = /^(node|way|relation|rel|nwr|nw|nr|wr)\b\s*/.exec(body);
    if (!kind) throw new OverpassSyntaxError(`line 1: parse error: Unknown type "${body.slice(0, 30)}"`);
    for (const element of select(body, kind, elements, areas, areaSets, globalBox)) found.set(`${element.type}/${element.id}`, element);
    sets.set(statement.into, found);
    return found;
  };

  for (const [position, statement] of parse(text).entries()) {
    if (position === 0 && 'text' in statement && statement.text.startsWith('[')) {
      json = /\[\s*out\s*:\s*json\s*\]/.test(statement.text);
      timeout = Number(/\[\s*timeout\s*:\s*(\d{1,6})\s*\]/.exec(statement.text)?.[1] ?? timeout);
      const bounds = /\[\s*bbox\s*:\s*([-\d.,\s]{5,100})\]/.exec(statement.text)?.[1]?.split(',').map(Number);
      if (bounds?.length === 4) globalBox = box(bounds);
    } else evaluate(statement);
  }
  if (!json) throw new OverpassSyntaxError('only [out:json] is served here');
  return { elements: output, timeout };
}

function box([south = 0, west = 0, north = 0, east = 0]: readonly number[]): Box {
  return { south, west, north, east };
}

function inside(element: { lat: number; lon: number }, area: Box): boolean {
  return element.lat >= area.south && element.lat <= area.north && element.lon >= area.west && element.lon <= area.east;
}

function parseTests(text: string): { test: TagTest; rest: string } {
  let rest = text.trim();
  const tests: TagTest[] = [];
  for (let match = TEST.exec(rest); match; match = TEST.exec(rest)) {
    const [whole, not, quotedKey, bareKey, operator, quotedValue, bareValue, insensitive] = match;
    const key = quotedKey ?? bareKey ?? '';
    const value = (quotedValue ?? bareValue ?? '').replace(/\\(.)/g, '$1');
    if (operator === undefined) tests.push(not ? (tags) => tags[key] === undefined : (tags) => tags[key] !== undefined);
    else if (operator === '=') tests.push((tags) => tags[key] === value);
    else if (operator === '!=') tests.push((tags) => tags[key] !== value);
    else {
      // Patterns are read as plain alternatives, never compiled: a query must not choose what the sandbox's CPU does.
      const alternatives = value.split('|').map((part) => ({ text: (insensitive ? part.toLowerCase() : part).replace(/^[\^(]+|[$)]+$/g, ''), start: /^\(?\^/.test(part) || value.startsWith('^'), end: part.endsWith('$') || value.endsWith('$') }));
      const hit = (tag: string) => alternatives.some((a) => (a.start && a.end ? tag === a.text : a.start ? tag.startsWith(a.text) : a.end ? tag.endsWith(a.text) : tag.includes(a.text)));
      tests.push((tags) => {
        const tag = tags[key];
        const matched = tag !== undefined && hit(insensitive ? tag.toLowerCase() : tag);
        return operator === '~' ? matched : !matched;
      });
    }
    rest = rest.slice(whole.length).trim();
  }
  return { test: (tags) => tests.every((test) => test(tags)), rest };
}

function select(body: string, statement: RegExpExecArray, elements: readonly MapElement[], areas: readonly Area[], named: Map<string, Area[]>, globalBox: Box | null): MapElement[] {
  const kind = statement[1] ?? '';
  const types = { node: ['node'], way: ['way'], relation: [], rel: [], nwr: ['node', 'way'], nw: ['node', 'way'], nr: ['node'], wr: ['way'] }[kind] ?? [];
  let { test, rest } = parseTests(body.slice(statement[0].length));
  const places: ((element: MapElement) => boolean)[] = globalBox ? [(element) => inside(element, globalBox)] : [];
  while (rest !== '') {
    const boxed = BOX.exec(rest);
    const inArea = AREA_FILTER.exec(rest);
    const around = AROUND.exec(rest);
    const whole = boxed?.[0] ?? inArea?.[0] ?? around?.[0];
    if (whole === undefined) throw new OverpassSyntaxError(`line 1: parse error: ';' expected - '${rest.slice(0, 20)}' found.`);
    if (boxed) {
      const bounds = box(boxed.slice(1, 5).map(Number));
      places.push((element) => inside(element, bounds));
    } else if (inArea) {
      const chosen = inArea[2] ? areas.filter((area) => area.id === Number(inArea[2])) : named.get(inArea[1] ?? '_') ?? [];
      places.push((element) => chosen.some((area) => inside(element, area)));
    } else if (around) {
      const [radius = 0, lat = 0, lon = 0] = around.slice(1, 4).map(Number);
      places.push((element) => Math.hypot(element.lat - lat, (element.lon - lon) * Math.cos((lat * Math.PI) / 180)) * METRES_PER_DEGREE <= radius);
    }
    rest = rest.slice(whole.length).trim();
    const more = parseTests(rest);
    const earlier = test;
    test = (tags) => earlier(tags) && more.test(tags);
    rest = more.rest;
  }
  return elements.filter((element) => types.includes(element.type) && test(element.tags) && places.every((place) => place(element)));
}
