import { describe, expect, it } from 'vitest';
import { canonicalOfHeader, isHome } from '../../../src/services/crawler/canonical.js';
import { mainText } from '../../../src/services/crawler/content/main-text.js';
import { scanHtml } from '../../../src/services/crawler/content/scan.js';
import { distance, fingerprint, readFingerprint, storedFingerprint } from '../../../src/services/crawler/fingerprint.js';
import { KnownPages, shapesOf, type KnownPage } from '../../../src/services/crawler/known-pages.js';
import { pageKey } from '../../../src/services/crawler/url.js';

const words = (seed: number, count: number): string[] => Array.from({ length: count }, (_unused, place) => `w${(Math.imul(seed * 1_000 + place, 0x9e37_79b1) >>> 0).toString(36).replace(/\d/g, 'q')}`);
const bits = (a: string, b: string, kind: 'exact' | 'mould' = 'exact'): number => {
  const [one, other] = [fingerprint(a), fingerprint(b)];
  if (one === null || other === null) throw new Error('too few words');
  return distance(one[kind], other[kind]);
};

describe('the fingerprint of a text', () => {
  it('differs in about half of its bits for other texts, and in few for one that was changed a little', () => {
    const pairs = Array.from({ length: 200 }, (_unused, place) => bits(words(place * 2, 200).join(' '), words(place * 2 + 1, 200).join(' ')));
    expect(Math.min(...pairs)).toBeGreaterThan(16);
    expect(pairs.reduce((sum, one) => sum + one, 0) / pairs.length).toBeCloseTo(32, -0.5);
    for (let seed = 0; seed < 50; seed += 1) {
      const text = words(seed, 300);
      expect(bits(text.join(' '), text.map((word) => `${word.toUpperCase()},`).join('  '))).toBe(0);
      expect(bits(text.join(' '), [...text.slice(0, 150), 'inserted', ...text.slice(150)].join(' '))).toBeLessThanOrEqual(6);
    }
  });

  it('tells short texts apart, too, and says nothing of fewer than eight words', () => {
    const pairs = Array.from({ length: 200 }, (_unused, place) => bits(words(place * 2, 9).join(' '), words(place * 2 + 1, 9).join(' ')));
    expect(Math.min(...pairs)).toBeGreaterThan(2);
    expect(fingerprint('')).toBeNull();
    expect(fingerprint('We are open on seven days a')).toBeNull();
    expect(bits('会社概要とお問い合わせについて', '採用情報とアクセスのご案内です')).toBeGreaterThan(2);
  });

  it('has a mould that leaves numbers out', () => {
    const day = (n: number): string => `Calendar of events for day ${n}: nothing planned, see ${n + 1} or ${n - 1} please`;
    expect(bits(day(5), day(17), 'mould')).toBe(0);
    expect(bits(day(5), day(17))).toBeGreaterThan(2);
  });

  it('is stored and read back, and nothing else is read', () => {
    const print = fingerprint(words(3, 40).join(' '));
    if (print === null) throw new Error('enough words');
    expect(readFingerprint(storedFingerprint(print))).toEqual(print);
    for (const rubbish of [null, '', 'x', '0'.repeat(32), `${'0'.repeat(31)}:5`, `${'g'.repeat(32)}:5`]) expect(readFingerprint(rubbish)).toBeNull();
  });
});

describe('the main text of a page', () => {
  const main = (body: string): string => {
    const scan = scanHtml(`<html><body>${body}</body></html>`);
    return mainText(scan.lines, scan.links);
  };

  it('has no menu, header, footer, cookie banner or repetition, and keeps headings, prose and addresses that can be clicked', () => {
    expect(main(`
      <header><div>Slogan of the firm</div><h1>Dental clinic</h1></header><nav><a href="/a">About</a></nav>
      <ul class="menu"><li><a href="/a">Home</a></li><li><a href="/b">Services</a></li><li><a href="/c">Contact</a></li></ul>
      <h2>Opening hours</h2><p>We are open from <a href="/nine">nine</a> to five.</p>
      <p><a href="mailto:office@x.example">office@x.example</a></p><p><a href="tel:+15125550123">+1 512 555 0123</a></p>
      <div>Service one <p><a href="/1">Read more</a></p></div><div>Service two <p><a href="/2">Read more</a></p></div>
      <div>We use cookies to improve this site. <button>Accept all</button><button>Decline</button></div>
      <footer><p>© Dental clinic</p></footer>`).split('\n')).toEqual([
      'Dental clinic', 'Opening hours', 'We are open from nine to five.', 'office@x.example', '+1 512 555 0123', 'Service one', 'Read more', 'Service two',
    ]);
  });

  it('keeps a page that is about cookies', () => {
    const policy = Array.from({ length: 8 }, (_unused, place) => `<p>Cookies of kind ${place} are used to accept your settings.</p>`).join('');
    expect(main(policy).split('\n')).toHaveLength(8);
  });

  it('is empty for a page of menus only, and copes with rubbish', () => {
    expect(main('<nav><a href="/">Home</a></nav><footer>End</footer>')).toBe('');
    expect(main('<a href="/1"><a href="/2"><p><a href="/3">x</nav></footer></a>')).toBe('x');
    expect(mainText([], [])).toBe('');
  });
});

