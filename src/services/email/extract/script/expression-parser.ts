/** Expressions by precedence climbing (ECMA-262, chapter 13, the part page scripts use). */
import { tokenize } from './lexer.js';
import { TokenReader, Unreadable } from './token-reader.js';
import type { Expression, Statement } from './tree.js';

const BINARY: Readonly<Record<string, number>> = {
  '??': 1, '||': 2, '&&': 3, '|': 4, '^': 5, '&': 6, '==': 7, '!=': 7, '===': 7, '!==': 7, '<': 8, '>': 8, '<=': 8, '>=': 8, instanceof: 8, in: 8,
  '<<': 9, '>>': 9, '>>>': 9, '+': 10, '-': 10, '*': 11, '/': 11, '%': 11, '**': 12,
};
const ASSIGN = new Set(['=', '+=', '-=', '*=', '/=', '%=', '|=', '&=', '^=', '<<=', '>>=', '>>>=', '**=', '||=', '&&=', '??=']);
const UNARY = new Set(['!', '-', '+', '~', 'typeof', 'void', 'delete', 'await']);
const UNDEFINED: Expression = { type: 'literal', value: undefined };
const MAX_TEMPLATE_NESTING = 20;

export abstract class ExpressionReader extends TokenReader {
  /** `{ … }` of a function. */
  protected abstract block(): Statement[];
  /** A reader of the same kind over other tokens, for the code inside template literals. */
  protected abstract inner(code: ReturnType<typeof tokenize>): ExpressionReader;

  protected functionRest(): Expression {
    this.eat('*');
    this.need('(');
    const params = this.parameters();
    return { type: 'function', params, body: this.block() };
  }

  protected parameters(): string[] {
    const params: string[] = [];
    while (!this.eat(')')) {
      this.eat('...');
      params.push(this.name());
      if (this.eat('=')) this.assignment();
      if (!this.eat(',') && !this.is(')')) throw new Unreadable('parameters');
    }
    return params;
  }

  expression(): Expression {
    const first = this.assignment();
    if (!this.is(',')) return first;
    const items = [first];
    while (this.eat(',')) items.push(this.assignment());
    return { type: 'sequence', items };
  }

  /** `x => …` and `(a, b) => …`; null when this is no arrow function. */
  protected arrow(): Expression | null {
    let params: string[];
    const from = this.at;
    if (this.peek().kind === 'name' && this.is('=>', 1)) params = [this.name()];
    else if (this.is('(') && this.closesBeforeArrow()) {
      this.at += 1;
      try {
        params = this.parameters();
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        this.at = from;
        return null;
      }
    } else return null;
    this.need('=>');
    if (this.is('{')) return { type: 'function', params, body: this.block() };
    const value = this.nested(() => this.assignment());
    return { type: 'function', params, body: [{ type: 'return', value }] };
  }

  /** Looks at most 60 tokens ahead, so that nested parentheses stay linear. */
  protected closesBeforeArrow(): boolean {
    for (let ahead = 1; ahead < 60; ahead += 1) {
      const token = this.peek(ahead);
      if (token.kind === 'end' || this.is('(', ahead)) return false;
      if (this.is(')', ahead)) return this.is('=>', ahead + 1);
    }
    return false;
  }

  protected assignment(): Expression {
    const arrow = this.arrow();
    if (arrow !== null) return arrow;
    const left = this.nested(() => this.ternary());
    const token = this.peek();
    if (token.kind !== 'punct' || !ASSIGN.has(token.value)) return left;
    if (left.type !== 'name' && left.type !== 'member') throw new Unreadable('target');
    this.at += 1;
    return { type: 'assign', operator: token.value, target: left, value: this.nested(() => this.assignment()) };
  }

  protected ternary(): Expression {
    const test = this.binary(0);
    if (!this.eat('?')) return test;
    const yes = this.assignment();
    this.need(':');
    return { type: 'conditional', test, yes, no: this.assignment() };
  }

  protected binary(minimum: number): Expression {
    let left = this.unary();
    for (;;) {
      const token = this.peek();
      const operator = token.kind === 'punct' || token.kind === 'name' ? token.value : '';
      const strength = Object.hasOwn(BINARY, operator) ? BINARY[operator] ?? 0 : 0;
      if (strength === 0 || strength <= minimum) return left;
      this.at += 1;
      const right = this.nested(() => this.binary(strength));
      left = { type: 'binary', operator, left, right };
    }
  }

