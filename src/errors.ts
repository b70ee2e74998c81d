/**
 * Every error a client can meet. `code` is for the client (docs/errors.md), `retry` is for the worker.
 * No GraphQL import here: the transport layer turns these into responses with `publicError()`.
 */

/** What a worker does after this error: give up, try again with back-off, or put it back without costing an attempt. */
export type Retry = 'never' | 'backoff' | { afterMs: number };

/** Area and meaning of each public code; the details named are the only ones that reach a client. */
export const ERROR_CODES = {
  BAD_USER_INPUT: { area: 'any', when: 'an argument is out of range or malformed', details: ['fields'] },
  UNAUTHENTICATED: { area: 'any', when: 'no, expired or revoked credentials', details: [] },
  FORBIDDEN: { area: 'any', when: 'signed in, role or API-key scope too low', details: ['required'] },
  NOT_FOUND: { area: 'any', when: 'does not exist or belongs to another workspace: the same answer', details: [] },
  RATE_LIMITED: { area: 'any', when: 'too many requests', details: ['retryAfterMs', 'scope'] },
  QUERY_TOO_COMPLEX: { area: 'any', when: 'depth, aliases, directives, tokens or cost over the limit', details: ['limit'] },
  SERVICE_UNAVAILABLE: { area: 'any', when: 'a dependency is down', details: ['dependency', 'retryAfterMs'] },
  INTERNAL: { area: 'any', when: 'a bug, masked', details: ['requestId'] },
  INVALID_CREDENTIALS: { area: 'auth', when: 'wrong e-mail or password: one answer for both', details: [] },
  EMAIL_ALREADY_EXISTS: { area: 'auth', when: 'registering a taken address', details: [] },
  EMAIL_NOT_VERIFIED: { area: 'auth', when: 'signing in before verification', details: [] },
  WEAK_PASSWORD: { area: 'auth', when: 'too short, too common or contains the e-mail', details: ['reasons'] },
  TOKEN_EXPIRED: { area: 'auth', when: 'a verification, reset, refresh or invitation token is too old', details: [] },
  TOKEN_INVALID: { area: 'auth', when: 'a token that was never issued, or was revoked', details: [] },
  TOKEN_REUSED: { area: 'auth', when: 'a refresh token was used again after its child: the whole session ends', details: [] },
  OAUTH_FAILED: { area: 'auth', when: 'a sign-in at a provider was denied, not begun in this browser, too late or answered with something that does not fit', details: ['provider', 'reason'] },
  GOAL_INVALID: { area: 'nlp', when: 'empty, over 2,000 characters, or not a search for leads', details: ['intent'] },
  GOAL_UNSAFE: { area: 'nlp', when: 'asks for harassment, scraping of private data and the like', details: [] },
  LLM_RATE_LIMITED: { area: 'nlp', when: 'the model is rate limited and no rule-based answer is possible', details: ['retryAfterMs'] },
  LLM_QUOTA: { area: 'nlp', when: 'the model account has no quota left and no rule-based answer is possible', details: [] },
  LLM_REFUSED: { area: 'nlp', when: 'the model refused and no rule-based answer is possible', details: [] },
  LLM_TRUNCATED: { area: 'nlp', when: 'the answer was cut off and no rule-based answer is possible', details: [] },
  LLM_SCHEMA: { area: 'nlp', when: 'the answer does not fit the schema and no rule-based answer is possible', details: [] },
  LLM_TIMEOUT: { area: 'nlp', when: 'the model did not answer in time and no rule-based answer is possible', details: [] },
  LLM_FAILED: { area: 'nlp', when: 'the model failed otherwise and no rule-based answer is possible', details: [] },
  CONTEXT_MISSING: { area: 'nlp', when: 'a follow-up without the goal, lead or strategy it needs', details: [] },
  STRATEGY_INVALID: { area: 'search', when: 'no query, unknown place, target out of range', details: ['fields'] },
  NO_RESULTS: { area: 'search', when: 'nothing found anywhere; an empty list is never silent', details: ['sources'] },
  BUDGET_EXCEEDED: { area: 'search', when: "the goal's hard limit is used up", details: ['budget'] },
  URL_INVALID: { area: 'crawl', when: 'not an absolute http(s) URL', details: [] },
  URL_FORBIDDEN: { area: 'crawl', when: 'private, loopback, link-local, metadata or odd-port target, on any hop', details: ['reason'] },
  ROBOTS_DISALLOWED: { area: 'crawl', when: 'robots.txt forbids the path (RFC 9309)', details: ['rule'] },
  ROBOTS_UNREACHABLE: { area: 'crawl', when: 'robots.txt answered 5xx or not at all: full disallow (RFC 9309)', details: ['rule'] },
  HOST_RATE_LIMITED: { area: 'crawl', when: 'the site said 429/503 for too long', details: ['retryAfterMs'] },
  NETWORK_DNS: { area: 'crawl', when: 'the host name did not resolve', details: [] },
  NETWORK_TLS: { area: 'crawl', when: 'the TLS handshake failed', details: [] },
  NETWORK_TIMEOUT: { area: 'crawl', when: 'the site did not answer within the time limit', details: [] },
  NETWORK_RESET: { area: 'crawl', when: 'the connection was refused, reset or broken', details: [] },
  HTTP_ERROR: { area: 'crawl', when: 'the site answered with an error status, three times where it may pass (5xx), or with redirects that lead nowhere', details: ['status'] },
  PAGE_DUPLICATE: { area: 'crawl', when: 'the page repeats another one of its site; its row names which', details: [] },
  URL_TRAP: { area: 'crawl', when: 'not asked for: addresses like it gave the same page again and again', details: [] },
  BLOCKED: { area: 'crawl', when: 'a challenge, login or parked page: never stored as content', details: ['kind'] },
  BODY_TOO_LARGE: { area: 'crawl', when: 'the body is over the byte limit', details: [] },
  PARSE_FAILED: { area: 'crawl', when: 'the body could not be read as a page', details: [] },
  STORAGE_FULL: { area: 'crawl', when: 'the page store has no space left', details: [] },
  EMAIL_SYNTAX: { area: 'email', when: 'an address was required and this is none', details: ['reason'] },
  DNS_FAILED: { area: 'email', when: 'the resolver failed; a verdict says UNKNOWN instead', details: [] },
  SUPPRESSED: { area: 'email', when: "on the workspace's suppression list", details: [] },
  LEAD_INVALID: { area: 'leads', when: 'a field fails validation', details: ['fields'] },
  DUPLICATE_LEAD: { area: 'leads', when: 'same e-mail or same registrable domain in the workspace', details: ['existingIds'] },
  UPDATE_CONFLICT: { area: 'leads', when: 'version is old and the same field changed; disjoint changes merge', details: ['version', 'base', 'theirs', 'yours'] },
  SCORE_UNAVAILABLE: { area: 'leads', when: 'a lead has nothing to score', details: [] },
  EXPORT_FAILED: { area: 'leads', when: 'the export could not be written', details: [] },
  IMPORT_INVALID: { area: 'leads', when: 'rows of the file fail validation', details: ['rows'] },
} as const satisfies Record<string, { area: string; when: string; details: readonly string[] }>;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface LeadlineErrorOptions {
  /** Only the keys listed for the code in ERROR_CODES reach a client. */
  details?: Record<string, unknown>;
  retry?: Retry;
  cause?: unknown;
}

/** The one error class of the product. `message` is for people and never holds a secret. */
export class LeadlineError extends Error {
  readonly details: Record<string, unknown>;
  readonly retry: Retry;

  constructor(readonly code: ErrorCode, message: string, options: LeadlineErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'LeadlineError';
    this.details = options.details ?? {};
    this.retry = options.retry ?? 'never';
  }
}

/** What a client may see of an error; everything that is not ours is masked as INTERNAL. */
export interface PublicError {
  message: string;
  extensions: { code: ErrorCode } & Record<string, unknown>;
}

/** Masks anything that is not a LeadlineError; keeps only the documented details of those that are. */
export function publicError(error: unknown, requestId: string): PublicError {
  if (error instanceof LeadlineError) {
    const allowed: readonly string[] = ERROR_CODES[error.code].details;
    const details = Object.fromEntries(Object.entries(error.details).filter(([key]) => allowed.includes(key)));
    return { message: error.message, extensions: { code: error.code, ...details } };
  }
  return { message: 'Something went wrong on our side.', extensions: { code: 'INTERNAL', requestId } };
}

/** The process cannot start; the message is for the operator and is printed without a stack. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
