/**
 * Files of page documents, named by the SHA-256 of their content: the same page is kept once, whoever crawled it
 * and however often, and a file that exists is complete, because it gets its name only when all of it is on disk.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { LeadlineError } from '../../errors.js';

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** A tenth of the time of zlib's own choice for a tenth more bytes: packing was more work than reading the page. */
const PACK_LEVEL = 1;
/** Documents hold a page of at most a few megabytes; a file that unpacks to more is none of ours. */
const MAX_DOCUMENT_BYTES = 256 * 1024 * 1024;

export interface StoredDocument {
  /** SHA-256 of the document, hexadecimal, lower case. */
  key: string;
  /** Size on disk (gzip). */
  bytes: number;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

export class PageStore {
  readonly #directory: string;

  /** @param directory made when the first document is stored. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Two levels of folders keep each of them small: 65,536 folders before one holds more than a handful of files. */
  #path(key: string): string {
    if (!/^[0-9a-f]{64}$/.test(key)) throw new LeadlineError('NOT_FOUND', 'There is no such stored page.');
    return join(this.#directory, key.slice(0, 2), key.slice(2, 4), `${key.slice(4)}.xml.gz`);
  }

  /**
   * Stores a document, durably before it returns. Storing it again changes nothing.
   * @throws LeadlineError STORAGE_FULL when the disk or the quota is used up, SERVICE_UNAVAILABLE when the folder cannot
   * be written for another reason; both to be tried again with back-off.
   */
  async put(xml: string): Promise<StoredDocument> {
    const document = Buffer.from(xml, 'utf8');
    const key = createHash('sha256').update(document).digest('hex');
    const path = this.#path(key);
    const existing = await stat(path).catch(() => null);
    if (existing !== null) return { key, bytes: existing.size };
    const packed = await pack(document, { level: PACK_LEVEL });
    const temporary = join(dirname(path), `.${randomUUID()}.tmp`);
    try {
      await mkdir(dirname(path), { recursive: true });
      await this.#write(temporary, packed);
      await rename(temporary, path);
      await syncDirectory(dirname(path));
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => undefined);
      if (['ENOSPC', 'EDQUOT'].includes(codeOf(cause) ?? '')) {
        throw new LeadlineError('STORAGE_FULL', 'The page store has no space left.', { retry: 'backoff', cause });
      }
      if (codeOf(cause) !== undefined) throw new LeadlineError('SERVICE_UNAVAILABLE', 'The page store cannot be written.', { details: { dependency: 'storage' }, retry: 'backoff', cause });
      throw cause;
    }
    return { key, bytes: packed.length };
  }

  async #write(path: string, data: Buffer): Promise<void> {
    const file = await open(path, 'wx', 0o640);
    try {
      await file.writeFile(data);
      // Without this a crash may leave a named file with nothing in it.
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** @throws LeadlineError NOT_FOUND; PARSE_FAILED when the file is damaged. */
  async get(key: string): Promise<string> {
    const path = this.#path(key);
    let packed: Buffer;
    try {
      packed = await readFile(path);
    } catch (cause) {
      if (codeOf(cause) === 'ENOENT') throw new LeadlineError('NOT_FOUND', 'There is no such stored page.', { cause });
      throw cause;
    }
    const document = await unpack(packed, { maxOutputLength: MAX_DOCUMENT_BYTES }).catch(() => null);
    if (document === null || createHash('sha256').update(document).digest('hex') !== key) {
      throw new LeadlineError('PARSE_FAILED', 'The stored page is damaged.');
    }
    return document.toString('utf8');
  }

  /** Deleting what is not there is no error: a second try after a crash must go through. */
  async delete(key: string): Promise<void> {
    await rm(this.#path(key), { force: true });
  }
}

/** Makes the new name itself durable. Some file systems do not sync directories; the name is then as safe as they make it. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } catch (error) {
    if (!['EINVAL', 'EPERM', 'ENOTSUP', 'EISDIR'].includes(codeOf(error) ?? '')) throw error;
  } finally {
    await directory.close();
  }
}
