/** Tokens of ECMAScript source, tolerant of anything: an unterminated string ends with its line. Linear. */

export type Token =
  | { kind: 'number'; value: number; line: boolean }
  | { kind: 'string'; value: string; line: boolean }
  | { kind: 'template'; strings: string[]; codes: string[]; line: boolean }
  | { kind: 'regex'; pattern: string; flags: string; line: boolean }
  | { kind: 'name'; value: string; line: boolean }
  | { kind: 'punct'; value: string; line: boolean }
  | { kind: 'end'; line: boolean };

const PUNCTUATORS = ['>>>=', '===', '!==', '**=', '<<=', '>>=', '>>>', '...', '&&=', '||=', '??=', '=>', '==', '!=', '<=', '>=', '&&', '||', '??', '?.', '++', '--', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<', '>>', '**'];
const NAME_START = /[\p{L}$_]/u;
const NAME_PART = /[\p{L}\p{Nd}$_]/u;
const BEFORE_REGEX = new Set(['return', 'typeof', 'case', 'in', 'of', 'delete', 'void', 'new', 'else', 'do']);
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', 0: '\0', '\n': '' };
/** A program with more tokens is a library; its strings are read without running anything. */
export const MAX_TOKENS = 150_000;

function isNameStart(char: string): boolean {
  const code = char.charCodeAt(0);
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 36 || code === 95;
  return NAME_START.test(char);
}

function isNamePart(char: string): boolean {
  const code = char.charCodeAt(0);
  if (code < 128) return isNameStart(char) || (code >= 48 && code <= 57);
  return NAME_PART.test(char);
}

/** Decodes one escape that starts at the backslash; gives the text and the offset after it. */
function readEscape(code: string, at: number): { text: string; next: number } {
  const char = code[at + 1] ?? '';
  if (char === 'x') {
    const hex = /^[0-9a-f]{2}/i.exec(code.slice(at + 2, at + 4))?.[0];
    if (hex !== undefined) return { text: String.fromCharCode(Number.parseInt(hex, 16)), next: at + 4 };
  } else if (char === 'u') {
    const plain = /^[0-9a-f]{4}/i.exec(code.slice(at + 2, at + 6))?.[0];
    if (plain !== undefined) return { text: String.fromCharCode(Number.parseInt(plain, 16)), next: at + 6 };
    const braced = /^\{([0-9a-f]{1,6})\}/i.exec(code.slice(at + 2, at + 10));
    const point = braced === null ? NaN : Number.parseInt(braced[1] ?? '', 16);
    if (braced !== null && point <= 0x10ffff) return { text: String.fromCodePoint(point), next: at + 2 + braced[0].length };
  } else if (char >= '0' && char <= '7') {
    const octal = /^[0-7]{1,3}/.exec(code.slice(at + 1, at + 4))?.[0] ?? '0';
    return { text: String.fromCharCode(Number.parseInt(octal, 8) & 0xff), next: at + 1 + octal.length };
  }
  return { text: SIMPLE_ESCAPES[char] ?? char, next: at + 2 };
}

function readString(code: string, from: number): { value: string; next: number } {
  const quote = code[from];
  let value = '';
  let at = from + 1;
  let plain = at;
  while (at < code.length) {
    const char = code[at];
    if (char === quote || char === '\n') break;
    if (char === '\\') {
      value += code.slice(plain, at);
      const escape = readEscape(code, at);
      value += escape.text;
      at = escape.next;
      plain = at;
    } else at += 1;
  }
  return { value: value + code.slice(plain, at), next: at + 1 };
}

function readTemplate(code: string, from: number): { strings: string[]; codes: string[]; next: number } {
  const strings: string[] = [];
  const codes: string[] = [];
  let current = '';
  let at = from + 1;
  while (at < code.length && code[at] !== '`') {
    if (code[at] === '\\') {
      const escape = readEscape(code, at);
      current += escape.text;
      at = escape.next;
    } else if (code[at] === '$' && code[at + 1] === '{') {
      let depth = 1;
      let end = at + 2;
      while (end < code.length && depth > 0) {
        if (code[end] === '{') depth += 1;
        else if (code[end] === '}') depth -= 1;
        end += 1;
      }
      strings.push(current);
      codes.push(code.slice(at + 2, end - 1));
      current = '';
      at = end;
    } else {
      current += code[at] ?? '';
      at += 1;
    }
  }
  strings.push(current);
  return { strings, codes, next: at + 1 };
}

function readRegex(code: string, from: number): { pattern: string; flags: string; next: number } | null {
  let inClass = false;
  for (let at = from + 1; at < code.length && at - from < 500; at += 1) {
    const char = code[at];
    if (char === '\n') return null;
    if (char === '\\') at += 1;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) {
      const flags = /^[a-z]{0,8}/.exec(code.slice(at + 1, at + 9))?.[0] ?? '';
      return { pattern: code.slice(from + 1, at), flags, next: at + 1 + flags.length };
    }
  }
  return null;
}

