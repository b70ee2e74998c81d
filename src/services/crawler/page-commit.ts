import { CrawlEventType, GoalEventType, PageOutcome } from '../../entities/enums.js';
import { JOBS, type Jobs } from '../../jobs.js';
import type { NewCrawlEvent, NewGoalEvent, Progress, ProgressTx } from '../../progress.js';
import type { EmailService } from '../email/email.service.js';
import type { Sighting } from '../email/email-store.js';
import { isDocumentGone } from './document-ledger.js';
import { Frontier, LostSite, type Ahead, type FrontierEntry, type HeldSite, type NewFrontierUrl, type NextEntries } from './frontier.js';
import { storedFingerprint, type Fingerprint } from './fingerprint.js';
import { keptPage, type KeptPage } from './kept-page.js';
import type { KnownPage } from './known-pages.js';
import { contactLikeness } from './link-rank.js';
import { withoutPage, type PageResult } from './page-reader.js';
import { storeRows, type NewPageRow } from './page-rows.js';
import type { PageStore } from './page-store.js';
import { Repeats } from './repeats.js';
import { redactedContent, type Redaction } from './redacted-page.js';
import { sweepTraps } from './trap-sweep.js';
import { isInside, type SiteMemory } from './site-memory.js';
import { pageKey, registrableDomain } from './url.js';

/** `sameAs`: the address that the page is an alias of. */
type Verdict = Pick<PageResult, 'outcome' | 'errorCode' | 'reason'> & { sameAs?: string };
/** What is to be remembered once it is committed. */
interface StoredBatch { links: NewFrontierUrl[]; aliases: string[]; known: KnownPage[]; sweptUpTo: number | null }

/** What came of one URL, waiting to be stored. */
export interface ReadEntry { entry: FrontierEntry; result: PageResult; readAt: Date }
/** An entry on its way into the rows. `content` is null for everything that is not stored as content. */
interface Storing extends ReadEntry { page: Verdict; content: PageResult['content']; documentKey: string | null; print: Fingerprint | null; known: KnownPage | null; id: string | null; discovered: number; fresh: { id: string; address: string }[] }

export interface CommitStep {
  jobId: string;
  owner: string;
  /** In the order they were read. */
  entries: readonly ReadEntry[];
  memory: SiteMemory;
  /** Null to claim nothing more. */
  ahead: Ahead | null;
}

/**
 * Stores what came of some URLs of one site. The documents go into the page store first (content-addressed, so a crash in
 * between leaves at most unused files); then pages, links, addresses, counters and events commit together.
 */
export class PageCommit {
  constructor(private readonly deps: { progress: Progress; jobs: Jobs; store: PageStore; emails: EmailService }) {}

  /**
   * @returns the URLs to read next, reserved in the same transaction: one wait for the disk instead of two
   * @throws LostSite when the lease is gone; STORAGE_FULL (retry) when the page store has no space
   */
  async commit(step: CommitStep): Promise<NextEntries> {
    try {
      return await this.#commitTwice(step);
    } catch (error) {
      const redaction = this.deps.emails.redactionFor(error);
      if (!redaction) throw error;
      // Rolled back, and stored again without the addresses that were erased. The documents that were put down first are
      // referred to by nobody: the ledger's sweep removes them within the hour.
      return await this.#commitTwice({ ...step, entries: step.entries.map((read) => ({ ...read, result: this.#redacted(read.result, redaction) })) });
    }
  }

