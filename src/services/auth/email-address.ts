import { LeadlineError } from '../../errors.js';

/** RFC 5321 limits and one @; whether mail arrives is what the verification link proves. @throws LeadlineError BAD_USER_INPUT */
export function normalEmail(email: string): string {
  const trimmed = email.trim().toLowerCase();
  if (trimmed.length > 254 || !/^[^\s@<>(),;:"]{1,64}@[^\s@<>(),;:".]+(\.[^\s@<>(),;:".]+)+$/u.test(trimmed)) throw new LeadlineError('BAD_USER_INPUT', 'This is not an e-mail address.', { details: { fields: ['email'] } });
  return trimmed;
}

/** The same for what somebody else's server says is an address; null when it is none. */
export function usableEmail(given: unknown): string | null {
  try {
    return typeof given === 'string' ? normalEmail(given) : null;
  } catch {
    return null;
  }
}
