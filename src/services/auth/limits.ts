import type { Backplane } from '../../backplane.js';
import { LeadlineError } from '../../errors.js';

/** What is counted: `points` per `seconds` and key. A network is an IPv4 address or an IPv6 /64. */
const RULES = {
  /** Per network. */
  register: { points: 20, seconds: 3_600 },
  /** Per network and account: guessing one password from one place. */
  login: { points: 20, seconds: 300 },
  /** Per network: guessing the passwords of many. */
  'login-network': { points: 200, seconds: 300 },
  /** Per account, from networks the account was never signed in from: guessing one password from many places. */
  'login-account': { points: 100, seconds: 3_600 },
  oauth: { points: 100, seconds: 600 },
  /** Per network and address. */
  mail: { points: 5, seconds: 3_600 },
  'mail-network': { points: 60, seconds: 3_600 },
  /** Per address, from networks its account was never signed in from: filling a mailbox from many places. */
  'mail-account': { points: 20, seconds: 3_600 },
  /** Per network: mailed links that are opened. */
  link: { points: 60, seconds: 3_600 },
  /** Per network: an office of hundreds refreshes every ten minutes. */
  refresh: { points: 1_200, seconds: 300 },
  /** Per credential. */
  api: { points: 3_000, seconds: 60 },
  'api-network': { points: 6_000, seconds: 60 },
  /** Per workspace: an invitation is a mail to a stranger. */
  invitation: { points: 100, seconds: 86_400 },
  /** Per person. */
  workspace: { points: 20, seconds: 86_400 },
} as const;

/** Whose attempt was refused, where that may be written down: it goes when the account goes. */
export interface Refused { ip?: string | null; addressHash?: string | null }

export type LimitScope = keyof typeof RULES;

/** Counts what strangers may do, for all processes together where there is a Redis. */
export class Limits {
  /** @param deps.told is given the first refusal of each key and window, for the audit log: a flood is one line, not a flood of lines */
  constructor(private readonly deps: { backplane: Backplane; isOn: boolean; told: (scope: LimitScope, about: Refused) => Promise<void> }) {}

  /** @throws LeadlineError RATE_LIMITED with `retryAfterMs` and `scope` */
  async consume(scope: LimitScope, key: string, about: Refused = {}): Promise<void> {
    if (!this.deps.isOn) return;
    const { points, seconds } = RULES[scope];
    try {
      await this.deps.backplane.limiter(scope, points, seconds).consume(key);
    } catch (rejection) {
      if (rejection instanceof Error) throw rejection;
      const { msBeforeNext, consumedPoints } = rejection as { msBeforeNext: number; consumedPoints: number };
      if (consumedPoints === points + 1) await this.deps.told(scope, about);
      throw new LeadlineError('RATE_LIMITED', 'Too many attempts; wait a little.', { details: { retryAfterMs: msBeforeNext, scope } });
    }
  }

  /** The same, except that who is known may go on: nobody can lock an account for its owner. */
  async consumeUnless(scope: LimitScope, key: string, isKnown: () => Promise<boolean>, about: Refused = {}): Promise<void> {
    try {
      await this.consume(scope, key, about);
    } catch (error) {
      if (error instanceof LeadlineError && error.code === 'RATE_LIMITED' && await isKnown()) return;
      throw error;
    }
  }
}
