import { words } from './place-names.js';
import { FEW, MULTIPLIERS, NUMBER_WORDS } from './number-words.js';
import { breaksBefore, type Span, type Token } from './tokens.js';

/** A number that says how many leads are wanted. */
export interface FoundCount extends Span {
  start: number;
  end: number;
  value: number;
}

export const DEFAULT_COUNT = 50;
export const MAX_COUNT = 1000;

/** A number before one of these measures something else ("20 employees", "5-star", "24 hours"). */
const UNITS = words(`employees employee staff workers miles mile mi km kms kilometers kilometres kilometer meters metres feet ft sqft acres hectares hours hour hrs hr h minutes mins min seconds days day weeks week months month years year yrs yr
  rooms room beds bed bedrooms bedroom seats seat tables chairs stars star starred reviews rating ratings points percent million m mio bn billion k dollars dollar usd eur euro euros gbp pounds locations location branches branch stores outlets sites cars vehicles trucks machines kg tons tonnes mw kw gb plus people
  mitarbeiter mitarbeitern mitarbeitende mitarbeitenden mitarbeiterinnen angestellte angestellten beschaftigte beschaftigten zimmer zimmern betten platze platzen jahre jahren stunden tage tagen wochen monate sterne sternen kilometer kilometern standorte standorten filialen prozent million millionen
  employes salaries salarie personnes chambres lits places ans annees heures jours semaines mois etoiles kilometres succursales millions
  empleados trabajadores habitaciones camas plazas anos horas dias semanas meses estrellas kilometros sucursales millones
  dipendenti addetti camere letti posti anni ore giorni settimane mesi stelle chilometri sedi filiali milioni
  medewerkers werknemers kamers bedden jaar uur uren dagen weken maanden sterren vestigingen miljoen
  funcionarios colaboradores quartos leitos anos filiais milhoes estrelas quilometros`);
/** Before a number, these make it a property of the company rather than a wish. */
const PROPERTY_BEFORE = words('with having has have having employing since founded established est in years over fortune within under nasdaq ftse mit ab seit avec depuis con desde dal met sinds com page version level tier area route highway suite room floor chapter windows office web top-rated open rated aged age postcode zip plz');
const LIMITS = words('at least most up to maximum max minimum min about around roughly approximately approx exactly only between than more fewer less over under circa ca etwa rund ungefahr mindestens hochstens maximal bis zu environ au moins plus jusqu a alrededor unos unas menos hasta maximo circa almeno massimo ongeveer minstens maximaal cerca ate pelo no');
const WANTED = words('find get list give show need want search me us for leads top first build make discover identify target collect gather fetch looking finde finden suche suchen zeige liste brauche nenne trouve trouver trouvez cherche chercher donne donner liste montre busca buscar busco encuentra encontrar dame necesito quiero muestra muestrame encuentrame trova trovare trovami cerca cercare cerco dammi voglio vind vinden zoek zoeken geef toon encontre encontrar procure procurar procuro busque quero preciso liste mostre the a my');

function numeral(token: Token): number | null {
  const match = /^(\d{1,9}(?:[.,]\d{1,9})*)(k?)$/i.exec(token.text);
  if (!match?.[1]) return null;
  const grouped = /^\d{1,3}(?:[.,]\d{3})+$/.test(match[1]);
  const value = Number(grouped ? match[1].replace(/[.,]/g, '') : match[1].replace(',', '.'));
  if (!Number.isFinite(value)) return null;
  return match[2] ? value * 1000 : value;
}

/** The number that begins at `from`, in figures or words. */
export function readNumber(tokens: readonly Token[], from: number): { value: number; to: number; figures: boolean } | null {
  const first = tokens[from];
  if (!first) return null;
  const figure = numeral(first);
  if (figure !== null) {
    const multiplier = MULTIPLIERS.get(tokens[from + 1]?.fold ?? '');
    return multiplier !== undefined ? { value: figure * multiplier, to: from + 2, figures: true } : { value: figure, to: from + 1, figures: true };
  }
  let value = NUMBER_WORDS.get(first.fold) ?? FEW.get(first.fold) ?? null;
  let to = from + 1;
  let counted = NUMBER_WORDS.has(first.fold);
  if (value === null) {
    const bare = MULTIPLIERS.get(first.fold);
    if (bare === undefined || first.fold === 'score' || first.fold === 'mille') return null;
    value = bare;
    counted = true;
  }
  for (; to < from + 7; to += 1) {
    const token = tokens[to];
    if (!token || (breaksBefore(token) && token.gap.trim() !== '')) break;
    const multiplier = MULTIPLIERS.get(token.fold);
    const number = NUMBER_WORDS.get(token.fold);
    const next = tokens[to + 1];
    if (multiplier !== undefined && !(multiplier === 100 && token.fold === 'cents' && !counted)) {
      value = value * multiplier;
      counted = true;
    } else if (number !== undefined && counted && first.fold === 'quatre' && number === 20) value = 80;
    else if (number !== undefined && counted && (value % 100 === 0 || (value % 10 === 0 && (number < 10 || ((value === 60 || value === 80) && number < 20))))) value += number;
    else if (FEW.has(token.fold) && !counted && FEW.get(token.fold) !== 1) value = FEW.get(token.fold) ?? value;
    else if (/^(?:of|de|di)$/.test(token.fold) && !counted && MULTIPLIERS.has(next?.fold ?? '')) continue;
    else if (/^(?:and|et|y|e|und|en)$/.test(token.fold) && counted && value % 10 === 0 && NUMBER_WORDS.has(next?.fold ?? '') && (NUMBER_WORDS.get(next?.fold ?? '') ?? 0) < 100) continue;
    else break;
  }
  return counted ? { value, to, figures: false } : null;
}

