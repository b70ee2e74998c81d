import { describe, expect, it } from 'vitest';
import { MAX_URL_LENGTH, normalizeUrl, pageKey, registrableDomain, sameSite } from '../../../src/services/crawler/url.js';

describe('normalizeUrl', () => {
  it.each([
    ['HTTP://Example.COM:80/a/../b/./c?x=1#top', 'http://example.com/b/c?x=1'],
    ['https://example.com:443', 'https://example.com/'],
    ['https://example.com:8443/', 'https://example.com:8443/'],
    ['https://bücher.example/über uns', 'https://xn--bcher-kva.example/%C3%BCber%20uns'],
    ['https://example.com./contact', 'https://example.com/contact'],
    ['https://example.com/a//b///c', 'https://example.com/a//b///c'],
    ['https://example.com/?b=2&a=1', 'https://example.com/?b=2&a=1'],
    ['https://example.com/?utm_source=x&id=7&gclid=1&FBCLID=2', 'https://example.com/?id=7'],
    ['https://example.com/?utm_campaign=spring', 'https://example.com/'],
    ['https://example.com/?PHPSESSID=abc&q=a+b', 'https://example.com/?q=a+b'],
    ['https://example.com/shop;jsessionid=0A1B2C?x=1', 'https://example.com/shop?x=1'],
    ['https://example.com/(S(lit3py55t21z5v55vlm25s55))/page.aspx', 'https://example.com/page.aspx'],
    ['https://example.com/%7euser/%2fraw/%c3%a4', 'https://example.com/~user/%2Fraw/%C3%A4'],
    ['https://example.com/?empty=&flag&x=%41', 'https://example.com/?empty=&flag&x=A'],
    ['  https://example.com/a\n', 'https://example.com/a'],
    ['https://example.com/a\tb', 'https://example.com/ab'],
    ['http://0x7f.1/', 'http://127.0.0.1/'],
    ['http://[::FFFF:7f00:1]:8080/x', 'http://[::ffff:7f00:1]:8080/x'],
    ['https://example.com/?', 'https://example.com/'],
    ['https://example.com/?sid=1;2', 'https://example.com/'],
  ])('writes %s as %s', (raw, expected) => {
    expect(normalizeUrl(raw)).toBe(expected);
  });

  it('gives the same answer when applied to its own answer', () => {
    for (const raw of [
      'https://example.com/%252e%252e/a', 'https://example.com/a/%2E%2E/b?x=%7E&&y', 'http://example.com/;sid=1;sid=2',
      'https://example.com/(S(abcdefgh))', 'https://example.com/a%zz%4', 'https://example.com/?a=%26&b=%3d&sid',
    ]) {
      const once = normalizeUrl(raw);
      expect(once).not.toBeNull();
      expect(normalizeUrl(once ?? '')).toBe(once);
    }
  });

  it.each([
    '', 'about', '/contact', 'example.com', 'mailto:info@example.com', 'ftp://example.com/', 'javascript:alert(1)',
    'https://user:secret@example.com/', 'https://user@example.com/', 'http://', 'http://exa mple.com/',
    'file:///etc/passwd', 'http://example.com:99999/', 'data:text/html,x', `https://example.com/${'a'.repeat(MAX_URL_LENGTH)}`,
  ])('refuses %s', (raw) => {
    expect(normalizeUrl(raw)).toBeNull();
  });

  it('resolves relative references against the page they stand on', () => {
    expect(normalizeUrl('../contact?ref=1', 'https://example.com/a/b/c')).toBe('https://example.com/a/contact?ref=1');
    expect(normalizeUrl('//cdn.example.com/x', 'https://example.com/')).toBe('https://cdn.example.com/x');
    expect(normalizeUrl('#top', 'https://example.com/a')).toBe('https://example.com/a');
    expect(normalizeUrl('x', 'not a base')).toBeNull();
  });
});

describe('pageKey', () => {
  it('is one key for all spellings of one page', () => {
    const keys = [
      'http://www.example.com/about/', 'https://example.com/about', 'https://example.com/about/index.html',
      'https://EXAMPLE.com/about/index.php?utm_source=x', 'https://example.com/about/#team',
    ].map(pageKey);
    expect(new Set(keys)).toEqual(new Set(['example.com/about']));
  });

  it('is one key for every order of the parameters, except among those of one name', () => {
    expect(new Set(['a=1&b=2&c=3', 'b=2&a=1&c=3', 'c=3&utm_source=x&b=2&a=1'].map((query) => pageKey(`https://example.com/list?${query}`)))).toEqual(new Set(['example.com/list?a=1&b=2&c=3']));
    expect(pageKey('https://example.com/list?a[]=1&a[]=2')).not.toBe(pageKey('https://example.com/list?a[]=2&a[]=1'));
  });

  it('keeps apart what may be different pages', () => {
    expect(pageKey('https://example.com/a?id=1')).not.toBe(pageKey('https://example.com/a?id=2'));
    expect(pageKey('https://example.com/A')).not.toBe(pageKey('https://example.com/a'));
    expect(pageKey('https://example.com:8443/')).not.toBe(pageKey('https://example.com/'));
    expect(pageKey('https://shop.example.com/')).not.toBe(pageKey('https://example.com/'));
    expect(pageKey('https://example.com/my-index.html')).not.toBe(pageKey('https://example.com/'));
  });
});

describe('registrableDomain', () => {
  it.each([
    ['https://www.praxis.example.co.uk/x', 'example.co.uk'],
    ['team.acme.github.io', 'acme.github.io'],
    ['Example.COM:8080', 'example.com'],
    ['https://bücher.de/', 'xn--bcher-kva.de'],
    ['http://127.0.0.1/', null],
    ['[::1]', null],
    ['localhost', null],
    ['co.uk', null],
    ['', null],
  ])('of %s is %s', (input, expected) => {
    expect(registrableDomain(input)).toBe(expected);
  });
});

describe('sameSite', () => {
  it('joins hosts under one registrable domain and nothing else', () => {
    expect(sameSite('https://www.example.com/', 'https://shop.example.com/x')).toBe(true);
    expect(sameSite('https://a.github.io/', 'https://b.github.io/')).toBe(false);
    expect(sameSite('https://example.com/', 'https://example.org/')).toBe(false);
    expect(sameSite('http://127.0.0.1:8080/', 'http://127.0.0.1:9090/')).toBe(true);
    expect(sameSite('http://127.0.0.1/', 'http://127.0.0.2/')).toBe(false);
    expect(sameSite('http://127.0.0.1/', 'http://example.com/')).toBe(false);
    expect(sameSite('', '')).toBe(false);
  });
});
