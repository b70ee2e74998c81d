/**
 * Sketches by which pages with (nearly) the same words are told: one hash per run of three words, the least of each of 64
 * classes, one bit of each. Two sketches differ in about 32 × (1 − J) bits, J being the share of runs that both pages have
 * (b-bit minwise hashing, Li & König 2010; one permutation, Li et al. 2012; empty classes borrow, Shrivastava & Li 2014).
 * A SimHash says no more, and takes 64 additions a run where this takes one comparison.
 */

/** Fewer words say nothing about a page. */
export const LEAST_WORDS = 8;

/** Sketches that differ in no more bits are of pages with half of their runs of words in common, or more. */
export const DECLARED_COPY = 16;

/** 64 bits in two halves. */
export type Sketch = readonly [number, number];
/** `exact` is of the words as they are, `mould` of the words with every number left out: pages of a calendar share it. */
export interface Fingerprint { exact: Sketch; mould: Sketch; words: number }

const CLASSES = 64;
const NONE = 0xffff_ffff;

/** Mixes 32 bits (the end of MurmurHash3). */
function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

class Sketcher {
  readonly #least = new Uint32Array(CLASSES).fill(NONE);
  #before = 0;
  #last = 0;
  words = 0;

  add(word: number): void {
    this.words += 1;
    const run = mix(Math.imul(this.#before, 31) + Math.imul(this.#last, 0x9e37_79b1) + word);
    this.#before = this.#last;
    this.#last = word;
    if (this.words < 3) return;
    const place = run & (CLASSES - 1);
    const rest = run >>> 6;
    if (rest < (this.#least[place] ?? 0)) this.#least[place] = rest;
  }

  sketch(): Sketch {
    const halves = [0, 0];
    for (let place = 0; place < CLASSES; place += 1) {
      let from = place;
      let steps = 0;
      while (this.#least[from] === NONE && steps < CLASSES) {
        from = (from + 1) % CLASSES;
        steps += 1;
      }
      // How far a value was borrowed goes into its bit, so that two classes which borrow from one are independent.
      const bit = mix((this.#least[from] ?? 0) + Math.imul(steps, 0x27d4_eb2f)) & 1;
      if (bit === 1) halves[place >> 5] = (halves[place >> 5] ?? 0) | (1 << (place & 31));
    }
    return [(halves[0] ?? 0) >>> 0, (halves[1] ?? 0) >>> 0];
  }
}

/** Scripts that put no space between words: each character counts as one. */
const isIdeographic = (code: number): boolean => (code >= 0x0e00 && code <= 0x0e7f) || (code >= 0x3040 && code <= 0x9fff) || (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xd800 && code <= 0xdfff);
const isLetter = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 0xaa && code !== 0xd7 && code !== 0xf7 && !(code >= 0x2000 && code <= 0x206f) && !(code >= 0x3000 && code <= 0x303f));
const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** Null for a text of fewer than eight words. Linear; about a tenth of a millisecond for 25 KB. */
export function fingerprint(text: string): Fingerprint | null {
  const exact = new Sketcher();
  const mould = new Sketcher();
  const lower = text.toLowerCase();
  let word = 0;
  let hasDigit = false;
  const end = (): void => {
    if (word === 0) return;
    exact.add(word);
    if (!hasDigit) mould.add(word);
    word = 0;
    hasDigit = false;
  };
  for (let index = 0; index < lower.length; index += 1) {
    const code = lower.charCodeAt(index);
    if (isIdeographic(code)) {
      end();
      word = mix(code);
      end();
    } else if (isLetter(code) || isDigit(code)) {
      hasDigit ||= isDigit(code);
      word = (Math.imul(word ^ code, 0x0100_0193) + 1) | 0;
    } else end();
  }
  end();
  return exact.words < LEAST_WORDS ? null : { exact: exact.sketch(), mould: mould.words < LEAST_WORDS ? exact.sketch() : mould.sketch(), words: exact.words };
}

function ones(value: number): number {
  let n = value - ((value >>> 1) & 0x5555_5555);
  n = (n & 0x3333_3333) + ((n >>> 2) & 0x3333_3333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

/** Bits in which two sketches differ, 0 to 64; about 32 for unrelated texts. */
export const distance = (a: Sketch, b: Sketch): number => ones(a[0] ^ b[0]) + ones(a[1] ^ b[1]);

const hex = (value: number): string => value.toString(16).padStart(8, '0');

/** As a row keeps it: 32 hexadecimal digits and the number of words. */
export const storedFingerprint = (print: Fingerprint): string => `${[...print.exact, ...print.mould].map(hex).join('')}:${print.words}`;

/** Null for what `storedFingerprint` did not write. */
export function readFingerprint(stored: string | null): Fingerprint | null {
  const match = /^([0-9a-f]{8})([0-9a-f]{8})([0-9a-f]{8})([0-9a-f]{8}):(\d{1,9})$/.exec(stored ?? '');
  if (match === null) return null;
  const [a = 0, b = 0, c = 0, d = 0] = match.slice(1, 5).map((part) => Number.parseInt(part, 16));
  return { exact: [a, b], mould: [c, d], words: Number(match[5]) };
}
