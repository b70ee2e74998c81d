import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import PQueue from 'p-queue';
import { getDomainWithoutSuffix } from 'tldts';
import { LeadlineError } from '../../errors.js';

/** OWASP's first choice for Argon2id (the library's default algorithm): 19 MiB, two passes, one lane. About 20 ms, off the event loop. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** More at once than there are cores only makes each one slower. */
const CONCURRENCY = availableParallelism();
/** Who would wait longer than about a second and a half is sent away instead: the ones before get their answer. */
const MOST_WAITING = 64 * CONCURRENCY;
/** NFKC makes at most 18 characters of one and joins at most four: longer than this in UTF-16, no text has 256 characters. */
const MOST_UNITS = 4_096;
const MIN_LENGTH = 8;
const MAX_LENGTH = 256;
/** The scorer's work grows with the square of the length: only so much of a password is given to it. */
const SCORED_LENGTH = 32;
/** Below so many guesses (log10) a password is as good as on the list. Eight random characters need 10^8. */
const COMMON_BELOW = 7.3;

const queue = new PQueue({ concurrency: CONCURRENCY });
let hashings = 0;

/** How often a password was hashed or compared since the start: for /metrics, and for showing that no answer costs less than another. */
export const passwordWork = (): number => hashings;

/** @throws LeadlineError RATE_LIMITED, scope `password`, when too many wait already */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (queue.size >= MOST_WAITING) throw new LeadlineError('RATE_LIMITED', 'Too many people sign in at this moment; try again in a second.', { details: { retryAfterMs: 1_000, scope: 'password' } });
  hashings += 1;
  return await queue.add(work);
}

export async function hashPassword(password: string): Promise<string> {
  return await inTurn(() => hash(password.normalize('NFKC'), PARAMETERS));
}

/** Compared with for unknown accounts, so that they take as long as known ones; made with the first use of this file. */
const decoy = hash('a decoy that nobody can sign in with', PARAMETERS);

/** @param stored null for an unknown account: same work, always false */
export async function passwordMatches(stored: string | null, password: string): Promise<boolean> {
  const against = stored ?? await decoy;
  const isPossible = stored !== null && password.length <= MOST_UNITS;
  const matches = await inTurn(() => verify(against, password.slice(0, MOST_UNITS).normalize('NFKC')));
  return matches && isPossible;
}

/** Whether a stored hash was made with less work than is asked for today; parameters stand in the hash (PHC string format). */
export function isOutdated(stored: string): boolean {
  const found = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$/.exec(stored);
  return !found || Number(found[1]) < PARAMETERS.memoryCost || Number(found[2]) < PARAMETERS.timeCost;
}

interface CommonList { words: ReadonlySet<string>; guesses: (text: string) => number }

let common: Promise<CommonList> | undefined;

/** Fifty thousand leaked passwords and the patterns people make of them; read when the first password is chosen, not at the start. */
async function loadCommon(): Promise<CommonList> {
  const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }] = await Promise.all([import('@zxcvbn-ts/core'), import('@zxcvbn-ts/language-common')]);
  const scorer = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, useLevenshteinDistance: false, maxLength: SCORED_LENGTH });
  return { words: new Set([...dictionary['passwords-common']].map(String)), guesses: (text) => scorer.check(text, ['leadline']).guessesLog10 };
}

async function isCommon(plain: string): Promise<boolean> {
  common ??= loadCommon();
  const { words, guesses } = await common;
  if (words.has(plain.toLowerCase())) return true;
  // The same again and again is worth what it is worth once, however long it gets.
  const unit = /^(.{1,32}?)\1+$/su.exec(plain)?.[1];
  if (unit !== undefined) return guesses(unit.repeat(Math.max(1, Math.floor(SCORED_LENGTH / unit.length))).slice(0, SCORED_LENGTH)) < COMMON_BELOW;
  return plain.length <= SCORED_LENGTH && guesses(plain) < COMMON_BELOW;
}

/**
 * NIST SP 800-63B: 8 to 256 characters of any kind after NFKC, no rules of composition; none that is on the lists of
 * leaked ones or made of such, none that holds the address or its domain's name.
 * @throws LeadlineError WEAK_PASSWORD with every reason: TOO_SHORT, TOO_LONG, TOO_COMMON, CONTAINS_EMAIL
 */
export async function checkPassword(password: string, email: string): Promise<void> {
  const plain = password.slice(0, MOST_UNITS).normalize('NFKC');
  const characters = [...plain];
  const lower = plain.toLowerCase();
  const [local = '', domain = ''] = email.toLowerCase().split('@');
  const company = getDomainWithoutSuffix(domain) ?? domain.split('.')[0] ?? '';
  const reasons: string[] = [];
  if (characters.length < MIN_LENGTH) reasons.push('TOO_SHORT');
  if (characters.length > MAX_LENGTH || password.length > MOST_UNITS) reasons.push('TOO_LONG');
  if (characters.length >= MIN_LENGTH && await isCommon(characters.slice(0, MAX_LENGTH).join(''))) reasons.push('TOO_COMMON');
  // Names of three letters are in half of all words.
  if ([local, company].some((part) => part.length >= 4 && lower.includes(part.normalize('NFKC')))) reasons.push('CONTAINS_EMAIL');
  if (reasons.length > 0) throw new LeadlineError('WEAK_PASSWORD', 'Choose another password: at least 8 characters, not a common one, not your e-mail address.', { details: { reasons } });
}
