import type { DataSource } from 'typeorm';
import { isDatabaseOutage } from '../data-source.js';
import { JOBS, type Jobs } from '../jobs.js';
import type { Logger } from '../logger.js';
import type { Progress } from '../progress.js';
import type { GoalService } from '../services/goals/goal.service.js';
import { TIDYING } from '../services/upkeep/retention.js';

/** How often the rows are compared with the queues. */
const INTERVAL_MS = 10_000;

/** What is open, by kind: rows are the truth, a queue only carries the work. */
const OPEN: { sql: string; enqueue: (jobs: Jobs, ids: string[]) => Promise<void> }[] = [
  { sql: "SELECT id FROM goals WHERE status = 'RUNNING' AND search_state = 'OPEN' LIMIT 1000", enqueue: (jobs, ids) => jobs.enqueue(JOBS.searchGoal, ...ids.map((goalId) => ({ goalId }))) },
  {
    sql: "SELECT j.id FROM crawl_jobs j LEFT JOIN goals g ON g.id = j.goal_id WHERE j.status IN ('QUEUED', 'RUNNING') AND (g.id IS NULL OR g.status = 'RUNNING') ORDER BY j.created_at LIMIT 5000",
    enqueue: (jobs, ids) => jobs.enqueue(JOBS.crawlSite, ...ids.map((crawlJobId) => ({ crawlJobId }))),
  },
  { sql: 'SELECT id FROM emails WHERE verdict IS NULL ORDER BY created_at LIMIT 5000', enqueue: (jobs, ids) => jobs.enqueue(JOBS.verifyEmail, ...ids.map((emailId) => ({ emailId }))) },
  { sql: "SELECT id FROM email_probes WHERE next_at < now() + interval '1 minute' ORDER BY next_at LIMIT 1000", enqueue: (jobs, ids) => jobs.enqueue(JOBS.probeEmail, ...ids.map((probeId) => ({ probeId }))) },
  { sql: "SELECT id FROM crawl_jobs WHERE status = 'COMPLETED' AND NOT lead_settled LIMIT 5000", enqueue: (jobs, ids) => jobs.enqueue(JOBS.buildLead, ...ids.map((crawlJobId) => ({ crawlJobId }))) },
  { sql: "SELECT id FROM exports WHERE status IN ('QUEUED', 'RUNNING') LIMIT 1000", enqueue: (jobs, ids) => jobs.enqueue(JOBS.writeExport, ...ids.map((exportId) => ({ exportId }))) },
  { sql: "SELECT id FROM outbox_mails WHERE sent_at IS NULL AND failed_at IS NULL AND next_attempt_at <= now() ORDER BY next_attempt_at LIMIT 1000", enqueue: (jobs, ids) => jobs.enqueue(JOBS.sendMail, ...ids.map((mailId) => ({ mailId }))) },
  {
    sql: "SELECT 'all' AS id WHERE EXISTS (SELECT 1 FROM documents WHERE check_after < now()) OR NOT EXISTS (SELECT 1 FROM upkeep WHERE name = 'list stored documents' AND done_at > now() - interval '1 day')",
    enqueue: (jobs, ids) => jobs.enqueue(JOBS.sweepDocuments, ...ids.map(() => ({ scope: 'all' as const }))),
  },
  {
    sql: `SELECT 'all' AS id WHERE NOT EXISTS (SELECT 1 FROM upkeep WHERE name = '${TIDYING}' AND done_at > now() - interval '1 day')`,
    enqueue: (jobs, ids) => jobs.enqueue(JOBS.tidyRecords, ...ids.map(() => ({ scope: 'all' as const }))),
  },
];

/** Queues again whatever the rows say is open: after a start, a lost Redis, a lost job. */
export class Reconciler {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(private readonly deps: { dataSource: DataSource; jobs: Jobs; progress: Progress; goals: GoalService; logger: Logger }) {}

  start(): void {
    const tick = (): void => {
      this.#running = this.reconcile().catch((error: unknown) => {
        if (!isDatabaseOutage(error)) this.deps.logger.error({ err: error }, 'reconciling failed; it will be tried again');
      });
    };
    tick();
    this.#timer = setInterval(tick, INTERVAL_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async reconcile(): Promise<void> {
    for (const { sql, enqueue } of OPEN) {
      const rows = await this.deps.dataSource.query<{ id: string }[]>(sql);
      await enqueue(this.deps.jobs, rows.map((row) => row.id));
    }
    // A goal whose last site settled just before a crash would wait for ever.
    const idle = await this.deps.dataSource.query<{ id: string }[]>("SELECT id FROM goals WHERE status = 'RUNNING' AND search_state <> 'OPEN' LIMIT 1000");
    for (const goal of idle) await this.deps.progress.advance((tx) => this.deps.goals.settle(tx, goal.id));
  }
}
