/** The workspace's list of whom not to write to, kept as hashes. */
import { createHash } from 'node:crypto';
import { domainToUnicode } from 'node:url';
import type { DataSource, EntityManager } from 'typeorm';
import { requireMember, requireReader, type Actor } from '../../actor.js';
import { SuppressionKind } from '../../entities/enums.js';
import { Suppression } from '../../entities/suppression.js';
import { LeadlineError } from '../../errors.js';
import { JOBS, type Jobs } from '../../jobs.js';
import { firstRows } from '../../progress.js';
import { isUuid } from '../../pagination.js';
import { storableText } from '../../storable.js';
import { parseAddress } from './checks/syntax.js';

const MAX_REASON = 500;
const MAX_ENTRIES = 10_000;
const MASK = '•';
const QUEUED_AT_ONCE = 1_000;
/** Stands in the checks of a verdict that was made while the address was on the list. */
const LISTED = '[{"name":"suppression","status":"FAIL"}]';

/** Runs SQL, on a connection of its own or inside somebody's transaction. */
type Query = Pick<EntityManager, 'query'>;

/**
 * Salted with the workspace, so that two workspaces' lists cannot be compared. Not keyed: a key that is lost or turned
 * would silently empty the list, and people on it would be written to again.
 */
export function suppressionHash(workspaceId: string, kind: SuppressionKind, value: string): string {
  return createHash('sha256').update(`${workspaceId}\n${kind}\n${value}`).digest('hex');
}

/** `i•••@a•••.de`: enough to recognise an entry, too little to write to it. */
function masked(kind: SuppressionKind, value: string): string {
  const hide = (word: string): string => `${[...word][0] ?? ''}${MASK.repeat(3)}`;
  const hideDomain = (domain: string): string => {
    const dot = domain.lastIndexOf('.');
    return `${hide(domain.slice(0, dot))}${domain.slice(dot)}`;
  };
  const at = value.lastIndexOf('@');
  return kind === SuppressionKind.DOMAIN ? hideDomain(value) : `${hide(value.slice(0, at))}@${hideDomain(value.slice(at + 1))}`;
}

/** The domain itself and every parent it could be listed under, in A-labels: `a.b.example.de` → itself, `b.example.de`, `example.de`. */
function withParents(domain: string): string[] {
  const labels = domain.split('.');
  return labels.slice(0, -1).map((_label, index) => labels.slice(index).join('.'));
}

/** Which hashes of a workspace's list would name this normalised address: its own, its domain's, a parent domain's. */
export function hashesOf(workspaceId: string, normalized: string): string[] {
  const domains = withParents(normalized.slice(normalized.lastIndexOf('@') + 1));
  return [suppressionHash(workspaceId, SuppressionKind.EMAIL, normalized), ...domains.map((domain) => suppressionHash(workspaceId, SuppressionKind.DOMAIN, domain))];
}

/** The one spelling that is hashed. @throws LeadlineError EMAIL_SYNTAX; BAD_USER_INPUT for what is no domain. */
export function normalizedSuppression(kind: SuppressionKind, value: string): string {
  if (kind === SuppressionKind.EMAIL) {
    const parsing = parseAddress(value);
    if (!parsing.ok) throw new LeadlineError('EMAIL_SYNTAX', `This is not an e-mail address: ${parsing.reason}.`, { details: { reason: parsing.reason } });
    return parsing.address.normalized;
  }
  // A domain is what could stand after an @; a leading one is how people write "everybody at".
  const parsing = parseAddress(`x@${value.trim().replace(/^@/, '')}`);
  if (!parsing.ok) throw new LeadlineError('BAD_USER_INPUT', `This is not a domain: ${parsing.reason}.`, { details: { fields: ['value'] } });
  return parsing.address.asciiDomain;
}

/** Verdicts that the list has made untrue. @returns the addresses that need one anew */
async function forgetVerdicts(manager: EntityManager, workspaceId: string, where: string, what: string | readonly string[]): Promise<string[]> {
  const rows = firstRows(await manager.query<{ id: string }[]>(`UPDATE emails SET verdict = NULL WHERE workspace_id = $1 AND verdict IS NOT NULL AND ${where} RETURNING id`, [workspaceId, what]));
  return rows.map((row) => row.id);
}

