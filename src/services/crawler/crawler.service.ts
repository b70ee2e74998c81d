import { In } from 'typeorm';
import { requireMember, requireReader, type Actor } from '../../actor.js';
import { CrawlJob } from '../../entities/crawl-job.js';
import { CrawlRequest } from '../../entities/crawl-request.js';
import { CrawlEventType, CrawlStatus, PageOutcome, RenderMode } from '../../entities/enums.js';
import { Page } from '../../entities/page.js';
import type { UrlVerdict } from '../../entities/url-verdict.js';
import { LeadlineError } from '../../errors.js';
import type { EventStream } from '../../event-stream.js';
import { JOBS } from '../../jobs.js';
import { isUuid, paginate, type PageOf, type PageRequest } from '../../pagination.js';
import type { CrawlEventRow, ProgressTx } from '../../progress.js';
import type { DocumentLedger } from './document-ledger.js';
import type { AddressGuard } from './guard.js';
import { pageDocument, readPageDocument } from './page-document.js';
import type { PageStore } from './page-store.js';
import type { RobotsPolicy } from './robots.js';
import { BYTE_RANGE, defaultMaxBytes, defaultMaxSeconds, SECOND_RANGE } from './crawl-limits.js';
import { failSite, SiteCrawl, type SiteCrawlDeps } from './site-crawl.js';
import { normalizeUrl, registrableDomain } from './url.js';

export interface StartCrawl { url: string; depth?: number | null; maxPages?: number | null; maxBytes?: number | null; maxSeconds?: number | null; render?: RenderMode | null }
export interface StoredContent { text: string; xml: string; links: string[]; metadata: unknown }

export interface CrawlerDeps extends SiteCrawlDeps { guard: AddressGuard; store: PageStore; ledger: DocumentLedger }

/** Crawls of single sites: start, steer, watch, read what was stored. */
export class CrawlerService {
  constructor(private readonly deps: CrawlerDeps) {}

  /** @throws URL_INVALID, URL_FORBIDDEN, BAD_USER_INPUT (depth 0 to 2, maxPages 1 to 10,000, maxBytes 10,000 to 2,000,000,000, maxSeconds 1 to 604,800) */
  async startCrawl(actor: Actor, input: StartCrawl): Promise<CrawlJob> {
    requireMember(actor);
    const { depth, maxPages, render } = { depth: input.depth ?? 2, maxPages: input.maxPages ?? 50, render: input.render ?? RenderMode.AUTO };
    const { maxBytes, maxSeconds } = { maxBytes: input.maxBytes ?? defaultMaxBytes(maxPages), maxSeconds: input.maxSeconds ?? defaultMaxSeconds(maxPages) };
    const outside = (value: number, [min, max]: readonly [number, number]): boolean => value < min || value > max;
    const fields = [...(outside(maxBytes, BYTE_RANGE) ? ['maxBytes'] : []), ...(outside(maxSeconds, SECOND_RANGE) ? ['maxSeconds'] : []), ...(depth < 0 || depth > 2 ? ['depth'] : []), ...(maxPages < 1 || maxPages > 10_000 ? ['maxPages'] : [])];
    if (fields.length > 0) throw new LeadlineError('BAD_USER_INPUT', 'depth is 0 to 2, maxPages 1 to 10,000, maxBytes 10,000 to 2,000,000,000, maxSeconds 1 to 604,800.', { details: { fields } });
    const url = this.#normal(input.url);
    const jobs = this.deps.dataSource.getRepository(CrawlJob);
    const { hostname } = new URL(url);
    const job = await jobs.save(jobs.create({ workspaceId: actor.workspaceId, goalId: null, url, host: hostname, domain: registrableDomain(url) ?? hostname, depth, maxPages, maxBytes, maxSeconds, render, status: CrawlStatus.QUEUED, policy: null }));
    await this.deps.jobs.enqueue(JOBS.crawlSite, { crawlJobId: job.id });
    return await this.crawlJob(actor, job.id);
  }

  /** Opens crawl jobs for the sites of a goal, one per registrable domain. @returns ids of the new ones */
  async openSites(tx: ProgressTx, goal: { id: string; workspaceId: string }, sites: { url: string; domain: string }[], maxPages: number): Promise<string[]> {
    const ids: string[] = [];
    for (const site of sites) {
      const [row] = await tx.query<{ id: string }>(`
        INSERT INTO crawl_jobs (workspace_id, goal_id, url, host, domain, depth, max_pages, render, status) VALUES ($1, $2, $3, $4, $5, 2, $6, $7, $8)
        ON CONFLICT (goal_id, domain) DO NOTHING RETURNING id`,
      [goal.workspaceId, goal.id, site.url, new URL(site.url).hostname, site.domain, maxPages, RenderMode.AUTO, CrawlStatus.QUEUED]);
      if (row) ids.push(row.id);
    }
    return ids;
  }

