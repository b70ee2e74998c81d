import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { CrawlJob } from '../../entities/crawl-job.js';
import { CrawlEventType, CrawlStatus, GoalEventType, PageOutcome, RenderMode } from '../../entities/enums.js';
import { LeadlineError, type ErrorCode } from '../../errors.js';
import { JOBS, type Jobs } from '../../jobs.js';
import type { Logger } from '../../logger.js';
import type { Progress, ProgressTx } from '../../progress.js';
import { CrawlLedger } from './crawl-ledger.js';
import { CrawlLimits, openLimits } from './crawl-limits.js';
import { EarlierPages } from './earlier-pages.js';
import type { Fetcher, HostTurn } from './fetcher.js';
import { Frontier, LEASE_MS, LostSite, type FrontierEntry } from './frontier.js';
import { PATIENCE_MS, type HostGate } from './host-gate.js';
import { isTlsMissing } from './network-errors.js';
import type { PageCommit, ReadEntry } from './page-commit.js';
import { outcomeOf, withoutPage, type PageReader, type PageResult } from './page-reader.js';
import type { PageStore } from './page-store.js';
import { ReadAhead } from './read-ahead.js';
import type { RobotsCache, RobotsPolicy } from './robots.js';
import { knownFromRow, type StoredRow } from './repeats.js';
import { SiteMemory } from './site-memory.js';
import { sitemapLinks } from './sitemap-links.js';
import { trapped } from './trap-sweep.js';
import { pageKey } from './url.js';
import { Visits } from './visits.js';

/** Tries of one URL that fails for a passing reason. */
const MAX_TRIES = 3;
export interface SiteCrawlDeps {
  dataSource: DataSource; progress: Progress; jobs: Jobs; logger: Logger;
  reader: PageReader; robots: RobotsCache; gate: HostGate; pages: PageCommit; fetcher: Fetcher; store: PageStore;
  hostDelayMs: number; userAgent: string;
  /** Ends the goal's run when this was its last open site; services/goals. */
  settleGoal: (tx: ProgressTx, goalId: string) => Promise<void>;
}

/** Of one page: what was read for it, who wants to know that its answer is here, and under which address it is stored. */
interface FetchWay { meter: { bytes: number }; onFetched: () => void; storedAs: string }

/** One worker's run over one site, from wherever the rows say it stands to the end of frontier or budget. */
export class SiteCrawl {
  readonly #owner = crypto.randomUUID();
  #isPolicyKept = false;
  readonly #memory = new SiteMemory();
  readonly #visits = new Visits();
  readonly #ahead = new ReadAhead((entries, ahead) => this.deps.pages.commit({ jobId: this.jobId, owner: this.#owner, entries, memory: this.#memory, ahead }), this.#visits);
  /** Hosts of an http site whose https was found to lead nowhere. */
  readonly #withoutTls = new Set<string>();
  /** Origins that do not exist: sites link to hosts of theirs that are gone, often from every page. Null for one that has answered: it exists, whatever a proxy says of one page. */
  readonly #nowhere = new Map<string, LeadlineError | null>();

  /** Ends this run when the site is no longer ours or no longer wanted, in the middle of a wait or a page. */
  readonly #lost = new AbortController();
  private readonly signal: AbortSignal;
  readonly #ledger: CrawlLedger;
  readonly #earlier: EarlierPages;
  #limits = new CrawlLimits();
  /** As `signal`, and ends with the time for the site. */
  #reading = this.#limits.signal;

  constructor(private readonly deps: SiteCrawlDeps, private readonly jobId: string, signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#lost.signal]);
    this.#ledger = new CrawlLedger(deps.dataSource, jobId);
    this.#earlier = new EarlierPages(deps.store);
  }

