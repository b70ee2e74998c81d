import { describe, expect, it } from 'vitest';
import type { EvidenceDraft, EvidenceField, LeadDraft } from '../../../src/services/leads/lead-draft.js';
import { mergeFound, type KnownEvidence, type KnownLead } from '../../../src/services/leads/merge-found.js';

const AT = new Date('2026-03-01T10:00:00Z');
const PRINTED: readonly EvidenceField[] = ['companyName', 'website', 'description', 'industry', 'address', 'city', 'countryCode', 'phones', 'socialLinks', 'contactName', 'contactTitle'];

function proof(field: EvidenceField, value: string): EvidenceDraft {
  return { field, value, pageUrl: 'https://rad-werk.example/new', pageId: 'new', snippet: value, start: 0, end: value.length, contentHash: 'h', foundAt: AT };
}

const EMPTY = { companyName: 'Rad Werk', website: 'https://rad-werk.example/', description: null, industry: null, address: null, city: null, countryCode: null, phones: [], socialLinks: [], contactName: null, contactTitle: null };

/** What a crawl found, each value with its proof. */
function draft(found: Partial<LeadDraft>, emails: string[] = []): LeadDraft {
  const lead = { ...EMPTY, domain: 'rad-werk.example', primaryEmailId: null, ...found };
  const evidence = PRINTED.flatMap((field) => [lead[field as keyof typeof EMPTY] ?? []].flat().map((value) => proof(field, value)));
  return { ...lead, evidence: [...evidence, ...emails.map((address) => proof('email', address))] };
}

/** A lead as an earlier crawl left it: every value with an evidence row named after it. */
function found(lead: Partial<KnownLead>): { lead: KnownLead; evidence: KnownEvidence[] } {
  const known: KnownLead = { ...EMPTY, primaryEmail: null, edited: [], ...lead };
  const evidence = PRINTED.flatMap((field) => [known[field as keyof typeof EMPTY] ?? []].flat().map((value) => ({ id: `${field}:${value}`, field, value })));
  if (known.primaryEmail) evidence.push({ id: `email:${known.primaryEmail.address}`, field: 'email', value: known.primaryEmail.address });
  return { lead: known, evidence };
}

const without = (evidence: KnownEvidence[], ...fields: string[]): KnownEvidence[] => evidence.filter((entry) => !fields.includes(entry.field));

