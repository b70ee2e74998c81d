/**
 * Facts from structured data: schema.org by JSON-LD or microdata, and hCard in the same shape.
 * Only the organisation the page is about counts, not those it lists, reviews or employs.
 */
import { clip, fold } from './fold.js';
import { factInMarkup } from './fact.js';
import { countryByName } from './countries.js';
import { type StructuredNode } from './microdata.js';
import { type FactField, type FactSource, type PageFact } from '../page-reading.js';

export interface MarkedPhone { raw: string; property: string; source: FactSource }
export interface StructuredFacts { facts: PageFact[]; phones: MarkedPhone[]; socialUrls: { url: string; source: FactSource }[] }

/** schema.org's Organization with its descendants, by the words their names end in. */
const ORGANIZATION = /(?:Organization|Organisation|Business|Store|Shop|Restaurant|Dentist|Physician|Hospital|Clinic|Attorney|LegalService|Notary|Hotel|Motel|Hostel|Lodging|BedAndBreakfast|Resort|Campground|School|Preschool|College|University|Corporation|NGO|Consortium|Cooperative|Airline|Club|Gym|Salon|Spa|Agency|Agent|Contractor|Electrician|Plumber|Locksmith|Painter|Bakery|Pub|Cafe|CoffeeShop|Winery|Brewery|Distillery|Library|Museum|Church|Worship|Gallery|Theater|Pharmacy|Optician|VeterinaryCare|Association|Company|Team|Group|Dealer|Rental|Repair|Wash|Center|Centre|Station|Insurance|Laundry|HealthClub|Nightclub|[a-z]Service)$/;
/** Types that say "an organisation" and nothing about its trade. */
const PLAIN_TYPES: ReadonlySet<string> = new Set(['Organization', 'Corporation', 'LocalBusiness', 'ProfessionalService', 'NGO', 'Store', 'VCard', 'OnlineBusiness', 'OnlineStore']);
/** Ways from a page to the organisation behind it. Lists, reviews, authors and parents lead to others. */
const OWN_LINKS = ['@graph', 'mainEntity', 'mainEntityOfPage', 'publisher', 'provider', 'about', 'isPartOf', 'copyrightHolder', 'contactPoint', 'department', 'location'] as const;
const MAX_NODES = 500;

function isNode(value: unknown): value is StructuredNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: unknown): unknown[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value.slice(0, 50) : [value];
}

/** The first usable string of a value: plain, `{ "@value": … }`, or the name of a nested thing. */
function words(value: unknown): string | null {
  for (const entry of list(value)) {
    if (typeof entry === 'string' || typeof entry === 'number') {
      const text = fold(decodeLeftovers(String(entry)));
      if (text !== '') return clip(text, 600);
    } else if (isNode(entry)) {
      const inner = entry['@value'] ?? entry['name'];
      if (typeof inner === 'string' && fold(inner) !== '') return clip(fold(decodeLeftovers(inner)), 600);
    }
  }
  return null;
}

