import { type IndustryMatch } from '../../entities/search-values.js';
import { type Industry, type Lexicon, type Term } from './lexicon.js';
import { words } from './place-names.js';
import { STOP_WORDS } from './stop-words.js';
import { breaksBefore, overlaps, stem, type Span, type Token } from './tokens.js';

/** An industry named in a text. */
export interface FoundIndustry extends Span {
  start: number;
  end: number;
  text: string;
  match: IndustryMatch;
  score: number;
}

const LONGEST = 5;
/** Least harmonic mean of how much of the phrase and how much of the term is covered, times the term's weight. */
const THRESHOLD = 0.74;

/** Words that say "organisation" rather than which one: they weigh little beside the word that does. */
const LIGHT = new Set([...words(`shop store firm company business clinic practice office agency studio center centre service services provider specialist contractor supplier association professional
  consultant expert vendor operator operators dealer house place school brand startup
  praxis praxen betrieb firma unternehmen buro geschaft laden agentur anbieter dienstleister fachgeschaft
  cabinet entreprise societe magasin agence salon boutique prestataire
  empresa tienda agencia consultorio despacho estudio negocio compania centro
  azienda impresa negozio agenzia ditta societa bedrijf winkel kantoor bureau praktijk zaak loja agencia escritorio consultorio`)].map(stem));
const COMPOUND_HEADS = /^(\p{L}{4,30}?)(?:praxis|praxen|betriebe?n?|firma|firmen|unternehmen|buros?|kanzlei(?:en)?|geschafte?n?|laden|studios?|salons?|agentur(?:en)?|hersteller[ns]?|dienstleister[ns]?|werkstatt(?:en)?|kliniken|klinik|anbieter[ns]?|handler[ns]?|bedrijf|bedrijven|praktijk(?:en)?|kantoren|kantoor|winkels?|zaken|zaak|bureaus?)$/u;

function weightOf(stemmed: string, lexicon: Lexicon): number {
  if (STOP_STEMS.has(stemmed)) return 0;
  const idf = 1 + Math.log(1 + lexicon.terms.length / (1 + (lexicon.byStem.get(stemmed)?.length ?? 0))) / 10;
  return LIGHT.has(stemmed) ? 0.35 * idf : idf;
}
const STOP_STEMS = new Set(words('of and the for de des du la le les el los y e et und der die das di del della van het da do dos no na or in').values());

function rateTerm(stems: readonly string[], term: Term, lexicon: Lexicon): number {
  const rest = [...term.stems];
  let common = 0;
  let ofSpan = 0;
  let firm = false;
  for (const s of stems) {
    const weight = weightOf(s, lexicon);
    ofSpan += weight;
    const at = rest.indexOf(s);
    if (at < 0) continue;
    rest.splice(at, 1);
    common += weight;
    if (!LIGHT.has(s) && weight > 0) firm = true;
  }
  // A light word alone ("agency", "store") is a kind of organisation only where the term is nothing else.
  if (common === 0 || (!firm && (rest.length > 0 || stems.length !== term.stems.length))) return 0;
  const ofTerm = term.stems.reduce((sum, s) => sum + weightOf(s, lexicon), 0);
  const f1 = (2 * common) / (ofSpan + ofTerm);
  // Loose search terms count only when they are said in full.
  if (term.weight < 0.9 && f1 < 0.99) return 0;
  return f1 * term.weight;
}

function bestTerm(stems: readonly string[], lexicon: Lexicon): { term: Term; score: number } | null {
  let best: { term: Term; score: number } | null = null;
  const seen = new Set<Term>();
  for (const s of stems) {
    if (weightOf(s, lexicon) === 0 || (LIGHT.has(s) && stems.length > 1)) continue;
    for (const term of lexicon.byStem.get(s) ?? []) {
      if (seen.has(term)) continue;
      seen.add(term);
      const score = rateTerm(stems, term, lexicon);
      if (score > (best?.score ?? 0)) best = { term, score };
    }
  }
  return best;
}

function toMatch(industry: Industry, said: string, language: string): IndustryMatch {
  const keywords = [said, ...(industry.phrases.get(language) ?? []), industry.name].map((k) => k.toLowerCase());
  return { name: industry.name, code: industry.code, osmTags: [...industry.osmTags], keywords: [...new Set(keywords)].slice(0, 6) };
}

/**
 * Industries named by the words that are still free, best first where they compete. `lexicons` is the goal's language
 * first; a later one counts a little less.
 */
export function findIndustries(text: string, tokens: readonly Token[], taken: readonly Span[], lexicons: readonly { language: string; lexicon: Lexicon }[]): FoundIndustry[] {
  const candidates: (FoundIndustry & { rank: number })[] = [];
  for (let from = 0; from < tokens.length; from += 1) {
    for (let to = from + 1; to <= Math.min(tokens.length, from + LONGEST); to += 1) {
      const last = tokens[to - 1];
      const first = tokens[from];
      if (!last || !first || (to - 1 > from && breaksBefore(last)) || taken.some((span) => overlaps(span, { from, to }))) break;
      if (isStop(first) || isStop(last)) continue;
      const span = tokens.slice(from, to);
      const stems = span.map((t) => t.stem);
      const compound = span.length === 1 ? COMPOUND_HEADS.exec(first.fold)?.[1] : undefined;
      lexicons.forEach(({ language, lexicon }, order) => {
        const direct = bestTerm(stems, lexicon);
        const viaHead = compound ? bestTerm([stem(compound)], lexicon) : null;
        const found = (direct?.score ?? 0) >= (viaHead?.score ?? 0) * 0.95 ? direct : viaHead && { term: viaHead.term, score: viaHead.score * 0.95 };
        if (!found) return;
        const score = found.score * (order === 0 ? 1 : 0.97);
        if (score < THRESHOLD) return;
        const said = text.slice(first.start, last.end);
        const weight = stems.reduce((sum, s) => sum + weightOf(s, lexicon), 0);
        candidates.push({ from, to, start: first.start, end: last.end, text: said, score, rank: score * (1 + 0.25 * Math.min(weight, 4)), match: toMatch(found.term.industry, said, language) });
      });
    }
  }
  candidates.sort((a, b) => b.rank - a.rank || a.from - b.from);
  const chosen: FoundIndustry[] = [];
  for (const { rank: _rank, ...candidate } of candidates) {
    if (!chosen.some((other) => overlaps(other, candidate))) chosen.push(candidate);
  }
  return chosen.sort((a, b) => a.from - b.from);
}

function isStop(token: Token): boolean {
  // "IT" is a trade, "it" a pronoun.
  if (token.fold === 'it') return !token.upper;
  return STOP_STEMS.has(token.fold) || STOP_WORDS.has(token.fold);
}
