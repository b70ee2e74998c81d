import { type BraveState, startBrave } from './brave.js';
import { type DnsModes, type DnsState, startDns } from './dns.js';
import { buildZones } from './dns-zones.js';
import { GITHUB_USERS, startGithub, type GithubState } from './github.js';
import { RequestLog } from './http-service.js';
import { startNominatim } from './nominatim.js';
import { type OpenAiState, startOpenAi } from './openai.js';
import { startOverpass } from './overpass.js';
import { newWebFaults, startProxy } from './proxy.js';
import { startSearxng } from './searxng.js';
import { startBrokenSmtp, startSmtp } from './smtp.js';
import { type NominatimMode, type OverpassMode, type Sandbox, type SandboxOptions, type SandboxSmtpSession, type SearxngMode } from './types.js';
import { buildWorld } from './world.js';

export * from './types.js';

const DEFAULT_BRAVE_RATE = 20;
const DEFAULT_BRAVE_QUOTA = 15_000;

/**
 * Starts an internet on 127.0.0.1: web proxy, search engines, model, maps, DNS and mail, all over one set of sites.
 * Whoever starts it closes it. Same seed, same bytes.
 * @throws Error when `webDir` holds no site, or a wanted port is taken; what had been opened is closed again
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const world = buildWorld({ seed: options.seed ?? 1, ...(options.webDir !== undefined && { webDir: options.webDir }) });
  const zones = buildZones(world, { webDirMail: options.webDirMail ?? true, mailDomains: options.mailDomains ?? [] });
  const log = new RequestLog();
  const faults = newWebFaults();
  const braveState: BraveState = { mode: 'ok', next: null };
  const openAiState: OpenAiState = { mode: 'ok', next: null };
  const searxngState: { mode: SearxngMode } = { mode: 'ok' };
  const nominatimState: { mode: NominatimMode } = { mode: 'ok' };
  const overpassState: { mode: OverpassMode } = { mode: 'ok' };
  const githubState: GithubState = { mode: 'ok', users: structuredClone([...GITHUB_USERS]) };
  const dnsModes: DnsModes = new Map();
  const dnsState: DnsState = { latencyMs: options.dnsLatencyMs ?? 0, questions: 0 };
  const smtpLog: SandboxSmtpSession[] = [];
  const greylisted = new Set<string>();
  const keys = { brave: options.braveKey ?? 'sandbox-brave-key', openai: options.openaiKey ?? 'sandbox-openai-key' };
  const githubApp = { clientId: 'Iv1.sandboxgithub', clientSecret: 'sandbox-github-secret' };
  const { ports = {} } = options;

  const opened: { close(): Promise<void> }[] = [];
  const open = async <T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const service = await starting;
    opened.push(service);
    return service;
  };
  const close = async (): Promise<void> => {
    for (const service of opened.splice(0).reverse()) await service.close();
  };

  try {
    const web = await open(startProxy({ hosts: world.hosts, latencyMs: options.latencyMs ?? 0, faults, log, port: ports.web ?? 0 }));
    const brave = await open(startBrave({ index: world.index, key: keys.brave, ratePerSecond: options.braveRatePerSecond ?? DEFAULT_BRAVE_RATE, monthlyQuota: options.braveMonthlyQuota ?? DEFAULT_BRAVE_QUOTA, state: braveState, log, port: ports.brave ?? 0 }));
    const openai = await open(startOpenAi({ key: keys.openai, state: openAiState, log, port: ports.openai ?? 0 }));
    const searxng = await open(startSearxng({ index: world.index, state: searxngState, log, port: ports.searxng ?? 0 }));
    const nominatim = await open(startNominatim({ ratePerSecond: options.nominatimRatePerSecond ?? 1, state: nominatimState, log, port: ports.nominatim ?? 0 }));
    const overpass = await open(startOverpass({ sites: world.sites, state: overpassState, log, port: ports.overpass ?? 0 }));
    const github = await open(startGithub({ ...githubApp, callbackUrl: options.githubCallbackUrl ?? 'http://localhost/auth/github/callback', state: githubState, log, port: ports.github ?? 0 }));
    const dns = await open(startDns({ zones, modes: dnsModes, state: dnsState, port: ports.dns ?? 0 }));
    const mailboxes = new Set(world.sites.flatMap((site) => site.emails.map((email) => email.address)));
    const openDomains = new Set(world.directory === null ? [] : [...zones].filter(([name, zone]) => zone.mx !== undefined && !name.endsWith('-sandbox.com')).map(([name]) => name));
    const smtp = await open(startSmtp({ mailboxes, openDomains, log: smtpLog, greylisted, port: ports.smtp ?? 0 }));
    const brokenSmtp = await open(startBrokenSmtp(ports.brokenSmtp ?? 0));

    const sandbox: Sandbox = {
      proxyUrl: web.url,
      brave: { url: brave.url, key: keys.brave },
      openai: { url: `${openai.url}/v1`, key: keys.openai },
      searxngUrl: searxng.url,
      nominatimUrl: nominatim.url,
      overpassUrl: `${overpass.url}/api/interpreter`,
      github: { url: github.url, ...githubApp, users: githubState.users },
      dns: { host: dns.host, port: dns.port },
      smtp: { host: smtp.host, port: smtp.port },
      brokenSmtp: { host: brokenSmtp.host, port: brokenSmtp.port },
      sites: world.sites,
      requests: () => log.list(),
      dnsQuestions: () => dnsState.questions,
      smtpLog: () => [...smtpLog],
      environment: () => ({
        BRAVE_API_KEY: keys.brave, BRAVE_BASE_URL: brave.url, OPENAI_API_KEY: keys.openai, OPENAI_BASE_URL: `${openai.url}/v1`, OPENAI_MODEL: 'gpt-sandbox', SEARXNG_URL: searxng.url,
        GITHUB_CLIENT_ID: githubApp.clientId, GITHUB_CLIENT_SECRET: githubApp.clientSecret, GITHUB_BASE_URL: github.url,
        NOMINATIM_URL: nominatim.url, OVERPASS_URL: `${overpass.url}/api/interpreter`, CRAWL_PROXY_URL: web.url, EMAIL_DNS_SERVERS: `${dns.host}:${dns.port}`,
      }),
      reset: () => {
        log.clear();
        smtpLog.length = 0;
        greylisted.clear();
        dnsModes.clear();
        Object.assign(dnsState, { latencyMs: options.dnsLatencyMs ?? 0, questions: 0 });
        faults.latency.clear();
        faults.failNext.clear();
        faults.down.clear();
        for (const state of [braveState, openAiState]) Object.assign(state, { mode: 'ok', next: null });
        githubState.mode = 'ok';
        githubState.users.splice(0, Infinity, ...structuredClone([...GITHUB_USERS]));
        github.forget();
        for (const state of [searxngState, nominatimState, overpassState]) state.mode = 'ok';
        brave.resetCounters();
        nominatim.resetCounters();
      },
      control: {
        setLatency: (host, latencyMs) => void (latencyMs === null ? faults.latency.delete(host) : faults.latency.set(host, latencyMs)),
        failNext: (host, times, status) => void faults.failNext.set(host, { times, status }),
        setDown: (host, down) => void (down ? faults.down.add(host) : faults.down.delete(host)),
        killSockets: () => web.killSockets(),
        brave: (mode) => { braveState.mode = mode; },
        openai: (mode) => { openAiState.mode = mode; },
        braveNext: (mode, times) => { braveState.next = { mode, times }; },
        openaiNext: (mode, times) => { openAiState.next = { mode, times }; },
        searxng: (mode) => { searxngState.mode = mode; },
        nominatim: (mode) => { nominatimState.mode = mode; },
        github: (mode) => { githubState.mode = mode; },
        overpass: (mode) => { overpassState.mode = mode; },
        dns: (domain, mode) => void (mode === 'ok' ? dnsModes.delete(domain) : dnsModes.set(domain, mode)),
        dnsLatency: (latencyMs) => { dnsState.latencyMs = latencyMs; },
      },
      close,
    };
    return sandbox;
  } catch (error) {
    await close();
    throw error;
  }
}
