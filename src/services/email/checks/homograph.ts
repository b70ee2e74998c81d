/** Letters of one script that pass for another's: `раypal.com` with Cyrillic а and р. Unicode TS #39, "confusables". */
import type { EmailCheck } from '../../../entities/email-verdict.js';
import { CheckStatus } from '../../../entities/enums.js';
import { finding } from './check.js';
import type { ParsedAddress } from './syntax.js';

/** The address may be somebody's, but a person who reads it is deceived. */
const PENALTY = -20;

const SCRIPTS = ['Latin', 'Cyrillic', 'Greek', 'Armenian', 'Hebrew', 'Arabic', 'Georgian', 'Cherokee', 'Thai', 'Devanagari', 'Han', 'Hiragana', 'Katakana', 'Hangul', 'Bopomofo'] as const;
type Script = (typeof SCRIPTS)[number];
const OF_SCRIPT: readonly (readonly [Script, RegExp])[] = SCRIPTS.map((script) => [script, new RegExp(`\\p{Script=${script}}`, 'u')]);

/** What one language writes together; UTS #39 §5.2, "highly restrictive". */
const WRITTEN_TOGETHER: readonly (readonly Script[])[] = [['Latin', 'Han', 'Hiragana', 'Katakana'], ['Latin', 'Han', 'Bopomofo'], ['Latin', 'Han', 'Hangul']];

/** Letters that look like one of a-z in the fonts of mail programs. */
const LOOKS_LIKE: ReadonlyMap<string, string> = new Map([
  // Cyrillic
  ['а', 'a'], ['с', 'c'], ['ԁ', 'd'], ['е', 'e'], ['һ', 'h'], ['і', 'i'], ['ј', 'j'], ['ӏ', 'l'], ['о', 'o'], ['р', 'p'], ['ԛ', 'q'], ['ѕ', 's'], ['ѵ', 'v'], ['ԝ', 'w'], ['х', 'x'], ['у', 'y'], ['ү', 'y'], ['ԍ', 'g'], ['ь', 'b'],
  // Greek
  ['α', 'a'], ['ο', 'o'], ['ν', 'v'], ['ρ', 'p'], ['τ', 't'], ['υ', 'u'], ['ι', 'i'], ['κ', 'k'], ['χ', 'x'], ['γ', 'y'], ['ε', 'e'],
  // Armenian
  ['օ', 'o'], ['ո', 'n'], ['ս', 'u'], ['հ', 'h'], ['ց', 'g'], ['զ', 'q'],
  // Latin letters that are not a-z
  ['ɡ', 'g'], ['ı', 'i'], ['ɑ', 'a'], ['ʏ', 'y'], ['ɩ', 'i'], ['ꞁ', 'l'],
]);

const readsLike = (label: string): string => [...label].map((letter) => LOOKS_LIKE.get(letter) ?? letter).join('');
const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

function problemOf(label: string, isHost: boolean): string | null {
  if (isPlain(label)) return null;
  const scripts = OF_SCRIPT.filter(([, letters]) => letters.test(label)).map(([script]) => script);
  if (scripts.length > 1 && !WRITTEN_TOGETHER.some((set) => scripts.every((script) => set.includes(script)))) return `“${label}” mixes ${scripts.join(' and ')} letters`;
  const seen = readsLike(label);
  return isHost && isPlain(seen) ? `“${label}” looks like “${seen}” and is not` : null;
}

/** Null for an address in plain ASCII, about which there is nothing to ask. */
export function homographCheck(address: ParsedAddress): EmailCheck | null {
  if (isPlain(address.local) && isPlain(address.domain)) return null;
  const labels = address.domain.split('.');
  // Under an ending in the same script (.рф, .ελ) a name of nothing but look-alikes is an ordinary word.
  const isForeignEnding = isPlain(labels.at(-1) ?? '');
  const problem = labels.map((label) => problemOf(label, isForeignEnding)).find((found) => found !== null) ?? problemOf(address.local, false);
  return problem === null ? finding('homograph', CheckStatus.PASS, 0, 'no letters of one script that pass for those of another') : finding('homograph', CheckStatus.WARN, PENALTY, problem);
}
