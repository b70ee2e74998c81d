import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** How long a person may take at the provider, ms. */
export const ATTEMPT_TTL_MS = 600_000;

/** What must be there again when the browser comes back; it travels in the browser's own cookie, so no session is kept here. */
const attemptShape = z.object({
  provider: z.string(), state: z.string(), secrets: z.record(z.string(), z.unknown()),
  /** Path of the dashboard to end at. */
  redirect: z.string(),
  /** RFC 7636 challenge of the client that began. */
  challenge: z.string().nullable(),
  /** ms since the epoch. */
  expiresAt: z.number(),
});
export type Attempt = z.output<typeof attemptShape>;

/**
 * The cookie that binds an attempt to the browser that began it (RFC 6749 §10.12): signed, not readable for scripts,
 * and not sent along by other sites except when they send the person here.
 */
export class AttemptCookies {
  readonly #isSecure: boolean;

  constructor(private readonly key: Buffer, publicUrl: string) {
    this.#isSecure = publicUrl.startsWith('https:');
  }

  /** Value of `Set-Cookie`. */
  seal(attempt: Attempt): string {
    const body = Buffer.from(JSON.stringify(attempt)).toString('base64url');
    return this.#cookie(attempt.provider, `${body}.${this.#signature(body)}`, ATTEMPT_TTL_MS / 1_000);
  }

  /** Value of `Set-Cookie` that ends it. */
  clear(provider: string): string {
    return this.#cookie(provider, '', 0);
  }

  /** Null when there is none, or none of ours. An old one is given out: the caller tells the person apart. */
  open(provider: string, header: string | undefined): Attempt | null {
    const name = `${this.#name(provider)}=`;
    const value = (header ?? '').split(';').map((part) => part.trim()).find((part) => part.startsWith(name))?.slice(name.length) ?? '';
    const [body = '', signature = ''] = value.split('.');
    const [given, wanted] = [Buffer.from(signature), Buffer.from(this.#signature(body))];
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
    // Signed by us, so JSON; its shape may be that of an older version.
    const parsed = attemptShape.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString()));
    return parsed.success && parsed.data.provider === provider ? parsed.data : null;
  }

  #signature(body: string): string {
    return createHmac('sha256', this.key).update(body).digest('base64url');
  }

  // With __Host- no neighbouring subdomain can plant a cookie of its own, and with it an attempt of its own.
  #name(provider: string): string {
    return `${this.#isSecure ? '__Host-' : ''}leadline-oauth-${provider}`;
  }

  #cookie(provider: string, value: string, seconds: number): string {
    return `${this.#name(provider)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${this.#isSecure ? '; Secure' : ''}`;
  }
}
