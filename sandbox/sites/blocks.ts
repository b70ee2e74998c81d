import { Random } from '../random.js';
import { type PageKind } from './languages/language.js';
import { escapeHtml, writeAddress } from './notations.js';
import { type Placement, type SitePlan } from './plan.js';

/** What a page says, before a template decides how it looks. All `html` fields are already escaped. */
export type Block =
  | { kind: 'heading'; text: string }
  | { kind: 'text'; html: string }
  | { kind: 'list'; items: string[] }
  | { kind: 'facts'; rows: (readonly [label: string, html: string])[] }
  | { kind: 'people'; people: { name: string; title: string; html: string; emailHtml: string }[] }
  | { kind: 'links'; items: { label: string; href: string; html: string }[] }
  | { kind: 'form' };

/** Label of a page in the site's language. */
export function labelOf(plan: SitePlan, kind: PageKind): string {
  if (kind === 'service1' || kind === 'service2' || kind === 'service3') return plan.services[Number(kind.slice(-1)) - 1] ?? '';
  if (kind === 'article1' || kind === 'article2') return `${plan.language.pages.news[0]} ${plan.since + (kind === 'article1' ? 1 : 3)}`;
  return plan.language.pages[kind][0];
}

function sentences(plan: SitePlan, random: Random, count: number): string {
  const service = random.pick(plan.services);
  // Twice the asked number of sentences: real pages are long-winded, and 3–20 KB is what they weigh.
  const chosen = random.shuffle(plan.language.sentences).slice(0, count * 2);
  const glue = plan.language.code === 'ja' ? '' : ' ';
  return escapeHtml(chosen.join(glue)
    .replaceAll('{company}', plan.site.companyName).replaceAll('{city}', plan.city.name)
    .replaceAll('{year}', String(plan.since)).replaceAll('{service}', service));
}

/** Which placement each page shows; people's own are on the team page. */
function addressHtml(plan: SitePlan, placement: Placement, random: Random): string {
  return writeAddress(placement.address, placement.notation, plan.language, random, placement.companion);
}

export function addressLine(plan: SitePlan): string {
  const { site } = plan;
  return escapeHtml(site.countryCode === 'US' ? `${site.street}, ${site.city}, ${plan.city.regionCode} ${site.postalCode}`
    : site.countryCode === 'GB' ? `${site.street}, ${site.city} ${site.postalCode}`
      : site.countryCode === 'JP' ? `〒${site.postalCode} ${site.region}${site.city}${site.street}` : `${site.street}, ${site.postalCode} ${site.city}`);
}

function phoneLinks(plan: SitePlan): string {
  return plan.phonesPrinted.map((printed, i) => (plan.template === 'table' || plan.template === 'frames' ? printed : `<a href="tel:${plan.site.phones[i] ?? ''}">${printed}</a>`)).join(' · ');
}

