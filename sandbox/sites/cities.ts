import { type LanguageCode } from './languages/language.js';

/**
 * The cities of the generated web. Phone numbers come, where a regulator keeps a block for fiction (North America 555-01xx,
 * Ofcom, Bundesnetzagentur, ARCEP, PTS), from that block; elsewhere they are invented within the city's area code.
 */
export interface City {
  key: string;
  name: string;
  region: string;
  regionCode: string;
  country: string;
  countryCode: string;
  language: LanguageCode;
  /** `<html lang>`. */
  locale: string;
  lat: number;
  lon: number;
  callingCode: string;
  /** National digits without the trunk prefix; each `#` becomes a digit. */
  phoneDigits: string;
  /** As printed nationally; each `#` takes the next national digit. */
  phonePrinted: string;
  postalCode: string;
  topLevelDomain: string;
  /** OSM relation id used by the Nominatim look-alike; invented ids above 90,000,000. */
  osmRelation: number;
}

const us = { region: '', country: 'United States', countryCode: 'US', language: 'en', locale: 'en-US', callingCode: '1', topLevelDomain: 'com' } as const;
const gb = { region: 'England', country: 'United Kingdom', countryCode: 'GB', language: 'en', locale: 'en-GB', callingCode: '44', topLevelDomain: 'co.uk' } as const;
const de = { country: 'Germany', countryCode: 'DE', language: 'de', locale: 'de', callingCode: '49', topLevelDomain: 'de' } as const;
const fr = { country: 'France', countryCode: 'FR', language: 'fr', locale: 'fr', callingCode: '33', topLevelDomain: 'fr' } as const;

export const CITIES: readonly City[] = [
  { ...us, key: 'austin', name: 'Austin', region: 'Texas', regionCode: 'TX', lat: 30.2672, lon: -97.7431, phoneDigits: '51255501##', phonePrinted: '(###) ###-####', postalCode: '787##', osmRelation: 90000001 },
  { ...us, key: 'portland', name: 'Portland', region: 'Oregon', regionCode: 'OR', lat: 45.5152, lon: -122.6784, phoneDigits: '50355501##', phonePrinted: '###.###.####', postalCode: '972##', osmRelation: 90000002 },
  { ...gb, key: 'leeds', name: 'Leeds', regionCode: 'ENG', lat: 53.8008, lon: -1.5491, phoneDigits: '1134960###', phonePrinted: '0### ### ####', postalCode: 'LS# 4XQ', osmRelation: 90000003 },
  { ...de, key: 'hamburg', name: 'Hamburg', region: 'Hamburg', regionCode: 'HH', lat: 53.5511, lon: 9.9937, phoneDigits: '4066969###', phonePrinted: '0## / ## ## ## ##', postalCode: '20#59', osmRelation: 90000004 },
  { ...de, key: 'munich', name: 'München', region: 'Bayern', regionCode: 'BY', lat: 48.1372, lon: 11.5755, phoneDigits: '8999998###', phonePrinted: '(0##) ## ### ###', postalCode: '80#35', osmRelation: 90000005 },
  { ...de, key: 'vienna', name: 'Wien', region: 'Wien', regionCode: '9', country: 'Austria', countryCode: 'AT', locale: 'de-AT', callingCode: '43', topLevelDomain: 'at', lat: 48.2082, lon: 16.3738, phoneDigits: '15#####0', phonePrinted: '+43 # ### ## ##', postalCode: '10#0', osmRelation: 90000006 },
  { ...fr, key: 'lyon', name: 'Lyon', region: 'Auvergne-Rhône-Alpes', regionCode: 'ARA', lat: 45.764, lon: 4.8357, phoneDigits: '46571####', phonePrinted: '0# ## ## ## ##', postalCode: '6900#', osmRelation: 90000007 },
  { ...fr, key: 'bordeaux', name: 'Bordeaux', region: 'Nouvelle-Aquitaine', regionCode: 'NAQ', lat: 44.8378, lon: -0.5792, phoneDigits: '53649####', phonePrinted: '0#.##.##.##.##', postalCode: '33#00', osmRelation: 90000008 },
  { key: 'bologna', name: 'Bologna', region: 'Emilia-Romagna', regionCode: '45', country: 'Italy', countryCode: 'IT', language: 'it', locale: 'it', lat: 44.4949, lon: 11.3426, callingCode: '39', phoneDigits: '051######', phonePrinted: '### ### ###', postalCode: '4012#', topLevelDomain: 'it', osmRelation: 90000009 },
  { key: 'valencia', name: 'Valencia', region: 'Comunidad Valenciana', regionCode: 'VC', country: 'Spain', countryCode: 'ES', language: 'es', locale: 'es', lat: 39.4699, lon: -0.3763, callingCode: '34', phoneDigits: '963######', phonePrinted: '### ## ## ##', postalCode: '4600#', topLevelDomain: 'es', osmRelation: 90000010 },
  { key: 'utrecht', name: 'Utrecht', region: 'Utrecht', regionCode: 'UT', country: 'Netherlands', countryCode: 'NL', language: 'nl', locale: 'nl', lat: 52.0907, lon: 5.1214, callingCode: '31', phoneDigits: '302######', phonePrinted: '0## - ### ## ##', postalCode: '35#2 KD', topLevelDomain: 'nl', osmRelation: 90000011 },
  { key: 'krakow', name: 'Kraków', region: 'Małopolskie', regionCode: '12', country: 'Poland', countryCode: 'PL', language: 'pl', locale: 'pl', lat: 50.0647, lon: 19.945, callingCode: '48', phoneDigits: '12#######', phonePrinted: '+48 ## ### ## ##', postalCode: '31-0##', topLevelDomain: 'pl', osmRelation: 90000012 },
  { key: 'porto', name: 'Porto', region: 'Porto', regionCode: '13', country: 'Portugal', countryCode: 'PT', language: 'pt', locale: 'pt-PT', lat: 41.1579, lon: -8.6291, callingCode: '351', phoneDigits: '22#######', phonePrinted: '+351 ### ### ###', postalCode: '4050-###', topLevelDomain: 'pt', osmRelation: 90000013 },
  { key: 'gothenburg', name: 'Göteborg', region: 'Västra Götaland', regionCode: 'O', country: 'Sweden', countryCode: 'SE', language: 'sv', locale: 'sv', lat: 57.7089, lon: 11.9746, callingCode: '46', phoneDigits: '3139006##', phonePrinted: '0##-### ## ##', postalCode: '411 #3', topLevelDomain: 'se', osmRelation: 90000014 },
  { key: 'sapporo', name: '札幌市', region: '北海道', regionCode: '01', country: 'Japan', countryCode: 'JP', language: 'ja', locale: 'ja', lat: 43.0618, lon: 141.3545, callingCode: '81', phoneDigits: '11200####', phonePrinted: '0##-###-####', postalCode: '060-00##', topLevelDomain: 'jp', osmRelation: 90000015 },
];

/** Names people type for a city whose own name differs. */
export const CITY_NAMES_IN_ENGLISH: Readonly<Record<string, string>> = {
  munich: 'Munich', vienna: 'Vienna', krakow: 'Krakow', gothenburg: 'Gothenburg', sapporo: 'Sapporo',
};
