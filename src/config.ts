import { z } from 'zod';
import { readFileSync } from 'node:fs';
import { isAddressRange } from './client-address.js';
import { StartupError } from './errors.js';

/** `10m`, `30d`, `45s`, `2h` or plain milliseconds → milliseconds. */
const duration = z.string().regex(/^\d{1,9}(ms|s|m|h|d)?$/, 'a duration such as 45s, 10m, 2h, 30d').transform((text) => {
  const unit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[text.replace(/^\d+/, '') || 'ms'] ?? 1;
  return Number.parseInt(text, 10) * unit;
});
const list = z.string().transform((text) => text.split(',').map((part) => part.trim()).filter(Boolean));
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const whole = (min: number, max: number) => z.string().regex(/^\d{1,10}$/, 'a whole number').transform(Number).pipe(z.number().min(min).max(max));
const url = (...protocols: string[]) => z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), `a URL starting with ${protocols.join(' or ')}`);
const http = url('http:', 'https:').transform((text) => text.replace(/\/{1,100}$/, ''));

/** A bucket's name is a host name (3 to 63 characters); credentials belong into their own settings, where they are not printed. */
function isPlaceForFiles(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, search, hash, username, port } = new URL(text);
  if (search !== '' || hash !== '' || username !== '' || port !== '') return false;
  if (protocol === 'file:') return hostname === '';
  return protocol === 's3:' && /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(hostname) && /^(?:\/[A-Za-z0-9._-]{1,100}){0,8}\/?$/.test(pathname);
}

