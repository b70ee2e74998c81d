import type { DataSource, DeepPartial, EntityManager } from 'typeorm';
import type { Backplane } from './backplane.js';
import { type CrawlEventType, type CrawlStatus, type GoalEventType, type GoalStatus, type LeadEventType } from './entities/enums.js';
import type { Budget, CrawlCounters, GoalCounters } from './entities/counters.js';
import type { CrawlJob } from './entities/crawl-job.js';
import type { Goal } from './entities/goal.js';
import { storableJson, storableText } from './storable.js';
import { EventStream, type EventSource } from './event-stream.js';

/** A stored event of a goal, as clients get it (lead and email are looked up by the resolver). */
export interface GoalEventRow {
  seq: number; type: GoalEventType; at: Date; message: string; goalId: string;
  status: GoalStatus; counters: GoalCounters; budget: Budget; url: string | null; leadId: string | null; emailId: string | null;
}
export interface CrawlEventRow {
  seq: number; type: CrawlEventType; at: Date; message: string; crawlJobId: string;
  status: CrawlStatus; counters: CrawlCounters; url: string | null; emailId: string | null;
}

type GoalNumber = 'searches' | 'results' | 'sites' | 'sitesDone' | 'sitesFailed' | 'pages' | 'pagesFailed' | 'emails' | 'emailsValid' | 'leads' | 'usedSites' | 'usedPages' | 'usedSearches' | 'usedTokens';
type CrawlNumber = 'discovered' | 'fetched' | 'failed' | 'skipped' | 'emails' | 'bytes' | 'reserved';

export interface GoalEventInput {
  add?: Partial<Record<GoalNumber, number>>;
  set?: Partial<Pick<Goal, 'status' | 'sources' | 'searchState' | 'error' | 'errorCode' | 'startedAt' | 'finishedAt'>>;
  url?: string; leadId?: string; emailId?: string;
}
/** One of several events that are told at once. */
export interface NewEvent<Type, Number extends string> { type: Type; message: string; url?: string; leadId?: string; emailId?: string; add?: Partial<Record<Number, number>> }
export type NewGoalEvent = NewEvent<GoalEventType, GoalNumber>;
export type NewCrawlEvent = NewEvent<CrawlEventType, CrawlNumber>;
export interface CrawlEventInput {
  add?: Partial<Record<CrawlNumber, number>>;
  set?: Partial<Pick<CrawlJob, 'status' | 'error' | 'errorCode' | 'startedAt' | 'finishedAt' | 'leaseOwner' | 'leadSettled' | 'policy'>>;
  url?: string; emailId?: string;
}

/** What the driver's own connection takes beyond TypeORM's `query`: a statement with a name is planned once a connection, not each time. */
interface NamedQueries { query(statement: { name: string; text: string; values: unknown[] }): Promise<{ rows: unknown[] }> }
/** A name each, the same on every connection of this process. */
const statementNames = new Map<string, string>();

function nameOf(sql: string): string {
  const name = statementNames.get(sql) ?? `leadline ${statementNames.size + 1}`;
  statementNames.set(sql, name);
  return name;
}

const column = (name: string): string => name.replace(/([A-Z])/g, '_$1').toLowerCase();
const isOver = (status: GoalStatus | CrawlStatus): boolean => (['COMPLETED', 'FAILED', 'CANCELLED'] as string[]).includes(status);

/** Share of the work done, 0 to 100; 100 only when the run is over. */
export function goalCounters(goal: Goal): GoalCounters {
  const settled = goal.sitesDone + goal.sitesFailed;
  const share = goal.sites === 0 ? 0 : settled / goal.sites;
  const percent = isOver(goal.status) ? 100 : Math.min(99, Math.round((goal.searches > 0 ? 5 : 0) * 10 + share * 940) / 10);
  const { searches, results, sites, sitesDone, sitesFailed, pages, pagesFailed, emails, emailsValid, leads } = goal;
  return { searches, results, sites, sitesDone, sitesFailed, pages, pagesFailed, emails, emailsValid, leads, percent };
}

export function goalBudget(goal: Goal): Budget {
  const { maxSites, maxPages, maxSearches, maxTokens, usedSites, usedPages, usedSearches, usedTokens } = goal;
  return { maxSites, maxPages, maxSearches, maxTokens, usedSites, usedPages, usedSearches, usedTokens };
}

/** What events of a crawl say of it. */
export type CrawlState = Pick<CrawlJob, 'id' | 'status' | 'maxPages' | 'lastSeq' | CrawlNumber>;

