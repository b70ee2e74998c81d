import { CrawlEventType, GoalEventType, PageOutcome } from '../../entities/enums.js';
import { JOBS, type Jobs } from '../../jobs.js';
import type { Progress, ProgressTx } from '../../progress.js';
import { storableJson, storableText } from '../../storable.js';
import type { EmailService } from '../email/email.service.js';
import { Frontier, LostSite, type FrontierEntry, type NewFrontierUrl } from './frontier.js';
import { contactLikeness, isTrap } from './link-rank.js';
import { pageDocument } from './page-document.js';
import type { PageResult } from './page-reader.js';
import type { PageStore } from './page-store.js';
import { pageKey, registrableDomain } from './url.js';

/** What a site's frontier says comes next. */
export type NextEntry = Awaited<ReturnType<typeof Frontier.next>>;

interface Site { id: string; workspace_id: string; goal_id: string | null; domain: string; depth: number }

/**
 * Stores what came of one URL. The document goes into the page store first (content-addressed, so a crash in
 * between leaves at most an unused file); then page, links, addresses, counters and events commit together.
 */
export class PageCommit {
  constructor(private readonly deps: { progress: Progress; jobs: Jobs; store: PageStore; emails: EmailService }) {}

  /**
   * @returns the next URL to read, reserved in the same transaction: one wait for the disk a page instead of two
   * @throws LostSite when the lease is gone; STORAGE_FULL (retry) when the page store has no space
   */
  async commit(step: { jobId: string; owner: string; entry: FrontierEntry; result: PageResult; shapes: Map<string, number> }): Promise<NextEntry> {
    const { result } = step;
    const documentKey = result.content ? (await this.deps.store.put(pageDocument({ url: result.url, finalUrl: result.finalUrl, status: result.status ?? 200, html: result.content.html, reading: result.content.reading }))).key : null;
    return await this.deps.progress.advance(async (tx) => {
      const [site] = await tx.query<Site>('SELECT id, workspace_id, goal_id, domain, depth FROM crawl_jobs WHERE id = $1 AND lease_owner = $2 FOR UPDATE', [step.jobId, step.owner]);
      if (!site) throw new LostSite();
      await this.#store(tx, site, step.entry, result, documentKey, step.shapes);
      return await Frontier.next(tx, step.jobId, step.owner);
    });
  }

  async #store(tx: ProgressTx, site: Site, entry: FrontierEntry, result: PageResult, documentKey: string | null, shapes: Map<string, number>): Promise<void> {
    const seen = await this.#scope(tx, site, entry, result);
    const page = seen ?? { outcome: result.outcome, errorCode: result.errorCode, reason: result.reason };
    const content = page.outcome === PageOutcome.OK ? result.content : null;
    const [row] = await tx.query<{ id: string }>(`
      INSERT INTO pages (workspace_id, crawl_job_id, page_key, url, final_url, depth, outcome, error_code, reason, status, title, description, language,
        content_type, content_hash, document_key, rendered, facts, fetched_at, duration_ms, search_vector)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, now(), $19,
        setweight(to_tsvector('simple', coalesce($11, '')), 'A') || setweight(to_tsvector('simple', coalesce($12, '')), 'B') || to_tsvector('simple', $20))
      ON CONFLICT (crawl_job_id, page_key) DO NOTHING RETURNING id`,
    [site.workspace_id, site.id, entry.pageKey, result.url, result.finalUrl, entry.depth, page.outcome, page.errorCode, page.reason, result.status,
      stored(content?.reading.title), stored(content?.reading.description), stored(content?.reading.language), stored(result.contentType), content ? result.contentHash : null, content ? documentKey : null,
      result.rendered, storableJson(content?.reading.facts ?? []), Math.round(result.durationMs), storableText((content?.reading.text ?? '').slice(0, 50_000))]);
    await Frontier.done(tx, entry.id);
    if (!row) return;

