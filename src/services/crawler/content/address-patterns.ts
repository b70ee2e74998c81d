/**
 * How postal codes and towns are written, country by country (Universal Postal Union addressing sheets).
 * Each pattern finds the line of the town; the street is looked for in front of it by `addresses.ts`.
 * All quantifiers are bounded and neighbours cannot match the same characters, so matching stays linear.
 */

/** One word of a town: capitalised, with inner apostrophes, dots and hyphens ("St.", "L'Aquila", "Aix-en-Provence"). */
const WORD = String.raw`\p{Lu}[\p{L}'’.-]{0,30}`;
/** Small words inside town names. */
const LINK = String.raw`(?:am|an der|an|auf|bei|im|in|ob|ob der|vor der|zu|sur|sous|lès|les|le|la|de|du|des|del|della|dei|di|da|do|dos|das|el|los|las|i|na|nad|pod|u|v|aan|op|den|ten|en|y|e|of|upon|on|a\.d\.|a\.|d\.|i\.|b\.|v\.)`;
/** A town: up to four capitalised words, perhaps with small words between, perhaps a district number or region in brackets. */
export const TOWN = String.raw`(?:${WORD})(?:[ -](?:${LINK} ){0,2}(?:${WORD}|\d{1,2}(?!\d))){0,3}(?:[ ]?\([^()]{1,25}\))?(?:[ ]?/[ ]?${WORD})?`;

export interface TownPattern {
  /** Countries whose addresses look like this; the likely one is chosen by `addresses.ts`. */
  countries: readonly string[];
  pattern: RegExp;
  /** Where the street stands: before the town (most), or after it on the same line (Hungary, Japan, China). */
  street: 'before' | 'after';
  /** What any line with such an address contains: cheap to look for, so that most lines never meet `pattern`. */
  hint: RegExp;
  /** Digits alone could be a year or an amount: only with a street or a country prefix. */
  weak: boolean;
}

function compile(source: string): RegExp {
  return new RegExp(source, 'gu');
}

const US_STATE = 'A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]';
const US_NAME = 'Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming';
const EDGE = String.raw`(?<![\p{L}\d.,/+-])`;

