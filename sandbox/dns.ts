import { createRequire } from 'node:module';
import { type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type DNS from 'dns2';
import { getDomain } from 'tldts';
import { type Zone } from './dns-zones.js';
import { type DnsMode } from './types.js';

// The package's ESM entry re-exports a CommonJS object; requiring it keeps one copy of Packet for `instanceof`.
const dns2 = createRequire(import.meta.url)('dns2') as typeof DNS;
const { Packet } = dns2;

const RCODE = { noError: 0, serverFailure: 2, nameError: 3, notImplemented: 4 } as const;
const TTL_SECONDS = 60;
/** How long "there is none" holds; less than TTL_SECONDS, so that it is told from the SOA's own lifetime (RFC 2308 5). */
const NEGATIVE_TTL_SECONDS = 30;
const MAX_ALIASES = 8;
const BIND_ATTEMPTS = 20;

/** Behaviour by domain, `*` for all; longest suffix wins. */
export type DnsModes = Map<string, DnsMode>;

/** `latencyMs` is added to every answer; `questions` counts those that arrived, answered or not. */
export interface DnsState { latencyMs: number; questions: number }

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

const apexOf = (name: string): string => getDomain(name) ?? name;

function authority(name: string): DNS.Packet.Resource {
  const apex = apexOf(name);
  return {
    name: apex, type: Packet.TYPE.SOA, class: Packet.CLASS.IN, ttl: TTL_SECONDS,
    primary: 'ns.sandbox-mail.net', admin: 'hostmaster.sandbox-mail.net', serial: 1, refresh: 3_600, retry: 600, expiration: 86_400, minimum: NEGATIVE_TTL_SECONDS,
  } as unknown as DNS.Packet.Resource;
}

function records(name: string, type: number, zone: Zone): DNS.Packet.Resource[] {
  const base = { name, class: Packet.CLASS.IN, ttl: TTL_SECONDS };
  const make = (record: Record<string, unknown>) => ({ ...base, type, ...record }) as unknown as DNS.Packet.Resource;
  switch (type) {
    case Packet.TYPE.A: return (zone.a ?? []).map((address) => make({ address }));
    case Packet.TYPE.AAAA: return (zone.aaaa ?? []).map((address) => make({ address }));
    case Packet.TYPE.MX: return (zone.mx ?? []).map((mx) => make({ ...mx }));
    case Packet.TYPE.TXT: return (zone.txt ?? []).map((data) => make({ data }));
    case Packet.TYPE.SOA: return apexOf(name) === name ? [authority(name)] : [];
    default: return [];
  }
}

interface Resolved { rcode: number; answers: DNS.Packet.Resource[]; /** The SOA that goes with "there is none" (RFC 2308 2). */ authorities: DNS.Packet.Resource[] }

/** The answer to one question, aliases followed (RFC 1034 §3.6.2); null when the name is to stay silent. */
export function resolveQuestion(question: string, type: number, zones: ReadonlyMap<string, Zone>, modes: DnsModes): Resolved | null {
  const answers: DNS.Packet.Resource[] = [];
  let name = question.toLowerCase().replace(/\.$/, '');
  for (let hop = 0; hop <= MAX_ALIASES; hop++) {
    const mode = modeOf(name, modes);
    const zone = zones.get(name);
    const failure = mode === 'ok' || mode === 'empty' ? zone?.failure : mode;
    if (failure === 'timeout') return null;
    if (failure === 'servfail') return { rcode: RCODE.serverFailure, answers: [], authorities: [] };
    if (failure === 'nxdomain' || !zone) return { rcode: failure === undefined && isEmptyNonTerminal(name, zones) ? RCODE.noError : RCODE.nameError, answers, authorities: [authority(name)] };
    if (mode === 'empty') return { rcode: RCODE.noError, answers, authorities: [authority(name)] };
    if (zone.cname === undefined || type === Packet.TYPE.CNAME) {
      const own = zone.cname === undefined ? records(name, type, zone) : [{ name, class: Packet.CLASS.IN, ttl: TTL_SECONDS, type: Packet.TYPE.CNAME, domain: zone.cname } as unknown as DNS.Packet.Resource];
      return { rcode: RCODE.noError, answers: [...answers, ...own], authorities: own.length > 0 ? [] : [authority(name)] };
    }
    answers.push({ name, class: Packet.CLASS.IN, ttl: TTL_SECONDS, type: Packet.TYPE.CNAME, domain: zone.cname } as unknown as DNS.Packet.Resource);
    name = zone.cname;
  }
  return { rcode: RCODE.serverFailure, answers: [], authorities: [] };
}

/**
 * A name server for the sandbox's zones, UDP and TCP on one port; answers over 512 octets (or the EDNS size) come with TC set over UDP.
 */
export async function startDns(options: { zones: ReadonlyMap<string, Zone>; modes: DnsModes; state: DnsState; port: number }): Promise<{ host: string; port: number; close(): Promise<void> }> {
  const { state } = options;
  const late = new Set<NodeJS.Timeout>();
  const handler: DNS.DnsHandler = (request, send) => {
    const response = Packet.createResponseFromRequest(request);
    const [question] = request.questions;
    state.questions += 1;
    response.header.ra = 1;
    response.header.aa = 1;
    response.additionals = [];
    if (!question || request.header.opcode !== 0) response.header.rcode = RCODE.notImplemented;
    else {
      const result = resolveQuestion(question.name, question.type, options.zones, options.modes);
      if (!result) return;
      response.header.rcode = result.rcode;
      response.answers = result.answers;
      response.authorities = result.authorities;
    }
    if (state.latencyMs === 0) return void send(response);
    const timer = setTimeout(() => { late.delete(timer); void send(response); }, state.latencyMs);
    late.add(timer);
  };
  const server = await listenOnOnePort(handler, options.port);
  return {
    host: '127.0.0.1', port: server.port,
    close: async () => {
      for (const timer of late) clearTimeout(timer);
      await server.close();
    },
  };
}

/**
 * UDP and TCP on one port of the loopback.
 * @param wanted 0 for any
 * @throws when no port can be had for both after 20 attempts
 */
export async function listenOnOnePort(handler: DNS.DnsHandler, wanted: number): Promise<{ port: number; close(): Promise<void> }> {
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
      udp.listen(wanted, '127.0.0.1').then(resolve, reject);
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
        port,
        close: async () => {
          for (const socket of sockets) socket.destroy();
          await Promise.all([new Promise<void>((resolve) => udp.close(() => resolve())), new Promise<void>((resolve) => tcp.close(() => resolve()))]);
        },
      };
    }
    await new Promise<void>((resolve) => udp.close(() => resolve()));
    if (attempt >= BIND_ATTEMPTS || wanted !== 0) throw new Error('no port free for DNS over UDP and TCP');
    await delay(5);
  }
}
