import { words } from './place-names.js';
import { breaksBefore, type Span, type Token } from './tokens.js';

/** Something a goal does not want. `from`/`to` cover the trigger too; offsets cover the thing. */
export interface FoundExclusion extends Span {
  /** Where the thing itself begins, after the trigger. */
  thing: number;
  start: number;
  end: number;
  text: string;
}

// Longest first. Each is a folded phrase after which the unwanted thing follows.
const TRIGGERS = [
  'that do not have', 'that dont have', 'who do not have', 'that are not', 'that arent', 'which are not', 'do not include', 'dont include', 'do not want', 'dont want', 'please exclude', 'but not', 'but no', 'and not', 'and no', 'not including', 'not from', 'with no', 'other than', 'except for', 'except', 'excluding', 'exclude', 'excludes', 'without', 'avoiding', 'avoid', 'please skip', 'but skip', 'and skip', 'leave out', 'leaving out', 'apart from', 'aside from', 'minus', 'ignoring', 'do not have', 'dont have', 'dont use', 'do not use', 'that dont', 'that do not', 'no', 'not',
  'aber keine', 'aber nicht', 'und keine', 'die nicht', 'die keine', 'ausgenommen', 'abgesehen von', 'ausser', 'ohne', 'keine', 'keinen', 'kein', 'nicht',
  'mais pas de', 'mais pas', 'qui ne sont pas', 'pas de', 'pas d', 'a l exception de', 'a l exclusion de', 'en dehors de', 'a part', 'hors', 'sauf', 'excepte', 'sans', 'excluant', 'exclure', 'pas',
  'que no sean', 'que no tengan', 'que no', 'pero no', 'excluyendo', 'excepto', 'salvo', 'menos', 'sin incluir', 'excluir', 'evitar', 'sin',
  'ma non', 'che non siano', 'che non', 'escludendo', 'escluse', 'esclusi', 'escluso', 'tranne', 'eccetto', 'salvo', 'senza', 'esclusa', 'niente',
  'maar geen', 'maar niet', 'die geen', 'exclusief', 'behalve', 'uitgezonderd', 'zonder', 'geen', 'niet',
  'mas nao', 'que nao sejam', 'que nao', 'excluindo', 'exceto', 'menos', 'sem', 'nao',
].map((phrase) => phrase.split(' ')).sort((a, b) => b.length - a.length);

/** Triggers that mean something else before these words ("no more than", "not only", "at least"). */
const HARMLESS_AFTER = words('more less fewer later longer only just matter need problem code coders code-free unlike later doubt sooner mas meno piu meer plus mehr moins menos solo seulement nur alleen so');
const HARMLESS_BEFORE = words('al au at mas o y');
const JOINERS = words('and or nor oder und et ou ni y o u e ed ne of en nem noch sowie');
/** Where an unwanted thing ends: what follows speaks of the wanted ones again. */
const ENDERS = words(`in near around within from for with that which who where but please and-with im bei aus fur mit die aber bitte nahe dans pres avec pour qui mais en cerca con para que pero nel nella vicino per che ma bij met voor die maar no na perto com mas
  located based offering having at to max up find get only nur`);
const PARTICLES = words('part of a an any the chain-owned belonging to owned by big large that are have is from in using use un une des de d du la le les el los las una unos lo il gli i ein eine einen der die das den von zu teil parte uma um os as o het een te');

function triggerAt(tokens: readonly Token[], at: number): number {
  for (const phrase of TRIGGERS) {
    if (phrase.every((word, i) => tokens[at + i]?.fold === word && (i === 0 || !breaksBefore(tokens[at + i] as Token)))) return phrase.length;
  }
  return 0;
}

function isCompound(tokens: readonly Token[], at: number): boolean {
  // "no-code", "not-for-profit", "non-profit" are names of things.
  return tokens[at + 1]?.gap === '-' || tokens[at]?.gap === '-';
}

/** What the goal excludes, each thing of an enumeration by itself. */
export function findExclusions(text: string, tokens: readonly Token[], isPlaceStart: (index: number) => number): FoundExclusion[] {
  const found: FoundExclusion[] = [];
  for (let i = 0; i < tokens.length; i += 1) {
    const length = triggerAt(tokens, i);
    const token = tokens[i];
    if (length === 0 || !token || isCompound(tokens, i) || isPlaceStart(i) > i) continue;
    const next = tokens[i + length];
    if (!next || HARMLESS_AFTER.has(next.fold) || (breaksBefore(next) && !/^[\s:(]+$/.test(next.gap))) continue;
    // "no" and "na" are prepositions in Portuguese, "menos" and "no" follow other words in "al menos".
    if (length === 1 && i > 0 && !breaksBefore(token) && HARMLESS_BEFORE.has(tokens[i - 1]?.fold ?? '')) continue;
    if (token.fold === 'no' && isPlaceStart(i + 1) > i + 1) continue;
    const to = readThings(text, tokens, i, i + length, isPlaceStart, found);
    if (to > i) i = to - 1;
  }
  return found;
}

function readThings(text: string, tokens: readonly Token[], trigger: number, first: number, isPlaceStart: (index: number) => number, found: FoundExclusion[]): number {
  let at = first;
  let open = trigger;
  let end = trigger;
  for (let things = 0; things < 8; things += 1) {
    while (tokens[at] && PARTICLES.has(tokens[at]?.fold ?? '') && isPlaceStart(at) === at) at += 1;
    // A place is taken whole, whatever words it has.
    const place = isPlaceStart(at);
    let to = place > at ? place : at;
    if (place === at) {
      while (to < tokens.length && to < at + 4) {
        const token = tokens[to] as Token;
        if (to > at && (breaksBefore(token) || JOINERS.has(token.fold))) break;
        if (ENDERS.has(token.fold) || /^\d/.test(token.text) || (to > at && isPlaceStart(to) > to)) break;
        to += 1;
      }
    }
    if (to === at) break;
    const start = tokens[at]?.start ?? 0;
    const stop = tokens[to - 1]?.end ?? start;
    found.push({ from: open, to, thing: at, start, end: stop, text: text.slice(start, stop) });
    end = to;
    open = to;
    // "without chains, franchises or hospitals": the list goes on, but a new clause does not belong to it.
    const joiner = tokens[to];
    if (joiner && JOINERS.has(joiner.fold) && !breaksBefore(joiner)) at = to + 1;
    else if (joiner && /^\s?,\s?$/.test(joiner.gap) && listContinues(tokens, to)) at = JOINERS.has(joiner.fold) ? to + 1 : to;
    else break;
    if (triggerAt(tokens, at) > 0 || !tokens[at] || ENDERS.has(tokens[at]?.fold ?? '') || /^(?:have|has|are|is|with|offer|sind|haben)$/.test(tokens[at]?.fold ?? '')) break;
  }
  return end;
}

/** After a comma a list continues only when a joiner comes before the next clause ("a, b or c"), or the text ends. */
function listContinues(tokens: readonly Token[], at: number): boolean {
  for (let i = at; i < Math.min(tokens.length, at + 6); i += 1) {
    const token = tokens[i] as Token;
    if (JOINERS.has(token.fold)) return true;
    if (i > at && breaksBefore(token) && !/^\s?,\s?$/.test(token.gap)) return false;
    if (ENDERS.has(token.fold) || triggerAt(tokens, i) > 0) return false;
  }
  return tokens.length - at <= 3;
}
