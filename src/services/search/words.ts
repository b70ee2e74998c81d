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

/** A light cut that makes `clinics`/`clinic`, `bakery`/`bakeries`, `Zahnarzt`/`Zahnärzte` meet; never under four letters. */
export function stem(token: string): string {
  for (const ending of ENDINGS) {
    if (token.endsWith(ending) && token.length - ending.length >= 4) return token.slice(0, -ending.length);
  }
  return token;
}

/** A text prepared once and asked many times. */
export class Haystack {
  private readonly folded: string;
  private readonly stems: string[];
  private readonly set: ReadonlySet<string>;

  constructor(text: string) {
    this.folded = fold(text.slice(0, 5_000));
    this.stems = tokens(this.folded).map(stem);
    this.set = new Set(this.stems);
  }

  /** 1 when the whole phrase stands there, else the share of its words, weighted so that half the words are less than half the match. */
  phraseShare(phrase: string): number {
    if (UNSPACED.test(phrase)) return this.folded.includes(fold(phrase)) ? 1 : 0;
    const wanted = tokens(phrase).map(stem);
    if (wanted.length === 0) return 0;
    const found = wanted.filter((word) => this.has(word)).length;
    return found === wanted.length ? 1 : 0.6 * (found / wanted.length);
  }

  /** The words of the phrase stand there next to each other, whole words only. */
  hasPhrase(phrase: string): boolean {
    if (UNSPACED.test(phrase)) return this.folded.includes(fold(phrase));
    const wanted = tokens(phrase).map(stem);
    if (wanted.length === 0) return false;
    return this.stems.some((_, start) => wanted.every((word, offset) => this.stems[start + offset] === word));
  }

  private has(word: string): boolean {
    if (this.set.has(word)) return true;
    // Compounds (`Zahnarztpraxis` for `Zahnarzt`), only for words long enough not to meet by chance.
    return word.length >= 6 && this.stems.some((token) => token.length > word.length && (token.startsWith(word) || token.endsWith(word)));
  }
}

/** Words written together in a host name (`zahnarzt-wien`, `baeckereihuber`): umlauts are tried in both spellings. */
export function hostHas(host: string, phrase: string): boolean {
  const run = fold(host).replace(/[^\p{L}\p{N}]/gu, '');
  return [phrase, umlautsSpelledOut(phrase)].some((spelling) => {
    const wanted = tokens(spelling).map(stem).filter((word) => word.length >= 4);
    return wanted.length > 0 && wanted.every((word) => run.includes(word));
  });
}

function umlautsSpelledOut(text: string): string {
  return text.toLowerCase().normalize('NFC').replace(/ä/g, 'ae').replace(/ö/g, 'oe').replace(/ü/g, 'ue').replace(/å/g, 'aa').replace(/ø/g, 'oe');
}
