/** A recovering parser: what it cannot read it skips to the next statement, because the next one may hold the address. */
import { ExpressionReader } from './expression-parser.js';
import { tokenize, type Token } from './lexer.js';
import { Unreadable } from './token-reader.js';
import type { Expression, Statement } from './tree.js';

class ProgramReader extends ExpressionReader {
  protected inner(tokens: Token[]): ExpressionReader {
    return new ProgramReader(tokens);
  }

  /** Statements up to `}` or the end; a broken one is skipped to the next `;`, line or brace. */
  statements(): Statement[] {
    const body: Statement[] = [];
    while (this.peek().kind !== 'end' && !this.is('}')) {
      const from = this.at;
      const depth = this.nesting;
      try {
        body.push(...this.statement());
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        this.nesting = depth;
        this.at = Math.max(this.at, from + 1);
        while (this.peek().kind !== 'end' && !this.is('}') && !this.eat(';') && !this.peek().line) this.at += 1;
      }
    }
    return body;
  }

  program(): Statement[] {
    const body: Statement[] = [];
    while (this.peek().kind !== 'end') {
      body.push(...this.statements());
      this.eat('}');
    }
    return body;
  }

  private single(): Statement {
    const body = this.nested(() => this.statement());
    return body.length === 1 && body[0] !== undefined ? body[0] : { type: 'block', body };
  }

  protected block(): Statement[] {
    this.need('{');
    const body = this.nested(() => this.statements());
    this.eat('}');
    return body;
  }

  private statement(): Statement[] {
    const token = this.peek();
    if (token.kind === 'punct') {
      if (this.eat(';')) return [];
      if (token.value === '{') return [{ type: 'block', body: this.block() }];
    }
    if (token.kind === 'name') {
      switch (token.value) {
        case 'var': case 'let': case 'const': return this.declarations();
        case 'function': {
          if (this.peek(1).kind !== 'name') break;
          this.at += 1;
          const name = this.name();
          return [{ type: 'function', name, value: this.functionRest() }];
        }
        case 'async': if (this.is('function', 1)) { this.at += 1; return this.statement(); } break;
        case 'return': case 'throw': return [this.returned()];
        case 'if': return [this.conditional()];
        case 'for': return this.forLoop();
        case 'while': {
          this.at += 1;
          this.need('(');
          const test = this.expression();
          this.need(')');
          return [{ type: 'loop', test, update: null, body: this.single(), first: false }];
        }
        case 'do': {
          this.at += 1;
          const body = this.single();
          this.need('while');
          this.need('(');
          const test = this.expression();
          this.need(')');
          return [{ type: 'loop', test, update: null, body, first: true }];
        }
        case 'switch': return [this.switched()];
        case 'try': return this.tried();
        case 'break': case 'continue':
          this.at += 1;
          this.eat(';');
          return [{ type: 'jump', kind: token.value }];
        default:
      }
    }
    const expression = this.expression();
    this.eat(';');
    return [{ type: 'expression', expression }];
  }

  private declarations(): Statement[] {
    this.at += 1;
    const declared: Statement[] = [];
    do {
      if (this.is('{') || this.is('[')) declared.push(...this.pattern());
      else {
        const name = this.name();
        declared.push({ type: 'declare', name, value: this.eat('=') ? this.assignment() : null });
      }
    } while (this.eat(','));
    this.eat(';');
    return declared;
  }

  /** `const { user, host: domain = '…' } = parts`, `const [a, , b] = list`: one level, which is what pages write. */
  private pattern(): Statement[] {
    const list = this.is('[');
    const closer = list ? ']' : '}';
    this.at += 1;
    const bound: { name: string; key: string | number }[] = [];
    for (let index = 0; !this.eat(closer); index += 1) {
      if (list && this.eat(',')) continue;
      const key = this.name();
      bound.push({ name: !list && this.eat(':') ? this.name() : key, key: list ? index : key });
      if (this.eat('=')) this.assignment();
      if (!this.eat(',') && !this.is(closer)) throw new Unreadable('pattern');
    }
    this.need('=');
    // No name of a script holds a space: the parts are kept under one that cannot be taken.
    const whole = `parts ${this.at}`;
    return [
      { type: 'declare', name: whole, value: this.assignment() },
      ...bound.map(({ name, key }): Statement => ({ type: 'declare', name, value: { type: 'member', object: { type: 'name', name: whole }, property: { type: 'literal', value: key } } })),
    ];
  }

  private switched(): Statement {
    this.at += 1;
    this.need('(');
    const subject = this.expression();
    this.need(')');
    this.need('{');
    const cases: { test: Expression | null; body: Statement[] }[] = [];
    while (!this.eat('}')) {
      const test = this.eat('default') ? null : (this.need('case'), this.expression());
      this.need(':');
      const body: Statement[] = [];
      while (!this.is('case') && !this.is('default') && !this.is('}')) {
        if (this.peek().kind === 'end') throw new Unreadable('switch');
        body.push(...this.nested(() => this.statement()));
      }
      cases.push({ test, body });
    }
    return { type: 'switch', subject, cases };
  }

  private returned(): Statement {
    this.at += 1;
    const next = this.peek();
    const empty = next.kind === 'end' || next.line || this.is(';') || this.is('}');
    const value = empty ? null : this.expression();
    this.eat(';');
    return { type: 'return', value };
  }

  private conditional(): Statement {
    this.at += 1;
    this.need('(');
    const test = this.expression();
    this.need(')');
    const yes = this.single();
    return { type: 'if', test, yes, no: this.eat('else') ? this.single() : null };
  }

  private tried(): Statement[] {
    this.at += 1;
    const body = this.block();
    if (this.eat('catch')) {
      if (this.eat('(')) {
        this.name();
        this.need(')');
      }
      this.block();
    }
    if (this.eat('finally')) body.push(...this.block());
    return [{ type: 'block', body }];
  }

  private forLoop(): Statement[] {
    this.at += 1;
    this.need('(');
    const declares = this.is('var') || this.is('let') || this.is('const');
    const nameAt = declares ? 1 : 0;
    if (this.peek(nameAt).kind === 'name' && (this.is('in', nameAt + 1) || this.is('of', nameAt + 1))) {
      this.at += nameAt;
      const name = this.name();
      const of = this.is('of');
      this.at += 1;
      const list = this.expression();
      this.need(')');
      return [{ type: 'each', name, of, list, body: this.single() }];
    }
    const start: Statement[] = [];
    if (declares) start.push(...this.declarations());
    else if (!this.eat(';')) {
      start.push({ type: 'expression', expression: this.expression() });
      this.need(';');
    }
    const test = this.is(';') ? null : this.expression();
    this.need(';');
    const update = this.is(')') ? null : this.expression();
    this.need(')');
    return [...start, { type: 'loop', test, update, body: this.single(), first: false }];
  }
}

export function parseTokens(tokens: Token[]): Statement[] {
  return new ProgramReader(tokens).program();
}

export function parseProgram(code: string): Statement[] {
  return parseTokens(tokenize(code));
}
