/**
 * From hits of many queries and sources to one ranked list of company sites.
 *
 * Agreement is measured by reciprocal-rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009, k = 60): a site scores
 * 1 / (k + rank) in each list it appears in. What the words say (trade, place, keywords) is added as factors of their own.
 * Points are multiples of a quarter, which binary fractions hold exactly, so the factors always add up to the score.
 */
import type { SearchProviderName } from '../../entities/enums.js';
import type { ScoreFactor } from '../../entities/score-factor.js';
import type { GeoPlace, IndustryMatch } from '../../entities/search-values.js';
import { countryOfHost, languagesOf, placeNames } from './geography.js';
import { industryTerms } from './industry-terms.js';
import type { SearchHit } from './providers/provider.js';
import { isContactPage, siteOf, type SiteIdentity } from './site-identity.js';
import { Haystack, hostRun, runHas } from './words.js';

/** What the results are measured against: the parts of a strategy. */
export interface RankPlan {
  industries: readonly IndustryMatch[];
  locations: readonly GeoPlace[];
  keywords: readonly string[];
  roles?: readonly string[];
  exclusions?: readonly string[];
}

export interface RankedResult {
  /** Where a crawl of the site begins. */
  url: string;
  /** The best hit as the source gave it. */
  hitUrl: string;
  /** Identity of the site, see `SiteIdentity.domain`. */
  domain: string;
  title: string;
  snippet: string;
  /** In the order in which they rank the site. */
  providers: SearchProviderName[];
  /** 1-based. */
  rank: number;
  /** 0 to 100: the sum of the factors' points. */
  score: number;
  factors: ScoreFactor[];
  attribution: string | null;
}

/** Most points of each factor; what the goal does not ask for goes to `search`. */
const WEIGHTS = { search: 40, industry: 25, place: 20, keywords: 10, page: 5 } as const;
const RRF_K = 60;
const IN_TITLE = 1;
const IN_HOST = 0.9;
const IN_SNIPPET = 0.7;

interface Candidate { site: SiteIdentity; hits: SearchHit[]; fused: number; lists: number }
interface Match { share: number; words: string; where: string }
/** What one hit says; looked at once per plan. */
interface HitMatches { industry: Match; exactPlace: Match; widerPlace: Match; country: string | null; keywords: number[] }

const NO_MATCH: Match = { share: 0, words: '', where: '' };
/** Hits of one site that are read for words; more say nothing new. */
const MAX_READ_HITS = 5;

