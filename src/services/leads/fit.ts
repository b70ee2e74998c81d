/** Fit, 0 to 60: industry, place and keywords of the goal as the site prints them; exclusions take away. */
import countries from 'i18n-iso-countries';
import { type GeoPlace } from '../../entities/search-values.js';
import { type BuildGoal, type BuildPage, type LeadDraft } from './lead-draft.js';
import { bestPerTerm, type Mention, mentions, termPattern } from './mentions.js';
import { type ToldFactor } from './score.js';
import { plain } from './sightings.js';

export const MAX_FIT = 60;
/** Shares of the parts; a part the goal does not ask about leaves its share to the others. */
const SHARES = { industry: 30, location: 15, keywords: 15 } as const;
/** Each excluded word that is found costs this much, down to a fit of 0. */
const EXCLUSION_COST = 20;

function quote(mention: Mention): string {
  return `"${mention.snippet.slice(mention.start, mention.end)}"`;
}

function placeOnPage(mention: Mention): string {
  return mention.where === 'text' ? `on ${mention.page.url}` : `in the ${mention.where} of ${mention.page.url}`;
}

/** Whole points per part, in proportion to the shares of what was asked; they add up to MAX_FIT. */
function maxima(goal: BuildGoal): Record<keyof typeof SHARES, number> {
  const asked = { industry: goal.industries.length > 0, location: goal.locations.length > 0, keywords: goal.keywords.length > 0 };
  const parts = (Object.keys(SHARES) as (keyof typeof SHARES)[]).filter((part) => asked[part]);
  const total = parts.reduce((sum, part) => sum + SHARES[part], 0);
  const out = { industry: 0, location: 0, keywords: 0 };
  let left = MAX_FIT;
  parts.forEach((part, index) => {
    out[part] = index === parts.length - 1 ? left : Math.round(MAX_FIT * SHARES[part] / total);
    left -= out[part];
  });
  return out;
}

