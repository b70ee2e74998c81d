/**
 * What a page itself has to say: its lines without menus, headers, footers, cookie banners and what it repeats. Told from
 * roles and link density (Kohlschütter et al., "Boilerplate Detection using Shallow Text Features", 2010) over the lines of
 * the one pass; no tree is built. A footer is where small firms keep their address: contacts are read from the full text.
 */
import type { ScannedLine } from './lines.js';
import type { ScannedLink } from './scan.js';

/** A line with more of its characters inside links than this is (part of) a menu where its neighbour is one, too. */
const LINKED = 0.66;
/** Longer lines are prose, however many links they hold. */
const MENU_LINE = 160;
const CONTACT_LINK = /^\s{0,9}(?:mailto|tel|sms|callto|whatsapp|skype|geo|fax):/i;
const COOKIE = /cookie|gdpr|dsgvo|\brgpd\b|\bcmp\b|クッキー/i;
const CONSENT = /accept|agree|consent|allow|decline|reject|prefer|setting|use[sd]? |akzept|zustimm|einwillig|einverstanden|verwend|nutz|ablehn|einstellung|accept|utilis|refus|param[eè]tr|usa(?:mos)?\b|utiliza|acept|aceit|rechaz|configur|utilizz|accett|rifiut|gebruik|accepteer|weiger|använd|godkänn|bruger|bruker|tillad|käytä|hyväks|używ|akcept|zgod|použív|souhlas|elfogad|használ|kabul|kullan|использ|соглас|使用|同意/i;
/** What stands on the buttons of a banner, as a whole line. */
const BUTTON = /^(?:(?:accept|allow|reject|decline|deny|manage|customi[sz]e)(?: all| necessary| selected)?(?: cookies?)?|ok(?:ay)?|got it|i agree|agree|(?:cookie )?(?:settings|preferences)|save(?: settings| preferences)?|learn more|more information|close|alle akzeptieren|akzeptieren|ablehnen|alle ablehnen|einstellungen|zustimmen|verstanden|mehr erfahren|nur notwendige(?: cookies)?|tout accepter|accepter|tout refuser|refuser|personnaliser|en savoir plus|aceptar(?: todo| todas)?|rechazar(?: todo)?|más información|accetta(?: tutti)?|rifiuta|accepteren|weigeren|akceptuj|odrzuć|souhlasím|elfogadom|принять|согласен|同意する)[.!»›>]?$/i;
/** A page with more lines about cookies than a banner has is about cookies. */
const BANNER_LINES = 4;
/** Longer lines about cookies are a policy. */
const BANNER_LINE = 700;
/** "Read more", "Add to cart": said once is enough. */
const REPEATED = 60;

/** Characters of each line that stand inside links; addresses and numbers that can be clicked are content. */
function linkedCharacters(lines: readonly ScannedLine[], links: readonly ScannedLink[]): Uint32Array {
  const linked = new Uint32Array(lines.length);
  for (const link of links) {
    if (link.kind !== 'anchor' || link.line >= lines.length || CONTACT_LINK.test(link.href)) continue;
    linked[link.line] = (linked[link.line] ?? 0) + link.text.length;
  }
  return linked;
}

/** Which lines belong to a banner: a few that speak of cookies, and the buttons next to them. */
function bannerLines(lines: readonly ScannedLine[]): ReadonlySet<number> {
  const found: number[] = [];
  for (const [index, { text, heading }] of lines.entries()) {
    if (text.length > BANNER_LINE || !COOKIE.test(text)) continue;
    if (heading > 0 || CONSENT.test(text) || BUTTON.test(text)) found.push(index);
    if (found.length > BANNER_LINES) return new Set();
  }
  const banner = new Set(found);
  for (const index of found) {
    for (const step of [-1, 1]) {
      for (let next = index + step; !banner.has(next) && BUTTON.test(lines[next]?.text ?? ''); next += step) banner.add(next);
    }
  }
  return banner;
}

/** The main text of a page, one line per block; empty where a page is nothing but menus and footer. Linear in the page. */
export function mainText(lines: readonly ScannedLine[], links: readonly ScannedLink[]): string {
  const linked = linkedCharacters(lines, links);
  const banner = bannerLines(lines);
  const isMenu = (index: number): boolean => {
    const line = lines[index];
    return line !== undefined && line.text.length <= MENU_LINE && line.heading === 0 && (linked[index] ?? 0) >= LINKED * line.text.length;
  };
  const said = new Set<string>();
  const kept: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.region === 'nav' || line.region === 'footer' || (line.region === 'header' && line.heading !== 1)) continue;
    if (banner.has(index) || (isMenu(index) && (isMenu(index - 1) || isMenu(index + 1)))) continue;
    if (line.text.length <= REPEATED) {
      if (said.has(line.text)) continue;
      said.add(line.text);
    }
    kept.push(line.text);
  }
  return kept.join('\n');
}
