/** What goes into a lead and what comes out: plain values, no rows, no I/O. */
import { type EmailKind, type EmailStatus } from '../../entities/enums.js';
import { type GeoPlace, type IndustryMatch } from '../../entities/search-values.js';
import type { PageFact } from '../crawler/page-reading.js';

export interface BuildPage {
  id: string;
  url: string;
  /** Clicks from the start page, 0 to 2. */
  depth: number;
  title: string | null;
  description: string | null;
  /** BCP 47. */
  language: string | null;
  contentHash: string;
  fetchedAt: Date;
  facts: PageFact[];
  /** Visible text of the page, one line per block; '' where it was not kept. */
  text: string;
}

export interface BuildEmail {
  id: string;
  address: string;
  kind: EmailKind;
  status: EmailStatus;
  /** Belongs to somebody else than the site's owner: never a lead's own contact. */
  thirdParty: boolean;
  personName: string | null;
  jobTitle: string | null;
  source: { pageUrl: string; pageId: string; snippet: string; contentHash: string; foundAt: Date };
}

export interface BuildGoal {
  industries: IndustryMatch[];
  locations: GeoPlace[];
  roles: string[];
  keywords: string[];
  exclusions: string[];
  /** The words of the trades are known in the languages of the pages, so that their absence means something. */
  canTellTrade?: boolean;
}

export interface BuildInput {
  /** Registrable domain. */
  domain: string;
  startUrl: string;
  pages: BuildPage[];
  emails: BuildEmail[];
  goal: BuildGoal | null;
}

export type EvidenceField =
  | 'companyName' | 'website' | 'description' | 'industry' | 'address' | 'city' | 'countryCode' | 'phones' | 'socialLinks'
  | 'contactName' | 'contactTitle' | 'email';

export interface EvidenceDraft {
  field: EvidenceField;
  /** The stored value; where it was normalised, `snippet.slice(start, end)` is what the page prints. */
  value: string;
  pageUrl: string;
  /** Null only where the site had no readable page. */
  pageId: string | null;
  snippet: string;
  /** UTF-16 offsets into `snippet`. */
  start: number;
  end: number;
  /** SHA-256 of the page as received; '' where the site had no readable page. */
  contentHash: string;
  foundAt: Date;
}

export interface LeadDraft {
  companyName: string;
  domain: string;
  website: string;
  description: string | null;
  industry: string | null;
  address: string | null;
  city: string | null;
  countryCode: string | null;
  phones: string[];
  socialLinks: string[];
  contactName: string | null;
  contactTitle: string | null;
  primaryEmailId: string | null;
  evidence: EvidenceDraft[];
}
