import { createRequire } from 'node:module';
import { type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type DNS from 'dns2';
import { type Zone } from './dns-zones.js';
import { type DnsMode } from './types.js';

// The package's ESM entry re-exports a CommonJS object; requiring it keeps one copy of Packet for `instanceof`.
const dns2 = createRequire(import.meta.url)('dns2') as typeof DNS;
const { Packet } = dns2;

const RCODE = { noError: 0, serverFailure: 2, nameError: 3, notImplemented: 4 } as const;
const TTL_SECONDS = 60;
const MAX_ALIASES = 8;
const BIND_ATTEMPTS = 20;

/** Behaviour by domain, `*` for all; longest suffix wins. */
export type DnsModes = Map<string, DnsMode>;

function modeOf(name: string, modes: DnsModes): DnsMode {
  for (let rest = name; rest !== ''; rest = rest.includes('.') ? rest.slice(rest.indexOf('.') + 1) : '') {
    const mode = modes.get(rest);
    if (mode) return mode;
  }
  return modes.get('*') ?? 'ok';
}

/** A name that only has names below it exists without records (RFC 8020), so it is not an NXDOMAIN. */
function isEmptyNonTerminal(name: string, zones: ReadonlyMap<string, Zone>): boolean {
  for (const known of zones.keys()) if (known.endsWith(`.${name}`)) return true;
  return false;
}

function records(name: string, type: number, zone: Zone): DNS.Packet.Resource[] {
  const base = { name, class: Packet.CLASS.IN, ttl: TTL_SECONDS };
  const make = (record: Record<string, unknown>) => ({ ...base, type, ...record }) as unknown as DNS.Packet.Resource;
  switch (type) {
    case Packet.TYPE.A: return (zone.a ?? []).map((address) => make({ address }));
    case Packet.TYPE.AAAA: return (zone.aaaa ?? []).map((address) => make({ address }));
    case Packet.TYPE.MX: return (zone.mx ?? []).map((mx) => make({ ...mx }));
    case Packet.TYPE.TXT: return (zone.txt ?? []).map((data) => make({ data }));
    default: return [];
  }
}

/** The answer to one question, aliases followed (RFC 1034 §3.6.2); null when the name is to stay silent. */
export function resolveQuestion(question: string, type: number, zones: ReadonlyMap<string, Zone>, modes: DnsModes): { rcode: number; answers: DNS.Packet.Resource[] } | null {
  const answers: DNS.Packet.Resource[] = [];
  let name = question.toLowerCase().replace(/\.$/, '');
  for (let hop = 0; hop <= MAX_ALIASES; hop++) {
    const mode = modeOf(name, modes);
    const zone = zones.get(name);
    const failure = mode === 'ok' || mode === 'empty' ? zone?.failure : mode;
    if (failure === 'timeout') return null;
    if (failure === 'servfail') return { rcode: RCODE.serverFailure, answers: [] };
    if (failure === 'nxdomain' || !zone) return { rcode: failure === undefined && isEmptyNonTerminal(name, zones) ? RCODE.noError : RCODE.nameError, answers };
    if (mode === 'empty') return { rcode: RCODE.noError, answers };
    if (zone.cname === undefined || type === Packet.TYPE.CNAME) {
      if (zone.cname !== undefined) answers.push({ name, class: Packet.CLASS.IN, ttl: TTL_SECONDS, type: Packet.TYPE.CNAME, domain: zone.cname } as unknown as DNS.Packet.Resource);
      else answers.push(...records(name, type, zone));
      return { rcode: RCODE.noError, answers };
    }
    answers.push({ name, class: Packet.CLASS.IN, ttl: TTL_SECONDS, type: Packet.TYPE.CNAME, domain: zone.cname } as unknown as DNS.Packet.Resource);
    name = zone.cname;
  }
  return { rcode: RCODE.serverFailure, answers: [] };
}

/**
 * A name server for the sandbox's zones, UDP and TCP on one port; answers over 512 octets (or the EDNS size) come with TC set over UDP.
 * @throws when no port can be had for both after 20 attempts
 */
export async function startDns(options: { zones: ReadonlyMap<string, Zone>; modes: DnsModes; port: number }): Promise<{ host: string; port: number; close(): Promise<void> }> {
  const handler: DNS.DnsHandler = (request, send) => {
    const response = Packet.createResponseFromRequest(request);
    const [question] = request.questions;
    response.header.ra = 1;
    response.header.aa = 1;
    response.additionals = [];
    if (!question || request.header.opcode !== 0) response.header.rcode = RCODE.notImplemented;
    else {
      const result = resolveQuestion(question.name, question.type, options.zones, options.modes);
      if (!result) return;
      response.header.rcode = result.rcode;
      response.answers = result.answers;
    }
    void send(response);
  };
  for (let attempt = 1; ; attempt++) {
    const udp = dns2.createUDPServer(handler);
    const tcp = dns2.createTCPServer(handler);
    const sockets = new Set<Socket>();
    tcp.on('connection', (socket: Socket) => {
      socket.on('error', () => undefined);
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      udp.once('error', reject);
      udp.listen(options.port, '127.0.0.1').then(resolve, reject);
    });
    udp.on('error', () => undefined);
    const { port } = udp.address();
    const bound = await new Promise<boolean>((resolve) => {
      tcp.once('error', () => resolve(false));
      tcp.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (bound) {
      tcp.on('error', () => undefined);
      return {
        host: '127.0.0.1', port,
        close: async () => {
          for (const socket of sockets) socket.destroy();
          await Promise.all([new Promise<void>((resolve) => udp.close(() => resolve())), new Promise<void>((resolve) => tcp.close(() => resolve()))]);
        },
      };
    }
    await new Promise<void>((resolve) => udp.close(() => resolve()));
    if (attempt >= BIND_ATTEMPTS || options.port !== 0) throw new Error('no port free for DNS over UDP and TCP');
    await delay(5);
  }
}
