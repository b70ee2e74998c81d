import { type GeoPlace } from '../../entities/search-values.js';
import { type Gazetteer, type PlaceRecord } from './gazetteer.js';
import { AREAS, DEMONYMS, ORDINARY_WORDS, PLACE_PREPOSITIONS, REGIONS, WEAK_PREPOSITIONS, words } from './place-names.js';
import { breaksBefore, fold, isGlued, keyOf, type Span, type Token } from './tokens.js';

/** A place named in a text. A region word stands for several places. */
export interface FoundPlace extends Span {
  /** UTF-16 offsets into the text. */
  start: number;
  end: number;
  /** For people: "Austin, Texas, US". */
  value: string;
  places: GeoPlace[];
}

export interface PlaceContext {
  gazetteer: Gazetteer;
  /** ISO 639-1; in German a capital letter says nothing about a name. */
  language: string;
  /** Words the goal uses for its industry: a town of the same name needs better evidence. */
  isVocabulary(fold: string): boolean;
}

/** Whether a capital letter marks a name in this text: not in German, and not in a title or a shout. */
function capitalsTell(tokens: readonly Token[], language: string): boolean {
  const cased = tokens.filter((t) => t.text.toLowerCase() !== t.text.toUpperCase());
  return language !== 'de' && cased.filter((t) => t.capitalised).length <= Math.max(2, cased.length * 0.6);
}

const MAX_WORDS = 6;
const JOINERS = words('and or & und oder et ou y o e en of plus sowie');
const FILLERS = words('the downtown greater central city der die das la le el il lo den de del');
/** Short or ordinary names of countries and regions that count only when written as names. */
const WRITTEN_AS_NAMES = words('us uk usa uae nz eu dach sf gta gcc anz dfw turkey jordan chad georgia america marche kent devon mallorca');
/** Two-letter codes that are ordinary words when written small ("in", "or", "me"). */
const LOWER_CODES = words('tx ny ca fl nj nc sc ga il wa az nv ut tn ky wi mn mi va nh vt wv wy nd sd nm dc uk usa bc qc nsw qld');

interface ScanContext extends PlaceContext {
  capitalsTell: boolean;
}

interface Reading {
  record: PlaceRecord;
  qualified: boolean;
  to: number;
  /** All cities of that name, for a qualifier that comes later in a list. */
  homonyms: PlaceRecord[];
}

function joinable(tokens: readonly Token[], from: number, to: number): boolean {
  for (let i = from + 1; i < to; i += 1) {
    const token = tokens[i];
    if (!token || (breaksBefore(token) && !/^(?:st|ste|ft|mt|dr)$/.test(tokens[i - 1]?.fold ?? ''))) return false;
    // A place name in a script without spaces is one run of characters.
    if (isGlued(token) !== isGlued(tokens[from] ?? token)) return false;
  }
  return true;
}

/** Evidence that the words around a span make it a place. */
function evidence(tokens: readonly Token[], from: number, to: number, afterPlace: boolean, context: ScanContext) {
  const first = tokens[from];
  const last = tokens[to];
  let before = from - 1;
  while (before >= 0 && before >= from - 2 && FILLERS.has(tokens[before]?.fold ?? '') && !PLACE_PREPOSITIONS.has(tokens[before]?.fold ?? '')) before -= 1;
  const previous = tokens[before]?.fold ?? '';
  const sameClause = first !== undefined && !breaksBefore(first);
  const caseless = first !== undefined && first.text.toLowerCase() === first.text.toUpperCase();
  return {
    strong: sameClause && PLACE_PREPOSITIONS.has(previous) && !WEAK_PREPOSITIONS.has(previous),
    weak: sameClause && WEAK_PREPOSITIONS.has(previous),
    listed: afterPlace,
    capital: caseless || (first?.capitalised === true && context.capitalsTell),
    written: caseless || first?.capitalised === true,
    upper: first?.upper === true,
    closed: last === undefined || breaksBefore(last) || JOINERS.has(last.fold) || /^(?:that|which|who|with|without|mit|ohne|qui|que|avec|con|sin|sem|com|met|zonder|die|che|area|region)$/.test(last.fold),
    opening: from === 0,
    based: last?.gap === '-' && last.fold === 'based',
  };
}

type Evidence = ReturnType<typeof evidence>;

function acceptsCity(record: PlaceRecord, key: string, count: number, e: Evidence, context: ScanContext): boolean {
  if (e.based) return true;
  const size = record.alternate ? record.population / 8 : record.population;
  if (/^\d/.test(key) || (count === 1 && PLACE_PREPOSITIONS.has(key))) return false;
  if (key.length <= 2 && !/[^\x20-\x7e]/.test(key)) return e.upper && record.population >= 1_000_000;
  const ordinary = count === 1 && (ORDINARY_WORDS.has(key) || key in DEMONYMS || context.isVocabulary(key));
  if (ordinary) {
    if ((e.strong || e.listed) && e.written) return e.capital || size >= 50_000;
    return e.strong && e.closed && size >= 100_000 && key.length >= 4;
  }
  if (e.strong || e.listed) return e.written ? size >= 1000 / 8 : size >= 5000;
  if (e.weak && e.written) return e.capital || size >= 20_000;
  if (e.capital) return size >= (e.opening ? 100_000 : 5_000);
  return size >= 100_000 && key.length >= 4 && !(context.language === 'de' && count === 1 && e.opening);
}

