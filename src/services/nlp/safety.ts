/** What a goal must not ask for, and what in it is addressed to the machine rather than a wish. */

const PERSON = String.raw`(?:ex|ex-?wife|ex-?husband|ex-?girlfriend|ex-?boyfriend|ex-?partner|girlfriend|boyfriend|wife|husband|neighbou?r|crush|her|him|she|he|someone|this (?:woman|man|girl|guy|person)|a (?:woman|man|girl|celebrity)|celebrit(?:y|ies)|individuals?|people|private persons?|ex-?freundin|ex-?freund|ex-?frau|ex-?mann|nachbarn?|ex-?novia|ex-?novio|ex-?femme|ex-?mari|ex-?copine|ex-?copain|ex-?moglie|ex-?marito|ex-?fidanzat[ao]|ex-?namorad[ao])`;
const CONTACT = String.raw`(?:e-?mails?|e-?mail addresses|addresses|phone numbers?|phones|numbers|contacts?|contact details|profiles|names|photos|pictures|information|whereabouts|locations?|schedules?)`;
const MINORS = String.raw`(?:minors|children|kids|teen(?:ager)?s|underage \w{1,20}|school ?girls|school ?boys|(?:girls|boys) (?:under|aged?|younger)|pupils|minderj[aä]hrigen?|kindern?|mineurs?|enfants|menores|ni[nñ]os|minori|bambini|minderjarigen|kinderen|crian[cç]as)`;

interface Hazard {
  pattern: RegExp;
  reason: string;
  /** Legitimate trades that share the words ("anti-spam software", "children's clothing stores"). */
  unless?: RegExp;
}

