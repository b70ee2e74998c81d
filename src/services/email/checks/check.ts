/** What a check is handed and what it gives back. One check looks at one thing and never throws for an expected outcome. */
import type { EmailCheck } from '../../../entities/email-verdict.js';
import { CheckStatus, type EmailKind } from '../../../entities/enums.js';
import type { MailRoute, TextPolicy } from '../dns.js';
import type { ParsedAddress } from './syntax.js';

export type CheckName = 'syntax' | 'domain' | 'mx' | 'disposable' | 'role' | 'free' | 'typo' | 'spf' | 'dmarc' | 'dnsbl' | 'suppression' | 'smtp' | 'homograph';

/** Everything that is known before the checks run; the look-ups are made once, by the verdict. */
export interface CheckInput {
  address: ParsedAddress;
  kind: EmailKind;
  route: MailRoute;
  spf: TextPolicy;
  dmarc: TextPolicy;
  /** A better spelling of the domain, or null. */
  suggestion: string | null;
}

export type Check = (input: CheckInput) => EmailCheck;

/**
 * What each check can earn. The values of the checks below add up to 100, so that the sum of a verdict's points is
 * its score with no further arithmetic. Being able to receive mail is most of it; being a person at the company's own
 * domain is the rest.
 */
export const MAX_POINTS: Readonly<Record<CheckName, number>> = {
  syntax: 10,
  domain: 15,
  mx: 40,
  disposable: 10,
  role: 5,
  free: 5,
  typo: 5,
  spf: 5,
  dmarc: 5,
  // These only take away: they are asked where an operator wants it, and a score must not depend on settings.
  dnsbl: 0,
  suppression: 0,
  smtp: 0,
  homograph: 0,
};

/** `points` may be negative where a finding makes the address worth less than its other checks say. */
export function finding(name: CheckName, status: CheckStatus, points: number, reason: string): EmailCheck {
  return { name, status, points, reason };
}

/** All points of the check. */
export function passed(name: CheckName, reason: string): EmailCheck {
  return finding(name, CheckStatus.PASS, MAX_POINTS[name], reason);
}