function best(records: readonly PlaceRecord[]): PlaceRecord | undefined {
  const weight = (r: PlaceRecord): number => (r.alternate ? r.population / 4 : r.population);
  return records.reduce<PlaceRecord | undefined>((top, r) => (top === undefined || weight(r) > weight(top) ? r : top), undefined);
}

/** The division or country written at `at`, as a qualifier of what stands before it. */
function qualifiersAt(tokens: readonly Token[], at: number, g: Gazetteer): { codes: string[]; to: number }[] {
  const found: { codes: string[]; to: number }[] = [];
  for (let n = 3; n >= 1; n -= 1) {
    if (at + n > tokens.length || !joinable(tokens, at, at + n)) continue;
    const key = keyOf(tokens, at, at + n);
    const token = tokens[at];
    const short = key.length <= 3;
    if (short && !(token?.upper === true || LOWER_CODES.has(key))) continue;
    const codes = g.divisions(key).map((r) => r.divisionCode);
    const country = g.country(key);
    if (country) codes.push(country.countryCode);
    if (key.length === 2) {
      codes.push(`US.${key.toUpperCase()}`);
      if (token?.upper === true) codes.push(key.toUpperCase());
    }
    if (codes.length > 0) found.push({ codes, to: at + n });
  }
  return found;
}

const within = (record: PlaceRecord, code: string): boolean => (code.includes('.') ? record.divisionCode === code : record.countryCode === code);

function qualify(tokens: readonly Token[], to: number, cities: readonly PlaceRecord[], g: Gazetteer): Reading | null {
  const next = tokens[to];
  if (!next || /[.;:!?]/.test(next.gap.replace(/^\./, ''))) return null;
  const at = next.fold === 'in' ? to + 1 : to;
  for (const qualifier of qualifiersAt(tokens, at, g)) {
    for (const code of qualifier.codes) {
      const record = best(cities.filter((city) => within(city, code)));
      if (!record) continue;
      // "Austin, Texas, USA": a country behind the state belongs to the same name.
      const further = qualifiersAt(tokens, qualifier.to, g).find((q) => q.codes.includes(record.countryCode));
      return { record, qualified: true, to: further?.to ?? qualifier.to, homonyms: [...cities] };
    }
  }
  return null;
}

function readAt(tokens: readonly Token[], from: number, afterPlace: boolean, context: ScanContext): Reading | null {
  const g = context.gazetteer;
  for (let n = Math.min(MAX_WORDS, tokens.length - from); n >= 1; n -= 1) {
    const to = from + n;
    if (!joinable(tokens, from, to)) continue;
    const key = keyOf(tokens, from, to);
    const e = evidence(tokens, from, to, afterPlace, context);
    const cities = g.cities(key);
    const lowerSingle = n === 1 && !e.written && ORDINARY_WORDS.has(key);
    if (cities.length > 0 && !lowerSingle && (e.written || e.strong || e.listed || cities.some((c) => c.population >= 15_000))) {
      const qualified = qualify(tokens, to, cities, g);
      if (qualified) return qualified;
    }
    const named = !WRITTEN_AS_NAMES.has(key) || e.upper || ((e.strong || e.listed || e.weak) && key !== 'us') || (e.capital && key.length > 3) || e.based || (key === 'us' && tokens[from - 1]?.fold === 'the');
    const divisions = g.divisions(key).filter((d) => key.length > 3 || (e.upper && d.population > 0));
    const division = best(divisions);
    const country = named ? g.country(key) : null;
    if (country && !(division && division.population > country.population)) return { record: country, qualified: false, to, homonyms: [] };
    const city = best(cities);
    const divisionFits = division !== undefined && !ORDINARY_WORDS.has(key) && !(key in DEMONYMS) && (e.written || e.strong || e.listed || division.population >= 1_000_000);
    if (division && divisionFits && !(city && !city.alternate && city.population >= division.population * 0.3)) {
      // "Catalonia, Spain": the country is part of the name.
      const further = qualifiersAt(tokens, to, g).find((q) => q.codes.includes(division.countryCode));
      return { record: division, qualified: false, to: further?.to ?? to, homonyms: [] };
    }
    if (city && acceptsCity(city, key, n, e, context)) return { record: city, qualified: false, to, homonyms: cities };
  }
  return null;
}

