/** Addresses of a `mailto:` link (RFC 6068), well formed or not: several, cc and bcc, encoded spaces, doubled signs. */
import { foldText } from './characters.js';
import { percentDecode } from './ciphers.js';
import type { BareAddress } from './finding.js';
import type { PageContext } from './precision.js';
import { scanText } from './text-scanner.js';

const SCHEME = /^\s{0,5}(?:mail\s?to|mailt0|malto|maito|malito|mialto|mailot|mailtp|mailto;)\s{0,3}[:;]\s{0,5}(?:\/\/)?/i;
const MAX_HREF = 20_000;
const MAX_ADDRESSES = 200;

export function isMailto(href: string): boolean {
  return SCHEME.test(href.slice(0, 40).replace(/[\t\n\r]/g, '')) || /^\s{0,5}(?:mailto|%6d%61%69%6c%74%6f)(?:%3a|:)/i.test(href.slice(0, 60));
}

function addressesIn(field: string, page: PageContext): BareAddress[] {
  // Encoded twice is common in pages that were written by programs.
  let decoded = percentDecode(percentDecode(field));
  decoded = foldText(decoded).replace(/@{2,4}/g, '@').replace(/ {1,3}@ {0,3}|@ {1,3}/g, '@');
  return scanText(decoded, { page }).map(({ local, domain }) => ({ local, domain }));
}

/** Addresses in order of appearance; an empty list for share links without one. Subject and body are not read. */
export function readMailto(href: string, page: PageContext): BareAddress[] {
  // The URL standard drops line breaks and tabs.
  let rest = href.slice(0, MAX_HREF).replace(/[\t\n\r]/g, '');
  if (/%3a/i.test(rest.slice(0, 40))) rest = percentDecode(rest);
  rest = rest.replace(SCHEME, '');
  const question = rest.search(/\?|%3F(?=(?:subject|body|cc|bcc|to)(?:=|%3D))/i);
  const to = question < 0 ? rest : rest.slice(0, question);
  const found = addressesIn(to, page);
  if (question >= 0) {
    for (const pair of rest.slice(question + 1).split(/&(?:amp;)?|\?/)) {
      const equals = pair.indexOf('=');
      if (equals > 0 && /^(?:to|cc|bcc)$/i.test(pair.slice(0, equals).trim())) found.push(...addressesIn(pair.slice(equals + 1), page));
    }
  }
  return found.slice(0, MAX_ADDRESSES);
}
