/** Language of a page as it says itself or as its script says. Where neither does, it is guessed: see language-detector.ts. */
import type { Scan } from './scan.js';

/** Fewer letters than this are names and menus, on which detection is guessing. */
export const MIN_LETTERS = 60;
const SAMPLE = 4_000;

/** Canonical BCP 47 (RFC 5646) spelling of a declared tag, or null. `de_DE` and `de-DE, en` occur. */
export function canonicalTag(raw: string | null | undefined): string | null {
  const first = (raw ?? '').trim().split(/[,;\s]/)[0]?.replaceAll('_', '-') ?? '';
  if (!/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}$/.test(first)) return null;
  try {
    const tag = Intl.getCanonicalLocales(first)[0] ?? null;
    return tag === 'und' || tag === 'zxx' ? null : tag;
  } catch {
    return null;
  }
}

/** Scripts that are seen at a glance, and the ISO 15924 codes of languages that are written in them. */
const SCRIPTS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu, ['Hans', 'Hant', 'Jpan', 'Kore']], [/\p{Script=Hangul}/gu, ['Kore']], [/\p{Script=Cyrillic}/gu, ['Cyrl']],
  [/\p{Script=Greek}/gu, ['Grek']], [/\p{Script=Arabic}/gu, ['Arab', 'Aran']], [/\p{Script=Hebrew}/gu, ['Hebr']], [/\p{Script=Thai}/gu, ['Thai']],
];

/** The first letter of the scripts above; Latin has all of its common ones before it. */
const FIRST_FOREIGN = 0x370;

/** Templates declare "en" whatever is written into them: a script in which the declared language is not written says so. */
function isContradicted(tag: string, sample: string): boolean {
  // Too few characters that could be of another script, as on most pages: nothing needs counting.
  let foreign = 0;
  for (let at = 0; at < sample.length; at += 1) if (sample.charCodeAt(at) >= FIRST_FOREIGN) foreign += 1;
  if (foreign <= 0.6 * MIN_LETTERS) return false;
  const script = new Intl.Locale(tag).maximize().script;
  const letters = (sample.match(/\p{L}/gu) ?? []).length;
  if (script === undefined || letters < MIN_LETTERS) return false;
  return SCRIPTS.some(([pattern, codes]) => !codes.includes(script) && (sample.match(pattern) ?? []).length > 0.6 * letters);
}

/** The beginning of the visible text, from which a language is told. */
export function languageSample(lines: Scan['lines']): string {
  let sample = '';
  for (let at = 0; at < lines.length && sample.length < SAMPLE; at += 1) sample += at === 0 ? lines[at]?.text ?? '' : `\n${lines[at]?.text ?? ''}`;
  return sample.slice(0, SAMPLE);
}

/** Declared in <html lang>, then meta, then told by a script that one language owns; undefined where only statistics could tell. */
export function statedLanguage({ htmlLang, meta }: Pick<Scan, 'htmlLang' | 'meta'>, sample: string): string | undefined {
  const declared = canonicalTag(htmlLang) ?? canonicalTag(meta['content-language']) ?? canonicalTag(meta['language']) ?? canonicalTag(meta['dc.language']) ?? canonicalTag(meta['inlanguage']) ?? canonicalTag(meta['og:locale']);
  if (declared !== null && !isContradicted(declared, sample)) return declared;
  // Scripts that one language owns need no statistics.
  if (/[\u3040-\u30ff]{3}/.test(sample)) return 'ja';
  return /[\uac00-\ud7af]{3}/.test(sample) ? 'ko' : undefined;
}
