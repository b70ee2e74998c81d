import { type ServerResponse } from 'node:http';
import { hash32 } from './random.js';
import { type SandboxSite } from './types.js';
import { send, sendNotFound, type SearchDocument, type WebHost, type WebRequest } from './web-host.js';

/** Listing sites that stand above the companies in real results; the product must not take them for companies. */
const DIRECTORIES: readonly { host: string; country?: string; path: (industry: string, city: string) => string; title: (industry: string, city: string) => string }[] = [
  { host: 'www.yelp.com', path: (i, c) => `/search?find_desc=${encodeURIComponent(i)}&find_loc=${encodeURIComponent(c)}`, title: (i, c) => `The best 10 ${i} in ${c} – last updated January 2026 – Yelp` },
  { host: 'www.yellowpages.com', country: 'US', path: (i, c) => `/${slug(c)}/${slug(i)}`, title: (i, c) => `${i} in ${c} – YP listings` },
  { host: 'www.gelbeseiten.de', country: 'DE', path: (i, c) => `/branchen/${slug(i)}/${slug(c)}`, title: (i, c) => `${i} in ${c} – Gelbe Seiten` },
  { host: 'www.pagesjaunes.fr', country: 'FR', path: (i, c) => `/annuaire/${slug(c)}/${slug(i)}`, title: (i, c) => `${i} à ${c} – PagesJaunes` },
];

function slug(text: string): string {
  return text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '').replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'all';
}

/** A host whose pages are lists of others' names: no contact data of its own that belongs to a lead. */
class NoiseHost implements WebHost {
  readonly aliases: readonly string[] = [];
  private readonly pages = new Map<string, { document: SearchDocument; html: string }>();

  constructor(readonly host: string, private readonly wall: boolean) {}

  add(path: string, document: Omit<SearchDocument, 'url' | 'host'>, bodyHtml: string): void {
    const url = `http://${this.host}${path}`;
    const html = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${document.title.replace(/&/g, '&amp;').replace(/</g, '&lt;')}</title></head><body>${bodyHtml}</body></html>`;
    this.pages.set(path, { document: { ...document, url, host: this.host }, html });
  }

  handle(request: WebRequest, response: ServerResponse): void {
    const page = this.pages.get(request.path);
    if (!page) return sendNotFound(request, response);
    if (this.wall) return send(request, response, 200, { 'Content-Type': 'text/html; charset=utf-8' }, '<!DOCTYPE html><html><head><title>Log in to continue</title></head><body><h1>Log in to see this page</h1><form action="/login" method="post"><input name="email" type="text"><input name="pass" type="password"><button>Log in</button></form></body></html>');
    send(request, response, 200, { 'Content-Type': 'text/html; charset=utf-8' }, page.html);
  }

  documents(): SearchDocument[] {
    return [...this.pages.values()].map((page) => page.document);
  }
}

/** Directories, social pages and an encyclopaedia article or two about the sites that are served. */
export function noiseHosts(sites: readonly SandboxSite[]): WebHost[] {
  const hosts = new Map<string, NoiseHost>();
  const get = (name: string, wall = false) => {
    const known = hosts.get(name) ?? new NoiseHost(name, wall);
    hosts.set(name, known);
    return known;
  };
  const groups = new Map<string, SandboxSite[]>();
  for (const site of sites) {
    const key = `${site.industry}\n${site.city}`;
    groups.set(key, [...(groups.get(key) ?? []), site]);
  }
  for (const [key, members] of groups) {
    const [industry = '', city = ''] = key.split('\n');
    const country = members[0]?.countryCode ?? '';
    const list = `<h1>${industry} – ${city}</h1><ol>${members.map((site) => `<li>${site.companyName.replace(/&/g, '&amp;')}, ${site.street}, ${site.city}</li>`).join('')}</ol><p>Ads by your neighbours. Contact the directory: ads@listing-desk.example</p>`;
    for (const directory of DIRECTORIES) {
      if (directory.country && directory.country !== country) continue;
      const title = directory.title(industry, city);
      get(directory.host).add(directory.path(industry, city), { title, description: `${members.length} ${industry} in ${city}: reviews, photos, phone numbers.`, text: members.map((site) => site.companyName).join(', '), keywords: `${industry} ${city}`, language: 'en', countryCode: country, start: false, kind: 'directory' }, list);
    }
    const term = slug(industry).replace(/-/g, '_');
    get('en.wikipedia.org').add(`/wiki/${term}`, { title: `${industry} – Wikipedia`, description: `An encyclopaedia article about ${industry}.`, text: industry, keywords: industry, language: 'en', countryCode: '', start: false, kind: 'article' }, `<h1>${industry}</h1><p>An article about ${industry}.</p>`);
  }
  for (const site of sites) {
    const pick = hash32(site.host) % 3;
    const social = site.socialLinks[pick % Math.max(1, site.socialLinks.length)];
    if (!social || pick === 2) continue;
    const url = new URL(social);
    get(url.hostname, true).add(url.pathname, { title: `${site.companyName} | ${url.hostname.split('.')[1] ?? ''}`, description: `${site.companyName}, ${site.city}. Posts, photos and reviews.`, text: site.industry, keywords: `${site.industry} ${site.city}`, language: 'en', countryCode: site.countryCode, start: false, kind: 'social' }, '');
  }
  return [...hosts.values()];
}