describe('the canonical address in a Link header', () => {
  it.each([
    ['<https://firm.example/a>; rel="canonical"', 'https://firm.example/a'], ['</a>;rel=canonical', 'https://firm.example/a'],
    ['<https://firm.example/x>; rel="next", <https://www.firm.example/a>; title="A, B"; rel="canonical"', null],
    ['<https://firm.example/x>; rel="next", <https://www.firm.example/a>; rel="alternate canonical"', 'https://www.firm.example/a'],
    ['<https://another.example/a>; rel="canonical"', null], ['<javascript:alert(1)>; rel=canonical', null], ['<https://firm.example/a>; rel="noncanonical"', null], ['rubbish <<>>;;; rel=canonical', null], ['', null],
  ])('%s', (header, expected) => {
    expect(canonicalOfHeader(header, 'https://firm.example/page')).toBe(expected);
  });

  it('is the start page only where it is the start page', () => {
    expect([isHome('https://firm.example/'), isHome('https://www.firm.example/index.html'), isHome('https://firm.example/a'), isHome('https://firm.example/?page=2')]).toEqual([true, true, false, false]);
  });
});

describe('the shapes of addresses that give the same page', () => {
  const page = (url: string, sameAs: string | null = null): KnownPage => ({ url, keys: [pageKey(url)], title: null, print: null, canonical: null, canonicalKey: null, isKept: sameAs === null, sameAs, contentHash: null });
  const trap = (pages: readonly KnownPage[]): KnownPages => {
    const known = new KnownPages();
    for (const one of pages) known.add(one);
    return known;
  };
  const HOME = 'https://shop.example/list';

  it.each([
    ['a session in a parameter nobody knows', (n: number) => `https://shop.example/list?visit=${n}x`, 'https://shop.example/other?visit=99x'],
    ['spellings in capitals', (n: number) => `https://shop.example/${'LIST'.slice(0, n % 4 + 1)}ing${n}`, 'https://shop.example/Listing'],
    ['paths that repeat themselves', (n: number) => `https://shop.example/a${n}/a${n}`.replace(/\d/g, (digit) => 'abcdefgh'[Number(digit)] ?? ''), 'https://shop.example/z/z'],
    ['days of a calendar', (n: number) => `https://shop.example/calendar/day-${n}`, 'https://shop.example/calendar/day-77'],
    ['facets of one list', (n: number) => `https://shop.example/find?colour${n}=red`, 'https://shop.example/find?shade=blue'],
  ])('%s: are closed after five copies, and not before', (_name, address, next) => {
    const copies = Array.from({ length: 5 }, (_unused, n) => page(address(n), HOME));
    expect(trap([page(HOME), ...copies.slice(0, 4)]).trapOf(next)).toBeNull();
    const known = trap([page(HOME), ...copies]);
    expect(known.trapOf(next)).not.toBeNull();
    expect([known.trapOf('https://shop.example/delivery'), known.trapOf(`${next}&contact`, 0.95), known.trapOf(HOME)]).toEqual([null, null, null]);
  });

  it('stay open where most pages are different ones', () => {
    const known = trap(Array.from({ length: 40 }, (_unused, n) => page(`https://shop.example/item/${n}`, n % 2 === 0 ? HOME : null)));
    expect(known.closed).toBe(0);
  });

  it('are the same for any order of parameters, and are told of any address', () => {
    expect(shapesOf('https://a.example/x?b=1&a=2')).toEqual(shapesOf('https://a.example/x?a=9&b=8'));
    expect(shapesOf('http://127.0.0.1:8080/%ff//;x?%E0%A4%A&&=&a=')).toBeInstanceOf(Array);
  });
});
