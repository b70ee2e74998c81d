import { type Language } from './languages/language.js';

/** Coined proper names: prefix + ending gives words that belong to nobody we know of. */
const PREFIXES = ['Vel', 'Tess', 'Quell', 'Marl', 'Osten', 'Brev', 'Cald', 'Dorn', 'Ellin', 'Fenn', 'Gral', 'Hest', 'Ivor', 'Jorn', 'Kest', 'Lorn', 'Mirr', 'Norl', 'Orl', 'Pell', 'Ruv', 'Sarn', 'Thal', 'Ulm', 'Wend', 'Yarr'];
const ENDINGS = ['mora', 'arin', 'low', 'wick', 'adel', 'ento', 'ique', 'stead', 'avia', 'ona', 'ette', 'ander', 'iola', 'quist'];

export const JAPANESE_NAMES: readonly (readonly [romaji: string, kana: string])[] = [
  ['yukimaro', 'ユキマロ'], ['hoshikage', 'ホシカゲ'], ['tsurumira', 'ツルミラ'], ['kazehara', 'カゼハラ'], ['mizunoki', 'ミズノキ'],
];

const ROMANISED: Readonly<Record<string, string>> = {
  雪村: 'yukimura', 北原: 'kitahara', 白樺: 'shirakaba', 石狩: 'ishikari', 藻岩: 'moiwa', 豊平: 'toyohira',
  陽菜: 'hina', 健太: 'kenta', 美咲: 'misaki', 大輔: 'daisuke', 葵: 'aoi', 隼人: 'hayato',
};

export function coinedNames(): string[] {
  return PREFIXES.flatMap((prefix) => ENDINGS.map((ending) => prefix + ending)).filter((name) => !/(.)\1\1/.test(name));
}

/** ASCII letters for host names and mailboxes: German umlauts as two letters, other marks dropped. */
export function asciiSlug(text: string, language: Language): string {
  const german = language.code === 'de' ? text.replace(/ä/gi, 'ae').replace(/ö/gi, 'oe').replace(/ü/gi, 'ue') : text;
  return german
    .toLowerCase().replace(/ß/g, 'ss').replace(/ł/g, 'l').replace(/ø/g, 'o')
    .normalize('NFD').replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
}

/** `first.last` as companies write mailboxes, in one of three habits. */
export function mailboxOf(first: string, last: string, language: Language, habit: number): string {
  const a = ROMANISED[first] ?? asciiSlug(first, language).replace(/-/g, '');
  const b = ROMANISED[last] ?? asciiSlug(last, language).replace(/-/g, '');
  if (habit === 0) return `${a}.${b}`;
  if (habit === 1) return `${a.slice(0, 1)}.${b}`;
  return a;
}
