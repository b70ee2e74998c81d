import { hkdfSync } from 'node:crypto';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBackplane } from './backplane.js';
import type { Config } from './config.js';
import { lockDataDir } from './data-dir.js';
import { createDataSource, migrate } from './data-source.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { FileObjects } from './file-objects.js';
import { Health } from './health.js';
import { Jobs } from './jobs.js';
import type { Logger } from './logger.js';
import type { ObjectStore } from './object-store.js';
import { Progress, type ProgressTx } from './progress.js';
import type { Services } from './resolvers/schema.js';
import { startServer } from './server.js';
import { Accounts } from './services/auth/accounts.js';
import { ApiKeys } from './services/auth/api-keys.js';
import { record } from './services/auth/audit.js';
import { AuthService } from './services/auth/auth.service.js';
import { Bearer } from './services/auth/bearer.js';
import { Identities } from './services/auth/identities.js';
import { Invitations } from './services/auth/invitations.js';
import { Limits } from './services/auth/limits.js';
import { Members } from './services/auth/members.js';
import { AttemptCookies } from './services/auth/oauth-attempt.js';
import { buildOAuthProviders } from './services/auth/oauth-providers.js';
import { OAuthService } from './services/auth/oauth.service.js';
import { passwordWork } from './services/auth/passwords.js';
import { Revocations } from './services/auth/revocations.js';
import { Sessions } from './services/auth/sessions.js';
import { supabaseDetail, SupabaseTokens } from './services/auth/supabase.js';
import { TokenSigner } from './services/auth/tokens.js';
import { Workspaces } from './services/auth/workspaces.js';
import { MAX_PAGE_BYTES } from './services/crawler/crawl-limits.js';
import { CrawlerService } from './services/crawler/crawler.service.js';
import { DocumentLedger } from './services/crawler/document-ledger.js';
import { Fetcher } from './services/crawler/fetcher.js';
import { AddressGuard } from './services/crawler/guard.js';
import { HostGate } from './services/crawler/host-gate.js';
import { PageCommit } from './services/crawler/page-commit.js';
import { PageReader } from './services/crawler/page-reader.js';
import { PageStore } from './services/crawler/page-store.js';
import { redactedPage } from './services/crawler/redacted-page.js';
import { Renderer } from './services/crawler/renderer.js';
import { Revisits } from './services/crawler/revisit.js';
import { RobotsCache } from './services/crawler/robots.js';
import { RobotsStore } from './services/crawler/robots-store.js';
import { MailDns } from './services/email/dns.js';
import { EmailProbes } from './services/email/email-probes.js';
import { EmailService } from './services/email/email.service.js';
import { Erasures } from './services/email/erasure.js';
import { Rechecks } from './services/email/recheck.js';
import { paceOf, SmtpProbe } from './services/email/smtp/probe.js';
import { Suppressions } from './services/email/suppressions.js';
import { GoalService } from './services/goals/goal.service.js';
import { LeadExports } from './services/leads/lead-exports.js';
import { LeadService } from './services/leads/lead.service.js';
import { LeadSource } from './services/leads/lead-source.js';
import { MailService } from './services/mail/mail.service.js';
import { NlpService } from './services/nlp/nlp.service.js';
import { industryTerms } from './services/search/industry-terms.js';
import { crawledPages } from './services/search/crawled-pages.js';
import { buildProviders } from './services/search/providers/index.js';
import { SearchService } from './services/search/search.service.js';
import { Retention } from './services/upkeep/retention.js';
import { jobHandlers } from './workers/index.js';
import { defaultReadingThreads, ReadingThreads } from './workers/reading-threads.js';
import { Reconciler } from './workers/reconcile.js';
import { runWorkers } from './workers/run.js';

export interface App {
  services: Services;
  /** Address of the API; null without the role. */
  url: string | null;
  jobs: Jobs;
  reconciler: Reconciler;
  close(): Promise<void>;
}

