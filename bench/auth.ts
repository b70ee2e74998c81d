import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { startProduct } from '../scripts/demo-product.js';
import { hashPassword } from '../src/services/auth/passwords.js';
import { startServers } from './auth-servers.js';
import { fixed, ratio, table } from './table.js';

const CLIENTS = 20;
/** Back to back, so many requests a client; the first ones are not counted. */
const TURNS = 12;
const WARM_UP = 2;
/** One request a second and client, as people would be who never stop signing in; so many seconds. */
const PACED_SECONDS = 6;
const PAIRS = 2_000;
const PASSWORD = 'correct horse battery staple';
/** A run that takes longer is broken, not slow. */
const REQUEST_LIMIT_MS = 20_000;
const MAIL_LIMIT_MS = 30_000;

const REGISTER = 'mutation ($email: String!, $password: String!) { register(input: { email: $email, password: $password }) { id } }';
const VERIFY = 'mutation ($token: String!) { verifyEmail(token: $token) { accessToken refreshToken } }';
const LOGIN = 'mutation ($email: String!, $password: String!) { login(input: { email: $email, password: $password }) { accessToken refreshToken } }';
const REFRESH = 'mutation ($token: String!) { refreshToken(refreshToken: $token) { accessToken refreshToken } }';
/** What both may ask: nearly nothing, and something with a body. */
const PUBLIC = ['{ __typename }', '{ capabilities { name state detail } }'];

interface Tokens { accessToken: string; refreshToken: string }
type Ask = <T>(query: string, variables?: Record<string, unknown>, token?: string) => Promise<T>;
type Say = (line: string) => void;

/**
 * Registration, sign-in and refresh by 20 clients over HTTP against a process of its own, and what a bearer token adds to a
 * query. Both sizes; beside them Argon2id alone, in this process while the other one idles: no sign-in can be faster.
 */
export async function benchAuth(say: Say): Promise<void> {
  say(`\n# auth (${CLIENTS} clients; back to back: each sends its next request with the answer; paced: one a second each)\n`);
  await onSize('embedded', {}, say);
  const servers = await startServers();
  if (!servers) { say('servers: not run, this machine has no PostgreSQL from 15 on or no Redis'); return; }
  try {
    await onSize('servers', { DATABASE_URL: servers.databaseUrl, REDIS_URL: servers.redisUrl }, say);
  } finally {
    await servers.stop();
  }
}

