/** Addresses in JSON-LD, microdata, RDFa and hCard, with the name and the title their own object gives. */
import { EmailNotation } from '../../../entities/email-notation.js';
import { foldText } from './characters.js';
import { percentDecode } from './ciphers.js';
import { clipEvidence, type Finding } from './finding.js';
import type { ElementRecord, PageModel } from './page-model.js';
import type { PageContext } from './precision.js';
import { work } from './steps.js';
import { scanText } from './text-scanner.js';

const MAX_NODES = 50_000;
const MAX_DEPTH = 40;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string' && value.trim() !== '') return foldText(value).trim().slice(0, 120);
  if (Array.isArray(value)) return textOf(value[0]);
  if (isRecord(value)) return textOf(value['name'] ?? value['@value']);
  return null;
}

function isPerson(node: Record<string, unknown>): boolean {
  const type = node['@type'];
  const types = Array.isArray(type) ? type : [type];
  return types.some((each) => typeof each === 'string' && /(?:^|[/:])(?:Person|Physician|Patient)$/.test(each));
}

function nameOf(node: Record<string, unknown>): string | null {
  const whole = textOf(node['name']);
  if (whole !== null) return whole;
  const parts = [textOf(node['givenName']), textOf(node['familyName'])].filter((part): part is string => part !== null);
  return parts.length > 0 ? parts.join(' ') : null;
}

/** JSON as pages really hold it: wrapped in comments or CDATA, with trailing commas or raw line breaks. */
function parseLoose(code: string): unknown {
  const bare = code.trim().replace(/^(?:<!--|\/\*\s{0,5}<!\[CDATA\[\s{0,5}\*\/|<!\[CDATA\[|\/\/<!\[CDATA\[)/, '').replace(/(?:-->|\/\*\s{0,5}\]\]>\s{0,5}\*\/|\]\]>|\/\/\]\]>)$/, '').trim().replace(/;$/, '');
  for (const attempt of [bare, bare.replace(/[\r\n\t]/g, ' '), bare.replace(/[\r\n\t]/g, ' ').replace(/,(?= {0,20}[}\]])/g, '')]) {
    try {
      return JSON.parse(attempt) as unknown;
    } catch {
      // The next, more forgiving form.
    }
  }
  return undefined;
}

function findInJsonLd(code: string, at: number, element: number, page: PageContext): Finding[] {
  const findings: Finding[] = [];
  const add = (text: string, key: string, owner: Record<string, unknown> | null): void => {
    for (const match of scanText(foldText(percentDecode(text.replace(/^mailto:/i, ''))), { page })) {
      const finding: Finding = { local: match.local, domain: match.domain, notation: EmailNotation.STRUCTURED_DATA, start: at, end: at, evidence: clipEvidence(`"${key}": "${text}"`), element };
      const person = owner === null ? null : nameOf(owner);
      const title = owner === null ? null : textOf(owner['jobTitle']) ?? textOf(owner['roleName']);
      if (person !== null) finding.personName = person;
      if (title !== null) finding.jobTitle = title;
      findings.push(finding);
    }
  };
  const document = parseLoose(code);
  if (document === undefined) {
    // Broken beyond repair: the field itself can still be read.
    for (const match of code.matchAll(/"email"\s{0,10}:\s{0,10}"([^"]{3,320})"/gi)) add(match[1] ?? '', 'email', null);
    return findings;
  }
  let nodes = 0;
  const stack: { value: unknown; key: string; owner: Record<string, unknown> | null; depth: number }[] = [{ value: document, key: '', owner: null, depth: 0 }];
  for (let next = stack.pop(); next !== undefined && nodes < MAX_NODES; next = stack.pop()) {
    nodes += 1;
    work.steps += 1;
    const { value, key, depth } = next;
    if (depth > MAX_DEPTH) continue;
    if (typeof value === 'string') {
      if (/^e-?mail$/i.test(key) || /^mailto:/i.test(value) || (value.includes('@') && /(?:description|text|contact|answer|abstract)/i.test(key) && !value.includes('://'))) add(value, key, next.owner);
    } else if (Array.isArray(value)) {
      for (let index = value.length - 1; index >= 0; index -= 1) stack.push({ value: value[index], key, owner: next.owner, depth: depth + 1 });
    } else if (isRecord(value)) {
      const owner = isPerson(value) ? value : '@type' in value ? null : next.owner;
      for (const [name, inner] of Object.entries(value).reverse()) stack.push({ value: inner, key: name === '@value' ? key : name, owner, depth: depth + 1 });
    }
  }
  return findings;
}

