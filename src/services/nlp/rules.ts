import { EntityKind, IntentKind } from '../../entities/enums.js';
import { type ExtractedEntity } from '../../entities/language.js';
import { type GeoPlace, type IndustryMatch } from '../../entities/search-values.js';
import { DEFAULT_COUNT, findCount } from './counts.js';
import { findDomains } from './domains.js';
import { findExclusions } from './exclusions.js';
import { Gazetteer } from './gazetteer.js';
import { type GoalReading } from './goal-reading.js';
import { findIndustries } from './industries.js';
import { decideIntent } from './intent.js';
import { findKeywords } from './keywords.js';
import { detectLanguage, READ_LANGUAGES } from './language-detection.js';
import { IndustryLexicons, type Lexicon } from './lexicon.js';
import { SPOKEN } from './place-names.js';
import { findPlaces } from './places.js';
import { explain } from './rationale.js';
import { findRoles } from './roles.js';
import { blankInjections, unsafeReason } from './safety.js';
import { chooseIndustries } from './subject.js';
import { overlaps, tokenize, type Token } from './tokens.js';

export type RulesReading = Omit<GoalReading, 'engine'>;

/** Reads goals without a model: deterministic, offline, the same answer for the same words. */
export class GoalRules {
  private gazetteer: Promise<Gazetteer> | null = null;
  private readonly lexicons = new IndustryLexicons();

  /** Loads what the first goal needs (about a second, in slices of some milliseconds). */
  async load(): Promise<Gazetteer> {
    this.gazetteer ??= Gazetteer.load();
    try {
      const gazetteer = await this.gazetteer;
      await this.lexicons.lexicon('en');
      return gazetteer;
    } catch (error) {
      this.gazetteer = null;
      throw error;
    }
  }

  /** `text` must be at most 2,000 characters. */
  async read(text: string): Promise<RulesReading> {
    const unsafe = unsafeReason(text);
    const clean = blankInjections(text);
    const tokens = tokenize(clean);
    const gazetteer = await this.load();
    const language = detectLanguage(tokens) ?? (await this.languageByVocabulary(tokens));
    await gazetteer.addCountryNames(language);
    const lexicons = [{ language, lexicon: await this.lexicons.lexicon(language) }];
    if (language !== 'en') lexicons.push({ language: 'en', lexicon: await this.lexicons.lexicon('en') });

    const domains = findDomains(clean);
    const domainSpans = domains.map((d) => spanOf(tokens, d.start, d.end));
    const isVocabulary = (word: string): boolean => lexicons.some(({ lexicon }) => lexicon.vocabulary.has(word));
    const named = findPlaces(tokens, { gazetteer, language, isVocabulary }).filter((p) => !domainSpans.some((d) => overlaps(d, p)));
    const placeEnd = new Map(named.map((p) => [p.from, p.to]));
    const exclusions = findExclusions(clean, tokens, (index) => placeEnd.get(index) ?? index);
    const spoken = findSpoken(clean, tokens);
    const places = named.filter((p) => ![...exclusions, ...spoken].some((x) => overlaps(x, p)));
    const count = findCount(clean, tokens);
    const offer = findOffer(tokens);
    const fixed = [...offer, ...domainSpans, ...places, ...exclusions, ...(count ? [count] : [])];
    const titles = findRoles(tokens, fixed);
    const candidates = findIndustries(clean, tokens, fixed, lexicons);
    const { industries, roles } = chooseIndustries(tokens, candidates, titles, language, fixed);
    const taken = [...fixed, ...industries, ...roles];
    const companies = domains.map((d) => ({ kind: EntityKind.COMPANY, text: d.text, value: d.domain, start: d.start, end: d.end }));
    const keywords = findKeywords(clean, tokens, taken, industries.length > 0 || roles.length > 0);

    const firstRole = roles[0];
    const firstIndustry = industries[0];
    const intent = decideIntent({
      tokens, text: clean, unsafe, domains: domains.filter((d) => !isExample(clean, d.start)).length, industries: industries.length, places: places.length, roles: roles.length, keywords: keywords.length, count: count !== null,
      roleIsHead: firstRole !== undefined && (firstIndustry === undefined || firstRole.from < firstIndustry.from || tokens.slice(firstIndustry.to, firstRole.from).length === 0),
    });
    const entity = (kind: EntityKind, found: { start: number; end: number }, value: string): ExtractedEntity => ({ kind, text: text.slice(found.start, found.end), value, start: found.start, end: found.end });
    const entities = [
      ...companies, ...(count ? [entity(EntityKind.COUNT, count, String(count.value))] : []),
      ...industries.map((i) => entity(EntityKind.INDUSTRY, i, i.match.name)), ...places.map((p) => entity(EntityKind.LOCATION, p, p.value)),
      ...roles.map((r) => entity(EntityKind.ROLE, r, r.value)), ...exclusions.map((x) => entity(EntityKind.EXCLUSION, x, x.text.toLowerCase())),
      ...spoken.map((s) => entity(EntityKind.LANGUAGE, s, s.value)), ...keywords.map((k) => entity(EntityKind.KEYWORD, k, k.text)),
    ].sort((a, b) => a.start - b.start || a.end - b.end);
    const reading: Omit<RulesReading, 'rationale'> = {
      intent, entities,
      industries: uniqueBy(industries.map((i) => i.match), (i: IndustryMatch) => i.name),
      locations: uniqueBy(places.flatMap((p) => p.places), (p: GeoPlace) => `${p.name}|${p.region ?? ''}|${p.countryCode}`),
      roles: [...new Set(roles.map((r) => r.value))],
      keywords: [...new Set(keywords.map((k) => k.text))],
      exclusions: [...new Set(exclusions.map((x) => x.text))],
      targetCount: count?.value ?? DEFAULT_COUNT,
      language,
    };
    if (intent.kind === IntentKind.UNSAFE) Object.assign(reading, { entities: [], industries: [], locations: [], roles: [], keywords: [], exclusions: [] });
    return { ...reading, rationale: explain(reading, count !== null, named.filter((p) => exclusions.some((x) => overlaps(x, p))).length) };
  }

