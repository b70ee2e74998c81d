/** Probes with a memory: what was said is believed for a while, and who wanted to be asked later is asked by a job. */
import type { DataSource } from 'typeorm';
import { EmailProbe } from '../../entities/email-probe.js';
import { LeadlineError } from '../../errors.js';
import { JOBS, type Jobs } from '../../jobs.js';
import { parseAddress, type ParsedAddress } from './checks/syntax.js';
import type { MailDns, MailRoute } from './dns.js';
import type { ProbeOutcome, SmtpProbe } from './smtp/probe.js';
import type { Suppressions } from './suppressions.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** How long an answer is believed. */
const AGE_MS: Readonly<Record<ProbeOutcome['kind'], number>> = { accepted: 7 * 24 * HOUR_MS, rejected: 24 * HOUR_MS, 'catch-all': 7 * 24 * HOUR_MS, full: HOUR_MS, unknown: 10 * MINUTE_MS, later: 10 * MINUTE_MS };
/** Greylisting servers want to see the same sender again after some minutes, and within some hours (RFC 6647). */
const RETRY_MS: readonly number[] = [5 * MINUTE_MS, 15 * MINUTE_MS, 60 * MINUTE_MS];

export interface EmailProbesDeps {
  dataSource: DataSource; jobs: Pick<Jobs, 'enqueue'>; dns: Pick<MailDns, 'mailRoute'>; suppressions: Suppressions;
  /** Null where probing is off (SMTP_PROBE). */
  probe: Pick<SmtpProbe, 'probe'> | null;
  retryMs?: readonly number[];
}

export class EmailProbes {
  constructor(private readonly deps: EmailProbesDeps) {}

  get isOn(): boolean {
    return this.deps.probe !== null;
  }

  /** What the mail server says, or said not long ago; null where probing is off. */
  async outcomeFor(workspaceId: string, address: ParsedAddress, route: MailRoute): Promise<ProbeOutcome | null> {
    const { probe, dataSource } = this.deps;
    if (!probe) return null;
    const known = await dataSource.getRepository(EmailProbe).findOneBy({ workspaceId, address: address.normalized });
    if (known) {
      const outcome = known.outcome as ProbeOutcome;
      if (known.nextAt !== null) return outcome;
      if (Date.now() - known.askedAt.getTime() < AGE_MS[outcome.kind]) return outcome;
    }
    const outcome = await probe.probe(address, route);
    await this.#keep(workspaceId, address.normalized, outcome, 1);
    return outcome;
  }

  /** What was said of a stored address before, when it may still be believed; asks nobody. */
  async known(workspaceId: string, normalized: string): Promise<ProbeOutcome | null> {
    const known = this.isOn ? await this.deps.dataSource.getRepository(EmailProbe).findOneBy({ workspaceId, address: normalized }) : null;
    const outcome = known?.outcome as ProbeOutcome | undefined;
    return known && outcome && Date.now() - known.askedAt.getTime() < AGE_MS[outcome.kind] ? outcome : null;
  }

  /**
   * Job function: asks again whoever wanted to be asked later. Safe to run twice: a row that is not due any more is left.
   * @returns true when the server has now said what it says
   * @throws LeadlineError with a retry while the hour has not come
   */
  async askAgain(probeId: string): Promise<{ workspaceId: string; address: string } | null> {
    const row = await this.deps.dataSource.getRepository(EmailProbe).findOneBy({ id: probeId });
    if (!row || row.nextAt === null || !this.deps.probe) return null;
    const waitMs = row.nextAt.getTime() - Date.now();
    if (waitMs > 0) throw later(waitMs);
    const parsing = parseAddress(row.address);
    if (!parsing.ok || await this.deps.suppressions.has(row.workspaceId, row.address)) {
      await this.giveUp(probeId);
      return null;
    }
    const outcome = await this.deps.probe.probe(parsing.address, await this.deps.dns.mailRoute(parsing.address.asciiDomain));
    const nextMs = await this.#keep(row.workspaceId, row.address, outcome, row.attempts + 1);
    if (nextMs !== null) throw later(nextMs);
    return { workspaceId: row.workspaceId, address: row.address };
  }

  /** Nobody is asked any more; what was said last stands. */
  async giveUp(probeId: string): Promise<void> {
    await this.deps.dataSource.getRepository(EmailProbe).update({ id: probeId }, { nextAt: null });
  }

  /** @returns how long until it is asked again, null when it is not */
  async #keep(workspaceId: string, address: string, outcome: ProbeOutcome, attempts: number): Promise<number | null> {
    const delays = this.deps.retryMs ?? RETRY_MS;
    const planned = outcome.kind === 'later' ? delays[attempts - 1] : undefined;
    const nextMs = planned === undefined || outcome.kind !== 'later' ? null : Math.max(planned, outcome.afterMs ?? 0);
    const [row] = await this.deps.dataSource.query<{ id: string }[]>(`
      INSERT INTO email_probes (workspace_id, address, outcome, attempts, next_at, asked_at) VALUES ($1, $2, $3, $4, now() + $5::int * interval '1 millisecond', now())
      ON CONFLICT (workspace_id, address) DO UPDATE SET outcome = EXCLUDED.outcome, attempts = EXCLUDED.attempts, next_at = EXCLUDED.next_at, asked_at = EXCLUDED.asked_at RETURNING id`,
    [workspaceId, address, JSON.stringify(outcome), attempts, nextMs]);
    if (nextMs !== null && attempts === 1 && row) await this.deps.jobs.enqueue(JOBS.probeEmail, { probeId: row.id });
    return nextMs;
  }
}

const later = (afterMs: number): LeadlineError => new LeadlineError('SERVICE_UNAVAILABLE', 'The mail server wants to be asked later.', { details: { dependency: 'smtp' }, retry: { afterMs } });
