/**
 * Phone numbers: tel: links and marked-up numbers first, then numbers in the text, proved by libphonenumber's
 * metadata. Digits that are something else (bank accounts, dates, register numbers, fax) are told apart by their
 * label, their shape and their surroundings. A number nobody labels must look like a phone number to be one.
 */
import { type CountryCode, parsePhoneNumberFromString, type PhoneNumber } from 'libphonenumber-js/max';
import { detached, RecentMap } from '../../../recent-map.js';
import { factInMarkup, factInText } from './fact.js';
import { type ScannedLine } from './lines.js';
import { type ScannedLink } from './scan.js';
import { type MarkedPhone } from './structured.js';
import { type PageFact } from '../page-reading.js';

/** Digits with at most three joining characters between two of them; every step eats a digit, so it is linear. */
const CANDIDATE = /(?:\+\(?|\(\+?)?\d(?:[ \u00A0./\-‐‑–‒()_]{0,3}\d){5,30}/g;
const MAX_CANDIDATES = 400;
/** Runs of digits looked at per page; a page with more is a table of figures. */
const MAX_SEEN = 10_000;
const MAX_PHONES = 40;

/** Whole words in any alphabet: `\b` knows ASCII only and would find "ph" in "Phänomen". */
function words(alternatives: string, signs: string): RegExp {
  return new RegExp(String.raw`(?<![\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\d])(?:${alternatives})(?!\p{L})|${signs}`, 'giu');
}

// Labels are looked for right before the number, the nearest one wins.
const PHONE_LABEL = words(
  String.raw`(?:mobil|privat|festnetz|büro|zentral|haus|dienst|service)?tele(?:fon|foon|phone)(?:e|i|o|a|no|nummer|numero|nr|number|s)?|tel[eé]fonos?|t[ée]l[ée]phones?|fon|fono|t[ée]l[ée]?f?|(?:mobile ?|cell ?|work ?|home ?)?phone(?: ?number)?s?|call(?: us)?|ring|mobile?|mobil(?:e|n[ií]|telefon|nummer)?|handy|cell|cellular(?:e|i)?|celular|m[oó]vil|portable|whats ?app|gsm|puh|puhelin|matkapuhelin|kom|komórka|tlf|tfn|ph|mob|cel|hotline|helpline|toll[- ]?free|fixe|sms|viber|vaihde|kontakttelefon|voice|festnetz|durchwahl|zentrale|notruf|тел|телефон|моб|τηλ|τηλέφωνο`,
  String.raw`☎|📞|✆|☏|📱|電話|电话|電话|手机|手機|전화|연락처|(?:^|[\s|·•/(,;])[TMPH] ?:|(?:^|[|·•/,;]\s?)[TMP]\.?\s{1,3}(?=[+(\d]|$)`,
);
const FAX_LABEL = words(String.raw`(?:tele)?fax(?:nummer|nr|number)?|faks|télécopie|fakszám|факс`, String.raw`传真|傳真|ファックス|ファクス|ファクシミリ|팩스|(?:^|[\s|·•/(,;])F ?:|(?:^|[|·•/,;]\s?)F\.?\s{1,3}(?=[+(\d]|$)`);
const OTHER_LABEL = words(
  String.raw`iban|bic|swift|blz|bankleitzahl|kto|konto|konto-?(?:nummer|nr)|account|acct|a/c|sort ?code|routing|ust|umsatzsteuer(?:-?id(?:entnummer)?)?|vat|tva|p\.? ?iva|partita iva|steuer|steuer-?(?:nr|nummer)|st\.?-?nr|hr[ab]|handelsregister|amtsgericht|registergericht|vr|vereinsregister|isbn|issn|doi|siret|siren|rcs|ape|naf|nip|regon|krs|i[čc]o?|di[čc]|cif|nif|cnpj|cpf|abn|acn|ein|cvr|org\.? ?-?n(?:r|ummer)|orgnr|organisationsnummer|y-?tunnus|kvk|btw|ondernemingsnummer|oib|mbs|pib|adószám|cégjegyzékszám|bankszámla|bankgiro|plusgiro|postgiro|pg|bg|registered(?: (?:no|number|charity))?|charity (?:no|number)|company (?:no|number|registration)|reg(?:istration)?\.? ?(?:no|nr|number)|licen[cs]e|policy|invoice|order|artikel-?(?:nummer|nr)?|art\.?-?nr|sku|ean|gtin|model|serial|version|gläubiger(?:-?id)?|codice fiscale|c\.f|rea|p\.? ?o\.? ?box|postfach|gps|lat|latitude|lon|longitude|coordinates|koordinaten|plz|zip|pan|gstin|cin|uid|id|no|nr|ref|reference|cap\.? soc|capital|stammkapital|auflage|seiten?|pages?|pp`,
  String.raw`№|ИНН|ОГРН|КПП|登録番号|法人番号|許可|备案|ICP|사업자`,
);

/** Countries whose national numbers have no leading 0 or bracket to recognise them by. */
const NO_TRUNK: ReadonlySet<string> = new Set(['US', 'CA', 'ES', 'PT', 'PL', 'CZ', 'DK', 'NO', 'IT', 'GR', 'LU', 'EE', 'LV', 'SG', 'HK', 'MX', 'CR', 'PR']);

interface Found { start: number; end: number }

function lastMatch(pattern: RegExp, text: string): Found | null {
  let last: Found | null = null;
  for (const match of text.matchAll(pattern)) last = { start: match.index, end: match.index + match[0].length };
  return last;
}

type Label = 'phone' | 'fax' | 'other' | null;

/** What the words in front of a number call it: the nearest label wins, and "Tel./Fax" is a phone too. */
export function labelBefore(text: string): Label {
  const near = text.slice(-45);
  const phone = lastMatch(PHONE_LABEL, near);
  const fax = lastMatch(FAX_LABEL, near);
  const other = lastMatch(OTHER_LABEL, near);
  const best = Math.max(phone?.end ?? -1, fax?.end ?? -1, other?.end ?? -1);
  if (best === -1) return null;
  const between = near.slice(best);
  // Another number in between has taken the label; what comes after it has none of its own.
  if (between.replace(/\D/g, '').length >= 5) return best === phone?.end ? null : best === fax?.end ? null : 'other';
  if (best === phone?.end) return 'phone';
  if (best === other?.end) return between.length > 25 ? null : 'other';
  const joint = phone === null || fax === null || fax.start < phone.end ? null : near.slice(phone.end, fax.start);
  return joint !== null && /^[\s./&+,;:-]{0,4}(?:(?:und|and|et|y|e|o|u\.)\s?)?$/i.test(joint) ? 'phone' : 'fax';
}

/** Day, month and four-digit year in any order: never a phone number, whatever stands in front. */
function isDate(text: string): boolean {
  const bare = text.replace(/\s/g, '');
  return /^(?:0?[1-9]|[12]\d|3[01])([./-])(?:0?[1-9]|1[0-2])\1(?:19|20)\d{2}(?!\d)/.test(bare) || /^(?:19|20)\d{2}([./-])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])(?!\d)/.test(bare)
    || /^(?:0?[1-9]|1[0-2])\/(?:0?[1-9]|[12]\d|3[01])\/(?:19|20)\d{2}(?!\d)/.test(bare) || /^(?:19|20)\d{2}\s{0,2}[-–/]\s{0,2}(?:19|20)\d{2}(?!\d)/.test(text);
}

