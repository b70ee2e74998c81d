/** Brave's two rate windows (a second, a month), read from the `X-RateLimit-*` headers and the body of a 429. */
import { asRecord, jsonObject } from './json-request.js';

export interface RateWindow {
  seconds: number;
  remaining: number;
  resetSeconds: number;
}

export interface RateWindows {
  /** The shortest window, usually one second. */
  burst: RateWindow | null;
  /** A window of a day or more: the plan's quota. */
  quota: RateWindow | null;
}

const DAY_SECONDS = 86_400;

function numbers(header: string | null): number[] {
  return (header ?? '').split(',').map((part) => Number.parseFloat(part.trim())).filter((value) => Number.isFinite(value));
}

/** `1;w=1, 15000;w=2592000` → 1, 2592000. */
function windowLengths(policy: string | null): number[] {
  return (policy ?? '').split(',').map((part) => Number.parseInt(/;\s{0,4}w=(\d{1,9})/.exec(part)?.[1] ?? '', 10)).filter((value) => Number.isFinite(value));
}

export function readRateWindows(headers: Headers): RateWindows {
  const remaining = numbers(headers.get('x-ratelimit-remaining'));
  const reset = numbers(headers.get('x-ratelimit-reset'));
  const lengths = windowLengths(headers.get('x-ratelimit-policy'));
  const windows = remaining.map((left, index): RateWindow => ({
    // Without a policy header the order is documented: the short window first.
    seconds: lengths[index] ?? (index === 0 ? 1 : 30 * DAY_SECONDS),
    remaining: left,
    resetSeconds: Math.max(0, reset[index] ?? lengths[index] ?? 1),
  }));
  windows.sort((a, b) => a.seconds - b.seconds);
  return {
    burst: windows.find((window) => window.seconds < DAY_SECONDS) ?? null,
    quota: windows.find((window) => window.seconds >= DAY_SECONDS) ?? null,
  };
}

/**
 * A 429 for the month, and not for the second. The body's counters are the plainest sign; a plan without a quota
 * reports a limit of 0 or null, which is not a quota that is used up.
 */
export function isQuotaExhausted(body: string, windows: RateWindows): boolean {
  const error = asRecord(jsonObject(body)?.['error']);
  const meta = asRecord(error?.['meta']);
  const limit = meta?.['quota_limit'];
  const current = meta?.['quota_current'];
  if (typeof limit === 'number' && typeof current === 'number' && limit > 0) return current >= limit;
  if (error?.['code'] === 'QUOTA_LIMITED' || error?.['code'] === 'QUOTA_EXCEEDED') return true;
  // Remaining "1, 0": the second has room, the month has none. "0, 0" alone could be a plan without a quota.
  return windows.quota !== null && windows.quota.remaining <= 0 && (windows.burst === null || windows.burst.remaining > 0 || windows.quota.resetSeconds > 60);
}

/** `error.code` of an error body, or null. */
export function errorCode(body: string): string | null {
  const code = asRecord(jsonObject(body)?.['error'])?.['code'];
  return typeof code === 'string' ? code : null;
}

/** `error.detail` of an error body, or null. */
export function errorDetail(body: string): string | null {
  const detail = asRecord(jsonObject(body)?.['error'])?.['detail'];
  return typeof detail === 'string' && detail !== '' ? detail.slice(0, 300) : null;
}