export class Suppressions {
  constructor(private readonly dataSource: DataSource, private readonly jobs: Pick<Jobs, 'enqueue'>) {}

  async list(actor: Actor): Promise<Suppression[]> {
    requireReader(actor);
    return await this.dataSource.getRepository(Suppression).find({ where: { workspaceId: actor.workspaceId }, order: { createdAt: 'DESC', id: 'ASC' }, take: MAX_ENTRIES });
  }

  /**
   * Puts an address or a domain (with everything below it) on the list; one that is there already keeps its id, and
   * takes the new reason where one is given.
   * @throws LeadlineError EMAIL_SYNTAX, BAD_USER_INPUT (no domain; a reason over 500 characters; the list is full at 10,000)
   */
  async suppress(actor: Actor, kind: SuppressionKind, value: string, reason: string | null | undefined): Promise<Suppression> {
    requireMember(actor);
    const normalized = normalizedSuppression(kind, value);
    const why = reason?.trim() ?? '';
    if (why.length > MAX_REASON) throw new LeadlineError('BAD_USER_INPUT', `A reason has at most ${MAX_REASON} characters.`, { details: { fields: ['reason'] } });
    const [{ count } = { count: 0 }] = await this.dataSource.query<{ count: number }[]>('SELECT count(*)::int AS count FROM suppressions WHERE workspace_id = $1', [actor.workspaceId]);
    if (count >= MAX_ENTRIES) throw new LeadlineError('BAD_USER_INPUT', `The list is full at ${MAX_ENTRIES} entries: suppress domains instead of single addresses.`, { details: { fields: ['value'] } });
    const { id, emailIds } = await this.dataSource.transaction(async (manager) => {
      // A verdict that is being stored was made of the list before, or waits and is made again: see `hold`.
      await this.holdAlone(manager, actor.workspaceId);
      const entry = await this.put(manager, actor.workspaceId, { kind, normalized, reason: why === '' ? null : why, erased: false });
      const domain = domainToUnicode(kind === SuppressionKind.DOMAIN ? normalized : normalized.slice(normalized.lastIndexOf('@') + 1));
      const [where, what] = kind === SuppressionKind.DOMAIN ? ["(domain = $2 OR right(domain, length($2) + 1) = '.' || $2)", domain] : ['address = $2', `${normalized.slice(0, normalized.lastIndexOf('@'))}@${domain}`];
      // Put on the list a second time, an address that says so already is not asked about again.
      return { id: entry, emailIds: await forgetVerdicts(manager, actor.workspaceId, `${where} AND NOT coalesce(verdict->'checks' @> '${LISTED}', false)`, what) };
    });
    await this.#verify(emailIds);
    return await this.dataSource.getRepository(Suppression).findOneByOrFail({ id });
  }

  /** @throws LeadlineError NOT_FOUND. Taking off an erased address lets it be stored again; what was erased does not come back. */
  async unsuppress(actor: Actor, id: string): Promise<boolean> {
    requireMember(actor);
    const emailIds = await this.dataSource.transaction(async (manager) => {
      await this.holdAlone(manager, actor.workspaceId);
      const [entry] = isUuid(id) ? firstRows(await manager.query<{ kind: SuppressionKind; value_hash: string }[]>('DELETE FROM suppressions WHERE id = $1 AND workspace_id = $2 RETURNING kind, value_hash', [id, actor.workspaceId])) : [];
      if (!entry) throw new LeadlineError('NOT_FOUND', 'There is no such entry on the list.');
      // The entry is a hash and names nobody: of the addresses that are said to be on the list, those are meant that have it.
      const listed = await manager.query<{ id: string; address: string }[]>(`SELECT id, address FROM emails WHERE workspace_id = $1 AND verdict->'checks' @> '${LISTED}'`, [actor.workspaceId]);
      const meant = listed.filter(({ address }) => { const parsing = parseAddress(address); return parsing.ok && hashesOf(actor.workspaceId, parsing.address.normalized).includes(entry.value_hash); });
      return await forgetVerdicts(manager, actor.workspaceId, 'id = ANY($2)', meant.map((email) => email.id));
    });
    await this.#verify(emailIds);
    return true;
  }

