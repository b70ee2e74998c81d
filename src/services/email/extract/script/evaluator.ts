/**
 * Folds the constants of page scripts: variables, loops over character codes, functions of the page itself. It is no
 * JavaScript engine: there is no DOM, no network, no time, every step is counted, and what only a browser knows is UNKNOWN.
 */
import { GLOBALS, listMethod, MAX_TEXT, safeRegex, STATICS, textMethod } from './builtins.js';
import { binary } from './operators.js';
import { parseProgram } from './parser.js';
import { OutOfSteps, StatementRunner, type Output } from './statements.js';
import type { Expression, Statement } from './tree.js';
import { Bag, Builtin, Callable, Foreign, isTrue, Pattern, Scope, toNumber, toText, UNKNOWN, type Value } from './values.js';

const MAX_DEPTH = 40;
const MAX_EVALS = 20;
const MAX_PATH = 200;
const MAX_SPREAD = 50_000;
const PAGE_OBJECTS = new Set(['window', 'self', 'globalThis', 'top', 'parent']);

export class Evaluator extends StatementRunner {
  readonly global = new Scope(null);
  private written = '';
  private depth = 0;
  private evals = 0;
  private foreignCount = 0;
  private readonly assigned = new Map<string, Value>();
  private pending: Callable[] = [];
  private declared: Callable[] = [];

  /** Runs one script in the page's global scope; gives what it would show. Never throws. */
  run(program: Statement[]): Output[] {
    this.outputs = [];
    this.written = '';
    this.assigned.clear();
    this.pending = [];
    this.declared = [];
    try {
      this.body(program, this.global);
      this.settle();
    } catch (error) {
      // Running out of steps or of stack ends the reading of this script; what was found so far is kept.
      if (!(error instanceof OutOfSteps) && !(error instanceof RangeError)) throw error;
    }
    this.depth = 0;
    this.collect(this.global);
    if (this.written !== '') this.output(this.written, '', []);
    for (const value of this.assigned.values()) this.outputValue(value, 0);
    return this.outputs;
  }

  /** Handlers, and functions nobody called, run once: a click would call them. */
  private settle(): void {
    for (let next = this.pending.shift(); next !== undefined; next = this.pending.shift()) {
      if (!next.called) this.invoke(next, []);
    }
    for (const callable of this.declared) if (!callable.called && callable.params.length === 0) this.invoke(callable, []);
  }

  protected evaluate(expression: Expression, scope: Scope): Value {
    this.charge(1);
    switch (expression.type) {
      case 'literal': return expression.value;
      case 'template': return clip(expression.strings.map((text, index) => {
        const part = expression.parts[index];
        return part === undefined ? text : text + toText(this.evaluate(part, scope));
      }).join(''));
      case 'regex': {
        const regex = safeRegex(expression.pattern, expression.flags);
        return regex === null ? UNKNOWN : new Pattern(regex);
      }
      case 'name': return this.lookUp(expression.name, scope);
      case 'array': return this.items(expression.items, scope);
      case 'spread': return this.evaluate(expression.value, scope);
      case 'object': {
        const bag = new Bag();
        for (const { key, value } of expression.entries) bag.entries.set(toText(this.evaluate(key, scope)), this.evaluate(value, scope));
        return bag;
      }
      case 'function': {
        const callable = new Callable(expression.params, expression.body, scope);
        if (this.declared.length < 2_000) this.declared.push(callable);
        return callable;
      }
      case 'sequence': return expression.items.map((item) => this.evaluate(item, scope)).at(-1);
      case 'conditional': {
        const test = this.evaluate(expression.test, scope);
        return this.evaluate(isTrue(test) || test instanceof Foreign ? expression.yes : expression.no, scope);
      }
      case 'unary': return this.unary(expression.operator, this.evaluate(expression.operand, scope));
      case 'update': return this.update(expression, scope);
      case 'binary': return this.binary(expression, scope);
      case 'assign': return this.assign(expression, scope);
      case 'member': return this.member(expression, scope);
      case 'call': return this.call(expression, scope);
    }
  }

  private items(expressions: readonly Expression[], scope: Scope): Value[] {
    const values: Value[] = [];
    for (const expression of expressions) {
      const value = this.evaluate(expression, scope);
      if (expression.type !== 'spread') values.push(value);
      else if (typeof value === 'string' || Array.isArray(value)) {
        for (const item of value) if (values.length < MAX_SPREAD) values.push(item);
        this.charge(1 + (value.length >> 2));
      } else values.push(UNKNOWN);
    }
    return values;
  }

