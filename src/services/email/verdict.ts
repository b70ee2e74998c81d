/** The verdict on one address: what every check says, what they add up to, and what that means. No SMTP is opened here. */
import type { EmailCheck, EmailVerdict } from '../../entities/email-verdict.js';
import { CheckStatus, EmailKind, EmailStatus } from '../../entities/enums.js';
import { finding, type CheckInput } from './checks/check.js';
import { dnsblCheck } from './checks/dnsbl.js';
import { CHECKS } from './checks/index.js';
import { homographCheck } from './checks/homograph.js';
import { smtpCheck } from './checks/smtp.js';
import { parseAddress } from './checks/syntax.js';
import { suggestAddress } from './checks/typo.js';
import { classifyAddress } from './classify.js';
import type { MailDns, MailRoute } from './dns.js';
import type { ProbeOutcome } from './smtp/probe.js';

export interface CheckEmailOptions {
  dns: Pick<MailDns, 'mailRoute' | 'spf' | 'dmarc' | 'asksBlockLists' | 'blockListed'>;
  now: Date;
  /** On the workspace's suppression list; left out, the verdict says nothing about it. */
  suppressed?: boolean;
  /** What the mail server said; null with the reason when it was not asked; left out, the verdict says nothing about it. */
  smtp?: { outcome: ProbeOutcome | null; skipped: string };
}

/**
 * Checks an address by syntax, lists and DNS. All look-ups run side by side, so the time limit of `dns` is the time
 * limit of the verdict: under a second, block lists included.
 *
 * - INVALID: not an address, or mail to it cannot arrive (no domain, null MX, nothing takes mail). Earns no points.
 * - UNKNOWN: the resolver failed, or the mail server was asked and did not say; never a guess.
 * - RISKY: mail may arrive, but: throw-away, suppressed, block-listed, full, or only an implicit MX.
 * - VALID: the domain has a working MX. Whether the mailbox exists is for `checkDeliverability`.
 *
 * `score` is the sum of the checks' points, 0 to 100. Never throws for anything an address can be.
 */
export async function checkEmail(address: string, options: CheckEmailOptions): Promise<EmailVerdict> {
  const parsing = parseAddress(address);
  if (!parsing.ok) return malformed(address, parsing.reason, options);
  const parsed = parsing.address;
  const [route, spf, dmarc, listing] = await Promise.all([
    options.dns.mailRoute(parsed.asciiDomain),
    options.dns.spf(parsed.asciiDomain),
    options.dns.dmarc(parsed.asciiDomain),
    options.dns.asksBlockLists ? options.dns.blockListed(parsed.asciiDomain) : null,
  ]);
  const kind = classifyAddress(parsed.local, parsed.asciiDomain);
  const suggestion = suggestAddress(parsed.local, parsed.asciiDomain, route);
  const input: CheckInput = { address: parsed, kind, route, spf, dmarc, suggestion };
  const checks = CHECKS.map(([, check]) => check(input));
  const homograph = homographCheck(parsed);
  if (homograph) checks.push(homograph);
  if (listing) checks.push(dnsblCheck(listing));
  if (options.suppressed !== undefined) checks.push(suppression(options.suppressed, sum(checks)));
  if (options.smtp) checks.push(smtpCheck(options.smtp.outcome, options.smtp.skipped));
  const status = statusOf({ route, kind, isDoubtful: options.suppressed === true || listing?.kind === 'listed', probe: options.smtp?.outcome ?? null });
  const settled = settle(checks, status);
  return {
    email: parsed.input,
    normalized: parsed.normalized,
    status,
    score: sum(settled),
    kind,
    checks: settled,
    suggestion,
    checkedAt: options.now,
  };
}

function statusOf({ route, kind, isDoubtful, probe }: { route: MailRoute; kind: EmailKind; isDoubtful: boolean; probe: ProbeOutcome | null }): EmailStatus {
  if (route.kind === 'none' || route.kind === 'null-mx' || probe?.kind === 'rejected') return EmailStatus.INVALID;
  if (route.kind === 'failed') return EmailStatus.UNKNOWN;
  // Asked, and not answered: whatever DNS promises, nobody knows of the mailbox.
  if (probe?.kind === 'catch-all' || probe?.kind === 'unknown' || probe?.kind === 'later') return EmailStatus.UNKNOWN;
  if (route.kind === 'implicit' || kind === EmailKind.DISPOSABLE || isDoubtful || probe?.kind === 'full') return EmailStatus.RISKY;
  return EmailStatus.VALID;
}

function suppression(suppressed: boolean, pointsSoFar: number): EmailCheck {
  return suppressed
    ? finding('suppression', CheckStatus.FAIL, -Math.max(0, pointsSoFar), "on the workspace's suppression list: not to be written to")
    : finding('suppression', CheckStatus.PASS, 0, "not on the workspace's suppression list");
}

function sum(checks: readonly EmailCheck[]): number {
  return checks.reduce((total, check) => total + check.points, 0);
}

/**
 * Makes the points mean what the status says: an address that cannot receive mail earns nothing, however well-formed it
 * is, and a penalty never takes more than there is.
 */
function settle(checks: EmailCheck[], status: EmailStatus): EmailCheck[] {
  if (status === EmailStatus.INVALID) return checks.map((check) => ({ ...check, points: 0 }));
  const debt = -sum(checks);
  if (debt <= 0) return checks;
  const heaviest = checks.reduce((lowest, check) => (check.points < lowest.points ? check : lowest));
  return checks.map((check) => (check === heaviest ? { ...check, points: check.points + debt } : check));
}

function malformed(address: string, reason: string, options: CheckEmailOptions): EmailVerdict {
  const checks = CHECKS.map(([name]) =>
    name === 'syntax' ? finding(name, CheckStatus.FAIL, 0, reason) : finding(name, CheckStatus.SKIPPED, 0, 'not an address'),
  );
  return {
    // A megabyte of nonsense is not sent back.
    email: address.trim().slice(0, 320),
    normalized: null,
    status: EmailStatus.INVALID,
    score: 0,
    kind: EmailKind.UNKNOWN,
    checks,
    suggestion: mistypedEnding(address),
    checkedAt: options.now,
  };
}

/** `anna@gmail.con` fails as syntax, because nobody owns `.con`; the better spelling is still worth saying. */
function mistypedEnding(address: string): string | null {
  const trimmed = address.trim();
  const at = trimmed.lastIndexOf('@');
  if (at < 1 || trimmed.length > 254) return null;
  const suggestion = suggestAddress(trimmed.slice(0, at), trimmed.slice(at + 1).toLowerCase(), null);
  return suggestion !== null && parseAddress(suggestion).ok ? suggestion : null;
}
