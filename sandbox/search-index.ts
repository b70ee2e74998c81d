import { type SearchDocument } from './web-host.js';

/** Words that carry no meaning in a query of one of the served languages. */
const STOP_WORDS = new Set('a an and are at by de der die das des du el en et for from in is la le les los of on or that the their to und y with which who near im am bei für di da per con em no na w z i och på van het een nl find me all any some'.split(' '));

/** Words that say what to do on the page, not what it is about; they must not outweigh the trade and the place. */
const VAGUE_WORDS = new Set('contact kontakt email mail e office website site web phone telephone address company companie business official team staff service best top'.split(' '));
const VAGUE_WEIGHT = 0.25;

/** Letters and digits, folded to lower case without marks; CJK is cut into pairs, since it has no spaces. */
export function tokens(text: string): string[] {
  const folded = text.toLowerCase().replace(/ß/g, 'ss').normalize('NFKD').replace(/\p{M}/gu, '');
  const result: string[] = [];
  for (const [word] of folded.matchAll(/[\p{L}\p{N}]{1,60}/gu)) {
    if (/[\u3040-\u30ff\u3400-\u9fff]/u.test(word)) {
      const characters = [...word];
      if (characters.length === 1) result.push(word);
      for (let i = 0; i + 1 < characters.length; i++) result.push(`${characters[i] ?? ''}${characters[i + 1] ?? ''}`);
    } else result.push(stem(word));
  }
  return result;
}

/** Enough stemming for plurals: bakeries → bakery, clinics → clinic, lawyers → lawyer. */
function stem(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 4 && /(ss|us|is)$/.test(word)) return word;
  if (word.length > 5 && /(ches|shes|xes|sses)$/.test(word)) return word.slice(0, -2);
  if (word.length > 3 && word.endsWith('s')) return word.slice(0, -1);
  return word;
}

export interface ParsedQuery {
  terms: string[];
  phrases: string[][];
  excluded: string[];
  site?: string;
  excludedSites: string[];
}

/** The operators people use: "phrase", -word, site:, -site:. */
export function parseQuery(query: string): ParsedQuery {
  const parsed: ParsedQuery = { terms: [], phrases: [], excluded: [], excludedSites: [] };
  for (const [whole, minus = '', phrase, word = ''] of query.matchAll(/(-?)"([^"]{1,200})"|(?<![^\s])-?[^\s"]{1,200}/g)) {
    if (phrase !== undefined) {
      const list = tokens(phrase);
      if (minus) parsed.excluded.push(...list);
      else {
        parsed.phrases.push(list);
        parsed.terms.push(...list);
      }
      continue;
    }
    const bare = word || whole;
    const site = /^-?site:(.{1,100})$/i.exec(bare)?.[1]?.toLowerCase();
    if (site) {
      if (bare.startsWith('-')) parsed.excludedSites.push(site);
      else parsed.site = site;
    } else if (bare.startsWith('-') && bare.length > 1) parsed.excluded.push(...tokens(bare.slice(1)));
    else if (bare !== 'OR' && bare !== 'AND') parsed.terms.push(...tokens(bare));
  }
  const meaningful = parsed.terms.filter((term) => !STOP_WORDS.has(term));
  parsed.terms = [...new Set(meaningful.length > 0 ? meaningful : parsed.terms)];
  return parsed;
}

interface Indexed {
  document: SearchDocument;
  /** Weighted frequency of each term. */
  weights: Map<string, number>;
  length: number;
  order: number;
}

export interface SearchHit {
  document: SearchDocument;
  score: number;
}

/** Companies in one noise page per this many, in the order of their scores. */
const NOISE_EVERY = 4;

/** Directories and social pages stand among the companies, as they do on a real results page, and not in a heap. */
function blend(hits: readonly SearchHit[]): SearchHit[] {
  const companies = hits.filter((hit) => hit.document.kind === 'site');
  const noise = hits.filter((hit) => hit.document.kind !== 'site');
  const mixed: SearchHit[] = [];
  for (const [i, company] of companies.entries()) {
    mixed.push(company);
    const next = i % NOISE_EVERY === 0 ? noise.shift() : undefined;
    if (next) mixed.push(next);
  }
  return [...mixed, ...noise];
}

const FIELDS = [['title', 4], ['keywords', 3], ['description', 2], ['text', 1]] as const;
/** Shorter words occur inside too many others by chance. */
const MIN_COMPOUND_PART = 5;
const K1 = 1.4;
const B = 0.5;

