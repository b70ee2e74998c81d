/** Names of places that no open gazetteer holds, and words that look like places but seldom are. */

/** Everyday names of countries beyond those of ISO 3166. Short ones count only in upper case: see places.ts. */
export const COUNTRY_ALIASES: Record<string, string> = {
  usa: 'US', us: 'US', 'u.s.': 'US', 'u.s.a.': 'US', america: 'US', 'the states': 'US', uk: 'GB', 'u.k.': 'GB', britain: 'GB', 'great britain': 'GB',
  uae: 'AE', emirates: 'AE', holland: 'NL', 'the netherlands': 'NL', czechia: 'CZ', korea: 'KR', 'south korea': 'KR', russia: 'RU', nz: 'NZ',
  vietnam: 'VN', 'ivory coast': 'CI', turkey: 'TR', deutschland: 'DE', österreich: 'AT', schweiz: 'CH', suisse: 'CH', svizzera: 'CH', 'estados unidos': 'US',
  'états-unis': 'US', 'stati uniti': 'US', 'verenigde staten': 'US', 'vereinigte staaten': 'US', 'royaume-uni': 'GB', 'reino unido': 'GB', 'regno unito': 'GB',
  'verenigd koninkrijk': 'GB', españa: 'ES', italia: 'IT', frankreich: 'FR', brasil: 'BR', méxico: 'MX', nederland: 'NL', belgië: 'BE', belgique: 'BE', polska: 'PL',
  sverige: 'SE', danmark: 'DK', norge: 'NO', suomi: 'FI', éire: 'IE', 中国: 'CN', 日本: 'JP', deutschlands: 'DE', 'república dominicana': 'DO',
};

/** Local names and usual abbreviations of first-level divisions, by GeoNames code. Two-letter ones must be upper case. */
export const DIVISION_ALIASES: Record<string, string> = {
  'US.DC': 'washington dc|district of columbia|d.c.', 'US.WA': 'washington state|wash', 'US.NY': 'new york state|upstate new york|NYS', 'US.CA': 'cali|calif|kalifornien|californie',
  'US.TX': 'tex', 'US.FL': 'fla', 'US.MA': 'mass', 'US.PA': 'penn|penna', 'US.GA': 'georgia usa',
  'CA.01': 'AB|alta', 'CA.02': 'BC|b.c.', 'CA.03': 'MB', 'CA.04': 'NB', 'CA.05': 'NL|newfoundland', 'CA.07': 'NS', 'CA.08': 'ON|ont', 'CA.09': 'PEI|PE', 'CA.10': 'QC|québec', 'CA.11': 'SK', 'CA.12': 'YT', 'CA.13': 'NT',
  'AU.02': 'NSW', 'AU.04': 'QLD', 'AU.07': 'VIC', 'AU.05': 'SA', 'AU.06': 'TAS', 'AU.08': 'WA', 'AU.01': 'ACT',
  'DE.02': 'bayern|bavière|baviera|beieren', 'DE.01': 'baden-württemberg', 'DE.05': 'hessen', 'DE.06': 'niedersachsen', 'DE.07': 'nordrhein-westfalen|NRW', 'DE.08': 'rhineland-palatinate', 'DE.13': 'sachsen', 'DE.14': 'sachsen-anhalt', 'DE.15': 'thüringen',
  'FR.11': 'ile de france|paris region|région parisienne', 'FR.53': 'bretagne', 'FR.28': 'normandie', 'FR.75': 'nouvelle-aquitaine', 'FR.93': 'PACA|provence', 'FR.94': 'corse', 'FR.84': 'auvergne rhone alpes',
  'ES.51': 'andalucía|andalousie', 'ES.56': 'cataluña|catalunya|catalogne|katalonien', 'ES.59': 'país vasco|euskadi', 'ES.07': 'islas baleares|baleares|mallorca|majorca', 'ES.53': 'canarias|islas canarias|canaries', 'ES.60': 'comunidad valenciana', 'ES.29': 'comunidad de madrid', 'ES.55': 'castilla y león', 'ES.32': 'navarra', 'ES.52': 'aragón',
  'IT.16': 'toscana|toscane|toskana', 'IT.09': 'lombardia|lombardei|lombardie', 'IT.12': 'piemonte|piemont|piémont', 'IT.15': 'sicilia|sizilien|sicile', 'IT.14': 'sardegna|sardinien|sardaigne', 'IT.13': 'puglia|apulien', 'IT.17': 'trentino|south tyrol|südtirol|alto adige', 'IT.10': 'marche', 'IT.02': 'basilicata', 'IT.20': 'venetien', 'IT.19': "valle d'aosta",
  'NL.07': 'noord-holland', 'NL.11': 'zuid-holland', 'NL.06': 'noord-brabant|brabant', 'NL.02': 'fryslân', 'BE.VLG': 'vlaanderen|flandern|flandre', 'BE.WAL': 'wallonie|wallonien', 'BE.BRU': 'brussels region',
  'AT.07': 'tirol', 'AT.06': 'steiermark', 'AT.02': 'kärnten', 'AT.04': 'oberösterreich', 'AT.03': 'niederösterreich', 'CH.TI': 'tessin', 'CH.GR': 'graubünden', 'CH.LU': 'canton of lucerne',
  'GB.ENG': 'inglaterra|angleterre|inghilterra', 'GB.SCT': 'schottland|écosse|escocia|scozia|schotland', 'GB.WLS': 'cymru|gales|galles', 'PT.09': 'algarve', 'PT.10': 'madeira', 'PT.23': 'açores',
  'BR.27': 'estado de são paulo', 'BR.21': 'estado do rio de janeiro',
};

