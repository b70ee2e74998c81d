/** "info★firm.example (replace ★ with @)": the page itself says which sign, or word in brackets, stands for the "@". */

import { CharClass, letterClass } from './characters.js';
import { lowerBound } from './page-model.js';

/** One sign that is no bracket and no quote: those stand around it. Or a word in brackets, which are part of it. */
const SIGN = '([^\\s\\p{L}\\p{N}@.,;:<>()\\[\\]{}"\'“”„«»‘’「」『』（）]|[(\\[{]\\p{L}{2,15}[)\\]}])';
const QUOTE = '["\'“”„«»‘’()\\[\\]「」『』]?';
const RULES: readonly RegExp[] = [
  new RegExp(`(?:replace|substitute|change|ersetzen sie|ersetze|ersetzt|tausche|remplacez|remplacer|reemplace|reemplazar|sustituya|sustituir|substitua|sostituire|sostituisci|vervang|zamień|nahraďte|замените) (?:the |das |den |le |la |el |il |o |het |sign |zeichen |symbole |znak |знак ){0,3}${QUOTE}${SIGN}${QUOTE} (?:with|by|to|into|durch|mit|gegen|par|por|con|door|na|za|на) (?:an |a |the |ein |das |un |une |uma )?${QUOTE}@`, 'iu'),
  new RegExp(`${QUOTE}${SIGN}${QUOTE} ?(?:を|は) ?${QUOTE}(?:半角の?)?${QUOTE}@`, 'u'),
  new RegExp(`${QUOTE}${SIGN}${QUOTE} ?(?:durch|=|statt|instead of|au lieu de|换成|替换为|改成) ?(?:ein )?${QUOTE}@${QUOTE} ?(?:ersetzen|austauschen|tauschen|\\)|$)`, 'iu'),
  new RegExp(`${QUOTE}${SIGN}${QUOTE} ?(?:→|⇒|➡|->|=>) ?${QUOTE}@`, 'u'),
];

/** Near the sign that is named, in the languages of RULES; elsewhere the same words mean nothing. */
const TRIGGER = /replace|substitut|change|ersetz|tausch|remplac|reemplaz|sustitu|sostitui|vervang|zamień|nahraď|замените|を|は|换成|替换|改成|statt|instead|au lieu|=|→|⇒|➡|->/i;
const NEAR = 100;

/** True when an "@" stands alone, as it does where a page speaks of it, with one of the words near it. */
function speaksOfSign(text: string): boolean {
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    if (letterClass(text[at + 1] ?? '') === CharClass.Latin) continue;
    if (TRIGGER.test(text.slice(Math.max(0, at - NEAR), at + NEAR))) return true;
    at += NEAR;
  }
  return false;
}

/** A text in which "@" stands where the page writes something else, and where its offsets were before. */
export interface Substituted { text: string; offset: (at: number) => number }

/** Null when the page names no stand-in of its own. */
export function applySubstitute(text: string): Substituted | null {
  if (!speaksOfSign(text)) return null;
  for (const rule of RULES) {
    const sign = rule.exec(text)?.[1];
    if (sign === undefined) continue;
    const parts = text.split(sign);
    const signs: number[] = [];
    let size = 0;
    for (const part of parts) {
      size += part.length;
      signs.push(size);
      size += 1;
    }
    return { text: parts.join('@'), offset: (at) => at + lowerBound(signs, at) * (sign.length - 1) };
  }
  return null;
}
