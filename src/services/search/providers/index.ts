/** Which providers this installation has, in the order in which they are preferred. A new provider is a file and a line. */
import { BraveProvider } from './brave.js';
import { LocalProvider, type SearchCrawled } from './local.js';
import { OverpassProvider } from './overpass.js';
import type { SearchProvider } from './provider.js';
import { SearxngProvider } from './searxng.js';

export interface ProviderConfig {
  braveApiKey?: string | undefined;
  braveBaseUrl?: string | undefined;
  searxngUrl?: string | undefined;
  /** `off` or nothing turns the source off. */
  overpassUrl?: string | undefined;
  userAgent: string;
}

export interface ProviderDeps {
  /** Left out, there is no LOCAL provider. */
  searchCrawled?: SearchCrawled | undefined;
}

function isOn(value: string | undefined): value is string {
  return value !== undefined && value !== '' && value !== 'off';
}

export function buildProviders(config: ProviderConfig, deps: ProviderDeps): SearchProvider[] {
  const { userAgent } = config;
  return [
    isOn(config.braveApiKey) ? new BraveProvider({ apiKey: config.braveApiKey, baseUrl: config.braveBaseUrl }) : null,
    isOn(config.searxngUrl) ? new SearxngProvider({ url: config.searxngUrl, userAgent }) : null,
    isOn(config.overpassUrl) ? new OverpassProvider({ url: config.overpassUrl, userAgent }) : null,
    deps.searchCrawled === undefined ? null : new LocalProvider(deps.searchCrawled),
  ].filter((provider) => provider !== null);
}
