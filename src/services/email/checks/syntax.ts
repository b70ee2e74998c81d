/**
 * Address syntax after RFC 5321 (lengths, dot-string, quoted-string), RFC 5322 (atext), RFC 6531 (UTF-8 local parts)
 * and RFC 5890 (IDNA host names), narrowed to what mail on the public internet uses: no IP literals, no comments, no
 * obsolete forms, and a top-level domain that exists.
 */
import { domainToASCII, domainToUnicode } from 'node:url';
import { parse } from 'tldts';
import { passed, type Check } from './check.js';

export interface ParsedAddress {
  /** As written, without white space around it. */
  input: string;
  /** As written, quotes included. */
  local: string;
  /** Unicode form, lower case. */
  domain: string;
  /** What DNS is asked for: A-labels, lower case. */
  asciiDomain: string;
  /**
   * One spelling per mailbox: lower-case NFC local part without needless quotes, A-label domain. RFC 5321 lets a
   * server tell upper case from lower case; none on the public internet does.
   */
  normalized: string;
}

export type Parsing = { ok: true; address: ParsedAddress } | { ok: false; reason: string };

/** RFC 5321 4.5.3.1.1, in octets. */
const MAX_LOCAL_OCTETS = 64;
/** RFC 5321 4.5.3.1.3 allows a path of 256 octets with its angle brackets. */
const MAX_ADDRESS_OCTETS = 254;
const MAX_LABEL_OCTETS = 63;
const MAX_DOMAIN_OCTETS = 253;

// RFC 5322 atext, plus every code point outside ASCII (RFC 6531), judged separately for controls.
const ATEXT = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\u{10FFFF}]$/u;
const NOT_PRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;
// Domain text before IDNA maps it; node's domainToASCII would drop or reinterpret some of what is excluded here.
const DOMAIN_TEXT = /^[\p{L}\p{M}\p{N}.\-\u3002\uFF0E\uFF61\u00B7\u30FB\u200C\u200D]+$/u;

function refuse(reason: string): Parsing {
  return { ok: false, reason };
}

/** Where the local part ends; quotes may hide an @. -1 when there is no @ outside quotes. */
function separatorIndex(text: string): number {
  if (!text.startsWith('"')) return text.indexOf('@');
  for (let index = 1; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === '"') return text.indexOf('@', index);
  }
  return -1;
}

/** Null when the local part is fine, else what is wrong with it. */
function localPartProblem(local: string): string | null {
  if (local === '') return 'nothing stands before the @';
  const octets = Buffer.byteLength(local);
  if (octets > MAX_LOCAL_OCTETS) return `the part before the @ has ${octets} bytes, at most ${MAX_LOCAL_OCTETS} are allowed`;
  if (local.startsWith('"')) return quotedStringProblem(local);
  if (local.startsWith('.')) return 'the part before the @ starts with a dot';
  if (local.endsWith('.')) return 'the part before the @ ends with a dot';
  if (local.includes('..')) return 'the part before the @ has two dots in a row';
  for (const character of local) {
    if (character === '.') continue;
    if (character === ' ' || !ATEXT.test(character)) return `the character ${shown(character)} is not allowed before the @ without quotes`;
  }
  return null;
}

function quotedStringProblem(local: string): string | null {
  if (local.length < 2 || !local.endsWith('"')) return 'the quoted part before the @ is not closed';
  const content = local.slice(1, -1);
  if (content === '') return 'the quoted part before the @ is empty';
  for (let index = 0; index < content.length; index += 1) {
    if (content[index] === '\\') {
      index += 1;
      if (index >= content.length) return 'the quoted part before the @ is not closed';
    } else if (content[index] === '"') {
      return 'a quotation mark inside the quoted part needs a backslash';
    }
  }
  return null;
}

function shown(character: string): string {
  return character === ' ' ? 'space' : `"${character}"`;
}

