import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LeadlineError } from '../../../src/errors.js';
import { PageStore } from '../../../src/services/crawler/page-store.js';

const run = promisify(execFile);
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pages-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function files(): Promise<string[]> {
  return (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe('PageStore', () => {
  it('names a document by its content and gives it back', async () => {
    const store = new PageStore(join(folder, 'new', 'place'));
    const xml = `<page>${'Grüße 漢字 '.repeat(1000)}</page>`;
    const { key, bytes } = await store.put(xml);
    expect(key).toBe(createHash('sha256').update(xml).digest('hex'));
    expect(await store.get(key)).toBe(xml);
    const [file] = await files();
    expect(file).toBe(join(folder, 'new', 'place', key.slice(0, 2), key.slice(2, 4), `${key.slice(4)}.xml.gz`));
    expect((await stat(file ?? '')).size).toBe(bytes);
    expect(bytes).toBeLessThan(Buffer.byteLength(xml) / 10);
  });

  it('keeps the same document once, also when it is stored many times at once', async () => {
    const store = new PageStore(folder);
    const results = await Promise.all(Array.from({ length: 20 }, () => store.put('<page>same</page>')));
    expect(new Set(results.map((result) => result.key)).size).toBe(1);
    expect(await store.put('<page>same</page>')).toEqual(results[0]);
    expect(await files()).toHaveLength(1);
    expect(await store.get(results[0]?.key ?? '')).toBe('<page>same</page>');
  });

  it('says that a document is not there, and deletes without complaint', async () => {
    const store = new PageStore(folder);
    const { key } = await store.put('<page/>');
    await store.delete(key);
    await store.delete(key);
    await expect(store.get(key)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    for (const bad of ['', '../../etc/passwd', key.toUpperCase(), `${key}/..`]) {
      await expect(store.get(bad)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(store.delete(bad)).rejects.toBeInstanceOf(LeadlineError);
    }
  });

  it('notices a damaged file', async () => {
    const store = new PageStore(folder);
    const { key } = await store.put('<page>1</page>');
    const other = await new PageStore(join(folder, 'b')).put('<page>2</page>');
    const [path] = (await files()).filter((file) => file.includes(key.slice(4)));
    await writeFile(path ?? '', 'no gzip');
    await expect(store.get(key)).rejects.toMatchObject({ code: 'PARSE_FAILED' });
    expect(await new PageStore(join(folder, 'b')).get(other.key)).toBe('<page>2</page>');
  });

  it('says that the store is out of reach when the trouble is not about space, and leaves no half file', async () => {
    const file = join(folder, 'not-a-folder');
    await writeFile(file, '');
    await expect(new PageStore(file).put('<page/>')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', details: { dependency: 'storage' }, cause: { code: 'ENOTDIR' } });
    expect(await files()).toEqual([file]);
  });

  it('says that the disk is full, and works again when there is space', async ({ skip }) => {
    // A file system of 16 KiB needs the right to mount one; CI and the machines of this project have it.
    const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', folder]).then(() => true, () => false);
    if (!mounted) skip();
    try {
      const store = new PageStore(folder);
      const large = `<page>${randomBytes(40_000).toString('base64')}</page>`;
      await expect(store.put(large)).rejects.toMatchObject({ code: 'STORAGE_FULL', retry: 'backoff' });
      expect(await files()).toEqual([]);
      const { key } = await store.put('<page>small</page>');
      expect(await store.get(key)).toBe('<page>small</page>');
    } finally {
      await run('umount', [folder]);
    }
  });
});
