/** The pure functions of ECMAScript that obfuscators use. None reaches outside its arguments. */
import { rot13 } from '../ciphers.js';
import { Bag, Builtin, Pattern, toNumber, toText, UNKNOWN, type Value } from './values.js';

export const MAX_TEXT = 200_000;
const MAX_ITEMS = 50_000;

function integer(value: Value, fallback: number): number {
  const number = value === undefined ? fallback : toNumber(value);
  return number === UNKNOWN || Number.isNaN(number) ? fallback : Math.trunc(number);
}

function clip(text: string): string {
  return text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text;
}

function unescapeText(text: string): string {
  return text.replace(/%u([0-9a-f]{4})|%([0-9a-f]{2})/gi, (_whole, wide: string | undefined, narrow: string | undefined) => String.fromCharCode(Number.parseInt(wide ?? narrow ?? '0', 16)));
}

function decodeUri(text: string): Value {
  try {
    return decodeURIComponent(text);
  } catch {
    return unescapeText(text);
  }
}

function encodeUri(text: string): Value {
  try {
    return encodeURIComponent(text);
  } catch {
    return UNKNOWN;
  }
}

function fromCodes(args: Value[]): Value {
  const list = args.length === 1 && Array.isArray(args[0]) ? args[0] : args;
  let out = '';
  for (const item of list.slice(0, MAX_ITEMS)) {
    const code = toNumber(item);
    if (code === UNKNOWN) return UNKNOWN;
    out += String.fromCharCode(code);
  }
  return out;
}

const text = (run: (value: string, args: Value[]) => Value): Builtin => new Builtin((args) => (args[0] === UNKNOWN ? UNKNOWN : run(toText(args[0]), args)));
const math = (run: (...numbers: number[]) => number): Builtin => new Builtin((args) => {
  const numbers = args.map(toNumber);
  return numbers.includes(UNKNOWN) ? UNKNOWN : run(...(numbers as number[]).slice(0, 100));
});

const bag = (run: (entries: ReadonlyMap<string, Value>) => Value): Builtin => new Builtin(([object]) => (object instanceof Bag ? run(object.entries) : UNKNOWN));

/** Global names; everything else belongs to the browser. */
export const GLOBALS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['unescape', text((value) => clip(unescapeText(value)))],
  ['decodeURIComponent', text((value) => decodeUri(value))],
  ['decodeURI', text((value) => decodeUri(value))],
  ['encodeURIComponent', text((value) => encodeUri(value))],
  ['escape', text((value) => value)],
  ['atob', text((value) => Buffer.from(value, 'base64').toString('latin1'))],
  ['btoa', text((value) => Buffer.from(value, 'latin1').toString('base64'))],
  ['parseInt', text((value, args) => Number.parseInt(value, integer(args[1], 10)))],
  ['parseFloat', text((value) => Number.parseFloat(value))],
  ['Number', text((value) => Number(value))],
  ['rot13', text((value) => rot13(value))],
  ['NaN', Number.NaN], ['Infinity', Infinity],
]);

/** `String.fromCharCode`, `Math.floor` … by object and name. */
export const STATICS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['String.fromCharCode', new Builtin(fromCodes)], ['String.fromCodePoint', new Builtin(fromCodes)],
  ['String.raw', UNKNOWN],
  ['Math.floor', math(Math.floor)], ['Math.ceil', math(Math.ceil)], ['Math.round', math(Math.round)], ['Math.abs', math(Math.abs)], ['Math.pow', math(Math.pow)],
  ['Math.min', math(Math.min)], ['Math.max', math(Math.max)], ['Math.sqrt', math(Math.sqrt)],
  ['Array.from', new Builtin((args) => (typeof args[0] === 'string' ? [...args[0]].slice(0, MAX_ITEMS) : Array.isArray(args[0]) ? [...args[0]] : UNKNOWN))],
  ['JSON.parse', text((value) => fromJson(value))],
  ['Object.keys', bag((entries) => [...entries.keys()])], ['Object.values', bag((entries) => [...entries.values()])], ['Object.entries', bag((entries) => [...entries])],
]);

function fromJson(code: string): Value {
  try {
    return liftJson(JSON.parse(code), 0);
  } catch {
    return UNKNOWN;
  }
}

function liftJson(value: unknown, depth: number): Value {
  if (depth > 20) return UNKNOWN;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => liftJson(item, depth + 1));
  const bag = new Bag();
  if (typeof value === 'object') for (const [key, item] of Object.entries(value)) bag.entries.set(key, liftJson(item, depth + 1));
  return bag;
}

/**
 * A page's own regular expression, when it cannot back-track badly: short, no nested or repeated groups, at most one
 * unbounded quantifier. Null otherwise.
 */
export function safeRegex(pattern: string, flags: string): RegExp | null {
  if (pattern.length > 120 || /[)][*+?{]/.test(pattern) || /\(\?[<=!]/.test(pattern) || /\\[1-9k]/.test(pattern)) return null;
  const unescaped = pattern.replace(/\\./g, 'x').replace(/\[[^\]]{0,120}\]/g, 'x');
  if ((unescaped.match(/[*+]|\{\d{1,5},\d{0,5}\}/g) ?? []).length > 1) return null;
  try {
    return new RegExp(pattern, flags.replace(/[^gimsu]/g, ''));
  } catch {
    return null;
  }
}

