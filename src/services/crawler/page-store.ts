/**
 * Page documents, named by the SHA-256 of their content: the same page is kept once, whoever crawled it and however
 * often. Where they lie is the business of the object store; which of them are still needed, of the document ledger.
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzipSync } from 'node:zlib';
import { LeadlineError } from '../../errors.js';
import type { ObjectStore } from '../../object-store.js';

const unpack = promisify(gunzip);

/** A tenth of the time of zlib's own choice for a tenth more bytes: packing was more work than reading the page. */
const PACK_LEVEL = 1;
/** Documents hold a page of at most a few megabytes; a file that unpacks to more is none of ours. */
const MAX_DOCUMENT_BYTES = 256 * 1024 * 1024;
const KEY = /^[0-9a-f]{64}$/;

export interface StoredDocument {
  /** SHA-256 of the document, hexadecimal, lower case. */
  key: string;
  /** Size as stored (gzip). */
  bytes: number;
}

/** A document as the store takes it: gzip, with the SHA-256 of what is in it (see `StoredDocument`). */
export interface PackedDocument { key: string; packed: Uint8Array }

/** Linear; about a millisecond for a document of 100 KB. */
export function packDocument(xml: string): PackedDocument {
  const data = Buffer.from(xml, 'utf8');
  return { key: createHash('sha256').update(data).digest('hex'), packed: gzipSync(data, { level: PACK_LEVEL }) };
}

/** Two levels of folders keep each of them small: 65,536 folders before one holds more than a handful of files. */
function nameOf(key: string): string {
  if (!KEY.test(key)) throw new LeadlineError('NOT_FOUND', 'There is no such stored page.');
  return `${key.slice(0, 2)}/${key.slice(2, 4)}/${key.slice(4)}.xml.gz`;
}

/** The key behind a name, or null for an object that is no document. */
function keyOf(name: string): string | null {
  const match = /^([0-9a-f]{2})\/([0-9a-f]{2})\/([0-9a-f]{60})\.xml\.gz$/.exec(name);
  return match === null ? null : match.slice(1).join('');
}

export class PageStore {
  /** @param claim says, durably and before the documents are looked for, that somebody is about to need them: see DocumentLedger */
  constructor(private readonly objects: ObjectStore, private readonly claim: (keys: readonly string[]) => Promise<void> = () => Promise.resolve()) {}

  /**
   * Stores documents, durably before it returns; one claim for all of them. Storing one again changes nothing.
   * @throws LeadlineError STORAGE_FULL when the disk or the quota is used up, SERVICE_UNAVAILABLE when the store cannot
   * be written for another reason; both to be tried again with back-off.
   */
  async putAll(documents: readonly PackedDocument[]): Promise<StoredDocument[]> {
    // Before looking: a sweep that ran in between would remove what was there.
    if (documents.length > 0) await this.claim([...new Set(documents.map(({ key }) => key))]);
    return await Promise.all(documents.map(async ({ key, packed }) => await this.#keep(key, Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength))));
  }

  /** Stores one document: see `putAll`. */
  async put(xml: string): Promise<StoredDocument> {
    const [stored] = await this.putAll([packDocument(xml)]);
    if (stored === undefined) throw new Error('one document was given');
    return stored;
  }

  async #keep(key: string, packed: Buffer): Promise<StoredDocument> {
    const name = nameOf(key);
    const existing = await this.objects.size(name);
    // An empty or cut file of a machine that lost its power is written again.
    if (existing === packed.length) return { key, bytes: existing };
    await this.objects.put(name, packed);
    return { key, bytes: packed.length };
  }

  /** @throws LeadlineError NOT_FOUND; PARSE_FAILED when the object is damaged; SERVICE_UNAVAILABLE. */
  async get(key: string): Promise<string> {
    const packed = await this.objects.get(nameOf(key));
    if (packed === null) throw new LeadlineError('NOT_FOUND', 'There is no such stored page.');
    const document = await unpack(packed, { maxOutputLength: MAX_DOCUMENT_BYTES }).catch(() => null);
    if (document === null || createHash('sha256').update(document).digest('hex') !== key) {
      throw new LeadlineError('PARSE_FAILED', 'The stored page is damaged.');
    }
    return document.toString('utf8');
  }

  /** Deleting what is not there is no error: a second try after a crash must go through. */
  async delete(key: string): Promise<void> {
    await this.objects.delete(nameOf(key));
  }

  /** Keys of all documents that lie in the store, and when each was written. */
  async *keys(): AsyncIterable<{ key: string; modifiedAt: Date }> {
    for await (const { name, modifiedAt } of this.objects.list()) {
      const key = keyOf(name);
      if (key !== null) yield { key, modifiedAt };
    }
  }
}