function regionAt(tokens: readonly Token[], from: number, afterPlace: boolean, context: ScanContext): { to: number; name: string; places: GeoPlace[] } | null {
  for (let n = Math.min(4, tokens.length - from); n >= 1; n -= 1) {
    const to = from + n;
    if (!joinable(tokens, from, to)) continue;
    const key = keyOf(tokens, from, to);
    const area = AREA_KEYS.get(key);
    const parts = REGION_KEYS.get(key);
    if (!area && !parts) continue;
    const e = evidence(tokens, from, to, afterPlace, context);
    // "Dach" is a roof in German and "us" a pronoun: such names must be written as names.
    if (WRITTEN_AS_NAMES.has(key) && !e.upper && !((e.strong || e.listed) && key !== 'dach')) continue;
    if (area) {
      const [name, division, countryCode, lat, lon] = area;
      return { to, name, places: [{ name, region: context.gazetteer.divisionName(division), countryCode, lat, lon }] };
    }
    const places = (parts ?? '').split('|').flatMap((code) => {
      const record = code.includes('.') ? context.gazetteer.division(code) : context.gazetteer.countryByCode(code);
      return record ? [toGeoPlace(record, context.gazetteer)] : [];
    });
    return { to, name: tokens.slice(from, to).map((t) => t.text).join(' '), places };
  }
  return null;
}

const AREA_KEYS = new Map(Object.entries(AREAS).map(([name, area]) => [fold(name), area]));
const REGION_KEYS = new Map(Object.entries(REGIONS).map(([name, parts]) => [fold(name), parts]));

/** A division is its own region; a country has none. */
export function toGeoPlace(record: PlaceRecord, g: Gazetteer): GeoPlace {
  return { name: record.name, region: record.divisionCode === '' ? null : g.divisionName(record.divisionCode), countryCode: record.countryCode, lat: record.lat, lon: record.lon };
}

function valueOf(place: GeoPlace): string {
  return [...new Set([place.name, place.region ?? '', place.countryCode])].filter((part) => part !== '').join(', ');
}

/** Every place named in the text, in order, each resolved to one place of the world (or to the parts of a region). */
export function findPlaces(tokens: readonly Token[], place: PlaceContext): FoundPlace[] {
  const context: ScanContext = { ...place, capitalsTell: capitalsTell(tokens, place.language) };
  const found: (FoundPlace & { reading?: Reading })[] = [];
  for (let i = 0; i < tokens.length; ) {
    const last = found.at(-1);
    const gap = tokens[i]?.gap ?? '';
    const afterPlace = last !== undefined && ((last.to === i && /[,/&(+]/.test(gap)) || (last.to === i - 1 && JOINERS.has(tokens[i - 1]?.fold ?? '')));
    const region = regionAt(tokens, i, afterPlace, context);
    const reading = region ? null : readAt(tokens, i, afterPlace, context);
    const to = region?.to ?? reading?.to;
    if (to === undefined) {
      i += 1;
      continue;
    }
    const places = region?.places ?? (reading ? [toGeoPlace(reading.record, context.gazetteer)] : []);
    const first = places[0];
    found.push({
      from: i, to, start: tokens[i]?.start ?? 0, end: tokens[to - 1]?.end ?? 0, places,
      value: region && places.length !== 1 ? region.name : first ? valueOf(first) : '',
      ...(reading ? { reading } : {}),
    });
    i = to;
  }
  resolveLists(found, tokens, context.gazetteer);
  const places = found.map(({ reading: _reading, ...place }) => place);
  return places.length > 0 ? places : findDemonyms(tokens, context.gazetteer);
}

/** "Cambridge and Springfield, MA": the qualifier at the end of a list also holds for the names before it. */
function resolveLists(found: (FoundPlace & { reading?: Reading })[], tokens: readonly Token[], g: Gazetteer): void {
  for (let i = found.length - 1; i > 0; i -= 1) {
    const later = found[i];
    const earlier = found[i - 1];
    if (!later?.reading?.qualified || !earlier?.reading || earlier.reading.qualified || earlier.reading.record.kind !== 'city') continue;
    const between = tokens.slice(earlier.to, later.from);
    if (between.length > 1 || between.some((t) => !JOINERS.has(t.fold))) continue;
    const record = best(earlier.reading.homonyms.filter((c) => !c.alternate && c.divisionCode === later.reading?.record.divisionCode));
    if (!record) continue;
    earlier.reading = { ...earlier.reading, record, qualified: true };
    earlier.places = [toGeoPlace(record, g)];
    earlier.value = earlier.places[0] ? valueOf(earlier.places[0]) : earlier.value;
  }
}

/** What a demonym before one of these says is a style, not a location ("Italian restaurants"). */
const STYLES = /^(?:restaurant|food|cuisine|bakery|bakeries|bistro|cafe|coffee|pizz|tapas|massage|lesson|course|class|language|speaking|translat|school|tutor|cooking|wine|beer|fries|bulldog|shepherd|door|window|market|literature|ristorant|grocer|deli|bar|pub|takeaway|kitchen|furniture|garden|bath|art|dance|tax)/;

function findDemonyms(tokens: readonly Token[], g: Gazetteer): FoundPlace[] {
  return tokens.flatMap((token, i) => {
    const code = DEMONYMS[token.fold];
    const next = tokens[i + 1];
    if (code === undefined || (next && STYLES.test(next.fold)) || !next) return [];
    const record = code.includes('.') ? g.division(code) : g.countryByCode(code);
    if (!record) return [];
    const place = toGeoPlace(record, g);
    return [{ from: i, to: i + 1, start: token.start, end: token.end, value: valueOf(place), places: [place] }];
  });
}
