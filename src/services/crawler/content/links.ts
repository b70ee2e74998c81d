/** Links as the crawler follows them: absolute, normalised, in page order. */
import { type ScannedLink } from './scan.js';
import { type PageLink } from '../page-reading.js';
import { normalizeUrl } from '../url.js';

/** Resolves each different href once: menus repeat the same hundred links. */
export function pageLinks(links: readonly ScannedLink[], base: string, pageNofollow: boolean): PageLink[] {
  const resolved = new Map<string, string | null>();
  const out: PageLink[] = [];
  for (const link of links) {
    const raw = link.href.trim();
    // Fragments lead to the page itself; mailto:, tel: and javascript: lead nowhere.
    if (raw.startsWith('#') || /^(?:mailto|tel|javascript|data|sms|callto|fax|whatsapp|skype|geo|about|blob):/i.test(raw)) continue;
    let url = resolved.get(raw);
    if (url === undefined) {
      url = normalizeUrl(raw, base);
      resolved.set(raw, url);
    }
    if (url !== null) out.push({ url, text: link.text, kind: link.kind, nofollow: link.nofollow || pageNofollow, position: out.length });
  }
  return out;
}