/** Deterministic: the same hits in any order give the same list. */
export function rankResults(hits: readonly SearchHit[], plan: RankPlan): RankedResult[] {
  const candidates = candidatesOf(hits);
  const best = Math.max(0, ...candidates.map((candidate) => candidate.fused));
  const wanted = wantedOf(plan);
  return candidates
    .map((candidate) => ({ candidate, result: describe(candidate, best, wanted) }))
    .sort((a, b) => b.result.score - a.result.score || b.candidate.fused - a.candidate.fused || compare(a.result.domain, b.result.domain))
    .map(({ result }, index) => ({ ...result, rank: index + 1 }));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function candidatesOf(hits: readonly SearchHit[]): Candidate[] {
  const bySite = new Map<string, { site: SiteIdentity; hits: SearchHit[] }>();
  for (const hit of hits) {
    const site = siteOfHit(hit);
    if (site === null) continue;
    const known = bySite.get(site.domain);
    if (known === undefined) bySite.set(site.domain, { site, hits: [hit] });
    else known.hits.push(hit);
  }
  return [...bySite.values()].map((group) => {
    // In each list only the site's best position counts: ten pages of one site are not ten votes.
    const bestByList = new Map<string, number>();
    for (const hit of group.hits) {
      const list = `${hit.provider}\n${hit.query}`;
      bestByList.set(list, Math.min(bestByList.get(list) ?? Number.POSITIVE_INFINITY, Math.max(0, hit.position)));
    }
    // Summed from small to large, so that the order of the hits cannot change the last bit.
    const fused = [...bestByList.values()].sort((a, b) => b - a).reduce((total, position) => total + 1 / (RRF_K + position + 1), 0);
    return { site: group.site, hits: [...group.hits].sort(byPromise), fused, lists: bestByList.size };
  });
}

const sites = new WeakMap<SearchHit, SiteIdentity | null>();

function siteOfHit(hit: SearchHit): SiteIdentity | null {
  const kept = sites.get(hit);
  if (kept !== undefined) return kept;
  const site = siteOf(hit.url);
  sites.set(hit, site);
  return site;
}

/** The start page first, then contact pages, then by position. */
function byPromise(a: SearchHit, b: SearchHit): number {
  return pageClass(a) - pageClass(b) || a.position - b.position || compare(a.url, b.url) || compare(a.provider, b.provider) || compare(a.query, b.query);
}

function pageClass(hit: SearchHit): number {
  if (siteOfHit(hit)?.isStartPage === true) return 0;
  return isContactPage(hit.url) ? 1 : 2;
}

interface Wanted { matches: WeakMap<SearchHit, HitMatches>; trades: string[]; exactPlaces: string[]; widerPlaces: string[]; countries: Set<string>; keywords: string[]; weights: { search: number; industry: number; place: number; keywords: number; page: number } }

const recentPlans = new Map<string, Wanted>();
const MAX_RECENT_PLANS = 16;

/** A round ranks the same hits for the same plan again with each new page, so what is known is kept. */
function wantedOf(plan: RankPlan): Wanted {
  const key = JSON.stringify([plan.industries, plan.locations, plan.keywords]);
  const kept = recentPlans.get(key);
  if (kept !== undefined) return kept;
  const oldest = recentPlans.size >= MAX_RECENT_PLANS ? recentPlans.keys().next().value : undefined;
  if (oldest !== undefined) recentPlans.delete(oldest);
  const made = readPlan(plan);
  recentPlans.set(key, made);
  return made;
}

function readPlan(plan: RankPlan): Wanted {
  const languages = [...new Set(['en', ...plan.locations.flatMap((place) => languagesOf(place.countryCode).slice(0, 2))])].slice(0, 5);
  const trades = plan.industries.flatMap((industry) => [industry.name, ...industry.keywords.slice(0, 8), ...languages.flatMap((language) => industryTerms(industry, language))]);
  const places = plan.locations.map(placeNames);
  const industry = trades.length > 0 ? WEIGHTS.industry : 0;
  const place = places.length > 0 ? WEIGHTS.place : 0;
  const keywords = plan.keywords.length > 0 ? WEIGHTS.keywords : 0;
  return {
    matches: new WeakMap(),
    trades: [...new Set(trades)],
    exactPlaces: [...new Set(places.flatMap((names) => names.exact))],
    widerPlaces: [...new Set(places.flatMap((names) => names.wider))],
    countries: new Set(plan.locations.map((location) => location.countryCode.toUpperCase())),
    keywords: [...plan.keywords].slice(0, 12),
    weights: { industry, place, keywords, page: WEIGHTS.page, search: 100 - industry - place - keywords - WEIGHTS.page },
  };
}

function describe(candidate: Candidate, best: number, wanted: Wanted): Omit<RankedResult, 'rank'> {
  // A candidate exists because a hit made it.
  const hit = candidate.hits[0] as SearchHit;
  const read = candidate.hits.slice(0, MAX_READ_HITS).map((one) => matchesOf(one, wanted));
  const factors = [searchFactor(candidate, best, wanted), industryFactor(read, wanted), placeFactor(read, wanted), keywordFactor(read, wanted), pageFactor(hit, wanted)]
    .filter((factor) => factor !== null);
  const byPosition = [...candidate.hits].sort((a, b) => a.position - b.position || compare(a.provider, b.provider));
  return {
    url: siteOfHit(hit)?.startUrl ?? candidate.site.startUrl,
    hitUrl: hit.url,
    domain: candidate.site.domain,
    title: hit.title,
    snippet: hit.snippet,
    providers: [...new Set(byPosition.map((one) => one.provider))],
    score: factors.reduce((total, factor) => total + factor.points, 0),
    factors,
    attribution: candidate.hits.find((one) => one.attribution !== null)?.attribution ?? null,
  };
}

function matchesOf(hit: SearchHit, wanted: Wanted): HitMatches {
  const kept = wanted.matches.get(hit);
  if (kept !== undefined) return kept;
  const host = URL.canParse(hit.url) ? new URL(hit.url).hostname : '';
  const run = hostRun(host);
  const title = new Haystack(hit.title);
  const snippet = new Haystack(hit.snippet);
  const asWords = (text: Haystack, phrase: string): number => text.phraseShare(phrase);
  const asName = (text: Haystack, phrase: string): number => (text.hasName(phrase) ? 1 : 0);
  const best = (phrases: readonly string[], share: (text: Haystack, phrase: string) => number): Match =>
    phrases.reduce<Match>((top, words) => {
      const offers: Match[] = [
        { share: IN_TITLE * share(title, words), words, where: 'title' },
        { share: runHas(run, words) ? IN_HOST : 0, words, where: 'address' },
        { share: IN_SNIPPET * share(snippet, words), words, where: 'description' },
      ];
      return offers.reduce((leader, offer) => (offer.share > leader.share ? offer : leader), top);
    }, NO_MATCH);
  const made: HitMatches = {
    industry: best(wanted.trades, asWords),
    exactPlace: best(wanted.exactPlaces, asName),
    widerPlace: best(wanted.widerPlaces, asName),
    country: countryOfHost(host),
    keywords: wanted.keywords.map((keyword) => Math.max(title.phraseShare(keyword), snippet.phraseShare(keyword))),
  };
  wanted.matches.set(hit, made);
  return made;
}

function strongest(matches: readonly Match[]): Match {
  return matches.reduce((top, match) => (match.share > top.share ? match : top), NO_MATCH);
}

/** Down to a quarter, so that sums are exact. */
function quarter(points: number): number {
  return Math.floor(points * 4) / 4;
}

function searchFactor(candidate: Candidate, best: number, wanted: Wanted): ScoreFactor {
  const share = best > 0 ? candidate.fused / best : 0;
  const position = Math.min(...candidate.hits.map((hit) => hit.position)) + 1;
  const lists = candidate.lists === 1 ? 'one result list' : `${candidate.lists} result lists`;
  return { name: 'search', points: quarter(wanted.weights.search * share), reason: `in ${lists}, best position ${position}` };
}

function industryFactor(read: readonly HitMatches[], wanted: Wanted): ScoreFactor | null {
  if (wanted.weights.industry === 0) return null;
  const match = strongest(read.map((one) => one.industry));
  const reason = match.share > 0 ? `“${match.words}” in the ${match.where}` : 'nothing names the industry';
  return { name: 'industry', points: quarter(wanted.weights.industry * match.share), reason };
}

/** The place itself, else its region or country, else at least the country's own domain ending. */
function placeFactor(read: readonly HitMatches[], wanted: Wanted): ScoreFactor | null {
  if (wanted.weights.place === 0) return null;
  const exact = strongest(read.map((one) => one.exactPlace));
  const wider = strongest(read.map((one) => one.widerPlace));
  const country = read.map((one) => one.country).find((code) => code !== null && wanted.countries.has(code)) ?? null;
  const offers = [
    { share: exact.share, reason: `“${exact.words}” in the ${exact.where}` },
    { share: wider.share * 0.6, reason: `“${wider.words}” in the ${wider.where}` },
    { share: country === null ? 0 : 0.5, reason: `the domain ending belongs to ${country ?? ''}` },
  ];
  const best = offers.reduce((top, offer) => (offer.share > top.share ? offer : top));
  return { name: 'place', points: quarter(wanted.weights.place * best.share), reason: best.share > 0 ? best.reason : 'nothing names the place' };
}

function keywordFactor(read: readonly HitMatches[], wanted: Wanted): ScoreFactor | null {
  if (wanted.weights.keywords === 0) return null;
  const found = wanted.keywords.map((keyword, index) => ({ keyword, share: Math.max(0, ...read.map((one) => one.keywords[index] ?? 0)) }));
  const share = found.reduce((total, one) => total + one.share, 0) / found.length;
  const named = found.filter((one) => one.share === 1).map((one) => `“${one.keyword}”`);
  const reason = named.length > 0 ? `mentions ${named.join(', ')}` : share > 0 ? 'mentions parts of the keywords' : 'mentions none of the keywords';
  return { name: 'keywords', points: quarter(wanted.weights.keywords * share), reason };
}

function pageFactor(hit: SearchHit, wanted: Wanted): ScoreFactor {
  const [share, reason] = [[1, 'the start page of the site'], [0.6, 'a contact or about page of the site'], [0, 'a page inside the site']][pageClass(hit)] as [number, string];
  return { name: 'page', points: quarter(wanted.weights.page * share), reason };
}
