/** Where a printed domain ends, and whether its suffix exists (Public Suffix List, ICANN section, through tldts). */
import { parse } from 'tldts';
import { domainToASCII } from 'node:url';

/** RFC 2606 and RFC 6761: can never receive mail on the real internet, and is what tests and manuals print. */
const RESERVED_TLDS = new Set(['example', 'test', 'invalid']);
const RESERVED_DOMAINS = new Set(['example.com', 'example.net', 'example.org', 'example.edu']);

/** Words that get glued to the end of an address when a page forgets the space between two fields. */
const GLUED_AFTER = /^(?:tel|fax|phone|telefon|telefax|mobil|mobile|handy|www|http|https|web|internet|website|email|mail|e-mail|adresse|address|kontakt|contact|or|and|und|oder)/i;

const MAX_LABEL = 63;
const MAX_DOMAIN = 253;
const cache = new Map<string, boolean>();
const CACHE_LIMIT = 20_000;

export function isReservedDomain(domain: string): boolean {
  const lower = domain.toLowerCase();
  const labels = lower.split('.');
  return RESERVED_TLDS.has(labels[labels.length - 1] ?? '') || RESERVED_DOMAINS.has(labels.slice(-2).join('.'));
}

/** The part that is bought: `mail.shop.co.uk` → `shop.co.uk`; reserved names count two labels. Null when there is none. */
export function registrableDomain(domain: string): string | null {
  const lower = domain.toLowerCase().replace(/\.$/, '');
  if (isReservedDomain(lower)) return lower.split('.').slice(-2).join('.');
  return parse(lower).domain;
}

function computeMailDomain(lower: string): boolean {
  if (lower.length > MAX_DOMAIN) return false;
  const labels = lower.split('.');
  if (labels.length < 2) return false;
  for (const label of labels) {
    if (label === '' || label.length > MAX_LABEL || label.startsWith('-') || label.endsWith('-')) return false;
  }
  const ascii = domainToASCII(lower);
  if (ascii === '' || ascii.length > MAX_DOMAIN) return false;
  if (isReservedDomain(lower)) return true;
  const found = parse(lower);
  return found.isIcann === true && found.domain !== null && found.isIp !== true;
}

/** True when mail could be sent there as far as the name alone can tell: LDH or IDN labels under a suffix that exists. */
export function isMailDomain(domain: string): boolean {
  const lower = domain.toLowerCase();
  const known = cache.get(lower);
  if (known !== undefined) return known;
  const answer = computeMailDomain(lower);
  if (cache.size >= CACHE_LIMIT) cache.clear();
  cache.set(lower, answer);
  return answer;
}

/** Cuts "deTel", "de0371" or "detel" back to "de"; null when no natural border leaves a real suffix. */
function cutGlued(head: string, last: string): string | null {
  const limit = Math.min(last.length - 1, 24);
  for (let cut = limit; cut >= 2; cut -= 1) {
    const before = last[cut - 1] ?? '';
    const after = last[cut] ?? '';
    const caseBorder = before === before.toLowerCase() && after !== after.toLowerCase();
    const digitBorder = after >= '0' && after <= '9' && !(before >= '0' && before <= '9');
    const wordBorder = GLUED_AFTER.test(last.slice(cut, cut + 12));
    const hyphenBorder = after === '-';
    if (!caseBorder && !digitBorder && !wordBorder && !hyphenBorder) continue;
    const candidate = `${head}.${last.slice(0, cut)}`;
    if (isMailDomain(candidate)) return candidate;
  }
  return null;
}

function startsSentence(label: string, rest: string): boolean {
  return /^\p{Lu}[\p{Ll}]/u.test(label) && rest !== rest.toUpperCase() && !/(?:^|\.)\p{Lu}/u.test(rest);
}

/**
 * The domain inside a run of domain characters, as printed, or null. A capitalised last label after a complete
 * domain is the next sentence ("x.de.Wir"); a file type ("2x.png") is never a domain.
 */
export function settleDomain(run: string): string | null {
  const web = run.search(/(?:https?)?www\./i);
  if (web > 3) {
    const before = run.slice(0, web);
    if (isMailDomain(before)) return before;
  }
  const labels = run.split('.');
  const firstEmpty = labels.indexOf('');
  if (firstEmpty >= 0) labels.length = firstEmpty;
  while (labels.length >= 2) {
    const last = labels[labels.length - 1] ?? '';
    const head = labels.slice(0, -1).join('.');
    const sentence = labels.length > 2 && startsSentence(last, head) && isMailDomain(head);
    if (!sentence) {
      const whole = labels.join('.');
      const trimmed = whole.replace(/-{1,10}$/, '');
      if (isMailDomain(trimmed)) return trimmed;
      const cut = cutGlued(head, last);
      if (cut !== null) return cut;
      // "x.de.info-tel." or "x.de.wir": only a new sentence may be dropped, anything else is another kind of name.
      if (!startsSentence(last, head)) return null;
    }
    labels.pop();
  }
  return null;
}
