import type { SearchProviderName } from '../../entities/enums.js';
import type { GeoPlace, IndustryMatch } from '../../entities/search-values.js';
import type { Strategy } from '../../entities/strategy.js';
import { LeadlineError } from '../../errors.js';
import type { RulesReading } from '../nlp/rules.js';

export interface StrategyChange {
  industries?: string[] | null; locations?: string[] | null; roles?: string[] | null; keywords?: string[] | null; exclusions?: string[] | null;
  targetCount?: number | null; queries?: { provider: SearchProviderName; query: string }[] | null;
}

type Parts = Pick<Strategy, 'roles' | 'keywords' | 'exclusions' | 'targetCount'> & { industries: IndustryMatch[]; locations: GeoPlace[] };

/** A given place must exist and a given industry is looked up; what is not given stays. @throws STRATEGY_INVALID */
export async function checkStrategy(current: Strategy, change: StrategyChange, read: (text: string) => Promise<RulesReading>): Promise<Parts> {
  const fields: string[] = [];
  const { targetCount } = { targetCount: change.targetCount ?? current.targetCount };
  if (targetCount < 1 || targetCount > 1_000) fields.push('targetCount');
  for (const name of ['roles', 'keywords', 'exclusions', 'industries', 'locations'] as const) {
    const given = change[name];
    if (given && (given.length > 50 || given.some((text) => text.trim().length < 1 || text.length > 200))) fields.push(name);
  }
  if (change.queries?.some(({ query }) => query.trim().length < 1 || query.length > 400)) fields.push('queries');
  if (fields.length > 0) throw new LeadlineError('STRATEGY_INVALID', `Out of range: ${fields.join(', ')}.`, { details: { fields } });

  const industries = change.industries ? await Promise.all(change.industries.map(async (text) => (await read(text)).industries[0] ?? { name: text, code: null, osmTags: [], keywords: [] })) : current.industries;
  const locations: GeoPlace[] = [];
  for (const text of change.locations ?? []) {
    const place = (await read(`in ${text}`)).locations[0];
    if (!place) throw new LeadlineError('STRATEGY_INVALID', `There is no place called ${text}.`, { details: { fields: ['locations'] } });
    locations.push(place);
  }
  return {
    industries, locations: change.locations ? locations : current.locations, targetCount,
    roles: change.roles ?? current.roles, keywords: change.keywords ?? current.keywords, exclusions: change.exclusions ?? current.exclusions,
  };
}
