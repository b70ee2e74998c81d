import { afterEach, describe, expect, it } from 'vitest';
import { CheckStatus, EmailStatus } from '../../../src/entities/enums.js';
import { MailDns } from '../../../src/services/email/dns.js';
import { checkEmail } from '../../../src/services/email/verdict.js';
import { startDns, type Answer, type TestDns } from '../../support/table-dns.js';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve(...args: Parameters<typeof startDns>): Promise<TestDns> {
  const dns = await startDns(...args);
  closing.push(dns.close);
  return dns;
}

function resolver(options: ConstructorParameters<typeof MailDns>[0]): MailDns {
  const mail = new MailDns(options);
  closing.push(() => { mail.close(); });
  return mail;
}

describe('mail look-ups', () => {
  it('asks once for callers at the same time, and keeps the answer as long as its records live', async () => {
    const dns = await serve((_, type) => (type === 'MX' ? [{ type: 'MX', exchange: 'mx.acme-werke.de', priority: 1, ttl: 300 }, { type: 'MX', exchange: 'mx2.acme-werke.de', priority: 2, ttl: 900 }] : []));
    let clock = 0;
    const mail = resolver({ servers: [dns.server], now: () => clock });
    await Promise.all(Array.from({ length: 20 }, () => mail.mailRoute('acme-werke.de')));
    clock = 299_000;
    await mail.mailRoute('acme-werke.de');
    expect(dns.questions.filter((question) => question.startsWith('MX'))).toHaveLength(1);
    clock = 301_000;
    await mail.mailRoute('acme-werke.de');
    expect(dns.questions.filter((question) => question.startsWith('MX'))).toHaveLength(2);
  });

  it('keeps "no such domain" without an SOA for one minute only', async () => {
    const dns = await serve(() => 'NXDOMAIN');
    let clock = 0;
    const mail = resolver({ servers: [dns.server], now: () => clock });
    expect(await mail.mailRoute('gone-werke.de')).toEqual({ kind: 'none', why: 'no-domain' });
    clock = 59_000;
    await mail.mailRoute('gone-werke.de');
    expect(dns.questions).toHaveLength(1);
    clock = 61_000;
    await mail.mailRoute('gone-werke.de');
    expect(dns.questions).toHaveLength(2);
  });

  it('asks again after a failure', async () => {
    let broken = true;
    const dns = await serve(() => (broken ? 'SERVFAIL' : [{ type: 'MX', exchange: 'mx.acme-werke.de', priority: 1 }]));
    const mail = resolver({ servers: [dns.server] });
    expect((await mail.mailRoute('acme-werke.de')).kind).toBe('failed');
    broken = false;
    expect(await mail.mailRoute('acme-werke.de')).toEqual({ kind: 'mx', hosts: ['mx.acme-werke.de'] });
  });

  it('answers "failed" for a server that is silent and for one that is not there', async () => {
    const dns = await serve(() => 'SILENT');
    expect((await resolver({ servers: [dns.server], timeLimitMs: 200 }).mailRoute('acme-werke.de')).kind).toBe('failed');
    expect((await resolver({ servers: ['127.0.0.1:1'], timeLimitMs: 200 }).mailRoute('acme-werke.de')).kind).toBe('failed');
  });

  it('never has more questions open than allowed, and answers all of them', async () => {
    let open = 0;
    const waiting: (() => void)[] = [];
    // Each answer waits until the allowed number of questions is there, so the limit is really reached.
    const dns = await serve(() => [{ type: 'MX', exchange: 'mx.acme-werke.de', priority: 1 }], () => new Promise((resolve) => {
      waiting.push(resolve);
      open += 1;
      if (open % 5 === 0) for (const release of waiting.splice(0)) release();
    }));
    const mail = resolver({ servers: [dns.server], maxLookups: 5, timeLimitMs: 5_000 });
    const routes = await Promise.all(Array.from({ length: 50 }, (_, index) => mail.mailRoute(`acme${index}-werke.de`)));
    expect(routes.every((route) => route.kind === 'mx')).toBe(true);
    expect(dns.peak()).toBe(5);
  });

  it('answers when it is closed while a question is open', async () => {
    const asked: { now?: () => void } = {};
    const arrived = new Promise<void>((resolve) => { asked.now = resolve; });
    const dns = await serve(() => { asked.now?.(); return 'SILENT'; });
    const mail = resolver({ servers: [dns.server], timeLimitMs: 20_000 });
    const route = mail.mailRoute('acme-werke.de');
    await arrived;
    mail.close();
    expect((await route).kind).toBe('failed');
    expect((await mail.mailRoute('later-werke.de')).kind).toBe('failed');
  });
});

