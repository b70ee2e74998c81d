import { parsePhoneNumber } from 'libphonenumber-js/max';
import { parse } from 'tldts';
import { describe, expect, it } from 'vitest';
import { TextDecoder as LegacyDecoder } from '@exodus/bytes/encoding.js';
import { encodeHtml } from '../../../sandbox/sites/encode.js';
import { BODY_NOTATIONS } from '../../../sandbox/sites/notations.js';
import { planSites } from '../../../sandbox/sites/plan.js';
import { SiteHost } from '../../../sandbox/sites/site-host.js';
import { readAddresses } from './read-addresses.js';

const hosts = planSites(1).map((plan) => new SiteHost(plan));

function links(html: string): string[] {
  return [...html.matchAll(/<(?:a|frame)\s[^>]*?(?:href|src)="([^"]+)"/gi)].map((match) => (match[1] ?? '').replaceAll('&amp;', '&')).filter((href) => href.startsWith('/') && !href.startsWith('/cdn-cgi/'));
}

describe('the generated web', () => {
  it('has at least 60 companies in 8 industries, 8 cities and 8 languages, and two dozen dentists, most of them in Austin', () => {
    const sites = hosts.map((host) => host.plan.site);
    expect(sites.length).toBeGreaterThanOrEqual(60);
    for (const field of ['industry', 'city'] as const) expect(new Set(sites.map((site) => site[field])).size).toBeGreaterThanOrEqual(8);
    expect(new Set(sites.map((site) => site.language.slice(0, 2))).size).toBeGreaterThanOrEqual(8);
    const dentists = sites.filter((site) => site.industry === 'dental clinics');
    expect(dentists.length).toBeGreaterThanOrEqual(24);
    const austin = dentists.filter((site) => site.city === 'Austin');
    expect(austin.length).toBeGreaterThan(dentists.length / 2);
    expect(austin.filter((site) => site.walkIns).length).toBeGreaterThan(5);
    expect(austin.filter((site) => !site.walkIns).length).toBeGreaterThan(3);
    expect(new Set(sites.map((site) => site.host)).size).toBe(sites.length);
  });

  it('gives the same bytes for the same seed and other companies for another', () => {
    const again = planSites(1).map((plan) => new SiteHost(plan));
    for (const [i, host] of hosts.entries()) {
      expect(again[i]?.plan.site).toEqual(host.plan.site);
      for (const path of host.plan.site.paths) expect(again[i]?.html(path)).toBe(host.html(path));
    }
    const other = planSites(2);
    expect(other.map((plan) => plan.site.host)).not.toEqual(hosts.map((host) => host.host));
  });

  it('shows every address of the ground truth on the page that is named as its proof, for any seed', () => {
    for (const seed of [1, 2, 77]) {
      for (const plan of planSites(seed)) {
        const host = new SiteHost(plan);
        for (const email of plan.site.emails) {
          const addresses = readAddresses(host.html(email.path) ?? '');
          expect(addresses, `${email.notation} on ${plan.site.host}${email.path}`).toContain(email.address);
        }
      }
    }
  });

  it('shows no address that is neither ground truth nor a known decoy', () => {
    for (const host of hosts) {
      const { site } = host.plan;
      const allowed = new Set([...site.emails.map((email) => email.address), ...site.decoys]);
      for (const path of site.paths) {
        for (const address of readAddresses(host.html(path) ?? '')) expect(allowed, `${address} on ${site.host}${path}`).toContain(address);
      }
    }
  });

  it('uses every notation on several sites', () => {
    const used = hosts.flatMap((host) => host.plan.site.emails.map((email) => email.notation));
    for (const notation of BODY_NOTATIONS) expect(used.filter((other) => other === notation).length, notation).toBeGreaterThanOrEqual(5);
  });

  it('links every page from the start page, ten to fourteen per site', () => {
    for (const host of hosts) {
      const seen = new Set(['/']);
      for (const path of seen) for (const link of links(host.html(path) ?? '')) if (host.html(link) !== null) seen.add(link);
      const { paths } = host.plan.site;
      expect(paths.length).toBeGreaterThanOrEqual(10);
      expect(paths.length).toBeLessThanOrEqual(14);
      for (const path of paths) expect(seen, `${host.host}${path}`).toContain(path);
    }
  });

  it('weighs its pages like real ones, between 2 and 20 KB, save for framesets', () => {
    for (const host of hosts) {
      for (const path of host.plan.site.paths) {
        if (host.plan.template === 'frames' && path === '/') continue;
        const size = encodeHtml(host.html(path) ?? '', host.plan.charset.label).length;
        expect(size, `${host.host}${path}`).toBeGreaterThan(2000);
        expect(size, `${host.host}${path}`).toBeLessThan(20_480);
      }
    }
  });

  it('prints telephone numbers that are valid in their country', () => {
    for (const host of hosts) {
      for (const [i, phone] of host.plan.site.phones.entries()) {
        const printed = host.plan.phonesPrinted[i] ?? '';
        expect(parsePhoneNumber(phone).isPossible(), phone).toBe(true);
        expect(parsePhoneNumber(printed, host.plan.city.countryCode as 'US').number, printed).toBe(phone);
      }
    }
  });

  it('lives under registrable names of the public suffix list', () => {
    for (const host of hosts) {
      const name = parse(host.host);
      expect(name.isIcann, host.host).toBe(true);
      expect(name.domain).toBe(host.plan.domain);
    }
  });

  it('serves legacy encodings, declared and undeclared, that decode to the same text', () => {
    const legacy = hosts.filter((host) => host.plan.charset.label !== 'utf-8');
    expect(new Set(legacy.map((host) => host.plan.charset.label))).toEqual(new Set(['windows-1252', 'iso-8859-2', 'shift_jis']));
    expect(legacy.some((host) => !host.plan.charset.inHeader && !host.plan.charset.inMeta)).toBe(true);
    for (const host of legacy) {
      const html = host.html('/') ?? '';
      const decoded = new LegacyDecoder(host.plan.charset.label).decode(encodeHtml(html, host.plan.charset.label));
      expect(decoded.replace(/&#(\d+);/g, (_whole, code: string) => String.fromCodePoint(Number(code)))).toBe(html);
    }
  });

  it('has one site in frames, some behind sitemaps and one that asks for a crawl delay', () => {
    expect(hosts.filter((host) => host.plan.template === 'frames')).toHaveLength(1);
    expect(hosts.filter((host) => host.plan.sitemap).length).toBeGreaterThan(3);
    expect(hosts.filter((host) => host.plan.robotsTxt?.includes('Crawl-delay')).length).toBe(1);
  });
});