/** Group `code` is the postal code, `city` the town, `prefix` an old international prefix such as `D-`. */
export const TOWN_PATTERNS: readonly TownPattern[] = [
  { countries: ['NL'], hint: /[1-9]\d{3} ?[A-Z]{2}/, street: 'before', weak: true, pattern: compile(String.raw`${EDGE}(?:(?<prefix>NL)[- ])?(?<code>[1-9]\d{3} ?(?!S[ADS] )[A-Z]{2}),? (?<city>${TOWN})`) },
  { countries: ['PL'], hint: /\d{2}-\d{3}/, street: 'before', weak: false, pattern: compile(String.raw`${EDGE}(?:(?<prefix>PL)[- ])?(?<code>\d{2}-\d{3}),? (?<city>${TOWN})`) },
  { countries: ['PT'], hint: /\d{4}-\d{3}/, street: 'before', weak: false, pattern: compile(String.raw`${EDGE}(?<code>\d{4}-\d{3}),? (?<city>${TOWN})`) },
  { countries: ['JP'], hint: /〒/, street: 'after', weak: false, pattern: /〒 ?(?<code>\d{3}[-‐−ー－]\d{4}) ?(?<city>[^\s\d〒,、。]{2,40})?/gu },
  { countries: ['SE', 'CZ', 'SK', 'GR'], hint: /[1-9]\d{2} \d{2}/, street: 'before', weak: true, pattern: compile(String.raw`${EDGE}(?:(?<prefix>SE?|CZ|SK|GR)[- ])?(?<code>[1-9]\d{2} \d{2}),? (?<city>${TOWN})`) },
  { countries: ['DE', 'FR', 'IT', 'ES', 'FI', 'HR', 'EE', 'TR', 'SE', 'CZ', 'MX', 'LT', 'RS', 'UA', 'KR', 'GR', 'SK'], hint: /\d{5}/, street: 'before', weak: true, pattern: compile(String.raw`${EDGE}(?:(?<prefix>DE?|FR?|IT?|ES?|FIN?|HR|EE|TR|MC|LT|RS)[-– ]{1,3})?(?<code>\d{5}),? (?<city>${TOWN})`) },
  { countries: ['AT', 'CH', 'BE', 'NO', 'DK', 'LU', 'SI', 'BG', 'LI', 'LV', 'CY', 'ZA', 'NL', 'PT'], hint: /\d{4}/, street: 'before', weak: true, pattern: compile(String.raw`${EDGE}(?:(?<prefix>AT?|CH|BE?|NO?|DK|LU?|SI|BG|FL|LI)[-– ]{1,3})?(?<code>[1-9]\d{3}|0\d{3}),? (?<city>${TOWN})`) },
  { countries: ['HU'], hint: /[1-9]\d{3}/, street: 'after', weak: true, pattern: compile(String.raw`${EDGE}(?:(?<prefix>HU?)[-– ]{1,3})?(?<code>[1-9]\d{3}),? (?<city>${WORD}),? (?=\p{Lu})`) },
  { countries: ['US'], hint: /[A-Za-z][.,]{0,2} {1,2}\d{5}/, street: 'before', weak: false, pattern: compile(String.raw`(?<city>(?:${WORD})(?: ${WORD}){0,3}),? (?<region>${US_STATE}|${US_NAME})[.,]?,? {1,2}(?<code>\d{5}(?:-\d{4})?)(?!\d)`) },
  { countries: ['CA'], hint: /[A-Z]\d[A-Z] ?\d[A-Z]\d/, street: 'before', weak: false, pattern: compile(String.raw`(?<city>(?:${WORD})(?: ${WORD}){0,3}),? \(?(?<region>AB|BC|MB|NB|N[LSTU]|ON|PE|QC|SK|YT|Alberta|British Columbia|Manitoba|New Brunswick|Nova Scotia|Ontario|Quebec|Québec|Saskatchewan)\)?,? {1,2}(?<code>[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d)(?![\p{L}\d])`) },
  { countries: ['AU'], hint: /(?:NSW|VIC|Vic|QLD|Qld|TAS|Tas|ACT|SA|WA|NT|Victoria|Wales|Queensland|Tasmania),? \d{4}/, street: 'before', weak: false, pattern: compile(String.raw`(?<city>(?:${WORD})(?: ${WORD}){0,3}),? (?<region>NSW|VIC|Vic|QLD|Qld|TAS|Tas|ACT|SA|WA|NT|Victoria|New South Wales|Queensland|Tasmania),? (?<code>\d{4})(?!\d)`) },
  { countries: ['IN'], hint: /[1-8]\d{2} ?\d{3}/, street: 'before', weak: false, pattern: compile(String.raw`(?<city>(?:${WORD})),? ?(?:(?:${WORD})(?: ${WORD})?,? ?)?[-–,]? ?(?:PIN:? ?)?(?<code>[1-8]\d{2} ?\d{3})(?!\d)`) },
  { countries: ['BR'], hint: /[-–/,] ?[A-Z]{2}(?![A-Za-z])/, street: 'before', weak: false, pattern: compile(String.raw`(?<city>(?:${WORD})(?: (?:d[aeo]s? )?${WORD}){0,3})[ ]?[-–/,][ ]?(?<region>A[CLMP]|BA|CE|DF|ES|GO|M[AGST]|P[ABEIR]|R[JNORS]|S[CEP]|TO)(?:[ ,–-]{1,3}(?:Brasil[ ,–-]{1,3})?(?:C[Ee][Pp]:? ?)?(?<code>\d{2}\.?\d{3}-?\d{3}))?(?![\p{L}\d])`) },
  // The town of a British or Irish address stands in front of the code, on the same line or the one above.
  { countries: ['GB'], hint: /\d[A-Z\d]? ?\d[A-Z]{2}/, street: 'before', weak: false, pattern: /(?<![\p{L}\d])(?<code>(?:[A-Z]{1,2}\d[A-Z\d]?|GIR) ?\d[ABD-HJLNP-UW-Z]{2})(?![\p{L}\d])/gu },
  { countries: ['IE'], hint: /[A-Y]\d[\dW]/, street: 'before', weak: false, pattern: /(?<![\p{L}\d])(?<code>(?:[AC-FHKNPRTV-Y]\d{2}|D6W) ?[0-9AC-FHKNPRTV-Y]{4})(?![\p{L}\d])/gu },
];

