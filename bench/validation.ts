import { randomUUID } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { startSandbox, type Sandbox } from '../sandbox/index.js';
import type { Actor } from '../src/actor.js';
import { createDataSource, migrate } from '../src/data-source.js';
import { startEmbeddedPostgres } from '../src/embedded-postgres.js';
import { ApiScope, Role, SuppressionKind, type EmailStatus } from '../src/entities/enums.js';
import { createLogger } from '../src/logger.js';
import { MailDns } from '../src/services/email/dns.js';
import { EmailProbes } from '../src/services/email/email-probes.js';
import { EmailService } from '../src/services/email/email.service.js';
import { Suppressions } from '../src/services/email/suppressions.js';
import { checkEmail } from '../src/services/email/verdict.js';
import { inParallel } from './in-parallel.js';
import { ADDRESSES, DOMAINS, knownAddresses, ordinaryDomains, type KnownAddress } from './known-addresses.js';
import { benchStorage } from './storage.js';
import { fixed, table } from './table.js';

const DNS_LATENCY_MS = 20;
/** As many as EmailService.validateAll has under way, for everybody in the run. */
const AT_ONCE = 64;
const ROUNDS = 5;
/** A question after the other takes 20 ms each: a tenth of the addresses tells as much. */
const ONE_BY_ONE = 100;

/** Addresses a second and DNS questions of each round. */
interface Measured { perSecond: number[]; questions: number[] }
interface Contestant { name: string; goal: number | null; count: number; run: () => Promise<void> }

/**
 * Verdicts against a name server that takes 20 ms for each answer, beside a bare `resolveMx` for each address; then the store.
 * @throws Error when one verdict is not what the domain's zone says, or one row is missing
 */