/** Regions people name that cross or divide countries: parts are country codes or GeoNames division codes. */
export const REGIONS: Record<string, string> = {
  dach: 'DE|AT|CH', 'dach region': 'DE|AT|CH', scandinavia: 'DK|NO|SE', skandinavien: 'DK|NO|SE', scandinavie: 'DK|NO|SE', escandinavia: 'DK|NO|SE', scandinavië: 'DK|NO|SE', nordics: 'DK|FI|IS|NO|SE', 'nordic countries': 'DK|FI|IS|NO|SE', 'the nordics': 'DK|FI|IS|NO|SE',
  benelux: 'BE|NL|LU', baltics: 'EE|LV|LT', 'baltic states': 'EE|LV|LT', baltikum: 'EE|LV|LT', iberia: 'ES|PT', 'iberian peninsula': 'ES|PT', 'british isles': 'GB|IE', balkans: 'AL|BA|BG|HR|ME|MK|RS|XK|SI',
  'central europe': 'AT|CH|CZ|DE|HU|PL|SI|SK', 'eastern europe': 'BG|CZ|HU|MD|PL|RO|SK|UA', 'western europe': 'AT|BE|CH|DE|FR|GB|IE|LU|NL', 'southern europe': 'ES|GR|IT|MT|PT', 'northern europe': 'DK|EE|FI|IS|LT|LV|NO|SE',
  eu: 'AT|BE|BG|CY|CZ|DE|DK|EE|ES|FI|FR|GR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK', 'european union': 'AT|BE|BG|CY|CZ|DE|DK|EE|ES|FI|FR|GR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK',
  europe: 'AT|BE|BG|CH|CY|CZ|DE|DK|EE|ES|FI|FR|GB|GR|HR|HU|IE|IS|IT|LT|LU|LV|MT|NL|NO|PL|PT|RO|SE|SI|SK', europa: 'AT|BE|BG|CH|CY|CZ|DE|DK|EE|ES|FI|FR|GB|GR|HR|HU|IE|IS|IT|LT|LU|LV|MT|NL|NO|PL|PT|RO|SE|SI|SK',
  anz: 'AU|NZ', gcc: 'AE|BH|KW|OM|QA|SA', 'gulf states': 'AE|BH|KW|OM|QA|SA', maghreb: 'DZ|MA|TN', 'southeast asia': 'ID|MY|PH|SG|TH|VN', 'south east asia': 'ID|MY|PH|SG|TH|VN', 'east africa': 'KE|RW|TZ|UG', 'west africa': 'CI|GH|NG|SN', 'southern africa': 'BW|NA|ZA|ZM|ZW',
  'north america': 'US|CA', nordamerika: 'US|CA', 'latin america': 'AR|BR|CL|CO|MX|PE', latam: 'AR|BR|CL|CO|MX|PE', 'south america': 'AR|BO|BR|CL|CO|EC|PE|PY|UY', 'central america': 'BZ|CR|GT|HN|NI|PA|SV', caribbean: 'BS|BB|CU|DO|HT|JM|TT',
  midwest: 'US.IL|US.IN|US.IA|US.KS|US.MI|US.MN|US.MO|US.NE|US.ND|US.OH|US.SD|US.WI', 'new england': 'US.CT|US.ME|US.MA|US.NH|US.RI|US.VT', 'pacific northwest': 'US.WA|US.OR', 'west coast': 'US.CA|US.OR|US.WA', 'east coast': 'US.CT|US.DE|US.FL|US.GA|US.MA|US.MD|US.ME|US.NC|US.NH|US.NJ|US.NY|US.RI|US.SC|US.VA',
  'tri state area': 'US.NY|US.NJ|US.CT', 'southwest us': 'US.AZ|US.NM|US.NV|US.UT', 'deep south': 'US.AL|US.GA|US.LA|US.MS|US.SC', 'great plains': 'US.KS|US.NE|US.ND|US.SD|US.OK', 'mountain west': 'US.CO|US.ID|US.MT|US.NV|US.UT|US.WY',
  'the maritimes': 'CA.04|CA.07|CA.09', 'atlantic canada': 'CA.04|CA.05|CA.07|CA.09', 'norddeutschland': 'DE.10|DE.04|DE.03|DE.06|DE.12', 'northern germany': 'DE.10|DE.04|DE.03|DE.06|DE.12', 'süddeutschland': 'DE.01|DE.02', 'southern germany': 'DE.01|DE.02', 'northern italy': 'IT.09|IT.12|IT.20|IT.05|IT.08|IT.06|IT.17|IT.19', 'nord italia': 'IT.09|IT.12|IT.20|IT.05|IT.08|IT.06|IT.17|IT.19',
};

