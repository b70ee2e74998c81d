import { randomUUID } from 'node:crypto';
import { mkdir, open, opendir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { checkName, storageDown, storageFull, type ObjectStore, type StoredObject } from './object-store.js';

/** A half-written file this old belongs to a process that is gone: writing one takes seconds. */
const DEBRIS_AGE_MS = 3_600_000;
const TEMPORARY = /^\..{1,60}\.tmp$/;

function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

/** Null instead of an error for a file that is not there. */
async function unlessMissing<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw storageDown('cannot be read', cause);
  }
}

/** Objects as files of one folder. A file gets its name only when all of it is on disk. */
export class FileObjects implements ObjectStore {
  readonly #directory: string;

  /** @param directory made when the first object is stored. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  async size(name: string): Promise<number | null> {
    return (await unlessMissing(stat(this.#path(name))))?.size ?? null;
  }

  async put(name: string, data: Buffer): Promise<void> {
    const path = this.#path(name);
    const temporary = join(dirname(path), `.${randomUUID()}.tmp`);
    try {
      await mkdir(dirname(path), { recursive: true });
      await this.#write(temporary, data);
      await rename(temporary, path);
      await syncDirectory(dirname(path));
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => undefined);
      if (['ENOSPC', 'EDQUOT'].includes(codeOf(cause) ?? '')) throw storageFull(cause);
      throw storageDown('cannot be written', cause);
    }
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

  async get(name: string): Promise<Buffer | null> {
    return await unlessMissing(readFile(this.#path(name)));
  }

  async delete(name: string): Promise<void> {
    await unlessMissing(rm(this.#path(name), { force: true }));
  }

  /** Removes, on its way, what killed processes left half written. */
  async *list(): AsyncIterable<StoredObject> {
    yield* this.#walk(this.#directory);
  }

  async *#walk(folder: string): AsyncIterable<StoredObject> {
    const entries = await unlessMissing(opendir(folder));
    if (entries === null) return;
    for await (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        yield* this.#walk(path);
        continue;
      }
      const found = entry.isFile() ? await unlessMissing(stat(path)) : null;
      if (found === null) continue;
      if (TEMPORARY.test(entry.name)) {
        if (found.mtimeMs < Date.now() - DEBRIS_AGE_MS) await unlessMissing(rm(path, { force: true }));
        continue;
      }
      yield { name: relative(this.#directory, path).split(sep).join('/'), bytes: found.size, modifiedAt: found.mtime };
    }
  }

  async state(): Promise<{ state: 'READY' | 'OFF'; detail: string }> {
    try {
      await mkdir(this.#directory, { recursive: true });
      return { state: 'READY', detail: 'files of a folder' };
    } catch (error) {
      return { state: 'OFF', detail: `the folder cannot be used (${codeOf(error) ?? 'unknown reason'})` };
    }
  }

  close(): void {
    // Files are closed as soon as they are written or read.
  }

  #path(name: string): string {
    return join(this.#directory, checkName(name));
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