/** Endings of one-word street names in the Germanic, Nordic and Finnish manner ("Hauptstraße", "Storgatan"). */
const STREET_ENDINGS = String.raw`stra(?:ß|ss)e|str|gasse|weg|platz|allee|ring|ufer|damm|chaussee|hof|markt|steig|promenade|straat|laan|plein|gracht|kade|dijk|steenweg|singel|gatan|gata|gate|gaten|vägen|vej|vei|veien|gade|plads|katu|tie|kuja|polku`;
/** Words a street is called by, across languages; most carry the house number right before or after. */
const STREET_WORDS = String.raw`${STREET_ENDINGS}|rue|avenue|av|ave|boulevard|blvd|bd|place|chemin|impasse|route|quai|allée|cours|via|viale|piazza|corso|largo|strada|vicolo|calle|c/|carrer|plaza|paseo|avenida|avda|carretera|camino|rua|travessa|praça|estrada|rodovia|alameda|street|st|road|rd|lane|ln|drive|dr|court|ct|way|square|sq|parkway|pkwy|highway|hwy|terrace|close|crescent|suite|floor|ul|ulica|aleja|al|plac|osiedle|os|allé|utca|út|útja|tér|körút|ulice|třída|tř|náměstí|nám|trg|cesta|p\.? ?o\.? box|postfach|postbus|boîte postale|apartado|casella postale|postboks|house|building|nagar|marg|chowk`;
export const STREET_FIRST = new RegExp(String.raw`^(?:${STREET_WORDS})(?:\.\s{0,2}|\s)(?=[\p{Lu}\d])`, 'iu');
export const STREET_WORD = new RegExp(String.raw`(?:(?:^|[\s,.(/-])(?:${STREET_WORDS})|\p{Ll}(?:${STREET_ENDINGS}))(?=$|[\s.,\d/)-])`, 'iu');

/** "Hauptstr. 5a", "Am Markt 3-5", "12 rue de la Paix", "PO Box 77": letters with a house number at one end. */
export const HOUSE_AFTER = /\p{L}[\p{L}.'’)]{0,30}\.?,?\s{0,2}(?:n[°ºr.]{0,2}\s?)?\d{1,5}\s?[a-zA-Z]?(?:\s?[-–/+&]\s?\d{0,5}\s?[a-zA-Z]?)?(?:\s?\([^()]{1,30}\))?[.,]?$/u;
export const HOUSE_BEFORE = /^(?:\d{1,6}[a-zA-Z]?(?:\s?[-–/]\s?\d{1,6}[a-zA-Z]?)?,?\s(?:bis|ter)?,?\s?\p{L}|[Pp]\.?\s?[Oo]\.?\s?[Bb]ox\s\d|Postfach\s\d|BP\s\d)/u;

/** Chinese addresses: city or district, then road and number; read as one run. */
export const CHINESE_ADDRESS = /(?:[\u4e00-\u9fff]{2,8}省)?[\u4e00-\u9fff]{2,8}市(?:[\u4e00-\u9fff]{1,8}[区县镇市]){0,3}[\u4e00-\u9fff\d]{2,30}?\d{1,5}号[\u4e00-\u9fffA-Za-z\d-]{0,30}/gu;
/** Japanese addresses without a postal mark: prefecture, town, numbers. */
export const JAPANESE_ADDRESS = /(?:東京都|北海道|大阪府|京都府|[\u4e00-\u9fff]{2,3}県)[\u3040-\u30ff\u4e00-\u9fff々ヶ]{1,25}?[\d０-９一二三四五六七八九十]{1,4}(?:丁目|番地|番|号|[-−ー－‐の][\d０-９]{1,4}){0,4}[^\s、。,|]{0,20}/gu;
/** Korean addresses: province or metropolitan city, district, road, number. */
export const KOREAN_ADDRESS = /(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주)[가-힣]{0,6}\s[가-힣]{1,8}[시군구](?:\s[가-힣\d]{1,15}){1,4}\s?\d{1,5}(?:-\d{1,4})?/gu;