/** Areas around one point: name | division | country | latitude | longitude. */
export const AREAS: Record<string, readonly [name: string, division: string, country: string, lat: number, lon: number]> = {
  'bay area': ['San Francisco Bay Area', 'US.CA', 'US', 37.7749, -122.2], 'san francisco bay area': ['San Francisco Bay Area', 'US.CA', 'US', 37.7749, -122.2], sf: ['San Francisco', 'US.CA', 'US', 37.77493, -122.41942], 'silicon valley': ['Silicon Valley', 'US.CA', 'US', 37.3875, -122.0575],
  socal: ['Southern California', 'US.CA', 'US', 34.05, -117.8], 'southern california': ['Southern California', 'US.CA', 'US', 34.05, -117.8], 'northern california': ['Northern California', 'US.CA', 'US', 38.6, -121.5], 'orange county': ['Orange County', 'US.CA', 'US', 33.7175, -117.8311],
  'los angeles county': ['Los Angeles County', 'US.CA', 'US', 34.05, -118.24], dfw: ['Dallas–Fort Worth', 'US.TX', 'US', 32.8, -97.0], 'dallas fort worth': ['Dallas–Fort Worth', 'US.TX', 'US', 32.8, -97.0], 'twin cities': ['Minneapolis–Saint Paul', 'US.MN', 'US', 44.95, -93.2], 'research triangle': ['Research Triangle', 'US.NC', 'US', 35.9, -78.87], 'long island': ['Long Island', 'US.NY', 'US', 40.8, -73.2],
  ruhrgebiet: ['Ruhr', 'DE.07', 'DE', 51.48, 7.22], 'ruhr area': ['Ruhr', 'DE.07', 'DE', 51.48, 7.22], 'rhein main gebiet': ['Rhine-Main', 'DE.05', 'DE', 50.08, 8.5], bodensee: ['Lake Constance', 'DE.01', 'DE', 47.66, 9.36], 'lake constance': ['Lake Constance', 'DE.01', 'DE', 47.66, 9.36], 'schwarzwald': ['Black Forest', 'DE.01', 'DE', 48.2, 8.2], 'black forest': ['Black Forest', 'DE.01', 'DE', 48.2, 8.2],
  'greater london': ['Greater London', 'GB.ENG', 'GB', 51.5074, -0.1278], 'greater manchester': ['Greater Manchester', 'GB.ENG', 'GB', 53.5, -2.28], 'west midlands': ['West Midlands', 'GB.ENG', 'GB', 52.48, -1.9], 'east anglia': ['East Anglia', 'GB.ENG', 'GB', 52.5, 1.0], cornwall: ['Cornwall', 'GB.ENG', 'GB', 50.4, -4.9], cotswolds: ['Cotswolds', 'GB.ENG', 'GB', 51.8, -1.9], yorkshire: ['Yorkshire', 'GB.ENG', 'GB', 53.95, -1.2], kent: ['Kent', 'GB.ENG', 'GB', 51.24, 0.7], devon: ['Devon', 'GB.ENG', 'GB', 50.7, -3.8], sussex: ['Sussex', 'GB.ENG', 'GB', 50.95, -0.1],
  'greater toronto area': ['Greater Toronto Area', 'CA.08', 'CA', 43.7, -79.4], gta: ['Greater Toronto Area', 'CA.08', 'CA', 43.7, -79.4], 'vancouver island': ['Vancouver Island', 'CA.02', 'CA', 49.6, -125.5], 'costa del sol': ['Costa del Sol', 'ES.51', 'ES', 36.5, -4.8], 'costa brava': ['Costa Brava', 'ES.56', 'ES', 41.9, 3.1], "côte d'azur": ["Côte d'Azur", 'FR.93', 'FR', 43.55, 7.0], 'french riviera': ["Côte d'Azur", 'FR.93', 'FR', 43.55, 7.0], 'alsace': ['Alsace', 'FR.44', 'FR', 48.3, 7.4], randstad: ['Randstad', 'NL.11', 'NL', 52.1, 4.7],
};

