import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox, type SandboxSite } from '../../../sandbox/index.js';
import { mailDomains } from '../../../sandbox/dns-zones.js';
import { MailDns } from '../../../src/services/email/dns.js';

let sandbox: Sandbox;
let resolver: Resolver;
beforeAll(async () => {
  sandbox = await startSandbox();
  resolver = new Resolver({ timeout: 300, tries: 1 });
  resolver.setServers([`${sandbox.dns.host}:${sandbox.dns.port}`]);
});
afterAll(async () => { await sandbox.close(); });
afterEach(() => { sandbox.reset(); });

const site = (): SandboxSite => sandbox.sites[0] as SandboxSite;
const domain = (): string => site().emails[0]?.address.split('@')[1] ?? '';

/** One raw DNS question over UDP; the flags tell what the resolver hides. */
function rawUdp(name: string, type: number): Promise<{ truncated: boolean; answers: number; size: number }> {
  const labels = Buffer.concat([...name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])), Buffer.from([0])]);
  const packet = Buffer.concat([Buffer.from([0x12, 0x34, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0]), labels, Buffer.from([0, type, 0, 1])]);
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('message', (message) => {
      socket.close();
      resolve({ truncated: ((message[2] ?? 0) & 0x02) !== 0, answers: message.readUInt16BE(6), size: message.length });
    });
    socket.send(packet, sandbox.dns.port, sandbox.dns.host);
  });
}