export async function benchValidation(say: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'leadline-validation-'));
  // Root's database runs as an ordinary user, who must be able to enter.
  chmodSync(folder, 0o755);
  const closers: (() => Promise<void>)[] = [() => { rmSync(folder, { recursive: true, force: true }); return Promise.resolve(); }];
  try {
    const sandbox = await startSandbox({ mailDomains: ordinaryDomains(), dnsLatencyMs: DNS_LATENCY_MS });
    closers.push(() => sandbox.close());
    const server = await startEmbeddedPostgres(folder, createLogger('warn'), { restarts: false });
    closers.push(() => server.stop());
    const dataSource = await createDataSource(server.url).initialize();
    closers.push(() => dataSource.destroy());
    await migrate(dataSource);
    await benchVerdicts(sandbox, dataSource, say);
    const dns = new MailDns({ servers: [`${sandbox.dns.host}:${sandbox.dns.port}`] });
    closers.push(() => { dns.close(); return Promise.resolve(); });
    await benchStorage(dataSource, serviceOf(dataSource, dns), knownAddresses(), say);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** The service as the product builds it with SMTP_PROBE off. */
function serviceOf(dataSource: DataSource, dns: MailDns): EmailService {
  const jobs = { enqueue: () => Promise.reject(new Error('a verdict without SMTP_PROBE starts no job')) };
  const suppressions = new Suppressions(dataSource, jobs);
  return new EmailService(dataSource, dns, suppressions, new EmailProbes({ dataSource, jobs, dns, suppressions, probe: null }));
}

async function benchVerdicts(sandbox: Sandbox, dataSource: DataSource, say: (line: string) => void): Promise<void> {
  const list = knownAddresses();
  const server = `${sandbox.dns.host}:${sandbox.dns.port}`;
  const workspaceId = randomUUID();
  // A list that is empty would make the look-up in it cheaper than it is.
  await dataSource.query("INSERT INTO suppressions (workspace_id, kind, value_hash, hint) SELECT $1, $2, encode(sha256(n::text::bytea), 'hex'), '***' FROM generate_series(1, 1000) n", [workspaceId, SuppressionKind.EMAIL]);
  await dataSource.query('ANALYZE');
  const actor: Actor = { userId: randomUUID(), workspaceId, role: Role.MEMBER, sessionId: null, apiKeyId: null, scopes: [ApiScope.READ, ApiScope.WRITE] };
  let dns = new MailDns({ servers: [server] });
  const renew = (): void => { dns.close(); dns = new MailDns({ servers: [server] }); };

  const check = async (): Promise<void> => {
    await inParallel(list, AT_ONCE, async (one) => { prove(one, (await checkEmail(one.address, { dns, now: new Date() })).status); });
  };
  const expected = new Map(list.map((one) => [one.address, one]));
  const validate = async (): Promise<void> => {
    let done = 0;
    for await (const { verdict } of serviceOf(dataSource, dns).validateAll(actor, list.map((one) => one.address))) {
      const one = expected.get(verdict.email);
      if (!one) throw new Error(`a verdict about ${verdict.email}, which nobody asked for`);
      prove(one, verdict.status);
      done += 1;
    }
    if (done !== list.length) throw new Error(`${done} verdicts for ${list.length} addresses`);
  };
  const bare = async (some: readonly KnownAddress[], atOnce: number): Promise<void> => {
    const resolver = new Resolver({ timeout: 1_000, tries: 2 });
    resolver.setServers([server]);
    await inParallel(some, atOnce, async ({ domain }) => {
      try {
        await resolver.resolveMx(domain);
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : error;
        // "There is none" is an answer; anything else would make the comparison unfair to whoever got one.
        if (code !== 'ENODATA' && code !== 'ENOTFOUND') throw error;
      }
    });
  };
  // In this order in each round: a cold run leaves the cache for the warm one.
  const contestants: Contestant[] = [
    { name: 'checkEmail, cold', goal: 100, count: list.length, run: () => { renew(); return check(); } },
    { name: 'checkEmail, warm', goal: 500, count: list.length, run: check },
    { name: 'EmailService.validateAll, cold', goal: 100, count: list.length, run: () => { renew(); return validate(); } },
    { name: 'EmailService.validateAll, warm', goal: 500, count: list.length, run: validate },
    { name: `node resolveMx, ${AT_ONCE} at once`, goal: null, count: list.length, run: () => bare(list, AT_ONCE) },
    { name: 'node resolveMx, one at a time', goal: null, count: ONE_BY_ONE, run: () => bare(list.slice(0, ONE_BY_ONE), 1) },
  ];
  const measured = contestants.map((): Measured => ({ perSecond: [], questions: [] }));
  try {
    // The first round pays for compiling, and is not counted.
    for (let round = -1; round < ROUNDS; round += 1) {
      for (const [index, { count, run }] of contestants.entries()) {
        const asked = sandbox.dnsQuestions();
        const startedAt = performance.now();
        await run();
        const seconds = (performance.now() - startedAt) / 1_000;
        if (round < 0) continue;
        measured[index]?.perSecond.push(count / seconds);
        measured[index]?.questions.push(sandbox.dnsQuestions() - asked);
      }
    }
  } finally {
    dns.close();
  }
  const base = median(measured[4]?.perSecond ?? []);
  const rows = contestants.map(({ name, count, goal }, index) => {
    const { perSecond, questions } = measured[index] ?? { perSecond: [], questions: [] };
    return [name, count, Math.round(median(questions)), Math.round(median(perSecond)), Math.round(Math.min(...perSecond)), goal === null ? '–' : `${goal}: ${Math.min(...perSecond) >= goal ? 'reached' : 'missed'}`, `${fixed(median(perSecond) / base, 2)} ×`];
  });
  say(`\n# validation: ${ADDRESSES} addresses over ${DOMAINS} domains, ${DNS_LATENCY_MS} ms DNS, ${ROUNDS} rounds\n`);
  say(table(['', 'addresses', 'DNS questions', 'addresses/s', 'slowest round', 'goal', 'to node, 64 at once'], rows));
}

function prove({ address, status }: KnownAddress, given: EmailStatus): void {
  if (given !== status) throw new Error(`${address} is ${given}, and its zone says ${status}`);
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
