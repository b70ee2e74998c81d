/** What a page says its own address is: `<link rel=canonical>` or the Link header (RFC 6596, RFC 8288). A hint, not a fact. */
import { normalizeUrl, pageKey, registrableDomain } from './url.js';

const MAX_HEADER = 8_000;

/** The target of `rel=canonical` in a Link header as an absolute address of the same owner, or null. */
export function canonicalOfHeader(header: string | undefined, url: string): string | null {
  for (const match of (header ?? '').slice(0, MAX_HEADER).matchAll(/<([^<>]{1,2048})>((?:\s{0,9};\s{0,9}[^,;<>]{1,300}){1,20})/g)) {
    if (!/;\s{0,9}rel\s{0,9}=\s{0,9}"?(?:[^"]{0,100}\s)?canonical(?=["\s;]|$)/i.test(match[2] ?? '')) continue;
    const target = normalizeUrl(match[1] ?? '', url);
    return target !== null && registrableDomain(target) === registrableDomain(url) ? target : null;
  }
  return null;
}

/** True for the start page of a host: careless templates name it on every page. */
export function isHome(url: string): boolean {
  return !pageKey(url).includes('/') && new URL(url).search === '';
}
