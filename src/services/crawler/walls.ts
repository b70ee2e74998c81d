/**
 * Pages that stand in front of the content: bot challenges, log-in walls, parked domains, full-page consent. What
 * they say is not about the company, so it must never be stored as its page.
 *
 * A page is a wall only when it is little else: a shop with a log-in box, or an article about captchas, is content.
 */

export type WallKind = 'CHALLENGE' | 'LOGIN' | 'PARKED' | 'CONSENT';

export interface WallSigns {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  title: string | null;
  /** Visible text of the page. */
  text: string;
  /** The address that answered, after redirects. */
  url?: string;
}

/** Walls are short; content that merely mentions one is longer than this many characters. */
const SHORT = 1500;
const VERY_SHORT = 600;
/** Only the beginning is looked at: no wall hides below it, and the cost stays bounded. */
const LOOKED_AT = 4000;

const CHALLENGE_TITLES = /^(?:just a moment|attention required|access denied|please wait|un momento|einen moment|un instant|checking your browser|ddos-guard|security check|are you (?:a )?(?:human|robot)|robot or human|verify you are human|human verification|bot verification|captcha|pardon our interruption|request rejected|403 forbidden|forbidden|blocked|you have been blocked|sorry, you have been blocked|web application firewall|one moment, please|client challenge|vercel security checkpoint|making sure you'?re not a bot|sicherheitsüberprüfung|vérification de sécurité)(?![\p{L}\p{N}])/iu;
const CHALLENGE_TEXT: readonly string[] = [
  'checking your browser before', 'checking if the site connection is secure', 'verify you are human', 'verifying you are human', 'verify that you are human', "verify that you're not a robot",
  'confirm you are human', 'complete the security check', 'needs to review the security of your connection', 'performing security verification', 'enable javascript and cookies to continue',
  'please enable cookies and reload', 'performance & security by cloudflare', 'ddos protection by', 'sorry, you have been blocked', 'you have been blocked', 'unusual traffic from your',
  'automated access to', 'our systems have detected unusual', 'are you a robot', "i'm not a robot", 'i am not a robot', "prove you're not a robot", 'prove that you are human', 'press & hold to confirm',
  'request unsuccessful. incapsula incident', 'incapsula incident id', 'the requested url was rejected. please consult with your administrator', 'pardon our interruption', 'please solve this captcha',
  'complete the captcha', 'solve the captcha', 'enter the characters you see', 'making sure you\'re not a bot', 'protected by anubis', 'you don\'t have permission to access', 'access to this page has been denied',
  'bitte bestätigen sie, dass sie ein mensch sind', 'ich bin kein roboter', 'überprüfung, ob sie ein mensch', 'vérifiez que vous êtes humain', 'je ne suis pas un robot', 'verifica que eres humano', 'no soy un robot',
  'verifica di essere umano', 'non sono un robot', 'confirme que você é humano', 'não sou um robô', 'подтвердите, что вы не робот', 'я не робот', '人間であることを確認', '请完成安全验证', '人机验证', '로봇이 아닙니다',
];
/** Headers that only a challenge carries. */
const CHALLENGE_HEADERS: readonly (readonly [string, RegExp])[] = [
  ['cf-mitigated', /challenge/i], ['x-amzn-waf-action', /challenge|captcha/i], ['x-vercel-mitigated', /challenge|deny/i], ['x-datadome', /protected/i], ['x-sucuri-block', /./], ['server', /^ddos-guard/i],
];

const LOGIN_TITLES = /^(?:log ?in|sign ?in|log on|login required|authentication required|member login|please log ?in|anmelden|anmeldung|einloggen|connexion|se connecter|iniciar sesi[oó]n|acceder|entrar|accedi|inloggen|logga in|log ind|logg inn|kirjaudu|zaloguj|logowanie|přihlášení|bejelentkezés|autentificare|giriş|вход|войти|увійти|ログイン|登录|登入|로그인|تسجيل الدخول|כניסה)(?![\p{L}\p{N}])/iu;
const LOGIN_TEXT: readonly string[] = [
  'you must be logged in', 'you must log in', 'you need to log in', 'please log in to continue', 'please sign in to continue', 'log in to continue', 'sign in to continue', 'login to continue', 'this site is private', 'this site is password protected',
  'this content is password protected', 'enter using password', 'enter store using password', 'password protected', 'private site', 'access is restricted to', 'members only', 'sie müssen angemeldet sein', 'bitte melden sie sich an', 'vous devez être connecté',
  'veuillez vous connecter', 'debes iniciar sesión', 'debe iniciar sesión', 'você precisa estar logado', 'devi effettuare l\'accesso', 'je moet ingelogd zijn', 'musisz się zalogować', 'необходимо авторизоваться', 'войдите, чтобы', 'ログインしてください', '请先登录', '로그인이 필요',
];
const PASSWORD_WORDS: readonly string[] = ['password', 'passwort', 'kennwort', 'mot de passe', 'contraseña', 'senha', 'wachtwoord', 'lösenord', 'hasło', 'heslo', 'jelszó', 'şifre', 'пароль', 'κωδικός', 'パスワード', '密码', '密碼', '비밀번호', 'كلمة المرور', 'סיסמה'];
const LOGIN_PATH = /\/(?:login|log-in|signin|sign-in|logon|sso|auth|oauth2?|accounts?\/(?:login|signin)|users?\/(?:login|sign_in)|wp-login\.php)(?:[/?.]|$)/i;

const PARKED_TEXT: readonly string[] = [
  'this domain is for sale', 'domain is for sale', 'domain may be for sale', 'buy this domain', 'this domain is parked', 'domain is parked', 'parked free, courtesy', 'parked domain', 'domain parking', 'this domain has expired', 'this domain name has expired',
  'domain has expired', 'domain name is available for purchase', 'inquire about this domain', 'make an offer on this domain', 'the domain owner may currently be creating a great site', 'future home of something quite cool',
  'this web page is parked', 'this webpage was generated by the domain owner using sedo', 'related searches privacy policy', 'welcome to nginx!', 'apache2 ubuntu default page', 'apache2 debian default page', 'apache http server test page', 'iis windows server', 'test page for the apache http server', 'welcome to openresty',
  'default web site page', 'default plesk page', 'web server\'s default page', 'congratulations! your website is now online', 'this account has been suspended', 'account suspended', 'website is suspended', 'there isn\'t a github pages site here', 'no such app', 'site not found', 'index of /',
  'diese domain steht zum verkauf', 'domain steht zum verkauf', 'diese domain kaufen', 'domain ist registriert', 'hier entsteht eine neue internetpräsenz', 'ce domaine est à vendre', 'ce nom de domaine est à vendre', 'nom de domaine réservé', 'este dominio está en venta', 'dominio en venta', 'este domínio está à venda', 'dominio registrato',
  'questo dominio è in vendita', 'deze domeinnaam is te koop', 'dit domein is geregistreerd', 'domänen är till salu', 'domena jest na sprzedaż', 'domena zaparkowana', 'doména je na prodej', 'eladó domain', 'bu alan adı satılık', 'домен продается', 'домен продаётся', 'срок регистрации домена', 'このドメインは', '该域名出售', '域名出售',
];
const PARKED_TITLES = /(?:is for sale|domain (?:name )?for sale|parked (?:domain|page|free)|steht zum verkauf|est à vendre|domain default page|default (?:web ?)?(?:site )?page|^welcome to (?:nginx|openresty)|^apache2 .{0,20}default page|^index of \/|^account suspended|^suspended|test page for|^hugedomains)/iu;
const PARKED_HOSTS = /(?:^|\.)(?:sedo\.com|sedoparking\.com|parkingcrew\.net|bodis\.com|hugedomains\.com|dan\.com|afternic\.com|undeveloped\.com|domainmarket\.com|above\.com|parklogic\.com|buydomains\.com|uniregistry\.com|atom\.com)$/i;

const CONSENT_HOSTS = /^(?:consent|cookieconsent|cmp)\./i;
const CONSENT_TITLES = /^(?:before you continue|bevor sie fortfahren|avant de continuer|antes de continuar|prima di continuare|voordat je verdergaat|cookie consent|we value your privacy|your privacy choices)/iu;
const CONSENT_TEXT: readonly string[] = ['before you continue to', 'we value your privacy', 'we and our partners store', 'accept all cookies to continue', 'you must accept cookies to', 'bevor sie zu', 'avant d\'accéder à', 'antes de continuar', 'accept cookies to continue', 'i am over 18', 'are you over 18', 'verify your age'];

function includesAny(text: string, phrases: readonly string[]): boolean {
  return phrases.some((phrase) => text.includes(phrase));
}

/** An address or a telephone number means that somebody can be reached: content, however short. */
function hasContact(text: string): boolean {
  return /[\w.+-]{1,64}@[\w-]{1,63}\.[a-z]{2,10}/i.test(text) || /\+\d[\d ()./-]{7,20}\d/.test(text);
}

/**
 * What kind of wall a response is, or null when it looks like content. Errors on the side of content: a wall
 * stored as a page costs little, a company thrown away costs a lead.
 */
export function detectWall(signs: WallSigns): WallKind | null {
  const title = (signs.title ?? '').trim().slice(0, 300);
  const text = signs.text.slice(0, LOOKED_AT).toLowerCase().replace(/[\u2018\u2019]/g, "'").replace(/\s{1,50}/g, ' ').trim();
  const short = signs.text.length < SHORT;
  const refused = [401, 403, 405, 406, 429, 503].includes(signs.status);
  if (isChallenge(signs, title, text, short, refused)) return 'CHALLENGE';
  if (isParked(signs, title, text, short)) return 'PARKED';
  if (isLogin(signs, title, text, short)) return 'LOGIN';
  const host = hostOf(signs.url);
  const consent = CONSENT_HOSTS.test(host) || (short && CONSENT_TITLES.test(title)) || (text.length < VERY_SHORT && includesAny(text, CONSENT_TEXT) && !hasContact(text));
  return consent ? 'CONSENT' : null;
}

function hostOf(url: string | undefined): string {
  return url !== undefined && URL.canParse(url) ? new URL(url).hostname : '';
}

function isChallenge(signs: WallSigns, title: string, text: string, short: boolean, refused: boolean): boolean {
  const declared = CHALLENGE_HEADERS.some(([name, value]) => value.test(signs.headers[name] ?? ''));
  // Such headers also come with ordinary answers of protected sites: the page must look like it, too.
  if (declared && (refused || signs.status === 202 || (short && !hasContact(text)))) return true;
  if (!short) return false;
  const says = includesAny(text, CHALLENGE_TEXT);
  const titled = CHALLENGE_TITLES.test(title);
  if (refused) return says || titled;
  return (says && titled) || (says && text.length < VERY_SHORT && !hasContact(text)) || (titled && text.length < VERY_SHORT && !hasContact(text) && /^(?:just a moment|attention required|checking your browser|ddos-guard|pardon our)/i.test(title));
}

function isParked(signs: WallSigns, title: string, text: string, short: boolean): boolean {
  if (PARKED_HOSTS.test(hostOf(signs.url))) return true;
  if (!short) {
    // The default pages of web servers are longer, but begin with their name.
    return /^(?:apache2 .{0,20}default page|test page for the apache|apache http server test page)/i.test(title) || text.startsWith('apache2 ');
  }
  const says = includesAny(text, PARKED_TEXT);
  if (PARKED_TITLES.test(title) && (says || text.length < VERY_SHORT)) return true;
  // "Site not found" on a shop's own 404 page has the shop's address below it.
  return says && text.length < VERY_SHORT && !hasContact(text.replace(/(?:whois|abuse|support|sales)@[\w.-]{1,100}/g, ''));
}

function isLogin(signs: WallSigns, title: string, text: string, short: boolean): boolean {
  if (!short || hasContact(text)) return false;
  if (signs.status === 401) return true;
  const says = includesAny(text, LOGIN_TEXT);
  const titled = LOGIN_TITLES.test(title);
  const asks = includesAny(text, PASSWORD_WORDS);
  if (titled && (says || asks || text.length < 200)) return true;
  if (says && (asks || text.length < 300)) return true;
  const path = signs.url !== undefined && URL.canParse(signs.url) ? new URL(signs.url).pathname : '';
  return LOGIN_PATH.test(path) && asks && text.length < VERY_SHORT;
}
