/**
 * Keeps the crawler on the public internet (server-side request forgery, OWASP API7). Three walls:
 * what is written in a URL (`checkUrl`, before every request and every redirect hop), every address a name
 * resolves to (`lookup`, which hands the socket exactly the addresses it has checked, so a second DNS answer
 * changes nothing), and the ports. Ranges: IANA special-purpose address registries, by way of ipaddr.js.
 */
import { lookup as systemLookup, promises as dnsPromises, type LookupAddress } from 'node:dns';
import { type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { type UrlVerdict } from '../../entities/url-verdict.js';
import { LeadlineError } from '../../errors.js';
import { normalizeUrl } from './url.js';

/** Why an address is refused; `details.reason` of URL_FORBIDDEN. */
export type ForbiddenReason = 'PORT' | 'LOOPBACK' | 'PRIVATE' | 'LINK_LOCAL' | 'METADATA' | 'RESERVED' | 'INTERNAL_NAME';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Cidr = [Address, number];

/** Cloud metadata services that answer on public or shared addresses: no range would catch them by their name. */
const METADATA_ADDRESSES: ReadonlySet<string> = new Set([
  '169.254.169.254', '169.254.170.2', '169.254.169.253', '168.63.129.16', '100.100.100.200', '192.0.0.192', 'fd00:ec2::254',
]);
const METADATA_NAMES: ReadonlySet<string> = new Set([
  'metadata', 'metadata.google.internal', 'metadata.goog', 'metadata.azure.internal', 'metadata.tencentyun.com',
  'instance-data', 'instance-data.ec2.internal',
]);
/** Names that never exist on the public internet (RFC 6761, 6762, 8375, ICANN's .internal, and common office habits). */
const INTERNAL_SUFFIXES: readonly string[] = [
  '.local', '.localdomain', '.internal', '.intranet', '.private', '.corp', '.home', '.lan', '.home.arpa', '.in-addr.arpa', '.ip6.arpa',
];
const GLOBAL_UNICAST_V6 = ipaddr.parseCIDR('2000::/3');

const RANGE_REASONS: Readonly<Record<string, ForbiddenReason>> = {
  loopback: 'LOOPBACK', unspecified: 'LOOPBACK', private: 'PRIVATE', uniqueLocal: 'PRIVATE', carrierGradeNat: 'PRIVATE',
  deprecatedSiteLocal: 'PRIVATE', linkLocal: 'LINK_LOCAL',
};

const REASON_TEXT: Readonly<Record<ForbiddenReason, string>> = {
  PORT: 'this port is not among the ports that may be crawled',
  LOOPBACK: 'the address points back to this machine',
  PRIVATE: 'the address belongs to a private network',
  LINK_LOCAL: 'the address is only valid on the local link',
  METADATA: 'the address belongs to a cloud metadata service',
  RESERVED: 'the address is reserved or carries another address inside',
  INTERNAL_NAME: 'the name is only used inside private networks',
};

function forbidden(target: string, reason: ForbiddenReason): LeadlineError {
  return new LeadlineError('URL_FORBIDDEN', `${target} may not be crawled: ${REASON_TEXT[reason]}.`, { details: { reason } });
}

/** URL host without the brackets of an IPv6 literal. */
function bareHost(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

export interface AddressGuardOptions {
  /** Ports that may be reached; anything else is refused, on opened ranges too. */
  ports: number[];
  /** Special ranges an operator opens on purpose, in CIDR notation. @throws BAD_USER_INPUT when one is malformed. */
  allowCidrs: string[];
  /** Names are resolved by a proxy: only what is written in the URL can be checked, so internal names are refused by their look. */
  viaProxy: boolean;
  /** `address` or `address:port` of the resolvers to ask; without them the operating system resolves. */
  dnsServers?: string[];
}

export class AddressGuard {
  readonly #ports: ReadonlySet<number>;
  readonly #allowed: Cidr[];
  readonly #resolver: dnsPromises.Resolver | null;
  /** True when no resolver of ours sees the names (CRAWL_PROXY_URL); shown in `capabilities`. */
  readonly viaProxy: boolean;

  constructor(options: AddressGuardOptions) {
    this.#ports = new Set(options.ports);
    this.viaProxy = options.viaProxy;
    this.#allowed = options.allowCidrs.map((text) => {
      if (!ipaddr.isValidCIDR(text)) throw new LeadlineError('BAD_USER_INPUT', `${text} is no CIDR range.`, { details: { fields: ['allowCidrs'] } });
      return ipaddr.parseCIDR(text);
    });
    this.#resolver = null;
    if (options.dnsServers !== undefined && options.dnsServers.length > 0) {
      this.#resolver = new dnsPromises.Resolver({ timeout: 2000, tries: 2 });
      this.#resolver.setServers(options.dnsServers);
    }
  }

  #isOpened(address: Address): boolean {
    return this.#allowed.some(([network, bits]) => network.kind() === address.kind() && address.match([network, bits] as [ipaddr.IPv4 & ipaddr.IPv6, number]));
  }

  /**
   * Why this IP address (as text, mapped v4 counted as v4) may not be reached, or null when it may.
   * Everything that is not plain global unicast is refused: tunnels (6to4, Teredo, NAT64) would carry a
   * private v4 address past a check of the v6 one.
   */
  addressReason(text: string): ForbiddenReason | null {
    if (!ipaddr.isValid(text)) return 'RESERVED';
    const address = ipaddr.process(text);
    if (this.#isOpened(address)) return null;
    if (METADATA_ADDRESSES.has(address.toString())) return 'METADATA';
    const range: string = address.range();
    if (range !== 'unicast') return RANGE_REASONS[range] ?? 'RESERVED';
    // Unallocated IPv6 space is no destination; only 2000::/3 is routed (RFC 4291, 2.4).
    if (address.kind() === 'ipv6' && !address.match(GLOBAL_UNICAST_V6)) return 'RESERVED';
    return null;
  }

  #nameReason(name: string): ForbiddenReason | null {
    if (name === 'localhost' || name.endsWith('.localhost')) return this.addressReason('127.0.0.1');
    if (METADATA_NAMES.has(name)) return this.addressReason('169.254.169.254');
    // With ranges opened on purpose an internal name may be meant; its addresses are still checked one by one.
    if (this.#allowed.length > 0) return null;
    const internal = !name.includes('.') || INTERNAL_SUFFIXES.some((suffix) => name.endsWith(suffix));
    return internal ? 'INTERNAL_NAME' : null;
  }

  /** Checks a host and port as written; names are resolved and checked again when a socket is opened. */
  #writtenReason(hostname: string, port: number): ForbiddenReason | null {
    if (!this.#ports.has(port)) return 'PORT';
    const host = bareHost(hostname).toLowerCase().replace(/\.{1,3}$/, '');
    return ipaddr.isValid(host) ? this.addressReason(host) : this.#nameReason(host);
  }

  /**
   * Checks what is written in a URL: scheme, credentials, port, IP literals in every notation browsers accept
   * (decimal, octal, hexadecimal, mapped), and names that never mean a public site.
   * @throws LeadlineError URL_INVALID, or URL_FORBIDDEN with `details.reason`.
   */
  checkUrl(url: string): void {
    const normalized = normalizeUrl(url);
    if (normalized === null) throw new LeadlineError('URL_INVALID', 'This is not an absolute http or https address without credentials.');
    const parsed = new URL(normalized);
    const port = parsed.port === '' ? (parsed.protocol === 'https:' ? 443 : 80) : Number(parsed.port);
    const reason = this.#writtenReason(parsed.hostname, port);
    if (reason !== null) throw forbidden(parsed.host, reason);
  }

  /** The same checks as data, for the public `validateUrl` query. Never throws for a bad address. */
  verdict(url: string): UrlVerdict {
    const normalizedUrl = normalizeUrl(url);
    try {
      this.checkUrl(url);
      return { url, valid: true, normalizedUrl, code: null, reason: null };
    } catch (error) {
      if (!(error instanceof LeadlineError)) throw error;
      return { url, valid: false, normalizedUrl, code: error.code, reason: error.message };
    }
  }

  async #resolve(hostname: string): Promise<LookupAddress[]> {
    if (this.#resolver === null) {
      return new Promise((resolve, reject) => {
        systemLookup(hostname, { all: true, verbatim: true }, (error, addresses) => (error === null ? resolve(addresses) : reject(error)));
      });
    }
    const resolver = this.#resolver;
    const settled = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const addresses: LookupAddress[] = [];
    let failure: Error | null = null;
    for (const [index, answer] of settled.entries()) {
      if (answer.status === 'fulfilled') {
        for (const address of answer.value) addresses.push({ address, family: index === 0 ? 4 : 6 });
      } else if (answer.reason instanceof Error) {
        // A server failure says more than "no such record of this type": keep it.
        if (failure === null || (failure as NodeJS.ErrnoException).code === 'ENODATA') failure = answer.reason;
      }
    }
    if (addresses.length === 0) throw failure ?? Object.assign(new Error(`no address for ${hostname}`), { code: 'ENOTFOUND' });
    return addresses;
  }

  /**
   * Every address of a name, all of them checked. One bad answer refuses the name as a whole: a mixed answer
   * is how DNS rebinding looks.
   * @throws LeadlineError URL_FORBIDDEN; or the resolver's own error (`ENOTFOUND`, `ESERVFAIL`, …).
   */
  async resolve(hostname: string): Promise<LookupAddress[]> {
    const addresses = await this.#resolve(hostname);
    for (const { address } of addresses) {
      const reason = this.addressReason(address);
      if (reason !== null) throw forbidden(hostname, reason);
    }
    return addresses;
  }

  /**
   * For `net.connect`, `http.request` and undici's connector: resolves, checks and pins. IP literals never
   * come here (Node connects to them directly), so callers run `checkUrl` first.
   */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    this.resolve(hostname).then(
      (addresses) => {
        const family = options.family === 4 || options.family === 'IPv4' ? 4 : options.family === 6 || options.family === 'IPv6' ? 6 : 0;
        const wanted = family === 0 ? addresses : addresses.filter((entry) => entry.family === family);
        const first = wanted[0];
        if (first === undefined) callback(Object.assign(new Error(`no address for ${hostname}`), { code: 'ENOTFOUND' }), [], 0);
        else if (options.all === true) callback(null, wanted);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), [], 0),
    );
  };
}
