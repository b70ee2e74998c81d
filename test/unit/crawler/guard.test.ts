import { Packet, UDPServer } from 'dns2';
import { afterEach, describe, expect, it } from 'vitest';
import { LeadlineError } from '../../../src/errors.js';
import { AddressGuard } from '../../../src/services/crawler/guard.js';

const strict = new AddressGuard({ ports: [80, 443, 8080, 8443], allowCidrs: [], viaProxy: false });

function reasonOf(guard: AddressGuard, url: string): string {
  try {
    guard.checkUrl(url);
    return 'allowed';
  } catch (error) {
    if (!(error instanceof LeadlineError)) throw error;
    return error.code === 'URL_FORBIDDEN' ? String(error.details.reason) : error.code;
  }
}

describe('AddressGuard.checkUrl', () => {
  it.each([
    ['http://127.0.0.1/', 'LOOPBACK'], ['http://127.1/', 'LOOPBACK'], ['http://2130706433/', 'LOOPBACK'],
    ['http://0x7f000001/', 'LOOPBACK'], ['http://0177.0.0.1/', 'LOOPBACK'], ['http://0.0.0.0/', 'LOOPBACK'],
    ['http://[::1]/', 'LOOPBACK'], ['http://[::]/', 'LOOPBACK'], ['http://[::ffff:127.0.0.1]/', 'LOOPBACK'],
    ['http://①②⑦.0.0.1/', 'LOOPBACK'], ['http://localhost/', 'LOOPBACK'], ['http://a.localhost./', 'LOOPBACK'],
    ['http://10.1.2.3/', 'PRIVATE'], ['http://172.16.0.1/', 'PRIVATE'], ['http://192.168.1.1/', 'PRIVATE'],
    ['http://100.64.0.1/', 'PRIVATE'], ['http://[fd12:3456::1]/', 'PRIVATE'], ['http://[fec0::1]/', 'PRIVATE'],
    ['http://169.254.1.1/', 'LINK_LOCAL'], ['http://[fe80::1]/', 'LINK_LOCAL'],
    ['http://169.254.169.254/latest/meta-data/', 'METADATA'], ['http://[fd00:ec2::254]/', 'METADATA'],
    ['http://168.63.129.16/', 'METADATA'], ['http://metadata.google.internal/', 'METADATA'],
    ['http://224.0.0.1/', 'RESERVED'], ['http://240.0.0.1/', 'RESERVED'], ['http://255.255.255.255/', 'RESERVED'],
    ['http://192.0.2.1/', 'RESERVED'], ['http://198.18.0.1/', 'RESERVED'], ['http://192.88.99.1/', 'RESERVED'],
    ['http://[64:ff9b::7f00:1]/', 'RESERVED'], ['http://[64:ff9b:1::a00:1]/', 'RESERVED'], ['http://[2002:7f00:1::]/', 'RESERVED'],
    ['http://[2001:0:7f00:1::]/', 'RESERVED'], ['http://[2001:db8::1]/', 'RESERVED'], ['http://[3fff::1]/', 'RESERVED'],
    ['http://[5f00::1]/', 'RESERVED'], ['http://[100::1]/', 'RESERVED'], ['http://[4000::1]/', 'RESERVED'],
    ['http://[::127.0.0.1]/', 'RESERVED'], ['http://[ff02::1]/', 'RESERVED'], ['http://[::ffff:0:7f00:1]/', 'RESERVED'],
    ['http://intranet/', 'INTERNAL_NAME'], ['http://printer.local/', 'INTERNAL_NAME'], ['https://db.corp.internal/', 'INTERNAL_NAME'],
    ['http://example.com:22/', 'PORT'], ['http://example.com:6379/', 'PORT'], ['https://example.com:8444/', 'PORT'],
    ['ftp://example.com/', 'URL_INVALID'], ['file:///etc/passwd', 'URL_INVALID'], ['http://u:p@example.com/', 'URL_INVALID'], ['nonsense', 'URL_INVALID'],
  ])('refuses %s as %s', (url, reason) => {
    expect(reasonOf(strict, url)).toBe(reason);
  });

  it.each([
    'http://example.com/', 'https://example.com:8443/x', 'http://93.184.216.34/', 'http://[2606:4700::1111]/',
    'https://bücher.example/', 'http://internal.example.com/', 'http://172.32.0.1/', 'http://11.0.0.1/',
  ])('allows %s', (url) => {
    expect(reasonOf(strict, url)).toBe('allowed');
  });

  it('opens exactly the ranges the operator names, and no other port', () => {
    const guard = new AddressGuard({ ports: [80, 9000], allowCidrs: ['10.20.0.0/16', '::1/128'], viaProxy: false });
    expect(reasonOf(guard, 'http://10.20.3.4:9000/')).toBe('allowed');
    expect(reasonOf(guard, 'http://[::ffff:10.20.3.4]/')).toBe('allowed');
    expect(reasonOf(guard, 'http://[::1]/')).toBe('allowed');
    expect(reasonOf(guard, 'http://10.21.0.1/')).toBe('PRIVATE');
    expect(reasonOf(guard, 'http://10.20.3.4:443/')).toBe('PORT');
    expect(reasonOf(guard, 'http://localhost/')).toBe('LOOPBACK');
  });

  it('refuses a range that is malformed instead of ignoring it', () => {
    expect(() => new AddressGuard({ ports: [80], allowCidrs: ['10.0.0.0'], viaProxy: false })).toThrow(/CIDR/);
  });
});

