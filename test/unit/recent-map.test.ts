import { describe, expect, it } from 'vitest';
import { RecentMap } from '../../src/recent-map.js';

describe('the memory for what was worked out lately', () => {
  it('works out once what is asked for again and again, also when nothing came out', () => {
    const memory = new RecentMap<number | null>(10);
    let worked = 0;
    const ask = (): number | null => memory.remember('a', () => { worked += 1; return null; });
    expect([ask(), ask(), ask(), worked]).toEqual([null, null, null, 1]);
  });

  it('forgets what is not asked for while others come, and holds no more than two generations', () => {
    const memory = new RecentMap<string>(3);
    const worked: string[] = [];
    const ask = (key: string): string => memory.remember(key, () => { worked.push(key); return key.toUpperCase(); });
    for (const key of ['a', 'b', 'c', 'a', 'd', 'a', 'e', 'f', 'g', 'h', 'a', 'b']) expect(ask(key)).toBe(key.toUpperCase());
    // "a" was asked for in each generation, "b" was not.
    expect(worked).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'b']);
  });
});
