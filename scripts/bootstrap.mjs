#!/usr/bin/env node
// First step of every npm command: installs what is missing, builds what has changed, then runs it.
// Plain JavaScript without dependencies, since nothing is installed yet when it starts.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [command = '', ...args] = process.argv.slice(2);
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Leadline needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

/** Runs a program with its output on standard error: standard output belongs to the command itself. */
function step(program, programArgs, options = {}) {
  const result = spawnSync(program, programArgs, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32', ...options });
  if (result.status !== 0) {
    console.error(`\nFailed: ${program} ${programArgs.join(' ')}`);
    process.exit(result.status ?? 1);
  }
}

/** A stamp says for which lock file the modules were installed. */
function install() {
  const lock = join(root, 'package-lock.json');
  const hash = createHash('sha256').update(readFileSync(lock)).digest('hex');
  const stamp = join(root, 'node_modules', '.leadline-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  // Installed by hand with npm: npm's own record is newer than the lock file.
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record) || statSync(record).mtimeMs < statSync(lock).mtimeMs) {
    console.error('Installing packages …');
    step('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  }
  writeFileSync(stamp, hash);
}

/** Newest change below the source folders. */
function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}

function build() {
  const stamp = join(root, 'dist', '.leadline-built');
  const sources = ['src', 'migrations', 'sandbox', 'scripts', 'bench'].map((folder) => join(root, folder)).filter(existsSync);
  const latest = Math.max(...sources.map(newest), statSync(join(root, 'package-lock.json')).mtimeMs, statSync(join(root, 'tsconfig.json')).mtimeMs);
  if (existsSync(stamp) && Number(readFileSync(stamp, 'utf8')) === latest) return;
  console.error('Building …');
  mkdirSync(join(root, 'dist'), { recursive: true });
  step(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json']);
  writeFileSync(stamp, String(latest));
}

const PROGRAMS = {
  start: 'src/main.js', demo: 'scripts/demo.js', 'create-user': 'scripts/create-user.js', validate: 'scripts/validate.js', migrate: 'scripts/migrate.js',
  schema: 'scripts/schema.js', bench: 'bench/index.js',
};

install();
build();
if (command === 'test') {
  const result = spawnSync(process.execPath, [join(root, 'scripts', 'test.mjs'), ...args], { cwd: root, stdio: 'inherit' });
  process.exit(result.status ?? 1);
}
const program = PROGRAMS[command];
if (!program) {
  console.error(`Unknown command ${command}; known: test, ${Object.keys(PROGRAMS).join(', ')}`);
  process.exit(1);
}
process.argv = [process.execPath, join(root, 'dist', program), ...args];
await import(new URL(`../dist/${program}`, import.meta.url).href);
