/**
 * From the facts of a site's pages to one lead. Pure: the same input gives the same lead. Every stored value has
 * at least one piece of evidence; what no page says stays null.
 */
import { chooseCompanyName, likeness } from './company-name.js';
import { chooseContact, choosePrimary, emailEvidence } from './contact.js';
import { mentions } from './mentions.js';
import { type BuildInput, type BuildPage, type EvidenceDraft, type LeadDraft } from './lead-draft.js';
import { type Candidate, evidenceOf, isAboutTheCompany, pagesOf, plain, rank, type Sighting, sightings } from './sightings.js';
import type { PageFact } from '../crawler/page-reading.js';

export { type BuildEmail, type BuildGoal, type BuildInput, type BuildPage, type EvidenceDraft, type EvidenceField, type LeadDraft } from './lead-draft.js';

const MAX_PHONES = 6;
const MAX_SOCIAL_LINKS = 10;

interface Placed { address: string | null; city: string | null; countryCode: string | null; evidence: EvidenceDraft[] }

/** The city and country that stand with the chosen address, else the ones most pages agree on. */
function choosePlace(pages: readonly BuildPage[]): Placed {
  const evidence: EvidenceDraft[] = [];
  // A postal code makes an address complete; one that begins its line stands in a contact block, not in a sentence.
  const complete = ({ value, start }: PageFact): number => (start === 0 ? 2 : 0) + (/\d{4,}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}/.test(value) ? 2 : 0) + (/\d/.test(value) ? 1 : 0);
  const addresses = rank(sightings(pages, 'address'), (fact) => plain(fact.value)).sort((one, other) => other.weight + complete(other.best.fact) - one.weight - complete(one.best.fact));
  const address = addresses[0]?.best;
  if (address !== undefined) evidence.push(evidenceOf('address', address.fact.value, address));
  const beside = (field: 'city' | 'countryCode'): Sighting | undefined => {
    const all = sightings(pages, field);
    if (address === undefined) return undefined;
    const near = all.filter(({ page, fact }) => page.id === address.page.id && fact.source === address.fact.source);
    if (field === 'city') return near.find(({ fact }) => plain(address.fact.value).includes(plain(fact.value)) && plain(fact.value) !== '');
    return near.find(({ fact }) => fact.snippet === address.fact.snippet) ?? (near.some(({ fact }) => fact.source === 'jsonld' || fact.source === 'microdata') ? near[0] : undefined);
  };
  const city = beside('city') ?? rank(sightings(pages, 'city'), (fact) => plain(fact.value))[0]?.best;
  if (city !== undefined) evidence.push(evidenceOf('city', city.fact.value, city));
  const country = beside('countryCode') ?? rank(sightings(pages, 'countryCode'), (fact) => fact.value)[0]?.best;
  if (country !== undefined) evidence.push(evidenceOf('countryCode', country.fact.value, country));
  return { address: address?.fact.value ?? null, city: city?.fact.value ?? null, countryCode: country?.fact.value ?? null, evidence };
}

/** All numbers, the best supported first; a number that only one far page prints is dropped when others are well supported. */
function choosePhones(pages: readonly BuildPage[]): Candidate[] {
  const ranked = rank(sightings(pages, 'phone'), (fact) => fact.value.startsWith('+') ? fact.value : fact.value.replace(/\D/g, ''));
  const strongest = ranked[0]?.weight ?? 0;
  return ranked.filter((candidate) => strongest - candidate.weight < 8 || candidate.sightings.some(({ page }) => isAboutTheCompany(page))).slice(0, MAX_PHONES);
}

function network(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^(?:www|m|[a-z]{2}(?:-[a-z]{2})?)\./, '').replace(/^twitter\.com$/, 'x.com') : url;
}

