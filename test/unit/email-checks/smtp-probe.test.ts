import { SMTPServer } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { parseAddress, type ParsedAddress } from '../../../src/services/email/checks/syntax.js';
import { SmtpProbe, type ProbeOptions } from '../../../src/services/email/smtp/probe.js';
import { readRecipientReply } from '../../../src/services/email/smtp/recipient.js';
import { onRecipient as rcpt, startScriptedSmtp, type ScriptedSmtp, type SmtpScript } from '../../support/scripted-smtp.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => { for (const close of closing.splice(0).reverse()) await close(); });

async function serve(script: SmtpScript): Promise<ScriptedSmtp> {
  const server = await startScriptedSmtp(script);
  closing.push(server.close);
  return server;
}

const address = (text: string): ParsedAddress => {
  const parsing = parseAddress(text);
  if (!parsing.ok) throw new Error(parsing.reason);
  return parsing.address;
};
const ANNA = address('anna@acme-werke.de');
const ROUTE = { kind: 'mx' as const, hosts: ['mx.acme-werke.de'] };

function probeOf(port: number, options: Partial<ProbeOptions> = {}): SmtpProbe {
  return new SmtpProbe({ dns: { hostAddresses: () => Promise.resolve({ kind: 'found', addresses: ['127.0.0.1'] }) }, forbidden: () => null, pace: () => Promise.resolve(null), from: 'probe@leadline-probe.de', port, connectMs: 1_000, replyMs: 300, sessionMs: 1_000, ...options });
}

const onlyAnna = rcpt((recipient) => (recipient === 'anna@acme-werke.de' ? '250 2.1.5 ok' : '550 5.1.1 no such user'));

