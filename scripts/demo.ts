import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startSandbox } from '../sandbox/index.js';
import { DemoClient } from './demo-client.js';
import { leadTable, progressView, type DemoEvent, type DemoLead } from './demo-output.js';
import { mailedToken, startProduct } from './demo-product.js';

const DEFAULT_GOAL = 'Find 20 dental clinics in Austin, Texas that take walk-ins';
const PASSWORD = 'correct horse battery staple';
/** The sandbox is our own machine: politeness costs the demo nothing but time. */
const HOST_DELAY_MS = '20';

const EVENTS = `subscription ($goalId: ID!) { goalProgress(goalId: $goalId, after: 0) { seq type message status counters { percent sites sitesDone pages emails leads } } }`;
const LEADS = `query ($goalId: ID!, $after: String) { goal(id: $goalId) { status error sources { provider status results message }
  counters { searches results sites sitesDone sitesFailed pages pagesFailed emails emailsValid leads percent }
  strategy { rationale engine { name } queries { provider query } } }
  leads(first: 100, after: $after, filter: { goalId: $goalId }) { totalCount pageInfo { hasNextPage endCursor } nodes {
    id companyName domain website description industry address city countryCode phones socialLinks contactName contactTitle score fitScore reachScore reason factors { name points reason }
    primaryEmail { address status kind sources { pageUrl snippet notation contentHash foundAt } } emails { address status kind sources { pageUrl snippet notation } }
    evidence { field value pageUrl snippet start end contentHash foundAt } } } }`;

interface LeadPage { goal: { status: string; error: string | null; sources: unknown[]; counters: Record<string, number>; strategy: { rationale: string; engine: { name: string }; queries: unknown[] } }; leads: { totalCount: number; pageInfo: { hasNextPage: boolean; endCursor: string | null }; nodes: DemoLead[] } }

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { goal: { type: 'string' }, json: { type: 'boolean', default: false }, keep: { type: 'boolean', default: false }, web: { type: 'string' } } });
  const startedAt = performance.now();
  // With --json standard output holds one document and nothing else.
  const out = values.json ? process.stderr : process.stdout;
  const say = (line: string): void => { out.write(`${line}\n`); };
  const webDir = values.web ? resolve(process.env.INIT_CWD ?? process.cwd(), values.web) : undefined;
  if (webDir && !existsSync(webDir)) throw new Error(`there is no folder ${webDir}`);

  const dataDir = mkdtempSync(join(tmpdir(), 'leadline-demo-'));
  // Root's database runs as an ordinary user, who must be able to enter.
  chmodSync(dataDir, 0o755);
  const sandbox = await startSandbox(webDir ? { webDir } : {});
  const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _base, ...outside } = sandbox.environment();
  say(webDir ? `The internet of this demo: ${webDir}` : `The internet of this demo: ${sandbox.sites.length} generated company sites and look-alikes of the services around them`);
  const product = await startProduct({ ...outside, DATA_DIR: dataDir, DATABASE_URL: '', REDIS_URL: '', OPENAI_API_KEY: '', CRAWL_HOST_DELAY_MS: HOST_DELAY_MS, CRAWL_CONCURRENCY: '8' });
  const client = new DemoClient(product.url);
  const cleanUp = async (): Promise<void> => {
    await client.close();
    await product.stop();
    await sandbox.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const token = await signIn(client, dataDir);
    say(`Ready after ${seconds(startedAt)} s at ${product.url}`);
    const goal = values.goal ?? DEFAULT_GOAL;
    const { createGoal } = await client.request<{ createGoal: { id: string; strategy: { rationale: string } } }>('mutation ($text: String!) { createGoal(input: { text: $text }) { id strategy { rationale } } }', { text: goal });
    say(`Goal: ${goal}\n${createGoal.strategy.rationale}\n`);
    await run(client, createGoal.id, out);
    const result = await leadsOf(client, createGoal.id);
    const csv = await exportCsv(client, createGoal.id);
    const file = resolve(process.env.INIT_CWD ?? process.cwd(), 'leads.csv');
    writeFileSync(file, csv);
    const { goal: state, leads } = result;
    if (values.json) {
      process.stdout.write(`${JSON.stringify({ goal, status: state.status, error: state.error, counters: state.counters, sources: state.sources, strategy: state.strategy, leads, csv: file, durationMs: Math.round(performance.now() - startedAt) }, null, 2)}\n`);
    } else {
      say(`\n${leadTable(leads)}\n\n${leads.length} leads from ${state.counters.sites} sites and ${state.counters.pages} pages in ${seconds(startedAt)} s; each value with the page that proves it in ${file}`);
      if (state.error) say(`The goal says: ${state.error}`);
    }
    if (values.keep) {
      say(`\nStill running: ${product.url} (playground at ${product.url}/graphiql). Header for clients: {"authorization": "Bearer ${token}"}\nCtrl-C ends it.`);
      await new Promise<void>((done) => { process.once('SIGINT', () => { done(); }); process.once('SIGTERM', () => { done(); }); });
    }
    return leads.length > 0 ? 0 : 1;
  } finally {
    await cleanUp();
  }
}

