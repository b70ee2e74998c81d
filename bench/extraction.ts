import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startSandbox } from '../sandbox/index.js';
import { bareLoop } from './bare-loop.js';
import { benchCorpus } from './extraction-corpus.js';
import { benchExtractionSpeed } from './extraction-speed.js';
import { crawlThroughApi, outcomes, type CrawlRun } from './product-run.js';
import { byNotation, rates, readTruth, sandboxTruth, scoreFound, type Found, type Score } from './score.js';
import { fixed, ratio, table } from './table.js';

const CONCURRENCY = 8;
const MAX_PAGES = 200;
const DEPTH = 2;

export interface ExtractionOptions {
  /** Folder of real sites with truth.json; absent: ../shared/web/dev, or the sandbox where that is not there. */
  web?: string;
  /** Lists every missed and every wrong address. */
  misses: boolean;
  /** Where to write what was found, in the form the scorer reads. */
  found?: string;
}

/** Addresses found on whole sites through the public API, against what a careful reader finds, beside the plain expression. */
export async function benchExtraction(options: ExtractionOptions, say: (line: string) => void): Promise<void> {
  const webDir = folderOf(options.web);
  const sandbox = await startSandbox(webDir ? { webDir } : {});
  try {
    say(`\n# extraction: ${webDir ? `real sites of ${webDir}` : '../shared/web/dev is not here: the generated sites of the sandbox instead'}`);
    const sites = sandbox.sites.filter((site) => site.hostile === undefined);
    const truth = webDir ? readTruth(webDir) : sandboxTruth(sites);
    const run = await crawlThroughApi(sites, sandbox, { maxPages: MAX_PAGES, depth: DEPTH, settings: { CRAWL_CONCURRENCY: String(CONCURRENCY) } });
    // The truth of the real sites lists what belongs to others too; the sandbox's knows the company's own only, and
    // there an address counts as taken unless Leadline says itself that it is somebody else's.
    const found: Found = new Map(run.sites.map((site) => [site.host, site.emails.filter((email) => webDir !== undefined || !email.thirdParty).map((email) => email.address)]));
    const score = scoreFound(found, truth);

    const pages = run.sites.flatMap((site) => site.pages.filter((page) => page.outcome === 'OK').map((page) => ({ host: site.host, url: page.finalUrl })));
    const bare = await bareLoop({ proxyUrl: sandbox.proxyUrl, pages, concurrency: CONCURRENCY, reader: 'regex' });
    const plain = scoreFound(new Map(bare.found), truth);
    const packaged = scoreFound(new Map((await bareLoop({ proxyUrl: sandbox.proxyUrl, pages, concurrency: CONCURRENCY, reader: 'get-emails' })).found), truth);

    say(`\n${table(['written as', 'found', 'missed', 'recall', 'plain regex'], [...score.byHow].sort((a, b) => b[1].right - a[1].right).map(([how, tally]) => [how, tally.right, tally.missed, fixed(rates({ ...tally, wrong: 0 }).recall), fixed(rates({ right: 0, missed: 0, ...plain.byHow.get(how), wrong: 0 }).recall)]))}`);
    const sightings = run.sites.flatMap((site) => site.emails.filter((email) => webDir !== undefined || !email.thirdParty).flatMap((email) => email.notations.map((notation) => ({ host: site.host, address: email.address, notation }))));
    say(`\n${table(['read as', 'right', 'optional', 'wrong', 'precision'], [...byNotation(sightings, truth)].sort((a, b) => b[1].right - a[1].right).map(([notation, tally]) => [notation, tally.right, tally.optional, tally.wrong, tally.right + tally.wrong === 0 ? '–' : fixed(tally.right / (tally.right + tally.wrong))]))}`);
    say(`\n${summary(run, pages.length, score, bare, plain, packaged)}`);
    sayOutcomes(run, say);
    if (options.misses) {
      for (const miss of score.misses) say(`missed  ${miss.host}  ${miss.address}  ${miss.how}`);
      for (const wrong of score.wrongs) say(`wrong   ${wrong.host}  ${wrong.address}`);
    }
    if (options.found) writeFoundFile(options.found, found);
    if (webDir) crossCheck(webDir, found, score, say);
  } finally {
    await sandbox.close();
  }
  benchCorpus(options.misses, say);
  benchExtractionSpeed(webDir, say);
}

