/** Which attributes of an element may hold an address, and which of them only make sense together. */

const GROUP_NAME = /^(?:data-[\w-]{0,60}(?:user|name|local|domain|host|tld|suffix|ext|part|first|second|u|d|a|b|x|y|[12])\d?|user|domain|name|first|last|is-email|text|base)$/;
const CONTACT_META = /^(?:description|og:description|twitter:description|dc\.description|email|e-mail|contact|reply-to|reply_to|og:email|business:contact_data:email|dc\.publisher\.email|contact_email)$/i;
/** Fields by which mail forms tell their script where to send to. */
const RECIPIENT = /^_?(?:recipient|recipients|mail_?to|send_?to|to|empfaenger|destinatario|destinataire)$/i;
const MAIL_PROPERTY = /(?:^|[\s:/#])(?:e?mail|mbox)(?:$|\s)/i;

/** Author and generator tags name who made the page, not whose it is. */
function isContactMeta(attribs: Readonly<Record<string, string>>): boolean {
  return CONTACT_META.test(attribs['name'] ?? attribs['property'] ?? attribs['http-equiv'] ?? '') || attribs['itemprop'] !== undefined || mailProperty(attribs) !== '' || attribs['http-equiv']?.toLowerCase() === 'refresh';
}

/** `property="schema:email"`, `rel="foaf:mbox"` (RDFa 1.1) as the name that microdata has for it; '' for anything else. */
export function mailProperty(attribs: Readonly<Record<string, string>>): string {
  const named = attribs['property'] ?? attribs['rel'];
  return named !== undefined && named.length > 3 && named.length < 200 && MAIL_PROPERTY.test(named) && !/^(?:og|business|twitter):/i.test(named) ? 'email' : '';
}

/** Attributes that can hold an address a reader would reach; values to be typed over (`value`, `placeholder`) cannot. */
export function isReadable(tag: string, name: string, attribs: Readonly<Record<string, string>>): boolean {
  if (name.startsWith('data-')) return name !== 'data-placeholder';
  if (name.startsWith('on')) return true;
  switch (name) {
    case 'href': case 'action': case 'xlink:href': return true;
    case 'title': case 'aria-label': case 'alt': return tag !== 'input' && tag !== 'textarea';
    case 'content': return tag === 'meta' ? isContactMeta(attribs) : attribs['itemprop'] !== undefined || mailProperty(attribs) !== '';
    case 'resource': return mailProperty(attribs) !== '';
    case 'value': return tag === 'option' || (tag === 'input' && attribs['type']?.toLowerCase() === 'hidden' && RECIPIENT.test(attribs['name'] ?? ''));
    case 'srcdoc': return tag === 'iframe';
    case 'user': case 'domain': case 'first': case 'last': return tag.includes('-') || tag === 'a' || tag === 'span';
    case 'name': return tag !== 'input' && tag !== 'meta' && tag !== 'a' && attribs['domain'] !== undefined;
    default: return false;
  }
}

/** What the name of an attribute alone says, as bits; NEVER where no element can carry an address in it. */
export const NEVER = 0;
const CARRIER = 1;
/** Half of an address, such as `data-user` beside `data-domain`. */
export const HALF = 2;
export const LINK = 4;
const NAMES = new Set(['title', 'aria-label', 'alt', 'content', 'resource', 'value', 'srcdoc', 'user', 'domain', 'first', 'last', 'name']);
const LINKS = new Set(['href', 'action', 'xlink:href']);
const MAX_NAMES = 10_000;
const roles = new Map<string, number>();

export function roleOf(name: string): number {
  const known = roles.get(name);
  if (known !== undefined) return known;
  const carries = LINKS.has(name) ? CARRIER | LINK : NAMES.has(name) || name.startsWith('on') || name.startsWith('data-') ? CARRIER : NEVER;
  const role = carries === NEVER ? NEVER : carries | (GROUP_NAME.test(name) ? HALF : 0);
  // Names come from pages, so what is remembered of them is bounded.
  if (roles.size >= MAX_NAMES) roles.clear();
  roles.set(name, role);
  return role;
}

const LINK_HINT = /@|%40|^\s{0,20}(?:m|%6d|data:|javascript:|java\s)|email-protection|rot13|crypt/i;

/** A link that leads to nothing but another page is not worth keeping. Must let through all that `attributes.ts` and `script-folding.ts` read. */
export function mayLink(value: string): boolean {
  return LINK_HINT.test(value.length > 20_000 ? value.slice(0, 20_000) : value);
}
