/** Which site a URL belongs to, and where a crawl of that site begins. */
import { isIP } from 'node:net';
import { parse } from 'tldts';

export interface SiteIdentity {
  /**
   * One per company site: the registrable domain (private suffixes such as `github.io` count as suffixes), and where a
   * host gives each customer a path instead of a name, host and path (`sites.google.com/view/acme`).
   */
  domain: string;
  /** Absolute, ends with `/` unless it is a path site. */
  startUrl: string;
  /** The result itself is the site's start page. */
  isStartPage: boolean;
}

/** Hosts whose customers are told apart by the path: how many path segments name one. */
const PATH_SITES: readonly (readonly [host: RegExp, segments: (path: string[]) => number])[] = [
  // sites.google.com/view/acme, /site/acme, and /a/example.com/acme of the old kind
  [/^sites\.google\.com$/, (path) => (path[0] === 'view' || path[0] === 'site' ? 2 : path[0] === 'a' ? 3 : 1)],
  [/^(?:www\.)?(?:angelfire|tripod|geocities|members\.tripod)\.(?:com|ws|lycos\.[a-z]{2})$/, (path) => (path[0]?.length === 2 ? 2 : 1)],
  [/^(?:www\.)?(?:geocities\.jp|geocities\.co\.jp|web\.de|home\.arcor\.de|people\.freenet\.de|perso\.orange\.fr|membres\.lycos\.fr|web\.tiscali\.it|digilander\.libero\.it)$/, () => 1],
  [/^(?:www\.)?(?:carrd\.co|linktr\.ee|beacons\.ai|about\.me|business\.site)$/, () => 1],
];

/** Suffixes of code hosts: `user.github.io/project` is a site of its own when the path names a folder. */
const PROJECT_HOST = /\.(?:github\.io|gitlab\.io|codeberg\.page|bitbucket\.io)$/;

const START_FILE = /^(?:index|default|home|start|main|welcome)\.(?:html?|php\d?|aspx?|jsp|cgi|shtml)$/i;
/** `/de`, `/en-gb/`: the start page in a language. */
const LANGUAGE_FOLDER = /^[a-z]{2}(?:[-_][a-z]{2})?$/i;

/** Null for what is no http(s) URL with a registrable domain. */
export function siteOf(url: string): SiteIdentity | null {
  if (!URL.canParse(url)) return null;
  const parsed = new URL(url);
  if ((parsed.protocol !== 'http:' && parsed.protocol !== 'https:') || isIP(parsed.hostname.replace(/^\[|\]$/g, '')) !== 0) return null;
  const host = parsed.hostname.replace(/\.$/, '');
  const registrable = parse(host, { allowPrivateDomains: true }).domain;
  if (registrable === null) return null;
  const segments = parsed.pathname.split('/').filter((segment) => segment !== '');
  const pathSite = pathSiteLength(host, segments);
  if (pathSite > 0) {
    const prefix = segments.slice(0, pathSite).join('/');
    return { domain: `${host}/${prefix}`.toLowerCase(), startUrl: `${parsed.origin}/${prefix}`, isStartPage: segments.length <= pathSite };
  }
  const [first] = segments;
  const hasFolder = first !== undefined && (segments.length > 1 || parsed.pathname.endsWith('/')) && !LANGUAGE_FOLDER.test(first);
  const project = PROJECT_HOST.test(host) && hasFolder;
  const startUrl = project ? `${parsed.origin}/${first}/` : `${parsed.origin}/`;
  const rest = project ? segments.slice(1) : segments;
  return { domain: registrable, startUrl, isStartPage: parsed.search === '' && isStartPath(rest) };
}

function pathSiteLength(host: string, segments: string[]): number {
  const first = segments[0] ?? '';
  // `/~anna/` is a site of its own on university and provider hosts.
  if (/^(?:~|%7e)./i.test(first)) return 1;
  const wanted = PATH_SITES.find(([pattern]) => pattern.test(host))?.[1](segments) ?? 0;
  return segments.length >= wanted ? wanted : 0;
}

function isStartPath(segments: string[]): boolean {
  return segments.every((segment, index) => (index === segments.length - 1 && START_FILE.test(segment)) || (index === 0 && LANGUAGE_FOLDER.test(segment)));
}

/** The path of a contact page, in the languages whose words reach URLs. */
const CONTACT_PATH = /(?:^|[/_.-])(?:contact|contacts|contact-?us|kontakt|kontakte|contacto|contactos|contato|contatti|contattaci|contactez|nous-contacter|impressum|imprint|yhteystiedot|kapcsolat|iletisim|kontakty|about|about-?us|ueber-uns|uber-uns|a-propos|chi-siamo|quienes-somos|sobre-nos|over-ons|om-oss|om-os|o-nas|team)(?:[/_.-]|$)/i;

export function isContactPage(url: string): boolean {
  return URL.canParse(url) && CONTACT_PATH.test(new URL(url).pathname.slice(0, 300));
}
