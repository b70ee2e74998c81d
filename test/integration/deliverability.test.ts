import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/index.js';
import { createDataSource } from '../../src/data-source.js';
import { JOBS } from '../../src/jobs.js';
import { parseAddress } from '../../src/services/email/checks/syntax.js';
import { EmailProbes } from '../../src/services/email/email-probes.js';
import type { ProbeOutcome } from '../../src/services/email/smtp/probe.js';
import { Suppressions } from '../../src/services/email/suppressions.js';
import type { TestClient } from '../support/client.js';
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
  it('is asked by a job until it answers, at most four times, and what it said is kept', async () => {
    const database = await createTestDatabase();
    const dataSource = await createDataSource(database.url).initialize();
    try {
      const said: ProbeOutcome[] = [];
      const queued: unknown[] = [];
      const probes = new EmailProbes({
        dataSource, suppressions: new Suppressions(dataSource), dns: { mailRoute: () => Promise.resolve({ kind: 'mx', hosts: ['mx.acme-werke.de'] }) }, retryMs: [0, 0, 0],
        jobs: { enqueue: (job, ...payloads) => { if (job.name === JOBS.probeEmail.name) queued.push(...payloads); return Promise.resolve(); } },
        probe: { probe: () => Promise.resolve(said.shift() ?? { kind: 'later', reason: '451 4.7.1 greylisted', afterMs: null }) },
      });
      const workspaceId = crypto.randomUUID();
      const ask = async (text: string): Promise<ProbeOutcome | null> => {
        const parsing = parseAddress(text);
        return parsing.ok ? await probes.outcomeFor(workspaceId, parsing.address, { kind: 'mx', hosts: ['mx.acme-werke.de'] }) : null;
      };
      const idOf = async (text: string): Promise<string> => (await dataSource.query<{ id: string }[]>('SELECT id FROM email_probes WHERE address = $1', [text]))[0]?.id ?? '';

      said.push({ kind: 'later', reason: '451', afterMs: null }, { kind: 'later', reason: '451', afterMs: null }, { kind: 'accepted' });
      expect((await ask('anna@acme-werke.de'))?.kind).toBe('later');
      const anna = await idOf('anna@acme-werke.de');
      expect(queued).toEqual([{ probeId: anna }]);
      // The first time it is put back without costing an attempt, the second time it has its answer; a third is nothing.
      await expect(probes.askAgain(anna)).rejects.toMatchObject({ retry: { afterMs: 0 } });
      expect(await probes.askAgain(anna)).toEqual({ workspaceId, address: 'anna@acme-werke.de' });
      expect(await probes.askAgain(anna)).toBeNull();
      expect(await ask('anna@acme-werke.de')).toEqual({ kind: 'accepted' });

      await ask('bernd@acme-werke.de');
      const bernd = await idOf('bernd@acme-werke.de');
      for (let attempt = 0; attempt < 2; attempt += 1) await expect(probes.askAgain(bernd)).rejects.toMatchObject({ retry: { afterMs: 0 } });
      expect(await probes.askAgain(bernd)).toEqual({ workspaceId, address: 'bernd@acme-werke.de' });
      const [row] = await dataSource.query<{ attempts: number; next_at: Date | null }[]>('SELECT attempts, next_at FROM email_probes WHERE id = $1', [bernd]);
      expect(row).toEqual({ attempts: 4, next_at: null });
    } finally {
      await dataSource.destroy();
      await database.drop();
    }
  });
});