  /** Industries a phrase means, for names a model or a person gives; empty when none fits. */
  async industriesOf(phrase: string, language: string): Promise<IndustryMatch[]> {
    const tokens = tokenize(phrase.slice(0, 200));
    const lexicons = [{ language, lexicon: await this.lexicons.lexicon(language) }];
    if (language !== 'en') lexicons.push({ language: 'en', lexicon: await this.lexicons.lexicon('en') });
    return chooseIndustries(tokens, findIndustries(phrase, tokens, [], lexicons), [], language, []).industries.map((i) => i.match);
  }

  /** "Zahnarzt Köln" has no function words: the language whose trade names it uses decides. */
  private async languageByVocabulary(tokens: readonly Token[]): Promise<string> {
    const knows = (language: string, lexicon: Lexicon): number =>
      findIndustries('', tokens, [], [{ language, lexicon }]).reduce((sum, found) => sum + (found.score >= 0.93 ? found.to - found.from : 0), 0);
    let best = 'en';
    let most = knows('en', await this.lexicons.lexicon('en'));
    if (most > 0) return best;
    for (const language of READ_LANGUAGES) {
      const count = knows(language, await this.lexicons.lexicon(language));
      if (count > most) [best, most] = [language, count];
    }
    return best;
  }
}

/** "German-speaking", "deutschsprachige": the language an organisation speaks, not where it is. */
function findSpoken(text: string, tokens: readonly Token[]) {
  return tokens.flatMap((token, i) => {
    const next = tokens[i + 1];
    const code = SPOKEN[token.fold];
    if (code === undefined || next === undefined || !/^(?:speaking|speaker|speakers)$/.test(next.fold)) return [];
    return [{ from: i, to: i + 2, start: token.start, end: next.end, value: code, text: text.slice(token.start, next.end) }];
  });
}

/** "I want to sell coffee machines to hotels": what we offer says nothing about whom we look for. */
function findOffer(tokens: readonly Token[]): { from: number; to: number }[] {
  const verb = tokens.findIndex((t, i) => i < 8 && /^(?:sell|selling|pitch|pitching|offer|promote|market|verkaufen|vendre|vender|vendere|verkopen)$/.test(t.fold));
  const speaker = tokens.slice(0, verb).some((t) => /^(?:i|we|our|im|ich|wir|je|nous|quiero|queremos|voglio|vogliamo|ik|wij|quero)$/.test(t.fold));
  if (verb < 0 || !speaker) return [];
  const to = tokens.findIndex((t, i) => i > verb + 1 && i <= verb + 8 && /^(?:to|an|a|aux?|aan|para|ai|agli|alle)$/.test(t.fold));
  return to < 0 ? [] : [{ from: verb, to: to + 1 }];
}

/** "companies like acme.example": the site is an example of what is searched, not what is to be read. */
function isExample(text: string, start: number): boolean {
  return /\b(?:like|similar to|such as|competitors? (?:of|to)|alternatives? to|resembling|[äa]hnlich wie|wie|comme|similaires? [àa]|como|similares a|come|simili a|zoals|use|uses|using|on|via|nutzen|utilisent|usan)\s{1,3}(?:https?:\/\/)?$/iu.test(text.slice(Math.max(0, start - 40), start));
}

function spanOf(tokens: readonly Token[], start: number, end: number): { from: number; to: number } {
  const from = tokens.findIndex((t) => t.end > start);
  const after = tokens.findIndex((t) => t.start >= end);
  return { from: from < 0 ? tokens.length : from, to: after < 0 ? tokens.length : after };
}

function uniqueBy<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}
