import { Random } from '../random.js';
import { type Notation, type SandboxEmail, type SandboxSite } from '../types.js';
import { CITIES, type City } from './cities.js';
import { INDUSTRIES, type Industry, type IndustryKey } from './industries.js';
import { LANGUAGES } from './languages/index.js';
import { type Language, type PageKind } from './languages/language.js';
import { asciiSlug, coinedNames, JAPANESE_NAMES, mailboxOf } from './names.js';
import { BODY_NOTATIONS } from './notations.js';

export type TemplateName = 'modern' | 'table' | 'grid' | 'article' | 'frames';
export type PathStyle = 'html' | 'slash' | 'bare' | 'query';

export interface Person { name: string; title: string; placement?: Placement }
export interface Placement { address: string; notation: Notation; companion?: string }

/** Everything decided about a site before a page is written; the ground truth is read off it, never off the HTML. */
export interface SitePlan {
  site: SandboxSite;
  seed: string;
  city: City;
  language: Language;
  industry: Industry;
  template: TemplateName;
  pathStyle: PathStyle;
  domain: string;
  since: number;
  services: string[];
  people: Person[];
  phonesPrinted: string[];
  pages: PageKind[];
  pathOf: ReadonlyMap<PageKind, string>;
  general: Placement;
  legal?: Placement;
  jobs?: Placement;
  invoices?: Placement;
  agency?: { name: string; address: string };
  honeypot?: string;
  structuredData: boolean;
  charset: { label: string; inHeader: boolean; inMeta: boolean };
  robotsTxt?: string;
  sitemap: boolean;
}

/** Which sites exist: industry, city, how many. Order is part of the seed's promise. */
const ALLOTMENT: readonly (readonly [IndustryKey, string, number])[] = [
  ['dental', 'austin', 20], ['dental', 'portland', 2], ['dental', 'leeds', 1], ['dental', 'hamburg', 2], ['dental', 'lyon', 1], ['dental', 'krakow', 1],
  ['law', 'austin', 2], ['law', 'munich', 2], ['law', 'vienna', 1], ['law', 'lyon', 1], ['law', 'utrecht', 1],
  ['bakery', 'portland', 2], ['bakery', 'hamburg', 2], ['bakery', 'bordeaux', 2], ['bakery', 'porto', 1], ['bakery', 'bologna', 1],
  ['plumber', 'leeds', 2], ['plumber', 'valencia', 2], ['plumber', 'utrecht', 1], ['plumber', 'austin', 2],
  ['software', 'austin', 2], ['software', 'krakow', 2], ['software', 'munich', 1], ['software', 'gothenburg', 2], ['software', 'porto', 1],
  ['hotel', 'sapporo', 2], ['hotel', 'bologna', 2], ['hotel', 'vienna', 1], ['hotel', 'valencia', 1], ['hotel', 'porto', 1],
  ['physio', 'gothenburg', 1], ['physio', 'utrecht', 2], ['physio', 'leeds', 1], ['physio', 'bordeaux', 1],
  ['brewery', 'portland', 2], ['brewery', 'munich', 1], ['brewery', 'sapporo', 1], ['brewery', 'bologna', 1], ['brewery', 'gothenburg', 1],
];

