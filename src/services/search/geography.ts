/** The little geography that query planning and ranking need: languages and large cities of a country, and names of countries. */
import countries from 'i18n-iso-countries';
import type { GeoPlace } from '../../entities/search-values.js';
import { fold } from './words.js';

/** Languages companies write their sites in, most common first; English is not repeated where it is only a second language. */
const LANGUAGES: Readonly<Record<string, string>> = {
  AT: 'de', DE: 'de', CH: 'de fr it', LI: 'de', LU: 'fr de', BE: 'nl fr', NL: 'nl', FR: 'fr', MC: 'fr', IT: 'it', SM: 'it', ES: 'es ca', AD: 'ca es', PT: 'pt', GB: 'en', IE: 'en',
  US: 'en', CA: 'en fr', AU: 'en', NZ: 'en', ZA: 'en', SG: 'en', MT: 'en', SE: 'sv', NO: 'no', DK: 'da', FI: 'fi sv', IS: 'is', PL: 'pl', CZ: 'cs', SK: 'sk', HU: 'hu', SI: 'sl',
  HR: 'hr', BA: 'bs', RS: 'sr', ME: 'sr', MK: 'mk', AL: 'sq', BG: 'bg', RO: 'ro', MD: 'ro', GR: 'el', CY: 'el', TR: 'tr', RU: 'ru', UA: 'uk', BY: 'ru', EE: 'et', LV: 'lv', LT: 'lt',
  BR: 'pt', MX: 'es', AR: 'es', CL: 'es', CO: 'es', PE: 'es', EC: 'es', UY: 'es', PY: 'es', BO: 'es', VE: 'es', CR: 'es', PA: 'es', DO: 'es', GT: 'es', CU: 'es', HN: 'es', SV: 'es', NI: 'es',
  JP: 'ja', KR: 'ko', CN: 'zh-CN', TW: 'zh-TW', HK: 'zh-HK', TH: 'th', VN: 'vi', ID: 'id', MY: 'ms', IL: 'he', SA: 'ar', AE: 'ar', EG: 'ar', MA: 'fr ar', TN: 'fr ar', DZ: 'fr ar', IR: 'fa',
  SN: 'fr', CI: 'fr', PH: 'en', IN: 'en hi', PK: 'en', NG: 'en', KE: 'en', GH: 'en',
};