/** A host name that can have mail, or the reason why it is none. */
function readDomain(text: string): { unicode: string; ascii: string } | { problem: string } {
  if (text === '') return { problem: 'nothing stands after the @' };
  if (text.startsWith('[')) return { problem: 'an IP address in brackets is not accepted as a domain' };
  if (text.includes('@')) return { problem: 'there is more than one @' };
  if (!DOMAIN_TEXT.test(text)) {
    const wrong = [...text].find((character) => !DOMAIN_TEXT.test(character)) ?? text;
    return { problem: `the character ${shown(wrong)} is not allowed in a domain` };
  }
  const dotted = text.replace(/[\u3002\uFF0E\uFF61]/g, '.');
  if (dotted.startsWith('.')) return { problem: 'the domain starts with a dot' };
  if (dotted.endsWith('.')) return { problem: 'the domain ends with a dot' };
  if (dotted.includes('..')) return { problem: 'the domain has two dots in a row' };
  if (/^[0-9.]+$/.test(dotted)) return { problem: 'an IP address is not accepted as a domain' };
  const ascii = domainToASCII(dotted).toLowerCase();
  if (ascii === '') return { problem: 'the domain is not a valid internationalised name' };
  if (ascii.length > MAX_DOMAIN_OCTETS) return { problem: `the domain has ${ascii.length} characters, at most ${MAX_DOMAIN_OCTETS} are allowed` };
  const problem = labelProblem(ascii.split('.'));
  return problem === null ? { ascii, unicode: domainToUnicode(ascii) || ascii } : { problem };
}

function labelProblem(labels: string[]): string | null {
  if (labels.length < 2) return 'the domain has no dot';
  for (const label of labels) {
    if (label.length > MAX_LABEL_OCTETS) return `a part of the domain has ${label.length} characters, at most ${MAX_LABEL_OCTETS} are allowed`;
    if (label.startsWith('-') || label.endsWith('-')) return 'a part of the domain starts or ends with a hyphen';
    if (!/^[a-z0-9-]+$/.test(label)) return 'the domain is not a valid internationalised name';
  }
  const suffix = parse(labels.join('.'), { allowPrivateDomains: false });
  if (suffix.isIcann !== true) return `the top-level domain .${labels.at(-1) ?? ''} does not exist`;
  return null;
}

/** Quotes around what would be fine without them are left out. */
function canonicalLocal(local: string): string {
  if (!local.startsWith('"')) return local.normalize('NFC').toLowerCase();
  const content = local.slice(1, -1).replace(/\\(.)/gsu, '$1');
  if (localPartProblem(content) === null && !content.startsWith('"')) return content.normalize('NFC').toLowerCase();
  return local.normalize('NFC').toLowerCase();
}

/** Reads one bare address. White space around it is dropped; names, comments and `mailto:` are not part of an address. */
export function parseAddress(text: string): Parsing {
  // Bounded before anything is scanned: the longest address is 254 octets, the rest is somebody's megabyte.
  if (text.length > 4_096) return refuse(`the address is longer than ${MAX_ADDRESS_OCTETS} bytes`);
  const input = text.trim();
  if (input === '') return refuse('the address is empty');
  if (NOT_PRINTABLE.test(input.replace(/[\u200C\u200D]/g, ''))) return refuse('the address contains a control or invisible character');
  if (/^mailto:/i.test(input)) return refuse('mailto: is not part of the address');
  if (/[<>]/.test(input)) return refuse('angle brackets and a name are not part of the address');
  const at = separatorIndex(input);
  if (at === -1) return refuse(input.startsWith('"') && input.includes('@') ? 'the quoted part before the @ is not closed' : 'there is no @');
  const local = input.slice(0, at);
  const localProblem = localPartProblem(local);
  if (localProblem !== null) return refuse(localProblem);
  const domain = readDomain(input.slice(at + 1));
  if ('problem' in domain) return refuse(domain.problem);
  const octets = Buffer.byteLength(local) + 1 + domain.ascii.length;
  if (octets > MAX_ADDRESS_OCTETS) return refuse(`the address has ${octets} bytes, at most ${MAX_ADDRESS_OCTETS} are allowed`);
  const normalized = `${canonicalLocal(local)}@${domain.ascii}`;
  return { ok: true, address: { input, local, domain: domain.unicode, asciiDomain: domain.ascii, normalized } };
}

export const syntaxCheck: Check = ({ address }) => {
  const international = address.asciiDomain !== address.domain || /[^\u0020-\u007E]/.test(address.local);
  return passed('syntax', international ? 'well-formed internationalised address (RFC 6531)' : 'well-formed address (RFC 5321)');
};
