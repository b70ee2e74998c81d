/** One request to an operator-configured service. What goes wrong on the way is data; what comes back is text or JSON. */
import { setTimeout as delay } from 'node:timers/promises';
import type { SourceStatus } from '../../../entities/enums.js';
import type { ProviderAnswer } from './provider.js';

export type Exchange =
  | { kind: 'answer'; status: number; headers: Headers; text: string }
  | { kind: 'timeout' }
  | { kind: 'unreachable'; message: string };

export interface ExchangeOptions {
  headers: Record<string, string>;
  /** The caller's; its abort reason is thrown. */
  signal: AbortSignal;
  /** For the whole exchange, body included. */
  timeoutMs: number;
  method?: 'GET' | 'POST';
  body?: string;
}

/** Redirects are refused: they would carry the key to another host. */
export async function exchange(url: URL, options: ExchangeOptions): Promise<Exchange> {
  options.signal.throwIfAborted();
  const limit = AbortSignal.timeout(options.timeoutMs);
  try {
    const response = await fetch(url, {
      method: options.method ?? 'GET',
      headers: options.headers,
      body: options.body ?? null,
      redirect: 'error',
      signal: AbortSignal.any([options.signal, limit]),
    });
    return { kind: 'answer', status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    options.signal.throwIfAborted();
    if (limit.aborted) return { kind: 'timeout' };
    return { kind: 'unreachable', message: causeOf(error) };
  }
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error) return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
  return error instanceof Error ? error.message : 'unknown reason';
}

/** The parsed object, or null when the text is no JSON object. */
export function jsonObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return asRecord(value);
  } catch {
    return null;
  }
}

export function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
}

/** The objects among the items; anything else in the list is dropped. */
export function recordsOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(asRecord).filter((item) => item !== null) : [];
}

export function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** An absolute http(s) URL with a host, or null. */
export function usableUrl(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 2_048 || !URL.canParse(value.trim())) return null;
  const url = new URL(value.trim());
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  return url.hostname === '' || url.username !== '' || url.password !== '' ? null : url.href;
}

/** An answer without results. */
export function withoutHits(status: SourceStatus, message: string, retryAt: Date | null = null): ProviderAnswer {
  return { status, hits: [], more: false, message, retryAt };
}

/** Waits, or throws the abort reason. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch {
    signal.throwIfAborted();
  }
}

const NAMED_ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Titles and descriptions as people read them: highlighting tags gone, character references resolved, white space folded. */
export function plainText(value: unknown): string {
  return stringOf(value)
    .slice(0, 4_000)
    .replace(/<\/?(?:strong|b|em|i|mark|span|br)\b[^<>]{0,200}>/gi, '')
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos|nbsp));/gi, (whole, decimal?: string, hex?: string, named?: string) => {
      if (named !== undefined) return NAMED_ENTITIES[named.toLowerCase()] ?? whole;
      const code = decimal !== undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex ?? '', 16);
      return code > 31 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : ' ';
    })
    .replace(/\s+/g, ' ')
    .trim();
}
