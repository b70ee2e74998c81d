import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DataSource } from 'typeorm';
import type { Actor } from '../../src/actor.js';
import { createBackplane } from '../../src/backplane.js';
import { createDataSource } from '../../src/data-source.js';
import { ApiScope, EmailStatus, Role, SuppressionKind } from '../../src/entities/enums.js';
import { Jobs } from '../../src/jobs.js';
import { createLogger } from '../../src/logger.js';
import { MailDns } from '../../src/services/email/dns.js';
import { EmailProbes } from '../../src/services/email/email-probes.js';
import { EmailService, type BatchVerdict } from '../../src/services/email/email.service.js';
import { Suppressions } from '../../src/services/email/suppressions.js';
import { startDns, type Answer, type TestDns } from '../support/table-dns.js';
import { createTestDatabase } from '../support/test-app.js';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let dataSource: DataSource;
let suppressions: Suppressions;
let jobs: Jobs;
beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await createDataSource(database.url).initialize();
  const logger = createLogger('error');
  jobs = new Jobs(createBackplane({}, database.url, logger), logger);
  await jobs.ready();
  suppressions = new Suppressions(dataSource, jobs);
});
afterAll(async () => {
  await jobs.close();
  await dataSource.destroy();
  await database.drop();
});

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => { for (const close of closing.splice(0).reverse()) await close(); });

const actor = (): Actor => ({ userId: crypto.randomUUID(), workspaceId: crypto.randomUUID(), role: Role.VIEWER, sessionId: crypto.randomUUID(), apiKeyId: null, scopes: [ApiScope.READ] });
const zone = (name: string, type: string): Answer => {
  if (name.startsWith('gone')) return 'NXDOMAIN';
  if (name.startsWith('broken')) return 'SERVFAIL';
  return type === 'MX' ? [{ type: 'MX', exchange: 'mx.acme-werke.de', priority: 10, ttl: 300 }] : [];
};
async function service(hold?: Parameters<typeof startDns>[1]): Promise<{ emails: EmailService; dns: TestDns }> {
  const dns = await startDns(zone, hold);
  closing.push(dns.close);
  const mail = new MailDns({ servers: [dns.server], timeLimitMs: 20_000 });
  closing.push(() => { mail.close(); });
  return { emails: new EmailService(dataSource, mail, suppressions, new EmailProbes({ dataSource, jobs, dns: mail, suppressions, probe: null })), dns };
}
async function collect(batch: AsyncIterable<BatchVerdict>): Promise<BatchVerdict[]> {
  const all: BatchVerdict[] = [];
  for await (const one of batch) all.push(one);
  return all;
}

describe('a batch of addresses', () => {
  it('gets every verdict once, counted to the end, whatever is among them, and says which address it is about', async () => {
    const { emails } = await service();
    const who = actor();
    await suppressions.put(dataSource.manager, who.workspaceId, { kind: SuppressionKind.EMAIL, normalized: 'stop@acme-werke.de', reason: null, erased: false });
    const list = ['anna@acme-werke.de', 'no address', '', 'stop@acme-werke.de', `${'x'.repeat(100_000)}@acme-werke.de`, 'anna@gone-werke.de', 'anna@broken-werke.de', 'anna@acme-werke.de', 'a\u0000b@acme-werke.de', '\ud800@acme-werke.de', ...Array.from({ length: 150 }, (_unused, index) => `person${index}@acme-werke.de`)];
    const all = await collect(emails.validateAll(who, list));
    expect(all.map(({ done, total }) => [done, total])).toEqual(list.map((_unused, index) => [index + 1, list.length]));
    const statuses = all.sort((a, b) => a.place - b.place).map(({ verdict }) => verdict.status);
    expect(statuses.slice(0, 10)).toEqual(['VALID', 'INVALID', 'INVALID', 'RISKY', 'INVALID', 'INVALID', 'UNKNOWN', 'VALID', 'INVALID', 'INVALID']);
    expect(statuses.slice(10).every((status) => status === EmailStatus.VALID)).toBe(true);
    expect(all.map(({ place }) => place)).toEqual(list.map((_unused, index) => index));
    expect(all.slice(10).map(({ verdict }) => verdict.email)).toEqual(list.slice(10));
    expect(await collect(emails.validateAll(who, []))).toEqual([]);
  });

  it('asks DNS once per domain, however many addresses it has', async () => {
    const { emails, dns } = await service();
    await collect(emails.validateAll(actor(), Array.from({ length: 300 }, (_unused, index) => `person${index}@${index % 2 === 0 ? 'acme-werke.de' : 'zwei-werke.de'}`)));
    expect([...dns.questions].sort()).toEqual(['acme-werke.de', 'zwei-werke.de'].flatMap((domain) => [`MX ${domain} udp`, `TXT ${domain} udp`, `TXT _dmarc.${domain} udp`]).sort());
  });

  it('gives what is known at once: a slow domain holds up nobody else', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => { release = resolve; });
    const { emails } = await service((name) => (name.endsWith('slow-werke.de') ? held : Promise.resolve()));
    const places: number[] = [];
    for await (const { place, done } of emails.validateAll(actor(), ['anna@slow-werke.de', ...Array.from({ length: 100 }, (_unused, index) => `anna@acme${index}-werke.de`)])) {
      places.push(place);
      // The slow one answers only once all others are there.
      if (done === 100) release();
    }
    expect(places).toHaveLength(101);
    expect(places.at(-1)).toBe(0);
  });

  it('ends at once when it is cancelled, also while it waits, and asks for nothing more', async () => {
    let asked: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => { asked = resolve; });
    const { emails, dns } = await service(() => { asked(); return new Promise<void>(() => undefined); });
    const stop = new AbortController();
    const list = Array.from({ length: 500 }, (_unused, index) => `anna@acme${index}-werke.de`);
    const ended = collect(emails.validateAll(actor(), list, stop.signal));
    await arrived;
    stop.abort(new Error('the reader left'));
    await expect(ended).rejects.toThrow('the reader left');
    expect(new Set(dns.questions.filter((question) => question.startsWith('MX')).map((question) => question.split(' ')[1])).size).toBeLessThanOrEqual(64);

    await expect(collect(emails.validateAll(actor(), ['anna@later-werke.de'], stop.signal))).rejects.toThrow('the reader left');
    expect(dns.questions.some((question) => question.includes('later-werke.de'))).toBe(false);

    const quick = await service();
    const midway = new AbortController();
    const seen: number[] = [];
    await expect((async () => { for await (const { done } of quick.emails.validateAll(actor(), list, midway.signal)) { seen.push(done); if (done === 3) midway.abort(new Error('enough')); } })()).rejects.toThrow('enough');
    expect(seen).toEqual([1, 2, 3]);
  });
});
