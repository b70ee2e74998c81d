/** Pages that say "not found" with status 200: an answer, but not the page that was asked for. */

const TITLE = /^(?:error |fehler |erreur )?(?:404(?:\s*$|\s*[:!.,-]|\s+(?:error|not found|page|seite|fehler|erreur))|(?:the )?page (?:was |could )?(?:not |can(?:not|'t) be )(?:be )?found|page (?:doesn't|does not) exist|not found|file not found|nothing (?:was )?found|oops[!,. ].{0,40}(?:not found|exist)|seite (?:wurde )?nicht gefunden|seite existiert nicht|nicht gefunden|page (?:non trouvée|introuvable|inexistante)|página no encontrada|no se (?:ha encontrado|encontró) la página|página não encontrada|pagina non trovata|pagina niet gevonden|sidan (?:kunde inte hittas|hittades inte|finns inte)|siden (?:blev ikke fundet|finnes ikke|ble ikke funnet|findes ikke)|sivua ei löy|nie znaleziono strony|strona nie (?:została znaleziona|istnieje)|stránka (?:nenalezena|nebyla nalezena|neexistuje)|az oldal nem található|sayfa bulunamadı|страница не найдена|сторінку не знайдено|η σελίδα δεν βρέθηκε|ページが見つかりません|页面不存在|找不到页面|페이지를 찾을 수 없습니다)/iu;
/** Such pages are short; an article about the number 404 is not. */
const SHORT = 1_500;

/**
 * True for a page whose title says that there is no such page, and that is little else. With the site's start page the
 * site itself would be gone: its own words are content.
 */
export function isSoft404(signs: { status: number; title: string | null; text: string; url: string }): boolean {
  if (signs.status !== 200 || signs.text.length > SHORT) return false;
  if (URL.canParse(signs.url) && new URL(signs.url).pathname === '/' && new URL(signs.url).search === '') return false;
  const titles = (signs.title ?? '').replace(/[\u2018\u2019]/g, "'").split(/\s[|\u2013\u2014\u00b7\u00bb-]\s/).map((part) => part.trim().slice(0, 200));
  return titles.some((title) => TITLE.test(title));
}