  private lookUp(name: string, scope: Scope): Value {
    const owner = scope.find(name);
    if (owner !== null) return owner.names.get(name);
    return GLOBALS.has(name) ? GLOBALS.get(name) : new Foreign(name);
  }

  private unary(operator: string, value: Value): Value {
    if (operator === 'typeof') return typeof value === 'string' ? 'string' : typeof value === 'number' ? 'number' : UNKNOWN;
    if (operator === 'void') return undefined;
    if (operator === 'await') return value;
    if (value === UNKNOWN || value instanceof Foreign) return UNKNOWN;
    if (operator === '!') return !isTrue(value);
    const number = toNumber(value);
    if (number === UNKNOWN) return UNKNOWN;
    return operator === '-' ? -number : operator === '~' ? ~number : number;
  }

  private update(expression: Extract<Expression, { type: 'update' }>, scope: Scope): Value {
    const before = toNumber(this.evaluate(expression.target, scope));
    const after = before === UNKNOWN ? UNKNOWN : before + expression.by;
    this.store(expression.target, after, scope);
    return expression.prefix ? after : before;
  }

  private binary(expression: Extract<Expression, { type: 'binary' }>, scope: Scope): Value {
    const left = this.evaluate(expression.left, scope);
    if (expression.operator === '&&') return left === UNKNOWN || left instanceof Foreign || isTrue(left) ? this.evaluate(expression.right, scope) : left;
    if (expression.operator === '||') return isTrue(left) ? left : this.evaluate(expression.right, scope);
    if (expression.operator === '??') return left === null || left === undefined ? this.evaluate(expression.right, scope) : left;
    return binary(expression.operator, left, this.evaluate(expression.right, scope));
  }

  private assign(expression: Extract<Expression, { type: 'assign' }>, scope: Scope): Value {
    const plain = expression.operator === '=';
    const before = plain ? undefined : this.evaluate(expression.target, scope);
    const value = this.evaluate(expression.value, scope);
    const result = plain ? value : binary(expression.operator.slice(0, -1), before, value);
    this.store(expression.target, result, scope);
    return result;
  }

  private store(target: Expression, value: Value, scope: Scope): void {
    if (value instanceof Callable) this.pending.push(value);
    if (target.type === 'name') {
      const owner = scope.find(target.name);
      (owner ?? this.global).names.set(target.name, value);
      return;
    }
    if (target.type !== 'member') return;
    const object = this.evaluate(target.object, scope);
    const property = this.evaluate(target.property, scope);
    if (Array.isArray(object)) {
      const index = toNumber(property);
      if (index !== UNKNOWN && Number.isInteger(index) && index >= 0 && index < 50_000) object[index] = value;
    } else if (object instanceof Bag) object.entries.set(toText(property), value);
    else if (object instanceof Foreign) {
      const name = toText(property);
      if (PAGE_OBJECTS.has(object.path) && name !== 'location') this.global.names.set(name, value);
      else this.assigned.set(`${object.path}.${name}`, value);
    }
  }

  private member(expression: Extract<Expression, { type: 'member' }>, scope: Scope): Value {
    const object = this.evaluate(expression.object, scope);
    const property = this.evaluate(expression.property, scope);
    if (typeof object === 'string' || Array.isArray(object)) {
      if (property === 'length') return object.length;
      const index = toNumber(property);
      if (index !== UNKNOWN && Number.isInteger(index)) return object[index];
      return UNKNOWN;
    }
    if (object instanceof Bag) return object.entries.get(toText(property));
    if (object instanceof Foreign) {
      const name = toText(property);
      if (PAGE_OBJECTS.has(object.path)) return this.lookUp(name, this.global);
      const path = `${object.path}.${name}`;
      const known = STATICS.get(path) ?? this.assigned.get(path);
      if (known !== undefined) return known;
      return path.length > MAX_PATH ? UNKNOWN : new Foreign(path);
    }
    return UNKNOWN;
  }