describe('AddressGuard.verdict', () => {
  it('says what is wrong as data', () => {
    expect(strict.verdict('HTTPS://Example.com/a/../#x')).toEqual({
      url: 'HTTPS://Example.com/a/../#x', valid: true, normalizedUrl: 'https://example.com/', code: null, reason: null,
    });
    expect(strict.verdict('http://10.0.0.1/')).toMatchObject({ valid: false, normalizedUrl: 'http://10.0.0.1/', code: 'URL_FORBIDDEN' });
    expect(strict.verdict('hello')).toMatchObject({ valid: false, normalizedUrl: null, code: 'URL_INVALID' });
  });
});

describe('AddressGuard.lookup', () => {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  /** A name server on loopback that answers A queries from a table; unknown names do not exist. */
  async function nameServer(table: Record<string, string[]>): Promise<string> {
    const server = new UDPServer((request, send) => {
      const question = request.questions[0];
      const response = Packet.createResponseFromRequest(request);
      const addresses = table[question?.name ?? ''];
      if (addresses === undefined) response.header.rcode = 3;
      else if (question?.type === 1) {
        for (const address of addresses) response.answers.push(Packet.createResourceFromQuestion(question, { ttl: 1, address }));
      }
      void send(response);
    });
    await server.listen(0, '127.0.0.1');
    const { port } = server.address() as { port: number };
    closers.push(() => new Promise((resolve) => server.close(() => resolve())));
    return `127.0.0.1:${port}`;
  }

  async function resolveWith(guard: AddressGuard, name: string): Promise<unknown> {
    return guard.resolve(name).then((addresses) => addresses.map((entry) => entry.address), (error: unknown) =>
      error instanceof LeadlineError ? error.details.reason : (error as NodeJS.ErrnoException).code);
  }

  it('pins public answers, and refuses private and mixed ones', async () => {
    const server = await nameServer({
      'good.example': ['93.184.216.34'], 'inside.example': ['10.0.0.5'], 'mixed.example': ['93.184.216.34', '127.0.0.1'],
    });
    const guard = new AddressGuard({ ports: [80], allowCidrs: [], viaProxy: false, dnsServers: [server] });
    expect(await resolveWith(guard, 'good.example')).toEqual(['93.184.216.34']);
    expect(await resolveWith(guard, 'inside.example')).toBe('PRIVATE');
    expect(await resolveWith(guard, 'mixed.example')).toBe('LOOPBACK');
    expect(await resolveWith(guard, 'nowhere.example')).toBe('ENOTFOUND');
  });

  it('answers in both shapes that node asks for', async () => {
    const server = await nameServer({ 'good.example': ['93.184.216.34', '93.184.216.35'] });
    const guard = new AddressGuard({ ports: [80], allowCidrs: [], viaProxy: false, dnsServers: [server] });
    const all = await new Promise((resolve) => guard.lookup('good.example', { all: true }, (error, address) => resolve([error, address])));
    expect(all).toEqual([null, [{ address: '93.184.216.34', family: 4 }, { address: '93.184.216.35', family: 4 }]]);
    const one = await new Promise((resolve) => guard.lookup('good.example', {}, (error, address, family) => resolve([error, address, family])));
    expect(one).toEqual([null, '93.184.216.34', 4]);
    const six = await new Promise((resolve) => guard.lookup('good.example', { family: 6 }, (error) => resolve(error?.code)));
    expect(six).toBe('ENOTFOUND');
  });
});
