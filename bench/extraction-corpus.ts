import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { extractEmails } from '../src/services/email/extract.js';
import { PLAIN_READERS } from './plain-readers.js';
import { rates, type Tally } from './score.js';
import { fixed, table } from './table.js';

interface CorpusCase { technique: string; name: string; language: string; content: string; url?: string; expected: { address: string }[] }

const READERS: readonly (readonly [name: string, read: (each: CorpusCase) => Set<string>])[] = [
  ['Leadline', ({ content, url }) => new Set(extractEmails(content, url === undefined ? {} : { url }).map(({ address }) => address))],
  ['regex', ({ content }) => PLAIN_READERS.regex(content)],
  ['get-emails', ({ content }) => PLAIN_READERS['get-emails'](content)],
];

function tally(cases: readonly CorpusCase[], read: (each: CorpusCase) => Set<string>): Tally {
  const sum = { right: 0, missed: 0, wrong: 0 };
  for (const each of cases) {
    const found = read(each);
    const right = each.expected.filter(({ address }) => found.has(address)).length;
    sum.right += right;
    sum.missed += each.expected.length - right;
    sum.wrong += found.size - right;
  }
  return sum;
}

/** The open corpus, read by Leadline, by the expression everybody uses and by a published extractor. Everything counts, hard cases too. */
export function benchCorpus(misses: boolean, say: (line: string) => void): void {
  // dist/bench/… lies two folders below the project.
  const { cases } = JSON.parse(readFileSync(fileURLToPath(new URL('../../docs/obfuscation/corpus.json', import.meta.url)), 'utf8')) as { cases: CorpusCase[] };
  const languages = new Set(cases.map(({ language }) => language).filter((language) => language !== ''));
  say(`\n# extraction: the open corpus, ${cases.length} cases, ${languages.size} languages, ${cases.filter(({ expected }) => expected.length === 0).length} decoys`);
  const totals = READERS.map(([name, read]) => ({ name, counted: tally(cases, read) }));
  say(`\n${table(['', ...totals.map(({ name }) => name)], [
    ...(['precision', 'recall', 'f1'] as const).map((rate) => [rate === 'f1' ? 'F1' : rate, ...totals.map(({ counted }) => fixed(rates(counted)[rate]))]),
    ...(['right', 'missed', 'wrong'] as const).map((count) => [count, ...totals.map(({ counted }) => counted[count])]),
  ])}`);
  say(`\n${table(['technique', 'cases', ...totals.map(({ name }) => `${name} F1`)], [...new Set(cases.map(({ technique }) => technique))].map((technique) => {
    const some = cases.filter((each) => each.technique === technique);
    return [technique, some.length, ...READERS.map(([, read]) => { const counted = tally(some, read); return technique === 'decoy' ? `${counted.wrong} wrong` : fixed(rates(counted).f1); })];
  }))}`);
  const [, readOurs] = READERS[0] ?? [];
  if (!misses || readOurs === undefined) return;
  for (const each of cases) {
    const { missed, wrong } = tally([each], readOurs);
    if (missed + wrong > 0) say(`${each.technique}  ${each.name}  ${missed} missed, ${wrong} wrong`);
  }
}
