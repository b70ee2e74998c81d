import { parse } from 'tldts';

/** A web address or domain written in a text. */
export interface FoundDomain {
  start: number;
  end: number;
  text: string;
  /** Registrable domain, lower case. */
  domain: string;
}

const CANDIDATE = /(?:https?:\/\/)?(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.){1,5}\p{L}[\p{L}\p{N}-]{1,62}(?::\d{1,5})?(?:\/[^\s<>"']{0,300})?/giu;
/** Products that are written like domains. */
const PRODUCTS = /^(?:node|next|vue|react|express|three|d3|asp|socket|nuxt|ember|alpine|chart)\.(?:js|net|io)$/i;

/** Domains under a suffix of the public suffix list; the domain of an e-mail address counts too. */
export function findDomains(text: string): FoundDomain[] {
  const found: FoundDomain[] = [];
  for (const match of text.matchAll(CANDIDATE)) {
    const written = match[0].replace(/[.,;:!?)]{1,5}$/, '');
    const { domain, isIcann, isIp } = parse(written);
    const bare = !/^https?:/i.test(written);
    // RFC 2606 names never resolve in public, but stand for sites in demonstrations and tests.
    const reserved = /\.(?:example|test)(?:[:/]|$)/i.test(written);
    if (domain === null || isIp === true || (bare && ((isIcann !== true && !reserved) || PRODUCTS.test(written)))) continue;
    // "clinics.In Austin": a missing space after a full stop is no domain.
    if (bare && /\.\p{Lu}\p{Ll}/u.test(written) && !written.includes('/')) continue;
    found.push({ start: match.index, end: match.index + written.length, text: written, domain: domain.toLowerCase() });
  }
  return found;
}