describe('the name server', () => {
  it('knows host, mail exchanger, SPF and DMARC of the companies', async () => {
    for (const company of sandbox.sites.slice(0, 12)) {
      const mail = company.emails[0]?.address.split('@')[1] ?? '';
      expect((await resolver.resolve4(company.host))[0]).toMatch(/^203\.0\.113\./);
      const exchangers = await resolver.resolveMx(mail);
      expect(await resolver.resolve4(exchangers[0]?.exchange ?? '')).toEqual(['127.0.0.1']);
    }
    const texts = await Promise.allSettled(sandbox.sites.map((company) => resolver.resolveTxt(company.emails[0]?.address.split('@')[1] ?? 'none.invalid')));
    expect(texts.filter((text) => text.status === 'fulfilled' && text.value.flat().some((entry) => entry.startsWith('v=spf1'))).length).toBeGreaterThan(10);
    const policies = await Promise.allSettled(sandbox.sites.map((company) => resolver.resolveTxt(`_dmarc.${company.emails[0]?.address.split('@')[1] ?? 'none.invalid'}`)));
    expect(policies.some((policy) => policy.status === 'fulfilled' && policy.value.flat()[0]?.startsWith('v=DMARC1; p=reject'))).toBe(true);
    expect(policies.some((policy) => policy.status === 'rejected')).toBe(true);
  });

  it('answers the special zones as their names say', async () => {
    expect(await resolver.resolveMx('nullmx-sandbox.com')).toEqual([{ priority: 0, exchange: '' }]);
    await expect(resolver.resolveMx('gone-sandbox.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(resolver.resolveMx('nobody-ever.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(resolver.resolveMx('servfail-sandbox.com')).rejects.toMatchObject({ code: 'ESERVFAIL' });
    await expect(resolver.resolveMx('timeout-sandbox.com')).rejects.toMatchObject({ code: 'ETIMEOUT' });
    await expect(resolver.resolveMx('aonly-sandbox.com')).rejects.toMatchObject({ code: 'ENODATA' });
    expect(await resolver.resolve4('aonly-sandbox.com')).toEqual(['203.0.113.202']);
    expect((await resolver.resolveMx('alias-sandbox.com'))[0]?.exchange).toBe('mx.sandbox-mail.net');
    expect(await resolver.resolveCname('alias-sandbox.com')).toEqual(['alias-two-sandbox.com']);
    await expect(resolver.resolveMx('loop-sandbox.com')).rejects.toMatchObject({ code: 'ESERVFAIL' });
    await expect(resolver.resolve4('sandbox-mail.net')).rejects.toMatchObject({ code: 'ENODATA' });
  });

  it('cuts long answers over UDP and gives them whole over TCP on the same port', async () => {
    const udp = await rawUdp('manymx-sandbox.com', 15);
    expect(udp.truncated).toBe(true);
    expect(udp.size).toBeLessThanOrEqual(512);
    expect(await resolver.resolveMx('manymx-sandbox.com')).toHaveLength(40);
    expect((await rawUdp(domain(), 15)).truncated).toBe(false);
  });

  it('fails for one domain, or for all, when told to', async () => {
    sandbox.control.dns(domain(), 'servfail');
    await expect(resolver.resolveMx(domain())).rejects.toMatchObject({ code: 'ESERVFAIL' });
    expect(await resolver.resolve4('aonly-sandbox.com')).toHaveLength(1);
    sandbox.control.dns(domain(), 'empty');
    await expect(resolver.resolveMx(domain())).rejects.toMatchObject({ code: 'ENODATA' });
    sandbox.control.dns(domain(), 'ok');
    expect((await resolver.resolveMx(domain())).length).toBeGreaterThan(0);
    sandbox.control.dns('*', 'timeout');
    await expect(resolver.resolveMx(domain())).rejects.toMatchObject({ code: 'ETIMEOUT' });
  });

  it('says with an SOA for how long a name or a record is not there', async () => {
    expect(await resolver.resolveSoa('aonly-sandbox.com')).toMatchObject({ minttl: 30, nsname: 'ns.sandbox-mail.net' });
    await expect(resolver.resolveSoa('_dmarc.aonly-sandbox.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    let now = 1_000_000;
    const dns = new MailDns({ servers: [`${sandbox.dns.host}:${sandbox.dns.port}`], now: () => now });
    try {
      for (const ask of [() => dns.spf('aonly-sandbox.com'), () => dns.dmarc('aonly-sandbox.com'), () => dns.mailRoute('gone-sandbox.com')]) {
        sandbox.reset();
        await ask();
        now += 29_000;
        await ask();
        expect(sandbox.dnsQuestions()).toBe(1);
        now += 1_000;
        await ask();
        expect(sandbox.dnsQuestions()).toBe(2);
      }
    } finally {
      dns.close();
    }
  });

  it('answers as late as it is told to, knows more mail domains, and closes over answers that are still to come', async () => {
    const own = await startSandbox({ mailDomains: ['Extra-Bench.com'], dnsLatencyMs: 3_600_000 });
    const asking = new Resolver({ timeout: 300, tries: 1 });
    asking.setServers([`${own.dns.host}:${own.dns.port}`]);
    try {
      await expect(asking.resolveMx('extra-bench.com')).rejects.toMatchObject({ code: 'ETIMEOUT' });
      own.control.dnsLatency(0);
      expect((await asking.resolveMx('extra-bench.com'))[0]?.exchange).toBe('mx.sandbox-mail.net');
      expect(own.dnsQuestions()).toBe(2);
      own.reset();
      await expect(asking.resolveMx('extra-bench.com')).rejects.toMatchObject({ code: 'ETIMEOUT' });
    } finally {
      await own.close();
    }
  });

  it('finds the mail domains of a page in every spelling it cares for', () => {
    expect(mailDomains('a@eins-post.de b&#64;zwei-post.de c%40drei-post.com d [at] vier-post.de e (at) fuenf-post [punkt] de logo@2x.png x@127.0.0.1')).toEqual(new Set(['eins-post.de', 'zwei-post.de', 'drei-post.com', 'vier-post.de', 'fuenf-post.de']));
  });
});

/** A dialogue with the mail server: sends a line, waits for the last line of the reply. */
class Dialogue {
  private readonly lines: AsyncIterator<string>;

  constructor(private readonly socket: Socket) {
    this.lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  }

  static open(address: { host: string; port: number }): Dialogue {
    return new Dialogue(connect(address.port, address.host));
  }

  async reply(): Promise<string> {
    for (;;) {
      const next = await this.lines.next();
      if (next.done) return '';
      if (!/^\d{3}-/.test(next.value)) return next.value;
    }
  }

  async say(line: string): Promise<string> {
    this.socket.write(`${line}\r\n`);
    return this.reply();
  }

  close(): void {
    this.socket.destroy();
  }
}

describe('the mail server', () => {
  it('accepts mailboxes that exist, refuses those that do not, and never takes a mail', async () => {
    const talk = Dialogue.open(sandbox.smtp);
    try {
      expect(await talk.reply()).toMatch(/^220 /);
      expect(await talk.say('EHLO verifier.sandbox-test.com')).toMatch(/^250 /);
      expect(await talk.say(`VRFY info@${domain()}`)).toMatch(/^252 /);
      expect(await talk.say('MAIL FROM:<probe@sandbox-test.com>')).toMatch(/^250 /);
      expect(await talk.say(`RCPT TO:<${site().emails[0]?.address ?? ''}>`)).toMatch(/^250 /);
      expect(await talk.say(`RCPT TO:<nobody-at-all@${domain()}>`)).toMatch(/^550 .*5\.1\.1/);
      expect(await talk.say('RCPT TO:<someone@elsewhere-entirely.com>')).toMatch(/^554 /);
      expect(await talk.say('DATA')).toMatch(/^354 /);
      expect(await talk.say('Subject: x\r\n\r\nx\r\n.')).toMatch(/^554 /);
      expect(await talk.say('QUIT')).toMatch(/^221 /);
      expect(sandbox.smtpLog().filter((entry) => entry.command === 'RCPT').map((entry) => entry.code)).toEqual([250, 550, 554]);
    } finally {
      talk.close();
    }
  });

  it('greylists once, is full, takes everything or nothing, by domain or by mailbox', async () => {
    const talk = Dialogue.open(sandbox.smtp);
    try {
      await talk.reply();
      await talk.say('EHLO verifier.sandbox-test.com');
      await talk.say('MAIL FROM:<>');
      const code = async (address: string) => Number((await talk.say(`RCPT TO:<${address}>`)).slice(0, 3));
      expect([await code('a@greylist-sandbox.com'), await code('a@greylist-sandbox.com')]).toEqual([451, 250]);
      expect(await code('whatever-9472@catchall-sandbox.com')).toBe(250);
      expect(await code('a@full-sandbox.com')).toBe(452);
      expect(await code(`overquota@${domain()}`)).toBe(552);
      expect(await code(`unknown-person@${domain()}`)).toBe(550);
    } finally {
      talk.close();
    }
  });

  it('holds a tarpit open without an answer, and still closes at once', async () => {
    const own = await startSandbox();
    const talk = Dialogue.open(own.smtp);
    await talk.reply();
    await talk.say('EHLO verifier.sandbox-test.com');
    await talk.say('MAIL FROM:<>');
    const pending = talk.say('RCPT TO:<a@tarpit-sandbox.com>');
    while (!own.smtpLog().some((entry) => entry.command === 'RCPT')) await new Promise((resolve) => setImmediate(resolve));
    await own.close();
    expect(await pending).not.toMatch(/^2/);
    talk.close();
  });

  it('has a second port whose greeting is not SMTP', async () => {
    const talk = Dialogue.open(sandbox.brokenSmtp);
    expect(await talk.reply()).not.toMatch(/^220/);
    talk.close();
  });
});
