/** From a read goal to the queries that are asked. Deterministic: the same reading gives the same plan. */
import { SearchProviderName } from '../../entities/enums.js';
import type { GeoPlace, IndustryMatch, SearchQuery } from '../../entities/search-values.js';
import { languagesOf, largeCities, localPlaceName, scopeOf } from './geography.js';
import { industryTerms } from './industry-terms.js';
import { writeMapQuery } from './providers/map-query.js';
import { CONTACT_WORDS, LEGAL_NOTICE_WORDS, tellingWords } from './query-words.js';
import { fold, stem, tokens } from './words.js';

export interface PlanInput {
  industries: IndustryMatch[];
  locations: GeoPlace[];
  roles: string[];
  keywords: string[];
  exclusions: string[];
  targetCount: number;
  /** BCP 47 of the goal. */
  language: string;
  /** The goal as it was typed. */
  text: string;
}

const MAX_QUERIES = 12;
const MAX_MAP_QUERIES = 3;
/** A second web engine is asked the best queries too: what both find is worth more. */
const SECOND_OPINIONS = 2;
const MAX_EXCLUSIONS = 4;
const MAX_QUERY_CHARACTERS = 200;
const RADIUS_KM = { city: 15, region: 120 } as const;

interface Idea { query: string; reason: string }

/** At most 12 queries, the most promising first; empty only when no provider is available or the goal has no words. */
export function planQueries(reading: PlanInput, available: readonly SearchProviderName[]): SearchQuery[] {
  const has = (name: SearchProviderName): boolean => available.includes(name);
  const [web, secondWeb] = [SearchProviderName.BRAVE, SearchProviderName.SEARXNG].filter(has);
  const ideas = distinct(webIdeas(reading));
  const map = has(SearchProviderName.OSM) ? mapQueries(reading) : [];
  const local = has(SearchProviderName.LOCAL) ? ideas.slice(0, web === undefined ? 4 : 1) : [];
  const seconds = secondWeb === undefined ? [] : ideas.slice(0, SECOND_OPINIONS);
  const room = MAX_QUERIES - map.length - local.length - seconds.length;
  const planned: SearchQuery[] = [];
  if (web !== undefined) planned.push(...ideas.slice(0, room).map((idea) => ({ provider: web, ...withExclusions(idea, reading.exclusions, web) })));
  planned.push(...map);
  if (secondWeb !== undefined) planned.push(...seconds.map((idea) => ({ provider: secondWeb, query: idea.query, reason: `second opinion on: ${idea.reason}` })));
  planned.push(...local.map((idea) => ({ provider: SearchProviderName.LOCAL, query: idea.query, reason: 'pages that were crawled before' })));
  return planned.slice(0, MAX_QUERIES);
}

/** Ideas in the order of their promise; taken in turns, so that the first few already differ in kind. */
function webIdeas(reading: PlanInput): Idea[] {
  const subjects = subjectsOf(reading);
  const places = reading.locations.length > 0 ? reading.locations : [null];
  const plain = places.flatMap((place) => subjects.map((subject) => idea([subject.words, placeWords(place)], `${subject.what}${inPlace(place)}`)));
  const narrowed = places.flatMap((place) => subjects.slice(0, 2).flatMap((subject) =>
    reading.keywords.filter((word) => !subject.isText && !covers(subject.words, word)).slice(0, 2)
      .map((word) => idea([subject.words, word, placeWords(place)], `${subject.what} with “${word}”${inPlace(place)}`))));
  const localised = places.flatMap((place) => localIdeas(reading, place));
  const cities = places.flatMap((place) => (place === null ? [] : cityIdeas(reading, subjects, place)));
  const variants = places.flatMap((place) => variantIdeas(reading, place));
  const contacts = places.flatMap((place) => subjects.slice(0, 2).map((subject) => contactIdea(subject, place, reading.language)));
  const roles = places.flatMap((place) => subjects.slice(0, 1).flatMap((subject) => reading.roles.slice(0, 2)
    .map((role) => idea([subject.words, role, placeWords(place)], `pages of ${subject.what} that name a ${role}${inPlace(place)}`))));
  return inTurns([plain, narrowed, localised, cities, contacts, variants, roles]);
}

interface Subject { words: string; what: string; isText: boolean }

/** What is searched for: the industries, else the keywords, else the goal's own words. */
function subjectsOf(reading: PlanInput): Subject[] {
  const industries = reading.industries.slice(0, 3).map((industry) => ({ words: industry.name, what: industry.name, isText: false }));
  if (industries.length > 0) return industries;
  const places = reading.locations.flatMap((place) => [place.name, place.region ?? '']).map(fold);
  const excluded = new Set(reading.exclusions.flatMap((exclusion) => tokens(exclusion)));
  const own = tellingWords(reading.text, 14).filter((word) => !places.some((place) => place.split(' ').includes(fold(word))) && !tokens(word).some((token) => excluded.has(token))).slice(0, 8);
  const subjects: Subject[] = [];
  if (own.length > 0) subjects.push({ words: own.join(' '), what: "the goal's own words", isText: true });
  const keywords = reading.keywords.slice(0, 3);
  if (keywords.length > 0) subjects.push({ words: keywords.join(' '), what: "the goal's keywords", isText: true });
  subjects.push(...keywords.filter((word) => tokens(word).length > 1 || keywords.length === 1).map((word) => ({ words: word, what: `“${word}”`, isText: true })));
  if (subjects.length === 0 && tokens(reading.text).length > 0) subjects.push({ words: reading.text.trim(), what: 'the goal as it was typed', isText: true });
  return subjects.slice(0, 3);
}