  #redacted(result: PageResult, redaction: Redaction): PageResult {
    if (result.content === null) return result;
    const { html, reading } = redactedContent(result.content, redaction);
    return { ...result, content: { html, reading, found: this.deps.emails.find(html, result.finalUrl) } };
  }

  async #commitTwice(step: CommitStep): Promise<NextEntries> {
    const kept = step.entries.map(({ result }) => (result.content === null ? null
      : result.content.kept ?? keptPage({ url: result.url, finalUrl: result.finalUrl, status: result.status ?? 200 }, result.content)));
    try {
      return await this.#commit(step, kept);
    } catch (error) {
      // One lay there, unneeded, and was swept between our look and our commit: stored once more.
      if (!isDocumentGone(error)) throw error;
      return await this.#commit(step, kept);
    }
  }

  async #commit(step: CommitStep, kept: readonly (KeptPage | null)[]): Promise<NextEntries> {
    await this.deps.store.putAll(kept.flatMap((page) => page?.document ?? []));
    let stored: StoredBatch = { links: [], aliases: [], known: [], sweptUpTo: null };
    const next = await this.deps.progress.advance(async (tx) => {
      const site = await Frontier.hold(tx, step.jobId, step.owner);
      if (site === null) throw new LostSite();
      const storing = step.entries.map((read, place): Storing => ({ ...read, page: read.result, content: null, documentKey: kept[place]?.document.key ?? null, print: kept[place]?.print ?? null, known: null, id: null, discovered: 0, fresh: [] }));
      stored = await this.#store(tx, site, storing, step.memory);
      return step.ahead === null ? 'stop' : await Frontier.next(tx, site, step.ahead);
    });
    step.memory.remember(stored.links, stored.aliases);
    for (const page of stored.known) step.memory.pages.add(page);
    if (stored.sweptUpTo !== null) step.memory.pages.sweptUpTo(stored.sweptUpTo);
    return next;
  }

  async #store(tx: ProgressTx, site: HeldSite, read: readonly Storing[], memory: SiteMemory): Promise<StoredBatch> {
    const settled = new Set<string>();
    const overtaken: FrontierEntry[] = [];
    const repeats = new Repeats(tx, site, memory.pages);
    for (const one of read) {
      one.page = await this.#scope(tx, site, one, settled, overtaken) ?? one.result;
      if (one.page.outcome === PageOutcome.OK) await this.#keep(one, repeats);
      else one.known = one.result.repetition ?? null;
      // One that failed has no content: who comes there by a redirect may still bring it.
      if (one.page.outcome === PageOutcome.OK || one.page.outcome === PageOutcome.REDIRECTED) settled.add(one.entry.pageKey);
    }
    const own = new Set(read.map(({ entry }) => entry.pageKey));
    const isSweeping = memory.pages.isToSweep;
    const swept = isSweeping ? await sweepTraps(tx, site.id, memory.pages) : [];
    const unread = overtaken.filter(({ pageKey: key }) => !own.has(key)).map((entry) => rowWithoutPage(entry, aliasOf(entry)));
    const storing = [...read, ...unread];
    // Before it is known which of them are new: a page that was stored by a worker that lost the site meanwhile has brought its links then.
    const links = newLinks(storing, site, memory);
    // Those of this batch are done with it, whatever links to them.
    const unknown = links.filter(({ link }) => !own.has(link.pageKey) && !settled.has(link.pageKey));
    const { ids, fresh } = await storeRows(tx, site, storing.map(rowOf), storing.map(({ entry }) => entry.id), unknown.map(({ link, from }) => ({ ...link, broughtBy: from.entry.pageKey })));
    for (const one of storing) one.id = ids.get(one.entry.pageKey) ?? null;
    // A page that was stored before has told everything already.
    const stored = storing.filter((one) => one.id !== null);
    for (const { link, from } of unknown) if (fresh.has(link.pageKey)) from.discovered += 1;
    await forgetVersions(tx, stored);
    const sightings = stored.flatMap(({ id, content, result }): Sighting[] => (id === null || content === null ? [] : [{ pageId: id, pageUrl: result.finalUrl, contentHash: result.contentHash ?? '', rendered: result.rendered, found: content.found }]));
    const addresses = await this.deps.emails.storeEmails(tx, { workspaceId: site.workspaceId, crawlJobId: site.id, goalId: site.goalId, domain: site.domain }, sightings);
    for (const one of stored) one.fresh = addresses.get(one.id ?? '') ?? [];
    await this.#tell(tx, site, stored, swept);
    const known = stored.flatMap((one) => one.known ?? []);
    return { links: links.map(({ link }) => link), aliases: [...settled].filter((key) => !own.has(key)), known, sweptUpTo: isSweeping ? memory.pages.closed : null };
  }

  /** Content, unless it only repeats a page that is kept: then its links count, and nothing else. */
  async #keep(one: Storing, repeats: Repeats): Promise<void> {
    const { content } = one.result;
    if (content === null) return;
    const { known, repeats: why } = await repeats.judge({ pageKey: one.entry.pageKey, finalUrl: one.result.finalUrl, reading: content.reading, addresses: content.found.map(({ address }) => address), print: one.print, contentHash: one.result.contentHash });
    one.known = known;
    if (why === null) one.content = content;
    else {
      one.page = { outcome: PageOutcome.REDIRECTED, errorCode: 'PAGE_DUPLICATE', reason: why };
      one.result = { ...one.result, passedThrough: content.reading };
    }
  }

  /**
   * What a redirect means for the site: to a page that is known already, this one is only an alias; to another
   * site, it is out of scope, except that the start page takes the whole crawl with it (a company that moved).
   */
  async #scope(tx: ProgressTx, site: HeldSite, { entry, result }: ReadEntry, settled: Set<string>, overtaken: FrontierEntry[]): Promise<Verdict | null> {
    const finalKey = pageKey(result.finalUrl);
    // Another page of this batch came here by a redirect, and is stored.
    if (settled.has(entry.pageKey) && result.outcome === PageOutcome.OK) return { outcome: PageOutcome.REDIRECTED, errorCode: null, reason: `the same page as ${result.finalUrl}`, sameAs: result.finalUrl };
    if (result.outcome !== PageOutcome.OK || finalKey === entry.pageKey) return null;
    if (!isInside(result.finalUrl, site.domain)) {
      const domain = registrableDomain(result.finalUrl) ?? new URL(result.finalUrl).hostname;
      const moved = entry.depth === 0 && await this.#move(tx, site, domain, result.finalUrl);
      if (!moved) return { outcome: PageOutcome.REDIRECTED, errorCode: 'URL_FORBIDDEN', reason: `redirects to another site, ${domain}` };
    }
    const known = await tx.query(`
      SELECT 1 FROM frontier_urls f LEFT JOIN pages p ON p.crawl_job_id = f.crawl_job_id AND p.page_key = f.page_key
      WHERE f.crawl_job_id = $1 AND f.page_key = $2 AND f.state = 'DONE' AND coalesce(p.outcome, 'OK') IN ('OK', 'REDIRECTED')`, [site.id, finalKey]);
    if (known.length > 0 || settled.has(finalKey)) return { outcome: PageOutcome.REDIRECTED, errorCode: null, reason: `the same page as ${result.finalUrl}`, sameAs: result.finalUrl };
    const [target] = await tx.query<{ id: string; url: string; depth: number; attempts: number; reserved: boolean }>(`
      INSERT INTO frontier_urls (crawl_job_id, url, page_key, depth, priority, position, state) VALUES ($1, $2, $3, $4, 0, 0, 'DONE')
      ON CONFLICT (crawl_job_id, page_key) DO UPDATE SET state = 'DONE' RETURNING id, url, depth, attempts, reserved`, [site.id, result.finalUrl, finalKey, entry.depth]);
    // Claimed ahead, or tried in vain before: it will not be asked for again, and nobody else says what became of it.
    if (target?.reserved) overtaken.push({ ...target, pageKey: finalKey });
    settled.add(finalKey);
    return null;
  }

  async #move(tx: ProgressTx, site: HeldSite, domain: string, url: string): Promise<boolean> {
    if (site.goalId !== null) {
      const taken = await tx.query('SELECT 1 FROM crawl_jobs WHERE goal_id = $1 AND domain = $2', [site.goalId, domain]);
      if (taken.length > 0) return false;
    }
    await tx.query('UPDATE crawl_jobs SET domain = $2, host = $3 WHERE id = $1', [site.id, domain, new URL(url).hostname]);
    site.domain = domain;
    return true;
  }

  async #tell(tx: ProgressTx, site: HeldSite, stored: readonly Storing[], swept: readonly NewCrawlEvent[]): Promise<void> {
    if (stored.length === 0 && swept.length === 0) return;
    const crawl: NewCrawlEvent[] = [...swept];
    const goal: NewGoalEvent[] = [];
    for (const { result, page, discovered, fresh } of stored) {
      const isRead = page.outcome === PageOutcome.OK;
      const message = isRead ? `Read ${result.finalUrl}` : `${result.url}: ${page.reason ?? page.outcome}`;
      crawl.push({ type: isRead ? CrawlEventType.PAGE_CRAWLED : CrawlEventType.PAGE_FAILED, message, url: result.url, add: { discovered, bytes: result.bytes, ...(isRead ? { fetched: 1 } : isSkipped(page) ? { skipped: 1 } : { failed: 1 }) } });
      // Nobody asked for it: to the goal it is no page, read or not.
      if (page.errorCode !== 'URL_TRAP') goal.push({ type: GoalEventType.PAGE_CRAWLED, message, url: result.url, add: isRead ? { pages: 1 } : isSkipped(page) ? {} : { pagesFailed: 1 } });
      for (const email of fresh) {
        const told = { message: `Found ${email.address}`, url: result.finalUrl, emailId: email.id, add: { emails: 1 } };
        crawl.push({ type: CrawlEventType.EMAIL_FOUND, ...told });
        goal.push({ type: GoalEventType.EMAIL_FOUND, ...told });
      }
    }
    await tx.heldCrawlEvents(site, crawl);
    if (site.goalId && goal.length > 0) await tx.goalEvents(site.goalId, goal);
    const found = stored.flatMap(({ fresh }) => fresh);
    if (found.length > 0) tx.afterCommit.push(() => this.deps.jobs.enqueue(JOBS.verifyEmail, ...found.map((email) => ({ emailId: email.id }))));
  }
}

