import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

/** `10.0.0.1`, `10.0.0.0/8`, `fd00::/8`. */
export function isAddressRange(text: string): boolean {
  return ipaddr.isValid(text) || ipaddr.isValidCIDR(text);
}

/** An IPv4 address in IPv6 form is the IPv4 address it holds. */
const parsed = (text: string): Address | null => (ipaddr.isValid(text) ? ipaddr.process(text) : null);

const rangeOf = (text: string): Range => {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
};

/**
 * Where a request comes from. Only what a trusted proxy added to X-Forwarded-For is believed: the list is read from
 * its end, and the first address that is no trusted proxy is the client. What stands before it, anybody may have written.
 * @param trusted addresses and ranges of the operator's own proxies
 */
export function clientAddressReader(trusted: readonly string[]): (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string | null {
  const ranges = trusted.map(rangeOf);
  const isTrusted = (address: Address): boolean => ranges.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits));
  return ({ headers, socket }) => {
    let client = socket.remoteAddress === undefined ? null : parsed(socket.remoteAddress);
    const header = headers['x-forwarded-for'];
    const hops = (Array.isArray(header) ? header.join(',') : header ?? '').split(',').map((hop) => hop.trim()).filter(Boolean).reverse();
    for (const hop of hops) {
      if (!client || !isTrusted(client)) break;
      const address = parsed(hop);
      // A proxy of ours that writes something else than an address: the proxy itself is all we know.
      if (!address) break;
      client = address;
    }
    return client?.toString() ?? null;
  };
}

/** What limits count: an IPv4 address, or the /64 that one IPv6 customer has to himself. */
export function networkOf(ip: string | null): string {
  const address = ip === null ? null : parsed(ip);
  if (!address) return 'unknown';
  return address instanceof ipaddr.IPv6 ? `${address.parts.slice(0, 4).map((part) => part.toString(16)).join(':')}::/64` : address.toString();
}
