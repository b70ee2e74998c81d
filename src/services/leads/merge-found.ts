/** What a newer crawl of a company changes in the lead that is there. Pure. */
import type { Lead } from '../../entities/lead.js';
import { storableText } from '../../storable.js';
import type { EvidenceDraft, LeadDraft } from './lead-draft.js';
import { plain } from './sightings.js';

/**
 * Fields that a crawl fills and a person may change. Those of a group belong together: the title is that of the
 * person, the city that of the address, so they come from one crawl or from one person.
 */
const GROUPS = [['companyName'], ['website'], ['description'], ['industry'], ['address', 'city', 'countryCode'], ['phones'], ['socialLinks'], ['contactName', 'contactTitle']] as const;
type FoundField = (typeof GROUPS)[number][number];
export type FoundValues = Pick<Lead, FoundField>;
export const FOUND_FIELDS: readonly FoundField[] = GROUPS.flat();

export interface KnownEvidence { id: string; field: string; value: string }
export interface KnownLead extends FoundValues {
  primaryEmail: { id: string; address: string } | null;
  /** Fields that a person has changed since the lead was made. */
  edited: readonly string[];
}
export interface MergedLead {
  values: FoundValues & { primaryEmailId: string | null };
  /** Evidence to store. */
  added: EvidenceDraft[];
  /** Ids of the known evidence that still proves a value of the lead. */
  kept: string[];
}

const textsOf = (value: string | string[] | null): string[] => (value === null ? [] : Array.isArray(value) ? value : [value]);

/**
 * A value that its evidence names was found by a crawl; one without evidence, or that `lead.edited` names, was written by a
 * person. What a person wrote, or emptied, stays. What a crawl found gives way to what this one found, and keeps its
 * evidence where this one found nothing, so that every value stays proven.
 */
export function mergeFound(known: KnownLead, evidence: readonly KnownEvidence[], draft: LeadDraft): MergedLead {
  const { primaryEmail, edited, ...before } = known;
  const values: Record<FoundField, string | string[] | null> = { ...before };
  const added: EvidenceDraft[] = [];
  const kept: string[] = [];
  const isProven = (field: string, value: string | string[] | null): boolean => textsOf(value).every((text) => evidence.some((entry) => entry.field === field && entry.value === storableText(text)));
  // The domain stands in for a name that no page says: it replaces none that one said.
  const found = (field: FoundField): string | string[] | null => (field === 'companyName' && draft.companyName === draft.domain && known.companyName !== '' ? null : draft[field]);
  for (const group of GROUPS) {
    const isEmpty = group.every((field) => textsOf(known[field]).length === 0);
    const foundNothing = group.every((field) => textsOf(found(field)).length === 0);
    const isEdited = group.some((field) => edited.includes(field));
    const isPersons = isEdited || !group.every((field) => isProven(field, known[field]));
    if (isPersons || foundNothing && !isEmpty) {
      const proven = evidence.filter((entry) => group.some((field) => field === entry.field && textsOf(known[field]).some((text) => storableText(text) === entry.value)));
      kept.push(...proven.map((entry) => entry.id));
      // Beside what a person wrote, only what is about the same person or place.
      const agrees = !isEdited && group.every((field) => textsOf(known[field]).length === 0 || plain(textsOf(known[field]).join(' ')) === plain(textsOf(found(field)).join(' ')));
      if (!agrees) continue;
      for (const field of group) if (textsOf(known[field]).length === 0) values[field] = found(field);
      added.push(...draft.evidence.filter((entry) => group.some((field) => field === entry.field) && !proven.some((old) => old.field === entry.field && old.value === storableText(entry.value))));
      continue;
    }
    for (const field of group) values[field] = found(field);
    added.push(...draft.evidence.filter((entry) => group.some((field) => field === entry.field)));
  }
  // Addresses gather: one that this crawl did not see was seen by another, and its proof says when.
  const emails = draft.evidence.filter((entry) => entry.field === 'email');
  kept.push(...evidence.filter((entry) => entry.field === 'email' && !emails.some((email) => storableText(email.value) === entry.value)).map((entry) => entry.id));
  added.push(...emails);
  const isTyped = primaryEmail !== null && !isProven('email', primaryEmail.address);
  const primaryEmailId = isTyped ? primaryEmail.id : draft.primaryEmailId ?? primaryEmail?.id ?? null;
  return { values: { ...(values as FoundValues), primaryEmailId }, added, kept };
}
