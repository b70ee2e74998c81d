import { describe, expect, it } from 'vitest';
import { PageOutcome } from '../../../src/entities/enums.js';
import type { ReadEntry } from '../../../src/services/crawler/page-commit.js';
import { withoutPage } from '../../../src/services/crawler/page-reader.js';
import { Visits } from '../../../src/services/crawler/visits.js';

const readOf = (name: string): ReadEntry => {
  const url = `https://example.com/${name}`;
  return { entry: { id: name, url, pageKey: `example.com/${name}`, depth: 1, attempts: 0 }, result: withoutPage(url, { outcome: PageOutcome.NOT_FOUND, errorCode: null, reason: null }), readAt: new Date() };
};

/** A visit whose end the test decides. */
function page(name: string, bytes = 10): { visit: (answered: (bytes: number) => void) => Promise<ReadEntry | null>; isRead: () => void } {
  let isRead = (): void => undefined;
  const read = new Promise<ReadEntry>((done) => { isRead = () => { done(readOf(name)); }; });
  return { visit: (answered) => { answered(bytes); return read; }, isRead };
}

describe('the pages of a site that are under way', () => {
  it('are left to be read as soon as their host has answered, and leave in the order in which they were asked for', async () => {
    const visits = new Visits();
    const [first, second] = [page('first'), page('second')];
    await visits.begin('first', first.visit);
    await visits.begin('second', second.visit);
    expect(visits.ids).toEqual(['first', 'second']);
    second.isRead();
    expect(await visits.take(false)).toBeUndefined();
    first.isRead();
    expect((await visits.take(true))?.entry.id).toBe('first');
    expect((await visits.take(true))?.entry.id).toBe('second');
    expect(await visits.take(true)).toBeUndefined();
  });

  it('wait for the end of one that has no answer', async () => {
    const visits = new Visits();
    await visits.begin('none', () => Promise.resolve(null));
    expect(await visits.take(false)).toBeNull();
    expect(visits.count).toBe(0);
  });

  it('make room for another one by number and by size', async () => {
    const many = new Visits();
    for (const name of ['a', 'b', 'c']) await many.begin(name, page(name).visit);
    expect(many.hasRoom).toBe(true);
    await many.begin('d', page('d').visit);
    expect(many.hasRoom).toBe(false);

    const large = new Visits();
    await large.begin('large', page('large', 2_000_000).visit);
    expect(large.hasRoom).toBe(false);
  });

  it('throw what they ended with to who takes them, and leave it out at the end of a run', async () => {
    const visits = new Visits();
    const broken = (answered: (bytes: number) => void): Promise<null> => { answered(1); return Promise.reject(new Error('broken')); };
    await visits.begin('broken', broken);
    await expect(visits.take(true)).rejects.toThrow('broken');
    await visits.begin('broken', broken);
    const last = page('last');
    await visits.begin('last', last.visit);
    last.isRead();
    expect((await visits.rest()).map(({ entry }) => entry.id)).toEqual(['last']);
    expect(visits.count).toBe(0);
  });
});
