/** Whom to write to: the primary address and the person behind it. */
import { EmailKind, EmailStatus } from '../../entities/enums.js';
import { type BuildEmail, type BuildGoal, type BuildPage, type EvidenceDraft } from './lead-draft.js';
import { evidenceOf, plain, rank, sightings } from './sightings.js';

const STATUS_ORDER: Readonly<Record<EmailStatus, number>> = { VALID: 0, RISKY: 1, UNKNOWN: 2, INVALID: 3 };
/** Mailboxes a company opens for first contact, best first. */
const CONTACT_BOXES = /^(?:info|contact|kontakt|contato|contacto|contatti|hello|hallo|hi|office|mail|post|buero|büro|kanzlei|praxis|sales|vertrieb|verkauf|enquir(?:y|ies)|inquir(?:y|ies)|anfrage|welcome|reception|empfang|sekretariat|secretariat|segreteria|admin(?:istration)?|service|team|booking|reservations?|accueil|bonjour|ciao|biuro|posta|email|geschaeftsstelle|geschäftsstelle|zentrale|verwaltung|general)(?:[._-].{1,30})?$/i;
/** Mailboxes for other purposes; writing there is a mistake. */
const WRONG_BOXES = /^(?:no-?reply|do-?not-?reply|abuse|postmaster|hostmaster|webmaster|security|privacy|datenschutz|dsb|dpo|rgpd|gdpr|jobs?|career|careers|karriere|bewerbung|recruiting|hr|press|presse|media|billing|rechnung(?:en)?|invoice|buchhaltung|accounting|spam|unsubscribe|newsletter|legal|compliance|root|support)(?:[._-].{1,30})?$/i;

/** True when a job title or mailbox name is about one of the roles the goal asks for. */
export function wantedRole(text: string, roles: readonly string[]): string | null {
  const words = ` ${plain(text)} `;
  return roles.find((role) => {
    const wanted = plain(role);
    return wanted !== '' && words.includes(` ${wanted} `);
  }) ?? null;
}

function ownDomain(address: string, domain: string): boolean {
  const host = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  return host === domain || host.endsWith(`.${domain}`);
}

function boxRank(email: BuildEmail): number {
  const local = email.address.slice(0, email.address.lastIndexOf('@'));
  if (WRONG_BOXES.test(local)) return 3;
  if (CONTACT_BOXES.test(local)) return 0;
  return email.kind === EmailKind.PERSONAL || email.personName !== null ? 1 : 2;
}

/**
 * The company's own address to write to, or null. In this order: valid before risky before unknown, own domain,
 * a role the goal wants, contact boxes before people before the rest, fewest clicks, then the alphabet.
 * Third-party, disposable and invalid addresses never.
 */
export function choosePrimary(emails: readonly BuildEmail[], pages: readonly BuildPage[], domain: string, goal: BuildGoal | null): BuildEmail | null {
  const depth = new Map(pages.map((page) => [page.id, page.depth]));
  const roles = goal?.roles ?? [];
  const keys = (email: BuildEmail): number[] => [
    STATUS_ORDER[email.status], ownDomain(email.address, domain) ? 0 : 1,
    wantedRole(`${email.jobTitle ?? ''} ${email.address.slice(0, email.address.lastIndexOf('@'))}`, roles) === null ? 1 : 0, boxRank(email), depth.get(email.source.pageId) ?? 9,
  ];
  const usable = emails.filter((email) => !email.thirdParty && email.status !== EmailStatus.INVALID && email.kind !== EmailKind.DISPOSABLE);
  const sorted = usable.map((email) => ({ email, keys: keys(email) })).sort((one, other) => {
    for (let index = 0; index < one.keys.length; index += 1) {
      const difference = (one.keys[index] ?? 0) - (other.keys[index] ?? 0);
      if (difference !== 0) return difference;
    }
    return one.email.address < other.email.address ? -1 : 1;
  });
  return sorted[0]?.email ?? null;
}

/** Proof of an address: where the snippet shows it, obfuscated spellings as a whole snippet. */
export function emailEvidence(email: BuildEmail): EvidenceDraft {
  const at = email.source.snippet.toLowerCase().indexOf(email.address.toLowerCase());
  return {
    field: 'email', value: email.address, pageUrl: email.source.pageUrl, pageId: email.source.pageId, snippet: email.source.snippet,
    start: Math.max(0, at), end: at === -1 ? email.source.snippet.length : at + email.address.length, contentHash: email.source.contentHash, foundAt: email.source.foundAt,
  };
}

export interface Contact { name: string | null; title: string | null; evidence: EvidenceDraft[] }

/** A value from an e-mail's surroundings counts only when those words are in the snippet. */
function fromEmail(field: 'contactName' | 'contactTitle', value: string | null, email: BuildEmail): EvidenceDraft | null {
  if (value === null || value === '') return null;
  const at = email.source.snippet.indexOf(value);
  return at === -1 ? null : { ...emailEvidence(email), field, value, start: at, end: at + value.length };
}

/**
 * The person: whoever the primary address belongs to; else somebody in a role the goal wants; else whom the site
 * itself names most clearly. A title is stored only with the name it stands beside.
 */
export function chooseContact(primary: BuildEmail | null, emails: readonly BuildEmail[], pages: readonly BuildPage[], goal: BuildGoal | null): Contact {
  const roles = goal?.roles ?? [];
  const wanted = emails.find((email) => !email.thirdParty && email.jobTitle !== null && wantedRole(email.jobTitle, roles) !== null && email.personName !== null);
  for (const email of [primary?.personName === null ? undefined : primary ?? undefined, wanted]) {
    if (email === undefined) continue;
    const name = fromEmail('contactName', email.personName, email);
    if (name === null) continue;
    const title = fromEmail('contactTitle', email.jobTitle, email);
    return { name: name.value, title: title?.value ?? null, evidence: [name, ...(title === null ? [] : [title])] };
  }
  const ranked = rank(sightings(pages, 'contactName'), (fact) => plain(fact.value));
  const titleFor = (snippet: string): { fact: (typeof ranked)[number]['best']['fact']; page: BuildPage } | undefined =>
    sightings(pages, 'contactTitle').find(({ fact }) => fact.snippet === snippet);
  const chosen = ranked.find((candidate) => wantedRole(titleFor(candidate.best.fact.snippet)?.fact.value ?? '', roles) !== null) ?? ranked[0];
  if (chosen === undefined) return { name: null, title: null, evidence: [] };
  const title = titleFor(chosen.best.fact.snippet);
  return {
    name: chosen.best.fact.value, title: title?.fact.value ?? null,
    evidence: [evidenceOf('contactName', chosen.best.fact.value, chosen.best), ...(title === undefined ? [] : [evidenceOf('contactTitle', title.fact.value, title)])],
  };
}
