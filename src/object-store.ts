/** Where files lie that several processes may need: a folder or an S3 bucket, behind one small interface. */
import { LeadlineError } from './errors.js';

export interface StoredObject {
  name: string;
  /** As stored. */
  bytes: number;
  modifiedAt: Date;
}

/**
 * Whole objects by name: letters, digits, `.`, `_`, `-`, and `/` between parts. An object that is there is
 * complete. Every method throws LeadlineError SERVICE_UNAVAILABLE (`dependency: storage`) when the store cannot do
 * its work; it is to be tried again with back-off.
 */
export interface ObjectStore {
  /** Size in bytes, or null when there is no such object. */
  size(name: string): Promise<number | null>;
  /** Durable before it returns; what was there under the name is replaced as a whole. @throws STORAGE_FULL (back-off) as well */
  put(name: string, data: Buffer): Promise<void>;
  /** Null when there is no such object. */
  get(name: string): Promise<Buffer | null>;
  /** Deleting what is not there is no error: a second try after a crash must go through. */
  delete(name: string): Promise<void>;
  /** Every object, in no order; what is stored or deleted meanwhile may or may not be among them. */
  list(): AsyncIterable<StoredObject>;
  /** Whether it can be used now, for `capabilities`; never throws. */
  state(): Promise<{ state: 'READY' | 'OFF'; detail: string }>;
  close(): void;
}

/** No name leads out of the store, whatever it is made from. */
export function checkName(name: string): string {
  if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,200}(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]{0,200}){0,8}$/.test(name)) throw new LeadlineError('NOT_FOUND', 'There is no such stored object.');
  return name;
}

export function storageFull(cause: unknown): LeadlineError {
  return new LeadlineError('STORAGE_FULL', 'The page store has no space left.', { retry: 'backoff', cause });
}

/** @param why what is wrong, for people: no address, no credential. */
export function storageDown(why: string, cause: unknown): LeadlineError {
  return new LeadlineError('SERVICE_UNAVAILABLE', `The page store ${why}.`, { details: { dependency: 'storage', retryAfterMs: 5_000 }, retry: 'backoff', cause });
}