describe('block lists in a verdict', () => {
  const LISTS = { blockLists: ['names.test', 'hosts.test'] };
  const verdictOf = async (mail: MailDns): Promise<{ status: EmailStatus; mx: CheckStatus | undefined; dnsbl: CheckStatus | undefined; reason: string | undefined }> => {
    const { status, checks } = await checkEmail('anna@acme-werke.de', { dns: mail, now: new Date() });
    const dnsbl = checks.find((one) => one.name === 'dnsbl');
    return { status, mx: checks.find((one) => one.name === 'mx')?.status, dnsbl: dnsbl?.status, reason: dnsbl?.reason };
  };
  /** A domain with a mail host, on no list; `broken` answers otherwise where it knows better. */
  const zone = (broken: (name: string, type: string) => Answer | undefined = () => undefined) => (name: string, type: string): Answer | undefined => broken(name, type)
    ?? (name === 'acme-werke.de' && type === 'MX' ? [{ type: 'MX', exchange: 'mx.acme-werke.de', priority: 1 }] : name === 'mx.acme-werke.de' && type === 'A' ? [{ type: 'A', address: '203.0.113.9' }] : 'NXDOMAIN');

  it('are asked about the domain beside its mail route, so that all of it fits into one deadline, and about the mail host after it', async () => {
    const asked = new Map<string, () => void>();
    const listsAsked = Promise.all(LISTS.blockLists.map((list) => new Promise<void>((resolve) => { asked.set(`acme-werke.de.${list}`, resolve); })));
    // Where the route goes first, this MX never comes and nothing is known.
    const dns = await serve(zone(), (name, type) => {
      if (name === 'acme-werke.de' && type === 'MX') return listsAsked.then(() => undefined);
      asked.get(name)?.();
      return Promise.resolve();
    });
    expect(await verdictOf(resolver({ servers: [dns.server], timeLimitMs: 5_000, ...LISTS }))).toMatchObject({ status: EmailStatus.VALID, dnsbl: CheckStatus.PASS });
    expect(dns.questions).toContain('A 9.113.0.203.hosts.test udp');
  });

  it('that are silent are UNKNOWN, and the rest of the verdict stands', async () => {
    const dns = await serve(zone((name) => (name.endsWith('.test') ? 'SILENT' : undefined)));
    expect(await verdictOf(resolver({ servers: [dns.server], timeLimitMs: 200, ...LISTS }))).toMatchObject({ status: EmailStatus.VALID, mx: CheckStatus.PASS, dnsbl: CheckStatus.UNKNOWN, reason: expect.stringContaining('names.test') as unknown });
  });

  it('that do not know the domain say nothing while the mail host is unknown', async () => {
    const dns = await serve(zone((name) => (name === 'mx.acme-werke.de' ? 'SILENT' : undefined)));
    expect(await verdictOf(resolver({ servers: [dns.server], timeLimitMs: 200, ...LISTS }))).toMatchObject({ status: EmailStatus.VALID, dnsbl: CheckStatus.UNKNOWN, reason: expect.stringContaining('in time') as unknown });
  });

  it('and everything else silent: UNKNOWN, with nothing asked after the deadline', async () => {
    const dns = await serve(() => 'SILENT');
    const mail = resolver({ servers: [dns.server], timeLimitMs: 200, ...LISTS });
    expect(await verdictOf(mail)).toMatchObject({ status: EmailStatus.UNKNOWN, mx: CheckStatus.UNKNOWN, dnsbl: CheckStatus.UNKNOWN });
    // The mail host is never learned, so nothing is asked about it; what is asked is asked at most twice.
    const names = new Set(dns.questions);
    expect([...names].sort()).toEqual(['A acme-werke.de.hosts.test udp', 'A acme-werke.de.names.test udp', 'MX acme-werke.de udp', 'TXT _dmarc.acme-werke.de udp', 'TXT acme-werke.de udp']);
    expect(dns.questions.length).toBeLessThanOrEqual(2 * names.size);
  });
});
