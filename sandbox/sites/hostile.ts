import { type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { type HostileKind, type SandboxEmail, type SandboxSite } from '../types.js';
import { send, sendNotFound, type SearchDocument, type WebHost, type WebRequest } from '../web-host.js';
import { CITIES } from './cities.js';
import { LANGUAGES } from './languages/index.js';
import { brokenPage, companyPage, scriptApp } from './hostile-pages.js';

const HTML = { 'Content-Type': 'text/html; charset=utf-8' };
const HUGE_BYTES = 50 * 1024 * 1024;
const BOMB_MEMBER_BYTES = 8 * 1024 * 1024;
const BOMB_MEMBERS = 32;
/** One byte per tick for at most ten minutes: longer than any sane page time-out. */
const DRIP_INTERVAL_MS = 500;
const DRIP_TICKS = 1200;

interface HostileSpec {
  kind: HostileKind;
  host: string;
  companyName: string;
  industry: string;
  keywords: string;
  city: string;
  /** Addresses a careful crawler gets although the site is difficult. */
  emails?: (domain: string) => SandboxEmail[];
  /** Addresses that are there but must not be taken, or cannot be seen without breaking a rule. */
  decoys?: string[];
  /** For challenge pages. */
  status?: number;
}

const plain = (local: string, path: string) => (domain: string): SandboxEmail[] => [{ address: `${local}@${domain}`, notation: 'plain', path }];

const SPECS: readonly HostileSpec[] = [
  { kind: 'redirectLoop', host: 'loopweave-dental.com', companyName: 'Loopweave Dental', industry: 'dental clinics', keywords: 'dentist dental clinic', city: 'austin' },
  { kind: 'challenge', host: 'gatewarden-dental.com', companyName: 'Gatewarden Dental', industry: 'dental clinics', keywords: 'dentist dental clinic', city: 'austin', status: 403 },
  { kind: 'needsScript', host: 'renderleaf-dental.com', companyName: 'Renderleaf Dental', industry: 'dental clinics', keywords: 'dentist dental clinic', city: 'austin', emails: (domain) => [{ address: `frontdesk@${domain}`, notation: 'builtByScript', path: '/' }, { address: `m.okonjuro@${domain}`, notation: 'builtByScript', path: '/', personName: 'Mirela Okonjuro', jobTitle: 'Lead Dentist' }] },
  { kind: 'challenge', host: 'palisade-freight.com', companyName: 'Palisade Freight', industry: 'freight forwarders', keywords: 'logistics freight', city: 'leeds', status: 503 },
  { kind: 'endlessCalendar', host: 'evermoot-eventhall.com', companyName: 'Evermoot Event Hall', industry: 'event halls', keywords: 'event venue wedding hall', city: 'portland', emails: plain('bookings', '/contact') },
  { kind: 'slowDrip', host: 'tricklemere-gardens.co.uk', companyName: 'Tricklemere Gardens', industry: 'garden designers', keywords: 'landscape garden design', city: 'leeds' },
  { kind: 'hugeBody', host: 'heapstone-archive.com', companyName: 'Heapstone Archive', industry: 'archives', keywords: 'archive press', city: 'portland' },
  { kind: 'gzipBomb', host: 'tinyparcel-kurier.de', companyName: 'Tinyparcel Kurier', industry: 'couriers', keywords: 'courier parcel delivery', city: 'hamburg' },
  { kind: 'brokenHtml', host: 'tanglewort-pottery.com', companyName: 'Tanglewort Pottery', industry: 'pottery studios', keywords: 'pottery ceramics studio', city: 'portland', emails: (domain) => [{ address: `clay@${domain}`, notation: 'mailto', path: '/' }, { address: `kiln@${domain}`, notation: 'plain', path: '/' }] },
  { kind: 'robotsDisallow', host: 'quietgate-notaries.com', companyName: 'Quietgate Notaries', industry: 'notaries', keywords: 'notary public', city: 'austin', decoys: ['office@quietgate-notaries.com'] },
  { kind: 'robotsError', host: 'ailinghost-opticians.com', companyName: 'Ailinghost Opticians', industry: 'opticians', keywords: 'optician glasses eye test', city: 'portland', decoys: ['eyes@ailinghost-opticians.com'] },
  { kind: 'redirectToMetadata', host: 'cloudpeek-hosting.com', companyName: 'Cloudpeek Hosting', industry: 'hosting companies', keywords: 'web hosting cloud', city: 'austin' },
  { kind: 'redirectToLoopback', host: 'innerloop-storage.com', companyName: 'Innerloop Storage', industry: 'storage companies', keywords: 'self storage', city: 'austin' },
  { kind: 'loginWall', host: 'membersonly-rowing.co.uk', companyName: 'Memberside Rowing Club', industry: 'rowing clubs', keywords: 'rowing club sports', city: 'leeds' },
  { kind: 'parked', host: 'lapsedname-florist.com', companyName: 'Lapsedname Florist', industry: 'florists', keywords: 'florist flowers', city: 'portland', decoys: ['sales@namebroker-desk.com'] },
  { kind: 'wrongContentType', host: 'mislabel-prints.com', companyName: 'Mislabel Prints', industry: 'print shops', keywords: 'printing copy shop', city: 'austin', emails: plain('press', '/'), decoys: ['binary@mislabel-prints.com'] },
  { kind: 'connectionReset', host: 'snapwire-telecom.com', companyName: 'Snapwire Telecom', industry: 'telecom shops', keywords: 'telephone internet provider', city: 'portland' },
  { kind: 'alwaysLimited', host: 'busybee-tutoring.com', companyName: 'Busybee Tutoring', industry: 'tutoring schools', keywords: 'tutoring school lessons', city: 'austin' },
];

let bomb: Buffer | null = null;

/** Many gzip members in a row (RFC 1952 §2.2): about 250 KB on the wire, 256 MB unpacked. */
function gzipBomb(): Buffer {
  bomb ??= Buffer.concat(Array<Buffer>(BOMB_MEMBERS).fill(gzipSync(Buffer.alloc(BOMB_MEMBER_BYTES, 0x20), { level: 9 })));
  return bomb;
}

class HostileHost implements WebHost {
  readonly host: string;
  readonly aliases: readonly string[];
  readonly site: SandboxSite;

  constructor(private readonly spec: HostileSpec, ordinal: number) {
    this.host = spec.host;
    this.aliases = [`www.${spec.host}`];
    const city = CITIES.find((candidate) => candidate.key === spec.city);
    if (!city) throw new Error(`no city ${spec.city}`);
    this.site = {
      host: spec.host, aliases: [`www.${spec.host}`], startUrl: `http://${spec.host}/`, industry: spec.industry, companyName: spec.companyName, street: `${10 + ordinal} Cinder Lane`,
      postalCode: city.postalCode.replace(/#/g, '1'), city: city.name, region: city.region, countryCode: city.countryCode, lat: city.lat, lon: city.lon, language: city.locale, charset: 'utf-8',
      phones: [], emails: spec.emails?.(spec.host) ?? [], decoys: spec.decoys ?? [], socialLinks: [], openingHours: '', walkIns: false,
      osmTags: spec.kind === 'needsScript' ? { amenity: 'dentist', name: spec.companyName, website: `http://${spec.host}/`, 'addr:city': city.name } : {}, paths: ['/'], hostile: spec.kind,
    };
  }

  handle(request: WebRequest, response: ServerResponse): void {
    const path = request.path.split('?')[0] ?? '/';
    const { spec, site } = this;
    const page = (title: string, body: string, links: [string, string][] = [['/', 'Home'], ['/contact', 'Contact']]) => send(request, response, 200, HTML, companyPage(site, title, body, links));
    if (path === '/robots.txt') {
      if (spec.kind === 'robotsDisallow') return send(request, response, 200, { 'Content-Type': 'text/plain' }, 'User-agent: *\nDisallow: /\n');
      if (spec.kind === 'robotsError') return send(request, response, 500, { 'Content-Type': 'text/plain' }, 'internal error');
      if (spec.kind !== 'challenge' && spec.kind !== 'alwaysLimited') return sendNotFound(request, response);
    }
    switch (spec.kind) {
      case 'redirectLoop': return send(request, response, 302, { Location: path === '/' ? '/en/' : path === '/en/' ? '/en/home' : '/' }, '');
      case 'redirectToMetadata': return send(request, response, 302, { Location: 'http://169.254.169.254/latest/meta-data/' }, '');
      case 'redirectToLoopback': return send(request, response, 301, { Location: 'http://127.0.0.1:8080/admin' }, '');
      case 'challenge': return send(request, response, spec.status ?? 403, { ...HTML, 'cf-mitigated': 'challenge', Server: 'cloudflare' },
        '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title><meta name="robots" content="noindex,nofollow"><meta http-equiv="refresh" content="390"></head><body><div class="main-wrapper"><noscript>Enable JavaScript and cookies to continue</noscript></div><script>window._cf_chl_opt={cType:"managed"};</script></body></html>');
      case 'alwaysLimited': return send(request, response, 429, { 'Content-Type': 'text/plain', 'Retry-After': '120' }, 'too many requests');
      case 'connectionReset':
        response.destroy();
        return;
      case 'slowDrip': return this.drip(response);
      case 'hugeBody': return this.huge(request, response);
      case 'gzipBomb': return send(request, response, 200, { ...HTML, 'Content-Encoding': 'gzip' }, gzipBomb());
      case 'brokenHtml': return path === '/' ? send(request, response, 200, HTML, brokenPage(site)) : sendNotFound(request, response);
      case 'needsScript':
        if (path === '/app.js') return send(request, response, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }, scriptApp(site));
        if (path !== '/') return sendNotFound(request, response);
        return send(request, response, 200, HTML, `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${spec.companyName}</title></head><body><div id="root"></div><noscript>You need to enable JavaScript to run this app.</noscript><script src="/app.js"></script></body></html>`);
      case 'loginWall': return send(request, response, 200, HTML, '<!DOCTYPE html><html lang="en"><head><title>Sign in</title></head><body><h1>Members only</h1><p>Please sign in to continue.</p><form method="post" action="/login"><label>Member number <input name="user"></label><label>Password <input type="password" name="password"></label><button>Sign in</button></form></body></html>');
      case 'parked': return send(request, response, 200, HTML, `<!DOCTYPE html><html><head><title>${this.host} - this domain is for sale</title></head><body><h1>${this.host}</h1><p>This domain may be for sale. Buy this domain or make an offer: sales@namebroker-desk.com</p><ul><li><a href="http://ads.example/?q=flowers">Flowers</a></li><li><a href="http://ads.example/?q=florist">Florist near me</a></li></ul><p>Related searches. The sponsored listings above are served automatically by a third party.</p></body></html>`);
      case 'endlessCalendar': return this.calendar(request, response, path);
      case 'wrongContentType':
        if (path === '/') return page(spec.companyName, `<p>Prints, plans and posters in ${site.city}. Orders: press@${this.host}</p>`, [['/', 'Home'], ['/brochure.html', 'Brochure'], ['/photo', 'Photo']]);
        if (path === '/brochure.html') return send(request, response, 200, HTML, Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.from(Array.from({ length: 4000 }, (_unused, i) => (i * 73) % 256)), Buffer.from(`binary@${this.host}`)]));
        if (path === '/photo') return send(request, response, 200, { 'Content-Type': 'image/png' }, '<html><body>not a picture</body></html>');
        return sendNotFound(request, response);
      case 'robotsDisallow': case 'robotsError': return path === '/' || path === '/contact' ? page(spec.companyName, `<p>Contact: <a href="mailto:${spec.decoys?.[0] ?? ''}">${spec.decoys?.[0] ?? ''}</a></p>`) : sendNotFound(request, response);
    }
  }

  documents(): SearchDocument[] {
    const { spec, site } = this;
    return [{ url: site.startUrl, host: this.host, title: `${spec.companyName} – ${site.city}`, description: `${spec.companyName}: ${spec.industry} in ${site.city}.`, text: LANGUAGES[site.language.startsWith('de') ? 'de' : 'en'].sentences.join(' '), keywords: `${spec.industry} ${spec.keywords} ${site.city} ${site.region}`, language: site.language.slice(0, 2), countryCode: site.countryCode, start: true, kind: 'site' }];
  }

  /** The body never comes to an end within a page time-out; the timer dies with the connection. */
  private drip(response: ServerResponse): void {
    response.writeHead(200, HTML);
    const text = `<!DOCTYPE html><html><head><title>${this.spec.companyName}</title></head><body>${'<p>slow</p>'.repeat(200)}`;
    let tick = 0;
    const timer = setInterval(() => {
      response.write(text[tick % text.length] ?? ' ');
      if (++tick >= DRIP_TICKS) response.end();
    }, DRIP_INTERVAL_MS);
    response.once('close', () => clearInterval(timer));
  }

  private huge(request: WebRequest, response: ServerResponse): void {
    response.writeHead(200, HTML);
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const chunk = Buffer.from('<p>One more line of the archive, and it is not the last one.</p>\n'.repeat(1024));
    let sent = 0;
    const pump = (): void => {
      while (sent < HUGE_BYTES && !response.destroyed) {
        sent += chunk.length;
        if (!response.write(chunk)) {
          response.once('drain', pump);
          return;
        }
      }
      response.end('</body></html>');
    };
    response.write(`<!DOCTYPE html><html><head><title>${this.spec.companyName}</title></head><body><h1>${this.spec.companyName}</h1>`);
    pump();
  }

  /** Every month links to the next and the one before, every day to three views of itself: a space without an end. */
  private calendar(request: WebRequest, response: ServerResponse, path: string): void {
    const { site } = this;
    if (path === '/') return send(request, response, 200, HTML, companyPage(site, site.companyName, `<p>Rooms for feasts in ${site.city}.</p>`, [['/calendar/2026/1', 'Calendar'], ['/contact', 'Contact']]));
    if (path === '/contact') return send(request, response, 200, HTML, companyPage(site, 'Contact', `<p>Bookings: bookings@${this.host}</p>`, [['/', 'Home'], ['/calendar/2026/1', 'Calendar']]));
    const match = /^\/calendar\/(\d{4})\/(\d{1,2})$/.exec(path);
    if (!match) return sendNotFound(request, response);
    const months = Number(match[1]) * 12 + Number(match[2]) - 1;
    const link = (delta: number) => `/calendar/${Math.floor((months + delta) / 12)}/${((months + delta) % 12) + 1}`;
    const days = Array.from({ length: 28 }, (_unused, i) => ['day', 'week', 'print'].map((view): [string, string] => [`${path}?day=${i + 1}&view=${view}`, `${i + 1} ${view}`])).flat();
    send(request, response, 200, HTML, companyPage(site, `Calendar ${match[1] ?? ''}/${match[2] ?? ''}`, '<p>No events.</p>', [['/contact', 'Contact'], [link(-1), 'Previous month'], [link(1), 'Next month'], ...days]));
  }
}

export interface HostileSite extends WebHost {
  readonly site: SandboxSite;
}

export function hostileSites(): HostileSite[] {
  return SPECS.map((spec, ordinal) => new HostileHost(spec, ordinal));
}