function industryFactor(draft: LeadDraft, pages: readonly BuildPage[], goal: BuildGoal, max: number): ToldFactor {
  const names = goal.industries.map((industry) => industry.name);
  const terms = goal.industries.flatMap((industry) => [industry.name, ...industry.keywords]);
  const stated = draft.evidence.find((entry) => entry.field === 'industry');
  // "BikeStore" is how schema.org spells it; a trade taken from the goal's own words proves nothing twice.
  const printed = stated === undefined ? '' : stated.snippet.slice(stated.start, stated.end).replace(/([a-z])([A-Z])/g, '$1 $2');
  const trade = stated !== undefined && stated.snippet.startsWith('@type: ') ? terms.find((term) => termPattern(term)?.test(printed) === true) : undefined;
  const found = mentions(pages, terms);
  const best = found[0];
  const inName = terms.find((term) => termPattern(term)?.test(draft.companyName) === true);
  if (best === undefined && inName === undefined && trade === undefined) {
    return { name: 'industry', points: 0, reason: `None of the words for ${names.join(', ')} was found on ${pages.length} pages.`, told: null };
  }
  if (inName !== undefined) return { name: 'industry', points: max, reason: `The company's name says "${inName}".`, told: `names "${inName}" in its own name` };
  if (best === undefined || best.where === 'text' && trade !== undefined) {
    return { name: 'industry', points: max, reason: `Structured data on ${stated?.pageUrl ?? ''} says "${stated?.value ?? ''}".`, told: `calls itself "${stated?.value ?? ''}"` };
  }
  const pagesWith = new Set(found.map((mention) => mention.page.id)).size;
  const strong = found.find((mention) => mention.where !== 'text') ?? best;
  const share = strong.where === 'title' && strong.page.depth === 0 ? 1 : strong.where !== 'text' ? 0.9 : new Set(found.map((mention) => mention.term)).size > 1 || pagesWith > 1 ? 0.75 : 0.5;
  return { name: 'industry', points: Math.round(max * share), reason: `Says ${quote(strong)} ${placeOnPage(strong)}${found.length > 1 ? ` and ${found.length - 1} more of the goal's words` : ''}.`, told: `says ${quote(strong)} ${placeOnPage(strong)}` };
}

function isCountry(place: GeoPlace): boolean {
  const names = [countries.getName(place.countryCode, 'en', { select: 'all' }) ?? []].flat();
  return plain(place.name) === plain(place.countryCode) || names.some((name) => plain(name) === plain(place.name));
}

function locationFactor(draft: LeadDraft, pages: readonly BuildPage[], goal: BuildGoal, max: number): ToldFactor {
  const wanted = goal.locations.map((place) => place.name).join(', ');
  const scored = goal.locations.map((place) => ({ place, ...placeMatch(draft, pages, place) })).sort((one, other) => other.share - one.share)[0];
  if (scored === undefined || scored.share === 0) {
    const actual = [draft.city, draft.countryCode].filter((part) => part !== null).join(', ');
    return { name: 'location', points: 0, reason: actual === '' ? `No address was found, so ${wanted} could not be confirmed.` : `The site says ${actual}, not ${wanted}.`, told: null };
  }
  return { name: 'location', points: Math.round(max * scored.share), reason: `${scored.why}.`, told: scored.told };
}

function placeMatch(draft: LeadDraft, pages: readonly BuildPage[], place: GeoPlace): { share: number; why: string; told: string | null } {
  const name = plain(place.name);
  const sameCountry = draft.countryCode === null || draft.countryCode === place.countryCode;
  if (isCountry(place)) {
    return draft.countryCode === place.countryCode
      ? { share: 1, why: `The site's country is ${place.countryCode}`, told: `is in ${place.name}` } : { share: 0, why: '', told: null };
  }
  if (sameCountry && draft.city !== null && name !== '' && (plain(draft.city) === name || ` ${plain(draft.city)} `.includes(` ${name} `))) {
    return { share: 1, why: `The address is in ${draft.city}`, told: `is in ${draft.city}` };
  }
  if (sameCountry && draft.address !== null && name !== '' && ` ${plain(draft.address)} `.includes(` ${name} `)) return { share: 1, why: `The address "${draft.address}" names ${place.name}`, told: `has an address in ${place.name}` };
  const mention = mentions(pages, [place.name])[0];
  if (sameCountry && mention !== undefined) {
    // Named on the page, but the address says another town or nothing: near, or just mentioned.
    return { share: draft.city === null ? 0.7 : 0.5, why: `Names ${quote(mention)} ${placeOnPage(mention)}`, told: `names ${quote(mention)} ${placeOnPage(mention)}` };
  }
  return draft.countryCode === place.countryCode ? { share: 0.25, why: `The country is ${place.countryCode}, but ${place.name} is not named`, told: null } : { share: 0, why: '', told: null };
}

function keywordFactor(pages: readonly BuildPage[], goal: BuildGoal, max: number): ToldFactor {
  const found = mentions(pages, goal.keywords);
  const each = bestPerTerm(found);
  const best = found[0];
  if (best === undefined) return { name: 'keywords', points: 0, reason: `Not found on ${pages.length} pages: ${goal.keywords.join(', ')}.`, told: null };
  const all = new Set(goal.keywords.map((word) => word.trim()).filter((word) => word !== '')).size;
  const told = each.slice(0, 3).map((mention) => `${quote(mention)} ${placeOnPage(mention)}`).join('; ');
  return { name: 'keywords', points: Math.round(max * each.length / all), reason: `${each.length} of ${all} found: ${told}.`, told: `mentions ${quote(best)}` };
}

/** One factor per part the goal asks about, and one per exclusion that was found; the sum is within 0 and 60. */
export function fitFactors(draft: LeadDraft, pages: readonly BuildPage[], goal: BuildGoal): ToldFactor[] {
  const max = maxima(goal);
  const factors: ToldFactor[] = [];
  if (max.industry > 0) factors.push(industryFactor(draft, pages, goal, max.industry));
  if (max.location > 0) factors.push(locationFactor(draft, pages, goal, max.location));
  if (max.keywords > 0) factors.push(keywordFactor(pages, goal, max.keywords));
  let left = factors.reduce((sum, factor) => sum + factor.points, 0);
  for (const mention of bestPerTerm(mentions(pages, goal.exclusions))) {
    const cost = Math.min(EXCLUSION_COST, left);
    left -= cost;
    factors.push({ name: 'exclusion', points: cost === 0 ? 0 : -cost, reason: `The goal excludes "${mention.term}", and the site says ${quote(mention)} ${placeOnPage(mention)}.`, told: `says ${quote(mention)}, which the goal excludes` });
  }
  return factors;
}
