import { type FoundIndustry } from './industries.js';
import { words } from './place-names.js';
import { type FoundRole } from './roles.js';
import { GENERIC_NOUNS, STOP_WORDS, WEAK_VERBS } from './stop-words.js';
import { breaksBefore, overlaps, type Span, type Token } from './tokens.js';

/** Words that open a description of the organisations; a trade named after one is not what is searched. */
const CLAUSE_OPENERS = words('with that which who whose for offering selling having using serving where mit fur die welche avec pour qui proposant con que para per che met voor com');
const REQUEST = words('look looking search searching need list lists leads contacts prospects want hunt hunting suche suchen kontakte liste prospects cherche busca busco lista leads elenco cerco lijst zoek procuro');
const JOINERS = words('and or & und oder et ou y o e ed en of plus as');
/** Kinds of organisation that say little about the trade: a neighbour that says more wins. */
const BROAD = new Set(['Startup', 'Manufacturer', 'Wholesaler', 'Retailer', 'Online Store', 'Management Consultancy', 'Farm']);
/** A match this sure is a name of the industry rather than a loose search term. */
const SURE = 0.93;
/** Job titles whose first word is a trade as well. */
const TRADE_TITLES = /^(?:restaurant|hotel|spa|bar|store|shop|law)\b/i;

/**
 * Decides which of the industries named in a text are what is searched for: the head of the first noun phrase and what
 * is listed beside it. Trades inside descriptions ("gyms with a cafe") and modifiers ("pediatric dentists") stay words.
 */
export function chooseIndustries(tokens: readonly Token[], candidates: readonly FoundIndustry[], titles: readonly FoundRole[], language: string, taken: readonly Span[]): { industries: FoundIndustry[]; roles: FoundRole[] } {
  // "property managers" is a trade, "head of marketing" a title: the longer phrase wins.
  const roles = titles.filter((role) => !candidates.some((c) => c.score >= SURE && overlaps(c, role) && c.to - c.from > role.to - role.from));
  const free = candidates.filter((c) => !roles.some((role) => overlaps(c, role) && !(TRADE_TITLES.test(c.text) && c.from === role.from)));
  const broad = free.filter((c) => BROAD.has(c.match.name) && c.score >= SURE);
  const heads = clusters(free.filter((c) => !isGeneric(tokens, c)), tokens).flatMap((cluster) => headOf(cluster, language));
  const industries: FoundIndustry[] = [];
  for (const candidate of heads) {
    const sure = candidate.score >= SURE;
    if (!sure && !(isPlural(candidate) || !followedByContent(tokens, candidate, [...taken, ...broad], roles))) continue;
    if (language !== 'fr' && sure && !isPlural(candidate) && isModifier(tokens, candidate, [...taken, ...broad], roles, language)) continue;
    const previous = industries.at(-1);
    const clause = openerBefore(tokens, candidate.from);
    if (previous && !listed(tokens, previous, candidate)) continue;
    if (clause && (!sure || industries.length > 0)) continue;
    industries.push(candidate);
  }
  // One sure industry makes the doubtful ones words of the goal.
  const sure = industries.filter((i) => i.score >= SURE);
  return { industries: sure.length > 0 ? sure : industries.filter((i) => i.score >= 0.8).slice(0, 2), roles };
}

function isGeneric(tokens: readonly Token[], span: Span): boolean {
  return tokens.slice(span.from, span.to).every((t) => !(t.upper && t.fold === 'it') && (GENERIC_NOUNS.has(t.fold) || STOP_WORDS.has(t.fold) || WEAK_VERBS.has(t.fold)));
}

/** Neighbouring matches without anything between them describe one thing. */
function clusters(candidates: readonly FoundIndustry[], tokens: readonly Token[]): FoundIndustry[][] {
  const groups: FoundIndustry[][] = [];
  for (const candidate of candidates) {
    const group = groups.at(-1);
    const first = tokens[candidate.from];
    if (group?.at(-1)?.to === candidate.from && first && !breaksBefore(first)) group.push(candidate);
    else groups.push([candidate]);
  }
  return groups;
}

function headOf(cluster: readonly FoundIndustry[], language: string): FoundIndustry[] {
  if (cluster.length < 2) return [...cluster];
  const order = /^(?:fr|es|it|pt)$/.test(language) ? [...cluster] : [...cluster].reverse();
  const narrow = order.filter((c) => c.score >= SURE && !BROAD.has(c.match.name));
  const head = narrow[0] ?? order.find((c) => c.score >= SURE) ?? order[0];
  return head ? [head] : [];
}

function isPlural(candidate: FoundIndustry): boolean {
  return candidate.text.length > 3 && /[sx]$/i.test(candidate.text) && !/ss$/i.test(candidate.text) && !/^(?:saas|business|fitness)$/i.test(candidate.text);
}

function isContent(token: Token | undefined): boolean {
  return token !== undefined && !STOP_WORDS.has(token.fold) && !GENERIC_NOUNS.has(token.fold) && !WEAK_VERBS.has(token.fold) && !CLAUSE_OPENERS.has(token.fold) && !/^\d/.test(token.text);
}

function followedByContent(tokens: readonly Token[], span: Span, taken: readonly Span[], roles: readonly Span[]): boolean {
  const next = tokens[span.to];
  if (!next || breaksBefore(next) || JOINERS.has(next.fold)) return false;
  return isContent(next) && ![...taken, ...roles].some((t) => overlaps(t, { from: span.to, to: span.to + 1 }));
}

/** English and its kin put the head last: "electric vehicle charging" is about charging. */
function isModifier(tokens: readonly Token[], candidate: FoundIndustry, taken: readonly Span[], roles: readonly Span[], language: string): boolean {
  if (language !== 'en' || candidate.to - candidate.from > 1) return false;
  return followedByContent(tokens, candidate, taken, roles) && tokens[candidate.to]?.capitalised !== true;
}

function openerBefore(tokens: readonly Token[], index: number): boolean {
  for (let i = 1; i < index; i += 1) {
    const token = tokens[i] as Token;
    if (CLAUSE_OPENERS.has(token.fold) && !REQUEST.has(tokens[i - 1]?.fold ?? '')) return true;
  }
  return false;
}

/** Listed beside the industry before: only joiners and words that describe lie between, no clause, no place. */
function listed(tokens: readonly Token[], previous: Span, candidate: Span): boolean {
  const between = tokens.slice(previous.to, candidate.from);
  if (between.length > 4) return false;
  const comma = tokens.slice(previous.to, candidate.from + 1).some((t) => /[,/&;]/.test(t.gap));
  if (between.some((t) => CLAUSE_OPENERS.has(t.fold) || /^(?:in|at|near|from|of|im|bei|aus|dans|in)$/.test(t.fold))) return false;
  return comma || between.some((t) => JOINERS.has(t.fold));
}
