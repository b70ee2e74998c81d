import { type LeadStatus } from '../../entities/enums.js';
import type { LeadEvent } from '../../entities/lead-event.js';
import type { Lead } from '../../entities/lead.js';
import { LeadlineError } from '../../errors.js';
import { getDomain, parse } from 'tldts';

export interface UpdateLead {
  companyName?: string | null; website?: string | null; description?: string | null; industry?: string | null; address?: string | null; city?: string | null; countryCode?: string | null;
  phones?: string[] | null; socialLinks?: string[] | null; contactName?: string | null; contactTitle?: string | null; status?: LeadStatus | null; assigneeId?: string | null;
}
export interface CreateLead extends Omit<UpdateLead, 'companyName' | 'status' | 'assigneeId'> { companyName: string; email?: string | null; tags?: string[] | null; idempotencyKey?: string | null }

/** Longest value of each text field, in characters. */
const LENGTHS = { companyName: 300, website: 2_000, description: 5_000, industry: 200, address: 500, city: 200, contactName: 200, contactTitle: 200 } as const;
type Change = Partial<Pick<Lead, 'companyName' | 'website' | 'domain' | 'description' | 'industry' | 'address' | 'city' | 'countryCode' | 'phones' | 'socialLinks' | 'contactName' | 'contactTitle' | 'status' | 'assigneeId'>>;

/** Trims and checks what was given; nothing else is in the result. @throws LEAD_INVALID with every bad field */
export function checkLead(input: UpdateLead): Change {
  const change: Record<string, unknown> = {};
  const fields: string[] = [];
  for (const [field, most] of Object.entries(LENGTHS) as [keyof typeof LENGTHS, number][]) {
    const value = input[field];
    if (value === undefined) continue;
    const text = value?.trim() ?? '';
    if (text.length > most || (field === 'companyName' && text === '')) fields.push(field);
    change[field] = text === '' ? null : text;
  }
  if (typeof change.website === 'string') {
    const domain = URL.canParse(change.website) && /^https?:$/.test(new URL(change.website).protocol) ? getDomain(change.website, { allowPrivateDomains: true }) : null;
    if (!domain) fields.push('website');
    change.domain = domain;
  }
  if (input.countryCode != null && !/^[A-Za-z]{2}$/.test(input.countryCode)) fields.push('countryCode');
  else if (input.countryCode !== undefined) change.countryCode = input.countryCode?.toUpperCase() ?? null;
  for (const field of ['phones', 'socialLinks'] as const) {
    const values = input[field];
    if (values === undefined) continue;
    if ((values ?? []).length > 50 || (values ?? []).some((value) => value.trim() === '' || value.length > 500)) fields.push(field);
    change[field] = (values ?? []).map((value) => value.trim());
  }
  if (input.status != null) change.status = input.status;
  if (input.assigneeId !== undefined) change.assigneeId = input.assigneeId;
  if (fields.length > 0) throw new LeadlineError('LEAD_INVALID', `These fields are not valid: ${fields.join(', ')}.`, { details: { fields } });
  return change;
}

export function newLead(input: CreateLead) {
  const { companyName, email, tags, ...rest } = input;
  const change = checkLead({ ...rest, companyName });
  const address = email?.trim().toLowerCase();
  const host = address?.split('@')[1] ?? '';
  const isAddress = address === undefined || (/^[^\s@]{1,64}@[^\s@]{3,253}$/u.test(address) && parse(host).isIcann === true);
  if (!isAddress) throw new LeadlineError('LEAD_INVALID', 'The e-mail address is not valid.', { details: { fields: ['email'] } });
  if ((input.idempotencyKey?.length ?? 0) > 200) throw new LeadlineError('LEAD_INVALID', 'An idempotency key has at most 200 characters.', { details: { fields: ['idempotencyKey'] } });
  const cleanTags = tags && tags.length > 0 ? checkTags(tags) : [];
  return {
    companyName: change.companyName ?? companyName, domain: change.domain ?? null, website: change.website ?? null, description: change.description ?? null, industry: change.industry ?? null,
    address: change.address ?? null, city: change.city ?? null, countryCode: change.countryCode ?? null, phones: change.phones ?? [], socialLinks: change.socialLinks ?? [],
    contactName: change.contactName ?? null, contactTitle: change.contactTitle ?? null, tags: cleanTags,
    email: address === undefined ? null : { address, domain: host, kind: 'UNKNOWN' },
  };
}

/** Trimmed and each once. @throws LEAD_INVALID */
export function checkTags(tags: string[]): string[] {
  const clean = [...new Set(tags.map((tag) => tag.trim()).filter(Boolean))];
  if (clean.length === 0 || clean.length > 50 || clean.some((tag) => tag.length > 50)) throw new LeadlineError('LEAD_INVALID', 'One to fifty tags of at most 50 characters.', { details: { fields: ['tags'] } });
  return clean;
}

/** Field → [before, after], of what really differs. */
export function changesOf(before: Lead, change: Change): Record<string, [unknown, unknown]> {
  const entries = (Object.entries(change) as [keyof Change, unknown][]).filter(([field, value]) => JSON.stringify(before[field] ?? null) !== JSON.stringify(value ?? null));
  return Object.fromEntries(entries.map(([field, value]) => [field, [before[field] ?? null, value ?? null]]));
}

/**
 * An old version may still be changed where nobody else did since. History says who changed what: each event
 * carries the version it made.
 * @throws UPDATE_CONFLICT when the same field changed to something else
 */
export function mergeChange(current: Lead, version: number, change: Change, history: readonly LeadEvent[]): Change {
  if (version === current.version) return change;
  if (version > current.version || version < 1) throw new LeadlineError('BAD_USER_INPUT', 'There is no such version yet.', { details: { fields: ['version'] } });
  const base: Record<string, unknown> = {};
  for (const event of history) {
    const made = event.changes.version;
    if (typeof made !== 'number' || made <= version) continue;
    for (const [field, pair] of Object.entries(event.changes)) if (Array.isArray(pair) && !(field in base)) base[field] = pair[0];
  }
  const clashes = Object.keys(changesOf(current, change)).filter((field) => field in base);
  if (clashes.length > 0) {
    const pick = (values: Record<string, unknown>): Record<string, unknown> => Object.fromEntries(clashes.map((field) => [field, values[field] ?? null]));
    throw new LeadlineError('UPDATE_CONFLICT', 'Somebody else changed the same field meanwhile.', { details: { version: current.version, base: pick(base), theirs: pick(current as unknown as Record<string, unknown>), yours: pick(change) } });
  }
  return change;
}
