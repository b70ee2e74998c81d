import { createHash } from 'node:crypto';
import { wildPage, type WildBehaviour } from './wild-host.js';

const number = (path: string): number => Number(/\d+/.exec(path)?.[0] ?? '0');
/** A value that differs on each page and is the same in each run. */
const token = (path: string, place: number): string => createHash('md5').update(`${path} ${place}`).digest('hex');
const space = (name: string, links: (path: string) => string[]): WildBehaviour => ({ name, serve: ({ path }, _response, { html }) => html(wildPage(`At ${path.slice(0, 60)}`, '', links(path).map((link) => link.replaceAll('&', '&amp;')))) });

/** Sites whose space of addresses has no end. */
export const TRAPS: readonly WildBehaviour[] = [
  space('session-ids', (path) => [0, 1, 2, 3].flatMap((place) => [`/page-${place};jsessionid=${token(path, place)}`, `/page-${place}?PHPSESSID=${token(path, place)}`, `/page-${place}?sid=${token(path, place)}`])),
  space('facets', (path) => ['red', 'blue', 'green'].flatMap((color) => ['s', 'm', 'l'].flatMap((size) => ['asc', 'desc'].map((sort) => `/shop?color=${color}&size=${size}&sort=${sort}&page=${number(path) + 1}`)))),
  space('print-versions', (path) => { const bare = path.split('?')[0] ?? '/'; return [`${bare}?print=1`, `${bare}?format=pdf`, `${bare}?lang=de`, `${bare}?lang=de&print=1`, `${bare === '/' ? '' : bare}/print/`]; }),
  space('path-repeats', (path) => [`${path}a/`, `${path}a/b/`, 'deeper/', '../up/'].map((link) => link.slice(0, 1_500))),
  space('query-order', () => ['a=1&b=2&c=3', 'b=2&a=1&c=3', 'c=3&b=2&a=1', 'a=1&c=3&b=2'].map((query) => `/list?${query}`)),
  space('counter', (path) => [`/item/${number(path) + 1}`, `/item/${number(path) + 2}`, `/item/${number(path) + 3}`]),
  space('random-names', (path) => Array.from({ length: 30 }, (_unused, place) => `/${token(path, place)}.html`)),
  space('infinite-days', (path) => Array.from({ length: 31 }, (_unused, place) => `/events/${2000 + (number(path) % 5000) + 1}/01/${place + 1}`)),
  space('case-variants', () => ['/About', '/about', '/ABOUT', '/aBout', '/about/', '/about//', '/./about', '/x/../about', '/%61bout']),
  { name: 'form-only', serve: ({ path }, _response, { html }) => html(path === '/' ? '<html><body><form action="/submit" method="post"><input name="q"><button>Go</button></form></body></html>' : wildPage('Submitted', '')) },
  { name: 'empty', serve: (_request, _response, { html }) => html('') },
  { name: 'links-only-self', serve: ({ path }, _response, { html }) => html(wildPage('Self', '', [path, `${path}#a`, `${path}#b`, '', '.', '?', './'])) },
];

const app = (name: string, script: string): WildBehaviour => ({
  name,
  serve: ({ path }, _response, { html, missing }) => {
    if (path === '/') return html(`<!doctype html><html lang="en"><head><title>App</title></head><body><div id="root"></div><noscript>You need to enable JavaScript.</noscript><script>${script}</script></body></html>`);
    if (path === '/sw.js') return html('self.addEventListener("fetch", (event) => event.respondWith(new Response("<p>from the worker</p>")));', { 'Content-Type': 'text/javascript' });
    if (path.startsWith('/file')) return html('x'.repeat(1_000), { 'Content-Type': 'application/octet-stream', 'Content-Disposition': 'attachment; filename="x.bin"' });
    if (path.startsWith('/more')) return html('<p>more</p>');
    return missing();
  },
});
const SHOW = 'document.getElementById("root").innerHTML = "<p>The workshop opens at nine, and its owner repairs clocks and barometers.</p>";';

/** Sites that attack the browser; without one they are an empty shell. */
export const SCRIPTS: readonly WildBehaviour[] = [
  app('alert-loop', `${SHOW} setInterval(() => { alert("a"); confirm("b"); prompt("c"); }, 1); window.onbeforeunload = () => "stay";`),
  app('popup-storm', `${SHOW} setInterval(() => { window.open("/more"); window.open("http://10.0.0.1/popup"); }, 5);`),
  app('download-storm', `${SHOW} setInterval(() => { const a = document.createElement("a"); a.href = "/file" + Math.random(); a.download = "x"; document.body.append(a); a.click(); }, 20);`),
  app('reload-loop', 'location.reload();'),
  app('memory-eater', `${SHOW} const kept = []; setInterval(() => { kept.push(new Array(2e5).fill(Math.random())); }, 20);`),
  app('busy-loop', `${SHOW} setTimeout(() => { for (;;); }, 50);`),
  app('service-worker', `navigator.serviceWorker?.register("/sw.js"); ${SHOW}`),
  app('socket-private', `${SHOW} for (const url of ["ws://10.0.0.1/", "ws://127.0.0.1:6379/", "ws://169.254.169.254/"]) { try { new WebSocket(url); } catch {} } fetch("http://169.254.169.254/latest/").catch(() => 0); navigator.sendBeacon("http://10.0.0.1/beacon", "x"); new Image().src = "http://10.0.0.2/pixel";`),
  app('location-private', `${SHOW} setTimeout(() => { location.href = "http://10.0.0.3/taken"; }, 10);`),
  app('scroll-for-ever', `${SHOW} setInterval(() => { const p = document.createElement("p"); p.textContent = "one more"; document.body.append(p); fetch("/more" + document.body.childElementCount); }, 10);`),
];
