/** Language of a text by its letters. Apart from the rest: its tables take as long to load as everything else that reads pages. */
import { eld } from 'eld/extrasmall';
import { MIN_LETTERS } from './language.js';

/** Detected with a reliable margin; null is an honest answer. */
export function detectLanguage(sample: string): string | null {
  if ((sample.match(/\p{L}/gu) ?? []).length < MIN_LETTERS) return null;
  const result = eld.detect(sample);
  return result.language !== '' && result.isReliable() ? result.language : null;
}
