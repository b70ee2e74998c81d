import { describe, expect, it } from 'vitest';
import { clientAddressReader, networkOf } from '../../../src/client-address.js';
import type { LeadlineError } from '../../../src/errors.js';
import { hashPassword, passwordMatches } from '../../../src/services/auth/passwords.js';

describe('hashing passwords', () => {
  it('sends a flood away at once instead of making everybody wait, and serves again afterwards', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 1_000 }, () => passwordMatches(null, 'guess')));
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as LeadlineError] : []));
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(1_000);
    for (const error of refused) expect(error).toMatchObject({ code: 'RATE_LIMITED', details: { retryAfterMs: 1_000, scope: 'password' } });
    const stored = await hashPassword('a long enough pass phrase');
    expect(await passwordMatches(stored, 'a long enough pass phrase')).toBe(true);
  });
});

describe('the address of a client', () => {
  const read = (trusted: string[], remoteAddress: string, forwarded?: string): string | null => clientAddressReader(trusted)({ headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }, socket: { remoteAddress } as never });

  it('is what the last trusted proxy saw, whatever a client wrote in front of it', () => {
    expect(read([], '203.0.113.1', '198.51.100.1')).toBe('203.0.113.1');
    expect(read(['10.0.0.0/8'], '203.0.113.1', '198.51.100.1')).toBe('203.0.113.1');
    expect(read(['10.0.0.0/8'], '::ffff:10.1.2.3', '1.1.1.1, 198.51.100.1, 10.9.9.9')).toBe('198.51.100.1');
    expect(read(['10.0.0.0/8'], '10.1.2.3', '198.51.100.1, nonsense')).toBe('10.1.2.3');
    expect(read(['10.0.0.0/8'], '10.1.2.3')).toBe('10.1.2.3');
    expect(read(['fd00::/8'], 'fd00::1', '2001:db8::7')).toBe('2001:db8::7');
  });

  it('counts as its IPv6 customer or its IPv4 address', () => {
    expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe(networkOf('2001:db8:1:2::99'));
    expect(networkOf('2001:db8:1:2::1')).not.toBe(networkOf('2001:db8:1:3::1'));
    expect(networkOf('::ffff:203.0.113.1')).toBe('203.0.113.1');
    expect(networkOf(null)).toBe('unknown');
  });
});
