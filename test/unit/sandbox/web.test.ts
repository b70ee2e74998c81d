import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type HostileKind, type Sandbox, type SandboxSite } from '../../../sandbox/index.js';
import { ask, json } from './http.js';
import { readAddresses } from './read-addresses.js';

let sandbox: Sandbox;
beforeAll(async () => { sandbox = await startSandbox(); });
afterAll(async () => { await sandbox.close(); });
afterEach(() => { sandbox.reset(); });

const get = (url: string, options: Parameters<typeof ask>[1] = {}) => ask(url, { proxyUrl: sandbox.proxyUrl, ...options });
const hostile = (kind: HostileKind): SandboxSite => {
  const site = sandbox.sites.find((candidate) => candidate.hostile === kind);
  if (!site) throw new Error(`no ${kind} site`);
  return site;
};
const normal = (): SandboxSite[] => sandbox.sites.filter((site) => site.hostile === undefined);
const first = (): SandboxSite => normal()[0] as SandboxSite;

/** What the proxy writes back on a raw connection until it closes. */
function raw(text: string): Promise<string> {
  const { hostname, port } = new URL(sandbox.proxyUrl);
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on('data', (chunk) => { received += chunk.toString(); });
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
  });
}

describe('the web proxy', () => {
  it('serves the start page of every normal site', async () => {
    for (const site of normal()) {
      const answer = await get(site.startUrl);
      expect(answer.status, site.host).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^text\/html/);
    }
  });

  it('answers 502 for a host that does not exist, 501 for CONNECT and 400 for a request without a host', async () => {
    expect((await get('http://nobody-lives-here.com/')).status).toBe(502);
    expect(await raw('CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n')).toMatch(/^HTTP\/1\.1 501 /);
    expect(await raw('GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('answers 404 for robots.txt unless the site has rules', async () => {
    const answers = await Promise.all(normal().map((site) => get(`http://${site.host}/robots.txt`)));
    expect(answers.filter((answer) => answer.status === 404).length).toBeGreaterThan(answers.length / 2);
    expect(answers.some((answer) => answer.body.toString().includes('Crawl-delay: 2'))).toBe(true);
    const mapped = answers.map((answer) => /Sitemap: (\S+)/.exec(answer.body.toString())?.[1]).filter((url) => url !== undefined);
    expect(mapped.length).toBeGreaterThan(2);
    expect((await get(mapped[0] ?? '')).body.toString()).toMatch(/<urlset [^>]+>\n<url><loc>http:/);
  });

  it('knows the other name of a site, and half of the sites send you to the main one', async () => {
    const answers = await Promise.all(normal().map((site) => get(`http://${site.aliases[0] ?? ''}/`)));
    const moved = answers.filter((answer) => answer.status === 301);
    expect(moved.length).toBeGreaterThan(10);
    expect(answers.filter((answer) => answer.status === 200).length).toBeGreaterThan(10);
    expect(normal().map((site) => site.startUrl)).toContain(moved[0]?.headers.location);
  });

  it('answers HEAD without a body and refuses other methods', async () => {
    const head = await get(first().startUrl, { method: 'HEAD' });
    expect(head.body.length).toBe(0);
    expect(Number(head.headers['content-length'])).toBeGreaterThan(2000);
    expect((await get(first().startUrl, { method: 'POST', body: 'a=b' })).status).toBe(405);
  });

  it('fails on demand, as often as asked, and then works again', async () => {
    sandbox.control.failNext(first().host, 2, 503);
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await get(first().startUrl)).status);
    expect(statuses).toEqual([503, 503, 200]);
    sandbox.control.failNext(first().host, 1, 0);
    await expect(get(first().startUrl)).rejects.toThrow();
    sandbox.control.setDown(first().host, true);
    expect((await get(first().startUrl)).status).toBe(502);
    sandbox.reset();
    expect((await get(first().startUrl)).status).toBe(200);
  });

  it('cuts every open connection when told to', async () => {
    const pending = get(hostile('slowDrip').startUrl);
    const failed = expect(pending).rejects.toThrow();
    while (sandbox.requests().length === 0) await new Promise((resolve) => setImmediate(resolve));
    sandbox.control.killSockets();
    await failed;
  });

  it('keeps a log with times and statuses, in which a delay of one host shows', async () => {
    sandbox.control.setLatency(first().host, 40);
    await get(first().startUrl);
    sandbox.control.setLatency(first().host, null);
    await get('http://nobody-lives-here.com/x?y=1');
    const log = sandbox.requests();
    expect(log.map(({ server, host, path, status }) => ({ server, host, path, status }))).toEqual([
      { server: 'web', host: first().host, path: '/', status: 200 }, { server: 'web', host: 'nobody-lives-here.com', path: '/x?y=1', status: 502 },
    ]);
    expect((log[0]?.endedAt ?? 0) - (log[0]?.at ?? 0)).toBeGreaterThanOrEqual(39);
  });
});

