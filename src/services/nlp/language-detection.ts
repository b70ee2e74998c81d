import { type Token } from './tokens.js';
import { words } from './place-names.js';

/**
 * Which language a goal is written in, by its script and its function words.
 *
 * Goals are a few words long; the little words decide there, and n-gram models guess (they take "dental clinics in
 * Austin" for German). It also spares loading one, which would hold up every request for 0.2 s.
 */
const FUNCTION_WORDS: Record<string, Set<string>> = {
  en: words('the a an and or in near of for with without that who which find get me show list look looking need want please from at are is have has not no by on to all any some around companies company businesses business firms leads contacts based take takes use uses offer offers make give search within but online owners clinics'),
  de: words('der die das den dem ein eine einen und oder in im bei aus fur mit ohne nicht keine kein keinen finde finden suche such suchen zeige liste brauche mir uns bitte von zu zum zur auf die sind haben hat nahe um rund alle unternehmen firmen kontakte betriebe ich wir wie ist das'),
  fr: words('le la les un une des du de et ou a au aux en dans pres avec sans pour qui que trouve trouver trouvez cherche chercher recherche liste moi nous svp sur sont ont pas entreprises societes sauf hors montre donne besoin quel quelle est'),
  es: words('el la los las un una unos unas de del y o en cerca con sin para por que busca buscar busco encuentra encontrar muestra lista dame necesito quiero son tienen no empresas negocios excepto menos todos todas encuentrame que es'),
  it: words('il lo la i gli le un una di del della dei delle e o in a vicino con senza per che cerca cercare cerco trova trovare trovami mostra elenco dammi voglio sono hanno non aziende imprese tranne tutti nel nella nei negli che'),
  nl: words('de het een en of in bij nabij met zonder voor die dat vind vinden zoek zoeken toon lijst mij ons van op zijn hebben heeft niet geen bedrijven alle rond behalve nodig wil graag te wat is'),
  pt: words('o a os as um uma uns umas de do da dos das e ou em no na nos nas perto com sem para por que encontre encontrar procure procurar procuro busque lista mostre preciso quero sao tem nao empresas exceto menos todos todas me ache'),
};

/** Words written with letters that point to one language; the folded form loses them. */
const LETTERS: readonly [RegExp, string][] = [
  [/[ãõ]/i, 'pt'], [/[ñ¿¡]/i, 'es'], [/[äöüß]/i, 'de'], [/[êèœùûîï]/i, 'fr'], [/[ìò]/i, 'it'], [/ij/i, 'nl'],
];
const SCRIPTS: readonly [RegExp, string][] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/u, 'ja'], [/\p{Script=Hangul}/u, 'ko'], [/\p{Script=Han}/u, 'zh'], [/[іїєґ]/iu, 'uk'], [/\p{Script=Cyrillic}/u, 'ru'],
  [/[پچژگ]/u, 'fa'], [/\p{Script=Arabic}/u, 'ar'], [/\p{Script=Hebrew}/u, 'he'], [/\p{Script=Greek}/u, 'el'], [/\p{Script=Thai}/u, 'th'], [/\p{Script=Devanagari}/u, 'hi'], [/[ıİğş]/u, 'tr'], [/[łżźćąę]/iu, 'pl'],
];

export const READ_LANGUAGES = Object.keys(FUNCTION_WORDS);

/** ISO 639-1 of the text; null when neither script nor function words decide. */
export function detectLanguage(tokens: readonly Token[]): string | null {
  const letters = tokens.reduce((sum, t) => sum + t.text.length, 0);
  for (const [script, language] of SCRIPTS) {
    const matches = tokens.filter((t) => script.test(t.text)).reduce((sum, t) => sum + t.text.length, 0);
    if (matches > letters * 0.3) return language;
  }
  const scores = new Map<string, number>();
  const add = (language: string, points: number): void => void scores.set(language, (scores.get(language) ?? 0) + points);
  for (const token of tokens) {
    // A word that several languages share says less.
    const languages = Object.keys(FUNCTION_WORDS).filter((language) => FUNCTION_WORDS[language]?.has(token.fold));
    for (const language of languages) add(language, (token.text === token.fold ? 1 : 0.8) / languages.length + (languages.length < 3 ? 0.2 : 0));
    // Letters count in small words only: names keep their accents in every language ("São Paulo").
    if (!token.capitalised || languages.length > 0) for (const [mark, language] of LETTERS) if (mark.test(token.text)) add(language, language === 'nl' ? 0.3 : 0.6);
    if (token.capitalised && /[äöüß]/i.test(token.text) && !/^[A-Z]\S*[üö]n$/i.test(token.text)) add('de', 0.3);
  }
  let top: string | null = null;
  let topScore = 0.45;
  for (const [language, score] of scores) {
    if (score > topScore + (language === 'en' ? -0.01 : 0.01)) {
      top = language;
      topScore = score;
    }
  }
  return top;
}