export function crawlCounters(job: CrawlState): CrawlCounters {
  const { discovered, fetched, failed, skipped, emails, bytes } = job;
  const goal = Math.max(1, Math.min(job.maxPages, discovered));
  const percent = isOver(job.status) ? 100 : Math.min(99, Math.round(((fetched + failed + skipped) / goal) * 1_000) / 10);
  return { discovered, fetched, failed, skipped, emails, bytes, percent };
}

/**
 * One step forward: row changes and the events that tell them, in one transaction. A stream's row is locked
 * by its first event, so seq has no gaps and commits in order. Lock order, everywhere: crawl job, goal,
 * workspace; a transaction that needs several takes them in that order, so two never wait for each other.
 */
export class ProgressTx {
  readonly channels = new Set<string>();
  readonly afterCommit: (() => Promise<void>)[] = [];

  constructor(readonly manager: EntityManager) {}

  /** Rows of a SELECT, or of a RETURNING clause. */
  async query<T = Record<string, unknown>>(sql: string, parameters: unknown[] = []): Promise<T[]> {
    return firstRows(await this.manager.query<T[] | [T[], number]>(sql, parameters));
  }

  /**
   * The same for a statement that is run again and again. It stays prepared on its connection: `sql` must be one of a few
   * fixed texts, never one that is put together from what comes from outside, and names its columns: one with `*` fails on
   * old connections when a migration adds a column.
   */
  async prepared<T = Record<string, unknown>>(sql: string, values: unknown[]): Promise<T[]> {
    const connection = await this.manager.queryRunner?.connect() as NamedQueries | undefined;
    if (connection === undefined) return await this.query<T>(sql, values);
    return (await connection.query({ name: nameOf(sql), text: sql, values })).rows as T[];
  }

  async goalEvent(goalId: string, type: GoalEventType, message: string, input: GoalEventInput = {}): Promise<Goal> {
    const { set, ...event } = input;
    return await this.goalEvents(goalId, [{ type, message, ...event }], set);
  }

  /** Several events of one goal, in order: one step of its row, each event with the counters as they were after it. */
  async goalEvents(goalId: string, events: readonly NewGoalEvent[], set: GoalEventInput['set'] = {}): Promise<Goal> {
    const goal = await this.#advanceRow<Goal>('Goal', 'goals', goalId, events, set);
    await this.#store(goalId, goal, events, (state, event) => ({
      goalId, status: state.status, counters: goalCounters(state), budget: goalBudget(state),
      url: event.url ?? null, leadId: event.leadId ?? null, emailId: event.emailId ?? null,
    }));
    this.channels.add(`goal:${goalId}`);
    return goal;
  }

  async crawlEvent(jobId: string, type: CrawlEventType, message: string, input: CrawlEventInput = {}): Promise<CrawlJob> {
    const { set, ...event } = input;
    return await this.crawlEvents(jobId, [{ type, message, ...event }], set);
  }

  /** Several events of one crawl, like `goalEvents`. */
  async crawlEvents(jobId: string, events: readonly NewCrawlEvent[], set: CrawlEventInput['set'] = {}): Promise<CrawlJob> {
    const job = await this.#advanceRow<CrawlJob>('CrawlJob', 'crawl_jobs', jobId, events, set);
    await this.#store(jobId, job, events, crawlPayload(jobId));
    this.channels.add(`crawl:${jobId}`);
    return job;
  }

  /** The same for a crawl whose row this transaction has locked and read, in one statement. @returns the row after it */
  async heldCrawlEvents<R extends CrawlState>(held: R, events: readonly NewCrawlEvent[]): Promise<R> {
    const added = sums(events);
    const end: R = { ...held, ...Object.fromEntries([...added].map(([name, by]) => [name, held[name as CrawlNumber] + by])), lastSeq: held.lastSeq + events.length };
    const by = (['discovered', 'fetched', 'failed', 'skipped', 'emails', 'bytes'] as const).map((name) => added.get(name) ?? 0);
    await this.prepared(HELD_CRAWL_EVENTS, [held.id, held.lastSeq, ...payloadsOf(end, events, crawlPayload(held.id)), events.length, ...by]);
    this.channels.add(`crawl:${held.id}`);
    return end;
  }

  /** Records a change of a lead in its history, which is also the stream behind leadChanged. */
  async leadEvent(lead: { id: string; workspaceId: string }, type: LeadEventType, actor: string, changes: Record<string, unknown> = {}): Promise<void> {
    await this.leadEvents(lead.workspaceId, [lead.id], type, actor, changes);
  }

  /** A change of many leads, the same or one for each: one range of seq, one statement. */
  async leadEvents(workspaceId: string, leadIds: readonly string[], type: LeadEventType, actor: string, changes: Record<string, unknown> | readonly Record<string, unknown>[] = {}): Promise<void> {
    if (leadIds.length === 0) return;
    const [row] = await this.query<{ lead_seq: number }>('UPDATE workspaces SET lead_seq = lead_seq + $2 WHERE id = $1 RETURNING lead_seq', [workspaceId, leadIds.length]);
    await this.query(`
      INSERT INTO lead_events (workspace_id, lead_id, seq, type, actor, changes)
      SELECT $1, id, $3::int - $4::int + place, $5, $6, coalesce(change, $7) FROM unnest($2::uuid[], $8::jsonb[]) WITH ORDINALITY AS given (id, change, place)`,
    [workspaceId, leadIds, row?.lead_seq, leadIds.length, type, actor, Array.isArray(changes) ? '{}' : JSON.stringify(changes), Array.isArray(changes) ? changes.map((change) => JSON.stringify(change)) : []]);
    this.channels.add(`leads:${workspaceId}`);
  }

  async #advanceRow<R extends object>(entity: string, table: string, id: string, events: readonly NewEvent<string, string>[], set: object): Promise<R> {
    const parameters: unknown[] = [id, events.length];
    const assign = ['last_seq = last_seq + $2'];
    for (const [name, by] of sums(events)) {
      parameters.push(by);
      assign.push(`${column(name)} = ${column(name)} + $${parameters.length}`);
    }
    for (const [name, value] of Object.entries(set)) {
      parameters.push(name === 'sources' || name === 'policy' ? JSON.stringify(value) : value);
      assign.push(`${column(name)} = $${parameters.length}`);
    }
    // Column names come from the typed keys above, never from outside.
    const [row] = await this.query(`UPDATE ${table} SET ${assign.join(', ')} WHERE id = $1 RETURNING *`, parameters);
    if (!row) throw new Error(`there is no ${entity} ${id} to advance`);
    // Read from the same statement: a second one for every event was a tenth of all that a crawl asks of the database.
    const repository = this.manager.getRepository<R>(entity);
    return repository.create(Object.fromEntries(repository.metadata.columns.map((one) => [one.propertyName, row[one.databaseName]])) as DeepPartial<R>);
  }

  async #store<R extends { lastSeq: number }, E extends NewEvent<string, string>>(streamId: string, end: R, events: readonly E[], payload: (state: R, event: E) => object): Promise<void> {
    await this.prepared(`
      INSERT INTO stream_events (stream_id, seq, type, message, payload)
      SELECT $1, $2::int + place, type, message, payload FROM unnest($3::text[], $4::text[], $5::jsonb[]) WITH ORDINALITY AS told (type, message, payload, place)`,
    [streamId, end.lastSeq - events.length, ...payloadsOf(end, events, payload)]);
  }
}

