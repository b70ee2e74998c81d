import { LeadlineError } from '../../errors.js';
import { findDomains } from './domains.js';

export interface Evidence {
  field: string;
  value: string;
  snippet: string;
  pageUrl: string;
}

export interface Facts {
  companyName: string;
  evidence: Evidence[];
}

const EMAIL = /[^\s@<>()"',;:]{1,64}@[^\s@<>()"',;:]{1,255}/g;
const NUMBER = /\d(?:[\d\s().,/-]{0,30}\d)?/g;
const NUMBER_IN_WORDS = /\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|dozens?)\b/gi;

function corpusOf(facts: Facts): string {
  return [facts.companyName, ...facts.evidence.flatMap((e) => [e.value, e.snippet, e.pageUrl])].join('\n');
}

/** Runs of digits as single numbers and, where separators join them, as one ("+49 221 1234" is 492211234). */
function digitRuns(text: string): Set<string> {
  const runs = new Set<string>();
  for (const match of text.match(NUMBER) ?? []) {
    runs.add(match.replace(/\D/g, ''));
    for (const part of match.match(/\d+/g) ?? []) runs.add(part);
  }
  return runs;
}

/**
 * The first e-mail address, web address or number of a text that the evidence does not hold; null when all of it is
 * proven. Numbers count as digits, so that a phone number may be grouped in another way.
 */
