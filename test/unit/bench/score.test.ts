import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { byNotation, rates, readTruth, scoreFound } from '../../../bench/score.js';
import { table } from '../../../bench/table.js';
import { testFolder } from '../../support/servers.js';

const file = {
  'a.example': { emails: [{ email: 'one@a.example', how: ['mailto', 'plain'], scored: true }, { email: 'two@a.example', how: ['at'], scored: true }, { email: 'old@a.example', how: ['plain'], scored: false }], optional_emails: [{ email: 'meta@a.example' }] },
  'b.example': { emails: [{ email: 'info@b.example', how: ['js'], scored: true }], optional_emails: [] },
};

describe('the score of an extraction', () => {
  it('counts hits, misses of absent hosts and wrong ones, and takes optional addresses for neither', () => {
    const folder = testFolder('truth');
    try {
      mkdirSync(join(folder, 'a.example'));
      writeFileSync(join(folder, 'truth.json'), JSON.stringify(file));
      const truth = readTruth(folder);
      const score = scoreFound(new Map([['a.example', ['ONE@a.example', 'one@a.example', 'old@a.example', 'meta@a.example', 'x@a.example']], ['unknown.example', ['y@unknown.example']]]), truth);
      expect(score).toMatchObject({ right: 1, missed: 2, wrong: 1, wrongs: [{ host: 'a.example', address: 'x@a.example' }] });
      expect(score.misses).toEqual([{ host: 'a.example', address: 'two@a.example', how: 'at' }, { host: 'b.example', address: 'info@b.example', how: 'js' }]);
      expect(Object.fromEntries(score.byHow)).toEqual({ mailto: { right: 1, missed: 0 }, plain: { right: 1, missed: 0 }, at: { right: 0, missed: 1 }, js: { right: 0, missed: 1 } });
      expect(rates(score)).toEqual({ precision: 0.5, recall: 1 / 3, f1: 0.4 });
      expect(Object.fromEntries(byNotation([{ host: 'a.example', address: 'one@a.example', notation: 'TEXT' }, { host: 'a.example', address: 'meta@a.example', notation: 'TEXT' }, { host: 'a.example', address: 'x@a.example', notation: 'SCRIPT' }], truth))).toEqual({ TEXT: { right: 1, optional: 1, wrong: 0 }, SCRIPT: { right: 0, optional: 0, wrong: 1 } });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('is no number but zero where nothing was found, and a missing truth is an error', () => {
    expect(rates({ right: 0, missed: 0, wrong: 0 })).toEqual({ precision: 0, recall: 0, f1: 0 });
    expect(() => readTruth('/nowhere')).toThrow('there is no /nowhere/truth.json');
  });
});

describe('a table', () => {
  it('aligns names to the left and numbers to the right', () => {
    expect(table(['', 'n'], [['long name', 5], ['b', 12]])).toBe('            n\n---------  --\nlong name   5\nb          12');
  });
});
