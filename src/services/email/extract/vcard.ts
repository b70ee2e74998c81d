/** Electronic business cards (vCard 2.1, 3.0, 4.0: RFC 2426, RFC 6350), alone in a file or inside a text. */
import { EmailNotation } from '../../../entities/email-notation.js';
import { clipEvidence, type Finding } from './finding.js';
import { readMailto } from './mailto.js';
import type { PageModel } from './page-model.js';
import type { PageContext } from './precision.js';
import { work } from './steps.js';

const BEGINNINGS = ['BEGIN:VCARD', 'begin:vcard', 'Begin:vCard', 'BEGIN:vCard'];

export function hasVcard(content: string): boolean {
  return BEGINNINGS.some((beginning) => content.includes(beginning));
}

/** Quoted-printable (RFC 2045) of one value, as UTF-8. */
function quotedPrintable(value: string): string {
  return Buffer.from(value.replace(/=([0-9A-F]{2})/gi, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))), 'latin1').toString('utf8');
}

/** Joins folded lines (a line break and one space) and decodes quoted-printable values, as vCard 2.1 has them. Linear. */
export function unfoldVcards(content: string): string {
  const lines = content.replace(/\r\n?/g, '\n').replace(/\n[ \t](?=\S)/g, '').split('\n');
  return lines.map((line) => {
    const colon = line.indexOf(':');
    return colon > 0 && colon < 200 && /quoted-printable/i.test(line.slice(0, colon)) ? line.slice(0, colon + 1) + quotedPrintable(line.slice(colon + 1)) : line;
  }).join('\n');
}

const PROPERTY = /^(?:[\w-]{1,20}\.)?([A-Z]{1,10})(?:;[^:]{0,200})?:(.{1,500})$/i;

function plain(value: string): string {
  return value.replace(/\\([,;\\])/g, '$1').replace(/\\n/gi, ' ').trim();
}

/** `N:Family;Given;Middle;Prefix;Suffix` as people say it. */
function spokenName(value: string): string {
  const [family = '', given = '', middle = ''] = value.split(';').map(plain);
  return [given, middle, family].filter((part) => part !== '').join(' ');
}

interface Card { emails: { value: string; start: number; end: number }[]; formatted: string; /** null where the card has no N at all, as vCard 4.0 allows. */ structured: string | null; title: string; organisation: string }

/** Addresses of every card in the text, with the name and the title their own card gives. */
export function findInVcards(model: PageModel, page: PageContext): Finding[] {
  if (!hasVcard(model.text)) return [];
  const findings: Finding[] = [];
  let card: Card | null = null;
  let offset = 0;
  work.steps += model.text.length;
  for (const line of model.text.split('\n')) {
    const [, name = '', value = ''] = PROPERTY.exec(line) ?? [];
    const property = name.toUpperCase();
    if (property === 'BEGIN') card = { emails: [], formatted: '', structured: null, title: '', organisation: '' };
    else if (card !== null) {
      if (property === 'FN') card.formatted = plain(value);
      else if (property === 'N') card.structured = spokenName(value);
      else if (property === 'ORG') card.organisation = plain(value.split(';')[0] ?? '');
      else if (property === 'TITLE' || (property === 'ROLE' && card.title === '')) card.title = plain(value);
      else if (property === 'EMAIL') card.emails.push({ value, start: offset + line.length - value.length, end: offset + line.length });
      else if (property === 'END') {
        findings.push(...cardFindings(card, page));
        card = null;
      }
    }
    offset += line.length + 1;
  }
  return findings;
}

function cardFindings(card: Card, page: PageContext): Finding[] {
  // A firm's card has an empty N, or the firm's name as FN.
  const named = card.structured !== '' && card.formatted !== card.organisation;
  const person = named ? card.formatted || (card.structured ?? '') : '';
  return card.emails.flatMap(({ value, start, end }) => readMailto(plain(value), page).map(({ local, domain }): Finding => ({
    local, domain, notation: EmailNotation.STRUCTURED_DATA, start, end, evidence: clipEvidence(`EMAIL:${value}`), element: -1,
    ...(person === '' ? {} : { personName: person }), ...(card.title === '' ? {} : { jobTitle: card.title }),
  })));
}
