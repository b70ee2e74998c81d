import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { Actor } from '../src/actor.js';
import { ApiScope, Role } from '../src/entities/enums.js';
import { ProgressTx } from '../src/progress.js';
import type { SightedSite, Sighting } from '../src/services/email/email-store.js';
import type { EmailService } from '../src/services/email/email.service.js';
import { inParallel } from './in-parallel.js';
import type { KnownAddress } from './known-addresses.js';
import { fixed, table } from './table.js';

const GOAL_P95_MS = 50;
/** Sites that are read at the same time: CRAWL_CONCURRENCY of the other benchmarks. */
const AT_ONCE = 8;
const PER_PAGE = 20;

interface Step { site: SightedSite; page: Sighting }

/** How long one transaction takes that stores what a page shows, from its beginning to the end of its commit. */
export async function benchStorage(dataSource: DataSource, emails: EmailService, list: readonly KnownAddress[], say: (line: string) => void): Promise<void> {
  const rows: (string | number)[][] = [];
  const measure = async <T>(name: string, items: readonly T[], atOnce: number, work: (item: T) => Promise<unknown>): Promise<void> => {
    const times: number[] = [];
    await inParallel(items, atOnce, async (item) => {
      const startedAt = performance.now();
      await work(item);
      times.push(performance.now() - startedAt);
    });
    times.sort((a, b) => a - b);
    const at = (share: number): number => times[Math.min(times.length - 1, Math.ceil(times.length * share) - 1)] ?? NaN;
    rows.push([name, items.length, fixed(at(0.5), 1), fixed(at(0.95), 1), fixed(at(1), 1), `${GOAL_P95_MS}: ${at(0.95) < GOAL_P95_MS ? 'reached' : 'missed'}`]);
  };
  const store = ({ site, page }: Step): Promise<unknown> => dataSource.transaction((manager) => emails.storeEmails(new ProgressTx(manager), site, [page]));
  const singly = list.map((one) => [one]);
  const groups = Array.from({ length: Math.ceil(list.length / PER_PAGE) }, (_unused, index) => list.slice(index * PER_PAGE, (index + 1) * PER_PAGE));

  // The first workspace warms the connections and the code, and is not counted.
  for (const step of await openPages(dataSource, emails, randomUUID(), singly.slice(0, 200))) await store(step);
  const first = randomUUID();
  await measure('one address a page, one page at a time', await openPages(dataSource, emails, first, singly), 1, store);
  await measure('the same addresses on other pages', await openPages(dataSource, emails, first, singly), 1, store);
  await proveRows(dataSource, first, list.length, 2 * list.length);
  const ids = (await dataSource.query<{ id: string }[]>('SELECT id FROM emails WHERE workspace_id = $1 ORDER BY address', [first])).map((row) => row.id);
  // The verdicts' own DNS look-ups are the other half of this benchmark: here the answers are there.
  const reader: Actor = { userId: randomUUID(), workspaceId: first, role: Role.VIEWER, sessionId: null, apiKeyId: null, scopes: [ApiScope.READ] };
  for await (const { verdict } of emails.validateAll(reader, list.map((one) => one.address))) if (verdict.checks.length === 0) throw new Error('a verdict without a check');
  await measure('the verdict into its row (DNS answers at hand)', ids, 1, (id) => emails.verify(id));
  await proveVerdicts(dataSource, first, list);
  const second = randomUUID();
  await measure(`one address a page, ${AT_ONCE} pages at once`, await openPages(dataSource, emails, second, singly), AT_ONCE, store);
  await proveRows(dataSource, second, list.length, list.length);
  const third = randomUUID();
  await measure(`${PER_PAGE} addresses a page, ${AT_ONCE} pages at once`, await openPages(dataSource, emails, third, groups), AT_ONCE, store);
  await proveRows(dataSource, third, list.length, list.length);

  say('\n# validation: storing addresses, embedded PostgreSQL, a transaction each with its commit (ms)\n');
  say(table(['', 'transactions', 'p50', 'p95', 'longest', 'p95 goal'], rows));
}

/** A page for each group, in a crawl of the first address's domain, found by the extraction itself. */
async function openPages(dataSource: DataSource, emails: EmailService, workspaceId: string, groups: readonly (readonly KnownAddress[])[]): Promise<Step[]> {
  const jobs = new Map<string, string>();
  for (const { domain } of groups.flatMap((group) => group.slice(0, 1))) {
    if (jobs.has(domain)) continue;
    const [job] = await dataSource.query<{ id: string }[]>("INSERT INTO crawl_jobs (workspace_id, url, host, domain, depth, max_pages, render, status) VALUES ($1, $2, $3, $3, 2, 10, 'AUTO', 'RUNNING') RETURNING id", [workspaceId, `https://${domain}/`, domain]);
    jobs.set(domain, job?.id ?? '');
  }
  const steps: Step[] = [];
  for (const [index, group] of groups.entries()) {
    const domain = group[0]?.domain ?? '';
    const crawlJobId = jobs.get(domain) ?? '';
    const pageUrl = `https://${domain}/team/${index}`;
    const [page] = await dataSource.query<{ id: string }[]>("INSERT INTO pages (workspace_id, crawl_job_id, page_key, url, final_url, depth, outcome, rendered, fetched_at, duration_ms) VALUES ($1, $2, $3, $3, $3, 1, 'OK', false, now(), 1) RETURNING id", [workspaceId, crawlJobId, pageUrl]);
    const found = emails.find(`<main>${group.map(({ address }) => `<p>Write to <a href="mailto:${address}">${address}</a>, and we answer on the same day.</p>`).join('')}</main>`, pageUrl);
    if (found.length !== group.length) throw new Error(`${found.length} addresses found of ${group.length}`);
    steps.push({ site: { workspaceId, crawlJobId, goalId: null, domain }, page: { pageId: page?.id ?? '', pageUrl, contentHash: 'a'.repeat(64), rendered: false, found } });
  }
  return steps;
}

async function proveRows(dataSource: DataSource, workspaceId: string, addresses: number, sources: number): Promise<void> {
  const [counted] = await dataSource.query<{ addresses: number; sources: number }[]>('SELECT count(DISTINCT e.id)::int AS addresses, count(s.email_id)::int AS sources FROM emails e LEFT JOIN email_sources s ON s.email_id = e.id WHERE e.workspace_id = $1', [workspaceId]);
  if (counted?.addresses !== addresses || counted.sources !== sources) throw new Error(`stored are ${counted?.addresses} addresses with ${counted?.sources} sources, not ${addresses} with ${sources}`);
}

async function proveVerdicts(dataSource: DataSource, workspaceId: string, list: readonly KnownAddress[]): Promise<void> {
  const stored = new Map((await dataSource.query<{ address: string; status: string }[]>('SELECT address, status FROM emails WHERE workspace_id = $1 AND verdict IS NOT NULL', [workspaceId])).map((row) => [row.address, row.status]));
  for (const { address, status } of list) if (stored.get(address) !== status) throw new Error(`the row of ${address} says ${stored.get(address)}, not ${status}`);
}