/** Adjectives of countries, in stem-free folded forms; they locate only when nothing else does. */
export const DEMONYMS: Record<string, string> = {
  american: 'US', british: 'GB', english: 'GB', scottish: 'GB.SCT', welsh: 'GB.WLS', irish: 'IE', german: 'DE', austrian: 'AT', swiss: 'CH', french: 'FR', belgian: 'BE', dutch: 'NL', spanish: 'ES', portuguese: 'PT', italian: 'IT', greek: 'GR', turkish: 'TR', polish: 'PL', czech: 'CZ', slovak: 'SK', hungarian: 'HU', romanian: 'RO', bulgarian: 'BG', croatian: 'HR', serbian: 'RS', ukrainian: 'UA', danish: 'DK', swedish: 'SE', norwegian: 'NO', finnish: 'FI', icelandic: 'IS', estonian: 'EE', latvian: 'LV', lithuanian: 'LT', canadian: 'CA', mexican: 'MX', brazilian: 'BR', argentinian: 'AR', argentine: 'AR', chilean: 'CL', colombian: 'CO', peruvian: 'PE', australian: 'AU', indian: 'IN', chinese: 'CN', japanese: 'JP', korean: 'KR', thai: 'TH', vietnamese: 'VN', indonesian: 'ID', malaysian: 'MY', singaporean: 'SG', israeli: 'IL', egyptian: 'EG', moroccan: 'MA', nigerian: 'NG', kenyan: 'KE',
  deutsche: 'DE', deutscher: 'DE', deutschen: 'DE', osterreichische: 'AT', schweizer: 'CH', francaises: 'FR', francaise: 'FR', francais: 'FR', allemandes: 'DE', espanolas: 'ES', espanoles: 'ES', alemanas: 'DE', italiane: 'IT', italiani: 'IT', tedesche: 'DE', nederlandse: 'NL', duitse: 'DE', belgische: 'BE', portuguesas: 'PT', portugueses: 'PT', brasileiras: 'BR', brasileiros: 'BR',
};
/** Names of languages for "German-speaking" and the like, as BCP 47. */
export const SPOKEN: Record<string, string> = { english: 'en', german: 'de', french: 'fr', spanish: 'es', italian: 'it', dutch: 'nl', portuguese: 'pt', polish: 'pl', turkish: 'tr', russian: 'ru', ukrainian: 'uk', arabic: 'ar', chinese: 'zh', mandarin: 'zh', cantonese: 'yue', japanese: 'ja', korean: 'ko', hindi: 'hi', greek: 'el', swedish: 'sv', danish: 'da', norwegian: 'no', finnish: 'fi', czech: 'cs', hungarian: 'hu', romanian: 'ro', vietnamese: 'vi', thai: 'th', hebrew: 'he', catalan: 'ca' };

export const words = (list: string): Set<string> => new Set(list.trim().split(/\s+/));

/** Words after which a place is likely, in the languages we read. */
export const PLACE_PREPOSITIONS = words(`in near around at from across within throughout inside outside serving covering towards between to
  bei aus um nahe rund innerhalb im ins nach dans pres proche autour vers sur aux au a en cerca alrededor desde hasta por de del da do das dos di nel nella nello nei negli della vicino presso
  tra intorno te bij nabij rondom rond vanuit em no na nos nas perto area region city greater downtown metro central raum umgebung grossraum stadt ville ciudad citta regio regione regiao`);

