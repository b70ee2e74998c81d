import { createHash, randomBytes } from 'node:crypto';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type HttpService, readBody, type RequestLog, startHttp } from './http-service.js';
import { type GithubMode, type SandboxGithubUser } from './types.js';

export interface GithubState { mode: GithubMode; users: SandboxGithubUser[] }

interface Grant { userId: number; clientId: string; redirectUri: string; scope: string; challenge: string | null; expiresAt: number }

const CODE_TTL_MS = 600_000;
const DOCS = 'https://docs.github.com';
const escape = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** The people of a new sandbox: one as most are, one with several addresses, one who never opened the mail, one without an address of their own. */
export const GITHUB_USERS: readonly SandboxGithubUser[] = [
  { id: 1001, login: 'octo-ada', name: 'Ada Octo', emails: [{ email: 'ada@octo-sandbox.com', primary: true, verified: true, visibility: 'public' }] },
  { id: 1002, login: 'octo-ben', name: null, emails: [{ email: 'old@octo-sandbox.com', primary: false, verified: true, visibility: null }, { email: 'Ben@Octo-Sandbox.com', primary: true, verified: true, visibility: 'private' }, { email: '1002+octo-ben@users.noreply.github.com', primary: false, verified: true, visibility: null }] },
  { id: 1003, login: 'octo-eve', name: 'Eve Octo', emails: [{ email: 'victim@octo-sandbox.com', primary: true, verified: false, visibility: 'private' }, { email: 'eve@octo-sandbox.com', primary: false, verified: true, visibility: null }] },
  { id: 1004, login: 'octo-none', name: 'None Octo', emails: [] },
];

/**
 * The GitHub look-alike of an Enterprise Server: web flow with PKCE and the two API calls a sign-in needs, with its real
 * headers and errors (refused codes are HTTP 200, a missing scope is 404); docs.github.com, "Authorizing OAuth apps".
 * A loopback callback may use any port, any other must be below the registered one.
 */
