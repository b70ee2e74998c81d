import { parseArgs } from 'node:util';
import { startSandbox } from './index.js';

/**
 * Runs the sandbox internet until SIGINT or SIGTERM and prints the settings that point Leadline at it, for `eval`:
 * `--web DIR` serves a folder, `--seed N`, `--latency MS`, `--brave-rate N`, `--json` prints one JSON document instead.
 */
async function run(): Promise<void> {
  const { values } = parseArgs({ options: { web: { type: 'string' }, seed: { type: 'string' }, latency: { type: 'string' }, 'brave-rate': { type: 'string' }, json: { type: 'boolean', default: false } } });
  const number = (name: 'seed' | 'latency' | 'brave-rate'): number | undefined => {
    const raw = values[name];
    if (raw === undefined) return undefined;
    if (!/^\d{1,9}$/.test(raw)) throw new TypeError(`--${name} wants a whole number, got ${raw}`);
    return Number(raw);
  };
  const [seed, latencyMs, braveRatePerSecond] = [number('seed'), number('latency'), number('brave-rate')];
  const sandbox = await startSandbox({
    ...(values.web !== undefined && { webDir: values.web }), ...(seed !== undefined && { seed }), ...(latencyMs !== undefined && { latencyMs }), ...(braveRatePerSecond !== undefined && { braveRatePerSecond }),
  });
  const environment = sandbox.environment();
  process.stdout.write(values.json ? `${JSON.stringify(environment)}\n` : `${Object.entries(environment).map(([name, value]) => `export ${name}='${value}'`).join('\n')}\n`);
  process.stderr.write(`sandbox internet: ${sandbox.sites.length} sites; mail on ${sandbox.smtp.host}:${sandbox.smtp.port}; stop with Ctrl-C\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await sandbox.close();
}

run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