const GENERAL_MAILBOXES: Readonly<Record<string, readonly string[]>> = {
  en: ['hello', 'info', 'office', 'contact', 'frontdesk'], de: ['info', 'kontakt', 'praxis', 'mail'], fr: ['contact', 'accueil', 'bonjour'], it: ['info', 'segreteria'],
  es: ['info', 'contacto', 'hola'], nl: ['info', 'contact'], pl: ['biuro', 'kontakt'], pt: ['geral', 'info'], sv: ['info', 'hej'], ja: ['info', 'contact'],
};
const JOB_MAILBOX: Readonly<Record<string, string>> = { en: 'careers', de: 'bewerbung', fr: 'recrutement', it: 'lavoro', es: 'empleo', nl: 'vacatures', pl: 'praca', pt: 'emprego', sv: 'jobb', ja: 'recruit' };
const INVOICE_MAILBOX: Readonly<Record<string, string>> = { en: 'billing', de: 'buchhaltung', fr: 'comptabilite', it: 'fatture', es: 'facturas', nl: 'facturen', pl: 'faktury', pt: 'faturas', sv: 'faktura', ja: 'keiri' };
const AGENCIES = [
  { name: 'Pixelquarry Studio', address: 'studio@pixelquarry-web.com' },
  { name: 'Formwerft', address: 'hallo@formwerft-netz.de' },
  { name: 'Northloom Digital', address: 'hello@northloom-digital.com' },
];

