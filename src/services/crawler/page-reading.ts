/** What one pass over a page yields. Pure data: no class, no I/O, safe to store as JSON. */

/** How a link was written; frames and refreshes cost no click, so they keep the depth of their page. */
export type LinkKind = 'anchor' | 'area' | 'frame' | 'refresh';

export interface PageLink {
  /** Absolute, normalised by `normalizeUrl`. */
  url: string;
  /** Visible anchor text, or title, or alt of the image inside, folded; at most 200 characters. */
  text: string;
  kind: LinkKind;
  /** rel=nofollow on the link, or meta robots nofollow on the page. */
  nofollow: boolean;
  /** 0-based position among the links of the page. */
  position: number;
}

export type FactField =
  | 'companyName' | 'description' | 'industry' | 'phone' | 'address' | 'city' | 'countryCode' | 'socialLink'
  | 'contactName' | 'contactTitle' | 'openingHours';

/** Where on the page a fact was read; the order of trust is decided in one place, services/leads/build.ts. */
export type FactSource = 'jsonld' | 'microdata' | 'opengraph' | 'meta' | 'title' | 'heading' | 'tel' | 'link' | 'copyright' | 'text';

/** One value with the words that prove it. */
export interface PageFact {
  field: FactField;
  /** Normalised: phones as E.164 where the country is known, URLs absolute, countries as ISO 3166-1 alpha-2. */
  value: string;
  /** The words around the value as a person (or, for markup facts, the markup's value) reads them. */
  snippet: string;
  /** UTF-16 offsets of the value as printed inside `snippet`. */
  start: number;
  end: number;
  source: FactSource;
}

export type ItemSyntax = 'microdata' | 'rdfa' | 'hcard';

/** Data marked up in the text itself, in the shape of JSON-LD: `@type` without its vocabulary, values as text or nested items. */
export interface StructuredItem { syntax: ItemSyntax; data: { [key: string]: unknown } }

export interface PageReading {
  title: string | null;
  description: string | null;
  /** BCP 47, from <html lang>, meta, or detection over the text. */
  language: string | null;
  /** Absolute; null when absent or on another registrable domain. */
  canonical: string | null;
  /** From meta robots and X-Robots-Tag (only what is said to everybody or to us). */
  robots: { noindex: boolean; nofollow: boolean };
  /** Visible text, white space folded, one line per block, footer included; scripts, styles and hidden templates left out. */
  text: string;
  /** The lines of `text` that are the page's own: no menus, headers, footers, banners, repetitions; see content/main-text.ts. */
  mainText: string;
  links: PageLink[];
  facts: PageFact[];
  /** Open Graph and named meta tags; JSON-LD documents under `jsonLd`; microdata, RDFa and hCard under `items`. */
  metadata: { meta: Record<string, string>; jsonLd: unknown[]; items: StructuredItem[] };
  /** True when the page shows (almost) nothing without running its scripts. */
  needsScript: boolean;
  /** The page is a challenge, log-in wall or parked domain, not content. */
  wall: 'CHALLENGE' | 'LOGIN' | 'PARKED' | null;
}
