/** Addresses of pages into the rows: once per workspace and address, one source per page, whoever else is storing. */
import { domainToUnicode } from 'node:url';
import { getDomain } from 'tldts';
import { groupBy } from '../../collections.js';
import { EmailNotation } from '../../entities/email-notation.js';
import { EmailStatus, type EmailKind } from '../../entities/enums.js';
import type { ProgressTx } from '../../progress.js';
import { storableText } from '../../storable.js';
import { parseAddress, type ParsedAddress } from './checks/syntax.js';
import { classifyAddress } from './classify.js';
import { isThirdParty, type FoundAddress } from './extract.js';
import { isFullName } from './redact.js';
import { hashesOf, type Suppressions } from './suppressions.js';

/** The site on whose pages addresses were found. */
export interface SightedSite { workspaceId: string; crawlJobId: string; goalId: string | null; domain: string }
/** One page with the addresses it shows. */
export interface Sighting { pageId: string; pageUrl: string; contentHash: string; rendered: boolean; found: readonly FoundAddress[] }

/** Seen on this many sites that are not its own, an address belongs to somebody who works for all of them. */
export const UNRELATED_SITES = 5;

/** The page shows an address that was erased: its document must be redacted before it may be stored. */
export class ErasedOnPage extends Error {
  override readonly name = 'ErasedOnPage';
  constructor(readonly addresses: readonly string[], readonly names: readonly string[]) { super('the page shows an erased address'); }
}

/**
 * The spelling that is stored and compared: lower case, without needless quotes, the domain as people read it. One mailbox has
 * one, whether a page writes its domain in Unicode or in A-labels.
 */
export function storedSpelling(address: ParsedAddress): string {
  return `${address.normalized.slice(0, address.normalized.lastIndexOf('@'))}@${domainToUnicode(address.asciiDomain) || address.asciiDomain}`;
}

/** One address on one page. */
interface Shown { page: Sighting; address: string; normalized: string; found: FoundAddress; kind: EmailKind; thirdParty: boolean }

function shownOn(page: Sighting, siteDomain: string): Shown[] {
  const shown = new Map<string, Shown>();
  for (const found of page.found) {
    const parsed = parseAddress(found.address);
    if (!parsed.ok) continue;
    const address = storedSpelling(parsed.address);
    if (!shown.has(address)) shown.set(address, { page, address, normalized: parsed.address.normalized, found, kind: classifyAddress(parsed.address.local, parsed.address.asciiDomain), thirdParty: isThirdParty(found, siteDomain) });
  }
  return [...shown.values()];
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);
const text = (value: string | null): string | null => (value === null ? null : storableText(value));

/**
 * Stores what pages of one site show, inside their own transaction, in a fixed number of statements however many addresses
 * there are. Suppressed addresses are left out.
 * @returns by page id, the addresses that are new to this crawl, each at the first page that shows it
 * @throws ErasedOnPage when a page shows an address whose traces were removed
 */