/** The trade and the place in the languages that are spoken there. */
function localIdeas(reading: PlanInput, place: GeoPlace | null): Idea[] {
  const goalLanguage = reading.language.slice(0, 2).toLowerCase();
  const languages = place === null ? (goalLanguage === 'en' ? [] : [goalLanguage]) : languagesOf(place.countryCode).slice(0, 2);
  return languages.flatMap((language) => reading.industries.slice(0, 2).flatMap((industry) =>
    industryTerms(industry, language).slice(0, 2).filter((term) => !covers(industry.name, term)).map((term) => {
      const name = place === null ? '' : localPlaceName(place, language);
      return idea([term, name, term === industryTerms(industry, language)[0] ? '' : LEGAL_NOTICE_WORDS[language] ?? ''], `“${term}” is what sites there say (${language})${inPlace(place)}`);
    })));
}

/** A country or region, city by city. */
function cityIdeas(reading: PlanInput, subjects: Subject[], place: GeoPlace): Idea[] {
  const scope = scopeOf(place);
  const [language] = languagesOf(place.countryCode);
  const industry = reading.industries[0];
  const local = industry === undefined || language === undefined ? undefined : industryTerms(industry, language)[0];
  return largeCities(place, scope).slice(0, 5).flatMap((city) =>
    subjects.slice(0, 1).map((subject) => idea([local ?? subject.words, city], `${subject.what} in ${city}, one of the large cities of ${place.name}`)));
}

/** Other names of the trade. */
function variantIdeas(reading: PlanInput, place: GeoPlace | null): Idea[] {
  return reading.industries.slice(0, 2).flatMap((industry) => industry.keywords.filter((word) => !covers(industry.name, word)).slice(0, 3)
    .map((word) => idea([word, placeWords(place)], `“${word}” is another word for ${industry.name}${inPlace(place)}`)));
}

function contactIdea(subject: Subject, place: GeoPlace | null, goalLanguage: string): Idea {
  const language = (place === null ? undefined : languagesOf(place.countryCode)[0]) ?? goalLanguage.slice(0, 2).toLowerCase();
  const word = CONTACT_WORDS[language] ?? 'contact';
  return idea([subject.words, placeWords(place), covers(subject.words, word) ? '' : word, covers(subject.words, 'email') ? '' : 'email'], `contact pages of ${subject.what}${inPlace(place)}`);
}

function placeWords(place: GeoPlace | null): string {
  if (place === null) return '';
  // Where one name stands for many towns, people (and pages) add the state.
  const withRegion = ['US', 'CA', 'AU'].includes(place.countryCode) && place.region !== null && fold(place.region) !== fold(place.name);
  return withRegion ? `${place.name} ${place.region ?? ''}` : place.name;
}

function inPlace(place: GeoPlace | null): string {
  return place === null ? '' : ` in ${place.name}`;
}

function idea(parts: string[], reason: string): Idea {
  const query = parts.filter((part) => part !== '').join(' ').replace(/["\s]+/g, ' ').trim();
  return { query: query.length > MAX_QUERY_CHARACTERS ? query.slice(0, query.lastIndexOf(' ', MAX_QUERY_CHARACTERS) > 0 ? query.lastIndexOf(' ', MAX_QUERY_CHARACTERS) : MAX_QUERY_CHARACTERS) : query, reason };
}

/** Every word of `part` is already in `whole`. */
function covers(whole: string, part: string): boolean {
  const stems = new Set(tokens(whole).map(stem));
  return tokens(part).every((token) => stems.has(stem(token)));
}

/** One of each list, then the next of each. */
function inTurns(lists: Idea[][]): Idea[] {
  const longest = Math.max(...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list.slice(index, index + 1))).flat();
}

/** Queries of the same words, in whatever order or ending, are one query. */
function distinct(ideas: Idea[]): Idea[] {
  const seen = new Set<string>();
  return ideas.filter((candidate) => {
    const key = [...new Set(tokens(candidate.query).map(stem))].sort().join(' ');
    if (key === '' || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Only Brave is known to honour `-word`. A phrase would need quotes, so of a phrase nothing is excluded here; validation looks at it later. */
function withExclusions(candidate: Idea, exclusions: readonly string[], web: SearchProviderName): Idea {
  if (web !== SearchProviderName.BRAVE) return candidate;
  const wanted = new Set(tokens(candidate.query).map(stem));
  const words = exclusions.map((exclusion) => exclusion.trim()).filter((exclusion) => /^[\p{L}\p{N}][\p{L}\p{M}\p{N}-]{1,30}$/u.test(exclusion) && !wanted.has(stem(fold(exclusion))));
  const minus = [...new Set(words)].slice(0, MAX_EXCLUSIONS).map((word) => `-${word}`);
  return minus.length === 0 ? candidate : { query: `${candidate.query} ${minus.join(' ')}`, reason: candidate.reason };
}

/** Trades that OpenStreetMap has a tag for, in each place. */
function mapQueries(reading: PlanInput): SearchQuery[] {
  const planned = reading.locations.flatMap((place) => reading.industries.slice(0, 2).flatMap((industry) => industry.osmTags.slice(0, 1).map((tag) => {
    const scope = scopeOf(place);
    const query = writeMapQuery(tag, place, scope === 'country' ? 'country' : RADIUS_KM[scope]);
    return { provider: SearchProviderName.OSM, query, reason: `${industry.name} on the map${inPlace(place)}` };
  })));
  // Two trades may share a tag.
  return planned.filter((one, index) => planned.findIndex((other) => other.query === one.query) === index).slice(0, MAX_MAP_QUERIES);
}
