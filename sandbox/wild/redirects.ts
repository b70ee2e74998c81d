import { wildPage, type WildBehaviour } from './wild-host.js';

const to = (name: string, location: (path: string, host: string) => string): WildBehaviour => ({ name, serve: ({ path }, _response, { redirect, host }) => redirect(location(path, host)) });
/** A start page with one trick in it. */
const shows = (name: string, body: string, links: string[] = [], head = ''): WildBehaviour => ({ name, serve: ({ path }, _response, { html, missing }) => (path === '/' ? html(wildPage('Start', body, links, head)) : missing()) });

/** Sites that send a visitor away: in circles, without an end, or to where it must not go. */
export const REDIRECTS: readonly WildBehaviour[] = [
  to('redirect-growing', (path) => `${path}${path === '/' ? '' : '/'}and-on`),
  to('redirect-chain', (path) => `/hop/${Number(/\d+$/.exec(path)?.[0] ?? '0') + 1}`),
  { name: 'redirect-unaddressed', serve: (_request, _response, { raw, socket }) => {
    raw('HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n');
    socket?.end();
  } },
  to('redirect-long', () => `/${'x'.repeat(20_000)}`),
  { name: 'redirect-crlf', serve: ({ path }, _response, { raw, html, socket }) => {
    if (path !== '/') return html(wildPage(path.length > 200 ? 'Long' : 'After', ''));
    raw('HTTP/1.1 302 Found\r\nLocation: /next%0d%0aSet-Cookie:%20a=b\r\nContent-Length: 0\r\n\r\n');
    socket?.end();
  } },
  to('redirect-userinfo', (_path, host) => `http://admin:secret@${host}/inside`),
  to('redirect-port', (_path, host) => `http://${host}:22/`),
  to('redirect-javascript', () => 'javascript:alert(1)'),
  to('redirect-file', () => 'file:///etc/passwd'),
  to('redirect-data', () => 'data:text/html,<h1>hello</h1>'),
  to('redirect-decimal', () => 'http://2130706433/'),
  to('redirect-mapped', () => 'http://[::ffff:10.0.0.1]/'),
  to('redirect-metadata', () => 'http://169.254.169.254/latest/meta-data/'),
  to('redirect-internal', () => 'http://intranet.corp/'),
  shows('refresh-private', '', [], '<meta http-equiv="refresh" content="0; url=http://10.1.2.3/admin">'),
  { name: 'refresh-loop', serve: ({ path }, _response, { html }) => html(wildPage(`Again ${path.length}`, '', [], `<meta http-equiv="refresh" content="0; url=/?n=${Number(/n=(\d+)/.exec(path)?.[1] ?? '0') + 1}">`)) },
  shows('frames-private', '<iframe src="http://192.168.0.1/"></iframe><iframe src="http://[fe80::1]/"></iframe><object data="http://10.0.0.9/"></object>'),
  { name: 'frames-cyclic', serve: ({ path }, _response, { html }) => html(wildPage(`Frame ${path}`, `<iframe src="${path === '/a' ? '/b' : '/a'}"></iframe><iframe src="${path}"></iframe>`)) },
  shows('links-private', '', ['http://127.0.0.1/', 'http://0x7f.1/', 'http://169.254.169.254/', 'http://localhost:6379/', '//10.0.0.1/x', 'ftp://host/', 'gopher://127.0.0.1:6379/_x']),
  shows('links-data', '', ['data:text/html,<a href=/x>x</a>', 'javascript:void(0)', 'mailto:', 'tel:', 'about:blank', 'blob:x', '#', '', ' ', 'http://', 'http://[', '%zz', '\\\\server\\share', `http://${'a.'.repeat(200)}com/`]),
  shows('base-private', '', ['admin', '/root'], '<base href="http://10.0.0.1/">'),
  shows('base-rubbish', '', ['contact'], '<base href="javascript:alert(1)">'),
];

const laughs = `<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY a0 "http://x.com/">${Array.from({ length: 12 }, (_unused, place) => `<!ENTITY a${place + 1} "${`&a${place};`.repeat(10)}">`).join('')}]><urlset><url><loc>&a12;</loc></url></urlset>`;

/** Sites whose robots.txt or sitemap is the trap. */
export const ROBOTS: readonly WildBehaviour[] = [
  { ...shows('robots-huge', ''), robots: (_request, _response, { html }) => html(`User-agent: *\nDisallow: /private\n${'# filler filler filler filler\n'.repeat(330_000)}Disallow: /\n`, { 'Content-Type': 'text/plain' }) },
  { ...shows('robots-loop', ''), robots: (_request, _response, { redirect }) => redirect('/robots.txt') },
  { ...shows('robots-html', ''), robots: (_request, _response, { html }) => html(wildPage('Not robots', '')) },
  { ...shows('robots-private', ''), robots: (_request, _response, { redirect }) => redirect('http://10.0.0.1/robots.txt') },
  { ...shows('robots-drip', ''), robots: (_request, _response, { raw, drip }) => { raw('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n'); drip('2\r\n# \r\n', 50); } },
  { ...shows('robots-binary', ''), robots: (_request, response) => { response.end(Buffer.from(Array.from({ length: 50_000 }, (_unused, place) => (place * 37) % 256))); } },
  { name: 'sitemap-laughs', robots: (_request, _response, { html, host }) => html(`Sitemap: http://${host}/sitemap.xml\nSitemap: http://10.0.0.1/sitemap.xml\n`, { 'Content-Type': 'text/plain' }), serve: ({ path }, _response, { html, missing }) => (path === '/' ? html(wildPage('Start', '')) : path === '/sitemap.xml' ? html(laughs, { 'Content-Type': 'application/xml' }) : missing()) },
  { name: 'sitemap-loop', robots: (_request, _response, { html, host }) => html(`Sitemap: http://${host}/sitemap.xml\n`, { 'Content-Type': 'text/plain' }), serve: ({ path }, _response, { html, missing, host }) => (path === '/' ? html(wildPage('Start', '')) : path.startsWith('/sitemap') ? html(`<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${Array.from({ length: 20 }, (_unused, place) => `<sitemap><loc>http://${host}/sitemap.xml?${path.length}-${place}</loc></sitemap>`).join('')}</sitemapindex>`, { 'Content-Type': 'application/xml' }) : missing()) },
];
