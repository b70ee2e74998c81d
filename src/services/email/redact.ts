/** Takes one address out of a text, in whatever notation the extractor reads it there. */
import { domainToASCII, domainToUnicode } from 'node:url';
import { extractEmails } from './extract.js';

/** As long as what it covers in UTF-16 units: offsets of everything else stay true. */
const COVER = '\u2588';

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const cover = (text: string): string => COVER.repeat(text.length);

/** The spellings in which one address may be written out: its domain in Unicode and in A-labels, the @ as it is and percent-encoded. */
export function spellings(address: string): string[] {
  const at = address.lastIndexOf('@');
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  const domains = new Set([domain, domainToASCII(domain), domainToUnicode(domainToASCII(domain))].filter((one) => one !== ''));
  return [...domains].flatMap((one) => [`${local}@${one}`, `${encodeURIComponent(local)}%40${one}`]);
}

/** Matches the address as a whole: `ann@x.de` is not part of `joann@x.de`, nor of `ann@x.de.example.com`. */
function wholeAddress(address: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}_.+-])(?:${spellings(address).map(escaped).join('|')})(?![\\p{L}\\p{N}_-]|\\.[\\p{L}\\p{N}])`, 'giu');
}

function sameMailbox(one: string, other: string): boolean {
  const folded = (address: string): string => `${address.slice(0, address.lastIndexOf('@'))}@${domainToASCII(address.slice(address.lastIndexOf('@') + 1))}`.toLowerCase();
  return folded(one) === folded(other);
}

/** Whether a reader of the text, by eye or by machine, still gets the address from it. */
export function shows(text: string, address: string): boolean {
  return wholeAddress(address).test(text) || extractEmails(text).some((found) => sameMailbox(found.address, address));
}

/** The text with the address covered, as long as before; covered as a whole where the address is hidden in it and cannot be cut out. */
export function redactText(text: string, address: string): string {
  const plain = text.replace(wholeAddress(address), cover);
  if (!shows(plain, address)) return plain;
  const domainName = escaped(address.slice(address.lastIndexOf('@') + 1).split('.')[0] ?? '');
  // "info [at] firm [dot] de" and the like: the name of the mailbox, when the domain's name follows it closely.
  const spelledOut = plain.replace(new RegExp(`${escaped(address.slice(0, address.lastIndexOf('@')))}.{1,40}?${domainName}`, 'gisu'), cover);
  return shows(spelledOut, address) ? cover(plain) : spelledOut;
}

/**
 * The source of a page with the address covered. Where it is hidden in the markup (a script, a cipher, entities), the page's
 * readable text takes the place of the source: what else it says can still be read from it.
 * @param text what a reader sees of the page
 */
export function redactHtml(html: string, text: string, address: string): string {
  const plain = html.replace(wholeAddress(address), cover);
  if (!shows(plain, address)) return plain;
  const readable = `<pre>${redactText(text, address).replace(/&/g, '&amp;').replace(/</g, '&lt;')}</pre>`;
  return shows(readable, address) ? '' : readable;
}

/** A first name alone is many people's, and a word of many languages: only a name of two words or more says who it is. */
export function isFullName(name: string): boolean {
  const words = name.trim().split(/\s+/u);
  return words.length > 1 && words.every((word) => /^\p{L}/u.test(word));
}

/**
 * A text or a page's source with the name covered, as long as before, also where markup or line breaks stand between its
 * words. Tags stay. What is written in ciphers or entities is not read: no name is.
 */
export function redactName(text: string, name: string): string {
  const words = name.trim().split(/\s+/u).map(escaped);
  const named = new RegExp(`(?<![\\p{L}\\p{N}_])${words.join('(?:\\s|&nbsp;|<[^<>]{0,200}>){1,20}')}(?![\\p{L}\\p{N}_])`, 'giu');
  return text.replace(named, (found) => found.replace(/<[^<>]*>|[^<]+/gu, (part) => (part.startsWith('<') ? part : cover(part))));
}
