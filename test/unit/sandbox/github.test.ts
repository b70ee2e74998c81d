import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../../sandbox/index.js';

let sandbox: Sandbox;
beforeAll(async () => { sandbox = await startSandbox(); });
afterAll(async () => { await sandbox.close(); });
beforeEach(() => { sandbox.reset(); });

const CALLBACK = 'http://localhost:4000/auth/github/callback';
const challenge = createHash('sha256').update('the verifier').digest('base64url');
const request = (path: string, body: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${sandbox.github.url}${path}`, { method: 'POST', body: new URLSearchParams(body), headers, redirect: 'manual' });
const code = async (body: Record<string, string> = {}): Promise<string> => new URL((await request('/login/oauth/authorize', { client_id: sandbox.github.clientId, redirect_uri: CALLBACK, scope: 'read:user user:email', state: 's', code_challenge: challenge, authorize: '1001', ...body })).headers.get('location') ?? '').searchParams.get('code') ?? '';
const token = async (body: Record<string, string>): Promise<Record<string, string>> => await (await request('/login/oauth/access_token', { client_id: sandbox.github.clientId, client_secret: sandbox.github.clientSecret, code_verifier: 'the verifier', ...body }, { accept: 'application/json' })).json() as Record<string, string>;
const api = (path: string, accessToken: string): Promise<Response> => fetch(`${sandbox.github.url}/api/v3${path}`, { headers: { authorization: `Bearer ${accessToken}` } });

describe('the GitHub look-alike', () => {
  it('gives a token for a code, once, and the person and their addresses for the token', async () => {
    const given = await code();
    const answer = await token({ code: given });
    expect(answer).toEqual({ access_token: expect.stringMatching(/^gho_\w{36}$/) as string, token_type: 'bearer', scope: 'read:user,user:email' });
    expect(await token({ code: given })).toMatchObject({ error: 'bad_verification_code' });
    const emails = await api('/user/emails', answer.access_token ?? '');
    expect(await emails.json()).toEqual(sandbox.github.users[0]?.emails);
    expect(emails.headers.get('x-oauth-scopes')).toBe('read:user, user:email');
    expect(await (await api('/user', answer.access_token ?? '')).json()).toMatchObject({ id: 1001, login: 'octo-ada' });
  });

  it('refuses in the words and with the statuses of the real one', async () => {
    expect(await token({ code: await code(), code_verifier: 'another' })).toMatchObject({ error: 'bad_verification_code' });
    expect(await token({ code: await code(), client_secret: 'wrong' })).toMatchObject({ error: 'incorrect_client_credentials' });
    expect(await token({ code: await code(), redirect_uri: `${CALLBACK}/other` })).toMatchObject({ error: 'redirect_uri_mismatch' });
    expect((await api('/user', 'gho_unknown')).status).toBe(401);
    expect((await api('/user/emails', (await token({ code: await code({ scope: 'read:user' }) })).access_token ?? '')).status).toBe(404);
    const evil = await fetch(`${sandbox.github.url}/login/oauth/authorize?${new URLSearchParams({ client_id: sandbox.github.clientId, redirect_uri: 'https://evil.example/auth/github/callback', state: 's' }).toString()}`, { redirect: 'manual' });
    expect(evil.headers.get('location')).toMatch(/^http:\/\/localhost\/auth\/github\/callback\?error=redirect_uri_mismatch&/);
    const denied = await request('/login/oauth/authorize', { client_id: sandbox.github.clientId, redirect_uri: CALLBACK, state: 's', authorize: '0' });
    expect(new URL(denied.headers.get('location') ?? '').searchParams.get('error')).toBe('access_denied');
  });
});