export async function storeSightings(tx: ProgressTx, suppressions: Suppressions, site: SightedSite, pages: readonly Sighting[]): Promise<Map<string, { id: string; address: string }[]>> {
  const fresh = new Map<string, { id: string; address: string }[]>();
  const all = pages.flatMap((page) => shownOn(page, site.domain));
  if (all.length === 0) return fresh;
  // A statement of its own: what the next one sees of the list is from after it was held.
  await suppressions.hold(tx.manager, site.workspaceId);
  const { emails, erased: erasedHashes } = await storeUnlisted(tx, site, all);
  const erased = all.filter((one) => hashesOf(site.workspaceId, one.normalized).some((hash) => erasedHashes.has(hash)));
  if (erased.length > 0) throw new ErasedOnPage([...new Set(erased.map((one) => one.address))], [...new Set(erased.map((one) => one.found.personName).filter((name) => name !== null && isFullName(name)))] as string[]);
  const known = new Set([...emails.values()].filter((email) => email.known).map((email) => email.id));
  const sources = all.flatMap((one) => { const email = emails.get(one.address); return email ? [{ ...one, email }] : []; });
  let valid = 0;
  for (const { page, address, email } of sources) {
    if (known.has(email.id)) continue;
    known.add(email.id);
    fresh.set(page.pageId, [...fresh.get(page.pageId) ?? [], { id: email.id, address }]);
    if (email.status === EmailStatus.VALID) valid += 1;
  }
  // One that is new to the workspace stands on this site only.
  await markSharedAddresses(tx, sources.filter((one) => !one.email.created && !one.thirdParty && !isOwnSite(domainOf(one.address), site.domain)).map(({ email }) => email.id));
  // Checked for another site before: they count for this goal too. After all addresses: the lock order is crawl job,
  // addresses, goal.
  if (valid > 0 && site.goalId) await tx.query('UPDATE goals SET emails_valid = emails_valid + $2 WHERE id = $1', [site.goalId, valid]);
  return fresh;
}

/**
 * Addresses that are not on the list, each once, and where they were seen. In one order everywhere, so that two transactions with
 * the same addresses never wait for each other in a circle. A row that this statement inserted has no `xmax`: nobody can have
 * seen its address before, so nothing is looked up for it.
 */
const STORE_UNLISTED = `
  WITH listed AS MATERIALIZED (SELECT value_hash, erased FROM suppressions WHERE workspace_id = $1::uuid AND value_hash = ANY($2::text[])),
  barred AS (SELECT address FROM unnest($3::text[], $2::text[]) AS named (address, hash) JOIN listed ON value_hash = hash),
  stored AS (
    INSERT INTO emails (workspace_id, status, address, domain, kind, person_name, job_title, third_party)
    SELECT $1::uuid, $4, address, domain, kind, person_name, job_title, third_party
    FROM unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::boolean[]) AS shown (address, domain, kind, person_name, job_title, third_party)
    WHERE address NOT IN (SELECT address FROM barred) ORDER BY address
    ON CONFLICT (workspace_id, address) DO UPDATE SET person_name = coalesce(emails.person_name, EXCLUDED.person_name), job_title = coalesce(emails.job_title, EXCLUDED.job_title),
      third_party = emails.third_party AND EXCLUDED.third_party
    RETURNING id, address, status, emails.xmax = 0 AS created, CASE WHEN emails.xmax = 0 THEN false ELSE EXISTS (SELECT 1 FROM email_sources s WHERE s.email_id = emails.id AND s.crawl_job_id = $11::uuid) END AS known),
  sources AS (
    INSERT INTO email_sources (email_id, page_id, crawl_job_id, page_url, snippet, notation, content_hash, third_party, found_at)
    SELECT stored.id, page_id, $11::uuid, page_url, snippet, notation, content_hash, third_party, now()
    FROM unnest($12::text[], $13::uuid[], $14::text[], $15::text[], $16::text[], $17::text[], $18::boolean[]) AS seen (address, page_id, page_url, snippet, notation, content_hash, third_party)
    JOIN stored USING (address)
    ON CONFLICT (email_id, page_id) DO NOTHING)
  SELECT address, id, status, created, known, NULL AS erased FROM stored UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, value_hash FROM listed WHERE erased`;

interface StoredRow { address: string; id: string; status: EmailStatus; created: boolean; known: boolean; erased: null }

