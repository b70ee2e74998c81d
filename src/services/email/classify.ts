/** What sort of mailbox an address is, from its text alone: no network. */
import { disposableEmailBlocklistSet } from 'disposable-email-domains-js';
import freeDomains from 'free-email-domains';
import roleLocalParts from 'role-based-email-addresses';
import { getDomain, getDomainWithoutSuffix } from 'tldts';
import { EmailKind } from '../../entities/enums.js';
import { PERSON_NAMES } from './person-names.js';
import { GLUED_ROLE_WORDS, NOT_A_ROLE, STRONG_ROLE_WORDS, WHOLE_ROLE_WORDS } from './role-words.js';

/** Mailbox providers that the npm list misses. */
const MORE_FREE = [
  'hey.com', 'tuta.com', 'tuta.io', 'tutanota.com', 'tutanota.de', 'tutamail.com', 'keemail.me', 'proton.me', 'protonmail.com', 'pm.me', 'a1.net',
  'chello.at', 'telia.com', 'otenet.gr', 'zoznam.sk', 'mail.de', 'posteo.net', 'mailbox.org', 'bluewin.ch', 'hispeed.ch', 'sunrise.ch', 'gmx.at',
  'gmx.ch', 'gmx.net', 'gmx.de', 'googlemail.com', 'icloud.com', 'me.com', 'mac.com', 'live.de', 'live.at', 'outlook.de', 'outlook.at', 'yahoo.co.jp',
  'ezweb.ne.jp', 'docomo.ne.jp', 'softbank.ne.jp', 'daum.net', 'kakao.com', 'foxmail.com', 'telefonica.net', 'eircom.net', 'blueyonder.co.uk',
  'ntlworld.com', 'talktalk.net', 'plusnet.com', 'zeelandnet.nl', 'casema.nl', 'upcmail.nl', 'proximus.be', 'pt.lu', 'tele2.se', 'comhem.se',
  'bredband.net', 'elisanet.fi', 'saunalahti.fi', 'luukku.com', 'stofanet.dk', 'mail.dk', 'onet.pl', 'gazeta.pl', 'poczta.fm', 'post.cz', 'email.cz',
  'azet.sk', 'net.hr', 'siol.net', 'freestart.hu', 't-online.hu', 'upcmail.hu', 'sapo.pt', 'iol.pt', 'xtra.co.nz', 'iinet.net.au', 'mweb.co.za',
  'telkomsa.net', 'vodamail.co.za',
];

/** Stand before a name and say that one follows. */
const PERSON_TITLES: ReadonlySet<string> = new Set(['dr', 'prof', 'professor', 'mag', 'med', 'dent', 'ing', 'dipl', 'mr', 'mrs', 'ms', 'herr', 'frau', 'mme', 'don', 'sig', 'dott', 'avv']);

const free: ReadonlySet<string> = new Set([...freeDomains, ...MORE_FREE]);
/** Domains that are in somebody's throw-away list but are mailboxes people keep. */
const KEPT_MAILBOXES: ReadonlySet<string> = new Set(['duck.com', 'mozmail.com', 'icloud.com', 'privaterelay.appleid.com', 'simplelogin.com', 'zoho.com', 'yandex.ru', 'mail.ru', 'comcast.net']);
let disposable: ReadonlySet<string> | null = null;
const roles: ReadonlySet<string> = new Set([...roleLocalParts, ...STRONG_ROLE_WORDS, ...WHOLE_ROLE_WORDS].filter((word) => !NOT_A_ROLE.has(word)));

/** The domain itself, then each parent down to two labels: throw-away services hand out sub-domains. */
function* withParents(domain: string): Generator<string> {
  let name = domain;
  while (name.includes('.')) {
    yield name;
    name = name.slice(name.indexOf('.') + 1);
  }
}

/** The domain (A-labels, lower case) or a parent of it hands out throw-away mailboxes. */
export function isDisposableDomain(domain: string): boolean {
  // The list holds tens of thousands of names; it is built at the first question and then kept.
  disposable ??= disposableEmailBlocklistSet();
  for (const name of withParents(domain)) {
    if (KEPT_MAILBOXES.has(name)) return false;
    if (disposable.has(name)) return true;
  }
  return false;
}

/** The domain gives mailboxes to the public, so it says nothing about a company. Throw-away domains do not count. */
export function isFreeProvider(domain: string): boolean {
  return free.has(domain) && !isDisposableDomain(domain);
}

/** Lower case, without accents; umlauts the German way, as two letters. */
function fold(text: string): string {
  return foldPlainly(text.toLowerCase().normalize('NFC').replace(/ä/g, 'ae').replace(/ö/g, 'oe').replace(/ü/g, 'ue'));
}

/** Lower case, without accents; umlauts as the bare letter, the way Swedish, Finnish, Turkish and others type them. */
function foldPlainly(text: string): string {
  return text
    .toLowerCase()
    .replace(/ß/g, 'ss').replace(/ø/g, 'o').replace(/ł/g, 'l').replace(/æ/g, 'ae').replace(/ı/g, 'i')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    // Without its marks the text is put together again, so that Hangul and kana compare with the word lists.
    .normalize('NFC');
}

