/** People and opening hours that a page labels in plain text ("Owner: Jane Roe", "Mo-Fr 9-18 Uhr"). */
import { factInText } from './fact.js';
import { type ScannedLine } from './lines.js';
import { type PageFact } from '../page-reading.js';

/** Jobs that a person has, across languages; many take words in front ("Office Manager", "Head of Sales"). */
const JOB = String.raw`(?:(?:[\p{L}&/-]{2,20} ){0,3}(?:Manager(?:in)?|Director|Officer|Leiter(?:in)?|Coordinator|Administrator|Secretary|Treasurer|Assistant|President|Founder|Partner|Attorney|Engineer|Executive|Representative|Consultant|Owner|Chair(?:man|woman|person)?)|Geschäftsführer(?:in|innen)?|Geschäftsführung|Inhaber(?:in)?|Vorstand(?:svorsitzende[r]?)?|(?:(?:1|2|1st|erste[r]?|zweite[r]?|stellv(?:ertretende[r]?)?)\.? )?Vorsitzende[r]?|(?:Vize-?)?Präsident(?:in)?|Vereinsvorsitzende[r]?|Leitung|(?:[\p{L}-]{2,20})?[lL]eiter(?:in)?|Praxisinhaber(?:in)?|Schatzmeister(?:in)?|Kassier(?:er|in|erin)?|Schriftführer(?:in)?|Obmann|Obfrau|CEO|CTO|CFO|COO|CMO|Principal|Head of [\p{L} ]{2,30}|VP(?: of)? [\p{L} ]{2,30}|Gérante?|Directeur|Directrice|Directeur(?:·rice)? de (?:la )?publication|Présidente?|Titolare|Amministratore(?: unico)?|Direttore|Direttrice|Presidente|Legale rappresentante|Propietari[oa]|Gerente|Directora?(?: general)?|Responsável|Diretora?|Sócio|Właściciel(?:ka)?|Prezes|Dyrektor|Eigenaar|Ägare|VD|Verkställande direktör|Ordförande|Daglig leder|Styreleder|Direktør|Indehaver|Formand|Toimitusjohtaja|Yrittäjä|Puheenjohtaja|Jednatel(?:ka)?|Ředitel(?:ka)?|Majitel(?:ka)?|Předseda|Ügyvezető|Tulajdonos|Direktor(?:ica)?|Vlasnik|Vlasnica|Rechtsanwalt|Rechtsanwältin|Steuerberater(?:in)?)`;
/** Words that introduce somebody without saying what they do. */
const INTRODUCTION = String.raw`Ansprechpartner(?:in)?|Vertreten durch|Contact(?: person)?|Kontaktperson|Contactpersoon|Yhteyshenkilö|Responsable`;
const TITLE = new RegExp(String.raw`^(?<title>(?:${JOB}|${INTRODUCTION})(?: (?:und|&|and) [\p{L} ]{2,30})?)\s{0,2}[:：–-]\s{0,2}(?<rest>.{3,120})$`, 'iu');
/** "Jane Roe, Managing Director": the job behind the name, on a line of its own. */
const JOB_BEHIND = new RegExp(String.raw`^\s{0,2}(?:[,(|–-]|\s-)\s{0,2}(?<title>${JOB}(?: (?:und|&|and|of|für|for) [\p{L} ]{2,30})?)\)?\s{0,2}$`, 'iu');
/** What stands between a job and a name in both of them: most lines have none of these and meet neither. */
const BETWEEN = /[:：–,(|-]/;
const PERSON = /^(?:(?:Herrn?|Frau|Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Dipl|Ing|Mag|RA|StB|WP|Sig|Sra?|Mme|M|Dott|Avv|Univ|iur|med|dent|rer|nat|h\.c|phil)(?:\.|\b)[ -]?(?:(?:Ing|Kfm|Psych|med|jur|dent|vet|rer|nat|Des|Biol|Päd|Volksw|Betriebsw)\.?[ -]?){0,3}){0,4}(?<name>\p{Lu}[\p{Ll}'’]{1,20}(?:-\p{Lu}\p{Ll}{1,20})?(?: \p{Lu}\.)?(?: (?:von|van|de|der|den|zu|di|da|del|la|le|dos|af|ter)){0,2}(?: \p{Lu}[\p{L}'’]{1,25}(?:-\p{Lu}\p{L}{1,25})?){1,3})(?=$|[\s,;(|/.–-])/u;
const NO_NAMES = /\b(?:GmbH|Ltd|Inc|Verein|Straße|Street|Telefon|Phone|Email|Mail|Impressum|Kontakt|Uhr|The|Our|Your|Us|And|Form|Details|Information|Page|Service|Team|Büro|Office)\b/;

const DAY = String.raw`(?:mo(?:n(?:day|tag)?)?|di(?:enstag)?|tue(?:s(?:day)?)?|mi(?:ttwoch)?|wed(?:nesday)?|do(?:nnerstag)?|thu(?:r(?:s(?:day)?)?)?|fr(?:i(?:day)?|eitag)?|sa(?:t(?:urday)?|mstag)?|so(?:nntag|nnabend)?|su(?:n(?:day)?)?|lun(?:di|edì|es)?|mar(?:di|tedì|tes)?|mer(?:credi|coledì)?|mi[ée](?:rcoles)?|jeu(?:di)?|gio(?:vedì)?|jue(?:ves)?|ven(?:dredi|erdì)?|vie(?:rnes)?|sam(?:edi)?|sab(?:ato)?|s[áa]b(?:ado)?|dim(?:anche)?|dom(?:enica|ingo)?|ma|wo|vr|za|zo|pon|wt|śr|czw|pt|sob|nd|måndag|tisdag|onsdag|torsdag|fredag|lördag|söndag|ti|ke|to|pe|la|su|daily|täglich|weekdays|werktags)`;
const TIME = String.raw`\d{1,2}(?:[.:h]\d{2})?\s?(?:[ap]\.?m\.?|uhr|h)?`;
/** Looked for first, because it is rare and the days are not. */
const TIME_RANGE = /\d{1,2}(?:[.:h]\d{2})?\s?(?:[ap]\.?m\.?|uhr|h)?\s?(?:-|–|bis|to|à|alle|a)\s?\d{1,2}/i;
const HOURS = new RegExp(String.raw`(?<![\p{L}])${DAY}\.?(?:\s?(?:-|–|bis|to|à|a|al|und|,|&|/|\+)\s?${DAY}\.?){0,6}\s?(?::|,|von|from|de|dalle|ab)?\s{0,2}${TIME}\s?(?:-|–|bis|to|à|alle|a)\s?${TIME}(?![\p{L}\d])`, 'giu');

const JUST_INTRODUCED = new RegExp(`^(?:${INTRODUCTION})$`, 'iu');

function personAt(text: string): string | null {
  const name = PERSON.exec(text)?.groups?.['name'];
  return name === undefined || NO_NAMES.test(name) ? null : name;
}

/** Somebody with a job, or introduced as the contact. The name and the job share a snippet, which is how they are paired. */
export function contactsInText(lines: readonly ScannedLine[]): PageFact[] {
  const facts: PageFact[] = [];
  for (let index = 0; index < lines.length && facts.length < 12; index += 1) {
    const line = lines[index]?.text ?? '';
    if (line.length < 8 || line.length > 180 || !BETWEEN.test(line)) continue;
    const match = TITLE.exec(line);
    const title = match?.groups?.['title'];
    const rest = match?.groups?.['rest'];
    if (title !== undefined && rest !== undefined) {
      const name = personAt(rest);
      if (name === null) continue;
      const at = line.indexOf(name, line.length - rest.length);
      facts.push(factInText('contactName', name, line, at, at + name.length, 'text'));
      if (!JUST_INTRODUCED.test(title)) facts.push(factInText('contactTitle', title, line, 0, title.length, 'text'));
      continue;
    }
    if (line.length > 90) continue;
    const name = personAt(line);
    if (name === null) continue;
    const after = line.indexOf(name) + name.length;
    const job = JOB_BEHIND.exec(line.slice(after))?.groups?.['title']?.trim();
    if (job === undefined) continue;
    facts.push(factInText('contactName', name, line, after - name.length, after, 'text'));
    facts.push(factInText('contactTitle', job, line, line.indexOf(job, after), line.indexOf(job, after) + job.length, 'text'));
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
