/** Addresses carried by attributes: links, Cloudflare, data-*, titles, and halves that scripts put together. */
import { EmailNotation } from '../../../entities/email-notation.js';
import { detached, RecentMap } from '../../../recent-map.js';
import { foldText } from './characters.js';
import { base64Text, cloudflareText, codeListText, findMailtoShift, hexText, percentDecode, reverseText, rot13 } from './ciphers.js';
import { isMailDomain } from './domain.js';
import { clipEvidence, type BareAddress, type Finding } from './finding.js';
import { isMailto, readMailto } from './mailto.js';
import type { AttributeGroup, AttributeRecord, ElementRecord, PageModel } from './page-model.js';
import { isCredible, type PageContext } from './precision.js';
import { isCode } from './readable.js';
import { work } from './steps.js';
import { scanText } from './text-scanner.js';

const ENCODED_NAME = /(?:enc|crypt|rot-?13|obf|cloak|secure|safe|mailto-token|protect)/i;
const MAIL_NAME = /(?:mail|contact|kontakt|courriel|correo|recipient|addr)/i;
const COMPOSE = /[?&](?:to|email|recipient)=([^&#]{5,200})/i;
const FORM_SERVICE = /^https?:\/\/(?:www\.)?(?:formspree\.io|formsubmit\.co|formsubmit\.io|submit-form\.com|mailthis\.to)\/(?:ajax\/|el\/)?([^/?#]{5,200})/i;
const COMPOSE_HOST = /^https?:\/\/(?:mail\.google\.com|outlook\.(?:live|office)\.com|compose\.mail\.yahoo\.com|e\.mail\.ru)\//i;
const INNER_SCHEME = /^(?:https?:\/)?\/[^?#]{0,200}\/(mailto:[^/#]{5,300})/i;
const CF_LINK = /\/cdn-cgi\/l\/email-protection(?:\.html)?#([0-9a-f]{6,2000})/i;

/** Where a finding of an element stands in the text. */
export function rangeOf(elements: readonly ElementRecord[], element: number): { start: number; end: number } {
  const record = elements[element];
  return record === undefined ? { start: 0, end: 0 } : { start: record.start, end: Math.min(record.end, record.start + 300) };
}

function exactAddress(text: string, page: PageContext): BareAddress | null {
  const clean = foldText(text).trim().replace(/^mailto:/i, '');
  if (clean.length > 320) return null;
  const [first] = scanText(clean.split('?')[0] ?? '', { page });
  return first !== undefined && first.start <= 1 && first.end >= (clean.split('?')[0] ?? '').length - 1 ? { local: first.local, domain: first.domain } : null;
}

/** What a value hides when it is encoded: rotations, base64, hexadecimal, backwards. Null when nothing exact comes out. */
export function decodeValue(value: string, page: PageContext, hinted: boolean): BareAddress[] {
  if (value.length < 8 || value.length > 2_000) return [];
  const shifted = findMailtoShift(value);
  if (shifted !== null) {
    const found = readMailto(shifted, page);
    if (found.length > 0) return found;
  }
  const candidates: (string | null)[] = [base64Text(value), hexText(value), codeListText(value)];
  // Some plug-ins rotate first and write "[at]" over the sign afterwards.
  const signed = value.replace(/\[at\]|\(at\)|\/at\//i, '@').replace(/\/dot\//gi, '.');
  if (signed !== value) candidates.push(rot13(signed));
  if (value.includes('/ng/')) candidates.push(rot13(value).replace('/at/', '@').replaceAll('/dot/', '.'));
  if (hinted) candidates.push(rot13(signed), reverseText(value), cloudflareText(value));
  for (const candidate of candidates) {
    if (candidate === null) continue;
    const inner = isMailto(candidate) ? readMailto(candidate, page)[0] : exactAddress(candidate, page);
    if (inner !== undefined && inner !== null) return [inner];
    const twice = base64Text(candidate);
    const deeper = twice === null ? null : exactAddress(twice, page);
    if (deeper !== null) return [deeper];
  }
  return [];
}

function readLink(value: string, page: PageContext): Reading | null {
  if (isMailto(value)) return { found: readMailto(value, page), notation: EmailNotation.MAILTO };
  if (/^\s{0,3}data:/i.test(value)) return null;
  const cloudflare = CF_LINK.exec(value)?.[1];
  if (cloudflare !== undefined) {
    const text = cloudflareText(cloudflare);
    return { found: text === null ? [] : readMailto(text, page), notation: EmailNotation.CLOUDFLARE };
  }
  const service = FORM_SERVICE.exec(value)?.[1] ?? (COMPOSE_HOST.test(value) ? COMPOSE.exec(value)?.[1] : undefined);
  if (service !== undefined) {
    const exact = exactAddress(percentDecode(service), page);
    return { found: exact === null ? [] : [exact], notation: EmailNotation.ATTRIBUTE };
  }
  // An editor that took the address for a page puts the scheme behind the site's own.
  const inner = INNER_SCHEME.exec(value)?.[1];
  if (inner !== undefined) return { found: readMailto(inner, page), notation: EmailNotation.ATTRIBUTE };
  // A link that forgot "mailto:" or put "http://" in its place.
  const bare = value.replace(/^\s{0,3}(?:https?:\/\/)?/i, '').replace(/\/$/, '');
  if (!bare.includes('@') || bare.includes('/')) return { found: [], notation: EmailNotation.ATTRIBUTE };
  const exact = exactAddress(percentDecode(bare), page);
  return { found: exact === null ? [] : [exact], notation: EmailNotation.ATTRIBUTE };
}

interface Reading { found: readonly BareAddress[]; notation: EmailNotation }

/** Values that were read lately: within a page and a site nearly all of them come again. */
const MAX_REMEMBERED = 4_000;
const MAX_LENGTH = 200;
const values = new RecentMap<Reading>(MAX_REMEMBERED);

/** Attribute text a person can read or a script will show. */
function readValue({ name, value }: AttributeRecord, page: PageContext): Reading {
  return value.length > MAX_LENGTH ? readNew(name, value, page) : values.remember(`${page.siteDomain ?? ''} ${name} ${value}`, () => readNew(name, detached(value), page));
}

function readNew(name: string, value: string, page: PageContext): Reading {
  const none = { found: [], notation: EmailNotation.ATTRIBUTE };
  if (name === 'data-cfemail') {
    const text = cloudflareText(value);
    return { found: text === null ? [] : readMailto(text, page), notation: EmailNotation.CLOUDFLARE };
  }
  if (name === 'srcdoc') return none;
  // <meta http-equiv="refresh" content="5;url=mailto:…">
  const refresh = name === 'content' ? /^\s{0,5}\d{0,6}\s{0,5};\s{0,5}url\s{0,5}=\s{0,5}["']?(mailto:[^"']{5,400})/i.exec(value)?.[1] : undefined;
  if (refresh !== undefined) return { found: readMailto(refresh, page), notation: EmailNotation.MAILTO };
  const hinted = ENCODED_NAME.test(name);
  if (name.startsWith('data-') && (hinted || MAIL_NAME.test(name) || !value.includes(' '))) {
    const decoded = decodeValue(value, page, hinted);
    if (decoded.length > 0) return { found: decoded, notation: hinted ? EmailNotation.SCRIPT : EmailNotation.ATTRIBUTE };
    if (/%40|&#|%3c/i.test(value)) return { found: scanText(foldText(percentDecode(value)), { page }), notation: EmailNotation.ATTRIBUTE };
    if (MAIL_NAME.test(name)) {
      const split = /^([\w.+-]{1,64}) ?(?:\||#|\/\/|,|;|::|\^|~) ?([\p{L}\d.-]{4,200})$/u.exec(value.trim());
      if (split?.[1] !== undefined && split[2] !== undefined && isMailDomain(split[2]) && isCredible(split[1].toLowerCase(), split[2].toLowerCase(), page)) {
        return { found: [{ local: split[1].toLowerCase(), domain: split[2].toLowerCase() }], notation: EmailNotation.ATTRIBUTE };
      }
    }
  }
  if (hinted && !value.includes('@')) return none;
  if (name.startsWith('data-') && isMailto(value)) return { found: readMailto(value, page), notation: EmailNotation.ATTRIBUTE };
  // JSON in an attribute writes the sign with its own escape.
  const found = scanText(foldText(value.includes('\\') ? value.replace(/\\u0040/gi, '@') : value), { page });
  if (found.length > 0 || !value.includes('@') || !MAIL_NAME.test(name)) return { found, notation: EmailNotation.ATTRIBUTE };
  const turned = exactAddress(reverseText(value), page);
  return { found: turned === null ? [] : [turned], notation: EmailNotation.ATTRIBUTE };
}

function toFindings(found: readonly BareAddress[], notation: EmailNotation, record: { name: string; value: string; element: number }, model: PageModel): Finding[] {
  const range = rangeOf(model.elements, record.element);
  return found.map(({ local, domain }) => ({ local, domain, notation, ...range, evidence: clipEvidence(`${record.name}="${record.value}"`), element: record.element }));
}

/** Everything attributes give except code, which `script-folding` reads. */
export function findInAttributes(model: PageModel, page: PageContext): Finding[] {
  const findings: Finding[] = [];
  for (const record of model.attributes) {
    work.steps += 1 + (record.value.length >> 4);
    if (isCode(record.name) || /^\s{0,3}javascript:/i.test(record.value)) continue;
    const link = record.name === 'href' || record.name === 'action' || record.name === 'xlink:href';
    const read = link ? readLink(record.value, page) : readValue(record, page);
    if (read === null || read.found.length === 0) continue;
    findings.push(...toFindings(read.found, read.notation, record, model));
    if (read.notation === EmailNotation.MAILTO && record.entity) findings.push(...toFindings(read.found, EmailNotation.ENTITY, record, model));
  }
  for (const group of model.groups) findings.push(...findInGroup(group, model, page));
  return findings;
}

const USER_KEYS = ['data-user', 'data-username', 'data-name', 'data-local', 'data-localpart', 'data-mail-user', 'data-email-user', 'data-u', 'data-first', 'data-part1', 'data-a', 'data-x', 'data-1', 'data-mailname', 'data-email-name', 'data-mail-name', 'data-email-local', 'user', 'name', 'first'];
const DOMAIN_KEYS = ['data-domain', 'data-host', 'data-website', 'data-mail-domain', 'data-email-domain', 'data-d', 'data-second', 'data-last', 'data-part2', 'data-b', 'data-y', 'data-2', 'data-maildomain', 'data-email-host', 'domain', 'last'];
const SUFFIX_KEYS = ['data-tld', 'data-suffix', 'data-ext', 'data-mail-tld', 'data-email-tld', 'data-part3', 'data-c', 'data-z', 'data-3', 'tld'];

/** `data-email-user-value="…"`: what a script calls its values (Stimulus and the like), told by the last word of the name. */
const USER_TAIL = /^data-[\w-]{1,60}-(?:user|username|local|localpart)(?:-value)?$/;
const DOMAIN_TAIL = /^data-[\w-]{1,60}-(?:domain|host|hostname)(?:-value)?$/;

function tailValue(group: AttributeGroup, tail: RegExp): string {
  for (const [name, value] of group.values) if (tail.test(name)) return value.trim();
  return '';
}

function firstValue(group: AttributeGroup, keys: readonly string[]): string {
  for (const key of keys) {
    const value = group.values.get(key)?.trim();
    if (value !== undefined && value !== '') return value;
  }
  return '';
}

function joinPair(user: string, domain: string, page: PageContext): BareAddress | null {
  const local = user.toLowerCase().replace(/@$/, '');
  const host = domain.toLowerCase().replace(/^[@.]/, '');
  if (!/^[\p{L}\d._+-]{1,64}$/u.test(local) || !isMailDomain(host) || !isCredible(local, host, page)) return null;
  return { local, domain: host };
}

/** `data-user="info" data-domain="firm.example"`, also backwards, in base64, or with the suffix apart. */
export function findInGroup(group: AttributeGroup, model: PageModel, page: PageContext): Finding[] {
  const user = firstValue(group, USER_KEYS) || tailValue(group, USER_TAIL);
  let domain = firstValue(group, DOMAIN_KEYS) || tailValue(group, DOMAIN_TAIL);
  if (user === '' || domain === '' || user.length > 200 || domain.length > 300) return [];
  const suffix = firstValue(group, SUFFIX_KEYS).replace(/^\./, '');
  if (suffix !== '' && !domain.includes('.')) domain = `${domain}.${suffix}`;
  const decodedUser = base64Or(user);
  const decodedDomain = base64Or(domain);
  const pair = joinPair(user, domain, page)
    ?? joinPair(reverseText(user), reverseText(domain), page)
    ?? (decodedUser !== null && decodedDomain !== null ? joinPair(decodedUser, decodedDomain, page) : null)
    ?? joinPair(rot13(user), rot13(domain), page);
  if (pair === null) return [];
  const raw = [...group.values].filter(([, value]) => value !== '').slice(0, 6).map(([name, value]) => `${name}="${value}"`).join(' ');
  const notation = group.tag.includes('-') ? EmailNotation.SCRIPT : EmailNotation.ATTRIBUTE;
  return [{ ...pair, notation, ...rangeOf(model.elements, group.element), evidence: clipEvidence(raw), element: group.element }];
}

/** Joomla 4 encodes halves that are shorter than `base64Text` believes in. */
function base64Or(text: string): string | null {
  if (!/^[A-Za-z0-9+/]{4,300}={0,2}$/.test(text) || text.length % 4 !== 0) return null;
  const decoded = Buffer.from(text, 'base64').toString('utf8');
  return /^[\p{L}\d._+-]{1,255}$/u.test(decoded) ? decoded : null;
}
