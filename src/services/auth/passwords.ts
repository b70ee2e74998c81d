import { hash, verify } from '@node-rs/argon2';
import { LeadlineError } from '../../errors.js';

/** OWASP's first choice for Argon2id (the library's default algorithm): 19 MiB, two passes, one lane. About 20 ms, off the event loop. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Compared with for unknown accounts, so that they take as long as known ones. */
let decoy: Promise<string> | undefined;

export async function hashPassword(password: string): Promise<string> {
  return await hash(password.normalize('NFKC'), PARAMETERS);
}

/** @param stored null for an unknown account: same time, always false */
export async function passwordMatches(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword('a decoy that nobody can sign in with');
  const matches = await verify(stored ?? await decoy, password.normalize('NFKC'));
  return matches && stored !== null;
}

/** Seen in every list of leaked passwords. Short on purpose: length is what protects. */
const COMMON = new Set(['password', 'password1', 'password123', '12345678', '123456789', '1234567890', 'qwertyuiop', 'qwerty123', '11111111', '00000000', 'iloveyou', 'sunshine', 'princess', 'football', 'baseball', 'superman', 'trustno1', 'letmein1', 'welcome1', 'admin123', 'passw0rd', 'abc12345', 'abcd1234', '1q2w3e4r', 'asdfghjkl', 'changeme', 'leadline']);

/** NIST SP 800-63B: 8 to 256 characters of any kind, none of the common ones, not the address itself. */
export function checkPassword(password: string, email: string): void {
  const plain = password.normalize('NFKC');
  const length = [...plain].length;
  const local = email.split('@')[0] ?? '';
  const reasons: string[] = [];
  if (length < 8) reasons.push('TOO_SHORT');
  if (length > 256) reasons.push('TOO_LONG');
  if (COMMON.has(plain.toLowerCase()) || /^(.)\1*$/u.test(plain)) reasons.push('TOO_COMMON');
  if (local.length >= 4 && plain.toLowerCase().includes(local.toLowerCase())) reasons.push('CONTAINS_EMAIL');
  if (reasons.length > 0) throw new LeadlineError('WEAK_PASSWORD', 'Choose another password: at least 8 characters, not a common one, not your e-mail address.', { details: { reasons } });
}