async function onSize(size: string, settings: Record<string, string>, say: Say): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'leadline-bench-'));
  chmodSync(dataDir, 0o755);
  try {
    const product = await startProduct({ DATABASE_URL: '', REDIS_URL: '', SMTP_URL: '', ...settings, DATA_DIR: dataDir, RATE_LIMITS: 'off' });
    const pool = new Pool(product.url, { connections: CLIENTS, headersTimeout: REQUEST_LIMIT_MS, bodyTimeout: REQUEST_LIMIT_MS });
    try {
      say(await measure(size, asking(pool), dataDir));
    } finally {
      await pool.destroy();
      await product.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function measure(size: string, ask: Ask, dataDir: string): Promise<string> {
  const everyone = Array.from({ length: CLIENTS }, (_, client) => client);
  const address = (client: number, turn: number | string): string => `person-${client}-${turn}@bench.example`;
  const register = (client: number, turn: number | string): Promise<unknown> => ask(REGISTER, { email: address(client, turn), password: PASSWORD });

  await Promise.all(everyone.map((client) => register(client, 'owner')));
  const mailed = await tokensOf(dataDir, everyone.map((client) => address(client, 'owner')));
  const held = await Promise.all(mailed.map(async (token) => (await ask<{ verifyEmail: Tokens }>(VERIFY, { token })).verifyEmail));
  const login = async (client: number): Promise<void> => { held[client] = (await ask<{ login: Tokens }>(LOGIN, { email: address(client, 'owner'), password: PASSWORD })).login; };
  const refresh = async (client: number): Promise<void> => { held[client] = (await ask<{ refreshToken: Tokens }>(REFRESH, { token: held[client]?.refreshToken })).refreshToken; };

  const rows: (string | number)[][] = [];
  const row = (what: string, goal: number | null, taken: readonly number[]): void => {
    const p95 = quantile(taken, 0.95);
    rows.push([what, taken.length, fixed(quantile(taken, 0.5), 1), fixed(p95, 1), goal ?? '–', goal === null ? '–' : p95 < goal ? 'yes' : 'NO']);
  };
  const alone: number[] = [];
  for (let turn = 0; turn < 20; turn += 1) alone.push(await timed(() => hashPassword(PASSWORD)));
  row('Argon2id alone, one', null, alone);
  row('Argon2id alone, back to back', null, await backToBack(everyone, () => hashPassword(PASSWORD)));
  row('register, back to back', 500, await backToBack(everyone, register));
  row('login, back to back', 200, await backToBack(everyone, login));
  row('refresh, back to back', 100, await backToBack(everyone, refresh));
  row('register, paced', 500, await paced(everyone, (client, turn) => register(client, `paced-${turn}`)));
  row('login, paced', 200, await paced(everyone, login));
  row('refresh, paced', 100, await paced(everyone, refresh));
  return `## ${size}\n\n${table(['', 'requests', 'p50 ms', 'p95 ms', 'goal ms', 'reached'], rows)}\n\n${await overhead(ask, held[0]?.accessToken ?? '')}\n`;
}

/** One client, the two in turns and each first as often as the other, so that the state of the machine is the same for both. */
async function overhead(ask: Ask, token: string): Promise<string> {
  const rows: string[][] = [];
  for (const query of PUBLIC) {
    const [anonymous, signedIn]: [number[], number[]] = [[], []];
    for (let pair = -PAIRS / 10; pair < PAIRS; pair += 1) {
      const turns = [{ into: anonymous, bearer: undefined }, { into: signedIn, bearer: token }];
      for (const { into, bearer } of pair % 2 === 0 ? turns : turns.reverse()) {
        const taken = await timed(() => ask(query, {}, bearer));
        if (pair >= 0) into.push(taken);
      }
    }
    const [without, withToken] = [quantile(anonymous, 0.5), quantile(signedIn, 0.5)];
    rows.push([query, fixed(without), fixed(withToken), `${fixed((withToken / without - 1) * 100, 1)} %`, ratio(quantile(signedIn, 0.95), quantile(anonymous, 0.95)), withToken / without < 1.05 ? 'yes' : 'NO']);
  }
  return table(['query', 'anonymous p50 ms', 'signed in p50 ms', 'more', 'p95 to p95', 'under 5 %'], rows);
}

function asking(pool: Pool): Ask {
  return async <T>(query: string, variables: Record<string, unknown> = {}, token?: string): Promise<T> => {
    const { body, statusCode } = await pool.request({ method: 'POST', path: '/graphql', headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }, body: JSON.stringify({ query, variables }) });
    const { data, errors } = await body.json() as { data?: T; errors?: { message: string }[] };
    if (errors?.length || !data) throw new Error(errors?.map((error) => error.message).join('; ') ?? `HTTP ${statusCode}`);
    return data;
  };
}

/** Milliseconds. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function backToBack(clients: readonly number[], work: (client: number, turn: number) => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  await Promise.all(clients.map(async (client) => {
    for (let turn = 0; turn < TURNS; turn += 1) {
      const ms = await timed(() => work(client, turn));
      if (turn >= WARM_UP) taken.push(ms);
    }
  }));
  return taken;
}

/** Each client has its own moment of the second. Counted from that moment on, so that a late start is part of the answer's time. */
async function paced(clients: readonly number[], work: (client: number, turn: number) => Promise<unknown>): Promise<number[]> {
  const startedAt = performance.now();
  const taken: number[] = [];
  await Promise.all(clients.map(async (client) => {
    for (let turn = 0; turn < PACED_SECONDS; turn += 1) {
      const due = startedAt + (turn + client / clients.length) * 1_000;
      await delay(Math.max(0, due - performance.now()));
      await work(client, turn);
      taken.push(performance.now() - due);
    }
  }));
  return taken;
}

const quantile = (values: readonly number[], share: number): number => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;

/** What was mailed to these addresses, in their order. */
async function tokensOf(dataDir: string, addresses: readonly string[]): Promise<string[]> {
  const folder = join(dataDir, 'outbox');
  const found = new Map<string, string>();
  for (const end = Date.now() + MAIL_LIMIT_MS; Date.now() < end; await delay(50)) {
    for (const name of safeList(folder)) {
      // Quoted-printable breaks long lines with "=" at their end (RFC 2045).
      const text = readFileSync(join(folder, name), 'utf8').replace(/=\r?\n/g, '');
      const [to, token] = [/^To: <?([^>\s]+)/m.exec(text)?.[1], /Token for API clients: ([\w-]{20,})/.exec(text)?.[1]];
      if (to !== undefined && token !== undefined) found.set(to, token);
    }
    if (addresses.every((address) => found.has(address))) return addresses.map((address) => found.get(address) ?? '');
  }
  throw new Error('not every mail arrived in the outbox');
}

function safeList(folder: string): string[] {
  try { return readdirSync(folder).filter((name) => name.endsWith('.eml')); } catch { return []; }
}
