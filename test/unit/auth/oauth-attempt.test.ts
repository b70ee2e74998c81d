import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config.js';
import { AttemptCookies, type Attempt } from '../../../src/services/auth/oauth-attempt.js';

const key = randomBytes(32);
const attempt: Attempt = { provider: 'google', state: 'state', secrets: { oidc: { nonce: 'n' } }, redirect: '/leads', challenge: null, expiresAt: 1 };
const pairOf = (setCookie: string): string => setCookie.split(';')[0] ?? '';

describe('the cookie of a sign-in attempt', () => {
  it('comes back as it was sealed, among other cookies', () => {
    const cookies = new AttemptCookies(key, 'http://localhost:4000');
    expect(cookies.open('google', `a=b; ${pairOf(cookies.seal(attempt))}; c=d`)).toEqual(attempt);
  });

  it('on https is bound to this host, so that no neighbouring subdomain can plant one', () => {
    const cookies = new AttemptCookies(key, 'https://leads.example');
    expect(cookies.seal(attempt)).toMatch(/^__Host-leadline-oauth-google=[\w.-]+; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/);
    expect(cookies.clear('google')).toBe('__Host-leadline-oauth-google=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure');
    const planted = pairOf(new AttemptCookies(key, 'http://leads.example').seal(attempt));
    expect(cookies.open('google', planted)).toBeNull();
  });

  it('of another key, another provider, another shape, or none is none', () => {
    const cookies = new AttemptCookies(key, 'http://localhost:4000');
    const sealed = pairOf(cookies.seal(attempt));
    expect(new AttemptCookies(randomBytes(32), 'http://localhost:4000').open('google', sealed)).toBeNull();
    expect(cookies.open('github', sealed.replace('google', 'github'))).toBeNull();
    expect(cookies.open('google', pairOf(cookies.seal({ ...attempt, state: 7 } as unknown as Attempt)))).toBeNull();
    for (const header of [undefined, '', ';;;', 'leadline-oauth-google', 'leadline-oauth-google=a.b.c', `${sealed}x`]) expect(cookies.open('google', header)).toBeNull();
  });
});

describe('the settings of sign-in', () => {
  it('are told when only half of a pair is there, or a secret is too short, and never printed', () => {
    expect(() => loadConfig({ GOOGLE_CLIENT_ID: 'an id' })).toThrow(/GOOGLE_CLIENT_SECRET: GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET belong together/);
    expect(() => loadConfig({ GITHUB_CLIENT_SECRET: 'hush' })).toThrow(/GITHUB_CLIENT_ID: /);
    expect(() => loadConfig({ SUPABASE_JWT_SECRET: 'hush', GITHUB_CLIENT_SECRET: 'hush', SUPABASE_URL: 'ftp://hush' })).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hush') as string }) as Error);
    expect(loadConfig({ SUPABASE_URL: 'https://abc.supabase.co/' }).SUPABASE_URL).toBe('https://abc.supabase.co');
  });
});
