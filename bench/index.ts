import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchAuth } from './auth.js';
import { benchCrawl, CRAWL_PARTS } from './crawl.js';
import { benchExtraction, folderOf } from './extraction.js';
import { benchCorpus } from './extraction-corpus.js';
import { benchExtractionSpeed } from './extraction-speed.js';
import { benchRls } from './rls.js';
import { benchValidation } from './validation.js';

const KNOWN = ['extraction', 'validation', 'crawl', 'rls', 'auth'];
/** Part of `extraction`, alone: no product is started, so it takes seconds. */
const ALONE = ['extraction-speed', 'extraction-corpus'];

/** `npm run bench -- [extraction|extraction-corpus|extraction-speed|validation|crawl|rls|auth] [--misses] [--web DIR] [--found FILE] [--part speed|memory|latency]`; those of KNOWN without a name. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { misses: { type: 'boolean', default: false }, web: { type: 'string' }, found: { type: 'string' }, part: { type: 'string', multiple: true } } });
  const unknown = positionals.filter((name) => ![...KNOWN, ...ALONE].includes(name));
  if (unknown.length > 0) throw new Error(`unknown benchmark ${unknown.join(', ')}; known: ${[...KNOWN, ...ALONE].join(', ')}`);
  const wanted = positionals.length > 0 ? positionals : KNOWN;
  const say = (line: string): void => { process.stdout.write(`${line}\n`); };
  say(`${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`);
  const { misses, web, found, part = [...CRAWL_PARTS] } = values;
  const parts = CRAWL_PARTS.filter((name) => part.includes(name));
  if (parts.length < part.length) throw new Error(`unknown part of the crawl benchmark; known: ${CRAWL_PARTS.join(', ')}`);
  if (wanted.includes('extraction')) await benchExtraction({ misses, ...(web === undefined ? {} : { web }), ...(found === undefined ? {} : { found }) }, say);
  if (wanted.includes('validation')) await benchValidation(say);
  if (wanted.includes('rls')) await benchRls(say);
  if (wanted.includes('auth')) await benchAuth(say);
  if (wanted.includes('extraction-corpus')) benchCorpus(misses, say);
  if (wanted.includes('extraction-speed')) benchExtractionSpeed(folderOf(web), say);
  if (wanted.includes('crawl')) await benchCrawl(say, parts);
}

main().then(() => process.exit(0), (error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
