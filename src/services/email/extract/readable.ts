/** Which attributes of an element may hold an address, and which of them only make sense together. */

import { attributeNumber, type TagAttributes } from '../../../tag-attributes.js';

const GROUP_NAME = /^(?:data-[\w-]{0,60}(?:user|name|local|domain|host|tld|suffix|ext|part|first|second|u|d|a|b|x|y|[12])\d?(?:-value)?|user|domain|name|first|last|is-email|text|base)$/;
const CONTACT_META = /^(?:description|og:description|twitter:description|dc\.description|email|e-mail|contact|reply-to|reply_to|og:email|business:contact_data:email|dc\.publisher\.email|contact_email)$/i;
/** Fields by which mail forms tell their script where to send to. */
const RECIPIENT = /^_?(?:recipient|recipients|mail_?to|send_?to|to|empfaenger|destinatario|destinataire)$/i;
const MAIL_PROPERTY = /(?:^|[\s:/#])(?:e?mail|mbox)(?:$|\s)/i;

const NAME = attributeNumber('name');
const PROPERTY = attributeNumber('property');
const HTTP_EQUIV = attributeNumber('http-equiv');
const ITEMPROP = attributeNumber('itemprop');
const REL = attributeNumber('rel');
const TYPE = attributeNumber('type');
const DOMAIN = attributeNumber('domain');

/** Author and generator tags name who made the page, not whose it is. */
function isContactMeta(given: TagAttributes): boolean {
  return CONTACT_META.test(given.get(NAME) ?? given.get(PROPERTY) ?? given.get(HTTP_EQUIV) ?? '') || given.has(ITEMPROP) || mailProperty(given) !== '' || given.get(HTTP_EQUIV)?.toLowerCase() === 'refresh';
}

/** `property="schema:email"`, `rel="foaf:mbox"` (RDFa 1.1) as the name that microdata has for it; '' for anything else. */
function mailProperty(given: TagAttributes): string {
  const named = given.get(PROPERTY) ?? given.get(REL);
  return named !== undefined && named.length > 3 && named.length < 200 && MAIL_PROPERTY.test(named) && !/^(?:og|business|twitter):/i.test(named) ? 'email' : '';
}

/** What the tag says its value is: `itemprop`, or a property of RDFa that means an address; '' when it does not say. */
export function propertyOf(given: TagAttributes): string {
  return given.get(ITEMPROP) ?? mailProperty(given);
}

/** Handlers, and expressions that Vue, Alpine and Angular bind to a link or a text. */
const BOUND = new Set([':href', 'v-bind:href', 'x-bind:href', 'ng-href', '[href]', '[attr.href]', 'v-text', 'v-html', 'x-text', 'x-html', 'x-data', 'x-init', 'ng-init', 'ng-bind']);

/** The value of such an attribute is code. */
export function isCode(name: string): boolean {
  return name.startsWith('on') || BOUND.has(name);
}

/** Attributes that can hold an address a reader would reach; values to be typed over (`value`, `placeholder`) cannot. */
export function isReadable(tag: string, name: string, given: TagAttributes): boolean {
  if (name.startsWith('data-')) return name !== 'data-placeholder';
  if (isCode(name)) return true;
  switch (name) {
    case 'href': case 'action': case 'xlink:href': return true;
    case 'title': case 'aria-label': case 'alt': return tag !== 'input' && tag !== 'textarea';
    case 'content': return tag === 'meta' ? isContactMeta(given) : given.has(ITEMPROP) || mailProperty(given) !== '';
    case 'resource': return mailProperty(given) !== '';
    case 'value': return tag === 'option' || (tag === 'input' && given.get(TYPE)?.toLowerCase() === 'hidden' && RECIPIENT.test(given.get(NAME) ?? ''));
    case 'srcdoc': return tag === 'iframe';
    case 'props': return tag.includes('-');
    case 'user': case 'domain': case 'first': case 'last': return tag.includes('-') || tag === 'a' || tag === 'span';
    case 'name': return tag !== 'input' && tag !== 'meta' && tag !== 'a' && given.has(DOMAIN);
    default: return false;
  }
}

/** What the name of an attribute alone says, as bits; NEVER where no element can carry an address in it. */
export const NEVER = 0;
const CARRIER = 1;
/** Half of an address, such as `data-user` beside `data-domain`. */
export const HALF = 2;
export const LINK = 4;
const NAMES = new Set(['title', 'aria-label', 'alt', 'content', 'resource', 'value', 'srcdoc', 'user', 'domain', 'first', 'last', 'name', 'props']);
const LINKS = new Set(['href', 'action', 'xlink:href']);
let roles: number[] = [];
let generation = 0;

function roleOf(name: string): number {
  const carries = LINKS.has(name) ? CARRIER | LINK : NAMES.has(name) || isCode(name) || name.startsWith('data-') ? CARRIER : NEVER;
  return carries === NEVER ? NEVER : carries | (GROUP_NAME.test(name) ? HALF : 0);
}

/** The role of an attribute of the tag, remembered as long as the number of its name means that name. */
export function roleAt(given: TagAttributes, at: number): number {
  if (given.generation !== generation) {
    roles = [];
    generation = given.generation;
  }
  const number = given.numberAt(at);
  const role = roles[number] ?? roleOf(given.nameAt(at));
  roles[number] = role;
  return role;
}

const LINK_HINT = /@|%40|^\s{0,20}(?:m|%6d|data:|javascript:|java\s)|email-protection|rot13|crypt/i;

/** A link that leads to nothing but another page is not worth keeping. Must let through all that `attributes.ts` and `script-folding.ts` read. */
export function mayLink(value: string): boolean {
  return LINK_HINT.test(value.length > 20_000 ? value.slice(0, 20_000) : value);
}
