import { Parser } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { readPageDocument } from '../../src/services/crawler/page-document.js';
import { extractEmails } from '../../src/services/email/extract.js';
import type { TestClient } from '../support/client.js';
import { openSandbox, startTestApp } from '../support/test-app.js';

interface PageInfo { hasNextPage: boolean; endCursor: string | null }
interface StoredPage { id: string; finalUrl: string; contentHash: string; content: { text: string; xml: string } | null }
interface Proof { field: string; value: string; pageUrl: string; snippet: string; start: number; end: number; contentHash: string; page: { id: string } | null }
interface FoundEmail { address: string; sources: { pageUrl: string; snippet: string; notation: string; contentHash: string }[] }

async function all<Node>(read: (after: string | null) => Promise<{ nodes: Node[]; pageInfo: PageInfo }>): Promise<Node[]> {
  const nodes: Node[] = [];
  for (let after: string | null = null; ;) {
    const page: { nodes: Node[]; pageInfo: PageInfo } = await read(after);
    nodes.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) return nodes;
    after = page.pageInfo.endCursor;
  }
}

/** Runs a goal to its end. */
async function run(client: TestClient, text: string): Promise<string> {
  const { createGoal } = await client.data<{ createGoal: { id: string } }>('mutation ($text: String!) { createGoal(input: { text: $text, run: true }) { id } }', { text });
  const stream = client.subscribe<{ goalProgress: { type: string } }>('subscription ($id: ID!) { goalProgress(goalId: $id, after: 0) { type } }', { id: createGoal.id });
  const types: string[] = [];
  for await (const { goalProgress } of stream.events) types.push(goalProgress.type);
  await stream.close();
  expect(types.at(-1)).toBe('COMPLETED');
  return createGoal.id;
}

/** Every stored page of the goal, by id, through the public API. */
async function pagesOf(client: TestClient, goalId: string): Promise<Map<string, StoredPage>> {
  type Jobs = { goal: { crawlJobs: { nodes: { id: string }[]; pageInfo: PageInfo } } };
  type Pages = { crawlJob: { pages: { nodes: StoredPage[]; pageInfo: PageInfo } } };
  const jobs = await all(async (after) => (await client.data<Jobs>('query ($goalId: ID!, $after: String) { goal(id: $goalId) { crawlJobs(first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } }', { goalId, after })).goal.crawlJobs);
  const pages = new Map<string, StoredPage>();
  for (const { id } of jobs) {
    const read = await all(async (after) => (await client.data<Pages>('query ($id: ID!, $after: String) { crawlJob(id: $id) { pages(first: 50, after: $after) { nodes { id finalUrl contentHash content { text xml } } pageInfo { hasNextPage endCursor } } } }', { id, after })).crawlJob.pages);
    for (const page of read) pages.set(page.id, page);
  }
  return pages;
}

const fold = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Everything a reader of the source can see of it: text, attribute values and scripts, entities decoded. */
function markup(html: string): string {
  const parts: string[] = [];
  const parser = new Parser({ ontext: (text) => { parts.push(text); }, onopentag: (_name, attributes) => { parts.push(' ', ...Object.values(attributes), ' '); } }, { decodeEntities: true });
  parser.end(html);
  const decoded = parts.join('');
  // JSON-LD writes the same characters with its own escapes.
  return fold(`${decoded} ${decoded.replace(/\\u([0-9a-fA-F]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))).replace(/\\(["/\\])/g, '$1')}`);
}