  /** Job function: crawls one site to its end. */
  async crawlWebsite(crawlJobId: string, signal: AbortSignal): Promise<void> {
    do await new SiteCrawl(this.deps, crawlJobId, signal).run();
    while (await this.#isWantedAgain(crawlJobId));
  }

  /** Stopped and resumed before the run had ended: the queue takes no job with the id of one that is still running, so it would wait for the reconciler. */
  async #isWantedAgain(crawlJobId: string): Promise<boolean> {
    const wanted = await this.deps.dataSource.query<unknown[]>("SELECT 1 FROM crawl_jobs j LEFT JOIN goals g ON g.id = j.goal_id WHERE j.id = $1 AND j.status = 'QUEUED' AND (g.id IS NULL OR g.status = 'RUNNING')", [crawlJobId]);
    return wanted.length > 0;
  }

  /** The runner gave the site up: it ends as failed with the reason, never silently. */
  async giveUp(crawlJobId: string, error: unknown): Promise<void> {
    const [code, reason] = error instanceof LeadlineError ? [error.code, error.message] : ['INTERNAL', 'Something went wrong on our side while reading this site.'] as const;
    await this.deps.progress.advance((tx) => failSite(tx, crawlJobId, code, reason, this.deps.settleGoal));
  }

  async crawlJob(actor: Actor, id: string): Promise<CrawlJob> {
    requireReader(actor);
    const job = isUuid(id) ? await this.deps.dataSource.getRepository(CrawlJob).findOneBy({ id, workspaceId: actor.workspaceId }) : null;
    if (!job) throw new LeadlineError('NOT_FOUND', 'There is no such crawl job.');
    return job;
  }

  async crawlJobs(actor: Actor, page: PageRequest, filter: { status?: CrawlStatus[] | null; goalId?: string }): Promise<PageOf<CrawlJob>> {
    requireReader(actor);
    const query = this.deps.dataSource.getRepository(CrawlJob).createQueryBuilder('row').where('row.workspaceId = :workspaceId', { workspaceId: actor.workspaceId });
    if (filter.goalId) query.andWhere('row.goalId = :goalId', { goalId: filter.goalId });
    if (filter.status?.length) query.andWhere('row.status IN (:...status)', { status: filter.status });
    return await paginate(query, page, { expression: 'row.created_at', type: 'timestamptz', direction: 'DESC' });
  }

  async pauseCrawl(actor: Actor, id: string): Promise<CrawlJob> {
    return await this.#turn(actor, id, [CrawlStatus.QUEUED, CrawlStatus.RUNNING], CrawlStatus.PAUSED, CrawlEventType.PAUSED, 'Paused.');
  }

  async resumeCrawl(actor: Actor, id: string): Promise<CrawlJob> {
    return await this.#turn(actor, id, [CrawlStatus.PAUSED], CrawlStatus.QUEUED, CrawlEventType.RESUMED, 'Going on.');
  }

  async cancelCrawl(actor: Actor, id: string): Promise<CrawlJob> {
    return await this.#turn(actor, id, [CrawlStatus.QUEUED, CrawlStatus.RUNNING, CrawlStatus.PAUSED], CrawlStatus.CANCELLED, CrawlEventType.CANCELLED, 'Cancelled.');
  }

  /** Tries again what failed or was cancelled, page by page; what was read stays, and what only repeated it. */
  async retryCrawl(actor: Actor, id: string): Promise<CrawlJob> {
    requireMember(actor);
    await this.crawlJob(actor, id);
    await this.deps.progress.advance(async (tx) => {
      const [row] = await tx.query<{ goal_id: string | null; status: CrawlStatus; failed: number }>("SELECT goal_id, status, failed FROM crawl_jobs WHERE id = $1 AND status IN ('FAILED', 'CANCELLED') FOR UPDATE", [id]);
      if (!row) throw new LeadlineError('BAD_USER_INPUT', 'Only a failed or cancelled crawl can be tried again.', { details: { fields: ['id'] } });
      await requireRunningGoal(tx, row.goal_id);
      // An alias has no code: its page is stored under another address, and would be asked for and stored a second time.
      const again = await tx.query<{ page_key: string }>("DELETE FROM pages WHERE crawl_job_id = $1 AND outcome <> 'OK' AND NOT (outcome = 'REDIRECTED' AND coalesce(error_code, 'PAGE_DUPLICATE') = 'PAGE_DUPLICATE') RETURNING page_key", [id]);
      // Reservations stay with their URLs: trying a page again does not cost the budget twice.
      await tx.query("UPDATE frontier_urls SET state = 'QUEUED', attempts = 0, not_before = NULL WHERE crawl_job_id = $1 AND page_key = ANY($2)", [id, again.map((row) => row.page_key)]);
      // Addresses of closed shapes without a page of their own stay skipped, like the repetitions.
      await tx.query(`
        UPDATE crawl_jobs SET failed = 0, deadline_at = NULL, idle_since = NULL, skipped = (SELECT count(*) FROM pages p WHERE p.crawl_job_id = $1 AND p.outcome <> 'OK')
          + (SELECT count(*) FROM frontier_urls f WHERE f.crawl_job_id = $1 AND f.state = 'DONE' AND f.error_code = 'URL_TRAP') WHERE id = $1`, [id]);
      await tx.crawlEvent(id, CrawlEventType.RESUMED, 'Trying again.', { set: { status: CrawlStatus.QUEUED, error: null, errorCode: null, finishedAt: null } });
      if (row.goal_id) await tx.query('UPDATE goals SET sites_failed = sites_failed - $2, pages_failed = greatest(0, pages_failed - $3) WHERE id = $1', [row.goal_id, row.status === CrawlStatus.FAILED ? 1 : 0, row.failed]);
    });
    await this.deps.jobs.enqueue(JOBS.crawlSite, { crawlJobId: id });
    return await this.crawlJob(actor, id);
  }