/** Plugins escape JSON-LD strings as if they were HTML. */
function decodeLeftovers(text: string): string {
  return text.replace(/&(?:amp|#0?38);/g, '&').replace(/&(?:#0?39|#8217|apos);/g, "'").replace(/&quot;/g, '"').replace(/<[^<>]{1,200}>/g, ' ');
}

function types(node: StructuredNode): string[] {
  return list(node['@type']).filter((type): type is string => typeof type === 'string').map((type) => type.replace(/^.*[/#:]/, ''));
}

class Walker {
  readonly out: StructuredFacts = { facts: [], phones: [], socialUrls: [] };
  private readonly byId = new Map<string, StructuredNode>();
  private readonly seen = new Set<StructuredNode>();

  constructor(private readonly source: FactSource) {}

  index(value: unknown, depth: number): void {
    if (depth > 6) return;
    for (const entry of list(value)) {
      if (!isNode(entry) || this.byId.size > MAX_NODES) continue;
      if (typeof entry['@id'] === 'string' && Object.keys(entry).length > 1) this.byId.set(entry['@id'], entry);
      for (const inner of Object.values(entry)) if (typeof inner === 'object') this.index(inner, depth + 1);
    }
  }

  walk(value: unknown, depth: number): void {
    if (depth > 8) return;
    for (const entry of list(value)) {
      if (!isNode(entry)) continue;
      const node = Object.keys(entry).length === 1 && typeof entry['@id'] === 'string' ? this.byId.get(entry['@id']) ?? entry : entry;
      if (this.seen.has(node) || this.seen.size >= MAX_NODES) continue;
      this.seen.add(node);
      const kinds = types(node);
      if (kinds.some((kind) => kind === 'VCard')) this.card(node);
      else if (kinds.some((kind) => ORGANIZATION.test(kind))) this.organization(node, kinds);
      else if (kinds.includes('Person')) this.person(node);
      else if (kinds.includes('ContactPoint')) this.contactPoint(node);
      else if (kinds.includes('PostalAddress')) this.address(node);
      else if (kinds.includes('WebSite')) this.text('companyName', node['publisher'] === undefined ? node['name'] : undefined, 'WebSite.name');
      for (const link of OWN_LINKS) if (node[link] !== undefined) this.walk(node[link], depth + 1);
    }
  }

  private text(field: FactField, value: unknown, property: string): void {
    const found = words(value);
    if (found !== null) this.out.facts.push(factInMarkup(field, found, property, found, this.source));
  }

  private organization(node: StructuredNode, kinds: string[]): void {
    this.text('companyName', node['legalName'], 'legalName');
    this.text('companyName', node['name'], 'name');
    this.text('description', node['description'], 'description');
    const trade = kinds.find((kind) => ORGANIZATION.test(kind) && !PLAIN_TYPES.has(kind));
    if (trade !== undefined) {
      const spelled = trade.replace(/([a-z])([A-Z])/g, (_whole, before: string, after: string) => `${before} ${after.toLowerCase()}`);
      this.out.facts.push(factInMarkup('industry', spelled, '@type', trade, this.source));
    }
    this.phones(node);
    for (const entry of list(node['address'])) this.address(entry);
    for (const entry of list(node['sameAs'])) if (typeof entry === 'string') this.out.socialUrls.push({ url: entry, source: this.source });
    for (const entry of list(node['openingHours'])) this.text('openingHours', entry, 'openingHours');
    this.hours(node['openingHoursSpecification']);
    for (const key of ['founder', 'employee', 'employees', 'member']) for (const entry of list(node[key])) if (isNode(entry)) this.person(entry);
    for (const entry of list(node['contactPoint'])) if (isNode(entry)) this.contactPoint(entry);
  }

  private hours(value: unknown): void {
    for (const entry of list(value)) {
      if (!isNode(entry)) continue;
      const days = list(entry['dayOfWeek']).map((day) => typeof day === 'string' ? day.replace(/^.*\//, '') : '').filter((day) => day !== '').join(', ');
      const opens = words(entry['opens']);
      const closes = words(entry['closes']);
      if (days !== '' && opens !== null && closes !== null) this.text('openingHours', `${days} ${opens}-${closes}`, 'openingHoursSpecification');
    }
  }

  private person(node: StructuredNode): void {
    const name = words(node['name']) ?? fold(`${words(node['givenName']) ?? ''} ${words(node['familyName']) ?? ''}`);
    const title = words(node['jobTitle']);
    // Authors of articles are persons too: only somebody with a job or a way to be reached is a contact.
    if (name === '' || name.length > 80 || title === null && node['telephone'] === undefined && node['email'] === undefined) return;
    const snippet = title === null ? name : `${name}, ${title}`;
    this.out.facts.push({ field: 'contactName', value: name, snippet, start: 0, end: name.length, source: this.source });
    if (title !== null) this.out.facts.push({ field: 'contactTitle', value: title, snippet, start: name.length + 2, end: snippet.length, source: this.source });
    this.phones(node);
  }

  private contactPoint(node: StructuredNode): void {
    this.phones(node);
  }

  private phones(node: StructuredNode): void {
    for (const key of ['telephone', 'phone']) {
      for (const entry of list(node[key])) {
        const raw = words(entry);
        if (raw !== null) this.out.phones.push({ raw, property: key, source: this.source });
      }
    }
  }

  private address(entry: unknown): void {
    if (typeof entry === 'string') {
      this.text('address', entry, 'address');
      return;
    }
    if (!isNode(entry)) return;
    const street = words(entry['streetAddress']) ?? (words(entry['postOfficeBoxNumber']) === null ? null : `PO Box ${words(entry['postOfficeBoxNumber'])}`);
    const city = words(entry['addressLocality']);
    const country = words(entry['addressCountry']);
    const line = [street, fold(`${words(entry['postalCode']) ?? ''} ${city ?? ''}`), words(entry['addressRegion']), country].filter((part) => part !== null && part !== '').join(', ');
    if (line !== '' && (street !== null || city !== null)) this.text('address', line, 'address');
    this.text('city', city, 'addressLocality');
    const code = country === null ? null : countryByName(country);
    if (country !== null && code !== null) this.out.facts.push(factInMarkup('countryCode', code, 'addressCountry', country, this.source));
  }

  /** A card with an organisation, or without a person's job, is a company's. */
  private card(node: StructuredNode): void {
    const org = words(node['org']);
    const name = words(node['name']);
    this.text('companyName', org ?? (node['jobTitle'] === undefined ? name : undefined), org === null ? 'fn' : 'org');
    if (name !== null && name !== org && node['jobTitle'] !== undefined) this.person({ name, jobTitle: node['jobTitle'] });
    this.phones(node);
    this.address(node);
    for (const entry of list(node['address'])) this.address(entry);
  }
}

/** Facts of the documents of one kind; hostile nesting and sizes are cut off, never an error. */
export function readStructured(documents: readonly unknown[], source: 'jsonld' | 'microdata'): StructuredFacts {
  const walker = new Walker(source);
  const bounded = documents.slice(0, MAX_NODES);
  for (const document of bounded) walker.index(document, 0);
  for (const document of bounded) walker.walk(document, 0);
  return walker.out;
}