  private call(expression: Extract<Expression, { type: 'call' }>, scope: Scope): Value {
    const { callee } = expression;
    let object: Value;
    let name = '';
    let target: Value;
    if (callee.type === 'member') {
      object = this.evaluate(callee.object, scope);
      name = toText(this.evaluate(callee.property, scope));
      target = object instanceof Foreign ? this.member(callee, scope) : object instanceof Bag ? object.entries.get(name) : undefined;
    } else {
      target = this.evaluate(callee, scope);
      name = callee.type === 'name' ? callee.name : '';
    }
    const args = this.items(expression.args, scope);
    if (expression.construct && name === 'Array') return args.length === 1 && typeof args[0] === 'number' ? [] : args;
    if (typeof object === 'string' || typeof object === 'number') {
      this.charge(1 + (typeof object === 'string' ? object.length >> 6 : 0));
      if (typeof object === 'number') return name === 'toString' ? object.toString(radix(args[0])) : name === 'toFixed' ? object.toFixed(0) : UNKNOWN;
      return textMethod(object, name, args, (fn, given) => this.invoke(fn, given)) ?? UNKNOWN;
    }
    if (Array.isArray(object)) {
      this.charge(1 + (object.length >> 4));
      return listMethod(object, name, args, (fn, given) => this.invoke(fn, given));
    }
    if (object instanceof Callable && (name === 'call' || name === 'apply')) return this.invoke(object, name === 'call' ? args.slice(1) : Array.isArray(args[1]) ? args[1] : []);
    if (object instanceof Builtin && (name === 'apply' || name === 'call')) return object.run(name === 'call' ? args.slice(1) : Array.isArray(args[1]) ? args[1] : []);
    if (target instanceof Callable || target instanceof Builtin) {
      const value = this.invoke(target, args);
      // Array.from(list, each): the one function of the language's own objects that calls back.
      return name === 'from' && Array.isArray(value) && args[1] instanceof Callable ? value.map((item, index) => this.invoke(args[1], [item, index])) : value;
    }
    return this.unknownCall(target, name, args, scope);
  }

  /** A function of the browser or of a script that is not here: its arguments are all there is to read. */
  private unknownCall(target: Value, name: string, args: Value[], scope: Scope): Value {
    const path = target instanceof Foreign ? target.path : name;
    if (name === 'String' && target instanceof Foreign && target.path === 'String') return toText(args[0]);
    if (name === 'Array' && target instanceof Foreign && target.path === 'Array') return args;
    if (name === 'RegExp') {
      const regex = typeof args[0] === 'string' ? safeRegex(args[0], typeof args[1] === 'string' ? args[1] : '') : null;
      return regex === null ? UNKNOWN : new Pattern(regex);
    }
    if (name === 'eval' || ((name === 'setTimeout' || name === 'Function') && typeof args[0] === 'string')) {
      const code = args.at(name === 'Function' ? -1 : 0);
      if (typeof code !== 'string' || this.evals >= MAX_EVALS) return UNKNOWN;
      this.evals += 1;
      this.charge(code.length >> 4);
      return this.evaluateCode(code, scope);
    }
    if (/(?:^|\.)document\.write(?:ln)?$/.test(path)) {
      if (this.written.length < MAX_TEXT) this.written += args.map(toText).join('');
      return undefined;
    }
    // What is logged is meant for developers, and often names them.
    if (path.startsWith('console.')) return undefined;
    const texts = args.map((arg) => (typeof arg === 'string' ? arg : typeof arg === 'number' ? String(arg) : ''));
    texts.forEach((text, index) => {
      if (text !== '' && typeof args[index] === 'string') this.output(text, name.toLowerCase(), index === 0 ? texts : []);
    });
    for (const arg of args) {
      if (arg instanceof Callable) this.pending.push(arg);
      else if (arg instanceof Bag || Array.isArray(arg)) this.outputValue(arg, 1);
    }
    this.foreignCount += 1;
    return path.length > MAX_PATH ? UNKNOWN : new Foreign(`${path}()${this.foreignCount}`);
  }

  private evaluateCode(code: string, scope: Scope): Value {
    const program = parseProgram(code);
    const last = program.at(-1);
    if (last?.type !== 'expression') {
      this.body(program, scope);
      return UNKNOWN;
    }
    this.body(program.slice(0, -1), scope);
    return this.evaluate(last.expression, scope);
  }

  private invoke(callee: Value, args: Value[]): Value {
    if (callee instanceof Builtin) {
      this.charge(1);
      return callee.run(args);
    }
    if (!(callee instanceof Callable) || this.depth >= MAX_DEPTH) return UNKNOWN;
    callee.called = true;
    const scope = new Scope(callee.scope);
    callee.params.forEach((param, index) => scope.names.set(param, index < args.length ? args[index] : UNKNOWN));
    scope.names.set('arguments', args);
    this.depth += 1;
    const done = this.body(callee.body, scope);
    this.depth -= 1;
    for (const [name, value] of scope.names) if (name !== 'arguments' && !callee.params.includes(name)) this.outputValue(value, 0);
    return done.kind === 'return' ? done.value : undefined;
  }
}

function radix(value: Value): number {
  return typeof value === 'number' && value >= 2 && value <= 36 ? Math.trunc(value) : 10;
}

function clip(text: string): string {
  return text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text;
}
