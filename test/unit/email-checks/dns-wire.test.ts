import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { MailDns } from '../../../src/services/email/dns.js';

/** What a question asks, and answers made by hand, byte by byte: what a well-kept server never sends. */
interface Question { id: number; name: string; type: number; raw: Buffer }
const TYPE = { A: 1, CNAME: 5, SOA: 6, MX: 15, TXT: 16 } as const;

function read(message: Buffer): Question {
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { id: message.readUInt16BE(0), name: labels.join('.'), type: message.readUInt16BE(at + 1), raw: message.subarray(12, at + 5) };
}

const nameBytes = (name: string): Buffer => Buffer.concat([...name.split('.').filter(Boolean).map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])), Buffer.from([0])]);
function record(owner: string, type: number, ttl: number, data: Buffer): Buffer {
  const head = Buffer.alloc(10);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(1, 2);
  head.writeUInt32BE(ttl, 4);
  head.writeUInt16BE(data.length, 8);
  return Buffer.concat([nameBytes(owner), head, data]);
}
const mx = (owner: string, exchange: string, ttl = 60): Buffer => record(owner, TYPE.MX, ttl, Buffer.concat([Buffer.from([0, 10]), nameBytes(exchange)]));
const cname = (owner: string, target: string, ttl = 60): Buffer => record(owner, TYPE.CNAME, ttl, nameBytes(target));
const a = (owner: string, address: string, ttl = 60): Buffer => record(owner, TYPE.A, ttl, Buffer.from(address.split('.').map(Number)));
function soa(owner: string, ttl: number, minimum: number): Buffer {
  const numbers = Buffer.alloc(20);
  numbers.writeUInt32BE(minimum, 16);
  return record(owner, TYPE.SOA, ttl, Buffer.concat([nameBytes('ns.test'), nameBytes('admin.test'), numbers]));
}
function answer(question: Question, parts: { rcode?: number; answers?: Buffer[]; authority?: Buffer[]; id?: number; raw?: Buffer; truncated?: boolean }): Buffer {
  const { rcode = 0, answers = [], authority = [], id = question.id, raw = question.raw, truncated = false } = parts;
  const head = Buffer.alloc(12);
  head.writeUInt16BE(id, 0);
  head.writeUInt16BE(0x8180 | rcode | (truncated ? 0x0200 : 0), 2);
  for (const [place, count] of [1, answers.length, authority.length].entries()) head.writeUInt16BE(count, 4 + place * 2);
  return Buffer.concat([head, raw, ...answers, ...authority]);
}

const closing: (() => unknown)[] = [];
afterEach(async () => { for (const close of closing.splice(0).reverse()) await close(); });

/** Answers each question with datagrams, in order; `tcp` with one message, or hangs up where it is null. */
async function serve(udp: (question: Question) => Buffer[], tcp?: (question: Question) => Buffer | null): Promise<{ server: string; asked: Question[] }> {
  const asked: Question[] = [];
  const socket: Socket = createSocket('udp4', (message: Buffer, from: RemoteInfo) => {
    const question = read(message);
    asked.push(question);
    for (const datagram of udp(question)) socket.send(datagram, from.port, from.address);
  });
  await new Promise<void>((resolve) => { socket.bind(0, '127.0.0.1', resolve); });
  closing.push(() => new Promise<void>((resolve) => { socket.close(() => resolve()); }));
  const { port } = socket.address();
  if (tcp) {
    const server: Server = createServer((client) => {
      client.on('error', () => undefined);
      client.on('data', (chunk: Buffer) => {
        const message = tcp(read(chunk.subarray(2)));
        if (message === null) return client.destroy();
        const length = Buffer.alloc(2);
        length.writeUInt16BE(message.length);
        // In two pieces: a message seldom comes as one.
        client.write(Buffer.concat([length, message.subarray(0, 5)]), () => { client.end(message.subarray(5)); });
      });
    });
    await new Promise<void>((resolve, reject) => { server.once('error', reject); server.listen(port, '127.0.0.1', resolve); });
    closing.push(() => new Promise<void>((resolve) => { server.close(() => resolve()); }));
  }
  return { server: `127.0.0.1:${port}`, asked };
}

function mail(server: string, options: Partial<ConstructorParameters<typeof MailDns>[0]> = {}): MailDns {
  const dns = new MailDns({ servers: [server], timeLimitMs: 400, ...options });
  closing.push(() => { dns.close(); });
  return dns;
}