/** Things to close, last opened first. A failing one does not keep the others open. */
class Closers {
  readonly #steps: { name: string; close: () => Promise<unknown> | void }[] = [];
  add(name: string, close: () => Promise<unknown> | void): void { this.#steps.push({ name, close }); }
  async closeAll(logger: Logger): Promise<void> {
    for (const { name, close } of this.#steps.splice(0).reverse()) {
      const startedAt = performance.now();
      try { await close(); } catch (error) { logger.warn({ name, err: error }, 'closing failed'); }
      logger.debug({ name, ms: Math.round(performance.now() - startedAt) }, 'closed');
    }
  }
}

/** Builds everything, once per process, and starts what the roles ask for. What opens here closes here, in reverse. */
export async function startApp(config: Config, logger: Logger): Promise<App> {
  const closers = new Closers();
  try {
    return await build(config, logger, closers);
  } catch (error) {
    await closers.closeAll(logger);
    throw error;
  }
}

async function build(config: Config, logger: Logger, closers: Closers): Promise<App> {
  const databaseUrl = config.DATABASE_URL ?? await embeddedDatabase(config, logger, closers);
  const dataSource = createDataSource(databaseUrl);
  await dataSource.initialize();
  closers.add('database', () => dataSource.destroy());
  const migrated = await migrate(dataSource);
  if (migrated.length > 0) logger.info({ migrated }, 'database is up to date');

  const backplane = createBackplane(config, databaseUrl, logger);
  closers.add('backplane', () => backplane.close());
  const jobs = new Jobs(backplane, logger);
  closers.add('queues', () => jobs.close());
  const progress = new Progress(dataSource, backplane);
  const settleGoal = (tx: ProgressTx, goalId: string): Promise<void> => goals.settle(tx, goalId);

  const signer = await TokenSigner.load(config.JWT_PRIVATE_KEY, config.DATA_DIR);
  const revocations = new Revocations({ dataSource, backplane, logger });
  const apiKeys = new ApiKeys(dataSource, revocations);
  const limits = new Limits({ backplane, isOn: config.RATE_LIMITS, told: (scope, about) => record(dataSource.manager, { type: 'RATE_LIMITED', ...about, details: { scope } }) });
  const sessions = new Sessions({ dataSource, signer, config, jobs, revocations, limits });
  const accounts = new Accounts({ dataSource, jobs, sessions, revocations, limits, config, signer, sweepFiles: () => exports.sweep() });
  const identities = new Identities({ dataSource, accounts, jobs });
  const supabaseSettings = { url: config.SUPABASE_URL, secret: config.SUPABASE_JWT_SECRET, confirmsEmail: config.SUPABASE_CONFIRMS_EMAIL };
  const supabase = new SupabaseTokens({ dataSource, identities, settings: supabaseSettings, logger });
  const bearer = new Bearer({ signer, revocations, membership: (userId, workspaceId) => workspaces.membership(userId, workspaceId), apiKey: (secret) => apiKeys.credentialsOf(secret), others: [(token) => supabase.credentialsOf(token)] });
  const auth = new AuthService({ dataSource, signer, limits, accounts, sessions, bearer, revocations });
  const cookies = new AttemptCookies(Buffer.from(hkdfSync('sha256', signer.secret, '', 'leadline oauth attempts', 32)), config.publicUrl);
  const oauth = new OAuthService({ dataSource, identities, cookies, providers: buildOAuthProviders(config), publicUrl: config.publicUrl, logger, sessions, limits });
  const workspaces = new Workspaces(dataSource, limits, sessions);
  const members = new Members(progress, revocations);
  const invitations = new Invitations({ dataSource, jobs, limits, config });
  const retention = new Retention({ dataSource, refreshTokenTtlMs: config.REFRESH_TOKEN_TTL });
  const mail = new MailService(dataSource, config);
  closers.add('mail', () => mail.close());
  const nlp = new NlpService({ config: { openaiApiKey: config.OPENAI_API_KEY, openaiBaseUrl: config.OPENAI_BASE_URL, openaiModel: config.OPENAI_MODEL, llmTimeoutMs: config.LLM_TIMEOUT_MS }, logger });

  const mailDns = new MailDns({ servers: config.EMAIL_DNS_SERVERS, blockLists: config.DNSBL_ZONES });
  closers.add('dns', () => mailDns.close());
  const suppressions = new Suppressions(dataSource, jobs);

  const proxy = config.CRAWL_PROXY_URL ? { proxyUrl: config.CRAWL_PROXY_URL } : {};
  const guard = new AddressGuard({ ports: config.CRAWL_PORTS, allowCidrs: config.CRAWL_ALLOW_CIDRS, viaProxy: config.CRAWL_PROXY_URL !== undefined });
  const smtpPace = backplane.limiter('smtp-probe', 10, 60);
  const probe = config.SMTP_PROBE && config.SMTP_PROBE_FROM ? new SmtpProbe({ dns: mailDns, forbidden: (address) => guard.addressReason(address), pace: paceOf(smtpPace), from: config.SMTP_PROBE_FROM, port: config.SMTP_PROBE_PORT }) : null;
  const emails = new EmailService(dataSource, mailDns, suppressions, new EmailProbes({ dataSource, jobs, dns: mailDns, suppressions, probe }));
  const fetcher = new Fetcher({ guard, userAgent: config.userAgent, ...proxy, connectTimeoutMs: 5_000, headersTimeoutMs: Math.min(10_000, config.CRAWL_TIMEOUT_MS), totalTimeoutMs: config.CRAWL_TIMEOUT_MS, maxBytes: MAX_PAGE_BYTES, maxRedirects: 5 });
  closers.add('fetcher', () => fetcher.close());
  const renderer = config.CRAWL_BROWSER === 'off' ? null : new Renderer({ guard, userAgent: config.userAgent, ...proxy, chromiumPath: config.CHROMIUM_PATH ?? null, pageTimeoutMs: Math.min(15_000, config.CRAWL_TIMEOUT_MS) });
  closers.add('browser', () => renderer?.close());
  const gate = new HostGate({ dataSource, logger });
  closers.add('host gate', () => gate.close());
  const robots = new RobotsCache({ fetcher, userAgent: config.userAgent, store: new RobotsStore(dataSource) });
  const objects = await openObjects(config);
  closers.add('storage', () => { objects.close(); });
  const ledger = new DocumentLedger({ dataSource, logger });
  const store = new PageStore(objects, (keys) => ledger.claim(keys));
  const pages = new PageCommit({ progress, jobs, store, emails });
  const threads = new ReadingThreads(config.CRAWL_READ_THREADS ?? defaultReadingThreads(), logger);
  closers.add('reading threads', () => threads.close());
  const reader = new PageReader(fetcher, renderer, threads.parse, { userAgent: config.userAgent, honourNoindex: config.CRAWL_HONOUR_NOINDEX });
  const crawler = new CrawlerService({ dataSource, progress, jobs, logger, guard, store, ledger, robots, gate, pages, fetcher, settleGoal, reader, hostDelayMs: config.CRAWL_HOST_DELAY_MS, userAgent: config.userAgent });

  const providers = buildProviders({ braveApiKey: config.BRAVE_API_KEY, braveBaseUrl: config.BRAVE_BASE_URL, searxngUrl: config.SEARXNG_URL, overpassUrl: config.OVERPASS_URL, userAgent: config.userAgent }, { searchCrawled: crawledPages(dataSource) });
  const search = new SearchService({ dataSource, progress, jobs, nlp, providers, settleGoal, suppressedHosts: (workspaceId, hosts) => suppressions.hosts(workspaceId, hosts), openSites: (tx, goal, sites, maxPages) => crawler.openSites(tx, goal, sites, maxPages) });
  const goals = new GoalService({ dataSource, progress, jobs, nlp, search });
  const leads = new LeadService({ dataSource, progress, settleGoal, nlp, suppressions, source: new LeadSource(dataSource, (key) => crawler.storedText(key), industryTerms) });
  const exports = new LeadExports({ dataSource, jobs, progress, dataDir: config.DATA_DIR, publicUrl: config.publicUrl, linkKey: Buffer.from(hkdfSync('sha256', signer.secret, '', 'leadline export links', 32)) });

  const erasures = new Erasures({ dataSource, progress, suppressions, pages: { store, redact: redactedPage, sweep: () => ledger.sweep(store, AbortSignal.timeout(60_000)) }, exports });
  const rechecks = new Rechecks({ dataSource, progress, revisits: new Revisits({ fetcher, reader, robots, gate, hostDelayMs: config.CRAWL_HOST_DELAY_MS }) });

  const health = new Health({
    dataSource, backplane, config, providerNames: () => oauth.providerNames(), parts: {
      accounts: () => ({ state: 'READY', detail: ['passwords', ...oauth.providerNames(), ...[supabaseDetail(supabaseSettings)].filter((part) => part !== null)].join(', ') }),
      language: () => nlp.capability(), search: () => search.capability(), mail: () => mail.capability,
      browser: async () => {
        const name = await renderer?.available();
        return name ? { state: 'READY', detail: name } : { state: 'OFF', detail: renderer ? 'no Chromium found: pages built by scripts stay empty; set CHROMIUM_PATH' : 'turned off by CRAWL_BROWSER' };
      },
      storage: () => objects.state(),
    },
  });
  const services: Services = { auth, oauth, identities, workspaces, members, invitations, apiKeys, nlp, goals, search, crawler, emails, suppressions, erasures, rechecks, leads, exports, health };

  await exports.sweep();
  await jobs.ready();
  if (!config.DATABASE_URL && backplane.size === 'embedded') {
    // This process is alone (it holds DATA_DIR): what a killed one left in queues and leases is void at once.
    await jobs.forgetAll();
    await crawler.forgetLeases();
  }
  const reconciler = new Reconciler({ dataSource, jobs, progress, goals, logger });
  if (config.ROLES.includes('worker')) {
    const workers = await runWorkers(jobHandlers({ search, crawler, emails, leads, exports, mail, retention }), { backplane, logger, siteConcurrency: config.CRAWL_CONCURRENCY });
    closers.add('workers', () => workers.close());
    reconciler.start();
    closers.add('reconciler', () => reconciler.stop());
  }
  let url: string | null = null;
  if (config.ROLES.includes('api')) {
    await revocations.start();
    closers.add('revocations', () => revocations.stop());
    const server = await startServer({ config, logger, services, signer, limits, passwordWork });
    closers.add('server', () => server.close());
    url = server.url;
  }
  return { services, url, jobs, reconciler, close: () => closers.closeAll(logger) };
}

/** Where pages are kept. The S3 client is only loaded by those who use it. */
async function openObjects(config: Config): Promise<ObjectStore> {
  const { STORAGE_URL: url } = config;
  if (!url?.startsWith('s3:')) return new FileObjects(url ? fileURLToPath(url) : join(config.DATA_DIR, 'pages'));
  const { S3Objects } = await import('./s3-objects.js');
  return await S3Objects.open({ url, endpoint: config.S3_ENDPOINT, region: config.S3_REGION, accessKeyId: config.S3_ACCESS_KEY_ID, secretAccessKey: config.S3_SECRET_ACCESS_KEY });
}

async function embeddedDatabase(config: Config, logger: Logger, closers: Closers): Promise<string> {
  const lock = lockDataDir(config.DATA_DIR);
  closers.add('DATA_DIR', () => { lock.release(); });
  const postgres = await startEmbeddedPostgres(resolve(config.DATA_DIR), logger);
  closers.add('embedded PostgreSQL', () => postgres.stop());
  return postgres.url;
}
