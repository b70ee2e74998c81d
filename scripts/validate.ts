import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import { stringify } from 'csv-stringify/sync';
import { startApp } from '../src/app.js';
import { loadConfig } from '../src/config.js';
import { runningEmbeddedPostgres } from '../src/embedded-postgres.js';
import type { EmailVerdict } from '../src/entities/email-verdict.js';
import { CheckStatus } from '../src/entities/enums.js';
import { LeadlineError, StartupError } from '../src/errors.js';
import { createLogger } from '../src/logger.js';
import { safeCell } from '../src/services/leads/csv.js';

const USAGE = 'Usage: npm run --silent validate -- FILE [--key API_KEY] > verdicts.csv    (FILE: one address a line, - for standard input; the key may stand in LEADLINE_API_KEY)';

const record = (cells: readonly string[]): string => stringify([cells.map(safeCell)], { record_delimiter: 'windows' });

/** What tells against the address, or could not be told. */
const reasonsOf = (verdict: EmailVerdict): string => verdict.checks.filter((check) => check.status !== CheckStatus.PASS && check.status !== CheckStatus.SKIPPED).map((check) => `${check.name}: ${check.reason}`).join('; ');

/**
 * `npm run validate`: a verdict for each address of a list as CSV, in the order of the list; syntax, lists and DNS, no mail
 * server is asked. The key names the workspace whose suppression list counts. Interrupted, it ends after the lines it has
 * written, each of them whole.
 */
async function main(): Promise<void> {
  const { values, positionals: [file] } = parseArgs({ allowPositionals: true, options: { key: { type: 'string' } } });
  const key = values.key ?? process.env.LEADLINE_API_KEY;
  if (file === undefined || key === undefined) throw new StartupError(USAGE);
  const list = file === '-' ? await text(process.stdin) : readList(file);
  const emails = list.replace(/^\uFEFF/, '').split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '');
  const config = loadConfig({ ...process.env, LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn' });
  // No role, and beside a running server that one's embedded database: as `create-user`.
  const running = config.DATABASE_URL ?? runningEmbeddedPostgres(config.DATA_DIR);
  const app = await startApp({ ...config, ROLES: [], ...(running ? { DATABASE_URL: running } : {}) }, createLogger(config.LOG_LEVEL));
  const interrupted = new AbortController();
  const interrupt = (): void => { interrupted.abort(new StartupError('interrupted')); };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  // A reader that has seen enough (`| head`) is no failure of ours.
  process.stdout.on('error', interrupt);
  const bar = new SingleBar({ stream: process.stderr, format: '{bar} {value}/{total} addresses', hideCursor: true });
  try {
    const credentials = await app.services.apiKeys.credentialsOf(key);
    if (!credentials) throw new StartupError('This API key is not valid. `npm run create-user` makes one.');
    const early = new Map<number, EmailVerdict>();
    let next = 0;
    process.stdout.write(record(['email', 'status', 'score', 'kind', 'suggestion', 'reasons']));
    if (process.stderr.isTTY) bar.start(emails.length, 0);
    for await (const { place, verdict, done } of app.services.emails.validateAll(credentials.actor, emails, interrupted.signal)) {
      early.set(place, verdict);
      for (let ready = early.get(next); ready !== undefined; ready = early.get(next)) {
        process.stdout.write(record([ready.email, ready.status, String(ready.score), ready.kind, ready.suggestion ?? '', reasonsOf(ready)]));
        early.delete(next);
        next += 1;
      }
      bar.update(done);
    }
  } finally {
    bar.stop();
    await app.close();
  }
}

function readList(file: string): string {
  try {
    return readFileSync(resolve(process.env.INIT_CWD ?? process.cwd(), file), 'utf8');
  } catch (cause) {
    throw new StartupError(`${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

// The last lines leave before the process does: writing to a pipe takes its time.
main().then(() => new Promise((written) => process.stdout.write('', written))).then(() => process.exit(0), (error: unknown) => {
  console.error(error instanceof StartupError || error instanceof LeadlineError ? error.message : error);
  process.exit(1);
});