describe('hostile sites', () => {
  it('redirect in a circle, to the metadata address and to this machine', async () => {
    let url = hostile('redirectLoop').startUrl;
    const seen = [];
    for (let i = 0; i < 4; i++) {
      const answer = await get(url);
      expect(answer.status).toBe(302);
      url = new URL(answer.headers.location ?? '', url).href;
      seen.push(url);
    }
    expect(new Set(seen).size).toBeLessThan(seen.length);
    expect((await get(hostile('redirectToMetadata').startUrl)).headers.location).toMatch(/^http:\/\/169\.254\.169\.254\//);
    expect((await get(hostile('redirectToLoopback').startUrl)).headers.location).toMatch(/^http:\/\/127\.0\.0\.1:/);
  });

  it('offer a calendar that never ends', async () => {
    const site = hostile('endlessCalendar');
    let path = '/calendar/2026/1';
    const seen = new Set<string>();
    for (let i = 0; i < 30; i++) {
      seen.add(path);
      const html = (await get(`http://${site.host}${path}`)).body.toString();
      expect(html.match(/<a /g)?.length).toBeGreaterThan(80);
      path = /href="([^"]+)">Next month/.exec(html)?.[1] ?? '';
    }
    expect(seen.size).toBe(30);
  });

  it('send bodies that are too slow, too long or far larger once unpacked', async () => {
    const drip = await get(hostile('slowDrip').startUrl, { maxBytes: 1 });
    expect(drip.body.length).toBeLessThan(50);
    const huge = await get(hostile('hugeBody').startUrl, { maxBytes: 3_000_000 });
    expect(huge.headers['content-length']).toBeUndefined();
    expect(huge.body.length).toBeGreaterThanOrEqual(3_000_000);
    const bomb = await get(hostile('gzipBomb').startUrl);
    expect(bomb.headers['content-encoding']).toBe('gzip');
    expect(bomb.body.length).toBeLessThan(1_000_000);
    expect(() => gunzipSync(bomb.body, { maxOutputLength: 50_000_000 })).toThrow(/larger/);
  });

  it('forbid robots, or answer robots.txt with an error, while the pages would be there', async () => {
    expect((await get(`http://${hostile('robotsDisallow').host}/robots.txt`)).body.toString()).toMatch(/Disallow: \/\n/);
    expect((await get(`http://${hostile('robotsError').host}/robots.txt`)).status).toBe(500);
    for (const kind of ['robotsDisallow', 'robotsError'] as const) {
      const site = hostile(kind);
      expect(readAddresses((await get(site.startUrl)).body.toString())).toContain(site.decoys[0]);
      expect(site.emails).toEqual([]);
    }
  });

  it('put challenges, log-in walls, sale signs and limits before their content', async () => {
    const challenges = sandbox.sites.filter((site) => site.hostile === 'challenge');
    const answers = await Promise.all(challenges.map((site) => get(site.startUrl)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([403, 503]);
    for (const answer of answers) {
      expect(answer.headers['cf-mitigated']).toBe('challenge');
      expect(answer.body.toString()).toContain('Just a moment');
    }
    expect((await get(hostile('loginWall').startUrl)).body.toString()).toContain('type="password"');
    expect((await get(hostile('parked').startUrl)).body.toString()).toContain('domain is for sale');
    const limited = await get(hostile('alwaysLimited').startUrl);
    expect([limited.status, limited.headers['retry-after']]).toEqual([429, '120']);
  });

  it('cut the connection', async () => {
    await expect(get(hostile('connectionReset').startUrl)).rejects.toThrow();
  });

  it('lie about content types', async () => {
    const { host } = hostile('wrongContentType');
    const brochure = await get(`http://${host}/brochure.html`);
    expect(brochure.headers['content-type']).toMatch(/text\/html/);
    expect(brochure.body.subarray(0, 5).toString()).toBe('%PDF-');
    expect((await get(`http://${host}/photo`)).headers['content-type']).toBe('image/png');
  });

  it('write mark-up no validator likes but from which the addresses can be read', async () => {
    const site = hostile('brokenHtml');
    const found = readAddresses((await get(site.startUrl)).body.toString());
    for (const email of site.emails) expect(found).toContain(email.address);
  });

  it('build the page in the browser, where source and script alone do not give the address away', async () => {
    const site = hostile('needsScript');
    const source = (await get(site.startUrl)).body.toString() + (await get(`http://${site.host}/app.js`)).body.toString();
    expect(source).toContain('id="root"');
    for (const email of site.emails) {
      expect(source).not.toContain(email.address);
      expect(source).toContain([...email.address].reverse().join(''));
    }
    const script = (await get(`http://${site.host}/app.js`)).body.toString();
    const built: string[] = [];
    const element = (): object => ({ set textContent(text: string) { built.push(text); }, appendChild: () => undefined, href: '' });
    runInNewContext(script, { document: { getElementById: element, createElement: element } });
    for (const email of site.emails) expect(built).toContain(email.address);
  });
});

describe('a folder as the internet', () => {
  it('is served byte by byte, found by search, kept inside its folder and known to the DNS', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sandbox-web-'));
    try {
      const page = Buffer.from('<html lang="de"><title>Uhrmacherei Zeitlos</title><body>Uhren in Emden. <a href="kontakt.html">Kontakt</a> caf\xe9', 'latin1');
      mkdirSync(join(directory, 'uhren-zeitlos.de', 'sub'), { recursive: true });
      mkdirSync(join(directory, 'www.segelmacher-luv.de'));
      writeFileSync(join(directory, 'uhren-zeitlos.de', 'index.html'), page);
      writeFileSync(join(directory, 'uhren-zeitlos.de', 'kontakt.html'), '<p>post [at] zeitlos-post [punkt] de, <a href="mailto:uhr%40zeitlos-mail.de">Mail</a>');
      writeFileSync(join(directory, 'uhren-zeitlos.de', 'sub', 'index.htm'), 'sub');
      writeFileSync(join(directory, 'www.segelmacher-luv.de', 'start.htm'), '<title>Segelmacher Luv</title>Segel und Planen');
      writeFileSync(join(directory, 'sites.json'), JSON.stringify([{ host: 'www.segelmacher-luv.de', start: '/start.htm', aliases: ['luv-segel.de'] }]));
      writeFileSync(join(directory, 'secret.txt'), 'outside');
      const folder = await startSandbox({ webDir: directory });
      try {
        const page2 = (url: string) => ask(url, { proxyUrl: folder.proxyUrl });
        const home = await page2('http://uhren-zeitlos.de/');
        expect(home.body.equals(page)).toBe(true);
        expect(home.headers['content-type']).toBe('text/html');
        expect((await page2('http://www.uhren-zeitlos.de/kontakt')).status).toBe(200);
        expect((await page2('http://uhren-zeitlos.de/sub')).headers.location).toBe('/sub/');
        expect((await page2('http://luv-segel.de/')).headers.location).toBe('/start.htm');
        for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/sub/../../secret.txt', '/%00', `/${'x'.repeat(3000)}`]) expect((await page2(`http://uhren-zeitlos.de${path}`)).status, path).toBe(404);
        const search = async (q: string) => {
          const answer = await ask(`${folder.brave.url}/res/v1/web/search?q=${encodeURIComponent(q)}`, { headers: { 'x-subscription-token': folder.brave.key } });
          return json<{ web?: { results: { url: string }[] } }>(answer).web?.results.map((result) => result.url) ?? [];
        };
        expect((await search('Segel Planen'))[0]).toBe('http://www.segelmacher-luv.de/start.htm');
        expect(await search('Uhren Emden')).toEqual(expect.arrayContaining(['http://uhren-zeitlos.de/', 'http://www.segelmacher-luv.de/start.htm']));
        const { Resolver } = await import('node:dns/promises');
        const resolver = new Resolver({ timeout: 2000, tries: 1 });
        resolver.setServers([`${folder.dns.host}:${folder.dns.port}`]);
        for (const domain of ['zeitlos-post.de', 'zeitlos-mail.de', 'uhren-zeitlos.de', 'segelmacher-luv.de']) expect((await resolver.resolveMx(domain)).length, domain).toBeGreaterThan(0);
        await expect(resolver.resolveMx('zeitlos-fremd.de')).rejects.toMatchObject({ code: 'ENOTFOUND' });
      } finally {
        await folder.close();
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('is refused when it holds no site', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'sandbox-empty-'));
    try {
      await expect(startSandbox({ webDir: empty })).rejects.toThrow(/no site folders/);
    } finally {
      rmSync(empty, { recursive: true });
    }
  });
});
