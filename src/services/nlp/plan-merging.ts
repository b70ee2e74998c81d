import { type GeoPlace, type IndustryMatch } from '../../entities/search-values.js';
import { MAX_COUNT } from './counts.js';
import { findDomains } from './domains.js';
import { type ModelPlan } from './model.js';
import { type RulesReading } from './rules.js';
import { fold } from './tokens.js';

export interface CheckedPlan {
  /** Places the model named that our own readers found in the text. */
  places: GeoPlace[];
  industries: { name: string; keywords: string[]; known: IndustryMatch[] }[];
  /** The model's count stands in the text and the rules had none. */
  countStated: boolean;
}

const MOST = { industries: 5, roles: 10, keywords: 12, phrase: 60, rationale: 400 };

/** A contact has no place in a plan: addresses come from pages, with proof. */
function holdsContact(text: string): boolean {
  return text.includes('@') || /\d[\d\s().-]{6,}\d/.test(text) || findDomains(text).length > 0 || /https?:/i.test(text);
}

function clean(phrases: readonly string[]): string[] {
  return phrases.map((p) => p.replace(/\s+/g, ' ').trim()).filter((p) => p !== '' && p.length <= MOST.phrase && /\p{L}/u.test(p) && !holdsContact(p));
}

function union(first: readonly string[], second: readonly string[], most: number, unwanted: ReadonlySet<string>): string[] {
  const merged = new Map<string, string>();
  for (const phrase of [...first, ...clean(second)]) if (!merged.has(fold(phrase)) && !unwanted.has(fold(phrase))) merged.set(fold(phrase), phrase);
  return [...merged.values()].slice(0, most);
}

/** The rules' reading, refined by what survives of a model's plan. */
export function mergePlan(reading: RulesReading, plan: ModelPlan, checked: CheckedPlan): RulesReading {
  const unwanted = new Set(reading.exclusions.map(fold));
  const industries = new Map(reading.industries.map((i) => [i.name, i]));
  for (const proposal of checked.industries) {
    const name = clean([proposal.name])[0];
    if (name === undefined || unwanted.has(fold(name))) continue;
    // An industry of ours brings its code and tags; one we do not know keeps its words only.
    const matches = proposal.known.length > 0 ? proposal.known : [{ name, code: null, osmTags: [], keywords: [name.toLowerCase()] }];
    for (const match of matches) {
      const before = industries.get(match.name) ?? match;
      industries.set(match.name, { ...before, keywords: union(before.keywords, proposal.keywords, 8, unwanted) });
    }
  }
  const places = new Map([...reading.locations, ...checked.places].map((p) => [`${p.name}|${p.region ?? ''}|${p.countryCode}`, p]));
  const rationale = plan.rationale.replace(/\s+/g, ' ').trim();
  return {
    ...reading,
    industries: [...industries.values()].slice(0, MOST.industries),
    locations: [...places.values()].filter((p) => !unwanted.has(fold(p.name))),
    roles: union(reading.roles, plan.roles, MOST.roles, unwanted),
    keywords: union(reading.keywords, plan.keywords, MOST.keywords, unwanted),
    targetCount: checked.countStated && plan.count !== null ? Math.min(MAX_COUNT, Math.max(1, plan.count)) : reading.targetCount,
    rationale: rationale === '' || rationale.length > MOST.rationale || holdsContact(rationale) ? reading.rationale : rationale,
  };
}
