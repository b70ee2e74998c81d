import { words } from './place-names.js';
import { GENERIC_NOUNS, STOP_WORDS, WEAK_VERBS } from './stop-words.js';
import { breaksBefore, overlaps, type Span, type Token } from './tokens.js';

export interface FoundKeyword extends Span {
  start: number;
  end: number;
  text: string;
}

/** Little words that may stand inside a phrase ("open on Sundays", "point of sale"). */
const BRIDGES = words('of on to de di do da du des del und &');
const CONTACT_WORDS = words('contact contacts email emails e-mail mail mails phone phones number numbers address addresses name names details info information data kontaktdaten adressen coordonnees');
const EDGE = words('enrich crawl scan extract scrape downtown based located established run called named company-owned available seeking hiring-for want interested plus sowie etc eg ie ok hello hi hey thanks thank dear kindly asap quickly now today verified valid public-facing working real');
const MOST_WORDS = 6;

/** What no other reader has claimed: phrases that narrow the search, as written. */
export function findKeywords(text: string, tokens: readonly Token[], taken: readonly Span[], hasSubject: boolean): FoundKeyword[] {
  const found: FoundKeyword[] = [];
  let run: number[] = [];
  const claimed = (index: number): boolean => taken.some((span) => overlaps(span, { from: index, to: index + 1 }));
  const flush = (): void => {
    const kept = trim(run, tokens, hasSubject);
    run = [];
    const first = tokens[kept[0] ?? -1];
    const last = tokens[kept.at(-1) ?? -1];
    if (!first || !last) return;
    const phrase = text.slice(first.start, last.end).replace(/\s+/g, ' ');
    // A single letter or bare number narrows nothing.
    if (/^[\d\s.,%]*$/.test(phrase) || (phrase.length < 2 && /^[\x20-\x7e]$/.test(phrase))) return;
    found.push({ from: kept[0] ?? 0, to: (kept.at(-1) ?? 0) + 1, start: first.start, end: last.end, text: phrase });
  };
  tokens.forEach((token, i) => {
    if (claimed(i) || (run.length > 0 && breaksBefore(token)) || run.length >= MOST_WORDS) flush();
    if (claimed(i)) return;
    const glued = token.gap === '-' && run.at(-1) === i - 1;
    const next = tokens[i + 1];
    const bridge = BRIDGES.has(token.fold) && run.length > 0 && next !== undefined && !breaksBefore(next) && !claimed(i + 1) && isContent(next) && (token.fold !== 'to' || run.length > 0);
    const heads = next?.gap === '-' && !claimed(i + 1);
    if (glued || bridge || heads || isContent(token)) run.push(i);
    else flush();
  });
  flush();
  return found;
}

function isContent(token: Token): boolean {
  return !STOP_WORDS.has(token.fold) && !WEAK_VERBS.has(token.fold) && !EDGE.has(token.fold) && token.fold.length > 0;
}

function trim(run: readonly number[], tokens: readonly Token[], hasSubject: boolean): number[] {
  const kept = [...run];
  const strip = (index: number | undefined): boolean => {
    const token = tokens[index ?? -1];
    if (!token || token.gap === '-' || tokens[(index ?? 0) + 1]?.gap === '-') return false;
    return GENERIC_NOUNS.has(token.fold) && !CONTACT_WORDS.has(token.fold);
  };
  const of = (index: number | undefined): boolean => /^(?:of|de|di|von|van)$/.test(tokens[index ?? -1]?.fold ?? '');
  // "addresses of pediatric …": what is asked for about them does not narrow whom.
  while (kept.length > 2 && of(kept[1]) && (strip(kept[0]) || CONTACT_WORDS.has(tokens[kept[0] ?? -1]?.fold ?? ''))) kept.splice(0, 2);
  while (kept.length > 0 && strip(kept[0])) kept.shift();
  while (kept.length > 0 && strip(kept.at(-1))) kept.pop();
  const onlyContact = kept.every((i) => CONTACT_WORDS.has(tokens[i]?.fold ?? '') || GENERIC_NOUNS.has(tokens[i]?.fold ?? ''));
  return onlyContact && (hasSubject || kept.length < 2) ? [] : kept;
}
