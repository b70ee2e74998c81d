/** Binary operators over folded values (ECMA-262, section 13.15), UNKNOWN in, UNKNOWN out. */
import { MAX_TEXT } from './builtins.js';
import { Bag, Foreign, toNumber, toText, UNKNOWN, type Value } from './values.js';

function isKnown(value: Value): boolean {
  return value !== UNKNOWN && !(value instanceof Foreign);
}

function plus(left: Value, right: Value): Value {
  const textual = [left, right].some((side) => typeof side === 'string' || Array.isArray(side) || side instanceof Bag);
  if (textual) {
    const joined = toText(left) + toText(right);
    return joined.length > MAX_TEXT ? joined.slice(0, MAX_TEXT) : joined;
  }
  return arithmetic('+', left, right);
}

function arithmetic(operator: string, left: Value, right: Value): Value {
  const a = toNumber(left);
  const b = toNumber(right);
  if (a === UNKNOWN || b === UNKNOWN) return UNKNOWN;
  switch (operator) {
    case '+': return a + b;
    case '-': return a - b;
    case '*': return a * b;
    case '/': return a / b;
    case '%': return a % b;
    case '**': return a ** b;
    case '&': return a & b;
    case '|': return a | b;
    case '^': return a ^ b;
    case '<<': return a << b;
    case '>>': return a >> b;
    case '>>>': return a >>> b;
    default: return UNKNOWN;
  }
}

function compare(operator: string, left: Value, right: Value): Value {
  if (!isKnown(left) || !isKnown(right)) return UNKNOWN;
  const strings = typeof left === 'string' && typeof right === 'string';
  const a = strings ? left : toNumber(left);
  const b = strings ? right : toNumber(right);
  if (a === UNKNOWN || b === UNKNOWN) return UNKNOWN;
  switch (operator) {
    case '<': return a < b;
    case '>': return a > b;
    case '<=': return a <= b;
    default: return a >= b;
  }
}

export function binary(operator: string, left: Value, right: Value): Value {
  switch (operator) {
    case '+': return plus(left, right);
    case '==': case '===': case '!=': case '!==': {
      if (!isKnown(left) || !isKnown(right)) return UNKNOWN;
      const equal = typeof left === typeof right || operator.length === 3 ? left === right : toText(left) === toText(right);
      return operator.startsWith('!') ? !equal : equal;
    }
    case '<': case '>': case '<=': case '>=': return compare(operator, left, right);
    case 'in': case 'instanceof': return UNKNOWN;
    default: return arithmetic(operator, left, right);
  }
}
