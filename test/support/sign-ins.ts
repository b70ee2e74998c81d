import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import WebSocket from 'ws';
import { startApp, type App } from '../../src/app.js';
import { loadConfig } from '../../src/config.js';
import { createLogger } from '../../src/logger.js';
import { TestClient, until } from './client.js';
import type { TestApp } from './test-app.js';

export interface Tokens { accessToken: string; refreshToken: string; accessTokenExpiresAt: string; refreshTokenExpiresAt: string; user: { id: string; email: string; emailVerified: boolean }; workspace: { id: string } }

export const PASSWORD = 'correct horse battery';
const TOKENS = 'accessToken refreshToken accessTokenExpiresAt refreshTokenExpiresAt user { id email emailVerified } workspace { id }';
export const REGISTER = 'mutation ($email: String!, $password: String!) { register(input: { email: $email, password: $password, name: "Ada" }) { id email name emailVerified memberships { role } } }';
export const LOGIN = `mutation ($email: String!, $password: String!) { login(input: { email: $email, password: $password }) { ${TOKENS} } }`;
export const VERIFY = `mutation ($token: String!) { verifyEmail(token: $token) { ${TOKENS} } }`;
export const REFRESH = `mutation ($token: String!) { refreshToken(refreshToken: $token) { ${TOKENS} } }`;
export const ME = '{ me { id } }';

let count = 0;
/** An address that no other test of the file uses. */
export const newAddress = (): string => `person${count += 1}@users.example`;

/** Texts of the mails to an address, in the outbox of an app. */
export function mailsTo(dataDir: string, email: string): string[] {
  const outbox = join(dataDir, 'outbox');
  if (!existsSync(outbox)) return [];
  return readdirSync(outbox).filter((name) => name.endsWith('.eml')).map((name) => readFileSync(join(outbox, name), 'utf8').replaceAll('=\r\n', '').replaceAll('=3D', '=')).filter((mail) => mail.includes(`To: ${email}`));
}

/** The token of the mailed link of that kind; the last of several. */
export async function mailedToken(dataDir: string, email: string, kind: 'verify' | 'reset'): Promise<string> {
  return await until(async () => Promise.resolve(mailsTo(dataDir, email).map((mail) => new RegExp(`\\?${kind}=([\\w-]{43})`).exec(mail)?.[1]).find(Boolean)), `the ${kind} mail to ${email}`);
}

/** A verified person, without a session. */
export async function person(test: TestApp, email = newAddress()): Promise<{ email: string; userId: string; workspaceId: string }> {
  const { user, workspaceId } = await test.app.services.auth.createVerifiedUser({ email, password: PASSWORD });
  return { email, userId: user.id, workspaceId };
}

export async function signIn(url: string, email: string, password = PASSWORD, headers: Record<string, string> = {}): Promise<Tokens> {
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ query: LOGIN, variables: { email, password } }) });
  const { data, errors } = await response.json() as { data?: { login: Tokens } | null; errors?: unknown };
  if (!data) throw new Error(`no sign-in: ${JSON.stringify(errors)}`);
  return data.login;
}

export const refresh = async (url: string, token: string): Promise<Tokens> => (await new TestClient(url, null).data<{ refreshToken: Tokens }>(REFRESH, { token })).refreshToken;

/** A second process's worth of the product on the same data; embedded, the two share no Redis. */
export async function secondApp(test: TestApp, settings: Record<string, string> = {}): Promise<App & { url: string }> {
  const config = loadConfig({ ...test.settings, ...settings, PORT: '0' });
  const app = await startApp(config, createLogger(config.LOG_LEVEL));
  return { ...app, url: app.url ?? '' };
}

export interface RawSocket {
  /** Everything the server sent, in order. */
  received: { type: string; id?: string; payload?: unknown }[];
  send(message: object): void;
  /** Code and reason of the close. */
  closed: Promise<{ code: number; reason: string }>;
  isClosed(): boolean;
  /** Hears nothing until `resume`: a client that does not notice that it was closed. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** A socket without a client library: it sends what it is told and never closes by itself. */
export async function rawSocket(url: string, authorization: string | null): Promise<RawSocket> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws');
  const received: RawSocket['received'] = [];
  socket.on('message', (data: Buffer) => { received.push(JSON.parse(data.toString()) as RawSocket['received'][number]); });
  let over = false;
  const closed = new Promise<{ code: number; reason: string }>((done) => { socket.on('close', (code, reason) => { over = true; done({ code, reason: reason.toString() }); }); });
  await new Promise((done, failed) => { socket.once('open', done); socket.once('error', failed); });
  const send = (message: object): void => { socket.send(JSON.stringify(message)); };
  send({ type: 'connection_init', ...(authorization === null ? {} : { payload: { authorization } }) });
  await until(async () => Promise.resolve(received.some((message) => message.type === 'connection_ack') || over), 'the socket is acknowledged or closed');
  return { received, send, closed, isClosed: () => over, pause: () => { socket.pause(); }, resume: () => { socket.resume(); }, close: () => { socket.close(); } };
}
