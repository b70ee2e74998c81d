// Every check that CI runs, one after the other, until the first that fails. Called by bootstrap.mjs after installing
// and building. With arguments it runs only vitest with them:
//   npm test -- --project unit test/unit/nlp
// Standard output ends with one line `N passed, N failed, N skipped`, summed over the vitest runs.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const args = process.argv.slice(2);
const reports = mkdtempSync(join(tmpdir(), 'leadline-reports-'));
const total = { passed: 0, failed: 0, skipped: 0 };
/** Name, outcome and seconds of each step, for the summary. */
const steps = [];

/** Path of a package's program, from its package.json. */
function programOf(name, program = name) {
  const file = require.resolve(`${name}/package.json`);
  const { bin } = JSON.parse(readFileSync(file, 'utf8'));
  return join(dirname(file), typeof bin === 'string' ? bin : bin[program]);
}

function finish(code) {
  rmSync(reports, { recursive: true, force: true });
  console.log('');
  for (const { name, outcome, seconds } of steps) console.log(`${outcome.padEnd(7)} ${name.padEnd(34)} ${seconds === null ? '' : `${seconds.toFixed(1).padStart(6)} s`}`);
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exit(code);
}

/** Runs one step; the first that fails ends everything. */
function step(name, run) {
  console.log(`\n── ${name}`);
  const startedAt = performance.now();
  const problem = run();
  const seconds = (performance.now() - startedAt) / 1_000;
  steps.push({ name, outcome: problem === null ? 'ok' : 'FAILED', seconds });
  if (problem === null) return;
  console.log(`\n${name} failed: ${problem}`);
  finish(1);
}

function skip(name, why) {
  console.log(`\n── ${name}: skipped, ${why}`);
  steps.push({ name: `${name} (${why})`, outcome: 'skipped', seconds: null });
}

function node(programArgs, options = {}) {
  return spawnSync(process.execPath, programArgs, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options });
}

const problemOf = (result) => (result.status === 0 ? null : result.error?.message ?? (result.signal ? `ended by ${result.signal}` : `exit code ${result.status}`));

/** Adds the figures of vitest's own report; a run without a report has not run. */
function count(file) {
  if (!existsSync(file)) return 'vitest wrote no report';
  const report = JSON.parse(readFileSync(file, 'utf8'));
  total.passed += report.numPassedTests;
  total.failed += report.numFailedTests;
  total.skipped += report.numPendingTests + report.numTodoTests;
  return report.numTotalTests === 0 && args.length === 0 ? 'no test was found' : null;
}

function vitest(name, vitestArgs, env = {}) {
  step(name, () => {
    const report = join(reports, `${steps.length}.json`);
    const result = node([programOf('vitest'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...vitestArgs], { env: { ...process.env, ...env } });
    const uncounted = count(report);
    return problemOf(result) ?? uncounted;
  });
}

/** Whether a folder has test files; a project without any would be an error to vitest. */
function hasTests(folder) {
  return existsSync(join(root, folder)) && readdirSync(join(root, folder), { recursive: true }).some((name) => String(name).endsWith('.test.ts'));
}

/** Why the servers' size cannot run here, or null. */
function missingServers() {
  const hasRedis = ['/usr/bin/redis-server', '/usr/local/bin/redis-server', '/usr/bin/valkey-server'].some(existsSync);
  const debian = '/usr/lib/postgresql';
  const hasPostgres = existsSync(debian) && readdirSync(debian).some((version) => Number(version) >= 15 && existsSync(join(debian, version, 'bin', 'initdb')));
  const missing = [hasRedis ? null : 'redis-server', hasPostgres ? null : "Debian's postgresql, 15 or newer"].filter((part) => part !== null);
  return missing.length === 0 ? null : `this machine has no ${missing.join(' and no ')}`;
}

/** The demo as a stranger runs it, with its leads on standard output as one JSON document. */
function demo() {
  const folder = mkdtempSync(join(tmpdir(), 'leadline-demo-run-'));
  try {
    const result = node([join(root, 'dist', 'scripts', 'demo.js'), '--json'], { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8', maxBuffer: 64 * 2 ** 20, env: { ...process.env, INIT_CWD: folder } });
    const problem = problemOf(result);
    if (problem !== null) return problem;
    const { leads, status, durationMs } = JSON.parse(result.stdout);
    if (leads.length < 20) return `${leads.length} leads; at least 20 are expected`;
    const unproven = leads.filter((lead) => lead.evidence.length === 0);
    if (unproven.length > 0) return `${unproven.length} leads have no proof`;
    if (!existsSync(join(folder, 'leads.csv'))) return 'it wrote no leads.csv';
    console.log(`${leads.length} leads, ${status}, ${(durationMs / 1_000).toFixed(1)} s`);
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (args.length > 0) {
  vitest('vitest', args);
  finish(0);
}

const tsc = programOf('typescript', 'tsc');
step('types', () => problemOf(node([tsc, '-p', 'tsconfig.json', '--noEmit'])));
step('lint', () => problemOf(node([programOf('eslint'), '.', '--max-warnings', '0'])));
vitest('unit and architecture', ['--project', 'unit']);
vitest('integration and contract, embedded', ['--project', 'integration'], { TEST_SIZE: 'embedded' });
const missing = missingServers();
if (missing === null) vitest('integration and contract, servers', ['--project', 'integration'], { TEST_SIZE: 'servers' });
else skip('integration and contract, servers', missing);
if (hasTests('test/e2e')) vitest('end to end', ['--project', 'e2e']);
step('demo', demo);
finish(0);