export function unprovenClaim(text: string, facts: Facts): string | null {
  const corpus = corpusOf(facts).toLowerCase();
  const emails = new Set((corpus.match(EMAIL) ?? []).map((e) => e.replace(/[.,;!?]{1,50}$/, '')));
  for (const email of text.toLowerCase().match(EMAIL) ?? []) if (!emails.has(email.replace(/[.,;!?]{1,5}$/, ''))) return email;
  const known = findDomains(corpus).map((d) => d.text.toLowerCase().replace(/^https?:\/\//, '').replace(/\/$/, ''));
  for (const found of findDomains(text.toLowerCase().replace(EMAIL, ' '))) {
    const url = found.text.replace(/^https?:\/\//, '').replace(/\/$/, '');
    // A shorter form of a proven address is proven; a longer one is not.
    if (!known.some((k) => k === url || k.startsWith(`${url}/`) || k === `www.${url}`)) return found.text;
  }
  const proven = digitRuns(corpus);
  for (const number of text.match(NUMBER) ?? []) {
    const whole = number.replace(/\D/g, '');
    const parts = number.match(/\d+/g) ?? [];
    const separate = parts.every((p) => p.length < 3 || proven.has(p)) && parts.every((p) => proven.has(p));
    if (!proven.has(whole) && !separate) return number;
  }
  for (const word of text.match(NUMBER_IN_WORDS) ?? []) if (!corpus.includes(word.toLowerCase())) return word;
  return null;
}

const LABELS: Record<string, string> = {
  companyName: 'Name', description: 'About', industry: 'Industry', phone: 'Phone', address: 'Address', city: 'City', countryCode: 'Country', socialLink: 'Profile', contactName: 'Contact', contactTitle: 'Role', openingHours: 'Opening hours', email: 'E-mail', website: 'Web site',
};
const SHOWN = ['description', 'industry', 'city', 'address', 'countryCode', 'contactName', 'contactTitle', 'email', 'phone', 'openingHours', 'website', 'socialLink'];
const MESSAGE = /\b(?:messages?|e-?mails? (?:to|for|them|introduc\w{0,6})|write to|mail to|first (?:contact|line|message|e-?mail)|outreach|introduc\w{0,8}|invite|cold|letter|pitch|reach out|contact them|nachricht|anschreiben|e-?mail schreiben|message|lettre|mensaje|carta|messaggio|lettera|bericht aan|brief|mensagem|draft (?:an )?e-?mail|write (?:an? )?(?:short |brief |friendly |polite |formal )?e-?mail)\b/i;

const clip = (text: string, max: number): string => {
  const folded = text.replace(/\s+/g, ' ').trim();
  return folded.length <= max ? folded : `${folded.slice(0, max - 1).trimEnd()}…`;
};

function label(field: string): string {
  return LABELS[field] ?? field.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase().replace(/^./, (c) => c.toUpperCase());
}

/** Distinct facts in an order a person expects. */
function factsToShow(facts: Facts): Evidence[] {
  const seen = new Set<string>();
  const distinct = facts.evidence.filter((e) => {
    const key = `${e.field}|${e.value.trim().toLowerCase()}`;
    if (e.value.trim() === '' || e.field === 'companyName' || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  const rank = (e: Evidence): number => (SHOWN.includes(e.field) ? SHOWN.indexOf(e.field) : SHOWN.length);
  return distinct.sort((a, b) => rank(a) - rank(b)).slice(0, 12);
}

/**
 * A text made of evidence alone, for when no model writes it: a summary, a list or a first message, as the instruction
 * asks; "in one sentence" and "in 50 words" are kept to.
 * @throws LeadlineError CONTEXT_MISSING when there is no evidence.
 */
export function writeFromEvidence(facts: Facts, instruction: string): string {
  const shown = factsToShow(facts);
  const name = clip(facts.companyName, 120) || 'This company';
  if (shown.length === 0) throw new LeadlineError('CONTEXT_MISSING', 'There is no evidence about this lead to write from.');
  const text = MESSAGE.test(instruction) ? message(name, shown) : summary(name, shown, instruction);
  return shorten(text, instruction);
}

function summary(name: string, shown: readonly Evidence[], instruction: string): string {
  const lines = shown.map((e) => `${label(e.field)}: ${clip(e.value, 200)}`);
  if (/\b(?:bullets?|bullet points?|list|liste|lista|stichpunkte|puces|elenco)\b/i.test(instruction)) return [`${name}`, ...lines.map((l) => `- ${l}`)].join('\n');
  const about = shown.find((e) => e.field === 'description');
  const rest = shown.filter((e) => e !== about).map((e) => `${label(e.field).toLowerCase()} “${clip(e.value, 160)}”`);
  const opening = about ? `${name}: “${clip(about.value, 280)}”.` : '';
  const said = rest.length === 0 ? '' : `${about ? 'Its pages also state' : `The pages of ${name} state`}: ${rest.join(', ')}.`;
  return [opening, said].filter((s) => s !== '').join(' ');
}

function message(name: string, shown: readonly Evidence[]): string {
  const value = (field: string): string | null => {
    const found = shown.find((e) => e.field === field);
    return found ? clip(found.value, 160) : null;
  };
  const contact = value('contactName');
  const about = value('description') ?? value('industry');
  const city = value('city');
  return [
    contact === null ? 'Hello,' : `Hello ${contact},`,
    about === null ? `I came across the web site of ${name}${city === null ? '' : ` in ${city}`}.` : `I came across ${name}${city === null ? '' : ` in ${city}`} and read on your site: “${about}”.`,
    'I would like to introduce what we do and learn whether it is of use to you. May I send you a few details?',
    'Kind regards',
  ].join('\n\n');
}

function shorten(text: string, instruction: string): string {
  const sentences = text.match(/[^.!?]{1,600}[.!?]+[”"]?\s*/g) ?? [text];
  let kept = text;
  if (/\b(?:(?:one|a single|1) sentence|einem satz|une (?:seule )?phrase|una (?:sola )?frase|[eé][eé]n zin|uma frase)\b/i.test(instruction)) kept = (sentences[0] ?? text).trim();
  const limit = /\b(\d{1,4}) (?:words|w[oö]rter|mots|palabras|parole|woorden|palavras)\b/i.exec(instruction);
  if (limit) {
    const words = kept.split(/(?<=\s)/);
    const max = Math.max(1, Number(limit[1]));
    if (words.length > max) kept = `${words.slice(0, max).join('').trimEnd()}…`;
  }
  return kept;
}
