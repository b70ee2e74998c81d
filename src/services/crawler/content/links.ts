/** Links as the crawler follows them: absolute, normalised, in page order. */
import { detached, RecentMap } from '../../../recent-map.js';
import { type ScannedLink } from './scan.js';
import { type PageLink } from '../page-reading.js';
import { normalizeUrl } from '../url.js';

/** Links that were resolved lately; a page of a site has most of them in common with the others. */
const MAX_REMEMBERED = 5_000;
const MAX_LENGTH = 200;
const resolved = new RecentMap<string | null>(MAX_REMEMBERED);
/** They resolve to the same from all pages of one folder: not those that keep the page's own path (`?page=2`), with or without a scheme. */
const BY_FOLDER = /^(?![a-z][a-z\d+.-]{0,20}:(?:$|[?#]))[\w./~-][!-~]*$/i;

/** Fragments lead to the page itself; mailto:, tel: and javascript: lead nowhere. */
const NOWHERE = /^(?:#|(?:mailto|tel|javascript|data|sms|callto|fax|whatsapp|skype|geo|about|blob):)/i;

/** Up to the last slash of the path. */
function folderOf(base: string): string {
  const path = base.split(/[?#]/, 1)[0] ?? '';
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** Resolves each different href once: menus repeat the same hundred links. */
export function pageLinks(links: readonly ScannedLink[], base: string, pageNofollow: boolean): PageLink[] {
  const own = new Map<string, string | null>();
  const out: PageLink[] = [];
  const folder = folderOf(base);
  const isRemembered = folder !== '' && folder.length <= MAX_LENGTH;
  for (const link of links) {
    const raw = link.href.trim();
    if (NOWHERE.test(raw)) continue;
    let url = own.get(raw);
    if (url === undefined) {
      url = raw.length <= MAX_LENGTH && isRemembered && BY_FOLDER.test(raw) ? resolved.remember(`${folder} ${raw}`, () => normalizeUrl(detached(raw), base)) : normalizeUrl(raw, base);
      own.set(raw, url);
    }
    if (url !== null) out.push({ url, text: link.text, kind: link.kind, nofollow: link.nofollow || pageNofollow, position: out.length });
  }
  return out;
}
