/** What a lead looks like in a file: the columns of each preset, one place for CSV, XLSX and the rest. */
import { type EmailKind, type EmailStatus, ExportPreset, type LeadStatus } from '../../entities/enums.js';

/** One lead as the export query reads it. */
export interface LeadRow {
  id: string;
  companyName: string;
  domain: string | null;
  website: string | null;
  description: string | null;
  industry: string | null;
  address: string | null;
  city: string | null;
  countryCode: string | null;
  phones: string[];
  socialLinks: string[];
  contactName: string | null;
  contactTitle: string | null;
  primaryEmail: { address: string; status: EmailStatus; kind: EmailKind; proofUrl: string | null } | null;
  /** Addresses besides the primary one. */
  otherEmails: string[];
  score: number;
  fitScore: number;
  reachScore: number;
  reason: string;
  status: LeadStatus;
  tags: string[];
  /** Page that proves each stored field, by field name. */
  proofUrls: Readonly<Record<string, string>>;
  createdAt: Date;
  updatedAt: Date;
}

export interface Column { header: string; value: (row: LeadRow) => string }

/** Separates the entries of a list inside one cell. */
const LIST = '; ';

function text(value: string | null | undefined): string {
  return value ?? '';
}

/** Given names first, the last word is the family name, with the particle that belongs to it ("van der Berg"). */
export function splitName(name: string | null): { first: string; last: string } {
  const words = (name ?? '').replace(/^(?:(?:Dr|Prof|Mr|Mrs|Ms|Mx|Dipl|Ing|Mag|Herr|Frau)\b[.-]?(?:-?Ing\.?)?\s{1,3}){1,4}/i, '').replace(/,\s{0,2}(?:MBA|M\.?A\.?|M\.?Sc\.?|B\.?Sc\.?|Ph\.?D\.?|LL\.?M\.?|CPA|Esq\.?|DDS|MD)\b.{0,30}$/i, '').trim().split(/\s+/).filter((word) => word !== '');
  if (words.length < 2) return { first: words[0] ?? '', last: '' };
  const particle = words.findIndex((word, index) => index > 0 && index < words.length - 1 && /^(?:von|vom|van|de|del|della|di|da|dos|du|der|den|la|le|ter|ten|zu|zur|af|al|bin|el)$/.test(word));
  const cut = particle > 0 ? particle : words.length - 1;
  return { first: words.slice(0, cut).join(' '), last: words.slice(cut).join(' ') };
}

const FULL: readonly Column[] = [
  { header: 'lead_id', value: (row) => row.id },
  { header: 'company', value: (row) => row.companyName },
  { header: 'company_source', value: (row) => text(row.proofUrls['companyName']) },
  { header: 'domain', value: (row) => text(row.domain) },
  { header: 'website', value: (row) => text(row.website) },
  { header: 'description', value: (row) => text(row.description) },
  { header: 'industry', value: (row) => text(row.industry) },
  { header: 'contact_name', value: (row) => text(row.contactName) },
  { header: 'title', value: (row) => text(row.contactTitle) },
  { header: 'contact_source', value: (row) => text(row.proofUrls['contactName']) },
  { header: 'email', value: (row) => text(row.primaryEmail?.address) },
  { header: 'email_status', value: (row) => text(row.primaryEmail?.status) },
  { header: 'email_kind', value: (row) => text(row.primaryEmail?.kind) },
  { header: 'email_source', value: (row) => text(row.primaryEmail?.proofUrl) },
  { header: 'other_emails', value: (row) => row.otherEmails.join(LIST) },
  { header: 'phone', value: (row) => text(row.phones[0]) },
  { header: 'phone_source', value: (row) => text(row.proofUrls['phones']) },
  { header: 'other_phones', value: (row) => row.phones.slice(1).join(LIST) },
  { header: 'address', value: (row) => text(row.address) },
  { header: 'address_source', value: (row) => text(row.proofUrls['address']) },
  { header: 'city', value: (row) => text(row.city) },
  { header: 'country_code', value: (row) => text(row.countryCode) },
  { header: 'social_links', value: (row) => row.socialLinks.join(LIST) },
  { header: 'score', value: (row) => String(row.score) },
  { header: 'fit_score', value: (row) => String(row.fitScore) },
  { header: 'reach_score', value: (row) => String(row.reachScore) },
  { header: 'reason', value: (row) => row.reason },
  { header: 'status', value: (row) => row.status },
  { header: 'tags', value: (row) => row.tags.join(LIST) },
  { header: 'created_at', value: (row) => row.createdAt.toISOString() },
  { header: 'updated_at', value: (row) => row.updatedAt.toISOString() },
];

