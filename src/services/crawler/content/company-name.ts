/**
 * Names the page gives to the organisation behind it. Order of trust (applied by services/leads/build.ts):
 * structured data, og:site_name, a name with its legal form (imprint), the copyright line, the title, a heading or logo.
 */
import { factInMarkup, factInText } from './fact.js';
import { type ScannedLine } from './lines.js';
import { type Scan } from './scan.js';
import { type PageFact } from '../page-reading.js';

/** Legal forms at the end of a registered name, by country. Upper and lower case matter: "AB" is one, "ab" is not. */
const FORM_SOURCE = [
  // DE AT CH
  String.raw`(?:g?GmbH|gGmbH|mbH)(?: ?& ?Co\.? ?(?:KG|KGaA|OHG|oHG))?`, String.raw`Gesellschaft mit beschränkter Haftung`, String.raw`UG(?: ?\(haftungsbeschränkt\))?(?: ?& ?Co\.? ?KG)?`, 'KGaA', 'KG', 'OHG', 'oHG', 'AG(?: ?& ?Co\\.? ?KG)?', 'SE', 'eG', String.raw`e\. ?V\.`, 'eV', String.raw`e\. ?K\.`, String.raw`e\. ?Kfr\.`, String.raw`e\. ?U\.`, 'GbR', String.raw`Ges\. ?m\. ?b\. ?H\.`, String.raw`Ges\.? ?b\. ?R\.`, String.raw`PartG(?: ?mbB)?`, 'PartGmbB', 'Sàrl', 'Sagl',
  // GB IE US CA AU IN
  String.raw`(?:Pty\.? ?|Pvt\.? ?|Private )?(?:Ltd\.?|Limited)`, 'PLC', 'plc', 'LLP', String.raw`L\.?L\.?C\.?`, String.raw`Inc\.?`, 'Incorporated', String.raw`Corp\.?`, 'Corporation', 'CIC', 'PLLC', String.raw`P\.C\.`, 'Pty', 'GmbH',
  // FR BE LU
  'SARL', String.raw`S\.A\.R\.L\.?`, 'SASU?', String.raw`S\.A\.S\.?`, 'EURL', 'SNC', 'SCOP', 'SCP', 'ASBL', 'asbl', 'SPRL', 'SRL', 'BVBA', 'VZW', 'vzw', 'SA', String.raw`S\.A\.`,
  // IT ES PT BR RO
  String.raw`S\.? ?r\.? ?l\.?(?:s\.?)?`, String.raw`s\. ?r\. ?l\.`, String.raw`S\. ?p\. ?A\.?`, 'SpA', String.raw`S\. ?n\. ?c\.?`, String.raw`s\. ?n\. ?c\.`, String.raw`S\. ?a\. ?s\.?`, String.raw`s\. ?a\. ?s\.`, String.raw`S\.?L\.?U?\.?`, String.raw`S\.?C\.?C\.?L\.?`, String.raw`Lda\.?`, 'LTDA', String.raw`Ltda\.?`, 'EIRELI', String.raw`S\/A`, 'Onlus', 'ONLUS', 'A\\.?P\\.?S\\.?', String.raw`S\.? ?C\.? ?a ?r\.? ?l\.?`, 'ASD', String.raw`A\.S\.D\.`, 'SSD',
  // NL
  String.raw`B\.?V\.?`, String.raw`N\.?V\.?`, String.raw`V\.?O\.?F\.?`,
  // SE NO DK FI
  'AB', 'HB', 'AS', 'ASA', 'ANS', 'DA', 'ApS', 'A\\/S', 'I\\/S', 'Oyj?', 'OY', 'Ky', 'Tmi', String.raw`r\.? ?y\.?`, 'ry', String.raw`Ek\. ?för\.`,
  // PL CZ SK HU HR SI
  String.raw`[Ss]p\. ?z ?o\. ?o\.`, String.raw`[Ss]p\. ?j\.`, String.raw`[Ss]p\. ?k\.`, String.raw`s\. ?r\. ?o\.`, String.raw`spol\. s r\. ?o\.`, String.raw`a\. ?s\.`, String.raw`z\. ?s\.`, String.raw`v\. ?o\. ?s\.`, String.raw`o\. ?p\. ?s\.`, 'Kft\\.?', 'Bt\\.?', 'Zrt\\.?', 'Nyrt\\.?', String.raw`d\. ?o\. ?o\.`, String.raw`j\. ?d\. ?o\. ?o\.`, String.raw`d\. ?d\.`, String.raw`OÜ`, 'SIA', 'UAB',
].join('|');
const NAME_WORD = String.raw`(?:[\p{Lu}\d][\p{L}\d.'’&+/@-]{0,40}|&|\+|und|and|et|y|e|i|de|der|des|du|di|da|del|della|für|for|of|the|von|van|zu|zur|im|in|am|\||–|-|[\p{Ll}][\p{L}\d-]{1,30})`;
/** A run of name words and the form; at most nine words in front. */
const LEGAL_NAME = new RegExp(String.raw`(?<![\p{L}\d])(?<name>[\p{Lu}\d"„“«'‚][\p{L}\d.'’&+/@"“”»-]{0,40}(?:,? ${NAME_WORD}){0,8}),? (?<form>${FORM_SOURCE})(?![\p{L}\d])`, 'u');
/** Looked for first: most lines have no legal form, and looking for one costs little. */
const HAS_FORM = new RegExp(String.raw`[\s,](?:${FORM_SOURCE})(?![\p{L}\d])`, 'u');
const JAPANESE_NAME = /(?:(?:株式会社|有限会社|合同会社|一般社団法人|公益社団法人|一般財団法人|医療法人|学校法人|社会福祉法人|特定非営利活動法人|NPO法人)\s?[\p{L}\d・ー&]{1,30}|[\p{L}\d・ー]{1,30}\s?(?:株式会社|有限会社|合同会社)|[\u4e00-\u9fff()（）A-Za-z\d]{2,30}(?:有限公司|股份公司|有限责任公司)|(?:사단법인|주식회사|재단법인|\(주\)|㈜)\s?[가-힣A-Za-z\d]{2,20})/u;
/** In front of a name they say that it is somebody else's: the agency, the host, the tool, the authority. */
const OTHERS = /(?:design(?:ed)?|umsetzung|realisierung|realisation|realisiert|programmierung|webdesign|website (?:by|von)|powered|hosting|hosted|host(?:er|ing)?[ -]?provider|provider|konzept|agentur|built|made|created|développ|réalisation|hébergeur|hébergé|webmaster|made with|foto(?:s|grafie)?|photo|bild(?:nachweis|er|quelle)|analytics|cookie|plugin|dienst|service of|partner|sponsor|versicher|haftpflicht|insurance|kammer|aufsichtsbehörde|bank\b|sparkasse|client|kunde|referenz|mitglied|member of|template|theme|technische|support by)/i;
/** Processors that privacy policies name; never the site's owner unless the domain says so. */
const PROCESSORS = /^(?:google|alphabet|facebook|meta\b|meta platforms|instagram|twitter|x corp|linkedin|microsoft|apple|amazon|youtube|xing|new work|pinterest|tiktok|bytedance|adobe|cloudflare|automattic|wordpress|wix|squarespace|shopify|mailchimp|the rocket science|intuit|hotjar|matomo|innocraft|hubspot|vimeo|paypal|stripe|klarna|sofort|openstreetmap|fonticons|monotype|ionos|1&1|strato|hetzner|all-?inkl|host europe|vercel|netlify|github|usercentrics|cookiebot|etracker|sendinblue|brevo|cleverreach|typeform|calendly|zoom|whatsapp|snap|outbrain|taboola|criteo|doubleclick|jquery|jimdo|newrelic|new relic|sentry|functional software)\b/i;
const LABEL = /^(?:company(?: name)?|firma|firmenname|unternehmen|name|raison sociale|ragione sociale|razón social|denominación|société|azienda|empresa|organisation|organization|verein|betreiber|herausgeber|anbieter|inhaber|verantwortlich|impressum|imprint|kontakt|contact|adresse|address|copyright|diensteanbieter|vertragspartner|publisher|éditeur|titolare|operator|owner|yritys|företag|selskap|firmanavn|cég|společnost|naziv|bedrijf|seller|verkäufer)[^:]{0,40}:\s{0,3}/iu;
const COPYRIGHT = /(?:©|\(c\)|copyright|&copy;)(?:\s{0,3}(?:©|\(c\)|copyright|by|von|-|–|,|:|\d{4}(?:\s{0,2}[-–/,]\s{0,2}(?:\d{2,4}|present|heute|today))?)){0,6}\s{0,3}/i;
const LEADING_COPYRIGHT = new RegExp(`^${COPYRIGHT.source}`, 'i');
const RIGHTS = /[\s.,;|·•–-]{0,5}(?:all(?:e)? rights?|alle rechte|tous droits|todos (?:los|os)|tutti i diritti|rights reserved|reserved|wszelkie prawa|alla rättigheter|všechna práva|minden jog|sva prava|powered|design|website|webdesign|impressum|datenschutz|privacy|terms|sitemap|proudly|created|built|made|theme|last (?:updated|modified)|letzte|stand|www\.|https?:|e-?mail|tel|kontakt|contact|home|webmaster|template|\d{4}).{0,300}$/iu;
/** Titles that name the page, not the company. */
const PAGE_WORDS = /^(?:home(?:page)?|start(?:seite|page)?|willkommen|welcome|herzlich willkommen|bienvenue|benvenuti|bienvenidos?|accueil|inicio|início|strona główna|etusivu|hem|hjem|forside|főoldal|kezdőlap|úvod|naslovnica|index|kontakt\w*|contact(?: us)?|contacto|contatti|about(?: us)?|über uns|impressum|imprint|legal notice|mentions légales|datenschutz\w*|privacy(?: policy)?|news|aktuelles|aktuell|blog|team|unser team|services?|leistungen|angebot|produkte|products|galerie|gallery|links|sitemap|untitled(?: document)?|new page|page not found|404|login|main|menu|menü|navigation|seite|übersicht|ueber uns|anfahrt|verein|termine|karriere|jobs|faq|agb|shop|warenkorb|index\.html?|top|frame\w*|unbenanntes dokument|ohne titel|document|title|ホーム|トップ(?:ページ)?|お問い合わせ|首页)$/iu;
const MAX_NAME = 100;

