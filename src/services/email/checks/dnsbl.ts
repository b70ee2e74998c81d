/** Block lists in DNS (RFC 5782): of the domain's name, and of the addresses of its mail servers. */
import type { EmailCheck } from '../../../entities/email-verdict.js';
import { CheckStatus } from '../../../entities/enums.js';
import type { BlockListing } from '../dns.js';
import { finding } from './check.js';

const LISTED_PENALTY = -30;

export function dnsblCheck(listing: BlockListing): EmailCheck {
  switch (listing.kind) {
    case 'listed': return finding('dnsbl', CheckStatus.FAIL, LISTED_PENALTY, `on the block list ${listing.zones.join(', ')}`);
    case 'clean': return finding('dnsbl', CheckStatus.PASS, 0, 'on none of the block lists');
    case 'failed': return finding('dnsbl', CheckStatus.UNKNOWN, 0, listing.why);
  }
}