const HCARD = /(?:^|\s)(?:vcard|h-card)(?:\s|$)/;
const MAX_CLIMB = 30;

function isInCard(elements: readonly ElementRecord[], index: number): boolean {
  let at = index;
  for (let climb = 0; at >= 0 && climb < MAX_CLIMB; climb += 1) {
    work.steps += 1;
    const element = elements[at];
    if (element === undefined) return false;
    if (HCARD.test(element.className)) return true;
    at = element.parent;
  }
  return false;
}

/** `class="email"` inside an hCard: the text of its `value` parts together, or of the whole element without its `type`. */
function findInHcards(model: PageModel, page: PageContext): Finding[] {
  const findings: Finding[] = [];
  const { elements, text } = model;
  work.steps += model.cardFields.length;
  for (const index of model.cardFields) {
    const element = elements[index];
    if (element === undefined || element.end - element.start > 400 || !isInCard(elements, index)) continue;
    const parts: ElementRecord[] = [];
    for (let inner = index + 1; inner < elements.length && inner < index + 12 && (elements[inner]?.start ?? Infinity) < element.end; inner += 1) {
      const part = elements[inner];
      if (part !== undefined && /(?:^|\s)value(?:\s|$)/.test(part.className)) parts.push(part);
    }
    const [first] = parts;
    const last = parts[parts.length - 1];
    const from = first?.start ?? element.start;
    const printed = text.slice(from, last?.end ?? element.end).replace(/\s/g, (space) => (first === undefined ? space : ''));
    for (const match of scanText(printed, { page })) {
      findings.push({ local: match.local, domain: match.domain, notation: EmailNotation.STRUCTURED_DATA, start: from, end: last?.end ?? element.end, evidence: null, element: index });
    }
  }
  return findings;
}

/** JSON-LD of the page, hCards, and `itemprop=email` or `property="schema:email"` whose value stands in an attribute or in the text. */
export function findInStructuredData(model: PageModel, page: PageContext): Finding[] {
  const findings: Finding[] = findInHcards(model, page);
  for (const script of model.scripts) {
    if (script.type === 'application/ld+json') findings.push(...findInJsonLd(script.code, script.at, script.element, page));
  }
  for (const record of model.attributes) {
    if (record.name !== 'content' && record.name !== 'href' && record.name !== 'resource') continue;
    const element = model.elements[record.element];
    if (element === undefined || !/(?:^|\s)e?mail(?:$|\s)/i.test(element.itemprop)) continue;
    for (const match of scanText(foldText(percentDecode(record.value)), { page })) {
      findings.push({ local: match.local, domain: match.domain, notation: EmailNotation.STRUCTURED_DATA, start: element.start, end: Math.min(element.end, element.start + 200), evidence: clipEvidence(`itemprop="${element.itemprop}" ${record.name}="${record.value}"`), element: record.element });
    }
  }
  for (const index of model.properties) {
    const element = model.elements[index];
    if (element === undefined || !/(?:^|\s)e?mail(?:$|\s)/i.test(element.itemprop) || element.end - element.start > 400) continue;
    for (const match of scanText(model.text.slice(element.start, element.end), { page })) {
      findings.push({ local: match.local, domain: match.domain, notation: EmailNotation.STRUCTURED_DATA, start: element.start + match.start, end: element.start + match.end, evidence: null, element: index });
    }
  }
  return findings;
}
