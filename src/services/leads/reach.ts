/** Reach, 0 to 40: the ways to get in touch that the site proves, and how sure and fresh they are. */
import { type EmailStatus } from '../../entities/enums.js';
import { type BuildEmail, type BuildGoal, type BuildPage, type LeadDraft } from './lead-draft.js';
import { wantedRole } from './contact.js';
import { type ToldFactor } from './score.js';

export const MAX_REACH = 40;
const EMAIL_POINTS: Readonly<Record<EmailStatus, number>> = { VALID: 18, RISKY: 9, UNKNOWN: 6, INVALID: 0 };
const EMAIL_WORDS: Readonly<Record<EmailStatus, string>> = { VALID: 'checked and valid', RISKY: 'risky', UNKNOWN: 'not confirmed', INVALID: 'invalid' };
const PERSON = 4;
const WANTED_ROLE = 4;
const PHONE = 7;
const ADDRESS = 4;
const PROFILE = 1;
const FRESH = 2;
const FRESH_DAYS = 30;
const DAY_MS = 86_400_000;

function proof(draft: LeadDraft, field: string): string {
  return draft.evidence.find((entry) => entry.field === field)?.pageUrl ?? draft.website;
}

/** Always the same seven factors, so that two leads can be compared line by line. */
export function reachFactors(draft: LeadDraft, emails: readonly BuildEmail[], pages: readonly BuildPage[], goal: BuildGoal | null, now: Date): ToldFactor[] {
  const primary = emails.find((email) => email.id === draft.primaryEmailId);
  const phone = draft.phones[0];
  const profile = draft.socialLinks[0];
  const role = wantedRole(draft.contactTitle ?? primary?.jobTitle ?? '', goal?.roles ?? []);
  const newest = pages.reduce<Date | null>((latest, page) => (latest === null || page.fetchedAt > latest ? page.fetchedAt : latest), null);
  const ageDays = newest === null ? null : Math.max(0, Math.floor((now.getTime() - newest.getTime()) / DAY_MS));
  return [
    primary === undefined
      ? { name: 'email', points: 0, reason: emails.length === 0 ? 'No e-mail address was found.' : 'No address of the company itself was usable.', told: null }
      : { name: 'email', points: EMAIL_POINTS[primary.status], reason: `${primary.address} (${EMAIL_WORDS[primary.status]}) is printed on ${primary.source.pageUrl}.`, told: `at ${primary.address} (${EMAIL_WORDS[primary.status]})` },
    phone === undefined
      ? { name: 'phone', points: 0, reason: 'No phone number was found.', told: null }
      : { name: 'phone', points: PHONE, reason: `${phone} is printed on ${proof(draft, 'phones')}.`, told: `by phone at ${phone}` },
    draft.contactName === null
      ? { name: 'person', points: 0, reason: 'No contact person was found.', told: null }
      : { name: 'person', points: PERSON, reason: `${draft.contactName}${draft.contactTitle === null ? '' : ` (${draft.contactTitle})`} is named on ${proof(draft, 'contactName')}.`, told: `through ${draft.contactName}` },
    role === null
      ? { name: 'role', points: 0, reason: (goal?.roles.length ?? 0) === 0 ? 'The goal asks for no role.' : `Nobody with the role ${goal?.roles.join(', ') ?? ''} was found.`, told: null }
      : { name: 'role', points: WANTED_ROLE, reason: `The contact's title "${draft.contactTitle ?? primary?.jobTitle ?? ''}" is the role "${role}" of the goal.`, told: null },
    draft.address === null
      ? { name: 'address', points: 0, reason: 'No postal address was found.', told: null }
      : { name: 'address', points: ADDRESS, reason: `"${draft.address}" is printed on ${proof(draft, 'address')}.`, told: null },
    profile === undefined
      ? { name: 'profile', points: 0, reason: 'No profile on a social network is linked.', told: null }
      : { name: 'profile', points: PROFILE, reason: `${profile} is linked from ${proof(draft, 'socialLinks')}.`, told: null },
    ageDays === null || ageDays > FRESH_DAYS
      ? { name: 'freshness', points: 0, reason: ageDays === null ? 'No page could be read.' : `The pages were read ${ageDays} days ago.`, told: null }
      : { name: 'freshness', points: FRESH, reason: ageDays === 0 ? 'The pages were read today.' : `The pages were read ${ageDays} ${ageDays === 1 ? 'day' : 'days'} ago.`, told: null },
  ];
}
