import { describe, expect, it } from 'vitest';
import { extractEmails } from '../../../src/services/email/extract.js';
import { DECOYS } from '../../fixtures/obfuscation/decoys.js';
import { MARKUP } from '../../fixtures/obfuscation/markup.js';
import { SCRIPTS } from '../../fixtures/obfuscation/scripts.js';
import { SPELLED } from '../../fixtures/obfuscation/spelled.js';

const groups = { 'spelled out': SPELLED, 'mark-up': MARKUP, scripts: SCRIPTS, decoys: DECOYS };

describe.each(Object.entries(groups))('golden cases: %s', (_group, cases) => {
  it.each(cases.map((each) => [`reads "${each.name}"${each.language === '' ? '' : ` (${each.language})`} as expected`, each] as const))('%s', (_name, each) => {
    const found = extractEmails(each.content, each.url === undefined ? {} : { url: each.url });
    const sorted = (pairs: readonly (readonly [string, string])[]): string[] => pairs.map((pair) => pair.join(' ')).sort();
    expect(sorted(found.map((one) => [one.address, one.notation]))).toEqual(sorted(each.expected));
  });
});

describe('the golden cases', () => {
  const all = Object.values(groups).flat();

  it('cover at least 100 cases in at least 12 languages, decoys included', () => {
    expect(all.length).toBeGreaterThanOrEqual(100);
    expect(new Set(all.map((each) => each.language).filter((language) => language !== '')).size).toBeGreaterThanOrEqual(12);
    expect(DECOYS.length).toBeGreaterThanOrEqual(30);
  });

  it('give a snippet of bounded length with every address', () => {
    for (const each of all) for (const found of extractEmails(each.content)) {
      expect(found.snippet).not.toBe('');
      expect(found.snippet.length).toBeLessThanOrEqual(600);
      expect(found.snippet).not.toMatch(/\s{2}/);
    }
  });
});
