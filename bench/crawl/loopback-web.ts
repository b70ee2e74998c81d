/**
 * Web sites on loopback addresses, one address a host (127.0.1.1, 127.0.1.2, …), all pages of one size and shape. Runs as
 * a process of its own, so that its share of the two sides of a comparison is the same, and plain: no log, no faults.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../src/free-port.js';

export interface WebShape { hosts: number; pagesPerHost: number; linksPerPage: number; pageBytes: number; latencyMs: number }
export interface LoopbackWeb { shape: WebShape; startUrls: string[]; pageUrls: string[]; port: number; close(): Promise<void> }

/** Names without digits: a crawler that stops at calendars must not take a menu for one. */
const SUBJECTS = ['harbour', 'garden', 'orchard', 'meadow', 'bridge', 'market', 'station', 'library', 'workshop', 'bakery'];
const THINGS = ['about', 'team', 'contact', 'history', 'service', 'price', 'project', 'visit', 'partner', 'job'];
const WORDS = 'the a of and to in for with on our we you your every house water light stone window table paper morning summer evening river mountain forest engine repair measure design quality customer delivery material surface careful simple strong early local family since before between under over without always'.split(' ');

export const hostAddress = (host: number): string => `127.0.${1 + Math.floor(host / 250)}.${1 + host % 250}`;
export function pagePath(page: number): string {
  if (page === 0) return '/';
  const [subject, thing] = [SUBJECTS[Math.floor(page / 10) % 10] ?? '', THINGS[page % 10] ?? ''];
  return `/${subject}/${thing}`;
}

/** Numbers that are the same in each run (Lehmer's generator). */
function random(seed: number): () => number {
  let state = seed % 2_147_483_647 || 1;
  return () => (state = state * 48_271 % 2_147_483_647) / 2_147_483_647;
}

/** One page of about `pageBytes`: head, menu, paragraphs, footer with address, telephone and e-mail. `{{host}}` stands for the host's name. */
export function pageTemplate(page: number, shape: WebShape): string {
  const next = random(page * 7_919 + 17);
  const words = (count: number): string => Array.from({ length: count }, () => WORDS[Math.floor(next() * WORDS.length)] ?? '').join(' ');
  const links = Array.from({ length: Math.min(shape.linksPerPage, shape.pagesPerHost) }, (_, place) => pagePath((page + 1 + place) % shape.pagesPerHost));
  const menu = links.map((path) => `<li class="menu__item menu__item--plain"><a class="menu__link" href="${path}">${path === '/' ? 'Home' : path.slice(1).replace('/', ' ')}</a></li>`).join('\n');
  const head = `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${words(4)} – {{host}}</title><meta name="description" content="${words(20)}"><meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="/style.css"><script>window.page = { number: ${page}, ready: false };</script></head>\n<body class="page"><header class="header"><img class="logo" src="/logo.png" alt="{{host}}"></header>
<nav class="menu"><ul class="menu__list">\n${menu}\n</ul></nav>\n<main class="content"><h1>${words(5)}</h1>\n`;
  const foot = `</main>\n<footer class="footer"><p>{{host}} Ltd, 12 High Street, Bristol BS1 4ST. Phone: +44 117 496 0${String(100 + page).slice(-3)}. <a href="mailto:info@{{host}}-bench.com">info@{{host}}-bench.com</a></p></footer></body></html>\n`;
  const parts: string[] = [];
  for (let size = head.length + foot.length; size < shape.pageBytes;) {
    const part = `<section class="block block--text"><h2 class="block__title">${words(4)}</h2><p class="block__text">${words(45)}, <em>${words(3)}</em> ${words(20)}.</p><div class="block__picture"><img src="/pictures/${words(1)}.jpg" alt="${words(3)}" width="640" height="480" loading="lazy"></div></section>\n`;
    parts.push(part);
    size += part.length;
  }
  return head + parts.join('') + foot;
}

function serve(shape: WebShape): ReturnType<typeof createServer> {
  const pages = new Map(Array.from({ length: shape.pagesPerHost }, (_, page) => [pagePath(page), pageTemplate(page, shape).split('{{host}}').map((part) => Buffer.from(part))] as const));
  const robots = Buffer.from('User-agent: *\nDisallow: /private/\n');
  const names = new Map(Array.from({ length: shape.hosts }, (_, host) => [hostAddress(host), Buffer.from(`company-${nameOf(host)}`)] as const));
  return createServer((request, response) => {
    const answer = (): void => {
      const parts = pages.get(request.url ?? '');
      const host = names.get((request.headers.host ?? '').split(':', 1)[0] ?? '');
      if (request.url === '/robots.txt') response.writeHead(200, { 'content-type': 'text/plain', 'content-length': robots.length }).end(robots);
      else if (parts === undefined || host === undefined) response.writeHead(404, { 'content-type': 'text/html' }).end('<!doctype html><title>Not found</title>Not found');
      else {
        const body = Buffer.concat(parts.flatMap((part, place) => (place === 0 ? [part] : [host, part])));
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-length': body.length }).end(body);
      }
    };
    if (shape.latencyMs > 0) setTimeout(answer, shape.latencyMs);
    else answer();
  });
}

/** 0 → a, 25 → z, 26 → ba: letters only. */
function nameOf(host: number): string {
  const letter = String.fromCharCode(97 + host % 26);
  return host < 26 ? letter : nameOf(Math.floor(host / 26)) + letter;
}

/** Starts the sites in a process of their own; whoever starts them closes them. */
export async function startLoopbackWeb(shape: WebShape): Promise<LoopbackWeb> {
  // On all loopback addresses: the product must be told which ports it may reach before it starts.
  const port = await freePort('0.0.0.0');
  const child: ChildProcess = fork(fileURLToPath(import.meta.url), [JSON.stringify({ shape, port })], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await new Promise<void>((done, fail) => {
    child.once('message', () => { done(); });
    child.once('exit', (code) => { fail(new Error(`the loopback web ended with code ${code}`)); });
  });
  const origin = (host: number): string => `http://${hostAddress(host)}:${port}`;
  const hosts = Array.from({ length: shape.hosts }, (_, host) => host);
  return {
    shape, port, startUrls: hosts.map((host) => `${origin(host)}/`),
    // Host after host changes fastest, as a crawler that is at many sites at a time asks for them.
    pageUrls: Array.from({ length: shape.pagesPerHost }, (_, page) => hosts.map((host) => `${origin(host)}${pagePath(page)}`)).flat(),
    close: async () => {
      const ended = child.exitCode === null && child.signalCode === null ? new Promise((done) => { child.once('exit', done); }) : null;
      child.kill('SIGTERM');
      await Promise.race([ended, delay(5_000, undefined, { ref: false })]);
    },
  };
}

if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) {
  const { shape, port } = JSON.parse(process.argv[2] ?? '') as { shape: WebShape; port: number };
  const server = serve(shape);
  server.keepAliveTimeout = 60_000;
  server.listen(port, '0.0.0.0', () => { process.send?.('ready'); });
  // The bench ended without saying so.
  process.once('disconnect', () => { process.exit(0); });
}