/** The counters that reading pages moves, and the events that say so. */
const HELD_CRAWL_EVENTS = `
  WITH advanced AS (
    UPDATE crawl_jobs SET last_seq = last_seq + $6::int, discovered = discovered + $7::int, fetched = fetched + $8::int, failed = failed + $9::int, skipped = skipped + $10::int,
      emails = emails + $11::int, bytes = bytes + $12::int WHERE id = $1::uuid)
  INSERT INTO stream_events (stream_id, seq, type, message, payload)
  SELECT $1::uuid, $2::int + place, type, message, payload FROM unnest($3::text[], $4::text[], $5::jsonb[]) WITH ORDINALITY AS told (type, message, payload, place)`;

const crawlPayload = (crawlJobId: string) => (state: CrawlState, event: NewCrawlEvent): object =>
  ({ crawlJobId, status: state.status, counters: crawlCounters(state), url: event.url ?? null, emailId: event.emailId ?? null });

/** @param end the row after all of the events; what it was after each of them is counted back from there @returns types, messages and payloads */
function payloadsOf<R extends object, E extends NewEvent<string, string>>(end: R, events: readonly E[], payload: (state: R, event: E) => object): [string[], string[], string[]] {
  const state = { ...end } as R & Record<string, unknown>;
  for (const [name, by] of sums(events)) Object.assign(state, { [name]: Number(state[name]) - by });
  const payloads = events.map((event) => {
    for (const [name, by] of Object.entries(event.add ?? {})) Object.assign(state, { [name]: Number(state[name]) + (by ?? 0) });
    return storableJson(payload(state, event));
  });
  return [events.map((event) => event.type), events.map((event) => storableText(event.message)), payloads];
}

/** What several events add to each counter. */
function sums(events: readonly NewEvent<string, string>[]): Map<string, number> {
  const total = new Map<string, number>();
  for (const { add } of events) for (const [name, by] of Object.entries(add ?? {})) total.set(name, (total.get(name) ?? 0) + (by ?? 0));
  return total;
}

