import { getDomain, parse } from 'tldts';
import { hash32 } from './random.js';
import { type World } from './world.js';

/** A record set of one name; types that are absent answer NODATA. */
export interface Zone {
  a?: string[];
  aaaa?: string[];
  mx?: { priority: number; exchange: string }[];
  txt?: string[];
  cname?: string;
  /** How a query for this name goes wrong. */
  failure?: 'nxdomain' | 'servfail' | 'timeout';
}

/** Where mail and, on paper, the sites live: RFC 5737 and RFC 3849 documentation ranges, and this machine for mail. */
const SITE_NET = '203.0.113.';
const MAIL_HOST = 'mx.sandbox-mail.net';

/** Names with a special behaviour, for tests of checks; all invented, all answered by this server only. */
export const SPECIAL_ZONES: Readonly<Record<string, Zone>> = {
  // RFC 7505: a domain that says it takes no mail.
  'nullmx-sandbox.com': { a: ['203.0.113.201'], mx: [{ priority: 0, exchange: '' }], txt: ['v=spf1 -all'] },
  'gone-sandbox.com': { failure: 'nxdomain' },
  'servfail-sandbox.com': { failure: 'servfail' },
  'timeout-sandbox.com': { failure: 'timeout' },
  // RFC 5321 §5.1: no MX, so the address record is the implicit one.
  'aonly-sandbox.com': { a: ['203.0.113.202'] },
  'nomail-sandbox.com': { txt: ['nothing here'] },
  'alias-sandbox.com': { cname: 'alias-two-sandbox.com' },
  'alias-two-sandbox.com': { cname: 'alias-end-sandbox.com' },
  'alias-end-sandbox.com': { a: ['203.0.113.203'], mx: [{ priority: 10, exchange: MAIL_HOST }] },
  'loop-sandbox.com': { cname: 'loop-two-sandbox.com' },
  'loop-two-sandbox.com': { cname: 'loop-sandbox.com' },
  // More than 512 octets of MX: the UDP answer comes truncated and the client must ask again over TCP (RFC 7766).
  'manymx-sandbox.com': { a: ['203.0.113.204'], mx: Array.from({ length: 40 }, (_unused, i) => ({ priority: 10 + i, exchange: `mail-exchanger-number-${i + 1}.manymx-sandbox.com` })) },
  'catchall-sandbox.com': { a: ['203.0.113.205'], mx: [{ priority: 10, exchange: MAIL_HOST }], txt: ['v=spf1 mx -all'] },
  'greylist-sandbox.com': { a: ['203.0.113.206'], mx: [{ priority: 10, exchange: MAIL_HOST }] },
  'full-sandbox.com': { a: ['203.0.113.207'], mx: [{ priority: 10, exchange: MAIL_HOST }] },
  'tarpit-sandbox.com': { a: ['203.0.113.208'], mx: [{ priority: 10, exchange: MAIL_HOST }] },
  'parkedmx-sandbox.com': { a: ['203.0.113.209'], mx: [{ priority: 10, exchange: 'localhost' }] },
  'deadmx-sandbox.com': { a: ['203.0.113.210'], mx: [{ priority: 10, exchange: 'mx.gone-sandbox.com' }] },
  'mx.gone-sandbox.com': { failure: 'nxdomain' },
};

const ADDRESS = /[\w.+-]{1,64}(?:@|&#64;|&#x40;|%40|\s?[[(]\s?(?:at|ät|æt)\s?[\])]\s?)((?:[a-z0-9-]{1,63}(?:\.|\s?[[(]\s?(?:dot|punkt)\s?[\])]\s?)){1,4}[a-z]{2,24})/gi;
const CLOUDFLARE = /(?:data-cfemail=["']?|email-protection#)([0-9a-f]{10,400})/gi;

function cloudflareDecode(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  const key = bytes[0] ?? 0;
  return Buffer.from(bytes.subarray(1).map((byte) => byte ^ key)).toString('utf8');
}

/** Mail domains that occur in a text, however the address is written; wide on purpose, a name too many does no harm. */
export function mailDomains(text: string): Set<string> {
  const domains = new Set<string>();
  const add = (domain: string) => {
    const plain = domain.toLowerCase().replace(/\s?[[(]\s?(?:dot|punkt)\s?[\])]\s?/g, '.');
    const name = parse(plain);
    if (name.isIcann === true && name.domain !== null) domains.add(plain);
  };
  for (const match of text.matchAll(ADDRESS)) add(match[1] ?? '');
  for (const match of text.matchAll(CLOUDFLARE)) {
    const domain = cloudflareDecode(match[1] ?? '').split('@')[1];
    if (domain) add(domain);
  }
  return domains;
}

function siteAddress(name: string): string {
  return `${SITE_NET}${1 + (hash32(name) % 200)}`;
}

/** SPF and DMARC differ between domains, as they do outside. */
function mailZone(domain: string): [string, Zone][] {
  const variant = hash32(domain) % 4;
  const zone: Zone = {
    a: [siteAddress(domain)], ...(variant === 0 && { aaaa: [`2001:db8::${(hash32(domain) % 0xffff).toString(16)}`] }),
    mx: variant === 1 ? [{ priority: 10, exchange: MAIL_HOST }, { priority: 20, exchange: `backup.${MAIL_HOST}` }] : [{ priority: 10, exchange: MAIL_HOST }],
    txt: variant === 3 ? ['site-verification=sandbox'] : ['site-verification=sandbox', 'v=spf1 mx include:spf.sandbox-mail.net ~all'],
  };
  const dmarc: Zone = { txt: [`v=DMARC1; p=${['none', 'quarantine', 'reject'][variant] ?? 'none'}; rua=mailto:dmarc@${domain}`] };
  return [[domain, zone], ...(variant === 3 ? [] : [[`_dmarc.${domain}`, dmarc] as [string, Zone]])];
}

/** Every name of the sandbox's internet. Anything else does not exist. */
export function buildZones(world: World, options: { webDirMail: boolean; mailDomains: readonly string[] }): Map<string, Zone> {
  const zones = new Map<string, Zone>();
  const put = (name: string, zone: Zone) => {
    if (!zones.has(name)) zones.set(name, zone);
  };
  for (const [name, zone] of Object.entries(SPECIAL_ZONES)) put(name, zone);
  put(MAIL_HOST, { a: ['127.0.0.1'] });
  put(`backup.${MAIL_HOST}`, { a: ['127.0.0.1'] });
  put('spf.sandbox-mail.net', { txt: ['v=spf1 ip4:203.0.113.0/24 -all'] });
  const domains = new Set<string>(options.mailDomains.map((domain) => domain.toLowerCase()));
  for (const site of world.sites) {
    for (const email of site.emails) domains.add(email.address.split('@')[1] ?? '');
    for (const decoy of site.decoys) for (const domain of mailDomains(decoy)) if (!domain.endsWith('example.com')) domains.add(domain);
    if (world.directory === null) domains.add(getDomain(site.host) ?? site.host);
  }
  if (world.directory !== null && options.webDirMail) {
    for (const host of world.directory) {
      const own = getDomain(host.host, { allowPrivateDomains: true });
      if (own) domains.add(own);
      for (const text of host.texts()) for (const domain of mailDomains(text)) domains.add(domain);
    }
  }
  for (const domain of domains) for (const [name, zone] of mailZone(domain)) put(name, zone);
  for (const host of world.hosts) for (const name of [host.host, ...host.aliases]) put(name, { a: [siteAddress(name)] });
  return zones;
}
