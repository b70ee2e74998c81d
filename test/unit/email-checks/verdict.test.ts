import { domainToASCII } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckStatus, EmailKind, EmailStatus } from '../../../src/entities/enums.js';
import { MailDns } from '../../../src/services/email/dns.js';
import { checkEmail } from '../../../src/services/email/verdict.js';
import { startDns, type Answer, type TestDns } from '../../support/table-dns.js';

const mx = (exchange: string, priority = 10): { type: 'MX'; exchange: string; priority: number } => ({ type: 'MX', exchange, priority });
const many = Array.from({ length: 60 }, (_, index) => mx(`mx${index}.a-rather-long-name-for-a-mail-host.truncated-werke.com`, index));

const ZONES: Record<string, Record<string, Answer>> = {
  'acme-werke.de': { MX: [mx('mx2.acme-werke.de', 20), mx('mx1.acme-werke.de', 10)], TXT: [{ type: 'TXT', data: 'v=spf1 mx -all' }], A: [{ type: 'A', address: '192.0.2.1' }] },
  '_dmarc.acme-werke.de': { TXT: [{ type: 'TXT', data: 'v=DMARC1; p=reject' }] },
  'mail.acme-werke.de': { MX: [mx('mx1.acme-werke.de')], TXT: [] },
  'bare-werke.de': { MX: [mx('mx.bare-werke.de')], TXT: [] },
  'twice-werke.de': { MX: [mx('mx.twice-werke.de')], TXT: [{ type: 'TXT', data: 'v=spf1 a -all' }, { type: 'TXT', data: 'v=spf1 mx -all' }, { type: 'TXT', data: 'v=spf10 x' }] },
  'nullmx-werke.de': { MX: [mx('', 0)], A: [{ type: 'A', address: '192.0.2.1' }], TXT: [] },
  'aonly-werke.de': { MX: [], A: [{ type: 'A', address: '192.0.2.1' }], AAAA: [], TXT: [] },
  'silentweb-werke.de': { MX: [], A: [], AAAA: [], TXT: [] },
  'localmx-werke.de': { MX: [mx('localhost')], TXT: [] },
  'servfail-werke.de': { MX: 'SERVFAIL', A: 'SERVFAIL', AAAA: 'SERVFAIL', TXT: 'SERVFAIL' },
  'silent-werke.de': { MX: 'SILENT', A: 'SILENT', AAAA: 'SILENT', TXT: 'SILENT' },
  '_dmarc.silent-werke.de': { TXT: 'SILENT' },
  'truncated-werke.com': { MX: { truncatedOverUdp: many }, TXT: [] },
  [domainToASCII('münchen-werke.de')]: { MX: [mx('mx.acme-werke.de')], TXT: [] },
  'mailinator.com': { MX: [mx('mx.mailinator.com')], TXT: [] },
  'gmail.com': { MX: [mx('mx.gmail.com')], TXT: [{ type: 'TXT', data: 'v=spf1 redirect=_spf.gmail.com' }] },
};

let dns: TestDns;
let mail: MailDns;
const now = new Date('2026-05-04T10:00:00Z');

beforeAll(async () => {
  dns = await startDns((name, type) => ZONES[name]?.[type]);
  mail = new MailDns({ servers: [dns.server], timeLimitMs: 600 });
});
afterAll(async () => {
  mail.close();
  await dns.close();
});

const check = (address: string, suppressed?: boolean): ReturnType<typeof checkEmail> => checkEmail(address, { dns: mail, now, ...(suppressed === undefined ? {} : { suppressed }) });