function fill(pattern: string, random: Random): string {
  return pattern.replace(/#/g, () => String(random.between(1, 9)));
}

function printPhone(pattern: string, national: string): string {
  let at = 0;
  return pattern.replace(/#/g, () => national[at++] ?? '');
}

function path(kind: PageKind, slug: string, style: PathStyle): string {
  if (kind === 'home') return '/';
  if (style === 'html') return `/${slug}.html`;
  if (style === 'slash') return `/${slug}/`;
  if (style === 'query') return `/index.php?page=${slug.replace(/\//g, '-')}`;
  return `/${slug}`;
}

function paths(pages: readonly PageKind[], language: Language, services: readonly string[], style: PathStyle): Map<PageKind, string> {
  const result = new Map<PageKind, string>();
  for (const kind of pages) {
    let slug: string;
    if (kind === 'service1' || kind === 'service2' || kind === 'service3') {
      const number = Number(kind.slice(-1));
      slug = `${language.pages.services[1]}/${asciiSlug(services[number - 1] ?? '', language) || `item-${number}`}`;
    } else if (kind === 'article1' || kind === 'article2') slug = `${language.pages.news[1]}/${kind.slice(-1)}`;
    else slug = language.pages[kind][1];
    result.set(kind, path(kind, slug, style));
  }
  return result;
}

function charsetFor(language: Language, ordinal: number): SitePlan['charset'] {
  const utf8 = { label: 'utf-8', inHeader: ordinal % 2 === 0, inMeta: true };
  if (language.code === 'ja') return { label: 'shift_jis', inHeader: false, inMeta: ordinal % 2 === 0 };
  if (language.code === 'de' && ordinal === 1) return { label: 'windows-1252', inHeader: false, inMeta: true };
  if (language.code === 'fr' && ordinal === 1) return { label: 'windows-1252', inHeader: true, inMeta: false };
  if (language.code === 'es' && ordinal === 1) return { label: 'windows-1252', inHeader: false, inMeta: false };
  if (language.code === 'pl' && ordinal === 1) return { label: 'iso-8859-2', inHeader: false, inMeta: true };
  return utf8;
}

function choosePages(random: Random): PageKind[] {
  const pages: PageKind[] = ['home', 'about', 'team', 'services', 'service1', 'service2', 'contact', 'legal', 'privacy'];
  const extras = random.shuffle<PageKind[]>([['faq'], ['news', 'article1'], ['jobs'], ['prices'], ['service3']]);
  const wanted = random.between(10, 14);
  for (const extra of extras) if (pages.length + extra.length <= wanted) pages.push(...extra);
  if (pages.includes('news') && pages.length < wanted) pages.push('article2');
  if (pages.length < 10) pages.push('faq');
  return [...new Set(pages)];
}

function planOne(seed: number, ordinal: number, ordinalInLanguage: number, industry: Industry, city: City, proper: string): SitePlan {
  const random = new Random(`${seed}/${ordinal}/${industry.key}/${city.key}/${proper}`);
  const language = LANGUAGES[city.language];
  const japanese = JAPANESE_NAMES.find(([romaji]) => romaji === proper);
  const companyName = language.companyName[industry.key].replace('{name}', japanese ? japanese[1] : proper);
  const slug = japanese ? `${proper}-${industry.key}` : asciiSlug(companyName.replace(/\b(GmbH|AB|B\.V\.|Co\.|sp\. z o\.o\.)/g, ''), language);
  const domain = `${slug}.${city.topLevelDomain}`;
  const host = random.chance(0.5) ? `www.${domain}` : domain;
  const services = random.shuffle(language.industries[industry.key].services);
  const template: TemplateName = ordinal === 41 ? 'frames' : (['modern', 'grid', 'article', 'modern', 'table'] as const)[ordinal % 5] ?? 'modern';
  const pathStyle: PathStyle = template === 'frames' ? 'html' : random.pick<PathStyle>(['html', 'slash', 'bare', 'slash', 'html', 'query']);
  const pages = choosePages(random);
  const pathOf = paths(pages, language, services, pathStyle);
  let cycle = ordinal * 5;
  // mailtoSeveral needs a second address, so only the general mailbox may use it; elsewhere the next notation is taken.
  const nextNotation = (several: boolean): Notation => {
    const notation = BODY_NOTATIONS[cycle++ % BODY_NOTATIONS.length] ?? 'plain';
    return notation === 'mailtoSeveral' && !several ? 'mailto' : notation;
  };

  const emails: SandboxEmail[] = [];
  const place = (mailbox: string, kind: PageKind, person?: { name: string; title: string }): Placement => {
    const placement: Placement = { address: `${mailbox}@${domain}`, notation: nextNotation(kind === 'contact') };
    const at = { notation: placement.notation, path: pathOf.get(kind) ?? '/' };
    emails.push({ address: placement.address, ...at, ...(person && { personName: person.name, jobTitle: person.title }) });
    if (placement.notation === 'mailtoSeveral') {
      placement.companion = `${JOB_MAILBOX[language.code] ?? 'office'}2@${domain}`;
      emails.push({ address: placement.companion, ...at });
    }
    return placement;
  };

  const generalMailbox = random.pick(GENERAL_MAILBOXES[language.code] ?? ['info']);
  const general = place(generalMailbox, 'contact');
  const titles = language.industries[industry.key].titles;
  const lastNames = random.shuffle(language.lastNames);
  const habit = random.between(0, 2);
  const people: Person[] = random.shuffle(language.firstNames).slice(0, random.between(3, 5)).map((first, i) => {
    const last = lastNames[i % lastNames.length] ?? '';
    const name = language.familyNameFirst ? `${last} ${first}` : `${first} ${last}`;
    const person: Person = { name, title: titles[i % titles.length] ?? '' };
    // Not everybody has a public mailbox: those without one must never get a guessed one.
    if (i < 2 || random.chance(0.3)) person.placement = place(mailboxOf(first, last, language, habit), 'team', person);
    return person;
  });
  const legal = random.chance(0.6) ? place(generalMailbox, 'legal') : undefined;
  const jobs = pages.includes('jobs') ? place(JOB_MAILBOX[language.code] ?? 'jobs', 'jobs') : undefined;
  const invoices = random.chance(0.4) ? place(INVOICE_MAILBOX[language.code] ?? 'billing', 'privacy') : undefined;
  const agency = ordinal % 3 === 0 ? random.pick(AGENCIES) : undefined;
  const honeypot = ordinal % 4 === 0 ? `trap-${random.between(1000, 9999)}@${domain}` : undefined;

  const national = [0, 1].map(() => fill(city.phoneDigits, random));
  const social = asciiSlug(proper, language).replace(/-/g, '') + industry.key;
  const [streetPattern, postalCode] = [random.pick(language.streets), fill(city.postalCode, random)];
  const charset = charsetFor(language, ordinalInLanguage);
  const robotsTxt = ordinal === 5 ? 'User-agent: *\nCrawl-delay: 2\nDisallow: /admin/\n'
    : ordinal % 7 === 3 ? `User-agent: *\nDisallow: /cgi-bin/\nDisallow: /*?session=\n\nSitemap: http://${host}/sitemap.xml\n` : undefined;
  const site: SandboxSite = {
    host, aliases: [host === domain ? `www.${domain}` : domain], startUrl: `http://${host}/`, industry: industry.name, companyName,
    street: fill(streetPattern, random), postalCode, city: city.name, region: city.region, countryCode: city.countryCode,
    lat: Number((city.lat + (random.next() - 0.5) * 0.08).toFixed(6)), lon: Number((city.lon + (random.next() - 0.5) * 0.08).toFixed(6)),
    language: city.locale, charset: charset.label, phones: national.map((digits) => `+${city.callingCode}${digits}`), emails,
    decoys: ['logo@2x.png', 'you@example.com', ...(agency ? [agency.address] : []), ...(honeypot ? [honeypot] : [])],
    socialLinks: [`https://www.facebook.com/${social}`, `https://www.instagram.com/${social}`, ...(industry.key === 'software' || industry.key === 'law' ? [`https://www.linkedin.com/company/${social}`] : [])],
    openingHours: language.openDays, walkIns: industry.key === 'dental' && ordinal % 5 < 3, osmTags: {}, paths: pages.map((kind) => pathOf.get(kind) ?? '/'),
  };
  return {
    site, seed: `${seed}/${host}`, city, language, industry, template, pathStyle, domain, since: random.between(1962, 2021), services, people,
    phonesPrinted: national.map((digits) => printPhone(city.phonePrinted, digits)), pages, pathOf, general,
    ...(legal && { legal }), ...(jobs && { jobs }), ...(invoices && { invoices }), ...(agency && { agency }), ...(honeypot && { honeypot }),
    structuredData: ordinal % 2 === 0, charset, ...(robotsTxt !== undefined && { robotsTxt }), sitemap: ordinal % 7 === 3 || ordinal % 7 === 5,
  };
}

/** What a mapper would have entered; some places carry e-mail and website, some only one of them, as in the real data. */
function osmTagsOf(plan: SitePlan, random: Random): Record<string, string> {
  const { site, industry } = plan;
  return {
    ...industry.osmTags, name: site.companyName, 'addr:city': site.city, 'addr:street': site.street, 'addr:postcode': site.postalCode, 'addr:country': site.countryCode,
    [random.chance(0.7) ? 'website' : 'contact:website']: site.startUrl,
    ...(random.chance(0.6) && { phone: site.phones[0] ?? '' }),
    ...(random.chance(0.3) && { [random.chance(0.5) ? 'email' : 'contact:email']: plan.general.address }),
  };
}

/** All plans of the seed: same seed, same plans, in the same order. */
export function planSites(seed: number): SitePlan[] {
  const names = new Random(`${seed}/names`).shuffle(coinedNames());
  const japaneseNames = [...JAPANESE_NAMES];
  const perLanguage = new Map<string, number>();
  const plans: SitePlan[] = [];
  for (const [industryKey, cityKey, count] of ALLOTMENT) {
    const city = CITIES.find((candidate) => candidate.key === cityKey);
    if (!city) throw new Error(`no city ${cityKey}`);
    for (let i = 0; i < count; i++) {
      const ordinal = plans.length;
      const inLanguage = perLanguage.get(city.language) ?? 0;
      perLanguage.set(city.language, inLanguage + 1);
      const proper = city.language === 'ja' ? japaneseNames.shift()?.[0] : names[ordinal];
      const plan = planOne(seed, ordinal, inLanguage, INDUSTRIES[industryKey], city, proper ?? `Site${ordinal}`);
      plan.site.osmTags = osmTagsOf(plan, new Random(`${seed}/osm/${ordinal}`));
      plans.push(plan);
    }
  }
  return plans;
}