/** Largest cities under the name used there (Latin script where both are in use): a search engine gives at most 200 results per query, so a country is asked city by city. */
const CITIES: Readonly<Record<string, string>> = {
  AT: 'Wien,Graz,Linz,Salzburg,Innsbruck,Klagenfurt', DE: 'Berlin,Hamburg,München,Köln,Frankfurt,Stuttgart', CH: 'Zürich,Genève,Basel,Lausanne,Bern,Lugano',
  FR: 'Paris,Marseille,Lyon,Toulouse,Nice,Nantes', IT: 'Roma,Milano,Napoli,Torino,Bologna,Firenze', ES: 'Madrid,Barcelona,Valencia,Sevilla,Zaragoza,Málaga', PT: 'Lisboa,Porto,Braga,Coimbra,Faro',
  NL: 'Amsterdam,Rotterdam,Den Haag,Utrecht,Eindhoven,Groningen', BE: 'Bruxelles,Antwerpen,Gent,Liège,Brugge,Leuven', LU: 'Luxembourg,Esch-sur-Alzette', GB: 'London,Birmingham,Manchester,Leeds,Glasgow,Bristol',
  IE: 'Dublin,Cork,Galway,Limerick', US: 'New York,Los Angeles,Chicago,Houston,Phoenix,Philadelphia', CA: 'Toronto,Montréal,Vancouver,Calgary,Ottawa,Edmonton', AU: 'Sydney,Melbourne,Brisbane,Perth,Adelaide',
  NZ: 'Auckland,Wellington,Christchurch', ZA: 'Johannesburg,Cape Town,Durban,Pretoria', SE: 'Stockholm,Göteborg,Malmö,Uppsala', NO: 'Oslo,Bergen,Trondheim,Stavanger', DK: 'København,Aarhus,Odense,Aalborg',
  FI: 'Helsinki,Espoo,Tampere,Turku,Oulu', IS: 'Reykjavík,Akureyri', PL: 'Warszawa,Kraków,Wrocław,Łódź,Poznań,Gdańsk', CZ: 'Praha,Brno,Ostrava,Plzeň', SK: 'Bratislava,Košice,Prešov,Žilina',
  HU: 'Budapest,Debrecen,Szeged,Pécs', SI: 'Ljubljana,Maribor,Celje', HR: 'Zagreb,Split,Rijeka,Osijek', RS: 'Beograd,Novi Sad,Niš', BG: 'Sofia,Plovdiv,Varna', RO: 'București,Cluj-Napoca,Timișoara,Iași,Brașov',
  GR: 'Αθήνα,Θεσσαλονίκη,Πάτρα', TR: 'İstanbul,Ankara,İzmir,Bursa,Antalya', UA: 'Київ,Харків,Одеса,Львів', EE: 'Tallinn,Tartu', LV: 'Rīga,Daugavpils', LT: 'Vilnius,Kaunas,Klaipėda',
  BR: 'São Paulo,Rio de Janeiro,Belo Horizonte,Curitiba,Porto Alegre,Salvador', MX: 'Ciudad de México,Guadalajara,Monterrey,Puebla', AR: 'Buenos Aires,Córdoba,Rosario,Mendoza', CL: 'Santiago,Valparaíso,Concepción',
  CO: 'Bogotá,Medellín,Cali,Barranquilla', PE: 'Lima,Arequipa,Trujillo', JP: '東京,大阪,名古屋,福岡,札幌,横浜', KR: '서울,부산,인천,대구', IN: 'Mumbai,Delhi,Bengaluru,Chennai,Hyderabad,Pune', SG: 'Singapore',
  TW: '台北,台中,高雄', TH: 'กรุงเทพ,เชียงใหม่', ID: 'Jakarta,Surabaya,Bandung', MY: 'Kuala Lumpur,Penang,Johor Bahru', IL: 'תל אביב,ירושלים,חיפה', AE: 'Dubai,Abu Dhabi,Sharjah', EG: 'القاهرة,الإسكندرية', MA: 'Casablanca,Rabat,Marrakech',
  'US/California': 'Los Angeles,San Diego,San Francisco,San Jose', 'US/Texas': 'Houston,San Antonio,Dallas,Austin', 'US/Florida': 'Miami,Orlando,Tampa,Jacksonville', 'US/Illinois': 'Chicago,Aurora,Springfield',
  'US/Washington': 'Seattle,Spokane,Tacoma', 'US/Oregon': 'Portland,Salem,Eugene', 'US/Colorado': 'Denver,Colorado Springs,Boulder', 'US/Georgia': 'Atlanta,Augusta,Savannah', 'US/Massachusetts': 'Boston,Worcester,Cambridge',
  'US/Pennsylvania': 'Philadelphia,Pittsburgh,Allentown', 'US/Ohio': 'Columbus,Cleveland,Cincinnati', 'US/Arizona': 'Phoenix,Tucson,Scottsdale', 'US/North Carolina': 'Charlotte,Raleigh,Durham', 'US/Michigan': 'Detroit,Grand Rapids,Ann Arbor',
  'CA/Ontario': 'Toronto,Ottawa,Hamilton,London', 'CA/Quebec': 'Montréal,Québec,Laval', 'CA/British Columbia': 'Vancouver,Victoria,Kelowna', 'DE/Bavaria': 'München,Nürnberg,Augsburg,Regensburg', 'DE/Saxony': 'Leipzig,Dresden,Chemnitz',
  'ES/Catalonia': 'Barcelona,Girona,Tarragona', 'ES/Andalusia': 'Sevilla,Málaga,Granada', 'IT/Tuscany': 'Firenze,Pisa,Siena', 'IT/Lombardy': 'Milano,Bergamo,Brescia', 'GB/Scotland': 'Glasgow,Edinburgh,Aberdeen', 'GB/Wales': 'Cardiff,Swansea,Newport',
};

/** English exonyms whose local spelling differs by more than accents. */
const LOCAL_NAMES: Readonly<Record<string, string>> = {
  vienna: 'Wien', munich: 'München', cologne: 'Köln', nuremberg: 'Nürnberg', hanover: 'Hannover', geneva: 'Genève', zurich: 'Zürich', lucerne: 'Luzern', rome: 'Roma', milan: 'Milano', naples: 'Napoli', turin: 'Torino',
  florence: 'Firenze', venice: 'Venezia', genoa: 'Genova', padua: 'Padova', seville: 'Sevilla', lisbon: 'Lisboa', 'the hague': 'Den Haag', brussels: 'Bruxelles', antwerp: 'Antwerpen', ghent: 'Gent', bruges: 'Brugge', prague: 'Praha',
  warsaw: 'Warszawa', krakow: 'Kraków', cracow: 'Kraków', wroclaw: 'Wrocław', gdansk: 'Gdańsk', copenhagen: 'København', gothenburg: 'Göteborg', athens: 'Αθήνα', thessaloniki: 'Θεσσαλονίκη', bucharest: 'București', belgrade: 'Beograd',
  'mexico city': 'Ciudad de México', tokyo: '東京', osaka: '大阪', kyoto: '京都', nagoya: '名古屋', sapporo: '札幌', yokohama: '横浜', fukuoka: '福岡', kobe: '神戸', seoul: '서울', busan: '부산', taipei: '台北', beijing: '北京', shanghai: '上海', moscow: 'Москва', kyiv: 'Київ', kiev: 'Київ',
  lviv: 'Львів', odessa: 'Одеса', bavaria: 'Bayern', saxony: 'Sachsen', 'lower saxony': 'Niedersachsen', hesse: 'Hessen', thuringia: 'Thüringen', 'north rhine-westphalia': 'Nordrhein-Westfalen', 'rhineland-palatinate': 'Rheinland-Pfalz', 'lower austria': 'Niederösterreich',
  'upper austria': 'Oberösterreich', styria: 'Steiermark', carinthia: 'Kärnten', tyrol: 'Tirol', tuscany: 'Toscana', lombardy: 'Lombardia', sicily: 'Sicilia', sardinia: 'Sardegna', piedmont: 'Piemonte', catalonia: 'Catalunya', andalusia: 'Andalucía', brittany: 'Bretagne',
  normandy: 'Normandie', burgundy: 'Bourgogne', flanders: 'Vlaanderen', wallonia: 'Wallonie', quebec: 'Québec', montreal: 'Montréal', 'sao paulo': 'São Paulo',
};