/** `info+web` is `info`; quotes are dropped. */
function mailboxName(local: string, folding: (text: string) => string): string {
  const bare = local.replace(/^"|"$/g, '');
  const plus = bare.indexOf('+');
  return folding(plus > 0 ? bare.slice(0, plus) : bare);
}

function tokensOf(name: string): string[] {
  return name.split(/[^\p{L}\p{M}]+/u).filter((token) => token !== '');
}

/** The word that makes the local part a function, or null. `local` as written. */
export function roleWord(local: string): string | null {
  return roleIn(mailboxName(local, fold)) ?? roleIn(mailboxName(local, foldPlainly));
}

function roleIn(name: string): string | null {
  if (roles.has(name)) return name;
  const undigited = name.replace(/^\d{1,8}[._-]?|[._-]?\d{1,8}$/g, '');
  if (undigited !== '' && roles.has(undigited)) return undigited;
  const joined = undigited.replace(/[._-]/g, '');
  if (joined !== undigited && roles.has(joined) && !PERSON_NAMES.has(joined)) return joined;
  const tokens = tokensOf(name);
  const first = tokens[0];
  const last = tokens.at(-1);
  if (tokens.length > 1 && first !== undefined && last !== undefined) {
    // `info.berlin`, `praxis-mueller`; and `berlin.office`, but a given name in front makes the last word a surname (`anna.post`).
    if (STRONG_ROLE_WORDS.has(first) && first.length > 2) return first;
    if (STRONG_ROLE_WORDS.has(last) && last.length > 3 && first.length > 1 && !PERSON_NAMES.has(first)) return last;
  }
  const [only] = tokens;
  if (tokens.length === 1 && only !== undefined && !PERSON_NAMES.has(only)) {
    const glued = GLUED_ROLE_WORDS.find((word) => only.length >= word.length + 2 && (only.startsWith(word) || (word.length > 5 && only.endsWith(word))));
    if (glued !== undefined) return glued;
  }
  return null;
}

/** `acme@acme.com`: the company's own name is nobody's name. */
function isCompanyMailbox(name: string, domain: string): boolean {
  const company = getDomainWithoutSuffix(domain, { allowPrivateDomains: true });
  const letters = name.replace(/[^\p{L}\p{N}]/gu, '');
  return company !== null && letters.length > 2 && letters === fold(company).replace(/[^\p{L}\p{N}]/gu, '');
}

/** Reads as the name of one person: `anna`, `a.kern`, `anna.kern`, `anna-lena.kern`; `akern` only when the surname is known. */
function looksPersonal(name: string): boolean {
  const unnumbered = name.replace(/\d{1,4}$/, '');
  if (/\d/.test(unnumbered)) return false;
  const all = tokensOf(unnumbered);
  const tokens = all.filter((token) => !PERSON_TITLES.has(token));
  const [first] = tokens;
  if (first === undefined || all.length > 5) return false;
  // A title in front is as good as a given name: `dr.huber`.
  if (tokens.length === 1 && all.length === 1) return PERSON_NAMES.has(first) || (first.length > 3 && PERSON_NAMES.has(first.slice(1))) || isGluedName(first);
  // Parts without a vowel are codes (`xq.kt`), unless they are an initial.
  const named = tokens.filter((token) => token.length > 1);
  return named.length > 0 && named.every((token) => /[aeiouyà-ÿ]|[^\u0000-\u024F]/u.test(token) || PERSON_NAMES.has(token));
}

/** `annakern`, `maxmueller`: a given name and the rest of at least three letters, where the rest or the whole is plausible. */
function isGluedName(word: string): boolean {
  for (let cut = 3; cut <= word.length - 3; cut += 1) {
    if (PERSON_NAMES.has(word.slice(0, cut)) && PERSON_NAMES.has(word.slice(cut))) return true;
  }
  return false;
}

/**
 * One kind per address, the most telling one: a throw-away domain, then a public mailbox provider (no company owns it,
 * whatever stands before the @), then a function, then a person.
 * @param local as written, without the @
 * @param domain A-labels, lower case
 */
export function classifyAddress(local: string, domain: string): EmailKind {
  if (isDisposableDomain(domain)) return EmailKind.DISPOSABLE;
  if (isFreeProvider(domain)) return EmailKind.FREE_PROVIDER;
  if (roleWord(local) !== null) return EmailKind.ROLE;
  const name = mailboxName(local, fold);
  if (isCompanyMailbox(name, getDomain(domain, { allowPrivateDomains: true }) ?? domain)) return EmailKind.ROLE;
  return looksPersonal(name) || looksPersonal(mailboxName(local, foldPlainly)) ? EmailKind.PERSONAL : EmailKind.UNKNOWN;
}
