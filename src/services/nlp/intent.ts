import { type Intent } from '../../entities/language.js';
import { IntentKind } from '../../entities/enums.js';
import { words } from './place-names.js';
import { GENERIC_NOUNS } from './stop-words.js';
import { type Token } from './tokens.js';

/** What the readers found, as far as it bears on the intent. */
export interface IntentEvidence {
  tokens: readonly Token[];
  text: string;
  unsafe: string | null;
  domains: number;
  industries: number;
  places: number;
  roles: number;
  /** A role stands before the industry or is what is asked for ("CTOs of …"), not an aside. */
  roleIsHead: boolean;
  count: boolean;
  keywords: number;
}

const SEARCH_VERBS = words(`find get list show search searching look looking locate discover identify target collect gather build compile scout generate need want source pull fetch prospect finding
  finde finden suche suchen such zeige zeig liste nenne brauche brauchen ermittle recherchiere trouve trouver trouvez cherche chercher cherchez recherche recherchons liste repere identifie
  busca buscar busco encuentra encuentrame encontrar lista necesito quiero localiza identifica cerca cercare cerco trova trovare trovami elenca elencami individua voglio
  vind vinden zoek zoeken lijst nodig encontre encontrar procure procurar procuro busque liste preciso quero localize`);
const PERSON_NOUNS = words('people person persons professionals contacts decision-makers someone who experts engineers developers designers freelancers personen leute personnes gens personas persone mensen pessoas freelance freiberufler');
const ORGANISATION_NOUNS = words(`suppliers supplier manufacturers makers producers providers distributors retailers agencies shops stores clinics studios startups brands vendors contractors wholesalers institutions associations clubs schools venues dealers operators developers consultants specialists exporters importers growers farms factories
  hersteller anbieter lieferanten dienstleister handler vereine verbande agenturen fabricants fournisseurs producteurs prestataires associations agences fabricantes proveedores productores agencias asociaciones produttori fornitori associazioni fabrikanten leveranciers verenigingen fornecedores produtores associacoes`);
const FIRST = 90;