/** TypeORM answers UPDATE … RETURNING with [rows, count]. */
export function firstRows<T>(result: T[] | [T[], number]): T[] {
  return Array.isArray(result[0]) ? result[0] : result as T[];
}

/** Events read at once by a watcher that comes back. */
const READ_AT_MOST = 500;

/** PostgreSQL asks for the transaction to be run again: serialization failure, deadlock. */
const RETRY_CODES = new Set(['40001', '40P01']);

/** Thrown inside `advance` where rows came before they could be locked in their order: all is rolled back and run again. */
export class ChangedMeanwhile extends Error {
  override readonly name = 'ChangedMeanwhile';
  /** As PostgreSQL's own serialization failure. */
  readonly code = '40001';

  constructor() { super('what was read has changed before it was locked'); }
}

export class Progress {
  constructor(private readonly dataSource: DataSource, private readonly backplane: Backplane) {}

  /**
   * Runs `work` in a transaction; when it has committed, wakes the watchers of the streams it touched and
   * runs what was put into `afterCommit`. Events are hints: a crash before the wake-up loses nothing.
   */
  async advance<T>(work: (tx: ProgressTx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      let tx: ProgressTx | undefined;
      try {
        const result = await this.dataSource.transaction(async (manager) => {
          tx = new ProgressTx(manager);
          return await work(tx);
        });
        await Promise.all([...(tx?.channels ?? [])].map((channel) => this.backplane.bus.publish(channel, '')));
        for (const step of tx?.afterCommit ?? []) await step();
        return result;
      } catch (error) {
        if (attempt >= 3 || !RETRY_CODES.has((error as { code?: string }).code ?? '')) throw error;
      }
    }
  }

  /** The stored events of a goal. The caller has checked that the actor may see it. */
  watchGoal(goalId: string, after: number | null | undefined): EventStream<GoalEventRow> {
    return this.#stream<GoalEventRow>(`goal:${goalId}`, goalId, after, async () => {
      const goal = await this.dataSource.manager.getRepository<Goal>('Goal').findOneByOrFail({ id: goalId });
      return {
        lastSeq: goal.lastSeq, over: isOver(goal.status),
        snapshot: { seq: goal.lastSeq, type: 'SNAPSHOT' as GoalEventType, at: new Date(), message: `The goal is ${goal.status.toLowerCase()}.`, goalId, status: goal.status, counters: goalCounters(goal), budget: goalBudget(goal), url: null, leadId: null, emailId: null },
      };
    });
  }

  /** The stored events of a crawl job. The caller has checked that the actor may see it. */
  watchCrawl(crawlJobId: string, after: number | null | undefined): EventStream<CrawlEventRow> {
    return this.#stream<CrawlEventRow>(`crawl:${crawlJobId}`, crawlJobId, after, async () => {
      const job = await this.dataSource.manager.getRepository<CrawlJob>('CrawlJob').findOneByOrFail({ id: crawlJobId });
      return {
        lastSeq: job.lastSeq, over: isOver(job.status),
        snapshot: { seq: job.lastSeq, type: 'SNAPSHOT' as CrawlEventType, at: new Date(), message: `The crawl is ${job.status.toLowerCase()}.`, crawlJobId, status: job.status, counters: crawlCounters(job), url: null, emailId: null },
      };
    });
  }

  /** A stream over any other stored events, such as the changes of leads. */
  watch<E extends { seq: number }>(source: EventSource<E>, after: number | null | undefined): EventStream<E> {
    return new EventStream(source, this.backplane.bus, after);
  }

  #stream<E extends { seq: number }>(channel: string, streamId: string, after: number | null | undefined, state: () => Promise<{ lastSeq: number; over: boolean; snapshot: E }>): EventStream<E> {
    return this.watch<E>({
      channel,
      snapshot: async () => (await state()).snapshot,
      readAfter: async (seq) => {
        // The state first: events that commit in between are read too, and then the stream is not over yet.
        const { lastSeq, over } = await state();
        const rows = await this.dataSource.query<{ seq: number; type: string; at: Date; message: string; payload: object }[]>('SELECT seq, type, at, message, payload FROM stream_events WHERE stream_id = $1 AND seq > $2 ORDER BY seq LIMIT $3', [streamId, seq, READ_AT_MOST]);
        const events = rows.map((row) => ({ seq: row.seq, type: row.type, at: row.at, message: row.message, ...row.payload }) as unknown as E);
        const reached = events.at(-1)?.seq ?? seq;
        return { events, ended: over && reached >= lastSeq, more: rows.length === READ_AT_MOST };
      },
    }, after);
  }
}