function allowsRegex(previous: Token | undefined): boolean {
  if (previous === undefined) return true;
  if (previous.kind === 'punct') return previous.value !== ')' && previous.value !== ']' && previous.value !== '}';
  return previous.kind === 'name' && BEFORE_REGEX.has(previous.value);
}

/** Stops after MAX_TOKENS; the last token is always `end`. */
export function tokenize(code: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = false;
  while (at < code.length && tokens.length < MAX_TOKENS) {
    const char = code[at] ?? '';
    if (char === '\n') {
      line = true;
      at += 1;
    } else if (char <= ' ' || char === '\u00a0' || char === '\ufeff') at += 1;
    else if (char === '/' && code[at + 1] === '/') {
      const end = code.indexOf('\n', at);
      at = end < 0 ? code.length : end;
    } else if (char === '/' && code[at + 1] === '*') {
      const end = code.indexOf('*/', at + 2);
      at = end < 0 ? code.length : end + 2;
    } else if (code.startsWith('<!--', at) || (code.startsWith('-->', at) && (line || tokens.length === 0))) {
      const end = code.indexOf('\n', at);
      at = end < 0 ? code.length : end;
    } else {
      if (char === '"' || char === "'") {
        const read = readString(code, at);
        tokens.push({ kind: 'string', value: read.value, line });
        at = read.next;
      } else if (char === '`') {
        const read = readTemplate(code, at);
        tokens.push({ kind: 'template', strings: read.strings, codes: read.codes, line });
        at = read.next;
      } else if ((char >= '0' && char <= '9') || (char === '.' && /\d/.test(code[at + 1] ?? ''))) {
        const text = /^(?:0x[0-9a-f_]{1,30}|0b[01]{1,60}|0o[0-7]{1,30}|[\d_]{0,40}\.?\d{0,40}(?:e[+-]?\d{1,4})?)/i.exec(code.slice(at, at + 90))?.[0] ?? char;
        tokens.push({ kind: 'number', value: Number(text.replaceAll('_', '')), line });
        at += Math.max(1, text.length);
      } else if (isNameStart(char)) {
        let end = at + 1;
        while (end < code.length && isNamePart(code[end] ?? '')) end += 1;
        tokens.push({ kind: 'name', value: code.slice(at, end), line });
        at = end;
      } else {
        const regex = char === '/' && allowsRegex(tokens[tokens.length - 1]) ? readRegex(code, at) : null;
        if (regex !== null) {
          tokens.push({ kind: 'regex', pattern: regex.pattern, flags: regex.flags, line });
          at = regex.next;
        } else {
          const four = code.slice(at, at + 4);
          const value = PUNCTUATORS.find((each) => four.startsWith(each)) ?? char;
          tokens.push({ kind: 'punct', value, line });
          at += value.length;
        }
      }
      line = false;
    }
  }
  tokens.push({ kind: 'end', line: true });
  return tokens;
}