/** A repetition whose links led further is read in full the next time, too: nothing of it is kept but its version, which would keep its links away. */
async function forgetVersions(tx: ProgressTx, stored: readonly Storing[]): Promise<void> {
  const leading = stored.flatMap(({ id, page, discovered }) => (page.errorCode === 'PAGE_DUPLICATE' && discovered > 0 ? [id] : []));
  if (leading.length > 0) await tx.query('UPDATE pages SET etag = NULL, last_modified = NULL WHERE id = ANY($1::uuid[])', [leading]);
}

const SKIPPED: ReadonlySet<PageOutcome> = new Set([PageOutcome.REDIRECTED, PageOutcome.NOT_FOUND, PageOutcome.UNSUPPORTED_TYPE, PageOutcome.ROBOTS_DISALLOWED]);

/** An alias, a repetition or a page that is not there is skipped, not failed; redirects that lead nowhere are a fault of the site. */
const isSkipped = (page: Verdict): boolean => SKIPPED.has(page.outcome) && page.errorCode !== 'HTTP_ERROR';

/** What is said of a URL that counted against the budget and was then reached by the redirect of another one. */
const aliasOf = (entry: FrontierEntry): PageResult => withoutPage(entry.url, { outcome: PageOutcome.REDIRECTED, errorCode: null, reason: 'another page of the site redirects here, and is stored as this one' });

