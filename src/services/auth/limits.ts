import type { Backplane } from '../../backplane.js';
import { LeadlineError } from '../../errors.js';

/** What is counted: `points` per `seconds` and key. */
const RULES = {
  register: { points: 20, seconds: 3_600 },
  login: { points: 20, seconds: 300 },
  oauth: { points: 100, seconds: 600 },
  mail: { points: 5, seconds: 3_600 },
  /** Per workspace: an invitation is a mail to a stranger. */
  invitation: { points: 100, seconds: 86_400 },
  /** Per person. */
  workspace: { points: 20, seconds: 86_400 },
} as const;

export type LimitScope = keyof typeof RULES;

/** Counts what strangers may do, for all processes together where there is a Redis. */
export class Limits {
  constructor(private readonly deps: { backplane: Backplane; isOn: boolean }) {}

  /** @throws LeadlineError RATE_LIMITED with `retryAfterMs` and `scope` */
  async consume(scope: LimitScope, key: string): Promise<void> {
    if (!this.deps.isOn) return;
    const { points, seconds } = RULES[scope];
    try {
      await this.deps.backplane.limiter(scope, points, seconds).consume(key);
    } catch (rejection) {
      if (rejection instanceof Error) throw rejection;
      throw new LeadlineError('RATE_LIMITED', 'Too many attempts; wait a little.', { details: { retryAfterMs: (rejection as { msBeforeNext: number }).msBeforeNext, scope } });
    }
  }
}
