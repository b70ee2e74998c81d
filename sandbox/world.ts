import { noiseHosts } from './noise-hosts.js';
import { SearchIndex } from './search-index.js';
import { hostileSites } from './sites/hostile.js';
import { planSites } from './sites/plan.js';
import { SiteHost } from './sites/site-host.js';
import { type SandboxSite } from './types.js';
import { type DirectoryHost, loadDirectory } from './web-dir.js';
import { wildHosts } from './wild/index.js';
import { type WebHost } from './web-host.js';

/** Everything the servers of one sandbox agree on. */
export interface World {
  hosts: WebHost[];
  sites: SandboxSite[];
  index: SearchIndex;
  /** Set when the web comes from a folder. */
  directory: DirectoryHost[] | null;
}

/** A value without the remarks people put in brackets behind it. */
function bare(value: string | undefined): string {
  return (value ?? '').replace(/\s{0,3}\([^()]{0,200}\)/g, '').trim();
}

/** Facts of a folder's site as far as sites.json tells them; the truth about its addresses stays with whoever made the folder. */
function siteOfDirectory(host: DirectoryHost): SandboxSite {
  const { entry } = host;
  return {
    host: host.host, aliases: [...host.aliases], startUrl: `http://${host.host}${host.startPath}`, industry: bare(entry.industry), companyName: entry.organisation ?? host.host,
    street: '', postalCode: '', city: bare(entry.city), region: '', countryCode: entry.country ?? '', lat: 0, lon: 0,
    language: (Array.isArray(entry.language) ? entry.language[0] : entry.language) ?? '', charset: '', phones: [], emails: [], decoys: [], socialLinks: [], openingHours: '', walkIns: false, osmTags: {}, paths: [],
  };
}

export function buildWorld(options: { seed: number; webDir?: string }): World {
  let companies: WebHost[];
  let sites: SandboxSite[];
  let directory: DirectoryHost[] | null = null;
  if (options.webDir !== undefined) {
    directory = loadDirectory(options.webDir);
    companies = directory;
    sites = directory.map(siteOfDirectory);
  } else {
    const generated = planSites(options.seed).map((plan) => new SiteHost(plan));
    const hostile = hostileSites();
    companies = [...generated, ...hostile];
    sites = [...generated.map((host) => host.plan.site), ...hostile.map((host) => host.site)];
  }
  // A folder's own host wins over a look-alike of the same name: the proxy takes the first that claims it.
  const taken = new Set(companies.map((host) => host.host));
  const hosts = [...companies, ...noiseHosts(sites.filter((site) => site.hostile === undefined)).filter((host) => !taken.has(host.host))];
  if (directory === null) hosts.push(...wildHosts().filter((host) => !taken.has(host.host)));
  return { hosts, sites, index: new SearchIndex(hosts.flatMap((host) => host.documents())), directory };
}
