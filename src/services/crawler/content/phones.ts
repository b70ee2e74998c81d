/**
 * Phone numbers: tel: links and marked-up numbers first, then numbers in the text, proved by libphonenumber's
 * metadata. Digits that are something else (bank accounts, dates, register numbers, fax) are told apart by their
 * label, their shape and their surroundings. A number nobody labels must look like a phone number to be one.
 */
import { type CountryCode, parsePhoneNumberFromString, type PhoneNumber } from 'libphonenumber-js/max';
import { factInMarkup, factInText } from './fact.js';
import { type ScannedLine } from './lines.js';
import { type ScannedLink } from './scan.js';
import { type MarkedPhone } from './structured.js';
import { type PageFact } from '../page-reading.js';

/** Digits with at most three joining characters between two of them; every step eats a digit, so it is linear. */
const CANDIDATE = /(?:\+|\(\+|\(0?|00)?\d(?:[ \u00A0./\-‐‑–‒()]{0,3}\d){5,18}/g;
const MAX_CANDIDATES = 400;
const MAX_PHONES = 40;

// Labels are looked for right before the number, the nearest one wins.
const PHONE_LABEL = /(?:tele(?:fon|phone|foon|fono)o?|tel[eé]fono|t[ée]l[ée]phone|telefoon|\bfon\b|\bt[ée]l\b|phone|\bcall\b|\bring\b|mobile?|mobil(?:e|telefon)?|handy|\bcell(?:ular)?\b|celular|movil|móvil|portable|whats?\s?app|\bgsm\b|puh(?:elin)?\b|\bkomórk|\bkom\.|\btlf\b|\btfn\b|\bph\b|\bmob\b|\bcel\b|hotline|helpline|\btoll[- ]free|fixe\b|cellulare|\bsms\b|\bviber\b|☎|📞|✆|☏|📱|電話|电话|手机|전화|тел|телефон|τηλ|\bT\s?[:.]|\bM\s?[:.]|\bP\s?[:.]|\bTF\b)/giu;
const FAX_LABEL = /(?:tele)?fax\b|faks\b|télécopie|传真|FAX|ファックス|ファクス|팩스|факс|\bF\s?[:.]/giu;
const OTHER_LABEL = /\b(?:iban|bic|swift|blz|bankleitzahl|kto|konto(?:nummer|-?nr)?|account|acct|a\/c|sort\s?code|routing|ust|umsatzsteuer|vat|tva|p\.?\s?iva|partita|steuer\s?-?(?:nr|nummer)?|st\.?-?nr|hr[ab]|handelsregister|amtsgericht|registergericht|vr|vereinsregister|isbn|issn|doi|siret|siren|rcs|ape|naf|nip|regon|krs|i[čc]o?|di[čc]|cif|nif|cnpj|cpf|abn|acn|ein|cvr|org\.?\s?-?n(?:r|ummer)|orgnr|y-tunnus|kvk|btw|ondernemingsnummer|oib|mbs|pib|adószám|cégjegyzékszám|bankszámla|bankgiro|plusgiro|pg|bg|registered (?:no|number|charity)|charity (?:no|number)|company (?:no|number|registration)|reg(?:istration)?\.? (?:no|nr|number)|licen[cs]e|policy|invoice|order|artikel(?:nummer|-?nr)?|art\.?-?nr|sku|ean|gtin|model|serial|version|gläubiger-?id|gläubiger|codice fiscale|c\.f|rea|p\.o\.\s?box|po box|postfach|gps|lat(?:itude)?|lon(?:gitude)?|coordinates|plz|zip|pan|gstin|cin|uid|id|№|ref(?:erence)?)\b|ИНН|ОГРН|КПП|登録番号|法人番号|許可|备案|ICP|사업자/giu;

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
export function labelBefore(words: string): Label {
  const near = words.slice(-45);
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

function looksLikeDate(text: string): boolean {
  const bare = text.replace(/\s/g, '');
  return /^(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2})(?!\d)/.test(bare)
    && !/^\d{2,3}[./-]\d{3,}/.test(bare)
    || /^(?:19|20)\d{2}\s?[-–/. ]\s?(?:19|20)\d{2}(?!\d)/.test(text)
    || /^\d{1,2}[.:]\d{2}\s{0,2}[-–]\s{0,2}\d{1,2}[.:]\d{2}$/.test(text)
    || /^(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.\s{0,2}[-–]/.test(text);
}

/** Shape of a phone number that no label vouches for. */
function looksLikePhone(text: string, phone: PhoneNumber): boolean {
  if (/^\(?\+/.test(text) || /^00[1-9]/.test(text)) return true;
  const groups = text.match(/\d+/g) ?? [];
  if (groups.length < 2) return false;
  // 1.234.567 and 12.345,00 are amounts.
  if (/^\d{1,3}(?:\.\d{3}){2,}$/.test(text) && !NO_TRUNK.has(phone.country ?? '')) return false;
  if (/^\(?0\d/.test(text)) return /[ /()-]/.test(text) || groups.length >= 4;
  if (!NO_TRUNK.has(phone.country ?? '')) return false;
  if (phone.countryCallingCode === '1') return /^\(?\d{3}\)?[ .\-–]{1,3}\d{3}[ .\-–]\d{4}$/.test(text) || /^1[ .-]\(?\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}$/.test(text);
  return groups.length >= 3 && groups.length <= 5 && groups.every((group) => group.length >= 2 && group.length <= 4);
}

/** The number under the first country that makes it valid. */
export function parsePhone(raw: string, countries: readonly CountryCode[]): PhoneNumber | null {
  const text = raw.replace(/^\(\+/, '+').replace(/^\+\s{0,2}\(?0{2}/, '+').replace(/[‐‑–‒]/g, '-');
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
  const separator = /\s{1,2}[/–-]\s{1,2}(?=\(?[+0])|\s(?=\+)|\s{2,}/g;
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
    const piece = text.slice(0, end).replace(/[ ./(–-]+$/, '');
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
  let tried = 0;
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index]?.text ?? '';
    if (!/\d{2}/.test(line)) continue;
    const previous = lines[index - 1]?.text ?? '';
    // A label may stand alone on the line above ("Telefon" in one cell, the number in the next).
    const above = previous.length <= 30 && !/\d{4}/.test(previous) ? `${previous} ` : '';
    let carried: Label = null;
    for (const match of line.matchAll(CANDIDATE)) {
      if (tried >= MAX_CANDIDATES || facts.length >= MAX_PHONES) return facts;
      tried += 1;
      for (const part of splitRuns(match[0])) {
        const start = match.index + part.offset;
        const before = line.slice(Math.max(0, start - 45), start);
        const label: Label = labelBefore(start <= 12 ? above + before : before) ?? (part.offset > 0 ? carried : null);
        carried = label;
        if (label === 'fax' || label === 'other') continue;
        if (looksLikeDate(part.text) && label !== 'phone' || partOfSomethingElse(line, start, start + part.text.length) && label !== 'phone') continue;
        const found = longestNumber(part.text, countries);
        if (found === null) {
          const printed = unplaced(part.text, label, countries);
          if (printed !== null) facts.push(factInText('phone', printed, line, start, start + printed.length, 'text'));
          continue;
        }
        if (label !== 'phone' && !looksLikePhone(part.text.slice(0, found.length), found.phone)) continue;
        facts.push(factInText('phone', found.phone.number, line, start, start + found.length, 'text'));
      }
    }
  }
  return facts;
}

/** Somebody calls it a phone number and it fits no country we can name: kept as printed, without a made-up prefix. */
function unplaced(text: string, label: Label, countries: readonly CountryCode[]): string | null {
  if (label !== 'phone' || text.startsWith('+') || looksLikeDate(text)) return null;
  const digits = text.replace(/\D/g, '').length;
  if (digits < 7 || digits > 12 || !/[ /.()-]/.test(text)) return null;
  const possible = countries.length === 0 || countries.some((country) => parsePhoneNumberFromString(text, country)?.isPossible() === true || digits <= 8);
  return possible ? text.trim() : null;
}

export function phonesInLinks(links: readonly ScannedLink[], countries: readonly CountryCode[]): PageFact[] {
  const facts: PageFact[] = [];
  for (const link of links) {
    const target = /^\s{0,9}(?:tel|callto|sms):(.{1,80})$/is.exec(link.href)?.[1]
      ?? /^https?:\/\/(?:wa\.me\/|api\.whatsapp\.com\/send\/?\?phone=)(\+?\d{8,15})/i.exec(link.href)?.[1];
    if (target === undefined || labelBefore(link.before) === 'fax' || /^\s{0,3}(?:tele)?fax/i.test(link.text) || facts.length >= MAX_PHONES) continue;
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
  return parsePhoneNumberFromString(e164)?.country ?? null;
}
