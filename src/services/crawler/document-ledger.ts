import type { DataSource } from 'typeorm';
import type { Logger } from '../../logger.js';
import type { PageStore } from './page-store.js';

/** From the claim of a document to the page that refers to it: seconds. What nobody refers to after this is let go. */
const CLAIM = "interval '1 hour'";
const LISTING = 'list stored documents';
const BATCH = 1_000;

/**
 * Which documents of the page store are needed. The rules that make it safe for any number of processes, killed at
 * any moment:
 * 1. The row is committed before the object is looked for or written (`claim`), so every object has a row.
 * 2. Pages refer to the row by a foreign key, so a row that is needed cannot be deleted, and a page whose row was
 *    deleted cannot be stored: it claims and stores again.
 * 3. `sweep` deletes the row, then the object, then commits. A claim waits for that and finds nothing afterwards;
 *    a crash in between brings the row back, and the next sweep deletes again.
 * Rows are let go by a trigger on pages, so whoever deletes pages need not know.
 */
export class DocumentLedger {
  constructor(private readonly deps: { dataSource: DataSource; logger: Logger }) {}

  /** Keeps the documents from being swept for an hour. Half a millisecond: it waits for no disk (rule 1 then rests on `adopt` after a crash of the database). */
  async claim(keys: readonly string[]): Promise<void> {
    await this.deps.dataSource.query(`
      WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
      INSERT INTO documents (key, check_after) SELECT key, now() + ${CLAIM} FROM quick, unnest($1::text[]) AS wanted (key) ORDER BY key
      ON CONFLICT (key) DO UPDATE SET check_after = EXCLUDED.check_after`, [keys]);
  }

  /**
   * Looks at every document whose time has come: forgets the note where a page refers to it, removes it where none does.
   * @returns how many were removed
   * @throws LeadlineError SERVICE_UNAVAILABLE when the store is away; what was not removed stays noted
   */
  async sweep(store: PageStore, signal: AbortSignal): Promise<number> {
    let removed = 0;
    for (let last = '', isMore = true; isMore && !signal.aborted;) {
      const { keys, unneeded } = await this.#due(last);
      for (const key of unneeded) {
        if (signal.aborted) break;
        if (await this.#remove(store, key)) removed += 1;
      }
      isMore = keys.length === BATCH;
      last = keys.at(-1) ?? '';
    }
    if (removed > 0) this.deps.logger.info({ removed }, 'documents that no page needs any more were removed');
    return removed;
  }

  /** The next documents whose time has come, and those of them that no page refers to; the others' notes are forgotten. */
  async #due(after: string): Promise<{ keys: string[]; unneeded: string[] }> {
    return await this.deps.dataSource.transaction(async (manager) => {
      // Locked before it is decided: a page that is deleted at this moment then writes its note after us, not under us.
      const due = await manager.query<{ key: string }[]>(`SELECT key FROM documents WHERE check_after < now() AND key > $1 ORDER BY key LIMIT ${BATCH} FOR NO KEY UPDATE SKIP LOCKED`, [after]);
      const keys = due.map(({ key }) => key);
      const needed = await manager.query<{ key: string }[]>('SELECT DISTINCT document_key AS key FROM pages WHERE document_key = ANY($1)', [keys]);
      const isNeeded = new Set(needed.map(({ key }) => key));
      await manager.query('UPDATE documents SET check_after = NULL WHERE key = ANY($1)', [[...isNeeded]]);
      return { keys, unneeded: keys.filter((key) => !isNeeded.has(key)) };
    });
  }

  async #remove(store: PageStore, key: string): Promise<boolean> {
    return await this.deps.dataSource.transaction(async (manager) => {
      // Locked first: a page that is being stored holds its row, and such a row is left for the next time.
      const locked = await manager.query<unknown[]>('SELECT 1 FROM documents WHERE key = $1 AND check_after < now() FOR UPDATE SKIP LOCKED', [key]);
      if (locked.length === 0) return false;
      // A statement of its own: it sees what was committed before the lock was had.
      const [, count] = await manager.query<[unknown[], number]>('DELETE FROM documents d WHERE key = $1 AND NOT EXISTS (SELECT 1 FROM pages p WHERE p.document_key = d.key)', [key]);
      if (count === 0) return false;
      await store.delete(key);
      return true;
    });
  }

  /**
   * Once a day: every object of the store that has no row gets one, so that the sweep finds it. Such objects come from
   * a database that was set back, or that crashed within a claim.
   */
  async adopt(store: PageStore, signal: AbortSignal): Promise<void> {
    let batch: string[] = [];
    const flush = async (): Promise<void> => {
      const keys = batch;
      batch = [];
      if (keys.length > 0) await this.deps.dataSource.query(`INSERT INTO documents (key, check_after) SELECT key, now() + ${CLAIM} FROM unnest($1::text[]) AS found (key) ORDER BY key ON CONFLICT (key) DO NOTHING`, [keys]);
    };
    for await (const { key } of store.keys()) {
      if (signal.aborted) return;
      batch.push(key);
      if (batch.length >= BATCH) await flush();
    }
    await flush();
    await this.deps.dataSource.query('INSERT INTO upkeep (name, done_at) VALUES ($1, now()) ON CONFLICT (name) DO UPDATE SET done_at = now()', [LISTING]);
  }

  /** Job function: both of the above, the second only when a day has passed. */
  async tidy(store: PageStore, signal: AbortSignal): Promise<void> {
    const listed = await this.deps.dataSource.query<unknown[]>("SELECT 1 FROM upkeep WHERE name = $1 AND done_at > now() - interval '1 day'", [LISTING]);
    if (listed.length === 0) await this.adopt(store, signal);
    await this.sweep(store, signal);
  }
}

/** True for a transaction that stored a page whose document was swept meanwhile. */
export function isDocumentGone(error: unknown): boolean {
  const { code, constraint } = (error as { driverError?: { code?: string; constraint?: string } }).driverError ?? (error as { code?: string; constraint?: string });
  return code === '23503' && constraint === 'pages_document_key';
}
