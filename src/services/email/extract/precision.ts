/** What looks like an address and is none: placeholders, package versions, keys, calendar ids, masked addresses. */
import { isReservedDomain, registrableDomain } from './domain.js';
import { PLACEHOLDER_DOMAINS, PLACEHOLDER_LOCALS, NAME_PATTERNS, LIVELY_SAMPLES, SAMPLE_DOMAIN_NAMES, SAMPLE_WORDS, SELF_SAMPLES, WEAK_PLACEHOLDER_LOCALS } from './placeholder-words.js';

export interface PageContext {
  /** Registrable domain of the page, or null when the page is unknown. */
  siteDomain: string | null;
}

/** Hosts whose "addresses" are identifiers of a machine, not mail boxes of anybody. */
const IDENTIFIER_DOMAINS = [
  'group.calendar.google.com', 'import.calendar.google.com', 'resource.calendar.google.com', 'group.v.calendar.google.com',
  'ingest.sentry.io', 'ingest.us.sentry.io', 'ingest.de.sentry.io', 'sentry.io', 'sentry.wixpress.com', 'sentry-next.wixpress.com',
  's.whatsapp.net', 'c.us', 'g.us', 'iam.gserviceaccount.com', 'developer.gserviceaccount.com', 'users.noreply.github.com',
  'unq.gbl.spaces',
];
const CODE_HOSTS = new Set(['github.com', 'gitlab.com', 'bitbucket.org', 'codeberg.org', 'ssh.dev.azure.com', 'git.sr.ht']);

/** Servers of the Fediverse and of chat: `jana@mastodon.social` is a handle there and no mail box. */
const HANDLE_DOMAINS: ReadonlySet<string> = new Set([
  'mastodon.social', 'mastodon.online', 'mastodon.world', 'mastodon.cloud', 'mstdn.social', 'mstdn.jp', 'mas.to', 'fosstodon.org', 'hachyderm.io', 'chaos.social', 'norden.social', 'troet.cafe', 'social.tchncs.de', 'ruhr.social', 'bonn.social',
  'mastodon.uno', 'mastodon.green', 'mastodon.art', 'techhub.social', 'infosec.exchange', 'sigmoid.social', 'scholar.social', 'pixelfed.social', 'pixelfed.de', 'peertube.tv', 'lemmy.world', 'bsky.social', 'threads.net', 'jabber.org', 'jabber.ccc.de', 'matrix.org',
]);
/** Endings that are file types before they are suffixes. */
const FILE_SUFFIXES: ReadonlySet<string> = new Set(['zip', 'mov']);

const HASH = /^[0-9a-f]{24,64}$/i;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Scale of an image: `logo@2x.…`. */
const SCALE = /^\d{1,2}x$/i;
const VERSION_PART = /^v?\d{1,4}$/i;

export const MAX_LOCAL = 64;

export function pageContext(url: string | undefined): PageContext {
  if (url === undefined) return { siteDomain: null };
  try {
    return { siteDomain: registrableDomain(new URL(url).hostname) };
  } catch {
    return { siteDomain: null };
  }
}

function wellFormedLocal(local: string): boolean {
  if (local === '' || local.length > MAX_LOCAL || !/[\p{L}\p{N}]/u.test(local)) return false;
  return !local.startsWith('.') && !local.endsWith('.') && !local.includes('..');
}

function isPlaceholder(local: string, domain: string, page: PageContext): boolean {
  const plain = local.replace(/[._-]/g, '');
  const name = (registrableDomain(domain) ?? domain).split('.')[0] ?? '';
  const onOwnSite = page.siteDomain !== null && registrableDomain(domain) === page.siteDomain;
  if (NAME_PATTERNS.has(plain)) return true;
  const reserved = isReservedDomain(domain);
  // A reserved name is only credible where the page itself lives on one, or where nobody said where the text is from.
  if (reserved && page.siteDomain !== null && !isReservedDomain(page.siteDomain)) return true;
  if (onOwnSite) return false;
  if (SAMPLE_WORDS.has(plain) && !reserved) return true;
  if (plain === name && SELF_SAMPLES.has(plain)) return true;
  if (SAMPLE_DOMAIN_NAMES.has(name) && PLACEHOLDER_LOCALS.has(plain) && !(REAL_PROVIDERS.has(domain) && LIVELY_SAMPLES.has(plain))) return true;
  const placeholderDomain = reserved || PLACEHOLDER_DOMAINS.has(name) || PLACEHOLDER_DOMAINS.has(domain);
  if (!placeholderDomain) return false;
  if (PLACEHOLDER_LOCALS.has(plain)) return true;
  if (reserved) return page.siteDomain !== null && !isReservedDomain(page.siteDomain) && WEAK_PLACEHOLDER_LOCALS.has(plain);
  // domain.tld, yourdomain.com, beispiel.de: nobody's, whatever stands before the @. mail.com and the like are real
  // providers and need a placeholder before the @ as well.
  return !REAL_PROVIDERS.has(domain);
}

/** Providers and firms whose names are also used as samples. */
const REAL_PROVIDERS = new Set(['email.com', 'mail.com', 'gmail.com', 'email.de', 'mail.de', 'email.it', 'mail.ru', 'email.cz', 'post.cz', 'web.de', 'mail.ee', 'mail.bg', 'company.com', 'site.com']);

/** Local part and domain in lower case. True when the pair names a mail box somebody could own. */
export function isCredible(local: string, domain: string, page: PageContext): boolean {
  if (!wellFormedLocal(local)) return false;
  if (HASH.test(local) || UUID.test(local)) return false;
  const labels = domain.split('.');
  if (SCALE.test(labels[0] ?? '')) return false;
  // `package@1.5.app`: two numbers in front of the suffix are a version; one (163.com) is a provider.
  if (labels.length > 2 && labels.slice(0, -1).every((label) => VERSION_PART.test(label))) return false;
  if (IDENTIFIER_DOMAINS.some((host) => domain === host || domain.endsWith(`.${host}`))) return false;
  if (HANDLE_DOMAINS.has(domain) && page.siteDomain !== domain) return false;
  if (FILE_SUFFIXES.has(labels[labels.length - 1] ?? '') && page.siteDomain !== domain) return false;
  // `nginx@sha256.…`, and `xxxx@…`: a digest, and somebody who does not want to be named.
  if (/^sha(?:1|256|512)$/.test(labels[0] ?? '') || /^x{3,64}$/.test(local)) return false;
  if (local === 'git' && (CODE_HOSTS.has(domain) || labels[0] === 'git' || labels[0] === 'gitlab')) return false;
  return !isPlaceholder(local, domain, page);
}
