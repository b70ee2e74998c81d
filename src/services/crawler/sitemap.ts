/** Sitemaps (sitemaps.org 0.9): XML lists and indexes, plain lists, plain or gzipped. Broken files give what can be read. */
import { Parser } from 'htmlparser2';
import { decompress } from './body.js';
import { normalizeUrl } from './url.js';

/** Limits of the protocol: 50,000 addresses and 50 MB a file. We read less of it: a crawl asks for far fewer pages. */
const MAX_LOCATIONS = 50_000;
const MAX_BYTES = 20_000_000;

export interface Sitemap {
  /** The addresses of an `index` are sitemaps again; those of a `list` are pages. */
  kind: 'index' | 'list';
  locations: string[];
}

/** Reads a sitemap file as received. Never throws for bad content: what is no sitemap has no locations. */
export async function readSitemap(file: Buffer): Promise<Sitemap> {
  const isGzip = file[0] === 0x1f && file[1] === 0x8b;
  const plain = isGzip ? await decompress(file, 'gzip', MAX_BYTES).then((result) => result.data, () => Buffer.alloc(0)) : file.subarray(0, MAX_BYTES);
  return parseSitemapText(plain.toString('utf8').replace(/^\uFEFF/, ''));
}

/** The addresses in a sitemap (list or index alike), normalised, each once, in the order of the file. */
export async function parseSitemap(file: Buffer): Promise<string[]> {
  return (await readSitemap(file)).locations;
}

function parseSitemapText(text: string): Sitemap {
  const found = new Set<string>();
  let kind: Sitemap['kind'] = 'list';
  const add = (raw: string): void => {
    const url = found.size < MAX_LOCATIONS ? normalizeUrl(raw) : null;
    if (url !== null) found.add(url);
  };
  if (!text.trimStart().startsWith('<')) {
    for (const line of text.split(/\r\n|\r|\n/, MAX_LOCATIONS)) add(line);
    return { kind, locations: [...found] };
  }
  let path: string[] = [];
  let location: string | null = null;
  const local = (name: string): string => name.slice(name.lastIndexOf(':') + 1).toLowerCase();
  const parser = new Parser({
    onopentag(rawName) {
      const name = local(rawName);
      if (path.length === 0 && name === 'sitemapindex') kind = 'index';
      // Only <url><loc> and <sitemap><loc>: <image:loc> and <video:…> have other parents.
      if (name === 'loc' && (path.at(-1) === 'url' || path.at(-1) === 'sitemap')) location = '';
      path.push(name);
      if (path.length > 50) path = path.slice(-10);
    },
    ontext(chunk) {
      if (location !== null && location.length < 4096) location += chunk;
    },
    onclosetag(rawName) {
      path.pop();
      if (local(rawName) === 'loc' && location !== null) {
        add(location);
        location = null;
      }
    },
  }, { xmlMode: true, decodeEntities: true });
  parser.end(text);
  return { kind, locations: [...found] };
}
