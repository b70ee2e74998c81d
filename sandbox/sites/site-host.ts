import { type ServerResponse } from 'node:http';
import { send, sendNotFound, type SearchDocument, type WebHost, type WebRequest } from '../web-host.js';
import { addressLine, blocksOf, jsonLdAddresses, labelOf } from './blocks.js';
import { CITY_NAMES_IN_ENGLISH } from './cities.js';
import { encodeHtml } from './encode.js';
import { type PageKind } from './languages/language.js';
import { escapeHtml } from './notations.js';
import { type SitePlan } from './plan.js';
import { frameMenu, frameset, type PageModel, render } from './templates.js';

/** A 1 × 1 GIF, for every image of the generated web. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
const MENU: readonly PageKind[] = ['home', 'about', 'services', 'team', 'prices', 'news', 'faq', 'jobs', 'contact'];

function jsonLd(plan: SitePlan, kind: PageKind): string {
  const { organisation, people } = jsonLdAddresses(plan, kind);
  if (!plan.structuredData && !organisation && people.length === 0) return '';
  const { site } = plan;
  const document = {
    '@context': 'https://schema.org', '@type': plan.industry.schemaOrgType, name: site.companyName, url: site.startUrl, telephone: site.phones[0],
    ...(organisation && { email: `mailto:${organisation}` }),
    address: { '@type': 'PostalAddress', streetAddress: site.street, postalCode: site.postalCode, addressLocality: site.city, addressRegion: plan.city.regionCode, addressCountry: site.countryCode },
    geo: { '@type': 'GeoCoordinates', latitude: site.lat, longitude: site.lon }, sameAs: site.socialLinks,
    ...(people.length > 0 && { employee: people.map((person) => ({ '@type': 'Person', name: person.name, jobTitle: person.title, email: person.address })) }),
  };
  return `<script type="application/ld+json">${JSON.stringify(document).replace(/</g, '\\u003c')}</script>`;
}

function model(plan: SitePlan, kind: PageKind): PageModel {
  const { site, language } = plan;
  const label = kind === 'home' ? language.industries[plan.industry.key].one : labelOf(plan, kind);
  const href = (target: PageKind) => (plan.template === 'frames' && target === 'home' ? '/main.html' : plan.pathOf.get(target) ?? '/');
  const footer = [
    `<p>© ${plan.since}–2026 ${escapeHtml(site.companyName)} · ${addressLine(plan)} · ${plan.phonesPrinted[0] ?? ''}</p>`,
    `<p>${(['legal', 'privacy', 'contact'] as const).map((target) => `<a href="${escapeHtml(href(target))}">${escapeHtml(labelOf(plan, target))}</a>`).join(' · ')} · ${site.socialLinks.map((url) => `<a href="${url}">${new URL(url).hostname.replace('www.', '').split('.')[0] ?? ''}</a>`).join(' · ')}</p>`,
    `<p><small>${escapeHtml(language.cookies)}${plan.agency ? ` ${escapeHtml(language.madeBy)} <a href="mailto:${plan.agency.address}">${escapeHtml(plan.agency.name)}</a>` : ''}</small></p>`,
  ].join('\n');
  return {
    title: kind === 'home' ? `${site.companyName} – ${label}, ${plan.city.name}` : `${label} | ${site.companyName}`,
    heading: kind === 'home' ? site.companyName : label, companyName: site.companyName,
    description: `${site.companyName}: ${language.industries[plan.industry.key].one}, ${plan.city.name}. ${plan.services.slice(0, 3).join(', ')}.${site.walkIns ? ` ${language.walkIns}` : ''}`,
    locale: site.language, ...(plan.charset.inMeta && { metaCharset: plan.charset.label }),
    menu: MENU.filter((target) => plan.pages.includes(target)).map((target) => ({ label: labelOf(plan, target), href: href(target), current: target === kind })),
    blocks: blocksOf(plan, kind), headHtml: jsonLd(plan, kind), footerHtml: footer, submitLabel: language.pages.contact[0],
    hiddenHtml: plan.honeypot ? `<div style="display:none" aria-hidden="true"><a href="mailto:${plan.honeypot}">${plan.honeypot}</a></div>\n` : '',
  };
}

/** A generated company site: pages are rendered on first demand and kept, so they never differ between two requests. */
export class SiteHost implements WebHost {
  readonly host: string;
  readonly aliases: readonly string[];
  private readonly kinds = new Map<string, PageKind>();
  private readonly rendered = new Map<string, Buffer>();

