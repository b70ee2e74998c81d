/** What the mail server said about the mailbox when it was asked (RFC 5321 RCPT). */
import type { EmailCheck } from '../../../entities/email-verdict.js';
import { CheckStatus } from '../../../entities/enums.js';
import type { ProbeOutcome } from '../smtp/probe.js';
import { finding } from './check.js';

const FULL_PENALTY = -30;
/** Nobody can say whether the mailbox is there. */
const CATCH_ALL_PENALTY = -10;

/** @param outcome null when nobody was asked, with the reason */
export function smtpCheck(outcome: ProbeOutcome | null, skipped = ''): EmailCheck {
  if (outcome === null) return finding('smtp', CheckStatus.SKIPPED, 0, skipped);
  switch (outcome.kind) {
    case 'accepted': return finding('smtp', CheckStatus.PASS, 0, 'the mail server accepts this mailbox, and not every one');
    case 'rejected': return finding('smtp', CheckStatus.FAIL, 0, `the mail server knows no such mailbox: ${outcome.reason}`);
    case 'full': return finding('smtp', CheckStatus.WARN, FULL_PENALTY, `the mailbox is full: ${outcome.reason}`);
    case 'catch-all': return finding('smtp', CheckStatus.UNKNOWN, CATCH_ALL_PENALTY, outcome.reason);
    case 'later': return finding('smtp', CheckStatus.UNKNOWN, 0, `the mail server wants to be asked later: ${outcome.reason}`);
    case 'unknown': return finding('smtp', CheckStatus.UNKNOWN, 0, outcome.reason);
  }
}