describe('answers of name servers', () => {
  it('are passed over when they carry another id or another question, and the right one that follows counts', async () => {
    const other = Buffer.concat([nameBytes('evil-werke.de'), Buffer.from([0, TYPE.MX, 0, 1])]);
    const { server } = await serve((question) => [
      answer(question, { id: question.id ^ 1, answers: [mx('acme-werke.de', 'mx.evil-werke.de')] }),
      answer(question, { raw: other, answers: [mx('acme-werke.de', 'mx.evil-werke.de')] }),
      Buffer.from('rubbish'), Buffer.alloc(0),
      answer(question, { answers: [mx('other-werke.de', 'mx.evil-werke.de'), mx('acme-werke.de', 'mx.acme-werke.de')] }),
    ]);
    expect(await mail(server).mailRoute('acme-werke.de')).toEqual({ kind: 'mx', hosts: ['mx.acme-werke.de'] });
  });

  it('that are all lame leave the question open', async () => {
    const { server, asked } = await serve((question) => [answer(question, { id: question.id ^ 1, answers: [mx('acme-werke.de', 'mx.evil-werke.de')] })]);
    expect((await mail(server).mailRoute('acme-werke.de')).kind).toBe('failed');
    expect(asked).toHaveLength(2);
  });

  it('that are cut off are asked for over TCP, and a TCP server that hangs up is a failure', async () => {
    const cut = (question: Question): Buffer[] => [answer(question, { truncated: true, answers: [] })];
    const whole = await serve(cut, (question) => answer(question, { answers: [mx('acme-werke.de', 'mx.acme-werke.de')] }));
    expect(await mail(whole.server).mailRoute('acme-werke.de')).toEqual({ kind: 'mx', hosts: ['mx.acme-werke.de'] });
    const broken = await serve(cut, () => null);
    expect((await mail(broken.server).mailRoute('acme-werke.de')).kind).toBe('failed');
  });

  it('lead along aliases, in one answer or over several, and a circle is a failure', async () => {
    const { server } = await serve((question) => {
      if (question.name === 'one-werke.de') return [answer(question, { answers: [cname('one-werke.de', 'two-werke.de'), cname('two-werke.de', 'three-werke.de'), mx('three-werke.de', 'mx.one-werke.de')] })];
      if (question.name === 'parts-werke.de') return [answer(question, { answers: [cname('parts-werke.de', 'end-werke.de')] })];
      if (question.name === 'end-werke.de') return [answer(question, { answers: [mx('end-werke.de', 'mx.end-werke.de')] })];
      if (question.name === 'loop-werke.de') return [answer(question, { answers: [cname('loop-werke.de', 'pool-werke.de'), cname('pool-werke.de', 'loop-werke.de')] })];
      // A new alias at every step, for ever.
      return [answer(question, { answers: [cname(question.name, `x${question.name}`)] })];
    });
    const dns = mail(server);
    expect(await dns.mailRoute('one-werke.de')).toEqual({ kind: 'mx', hosts: ['mx.one-werke.de'] });
    expect(await dns.mailRoute('parts-werke.de')).toEqual({ kind: 'mx', hosts: ['mx.end-werke.de'] });
    expect((await dns.mailRoute('loop-werke.de')).kind).toBe('failed');
    expect((await dns.mailRoute('endless-werke.de')).kind).toBe('failed');
  });

  it('are kept for the shortest life of their records, aliases included, and "there is none" by the SOA’s minimum', async () => {
    const { server, asked } = await serve((question) => (question.name === 'alias-werke.de'
      ? [answer(question, { answers: [cname('alias-werke.de', 'long-werke.de', 20), mx('long-werke.de', 'mx.long-werke.de', 7_200)] })]
      : [answer(question, { rcode: 3, authority: [soa('de', 3_600, 90)] })]));
    let clock = 0;
    const dns = mail(server, { now: () => clock });
    const askedAfter = async (seconds: number, domain: string): Promise<number> => {
      clock = seconds * 1_000;
      await dns.mailRoute(domain);
      return asked.filter((question) => question.name === domain).length;
    };
    expect([await askedAfter(0, 'alias-werke.de'), await askedAfter(19, 'alias-werke.de'), await askedAfter(21, 'alias-werke.de')]).toEqual([1, 1, 2]);
    expect([await askedAfter(100, 'gone-werke.de'), await askedAfter(189, 'gone-werke.de'), await askedAfter(191, 'gone-werke.de')]).toEqual([1, 1, 2]);
  });

  it('with names that run in circles or over the end are no answers', async () => {
    const { server } = await serve((question) => [
      Buffer.concat([answer(question, { answers: [Buffer.alloc(0)] }), Buffer.from([0xc0, 12 + question.raw.length])]),
      answer(question, { answers: [record('acme-werke.de', TYPE.MX, 60, Buffer.from([0, 10, 63, 1]))] }),
      answer(question, { answers: [Buffer.from([0])] }),
    ]);
    expect((await mail(server).mailRoute('acme-werke.de')).kind).toBe('failed');
  });
});

describe('block lists', () => {
  const listing = async (domain: string, said: Record<string, string>): Promise<unknown> => {
    const { server } = await serve((question) => {
      // No MX: mail goes to the address of the domain itself, and that is the host the lists are asked about.
      if (question.name === domain) return [answer(question, { answers: question.type === TYPE.A ? [a(domain, '203.0.113.9')] : [] })];
      const address = said[question.name];
      return [address === undefined ? answer(question, { rcode: 3 }) : answer(question, { answers: [a(question.name, address)] })];
    });
    return await mail(server, { blockLists: ['names.test', 'hosts.test'] }).blockListed(domain);
  };

  it('list a domain by its name, or its mail server by its address', async () => {
    expect(await listing('acme-werke.de', {})).toEqual({ kind: 'clean' });
    expect(await listing('acme-werke.de', { 'acme-werke.de.names.test': '127.0.1.2' })).toEqual({ kind: 'listed', zones: ['names.test'] });
    expect(await listing('acme-werke.de', { '9.113.0.203.hosts.test': '127.0.0.4' })).toEqual({ kind: 'listed', zones: ['hosts.test'] });
  });

  it.each(['127.255.255.252', '127.255.255.254', '127.255.255.255', '127.0.0.1', '198.51.100.7'])('that answer %s to everybody say nothing', async (address) => {
    expect(await listing('acme-werke.de', { 'acme-werke.de.names.test': address, '9.113.0.203.hosts.test': address })).toMatchObject({ kind: 'failed' });
  });
});
