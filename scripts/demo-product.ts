import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../src/free-port.js';

const START_LIMIT_MS = 90_000;

export interface Product { url: string; pid: number; stop(): Promise<void> }

/** Starts the product as its own process, as `npm start` does, and waits until it says that it is ready. */
export async function startProduct(settings: Record<string, string>): Promise<Product> {
  const port = await freePort();
  const main = fileURLToPath(new URL('../src/main.js', import.meta.url));
  const child = spawn(process.execPath, ['--enable-source-maps', '--max-semi-space-size=32', main], { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, LOG_LEVEL: 'warn', ...settings, PORT: String(port), HOST: '127.0.0.1', PUBLIC_URL: `http://127.0.0.1:${port}` } });
  const url = `http://127.0.0.1:${port}`;
  for (const end = Date.now() + START_LIMIT_MS; Date.now() < end;) {
    if (child.exitCode !== null) throw new Error('the product ended before it was ready');
    const isReady = await fetch(`${url}/health/ready`).then((response) => response.ok, () => false);
    if (isReady && child.pid !== undefined) return { url, pid: child.pid, stop: () => stop(child) };
    await delay(50);
  }
  await stop(child);
  throw new Error('the product was not ready in time');
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => { child.once('exit', done); });
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 25_000);
  await ended;
  clearTimeout(timer);
}

/** The token in the newest mail of the outbox: the demo opens its mail like a person. */
export async function mailedToken(dataDir: string): Promise<string> {
  const folder = join(dataDir, 'outbox');
  for (const end = Date.now() + 20_000; Date.now() < end;) {
    for (const file of safeList(folder)) {
      // Quoted-printable breaks long lines with "=" at their end (RFC 2045).
      const token = /Token for API clients: ([\w-]{20,})/.exec(readFileSync(join(folder, file), 'utf8').replace(/=\r?\n/g, ''))?.[1];
      if (token) return token;
    }
    await delay(50);
  }
  throw new Error('no mail arrived in the outbox');
}

function safeList(folder: string): string[] {
  try { return readdirSync(folder).filter((name) => name.endsWith('.eml')); } catch { return []; }
}
