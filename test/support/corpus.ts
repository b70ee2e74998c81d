import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EmailNotation } from '../../src/entities/email-notation.js';
import { root } from './source-tree.js';

/** One pair of the open corpus (docs/obfuscation/corpus.json): what a page prints and what must be read in it. */
export interface CorpusCase {
  technique: string;
  name: string;
  /** BCP 47 language of the text, '' where it has none. */
  language: string;
  content: string;
  url?: string;
  /** Addresses with the notation to report, in any order; empty for a decoy. */
  expected: { address: string; notation: EmailNotation }[];
  /** Not read yet: counted by the benchmark, not demanded by the tests. */
  hard?: boolean;
}

export function readCorpus(): CorpusCase[] {
  return (JSON.parse(readFileSync(join(root, 'docs/obfuscation/corpus.json'), 'utf8')) as { cases: CorpusCase[] }).cases;
}