  /** At once; whatever gets lost on the way has no verdict, and the reconciler looks for those. */
  async #verify(emailIds: readonly string[]): Promise<void> {
    for (let from = 0; from < emailIds.length; from += QUEUED_AT_ONCE) await this.jobs.enqueue(JOBS.verifyEmail, ...emailIds.slice(from, from + QUEUED_AT_ONCE).map((emailId) => ({ emailId })));
  }

  /** Adds or keeps the entry; once erased, it stays so. @returns its id */
  async put(query: Query, workspaceId: string, entry: { kind: SuppressionKind; normalized: string; reason: string | null; erased: boolean }): Promise<string> {
    const rows = firstRows(await query.query<{ id: string }[]>(`
      INSERT INTO suppressions (workspace_id, kind, value_hash, hint, reason, erased) VALUES ($1, $2, $3, $4, $5, $6)
      ON CONFLICT (workspace_id, kind, value_hash) DO UPDATE SET reason = coalesce(EXCLUDED.reason, suppressions.reason), erased = suppressions.erased OR EXCLUDED.erased RETURNING id`,
    [workspaceId, entry.kind, suppressionHash(workspaceId, entry.kind, entry.normalized), masked(entry.kind, entry.normalized), entry.reason === null ? null : storableText(entry.reason), entry.erased]));
    if (!rows[0]) throw new Error('the suppression was not stored');
    return rows[0].id;
  }

  /** Whoever writes addresses holds the list still until the transaction ends: an erasure waits for it, and is seen by those after it. */
  async hold(query: Query, workspaceId: string): Promise<void> {
    await query.query("SELECT pg_advisory_xact_lock_shared(hashtext('emails'), hashtext($1))", [workspaceId]);
  }

  /** The other side of `hold`: alone until the transaction ends. */
  async holdAlone(query: Query, workspaceId: string): Promise<void> {
    await query.query("SELECT pg_advisory_xact_lock(hashtext('emails'), hashtext($1))", [workspaceId]);
  }

  /** Those of the normalised addresses that are on the list, by themselves or by a domain; `erased` when their traces must go, too. */
  async among(query: Query, workspaceId: string, normalized: readonly string[]): Promise<Map<string, { erased: boolean }>> {
    const byHash = new Map<string, string[]>();
    for (const address of normalized) for (const hash of hashesOf(workspaceId, address)) byHash.set(hash, [...byHash.get(hash) ?? [], address]);
    if (byHash.size === 0) return new Map();
    const rows = await query.query<{ value_hash: string; erased: boolean }[]>('SELECT value_hash, erased FROM suppressions WHERE workspace_id = $1 AND value_hash = ANY($2)', [workspaceId, [...byHash.keys()]]);
    const listed = new Map<string, { erased: boolean }>();
    for (const { value_hash: hash, erased } of rows) for (const address of byHash.get(hash) ?? []) listed.set(address, { erased: erased || listed.get(address)?.erased === true });
    return listed;
  }

  async has(workspaceId: string, normalized: string): Promise<boolean> {
    return (await this.among(this.dataSource, workspaceId, [normalized])).size > 0;
  }

  /** @throws LeadlineError SUPPRESSED when the address (any spelling) is on the list; nothing for what is no address */
  async refuse(query: Query, workspaceId: string, address: string): Promise<void> {
    const parsing = parseAddress(address);
    if (!parsing.ok || (await this.among(query, workspaceId, [parsing.address.normalized])).size === 0) return;
    throw new LeadlineError('SUPPRESSED', "This address is on the workspace's suppression list.");
  }

  /** Those of the host names that are on the list of domains, themselves or below one: sites that a search must leave out. */
  async hosts(workspaceId: string, hosts: readonly string[]): Promise<Set<string>> {
    const byHash = new Map<string, string[]>();
    for (const host of hosts) for (const name of withParents(host)) {
      const hash = suppressionHash(workspaceId, SuppressionKind.DOMAIN, name);
      byHash.set(hash, [...byHash.get(hash) ?? [], host]);
    }
    const rows = byHash.size === 0 ? [] : await this.dataSource.query<{ value_hash: string }[]>('SELECT value_hash FROM suppressions WHERE workspace_id = $1 AND value_hash = ANY($2)', [workspaceId, [...byHash.keys()]]);
    return new Set(rows.flatMap((row) => byHash.get(row.value_hash) ?? []));
  }
}