/** The whole body of a page, in order. */
export function blocksOf(plan: SitePlan, kind: PageKind): Block[] {
  const random = new Random(`${plan.seed}/${kind}`);
  const { language, site, industry } = plan;
  const local = language.industries[industry.key];
  const text = (count: number): Block => ({ kind: 'text', html: sentences(plan, random, count) });
  const heading = (words: string): Block => ({ kind: 'heading', text: words });
  // Legal texts are the long pages of a small site.
  const sections = (count: number): Block[] => Array.from({ length: count }, (_unused, i) => [heading(`§ ${i + 1}`), text(5), text(4)] as Block[]).flat();
  const link = (target: PageKind) => ({ label: labelOf(plan, target), href: plan.pathOf.get(target) ?? '/', html: sentences(plan, random, 1) });
  const has = (target: PageKind) => plan.pages.includes(target);
    switch (kind) {
    case 'home': return [
      { kind: 'text', html: `<strong>${escapeHtml(`${local.one} – ${plan.city.name}`)}</strong>. ${sentences(plan, random, 3)}` },
      ...(site.walkIns ? [{ kind: 'text', html: escapeHtml(language.walkIns) } as const] : []),
      heading(labelOf(plan, 'services')), { kind: 'list', items: plan.services }, text(4),
      { kind: 'links', items: (['service1', 'about', 'contact'] as const).map(link) }, text(3), text(4),
      { kind: 'facts', rows: [[language.address, addressLine(plan)], [language.hours, `${escapeHtml(site.openingHours)}<br>${escapeHtml(language.closed)}`]] },
    ];
    case 'about': return [text(4), heading(`${plan.since} – ${plan.city.name}`), text(5), text(3), heading(labelOf(plan, 'team')), text(2), { kind: 'links', items: [link('team')] }];
    case 'team': return [
      text(2),
      { kind: 'people', people: plan.people.map((person) => ({ name: person.name, title: person.title, html: sentences(plan, random, 2), emailHtml: person.placement ? addressHtml(plan, person.placement, random) : '' })) },
      text(3),
    ];
    case 'services': return [text(3), { kind: 'list', items: plan.services }, { kind: 'links', items: (['service1', 'service2', 'service3'] as const).filter(has).map(link) }, text(4), text(3)];
    case 'service1': case 'service2': case 'service3': return [text(4), heading(local.one), text(5), { kind: 'list', items: plan.services.slice(1) }, text(3), { kind: 'links', items: [link('contact')] }];
    case 'contact': return [
      text(2),
      { kind: 'facts', rows: [
        [language.address, addressLine(plan)], [language.phone, phoneLinks(plan)],
        // An address told only by JSON-LD or a script's link still leaves the row in place, with the form below it.
        [language.email, `${escapeHtml(language.writeTo)} ${addressHtml(plan, plan.general, random)}`],
        [language.hours, `${escapeHtml(site.openingHours)}, ${escapeHtml(language.closed)}`],
      ] },
      ...(site.walkIns ? [{ kind: 'text', html: escapeHtml(language.walkIns) } as const] : []), text(3), { kind: 'form' },
    ];
    case 'legal': return [
      { kind: 'facts', rows: [
        [language.pages.legal[0], escapeHtml(site.companyName)], [language.address, addressLine(plan)],
        [language.managedBy, escapeHtml(plan.people[0]?.name ?? '')], [language.phone, phoneLinks(plan)],
        ...(plan.legal ? [[language.email, addressHtml(plan, plan.legal, random)] as const] : []),
      ] }, text(4), text(3), text(4),
    ];
    case 'privacy': return [text(4), heading(labelOf(plan, 'privacy')), text(5), ...(plan.invoices ? [{ kind: 'text', html: `${escapeHtml(language.invoicesTo)} ${addressHtml(plan, plan.invoices, random)}` } as const] : []), ...sections(plan.language.code === 'ja' ? 4 : 7)];
    case 'faq': return [...[0, 1, 2, 3].flatMap((i) => [heading(`${plan.services[i] ?? local.one}?`), text(2)]), text(2)];
    case 'news': return [text(2), { kind: 'links', items: (['article1', 'article2'] as const).filter(has).map(link) }, text(4), text(4)];
    case 'article1': case 'article2': return [text(5), text(4), heading(random.pick(plan.services)), text(5), text(3)];
    case 'jobs': return [text(3), { kind: 'list', items: [...local.titles] }, ...(plan.jobs ? [{ kind: 'text', html: `${escapeHtml(language.applyTo)} ${addressHtml(plan, plan.jobs, random)}` } as const] : []), text(4)];
    case 'prices': return [text(2), { kind: 'facts', rows: plan.services.map((service) => [service, `${random.between(20, 480)}.00`] as const) }, text(5), text(4), text(5)];
  }
}

/** Addresses whose only mark is in the JSON-LD of this page. */
export function jsonLdAddresses(plan: SitePlan, kind: PageKind): { organisation?: string; people: { name: string; title: string; address: string }[] } {
  const own = kind === 'contact' ? plan.general : kind === 'legal' ? plan.legal : kind === 'jobs' ? plan.jobs : kind === 'privacy' ? plan.invoices : undefined;
  const people = kind === 'team' ? plan.people.flatMap((p) => (p.placement?.notation === 'jsonld' ? [{ name: p.name, title: p.title, address: p.placement.address }] : [])) : [];
  return { ...(own?.notation === 'jsonld' && { organisation: own.address }), people };
}