export async function startGithub(options: { clientId: string; clientSecret: string; callbackUrl: string; state: GithubState; log: RequestLog; port: number }): Promise<HttpService & { forget(): void }> {
  const codes = new Map<string, Grant>();
  const tokens = new Map<string, Grant>();
  const { state } = options;

  const handler = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    options.log.open('github', 'github', request.url ?? '/', request.method ?? 'GET', response);
    const url = new URL(request.url ?? '/', 'http://github.invalid');
    const body = new URLSearchParams(await readBody(request));
    const requestId = randomBytes(12).toString('hex').toUpperCase().replace(/(.{4})(?=.)/g, '$1:');
    const page = (status: number, text: string) => void response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'X-GitHub-Request-Id': requestId, 'X-Frame-Options': 'deny' }).end(`<!DOCTYPE html><html><head><title>GitHub</title></head><body>${text}</body></html>`);
    const { mode } = state;
    if (mode === 'timeout') return;
    if (mode === 'server_error') return page(502, '<h1>Unicorn!</h1>');
    if (url.pathname === '/login/oauth/authorize') return request.method === 'POST' ? decide(body, response) : consent(url.searchParams, page, response);
    if (url.pathname === '/login/oauth/access_token' && request.method === 'POST') return token(request, body, response, requestId);
    if (url.pathname.startsWith('/api/v3/')) return api(request, url.pathname.slice('/api/v3'.length), response, requestId);
    return page(404, 'Not Found');
  };

  const isRegistered = (given: string): boolean => {
    if (!URL.canParse(given)) return false;
    const [wanted, asked] = [new URL(options.callbackUrl), new URL(given)];
    const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(asked.hostname);
    const isSameHost = asked.protocol === wanted.protocol && asked.hostname === wanted.hostname && asked.port === wanted.port;
    return (isSameHost || isLoopback) && (asked.pathname === wanted.pathname || asked.pathname.startsWith(`${wanted.pathname}/`));
  };
  const back = (response: ServerResponse, redirectUri: string, parameters: Record<string, string>): void => {
    const target = new URL(redirectUri);
    for (const [name, value] of Object.entries(parameters)) if (value !== '') target.searchParams.set(name, value);
    response.writeHead(302, { Location: target.href, 'Cache-Control': 'no-cache' }).end();
  };

  /** The page where a person says yes or no; a real one asks for a password before it. */
  const consent = (query: URLSearchParams, page: (status: number, text: string) => void, response: ServerResponse): void => {
    const redirectUri = query.get('redirect_uri') ?? options.callbackUrl;
    if (query.get('client_id') !== options.clientId) return page(404, 'Not Found');
    if (!isRegistered(redirectUri)) return back(response, options.callbackUrl, { error: 'redirect_uri_mismatch', error_description: 'The redirect_uri MUST match the registered callback URL for this application.', error_uri: `${DOCS}/apps/managing-oauth-apps/troubleshooting-authorization-request-errors/#redirect-uri-mismatch`, state: query.get('state') ?? '' });
    const method = query.get('code_challenge_method');
    if (query.has('code_challenge') && method !== 'S256') return back(response, redirectUri, { error: 'invalid_request', error_description: 'code_challenge_method must be S256', state: query.get('state') ?? '' });
    const fields = { client_id: options.clientId, redirect_uri: redirectUri, scope: query.get('scope') ?? '', state: query.get('state') ?? '', code_challenge: query.get('code_challenge') ?? '' };
    const hidden = Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${escape(value)}">`).join('');
    const buttons = state.users.map((user) => `<button name="authorize" value="${user.id}">Authorize as ${escape(user.login)}</button> `).join('');
    return page(200, `<form method="post" action="/login/oauth/authorize">${hidden}${buttons}<button name="authorize" value="0">Cancel</button></form>`);
  };

  const decide = (body: URLSearchParams, response: ServerResponse): void => {
    const [redirectUri, given] = [body.get('redirect_uri') ?? '', body.get('state') ?? ''];
    if (body.get('client_id') !== options.clientId || !isRegistered(redirectUri)) return void response.writeHead(422, { 'Content-Type': 'text/html' }).end('Unprocessable');
    const user = state.users.find(({ id }) => String(id) === body.get('authorize'));
    if (!user) return back(response, redirectUri, { error: 'access_denied', error_description: 'The user has denied your application access.', error_uri: `${DOCS}/apps/managing-oauth-apps/troubleshooting-authorization-request-errors/#access-denied`, state: given });
    const code = randomBytes(10).toString('hex');
    codes.set(code, { userId: user.id, clientId: options.clientId, redirectUri, scope: body.get('scope') ?? '', challenge: body.get('code_challenge') || null, expiresAt: Date.now() + CODE_TTL_MS });
    return back(response, redirectUri, { code, state: given });
  };

  /** Refusals come with status 200, as JSON only when asked for. */
  const token = (request: IncomingMessage, body: URLSearchParams, response: ServerResponse, requestId: string): void => {
    const answer = (fields: Record<string, string>): void => {
      const wantsJson = (request.headers.accept ?? '').includes('json');
      response.writeHead(200, { 'Content-Type': wantsJson ? 'application/json; charset=utf-8' : 'application/x-www-form-urlencoded; charset=utf-8', 'Cache-Control': 'max-age=0, private, must-revalidate', 'X-GitHub-Request-Id': requestId })
        .end(wantsJson ? JSON.stringify(fields) : new URLSearchParams(fields).toString());
    };
    const refuse = (error: string, text: string): void => answer({ error, error_description: text, error_uri: `${DOCS}/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/#${error.replaceAll('_', '-')}` });
    if (state.mode === 'malformed') return void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html><body>Whoa there!</body></html>');
    if (state.mode === 'rate_limited') return void response.writeHead(429, { 'Content-Type': 'text/html', 'Retry-After': '60' }).end('Whoa there! You have triggered an abuse detection mechanism.');
    if (body.get('client_id') !== options.clientId || body.get('client_secret') !== options.clientSecret) return refuse('incorrect_client_credentials', 'The client_id and/or client_secret passed are incorrect.');
    const grant = codes.get(body.get('code') ?? '');
    codes.delete(body.get('code') ?? '');
    const challenge = createHash('sha256').update(body.get('code_verifier') ?? '').digest('base64url');
    if (!grant || grant.expiresAt <= Date.now() || (grant.challenge !== null && grant.challenge !== challenge)) return refuse('bad_verification_code', 'The code passed is incorrect or expired.');
    if (body.has('redirect_uri') && body.get('redirect_uri') !== grant.redirectUri) return refuse('redirect_uri_mismatch', 'The redirect_uri MUST match the registered callback URL for this application.');
    const accessToken = `gho_${randomBytes(27).toString('base64url').replace(/[-_]/g, '0').slice(0, 36)}`;
    tokens.set(accessToken, grant);
    return answer({ access_token: accessToken, token_type: 'bearer', scope: grant.scope.split(/[ ,]+/).join(',') });
  };

  const api = (request: IncomingMessage, path: string, response: ServerResponse, requestId: string): void => {
    const grant = tokens.get(/^(?:bearer|token) (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '');
    const scopes = grant?.scope.split(/[ ,]+/) ?? [];
    const answer = (status: number, value: unknown, headers: Record<string, string> = {}): void => void response.writeHead(status, {
      'Content-Type': 'application/json; charset=utf-8', 'X-GitHub-Media-Type': 'github.v3; format=json', 'X-GitHub-Request-Id': requestId, 'X-RateLimit-Limit': '5000', 'X-RateLimit-Remaining': '4999', 'X-RateLimit-Resource': 'core',
      ...(grant ? { 'X-OAuth-Scopes': scopes.join(', '), 'X-Accepted-OAuth-Scopes': path === '/user/emails' ? 'user, user:email' : '' } : {}), ...headers,
    }).end(JSON.stringify(value));
    const missing = (): void => answer(404, { message: 'Not Found', documentation_url: `${DOCS}/rest`, status: '404' });
    if (request.headers['user-agent'] === undefined) return void response.writeHead(403, { 'Content-Type': 'text/html' }).end('Request forbidden by administrative rules. Please make sure your request has a User-Agent header.');
    if (!grant) return answer(401, { message: 'Bad credentials', documentation_url: `${DOCS}/rest`, status: '401' });
    if (state.mode === 'api_rate_limited') return answer(403, { message: `API rate limit exceeded for user ID ${grant.userId}.`, documentation_url: `${DOCS}/rest/overview/rate-limits-for-the-rest-api`, status: '403' }, { 'X-RateLimit-Remaining': '0' });
    const user = state.users.find(({ id }) => id === grant.userId);
    if (!user) return answer(401, { message: 'Bad credentials', documentation_url: `${DOCS}/rest`, status: '401' });
    if (path === '/user') return answer(200, { login: user.login, id: user.id, node_id: Buffer.from(`04:User${user.id}`).toString('base64'), type: 'User', site_admin: false, name: user.name, company: null, email: user.emails.find(({ visibility }) => visibility === 'public')?.email ?? null });
    if (path === '/user/emails') return scopes.includes('user:email') || scopes.includes('user') ? answer(200, user.emails) : missing();
    return missing();
  };

  const service = await startHttp(handler, options.port);
  return { ...service, forget: () => { codes.clear(); tokens.clear(); } };
}
