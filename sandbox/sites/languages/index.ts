import { english } from './english.js';
import { dutch, german, swedish } from './germanic.js';
import { type Language, type LanguageCode } from './language.js';
import { japanese, polish } from './polish-japanese.js';
import { french, italian, portuguese, spanish } from './romance.js';

export const LANGUAGES: Readonly<Record<LanguageCode, Language>> = {
  en: english, de: german, fr: french, it: italian, es: spanish, nl: dutch, pl: polish, pt: portuguese, sv: swedish, ja: japanese,
};
