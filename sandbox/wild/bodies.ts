import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { type ServerResponse } from 'node:http';
import { wildPage, type WildBehaviour } from './wild-host.js';

/** 16 MB of spaces; packed on first use and quickly, since most sandboxes never show them and others are served meanwhile. */
const SPACES = 16 * 1024 * 1024;
const made = new Map<string, Buffer>();
function once(name: string, make: () => Buffer): Buffer {
  const known = made.get(name) ?? make();
  made.set(name, known);
  return known;
}
const spaces = (): Buffer => Buffer.alloc(SPACES, 0x20);

function packed(response: ServerResponse, encoding: string, data: Buffer): void {
  response.setHeader('Content-Encoding', encoding);
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.end(data);
}

const bytes = (name: string, contentType: string | null, make: () => Buffer): WildBehaviour => ({
  name,
  serve: (_request, response) => {
    if (contentType !== null) response.setHeader('Content-Type', contentType);
    response.end(once(name, make));
  },
});
/** One large page; what it links to is not there. */
const page = (name: string, make: () => string): WildBehaviour => ({ name, serve: ({ path }, _response, { html, missing }) => (path === '/' ? html(once(name, () => Buffer.from(make())).toString()) : missing()) });

/** A stream without an end, as fast as it is read. */
function endless(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
  const chunk = Buffer.from('<p>And one more line of the same.</p>\n'.repeat(1_000));
  const pump = (): void => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once('drain', pump);
  };
  pump();
}

/** Sites whose bodies are bombs, lies or monsters. */
export const BODIES: readonly WildBehaviour[] = [
  { name: 'bomb-brotli', serve: (_request, response) => packed(response, 'br', once('br', () => brotliCompressSync(spaces(), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }))) },
  { name: 'bomb-deflate', serve: (_request, response) => packed(response, 'deflate', once('deflate', () => deflateSync(spaces(), { level: 1 }))) },
  { name: 'bomb-nested', serve: (_request, response) => packed(response, 'gzip, gzip', once('nested', () => gzipSync(gzipSync(spaces(), { level: 1 }), { level: 1 }))) },
  { name: 'many-layers', serve: (_request, response) => packed(response, 'gzip, gzip, gzip, gzip, gzip', once('layers', () => [1, 2, 3, 4, 5].reduce((data) => gzipSync(data), Buffer.from(wildPage('Wrapped', ''))))) },
  { name: 'encoding-unknown', serve: (_request, response) => packed(response, 'aes128gcm', Buffer.from('secret')) },
  { name: 'encoding-broken', serve: (_request, response) => packed(response, 'gzip', Buffer.concat([gzipSync('x').subarray(0, 10), Buffer.from('garbage instead of deflate data')])) },
  { name: 'encoding-lie', serve: (_request, response) => packed(response, 'gzip', Buffer.from(wildPage('Not packed', ''))) },
  { name: 'ten-gigabytes', serve: (_request, _response, { raw }) => { raw('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 10737418240\r\n\r\n<p>beginning'); } },
  { name: 'endless-body', serve: (_request, response) => endless(response) },
  bytes('charset-unknown', 'text/html; charset=klingon', () => Buffer.from(wildPage('Charset', ''))),
  bytes('charset-lie', 'text/html; charset=utf-8', () => Buffer.concat([Buffer.from('<html><head><title>Stra'), Buffer.from([0xdf]), Buffer.from('e</title></head><body>'), Buffer.from([0xe9, 0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80]), Buffer.from(wildPage('Latin', ''))])),
  bytes('invalid-utf8', 'text/html; charset=utf-8', () => Buffer.concat([Buffer.from('<html><body>'), Buffer.from(Array.from({ length: 20_000 }, (_unused, place) => 0x80 + (place * 7) % 0x80)), Buffer.from(wildPage('Invalid', ''))])),
  bytes('bom-lie', 'text/html; charset=utf-8', () => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(wildPage('Not UTF-16', ''))])),
  bytes('nul-bytes', 'text/html; charset=utf-8', () => Buffer.from(wildPage('Nul\0', '<p>a\0b</p><a href="/\0">x\0y</a>'))),
  bytes('type-missing', null, () => Buffer.from(wildPage('Typeless', ''))),
  bytes('type-lie', 'text/html', () => Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d]), Buffer.from(Array.from({ length: 9_000 }, (_unused, place) => (place * 31) % 256))])),
  bytes('type-rubbish', 'text/html;;;charset=;;\t"', () => Buffer.from(wildPage('Rubbish type', ''))),
  page('links-100000', () => wildPage('Links', Array.from({ length: 100_000 }, (_unused, place) => `<a href=/c${place}>clock</a>`).join(''))),
  page('nesting', () => `${wildPage('Deep', '')}${'<div><b>'.repeat(100_000)}bottom`),
  page('unclosed', () => `${wildPage('Unclosed', '')}${'<a href="/x"><table><tr><td><font>'.repeat(30_000)}`),
  page('attribute-4mb', () => wildPage('Attribute', `<p data-x="${'a'.repeat(4_500_000)}">short</p>`)),
  page('attributes-400000', () => wildPage('Attributes', `<p ${Array.from({ length: 400_000 }, (_unused, place) => place.toString(36)).map((name) => `a${name}`).join(' ')}>short</p>`)),
  page('text-4mb', () => wildPage('Text', `<p>${'word '.repeat(900_000)}</p>`)),
  page('jsonld-huge', () => wildPage('Data', `<script type="application/ld+json">{"@type":"Organization","name":"Huge","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}</script><script type="application/ld+json">{"@type":"Organization","name":"Workshop","list":[${'"item",'.repeat(400_000)}"end"]}</script>`)),
  page('bidi', () => wildPage('\u202Eevil\u202C \u2066isolate', '<p>\u202E\u200B\u200F\u2028\u2029 mail\u200Bbox\u202E</p><p>\u0645\u0631\u062D\u0628\u0627 \u05E9\u05DC\u05D5\u05DD</p>')),
  page('entity-storm', () => wildPage('Entities', `<p>${'&amp;&#0;&#xD800;&#x110000;&notanentity;&lt'.repeat(20_000)}</p>`)),
  page('markup-rubbish', () => `${'<![CDATA[<!--<!DOCTYPE <?php ]]>'.repeat(50_000)}<plaintext>${wildPage('Rubbish', '')}`),
  page('regex-bait', () => wildPage('Bait', `<p>${'a@'.repeat(200_000)}</p><p>${'+1 (0) '.repeat(100_000)}</p><p>${'x.'.repeat(200_000)}@</p>`)),
];
