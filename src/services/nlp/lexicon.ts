import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { INDUSTRY_OVERLAY } from './industry-overlay.js';
import { isBusinessPreset, naicsOfPreset } from './osm-naics.js';
import { TimeSlice } from './time-slice.js';
import { tokenize } from './tokens.js';

/** A kind of organisation, with every phrase that means it. */
export interface Industry {
  name: string;
  /** NAICS 2022. */
  code: string | null;
  /** Alternatives: an object with any of these tags belongs to the industry. */
  osmTags: string[];
  /** Phrases by language, the usual one first. */
  phrases: Map<string, string[]>;
}

export interface Term {
  industry: Industry;
  stems: string[];
  /** How surely the phrase means the industry, 0 to 1: names and our own phrases before OpenStreetMap's loose search terms. */
  weight: number;
}

/** The terms of one language with an inverted index from stem to terms. */
export interface Lexicon {
  terms: Term[];
  byStem: Map<string, Term[]>;
  /** Single words that name an industry, folded: towns of the same name need better evidence. */
  vocabulary: Set<string>;
}

interface Preset {
  tags: Record<string, string>;
}
interface Translation {
  name?: string;
  aliases?: string;
  terms?: string;
}

const require = createRequire(import.meta.url);
const DIST = '@openstreetmap/id-tagging-schema/dist';
// These tags hold many trades at once: a preset with one of them stays an industry of its own.
const SHARED_TAGS = new Set(['office=company', 'office=it', 'office=financial', 'office=research', 'office=consulting', 'office=energy_supplier', 'office=logistics', 'shop=department_store', 'shop=wholesale', 'shop=trade', 'landuse=quarry']);

/** Industries and their terms: our own list and OpenStreetMap's presets, a language at a time, loaded when first needed. */
export class IndustryLexicons {
  private readonly industries = new Map<string, Industry>();
  private readonly overlay: { industry: Industry; phrases: Map<string, string[]> }[] = [];
  private presets: Map<string, string> | null = null;
  private readonly loaded = new Map<string, Promise<Lexicon>>();

  constructor() {
    for (const line of INDUSTRY_OVERLAY.trim().split('\n')) {
      const [name = '', code = '', tags = '', english = '', ...others] = line.split(';');
      const phrases = new Map([['en', [name, ...english.split('|')]]]);
      for (const other of others) phrases.set(other.slice(0, 2), other.slice(3).split('|'));
      const industry: Industry = { name, code: code === '' ? null : code, osmTags: tags.split(','), phrases };
      this.overlay.push({ industry, phrases });
      for (const tag of industry.osmTags) if (!SHARED_TAGS.has(tag) && !this.industries.has(tag)) this.industries.set(tag, industry);
    }
  }

  /** Terms of one language (ISO 639-1); an unknown language has none of OpenStreetMap's. */
  lexicon(language: string): Promise<Lexicon> {
    let lexicon = this.loaded.get(language);
    if (!lexicon) {
      lexicon = this.build(language);
      // A failed load must not be remembered as the answer.
      lexicon.catch(() => this.loaded.delete(language));
      this.loaded.set(language, lexicon);
    }
    return lexicon;
  }

  private async build(language: string): Promise<Lexicon> {
    const slice = new TimeSlice();
    const lexicon: Lexicon = { terms: [], byStem: new Map(), vocabulary: new Set() };
    const seen = new Map<string, Term>();
    const add = (industry: Industry, phrase: string, weight: number): void => {
      const tokens = tokenize(phrase);
      const stems = tokens.map((t) => t.stem);
      if (stems.length === 0 || stems.length > 6) return;
      const key = stems.join(' ');
      if (tokens.length === 1 && tokens[0] && weight > 0.9) lexicon.vocabulary.add(tokens[0].fold);
      const known = seen.get(key);
      if (known && known.weight >= weight) return;
      const term: Term = { industry, stems, weight };
      seen.set(key, term);
    };
    for (const { industry, phrases } of this.overlay) {
      for (const phrase of phrases.get(language) ?? []) add(industry, phrase, 1);
    }
    await slice.yieldIfDue();
    const presets = (this.presets ??= await this.readPresets());
    await slice.yieldIfDue();
    const translations = await this.readTranslations(language);
    await slice.yieldIfDue();
    for (const [id, tag] of presets) {
      const translation = translations[id];
      if (!translation?.name) continue;
      const industry = this.industryOf(id, tag, translation.name, language);
      const phrases = industry.phrases.get(language) ?? [];
      if (!phrases.includes(translation.name)) industry.phrases.set(language, [...phrases, translation.name]);
      add(industry, translation.name, 0.95);
      for (const alias of translation.aliases?.split('\n') ?? []) add(industry, alias, 0.93);
      for (const term of translation.terms?.split(',') ?? []) add(industry, term, 0.82);
      await slice.yieldIfDue();
    }
    lexicon.terms = [...seen.values()];
    for (const term of lexicon.terms) {
      for (const stem of new Set(term.stems)) {
        const list = lexicon.byStem.get(stem);
        if (list) list.push(term);
        else lexicon.byStem.set(stem, [term]);
      }
    }
    return lexicon;
  }

  private industryOf(id: string, tag: string, name: string, language: string): Industry {
    const byTag = this.industries.get(tag);
    if (byTag) return byTag;
    let industry = this.industries.get(id);
    if (!industry) {
      industry = { name, code: naicsOfPreset(id), osmTags: [tag], phrases: new Map() };
      this.industries.set(id, industry);
    } else if (language === 'en') industry.name = name;
    return industry;
  }

  private async readPresets(): Promise<Map<string, string>> {
    const all = JSON.parse(await readFile(require.resolve(`${DIST}/presets.min.json`), 'utf8')) as Record<string, Preset>;
    const businesses = new Map<string, string>();
    for (const [id, preset] of Object.entries(all)) {
      // The most specific tag is enough to find the objects: cuisine=pizza rather than amenity=restaurant and cuisine=pizza.
      const tags = Object.entries(preset.tags).filter(([, value]) => !/^(?:\*|yes|no|only)$/.test(value));
      const tag = tags.at(-1);
      if (tag && isBusinessPreset(id)) businesses.set(id, tag.join('='));
    }
    return businesses;
  }

  private async readTranslations(language: string): Promise<Record<string, Translation>> {
    const code = language === 'zh' ? 'zh-CN' : language;
    if (!/^[a-z]{2,3}(?:-[A-Z]{2})?$/.test(code)) return {};
    const file = await readFile(require.resolve(`${DIST}/presets.min.json`).replace('presets.min.json', `translations/${code}.min.json`), 'utf8').catch(() => null);
    if (file === null) return {};
    const data = JSON.parse(file) as Record<string, { presets?: { presets?: Record<string, Translation> } }>;
    return data[code]?.presets?.presets ?? {};
  }
}
