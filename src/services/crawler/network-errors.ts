/** Turns what sockets, TLS, DNS and undici throw into the error codes of the product, and says whether trying again makes sense. */
import { LeadlineError, type ErrorCode } from '../../errors.js';

const DNS_FINAL: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME', 'ENONAME', 'EAI_NODATA']);
const DNS_TEMPORARY: ReadonlySet<string> = new Set(['EAI_AGAIN', 'EAI_FAIL', 'ESERVFAIL', 'EREFUSED', 'ETIMEOUT', 'EFORMERR', 'ECANCELLED', 'ENOTIMP', 'EBADRESP']);
const TIMEOUTS: ReadonlySet<string> = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);
const TLS_CODES: ReadonlySet<string> = new Set([
  'EPROTO', 'CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'CERT_REVOKED', 'CERT_SIGNATURE_FAILURE', 'CERT_UNTRUSTED', 'CERT_CHAIN_TOO_LONG',
  'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'HOSTNAME_MISMATCH', 'INVALID_CA', 'UND_ERR_PRX_TLS',
]);
/** Errors of opening a connection, before anything was sent over it. */
const CONNECT_CODES: ReadonlySet<string> = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'UND_ERR_CONNECT_TIMEOUT', 'EACCES', 'EPERM']);

/** An error and everything behind it (`cause`, the members of an AggregateError), outermost first; cycles end the walk. */
function chain(error: unknown): unknown[] {
  const found: unknown[] = [];
  const waiting: unknown[] = [error];
  while (waiting.length > 0 && found.length < 20) {
    const next = waiting.shift();
    if (next === undefined || next === null || found.includes(next)) continue;
    found.push(next);
    if (next instanceof AggregateError) waiting.push(...(next.errors as unknown[]));
    if (next instanceof Error) waiting.push(next.cause);
  }
  return found;
}

function codesOf(errors: unknown[]): string[] {
  return errors.flatMap((entry) => {
    const code: unknown = typeof entry === 'object' && entry !== null && 'code' in entry ? entry.code : undefined;
    return typeof code === 'string' ? [code] : [];
  });
}

/** True when the connection itself could not be opened: with a proxy in between, it is the proxy that is down. */
export function isConnectFailure(error: unknown): boolean {
  return codesOf(chain(error)).some((code) => CONNECT_CODES.has(code) || DNS_FINAL.has(code) || DNS_TEMPORARY.has(code));
}

/**
 * The LeadlineError for a failed exchange with `host`. One that is already ours (a refusal of the guard inside
 * a connector) comes back as it is.
 */
export function networkError(error: unknown, host: string): LeadlineError {
  const errors = chain(error);
  const ours = errors.find((entry): entry is LeadlineError => entry instanceof LeadlineError);
  if (ours !== undefined) return ours;
  const codes = codesOf(errors);
  const has = (set: ReadonlySet<string>): boolean => codes.some((code) => set.has(code));
  if (codes.some((code) => TLS_CODES.has(code) || code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL'))) {
    return new LeadlineError('NETWORK_TLS', `${host} has no valid TLS certificate or handshake.`, { cause: error });
  }
  if (has(DNS_FINAL)) return new LeadlineError('NETWORK_DNS', `${host} does not exist.`, { cause: error });
  if (has(DNS_TEMPORARY)) return new LeadlineError('NETWORK_DNS', `${host} could not be resolved just now.`, { cause: error, retry: 'backoff' });
  if (has(TIMEOUTS)) return new LeadlineError('NETWORK_TIMEOUT', `${host} did not answer in time.`, { cause: error, retry: 'backoff' });
  if (codes.includes('UND_ERR_HEADERS_OVERFLOW')) return new LeadlineError('NETWORK_RESET', `${host} sent more headers than we read.`, { cause: error });
  return new LeadlineError('NETWORK_RESET', `The connection to ${host} was refused or broken.`, { cause: error, retry: 'backoff' });
}

export const DEFAULT_RETRY_AFTER_MS = 30_000;
export const MAX_RETRY_AFTER_MS = 15 * 60_000;

/**
 * Milliseconds to wait for a Retry-After header (RFC 9110, 10.2.3: seconds or an HTTP date), between 1 s and
 * 15 min; 30 s when it is missing or cannot be read.
 */
export function retryAfterMs(header: string | undefined, now: number): number {
  const text = (header ?? '').trim();
  let wait = DEFAULT_RETRY_AFTER_MS;
  if (/^\d{1,10}$/.test(text)) wait = Number(text) * 1000;
  else if (/^[A-Za-z]{3}/.test(text) && Number.isFinite(Date.parse(text))) wait = Date.parse(text) - now;
  return Math.min(Math.max(wait, 1000), MAX_RETRY_AFTER_MS);
}

/** The crawl proxy itself is the trouble: no site is to blame, and every site will fail alike. */
export function proxyDown(message: string, cause?: unknown): LeadlineError {
  return new LeadlineError('SERVICE_UNAVAILABLE', message, { details: { dependency: 'proxy' }, retry: 'backoff', cause });
}

/** A CONNECT that the proxy did not answer with 200. */
export function tunnelVerdict(status: number, host: string, cause: unknown): LeadlineError {
  if (status === 407) return proxyDown('The crawl proxy refuses our credentials.', cause);
  if (status === 403) return new LeadlineError('URL_FORBIDDEN', `The crawl proxy refuses to connect to ${host}.`, { details: { reason: 'PROXY' }, cause });
  if (status === 504) return new LeadlineError('NETWORK_TIMEOUT', `${host} did not answer the crawl proxy in time.`, { retry: 'backoff', cause });
  return new LeadlineError('NETWORK_DNS', `The crawl proxy found no way to ${host} (status ${status}).`, { cause });
}

/**
 * A 502 or 504 seen through a plain proxy is either the site's own or the proxy saying that it found no site.
 * Proxy-Status (RFC 9209) and Squid's header tell; failing these, answers of sites name their server and
 * those of a bare proxy do not.
 */
export function proxyVerdict(status: number, headers: Record<string, string>, host: string): LeadlineError | null {
  const word = `${headers['proxy-status'] ?? ''} ${headers['x-squid-error'] ?? ''}`.toLowerCase();
  const fromSite = headers.via !== undefined || headers['cf-ray'] !== undefined || headers.server !== undefined;
  if (word.trim() === '' && fromSite) return null;
  if (status === 504 || word.includes('timeout')) return new LeadlineError('NETWORK_TIMEOUT', `${host} did not answer the crawl proxy in time.`, { retry: 'backoff' });
  if (/connect_fail|connection_refused|connection_terminated/.test(word)) return new LeadlineError('NETWORK_RESET', `${host} refused the crawl proxy's connection.`, { retry: 'backoff' });
  return new LeadlineError('NETWORK_DNS', `The crawl proxy knows no host ${host}.`);
}

/** TLS that is missing or broken; a time-out or a refusal by the page itself says nothing about the scheme. */
const NO_TLS: readonly ErrorCode[] = ['NETWORK_TLS', 'NETWORK_RESET', 'NETWORK_DNS'];

/** True also where only the robots.txt was tried: it is unreachable for the same reason. */
export function isTlsMissing(error: unknown): boolean {
  return error instanceof LeadlineError && (NO_TLS.includes(error.code) || (error.code === 'ROBOTS_UNREACHABLE' && isTlsMissing(error.cause)));
}
