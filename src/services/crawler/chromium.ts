/** Finds a Chromium and the flags to start it with. Nothing is ever downloaded. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';

export interface ChromiumBinary {
  path: string;
  /** For people: the path, or the package it comes from. */
  name: string;
}

const SYSTEM_PATHS: readonly string[] = [
  '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome-stable', '/usr/bin/google-chrome', '/usr/lib/chromium/chromium', '/snap/bin/chromium', '/opt/google/chrome/chrome',
  '/usr/bin/microsoft-edge', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe', 'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(() => true, () => false);
}

interface PackagedChromium { executablePath(): Promise<string> }

function isPackaged(value: unknown): value is PackagedChromium {
  return (typeof value === 'object' || typeof value === 'function') && value !== null && 'executablePath' in value && typeof value.executablePath === 'function';
}

/** `@sparticuz/chromium` is an optional dependency: absent on most machines, and for Linux on x64 only. */
async function packaged(): Promise<ChromiumBinary | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  // A variable, so that the compiler does not ask for the package where it is not installed.
  const specifier: string = '@sparticuz/chromium';
  try {
    const loaded = (await import(specifier)) as { default?: unknown };
    if (!isPackaged(loaded.default)) return null;
    // Its own flags are left out: they switch web security and process isolation off, and it starts without them.
    return { path: await loaded.default.executablePath(), name: specifier };
  } catch {
    return null;
  }
}

/**
 * The Chromium to use, or null: `preferred` (CHROMIUM_PATH) when it is set, and nothing else then; the usual system
 * paths; the one inside an npm package.
 */
export async function findChromium(preferred?: string | null): Promise<ChromiumBinary | null> {
  if (preferred != null && preferred !== '') return (await isExecutable(preferred)) ? { path: preferred, name: preferred } : null;
  for (const path of SYSTEM_PATHS) {
    if (await isExecutable(path)) return { path, name: path };
  }
  return packaged();
}

/**
 * Flags for every build: no traffic of its own (updates, sync, field trials), no way around the proxy (QUIC, WebRTC
 * over UDP, its own name look-ups), no pictures.
 */
export const CHROMIUM_FLAGS: readonly string[] = [
  '--disable-gpu', '--disable-quic', '--no-first-run', '--no-default-browser-check', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-default-apps',
  '--disable-extensions', '--disable-domain-reliability', '--disable-client-side-phishing-detection', '--no-pings', '--mute-audio', '--disable-dev-shm-usage',
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp', '--webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1', '--blink-settings=imagesEnabled=false',
];
