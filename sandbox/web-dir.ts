import { readdirSync, readFileSync, statSync } from 'node:fs';
import { type ServerResponse } from 'node:http';
import nodePath from 'node:path';
import { htmlText } from './html-text.js';
import { send, sendNotFound, type SearchDocument, type WebHost, type WebRequest } from './web-host.js';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html', '.htm': 'text/html', '.xhtml': 'application/xhtml+xml', '.php': 'text/html', '.xml': 'application/xml', '.txt': 'text/plain',
  '.css': 'text/css', '.js': 'text/javascript', '.json': 'application/json', '.svg': 'image/svg+xml', '.png': 'image/png', '.jpg': 'image/jpeg', '.gif': 'image/gif', '.pdf': 'application/pdf',
};
const INDEX_NAMES = ['index.html', 'index.htm', 'Index.html', 'Index.htm', 'index.php', 'default.htm', 'Default.htm'];
const MAX_INDEXED_PAGES = 3;

/** What DIR/sites.json may say about a host; all but the host is optional, and so is the file. */
interface SiteEntry {
  host: string;
  start?: string;
  aliases?: string[];
  language?: string | string[];
  industry?: string;
  kind?: string;
  city?: string;
  country?: string;
  organisation?: string;
}

/** What is at a path; a name the file system refuses (too long, a file used as a folder) is simply not there. */
function kindOf(path: string): 'file' | 'directory' | null {
  try {
    const stat = statSync(path);
    return stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : null;
  } catch {
    return null;
  }
}

function isFile(path: string): boolean {
  return kindOf(path) === 'file';
}

/** A folder served as a site: bytes unmodified, no charset in the header, so declarations and detection matter as on the real page. */
export class DirectoryHost implements WebHost {
  readonly host: string;
  readonly aliases: readonly string[];
  readonly startPath: string;

  constructor(private readonly directory: string, readonly entry: SiteEntry) {
    this.host = entry.host.toLowerCase();
    this.aliases = [...(entry.aliases ?? []).map((alias) => alias.toLowerCase()), this.host.startsWith('www.') ? this.host.slice(4) : `www.${this.host}`];
    this.startPath = entry.start?.startsWith('/') ? entry.start : '/';
  }

