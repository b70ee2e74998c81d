/** "info@firm-nospam.example (remove -nospam)": the page itself says which letters are to be taken out of an address. */

const VERB = 'remove|delete|omit|take out|leave out|entfernen sie|entferne|entfernt|löschen sie|lösche|supprimez|supprimer|enlevez|enlever|retirez|elimine|eliminar|quitar|borre|borrar|togliere|togli|rimuovere|rimuovi|eliminare|remova|remover|haal|verwijder|weglaten|usuń|usunąć|proszę usunąć|odstraňte|smažte|vymažte|ta bort|fjern|slet|poista|удалите|уберите|видаліть|приберіть|kaldırın|çıkarın|αφαιρέστε|töröld|törölje|eltávolítani';
/** Words that stand before quotes in any sentence ("ohne “Termin”"): what follows must look like something that was put in. */
const WEAK = '[Ss]trip|[Ww]ithout|[Oo]hne|[Ss]ans|[Qq]uite|[Ss]in|[Ss]enza|[Rr]etire|[Rr]etirar|[Ss]em|[Bb]ez|[Uu]tan|[Uu]den|[Uu]ten|[Ii]lman|[Бб]ез';
const AFTER = 'entfernen|löschen|weglassen|streichen|weghalen|weg|を削除|を取|を除|去掉|删除|刪除|를 빼|을 빼|를 지|을 지|kaldır|çıkar|poistaa';
const QUOTED = '["\'“”„«»‘’()\\[\\]「」『』]{1,2} ?([\\p{L}\\p{N}._-]{2,30}) ?["\'“”„«»‘’()\\[\\]「」『』]{1,2}';
/** Without quotes it must begin or end with a sign, or stand in capitals, or it is a word of the sentence. */
const BARE = '([-_.][\\p{L}\\p{N}]{2,30}|[\\p{L}\\p{N}]{2,30}[-_]|\\p{Lu}{3,30})(?![\\p{L}\\p{N}])';
const ARTICLE = '(?:the |das |den |le |la |el |il |o |het |de |słowo |slovo |слово )?';
const BEFORE_QUOTED = new RegExp(`(?<!\\p{L})(?:${VERB}) ${ARTICLE}${QUOTED}`, 'giu');
const BEFORE_JUNK = new RegExp(`(?<!\\p{L})(?:${WEAK}) ${ARTICLE}["'“”„«»‘’()\\[\\]「」『』]{1,2} ?([-_.][\\p{L}\\p{N}]{2,30}|[\\p{L}\\p{N}]{2,30}[-_.]|\\p{Lu}{3,30}|(?:no-?)?spam[a-z]{0,10}) ?["'“”„«»‘’()\\[\\]「」『』]`, 'gu');
const BEFORE_BARE = new RegExp(`(?<!\\p{L})(?:[Rr]emove|[Dd]elete|[Oo]mit|[Tt]ake out|[Ww]ithout|[Ee]ntfernen Sie|[Oo]hne|[Ss]upprimez|[Ee]nlevez|[Rr]etirez|[Ss]ans|[Qq]uite|[Ee]limine|[Ss]in|[Tt]ogliere|[Rr]imuovere|[Ss]enza|[Rr]emova|[Ss]em|[Vv]erwijder|[Uu]suń|[Oo]dstraňte|[Uu]tan|[Ff]jern) ${BARE}`, 'gu');
const QUOTED_BEFORE = new RegExp(`${QUOTED} ?(?:bitte |s\\.?v\\.?p\\.? |a\\.?u\\.?b\\.? )?(?:${AFTER})`, 'giu');
const MAX_TOLD = 10;
/** Around an address: an instruction elsewhere is about something else. */
const NEAR = 200;

/** Letters that the page tells to take out, near `at`; an empty list nearly everywhere. */
function told(text: string, at: number): string[] {
  const around = text.slice(Math.max(0, at - NEAR), at + NEAR);
  return [BEFORE_QUOTED, BEFORE_JUNK, BEFORE_BARE, QUOTED_BEFORE].flatMap((rule) => [...around.matchAll(rule)].map((match) => match[1] ?? '')).filter((each) => each !== '').slice(0, MAX_TOLD);
}

/** Whether letters stand in an address as they were told, or between signs: "sin IVA" is no word about rivas@firma.example. */
function isPiece(each: string, printed: string, whole: string): boolean {
  if (printed.includes(each)) return true;
  const piece = each.toLowerCase();
  const at = whole.indexOf(piece);
  return at >= 0 && !isLetter(whole[at - 1]) && !isLetter(whole[at + piece.length]);
}

const isLetter = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}]/u.test(char);

/** The address as it is meant, or null where the page does not say that something is to be taken out of it. */
export function withoutTold(text: string, match: { local: string; domain: string; start: number; end: number }): { local: string; domain: string } | null {
  const printed = text.slice(match.start, match.end);
  let whole = `${match.local}@${match.domain}`;
  for (const each of told(text, match.start)) if (isPiece(each, printed, whole)) whole = whole.replace(each.toLowerCase(), '');
  const [local = '', domain = ''] = whole.split('@');
  return (local === match.local && domain === match.domain) || local === '' || domain.startsWith('.') || domain.startsWith('-') ? null : { local, domain: domain.replace('..', '.') };
}
