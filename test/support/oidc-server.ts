import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';

export interface OidcPerson { email?: string; email_verified?: boolean; name?: string }

/** A real OpenID provider on loopback; its people sign in without a form. */
export interface OidcServer {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Who is sitting in front of the provider's page, and what they answer. */
  signInAs(subject: string, person: OidcPerson): void;
  deny(): void;
  /** Stands in front of the provider: answers by itself when it returns true. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | null;
  /** For `intercept`: the provider's own answer at one path, or another body in its place. */
  relay(path: string, change: (body: string) => string | null): (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Requests to paths, oldest first. */
  paths: string[];
  close(): Promise<void>;
}

/** oidc-provider tells everybody who imports it about Node's version and its own defaults; tests have no use for that. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { info, warn } = console;
  Object.assign(console, { info: () => undefined, warn: () => undefined });
  try { return await work(); } finally { Object.assign(console, { info, warn }); }
}

/** @param callbackUrl the only redirect URI of its only client, which must use PKCE and authenticates by HTTP Basic */
export async function startOidcServer(callbackUrl: string): Promise<OidcServer> {
  const [clientId, clientSecret] = ['leadline-test', 'a secret: with %signs & spaces'];
  const people = new Map<string, OidcPerson>();
  let current: string | null = null;
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  const server: Server = createServer((request, response) => {
    state.paths.push(new URL(request.url ?? '/', 'http://provider.invalid').pathname);
    if (state.intercept?.(request, response)) return;
    handle(request, response);
  });
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const state: OidcServer = {
    issuer, clientId, clientSecret, intercept: null, paths: [],
    signInAs: (subject, person) => { people.set(subject, person); current = subject; },
    deny: () => { current = null; },
    relay: (path, change) => (request, response) => {
      if (request.url !== path || request.headers['x-relayed'] !== undefined) return false;
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
        const { host: _host, 'content-length': _length, connection: _connection, ...headers } = request.headers as Record<string, string>;
        fetch(issuer + path, { method: request.method ?? 'GET', headers: { ...headers, 'x-relayed': '1' }, ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}) }).then(async (answer) => {
          const body = await answer.text();
          const changed = change(body);
          response.writeHead(changed === null ? answer.status : 200, { 'content-type': 'application/json' }).end(changed ?? body);
        }, (error: unknown) => { response.destroy(error as Error); });
      });
      return true;
    },
    close: async () => { server.closeAllConnections(); await new Promise((done) => { server.close(done); }); },
  };
  await quietly(async () => {
    const { Provider } = await import('oidc-provider');
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const provider = new Provider(issuer, {
      clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [callbackUrl], grant_types: ['authorization_code'], response_types: ['code'] }],
      jwks: { keys: [{ ...await exportJWK(privateKey), alg: 'RS256', use: 'sig', kid: 'test' }] },
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
      features: { devInteractions: { enabled: false } },
      cookies: { keys: ['for tests only'] },
      pkce: { required: () => true },
      interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
      findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, ...people.get(sub) }) }),
      ttl: { AccessToken: 60, AuthorizationCode: 60, IdToken: 60, Interaction: 60, Session: 60, Grant: 60 },
    });
    const answer = provider.callback();
    handle = (request, response) => {
      if (!request.url?.startsWith('/interaction/')) { void answer(request, response); return; }
      const decide = async (): Promise<void> => {
        const { prompt, params, grantId } = await provider.interactionDetails(request, response);
        if (current === null) { await provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'End-User aborted interaction' }); return; }
        if (prompt.name === 'login') { await provider.interactionFinished(request, response, { login: { accountId: current } }); return; }
        const grant = (grantId ? await provider.Grant.find(grantId) : undefined) ?? new provider.Grant({ accountId: current, clientId: params.client_id as string });
        grant.addOIDCScope('openid email profile');
        await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
      };
      decide().catch((error: unknown) => { response.writeHead(500).end(String(error)); });
    };
  });
  return state;
}
