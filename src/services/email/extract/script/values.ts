/** Values of the folding evaluator. UNKNOWN stands for everything only a browser knows. */
import type { Expression, Statement } from './tree.js';

export const UNKNOWN: unique symbol = Symbol('unknown');
/** How UNKNOWN looks inside a text: no character of an address, so nothing is ever joined across it. */
export const UNKNOWN_TEXT = '\ufffc';

export class Scope {
  readonly names = new Map<string, Value>();
  constructor(readonly parent: Scope | null) {}

  find(name: string): Scope | null {
    if (this.names.has(name)) return this;
    let scope = this.parent;
    while (scope !== null && !scope.names.has(name)) scope = scope.parent;
    return scope;
  }
}

export class Callable {
  called = false;
  constructor(readonly params: string[], readonly body: Statement[], readonly scope: Scope) {}
}

/** A built-in: global functions, or a method bound to its value. */
export class Builtin {
  constructor(readonly run: (args: Value[]) => Value) {}
}

export class Pattern {
  constructor(readonly regex: RegExp) {}
}

export class Bag {
  readonly entries = new Map<string, Value>();
}

/** Something of the browser, known only by the path it was reached by ("document.location"). */
export class Foreign {
  constructor(readonly path: string) {}
}

export type Value = string | number | boolean | null | undefined | typeof UNKNOWN | Value[] | Callable | Builtin | Pattern | Bag | Foreign;
export type { Expression };

export function toText(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null) return 'null';
  if (value === undefined) return 'undefined';
  if (Array.isArray(value)) return value.slice(0, 10_000).map((item) => (item === null || item === undefined ? '' : Array.isArray(item) ? UNKNOWN_TEXT : toText(item))).join(',');
  return UNKNOWN_TEXT;
}

export function toNumber(value: Value): number | typeof UNKNOWN {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return value.trim() === '' ? 0 : Number(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value === null) return 0;
  if (value === undefined) return Number.NaN;
  return UNKNOWN;
}

/** UNKNOWN counts as false: both branches of an `if` are read when its test is not known. */
export function isTrue(value: Value): boolean {
  if (value === UNKNOWN || value instanceof Foreign) return false;
  return Boolean(value);
}