  handle(request: WebRequest, response: ServerResponse): void {
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(request, response, 405, { Allow: 'GET, HEAD', 'Content-Type': 'text/plain' }, 'method not allowed');
    const pathname = request.path.split('?')[0] ?? '/';
    const found = this.resolve(pathname, request.path);
    if (found === 'redirect') return send(request, response, 301, { Location: `${pathname}/`, 'Content-Type': 'text/plain' }, '');
    if (found === null) {
      if (pathname === '/' && this.startPath !== '/') return send(request, response, 302, { Location: this.startPath, 'Content-Type': 'text/plain' }, '');
      return sendNotFound(request, response);
    }
    const { mtime } = statSync(found.file);
    const body = readFileSync(found.file);
    const etag = `"${body.length.toString(16)}-${Math.floor(mtime.getTime() / 1000).toString(16)}"`;
    const headers = { 'Content-Type': TYPES[nodePath.extname(found.file).toLowerCase()] ?? 'application/octet-stream', ETag: etag, 'Last-Modified': mtime.toUTCString() };
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, headers).end();
      return;
    }
    send(request, response, 200, headers, body);
  }

  /** The start page and its first neighbours by link order, as an engine that has seen the site once. */
  documents(): SearchDocument[] {
    const { entry } = this;
    const language = (Array.isArray(entry.language) ? entry.language[0] : entry.language) ?? '';
    const keywords = [entry.organisation, entry.industry, entry.kind, entry.city, entry.country].filter(Boolean).join(' ');
    const documents: SearchDocument[] = [];
    const queue = [this.startPath];
    const seen = new Set(queue);
    while (queue.length > 0 && documents.length < MAX_INDEXED_PAGES) {
      const path = queue.shift() ?? '/';
      const found = this.resolve(path.split('?')[0] ?? '/', path);
      if (found === null || found === 'redirect' || !/\.(x?html?|php)$/i.test(found.file)) continue;
      const page = htmlText(readFileSync(found.file));
      documents.push({
        url: `http://${this.host}${path}`, host: this.host, title: page.title || entry.organisation || this.host, description: page.description || page.text.slice(0, 200),
        text: page.text, keywords, language: (page.language || language).slice(0, 2).toLowerCase(), countryCode: entry.country ?? '', start: documents.length === 0, kind: 'site',
      });
      for (const link of page.links) {
        const target = this.localPath(link, path);
        if (target !== null && !seen.has(target)) {
          seen.add(target);
          queue.push(target);
        }
      }
    }
    if (documents.length === 0) documents.push({ url: `http://${this.host}${this.startPath}`, host: this.host, title: entry.organisation ?? this.host, description: keywords, text: keywords, keywords, language, countryCode: entry.country ?? '', start: true, kind: 'site' });
    return documents;
  }

  /** Every file's text, for finding the e-mail domains the DNS must know. */
  *texts(): Generator<string> {
    for (const name of readdirSync(this.directory, { recursive: true, encoding: 'utf8' })) {
      const file = nodePath.join(this.directory, name);
      if (isFile(file) && statSync(file).size < 2_000_000) yield readFileSync(file, 'latin1');
    }
  }

  private localPath(link: string, from: string): string | null {
    try {
      const url = new URL(link, `http://${this.host}${from}`);
      return url.hostname === this.host || this.aliases.includes(url.hostname) ? url.pathname + url.search : null;
    } catch {
      return null;
    }
  }

  /** The file of a path; a path may also have been saved with its query in the name. Never leaves the site's folder. */
  private resolve(pathname: string, withQuery: string): { file: string } | 'redirect' | null {
    const decoded = decodeOrKeep(pathname);
    if (decoded.includes('\0')) return null;
    const relative = nodePath.posix.normalize(`/${decoded}`).slice(1);
    const base = nodePath.join(this.directory, relative);
    if (base !== this.directory && base !== `${this.directory}/` && !base.startsWith(this.directory + nodePath.sep)) return null;
    if (withQuery !== pathname) {
      const saved = nodePath.join(this.directory, nodePath.posix.normalize(`/${decodeOrKeep(withQuery)}`).slice(1));
      if (saved.startsWith(this.directory + nodePath.sep) && isFile(saved)) return { file: saved };
    }
    if (decoded.endsWith('/') || relative === '') {
      const index = INDEX_NAMES.map((name) => nodePath.join(base, name)).find(isFile);
      return index === undefined ? null : { file: index };
    }
    if (isFile(base)) return { file: base };
    if (isFile(`${base}.html`)) return { file: `${base}.html` };
    return kindOf(base) === 'directory' && INDEX_NAMES.some((name) => isFile(nodePath.join(base, name))) ? 'redirect' : null;
  }
}

function decodeOrKeep(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Reads the layout DIR/<host>/…; sites.json may be missing or know only some of the hosts. */
export function loadDirectory(webDir: string): DirectoryHost[] {
  const root = nodePath.resolve(webDir);
  const entries = new Map<string, SiteEntry>();
  const list = nodePath.join(root, 'sites.json');
  if (isFile(list)) {
    const parsed: unknown = JSON.parse(readFileSync(list, 'utf8'));
    for (const entry of Array.isArray(parsed) ? (parsed as SiteEntry[]) : []) if (typeof entry.host === 'string') entries.set(entry.host.toLowerCase(), entry);
  }
  const hosts = readdirSync(root).filter((name) => !name.startsWith('.') && kindOf(nodePath.join(root, name)) === 'directory').sort();
  if (hosts.length === 0) throw new Error(`no site folders in ${root}: expected ${root}/<host>/index.html`);
  return hosts.map((host) => new DirectoryHost(nodePath.join(root, host), { ...entries.get(host.toLowerCase()), host }));
}