    const links = content ? linksToFollow(content.reading, entry.depth, site, shapes) : [];
    const discovered = await Frontier.add(tx, site.id, links);
    const found = content ? await this.deps.emails.storeEmails(tx, { workspaceId: site.workspace_id, crawlJobId: site.id, goalId: site.goal_id, domain: site.domain, pageId: row.id, pageUrl: result.finalUrl, contentHash: result.contentHash ?? '', html: content.html, rendered: result.rendered }) : [];
    await this.#tell(tx, site, result, page, discovered, found);
  }

  /**
   * What a redirect means for the site: to a page that is known already, this one is only an alias; to another
   * site, it is out of scope, except that the start page takes the whole crawl with it (a company that moved).
   */
  async #scope(tx: ProgressTx, site: Site, entry: FrontierEntry, result: PageResult): Promise<Pick<PageResult, 'outcome' | 'errorCode' | 'reason'> | null> {
    const finalKey = pageKey(result.finalUrl);
    if (result.outcome !== PageOutcome.OK || finalKey === entry.pageKey) return null;
    if (!isInside(result.finalUrl, site.domain)) {
      const domain = registrableDomain(result.finalUrl) ?? new URL(result.finalUrl).hostname;
      const moved = entry.depth === 0 && await this.#move(tx, site, domain, result.finalUrl);
      if (!moved) return { outcome: PageOutcome.REDIRECTED, errorCode: 'URL_FORBIDDEN', reason: `redirects to another site, ${domain}` };
    }
    const known = await tx.query("SELECT 1 FROM frontier_urls WHERE crawl_job_id = $1 AND page_key = $2 AND state = 'DONE'", [site.id, finalKey]);
    if (known.length > 0) return { outcome: PageOutcome.REDIRECTED, errorCode: null, reason: `the same page as ${result.finalUrl}` };
    await tx.query(`
      INSERT INTO frontier_urls (crawl_job_id, url, page_key, depth, priority, position, state) VALUES ($1, $2, $3, $4, 0, 0, 'DONE')
      ON CONFLICT (crawl_job_id, page_key) DO UPDATE SET state = 'DONE'`, [site.id, result.finalUrl, finalKey, entry.depth]);
    return null;
  }

  async #move(tx: ProgressTx, site: Site, domain: string, url: string): Promise<boolean> {
    if (site.goal_id !== null) {
      const taken = await tx.query('SELECT 1 FROM crawl_jobs WHERE goal_id = $1 AND domain = $2', [site.goal_id, domain]);
      if (taken.length > 0) return false;
    }
    await tx.query('UPDATE crawl_jobs SET domain = $2, host = $3 WHERE id = $1', [site.id, domain, new URL(url).hostname]);
    site.domain = domain;
    return true;
  }

  async #tell(tx: ProgressTx, site: Site, result: PageResult, page: Pick<PageResult, 'outcome' | 'reason'>, discovered: number, found: { id: string; address: string }[]): Promise<void> {
    const isRead = page.outcome === PageOutcome.OK;
    // An alias or a page that is not there is skipped, not failed.
    const isSkipped = ([PageOutcome.REDIRECTED, PageOutcome.NOT_FOUND, PageOutcome.UNSUPPORTED_TYPE, PageOutcome.ROBOTS_DISALLOWED] as PageOutcome[]).includes(page.outcome);
    const message = isRead ? `Read ${result.finalUrl}` : `${result.url}: ${page.reason ?? page.outcome}`;
    await tx.crawlEvent(site.id, isRead ? CrawlEventType.PAGE_CRAWLED : CrawlEventType.PAGE_FAILED, message, {
      url: result.url,
      add: { discovered, bytes: result.bytes, ...(isRead ? { fetched: 1 } : isSkipped ? { skipped: 1 } : { failed: 1 }) },
    });
    for (const email of found) await tx.crawlEvent(site.id, CrawlEventType.EMAIL_FOUND, `Found ${email.address}`, { url: result.finalUrl, emailId: email.id, add: { emails: 1 } });
    if (site.goal_id) {
      await tx.goalEvent(site.goal_id, GoalEventType.PAGE_CRAWLED, message, { url: result.url, add: isRead ? { pages: 1 } : { pagesFailed: 1 } });
      for (const email of found) await tx.goalEvent(site.goal_id, GoalEventType.EMAIL_FOUND, `Found ${email.address}`, { url: result.finalUrl, emailId: email.id, add: { emails: 1 } });
    }
    if (found.length > 0) tx.afterCommit.push(() => this.deps.jobs.enqueue(JOBS.verifyEmail, ...found.map((email) => ({ emailId: email.id }))));
  }
}

const stored = (text: string | null | undefined): string | null => (text == null ? null : storableText(text));

/** The scope of a crawl: one registrable domain, or one path where a host carries many people's sites (`host/path`). */
function isInside(url: string, site: string): boolean {
  if (!site.includes('/')) return (registrableDomain(url) ?? new URL(url).hostname) === site;
  const { host, pathname } = new URL(url);
  return `${host}${pathname}/`.startsWith(`${site}/`);
}

/** Links of a page that lie inside the site, in the order and with the rank they are to be followed. */
function linksToFollow(reading: NonNullable<PageResult['content']>['reading'], depth: number, site: Site, shapes: Map<string, number>): NewFrontierUrl[] {
  if (reading.robots.nofollow) return [];
  const urls = new Map<string, NewFrontierUrl>();
  for (const link of reading.links) {
    // A frame or a refresh is no click: what it shows is part of this page.
    const linkDepth = link.kind === 'frame' || link.kind === 'refresh' ? depth : depth + 1;
    if (link.nofollow || linkDepth > site.depth || !isInside(link.url, site.domain) || isTrap(link.url, shapes)) continue;
    const key = pageKey(link.url);
    const priority = linkDepth === depth ? 1 : contactLikeness(link);
    const known = urls.get(key);
    if (known && known.priority >= priority) continue;
    urls.set(key, { url: link.url, pageKey: key, depth: linkDepth, priority, position: known?.position ?? link.position });
  }
  return [...urls.values()];
}
