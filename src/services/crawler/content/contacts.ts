/** People and opening hours that a page labels in plain text ("Owner: Jane Roe", "Mo-Fr 9-18 Uhr"). */
import { factInText } from './fact.js';
import { type ScannedLine } from './lines.js';
import { type PageFact } from '../page-reading.js';

/** Titles that introduce a person, the title itself being the job. */
const TITLE = /^(?<title>(?:Geschäftsführer(?:in|innen)?|Geschäftsführung|Inhaber(?:in)?|Ansprechpartner(?:in)?|Vorstand(?:svorsitzende[r]?)?|(?:1\. |Erste[r]? )?Vorsitzende[r]?|Präsident(?:in)?|Vereinsvorsitzende[r]?|Leitung|Leiter(?:in)?|Praxisinhaber(?:in)?|Obmann|Obfrau|Vertreten durch|Managing Director|Director|Owner|Founder|Co-?Founder|CEO|CTO|CFO|COO|President|Chairman|Chairwoman|Chairperson|Chair|General Manager|Manager|Contact(?: person)?|Principal|Partner|Head of [\p{L} ]{2,30}|Gérante?|Directeur|Directrice|Directeur(?:·rice)? de (?:la )?publication|Présidente?|Responsable|Titolare|Amministratore(?: unico)?|Direttore|Direttrice|Presidente|Legale rappresentante|Propietari[oa]|Gerente|Director(?:a)?|Directora? general|Responsável|Diretora?|Właściciel(?:ka)?|Prezes|Dyrektor|Eigenaar|Directeur|Contactpersoon|Ägare|VD|Verkställande direktör|Kontaktperson|Daglig leder|Styreleder|Direktør|Indehaver|Toimitusjohtaja|Yhteyshenkilö|Yrittäjä|Puheenjohtaja|Jednatel(?:ka)?|Ředitel(?:ka)?|Majitel(?:ka)?|Ügyvezető|Tulajdonos|Direktor(?:ica)?|Vlasnik|Vlasnica)(?: und [\p{L} ]{2,30}| & [\p{L} ]{2,30}| and [\p{L} ]{2,30})?)\s{0,2}[:：–-]\s{0,2}(?<rest>.{3,120})$/iu;
const PERSON = /^(?:(?:Herrn?|Frau|Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Dipl|Ing|Mag|RA|StB|WP|Sig|Sra?|Mme|M|Dott|Avv|Univ|iur|med|dent|rer|nat|h\.c|phil)(?:\.|\b)[ -]?(?:(?:Ing|Kfm|Psych|med|jur|dent|vet|rer|nat|Des|Biol|Päd|Volksw|Betriebsw)\.?[ -]?){0,3}){0,4}(?<name>\p{Lu}[\p{Ll}'’]{1,20}(?:-\p{Lu}\p{Ll}{1,20})?(?: \p{Lu}\.)?(?: (?:von|van|de|der|den|zu|di|da|del|la|le|dos|af|ter)){0,2}(?: \p{Lu}[\p{L}'’]{1,25}(?:-\p{Lu}\p{L}{1,25})?){1,3})(?=$|[\s,;(|/.–-])/u;
const NO_NAMES = /\b(?:GmbH|Ltd|Inc|Verein|Straße|Street|Telefon|Phone|Email|Mail|Impressum|Kontakt|Uhr|The|Our|Your|Us|And|Form|Details|Information|Page|Service|Team|Büro|Office)\b/;

const DAY = String.raw`(?:mo(?:n(?:day|tag)?)?|di(?:enstag)?|tue(?:s(?:day)?)?|mi(?:ttwoch)?|wed(?:nesday)?|do(?:nnerstag)?|thu(?:r(?:s(?:day)?)?)?|fr(?:i(?:day)?|eitag)?|sa(?:t(?:urday)?|mstag)?|so(?:nntag|nnabend)?|su(?:n(?:day)?)?|lun(?:di|edì|es)?|mar(?:di|tedì|tes)?|mer(?:credi|coledì)?|mi[ée](?:rcoles)?|jeu(?:di)?|gio(?:vedì)?|jue(?:ves)?|ven(?:dredi|erdì)?|vie(?:rnes)?|sam(?:edi)?|sab(?:ato)?|s[áa]b(?:ado)?|dim(?:anche)?|dom(?:enica|ingo)?|ma|wo|vr|za|zo|pon|wt|śr|czw|pt|sob|nd|måndag|tisdag|onsdag|torsdag|fredag|lördag|söndag|ti|ke|to|pe|la|su|daily|täglich|weekdays|werktags)`;
const TIME = String.raw`\d{1,2}(?:[.:h]\d{2})?\s?(?:[ap]\.?m\.?|uhr|h)?`;
/** Looked for first, because it is rare and the days are not. */
const TIME_RANGE = /\d{1,2}(?:[.:h]\d{2})?\s?(?:[ap]\.?m\.?|uhr|h)?\s?(?:-|–|bis|to|à|alle|a)\s?\d{1,2}/i;
const HOURS = new RegExp(String.raw`(?<![\p{L}])${DAY}\.?(?:\s?(?:-|–|bis|to|à|a|al|und|,|&|/|\+)\s?${DAY}\.?){0,6}\s?(?::|,|von|from|de|dalle|ab)?\s{0,2}${TIME}\s?(?:-|–|bis|to|à|alle|a)\s?${TIME}(?![\p{L}\d])`, 'giu');

export function contactsInText(lines: readonly ScannedLine[]): PageFact[] {
  const facts: PageFact[] = [];
  for (let index = 0; index < lines.length && facts.length < 12; index += 1) {
    const line = lines[index]?.text ?? '';
    if (line.length < 8 || line.length > 180) continue;
    const match = TITLE.exec(line);
    const title = match?.groups?.['title'];
    const rest = match?.groups?.['rest'];
    if (match === null || title === undefined || rest === undefined) continue;
    const person = PERSON.exec(rest)?.groups?.['name'];
    if (person === undefined || NO_NAMES.test(person)) continue;
    const at = line.indexOf(person, line.length - rest.length);
    facts.push(factInText('contactName', person, line, at, at + person.length, 'text'));
    // "Contact" and "represented by" introduce somebody without saying what they do.
    if (!/^(?:contact|ansprech|vertreten|kontaktperson|contactpersoon|yhteys|responsable$)/i.test(title)) facts.push(factInText('contactTitle', title, line, 0, title.length, 'text'));
  }
  return facts;
}

export function hoursInText(lines: readonly ScannedLine[]): PageFact[] {
  const facts: PageFact[] = [];
  for (const { text } of lines) {
    if (text.length > 400 || !TIME_RANGE.test(text)) continue;
    for (const match of text.matchAll(HOURS)) {
      if (facts.length >= 14) return facts;
      facts.push(factInText('openingHours', match[0].trim(), text, match.index, match.index + match[0].trimEnd().length, 'text'));
    }
  }
  return facts;
}
