/** Walks a list of tokens; what cannot be read throws `Unreadable`, which the statement reader recovers from. */
import type { Token } from './lexer.js';

export class Unreadable extends Error {}

/** Deeper nesting than people write; keeps the recursion far from the end of the stack. */
const MAX_NESTING = 120;

export class TokenReader {
  protected at = 0;
  protected nesting = 0;

  constructor(protected readonly tokens: Token[]) {}

  protected peek(ahead = 0): Token {
    return this.tokens[this.at + ahead] ?? { kind: 'end', line: true };
  }

  protected is(value: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return (token.kind === 'punct' || token.kind === 'name') && token.value === value;
  }

  protected eat(value: string): boolean {
    if (!this.is(value)) return false;
    this.at += 1;
    return true;
  }

  protected need(value: string): void {
    if (!this.eat(value)) throw new Unreadable(value);
  }

  protected name(): string {
    const token = this.peek();
    if (token.kind !== 'name') throw new Unreadable('name');
    this.at += 1;
    return token.value;
  }

  protected nested<T>(read: () => T): T {
    if (this.nesting >= MAX_NESTING) throw new Unreadable('nesting');
    this.nesting += 1;
    const result = read();
    this.nesting -= 1;
    return result;
  }
}
