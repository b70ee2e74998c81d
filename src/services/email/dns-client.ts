/**
 * Questions to DNS servers with the lifetime of the answers (RFC 1035, RFC 2308). Node's own resolver says how long an A
 * record lives and nothing about MX, TXT or "there is none", which is what mail is about.
 */
import { createSocket } from 'node:dgram';
import { getServers } from 'node:dns';
import { randomInt } from 'node:crypto';
import { connect, isIPv6 } from 'node:net';

export const RECORD_TYPES = { A: 1, CNAME: 5, SOA: 6, MX: 15, TXT: 16, AAAA: 28 } as const;
export type RecordType = keyof typeof RECORD_TYPES;

export interface DnsRecord { type: number; name: string; ttl: number; /** Address, name, or the strings of a TXT record joined. */ value: string; priority: number }
export interface DnsAnswer { rcode: number; truncated: boolean; answers: DnsRecord[]; /** Seconds for which "there is none" holds: RFC 2308 5; null when the answer does not say. */ negativeTtl: number | null }
export type DnsFailure = 'timeout' | 'refused' | 'cancelled';

const MAX_NAME_JUMPS = 64;

function encodeQuestion(id: number, name: string, type: RecordType): Buffer {
  const labels = name.split('.').flatMap((label) => {
    const bytes = Buffer.from(label, 'latin1');
    if (bytes.length < 1 || bytes.length > 63) throw new RangeError('bad name');
    return [Buffer.from([bytes.length]), bytes];
  });
  const header = Buffer.alloc(12);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(0x0100, 2);
  header.writeUInt16BE(1, 4);
  const tail = Buffer.alloc(5);
  tail.writeUInt16BE(RECORD_TYPES[type], 1);
  tail.writeUInt16BE(1, 3);
  return Buffer.concat([header, ...labels, tail]);
}

/** A name at `at`, compression followed (RFC 1035 4.1.4), and where what comes after it begins. */
function readName(message: Buffer, at: number): { name: string; next: number } {
  const labels: string[] = [];
  let next = -1;
  for (let jumps = 0; ;) {
    const length = message.readUInt8(at);
    if (length >= 0xc0) {
      if (next < 0) next = at + 2;
      at = message.readUInt16BE(at) & 0x3fff;
      if ((jumps += 1) > MAX_NAME_JUMPS) throw new RangeError('a name that runs in circles');
    } else if (length > 63) throw new RangeError('bad label');
    else if (length === 0) return { name: labels.join('.').toLowerCase(), next: next < 0 ? at + 1 : next };
    else {
      if (at + 1 + length > message.length) throw new RangeError('a name over the end');
      labels.push(message.toString('latin1', at + 1, at + 1 + length));
      if (labels.length > 127) throw new RangeError('a name too long');
      at += 1 + length;
    }
  }
}

function readValue(message: Buffer, type: number, at: number, length: number): { value: string; priority: number } {
  const data = message.subarray(at, at + length);
  switch (type) {
    case RECORD_TYPES.A: return { value: [...data.subarray(0, 4)].join('.'), priority: 0 };
    case RECORD_TYPES.AAAA: return { value: Array.from({ length: 8 }, (_unused, part) => data.readUInt16BE(part * 2).toString(16)).join(':'), priority: 0 };
    case RECORD_TYPES.CNAME: return { value: readName(message, at).name, priority: 0 };
    case RECORD_TYPES.MX: return { value: readName(message, at + 2).name, priority: data.readUInt16BE(0) };
    case RECORD_TYPES.SOA: return { value: '', priority: data.readUInt32BE(length - 4) };
    case RECORD_TYPES.TXT: {
      // Strings of up to 255 bytes that belong together (RFC 7208 3.3).
      let text = '';
      for (let from = 0; from < data.length; from += 1 + data.readUInt8(from)) text += data.toString('utf8', from + 1, from + 1 + data.readUInt8(from));
      return { value: text, priority: 0 };
    }
    default: return { value: '', priority: 0 };
  }
}

/** The answer to this very question, or null for anything else: another id, another question, no answer at all. */
export function readAnswer(message: Buffer, id: number, name: string, type: RecordType): DnsAnswer | null {
  try {
    if (message.length < 12 || message.readUInt16BE(0) !== id || (message.readUInt8(2) & 0x80) === 0 || message.readUInt16BE(4) !== 1) return null;
    const question = readName(message, 12);
    if (question.name !== name.toLowerCase() || message.readUInt16BE(question.next) !== RECORD_TYPES[type]) return null;
    const truncated = (message.readUInt8(2) & 0x02) !== 0;
    const answer: DnsAnswer = { rcode: message.readUInt8(3) & 0x0f, truncated, answers: [], negativeTtl: null };
    // What a cut message still holds is not needed: it is asked for again.
    if (truncated) return answer;
    let at = question.next + 4;
    const counts = [message.readUInt16BE(6), message.readUInt16BE(8)];
    for (const [section, count] of counts.entries()) {
      for (let index = 0; index < count; index += 1) {
        const { name: owner, next } = readName(message, at);
        const recordType = message.readUInt16BE(next);
        const ttl = message.readUInt32BE(next + 4);
        const length = message.readUInt16BE(next + 8);
        at = next + 10 + length;
        if (at > message.length) return null;
        const { value, priority } = readValue(message, recordType, next + 10, length);
        // The highest bit of a TTL means 0 (RFC 2181 8).
        const seconds = ttl > 0x7fffffff ? 0 : ttl;
        if (section === 0) answer.answers.push({ type: recordType, name: owner, ttl: seconds, value, priority });
        else if (recordType === RECORD_TYPES.SOA) answer.negativeTtl = Math.min(seconds, priority);
      }
    }
    return answer;
  } catch {
    return null;
  }
}

