import { EntityKind, IntentKind } from '../../entities/enums.js';
import { type GoalReading } from './goal-reading.js';

const LISTED = 3;

function join(items: readonly string[], last = 'and'): string {
  if (items.length > LISTED) return `${items.slice(0, LISTED).join(', ')} and ${items.length - LISTED} more`;
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1) ?? ''}`;
}

/** One or two sentences for people that say how a goal was read. */
export function explain(reading: Omit<GoalReading, 'engine' | 'rationale'>, counted: boolean, excludedPlaces: number): string {
  const { intent, industries, locations, roles, keywords, exclusions, targetCount } = reading;
  if (intent.kind === IntentKind.OTHER || intent.kind === IntentKind.UNSAFE) return intent.reason;
  const names = industries.map((i) => `${i.name}${i.code === null ? '' : ` (NAICS ${i.code})`}`);
  const what = names.length > 0 ? `the industry ${join(names)}` : keywords.length > 0 ? `organisations for the words ${join(keywords.map((k) => `“${k}”`))}, as no known industry is named` : 'organisations of any kind';
  const site = reading.entities.find((e) => e.kind === EntityKind.COMPANY);
  const subject = intent.kind === IntentKind.ENRICH_SITE && site ? `the site ${site.value}` : intent.kind === IntentKind.FIND_PEOPLE ? `${join(roles.length > 0 ? roles : ['people'])} at ${what}` : what;
  const places = locations.map((p) => [...new Set([p.name, p.region ?? p.countryCode, p.countryCode])].slice(0, 2).join(', '));
  const where = places.length > 0 ? ` in ${join(places.map((p) => `${p}`))}` : ', anywhere';
  const count = counted ? `, ${targetCount} as stated` : `, ${targetCount} by default`;
  const narrowed = names.length > 0 && keywords.length > 0 ? ` Narrowed by ${join(keywords.map((k) => `“${k}”`))}.` : '';
  const without = exclusions.length > 0 ? ` Left out: ${join(exclusions)}${excludedPlaces > 0 ? ' (also as a place)' : ''}.` : '';
  return `Read as a search for ${subject}${intent.kind === IntentKind.ENRICH_SITE && places.length === 0 ? '' : where}${count}.${narrowed}${without}`;
}
