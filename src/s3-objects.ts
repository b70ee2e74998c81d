/** The only file that knows the AWS client; it is loaded when STORAGE_URL names a bucket, since it costs some 40 MB and half a second. */
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { checkName, storageDown, storageFull, type ObjectStore, type StoredObject } from './object-store.js';
import type { LeadlineError } from './errors.js';

export interface S3Settings {
  /** `s3://bucket/prefix`; the prefix may be missing. */
  url: string;
  /** Another server than AWS, such as MinIO, Ceph, R2: then buckets are asked for by path, not by host name. */
  endpoint?: string | undefined;
  /** `us-east-1` when absent, which servers that know no regions take. */
  region?: string | undefined;
  /** Without them the AWS client looks where it always looks: environment, profile, role of the machine. */
  accessKeyId?: string | undefined;
  secretAccessKey?: string | undefined;
  /** For one request as a whole, ms; 15,000 when absent. */
  requestTimeoutMs?: number | undefined;
}

/** No document of ours comes near this; a larger object is none of ours. */
const MAX_OBJECT_BYTES = 64 * 1024 * 1024;

/** Codes by which servers say that there is no room: AWS has none, MinIO, Ceph, Wasabi, Backblaze and R2 each have theirs; 507 is WebDAV's (RFC 4918, 11.5). */
const FULL = /quota|storage_?(?:is)?full|insufficient_?storage|no_?space|cap[ _]?exceeded/i;
const DENIED = /AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|AllAccessDisabled|InvalidToken|ExpiredToken|AccountProblem|CredentialsProviderError/;

/** A failed request as the product's error; `missing` when it only says that there is no such object. */
function explain(error: unknown): LeadlineError | 'missing' {
  const { name, Code, message, code: errno, $metadata } = error as { name?: string; Code?: string; message?: string; code?: unknown; $metadata?: { httpStatusCode?: number } };
  const code = Code ?? name ?? 'Error';
  // Not the client's own error: it holds the whole exchange, signature included, and might be logged.
  const cause = new Error(`${code}: ${message ?? ''}`);
  const status = $metadata?.httpStatusCode;
  if (code === 'NoSuchBucket') return storageDown('has no such bucket', cause);
  if (code === 'NoSuchKey' || status === 404) return 'missing';
  if (status === 507 || FULL.test(code) || (status === 403 && FULL.test(message ?? ''))) return storageFull(cause);
  if (DENIED.test(code) || status === 401 || status === 403) return storageDown(`refuses our credentials (${code})`, cause);
  // The client calls a cut connection a TimeoutError, too.
  if (/Timeout/i.test(code) && errno !== 'ECONNRESET' && errno !== 'EPIPE') return storageDown('did not answer in time', cause);
  return status === undefined ? storageDown('cannot be reached', cause) : storageDown(`failed (${code}, HTTP ${status})`, cause);
}

/** Objects of a bucket below a prefix. */
export class S3Objects implements ObjectStore {
  private constructor(private readonly sdk: typeof import('@aws-sdk/client-s3'), private readonly client: S3Client, private readonly bucket: string, private readonly prefix: string) {}

  /** Asks nothing of the server yet: a process starts while its store is away. */
  static async open(settings: S3Settings): Promise<S3Objects> {
    const sdk = await import('@aws-sdk/client-s3');
    const { hostname, pathname } = new URL(settings.url);
    const prefix = pathname.split('/').filter(Boolean).join('/');
    const { accessKeyId, secretAccessKey, requestTimeoutMs = 15_000 } = settings;
    const config: S3ClientConfig = {
      region: settings.region ?? 'us-east-1',
      ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint, forcePathStyle: true }),
      ...(accessKeyId === undefined || secretAccessKey === undefined ? {} : { credentials: { accessKeyId, secretAccessKey } }),
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 3_000, requestTimeout: requestTimeoutMs, throwOnRequestTimeout: true },
      // The newer checksum headers are unknown to many servers; the signature covers the body, and each document is its own checksum.
      requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED',
    };
    return new S3Objects(sdk, new sdk.S3Client(config), hostname, prefix === '' ? '' : `${prefix}/`);
  }

  async size(name: string): Promise<number | null> {
    const head = await this.#ask(this.client.send(new this.sdk.HeadObjectCommand(this.#key(name))));
    return head?.ContentLength ?? (head === null ? null : 0);
  }

  async put(name: string, data: Buffer): Promise<void> {
    await this.#ask(this.client.send(new this.sdk.PutObjectCommand({ ...this.#key(name), Body: data, ContentLength: data.length, ContentType: 'application/octet-stream' })));
  }

  async get(name: string): Promise<Buffer | null> {
    const found = await this.#ask(this.client.send(new this.sdk.GetObjectCommand(this.#key(name))));
    if (found?.Body === undefined) return null;
    if ((found.ContentLength ?? 0) > MAX_OBJECT_BYTES) throw storageDown(`holds an object of ${found.ContentLength ?? 0} bytes where a page should be`, undefined);
    const body = found.Body;
    return await this.#ask((async () => Buffer.from(await body.transformToByteArray()))());
  }

  async delete(name: string): Promise<void> {
    await this.#ask(this.client.send(new this.sdk.DeleteObjectCommand(this.#key(name))));
  }

  async *list(): AsyncIterable<StoredObject> {
    let token: string | undefined;
    do {
      const page = await this.#ask(this.client.send(new this.sdk.ListObjectsV2Command({ Bucket: this.bucket, Prefix: this.prefix, ...(token === undefined ? {} : { ContinuationToken: token }) })));
      if (page === null) throw storageDown('has no such bucket', undefined);
      for (const { Key, Size, LastModified } of page.Contents ?? []) {
        if (Key !== undefined) yield { name: Key.slice(this.prefix.length), bytes: Size ?? 0, modifiedAt: LastModified ?? new Date(0) };
      }
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async state(): Promise<{ state: 'READY' | 'OFF'; detail: string }> {
    try {
      const found = await this.#ask(this.client.send(new this.sdk.HeadBucketCommand({ Bucket: this.bucket }), { abortSignal: AbortSignal.timeout(3_000) }));
      return found === null ? { state: 'OFF', detail: `S3: there is no bucket ${this.bucket}` } : { state: 'READY', detail: `S3 bucket ${this.bucket}` };
    } catch (error) {
      return { state: 'OFF', detail: error instanceof Error ? error.message : 'S3 does not answer' };
    }
  }

  close(): void {
    this.client.destroy();
  }

  #key(name: string): { Bucket: string; Key: string } {
    return { Bucket: this.bucket, Key: `${this.prefix}${checkName(name)}` };
  }

  async #ask<T>(request: Promise<T>): Promise<T | null> {
    try {
      return await request;
    } catch (error) {
      const reason = explain(error);
      if (reason === 'missing') return null;
      throw reason;
    }
  }
}