/** @returns rows of what was stored by address, `created` when it is new to the workspace, `known` when this crawl has seen it before; and hashes that name somebody who was erased */
async function storeUnlisted(tx: ProgressTx, site: SightedSite, shown: readonly Shown[]): Promise<{ emails: Map<string, StoredRow>; erased: Set<string> }> {
  const addresses = [...groupBy(shown, (one) => one.address)].map(([address, sightings]) => ({
    address, kind: sightings[0]?.kind, thirdParty: sightings.every((one) => one.thirdParty), hashes: hashesOf(site.workspaceId, sightings[0]?.normalized ?? ''),
    person: text(sightings.find((one) => one.found.personName !== null)?.found.personName ?? null), title: text(sightings.find((one) => one.found.jobTitle !== null)?.found.jobTitle ?? null),
  }));
  const rows = await tx.prepared<StoredRow | { address: null; erased: string }>(STORE_UNLISTED, [
    site.workspaceId, addresses.flatMap(({ hashes }) => hashes), addresses.flatMap(({ address, hashes }) => hashes.map(() => address)), EmailStatus.UNKNOWN,
    addresses.map((row) => row.address), addresses.map((row) => domainOf(row.address)), addresses.map((row) => row.kind), addresses.map((row) => row.person), addresses.map((row) => row.title), addresses.map((row) => row.thirdParty),
    site.crawlJobId, shown.map((one) => one.address), shown.map(({ page }) => page.pageId), shown.map(({ page }) => page.pageUrl), shown.map(({ found }) => storableText(found.snippet)),
    shown.map(({ page, found }) => (page.rendered ? EmailNotation.RENDERED : found.notation)), shown.map(({ page }) => page.contentHash), shown.map(({ thirdParty }) => thirdParty)]);
  const emails = new Map<string, StoredRow>();
  const erased = new Set<string>();
  for (const row of rows) {
    if (row.address === null) erased.add(row.erased);
    else emails.set(row.address, row);
  }
  return { emails, erased };
}

function isOwnSite(mailDomain: string, siteDomain: string): boolean {
  return (getDomain(mailDomain, { allowPrivateDomains: true }) ?? mailDomain) === (getDomain(siteDomain, { allowPrivateDomains: true }) ?? siteDomain);
}

/** A small statement that nearly always says "none": the one after it joins three tables thrice and was the dearest of all that store a page (10 to 27 ms by auto_explain). */
const SEEN_IN_MANY_CRAWLS = 'SELECT email_id FROM email_sources WHERE email_id = ANY($1::uuid[]) GROUP BY email_id HAVING count(DISTINCT crawl_job_id) >= $2::int';

/**
 * An address that stands on many unrelated sites is nobody's on any of them, whatever each page looks like by itself. Its
 * sightings on a site of its own stay what they are.
 */
async function markSharedAddresses(tx: ProgressTx, emailIds: readonly string[]): Promise<void> {
  if (emailIds.length === 0) return;
  const many = await tx.prepared<{ email_id: string }>(SEEN_IN_MANY_CRAWLS, [emailIds, UNRELATED_SITES]);
  if (many.length === 0) return;
  await tx.prepared(`
    WITH shared AS (
      SELECT s.email_id FROM email_sources s JOIN crawl_jobs j ON j.id = s.crawl_job_id JOIN emails e ON e.id = s.email_id
      WHERE s.email_id = ANY($1::uuid[]) AND e.domain <> j.domain AND e.domain NOT LIKE '%.' || j.domain GROUP BY s.email_id HAVING count(DISTINCT j.domain) >= $2::int),
    marked AS (
      UPDATE email_sources s SET third_party = true FROM shared, emails e, crawl_jobs j
      WHERE s.email_id = shared.email_id AND e.id = s.email_id AND j.id = s.crawl_job_id AND NOT s.third_party AND e.domain <> j.domain AND e.domain NOT LIKE '%.' || j.domain RETURNING s.email_id)
    UPDATE emails SET third_party = true WHERE id IN (SELECT email_id FROM shared) AND NOT third_party
      AND NOT EXISTS (SELECT 1 FROM email_sources s JOIN crawl_jobs j ON j.id = s.crawl_job_id WHERE s.email_id = emails.id AND (emails.domain = j.domain OR emails.domain LIKE '%.' || j.domain))`,
  [many.map((one) => one.email_id), UNRELATED_SITES]);
}