function rowWithoutPage(entry: FrontierEntry, result: PageResult): Storing {
  return { entry, result, readAt: new Date(), page: result, content: null, documentKey: null, print: null, known: null, id: null, discovered: 0, fresh: [] };
}

function rowOf({ entry, result, page, content, documentKey, known, readAt }: Storing): NewPageRow {
  const reading = content?.reading;
  return {
    page_key: entry.pageKey, url: result.url, final_url: result.finalUrl, depth: entry.depth, outcome: page.outcome, error_code: page.errorCode, reason: page.reason, blocked_kind: result.blockedKind,
    etag: result.version?.etag ?? null, last_modified: result.version?.lastModified ?? null, status: result.status, title: reading?.title ?? null, description: reading?.description ?? null,
    language: reading?.language ?? null, content_type: result.contentType, content_hash: content ? result.contentHash : null, document_key: content ? documentKey : null, rendered: result.rendered,
    facts: reading?.facts ?? [], fetched_at: readAt, duration_ms: Math.round(result.durationMs), searched: (reading?.text ?? '').slice(0, 50_000),
    fingerprint: known?.print ? storedFingerprint(known.print) : null, canonical: known?.canonical ?? null, same_as: known?.sameAs ?? page.sameAs ?? null,
  };
}

/** Links of these pages that the frontier does not know yet, each once, with the page that brought it first. */
function newLinks(pages: readonly Storing[], site: HeldSite, memory: SiteMemory): { link: NewFrontierUrl; from: Storing }[] {
  const links = new Map<string, { link: NewFrontierUrl; from: Storing }>();
  for (const from of pages) {
    // A menu is the same on all of these pages: what the first one brought is not weighed again.
    const isBrought = (key: string, depth: number): boolean => {
      const known = links.get(key);
      if (known !== undefined) known.link.depth = Math.min(known.link.depth, depth);
      return known !== undefined;
    };
    for (const link of linksToFollow(from, site, memory, isBrought)) links.set(link.pageKey, { link, from });
  }
  return [...links.values()];
}

/** New links of a page that lie inside the site, in the order and with the rank they are to be followed. */
function linksToFollow({ content, result, entry }: Storing, site: HeldSite, memory: SiteMemory, isBrought: (key: string, depth: number) => boolean): NewFrontierUrl[] {
  const reading = content?.reading ?? result.passedThrough;
  if (reading === undefined || reading.robots.nofollow) return [];
  const urls = new Map<string, NewFrontierUrl>();
  for (const link of reading.links) {
    // A frame or a refresh is no click: what it shows is part of this page.
    const depth = link.kind === 'frame' || link.kind === 'refresh' ? entry.depth : entry.depth + 1;
    if (link.nofollow || depth > site.depth) continue;
    const { key, wanted } = memory.judge(link.url, site.domain);
    if (!wanted || memory.isKnown(key, depth) || isBrought(key, depth)) continue;
    const priority = depth === entry.depth ? 1 : contactLikeness(link);
    if (memory.pages.trapOf(link.url, priority) !== null) continue;
    const known = urls.get(key);
    if (known && known.priority >= priority) continue;
    urls.set(key, { url: link.url, pageKey: key, depth, priority, position: known?.position ?? link.position });
  }
  return [...urls.values()];
}
