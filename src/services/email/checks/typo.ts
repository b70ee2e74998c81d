/** Look-alikes of the big mailbox providers: `gmial.com`, `hotmail.con`. Only ever a suggestion, never a correction. */
import { CheckStatus } from '../../../entities/enums.js';
import type { MailRoute } from '../dns.js';
import { finding, passed, type Check } from './check.js';

/** Providers that people mistype because they type them often. */
const PROVIDERS: readonly string[] = [
  'gmail.com', 'googlemail.com', 'hotmail.com', 'hotmail.de', 'hotmail.fr', 'hotmail.it', 'hotmail.es', 'hotmail.co.uk', 'outlook.com', 'outlook.de',
  'outlook.fr', 'outlook.es', 'outlook.it', 'yahoo.com', 'yahoo.de', 'yahoo.fr', 'yahoo.it', 'yahoo.es', 'yahoo.co.uk', 'yahoo.com.br', 'yahoo.co.jp',
  'icloud.com', 'protonmail.com', 'live.com', 'live.de', 'live.fr', 'live.nl', 'msn.com', 'aol.com', 'aol.de', 'gmx.de', 'gmx.net', 'gmx.at', 'gmx.ch',
  'web.de', 't-online.de', 'freenet.de', 'posteo.de', 'arcor.de', 'bluewin.ch', 'orange.fr', 'wanadoo.fr', 'laposte.net', 'libero.it', 'virgilio.it',
  'alice.it', 'tiscali.it', 'ziggo.nl', 'kpnmail.nl', 'telenet.be', 'seznam.cz', 'centrum.cz', 'interia.pl', 'uol.com.br', 'terra.com.br', 'comcast.net',
  'verizon.net', 'sbcglobal.net', 'btinternet.com', 'bigpond.com', 'optusnet.com.au', 'freemail.hu', 'citromail.hu', 'yandex.ru', 'rambler.ru', 'naver.com',
];

/** One letter away from a provider above, and a mailbox provider (or a plain word many companies use) of its own. */
const OWN_RIGHT: ReadonlySet<string> = new Set([
  'mail.com', 'email.com', 'ymail.com', 'gmx.com', 'gmx.us', 'gmx.fr', 'gmx.es', 'gmx.it', 'gmx.eu', 'gmx.li', 'gmx.org', 'gmx.co.uk', 'mail.de', 'mail.fr', 'web.com',
  'hotmail.ch', 'hotmail.se', 'hotmail.be', 'hotmail.nl', 'hotmail.at', 'live.se', 'live.be', 'live.it', 'live.at', 'live.dk', 'live.ca', 'live.co.uk', 'live.ie',
  'yahoo.se', 'yahoo.at', 'yahoo.ca', 'yahoo.in', 'yahoo.ie', 'yahoo.pl', 'yahoo.no', 'aol.fr', 'aol.it', 'aol.es', 'outlook.at', 'outlook.be', 'outlook.pt', 'outlook.dk',
  'orange.es', 'orange.pl', 'icloud.de', 'freenet.am', 'yandex.com', 'yandex.ua', 'yandex.by', 'arcor.net', 'naver.net', 'msn.de', 'protonmail.ch', 'posteo.net', 'telenet.dk',
]);

/** Endings nobody owns, typed for one that everybody knows. Only `com` and `net` are common enough to guess. */
const MISTYPED_ENDINGS: Readonly<Record<string, string>> = {
  con: 'com', cmo: 'com', ocm: 'com', comm: 'com', vom: 'com', xom: 'com', coom: 'com', cpm: 'com', dom: 'com', 'c0m': 'com', nte: 'net', ent: 'net', met: 'net', neet: 'net',
};

/** Shorter names have too many honest neighbours one letter away. */
const MIN_NAME_LENGTH = 5;

/** Optimal string alignment distance 1: one letter added, left out, changed, or two neighbours swapped. */
function oneSlipApart(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  const restA = a.slice(start);
  const restB = b.slice(start);
  if (restA.slice(1) === restB || restA === restB.slice(1) || restA.slice(1) === restB.slice(1)) return true;
  return restA.length > 1 && restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
}

/** A better spelling by the text alone, or null. `domain` in A-labels, lower case. */
export function likelyDomain(domain: string): string | null {
  if (OWN_RIGHT.has(domain) || PROVIDERS.includes(domain)) return null;
  const dot = domain.lastIndexOf('.');
  const ending = MISTYPED_ENDINGS[domain.slice(dot + 1)];
  const candidates = ending === undefined ? [domain] : [`${domain.slice(0, dot)}.${ending}`, domain];
  for (const candidate of candidates) {
    if (PROVIDERS.includes(candidate)) return candidate;
    const cut = candidate.indexOf('.');
    const name = candidate.slice(0, cut);
    const near = PROVIDERS.find((provider) => {
      const providerCut = provider.indexOf('.');
      const providerName = provider.slice(0, providerCut);
      // Either the name has one slip and the ending is right, or the name is right and the ending has one slip.
      if (candidate.slice(cut) === provider.slice(providerCut)) return providerName.length >= MIN_NAME_LENGTH && oneSlipApart(name, providerName);
      return name === providerName && name.length >= MIN_NAME_LENGTH && provider.endsWith('.com') && oneSlipApart(candidate.slice(cut), '.com');
    });
    if (near !== undefined) return near;
  }
  return ending === undefined ? null : candidates[0] ?? null;
}

/**
 * Another address to ask the user about, or null. A domain that has MX is somebody's, however it is spelled, so nothing
 * is suggested for it.
 */
export function suggestAddress(local: string, domain: string, route: MailRoute | null): string | null {
  if (route?.kind === 'mx') return null;
  const better = likelyDomain(domain);
  return better === null ? null : `${local}@${better}`;
}

export const typoCheck: Check = ({ address, suggestion }) =>
  suggestion === null
    ? passed('typo', 'no look-alike of a known mailbox provider')
    : finding('typo', CheckStatus.WARN, 0, `${address.domain} may be a misspelling; ${suggestion} was perhaps meant`);
