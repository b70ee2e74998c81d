/** "info★firm.example (replace ★ with @)": the page itself says which sign stands for the "@". */

import { CharClass, letterClass } from './characters.js';

const SIGN = '([^\\s\\p{L}\\p{N}@.,;:<>])';
const QUOTE = '["\'“”„«»‘’()\\[\\]「」『』]?';
const RULES: readonly RegExp[] = [
  new RegExp(`(?:replace|substitute|change|ersetzen sie|ersetze|ersetzt|tausche|remplacez|remplacer|reemplace|reemplazar|sustituya|sustituir|substitua|sostituire|sostituisci|vervang|zamień|nahraďte|замените) (?:the |das |den |le |la |el |il |o |het |sign |zeichen |symbole |znak |знак ){0,3}${QUOTE}${SIGN}${QUOTE} (?:with|by|to|into|durch|mit|gegen|par|por|con|door|na|za|на) (?:an |a |the |ein |das |un |une |uma )?${QUOTE}@`, 'iu'),
  new RegExp(`${QUOTE}${SIGN}${QUOTE} ?(?:を|は) ?${QUOTE}(?:半角の?)?${QUOTE}@`, 'u'),
  new RegExp(`${QUOTE}${SIGN}${QUOTE} ?(?:durch|=|statt|instead of|au lieu de|换成|替换为|改成) ?(?:ein )?${QUOTE}@${QUOTE} ?(?:ersetzen|austauschen|tauschen|\\)|$)`, 'iu'),
];

/** Near the sign that is named, in the languages of RULES; elsewhere the same words mean nothing. */
const TRIGGER = /replace|substitut|change|ersetz|tausch|remplac|reemplaz|sustitu|sostitui|vervang|zamień|nahraď|замените|を|は|换成|替换|改成|statt|instead|au lieu|=/i;
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

/** The text with the page's own stand-in turned into "@" (offsets stay the same), or null when the page names none. */
export function applySubstitute(text: string): string | null {
  if (!speaksOfSign(text)) return null;
  for (const rule of RULES) {
    const sign = rule.exec(text)?.[1];
    if (sign?.length === 1) return text.replaceAll(sign, '@');
  }
  return null;
}
