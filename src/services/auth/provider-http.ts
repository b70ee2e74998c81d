import { LeadlineError } from '../../errors.js';

/** A person waits in front of a browser: after this the provider counts as away, ms. */
const TIMEOUT_MS = 8_000;
/** Metadata, keys and profiles are a few kilobytes. */
const MAX_BYTES = 1_000_000;

/** The provider is away: the person may try again, and nothing about the account is wrong. */
export const providerAway = (provider: string, cause?: unknown): LeadlineError =>
  new LeadlineError('SERVICE_UNAVAILABLE', `The sign-in provider ${provider} does not answer; try again in a moment.`, { details: { dependency: provider, retryAfterMs: 5_000 }, cause });

/**
 * `fetch` for answers of a sign-in provider: bounded in time and size, no redirects followed.
 * @throws LeadlineError SERVICE_UNAVAILABLE when the provider is out of reach, too slow, too long-winded, or says 429 or 5xx
 */
export async function providerFetch(provider: string, url: string, init: RequestInit = {}, timeoutMs = TIMEOUT_MS): Promise<Response> {
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    const body = await boundedBody(response);
    if (response.status === 429 || response.status >= 500) throw new Error(`answered ${response.status}`);
    return new Response(body.length > 0 ? body : null, { status: response.status, headers: response.headers });
  } catch (error) {
    throw providerAway(provider, error);
  }
}

async function boundedBody(response: Response): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop by an error cancels the stream, and with it the connection.
  for await (const bytes of (response.body ?? []) as unknown as AsyncIterable<Uint8Array>) {
    size += bytes.length;
    if (size > MAX_BYTES) throw new Error(`more than ${MAX_BYTES} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** The typed error at the bottom of what a library wrapped around it; null when there is none. */
export function typedCause(error: unknown): LeadlineError | null {
  let at = error;
  for (let depth = 0; depth < 8 && at instanceof Error; depth += 1) {
    if (at instanceof LeadlineError) return at;
    at = at.cause ?? (at as { oauthError?: unknown }).oauthError;
  }
  return null;
}