/** The seven names that sequencers map without asking, then our own as merge variables. */
const SEQUENCER: readonly Column[] = [
  { header: 'email', value: (row) => text(row.primaryEmail?.address) },
  { header: 'first_name', value: (row) => splitName(row.contactName).first },
  { header: 'last_name', value: (row) => splitName(row.contactName).last },
  { header: 'company', value: (row) => row.companyName },
  { header: 'title', value: (row) => text(row.contactTitle) },
  { header: 'website', value: (row) => text(row.website) },
  { header: 'linkedin_url', value: (row) => text(row.socialLinks.find((link) => /^https?:\/\/(?:[a-z-]{1,20}\.)?linkedin\.com\//i.test(link))) },
  { header: 'phone', value: (row) => text(row.phones[0]) },
  { header: 'city', value: (row) => text(row.city) },
  { header: 'country_code', value: (row) => text(row.countryCode) },
  { header: 'lead_id', value: (row) => row.id },
  { header: 'score', value: (row) => String(row.score) },
  { header: 'reason', value: (row) => row.reason },
  { header: 'email_source', value: (row) => text(row.primaryEmail?.proofUrl) },
];

/** Field labels of HubSpot's contact and company import. */
const HUBSPOT: readonly Column[] = [
  { header: 'Email', value: (row) => text(row.primaryEmail?.address) },
  { header: 'First Name', value: (row) => splitName(row.contactName).first },
  { header: 'Last Name', value: (row) => splitName(row.contactName).last },
  { header: 'Job Title', value: (row) => text(row.contactTitle) },
  { header: 'Phone Number', value: (row) => text(row.phones[0]) },
  { header: 'Company Name', value: (row) => row.companyName },
  { header: 'Company Domain Name', value: (row) => text(row.domain) },
  { header: 'Website URL', value: (row) => text(row.website) },
  { header: 'Street Address', value: (row) => text(row.address) },
  { header: 'City', value: (row) => text(row.city) },
  { header: 'Country/Region', value: (row) => text(row.countryCode) },
  { header: 'Lead Score', value: (row) => String(row.score) },
  { header: 'Lead Reason', value: (row) => row.reason },
  { header: 'Lead ID', value: (row) => row.id },
  { header: 'Email Source', value: (row) => text(row.primaryEmail?.proofUrl) },
];

/** Field labels of Salesforce's lead import wizard. */
const SALESFORCE: readonly Column[] = [
  { header: 'Company', value: (row) => row.companyName },
  { header: 'First Name', value: (row) => splitName(row.contactName).first },
  { header: 'Last Name', value: (row) => splitName(row.contactName).last },
  { header: 'Title', value: (row) => text(row.contactTitle) },
  { header: 'Email', value: (row) => text(row.primaryEmail?.address) },
  { header: 'Phone', value: (row) => text(row.phones[0]) },
  { header: 'Website', value: (row) => text(row.website) },
  { header: 'Street', value: (row) => text(row.address) },
  { header: 'City', value: (row) => text(row.city) },
  { header: 'Country', value: (row) => text(row.countryCode) },
  { header: 'Industry', value: (row) => text(row.industry) },
  { header: 'Description', value: (row) => row.reason },
  { header: 'Lead Source', value: (row) => text(row.primaryEmail?.proofUrl ?? row.website) },
  { header: 'Lead ID', value: (row) => row.id },
];

/** Columns of a preset, always in this order. */
export function csvColumns(preset: ExportPreset): readonly Column[] {
  switch (preset) {
    case ExportPreset.FULL: return FULL;
    case ExportPreset.SEQUENCER: return SEQUENCER;
    case ExportPreset.HUBSPOT: return HUBSPOT;
    case ExportPreset.SALESFORCE: return SALESFORCE;
  }
}