describe('asking a mail server for a recipient', () => {
  it('asks for the real one first, for one that cannot exist in a new session, and never sends mail', async () => {
    const server = await serve({ react: onlyAnna });
    expect(await probeOf(server.port).probe(ANNA, ROUTE)).toEqual({ kind: 'accepted' });
    expect(server.sessions.map((lines) => lines.filter((line) => line.startsWith('RCPT')))).toEqual([['RCPT TO:<anna@acme-werke.de>'], [expect.stringMatching(/^RCPT TO:<[0-9a-f]{18}@acme-werke\.de>$/)]]);
    expect(server.sessions.flat().some((line) => /^(DATA|BDAT|VRFY|EXPN)/i.test(line))).toBe(false);
    expect(server.sessions[0]?.slice(0, 2)).toEqual(['EHLO leadline-probe.de', 'MAIL FROM:<probe@leadline-probe.de>']);
  });

  it('goes on encrypted with a real server that offers STARTTLS, says hello again there, and reads the answer', async () => {
    const asked: { to: string; secure: boolean }[] = [];
    const server = new SMTPServer({
      authOptional: true, disabledCommands: ['AUTH'],
      onRcptTo: ({ address: to }, session, done) => { asked.push({ to, secure: session.secure }); done(to === 'anna@acme-werke.de' ? null : Object.assign(new Error('5.1.1 no such user'), { responseCode: 550 })); },
    });
    server.on('error', () => undefined);
    await new Promise<void>((ready) => { server.listen(0, '127.0.0.1', ready); });
    closing.push(() => new Promise<void>((done) => { server.close(() => { done(); }); }));
    const { port } = server.server.address() as { port: number };
    expect(await probeOf(port, { replyMs: 5_000, sessionMs: 10_000 }).probe(ANNA, ROUTE)).toEqual({ kind: 'accepted' });
    expect(asked).toEqual([{ to: 'anna@acme-werke.de', secure: true }, { to: expect.stringMatching(/^[0-9a-f]{18}@acme-werke\.de$/) as string, secure: true }]);
  });

  it('does not call a mailbox good where everybody is accepted, nor where the second answer is missing', async () => {
    const all = await serve({});
    expect((await probeOf(all.port).probe(ANNA, ROUTE)).kind).toBe('catch-all');
    const shy = await serve({ react: rcpt((_recipient, session) => (session === 1 ? '250 ok' : '451 4.7.1 later')) });
    expect((await probeOf(shy.port).probe(ANNA, ROUTE)).kind).toBe('unknown');
  });

  it('asks no second time when the mailbox is refused, and believes codes before words', async () => {
    const server = await serve({ react: rcpt(() => '550-5.1.1 The email account that you tried to reach\r\n550 5.1.1 does not exist. It may be full of spam.') });
    expect(await probeOf(server.port).probe(ANNA, ROUTE)).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('5.1.1') as unknown });
    expect(server.sessions).toHaveLength(1);
  });

  it.each<[string, string, string]>([
    ['greylisting', '451 4.7.1 Greylisted, try again', 'later'], ['a server that is busy', '421 4.3.2 too busy', 'later'], ['a full mailbox', '452 4.2.2 over quota', 'full'], ['a mailbox full for good', '552 5.2.2 mailbox full', 'full'],
    ['full in words only', '452 mailbox full', 'full'], ['too many recipients', '452 4.5.3 too many', 'later'], ['a block list', '554 5.7.1 user unknown to us: blocked by Spamhaus', 'unknown'], ['refused relaying', '550 relay access denied', 'unknown'],
    ['no mailbox in words only', '550 no such user here', 'rejected'], ['a disabled mailbox', '550 5.2.1 disabled', 'rejected'], ['a bare 550', '550 go away', 'unknown'], ['252', '252 cannot verify', 'unknown'],
  ])('reads %s', async (_what, reply, kind) => {
    const server = await serve({ react: rcpt(() => reply) });
    expect((await probeOf(server.port).probe(ANNA, ROUTE)).kind).toBe(kind);
  });

  it.each<[string, SmtpScript]>([
    ['a tarpit', { react: rcpt(() => null) }], ['a server that never greets', { banner: null }], ['a web server', { banner: 'HTTP/1.1 400 this is not a greeting' }], ['a server that hangs up on the recipient', { react: rcpt(() => 'HANG UP') }],
    ['one that hangs up at once', { banner: 'HANG UP' }], ['a reply without end', { react: rcpt(() => Array.from({ length: 200 }, () => '250-more').join('\r\n')) }], ['a line without end', { banner: `220 ${'x'.repeat(600_000)}` }],
    ['a refused conversation', { banner: '554 5.7.1 no' }],
  ])('knows nothing after %s', async (_what, script) => {
    const server = await serve(script);
    expect((await probeOf(server.port).probe(ANNA, ROUTE)).kind).toBe('unknown');
  });

  it('holds a server to the time of the whole session, however steadily it sends', async () => {
    const server = await serve({ react: (line) => (line.startsWith('EHLO') ? Array.from({ length: 3 }, () => '250-still').join('\r\n') : undefined) });
    expect((await probeOf(server.port, { replyMs: 60_000, sessionMs: 200 }).probe(ANNA, ROUTE)).kind).toBe('unknown');
  });

  it('waits when the server is busy from the start, speaks HELO to old ones, and goes on in clear where STARTTLS is broken', async () => {
    expect((await probeOf((await serve({ banner: '421 4.3.2 later' })).port).probe(ANNA, ROUTE)).kind).toBe('later');
    const old = await serve({ react: (line, session) => (line.startsWith('EHLO') ? '502 no' : onlyAnna?.(line, session)) });
    expect((await probeOf(old.port).probe(ANNA, ROUTE)).kind).toBe('accepted');
    const broken = await serve({ react: (line, session) => (line.startsWith('EHLO') ? '250-mx.test\r\n250 STARTTLS' : line === 'STARTTLS' ? '220 go\r\nnot a handshake' : onlyAnna?.(line, session)) });
    expect((await probeOf(broken.port).probe(ANNA, ROUTE)).kind).toBe('accepted');
  });

  it('connects to nobody whose answer proves nothing, or who may not be reached', async () => {
    const server = await serve({});
    expect(await probeOf(server.port).probe(ANNA, { kind: 'mx', hosts: ['acme-werke-de.mail.protection.outlook.com'] })).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('Microsoft 365') as unknown });
    expect(await probeOf(server.port, { forbidden: () => 'LOOPBACK' }).probe(ANNA, ROUTE)).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('loopback') as unknown });
    expect(await probeOf(server.port, { pace: () => Promise.resolve(5_000) }).probe(ANNA, ROUTE)).toMatchObject({ kind: 'later', afterMs: 5_000 });
    expect(server.sessions).toEqual([]);
    const disguised = await serve({ banner: '220 x.test Microsoft ESMTP MAIL Service ready' });
    expect((await probeOf(disguised.port).probe(ANNA, ROUTE)).kind).toBe('unknown');
  });

  it('keeps at most two sessions with one mail host', async () => {
    let waiting: (() => void)[] = [];
    const server = await serve({ react: onlyAnna });
    // Leave comes only once two ask: fewer at a time would wait for ever, more would show in the peak.
    const pace = (): Promise<null> => new Promise((resolve) => {
      waiting.push(() => { resolve(null); });
      if (waiting.length === 2) for (const go of waiting.splice(0)) go();
    });
    const probe = probeOf(server.port, { pace });
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => probe.probe(ANNA, ROUTE)));
    expect(outcomes.every((outcome) => outcome.kind === 'accepted')).toBe(true);
    waiting = [];
    expect(server.peak()).toBeLessThanOrEqual(4);
  });

  it('names no internationalised mailbox to a server that cannot take one', async () => {
    const server = await serve({});
    expect((await probeOf(server.port).probe(address('büro@acme-werke.de'), ROUTE)).kind).toBe('rejected');
    const able = await serve({ react: (line) => (line.startsWith('EHLO') ? '250-mx.test\r\n250 SMTPUTF8' : line.startsWith('RCPT TO:<büro') ? '250 ok' : line.startsWith('RCPT') ? '550 5.1.1 no' : undefined) });
    expect((await probeOf(able.port).probe(address('büro@acme-werke.de'), ROUTE)).kind).toBe('accepted');
    expect(able.sessions[0]).toContain('MAIL FROM:<probe@leadline-probe.de> SMTPUTF8');
  });
});

describe('a reply to RCPT', () => {
  it('is shown without what could not be printed, and not at any length', () => {
    const read = readRecipientReply({ code: 550, enhanced: '5.1.1', text: `no\u0007 ${'x'.repeat(1_000)}`, lines: [] });
    expect(read.kind === 'rejected' && read.reason.length <= 200 && !read.reason.includes('\u0007')).toBe(true);
  });
});
