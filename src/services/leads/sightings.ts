/** The same value seen on several pages: grouped, weighed by where it was read and how many pages agree. */
import { type BuildPage, type EvidenceDraft, type EvidenceField } from './lead-draft.js';
import type { FactField, FactSource, PageFact } from '../crawler/page-reading.js';

/**
 * Trust in where a fact was read. Mark-up made for machines names the thing it means; a tel: link is meant to be
 * dialled; text is right when its label was read rightly; titles and headings mix names with slogans.
 */
export const TRUST: Readonly<Record<FactSource, number>> = {
  jsonld: 10, microdata: 9, tel: 9, opengraph: 7, text: 7, link: 6, copyright: 6, meta: 5, title: 4, heading: 2,
};

export interface Sighting { fact: PageFact; page: BuildPage }

export interface Candidate {
  key: string;
  sightings: Sighting[];
  /** The sighting that proves the value best. */
  best: Sighting;
  weight: number;
}

/** Pages whose purpose is to say who and where the company is, in the languages of our users. */
const ABOUT_THE_COMPANY = /impressum|imprint|kontakt|contact|contatt|contacto|contato|yhteystiedot|kapcsolat|about|ueber|über|uber-uns|legal|mentions|anfahrt|standort|location|find-us|chi-siamo|quienes|o-nas|om-oss|om-os|hvem|wer-wir|office|disclaimer|colofon|gesellschaft|firma|profil|会社|概要|gaiyo|company|access/i;

export function isAboutTheCompany(page: Pick<BuildPage, 'url' | 'title'>): boolean {
  const path = URL.canParse(page.url) ? new URL(page.url).pathname : page.url;
  return ABOUT_THE_COMPANY.test(path) || ABOUT_THE_COMPANY.test(page.title ?? '');
}

/** Comparable form: lower case, no accents, no punctuation. */
export function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/ß/g, 'ss').replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
}

export function sightings(pages: readonly BuildPage[], field: FactField): Sighting[] {
  return pages.flatMap((page) => page.facts.filter((fact) => fact.field === field).map((fact) => ({ fact, page })));
}

function worth({ fact, page }: Sighting): number {
  return TRUST[fact.source] + (isAboutTheCompany(page) ? 2 : 0) + (page.depth === 0 ? 1 : 0);
}

/** Groups sightings by key; weight = best trust + agreement (2 points per doubling of the pages that say it). Best first. */
export function rank(found: readonly Sighting[], keyOf: (fact: PageFact) => string): Candidate[] {
  const groups = new Map<string, Sighting[]>();
  for (const sighting of found) {
    const key = keyOf(sighting.fact);
    if (key === '') continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [sighting]);
    else group.push(sighting);
  }
  const candidates = [...groups].map(([key, group]) => {
    const best = group.reduce((leader, next) => (worth(next) > worth(leader) ? next : leader));
    return { key, sightings: group, best, weight: worth(best) + 2 * Math.log2(pagesOf(group)) + new Set(group.map(({ fact }) => fact.source)).size - 1 };
  });
  // Stable: equal weights keep page order.
  return candidates.sort((one, other) => other.weight - one.weight);
}

export function pagesOf(group: readonly Sighting[]): number {
  return new Set(group.map(({ page }) => page.id)).size;
}

export function evidenceOf(field: EvidenceField, value: string, { fact, page }: Sighting): EvidenceDraft {
  return {
    field, value, pageUrl: page.url, pageId: page.id, snippet: fact.snippet, start: fact.start, end: fact.end,
    contentHash: page.contentHash, foundAt: page.fetchedAt,
  };
}