  async watch(actor: Actor, id: string, after: number | null | undefined): Promise<EventStream<CrawlEventRow>> {
    const { lastSeq } = await this.crawlJob(actor, id);
    if (after != null && (after < 0 || after > lastSeq)) throw new LeadlineError('BAD_USER_INPUT', `after must be the seq of an event, 0 to ${lastSeq} at this moment.`, { details: { fields: ['after'] } });
    return this.deps.progress.watchCrawl(id, after);
  }

  async page(actor: Actor, id: string): Promise<Page> {
    requireReader(actor);
    const page = isUuid(id) ? await this.deps.dataSource.getRepository(Page).findOneBy({ id, workspaceId: actor.workspaceId }) : null;
    if (!page) throw new LeadlineError('NOT_FOUND', 'There is no such page.');
    return page;
  }

  async pages(actor: Actor, crawlJobId: string, page: PageRequest): Promise<PageOf<Page>> {
    requireReader(actor);
    const query = this.deps.dataSource.getRepository(Page).createQueryBuilder('row').where('row.workspaceId = :workspaceId AND row.crawlJobId = :crawlJobId', { workspaceId: actor.workspaceId, crawlJobId });
    return await paginate(query, page, { expression: 'row.fetched_at', type: 'timestamptz', direction: 'ASC' });
  }

  /** The ledger of a crawl: its requests in the order they were sent. */
  async requests(actor: Actor, crawlJobId: string, page: PageRequest): Promise<PageOf<CrawlRequest>> {
    await this.crawlJob(actor, crawlJobId);
    const query = this.deps.dataSource.getRepository(CrawlRequest).createQueryBuilder('row').where('row.crawlJobId = :crawlJobId', { crawlJobId });
    return await paginate(query, page, { expression: 'row.sent_at', type: 'timestamptz', direction: 'ASC' });
  }

  async pagesByIds(workspaceId: string, ids: readonly string[]): Promise<Map<string, Page>> {
    const pages = await this.deps.dataSource.getRepository(Page).findBy({ id: In([...ids]), workspaceId });
    return new Map(pages.map((page) => [page.id, page]));
  }

  async jobsByIds(workspaceId: string, ids: readonly string[]): Promise<Map<string, CrawlJob>> {
    const jobs = await this.deps.dataSource.getRepository(CrawlJob).findBy({ id: In([...ids]), workspaceId });
    return new Map(jobs.map((job) => [job.id, job]));
  }

  /** The stored document of a page; null when it had no content. */
  async storedContent(page: Page): Promise<StoredContent | null> {
    if (page.unstored !== undefined) return contentOf(page.unstored);
    if (page.documentKey === null) return null;
    return contentOf(await this.deps.store.get(page.documentKey));
  }

  /** The visible text of a stored document. */
  async storedText(documentKey: string): Promise<string> {
    return readPageDocument(await this.deps.store.get(documentKey)).text;
  }

  /** Says whether a URL may be crawled and why not. */
  validateUrl(actor: Actor, url: string): UrlVerdict {
    requireReader(actor);
    return this.deps.guard.verdict(url);
  }