describe('the verdict on an address', () => {
  it('is VALID with all points for a person at a domain that looks after its mail', async () => {
    const verdict = await check('Anna.Kern@acme-werke.de');
    expect(verdict).toMatchObject({ email: 'Anna.Kern@acme-werke.de', normalized: 'anna.kern@acme-werke.de', status: EmailStatus.VALID, score: 100, kind: EmailKind.PERSONAL, suggestion: null, checkedAt: now });
    expect(verdict.checks.find((one) => one.name === 'mx')?.reason).toContain('mx1.acme-werke.de');
    expect(verdict.checks.find((one) => one.name === 'dmarc')?.reason).toContain('reject');
  });

  it.each([
    ['info@acme-werke.de', EmailStatus.VALID, EmailKind.ROLE],
    ['anna@gmail.com', EmailStatus.VALID, EmailKind.FREE_PROVIDER],
    ['anna@mailinator.com', EmailStatus.RISKY, EmailKind.DISPOSABLE],
    ['anna@aonly-werke.de', EmailStatus.RISKY, EmailKind.PERSONAL],
    ['anna@nullmx-werke.de', EmailStatus.INVALID, EmailKind.PERSONAL],
    ['anna@silentweb-werke.de', EmailStatus.INVALID, EmailKind.PERSONAL],
    ['anna@localmx-werke.de', EmailStatus.INVALID, EmailKind.PERSONAL],
    ['anna@gone-werke.de', EmailStatus.INVALID, EmailKind.PERSONAL],
    ['anna@servfail-werke.de', EmailStatus.UNKNOWN, EmailKind.PERSONAL],
    ['anna@silent-werke.de', EmailStatus.UNKNOWN, EmailKind.PERSONAL],
    ['anna@truncated-werke.com', EmailStatus.VALID, EmailKind.PERSONAL],
    ['anna@münchen-werke.de', EmailStatus.VALID, EmailKind.PERSONAL],
    ['anna..kern@acme-werke.de', EmailStatus.INVALID, EmailKind.UNKNOWN],
  ])('of %s is %s and %s, and its points add up', async (address, status, kind) => {
    const verdict = await check(address);
    expect(verdict).toMatchObject({ status, kind });
    expect(verdict.checks.reduce((total, one) => total + one.points, 0)).toBe(verdict.score);
    expect(verdict.score).toBeGreaterThanOrEqual(0);
    expect(verdict.score).toBeLessThanOrEqual(100);
    expect(verdict.checks.map((one) => one.name)).toEqual(['syntax', 'domain', 'mx', 'disposable', 'role', 'free', 'typo', 'spf', 'dmarc', ...(/^[\x20-\x7e]*$/.test(address) ? [] : ['homograph'])]);
    expect(verdict.checks.every((one) => one.reason !== '')).toBe(true);
    if (status === EmailStatus.INVALID) expect(verdict.score).toBe(0);
  });

  it('asks over TCP when the answer does not fit into a datagram', async () => {
    await check('bernd@truncated-werke.com');
    expect(dns.questions).toContain('MX truncated-werke.com tcp');
  });

  it('orders kinds of addresses by what they are worth', async () => {
    const scores = await Promise.all(['anna@acme-werke.de', 'info@acme-werke.de', 'anna@bare-werke.de', 'anna@aonly-werke.de', 'anna@mailinator.com', 'anna@gone-werke.de'].map(async (address) => (await check(address)).score));
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(new Set(scores).size).toBe(scores.length);
  });

  it('says that the resolver failed instead of calling the domain bad', async () => {
    const verdict = await check('anna@servfail-werke.de');
    expect(verdict.checks.find((one) => one.name === 'mx')).toMatchObject({ status: CheckStatus.UNKNOWN, points: 0 });
    expect(verdict.checks.find((one) => one.name === 'mx')?.reason).toContain('SERVFAIL');
  });

  it('sees two SPF records as a mistake and looks for DMARC at the organisation', async () => {
    const twice = await check('anna@twice-werke.de');
    expect(twice.checks.find((one) => one.name === 'spf')).toMatchObject({ status: CheckStatus.WARN });
    const sub = await check('anna@mail.acme-werke.de');
    expect(sub.checks.find((one) => one.name === 'dmarc')).toMatchObject({ status: CheckStatus.PASS });
    expect(sub.checks.find((one) => one.name === 'spf')).toMatchObject({ status: CheckStatus.WARN });
  });

  it('suggests the likely spelling of a mailbox provider that does not exist', async () => {
    expect((await check('anna@gmial.com')).suggestion).toBe('anna@gmail.com');
    expect((await check('anna@gmail.con')).suggestion).toBe('anna@gmail.com');
    expect((await check('anna@acme-werke.de')).suggestion).toBeNull();
  });

  it('takes all points from a suppressed address and never calls it VALID', async () => {
    const verdict = await check('anna@acme-werke.de', true);
    expect(verdict).toMatchObject({ status: EmailStatus.RISKY, score: 0 });
    expect(verdict.checks.at(-1)).toMatchObject({ name: 'suppression', status: CheckStatus.FAIL, points: -100 });
    expect((await check('anna@acme-werke.de', false)).score).toBe(100);
  });

  it('skips what needs an address when there is none, and does not echo a megabyte', async () => {
    const verdict = await check('x'.repeat(1_000_000));
    expect(verdict.email.length).toBeLessThanOrEqual(320);
    expect(verdict.checks.slice(1).every((one) => one.status === CheckStatus.SKIPPED)).toBe(true);
  });
});
