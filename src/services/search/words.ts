/** Text made comparable: accents, case and word endings must not hide that two texts name the same thing. */

/** Lower case, accents gone, ß as ss, ł as l and so on; white space folded. */
export function fold(text: string): string {
  return text
    .toLowerCase()
    .replace(/ß/g, 'ss').replace(/ø/g, 'o').replace(/ł/g, 'l').replace(/æ/g, 'ae').replace(/œ/g, 'oe').replace(/đ/g, 'd').replace(/ı/g, 'i')
    .normalize('NFKD')
    .replace(/[\u0300-\u036F]/g, '')
    .normalize('NFC')
    .replace(/\s+/g, ' ')
    .trim();
}

export function tokens(text: string): string[] {
  return fold(text).split(/[^\p{L}\p{M}\p{N}]+/u).filter((token) => token !== '');
}

/** Scripts that are written without spaces are compared as pieces of text, not word by word. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

const ENDINGS = ['innen', 'ings', 'ers', 'ies', 'ing', 'ist', 'ant', 'en', 'es', 'er', 'in', 'al', 's', 'e', 'n', 'y', 'i', 'a', 'o'];

/** Endings come off one after the other (`dentists`, `dentist`, `dent`), at most this often. */
const MAX_CUTS = 3;

/** A light cut that makes `clinics`/`clinic`, `bakery`/`bakeries`, `Zahnarzt`/`Zahnärzte` meet; never under four letters. */
export function stem(token: string): string {
  let rest = token;
  for (let cuts = 0; cuts < MAX_CUTS; cuts += 1) {
    const ending = ENDINGS.find((one) => rest.endsWith(one) && rest.length - one.length >= 4);
    if (ending === undefined) break;
    rest = rest.slice(0, -ending.length);
  }
  return rest;
}

/** `inHosts`: stems long enough to be looked for inside a host name. */
interface Phrase { folded: string; tokens: string[]; stems: string[]; inHosts: string[]; unspaced: boolean }

const phrases = new Map<string, Phrase>();
const MAX_PHRASES = 5_000;

/** The same few phrases are looked for in thousands of texts, so they are taken apart once. */
function phraseOf(text: string): Phrase {
  const kept = phrases.get(text);
  if (kept !== undefined) return kept;
  const words = tokens(text);
  const stems = words.map(stem);
  const made = { folded: fold(text), tokens: words, stems, inHosts: stems.filter((word) => word.length >= 4), unspaced: UNSPACED.test(text) };
  if (phrases.size >= MAX_PHRASES) phrases.clear();
  phrases.set(text, made);
  return made;
}

/** A text prepared once and asked many times. */
export class Haystack {
  private readonly folded: string;
  private readonly tokens: string[];
  private readonly stems: string[];
  private readonly set: ReadonlySet<string>;

  constructor(text: string) {
    this.folded = fold(text.slice(0, 5_000));
    this.tokens = tokens(this.folded);
    this.stems = this.tokens.map(stem);
    this.set = new Set(this.stems);
  }

  /** 1 when all words of the phrase stand there, else the share of them, so weighted that half the words are less than half the match. */
  phraseShare(text: string): number {
    const phrase = phraseOf(text);
    if (phrase.unspaced) return this.folded.includes(phrase.folded) ? 1 : 0;
    if (phrase.stems.length === 0) return 0;
    const found = phrase.stems.filter((word) => this.has(word)).length;
    return found === phrase.stems.length ? 1 : 0.6 * (found / phrase.stems.length);
  }

  /** The words of the phrase stand there next to each other, whatever their endings. */
  hasPhrase(text: string): boolean {
    const phrase = phraseOf(text);
    return phrase.unspaced ? this.folded.includes(phrase.folded) : containsRun(this.stems, phrase.stems);
  }

  /** The name stands there letter by letter: Austin is not Austen, though their stems meet. */
  hasName(text: string): boolean {
    const phrase = phraseOf(text);
    return phrase.unspaced ? this.folded.includes(phrase.folded) : containsRun(this.tokens, phrase.tokens);
  }

  private has(word: string): boolean {
    if (this.set.has(word)) return true;
    // Compounds (`Zahnarztpraxis` for `Zahnarzt`), only for words long enough not to meet by chance.
    return word.length >= 6 && this.stems.some((token) => token.length > word.length && (token.startsWith(word) || token.endsWith(word)));
  }
}

function containsRun(all: readonly string[], wanted: readonly string[]): boolean {
  return wanted.length > 0 && all.some((_, start) => wanted.every((word, offset) => all[start + offset] === word));
}

/** A host name as one run of letters, to look for words that are written together in it (`zahnarzt-wien`, `baeckereihuber`). */
export function hostRun(host: string): string {
  return fold(host).replace(/[^\p{L}\p{N}]/gu, '');
}

/** All longer words of the phrase are in the run; umlauts are tried in both spellings. */
export function runHas(run: string, text: string): boolean {
  return [phraseOf(text).inHosts, phraseOf(umlautsSpelledOut(text)).inHosts].some((wanted) => wanted.length > 0 && wanted.every((word) => run.includes(word)));
}

export function hostHas(host: string, text: string): boolean {
  return runHas(hostRun(host), text);
}

function umlautsSpelledOut(text: string): string {
  return /[^\u0000-\u007F]/.test(text) ? text.toLowerCase().normalize('NFC').replace(/ä/g, 'ae').replace(/ö/g, 'oe').replace(/ü/g, 'ue').replace(/å/g, 'aa').replace(/ø/g, 'oe') : text;
}
