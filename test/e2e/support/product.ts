import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from '../../../sandbox/index.js';
import { SETTING_NAMES } from '../../../src/config.js';
import { TestClient, until } from '../../support/client.js';
import { freePort } from '../../../src/free-port.js';

const MAIN = fileURLToPath(new URL('../../../dist/src/main.js', import.meta.url));

/** The built product as a process of its own: started, killed and started again on the same port. */
export class Product {
  readonly url: string;
  #child: ChildProcess | null = null;
  #exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }> | null = null;
  #output = '';

  private constructor(readonly port: number, private readonly settings: Record<string, string>) {
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Nothing runs yet. Settings of the test run's own environment do not reach it. */
  static async prepare(settings: Record<string, string>): Promise<Product> {
    if (!existsSync(MAIN)) throw new Error('build first: npx tsc -p tsconfig.build.json');
    return new Product(await freePort(), settings);
  }

  /** Starts the process and returns at once. */
  launch(): void {
    const outside = Object.fromEntries(Object.entries(process.env).filter(([name]) => !(SETTING_NAMES as string[]).includes(name)));
    const child = spawn(process.execPath, [MAIN], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...outside, LOG_LEVEL: 'warn', RATE_LIMITS: 'off', CRAWL_BROWSER: 'off', ...this.settings, PORT: String(this.port), HOST: '127.0.0.1', PUBLIC_URL: this.url },
    });
    this.#child = child;
    this.#output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { this.#output = `${this.#output}${chunk.toString()}`.slice(-20_000); });
    this.#exit = new Promise((done) => { child.once('close', (code, signal) => { done({ code, signal }); }); });
  }

  async start(): Promise<void> {
    this.launch();
    await this.ready();
  }

  async ready(): Promise<void> {
    await until(async () => {
      if (!this.running) throw new Error(`the product ended before it was ready:\n${this.#output}`);
      return await fetch(`${this.url}/health/ready`).then((response) => response.ok, () => false);
    }, `the product to be ready; it said:\n${this.#output}`, 90_000);
  }

  get running(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** The end of what it wrote since it was started. */
  get output(): string {
    return this.#output;
  }

  /** Dead from one instruction to the next; nothing is cleaned up. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#exit;
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  async exited(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    if (!this.#exit) throw new Error('the product was never started');
    return await this.#exit;
  }

  /** The orderly end, as an operator would ask for it. */
  async stop(): Promise<void> {
    if (this.running) this.signal('SIGTERM');
    await this.#exit;
  }

  /** A verified user of a new workspace, made through the API alone: register, open the mail, make a key. */
  async user(dataDir: string, email: string): Promise<TestClient> {
    const nobody = new TestClient(this.url, null);
    await nobody.data('mutation ($email: String!) { register(input: { email: $email, password: "a long enough pass phrase", name: "E2E" }) { id } }', { email });
    const token = await until(async () => mailedToken(dataDir, email), `a mail to ${email}`);
    const { verifyEmail } = await nobody.data<{ verifyEmail: { accessToken: string } }>('mutation ($token: String!) { verifyEmail(token: $token) { accessToken } }', { token });
    const { createApiKey } = await new TestClient(this.url, verifyEmail.accessToken).data<{ createApiKey: { secret: string } }>('mutation { createApiKey(input: { name: "e2e", scopes: [READ, WRITE] }) { secret } }');
    return new TestClient(this.url, createApiKey.secret);
  }
}

/** Points everything outside at the sandbox; rules instead of a model, so that the same goal gives the same plan. */
export function outside(sandbox: Sandbox): Record<string, string> {
  const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _base, OPENAI_MODEL: _model, ...settings } = sandbox.environment();
  return settings;
}

/** Where the embedded server of a DATA_DIR listens: PostgreSQL writes pid and port into its lock file. */
export function embeddedServer(dataDir: string): { pid: number; url: string } | null {
  try {
    const lines = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
    const password = readFileSync(join(dataDir, 'postgres.password'), 'utf8').trim();
    return { pid: Number(lines[0]), url: `postgresql://leadline:${password}@127.0.0.1:${lines[3]}/leadline` };
  } catch {
    return null;
  }
}

/** The token in the mail to this address; null while none has arrived. */
function mailedToken(dataDir: string, email: string): string | null {
  const folder = join(dataDir, 'outbox');
  if (!existsSync(folder)) return null;
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.eml'))) {
    // Quoted-printable breaks long lines with "=" at their end (RFC 2045).
    const mail = readFileSync(join(folder, file), 'utf8').replace(/=\r?\n/g, '');
    const token = /Token for API clients: ([\w-]{20,})/.exec(mail)?.[1];
    if (token && mail.includes(email)) return token;
  }
  return null;
}
