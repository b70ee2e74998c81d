import { createRequire } from 'node:module';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { filesBelow, readProjectFile } from './support/source-tree.js';

// Without Java and without a binary of this platform the checker runs in JavaScript: the same answers everywhere.
process.env.RECHECK_BACKEND = 'pure';
const { checkSync } = createRequire(import.meta.url)('recheck') as typeof import('recheck');

interface Pattern { file: string; source: string; flags: string }

/** Every regular expression literal of a file. */
function literalsOf(file: string): Pattern[] {
  const found: Pattern[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      found.push({ file, source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readProjectFile(file), ts.ScriptTarget.Latest, true));
  return found;
}

/** Expressions that are put together when a module loads: word lists, mostly. */
async function builtWhileLoading(load: () => Promise<unknown>): Promise<Pattern[]> {
  const found: Pattern[] = [];
  const Native = globalThis.RegExp;
  globalThis.RegExp = new Proxy(Native, {
    construct(target, [source, flags]: [string | RegExp, string?]) {
      const made = new target(source, flags);
      found.push({ file: /src\/services\/[\w/-]+\.ts/.exec(new Error().stack?.split('\n')[2] ?? '')?.[0] ?? 'a library', source: made.source, flags: made.flags });
      return made;
    },
  });
  try { await load(); } finally { globalThis.RegExp = Native; }
  return found.filter(({ file }) => file !== 'a library');
}

const TOKEN = /\\.|\[(?:\\.|[^\]\\])*\]|\{(\d+),(\d+)\}|\{(\d+)\}/g;

/**
 * Repeats with an upper bound cost a constant factor, however they nest; only those without one can make the time grow
 * faster than the text. So bounds are cut down before the automaton is built: its size, not its answer, depends on them.
 */
function withSmallBounds(source: string): string {
  return source.replace(TOKEN, (whole, from?: string, to?: string, exact?: string) => from !== undefined ? `{${Math.min(Number(from), 1)},${Math.min(Number(to), 2)}}` : exact !== undefined ? `{${Math.min(Number(exact), 2)}}` : whole);
}

const isUnbounded = ({ source }: Pattern): boolean => /[*+]|\{\d+,\}/.test(source.replace(TOKEN, 'x'));
const show = ({ file, source, flags }: Pattern): string => `${file}: /${source}/${flags}`;

/** Look-arounds, back references and very large alternations: attacked instead of proved, for a bounded time. */
const ATTACK = { checker: 'fuzz', timeout: 1_500, attackTimeout: 200, incubationTimeout: 100, maxIteration: 3, maxInitialGenerationSize: 50, maxGenerationSize: 20, recallTimeout: -1 } as const;
/** A linear expression reads the longest attack, 300,000 characters, a few times; a quadratic one needs billions. */
const COUNTED_ATTACK = { ...ATTACK, timeout: 60_000, attackTimeout: null, incubationTimeout: null, attackLimit: 50_000_000 } as const;

const prove = ({ source, flags }: Pattern, timeout: number): string => checkSync(withSmallBounds(source), flags, { checker: 'automaton', timeout, recallTimeout: -1 }).status;

function isVulnerable(pattern: Pattern): boolean {
  const proof = prove(pattern, 1_500);
  if (proof !== 'unknown') return proof === 'vulnerable';
  if (checkSync(pattern.source, pattern.flags, ATTACK).status !== 'vulnerable') return false;
  // An attack that took long is one that succeeded, and on a busy machine everything takes long: looked at again by a proof
  // with time enough, and by an attack that counts steps and nothing else.
  return prove(pattern, 20_000) !== 'safe' && checkSync(pattern.source, pattern.flags, COUNTED_ATTACK).status === 'vulnerable';
}

describe('the regular expressions of the product', () => {
  const literals = filesBelow('src', ['.ts']).flatMap(literalsOf);

  it('are found', () => {
    expect(literals.length).toBeGreaterThan(500);
  });

  it('take time linear in the text, those written as literals', () => {
    const risky = [...new Map(literals.filter(isUnbounded).map((each) => [`${each.source}/${each.flags}`, each])).values()];
    expect(risky.length).toBeGreaterThan(20);
    expect(risky.filter(isVulnerable).map(show)).toEqual([]);
  }, 120_000);

  it('take time linear in the text, those that readers of pages put together', async () => {
    const built = await builtWhileLoading(async () => Promise.all([import('../src/services/email/extract.js'), import('../src/services/crawler/read-page.js')]));
    expect(built.length).toBeGreaterThan(5);
    expect(built.filter(isUnbounded).filter(isVulnerable).map(show)).toEqual([]);
  }, 60_000);

  it('would be caught when they were not', () => {
    expect(isVulnerable({ file: '', source: '(a+)+$', flags: '' })).toBe(true);
    expect(isVulnerable({ file: '', source: '\\s+$', flags: '' })).toBe(true);
    expect(isVulnerable({ file: '', source: '\\s{1,50}$', flags: '' })).toBe(false);
    // Look-arounds go beyond the proof.
    expect(isVulnerable({ file: '', source: '^(?!b)(a|a)*$', flags: '' })).toBe(true);
    expect(isVulnerable({ file: '', source: '(?<!b)a+$', flags: '' })).toBe(true);
  });
});
