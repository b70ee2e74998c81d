import { EmailStatus } from '../src/entities/enums.js';

export const ADDRESSES = 1_000;
export const DOMAINS = 300;

/** Domains of the sandbox whose verdict is not the ordinary one, and what it must be. */
const SPECIAL: ReadonlyMap<string, EmailStatus> = new Map([
  ['nullmx-sandbox.com', EmailStatus.INVALID], ['gone-sandbox.com', EmailStatus.INVALID], ['nomail-sandbox.com', EmailStatus.INVALID], ['parkedmx-sandbox.com', EmailStatus.INVALID],
  ['aonly-sandbox.com', EmailStatus.RISKY], ['alias-sandbox.com', EmailStatus.VALID], ['manymx-sandbox.com', EmailStatus.VALID], ['catchall-sandbox.com', EmailStatus.VALID],
]);
/** Names that nobody has registered: NXDOMAIN. */
const ABSENT = 12;

export interface KnownAddress { address: string; domain: string; status: EmailStatus }

/** Domains with ordinary mail, which the sandbox does not have by itself. */
export const ordinaryDomains = (): string[] => Array.from({ length: DOMAINS - SPECIAL.size - ABSENT }, (_unused, index) => `company-${index}-bench.com`);

/** One address of every domain, then the next of every domain: no look-up is shared because its addresses happen to be neighbours. */
export function knownAddresses(): KnownAddress[] {
  const domains = [...SPECIAL, ...Array.from({ length: ABSENT }, (_unused, index) => [`absent-${index}-bench.com`, EmailStatus.INVALID] as const), ...ordinaryDomains().map((domain) => [domain, EmailStatus.VALID] as const)];
  return Array.from({ length: ADDRESSES }, (_unused, index) => {
    const [domain, status] = domains[index % domains.length] ?? ['', EmailStatus.UNKNOWN];
    return { address: `person.${index}@${domain}`, domain, status };
  });
}
