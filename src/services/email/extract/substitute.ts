/** "info★firm.example (replace ★ with @)": the page itself says which sign stands for the "@". */

const SIGN = '([^\\s\\p{L}\\p{N}@.,;:<>])';
const QUOTE = '["\'“”„«»‘’()\\[\\]「」『』]?';
const RULES: readonly RegExp[] = [
  new RegExp(`(?:replace|substitute|change|ersetzen sie|ersetze|ersetzt|tausche|remplacez|remplacer|reemplace|reemplazar|sustituya|sustituir|substitua|sostituire|sostituisci|vervang|zamień|nahraďte|замените) (?:the |das |den |le |la |el |il |o |het |sign |zeichen |symbole |znak |знак ){0,3}${QUOTE}${SIGN}${QUOTE} (?:with|by|to|into|durch|mit|gegen|par|por|con|door|na|za|на) (?:an |a |the |ein |das |un |une |uma )?${QUOTE}@`, 'iu'),
  new RegExp(`${QUOTE}${SIGN}${QUOTE} ?(?:を|は) ?${QUOTE}(?:半角の?)?${QUOTE}@`, 'u'),
  new RegExp(`${QUOTE}${SIGN}${QUOTE} ?(?:durch|=|statt|instead of|au lieu de|换成|替换为|改成) ?(?:ein )?${QUOTE}@${QUOTE} ?(?:ersetzen|austauschen|tauschen|\\)|$)`, 'iu'),
];

/** Most pages hold none of these, and then the rules are not tried. */
const TRIGGER = /replace|substitut|change|ersetz|tausch|remplac|reemplaz|sustitu|sostitui|vervang|zamień|nahraď|замените|を|换成|替换|改成|statt|instead|au lieu/i;

/** The text with the page's own stand-in turned into "@" (offsets stay the same), or null when the page names none. */
export function applySubstitute(text: string): string | null {
  if (!TRIGGER.test(text)) return null;
  for (const rule of RULES) {
    const sign = rule.exec(text)?.[1];
    if (sign?.length === 1) return text.replaceAll(sign, '@');
  }
  return null;
}
