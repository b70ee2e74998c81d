import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect, promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LeadlineError } from '../../../src/errors.js';
import { FileObjects } from '../../../src/file-objects.js';
import type { ObjectStore } from '../../../src/object-store.js';
import { S3Objects } from '../../../src/s3-objects.js';
import { packDocument, PageStore } from '../../../src/services/crawler/page-store.js';
import { startS3, type TestS3 } from '../../support/s3.js';
import { freePort } from '../../../src/free-port.js';
import { testFolder } from '../../support/servers.js';

const run = promisify(execFile);
const nameOf = (key: string): string => `${key.slice(0, 2)}/${key.slice(2, 4)}/${key.slice(4)}.xml.gz`;

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const entry of source) found.push(entry);
  return found;
}

let s3: TestS3;
beforeAll(async () => { s3 = await startS3(); });
afterAll(() => s3.close());
afterEach(() => s3.fail(null));

let folder: string;
beforeEach(() => { folder = testFolder('pages'); });
afterEach(() => rm(folder, { recursive: true, force: true }));

let prefixes = 0;
const openS3 = async (changes: Partial<Parameters<typeof S3Objects.open>[0]> = {}): Promise<S3Objects> => await S3Objects.open({ url: `s3://${s3.bucket}/test/${++prefixes}`, endpoint: s3.endpoint, accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER', ...changes });

// One contract; whatever keeps objects must pass it.
describe.each<[string, () => Promise<ObjectStore>]>([
  ['a folder', async () => Promise.resolve(new FileObjects(join(folder, 'new', 'place')))],
  ['an S3 bucket', () => openS3()],
])('PageStore on %s', (_name, open) => {
  let objects: ObjectStore;
  let store: PageStore;
  beforeEach(async () => {
    objects = await open();
    store = new PageStore(objects);
  });
  afterEach(() => { objects.close(); });

  it('names a document by its content, packs it and gives it back', async () => {
    const xml = `<page>${'Grüße 漢字 '.repeat(1000)}</page>`;
    const { key, bytes } = await store.put(xml);
    expect(key).toBe(createHash('sha256').update(xml).digest('hex'));
    expect(await store.get(key)).toBe(xml);
    expect(await objects.size(nameOf(key))).toBe(bytes);
    expect(bytes).toBeLessThan(Buffer.byteLength(xml) / 10);
  });

  it('keeps the same document once, also when it is stored many times at once', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => store.put('<page>same</page>')));
    expect(new Set(results.map((result) => result.key)).size).toBe(1);
    expect(await store.put('<page>same</page>')).toEqual(results[0]);
    expect(await all(store.keys())).toEqual([{ key: results[0]?.key, modifiedAt: expect.any(Date) as Date }]);
    expect(await store.get(results[0]?.key ?? '')).toBe('<page>same</page>');
  });

  it('lists what it holds, strangers left out', async () => {
    const stored = await Promise.all([1, 2, 3].map((number) => store.put(`<page>${number}</page>`)));
    await objects.put('README.txt', Buffer.from('a stranger'));
    await objects.put(`aa/bb/${'c'.repeat(59)}.xml.gz`, Buffer.from('too short a name'));
    expect((await all(store.keys())).map(({ key }) => key).sort()).toEqual(stored.map(({ key }) => key).sort());
    expect(await all(objects.list())).toHaveLength(5);
  });

  it('says that a document is not there, deletes without complaint, and takes no name that leads elsewhere', async () => {
    const { key } = await store.put('<page/>');
    await store.delete(key);
    await store.delete(key);
    await expect(store.get(key)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await objects.size(nameOf(key))).toBeNull();
    for (const bad of ['', '../../etc/passwd', key.toUpperCase(), `${key}/..`]) {
      await expect(store.get(bad)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(store.delete(bad)).rejects.toBeInstanceOf(LeadlineError);
    }
    for (const bad of ['../x', 'a/../../x', '/x', 'a//b', '.hidden', 'a/.tmp', 'a\0b', '']) await expect(objects.put(bad, Buffer.from('x'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('notices a damaged document by its hash, whatever the damage', async () => {
    const { key } = await store.put('<page>1</page>');
    for (const damage of ['no gzip', '', gzipSync('<page>2</page>'), gzipSync('<page>1</page>').subarray(0, 12)]) {
      await objects.put(nameOf(key), Buffer.from(damage));
      await expect(store.get(key)).rejects.toMatchObject({ code: 'PARSE_FAILED' });
    }
  });

  it('writes a document again that was cut short', async () => {
    const { key } = await store.put('<page>1</page>');
    await objects.put(nameOf(key), Buffer.alloc(0));
    await store.put('<page>1</page>');
    expect(await store.get(key)).toBe('<page>1</page>');
  });

  it('claims a document before it looks whether it is there', async () => {
    const order: string[] = [];
    const watched = new PageStore({
      size: async (name) => { order.push('size'); return await objects.size(name); },
      put: async (name, data) => { order.push('put'); await objects.put(name, data); },
      get: (name) => objects.get(name), delete: (name) => objects.delete(name), list: () => objects.list(), state: () => objects.state(), close: () => objects.close(),
    }, async (keys) => { order.push(`claim ${keys.length}`); await Promise.resolve(); });
    const stored = await watched.putAll(['<page>claimed</page>', '<page>too</page>', '<page>claimed</page>'].map(packDocument));
    expect(order[0]).toBe('claim 2');
    expect(order.filter((step) => step.startsWith('claim'))).toHaveLength(1);
    expect(stored[2]?.key).toBe(stored[0]?.key);
    for (const [place, text] of ['<page>claimed</page>', '<page>too</page>'].entries()) expect(await store.get(stored[place]?.key ?? '')).toBe(text);
    const refused = new PageStore(objects, () => Promise.reject(new Error('no database')));
    await expect(refused.put('<page>unclaimed</page>')).rejects.toThrow('no database');
    expect(await objects.size(nameOf(createHash('sha256').update('<page>unclaimed</page>').digest('hex')))).toBeNull();
  });

  it('is ready', async () => {
    expect((await objects.state()).state).toBe('READY');
  });
});

describe('objects in a folder', () => {
  it('lie where the folder is opened next time, in small folders', async () => {
    const { key } = await new PageStore(new FileObjects(folder)).put('<page/>');
    expect((await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)))
      .toEqual([join(folder, key.slice(0, 2), key.slice(2, 4), `${key.slice(4)}.xml.gz`)]);
    expect(await new PageStore(new FileObjects(folder)).get(key)).toBe('<page/>');
  });

  it('are listed without what a killed process left half written, which is removed once it is old', async () => {
    const objects = new FileObjects(folder);
    await objects.put('a/b', Buffer.from('x'));
    const [old, fresh] = [join(folder, 'a', '.0f-old.tmp'), join(folder, 'a', '.0f-fresh.tmp')];
    for (const path of [old, fresh]) await writeFile(path, 'half');
    await utimes(old, new Date(0), new Date(0));
    expect((await all(objects.list())).map(({ name }) => name)).toEqual(['a/b']);
    expect((await readdir(join(folder, 'a'))).sort()).toEqual(['.0f-fresh.tmp', 'b']);
  });

  it('are out of reach when the trouble is not about space, and no half file stays', async () => {
    const file = join(folder, 'not-a-folder');
    await writeFile(file, '');
    const objects = new FileObjects(file);
    await expect(new PageStore(objects).put('<page/>')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retry: 'backoff', details: { dependency: 'storage' }, cause: { code: 'ENOTDIR' } });
    await expect(new PageStore(objects).get('a'.repeat(64))).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(await objects.state()).toMatchObject({ state: 'OFF', detail: expect.stringContaining('EEXIST') as string });
    expect(await readdir(folder)).toEqual(['not-a-folder']);
    expect((await stat(file)).size).toBe(0);
  });

  it('say that the disk is full, and work again when there is space', async ({ skip }) => {
    // A file system of 16 KiB needs the right to mount one; CI and the machines of this project have it.
    const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', folder]).then(() => true, () => false);
    if (!mounted) skip();
    try {
      const store = new PageStore(new FileObjects(folder));
      const large = `<page>${randomBytes(40_000).toString('base64')}</page>`;
      await expect(store.put(large)).rejects.toMatchObject({ code: 'STORAGE_FULL', retry: 'backoff' });
      expect((await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())).toEqual([]);
      const { key } = await store.put('<page>small</page>');
      expect(await store.get(key)).toBe('<page>small</page>');
    } finally {
      await run('umount', [folder]);
    }
  });
});

describe('objects in an S3 bucket', () => {
  it('lie below the prefix of STORAGE_URL and nowhere else', async () => {
    const objects = await openS3({ url: `s3://${s3.bucket}/deep/prefix/` });
    await objects.put('a/b', Buffer.from('x'));
    expect(s3.requests.at(-1)).toMatch(/^PUT \/pages\/deep\/prefix\/a\/b(?:\?|$)/);
    expect((await all(objects.list())).map(({ name }) => name)).toEqual(['a/b']);
    objects.close();
  });

  it('are listed to the end, page after page', async () => {
    const objects = await openS3();
    // As AWS answers; s3rver fails on its own second page.
    s3.fail({ status: 200, body: (path) => {
      const page = Number(/continuation-token=t(\d)/.exec(path)?.[1] ?? '0');
      const contents = [0, 1].map((index) => `<Contents><Key>test/${prefixes}/n/${page * 2 + index}</Key><LastModified>2026-01-0${page + 1}T00:00:00.000Z</LastModified><Size>7</Size></Contents>`).join('');
      return `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${String(page < 2)}</IsTruncated>${page < 2 ? `<NextContinuationToken>t${page + 1}</NextContinuationToken>` : ''}${contents}</ListBucketResult>`;
    } }, (method, path) => method === 'GET' && path.includes('list-type=2'));
    const found = await all(objects.list());
    expect(found.map(({ name }) => name)).toEqual(['n/0', 'n/1', 'n/2', 'n/3', 'n/4', 'n/5']);
    expect(found[5]).toEqual({ name: 'n/5', bytes: 7, modifiedAt: new Date('2026-01-03') });
    objects.close();
  });

  it.each<[string, { status: number; code: string; message?: string }, string, RegExp]>([
    ['507', { status: 507, code: 'InsufficientStorage' }, 'STORAGE_FULL', /no space/],
    ['a quota of Ceph', { status: 403, code: 'QuotaExceeded' }, 'STORAGE_FULL', /no space/],
    ['a full disk of MinIO', { status: 507, code: 'XMinioStorageFull' }, 'STORAGE_FULL', /no space/],
    ['a cap of Backblaze', { status: 403, code: 'AccessDenied', message: 'Cannot upload files, storage cap exceeded' }, 'STORAGE_FULL', /no space/],
    ['a key without the right', { status: 403, code: 'AccessDenied' }, 'SERVICE_UNAVAILABLE', /refuses our credentials \(AccessDenied\)/],
    ['a wrong secret', { status: 403, code: 'SignatureDoesNotMatch' }, 'SERVICE_UNAVAILABLE', /refuses our credentials \(SignatureDoesNotMatch\)/],
    ['an unknown key', { status: 403, code: 'InvalidAccessKeyId' }, 'SERVICE_UNAVAILABLE', /refuses our credentials/],
    ['a bucket that is not there', { status: 404, code: 'NoSuchBucket' }, 'SERVICE_UNAVAILABLE', /no such bucket/],
    ['a server that is too busy', { status: 503, code: 'SlowDown' }, 'SERVICE_UNAVAILABLE', /failed \(SlowDown, HTTP 503\)/],
    ['a broken server', { status: 500, code: 'InternalError' }, 'SERVICE_UNAVAILABLE', /HTTP 500/],
  ])('answering with %s give the typed error, to be tried again, without a word of the exchange in it', async (_name, fault, code, message) => {
    const objects = await openS3();
    s3.fail(fault, (method) => method === 'PUT');
    const error: unknown = await new PageStore(objects).put('<page/>').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, retry: 'backoff', message: expect.stringMatching(message) as string });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/authorization|AWS4-HMAC/i);
    s3.fail(null);
    await new PageStore(objects).put('<page/>');
    objects.close();
  });

  it('outlive one bad answer without a word', async () => {
    const objects = await openS3();
    let left = 1;
    s3.fail({ status: 503, code: 'SlowDown' }, (method) => method === 'PUT' && left-- > 0);
    const { key } = await new PageStore(objects).put('<page>busy once</page>');
    expect(await new PageStore(objects).get(key)).toBe('<page>busy once</page>');
    objects.close();
  });

  it('behind an unknown key, a dead port, a cut line and a silent server name the cause and never hang', async () => {
    const dead = `http://127.0.0.1:${await freePort()}`;
    const wrong = await openS3({ accessKeyId: 'NOBODY' });
    await expect(wrong.put('a', Buffer.from('x'))).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', message: expect.stringContaining('InvalidAccessKeyId') as string });
    expect(await wrong.state()).toMatchObject({ state: 'OFF' });
    const gone = await openS3({ endpoint: dead });
    await expect(gone.get('a')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', details: { dependency: 'storage' }, message: expect.stringContaining('cannot be reached') as string });
    expect(await gone.state()).toMatchObject({ state: 'OFF', detail: expect.stringContaining('cannot be reached') as string });
    const slow = await openS3({ requestTimeoutMs: 100 });
    s3.fail('silent');
    await expect(slow.get('a')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', message: expect.stringContaining('did not answer in time') as string });
    s3.fail('cut');
    await expect(slow.size('a')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', message: expect.stringContaining('cannot be reached') as string });
    s3.fail(null);
    expect(await (await openS3({ url: 's3://no-such-bucket' })).state()).toMatchObject({ state: 'OFF', detail: expect.stringContaining('no-such-bucket') as string });
    for (const objects of [wrong, gone, slow]) objects.close();
  });

  it('damaged on the server are noticed', async () => {
    const objects = await openS3();
    const { key } = await new PageStore(objects).put(`<page>${'x'.repeat(1000)}</page>`);
    const files = (await readdir(s3.folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const [file] = files.filter((path) => path.includes(`/test/${prefixes}/`) && path.endsWith('._S3rver_object'));
    expect((await readFile(file ?? '')).length).toBeGreaterThan(20);
    await truncate(file ?? '', 20);
    await expect(new PageStore(objects).get(key)).rejects.toMatchObject({ code: 'PARSE_FAILED' });
    objects.close();
  });
});
