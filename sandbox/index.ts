import { type BraveState, startBrave } from './brave.js';
import { RequestLog } from './http-service.js';
import { newWebFaults, startProxy } from './proxy.js';
import { type Sandbox, type SandboxOptions } from './types.js';
import { buildWorld } from './world.js';

export * from './types.js';

export async function startSandbox(options: SandboxOptions = {}): Promise<Pick<Sandbox, 'proxyUrl' | 'brave' | 'sites' | 'requests' | 'close'>> {
  const world = buildWorld({ seed: options.seed ?? 1, ...(options.webDir !== undefined && { webDir: options.webDir }) });
  const log = new RequestLog();
  const state: BraveState = { mode: 'ok', next: null };
  const key = options.braveKey ?? 'sandbox-brave-key';
  const web = await startProxy({ hosts: world.hosts, latencyMs: options.latencyMs ?? 0, faults: newWebFaults(), log, port: options.ports?.web ?? 0 });
  const brave = await startBrave({ index: world.index, key, ratePerSecond: options.braveRatePerSecond ?? 20, monthlyQuota: options.braveMonthlyQuota ?? 15_000, state, log, port: options.ports?.brave ?? 0 });
  return {
    proxyUrl: web.url, brave: { url: brave.url, key }, sites: world.sites, requests: () => log.list(),
    close: async () => { await Promise.all([web.close(), brave.close()]); },
  };
}
