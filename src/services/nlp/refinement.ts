import { EntityKind, IntentKind } from '../../entities/enums.js';
import { type GeoPlace } from '../../entities/search-values.js';
import { LeadlineError } from '../../errors.js';
import { type RulesReading } from './rules.js';
import { fold } from './tokens.js';

const ADDS = /\b(?:also|add|adding|plus|as well|too|additionally|include|including|auch|zus[aä]tzlich|f[uü]ge|aussi|[eé]galement|ajoute[rz]?|tambi[eé]n|a[nñ]ade|agrega|anche|aggiungi|ook|voeg|tamb[eé]m|adicione|inclua|inclui?r?|inclure)(?![\p{L}])/iu;
const REMOVES = /\b(?:remove|removing|drop|delete|take out|instead of|entferne|streiche|statt|retire[rz]?|enl[eè]ve|supprime|au lieu de|quita|elimina|en vez de|en lugar de|togli|rimuovi|invece di|verwijder|haal|in plaats van|remova|tire|em vez de)(?![\p{L}])/iu;

const placeKey = (p: GeoPlace): string => `${p.name}|${p.region ?? ''}|${p.countryCode}`;

function merge<T>(before: readonly T[], said: readonly T[], mode: 'add' | 'replace' | 'remove', key: (item: T) => string): T[] {
  if (said.length === 0) return [...before];
  const keys = new Set(said.map(key));
  if (mode === 'remove') return before.filter((item) => !keys.has(key(item)));
  const base = mode === 'add' ? before : [];
  return [...new Map([...base, ...said].map((item) => [key(item), item])).values()];
}

/** Part of a message that takes something away ("dentists instead of orthodontists"): from the word on. */
export function splitRemoval(message: string): { kept: string; removed: string } {
  const match = REMOVES.exec(message);
  if (!match) return { kept: message, removed: '' };
  const rest = message.slice(match.index + match[0].length);
  const end = /[.;!?\n]|,? (?:and|but) (?=add|also|only|make|use|search)/i.exec(rest);
  const instead = /\binstead of\b|statt|au lieu|en vez|en lugar|invece|in plaats|em vez/iu.test(match[0]);
  // "instead of A, B": what follows the comma is wanted.
  const comma = instead ? rest.indexOf(',') : -1;
  const stop = comma >= 0 ? comma : (end?.index ?? rest.length);
  return { kept: `${message.slice(0, match.index)} ${rest.slice(stop)}`, removed: rest.slice(0, stop) };
}

/**
 * Applies a follow-up to a reading: what it names replaces its like, unless it says "also" (added) or "remove".
 * Entities keep pointing into the text of the goal.
 * @throws LeadlineError GOAL_INVALID when the message changes nothing.
 */
export function applyFollowUp(previous: RulesReading, message: string, kept: RulesReading, removed: RulesReading | null): RulesReading {
  const mode = ADDS.test(message) ? 'add' : 'replace';
  const counted = kept.entities.some((e) => e.kind === EntityKind.COUNT);
  const text = (s: string): string => fold(s);
  let industries = merge(previous.industries, kept.industries, mode, (i) => i.name);
  let locations = merge(previous.locations, kept.locations, mode, placeKey);
  let roles = merge(previous.roles, kept.roles, mode, text);
  // Words narrow further and never replace each other: "with parking" after "with a garden" means both.
  const noise = /^(?:change|make|set|switch|focus|update|instead|limit|increase|reduce|raise|lower|target|goal|only|now|actually|sorry|rather)\b/i;
  let keywords = merge(previous.keywords, kept.keywords.filter((k) => !noise.test(k)), 'add', text);
  const exclusions = merge(previous.exclusions, kept.exclusions, 'add', text);
  if (removed) {
    industries = merge(industries, removed.industries, 'remove', (i) => i.name);
    locations = merge(locations, removed.locations, 'remove', placeKey);
    roles = merge(roles, removed.roles, 'remove', text);
    keywords = merge(keywords, removed.keywords, 'remove', text);
  }
  // What is now excluded is no longer wanted ("no Dallas" after "Austin and Dallas").
  const unwanted = new Set(exclusions.map(text));
  locations = locations.filter((p) => !unwanted.has(text(p.name)));
  keywords = keywords.filter((k) => !unwanted.has(text(k)));
  const result: RulesReading = { ...previous, industries, locations, roles, keywords, exclusions, targetCount: counted ? kept.targetCount : previous.targetCount };
  if (previous.intent.kind === IntentKind.FIND_COMPANIES && kept.intent.kind === IntentKind.FIND_PEOPLE) result.intent = kept.intent;
  const changed = (r: RulesReading): string => JSON.stringify([r.industries, r.locations, r.roles, r.keywords, r.exclusions, r.targetCount, r.intent.kind]);
  if (changed(result) === changed(previous) && !counted) throw new LeadlineError('GOAL_INVALID', 'The message names nothing that changes the search: say what to add, remove or replace.', { details: { intent: kept.intent.kind } });
  return result;
}
