/** Bodies as they come off the wire: read with a limit, and unpacked with a limit. Pure but for zlib. */
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { LeadlineError } from '../../errors.js';

export interface LimitedBytes {
  data: Buffer;
  /** True when there was more than the limit; `data` then holds the first part. */
  truncated: boolean;
}

/** Two layers happen by mistake (a server and its proxy); more are an attack. */
const MAX_LAYERS = 2;

/**
 * Collects chunks until `maxBytes`; what comes after is left unread (leaving the loop destroys the stream).
 * With `keepBroken`, a source that fails after its first bytes ends there instead of throwing. `meter` counts what
 * was read, also where that fails.
 */
export async function collect(chunks: AsyncIterable<Uint8Array>, maxBytes: number, keepBroken = false, meter = { bytes: 0 }): Promise<LimitedBytes> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of chunks) {
      const room = maxBytes - size;
      meter.bytes += Math.min(chunk.length, room);
      if (chunk.length > room) {
        parts.push(chunk.subarray(0, room));
        return { data: Buffer.concat(parts), truncated: true };
      }
      parts.push(chunk);
      size += chunk.length;
    }
  } catch (error) {
    if (!keepBroken || size === 0) throw error;
  }
  return { data: Buffer.concat(parts), truncated: false };
}

const { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, constants } = zlib;
/** Node has it since 22.15; asked for only where it can be undone. Its `params` are numbers of the zstd library. */
const { createZstdDecompress } = zlib as { createZstdDecompress?: (options: { params: Record<number, number>; finishFlush: number }) => Transform };
/** ZSTD_d_windowLogMax, 8 MB: what RFC 9659 allows on the web, so that a small body cannot ask for 128 MB of memory. */
const ZSTD_WINDOW: Record<number, number> = { 100: 23 };

const ENCODINGS: readonly string[] = ['gzip', 'x-gzip', 'deflate', 'br', ...(createZstdDecompress ? ['zstd'] : [])];
/** For the request: what `decompress` can undo on this Node. */
export const ACCEPT_ENCODING = ENCODINGS.filter((name) => name !== 'x-gzip').join(', ');

function decoderFor(encoding: string, data: Buffer): Transform | null {
  // Ends in the middle of a stream are normal on the web; browsers show what arrived, and so do we.
  const tolerant = { finishFlush: constants.Z_SYNC_FLUSH };
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip(tolerant);
    case 'deflate':
      // RFC 9110, 8.4.1.2 wants the zlib wrapper, some servers send the bare stream: the first byte tells.
      return ((data[0] ?? 0) & 0x0f) === 0x08 ? createInflate(tolerant) : createInflateRaw(tolerant);
    case 'br':
      return createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH });
    case 'zstd':
      // 1 is ZSTD_e_flush: an end in the middle gives what arrived, as above.
      return createZstdDecompress?.({ params: ZSTD_WINDOW, finishFlush: 1 }) ?? null;
    default:
      return null;
  }
}

/** True when `decompress` can undo this Content-Encoding. */
export function canDecode(contentEncoding: string | undefined): boolean {
  const names = encodings(contentEncoding);
  return names.length <= MAX_LAYERS && names.every((name) => ENCODINGS.includes(name));
}

function encodings(contentEncoding: string | undefined): string[] {
  return (contentEncoding ?? '').toLowerCase().split(',').map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity');
}

/**
 * Undoes a Content-Encoding, at most `maxBytes` out of each layer: a bomb costs its first `maxBytes` and no more.
 * A body that is labelled as packed but is not (a common mistake) comes back as it is.
 * @throws LeadlineError PARSE_FAILED for an unknown encoding or a broken stream that yields nothing.
 */
export async function decompress(data: Buffer, contentEncoding: string | undefined, maxBytes: number): Promise<LimitedBytes> {
  let result: LimitedBytes = { data, truncated: false };
  if (data.length === 0) return result;
  if (!canDecode(contentEncoding)) throw new LeadlineError('PARSE_FAILED', 'The site uses a content encoding we do not know.');
  for (const name of encodings(contentEncoding).reverse()) {
    const layer = await undo(name, result.data, maxBytes);
    result = { data: layer.data, truncated: result.truncated || layer.truncated };
  }
  return result;
}

async function undo(name: string, data: Buffer, maxBytes: number): Promise<LimitedBytes> {
  const decoder = decoderFor(name, data);
  if (decoder === null) throw new LeadlineError('PARSE_FAILED', 'The site uses a content encoding we do not know.');
  if ((name === 'gzip' || name === 'x-gzip') && !(data[0] === 0x1f && data[1] === 0x8b)) return { data, truncated: data.length > maxBytes };
  decoder.end(data);
  try {
    // Garbage after a good beginning: keep the beginning.
    return await collect(decoder as AsyncIterable<Buffer>, maxBytes, true);
  } catch (cause) {
    throw new LeadlineError('PARSE_FAILED', 'The body of the page is damaged.', { cause });
  }
}

/** The essence of a Content-Type (`type/subtype`, lower case), or null when there is none that can be read. */
export function mediaType(contentType: string | null | undefined): string | null {
  const essence = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return /^[a-z0-9!#$&^_.+-]{1,100}\/[a-z0-9!#$&^_.+-]{1,100}$/.test(essence) ? essence : null;
}

/** HTML, XHTML, plain text, business cards (vCard) and XML are pages; an unreadable or missing type must be decided by the bytes. */
export function isPageType(contentType: string | null | undefined): boolean {
  const type = mediaType(contentType);
  if (type === null || type === 'application/unknown' || type === 'unknown/unknown' || type === '*/*') return true;
  if (type.endsWith('+xml')) return type !== 'image/svg+xml';
  return ['text/html', 'application/xhtml+xml', 'text/plain', 'application/xml', 'text/xml', 'application/vnd.wap.xhtml+xml', 'text/vcard', 'text/x-vcard', 'text/directory'].includes(type);
}

/** Share of control bytes from which even a body that is labelled as HTML is no page; old pages hold a stray one at most. */
const BINARY_SHARE = 0.02;
const MAGIC = ['%PDF-', 'PK\x03\x04', '\x89PNG', 'GIF8', '\xff\xd8\xff', '\x1f\x8b'];

/** True when a body that calls itself HTML is a file of another kind: by its magic number, or by many control bytes. */
export function isMislabeled(data: Buffer): boolean {
  const head = data.subarray(0, 1445);
  if (head[0] === 0xfe && head[1] === 0xff || head[0] === 0xff && head[1] === 0xfe) return false;
  const start = head.subarray(0, 8).toString('latin1');
  if (MAGIC.some((magic) => start.startsWith(magic))) return true;
  const controls = head.reduce((count, byte) => count + (byte <= 0x08 || byte === 0x0b || (byte >= 0x0e && byte <= 0x1a) || (byte >= 0x1c && byte <= 0x1f) ? 1 : 0), 0);
  return controls > head.length * BINARY_SHARE;
}

/**
 * True when the first bytes are no text: the binary data bytes of the MIME Sniffing Standard, 4 and 7.2,
 * unless a UTF-16 byte order mark explains them.
 */
export function looksBinary(data: Buffer): boolean {
  if (data.length >= 2 && ((data[0] === 0xfe && data[1] === 0xff) || (data[0] === 0xff && data[1] === 0xfe))) return false;
  if (data.subarray(0, 5).toString('latin1') === '%PDF-') return true;
  return data.subarray(0, 1445).some((byte) => byte <= 0x08 || byte === 0x0b || (byte >= 0x0e && byte <= 0x1a) || (byte >= 0x1c && byte <= 0x1f));
}
