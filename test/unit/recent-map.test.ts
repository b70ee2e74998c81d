import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { detached, RecentMap } from '../../src/recent-map.js';

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

describe('what is remembered of long texts', () => {
  it('does not keep the texts alive', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const map = new RecentMap<string>(1_000);
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let page = 0; page < 400; page += 1) {
      const piece = Buffer.alloc(250_000, `page ${page} `).toString('latin1').slice(1_000, 1_040);
      map.remember(piece, () => detached(piece));
    }
    collect();
    // 100 MB of pages, 400 pieces of 40 characters.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000);
    expect(map.remember('another', () => 'x')).toBe('x');
  });
});
