/** The industries of the generated web: English names for search, OpenStreetMap tags, and words for domains. */

export type IndustryKey =
  | 'dental' | 'law' | 'bakery' | 'plumber' | 'software' | 'hotel' | 'physio' | 'brewery';

export interface Industry {
  key: IndustryKey;
  /** Plural, English. */
  name: string;
  /** What people type when they mean it. */
  keywords: readonly string[];
  osmTags: Readonly<Record<string, string>>;
  schemaOrgType: string;
}

export const INDUSTRIES: Readonly<Record<IndustryKey, Industry>> = {
  dental: { key: 'dental', name: 'dental clinics', keywords: ['dentist', 'dental clinic', 'dental practice', 'dentistry', 'teeth', 'orthodontist', 'oral health'], osmTags: { amenity: 'dentist', healthcare: 'dentist' }, schemaOrgType: 'Dentist' },
  law: { key: 'law', name: 'law firms', keywords: ['lawyer', 'attorney', 'law firm', 'solicitor', 'legal advice', 'law office'], osmTags: { office: 'lawyer' }, schemaOrgType: 'LegalService' },
  bakery: { key: 'bakery', name: 'bakeries', keywords: ['bakery', 'baker', 'bread', 'pastry', 'cakes'], osmTags: { shop: 'bakery' }, schemaOrgType: 'Bakery' },
  plumber: { key: 'plumber', name: 'plumbers', keywords: ['plumber', 'plumbing company', 'plumbing', 'heating', 'drain repair', 'boiler'], osmTags: { craft: 'plumber' }, schemaOrgType: 'Plumber' },
  software: { key: 'software', name: 'software agencies', keywords: ['software agency', 'software company', 'software development', 'web agency', 'it company', 'app developers'], osmTags: { office: 'it' }, schemaOrgType: 'ProfessionalService' },
  hotel: { key: 'hotel', name: 'hotels', keywords: ['hotel', 'guest house', 'rooms', 'accommodation', 'bed and breakfast'], osmTags: { tourism: 'hotel' }, schemaOrgType: 'Hotel' },
  physio: { key: 'physio', name: 'physiotherapists', keywords: ['physiotherapist', 'physiotherapy', 'physical therapy', 'rehabilitation', 'sports injury'], osmTags: { healthcare: 'physiotherapist' }, schemaOrgType: 'MedicalBusiness' },
  brewery: { key: 'brewery', name: 'breweries', keywords: ['brewery', 'craft beer', 'brewpub', 'taproom', 'beer'], osmTags: { craft: 'brewery' }, schemaOrgType: 'Brewery' },
};