export type Invoke = (callee: Value, args: Value[]) => Value;

const MAX_REGEX_INPUT = 5_000;

function replaced(value: string, args: Value[], all: boolean, invoke: Invoke): Value {
  const [what, by] = args;
  if (what === UNKNOWN || what === undefined) return UNKNOWN;
  const answer = (match: string, groups: readonly unknown[]): string => {
    const strings = groups.filter((group): group is string => typeof group === 'string');
    return typeof by === 'string' || typeof by === 'number' || by === UNKNOWN ? toText(by) : toText(invoke(by, [match, ...strings.slice(0, -1)]));
  };
  if (what instanceof Pattern) {
    if (value.length > MAX_REGEX_INPUT) return UNKNOWN;
    if (typeof by === 'string') return clip(value.replace(what.regex, by));
    return clip(value.replace(what.regex, (match: string, ...groups: unknown[]) => answer(match, groups)));
  }
  const search = toText(what);
  const parts = all && search !== '' ? value.split(search) : null;
  if (parts !== null) return clip(parts.join(answer(search, [])));
  const at = value.indexOf(search);
  return at < 0 ? value : clip(value.slice(0, at) + answer(search, []) + value.slice(at + search.length));
}

/** A method of a string; undefined when strings have no such method. */
export function textMethod(value: string, name: string, args: Value[], invoke: Invoke): Value {
  switch (name) {
    case 'charAt': case 'at': return value.at(integer(args[0], 0)) ?? '';
    case 'charCodeAt': case 'codePointAt': return value.charCodeAt(integer(args[0], 0));
    case 'replace': return replaced(value, args, false, invoke);
    case 'replaceAll': return replaced(value, args, true, invoke);
    case 'split': {
      if (args[0] instanceof Pattern) return value.length > MAX_REGEX_INPUT ? UNKNOWN : value.split(args[0].regex).slice(0, MAX_ITEMS);
      return args[0] === undefined ? [value] : value.split(toText(args[0])).slice(0, MAX_ITEMS);
    }
    case 'match': {
      if (!(args[0] instanceof Pattern) || value.length > MAX_REGEX_INPUT) return UNKNOWN;
      const found = value.match(args[0].regex);
      return found === null ? null : [...found];
    }
    case 'substr': return value.slice(integer(args[0], 0)).slice(0, integer(args[1], value.length));
    case 'substring': return value.substring(integer(args[0], 0), integer(args[1], value.length));
    case 'slice': return value.slice(integer(args[0], 0), integer(args[1], value.length));
    case 'toLowerCase': return value.toLowerCase();
    case 'toUpperCase': return value.toUpperCase();
    case 'concat': return clip(value + args.map(toText).join(''));
    case 'indexOf': return value.indexOf(toText(args[0]));
    case 'lastIndexOf': return value.lastIndexOf(toText(args[0]));
    case 'includes': return value.includes(toText(args[0]));
    case 'trim': return value.trim();
    case 'repeat': return value.length * integer(args[0], 0) > MAX_TEXT ? UNKNOWN : value.repeat(Math.max(0, integer(args[0], 0)));
    case 'toString': case 'valueOf': return value;
    case 'link': return `<a href="${toText(args[0])}">${value}</a>`;
    default: return undefined;
  }
}

/** By the page's own function, or by the text of the items; stays as it is where the function does not give a number. */
function sorted(list: Value[], by: Value, invoke: Invoke): Value {
  if (by === undefined) return list.sort((a, b) => (toText(a) < toText(b) ? -1 : 1));
  return list.sort((a, b) => { const order = toNumber(invoke(by, [a, b])); return order === UNKNOWN || Number.isNaN(order) ? 0 : order; });
}

/** A method of an array; undefined when arrays have no such method. */
export function listMethod(list: Value[], name: string, args: Value[], invoke: Invoke): Value {
  switch (name) {
    case 'reverse': return list.reverse();
    case 'join': return clip(list.map((item) => toText(item ?? '')).join(args[0] === undefined ? ',' : toText(args[0])));
    case 'map': return list.map((item, index) => invoke(args[0], [item, index]));
    case 'forEach': list.forEach((item, index) => invoke(args[0], [item, index])); return undefined;
    case 'filter': return list.filter((item, index) => Boolean(invoke(args[0], [item, index])));
    case 'reduce': {
      const items = args.length > 1 ? list : list.slice(1);
      return items.reduce<Value>((sum, item, index) => invoke(args[0], [sum, item, index]), args.length > 1 ? args[1] : list[0]);
    }
    case 'push': if (list.length < MAX_ITEMS) list.push(...args); return list.length;
    case 'unshift': if (list.length < MAX_ITEMS) list.unshift(...args); return list.length;
    case 'pop': return list.pop();
    case 'shift': return list.shift();
    case 'slice': return list.slice(integer(args[0], 0), integer(args[1], list.length));
    case 'splice': return list.splice(integer(args[0], 0), integer(args[1], list.length), ...args.slice(2));
    case 'concat': return [...list, ...args.flatMap((arg): Value[] => (Array.isArray(arg) ? arg : [arg]))].slice(0, MAX_ITEMS);
    case 'indexOf': return list.indexOf(args[0]);
    case 'sort': return sorted(list, args[0], invoke);
    case 'toString': return toText(list);
    default: return undefined;
  }
}