  constructor(readonly plan: SitePlan) {
    this.host = plan.site.host;
    this.aliases = plan.site.aliases;
    for (const [kind, path] of plan.pathOf) this.kinds.set(path, kind);
  }

  /** HTML of a path before encoding; null when there is no such page. */
  html(path: string): string | null {
    const { plan } = this;
    if (plan.template === 'frames') {
      if (path === '/') return frameset(model(plan, 'home'), '/menu.html', '/main.html');
      if (path === '/menu.html') return frameMenu(model(plan, 'home'));
      if (path === '/main.html') return render('frames', model(plan, 'home'));
    }
    const kind = this.kinds.get(path);
    return kind ? render(plan.template, model(plan, kind)) : null;
  }

  handle(request: WebRequest, response: ServerResponse): void {
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(request, response, 405, { Allow: 'GET, HEAD', 'Content-Type': 'text/plain' }, 'method not allowed');
    // Half of the sites answer under both names, the other half sends the visitor to the main one.
    if (request.host !== this.host && this.plan.structuredData) return send(request, response, 301, { Location: `http://${this.host}${request.path}`, 'Content-Type': 'text/plain' }, '');
    const pathname = request.path.split('?')[0] ?? '/';
    if (pathname === '/robots.txt' && this.plan.robotsTxt !== undefined) return send(request, response, 200, { 'Content-Type': 'text/plain; charset=utf-8' }, this.plan.robotsTxt);
    if (pathname === '/sitemap.xml' && this.plan.sitemap) return send(request, response, 200, { 'Content-Type': 'application/xml; charset=utf-8' }, this.sitemap());
    if (pathname.startsWith('/img/')) return send(request, response, 200, { 'Content-Type': 'image/gif' }, PIXEL);
    if (pathname.startsWith('/js/')) return send(request, response, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }, '/* library left out in the sandbox */\n');
    const path = this.kinds.has(request.path) ? request.path : this.plan.pathStyle === 'query' && pathname === '/index.php' ? request.path.split('&')[0] ?? pathname : pathname;
    if (this.plan.pathStyle === 'slash' && this.kinds.has(`${path}/`)) return send(request, response, 301, { Location: `${path}/`, 'Content-Type': 'text/plain' }, '');
    const body = this.body(path);
    if (!body) return sendNotFound(request, response);
    const { charset } = this.plan;
    send(request, response, 200, { 'Content-Type': charset.inHeader ? `text/html; charset=${charset.label}` : 'text/html', Server: 'nginx', 'Cache-Control': 'max-age=600' }, body);
  }

  documents(): SearchDocument[] {
    const { plan } = this;
    const city = CITY_NAMES_IN_ENGLISH[plan.city.key] ?? '';
    const keywords = `${plan.industry.name} ${plan.industry.keywords.join(' ')} ${plan.language.industries[plan.industry.key].titles.join(' ')} ${plan.city.name} ${city} ${plan.city.region} ${plan.city.regionCode} ${plan.city.country}`;
    return (['home', 'contact', 'services'] as const).map((kind) => {
      const page = model(plan, kind);
      const text = page.blocks.map((block) => (block.kind === 'text' ? block.html : block.kind === 'list' ? block.items.join(', ') : '')).join(' ').replace(/<[^<>]{0,200}>/g, '');
      return {
        url: `http://${this.host}${plan.pathOf.get(kind) ?? '/'}`, host: this.host, title: page.title, description: page.description, text,
        keywords, language: plan.language.code, countryCode: plan.site.countryCode, start: kind === 'home', kind: 'site' as const,
      };
    });
  }

  private body(path: string): Buffer | null {
    const known = this.rendered.get(path);
    if (known) return known;
    const html = this.html(path);
    if (html === null) return null;
    const body = encodeHtml(html, this.plan.charset.label);
    this.rendered.set(path, body);
    return body;
  }

  private sitemap(): string {
    return `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${this.plan.site.paths.map((path) => `<url><loc>http://${this.host}${escapeHtml(path)}</loc></url>`).join('\n')}\n</urlset>\n`;
  }
}