/** "of" and its kin introduce many other things than places; they support a capitalised place only. */
export const WEAK_PREPOSITIONS = words('a de del da do das dos di to te no na nos nas sur por for of au en tra at from between um nach a');

/** Ordinary words that are also names of places: accepted only with a preposition and a capital, or a region behind. */
export const ORDINARY_WORDS = words(`
  reading mobile bath nice best split orange enterprise commerce industry hospital dental law get of more and can no me is at man bar spa eu page police most male
  bad good big small new old free open local public private family community independent modern luxury cheap near center centre central north south east west northern southern eastern western
  northeast northwest southeast southwest island islands lake park hill hills valley beach bay river spring springs forest garden gardens mill mills grove
  summit union liberty hope defiance eden paradise home house farm farms market station bridge church temple young green white black brown gray red blue gold silver stone rock diamond crystal pearl amber
  rice corn sugar coffee lemon apple cherry olive rose lily iris daisy ham bacon salmon turkey chili sandwich hamburger wiener frankfurter berliner cologne
  march may june august sunday monday friday
  mission victory independence freedom normal energy superior advance progress success pioneer eagle buffalo deer wolf bear fox lion tiger
  price sales marketing finance media design studio tech data cloud solar power electric gas oil water air steel iron copper metal glass plastic paper wood print
  owner owners director manager ceo cto founder chief head lead leads contact contacts email emails phone website web site online booking book walk ins open use uses using who that which with without
  firm firms company companies business businesses office offices shop shops store stores clinic clinics dentist dentists lawyer lawyers doctor doctors school schools hotel hotels restaurant restaurants cafe cafes agency agencies
  find list show give search look need want make build please all any some every each only just also about over under above between after before
  first last top one two three four five six seven eight nine ten dozen hundred thousand half many few several
  state province county country region district city town village area zone street road avenue capital general santa san los las el la le les der die das den dem ein eine und oder mit ohne fur von zu
  et ou avec sans pour une un des du les tous toutes que qui y o con sin para por los las una unos unas todos todas e o con senza per tutti tutte il lo gli le en of met zonder voor alle een het de com sem para todos uma um
  neue neu alte gross klein gute beste petite petit grand grande nouveau nuevo nueva bueno buena nuovo buono nieuw goed novo bom pas non ni ne si
  chain chains franchise franchises brand brands group partner partners member members student students service services product products supplier suppliers maker makers provider providers
  mint vale drive lodge ball vista plant plants mason taylor cooper baker miller carpenter smith cook butler hunter fisher gardener porter sawyer tanner weaver
  startup startups saas software fintech retail food health care medical legal travel tours tour event events wedding fitness gym yoga beauty hair nail nails massage pet vet auto car cars truck bike
  real estate property rent rental sale used vintage organic vegan halal kosher craft art arts music dance film photo video game games sport sports toy toys
  mine hub cities imported made based inc ltd gmbh llc co
  weather poem joke time date today tomorrow story song translate capital president
  marktplatz stelle stellen laden haus bau holz stahl recht steuer zahn arzt praxis buro werk werke betrieb betriebe firma firmen kontakt adresse
  avocat boulanger dentiste medecin coiffeur garage magasin commerce entreprise entreprises societe cabinet
  abogado dentista panaderia tienda empresa empresas medico taller despacho
  avvocato ristorante negozio azienda aziende studi medici officina
  tandarts bakker winkel bedrijf bedrijven kantoor garage
  advogado padaria loja escritorio clinica clinicas hotel hoteis
  take takes sell sells offer offers accept accepts have has had own owns run runs work works hire hires ship ships export exports import imports
  call mail chat fax link links profile profiles address addresses number numbers name names details info information
  street lane court place square plaza mall tower castle palace bury worth ware ford port mount
  van von der den bin al el ibn hai ho nan pan wan man ban pau oro ora ola una ole lima-beans
  plumber plumbers roofer roofers electrician electricians painter painters builder builders contractor contractors
  mama baba papa nana lala tata dada kaka
  mechanic mechanics trucking cleaning catering banking insurance logistics shipping mining fishing farming hunting printing packaging consulting training coaching tutoring
`);