/** Every setting of the product; what each means stands in .env.example (a test compares the two). */
const SETTINGS = {
  PORT: whole(0, 65_535).default(4_000),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: http.optional(),
  ROLES: list.pipe(z.array(z.enum(['api', 'worker'])).min(1)).default(['api', 'worker']),
  DATA_DIR: z.string().default('.data'),
  DATABASE_URL: url('postgres:', 'postgresql:').optional(),
  REDIS_URL: url('redis:', 'rediss:').optional(),
  STORAGE_URL: z.string().refine(isPlaceForFiles, 'file:///absolute/path or s3://bucket/prefix').optional(),
  S3_ENDPOINT: http.optional(),
  S3_REGION: z.string().regex(/^[a-z0-9-]{1,40}$/, 'a region such as eu-central-1').optional(),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  JWT_PRIVATE_KEY: z.string().optional(),
  ACCESS_TOKEN_TTL: duration.pipe(z.number().min(1_000).max(86_400_000, 'at most 1d: that long a revocation is remembered')).default(600_000),
  REFRESH_TOKEN_TTL: duration.pipe(z.number().min(1_000)).default(2_592_000_000),
  SESSION_TTL: duration.pipe(z.number().min(1_000)).default(7_776_000_000),
  TRUST_PROXY: list.pipe(z.array(z.string().refine(isAddressRange, 'addresses and ranges such as 10.0.0.1, 10.0.0.0/8, fd00::/8'))).default([]),
  AUTH_DISCLOSE_EXISTING_EMAIL: flag.default(true),
  GOOGLE_CLIENT_ID: z.string().optional(),
  GOOGLE_CLIENT_SECRET: z.string().optional(),
  GOOGLE_BASE_URL: http.default('https://accounts.google.com'),
  GITHUB_CLIENT_ID: z.string().optional(),
  GITHUB_CLIENT_SECRET: z.string().optional(),
  GITHUB_BASE_URL: http.default('https://github.com'),
  SUPABASE_URL: http.optional(),
  SUPABASE_JWT_SECRET: z.string().min(32, 'at least 32 characters, as Supabase asks for').optional(),
  SUPABASE_CONFIRMS_EMAIL: flag.default(false),
  SMTP_URL: url('smtp:', 'smtps:').optional(),
  MAIL_FROM: z.string().default('Leadline <no-reply@localhost>'),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: http.optional(),
  OPENAI_MODEL: z.string().default('gpt-4o-mini'),
  LLM_TIMEOUT_MS: whole(100, 120_000).default(1_800),
  BRAVE_API_KEY: z.string().optional(),
  BRAVE_BASE_URL: http.default('https://api.search.brave.com'),
  SEARXNG_URL: http.optional(),
  OVERPASS_URL: z.union([z.literal('off'), http]).default('https://overpass-api.de/api/interpreter'),
  CRAWL_USER_AGENT: z.string().regex(/^[A-Za-z_-]+\//, 'a product token, a slash and a version').optional(),
  CRAWL_HOST_DELAY_MS: whole(0, 600_000).default(1_000),
  CRAWL_TIMEOUT_MS: whole(500, 120_000).default(20_000),
  CRAWL_CONCURRENCY: whole(1, 256).default(8),
  CRAWL_READ_THREADS: whole(0, 64).optional(),
  CRAWL_PROXY_URL: url('http:').optional(),
  CRAWL_ALLOW_CIDRS: list.default([]),
  CRAWL_PORTS: list.transform((parts) => parts.map(Number)).pipe(z.array(z.number().int().min(1).max(65_535))).default([80, 443, 8080, 8443]),
  CRAWL_HONOUR_NOINDEX: flag.default(false),
  CRAWL_BROWSER: z.enum(['auto', 'off']).default('auto'),
  CHROMIUM_PATH: z.string().optional(),
  EMAIL_DNS_SERVERS: list.pipe(z.array(z.string().regex(/^(\[[0-9a-fA-F:]+\]|[0-9.]+|[0-9a-fA-F:]+)(:\d{1,5})?$/, 'addresses such as 1.1.1.1 or 127.0.0.1:5353'))).default([]),
  DNSBL_ZONES: list.pipe(z.array(z.string().regex(/^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/i, 'names such as zen.spamhaus.org'))).default([]),
  SMTP_PROBE: z.enum(['on', 'off']).transform((text) => text === 'on').default(false),
  SMTP_PROBE_FROM: z.string().regex(/^[^\s@<>]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,63}$/i, 'an address at a domain of yours').optional(),
  SMTP_PROBE_PORT: whole(1, 65_535).default(25),
  RATE_LIMITS: z.enum(['on', 'off']).transform((text) => text === 'on').default(true),
  LOG_LEVEL: z.enum(['silent', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
} as const;

export const SETTING_NAMES = Object.keys(SETTINGS) as (keyof typeof SETTINGS)[];

const schema = z.object(SETTINGS).superRefine((settings, context) => {
  if (settings.SMTP_PROBE && settings.SMTP_PROBE_FROM === undefined) context.addIssue({ code: 'custom', path: ['SMTP_PROBE_FROM'], message: 'needed for SMTP_PROBE: mail servers refuse a probe from nobody' });
  for (const name of ['GOOGLE', 'GITHUB'] as const) {
    const [id, secret] = [`${name}_CLIENT_ID`, `${name}_CLIENT_SECRET`] as const;
    if ((settings[id] === undefined) !== (settings[secret] === undefined)) context.addIssue({ code: 'custom', path: [settings[id] === undefined ? id : secret], message: `${id} and ${secret} belong together` });
  }
});

export interface Config extends Readonly<z.output<typeof schema>> {
  readonly version: string;
  /** Where people and mails reach this server, without a trailing slash. */
  readonly publicUrl: string;
  readonly userAgent: string;
}

const { version } = JSON.parse(readFileSync(new URL(import.meta.url.includes('/dist/') ? '../../package.json' : '../package.json', import.meta.url), 'utf8')) as { version: string };

/**
 * Reads the settings once. Empty means unset. Every problem is told in one message; values are never
 * printed, since some are secrets.
 * @throws StartupError with one line per bad setting
 */
export function loadConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(SETTING_NAMES.map((name) => [name, env[name] === '' ? undefined : env[name]]));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${String(issue.path[0])}: ${issue.message}`);
    throw new StartupError(`These settings are wrong:\n${[...new Set(lines)].join('\n')}`);
  }
  const settings = parsed.data;
  const publicUrl = settings.PUBLIC_URL ?? `http://localhost:${settings.PORT}`;
  return Object.freeze({
    ...settings,
    version,
    publicUrl,
    userAgent: settings.CRAWL_USER_AGENT ?? `Leadline/${version} (+${publicUrl})`,
  });
}
