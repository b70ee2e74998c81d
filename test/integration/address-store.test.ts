import { domainToASCII } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/data-source.js';
import { SuppressionKind } from '../../src/entities/enums.js';
import { ProgressTx } from '../../src/progress.js';
import { ErasedOnPage, storeSightings, UNRELATED_SITES } from '../../src/services/email/email-store.js';
import { extractEmails } from '../../src/services/email/extract.js';
import { Suppressions } from '../../src/services/email/suppressions.js';
import { createTestDatabase } from '../support/test-app.js';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let dataSource: DataSource;
let suppressions: Suppressions;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await createDataSource(database.url).initialize();
  suppressions = new Suppressions(dataSource, { enqueue: () => Promise.reject(new Error('storing takes nothing off the list')) });
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

/** A page of a crawl of its own, shown to the store. */
async function show(workspaceId: string, domain: string, html: string): Promise<{ id: string; address: string }[]> {
  const [job] = await dataSource.query<{ id: string }[]>("INSERT INTO crawl_jobs (workspace_id, url, host, domain, depth, max_pages, render, status) VALUES ($1, $2, $3, $3, 2, 10, 'AUTO', 'RUNNING') RETURNING id", [workspaceId, `https://${domain}/`, domain]);
  const [page] = await dataSource.query<{ id: string }[]>("INSERT INTO pages (workspace_id, crawl_job_id, page_key, url, final_url, depth, outcome, rendered, fetched_at, duration_ms) VALUES ($1, $2, $3, $4, $4, 0, 'OK', false, now(), 1) RETURNING id", [workspaceId, job?.id, domain, `https://${domain}/`]);
  const pageId = page?.id ?? '';
  const fresh = await dataSource.transaction((manager) => storeSightings(new ProgressTx(manager), suppressions, { workspaceId, crawlJobId: job?.id ?? '', goalId: null, domain },
    [{ pageId, pageUrl: `https://${domain}/`, contentHash: 'a'.repeat(64), rendered: false, found: extractEmails(html, { url: `https://${domain}/` }) }]));
  return fresh.get(pageId) ?? [];
}

interface Stored { address: string; third_party: boolean; sightings: { domain: string; third_party: boolean }[] }
const stored = async (workspaceId: string): Promise<Stored[]> => await dataSource.query<Stored[]>(`
  SELECT e.address, e.third_party, (SELECT json_agg(json_build_object('domain', j.domain, 'third_party', s.third_party) ORDER BY j.domain) FROM email_sources s JOIN crawl_jobs j ON j.id = s.crawl_job_id WHERE s.email_id = e.id) AS sightings
  FROM emails e WHERE e.workspace_id = $1 ORDER BY e.address`, [workspaceId]);

describe('the store of addresses', () => {
  it('keeps one row per address and one source per page when many pages store the same addresses at once, in any order', async () => {
    const workspaceId = crypto.randomUUID();
    const names = Array.from({ length: 20 }, (_unused, index) => `person${index}@racing-werke.de`);
    const pages = Array.from({ length: 24 }, (_unused, index) => (index % 2 === 0 ? names : [...names].reverse()).map((name) => `<p>${name}</p>`).join(''));
    const fresh = await Promise.all(pages.map((html, index) => show(workspaceId, `site${index}.racing-werke.de`, html)));
    expect(fresh.every((found) => found.length === names.length)).toBe(true);
    const rows = await stored(workspaceId);
    expect(rows.map((row) => row.address)).toEqual([...names].sort());
    expect(rows.every((row) => row.sightings.length === pages.length)).toBe(true);
  });

  it('takes a domain in Unicode and in A-labels for the same mailbox', async () => {
    const workspaceId = crypto.randomUUID();
    await show(workspaceId, 'eins-werke.de', `<a href="mailto:info@${domainToASCII('münchen-werke.de')}">x</a>`);
    await show(workspaceId, 'zwei-werke.de', '<p>Info@münchen-werke.de</p>');
    expect((await stored(workspaceId)).map((row) => row.address)).toEqual(['info@münchen-werke.de']);
  });

  it('calls an agency third party on its customer’s site and not on its own, whichever was read first', async () => {
    for (const order of [['agentur-blau.de', 'kunde-werke.de'], ['kunde-werke.de', 'agentur-blau.de']]) {
      const workspaceId = crypto.randomUUID();
      for (const domain of order) await show(workspaceId, domain, domain === 'agentur-blau.de' ? '<p>hallo@agentur-blau.de</p>' : '<p>kontakt@kunde-werke.de</p><footer>Webdesign: <a href="mailto:hallo@agentur-blau.de">Agentur Blau</a></footer>');
      expect(await stored(workspaceId)).toEqual([
        { address: 'hallo@agentur-blau.de', third_party: false, sightings: [{ domain: 'agentur-blau.de', third_party: false }, { domain: 'kunde-werke.de', third_party: true }] },
        { address: 'kontakt@kunde-werke.de', third_party: false, sightings: [{ domain: 'kunde-werke.de', third_party: false }] },
      ]);
    }
  });

  it('calls an address third party on every foreign site once it stands on many unrelated ones, and leaves its own site alone', async () => {
    const workspaceId = crypto.randomUUID();
    await show(workspaceId, 'steuer-kanzlei.de', '<p>post@steuer-kanzlei.de</p>');
    const foreign = Array.from({ length: UNRELATED_SITES }, (_unused, index) => `betrieb${index}-werke.de`);
    for (const domain of foreign.slice(1)) await show(workspaceId, domain, '<p>Fragen an post@steuer-kanzlei.de</p>');
    expect((await stored(workspaceId))[0]?.sightings.some((sighting) => sighting.third_party)).toBe(false);
    await show(workspaceId, foreign[0] ?? '', '<p>Fragen an post@steuer-kanzlei.de</p>');
    const [row] = await stored(workspaceId);
    expect(row?.third_party).toBe(false);
    expect(row?.sightings.filter((sighting) => sighting.third_party).map((sighting) => sighting.domain)).toEqual(foreign);
  });

  it('leaves out what is suppressed, by address and by domain, in every spelling, and refuses a page with an erased address', async () => {
    const workspaceId = crypto.randomUUID();
    const put = (kind: SuppressionKind, normalized: string, erased = false): Promise<string> => suppressions.put(dataSource.manager, workspaceId, { kind, normalized, reason: null, erased });
    await put(SuppressionKind.EMAIL, 'anna@still-werke.de');
    await put(SuppressionKind.DOMAIN, 'leise-werke.de');
    expect((await show(workspaceId, 'still-werke.de', '<p>Anna@STILL-werke.de, bernd@still-werke.de, x@post.leise-werke.de</p>')).map((found) => found.address)).toEqual(['bernd@still-werke.de']);
    await put(SuppressionKind.EMAIL, 'anna@still-werke.de', true);
    await expect(show(workspaceId, 'noch-werke.de', '<p>anna [at] still-werke [dot] de</p><p>chef@noch-werke.de</p>')).rejects.toThrow(ErasedOnPage);
    expect((await stored(workspaceId)).map((row) => row.address)).toEqual(['bernd@still-werke.de']);
    // The list of one workspace says nothing to another.
    expect((await show(crypto.randomUUID(), 'still-werke.de', '<p>anna@still-werke.de</p>')).length).toBe(1);
  });
});