/** The words of the proof are on the page: shown, or in its source. */
function stands(proof: Proof, content: { text: string; xml: string }): boolean {
  const snippet = fold(proof.snippet);
  if (fold(content.text).includes(snippet)) return true;
  // That a page answers is the proof of its own address.
  if (proof.field === 'website') return snippet === proof.pageUrl;
  const source = markup(readPageDocument(content.xml).html);
  // An address that nobody can read off the page comes with the code that makes it: … [code → address] …
  const code = /\[(?:script: |[\w-]+=")(.+?)"?…? → \S+@\S+\]/.exec(snippet)?.[1];
  if (code !== undefined) return source.includes(code);
  // Structured data gives an address in parts, which are then put in the order of letters: "78758" and "Austin".
  const printed = fold(proof.snippet.slice(proof.start, proof.end));
  const parts = proof.field === 'address' ? printed.split(', ').flatMap((part) => (source.includes(part) ? [part] : part.split(' '))) : [printed];
  return printed !== '' && parts.every((part) => source.includes(part));
}

/** What the proof prints is the stored value, or the form of it that the page uses. */
function says({ field, value, snippet, start, end }: Proof): boolean {
  const printed = fold(snippet.slice(start, end));
  if (field === 'email') return printed.toLowerCase() === value || extractEmails(printed).some((found) => found.address === value);
  // E.164 against a number without its country code and with a trunk zero.
  if (field === 'phones') return /\d{5}/.test(printed.replace(/\D/g, '')) && value.endsWith(printed.replace(/\D/g, '').replace(/^0+/, ''));
  // The name of a trade stands for the word that the page uses.
  if (field === 'industry') return printed !== '';
  // Read from an address, a number or a country's name.
  if (field === 'countryCode') return printed !== '' && /^[A-Z]{2}$/.test(value);
  if (field === 'socialLinks') return printed.replace(/^https?:\/\/(?:www\.)?|\/$/g, '').toLowerCase() === value.replace(/^https?:\/\/(?:www\.)?|\/$/g, '').toLowerCase();
  return printed.toLowerCase() === fold(value).toLowerCase();
}

describe('the proof of a sandbox goal', () => {
  it('holds: every stored address is found again in the stored page, and every piece of evidence stands on its page', async () => {
    const sandbox = await openSandbox();
    const test = await startTestApp({}, sandbox);
    try {
      const client = await test.user();
      const goalId = await run(client, '15 dental clinics in Austin, Texas');
      const pages = await pagesOf(client, goalId);

      type Emails = { emails: { nodes: FoundEmail[]; pageInfo: PageInfo } };
      const emails = await all(async (after) => (await client.data<Emails>('query ($goalId: ID!, $after: String) { emails(first: 100, after: $after, filter: { goalId: $goalId }) { nodes { address sources { pageUrl snippet notation contentHash } } pageInfo { hasNextPage endCursor } } }', { goalId, after })).emails);
      expect(emails.length).toBeGreaterThanOrEqual(20);
      const unproved: string[] = [];
      for (const { address, sources } of emails) {
        expect(sources.length).toBeGreaterThan(0);
        for (const source of sources) {
          const page = [...pages.values()].find(({ finalUrl, contentHash }) => finalUrl === source.pageUrl && contentHash === source.contentHash);
          const html = readPageDocument(page?.content?.xml ?? '').html;
          const again = extractEmails(html, { url: source.pageUrl }).find((found) => found.address === address);
          if (again?.snippet !== source.snippet || String(again.notation) !== source.notation) unproved.push(`${address} on ${source.pageUrl}: ${source.notation} «${source.snippet}», read again: ${again?.notation ?? 'nothing'} «${again?.snippet ?? ''}»`);
        }
      }
      expect(unproved).toEqual([]);

      type Leads = { leads: { nodes: { domain: string; evidence: Proof[] }[] } };
      const { leads } = await client.data<Leads>('query ($goalId: ID!) { leads(first: 100, filter: { goalId: $goalId }) { nodes { domain evidence { field value pageUrl snippet start end contentHash page { id } } } } }', { goalId });
      expect(leads.nodes.length).toBeGreaterThanOrEqual(10);
      const wrong: string[] = [];
      for (const { evidence } of leads.nodes) {
        expect(evidence.length).toBeGreaterThan(0);
        for (const proof of evidence) {
          const page = pages.get(proof.page?.id ?? '');
          if (page?.content && page.contentHash === proof.contentHash && page.finalUrl === proof.pageUrl && stands(proof, page.content) && says(proof)) continue;
          wrong.push(`${proof.field} ${proof.value}, printed «${proof.snippet.slice(proof.start, proof.end)}» in «${proof.snippet}» of ${proof.pageUrl}`);
        }
      }
      expect(wrong).toEqual([]);
    } finally {
      await test.close();
      await sandbox.close();
    }
  });
});
