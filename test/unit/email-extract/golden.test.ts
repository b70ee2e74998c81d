import { describe, expect, it } from 'vitest';
import { EmailNotation } from '../../../src/entities/email-notation.js';
import { extractEmails } from '../../../src/services/email/extract.js';
import { readCorpus, type CorpusCase } from '../../support/corpus.js';

const corpus = readCorpus();
const techniques = [...new Set(corpus.map((each) => each.technique))];
const read = (each: CorpusCase): string[] => extractEmails(each.content, each.url === undefined ? {} : { url: each.url }).map((found) => `${found.address} ${found.notation}`).sort();
const wanted = (each: CorpusCase): string[] => each.expected.map(({ address, notation }) => `${address} ${notation}`).sort();

describe.each(techniques)('the open corpus, %s', (technique) => {
  const cases = corpus.filter((each) => each.technique === technique && each.hard !== true);
  it.each(cases.map((each) => [`reads "${each.name}"${each.language === '' ? '' : ` (${each.language})`} as a careful reader would`, each] as const))('%s', (_name, each) => {
    expect(read(each)).toEqual(wanted(each));
  });
});

describe('the open corpus', () => {
  it('has at least 150 cases in at least 12 languages, and at least 40 decoys', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(150);
    expect(new Set(corpus.map((each) => each.language).filter((language) => language !== '')).size).toBeGreaterThanOrEqual(12);
    expect(corpus.filter((each) => each.expected.length === 0).length).toBeGreaterThanOrEqual(40);
  });

  it('spells the sign out in at least 15 languages', () => {
    expect(new Set(corpus.filter((each) => each.technique === 'spelled' && each.expected.length > 0).map((each) => each.language)).size).toBeGreaterThan(15);
  });

  it('holds each case once, in the documented form', () => {
    expect(new Set(corpus.map((each) => `${each.content}\n${each.url ?? ''}`)).size).toBe(corpus.length);
    expect(new Set(corpus.map((each) => `${each.technique} ${each.language} ${each.name}`)).size).toBe(corpus.length);
    const notations = new Set<string>(Object.values(EmailNotation));
    expect(corpus.filter((each) => each.name === '' || each.content === '' || each.expected.some(({ address, notation }) => !address.includes('@') || !notations.has(notation)))).toEqual([]);
  });

  it('marks as hard only what is not read', () => {
    expect(corpus.filter((each) => each.hard === true && read(each).join() === wanted(each).join()).map((each) => each.name)).toEqual([]);
  });

  it('gives a snippet of bounded length with every address', () => {
    for (const each of corpus) for (const found of extractEmails(each.content)) {
      expect(found.snippet).not.toBe('');
      expect(found.snippet.length).toBeLessThanOrEqual(600);
      expect(found.snippet).not.toMatch(/\s{2}/);
    }
  });
});