function plausible(name: string): boolean {
  return name.length >= 2 && name.length <= MAX_NAME && /\p{L}{2}/u.test(name) && !/[@{}<>]|https?:/i.test(name) && !PAGE_WORDS.test(name) && name.split(' ').length <= 12;
}

function trimName(text: string): string {
  return text.replace(/^\s{0,3}(?:19|20)\d{2}(?:\s?[-–]\s?\d{2,4})?\s/, '').replace(/^[\s"„“«'‚|·•:,;–-]+/, '').replace(/[\s"“”»|·•:,;/®™–-]{1,50}$/, '').trim();
}

/** Names with a legal form at the beginning of a short line, as imprints, contact pages and footers print them. */
function legalNames(lines: readonly ScannedLine[]): PageFact[] {
  const facts: PageFact[] = [];
  for (let index = 0; index < lines.length && facts.length < 12; index += 1) {
    const line = lines[index]?.text ?? '';
    if (line.length < 4 || line.length > 220) continue;
    const match = (HAS_FORM.test(line) ? LEGAL_NAME.exec(line) : null) ?? (/[\u3040-\u9fff\uac00-\ud7af]/.test(line) ? JAPANESE_NAME.exec(line) : null);
    if (match === null) continue;
    // A Latin form belongs to the Latin words before it, however closely another script's sentence leads up to them.
    const whole = trimName(match[0].replace(LEADING_COPYRIGHT, '').replace(match.groups?.form === undefined ? /^(?!)/ : /^.*[\u3040-\u9fff\uac00-\ud7af]/, ''));
    const start = line.indexOf(whole, match.index);
    const before = line.slice(0, start);
    const label = LABEL.exec(before) ?? COPYRIGHT.exec(before);
    // Deep inside a sentence a name is mentioned, not introduced.
    if (before.trim() !== '' && label === null && !/[|·•:–,]\s{0,2}$/.test(before) && before.length > 25) continue;
    // A town and its province ("Aracaju - SE") look like a name and its form; a mention runs on from the letters before it.
    if (/\s[-–—|/]\s[A-Z]{2}$/.test(whole) || /[\p{L}\d]$/u.test(before)) continue;
    const context = `${(lines[index - 1]?.text ?? '').slice(-60)} ${before}`;
    if (OTHERS.test(before) || (lines[index - 1]?.text.length ?? 99) <= 60 && OTHERS.test(context) || PROCESSORS.test(whole) || !plausible(whole)) continue;
    facts.push(factInText('companyName', whole, line, start, start + whole.length, 'text'));
  }
  return facts;
}