/** A small real inverted index: BM25 (Robertson & Zaragoza 2009) over weighted fields, one entry per page. */
export class SearchIndex {
  private readonly indexed: Indexed[] = [];
  private readonly postings = new Map<string, Indexed[]>();
  private readonly averageLength: number;

  constructor(documents: readonly SearchDocument[]) {
    for (const document of documents) {
      const weights = new Map<string, number>();
      let length = 0;
      for (const [field, weight] of FIELDS) {
        for (const term of tokens(document[field])) {
          weights.set(term, (weights.get(term) ?? 0) + weight);
          length += weight;
        }
      }
      const entry: Indexed = { document, weights, length, order: this.indexed.length };
      this.indexed.push(entry);
      for (const term of weights.keys()) {
        const list = this.postings.get(term);
        if (list) list.push(entry);
        else this.postings.set(term, [entry]);
      }
    }
    this.averageLength = this.indexed.reduce((sum, entry) => sum + entry.length, 0) / Math.max(1, this.indexed.length);
  }

  /**
   * Ranked pages. Like a real engine it goes on with weaker matches, and in the end with anything, rather than stop: only
   * a query none of whose words occurs anywhere has no answer. At most `perHost` pages of a host come before the fill.
   */
  search(query: string, options: { country?: string; language?: string; perHost: number }): SearchHit[] {
    const parsed = parseQuery(query);
    const scores = new Map<Indexed, number>();
    const matched = new Map<Indexed, Set<string>>();
    for (const term of parsed.terms) {
      for (const { entry, frequency, idf } of this.matches(term)) {
        const norm = K1 * (1 - B + (B * entry.length) / this.averageLength);
        scores.set(entry, (scores.get(entry) ?? 0) + (idf * frequency * (K1 + 1)) / (frequency + norm));
        const terms = matched.get(entry) ?? new Set();
        matched.set(entry, terms.add(term));
      }
    }
    if (scores.size === 0 && parsed.site === undefined) return [];
    const hits = this.indexed.filter((entry) => this.allowed(entry, parsed)).map((entry) => {
      let score = scores.get(entry) ?? 0;
      if (score > 0) {
        score *= 0.25 + (0.75 * (matched.get(entry)?.size ?? 0)) / Math.max(1, parsed.terms.length);
        // A phrase is a strong wish, not a condition: engines drop the quotes rather than show an empty page.
        if (parsed.phrases.some((phrase) => !phrase.every((term) => entry.weights.has(term)))) score *= 0.3;
        if (entry.document.start) score *= 1.25;
        if (options.country && entry.document.countryCode === options.country) score *= 1.15;
        if (options.language && entry.document.language === options.language) score *= 1.05;
      }
      return { entry, score };
    });
    hits.sort((a, b) => b.score - a.score || Number(b.entry.document.start) - Number(a.entry.document.start) || a.entry.order - b.entry.order);
    const perHost = new Map<string, number>();
    const first: SearchHit[] = [];
    const later: SearchHit[] = [];
    for (const { entry, score } of hits) {
      const count = (perHost.get(entry.document.host) ?? 0) + 1;
      perHost.set(entry.document.host, count);
      (count <= options.perHost || parsed.site !== undefined ? first : later).push({ document: entry.document, score });
    }
    return [...blend(first), ...later];
  }

  /** Entries with a term, or with a compound that holds it: `anwalt` in `rechtsanwalt` counts half. */
  private matches(term: string): { entry: Indexed; frequency: number; idf: number }[] {
    const found = new Map<Indexed, number>();
    for (const entry of this.postings.get(term) ?? []) found.set(entry, entry.weights.get(term) ?? 0);
    if (term.length >= MIN_COMPOUND_PART) {
      for (const [compound, entries] of this.postings) {
        if (compound === term || !compound.includes(term)) continue;
        for (const entry of entries) found.set(entry, (found.get(entry) ?? 0) + (entry.weights.get(compound) ?? 0) / 2);
      }
    }
    const idf = Math.log(1 + (this.indexed.length - found.size + 0.5) / (found.size + 0.5)) * (VAGUE_WORDS.has(term) ? VAGUE_WEIGHT : 1);
    return [...found].map(([entry, frequency]) => ({ entry, frequency, idf }));
  }

  private allowed(entry: Indexed, parsed: ParsedQuery): boolean {
    const { host } = entry.document;
    const under = (site: string) => host === site || host.endsWith(`.${site}`);
    if (parsed.site !== undefined && !under(parsed.site)) return false;
    if (parsed.excludedSites.some(under) || parsed.excluded.some((term) => entry.weights.has(term))) return false;
    return true;
  }
}