export function folderOf(web: string | undefined): string | undefined {
  if (web !== undefined) {
    const folder = resolve(process.env.INIT_CWD ?? process.cwd(), web);
    if (!existsSync(folder)) throw new Error(`there is no folder ${folder}`);
    return folder;
  }
  // dist/bench/extraction.js lies two folders below the project.
  const project = fileURLToPath(new URL('../..', import.meta.url));
  const shared = join(dirname(resolve(project)), 'shared', 'web', 'dev');
  return existsSync(shared) ? shared : undefined;
}

function summary(run: CrawlRun, pages: number, score: Score, bare: { seconds: number; pages: number }, plain: Score, packaged: Score): string {
  const [ours, theirs, third] = [rates(score), rates(plain), rates(packaged)];
  // A crawler learns only by asking which links are dead; the bare loop is told the living ones.
  const asked = run.sites.reduce((sum, site) => sum + site.pages.length, 0);
  const [pace, barePace] = [pages / run.seconds, bare.pages / bare.seconds];
  return table(['', 'Leadline', 'undici + regex', 'ratio', 'get-emails'], [
    ['precision', fixed(ours.precision), fixed(theirs.precision), ratio(ours.precision, theirs.precision), fixed(third.precision)],
    ['recall', fixed(ours.recall), fixed(theirs.recall), ratio(ours.recall, theirs.recall), fixed(third.recall)],
    ['F1', fixed(ours.f1), fixed(theirs.f1), ratio(ours.f1, theirs.f1), fixed(third.f1)],
    ['right', score.right, plain.right, ratio(score.right, plain.right), packaged.right],
    ['missed', score.missed, plain.missed, ratio(score.missed, plain.missed), packaged.missed],
    ['wrong', score.wrong, plain.wrong, ratio(score.wrong, plain.wrong), packaged.wrong],
    ['pages read', pages, bare.pages, ratio(pages, bare.pages)],
    ['seconds', fixed(run.seconds, 1), fixed(bare.seconds, 1), ratio(run.seconds, bare.seconds)],
    ['asked/s (404s too)', fixed(asked / run.seconds, 1), fixed(barePace, 1), ratio(asked / run.seconds, barePace)],
    ['pages/s', fixed(pace, 1), fixed(barePace, 1), ratio(pace, barePace)],
  ]);
}

export function sayOutcomes(run: CrawlRun, say: (line: string) => void): void {
  say(`\npages by outcome: ${outcomes(run).map(([outcome, count]) => `${outcome} ${count}`).join(', ')}`);
  for (const site of run.sites) if (site.status !== 'COMPLETED') say(`${site.host}: ${site.status} ${site.error ?? ''}`);
}

function writeFoundFile(file: string, found: Found): void {
  writeFileSync(file, JSON.stringify(Object.fromEntries(found), null, 1));
}

/** The scorer that lies beside the sites must count the same; a difference is a bug of this benchmark. */
function crossCheck(webDir: string, found: Found, score: Score, say: (line: string) => void): void {
  const scorer = join(dirname(webDir), 'score.mjs');
  if (!existsSync(scorer)) return;
  const folder = mkdtempSync(join(tmpdir(), 'leadline-found-'));
  try {
    const file = join(folder, 'found.json');
    writeFoundFile(file, found);
    const { stdout } = spawnSync(process.execPath, [scorer, file, '--truth', join(webDir, 'truth.json')], { encoding: 'utf8' });
    const counted = /\(found (\d+), missed (\d+), wrong (\d+)\)/.exec(stdout);
    const same = counted !== null && [score.right, score.missed, score.wrong].every((value, place) => value === Number(counted[place + 1]));
    if (!same) throw new Error(`score.mjs counts differently: ${stdout.trim().split('\n').at(-1) ?? 'nothing'}`);
    say(`score.mjs counts the same: ${stdout.trim().split('\n').at(-1) ?? ''}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
