/** Invented goals and how they must be read. Fields that are not given are not compared; lists are compared whole. */
export interface Golden {
  goal: string;
  industries?: string[];
  /** name/region/country, "" for no region. */
  places?: string[];
  roles?: string[];
  keywords?: string[];
  exclusions?: string[];
  count?: number;
  language?: string;
  intent?: string;
}

export const GOLDEN: readonly Golden[] = [
  // counts
  { goal: '50 dental clinics in Austin that take walk-ins', count: 50, industries: ['Dentist'], places: ['Austin/Texas/US'], keywords: ['walk-ins'], language: 'en', intent: 'FIND_COMPANIES' },
  { goal: 'Find a dozen bakeries in Lyon', count: 12, industries: ['Bakery'], places: ['Lyon/Auvergne-Rhône-Alpes/FR'] },
  { goal: 'two hundred and fifty dentists in Chicago', count: 250, industries: ['Dentist'], places: ['Chicago/Illinois/US'] },
  { goal: 'I need 1k leads of plumbers in Ohio', count: 1000, industries: ['Plumber'], places: ['Ohio/Ohio/US'] },
  { goal: 'a couple of hundred gyms in Madrid', count: 200, industries: ['Gym'], places: ['Madrid/Madrid/ES'] },
  { goal: '20-30 florists in Bruges', count: 30, industries: ['Florist'] },
  { goal: 'between 10 and 20 florists in Bruges', count: 20, industries: ['Florist'] },
  { goal: 'hotels with 50 rooms in Vienna', count: 50, industries: ['Hotel'], places: ['Vienna/Vienna/AT'], keywords: ['50 rooms'] },
  { goal: 'hotels with 80 rooms in Vienna', count: 50, industries: ['Hotel'] },
  { goal: 'dentists within 25 miles of Boise', count: 50, industries: ['Dentist'], places: ['Boise/Idaho/US'] },
  { goal: 'software firms with 20 employees in Tallinn', count: 50, industries: ['Software Company'], places: ['Tallinn/Harjumaa/EE'] },
  { goal: 'dentists in Austin, 30 leads please', count: 30, industries: ['Dentist'], places: ['Austin/Texas/US'] },
  { goal: '24 hour pharmacies in Rome', count: 50, industries: ['Pharmacy'], places: ['Rome/Lazio/IT'] },
  { goal: '5000 leads of florists in Spain', count: 1000, industries: ['Florist'], places: ['Spain//ES'] },
  { goal: 'at least 15 vets near Bristol', count: 15, industries: ['Veterinarian'], places: ['Bristol/England/GB'] },
  // places
  { goal: 'bakeries in Paris, Texas and London, Ontario', places: ['Paris/Texas/US', 'London/Ontario/CA'], industries: ['Bakery'] },
  { goal: 'bakeries in Paris and London', places: ['Paris/Île-de-France/FR', 'London/England/GB'] },
  { goal: 'find plumbers NYC', places: ['New York City/New York/US'], industries: ['Plumber'] },
  { goal: 'dentists Austin TX', places: ['Austin/Texas/US'], industries: ['Dentist'] },
  { goal: 'find dentists in austin tx', places: ['Austin/Texas/US'], industries: ['Dentist'] },
  { goal: 'law firms in Reading, UK', places: ['Reading/England/GB'], industries: ['Law Firm'] },
  { goal: 'hotels in Nice', places: ["Nice/Provence-Alpes-Côte d'Azur/FR"], industries: ['Hotel'] },
  { goal: 'plumbers in Mobile, Alabama or Reading', places: ['Mobile/Alabama/US', 'Reading/England/GB'] },
  { goal: 'accountants in Cambridge and Springfield, MA', places: ['Cambridge/Massachusetts/US', 'Springfield/Massachusetts/US'], industries: ['Accountant'] },
  { goal: 'dentists in nice areas', places: [], industries: ['Dentist'] },
  { goal: 'architects in the Bay Area', places: ['San Francisco Bay Area/California/US'], industries: ['Architect'] },
  { goal: 'CTOs of logistics companies in DACH', places: ['Germany//DE', 'Austria//AT', 'Switzerland//CH'], roles: ['CTO'], industries: ['Logistics Company'], intent: 'FIND_PEOPLE' },
  { goal: 'breweries across Scandinavia', places: ['Denmark//DK', 'Norway//NO', 'Sweden//SE'], industries: ['Brewery'] },
  { goal: 'restaurants in Georgia', places: ['Georgia/Georgia/US'], industries: ['Restaurant'] },
  { goal: 'wineries near Mendoza, Argentina', places: ['Mendoza/Mendoza/AR'], industries: ['Winery'] },
  { goal: 'German software companies', places: ['Germany//DE'], industries: ['Software Company'] },
  { goal: 'Italian restaurants in Denver', places: ['Denver/Colorado/US'], industries: ['Italian Restaurant'] },
  { goal: 'Berlin-based fintechs', places: ['Berlin/Berlin/DE'], industries: ['Fintech'] },
  { goal: 'tattoo studios in Osaka and Nairobi', places: ['Osaka/Osaka/JP', 'Nairobi/Nairobi County/KE'], industries: ['Tattoo Studio'] },
  { goal: 'coworking spaces in St. Louis', places: ['St. Louis/Missouri/US'], industries: ['Coworking Space'] },
  // industries, keywords, exclusions, roles
  { goal: 'pediatric dental clinics in Dallas, TX with online booking', industries: ['Dentist'], keywords: ['pediatric', 'online booking'], places: ['Dallas/Texas/US'] },
  { goal: 'law firms in Leeds without chains or franchises', industries: ['Law Firm'], exclusions: ['chains', 'franchises'], keywords: [] },
  { goal: 'vegan restaurants with delivery in Ghent, no chains', industries: ['Restaurant'], keywords: ['vegan', 'delivery'], exclusions: ['chains'] },
  { goal: 'marketing agencies for restaurants in Miami', industries: ['Marketing Agency'], keywords: ['restaurants'] },
  { goal: 'gyms with a pool', industries: ['Gym'], keywords: ['pool'], places: [] },
  { goal: '20 family-owned bakeries', industries: ['Bakery'], keywords: ['family-owned'], count: 20, roles: [] },
  { goal: 'SaaS companies and fintech startups in Lisbon', industries: ['SaaS Company', 'Fintech'] },
  { goal: 'electricians or plumbers in Bath', industries: ['Electrician', 'Plumber'], places: ['Bath/England/GB'] },
  { goal: 'carpet cleaning companies in Ohio', industries: ['Cleaning Company'], keywords: ['carpet'] },
  { goal: 'electric vehicle charging companies in Norway', industries: [], keywords: ['electric vehicle charging'], places: ['Norway//NO'] },
  { goal: 'organisations with a public contact address', industries: [], keywords: ['public contact address'], intent: 'FIND_COMPANIES' },
  { goal: 'restaurants in Rome but not pizza places', industries: ['Restaurant'], exclusions: ['pizza places'] },
  { goal: 'dentists in Austin, except in Round Rock', places: ['Austin/Texas/US'], exclusions: ['Round Rock'] },
  { goal: 'no-code platforms in Berlin', exclusions: [], keywords: ['no-code platforms'] },
  { goal: 'property managers in Denver', industries: ['Property Management'], roles: [] },
  { goal: 'head of marketing at SaaS companies in the UK', roles: ['Head of Marketing'], industries: ['SaaS Company'], places: ['United Kingdom//GB'], intent: 'FIND_PEOPLE' },
  { goal: 'owners of hair salons in Leeds, not franchises, hospitals or chains', roles: ['Owner'], industries: ['Hair Salon'], exclusions: ['franchises', 'hospitals', 'chains'], intent: 'FIND_PEOPLE' },
  { goal: 'VP of sales and HR managers at packaging manufacturers in Ohio', roles: ['VP of Sales', 'HR Manager'], industries: ['Packaging Company'], intent: 'FIND_PEOPLE' },
  { goal: 'companies that use Shopify in Canada', industries: [], keywords: ['Shopify'], places: ['Canada//CA'] },
  { goal: 'IT companies with more than 200 employees in Poland', industries: ['IT Services'], count: 50, places: ['Poland//PL'] },
  { goal: 'German-speaking lawyers in Barcelona', industries: ['Law Firm'], places: ['Barcelona/Catalonia/ES'] },
  { goal: 'I want to sell espresso machines to boutique hotels in Tuscany', industries: ['Hotel'], places: ['Tuscany/Tuscany/IT'], keywords: [] },
  { goal: 'procurement managers at hospitals in Texas', industries: ['Hospital'], roles: ['Procurement Manager'], places: ['Texas/Texas/US'], intent: 'FIND_PEOPLE' },
  { goal: 'community centres in Nowhereville', industries: ['Community Center'], places: [] },
  { goal: 'law firm partners in Frankfurt', industries: ['Law Firm'], roles: ['Partner'], language: 'en', places: ['Frankfurt am Main/Hesse/DE'] },
  { goal: 'FIND 20 DENTISTS IN AUSTIN', industries: ['Dentist'], count: 20, places: ['Austin/Texas/US'] },
  { goal: 'private dental practices in Greater Manchester, between 5 and 20 employees', industries: ['Dentist'], count: 50, places: ['Greater Manchester/England/GB'] },
  { goal: 'coffee shops in Portland and Seattle, no Starbucks', industries: ['Cafe'], exclusions: ['Starbucks'], places: ['Portland/Oregon/US', 'Seattle/Washington/US'] },
  { goal: 'orthopedic surgeons in San Jose, Costa Rica', places: ['San José/San José/CR'], industries: ['Orthopedic Surgeon'] },
  // other languages
  { goal: 'Kfz-Werkstätten im Raum Stuttgart', language: 'de', industries: ['Car Repair'], places: ['Stuttgart/Baden-Wurttemberg/DE'] },
  { goal: 'zoek 50 installatiebedrijven in Noord-Brabant', language: 'nl', count: 50, industries: ['HVAC Contractor'], places: ['North Brabant/North Brabant/NL'] },
  { goal: 'Finde 30 Zahnarztpraxen in Köln ohne Ketten', language: 'de', count: 30, industries: ['Dentist'], places: ['Köln/North Rhine-Westphalia/DE'], exclusions: ['Ketten'] },
  { goal: 'Zahnarzt Köln', language: 'de', industries: ['Dentist'], places: ['Köln/North Rhine-Westphalia/DE'] },
  { goal: 'Geschäftsführer von Softwareunternehmen in München', language: 'de', roles: ['CEO'], industries: ['Software Company'], places: ['Munich/Bavaria/DE'], intent: 'FIND_PEOPLE' },
  { goal: 'Ich suche fünfundzwanzig Bäckereien in Graz, keine Ketten', language: 'de', count: 25, industries: ['Bakery'], places: ['Graz/Styria/AT'], exclusions: ['Ketten'] },
  { goal: 'Steuerberater in NRW', language: 'de', industries: ['Tax Advisor'], places: ['North Rhine-Westphalia/North Rhine-Westphalia/DE'] },
  { goal: 'trouve 40 boulangeries artisanales à Marseille sans franchises', language: 'fr', count: 40, industries: ['Bakery'], places: ["Marseille/Provence-Alpes-Côte d'Azur/FR"], keywords: ['artisanales'], exclusions: ['franchises'] },
  { goal: "une douzaine d'avocats à Bordeaux", language: 'fr', count: 12, industries: ['Law Firm'], places: ['Bordeaux/New Aquitaine/FR'] },
  { goal: 'busca 35 clínicas dentales en Valencia sin cadenas', language: 'es', count: 35, industries: ['Dentist'], exclusions: ['cadenas'] },
  { goal: 'peluquerías en Bogotá y Medellín', language: 'es', industries: ['Hair Salon'], places: ['Bogotá/Bogota D.C./CO', 'Medellín/Antioquia/CO'] },
  { goal: 'trova 25 ristoranti vegani a Milano', language: 'it', count: 25, industries: ['Restaurant'], places: ['Milan/Lombardy/IT'], keywords: ['vegani'] },
  { goal: 'commercialisti a Torino senza grandi studi', language: 'it', industries: ['Accountant'], places: ['Turin/Piedmont/IT'], exclusions: ['grandi studi'] },
  { goal: 'vind 20 loodgieters in Utrecht zonder ketens', language: 'nl', count: 20, industries: ['Plumber'], places: ['Utrecht/Utrecht/NL'], exclusions: ['ketens'] },
  { goal: 'eigenaren van kapsalons in Gent', language: 'nl', roles: ['Owner'], industries: ['Hair Salon'] },
  { goal: 'encontre 15 escritórios de advocacia no Porto', language: 'pt', count: 15, industries: ['Law Firm'], places: ['Porto/Porto/PT'], exclusions: [] },
  { goal: 'academias em São Paulo sem franquias', language: 'pt', industries: ['Gym'], places: ['São Paulo/São Paulo/BR'], exclusions: ['franquias'] },
  { goal: '上海的牙医', language: 'zh', industries: ['Dentist'], places: ['Shanghai/Shanghai/CN'] },
  { goal: 'стоматология Москва', language: 'ru', industries: ['Dentist'], places: ['Moscow/Moscow/RU'] },
];
