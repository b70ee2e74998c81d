import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, type ReadStream } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { In, type DataSource } from 'typeorm';
import { permit, requireReader, type Actor } from '../../actor.js';
import { ExportFormat, ExportPreset, ExportStatus, LeadEventType } from '../../entities/enums.js';
import { Export } from '../../entities/export.js';
import { Lead } from '../../entities/lead.js';
import { LeadlineError } from '../../errors.js';
import { JOBS, type Jobs } from '../../jobs.js';
import { isUuid, paginate, type PageOf, type PageRequest } from '../../pagination.js';
import type { Progress } from '../../progress.js';
import { csvStream, type LeadRow } from './csv.js';
import { checkFilter, filterLeads, type LeadFilter } from './lead-query.js';

/** A download link works this long. */
const LINK_TTL_MS = 3_600_000;

interface ExportRow extends Omit<LeadRow, 'primaryEmail' | 'otherEmails'> { primaryEmail: LeadRow['primaryEmail']; otherEmails: string[] | null }

/** Files of leads: a row says what is wanted, a job streams it from the database to a file, a signed link gives it out. */
export class LeadExports {
  readonly #folder: string;

  /** @param linkKey signs the download links */
  constructor(private readonly deps: { dataSource: DataSource; jobs: Jobs; progress: Progress; dataDir: string; publicUrl: string; linkKey: Buffer }) {
    this.#folder = join(deps.dataDir, 'exports');
  }

  async exportLeads(actor: Actor, filter: LeadFilter, format: ExportFormat, preset: ExportPreset): Promise<Export> {
    permit(actor, 'export');
    if (format !== ExportFormat.CSV) throw new LeadlineError('BAD_USER_INPUT', 'This version exports CSV.', { details: { fields: ['format'] } });
    if (preset !== ExportPreset.FULL && preset !== ExportPreset.SEQUENCER) throw new LeadlineError('BAD_USER_INPUT', 'This version has the presets FULL and SEQUENCER.', { details: { fields: ['preset'] } });
    // Checked now, so that a bad filter is told here and not by a failed job.
    await checkFilter(this.deps.dataSource, actor.workspaceId, filter);
    const exports = this.deps.dataSource.getRepository(Export);
    const made = await exports.save(exports.create({ workspaceId: actor.workspaceId, format, preset, filter: filter as Record<string, unknown>, status: ExportStatus.QUEUED }));
    await this.deps.jobs.enqueue(JOBS.writeExport, { exportId: made.id });
    return made;
  }

  async export(actor: Actor, id: string): Promise<Export> {
    requireReader(actor);
    const found = isUuid(id) ? await this.deps.dataSource.getRepository(Export).findOneBy({ id, workspaceId: actor.workspaceId }) : null;
    if (!found) throw new LeadlineError('NOT_FOUND', 'There is no such export.');
    return found;
  }

  async exports(actor: Actor, page: PageRequest): Promise<PageOf<Export>> {
    requireReader(actor);
    const query = this.deps.dataSource.getRepository(Export).createQueryBuilder('row').where('row.workspaceId = :workspaceId', { workspaceId: actor.workspaceId });
    return await paginate(query, page, { expression: 'row.created_at', type: 'timestamptz', direction: 'DESC' });
  }

  /** Signed and expiring; null until the file is there. */
  downloadUrl(file: Export): string | null {
    if (file.status !== ExportStatus.READY) return null;
    const expires = Date.now() + LINK_TTL_MS;
    return `${this.deps.publicUrl}/files/exports/${file.id}?token=${expires}.${this.#sign(file.id, expires)}`;
  }

