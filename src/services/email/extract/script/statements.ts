/** The statements of a folded script, and what the script would show. Expressions are the evaluator's. */
import type { Expression, Statement } from './tree.js';
import { Bag, Foreign, isTrue, UNKNOWN, type Scope, type Value } from './values.js';
import { work } from '../steps.js';

/** A text that the script would show, link to or pass on. */
export interface Output {
  text: string;
  /** Name of the unknown function that got it, lower case; '' for a value. */
  callee: string;
  /** Its other arguments in order. */
  args: string[];
}

const MAX_STEPS = 150_000;
const MAX_OUTPUTS = 5_000;

export class OutOfSteps extends Error {}

export type Completion = { kind: 'normal' | 'break' | 'continue' } | { kind: 'return'; value: Value };
const NORMAL: Completion = { kind: 'normal' };

export abstract class StatementRunner {
  protected outputs: Output[] = [];
  private steps = 0;

  protected abstract evaluate(expression: Expression, scope: Scope): Value;

  protected charge(cost: number): void {
    this.steps += cost;
    work.steps += cost;
    if (this.steps > MAX_STEPS) throw new OutOfSteps();
  }

  protected output(text: string, callee: string, args: string[]): void {
    if (this.outputs.length < MAX_OUTPUTS && text.length > 3) this.outputs.push({ text, callee, args });
  }

  protected outputValue(value: Value, depth: number): void {
    if (typeof value === 'string') this.output(value, '', []);
    else if (depth < 6 && Array.isArray(value)) value.slice(0, 500).forEach((item) => this.outputValue(item, depth + 1));
    else if (depth < 6 && value instanceof Bag) [...value.entries.values()].slice(0, 500).forEach((item) => this.outputValue(item, depth + 1));
  }

  protected collect(scope: Scope): void {
    for (const value of scope.names.values()) this.outputValue(value, 0);
  }

  protected body(statements: Statement[], scope: Scope): Completion {
    for (const statement of statements) {
      if (statement.type === 'function') scope.names.set(statement.name, this.evaluate(statement.value, scope));
    }
    for (const statement of statements) {
      const done = this.execute(statement, scope);
      if (done.kind !== 'normal') return done;
    }
    return NORMAL;
  }

  private execute(statement: Statement, scope: Scope): Completion {
    this.charge(1);
    switch (statement.type) {
      case 'expression': {
        const value = this.evaluate(statement.expression, scope);
        if (statement.expression.type === 'binary' || statement.expression.type === 'literal') this.outputValue(value, 0);
        return NORMAL;
      }
      case 'declare': {
        const value = statement.value === null ? undefined : this.evaluate(statement.value, scope);
        if (statement.value !== null || !scope.names.has(statement.name)) scope.names.set(statement.name, value);
        return NORMAL;
      }
      case 'function': return NORMAL;
      case 'return': return { kind: 'return', value: statement.value === null ? undefined : this.evaluate(statement.value, scope) };
      case 'block': return this.body(statement.body, scope);
      case 'jump': return { kind: statement.kind };
      case 'if': return this.branch(statement, scope);
      case 'switch': return this.choose(statement, scope);
      case 'loop': return this.loop(statement, scope);
      case 'each': return this.each(statement, scope);
    }
  }

  private branch(statement: Extract<Statement, { type: 'if' }>, scope: Scope): Completion {
    const test = this.evaluate(statement.test, scope);
    if (test !== UNKNOWN && !(test instanceof Foreign)) {
      const chosen = isTrue(test) ? statement.yes : statement.no;
      return chosen === null ? NORMAL : this.execute(chosen, scope);
    }
    // Nobody knows: a guard that leaves is passed over, other branches are both read.
    if (!leaves(statement.yes)) {
      const done = this.execute(statement.yes, scope);
      if (done.kind !== 'normal') return done;
    }
    return statement.no === null ? NORMAL : this.execute(statement.no, scope);
  }

  /** The case that equals the subject and what it falls through to; all of them where nobody knows. */
  private choose(statement: Extract<Statement, { type: 'switch' }>, scope: Scope): Completion {
    const subject = this.evaluate(statement.subject, scope);
    const unsure = subject === UNKNOWN || subject instanceof Foreign;
    let from = 0;
    if (!unsure) {
      from = statement.cases.findIndex(({ test }) => test !== null && this.evaluate(test, scope) === subject);
      if (from < 0) from = statement.cases.findIndex(({ test }) => test === null);
      if (from < 0) return NORMAL;
    }
    for (const { body } of statement.cases.slice(from)) {
      const done = this.body(body, scope);
      if (unsure && done.kind !== 'continue') continue;
      if (done.kind === 'break') return NORMAL;
      if (done.kind !== 'normal') return done;
    }
    return NORMAL;
  }

  private loop(statement: Extract<Statement, { type: 'loop' }>, scope: Scope): Completion {
    let first = statement.first;
    for (;;) {
      this.charge(1);
      const test = first || statement.test === null ? true : this.evaluate(statement.test, scope);
      first = false;
      const unsure = test === UNKNOWN || test instanceof Foreign;
      if (!unsure && !isTrue(test)) return NORMAL;
      const done = this.execute(statement.body, scope);
      if (done.kind === 'return') return done;
      if (done.kind === 'break' || unsure) return NORMAL;
      if (statement.update !== null) this.evaluate(statement.update, scope);
    }
  }

  private each(statement: Extract<Statement, { type: 'each' }>, scope: Scope): Completion {
    const list = this.evaluate(statement.list, scope);
    let items: Value[] = [UNKNOWN];
    if (Array.isArray(list)) items = statement.of ? [...list] : list.map((_item, index) => index);
    else if (typeof list === 'string') items = statement.of ? [...list] : [...list].map((_item, index) => index);
    else if (list instanceof Bag) items = statement.of ? [] : [...list.entries.keys()];
    for (const item of items) {
      scope.names.set(statement.name, item);
      const done = this.execute(statement.body, scope);
      if (done.kind === 'return') return done;
      if (done.kind === 'break') break;
    }
    return NORMAL;
  }
}

function leaves(statement: Statement): boolean {
  if (statement.type === 'return' || statement.type === 'jump') return true;
  const last = statement.type === 'block' ? statement.body.at(-1) : undefined;
  return last !== undefined && leaves(last);
}
