import { describe, expect, it } from 'vitest';
import { detectWall, type WallSigns } from '../../../src/services/crawler/walls.js';

const wall = (signs: Partial<WallSigns>): string | null => detectWall({ status: 200, headers: {}, title: null, text: '', ...signs });
const ARTICLE = 'Our practice has treated patients since 1987 and speaks six languages. '.repeat(40);

describe('detectWall', () => {
  it.each<[string, Partial<WallSigns>, string]>([
    ['a Cloudflare challenge', { status: 403, headers: { 'cf-mitigated': 'challenge', server: 'cloudflare' }, title: 'Just a moment...', text: 'Enable JavaScript and cookies to continue' }, 'CHALLENGE'],
    ['an older one without header', { status: 503, title: 'Just a moment...', text: 'Checking your browser before accessing clinic.example. This process is automatic.' }, 'CHALLENGE'],
    ['one that says 200', { title: 'Attention Required! | Cloudflare', text: 'Please complete the security check to access clinic.example' }, 'CHALLENGE'],
    ['a captcha in German', { title: 'Sicherheitsabfrage', text: 'Bitte bestätigen Sie, dass Sie ein Mensch sind.' }, 'CHALLENGE'],
    ['a firewall', { title: 'Request Rejected', text: 'The requested URL was rejected. Please consult with your administrator. Your support ID is: 123' }, 'CHALLENGE'],
    ['AWS WAF with status 202', { status: 202, headers: { 'x-amzn-waf-action': 'challenge' }, text: '' }, 'CHALLENGE'],
    ['a typographic apostrophe', { title: 'Bot check', text: 'Making sure you’re not a bot! Loading...' }, 'CHALLENGE'],
    ['a block', { status: 403, title: 'Access Denied', text: 'You don\'t have permission to access "http://clinic.example/" on this server.' }, 'CHALLENGE'],
    ['a log-in page', { title: 'Sign in - Acme Portal', text: 'Sign in Email Password Forgot password?' }, 'LOGIN'],
    ['a log-in page in Spanish', { title: 'Iniciar sesión', text: 'Usuario Contraseña Entrar' }, 'LOGIN'],
    ['a closed shop', { title: 'Acme', text: 'Opening soon. Enter store using password. Password' }, 'LOGIN'],
    ['status 401', { status: 401, title: '401 Unauthorized', text: 'Authorization required' }, 'LOGIN'],
    ['a redirect to a log-in', { url: 'https://clinic.example/account/login?next=/', title: 'Acme', text: 'E-mail Password Remember me' }, 'LOGIN'],
    ['a domain for sale', { title: 'clinic.example', text: 'clinic.example This domain is for sale! Buy this domain now. Make an offer.' }, 'PARKED'],
    ['one in German', { title: 'clinic.example steht zum Verkauf', text: 'Die Domain clinic.example steht zum Verkauf.' }, 'PARKED'],
    ['a redirect to a broker', { url: 'https://www.hugedomains.com/domain_profile.cfm?d=clinic', title: 'x', text: ARTICLE }, 'PARKED'],
    ['a web server without a site', { title: 'Welcome to nginx!', text: 'Welcome to nginx! If you see this page, the nginx web server is successfully installed and working.' }, 'PARKED'],
    ['a suspended account', { title: 'Account Suspended', text: 'This Account has been suspended. Contact your hosting provider for more information.' }, 'PARKED'],
    ['a consent page', { url: 'https://consent.search.example/m?continue=x', title: 'Before you continue', text: 'We use cookies and data' }, 'CONSENT'],
  ])('recognises %s', (_, signs, kind) => {
    expect(wall(signs)).toBe(kind);
  });

  it.each<[string, Partial<WallSigns>]>([
    ['an ordinary page', { title: 'Dental clinic', text: ARTICLE }],
    ['an empty page', { title: '', text: '' }],
    ['an article about captchas', { title: 'Why captchas fail', text: `${ARTICLE} verify you are human ${ARTICLE}` }],
    ['a shop with a log-in box', { title: 'Acme Tools', text: `Log in Password ${ARTICLE}` }],
    ['a short contact page', { title: 'Contact', text: 'Acme Dental, 12 Main Street. Phone +1 512 555 0100' }],
    ['a short page of a site with a log-in', { title: 'Login and contact', text: 'Members log in. Password. Or write to info@clinic.example' }],
    ['a broker of domains', { title: 'Acme Domains', text: `We sell names. ${ARTICLE} buy this domain ${ARTICLE}` }],
    ['a domain page with an owner to write to', { title: 'Acme', text: 'This domain is for sale. Meanwhile write to jane@clinic.example for dental care.' }],
    ['a protected site that answers', { headers: { 'x-datadome': 'protected', server: 'ddos-guard' }, title: 'Clinic', text: ARTICLE }],
    ['a cookie bar on a page', { title: 'Clinic', text: `We value your privacy. Accept all. ${ARTICLE}` }],
    ['a company called Blocked Drains', { title: 'Blocked Drains Ltd', text: 'We clear drains. Call us any time.' }],
    ['an ordinary 404', { status: 404, title: 'Page not found', text: 'The page you asked for is not here.' }],
    ['a 403 that says nothing', { status: 403, title: '', text: '' }],
  ])('lets %s pass', (_, signs) => {
    expect(wall(signs)).toBeNull();
  });

  it('is quick on hostile text', () => {
    for (const text of ['a'.repeat(2_000_000), '+1 '.repeat(500_000), `${'x'.repeat(3000)}@`.repeat(300), ' '.repeat(2_000_000)]) expect(wall({ title: text, text })).toBeNull();
  });
});
