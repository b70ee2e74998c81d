import type { DataSource } from 'typeorm';
import { type CrawlJob } from '../../entities/crawl-job.js';
import type { EmailKind, EmailStatus } from '../../entities/enums.js';
import type { IndustryMatch } from '../../entities/search-values.js';
import { groupBy } from '../../collections.js';
import { LeadlineError } from '../../errors.js';
import type { PageFact } from '../crawler/page-reading.js';
import type { BuildEmail, BuildGoal, BuildInput, BuildPage } from './lead-draft.js';

/** Pages that go into one lead at most, nearest to the start first: what a company says of itself is not deep. */
const MAX_PAGES = 60;
/** How long the lead stage waits before it looks again for verdicts that are still missing. */
const VERDICT_WAIT_MS = 400;

/** Reads what one crawl has stored into the input of `buildLead` and `scoreLead`. */
export class LeadSource {
  /**
   * @param textOf visible text of a stored page
   * @param termsOf what a trade is called in a language (ISO 639-1), empty when unknown
   */
  constructor(private readonly dataSource: DataSource, private readonly textOf: (documentKey: string) => Promise<string>, private readonly termsOf: (industry: IndustryMatch, language: string) => string[]) {}

  /** @throws LeadlineError with a retry while e-mails of the site wait for their verdict */
  async read(job: CrawlJob): Promise<BuildInput> {
    const emails = await this.#emails(job.id);
    const pages = await this.#pages(job.id);
    return { domain: job.domain, startUrl: job.url, pages, emails, goal: await this.#goal(job.goalId, languagesOf(pages)) };
  }

  async #pages(jobId: string): Promise<BuildPage[]> {
    const rows = await this.dataSource.query<{ id: string; final_url: string; depth: number; title: string | null; description: string | null; language: string | null; content_hash: string; fetched_at: Date; facts: PageFact[]; document_key: string }[]>(`
      SELECT id, final_url, depth, title, description, language, content_hash, fetched_at, facts, document_key FROM pages
      WHERE crawl_job_id = $1 AND outcome = 'OK' ORDER BY depth, fetched_at, id LIMIT ${MAX_PAGES}`, [jobId]);
    return await Promise.all(rows.map(async (row) => ({
      id: row.id, url: row.final_url, depth: row.depth, title: row.title, description: row.description, language: row.language, contentHash: row.content_hash,
      fetchedAt: row.fetched_at, facts: row.facts, text: await this.textOf(row.document_key),
    })));
  }

  async #emails(jobId: string): Promise<BuildEmail[]> {
    const rows = await this.dataSource.query<{ id: string; address: string; kind: EmailKind; status: EmailStatus; third_party: boolean; person_name: string | null; job_title: string | null; checked: boolean; page_url: string; page_id: string; snippet: string; content_hash: string; found_at: Date }[]>(`
      SELECT DISTINCT ON (e.address) e.id, e.address, e.kind, e.status, bool_and(s.third_party) OVER (PARTITION BY s.email_id) AS third_party, e.person_name, e.job_title, e.verdict IS NOT NULL AS checked,
        s.page_url, s.page_id, s.snippet, s.content_hash, s.found_at
      FROM email_sources s JOIN emails e ON e.id = s.email_id JOIN pages p ON p.id = s.page_id
      WHERE s.crawl_job_id = $1 ORDER BY e.address, p.depth, s.found_at`, [jobId]);
    if (rows.some((row) => !row.checked)) throw new LeadlineError('SERVICE_UNAVAILABLE', 'Some addresses of the site wait for their verdict.', { details: { dependency: 'queue' }, retry: { afterMs: VERDICT_WAIT_MS } });
    return rows.map((row) => ({
      id: row.id, address: row.address, kind: row.kind, status: row.status, thirdParty: row.third_party, personName: row.person_name, jobTitle: row.job_title,
      source: { pageUrl: row.page_url, pageId: row.page_id, snippet: row.snippet, contentHash: row.content_hash, foundAt: row.found_at },
    }));
  }

  /** The goal with its trades named in the languages of the pages too: an English goal finds a German Zahnarzt. */
  async #goal(goalId: string | null, languages: readonly string[]): Promise<BuildGoal | null> {
    if (!goalId) return null;
    const [row] = await this.dataSource.query<(BuildGoal & { language: string })[]>('SELECT s.industries, s.locations, s.roles, s.keywords, s.exclusions, g.language FROM strategies s JOIN goals g ON g.id = s.goal_id AND g.strategy_version = s.version WHERE g.id = $1', [goalId]);
    if (!row) return null;
    const { language, ...goal } = row;
    const foreign = languages.filter((one) => one !== language && one !== 'en');
    const industries = goal.industries.map((industry) => ({ ...industry, keywords: [...new Set([...industry.keywords, ...foreign.flatMap((one) => this.termsOf(industry, one))])] }));
    const canTellTrade = languages.length > 0 && languages.every((one) => one === language || one === 'en' || goal.industries.every((industry) => this.termsOf(industry, one).length > 0));
    return { ...goal, industries, canTellTrade };
  }
}

/** Languages of most of the pages, as ISO 639-1. */
function languagesOf(pages: readonly BuildPage[]): string[] {
  return [...groupBy(pages.flatMap((page) => page.language?.slice(0, 2).toLowerCase() ?? []), (language) => language)]
    .filter(([, times]) => times.length * 3 >= pages.length).map(([language]) => language);
}
