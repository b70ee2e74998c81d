import { RecentMap } from '../../../recent-map.js';

/** "Website by …": the line in which a page names its maker, whose address is not its owner's. */

const CREDIT = new RegExp([
  '(?:web ?-?(?:site|page|seite)|site|page|homepage|internetseite|design|webdesign|web design|layout|theme|template|code|concept|development)s?(?: (?:and|&|\\+) \\p{L}{3,15})? {0,2}(?:design(?:ed)? |created |made |built |developed |maintained |hosted |powered |produced )?by(?![\\p{L}])',
  '(?:designed|developed|created|built|made|powered|maintained|hosted|crafted|coded|programmed) (?:with [\\p{L}❤♥]{1,8} )?(?:and \\p{L}{3,12} )?by(?![\\p{L}])',
  'web ?-?(?:design|entwicklung|programmierung|gestaltung|agentur|development|master|developer|designer)(?![\\p{L}])',
  '(?:technische |grafische )?(?:umsetzung|realisierung|realisation|programmierung|gestaltung|konzeption)(?: (?:&|und) \\p{L}{3,20})?(?: (?:der |dieser )?(?:website|webseite|homepage|internetseite|durch|von))? ?[:|]',
  '(?:website|webseite|homepage|internetseite)(?: \\p{L}{3,15})? (?:erstellt|gestaltet|umgesetzt|programmiert|realisiert|betreut) (?:von|durch)',
  '(?:r[ée]alisation|cr[ée]ation|conception|d[ée]veloppement|h[ée]bergement)(?: (?:et \\p{L}{3,15} ))?(?: du)?(?: site)?(?: (?:web|internet))?(?: par)? ?:',
  '(?:site|page)(?: web| internet)? (?:r[ée]alis[ée]|cr[ée][ée]|con[çc]u|d[ée]velopp[ée])e? par',
  '(?:dise[ñn]o web|dise[ñn]ad[oa] por|desarrollad[oa] por|desenvolvido por|criado por|desarrollo web|p[áa]gina (?:web )?(?:creada|hecha) por)',
  '(?:sito (?:web )?(?:realizzato|creato|sviluppato) da|realizzazione sito|realizzato da|sviluppato da|web agency)',
  '(?:webdesign door|website door|gerealiseerd door|ontwikkeld door|ontwerp en realisatie|gemaakt door)',
  '(?:projekt (?:i wykonanie|strony)|wykonanie strony|realizacja strony|strony internetowe|stworzone przez|wykonanie:)',
  '(?:tvorba (?:webov[ýé]ch str[áa]nek|webu|www)|vytvo[řr]il[ao]?|web vytvo[řr]il|realizace:|v[ýy]roba webu|webdesign)',
  '(?:k[ée]sz[íi]tette|weblapk[ée]sz[íi]t[ée]s|honlapk[ée]sz[íi]t[ée]s|honlap:)',
  '(?:создание сайт\\p{L}{0,3}|разработка сайт\\p{L}{0,3}|сайт (?:создан|разработан)|розробка сайт\\p{L}{0,3}|створення сайт\\p{L}{0,3})',
  '(?:sivujen toteutus|kotisivut: |toteutus:|hemsida av|webbdesign|hjemmeside af|nettside av|web tasar[ıi]m|izrada (?:web|stranic|internet)|izdelava|realizare site|site realizat de|κατασκευή ιστοσελίδ)',
  // Names of a site with a maker's verb, in the languages where the verb alone would say too little.
  '(?:sitio|p[áa]gina|web)(?: web)? (?:cread|hech|realizad|dise[ñn]ad|desarrollad)[oa] por',
  '(?:site|web ?site|p[áa]gina) (?:feit|criad|desenvolvid)[oa] por',
  '(?:webbplats|webbsida|hemsida|sajt)(?:e?n)?(?: (?:är )?(?:skapad|gjord|byggd|producerad))? av(?![\\p{L}])',
  '(?:hjemmeside|nettside|nettsted|websted)(?:n|en|t|et)? (?:er )?(?:laget|lavet|utviklet|udviklet|skapt|skabt) (?:av|af)(?![\\p{L}])',
  'realizacja ?:',
  '(?:サイト|ホームページ|ウェブ|web) ?(?:制作|製作|デザイン)',
].map((part) => `(?:${part})`).join('|'), 'iu');

const REACH = 110;
/** Stretches that were looked at lately: most are the footer that the pages of a site have in common. */
const MAX_REMEMBERED = 1_000;
const credits = new RecentMap<boolean>(MAX_REMEMBERED);

/**
 * True when the stretch of text right before the address, without crossing into another block of contact data,
 * is a credit. `block` bounds the look-back to the line and the one before it.
 */
export function isCredit(text: string, start: number): boolean {
  const window = text.slice(Math.max(0, start - REACH), start);
  const lines = window.split('\n');
  const near = lines.slice(-2).join(' ');
  return credits.remember(near, () => CREDIT.test(near));
}
