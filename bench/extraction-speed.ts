import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Parser } from 'htmlparser2';
import { EmailNotation } from '../src/entities/email-notation.js';
import { readPage } from '../src/services/crawler/read-page.js';
import { extractEmails } from '../src/services/email/extract.js';
import { PLAIN_READERS } from './plain-readers.js';
import { fixed, table } from './table.js';

const URL_OF_ALL = 'https://www.bench.example/';
const ROUNDS = 7;
const MAX_BYTES = 8_000_000;
const MEGABYTE = 1_000_000;
/** What is printed as it is; anything else on a page takes more work. */
const PLAIN = new Set([EmailNotation.MAILTO, EmailNotation.TEXT, EmailNotation.ENTITY, EmailNotation.STRUCTURED_DATA]);

function htmlFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? htmlFiles(path) : /\.html?$/i.test(entry.name) ? [path] : [];
  });
}

/** Where no real pages lie beside the project: mark-up of the usual density, and one address a page. */
function madePages(): string[] {
  const card = (index: number): string => `<div class="card card-${index % 7}"><h3 id="h${index}">Offer number ${index}</h3><p class="text">We build, repair and inspect; call us any day of the week &amp; ask for <b>number ${index}</b>.</p><a class="btn btn-primary" href="/offer/${index}.html" title="Offer ${index}">Read more</a></div>`;
  return Array.from({ length: 40 }, (_, page) => `<!doctype html><html lang="en"><head><title>Page ${page}</title><style>.card{padding:1em}.text{color:#333}</style></head><body>${Array.from({ length: 300 }, (__, index) => card(page * 300 + index)).join('\n')}<p><a href="mailto:office@bench.example">office@bench.example</a></p></body></html>`);
}

function cleanPages(webDir: string | undefined): string[] {
  const pages: string[] = [];
  let bytes = 0;
  for (const text of webDir === undefined ? madePages() : htmlFiles(webDir).map((file) => readFileSync(file, 'utf8'))) {
    if (text.length < 2_000 || bytes > MAX_BYTES || extractEmails(text, { url: URL_OF_ALL }).some(({ notations }) => notations.some((notation) => !PLAIN.has(notation)))) continue;
    pages.push(text);
    bytes += text.length;
  }
  return pages;
}

/** The least anybody does with a page: the characters of its text, counted. */
function countText(html: string): number {
  let length = 0;
  new Parser({ ontext: (part) => { length += part.length; } }).end(html);
  return length;
}

/** What most people would write: the expression everybody uses over the text that htmlparser2 gives. */
function regexOverText(html: string): Set<string> {
  let text = '';
  new Parser({ ontext: (part) => { text += part; } }).end(html);
  return PLAIN_READERS.regex(text);
}

/** The best time of each for every page, summed in milliseconds. All take turns on each page, so that a busy machine slows all alike. */
function race(pages: readonly string[], runners: Readonly<Record<string, (html: string) => unknown>>): Map<string, number> {
  const names = Object.keys(runners);
  const best = new Map(names.map((name) => [name, pages.map(() => Infinity)]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, page] of pages.entries()) {
      for (const name of names) {
        const startedAt = performance.now();
        runners[name]?.(page);
        const times = best.get(name) ?? [];
        times[index] = Math.min(times[index] ?? Infinity, performance.now() - startedAt);
      }
    }
  }
  return new Map([...best].map(([name, times]) => [name, times.reduce((sum, time) => sum + time, 0)]));
}

/** Characters per second of the extraction on pages that hide nothing, beside a bare text pass, and the time for one page of a megabyte. */
export function benchExtractionSpeed(webDir: string | undefined, say: (line: string) => void): void {
  const pages = cleanPages(webDir);
  const size = pages.reduce((sum, page) => sum + page.length, 0);
  const runners = { 'htmlparser2, text only': countText, 'regex over htmlparser2 text': regexOverText, 'get-emails, on the source': PLAIN_READERS['get-emails'], extractEmails: (html: string) => extractEmails(html, { url: URL_OF_ALL }), readPage: (html: string) => readPage(html, URL_OF_ALL) };
  say(`\n# extraction-speed: ${pages.length} ${webDir === undefined ? 'made' : 'real'} pages on which nothing is obfuscated, ${fixed(size / MEGABYTE, 1)} million characters`);
  const best = race(pages, runners);
  const bare = best.get('htmlparser2, text only') ?? 0;
  say(`\n${table(['', 'ms', 'MB/s', 'ratio'], [...best].map(([name, ms]) => [name, fixed(ms, 0), fixed(size / ms / 1_000, 1), fixed(bare / ms, 2)]))}`);
  const middle = pages.map((page) => page.replace(/<\/?(?:html|body)[^<>]{0,200}>/gi, '')).join('\n').slice(0, MEGABYTE);
  const single = race([middle], runners);
  say(`\n${table(['one page of 1 MB', 'ms'], [...single].map(([name, ms]) => [name, fixed(ms, 0)]))}`);
}
