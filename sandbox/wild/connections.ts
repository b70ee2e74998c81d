import { wildPage, type WildBehaviour } from './wild-host.js';

const OK = 'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n';

/** Sites that break HTTP itself. */
export const CONNECTIONS: readonly WildBehaviour[] = [
  { name: 'silence', serve: () => undefined },
  { name: 'header-drip', serve: (_request, _response, { raw, drip }) => { raw('HTTP/1.1 200 OK\r\nX-Slow: '); drip('a', 50); } },
  { name: 'endless-drip', serve: (_request, _response, { raw, drip }) => { raw(`${OK}Transfer-Encoding: chunked\r\n\r\n`); drip('5\r\n<br> \r\n', 50); } },
  { name: 'hanging-fin', serve: (_request, _response, { raw }) => { raw(`${OK}Connection: close\r\n\r\n${wildPage('Open end', '')}`); } },
  { name: 'length-too-long', serve: (_request, _response, { raw, socket }) => { raw(`${OK}Content-Length: 90000\r\n\r\n${wildPage('Promised more', '')}`); socket?.end(); } },
  { name: 'length-too-short', serve: (_request, _response, { raw, socket }) => { raw(`${OK}Content-Length: 250\r\n\r\n${wildPage('Promised less', '<p>beyond the end</p>')}HTTP/1.1 200 OK\r\n\r\nsmuggled`); socket?.end(); } },
  { name: 'length-twice', serve: (_request, _response, { raw, socket }) => { raw(`${OK}Content-Length: 10\r\nContent-Length: 20\r\n\r\n0123456789`); socket?.end(); } },
  { name: 'broken-chunks', serve: (_request, _response, { raw, socket }) => { raw(`${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\nnot a chunk\r\n`); socket?.end(); } },
  { name: 'chunk-cut', serve: (_request, _response, { raw, socket }) => { raw(`${OK}Transfer-Encoding: chunked\r\n\r\nffff\r\n<p>the rest is missing`); socket?.end(); } },
  { name: 'chunk-giant', serve: (_request, _response, { raw, socket }) => { raw(`${OK}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n<p>larger than numbers`); socket?.end(); } },
  { name: 'half-open', serve: (_request, _response, { socket }) => { socket?.end(); } },
  { name: 'reset-in-body', serve: (_request, _response, { raw, socket }) => { raw(`${OK}Content-Length: 50000\r\n\r\n<p>and then`); socket?.resetAndDestroy(); } },
  { name: 'http09', serve: (_request, _response, { raw, socket }) => { raw('<html><body>no status line at all</body></html>'); socket?.end(); } },
  { name: 'status-rubbish', serve: (_request, _response, { raw, socket }) => { raw('HTTP/1.1 2000000 VERY OK\r\n\r\n<p>x'); socket?.end(); } },
  { name: 'tls-on-http', serve: (_request, _response, { raw, socket }) => { raw(Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28, 0x16, 0x03, 0x01, 0xff, 0xff])); socket?.end(); } },
  { name: 'header-flood', serve: (_request, _response, { raw, drip }) => { raw('HTTP/1.1 200 OK\r\n'); drip(`X-Flood: ${'f'.repeat(8_000)}\r\n`, 5); } },
  { name: 'informational-flood', serve: (_request, _response, { drip }) => { drip('HTTP/1.1 103 Early Hints\r\nLink: </x.css>; rel=preload\r\n\r\n'.repeat(50), 5); } },
  { name: 'cookie-flood', serve: ({ path }, response, { html }) => {
    response.setHeader('Set-Cookie', Array.from({ length: 300 }, (_unused, place) => `c${place}=${path.length}${'x'.repeat(60)}; Path=/`));
    html(wildPage('Cookies', ''));
  } },
  { name: 'always-500', serve: (_request, response) => { response.writeHead(500, { 'Content-Type': 'text/html' }).end('<h1>Internal error</h1>'); } },
  { name: 'limited-for-ever', serve: (_request, response) => { response.writeHead(429, { 'Retry-After': '1' }).end('slow down'); } },
  { name: 'switching-protocols', serve: (_request, _response, { raw, socket }) => { raw('HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\nPRI * HTTP/2.0'); socket?.end(); } },
];
