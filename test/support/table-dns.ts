/** A real DNS server on the loopback, UDP and TCP on one port, that answers from a table. */
import type { RemoteInfo } from 'node:dgram';
import dns2 from 'dns2';
import { listenOnOnePort } from '../../sandbox/dns.js';

type Record_ = { ttl?: number } & ({ type: 'MX'; exchange: string; priority: number } | { type: 'A'; address: string } | { type: 'TXT'; data: string });
export type Answer = Record_[] | 'NXDOMAIN' | 'SERVFAIL' | 'SILENT' | { truncatedOverUdp: Record_[] };

export interface TestDns {
  server: string;
  /** Questions as "TYPE name udp|tcp", in the order of arrival. */
  questions: string[];
  /** Most questions that were open at the same time. */
  peak: () => number;
  close: () => Promise<void>;
}

const TYPES: Readonly<Record<number, string>> = { 1: 'A', 15: 'MX', 16: 'TXT', 28: 'AAAA' };
const CODES = { NXDOMAIN: 3, SERVFAIL: 2 } as const;

/** Names that are not in the table do not exist. `hold` keeps an answer back until it resolves. */
export async function startDns(zone: (name: string, type: string) => Answer | undefined, hold?: (name: string, type: string) => Promise<void>): Promise<TestDns> {
  const questions: string[] = [];
  let open = 0;
  let peak = 0;
  let isClosed = false;
  const server = await listenOnOnePort((request, send, client) => {
    void (async () => {
      const [question] = request.questions;
      if (question === undefined) return;
      const type = TYPES[question.type] ?? String(question.type);
      const transport = 'size' in (client as RemoteInfo) ? 'udp' : 'tcp';
      questions.push(`${type} ${question.name} ${transport}`);
      open += 1;
      peak = Math.max(peak, open);
      if (hold !== undefined) await hold(question.name.toLowerCase(), type);
      open -= 1;
      const answer = zone(question.name.toLowerCase(), type) ?? 'NXDOMAIN';
      if (answer === 'SILENT') return;
      const response = dns2.Packet.createResponseFromRequest(request);
      response.header.ra = 1;
      if (answer === 'NXDOMAIN' || answer === 'SERVFAIL') response.header.rcode = CODES[answer];
      else {
        const truncated = !Array.isArray(answer) && transport === 'udp';
        if (truncated) response.header.tc = 1;
        const records = truncated ? [] : Array.isArray(answer) ? answer : answer.truncatedOverUdp;
        for (const record of records) {
          response.answers.push({ ...record, name: question.name, type: dns2.Packet.TYPE[record.type], class: dns2.Packet.CLASS.IN, ttl: record.ttl ?? 60 } as (typeof response.answers)[number]);
        }
      }
      // A client may leave a question open and close the server behind it.
      if (!isClosed) await send(response);
    })();
  }, 0);
  return { server: `127.0.0.1:${server.port}`, questions, peak: () => peak, close: async () => { isClosed = true; await server.close(); } };
}