function copyrightName(lines: readonly ScannedLine[]): PageFact[] {
  for (let index = lines.length - 1; index >= Math.max(0, lines.length - 60); index -= 1) {
    const line = lines[index]?.text ?? '';
    if (line.length > 300) continue;
    const match = COPYRIGHT.exec(line);
    if (match === null) continue;
    const rest = line.slice(match.index + match[0].length);
    const name = trimName((rest.split(/\s[|·•–]\s|\s-\s|[;!?]/)[0] ?? '').replace(RIGHTS, ''));
    // A bare word in lower case in front of "copyright" is prose about copyright.
    if (!plausible(name) || !/^[\p{Lu}\p{Lo}\d"„]/u.test(name) && !/^[\p{L}\d-]{2,40}(?:\.[a-z]{2,6})?$/u.test(name) || name.split(' ').length > 8 || OTHERS.test(name)) continue;
    const start = line.indexOf(name, match.index + match[0].length);
    return start === -1 ? [] : [factInText('companyName', name, line, start, start + name.length, 'copyright')];
  }
  return [];
}

/** Pieces of the title between separators, page names left out; greetings cut off. */
export function titleNames(title: string | null): { name: string; start: number }[] {
  if (title === null) return [];
  const out: { name: string; start: number }[] = [];
  let from = 0;
  const take = (piece: string, offset: number): void => {
    const greeting = /^\s{0,3}(?:(?:herzlich )?willkommen (?:bei(?:m| der| den)?|auf|im|in|zu[mr]?)|welcome to|bienvenue (?:chez|à|sur)|benvenuti (?:a|su|da|nel|alla?)|bienvenidos? a|home(?:page)? (?:of|der|des|von)|homepage)\s(?:the |der |die |des |dem )?/i.exec(piece)?.[0].length ?? 0;
    const name = trimName(piece.slice(greeting));
    if (plausible(name)) out.push({ name, start: offset + piece.indexOf(name, greeting) });
  };
  for (const match of title.matchAll(/\s{0,3}(?:[|｜·•»«:~<>【】]|::|\s[-–—/]\s)\s{0,3}/g)) {
    take(title.slice(from, match.index), from);
    from = match.index + match[0].length;
  }
  take(title.slice(from), from);
  return out.slice(0, 6);
}

/** Every candidate with its source; choosing needs all pages of the site. */
export function companyNames(scan: Scan): PageFact[] {
  const facts: PageFact[] = [];
  for (const key of ['og:site_name', 'application-name', 'apple-mobile-web-app-title', 'dc.publisher', 'publisher', 'copyright', 'dcterms.publisher', 'company']) {
    const value = scan.meta[key];
    const name = value === undefined ? '' : trimName(value.replace(COPYRIGHT, '').replace(RIGHTS, ''));
    if (value !== undefined && plausible(name) && value.includes(name)) {
      const fact = factInMarkup('companyName', name, key, name, key === 'og:site_name' ? 'opengraph' : 'meta');
      facts.push(fact);
    }
  }
  facts.push(...legalNames(scan.lines), ...copyrightName(scan.lines));
  for (const { name, start } of titleNames(scan.title)) {
    if (scan.title !== null) facts.push(factInText('companyName', name, scan.title, start, start + name.length, 'title'));
  }
  for (const alt of scan.logos) {
    const name = trimName(alt.replace(/^logo(?:\s(?:von|der|des|of|the|du|de))?\s|[\s-]{1,3}logo$/i, ''));
    if (plausible(name) && !/logo/i.test(name)) facts.push(factInText('companyName', name, alt, alt.indexOf(name), alt.indexOf(name) + name.length, 'heading'));
  }
  for (const line of scan.lines.filter((entry) => entry.heading === 1).slice(0, 2)) {
    const name = trimName(line.text);
    if (plausible(name) && name.length <= 70) facts.push(factInText('companyName', name, line.text, line.text.indexOf(name), line.text.indexOf(name) + name.length, 'heading'));
  }
  return facts;
}