  /** @throws NOT_FOUND for a wrong, old or forged link: the same answer for all */
  async download(id: string, token: string): Promise<{ stream: ReadStream; bytes: number; fileName: string }> {
    const [expires = '', signature = ''] = token.split('.');
    const wanted = Buffer.from(this.#sign(id, Number(expires)));
    const given = Buffer.from(signature);
    const isGood = isUuid(id) && wanted.length === given.length && timingSafeEqual(wanted, given) && Number(expires) > Date.now();
    const file = isGood ? await this.deps.dataSource.getRepository(Export).findOneBy({ id, status: ExportStatus.READY }) : null;
    if (!file || !existsSync(this.#path(id))) throw new LeadlineError('NOT_FOUND', 'This link is not valid any more.');
    return { stream: createReadStream(this.#path(id)), bytes: (await stat(this.#path(id))).size, fileName: `leads-${file.createdAt.toISOString().slice(0, 10)}.csv` };
  }

  /** Job function: writes the file beside its place and moves it there, so that half a file is never given out. */
  async write(exportId: string, signal: AbortSignal): Promise<void> {
    const exports = this.deps.dataSource.getRepository(Export);
    const wanted = await exports.findOneBy({ id: exportId });
    if (!wanted || wanted.status === ExportStatus.READY || wanted.status === ExportStatus.FAILED) return;
    await exports.update(exportId, { status: ExportStatus.RUNNING });
    mkdirSync(this.#folder, { recursive: true });
    const half = `${this.#path(exportId)}.${crypto.randomUUID()}`;
    const hash = createHash('sha256');
    let rows = 0;
    let bytes = 0;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        bytes += chunk.length;
        done(null, chunk);
      },
    });
    try {
      const counted = async function* (source: AsyncIterable<LeadRow>) { for await (const row of source) { rows += 1; yield row; } };
      await pipeline(csvStream(counted(this.#rows(wanted)), wanted.preset), meter, createWriteStream(half, { mode: 0o600 }), { signal });
      await rename(half, this.#path(exportId));
    } catch (cause) {
      await rm(half, { force: true });
      const isFull = ['ENOSPC', 'EDQUOT'].includes((cause as NodeJS.ErrnoException).code ?? '');
      throw new LeadlineError(isFull ? 'STORAGE_FULL' : 'EXPORT_FAILED', isFull ? 'There is no space left for the export.' : 'The export could not be written.', { retry: 'backoff', cause });
    }
    await this.deps.progress.advance(async (tx) => {
      const done = await tx.query("UPDATE exports SET status = 'READY', rows = $2, bytes = $3, sha256 = $4, finished_at = now() WHERE id = $1 AND status = 'RUNNING' RETURNING id", [exportId, rows, bytes, hash.digest('hex')]);
      if (done.length === 0) return;
      const leads = filterLeads(tx.manager.getRepository(Lead).createQueryBuilder('row'), wanted.workspaceId, wanted.filter);
      const ids = await leads.select('row.id', 'id').orderBy('row.id').getRawMany<{ id: string }>();
      await tx.leadEvents(wanted.workspaceId, ids.map((lead) => lead.id), LeadEventType.EXPORTED, 'export', { exportId });
    });
    // Erased while it was written: nobody may find the file.
    if (!await exports.existsBy({ id: exportId })) await rm(this.#path(exportId), { force: true });
  }

  async giveUp(exportId: string, error: unknown): Promise<void> {
    const reason = error instanceof LeadlineError ? error.message : 'Something went wrong on our side.';
    await this.deps.dataSource.getRepository(Export).update(exportId, { status: ExportStatus.FAILED, error: reason, finishedAt: new Date() });
  }

  /**
   * Removes the exports of a workspace that hold one of the texts (any case): files and rows. One that is being written may
   * have read them already and fails. @returns how many
   */
  async eraseWith(workspaceId: string, texts: readonly string[]): Promise<number> {
    const exports = this.deps.dataSource.getRepository(Export);
    let erased = 0;
    for (const { id, status } of await exports.findBy({ workspaceId, status: In([ExportStatus.READY, ExportStatus.RUNNING]) })) {
      // A file that is not there was removed by a run that was killed before it could say so; what cannot be looked into goes as well.
      if (status === ExportStatus.READY && existsSync(this.#path(id)) && !await fileHolds(this.#path(id), texts)) continue;
      await rm(this.#path(id), { force: true });
      await exports.delete({ id, workspaceId });
      erased += 1;
    }
    return erased;
  }

  /** Removes the files whose rows are gone, with their account or workspace. A process that was killed in between does it at its next start. */
  async sweep(): Promise<void> {
    const files = (await readdir(this.#folder).catch(() => [])).map((name) => ({ name, id: name.split('.')[0] ?? '' })).filter(({ id }) => isUuid(id));
    if (files.length === 0) return;
    const known = new Set((await this.deps.dataSource.query<{ id: string }[]>('SELECT id FROM exports WHERE id = ANY($1)', [files.map(({ id }) => id)])).map((row) => row.id));
    for (const { name, id } of files) if (!known.has(id)) await rm(join(this.#folder, name), { force: true });
  }

  /** One cursor over the database: memory does not grow with the number of leads. */
  async* #rows(wanted: Export): AsyncGenerator<LeadRow> {
    const [ids, parameters] = filterLeads(this.deps.dataSource.getRepository(Lead).createQueryBuilder('row'), wanted.workspaceId, wanted.filter).select('row.id').getQueryAndParameters();
    const runner = this.deps.dataSource.createQueryRunner();
    try {
      const stream = await runner.stream(`
        SELECT l.id, l.company_name AS "companyName", l.domain, l.website, l.description, l.industry, l.address, l.city, l.country_code AS "countryCode", l.phones,
          l.social_links AS "socialLinks", l.contact_name AS "contactName", l.contact_title AS "contactTitle", l.score, l.fit_score AS "fitScore", l.reach_score AS "reachScore",
          l.reason, l.status, l.tags, l.created_at AS "createdAt", l.updated_at AS "updatedAt",
          (SELECT json_build_object('address', e.address, 'status', e.status, 'kind', e.kind, 'proofUrl', (SELECT s.page_url FROM email_sources s WHERE s.email_id = e.id ORDER BY s.found_at LIMIT 1)) FROM emails e WHERE e.id = l.primary_email_id) AS "primaryEmail",
          (SELECT json_agg(e.address ORDER BY e.address) FROM emails e WHERE e.lead_id = l.id AND e.id IS DISTINCT FROM l.primary_email_id) AS "otherEmails",
          coalesce((SELECT json_object_agg(v.field, v.page_url) FROM (SELECT DISTINCT ON (field) field, page_url FROM evidence WHERE lead_id = l.id ORDER BY field, found_at) v), '{}') AS "proofUrls"
        FROM leads l WHERE l.id IN (${ids}) ORDER BY l.score DESC, l.id`, parameters as unknown[]);
      for await (const row of stream as AsyncIterable<ExportRow>) yield { ...row, otherEmails: row.otherEmails ?? [] };
    } finally {
      await runner.release();
    }
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.csv`);
  }

  #sign(id: string, expires: number): string {
    return createHmac('sha256', this.deps.linkKey).update(`${id}.${expires}`).digest('base64url');
  }
}

/** Read in pieces: an export may be larger than memory. A file that is gone holds nothing. */
async function fileHolds(path: string, texts: readonly string[]): Promise<boolean> {
  const wanted = texts.map((text) => text.toLowerCase());
  const overlap = Math.max(...wanted.map((text) => text.length));
  let rest = '';
  for await (const piece of createReadStream(path, { encoding: 'utf8' }) as AsyncIterable<string>) {
    const window = `${rest}${piece}`.toLowerCase();
    if (wanted.some((text) => window.includes(text))) return true;
    rest = window.slice(-overlap);
  }
  return false;
}