// Every quantifier is bounded: the text is hostile by definition here.
const HAZARDS: readonly Hazard[] = [
  { reason: 'it asks where a private person lives or how to reach them at home', pattern: /\b(?:home|private|residential|personal) (?:address(?:es)?|phones?|phone numbers?|cell ?phones?|mobile numbers?|numbers?|whereabouts)\b/i, unless: /\b(?:home address (?:verification|validation)|personal number plates?)\b/i },
  { reason: 'it asks where a private person lives or how to reach them at home', pattern: /\b(?:privatadressen?|wohnadressen?|privatnummern?|private[nr]? (?:telefon|handy)nummern?|adresses? (?:personnelles?|priv[ée]es?|du domicile)|domicilios? (?:particular(?:es)?|privados?)|direcci[oó]n(?:es)? (?:particular(?:es)?|personal(?:es)?|de casa)|indirizz[oi] (?:di casa|privat[oi]|personal[ei])|priv[eé]-?adres(?:sen)?|thuisadres(?:sen)?|woonadres(?:sen)?|endere[cç]os? (?:residencia(?:l|is)|pessoa(?:l|is)|particular(?:es)?))(?![\p{L}])/iu },
  { reason: 'it is about following or exposing a person', pattern: new RegExp(String.raw`\b(?:where (?:does|do|is|are) (?:my )?${PERSON} (?:lives?|works?|stay|staying|living|working)|(?:find|locate|track down|track|follow|spy on|watch) (?:out )?(?:where )?(?:my )?(?:ex|ex-?wife|ex-?husband|ex-?girlfriend|ex-?boyfriend|ex-?partner|crush)\b|(?:of|about|from) my (?:ex|ex-?wife|ex-?husband|ex-?girlfriend|ex-?boyfriend|crush)\b)`, 'i') },
  { reason: 'it is about following or exposing a person', pattern: /\b(?:meine[rsnm]? ex(?:-?(?:freundin|freund|frau|mann))?|mon ex|ma ex|mi ex|la mia ex|il mio ex|mijn ex|meu ex|minha ex)(?![\p{L}])/iu },
  { reason: 'it is about following or exposing a person', pattern: /\b(?:stalk(?:ing|en)?|dox(?:x)?(?:ing)?|spy(?:ing)? on|blackmail(?:ing)?|extort(?:ing|ion)?|erpress(?:en|ung)|chantaje(?:ar)?|ricatt(?:are|o)|espionner|espiar|acosar|harceler|pedinare|perseguir)\b/i, unless: /\banti-?stalking|stalking (?:victims?|support|prevention)|extortion (?:insurance|protection|lawyers?)/i },
  { reason: 'it is about harassing people', pattern: /\b(?:harass(?!ment (?:training|prevention|lawyers?|law))|bully(?!ing (?:prevention|training))|threaten|intimidate|humiliate|terrori[sz]e|revenge on|take revenge|bel[aä]stigen|bedrohen|menacer|amenazar|minacciare|bedreigen|amea[cç]ar)(?:ing|s|ed|n)?\b/i, unless: /\banti-?(?:harassment|bullying)/i },
  { reason: 'it asks for contacts of minors', pattern: new RegExp(String.raw`\b(?:${CONTACT}|contact|e-?mail|adressen|telefonnummern|kontakte|adresses|direcciones|indirizzi|adressen|endere[cç]os|correos)\b[^.;!?\n]{0,30}?\b(?:of|from|for|belonging to|von|de|d'|di|dei|van|der)\s?(?:\w{1,12} ){0,2}${MINORS}(?![\p{L}'’-])(?! (?:clothing|clothes|stores?|shops?|toys?|dentists?|books?|furniture|shoes|hospitals?|charit|museums?|activities|camps?|gyms?|parties|party|entertainers?|products|brands?|care|hairdressers?|photographers?|fashion))`, 'iu') },
  { reason: 'it asks for contacts of minors', pattern: /\b(?:find|contact|meet|list|get|show|message)(?: me)?(?: \d{1,5}| some)? (?:underage|minors\b|school ?girls|school ?boys|teenage (?:girls|boys)|(?:girls|boys) (?:under|aged)|children (?:under|aged|who|living|home alone)|kids (?:under|aged|who|living|home alone))/i },
  { reason: 'it asks for leaked or stolen data', pattern: /\b(?:leaked|breached|hacked|stolen|dumped|cracked|gehackte[nr]?|geleakte[nr]?|gestohlene[nr]?|vol[ée]e?s|pirat[ée]e?s|robad[oa]s|filtrad[oa]s|hackead[oa]s|rubat[ie]|trapelat[ie]|gestolen|gelekte|roubad[oa]s|vazad[oa]s)\b[^.;!?\n]{0,25}?\b(?:data|databases?|e-?mails?|credentials?|passwords?|lists?|accounts?|records?|daten|datenbank(?:en)?|passw[oö]rter|donn[ée]es|mots de passe|bases? de (?:datos|donn[ée]es|dados)|contrase[nñ]as|datos|dati|password|gegevens|wachtwoorden|dados|senhas)/iu },
  { reason: 'it asks for leaked or stolen data', pattern: /\b(?:donn[ée]es|datos|dati|dados|e-?mails?|base de datos|contrase[nñ]as) (?:vol[ée]e?s|pirat[ée]e?s|robad[oa]s|filtrad[oa]s|rubat[ie]|trapelat[ie]|roubad[oa]s|vazad[oa]s)|\b(?:dark ?web (?:data|lists?|dumps?|markets?)|data (?:dump|leak)s? (?:of|with|from)|combo ?lists?)\b/iu },
  { reason: 'it asks for credentials or financial identities', pattern: /\b(?:credit card numbers?|social security numbers?|ssns?|bank account (?:numbers?|details)|(?:their|users?'?|login|account) passwords?|passport numbers?|kreditkartennummern?|num[ée]ros? de carte|n[uú]meros? de tarjetas?|numeri di carte)\b/iu },
  { reason: 'it is for spam or fraud', pattern: /\b(?:to|for|i can|can|will|want to|mass|bulk) (?:spam(?:ming)?|phish(?:ing)?|scam(?:ming)?|defraud|con|rip off|swindle|cheat)\b|\b(?:spam|phishing|scam|fraud) (?:lists?|targets?|victims?|campaigns?|e-?mails? (?:to|list)|mailing|mails an|liste)\b|\bspam (?:them|all|everyone|people|these)\b|\b(?:leichtgl[aä]ubige|betr[uü]gen|abzocken|arnaquer|escroquer|estafar|truffare|oplichten|enganar)\b/iu, unless: /\banti-?(?:spam|phishing|fraud|scam)|\b(?:spam|phishing|fraud|scam) (?:protection|prevention|filter|filters|detection|awareness|simulation|training|security)/i },
  { reason: 'it singles people out as victims', pattern: /\b(?:gullible|naive|easy to (?:scam|fool|trick|defraud|manipulate)|vulnerable (?:people|elderly|seniors|women|persons|adults)|lonely (?:women|men|elderly|seniors|widows)|(?:elderly|seniors|old people|widows)[^.;!?\n]{0,20}? (?:living alone|who live alone|with dementia))\b/i, unless: /\b(?:charit|support|care|help|ngo|nonprofit|non-profit|services? for)/i },
  { reason: 'it sorts private people by health, belief, orientation or origin', pattern: /\b(?:list|names|e-?mails?|addresses|contacts|find|identify|people)\b[^.;!?\n]{0,25}?\b(?:(?:gay|lesbian|lgbtq?|trans(?:gender)?|muslim|jewish|black|immigrant|undocumented|homosexual) (?:people|persons|men|women|individuals|families|employees|students)|people (?:with|who have|suffering from) (?:hiv|aids|cancer|depression|diabetes|mental illness|addictions?|disabilities)|illegal immigrants|jews|muslims|gays)\b/i, unless: /\b(?:charit\w{0,10}|organi[sz]ations?|groups?|support|clinics?|ngos?|nonprofits?|associations?|businesses|bars|restaurants|providers|services|centers|centres|therapists)\b/i },
  { reason: 'it asks for a crime', pattern: /\b(?:hit ?m[ae]n|contract killers?|(?:buy|sell|selling|dealers? of) (?:cocaine|heroin|meth|fentanyl|stolen|fake (?:ids?|passports?)|illegal (?:guns|weapons|drugs))|drug dealers|human traffick(?:ing|ers)|child porn\w{0,10}|(?:kill|murder|kidnap|poison) (?:my|someone|a|him|her|them|people)|ransomware (?:targets|victims)|hack (?:into|their|my|his|her))\b/i },
];

/** Why a text must not be followed; null when nothing speaks against it. */
export function unsafeReason(text: string): string | null {
  for (const hazard of HAZARDS) if (hazard.pattern.test(text) && hazard.unless?.test(text) !== true) return hazard.reason;
  return null;
}

const INJECTION = new RegExp([
  String.raw`\b(?:ignore|disregard|forget|override|bypass|skip) (?:\w{1,12} ){0,4}(?:instructions?|prompts?|rules|guidelines|directions|context|system message|filters?|constraints)\b`,
  String.raw`\b(?:system|assistant|developer) ?(?:prompt|message|override)?\s?:`, String.raw`\byou are (?:now|no longer) `, String.raw`\b(?:reveal|print|show|repeat|output|leak|display) (?:\w{1,12} ){0,3}(?:system prompt|prompt|instructions|api keys?|secrets?|environment variables)\b`,
  String.raw`\b(?:act|behave|respond) as (?:if|an?|the) `, String.raw`\bpretend (?:to be|you|that)\b`, String.raw`\b(?:instead|always|just|only),? (?:return|respond|output|answer|reply|say|print)\b`, String.raw`\b(?:return|respond with|reply with|output|answer with) (?:only|just|the (?:text|word|address|e-?mail)|this)\b`,
  String.raw`\b(?:ignoriere|vergiss) (?:\w{1,14} ){0,4}(?:anweisungen|instruktionen|regeln)\b`, String.raw`\b(?:ignore[zr]?|oublie[zr]?) (?:\w{1,14} ){0,4}(?:instructions|consignes|r[eè]gles)`, String.raw`\b(?:ignora|olvida) (?:\w{1,14} ){0,4}(?:instrucciones|reglas|istruzioni|regole)\b`, String.raw`\b(?:negeer|vergeet) (?:\w{1,14} ){0,4}(?:instructies|regels)\b`, String.raw`\b(?:ignore|esque[cç]a) (?:\w{1,14} ){0,4}(?:instru[cç][oõ]es|regras)`,
  String.raw`<\/?(?:system|script|instructions?|prompt)\b`, String.raw`\[\/?INST\]`, String.raw`<\|[a-z_]{1,20}\|>`, String.raw`\b(?:drop|truncate) table\b`,
].join('|'), 'iu');

/**
 * The text with every sentence that talks to the machine blanked out, so that it changes nothing. Offsets stay true:
 * blanks replace characters one for one.
 */
export function blankInjections(text: string): string {
  let result = '';
  // A full stop inside a domain or number ends no sentence: white space must follow.
  for (const part of text.split(/((?<=[.!?;])\s+|\n+)/)) result += INJECTION.test(part) ? blankFrom(part) : part;
  return result;
}

/** Keeps what stands before the instruction in the same sentence ("Find dentists in Austin and ignore all rules"). */
function blankFrom(sentence: string): string {
  const at = INJECTION.exec(sentence)?.index ?? 0;
  const kept = sentence.slice(0, at).replace(/[\s,–—-]{1,5}(?:and|then|but|und|et|y|e|en)?\s{0,3}$/i, '');
  return kept + ' '.repeat(sentence.length - kept.length - 1) + (/[.!?;\n]$/.test(sentence) ? sentence.slice(-1) : ' ');
}