/**
 * How many leads a goal asks for; null when it does not say. A count belongs to what is searched ("50 dentists",
 * "a dozen bakeries", "max 30 leads"); numbers that measure something else are left alone.
 */
export function findCount(text: string, tokens: readonly Token[]): FoundCount | null {
  const candidates: (FoundCount & { score: number })[] = [];
  for (let i = 0; i < tokens.length; i += 1) {
    const number = readNumber(tokens, i);
    const token = tokens[i];
    if (!number || !token) continue;
    let { value, to } = number;
    const second = tokens[to];
    // "20-30" and "20 to 30": what is wanted is up to the larger.
    const rangeAt = second && (/^(?:to|bis|a|tot)$/.test(second.fold) || (second.fold === 'and' && tokens[i - 1]?.fold === 'between')) ? to + 1 : second?.gap.trim() === '-' || second?.gap.trim() === '–' ? to : -1;
    const range = rangeAt < 0 ? null : readNumber(tokens, rangeAt);
    if (range && range.value > value) ({ value, to } = range);
    const next = tokens[to];
    const previous = tokens[i - 1];
    const score = rate(text, tokens, i, to, value, number.figures, next, previous);
    if (score > 0) candidates.push({ from: i, to, start: token.start, end: tokens[to - 1]?.end ?? token.end, value, score });
    i = to - 1;
  }
  const top = candidates.reduce<(FoundCount & { score: number }) | null>((best, c) => (best === null || c.score > best.score ? c : best), null);
  if (!top) return null;
  return { from: top.from, to: top.to, start: top.start, end: top.end, value: Math.min(MAX_COUNT, Math.max(1, Math.round(top.value))) };
}

function rate(text: string, tokens: readonly Token[], from: number, to: number, value: number, figures: boolean, next: Token | undefined, previous: Token | undefined): number {
  if (!Number.isInteger(value) || value < 1) return 0;
  const sign = text.slice(Math.max(0, (tokens[from]?.start ?? 0) - 1), tokens[from]?.start);
  const after = text.slice(tokens[to - 1]?.end ?? 0, (tokens[to - 1]?.end ?? 0) + 2);
  if (/[$€£#/.-]/.test(sign) || /^\s?[%€$£]/.test(after) || /^[/:.]\d/.test(after)) return 0;
  const joined = next?.gap.includes('-') === true && !/\s/.test(next.gap);
  const measured = next !== undefined && (!breaksBefore(next) || joined) && UNITS.has(next.fold);
  const leads = next !== undefined && /^(?:leads?|results?|contacts?|prospects?|companies|kontakte|ergebnisse|treffer|resultats|resultados|risultati|contatti|contactos|contatos|contacten|adressen|unternehmen|firmen|entreprises|empresas|aziende|bedrijven)$/.test(next.fold);
  let before = from - 1;
  let limited = false;
  while (before >= 0 && before > from - 4 && LIMITS.has(tokens[before]?.fold ?? '') && !breaksBefore(tokens[before + 1] ?? (tokens[from] as Token))) {
    before -= 1;
    limited = true;
  }
  const lead = tokens[before];
  const wanted = before < 0 || WANTED.has(lead?.fold ?? '');
  // "50 people who run marketing" is a count; "companies with 50 people" is a size.
  const people = next?.fold === 'people' || next?.fold === 'personnes' || next?.fold === 'locations';
  if (measured && !(people && wanted && from <= 3) && !(next?.fold === 'stores' && wanted)) return 0;
  if (lead && PROPERTY_BEFORE.has(lead.fold) && !breaksBefore(tokens[from] as Token) && before >= 0) return 0;
  if (leads) return 10;
  if (figures && value >= 1900 && value <= 2100 && !wanted) return 0;
  if (joined) return 0;
  const atEnd = next === undefined || breaksBefore(next);
  if (wanted && !atEnd) return 8;
  if (limited && (atEnd || from <= 3)) return 6;
  if (atEnd) return previous && /^(?:max|maximum|limit|limited|count|total|top|first|maximal|maximaal|massimo|maximo)$/.test(previous.fold) ? 6 : value <= MAX_COUNT && previous !== undefined && breaksBefore(tokens[from] as Token) ? 3 : 0;
  return value <= 10_000 && from <= 6 ? 4 : 0;
}