interface Server { address: string; port: number }

/** `host`, `host:port`, `[::1]:port` or a bare IPv6 address. */
function serverOf(text: string): Server {
  const [, bracketed, bare, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  return bracketed === undefined && bare === undefined ? { address: text, port: 53 } : { address: bracketed ?? bare ?? text, port: Number(port ?? '53') };
}

export class DnsClient {
  readonly #servers: Server[];
  readonly #open = new Set<() => void>();
  #closed = false;

  /** @param servers the system's when empty */
  constructor(servers: readonly string[], private readonly tryMs: number) {
    const wanted = (servers.length > 0 ? servers : getServers()).map(serverOf);
    this.#servers = wanted.length > 0 ? wanted : [{ address: '127.0.0.1', port: 53 }];
  }

  /** Asks the servers in turn, at least twice in all: one lost datagram must not turn a good address into UNKNOWN. */
  async query(name: string, type: RecordType, deadline: number): Promise<DnsAnswer | DnsFailure> {
    let last: DnsAnswer | DnsFailure = 'timeout';
    for (let attempt = 0; attempt < Math.max(2, this.#servers.length); attempt += 1) {
      const server = this.#servers[attempt % this.#servers.length];
      const leftMs = deadline - performance.now();
      if (this.#closed) return 'cancelled';
      if (leftMs <= 0 || !server) return last;
      const answer = await this.#ask(server, name, type, Math.min(this.tryMs, leftMs), deadline);
      if (typeof answer === 'object' && (answer.rcode === 0 || answer.rcode === 3)) return answer;
      // A server's own failure says more than silence; another server may still know.
      if (typeof answer === 'object' || typeof last !== 'object') last = answer;
    }
    return last;
  }

  close(): void {
    this.#closed = true;
    for (const end of [...this.#open]) end();
  }

  async #ask(server: Server, name: string, type: RecordType, udpMs: number, deadline: number): Promise<DnsAnswer | DnsFailure> {
    const answer = await this.#overUdp(server, name, type, udpMs);
    return typeof answer === 'object' && answer.truncated ? await this.#overTcp(server, name, type, deadline - performance.now()) : answer;
  }

  /** A socket of its own, so a port of its own: an answer that nobody asked for must guess both port and id (RFC 5452). */
  async #overUdp(server: Server, name: string, type: RecordType, limitMs: number): Promise<DnsAnswer | DnsFailure> {
    const id = randomInt(0x10000);
    const socket = createSocket(isIPv6(server.address) ? 'udp6' : 'udp4');
    return await this.#settle(limitMs, () => { socket.close(); }, (done) => {
      socket.on('error', () => { done('refused'); });
      socket.on('message', (message) => {
        const answer = readAnswer(message, id, name, type);
        // A stray answer is passed over; the right one may still come.
        if (answer) done(answer);
      });
      socket.connect(server.port, server.address, () => { socket.send(encodeQuestion(id, name, type), () => undefined); });
    });
  }

  async #overTcp(server: Server, name: string, type: RecordType, limitMs: number): Promise<DnsAnswer | DnsFailure> {
    const id = randomInt(0x10000);
    const socket = connect({ host: server.address, port: server.port });
    return await this.#settle(limitMs, () => { socket.destroy(); }, (done) => {
      let received = Buffer.alloc(0);
      socket.on('connect', () => {
        const question = encodeQuestion(id, name, type);
        const length = Buffer.alloc(2);
        length.writeUInt16BE(question.length);
        socket.write(Buffer.concat([length, question]));
      });
      socket.on('data', (chunk: Buffer) => {
        received = Buffer.concat([received, chunk]);
        if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
        done(readAnswer(received.subarray(2, 2 + received.readUInt16BE(0)), id, name, type) ?? 'refused');
      });
      socket.on('error', () => { done('refused'); });
      socket.on('close', () => { done('refused'); });
    });
  }

  #settle(limitMs: number, release: () => void, start: (done: (answer: DnsAnswer | DnsFailure) => void) => void): Promise<DnsAnswer | DnsFailure> {
    return new Promise((resolve) => {
      let isDone = false;
      const done = (answer: DnsAnswer | DnsFailure): void => {
        if (isDone) return;
        isDone = true;
        clearTimeout(timer);
        this.#open.delete(cancel);
        release();
        resolve(answer);
      };
      const cancel = (): void => { done('cancelled'); };
      const timer = setTimeout(() => { done('timeout'); }, Math.max(1, limitMs));
      this.#open.add(cancel);
      start(done);
    });
  }
}
