/** Who somebody is at a provider, as far as the provider vouches for it. */
export interface Profile {
  provider: string;
  issuer: string;
  /** Never changes and is never given to anybody else, unlike the address. */
  subject: string;
  /** Normal form of email-address.ts. */
  email: string | null;
  emailVerified: boolean;
  name: string | null;
}

/** A subject that can be stored and compared. @throws Error for anything else: the answer does not fit */
export function checkedSubject(subject: unknown): string {
  if (typeof subject !== 'string' || !/^[^\p{Cc}]{1,255}$/u.test(subject)) throw new Error('the subject is no text of 1 to 255 characters');
  return subject;
}

/** What a strategy remembers between the two visits of the browser: PKCE verifier, state, nonce. */
export type AttemptSecrets = Record<string, unknown>;

export interface OAuthProvider {
  readonly name: string;
  /** Where to send the browser, and what must be there again when it comes back. */
  begin(): Promise<{ location: URL; secrets: AttemptSecrets }>;
  /** @throws LeadlineError SERVICE_UNAVAILABLE when the provider is away; anything else means that its answer does not fit */
  complete(answer: URLSearchParams, secrets: AttemptSecrets): Promise<Profile>;
}