  /** Fetches one page now, by the same rules as a crawl, and stores nothing. */
  async extractContent(actor: Actor, rawUrl: string): Promise<Page> {
    requireMember(actor);
    const url = this.#normal(rawUrl);
    const signal = AbortSignal.timeout(60_000);
    const { robots, gate, hostDelayMs } = this.deps;
    const rules = (target: string): Promise<RobotsPolicy> => robots.policyFor(target, signal, (robotsUrl) => gate.take(robotsUrl, hostDelayMs));
    (await rules(url)).assertAllowed(url);
    const result = await this.deps.reader.read(url, {
      signal, render: RenderMode.AUTO,
      request: { onHop: async (hop) => (await rules(hop)).assertAllowed(hop), turn: async (target) => gate.take(target, Math.max(hostDelayMs, (await rules(target)).crawlDelayMs), signal) },
    });
    if (result.errorCode) throw new LeadlineError(result.errorCode, `${url}: ${result.reason ?? result.outcome}`, { details: { kind: result.blockedKind } });
    const { content } = result;
    const page = this.deps.dataSource.getRepository(Page).create({
      id: crypto.randomUUID(), workspaceId: actor.workspaceId, url, finalUrl: result.finalUrl, depth: 0, outcome: content ? PageOutcome.OK : result.outcome, blockedKind: result.blockedKind, status: result.status,
      title: content?.reading.title ?? null, description: content?.reading.description ?? null, language: content?.reading.language ?? null, contentType: result.contentType,
      contentHash: result.contentHash, documentKey: null, rendered: result.rendered, facts: content?.reading.facts ?? [], fetchedAt: new Date(), durationMs: Math.round(result.durationMs),
    });
    // Afterwards: create() takes columns only.
    if (content) page.unstored = pageDocument({ url, finalUrl: result.finalUrl, status: result.status ?? 200, html: content.html, reading: content.reading });
    return page;
  }

  /** Job function: removes from the page store what no page needs any more. */
  async sweepDocuments(signal: AbortSignal): Promise<void> {
    await this.deps.ledger.tidy(this.deps.store, signal);
  }

  /** For a process that knows it is alone: the leases of killed workers end at once. */
  async forgetLeases(): Promise<void> {
    await this.deps.dataSource.query('UPDATE crawl_jobs SET lease_until = now() WHERE lease_owner IS NOT NULL');
  }

  #normal(url: string): string {
    const verdict = this.deps.guard.verdict(url);
    const normal = verdict.valid ? normalizeUrl(url) : null;
    if (normal === null) throw new LeadlineError(verdict.code === 'URL_FORBIDDEN' ? 'URL_FORBIDDEN' : 'URL_INVALID', verdict.reason ?? 'This is not an absolute http(s) URL.', { details: { reason: verdict.reason } });
    return normal;
  }

  async #turn(actor: Actor, id: string, from: CrawlStatus[], to: CrawlStatus, event: CrawlEventType, message: string): Promise<CrawlJob> {
    requireMember(actor);
    const job = await this.crawlJob(actor, id);
    if (job.status === to) return job;
    await this.deps.progress.advance(async (tx) => {
      const [now] = await tx.query<{ goal_id: string | null; status: CrawlStatus }>('SELECT goal_id, status FROM crawl_jobs WHERE id = $1 FOR UPDATE', [id]);
      if (now?.status === to) return;
      if (!now || !from.includes(now.status)) throw new LeadlineError('BAD_USER_INPUT', `A crawl that is ${(now ?? job).status.toLowerCase()} cannot become ${to.toLowerCase()}.`, { details: { fields: ['id'] } });
      if (to === CrawlStatus.QUEUED) await requireRunningGoal(tx, now.goal_id);
      await tx.crawlEvent(id, event, message, { set: { status: to, ...(to === CrawlStatus.CANCELLED ? { finishedAt: new Date() } : {}) } });
      if (to === CrawlStatus.QUEUED) tx.afterCommit.push(() => this.deps.jobs.enqueue(JOBS.crawlSite, { crawlJobId: id }));
      if (to === CrawlStatus.CANCELLED && now.goal_id) await this.deps.settleGoal(tx, now.goal_id);
    });
    return await this.crawlJob(actor, id);
  }
}

/** The goal stays as it is until the end of the transaction: one that ended meanwhile would leave a crawl waiting that nobody reads. The caller has locked the crawl job. */
async function requireRunningGoal(tx: ProgressTx, goalId: string | null): Promise<void> {
  if (goalId === null) return;
  const [goal] = await tx.query<{ status: string }>('SELECT status FROM goals WHERE id = $1 FOR UPDATE', [goalId]);
  if (goal?.status !== 'RUNNING') throw new LeadlineError('BAD_USER_INPUT', 'Its goal is not running: run or resume the goal first.', { details: { fields: ['id'] } });
}

function contentOf(xml: string): StoredContent {
  const { text, mainText, links, metadata } = readPageDocument(xml);
  return { text, xml, links: links.map((link) => typeof link === 'string' ? link : link.url), metadata: { ...metadata, mainText } };
}
