import { type IndustryKey } from '../industries.js';

export type LanguageCode = 'en' | 'de' | 'fr' | 'it' | 'es' | 'nl' | 'pl' | 'pt' | 'sv' | 'ja';

/** Kinds of pages a site may have; each language gives its menu label and its path. */
export type PageKind =
  | 'home' | 'about' | 'team' | 'services' | 'service1' | 'service2' | 'service3' | 'contact' | 'legal' | 'privacy'
  | 'faq' | 'news' | 'article1' | 'article2' | 'jobs' | 'prices';

/** Everything a language contributes. `{company}`, `{city}`, `{year}`, `{service}` are filled in sentences. */
export interface Language {
  code: LanguageCode;
  pages: Readonly<Record<Exclude<PageKind, 'service1' | 'service2' | 'service3' | 'article1' | 'article2'>, readonly [label: string, slug: string]>>;
  phone: string;
  email: string;
  address: string;
  hours: string;
  openDays: string;
  closed: string;
  walkIns: string;
  writeTo: string;
  applyTo: string;
  invoicesTo: string;
  managedBy: string;
  madeBy: string;
  readMore: string;
  cookies: string;
  /** Words for @ and . when an address is spelled out, several variants. */
  spelled: readonly (readonly [at: string, dot: string])[];
  industries: Readonly<Record<IndustryKey, { one: string; services: readonly string[]; titles: readonly string[] }>>;
  firstNames: readonly string[];
  lastNames: readonly string[];
  /** Streets with their house number place `#`. */
  streets: readonly string[];
  sentences: readonly string[];
  /** Company name from an invented proper name. */
  companyName: Readonly<Record<IndustryKey, string>>;
  /** `first last` or `last first`. */
  familyNameFirst?: boolean;
}
