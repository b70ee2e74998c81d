/** What the sandbox internet promises its users: options, ground truth, request log, switches. Data only. */

/** How an address is written on a page. */
export type Notation =
  | 'mailto' | 'mailtoEncoded' | 'mailtoSubject' | 'mailtoSeveral' | 'plain'
  | 'entityDecimal' | 'entityHex' | 'entityNamed' | 'spelledOut' | 'cfemail' | 'cfHref'
  | 'jsonld' | 'microdata' | 'attribute' | 'scriptConcat' | 'scriptWrite' | 'scriptCharCode' | 'splitTags'
  | 'builtByScript';

export type HostileKind =
  | 'redirectLoop' | 'endlessCalendar' | 'slowDrip' | 'hugeBody' | 'gzipBomb' | 'brokenHtml' | 'robotsDisallow'
  | 'robotsError' | 'redirectToMetadata' | 'redirectToLoopback' | 'challenge' | 'loginWall' | 'parked' | 'needsScript'
  | 'wrongContentType' | 'connectionReset' | 'alwaysLimited';

export interface SandboxEmail {
  /** Lower case, as it must be found. */
  address: string;
  notation: Notation;
  /** Path (and query) of the page that shows it. */
  path: string;
  personName?: string;
  jobTitle?: string;
}

/** The ground truth of one site. */
export interface SandboxSite {
  host: string;
  /** Other names the same site answers to. */
  aliases: string[];
  startUrl: string;
  /** English name of the industry, plural: `dental clinics`. */
  industry: string;
  companyName: string;
  street: string;
  postalCode: string;
  city: string;
  region: string;
  /** ISO 3166-1 alpha-2, upper case. */
  countryCode: string;
  lat: number;
  lon: number;
  /** BCP 47, as in `<html lang>`. */
  language: string;
  /** WHATWG label of the bytes served. */
  charset: string;
  /** E.164, main number first. */
  phones: string[];
  emails: SandboxEmail[];
  /** Text that looks like an address of the company and is none, or must not be taken. */
  decoys: string[];
  socialLinks: string[];
  openingHours: string;
  walkIns: boolean;
  /** OpenStreetMap tags the place carries in the Overpass look-alike. */
  osmTags: Record<string, string>;
  /** Paths of all pages, home first. Empty for sites from a folder that has no such list. */
  paths: string[];
  hostile?: HostileKind;
}

export interface SandboxRequest {
  /** Server: `web` is the proxy, the others are the services. */
  server: 'web' | 'brave' | 'openai' | 'searxng' | 'nominatim' | 'overpass' | 'github';
  host: string;
  /** Path with query. */
  path: string;
  method: string;
  /** ms since the epoch when the request's head had arrived. */
  at: number;
  /** ms since the epoch when the answer was complete or the connection was gone; null while open. */
  endedAt: number | null;
  /** Null while nothing was answered; 0 when the connection was cut without an answer. */
  status: number | null;
  /** Written to the socket for this answer so far; the whole of it once `endedAt` is set. */
  bytes: number;
}

export type BraveMode = 'ok' | 'rate_limited' | 'quota' | 'bad_key' | 'server_error' | 'timeout' | 'malformed';
export type OpenAiMode =
  | 'ok' | 'rate_limited' | 'quota' | 'bad_key' | 'server_error' | 'timeout' | 'malformed' | 'refusal' | 'length' | 'content_filter' | 'wrong_shape';
export type SearxngMode = 'ok' | 'json_disabled' | 'unresponsive' | 'server_error' | 'timeout';
/** `api_rate_limited` and `malformed` are single steps of a sign-in; the others all of GitHub. */
export type GithubMode = 'ok' | 'rate_limited' | 'api_rate_limited' | 'server_error' | 'timeout' | 'malformed';
export type NominatimMode = 'ok' | 'rate_limited' | 'blocked' | 'server_error' | 'timeout';
export type OverpassMode = 'ok' | 'rate_limited' | 'busy' | 'remark' | 'timeout';
export type DnsMode = 'ok' | 'nxdomain' | 'servfail' | 'timeout' | 'empty';