/** Short dates, ranges of dates and times: phone numbers are written like this only behind a label. */
function looksLikeDate(text: string): boolean {
  return /^\d{1,2}\.\s?\d{1,2}\.\s?\d{2}(?!\d)/.test(text) || /^\d{1,2}\.\s?[-–/]\s?\d{1,2}\.\d{1,2}\./.test(text) || /^(?:19|20)\d{2}[-. /–]\s?(?:19|20)?\d{2}(?!\d)/.test(text)
    || /^\d{1,2}[.:]\d{2}\s{0,2}[-–]\s{0,2}\d{1,2}[.:]\d{2}/.test(text) || /^\d{1,2}\/\d{1,2}\/\d{2}(?!\d)/.test(text);
}

/** What an unlabelled number must look like before its digits are tried at all: cheap, so tables of figures cost nothing. */
function shapedLikePhone(text: string, line: string): boolean {
  if (/^\(?\+/.test(text) || /^00[1-9]/.test(text)) return true;
  const groups = text.match(/\d+/g) ?? [];
  // 1.234.567 is an amount; a number alone on its line may do without separators.
  if (/^\d{1,3}(?:\.\d{3}){2,}$/.test(text)) return false;
  if (groups.length < 2) return text === line.trim() && groups[0] !== undefined && groups[0].length >= 9 && groups[0].length <= 11;
  if (/^\(?0\d/.test(text)) return /[ /()_-]/.test(text) || groups.length >= 4;
  // Groups of two to four digits with one kind of separator; "220-232 233" is something else.
  return groups.length >= 3 && groups.length <= 6 && groups.every((group) => group.length <= 4) && (/^\(/.test(text) || new Set(text.match(/[^\d()]+/g)).size === 1);
}

/** Countries that write numbers without a leading 0 must be the page's own, and North America groups in one way. */
function looksLikePhone(text: string, phone: PhoneNumber): boolean {
  if (/^\(?\+/.test(text) || /^\(?0/.test(text)) return true;
  if (!/\D/.test(text)) return phone.getType() === 'MOBILE';
  if (!NO_TRUNK.has(phone.country ?? '')) return false;
  if (phone.countryCallingCode === '1') return /^(?:1[ .-])?\(?\d{3}\)?[ .\-–]{1,3}\d{3}[ .\-–]\d{4}$/.test(text);
  return true;
}

/** Numbers that were read lately: a site prints the same few on each of its pages, and looks at each several times. */
const MAX_REMEMBERED = 2_000;
const numbers = new RecentMap<PhoneNumber | null>(MAX_REMEMBERED);
const countriesOfNumbers = new RecentMap<string | null>(MAX_REMEMBERED);
/** Longer ones are no numbers, or hold more than one. */
const MAX_NUMBER = 60;

/** The number under the first country that makes it valid. */
export function parsePhone(raw: string, countries: readonly CountryCode[]): PhoneNumber | null {
  return raw.length > MAX_NUMBER ? readNumber(raw, countries) : numbers.remember(`${countries.join()} ${raw}`, () => readNumber(detached(raw), countries));
}

function readNumber(raw: string, countries: readonly CountryCode[]): PhoneNumber | null {
  const text = raw.replace(/_/g, ' ').replace(/^\(\+/, '+').replace(/^\+\((\d{1,3})\)/, '+$1 ').replace(/^\+\s{0,2}\(?0{2}/, '+').replace(/[‐‑–‒]/g, '-');
  const international = text.startsWith('+') ? text : text.startsWith('00') ? `+${text.slice(2)}` : null;
  if (international !== null) {
    // "+49 (0)30 …" writes the trunk 0 that must not be dialled.
    const phone = parsePhoneNumberFromString(international.replace(/\(0\)/, ''));
    if (phone?.isValid() === true) return phone;
    const withoutTrunk = parsePhoneNumberFromString(international.replace(/^(\+\d{1,3}[ ./-]?)0(?=\d)/, '$1'));
    if (withoutTrunk?.isValid() === true) return withoutTrunk;
    if (text.startsWith('+')) return null;
  }
  for (const country of countries) {
    const phone = parsePhoneNumberFromString(text, country);
    if (phone?.isValid() === true && phone.country === country || phone?.isValid() === true && phone.countryCallingCode === '1') return phone;
  }
  return null;
}

/** Part of a longer word, an address of something, an amount or a measure. */
function partOfSomethingElse(line: string, start: number, end: number): boolean {
  return /[\p{L}\d_/@#=$€£¥%]/u.test(line[start - 1] ?? ' ') || /^(?:[\p{L}_@=°]|\s?[€$£¥%]|[.,]\d)/u.test(line.slice(end, end + 2));
}

function splitRuns(text: string): { text: string; offset: number }[] {
  // "030 1234567 / 030 7654321" and "… - 0171 …": two numbers when both halves start like numbers.
  const parts: { text: string; offset: number }[] = [];
  const separator = /\s{1,2}[/–-]\s{1,2}(?=\(?(?:\+|0[\d ()/-]{5}))|\s(?=\+)|\s{2,50}/g;
  let from = 0;
  for (let match = separator.exec(text); match !== null; match = separator.exec(text)) {
    const digits = text.slice(from, match.index).replace(/\D/g, '').length;
    if (digits < 6) continue;
    parts.push({ text: text.slice(from, match.index), offset: from });
    from = match.index + match[0].length;
  }
  parts.push({ text: text.slice(from), offset: from });
  return parts;
}

/** Longest piece from the start that is a valid number: what follows may be an extension, a time or the next thing. */
function longestNumber(text: string, countries: readonly CountryCode[]): { phone: PhoneNumber; length: number } | null {
  let end = text.length;
  for (let tries = 0; tries < 5; tries += 1) {
    const piece = text.slice(0, end).replace(/[ ./(–-]{1,50}$/, '');
    if (piece.replace(/\D/g, '').length < 6) return null;
    const phone = parsePhone(piece, countries);
    if (phone !== null) return { phone, length: piece.length };
    const cut = Math.max(piece.lastIndexOf(' '), piece.lastIndexOf('/'), piece.lastIndexOf('-'), piece.lastIndexOf('–'));
    if (cut <= 0) return null;
    end = cut;
  }
  return null;
}

export function phonesInText(lines: readonly ScannedLine[], countries: readonly CountryCode[]): PageFact[] {
  const facts: PageFact[] = [];
  let seen = 0;
  let tried = 0;
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index]?.text ?? '';
    for (const match of line.matchAll(CANDIDATE)) {
      let carried: Label = null;
      for (const part of splitRuns(match[0])) {
        const start = match.index + part.offset;
        if (isDate(part.text) || /^\s?(?:[€$£¥]|EUR\b|CHF\b)/.test(line.slice(start + part.text.length, start + part.text.length + 5))) continue;
        seen += 1;
        if (seen > MAX_SEEN) return facts;
        const own: Label = labelBefore(line.slice(Math.max(0, start - 45), start));
        // A label may stand alone on the line above ("Telefon" in one cell, the number in the next).
        const label: Label = own ?? (start <= 2 ? labelOfLine(lines[index - 1]?.text) : null) ?? carried;
        carried = label;
        if (label === 'fax' || label === 'other') continue;
        if (label === null && (looksLikeDate(part.text) || !shapedLikePhone(part.text, line) || partOfSomethingElse(line, start, start + part.text.length))) continue;
        if (tried >= MAX_CANDIDATES || facts.length >= MAX_PHONES) return facts;
        tried += 1;
        const fact = readCandidate(part.text, line, start, label, countries);
        if (fact !== null) facts.push(fact);
      }
    }
  }
  return facts;
}

function labelOfLine(line: string | undefined): Label {
  return line === undefined || line.length > 30 || /\d{4}/.test(line) ? null : labelBefore(line);
}

function readCandidate(text: string, line: string, start: number, label: Label, countries: readonly CountryCode[]): PageFact | null {
  // Three, three and four digits are written like this in North America only, whatever else is unknown.
  const american = countries.length === 0 && /^(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-.]\d{4}$/.test(text);
  const found = longestNumber(text, american ? ['US'] : countries);
  if (found !== null) {
    if (label !== 'phone' && !looksLikePhone(text.slice(0, found.length), found.phone)) return null;
    return factInText('phone', found.phone.number, line, start, start + found.length, 'text');
  }
  if (label !== 'phone') return null;
  // "(506) 2221-4130": a country code in brackets, the plus left out.
  const bracketed = /^\([1-9]\d{0,2}\)/.test(text) ? parsePhone(`+${text.replace(/\D/g, '')}`, []) : null;
  if (bracketed !== null) return factInText('phone', bracketed.number, line, start, start + text.length, 'text');
  // Called a phone number and of no country we can name: kept as printed, without a made-up prefix.
  const dialled = text.replace(/\D/g, '');
  const digits = dialled.length;
  // 02-000-0000 and 555-5555 are what templates print.
  if (/(\d)\1{5,}/.test(dialled)) return null;
  const adjacent = labelBefore(line.slice(Math.max(0, start - 45), start)) === 'phone' && /[\p{L}☎📞✆☏📱][.:]{0,2}\s{0,2}(?:n[°ºr]\.?\s?)?$/u.test(line.slice(Math.max(0, start - 8), start));
  if (!adjacent || text.startsWith('+') || looksLikeDate(text) || digits < 7 || digits > 11 || !/[ /.()-]/.test(text)) return null;
  return factInText('phone', text, line, start, start + text.length, 'text');
}

/** Countries of the numbers that are printed internationally, most frequent first: they place the national ones. */
export function dialledCountries(lines: readonly ScannedLine[], links: readonly ScannedLink[]): string[] {
  const count = new Map<string, number>();
  let looked = 0;
  const look = (raw: string): void => {
    looked += 1;
    const country = parsePhone(raw, [])?.country;
    if (country !== undefined) count.set(country, (count.get(country) ?? 0) + 1);
  };
  for (const { href } of links) if (looked < 20 && /^tel:\s{0,3}(?:\+|%2B|00)/i.test(href)) look(decodeURIComponentSafely(href.slice(4, 60)).trim());
  for (const { text } of lines) {
    if (looked >= 40) break;
    if (!text.includes('+')) continue;
    for (const match of text.matchAll(/\+\(?\d[\d ()./-]{6,20}\d/g)) if (looked < 40) look(match[0]);
  }
  return [...count].sort((one, other) => other[1] - one[1]).map(([country]) => country);
}

/** The beginning of a link that dials. */
const DIALS = /^\s{0,9}(?:tel|callto|sms|https?:\/\/(?:wa|api)\.)/i;

export function phonesInLinks(links: readonly ScannedLink[], countries: readonly CountryCode[]): PageFact[] {
  const facts: PageFact[] = [];
  for (const link of links) {
    if (!DIALS.test(link.href)) continue;
    const target = /^\s{0,9}(?:tel|callto|sms):(.{1,80})$/is.exec(link.href)?.[1]
      ?? /^https?:\/\/(?:wa\.me\/|api\.whatsapp\.com\/send\/?\?phone=)(\+?\d{8,15})/i.exec(link.href)?.[1];
    if (target === undefined || labelBefore(`${link.before} `) === 'fax' || /^\s{0,3}(?:tele)?fax/i.test(link.text) || facts.length >= MAX_PHONES) continue;
    const dialled = decodeURIComponentSafely(target).replace(/^\/\//, '').split(/[;?]/)[0]?.trim() ?? '';
    const viaWhatsApp = /^https?:/i.test(link.href);
    const phone = parsePhone(viaWhatsApp && !dialled.startsWith('+') ? `+${dialled}` : dialled, countries) ?? parsePhone(link.text, countries);
    if (phone === null) continue;
    const shown = /[+(]?\d[\d ./()–-]{4,28}\d/.exec(link.text);
    // The number as people read it is the better proof, as long as it is the number that is dialled.
    if (shown !== null && parsePhone(shown[0], countries)?.number === phone.number) {
      const line = link.before === '' ? link.text : `${link.before} ${link.text}`;
      const start = line.length - link.text.length + shown.index;
      facts.push(factInText('phone', phone.number, line, start, start + shown[0].length, 'tel'));
    } else facts.push(factInMarkup('phone', phone.number, viaWhatsApp ? 'WhatsApp' : 'tel', dialled, 'tel'));
  }
  return facts;
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function phonesInMarkup(phones: readonly MarkedPhone[], countries: readonly CountryCode[]): PageFact[] {
  return phones.slice(0, MAX_PHONES).flatMap((marked) => {
    const phone = parsePhone(marked.raw, countries) ?? longestNumber(marked.raw, countries)?.phone ?? null;
    return phone === null ? [] : [factInMarkup('phone', phone.number, marked.property, marked.raw, marked.source)];
  });
}

/** ISO 3166-1 alpha-2 of a number in E.164, or null where several countries share the code. */
export function countryOfNumber(e164: string): string | null {
  return countriesOfNumbers.remember(e164, () => parsePhoneNumberFromString(e164)?.country ?? null);
}