describe('what a newer crawl changes in a lead', () => {
  it('is what the earlier one found; both values and proof are the newer ones', () => {
    const { lead, evidence } = found({ companyName: 'Rad Werk', phones: ['+49 30 1', '+49 30 2'], description: 'Bikes' });
    const merged = mergeFound(lead, evidence, draft({ companyName: 'Rad Werk GmbH', phones: ['+49 30 3'], description: 'Bikes and more' }));
    expect(merged.values).toMatchObject({ companyName: 'Rad Werk GmbH', phones: ['+49 30 3'], description: 'Bikes and more' });
    expect(merged.kept).toEqual([]);
    expect(merged.added.filter((entry) => entry.field === 'phones').map((entry) => entry.value)).toEqual(['+49 30 3']);
  });

  it('is nothing where the newer one found nothing: the value keeps the proof it had', () => {
    const { lead, evidence } = found({ phones: ['+49 30 1'], industry: 'bicycle shop', companyName: 'Rad Werk GmbH' });
    const merged = mergeFound(lead, evidence, draft({ companyName: 'rad-werk.example' }));
    expect(merged.values).toMatchObject({ phones: ['+49 30 1'], industry: 'bicycle shop', companyName: 'Rad Werk GmbH' });
    expect(merged.kept).toEqual(['companyName:Rad Werk GmbH', 'industry:bicycle shop', 'phones:+49 30 1']);
    expect(merged.added.some((entry) => entry.value === 'rad-werk.example')).toBe(false);
  });

  it('is never what a person wrote, at the start or later, nor what a person emptied', () => {
    const { lead, evidence } = found({ companyName: 'Rad Werk (Berlin)', phones: ['+49 30 1'], description: null, edited: ['phones', 'description'] });
    const merged = mergeFound(lead, without(evidence, 'companyName'), draft({ companyName: 'Rad Werk GmbH', phones: ['+49 30 3'], description: 'Bikes' }));
    expect(merged.values).toMatchObject({ companyName: 'Rad Werk (Berlin)', phones: ['+49 30 1'], description: null });
    expect(merged.kept).toContain('phones:+49 30 1');
    expect(merged.added.map((entry) => entry.field)).toEqual(['website']);
  });

  it('fills beside a typed value only what is about the same person or place', () => {
    const typed = { ...EMPTY, primaryEmail: null, edited: [], contactName: 'Erika Beispiel', city: 'Berlin' };
    const same = mergeFound(typed, [], draft({ contactName: 'Erika Beispiel', contactTitle: 'Owner', address: 'Radweg 1, 10115 Berlin', city: 'Berlin', countryCode: 'DE' }));
    expect(same.values).toMatchObject({ contactTitle: 'Owner', address: 'Radweg 1, 10115 Berlin', countryCode: 'DE' });
    const other = mergeFound(typed, [], draft({ contactName: 'Max Muster', contactTitle: 'Owner', address: 'Weg 2, 80331 München', city: 'München', countryCode: 'DE' }));
    expect(other.values).toMatchObject({ contactName: 'Erika Beispiel', contactTitle: null, address: null, city: 'Berlin', countryCode: null });
    expect(other.added.map((entry) => entry.field).filter((field) => ['contactName', 'contactTitle', 'address', 'city', 'countryCode'].includes(field))).toEqual([]);
  });

  it('takes title and name of a person from one crawl: the title of the one before is not the newer one\'s', () => {
    const { lead, evidence } = found({ contactName: 'Erika Beispiel', contactTitle: 'Owner' });
    expect(mergeFound(lead, evidence, draft({ contactName: 'Max Muster' })).values).toMatchObject({ contactName: 'Max Muster', contactTitle: null });
  });

  it('keeps the proof of addresses that only the earlier one saw, and the mailbox a person typed', () => {
    const seen = found({ primaryEmail: { id: 'old', address: 'info@rad-werk.example' } });
    const newer = draft({ primaryEmailId: 'new' }, ['kontakt@rad-werk.example']);
    const merged = mergeFound(seen.lead, seen.evidence, newer);
    expect(merged.values.primaryEmailId).toBe('new');
    expect(merged.kept).toContain('email:info@rad-werk.example');
    expect(merged.added.map((entry) => entry.value)).toContain('kontakt@rad-werk.example');
    expect(mergeFound(seen.lead, seen.evidence, draft({})).values.primaryEmailId).toBe('old');
    expect(mergeFound(seen.lead, without(seen.evidence, 'email'), newer).values.primaryEmailId).toBe('old');
  });

  it('leaves a value for every proof and a proof for every value it did not get from a person', () => {
    const { lead, evidence } = found({ phones: ['+49 30 1'], address: 'Radweg 1', city: 'Berlin', socialLinks: ['https://x.com/rad'], contactName: 'Erika Beispiel' });
    const merged = mergeFound(lead, evidence, draft({ phones: ['+49 30 9'], address: 'Neuer Weg 3', contactName: null, description: 'Bikes' }));
    const proofs = [...evidence.filter((entry) => merged.kept.includes(entry.id)), ...merged.added].map(({ field, value }) => `${field}:${value}`).sort();
    const values = PRINTED.flatMap((field) => [merged.values[field as keyof typeof EMPTY] ?? []].flat().map((value) => `${field}:${value}`)).sort();
    expect(proofs).toEqual(values);
    expect(merged.values).toMatchObject({ address: 'Neuer Weg 3', city: null });
  });
});