/** Somebody with an account on the GitHub look-alike, with the addresses as `/user/emails` lists them. */
export interface SandboxGithubUser { id: number; login: string; name: string | null; emails: { email: string; primary: boolean; verified: boolean; visibility: 'public' | 'private' | null }[] }

export interface SandboxOptions {
  /** Serve DIR/<host>/… as the internet instead of the generated sites; DIR/sites.json may tell start, aliases and more. */
  webDir?: string;
  /** Same seed, same bytes. Default 1. */
  seed?: number;
  /** Added to each page answer, ms. Default 0. */
  latencyMs?: number;
  /** Brave plan: requests per second (default 20) and per month (default 15,000). */
  braveRatePerSecond?: number;
  braveMonthlyQuota?: number;
  /** Keys the look-alikes accept. */
  braveKey?: string;
  openaiKey?: string;
  /** Registered callback of GitHub's only application; loopback addresses may use any port. */
  githubCallbackUrl?: string;
  /** Nominatim's policy: requests per second for one client, default 1. */
  nominatimRatePerSecond?: number;
  /** With webDir: every e-mail domain seen on the pages gets an MX. Default true. */
  webDirMail?: boolean;
  /** More domains that have mail, as those of the sites have. */
  mailDomains?: readonly string[];
  /** Added to each DNS answer, ms. Default 0. */
  dnsLatencyMs?: number;
  /** Ports to bind, 0 or absent for a free one. */
  ports?: Partial<Record<'web' | 'brave' | 'openai' | 'searxng' | 'nominatim' | 'overpass' | 'github' | 'dns' | 'smtp' | 'brokenSmtp', number>>;
}

/** Switches for failures; `reset()` of the sandbox puts all of them back. */
export interface SandboxControl {
  /** Extra delay of one host's answers, ms; `null` takes it away. */
  setLatency(host: string, latencyMs: number | null): void;
  /** The next `times` requests to this host get `status`; status 0 cuts the connection. */
  failNext(host: string, times: number, status: number): void;
  /** A host that answers like a name that does not exist, until switched back. */
  setDown(host: string, down: boolean): void;
  /** Cuts every open connection of the web proxy now. */
  killSockets(): void;
  brave(mode: BraveMode): void;
  openai(mode: OpenAiMode): void;
  /** Mode for the next `times` requests only. */
  braveNext(mode: BraveMode, times: number): void;
  openaiNext(mode: OpenAiMode, times: number): void;
  searxng(mode: SearxngMode): void;
  nominatim(mode: NominatimMode): void;
  overpass(mode: OverpassMode): void;
  github(mode: GithubMode): void;
  /** Behaviour of one domain and all below it, or of everything with `*`. */
  dns(domain: string, mode: DnsMode): void;
  /** Added to each DNS answer from now on, ms. */
  dnsLatency(latencyMs: number): void;
}

export interface SandboxSmtpSession {
  at: number;
  command: 'MAIL' | 'RCPT' | 'DATA';
  argument: string;
  /** Reply code; 0 while a tarpit holds it back. */
  code: number;
}

export interface Sandbox {
  /** HTTP proxy for absolute-form requests; unknown hosts answer 502, CONNECT 501. */
  proxyUrl: string;
  brave: { url: string; key: string };
  openai: { url: string; key: string };
  searxngUrl: string;
  nominatimUrl: string;
  overpassUrl: string;
  /** An OAuth application and the people who may use it; the list may be changed. */
  github: { url: string; clientId: string; clientSecret: string; users: SandboxGithubUser[] };
  /** UDP and TCP on one port. */
  dns: { host: string; port: number };
  smtp: { host: string; port: number };
  /** A mail server whose greeting is not SMTP. */
  brokenSmtp: { host: string; port: number };
  sites: SandboxSite[];
  requests(): SandboxRequest[];
  /** Questions that reached the name server, answered or not. */
  dnsQuestions(): number;
  /** What the mail server was asked. */
  smtpLog(): SandboxSmtpSession[];
  /** Every environment setting that points the product at this sandbox. */
  environment(): Record<string, string>;
  reset(): void;
  control: SandboxControl;
  close(): Promise<void>;
}