const seconds = (since: number): string => ((performance.now() - since) / 1_000).toFixed(1);

/** Registers, opens the mailed link, is signed in; the demo's own key is for whoever keeps it running. */
async function signIn(client: DemoClient, dataDir: string): Promise<string> {
  await client.request('mutation ($password: String!) { register(input: { email: "demo@leadline.example", password: $password, name: "Demo" }) { id } }', { password: PASSWORD });
  const { verifyEmail } = await client.request<{ verifyEmail: { accessToken: string } }>('mutation ($token: String!) { verifyEmail(token: $token) { accessToken } }', { token: await mailedToken(dataDir) });
  client.signIn(verifyEmail.accessToken);
  const { createApiKey } = await client.request<{ createApiKey: { secret: string } }>('mutation { createApiKey(input: { name: "demo", scopes: [READ, WRITE] }) { secret } }');
  return createApiKey.secret;
}

/** Watches first, then starts: no event of the run is missed. */
async function run(client: DemoClient, goalId: string, out: NodeJS.WriteStream): Promise<void> {
  const view = progressView(out);
  const events = client.subscribe<{ goalProgress: DemoEvent }>(EVENTS, { goalId });
  const watching = (async () => { for await (const { goalProgress } of events) view.show(goalProgress); })();
  await client.request('mutation ($id: ID!) { runGoal(id: $id) { id } }', { id: goalId });
  await watching;
  view.end();
}

async function leadsOf(client: DemoClient, goalId: string): Promise<{ goal: LeadPage['goal']; leads: DemoLead[] }> {
  const leads: DemoLead[] = [];
  for (let after: string | null = null; ;) {
    const page: LeadPage = await client.request<LeadPage>(LEADS, { goalId, after });
    leads.push(...page.leads.nodes);
    if (!page.leads.pageInfo.hasNextPage) return { goal: page.goal, leads };
    after = page.leads.pageInfo.endCursor;
  }
}

async function exportCsv(client: DemoClient, goalId: string): Promise<Buffer> {
  const { exportLeads } = await client.request<{ exportLeads: { id: string } }>('mutation ($goalId: ID) { exportLeads(filter: { goalId: $goalId }, format: CSV) { id } }', { goalId });
  for (const end = Date.now() + 30_000; Date.now() < end; await delay(50)) {
    const { export: file } = await client.request<{ export: { status: string; downloadUrl: string | null; error: string | null } }>('query ($id: ID!) { export(id: $id) { status downloadUrl error } }', { id: exportLeads.id });
    if (file.status === 'FAILED') throw new Error(`the export failed: ${file.error ?? ''}`);
    if (file.downloadUrl) return Buffer.from(await (await fetch(file.downloadUrl)).arrayBuffer());
  }
  throw new Error('the export was not ready in time');
}

main().then((code) => process.exit(code), (error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