  protected unary(): Expression {
    const token = this.peek();
    if (token.kind === 'punct' || token.kind === 'name') {
      if (UNARY.has(token.value)) {
        this.at += 1;
        return { type: 'unary', operator: token.value, operand: this.nested(() => this.unary()) };
      }
      if (token.value === '++' || token.value === '--') {
        this.at += 1;
        return { type: 'update', target: this.nested(() => this.unary()), by: token.value === '++' ? 1 : -1, prefix: true };
      }
    }
    const value = this.postfix(this.primary());
    if ((this.is('++') || this.is('--')) && !this.peek().line) {
      const by = this.eat('++') ? 1 : -1;
      if (by < 0) this.at += 1;
      return { type: 'update', target: value, by, prefix: false };
    }
    return value;
  }

  protected args(): Expression[] {
    const args: Expression[] = [];
    while (!this.eat(')')) {
      args.push(this.item());
      if (!this.eat(',') && !this.is(')')) throw new Unreadable('arguments');
    }
    return args;
  }

  /** One argument or element, `...list` included. */
  private item(): Expression {
    if (!this.eat('...')) return this.nested(() => this.assignment());
    return { type: 'spread', value: this.nested(() => this.assignment()) };
  }

  protected postfix(start: Expression): Expression {
    let value = start;
    for (;;) {
      if (this.eat('.') || this.eat('?.')) {
        if (this.is('(') || this.is('[')) continue;
        value = { type: 'member', object: value, property: { type: 'literal', value: this.name() } };
      } else if (this.eat('[')) {
        const property = this.nested(() => this.expression());
        this.need(']');
        value = { type: 'member', object: value, property };
      } else if (this.eat('(')) value = { type: 'call', callee: value, args: this.args(), construct: false };
      else return value;
    }
  }

  protected primary(): Expression {
    const token = this.peek();
    this.at += 1;
    switch (token.kind) {
      case 'number': case 'string': return { type: 'literal', value: token.value };
      case 'regex': return { type: 'regex', pattern: token.pattern, flags: token.flags };
      case 'template':
        return { type: 'template', strings: token.strings, parts: token.codes.map((code) => this.nested(() => this.templatePart(code))) };
      case 'name': return this.word(token.value);
      case 'punct': return this.bracketed(token.value);
      default: throw new Unreadable('end');
    }
  }

  protected word(value: string): Expression {
    switch (value) {
      case 'true': return { type: 'literal', value: true };
      case 'false': return { type: 'literal', value: false };
      case 'null': return { type: 'literal', value: null };
      case 'undefined': return UNDEFINED;
      case 'async': if (this.is('function')) { this.at += 1; return this.functionExpression(); } return { type: 'name', name: value };
      case 'function': return this.functionExpression();
      case 'new': {
        let callee = this.primary();
        while (this.eat('.')) callee = { type: 'member', object: callee, property: { type: 'literal', value: this.name() } };
        return { type: 'call', callee, args: this.eat('(') ? this.args() : [], construct: true };
      }
      case 'class': case 'import': case 'export': case 'switch': case 'case': case 'default': case 'with': throw new Unreadable(value);
      default: return { type: 'name', name: value };
    }
  }

  protected functionExpression(): Expression {
    if (this.peek().kind === 'name') this.at += 1;
    return this.functionRest();
  }

  protected bracketed(value: string): Expression {
    if (value === '(') {
      const inner = this.nested(() => this.expression());
      this.need(')');
      return inner;
    }
    if (value === '[') {
      const items: Expression[] = [];
      while (!this.eat(']')) {
        if (this.eat(',')) { items.push(UNDEFINED); continue; }
        items.push(this.item());
        if (!this.eat(',') && !this.is(']')) throw new Unreadable('array');
      }
      return { type: 'array', items };
    }
    if (value === '{') return this.nested(() => this.objectRest());
    throw new Unreadable(value);
  }

  protected objectRest(): Expression {
    const entries: { key: Expression; value: Expression }[] = [];
    while (!this.eat('}')) {
      if (this.eat('...')) this.assignment();
      else {
        const token = this.peek();
        let key: Expression;
        if (this.eat('[')) {
          key = this.assignment();
          this.need(']');
        } else if (token.kind === 'name' || token.kind === 'string' || token.kind === 'number') {
          this.at += 1;
          key = { type: 'literal', value: token.value };
        } else throw new Unreadable('key');
        if (this.eat(':')) entries.push({ key, value: this.nested(() => this.assignment()) });
        else if (this.is('(')) entries.push({ key, value: this.functionRest() });
        else if (token.kind === 'name') entries.push({ key, value: { type: 'name', name: token.value } });
      }
      if (!this.eat(',') && !this.is('}')) throw new Unreadable('object');
    }
    return { type: 'object', entries };
  }

  private templatePart(code: string): Expression {
    if (this.nesting > MAX_TEMPLATE_NESTING) throw new Unreadable('template');
    const reader = this.inner(tokenize(code));
    reader.nesting = this.nesting;
    return reader.expression();
  }
}
