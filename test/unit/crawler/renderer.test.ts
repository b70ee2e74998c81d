import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { LeadlineError } from '../../../src/errors.js';
import { findChromium } from '../../../src/services/crawler/chromium.js';
import { AddressGuard } from '../../../src/services/crawler/guard.js';
import { Renderer, type RendererOptions } from '../../../src/services/crawler/renderer.js';
import { freePort } from '../../../src/free-port.js';
import { closeAll, forwardProxy, webServer } from './servers.js';

const chromium = await findChromium(process.env.CHROMIUM_PATH);
const renderers: Renderer[] = [];

function rendererFor(ports: number[], options: Partial<RendererOptions> = {}): Renderer {
  const guard = new AddressGuard({ ports, allowCidrs: ['127.0.0.1/32'], viaProxy: options.proxyUrl !== undefined });
  const renderer = new Renderer({ guard, userAgent: 'TestBot/1.0 (+http://bot.example/)', chromiumPath: chromium?.path ?? null, ...options });
  renderers.push(renderer);
  return renderer;
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(() => 'no error', (error: unknown) => (error instanceof LeadlineError ? error.code : String(error)));
}

async function closeRenderers(): Promise<void> {
  for (const renderer of renderers.splice(0)) await renderer.close();
}

describe('Renderer without a browser', () => {
  afterEach(closeRenderers);

  it('says that there is none, and why nothing is rendered', async () => {
    const renderer = rendererFor([80], { chromiumPath: '/nowhere/chromium' });
    expect(await renderer.available()).toBeNull();
    await expect(renderer.render('http://clinic.example/')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', details: { dependency: 'browser' }, retry: 'never' });
    expect(await codeOf(renderer.render('http://10.0.0.1/'))).toBe('URL_FORBIDDEN');
  });
});

describe.runIf(chromium !== null)('Renderer', () => {
  afterEach(async () => {
    await closeRenderers();
    await closeAll();
  });
  afterAll(closeAll);

  it('shows what scripts write, under our own name, and asks for no pictures', async () => {
    const asked: string[] = [];
    const agents = new Set<string>();
    const port = await webServer((request, response) => {
      asked.push(request.url ?? '');
      agents.add(request.headers['user-agent'] ?? '');
      if (request.url === '/data.json') response.writeHead(200, { 'content-type': 'application/json' }).end('{"mail":"info@clinic.example"}');
      else if (request.url === '/') {
        response.writeHead(200, { 'content-type': 'text/html' }).end(`<title>t</title><div id=a></div><img src=/p.png><link rel=stylesheet href=/s.css><x-card></x-card><script>
          customElements.define('x-card', class extends HTMLElement { connectedCallback() { this.attachShadow({mode:'open'}).innerHTML = '<p>in the shadow</p>'; } });
          fetch('/data.json').then(r => r.json()).then(d => { document.getElementById('a').textContent = d.mail; history.pushState({}, '', '/home'); });
          alert('hello'); window.open('/popup'); new WebSocket('ws://' + location.host + '/socket'); new Image().src = '/beacon.gif';
        </script>`);
      } else response.writeHead(200, { 'content-type': 'text/css' }).end('');
    });
    const page = await rendererFor([port]).render(`http://127.0.0.1:${port}/`);
    expect(page.html).toContain('<div id="a">info@clinic.example</div>');
    expect(page.html).toContain('<p>in the shadow</p>');
    expect(page).toMatchObject({ finalUrl: `http://127.0.0.1:${port}/home`, status: 200 });
    expect([...agents]).toEqual(['TestBot/1.0 (+http://bot.example/)']);
    expect(asked).not.toContain('/p.png');
    expect(asked).not.toContain('/beacon.gif');
    expect(asked).not.toContain('/socket');
  });

  it('reaches nothing the guard forbids: not by redirect, frame, script or name', async () => {
    const secret: string[] = [];
    const inside = await webServer((request, response) => {
      secret.push(request.url ?? '');
      response.writeHead(200, { 'content-type': 'text/html', 'access-control-allow-origin': '*' }).end('secret');
    });
    const port = await webServer((request, response) => {
      if (request.url === '/redirect') response.writeHead(302, { location: `http://127.0.0.1:${inside}/by-redirect` }).end();
      else response.writeHead(200, { 'content-type': 'text/html' }).end(`<iframe src="http://127.0.0.1:${inside}/by-frame"></iframe><iframe src="http://localhost:${inside}/by-name"></iframe><iframe src="file:///etc/passwd"></iframe><p id=r>-</p>
        <script>fetch('http://127.0.0.1:${inside}/by-script').then(r => r.text()).then(t => { document.getElementById('r').textContent = t; }, () => { document.getElementById('r').textContent = 'refused'; });
        navigator.sendBeacon('http://127.0.0.1:${inside}/by-beacon'); fetch('http://10.255.255.1/x').catch(() => 0);</script>`);
    });
    const renderer = rendererFor([port]);
    expect(await codeOf(renderer.render(`http://127.0.0.1:${port}/redirect`))).toBe('URL_FORBIDDEN');
    const page = await renderer.render(`http://127.0.0.1:${port}/`);
    // Refused answers have no CORS headers, so the script cannot even tell why.
    expect(page.html).toContain('<p id="r">refused</p>');
    expect(page.html).not.toContain('root:');
    expect(secret).toEqual([]);
  });

  it('stays at the origin it was sent to: where a page leads away, by script, refresh or redirect, is told and not asked', async () => {
    const away: string[] = [];
    const other = await webServer((request, response) => {
      away.push(request.url ?? '');
      response.writeHead(200, { 'content-type': 'text/html' }).end('<p>another origin</p>');
    });
    const to = `http://127.0.0.1:${other}/new`;
    const documents: Record<string, string> = {
      '/script': `<p>old</p><script>location.href = '${to}'</script>`, '/later': `<p>old</p><script>setTimeout(() => location.replace('${to}#part'), 50)</script>`,
      '/refresh': `<meta http-equiv="refresh" content="0; url=${to}"><p>old</p>`, '/form': `<form action="${to}"></form><script>document.forms[0].submit()</script>`, '/link': '<script>location.href = "/go"</script>',
      '/frame': `<iframe src="${to}"></iframe><p>with a frame</p>`, '/popup': `<p>stays</p><script>window.open('${to}')</script>`,
    };
    const port = await webServer((request, response) => {
      if (request.url === '/go') response.writeHead(302, { location: to }).end();
      else response.writeHead(200, { 'content-type': 'text/html' }).end(documents[request.url ?? ''] ?? 'none');
    });
    const renderer = rendererFor([port, other]);
    for (const path of ['/script', '/later', '/refresh', '/link', '/go']) expect(await renderer.render(`http://127.0.0.1:${port}${path}`), path).toMatchObject({ sentTo: to, html: '' });
    expect(await renderer.render(`http://127.0.0.1:${port}/form`)).toMatchObject({ sentTo: `${to}?` });
    expect(await renderer.render(`http://127.0.0.1:${port}/popup`)).toMatchObject({ sentTo: null, html: expect.stringContaining('stays') as string });
    expect(away).toEqual([]);
    // What a frame shows is a part of the page.
    expect(await renderer.render(`http://127.0.0.1:${port}/frame`)).toMatchObject({ sentTo: null, html: expect.stringContaining('with a frame') as string });
    expect(away).toEqual(['/new']);
  });

  it('asks before it follows a script inside its origin, and not for ever', async () => {
    const asked: string[] = [];
    const port = await webServer((request, response) => {
      asked.push(request.url ?? '');
      const scripts: Record<string, string> = { '/': "location.href = '/inside'", '/hidden': "location.href = '/private/x'", '/again': 'location.reload()' };
      response.writeHead(200, { 'content-type': 'text/html' }).end(`<p>page ${request.url ?? ''}</p><script>${scripts[request.url ?? ''] ?? ''}</script>`);
    });
    const hops: string[] = [];
    const onHop = (url: string): Promise<void> => {
      hops.push(new URL(url).pathname);
      return url.includes('/private/') ? Promise.reject(new LeadlineError('ROBOTS_DISALLOWED', 'no')) : Promise.resolve();
    };
    const renderer = rendererFor([port]);
    expect(await renderer.render(`http://127.0.0.1:${port}/`, undefined, { onHop })).toMatchObject({ finalUrl: `http://127.0.0.1:${port}/inside`, html: expect.stringContaining('page /inside') as string });
    expect(await codeOf(renderer.render(`http://127.0.0.1:${port}/hidden`, undefined, { onHop }))).toBe('ROBOTS_DISALLOWED');
    expect(hops).toEqual(['/inside', '/private/x']);
    expect(asked).toEqual(['/', '/inside', '/hidden']);
    expect(await codeOf(renderer.render(`http://127.0.0.1:${port}/again`, undefined, { onHop }))).toBe('PARSE_FAILED');
    expect(asked.filter((path) => path === '/again')).toHaveLength(10);
  });

  it('names what is wrong with a site', async () => {
    const port = await webServer((request, response) => {
      if (request.url === '/file') response.writeHead(200, { 'content-type': 'application/zip', 'content-disposition': 'attachment' }).end('PK');
      else request.socket.destroy();
    });
    const dead = await freePort();
    const renderer = rendererFor([port, dead, 443]);
    expect(await codeOf(renderer.render(`http://127.0.0.1:${dead}/`))).toBe('NETWORK_RESET');
    expect(await codeOf(renderer.render(`http://127.0.0.1:${port}/`))).toBe('NETWORK_RESET');
    expect(await codeOf(renderer.render(`http://127.0.0.1:${port}/file`))).toBe('PARSE_FAILED');
    expect(await codeOf(renderer.render(`http://no-such-host.invalid:${port}/`))).toBe('NETWORK_DNS');
    expect(await codeOf(renderer.render('https://no-such-host.invalid/'))).toBe('NETWORK_DNS');
    expect(await codeOf(renderer.render(`https://127.0.0.1:${port}/`))).toMatch(/^NETWORK_(TLS|RESET)$/);
  });

  it('gives up on a page that never ends, and goes on with the next one', async () => {
    const port = await webServer((request, response) => {
      if (request.url === '/silent') return;
      response.writeHead(200, { 'content-type': 'text/html' }).end(request.url === '/loop' ? '<script>for (;;) {}</script>' : '<p>fine</p>');
    });
    const renderer = rendererFor([port], { pageTimeoutMs: 4000 });
    expect(await codeOf(renderer.render(`http://127.0.0.1:${port}/silent`))).toBe('NETWORK_TIMEOUT');
    expect(await codeOf(renderer.render(`http://127.0.0.1:${port}/loop`))).toBe('NETWORK_TIMEOUT');
    expect((await renderer.render(`http://127.0.0.1:${port}/`)).html).toContain('fine');
  });

  it('replaces the browser after its share of pages, two pages at a time, and ends at once with its signal', async () => {
    let open = 0;
    let most = 0;
    const port = await webServer((request, response) => {
      if (request.url === '/silent') {
        controller.abort(new Error('cancelled'));
        return;
      }
      open += 1;
      most = Math.max(most, open);
      response.on('close', () => (open -= 1));
      response.writeHead(200, { 'content-type': 'text/html' }).end('<p>page</p>');
    });
    const controller = new AbortController();
    const renderer = rendererFor([port], { pagesPerBrowser: 2 });
    const pages = await Promise.all([1, 2, 3, 4, 5].map((index) => renderer.render(`http://127.0.0.1:${port}/${index}`)));
    expect(pages.map((page) => page.html.includes('page'))).toEqual([true, true, true, true, true]);
    expect(most).toBeLessThanOrEqual(2);
    expect(await codeOf(renderer.render(`http://127.0.0.1:${port}/silent`, controller.signal))).toBe('Error: cancelled');
    await renderer.close();
    expect(await codeOf(renderer.render(`http://127.0.0.1:${port}/`))).toBe('SERVICE_UNAVAILABLE');
  });

  it('counts what a page loads, frames and failures included, and replaces the browser after its share of bytes', async () => {
    const filler = 'x'.repeat(100_000);
    const port = await webServer((request, response) => {
      if (request.url === '/broken') {
        response.writeHead(200, { 'content-type': 'text/html', 'content-length': '900000' });
        response.write(filler, () => response.destroy());
      } else if (request.url === '/') response.writeHead(200, { 'content-type': 'text/html' }).end('<iframe src="/frame"></iframe><script src="/a.js"></script><p>whole</p>');
      else response.writeHead(200, { 'content-type': request.url === '/a.js' ? 'text/javascript' : 'text/html' }).end(`/*${filler}*/`);
    });
    const renderer = rendererFor([port], { bytesPerBrowser: 200_000, maxConcurrent: 1 });
    const meter = { bytes: 0 };
    const first = await renderer.render(`http://127.0.0.1:${port}/`, undefined, { meter });
    expect(first.html).toContain('whole');
    expect(meter.bytes).toBeGreaterThanOrEqual(200_000);
    expect(meter.bytes).toBeLessThan(210_000);
    expect(renderer.browsers, 'the first one has had its share').toBe(0);
    const small = { bytes: 0 };
    await codeOf(renderer.render(`http://127.0.0.1:${port}/broken`, undefined, { meter: small }));
    expect(small.bytes).toBeGreaterThanOrEqual(100_000);
    expect(renderer.browsers, 'the second one has not').toBe(1);
  });

  it('cuts a page that loads more than it may: a script is left out, half a document is an error', async () => {
    const asked: string[] = [];
    const port = await webServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url === '/') response.writeHead(200, { 'content-type': 'text/html' }).end('<p>words first</p><script async src="/endless.js"></script>');
      else {
        response.writeHead(200, { 'content-type': request.url === '/endless.js' ? 'text/javascript' : 'text/html' });
        const pump = (): void => {
          while (!response.destroyed && response.write('/* more of the same */'.repeat(1_000)));
          if (!response.destroyed) response.once('drain', pump);
        };
        pump();
      }
    });
    const renderer = rendererFor([port]);
    const meter = { bytes: 0 };
    const page = await renderer.render(`http://127.0.0.1:${port}/`, undefined, { maxBytes: 300_000, meter });
    expect(page.html).toContain('words first');
    expect(asked).toContain('/endless.js');
    expect(meter.bytes).toBeGreaterThanOrEqual(300_000);
    expect(meter.bytes).toBeLessThan(500_000);
    expect(await codeOf(renderer.render(`http://127.0.0.1:${port}/endless`, undefined, { maxBytes: 300_000 }))).toBe('BODY_TOO_LARGE');
    expect(await codeOf(renderer.render(`http://127.0.0.1:${port}/`, undefined, { maxBytes: 0 }))).toBe('BODY_TOO_LARGE');
  });

  it('goes through the crawl proxy, which resolves the names', async () => {
    const site = await webServer((request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(`<p>${request.headers.host ?? ''}</p>`));
    const log: string[] = [];
    const proxy = await forwardProxy({ 'clinic.example': site }, log);
    const renderer = rendererFor([80, 443], { proxyUrl: `http://127.0.0.1:${proxy}` });
    expect((await renderer.render('http://clinic.example/')).html).toContain('<p>clinic.example</p>');
    expect(log).toContain('GET http://clinic.example/');
    expect(await codeOf(renderer.render('https://nobody.example/'))).toBe('NETWORK_DNS');
    expect(await codeOf(renderer.render('http://nobody.example/'))).toBe('NETWORK_DNS');
    const dead = rendererFor([80, 443], { proxyUrl: `http://127.0.0.1:${await freePort()}` });
    await expect(dead.render('http://clinic.example/')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', details: { dependency: 'proxy' } });
  });
});