  async run(): Promise<void> {
    const job = await this.#start();
    if (!job) return;
    let beating = Promise.resolve();
    let isBeating = false;
    const heartbeat = setInterval(() => {
      if (isBeating) return;
      isBeating = true;
      beating = this.#renew().finally(() => {
        isBeating = false;
      });
    }, LEASE_MS / 4);
    try {
      await this.#loop(job);
    } catch (error) {
      if (!(error instanceof LostSite) && !this.#lost.signal.aborted) throw error;
    } finally {
      await this.#ahead.flush(await this.#visits.rest());
      this.#limits.close();
      clearInterval(heartbeat);
      // One that is still under way would take the lease again after it was given back.
      await beating;
      await this.#ledger.flush().catch((error: Error) => { this.deps.logger.warn({ job: this.jobId, err: error.message }, 'requests are missing in the ledger'); });
      await this.deps.progress.advance((tx) => Frontier.release(tx, this.jobId, this.#owner)).catch(() => undefined);
    }
  }

  async #renew(): Promise<void> {
    try {
      if (!await Frontier.renew(this.deps.dataSource, this.jobId, this.#owner)) this.#lost.abort(new LostSite());
    } catch (error) {
      this.deps.logger.warn({ job: this.jobId, err: (error as Error).message }, 'could not renew the lease');
    }
  }

  /** Takes the lease and says that the site has started; null when there is nothing to do. */
  async #start(): Promise<CrawlJob | null> {
    const jobs = this.deps.dataSource.getRepository(CrawlJob);
    const found = await jobs.findOneBy({ id: this.jobId });
    if (!found || (found.status !== CrawlStatus.QUEUED && found.status !== CrawlStatus.RUNNING)) return null;
    if (await this.#isUnwanted(found)) return null;
    let left = { bytesLeft: 0, msLeft: 0 };
    const started = await this.deps.progress.advance(async (tx) => {
      const taken = await Frontier.acquire(tx, this.jobId, this.#owner);
      if (!taken) throw new LeadlineError('SERVICE_UNAVAILABLE', 'Another worker holds this site.', { retry: { afterMs: 2_000 } });
      left = await openLimits(tx, this.jobId, taken.diedBefore);
      const job = await tx.manager.findOneByOrFail(CrawlJob, { id: this.jobId });
      if (job.status === CrawlStatus.RUNNING) return job;
      if (job.status !== CrawlStatus.QUEUED) {
        // Stopped between the two looks: what is not read is not held.
        await Frontier.release(tx, this.jobId, this.#owner);
        return null;
      }
      await Frontier.add(tx, job.id, [{ url: job.url, pageKey: pageKey(job.url), depth: 0, priority: 1, position: 0 }]);
      const begun = await tx.crawlEvent(job.id, CrawlEventType.STARTED, `Reading ${job.host}.`, { url: job.url, add: { discovered: job.discovered === 0 ? 1 : 0 }, set: { status: CrawlStatus.RUNNING, startedAt: job.startedAt ?? new Date() } });
      if (job.goalId) await tx.goalEvent(job.goalId, GoalEventType.SITE_STARTED, `Reading ${job.host}.`, { url: job.url });
      return begun;
    });
    if (!started) return null;
    this.#limits = new CrawlLimits(left);
    this.#reading = AbortSignal.any([this.signal, this.#limits.signal]);
    return started;
  }

  /** A goal that has its leads starts no further site. */
  async #isUnwanted(job: CrawlJob): Promise<boolean> {
    const { goalId } = job;
    if (!goalId || job.status !== CrawlStatus.QUEUED) return false;
    const [goal] = await this.deps.dataSource.query<{ status: string; reached: boolean }[]>('SELECT g.status, g.leads >= s.target_count AS reached FROM goals g JOIN strategies s ON s.goal_id = g.id AND s.version = g.strategy_version WHERE g.id = $1', [goalId]);
    if (goal?.status !== 'RUNNING') return true;
    if (!goal.reached) return false;
    await this.deps.progress.advance(async (tx) => {
      // Paused or cancelled since we looked, or by another worker that looked, too: ended once.
      if ((await tx.query("SELECT id FROM crawl_jobs WHERE id = $1 AND status = 'QUEUED' FOR UPDATE", [job.id])).length === 0) return;
      await tx.crawlEvent(job.id, CrawlEventType.CANCELLED, 'Not needed: the goal has the leads it asked for.', { set: { status: CrawlStatus.CANCELLED, finishedAt: new Date() } });
      await this.deps.settleGoal(tx, goalId);
    });
    return true;
  }

  async #loop(job: CrawlJob): Promise<void> {
    const ahead = this.#ahead;
    await this.#recall(job);
    if (job.fetched > 0 && !job.sitemapsRead) await this.#readSitemaps(job);
    for (;;) {
      this.signal.throwIfAborted();
      if (ahead.answer === 'stop') return;
      if (this.#limits.isSpent) {
        await this.#settle();
        await this.#finish();
        return;
      }
      const entry = ahead.shift();
      if (entry) {
        // A redirect of another page has led here meanwhile: it is stored as that page, and has its row that says so.
        if (this.#memory.isSettled(entry.pageKey)) continue;
        await this.#visits.begin(entry.id, (answered) => this.#visit(job, entry, answered));
        // Its sitemaps come before all that follows.
        if (entry.depth === 0 && !job.sitemapsRead) {
          if (await this.#take(0)) {
            await ahead.settle();
            await this.#readSitemaps(job);
          }
        } else await this.#take(this.#mayOverlap ? this.#visits.count : 0);
        continue;
      }
      if (!ahead.isIdle || this.#visits.count > 0) {
        await this.#settle();
        continue;
      }
      const answer = ahead.answer;
      if (answer === 'empty' || answer === 'budget') {
        await this.#finish();
        return;
      }
      // Wakes at least every second as what waits may have been moved or stopped.
      if (answer !== null && 'waitMs' in answer) await delay(Math.min(answer.waitMs, 1_000), undefined, { signal: this.signal });
      ahead.take(await this.deps.progress.advance(async (tx) => {
        const held = await Frontier.hold(tx, this.jobId, this.#owner);
        return held === null ? 'stop' : await Frontier.next(tx, held, ahead.ahead());
      }), true);
    }
  }

  /** Whether the next page may be asked for while others are read: not where pages have to keep a distance, and not where they might be too large together. */
  get #mayOverlap(): boolean {
    return this.#ahead.delayMs === 0 && this.#visits.hasRoom && this.#limits.hasRoomFor(this.#visits.count + 1);
  }

  /** Hands on what was read, in its order, and waits while more than `most` pages are still being read. @returns whether the last one of these has content */
  async #take(most: number): Promise<boolean> {
    let isContent = false;
    for (;;) {
      const read = await this.#visits.take(this.#visits.count > most);
      if (read === undefined) return isContent;
      isContent = read?.result.outcome === PageOutcome.OK;
      if (read) await this.#ahead.add(read);
    }
  }

  /** Waits until everything is read and stored. */
  async #settle(): Promise<void> {
    await this.#take(0);
    await this.#ahead.settle();
  }

  /** @param answered to be called when the answer is here @returns null where the URL was put back, to be tried again later */
  async #visit(job: CrawlJob, entry: FrontierEntry, answered: (bytes: number) => void): Promise<ReadEntry | null> {
    const shape = this.#memory.pages.trapOf(entry.url);
    if (shape !== null) return { entry, result: trapped(entry.url, shape), readAt: new Date() };
    const meter = { bytes: 0 };
    let spent = 0;
    const spend = (): void => {
      this.#limits.spend(meter.bytes - spent);
      spent = meter.bytes;
    };
    try {
      const result = await this.#read(job, entry, { meter, onFetched: () => { spend(); answered(meter.bytes); }, storedAs: entry.url });
      return { entry, result: { ...result, bytes: meter.bytes }, readAt: new Date() };
    } catch (error) {
      if (this.signal.aborted) throw error;
      // The time for the site is over in the middle of a page: this one was not read.
      if (this.#limits.signal.aborted) return null;
      return await this.#failed(entry, error, meter.bytes);
    } finally {
      spend();
    }
  }

  /** What is known of the site. After a kill or a pause, the addresses in the frontier count towards traps as they did when they were found. */
  async #recall(job: CrawlJob): Promise<void> {
    await this.#earlier.load(this.deps.dataSource, job);
    if (job.discovered <= 1) return;
    const rows = await this.deps.dataSource.query<{ url: string }[]>('SELECT url FROM frontier_urls WHERE crawl_job_id = $1 ORDER BY id LIMIT 20000', [job.id]);
    for (const { url } of rows) this.#memory.judge(url, job.domain);
    const pages = await this.deps.dataSource.query<StoredRow[]>("SELECT page_key, final_url, title, outcome, fingerprint, canonical, same_as, content_hash FROM pages WHERE crawl_job_id = $1 AND (outcome = 'OK' OR error_code = 'PAGE_DUPLICATE') ORDER BY fetched_at, id LIMIT 20000", [job.id]);
    for (const page of pages) this.#memory.pages.add(knownFromRow(page));
  }

  /** What the site lists itself goes into the frontier behind what its start page links to, once. */
  async #readSitemaps(job: CrawlJob): Promise<void> {
    job.sitemapsRead = true;
    const { domain } = await this.deps.dataSource.getRepository(CrawlJob).findOneByOrFail({ id: job.id });
    const sitemaps = await this.#rules(job.url).then((rules) => rules.sitemaps, (error: unknown) => {
      if (this.signal.aborted || !(error instanceof LeadlineError)) throw error;
      return [];
    });
    const links = job.depth === 0 || sitemaps.length === 0 ? [] : await sitemapLinks({ urls: sitemaps, domain, limit: Math.max(200, 4 * job.maxPages), memory: this.#memory, fetch: (url) => this.#sitemap(url) });
    await this.deps.progress.advance(async (tx) => {
      const held = await tx.query('UPDATE crawl_jobs SET sitemaps_read = true WHERE id = $1 AND lease_owner = $2 RETURNING id', [job.id, this.#owner]);
      if (held.length === 0) throw new LostSite();
      const fresh = await Frontier.add(tx, job.id, links);
      if (fresh.size > 0) await tx.query('UPDATE crawl_jobs SET discovered = discovered + $2 WHERE id = $1', [job.id, fresh.size]);
    });
    this.#memory.remember(links, []);
  }

  /** Null where there is none to be had: a sitemap is a help, never a reason to fail. */
  async #sitemap(url: string): Promise<Buffer | null> {
    const meter = { bytes: 0 };
    try {
      (await this.#rules(url)).assertAllowed(url);
      const { status, body } = await this.deps.fetcher.fetch(url, { ...this.#requests(), accept: 'any', truncate: true, meter, signal: this.#reading });
      return status === 200 ? body : null;
    } catch (error) {
      if (this.signal.aborted || !(error instanceof LeadlineError)) throw error;
      this.deps.logger.debug({ job: this.jobId, url, code: error.code }, 'a sitemap was not read');
      return null;
    } finally {
      this.#limits.spend(meter.bytes);
      await this.#count(meter.bytes);
    }
  }

  /** Bytes that belong to no page of this moment. */
  async #count(bytes: number): Promise<void> {
    if (bytes > 0) await this.deps.dataSource.query('UPDATE crawl_jobs SET bytes = bytes + $2 WHERE id = $1', [this.jobId, bytes]);
  }

  /** The rules of the URL's own origin (RFC 9309: scheme, host and port have one robots.txt each); the first one read is kept with the job. */
  async #policy(job: CrawlJob, url: string): Promise<RobotsPolicy> {
    const policy = await this.#rules(url);
    if (this.#isPolicyKept) return policy;
    this.#isPolicyKept = true;
    const crawlDelayMs = Math.max(this.deps.hostDelayMs, policy.crawlDelayMs);
    await this.deps.dataSource.getRepository(CrawlJob).update(job.id, { policy: { robotsStatus: policy.status, userAgent: this.deps.userAgent, crawlDelayMs, sitemaps: policy.sitemaps, disallowed: policy.disallowed.slice(0, 100) } });
    return policy;
  }

  /**
   * The site was entered over plain http: where its https links lead nowhere, the same address is asked over http,
   * by the rules of that origin. Decided here and not in the fetch, because the robots.txt of the https origin,
   * which is asked first, already fails.
   */
  async #read(job: CrawlJob, entry: FrontierEntry, way: FetchWay): Promise<PageResult> {
    const mayFallBack = job.url.startsWith('http:') && entry.url.startsWith('https:');
    const { host } = new URL(entry.url);
    if (!mayFallBack || !this.#withoutTls.has(host)) {
      try {
        return await this.#fetch(job, entry.url, way);
      } catch (error) {
        if (!mayFallBack || this.signal.aborted || !isTlsMissing(error)) throw error;
      }
    }
    const result = await this.#fetch(job, entry.url.replace(/^https:/, 'http:'), way);
    // Remembered once http has answered: a name that does not exist at all has no scheme to blame.
    this.#withoutTls.add(host);
    return { ...result, url: entry.url };
  }

  async #fetch(job: CrawlJob, url: string, { meter, ...way }: FetchWay): Promise<PageResult> {
    const policy = await this.#policy(job, url);
    policy.assertAllowed(url);
    this.#ahead.delayMs = Math.max(this.deps.hostDelayMs, policy.crawlDelayMs);
    return await this.deps.reader.read(url, { signal: this.#reading, render: job.render, earlier: this.#earlier.of(url, job.render === RenderMode.BROWSER, this.#memory.pages) ?? undefined, ...way, request: { ...this.#requests(), meter } });
  }

  /** A redirect is a request like any other: the rules and the pace of its own host hold, and the budget of the site. */
  #requests(): { onHop: (hop: string) => Promise<void>; turn: (target: string) => Promise<HostTurn>; maxBytes: number } {
    return {
      onHop: async (hop) => (await this.#rules(hop)).assertAllowed(hop),
      turn: async (target) => this.#turn(target, await this.#rules(target)),
      maxBytes: this.#limits.maxBytes,
    };
  }

  /** The rules of a URL's origin. Other callers may wait for the same file: it is not asked for under our signal. */
  async #rules(url: string): Promise<RobotsPolicy> {
    return await this.deps.robots.policyFor(url, this.#reading, (robotsUrl) => this.#turn(robotsUrl, null));
  }

  /** The turn of a host, written down when it is over. @param policy null for robots.txt itself, which no rule forbids */
  async #turn(url: string, policy: RobotsPolicy | null): Promise<HostTurn> {
    const delayMs = Math.max(this.deps.hostDelayMs, policy?.crawlDelayMs ?? 0);
    const { origin } = new URL(url);
    const nowhere = this.#nowhere.get(origin);
    if (nowhere) throw nowhere;
    const askedAt = performance.now();
    const turn = await this.deps.gate.take(url, delayMs, policy ? this.#reading : undefined);
    const [sentAt, waitedMs, startedAt] = [new Date(), performance.now() - askedAt, performance.now()];
    return {
      end: async (sinceAnswerMs, error) => {
        await turn.end(sinceAnswerMs, error);
        const isGone = error instanceof LeadlineError && error.code === 'NETWORK_DNS' && error.retry === 'never';
        if (error === null || (isGone && !this.#nowhere.has(origin))) this.#nowhere.set(origin, isGone ? error : null);
        await this.#ledger.add({ url, rule: policy?.allowed(url).rule ?? null, delayMs, waitedMs, durationMs: performance.now() - startedAt, errorCode: error instanceof LeadlineError ? error.code : error ? 'INTERNAL' : null, sentAt });
      },
    };
  }

  /** Tries again what may pass, stores the outcome of what will not, and lets the runner see what is no page's fault. */
  async #failed(entry: FrontierEntry, error: unknown, bytes: number): Promise<ReadEntry | null> {
    const outcome = outcomeOf(error);
    if (outcome === null || !(error instanceof LeadlineError)) throw error;
    const waitMs = typeof error.retry === 'object' ? error.retry.afterMs : error.retry === 'backoff' ? 1_000 * 2 ** entry.attempts : null;
    if (waitMs !== null && waitMs <= PATIENCE_MS && entry.attempts + 1 < MAX_TRIES) {
      await this.deps.progress.advance((tx) => Frontier.retryLater(tx, entry.id, waitMs));
      await this.#count(bytes);
      return null;
    }
    const { status } = error.details;
    const result = { ...withoutPage(entry.url, { outcome, errorCode: error.code, reason: error.message, status: typeof status === 'number' ? status : null }), bytes };
    return { entry, result, readAt: new Date() };
  }

  /** The frontier is empty or the budget spent: the crawl is over, and the lead stage may begin. */
  async #finish(): Promise<void> {
    await this.deps.progress.advance(async (tx) => {
      const [job] = await tx.query<{ id: string; goal_id: string | null; host: string; fetched: number }>("SELECT id, goal_id, host, fetched FROM crawl_jobs WHERE id = $1 AND lease_owner = $2 AND status = 'RUNNING' FOR UPDATE", [this.jobId, this.#owner]);
      if (!job) throw new LostSite();
      // With the end itself: killed between the two, the crawl would be over and still held.
      await Frontier.release(tx, this.jobId, this.#owner);
      if (job.fetched > 0) {
        await tx.crawlEvent(job.id, CrawlEventType.COMPLETED, `${job.fetched} pages read${this.#limits.reason ? `; ${this.#limits.reason}` : ''}.`, { set: { status: CrawlStatus.COMPLETED, finishedAt: new Date(), leadSettled: job.goal_id === null } });
        if (job.goal_id) tx.afterCommit.push(() => this.deps.jobs.enqueue(JOBS.buildLead, { crawlJobId: job.id }));
        return;
      }
      const [first] = await tx.query<{ error_code: ErrorCode | null; outcome: PageOutcome; reason: string | null }>('SELECT error_code, outcome, reason FROM pages WHERE crawl_job_id = $1 ORDER BY depth, fetched_at LIMIT 1', [job.id]);
      await failSite(tx, job.id, first?.error_code ?? (first ? first.outcome : 'BUDGET_EXCEEDED'), first?.reason ?? this.#limits.reason ?? 'no page could be read within the budget', this.deps.settleGoal);
    });
  }
}

/** Ends a site as failed, once, and tells its goal. The crawl job's row is locked first. */
export async function failSite(tx: ProgressTx, jobId: string, code: string, reason: string, settleGoal: SiteCrawlDeps['settleGoal']): Promise<void> {
  const [job] = await tx.query<{ goal_id: string | null; host: string; url: string }>("SELECT goal_id, host, url FROM crawl_jobs WHERE id = $1 AND status IN ('QUEUED', 'RUNNING') FOR UPDATE", [jobId]);
  if (!job) return;
  await tx.crawlEvent(jobId, CrawlEventType.FAILED, reason, { set: { status: CrawlStatus.FAILED, error: reason, errorCode: code, finishedAt: new Date() } });
  if (!job.goal_id) return;
  await tx.goalEvent(job.goal_id, GoalEventType.SITE_FAILED, `${job.host}: ${reason}`, { url: job.url, add: { sitesFailed: 1 } });
  await settleGoal(tx, job.goal_id);
}

