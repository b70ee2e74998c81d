/** What a server's answer to RCPT means for a mailbox. Enhanced codes (RFC 3463, RFC 5248) first, words only where there are none. */
import type { SmtpReply } from './dialogue.js';

export type RecipientAnswer =
  | { kind: 'accepted' }
  /** There is no such mailbox. */
  | { kind: 'rejected'; reason: string }
  | { kind: 'full'; reason: string }
  /** "Not now": greylisting, too busy. Asking again may help. */
  | { kind: 'later'; reason: string }
  /** The server will not tell us: policy, block list, relaying. */
  | { kind: 'silent'; reason: string };

const NO_MAILBOX = /^5\.(?:1\.(?:0|1|2|3|6|10)|2\.1)$/;
const FULL = /^[45]\.2\.2$/;
const NO_MAILBOX_WORDS = /\b(?:user|mailbox|recipient|account|address)\b.{0,40}\b(?:unknown|not found|unavailable|does(?:n't| not) exist|not exist|invalid|disabled|no longer)|\b(?:no such|unknown|invalid|non-?existent) (?:user|mailbox|recipient|account|address|person)\b|\bnot a known user\b/i;
const FULL_WORDS = /\b(?:over ?quota|quota exceeded|mailbox (?:is )?full|insufficient (?:system )?storage)\b/i;
const POLICY_WORDS = /\b(?:block(?:ed|list)|black ?list|spamhaus|denied|relay|policy|reputation|spam|not allowed|authentication required)\b/i;

const said = (reply: SmtpReply): string => `${reply.code}${reply.enhanced === null ? '' : ` ${reply.enhanced}`} ${reply.text}`.replace(/[^\x20-\x7E]/g, '?').slice(0, 200).trim();

export function readRecipientReply(reply: SmtpReply): RecipientAnswer {
  const { code, enhanced, text } = reply;
  const reason = said(reply);
  if (code === 250 || code === 251) return { kind: 'accepted' };
  // 252: "cannot verify, but will accept" (RFC 5321 3.5.3).
  if (code < 400) return { kind: 'silent', reason };
  if (enhanced !== null) {
    if (FULL.test(enhanced)) return { kind: 'full', reason };
    if (NO_MAILBOX.test(enhanced) && code >= 500) return { kind: 'rejected', reason };
    return code < 500 ? { kind: 'later', reason } : { kind: 'silent', reason };
  }
  if (FULL_WORDS.test(text)) return { kind: 'full', reason };
  if (code < 500) return { kind: 'later', reason };
  if (POLICY_WORDS.test(text)) return { kind: 'silent', reason };
  return NO_MAILBOX_WORDS.test(text) ? { kind: 'rejected', reason } : { kind: 'silent', reason };
}
