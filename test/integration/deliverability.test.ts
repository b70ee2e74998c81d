import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Sandbox } from '../../sandbox/index.js';
import type { Actor } from '../../src/actor.js';
import { startApp } from '../../src/app.js';
import { createBackplane } from '../../src/backplane.js';
import { loadConfig } from '../../src/config.js';
import { createDataSource } from '../../src/data-source.js';
import { ApiScope, EmailStatus, Role } from '../../src/entities/enums.js';
import { Jobs, JOBS } from '../../src/jobs.js';
import { createLogger } from '../../src/logger.js';
import { AddressGuard } from '../../src/services/crawler/guard.js';
import { MailDns } from '../../src/services/email/dns.js';
import { EmailProbes } from '../../src/services/email/email-probes.js';
import { EmailService } from '../../src/services/email/email.service.js';
import { paceOf, SmtpProbe } from '../../src/services/email/smtp/probe.js';
import { Suppressions } from '../../src/services/email/suppressions.js';
import { probeEmailWorker } from '../../src/workers/probe-email.worker.js';
import { runWorkers } from '../../src/workers/run.js';
import { until, type TestClient } from '../support/client.js';
import { onRecipient, startScriptedSmtp } from '../support/scripted-smtp.js';
import { startRedis, withClient } from '../support/servers.js';
import { createTestDatabase, openSandbox, startTestApp, type TestApp } from '../support/test-app.js';

interface Verdict { status: string; score: number; checks: { name: string; status: string; points: number; reason: string }[] }
const CHECK = 'mutation ($email: String!) { checkDeliverability(email: $email) { status score checks { name status points reason } } }';
const check = async (client: TestClient, email: string): Promise<Verdict & { smtp: string | undefined }> => {
  const { checkDeliverability: verdict } = await client.data<{ checkDeliverability: Verdict }>(CHECK, { email });
  return { ...verdict, smtp: verdict.checks.find((one) => one.name === 'smtp')?.status };
};

describe('checkDeliverability', () => {
  let sandbox: Sandbox;
  let test: TestApp;
  beforeAll(async () => {
    sandbox = await openSandbox();
    test = await startTestApp({ SMTP_PROBE: 'on', SMTP_PROBE_FROM: 'probe@leadline-probe.de', SMTP_PROBE_PORT: String(sandbox.smtp.port), CRAWL_ALLOW_CIDRS: '127.0.0.0/8' }, sandbox);
  });
  afterAll(async () => {
    await test.close();
    await sandbox.close();
  });

  it('asks the mail server: a known mailbox is VALID, an unknown one INVALID, a catch-all, a full and a greylisted one neither; points add up', async () => {
    const client = await test.user();
    const known = sandbox.sites.find((site) => site.hostile === undefined && site.emails.length > 0)?.emails[0]?.address ?? '';
    const domain = known.slice(known.indexOf('@') + 1);
    const verdicts = await Promise.all([known, `unknown.person@${domain}`, 'anna@catchall-sandbox.com', `fullbox@${domain}`, `grey.person@${domain}`, 'anna@nullmx-sandbox.com', 'anna@servfail-sandbox.com'].map((email) => check(client, email)));
    expect(verdicts.map(({ status, smtp }) => [status, smtp])).toEqual([['VALID', 'PASS'], ['INVALID', 'FAIL'], ['UNKNOWN', 'UNKNOWN'], ['RISKY', 'WARN'], ['UNKNOWN', 'UNKNOWN'], ['INVALID', 'SKIPPED'], ['UNKNOWN', 'SKIPPED']]);
    for (const verdict of verdicts) expect(verdict.checks.reduce((sum, one) => sum + one.points, 0)).toBe(verdict.score);
    expect(sandbox.smtpLog().some((entry) => entry.command === 'DATA')).toBe(false);
    // Said once, it is believed: the server is not asked again for the same.
    const asked = sandbox.smtpLog().length;
    expect((await check(client, known.toUpperCase())).status).toBe('VALID');
    expect(sandbox.smtpLog()).toHaveLength(asked);
  }, 60_000);

  it('reaches no private mail server unless its range was opened', async () => {
    const closed = await startTestApp({ SMTP_PROBE: 'on', SMTP_PROBE_FROM: 'probe@leadline-probe.de', SMTP_PROBE_PORT: String(sandbox.smtp.port) }, sandbox);
    try {
      const before = sandbox.smtpLog().length;
      const verdict = await check(await closed.user(), 'anna@catchall-sandbox.com');
      expect([verdict.status, verdict.checks.find((one) => one.name === 'smtp')?.reason]).toEqual(['UNKNOWN', expect.stringContaining('may not be reached')]);
      expect(sandbox.smtpLog()).toHaveLength(before);
    } finally {
      await closed.close();
    }
  });
});

