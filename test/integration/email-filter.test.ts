import { domainToASCII } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient } from '../support/client.js';
import { seedRecords, type Records } from '../support/records.js';
import { withClient } from '../support/servers.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const LIST = 'query ($filter: EmailFilter, $first: Int, $after: String) { emails(filter: $filter, first: $first, after: $after) { totalCount nodes { address } pageInfo { hasNextPage endCursor } } }';
interface Page { emails: { totalCount: number; nodes: { address: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } }

/** Address, status, kind, person, number of the crawl that saw it. Crawls 0 and 1 belong to the goal, 2 to nobody. */
const ROWS: [address: string, status: string, kind: string, person: string | null, crawls: number[]][] = [
  ['anna.kern@acme-werke.de', 'VALID', 'PERSONAL', 'Anna Kern', [0, 1]],
  ['info@acme-werke.de', 'VALID', 'ROLE', null, [0]],
  ['jörg@münchen-werke.de', 'RISKY', 'PERSONAL', 'Jörg Öztürk', [1]],
  ['post@mail.acme-werke.de', 'INVALID', 'ROLE', null, [2]],
  ['100%_sure@zwei-werke.fr', 'UNKNOWN', 'PERSONAL', null, [2]],
  ['tmp@mailinator.com', 'RISKY', 'DISPOSABLE', 'O\\Brien', []],
];
const ADDRESSES = ROWS.map(([address]) => address);

describe('EmailFilter', () => {
  let test: TestApp;
  let client: TestClient;
  let goalId = '';
  const crawls: string[] = [];
  let stranger: { client: TestClient; records: Records };

  beforeAll(async () => {
    test = await startTestApp({ ROLES: 'api' });
    client = await test.user();
    const other = await test.user();
    stranger = { client: other, records: await seedRecords(test.databaseUrl, other) };
    const { workspace, createGoal } = { ...await client.data<{ workspace: { id: string } }>('{ workspace { id } }'), ...await client.data<{ createGoal: { id: string } }>('mutation { createGoal(input: { text: "5 dental clinics in Austin, Texas" }) { id } }') };
    goalId = createGoal.id;
    await withClient(test.databaseUrl, async (sql) => {
      const one = async (query: string, parameters: unknown[]): Promise<string> => (await sql.query<{ id: string }>(query, parameters)).rows[0]?.id ?? '';
      const pages: string[] = [];
      for (const [index, goal] of [goalId, goalId, null].entries()) {
        const crawl = await one("INSERT INTO crawl_jobs (workspace_id, goal_id, url, host, domain, depth, max_pages, render, status) VALUES ($1, $2, $3, $3, $3, 2, 10, 'AUTO', 'COMPLETED') RETURNING id", [workspace.id, goal, `site${index}-werke.de`]);
        crawls.push(crawl);
        pages.push(await one("INSERT INTO pages (workspace_id, crawl_job_id, page_key, url, final_url, depth, outcome, rendered, fetched_at, duration_ms) VALUES ($1, $2, 'p', 'https://a.test/', 'https://a.test/', 0, 'OK', false, now(), 1) RETURNING id", [workspace.id, crawl]));
      }
      for (const [address, status, kind, person, seen] of ROWS) {
        const email = await one('INSERT INTO emails (workspace_id, address, domain, status, kind, person_name) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id', [workspace.id, address, address.slice(address.lastIndexOf('@') + 1), status, kind, person]);
        for (const crawl of seen) await sql.query("INSERT INTO email_sources (email_id, page_id, crawl_job_id, page_url, snippet, notation, content_hash, found_at) VALUES ($1, $2, $3, 'https://a.test/', $4, 'PLAIN', $5, now())", [email, pages[crawl], crawls[crawl], address, 'a'.repeat(64)]);
      }
    });
  });
  afterAll(async () => { await test.close(); });

  /** In the order of ROWS. */
  const found = async (filter: object | null): Promise<string[]> => {
    const { emails } = await client.data<Page>(LIST, { filter, first: 100 });
    expect(emails.totalCount, JSON.stringify(filter)).toBe(emails.nodes.length);
    return ADDRESSES.filter((address) => emails.nodes.some((node) => node.address === address));
  };
  const only = (...places: number[]): string[] => places.map((place) => ADDRESSES[place] ?? '');

  it('narrows by the goal and by the crawl that saw an address, each address once however often it was seen', async () => {
    expect(await found({ goalId })).toEqual(only(0, 1, 2));
    expect(await found({ crawlJobId: crawls[0] })).toEqual(only(0, 1));
    expect(await found({ crawlJobId: crawls[1] })).toEqual(only(0, 2));
    expect(await found({ crawlJobId: crawls[2] })).toEqual(only(3, 4));
    expect(await found({ goalId, crawlJobId: crawls[2] })).toEqual([]);
  });

  it.each([
    ['acme-werke.de', [0, 1]], [' @ACME-Werke.DE ', [0, 1]], ['acme-werke.de.', [0, 1]], ['mail.acme-werke.de', [3]], ['werke.de', []], ['%', []],
    ['münchen-werke.de', [2]], ['MÜNCHEN-werke.de', [2]], ['mu\u0308nchen-werke.de', [2]], [domainToASCII('münchen-werke.de'), [2]], ['XN--MNCHEN-WERKE-DLB.de', [2]], ['ｍünchen－werke。de', [2]],
  ])('narrows by the domain %j, in any of its spellings, and not by a part of it', async (domain, places) => {
    expect(await found({ domain })).toEqual(only(...places));
  });

  it('narrows by any of several states and kinds', async () => {
    expect(await found({ status: ['RISKY'] })).toEqual(only(2, 5));
    expect(await found({ status: ['VALID', 'INVALID'] })).toEqual(only(0, 1, 3));
    expect(await found({ kind: ['ROLE'] })).toEqual(only(1, 3));
    expect(await found({ kind: ['DISPOSABLE', 'PERSONAL', 'PERSONAL'] })).toEqual(only(0, 2, 4, 5));
  });

  it.each([
    ['KERN', [0]], ['werke', [0, 1, 2, 3, 4]], [' anna ', [0]], ['JÖRG', [2]], ['öztürk', [2]], ['jo\u0308rg', [2]], ['100%_', [4]], ['%%', []], ['a_n', []], ['_', [4]], ['o\\b', [5]], ["'", []], [`info@${domainToASCII('münchen-werke.de')}`, []], [`@${domainToASCII('münchen-werke.de')}`, [2]],
  ])('looks for %j in addresses and names, without regard to case, as the text that it is', async (search, places) => {
    expect(await found({ search })).toEqual(only(...places));
  });

  it('asks for all of its parts at once, and for nothing where a part is empty or null', async () => {
    expect(await found({ goalId, crawlJobId: crawls[0], domain: 'acme-werke.de', status: ['VALID', 'RISKY'], kind: ['PERSONAL'], search: 'anna' })).toEqual(only(0));
    for (const other of [{ crawlJobId: crawls[2] }, { domain: 'zwei-werke.fr' }, { status: ['INVALID'] }, { kind: ['ROLE'] }, { search: 'info' }]) {
      expect(await found({ goalId, crawlJobId: crawls[0], domain: 'acme-werke.de', status: ['VALID'], kind: ['PERSONAL'], search: 'anna', ...other }), JSON.stringify(other)).toEqual([]);
    }
    for (const none of [null, {}, { domain: '  ', search: '', status: [], kind: [] }, { goalId: null, crawlJobId: null, domain: null, status: null, kind: null, search: null }]) expect(await found(none)).toEqual(ADDRESSES);
  });

  it('is read page by page to its end', async () => {
    const read: string[] = [];
    for (let after: string | null = null; ;) {
      const { emails }: Page = await client.data<Page>(LIST, { filter: { search: 'werke' }, first: 2, after });
      expect(emails.totalCount).toBe(5);
      read.push(...emails.nodes.map((node) => node.address));
      if (!emails.pageInfo.hasNextPage) break;
      after = emails.pageInfo.endCursor;
    }
    expect(read.toSorted()).toEqual(ADDRESSES.slice(0, 5).toSorted());
  });

  it('refuses what cannot be a filter, by field, and answers the same for what is not there and what is another’s', async () => {
    for (const [filter, fields] of [[{ domain: 'x'.repeat(201) }, ['filter.domain']], [{ search: 'x'.repeat(201), domain: 'y'.repeat(300) }, ['filter.domain', 'filter.search']], [{ search: 'a\u0000b' }, ['filter.search']], [{ domain: 'a\u0000.de' }, ['filter.domain']], [{ search: '\ud800' }, ['filter.search']]] as const) {
      expect(await client.failure(LIST, { filter }), JSON.stringify(filter).slice(0, 60)).toMatchObject({ code: 'BAD_USER_INPUT', fields });
    }
    for (const filter of [{ status: ['GOOD'] }, { kind: [7] }, { status: [null] }, { nothing: 1 }, { domain: 5 }, { goalId: {} }]) expect((await client.failure(LIST, { filter })).code, JSON.stringify(filter)).toBe('BAD_USER_INPUT');
    for (const id of [crypto.randomUUID(), 'no-id', '', stranger.records.goal, stranger.records.crawlJob]) {
      for (const filter of [{ goalId: id }, { crawlJobId: id }]) expect(await client.failure(LIST, { filter })).toEqual({ code: 'NOT_FOUND' });
    }
    expect((await stranger.client.data<Page>(LIST, { filter: { domain: 'acme-werke.de' }, first: 10 })).emails.totalCount).toBe(0);
  });
});