/** ccTLDs that are sold as ordinary words: they say nothing about a country. */
const GENERIC_CCTLDS: ReadonlySet<string> = new Set('io co me tv ai cc ws fm am gg to ly sh so vc la is nu gl bz ag im st sx pw tk ml ga cf gq ac mu ms tel eu su xyz'.split(' '));

export function languagesOf(countryCode: string): string[] {
  return (LANGUAGES[countryCode.toUpperCase()] ?? '').split(' ').filter((language) => language !== '');
}

/** The place's name as people there write it, when it is known to differ. */
export function localName(name: string): string | null {
  const local = LOCAL_NAMES[fold(name)];
  return local === undefined || fold(local) === fold(name) ? null : local;
}

/** Names of a country in English and in its own languages, folded and as written. */
export function countryNames(countryCode: string): string[] {
  const code = countryCode.toUpperCase();
  const names = ['en', ...languagesOf(code).map((language) => language.slice(0, 2))].flatMap((language) => countries.getName(code, language, { select: 'all' }) ?? []);
  const short: Readonly<Record<string, string[]>> = { US: ['USA'], GB: ['UK', 'England'], NL: ['Holland'], AE: ['UAE'], CZ: ['Czech Republic', 'Česko'] };
  return [...new Set([...names, ...(short[code] ?? [])])];
}

/** The place as sites in that language write it. */
export function localPlaceName(place: GeoPlace, language: string): string {
  if (scopeOf(place) === 'country') return countries.getName(place.countryCode.toUpperCase(), language.slice(0, 2)) ?? place.name;
  return localName(place.name) ?? place.name;
}

export type PlaceScope = 'country' | 'region' | 'city';

/** A division is its own region (Texas, region Texas); a country has none. */
export function scopeOf(place: GeoPlace): PlaceScope {
  const name = fold(place.name);
  if (place.region === null) return countryNames(place.countryCode).some((country) => fold(country) === name) ? 'country' : 'city';
  return fold(place.region) === name ? 'region' : 'city';
}

/** Large cities inside a country or region, by the local spelling; none for a city. */
export function largeCities(place: GeoPlace, scope: PlaceScope): string[] {
  if (scope === 'city') return [];
  const key = scope === 'country' ? place.countryCode.toUpperCase() : `${place.countryCode.toUpperCase()}/${place.name}`;
  return (CITIES[key] ?? '').split(',').filter((city) => city !== '');
}

/** The country a host name belongs to by its ccTLD, ISO 3166-1 alpha-2, or null. */
export function countryOfHost(host: string): string | null {
  const ending = host.slice(host.lastIndexOf('.') + 1).toLowerCase();
  if (ending.length !== 2 || GENERIC_CCTLDS.has(ending)) return null;
  const code = ending === 'uk' ? 'GB' : ending.toUpperCase();
  return countries.getName(code, 'en') === undefined ? null : code;
}

/** Every spelling of the place that a page may use: its own, the local one, its region and (for countries) the country's names. */
export function placeNames(place: GeoPlace): { exact: string[]; wider: string[] } {
  const local = localName(place.name);
  const scope = scopeOf(place);
  const exact = scope === 'country' ? [place.name, ...countryNames(place.countryCode)] : [place.name, ...(local === null ? [] : [local])];
  const region = place.region === null || scope !== 'city' ? [] : [place.region, ...(localName(place.region) === null ? [] : [localName(place.region) ?? ''])];
  const wider = scope === 'city' ? [...region, ...countryNames(place.countryCode)] : [...largeCities(place, scope), ...(scope === 'region' ? countryNames(place.countryCode) : [])];
  return { exact: [...new Set(exact)], wider: [...new Set(wider)] };
}