describe('a mail server that wants to be asked later', () => {
  let sandbox: Sandbox;
  beforeAll(async () => { sandbox = await openSandbox(); });
  afterAll(async () => { await sandbox.close(); });
  const domain = (): string => sandbox.sites.find((site) => site.hostile === undefined && site.emails.length > 0)?.emails[0]?.address.split('@')[1] ?? '';

  it('is asked again by the queue once the time has come, in another process too, and the stored address gets its verdict', async () => {
    const test = await startTestApp({ ROLES: 'api', SMTP_PROBE: 'on', SMTP_PROBE_FROM: 'probe@leadline-probe.de', SMTP_PROBE_PORT: String(sandbox.smtp.port), CRAWL_ALLOW_CIDRS: '127.0.0.0/8' }, sandbox);
    try {
      const client = await test.user();
      const address = `grey.person@${domain()}`;
      await client.data('mutation ($email: String!) { createLead(input: { companyName: "Grey", email: $email }) { id } }', { email: address });
      const stored = async (): Promise<{ status: string; smtp: string | undefined } | undefined> => {
        const { emails } = await client.data<{ emails: { nodes: { status: string; verdict: Pick<Verdict, 'checks'> | null }[] } }>('query ($search: String!) { emails(filter: { search: $search }) { nodes { status verdict { checks { name status } } } } }', { search: address });
        return emails.nodes.map(({ status, verdict }) => ({ status, smtp: verdict?.checks.find((one) => one.name === 'smtp')?.status }))[0];
      };
      expect((await check(client, address)).status).toBe('UNKNOWN');
      expect(await stored()).toEqual({ status: 'UNKNOWN', smtp: 'UNKNOWN' });
      expect(await test.app.jobs.open(JOBS.probeEmail)).toBe(1);
      const asked = (): number[] => sandbox.smtpLog().filter((entry) => entry.command === 'RCPT' && entry.argument === address).map((entry) => entry.code);
      expect(asked()).toEqual([451]);
      // The five minutes that greylisting takes are over: nothing but the row says when.
      const planned = await withClient(test.databaseUrl, (sql) => sql.query<{ attempts: number }>("UPDATE email_probes SET next_at = now() WHERE address = $1 AND next_at > now() + interval '4 minutes' RETURNING attempts", [address]));
      expect(planned.rows).toEqual([{ attempts: 1 }]);
      const config = loadConfig({ ...test.settings, ROLES: 'worker' });
      const worker = await startApp(config, createLogger(config.LOG_LEVEL));
      try {
        await until(async () => (await stored())?.status === 'VALID', 'the verdict of the second probe');
        expect(await stored()).toEqual({ status: 'VALID', smtp: 'PASS' });
        await until(async () => await test.app.jobs.open(JOBS.probeEmail) === 0, 'an empty queue');
      } finally {
        await worker.close();
      }
      expect(asked()).toEqual([451, 250]);
      expect(await check(client, address)).toMatchObject({ status: 'VALID', smtp: 'PASS' });
      expect(asked()).toEqual([451, 250]);
    } finally {
      await test.close();
    }
  });

  it('is asked four times at most, each after the planned wait, and what it said last is kept', async () => {
    const database = await createTestDatabase();
    const redis = inject('size') === 'servers' ? await startRedis() : null;
    const dataSource = await createDataSource(database.url).initialize();
    const dns = new MailDns({ servers: [`${sandbox.dns.host}:${sandbox.dns.port}`] });
    const asked: string[] = [];
    // Anna's server gives in the third time, Bernd's never.
    const server = await startScriptedSmtp({
      react: onRecipient((recipient) => {
        asked.push(recipient);
        if (recipient.startsWith('bernd@')) return '451 4.7.1 Greylisted, please try again later';
        if (recipient.startsWith('anna@')) return asked.filter((one) => one === recipient).length < 3 ? '451 4.7.1 Greylisted, please try again later' : '250 2.1.5 ok';
        return '550 5.1.1 no such user';
      }),
    });
    const logger = createLogger('error');
    const backplane = createBackplane({ REDIS_URL: redis?.url }, database.url, logger);
    const jobs = new Jobs(backplane, logger);
    await jobs.ready();
    const suppressions = new Suppressions(dataSource, jobs);
    const guard = new AddressGuard({ ports: [80, 443], allowCidrs: ['127.0.0.0/8'], viaProxy: false });
    const probe = new SmtpProbe({ dns, forbidden: (one) => guard.addressReason(one), pace: paceOf(backplane.limiter('smtp-probe', 100, 60)), from: 'probe@leadline-probe.de', port: server.port });
    const service = new EmailService(dataSource, dns, suppressions, new EmailProbes({ dataSource, jobs, dns, suppressions, probe, retryMs: [40, 40, 40] }));
    const workers = await runWorkers([probeEmailWorker(service)], { backplane, logger, siteConcurrency: 1 });
    try {
      const actor: Actor = { userId: crypto.randomUUID(), workspaceId: crypto.randomUUID(), role: Role.MEMBER, sessionId: crypto.randomUUID(), apiKeyId: null, scopes: [ApiScope.READ, ApiScope.WRITE] };
      const [anna, bernd] = [`anna@${domain()}`, `bernd@${domain()}`];
      const probes = async (): Promise<Record<string, unknown>[]> => await dataSource.query("SELECT address, attempts, next_at, outcome->>'kind' AS kind FROM email_probes ORDER BY address");
      for (const address of [anna, bernd]) expect((await service.checkDeliverability(actor, address)).status).toBe(EmailStatus.UNKNOWN);
      await until(async () => (await probes()).every((row) => row['next_at'] === null) && await jobs.open(JOBS.probeEmail) === 0, 'both to be settled');
      expect(await probes()).toEqual([{ address: anna, attempts: 3, next_at: null, kind: 'accepted' }, { address: bernd, attempts: 4, next_at: null, kind: 'later' }]);
      expect([anna, bernd].map((address) => asked.filter((one) => one === address).length)).toEqual([3, 4]);
      expect(await Promise.all([anna, bernd].map(async (address) => (await service.checkDeliverability(actor, address)).status))).toEqual([EmailStatus.VALID, EmailStatus.UNKNOWN]);
      // A job that comes twice finds nothing due.
      const [row] = await dataSource.query<{ id: string }[]>('SELECT id FROM email_probes WHERE address = $1', [anna]);
      await service.probeAgain(row?.id ?? '');
      expect(asked.filter((one) => one === anna)).toHaveLength(3);
      expect(server.sessions.flat().some((line) => line.startsWith('DATA'))).toBe(false);
    } finally {
      await workers.close();
      await jobs.close();
      await backplane.close();
      dns.close();
      await server.close();
      await dataSource.destroy();
      await redis?.stop();
      await database.drop();
    }
  });
});