// Things people ask an assistant that are no search for leads; looked for near the start of the text.
const CHAT: readonly [RegExp, string][] = [
  [/\b(?:write|compose|draft|create|make|generate|tell|sing|schreib\w{0,3}|verfasse|[ée]cri[st]?(?:ez|re)?|r[ée]dige\w{0,2}|escrib\w{1,4}|scriv\w{1,4}|schrijf|escrev\w{1,3})\b[^.!?\n]{0,20}?\b(?:poems?|gedicht|po[eè]mes?|poemas?|poesia|jokes?|witz|blague|chiste|barzelletta|songs?|stor(?:y|ies)|essays?|cover letters?|e-?mails?|letters?|blog(?: posts?)?|articles?|code|functions?|scripts?|programs?|tweets?|haiku|speech|recipes?|aufsatz|brief|lettre|carta|lettera|c[oó]digo)\b/i, 'it asks to write something'],
  [/\b(?:what(?:'s| is| was| are)|how(?:'s| is)|wie (?:ist|wird)|quel(?:le)? (?:est|temps)|cu[aá]l es|qu[eé] tiempo|com'?[eè]|che tempo|hoe is|wat is|como est[aá]|qual [eé])\b[^.!?\n]{0,20}?\b(?:weather|temperature|time|date|capital|population|meaning|wetter|uhr|uhrzeit|hauptstadt|m[ée]t[ée]o|temps|heure|capitale|clima|tiempo|hora|tempo|weer|hoofdstad|ora)\b/iu, 'it is a question about the world'],
  [/\b(?:weather|forecast|wetter|m[ée]t[ée]o)\b[^.!?\n]{0,20}?\b(?:in|for|today|tomorrow|heute|morgen|[àa])\b/iu, 'it is a question about the world'],
  [/^\W{0,5}(?:who (?:is|was|are) (?!the (?:owner|founder|ceo|director))|when (?:is|was|did)|why |how (?:do|does|did|can|to|much|many|old|far|long)\b|what (?:does|do|did|happened|is a|is an|is the difference)|explain\b|define\b|calculate\b|solve\b|translate\b|summari[sz]e\b|proofread\b|debug\b|teach me|tell me (?:a|about)|remind me|set (?:an? )?(?:alarm|timer)|play\b|convert\b|erkl[aä]re|[üu]bersetze|warum |explique[rz]?|tradui[st]|pourquoi |explica|traduce|por qu[eé]|spiega|traduci|perch[eé]|vertaal|leg uit|waarom|traduza)/iu, 'it is a question or a task, not a search'],
  [/\b(?:book|reserve|order|buy)(?: me)? (?:a|an|me|some|the|two|tickets?) ?(?:flight|table|room|ticket|pizza|hotel room|taxi|tickets|seats?)?\b(?=[^.!?\n]{0,40}$)|\b(?:cheap(?:est)?|best) flights\b/i, 'it asks to buy or book something'],
  [/\b(?:find|get|help)(?: me)? (?:an? )?(?:new )?(?:jobs?|work|girlfriend|boyfriend|wife|husband|date|apartment to rent|flat to rent)\b(?! (?:board|agenc|fair|centre|center|site|shop|cloth|wear))/i, 'it is a private wish'],
  [/^\W{0,5}(?:hi|hello|hey|thanks|thank you|good (?:morning|evening|day)|how are you|hallo|guten (?:tag|morgen)|bonjour|salut|merci|hola|gracias|ciao|grazie|hoi|bedankt|ol[aá]|obrigad[oa]|test|testing|ping|ok|yes|no|help)\W{0,5}(?:there|you|all|world|everyone)?\W{0,5}$/iu, 'it is a greeting'],
];

const round = (value: number): number => Math.round(Math.min(0.99, Math.max(0.05, value)) * 100) / 100;

/** What a text wants, how surely, and why, in words for people. */
export function decideIntent(e: IntentEvidence): Intent {
  if (e.unsafe !== null) return { kind: IntentKind.UNSAFE, confidence: 0.95, reason: `Refused: ${e.unsafe}.` };
  const folds = e.tokens.map((t) => t.fold);
  const verb = folds.slice(0, 14).some((f) => SEARCH_VERBS.has(f)) || /^\s{0,9}(?:give me|i(?:'m| am) after|which|wer|welche|quelles?|qu[eé]|quali|welke|quais)\b/iu.test(e.text);
  const organisations = folds.some((f) => (GENERIC_NOUNS.has(f) && !PERSON_NOUNS.has(f)) || ORGANISATION_NOUNS.has(f));
  const people = folds.some((f) => PERSON_NOUNS.has(f));
  const chat = CHAT.find(([pattern]) => pattern.test(e.text.slice(0, FIRST * 2)));
  const subject = e.industries > 0 || e.roles > 0 || organisations || people;
  if (chat && !(SEARCH_VERBS.has(folds[0] ?? '') && e.industries > 0)) return { kind: IntentKind.OTHER, confidence: round(e.industries > 0 ? 0.75 : 0.92), reason: `Not a search for leads: ${chat[1]}.` };
  if (e.domains > 0 && !(e.industries > 0 && (e.places > 0 || e.count))) {
    return { kind: IntentKind.ENRICH_SITE, confidence: round(0.8 + (folds.some((f) => /^(?:enrich|contacts?|emails?|from|crawl|scan|kontakte|domain|website|site)$/.test(f)) ? 0.15 : 0)), reason: 'The text names a web site to read.' };
  }
  const signs = [verb && 'a request to search', e.industries > 0 && 'an industry', e.roles > 0 && 'a job title', e.places > 0 && 'a place', e.count && 'a number of leads', organisations && 'a word for organisations'].filter((s): s is string => s !== false);
  const because = signs.length > 0 ? `The text has ${signs.join(', ')}.` : '';
  if (e.roles > 0 && e.roleIsHead) return { kind: IntentKind.FIND_PEOPLE, confidence: round(0.6 + signs.length * 0.07), reason: `${because} What is asked for is people.` };
  if (people && !organisations && e.industries === 0 && (verb || e.count || PERSON_NOUNS.has(folds[0] ?? ''))) return { kind: IntentKind.FIND_PEOPLE, confidence: round(0.5 + signs.length * 0.08), reason: `${because} What is asked for is people.` };
  // A strange trade in a known place, or a request with any content, is still a search.
  const short = folds.length <= 8;
  const somewhere = short && /\S\s{1,3}(?:in|near|around|bei|nahe|en|à|cerca de|vicino a|bij|perto de)\s{1,3}\p{Lu}\p{Ll}/u.test(e.text);
  const searchable = subject ? verb || e.industries > 0 || e.places > 0 || e.count || e.keywords > 0 : e.keywords > 0 && ((e.places > 0 && (verb || short)) || somewhere || (verb && e.count) || (verb && short && e.keywords > 0));
  if (searchable) return { kind: IntentKind.FIND_COMPANIES, confidence: round((subject ? 0.55 : 0.4) + signs.length * 0.09), reason: because === '' ? 'The text names something to look for.' : because };
  return { kind: IntentKind.OTHER, confidence: round(0.8 - signs.length * 0.1), reason: 'The text names no kind of organisation or person to look for.' };
}