/** One profile per network: the one structured data names, or that is called like the site, or that most pages link. */
function chooseProfiles(pages: readonly BuildPage[], domain: string, name: string): Candidate[] {
  const byNetwork = new Map<string, { candidate: Candidate; points: number }>();
  for (const candidate of rank(sightings(pages, 'socialLink'), (fact) => fact.value.toLowerCase())) {
    const handle = candidate.best.fact.value.split('/').slice(3).join(' ').replace(/^(?:company|in|school|pages|channel|user|c|groups|companies|profile)\s/, '');
    const points = candidate.weight + 8 * likeness(handle, domain) + 4 * likeness(handle, `${plain(name).replace(/ /g, '')}.x`);
    const key = network(candidate.best.fact.value);
    const before = byNetwork.get(key);
    if (before === undefined || points > before.points) byNetwork.set(key, { candidate, points });
  }
  // A profile that one deep page mentions and that is not called like the company is somebody else's.
  const own = [...byNetwork.values()].filter(({ candidate, points }) => pages.length < 4 || pagesOf(candidate.sightings) > 1 || candidate.best.page.depth === 0 || isAboutTheCompany(candidate.best.page) || points - candidate.weight > 3);
  return own.sort((one, other) => other.points - one.points).slice(0, MAX_SOCIAL_LINKS).map(({ candidate }) => candidate);
}

function chooseDescription(pages: readonly BuildPage[]): Sighting | undefined {
  const found = sightings(pages, 'description');
  const start = found.filter(({ page }) => page.depth === 0);
  return rank(start.length > 0 ? start : found, (fact) => plain(fact.value))[0]?.best;
}

/** The trade structured data states, else the goal's trade whose words a page prints. */
function chooseIndustry(input: BuildInput): { value: string; evidence: EvidenceDraft } | null {
  const stated = rank(sightings(input.pages, 'industry'), (fact) => plain(fact.value))[0]?.best;
  if (stated !== undefined) return { value: stated.fact.value, evidence: evidenceOf('industry', stated.fact.value, stated) };
  for (const industry of input.goal?.industries ?? []) {
    const found = mentions(input.pages, [industry.name, ...industry.keywords])[0];
    if (found !== undefined) return { value: industry.name, evidence: { field: 'industry', value: industry.name, pageUrl: found.page.url, pageId: found.page.id, snippet: found.snippet, start: found.start, end: found.end, contentHash: found.page.contentHash, foundAt: found.page.fetchedAt } };
  }
  return null;
}

/** The address of the site proves itself: it is where the start page was read. */
function websiteEvidence(input: BuildInput): EvidenceDraft {
  const start = input.pages.find((page) => page.depth === 0) ?? input.pages[0];
  return {
    field: 'website', value: input.startUrl, pageUrl: start?.url ?? input.startUrl, pageId: start?.id ?? null, snippet: input.startUrl, start: 0, end: input.startUrl.length,
    contentHash: start?.contentHash ?? '', foundAt: start?.fetchedAt ?? new Date(0),
  };
}

/** Every value carries evidence; `companyName` falls back to the domain, everything else to null. */
export function buildLead(input: BuildInput): LeadDraft {
  const domain = input.domain.toLowerCase();
  const name = chooseCompanyName(input.pages, domain, input.startUrl);
  const description = chooseDescription(input.pages);
  const industry = chooseIndustry(input);
  const place = choosePlace(input.pages);
  const phones = choosePhones(input.pages);
  const profiles = chooseProfiles(input.pages, domain, name.name);
  const primary = choosePrimary(input.emails, input.pages, domain, input.goal);
  const contact = chooseContact(primary, input.emails, input.pages, input.goal);
  return {
    companyName: name.name,
    domain,
    website: input.startUrl,
    description: description?.fact.value ?? null,
    industry: industry?.value ?? null,
    address: place.address,
    city: place.city,
    countryCode: place.countryCode,
    phones: phones.map((candidate) => candidate.best.fact.value),
    socialLinks: profiles.map((candidate) => candidate.best.fact.value),
    contactName: contact.name,
    contactTitle: contact.title,
    primaryEmailId: primary?.id ?? null,
    evidence: [
      name.evidence,
      websiteEvidence(input),
      ...(description === undefined ? [] : [evidenceOf('description', description.fact.value, description)]),
      ...(industry === null ? [] : [industry.evidence]),
      ...place.evidence,
      ...phones.map((candidate) => evidenceOf('phones', candidate.best.fact.value, candidate.best)),
      ...profiles.map((candidate) => evidenceOf('socialLinks', candidate.best.fact.value, candidate.best)),
      ...contact.evidence,
      ...input.emails.filter((email) => !email.thirdParty).map(emailEvidence),
    ],
  };
}
