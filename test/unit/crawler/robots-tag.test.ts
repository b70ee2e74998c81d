import { describe, expect, it } from 'vitest';
import { robotsTag } from '../../../src/services/crawler/robots-tag.js';
import { isSoft404 } from '../../../src/services/crawler/soft-404.js';

describe('X-Robots-Tag', () => {
  it.each([
    [undefined, false, false], ['noindex', true, false], ['nofollow', false, true], ['none', true, true], ['NOINDEX, NoFollow', true, true],
    ['googlebot: noindex', false, false], ['leadline: noindex', true, false], ['googlebot: noindex, nofollow', false, false], ['googlebot: noindex, leadline: nofollow', false, true],
    ['max-snippet: 20, noindex', true, false], ['unavailable_after: 25 Jun 2027 15:00:00 PST, nofollow', false, true], ['noindexed, no follow', false, false], ['noarchive', false, false],
  ])('%j means noindex %s, nofollow %s', (header, noindex, nofollow) => {
    expect(robotsTag(header, 'Leadline/1.0 (+http://bot.example)')).toEqual({ noindex, nofollow });
  });
});

describe('a page that says it does not exist with status 200', () => {
  const page = { status: 200, text: 'Sorry.', url: 'http://a.example/x' };
  it.each(['404', 'Page not found', '404 - Not Found | Firm', 'Firm – Seite nicht gefunden', 'Page introuvable', 'Página no encontrada', 'ページが見つかりません', 'Oops! That page doesn’t exist'])('is recognised by %j', (title) => {
    expect(isSoft404({ ...page, title })).toBe(true);
  });
  it.each(['404 Architects | Home', 'Contact', 'How to handle page not found errors', 'Notfound Ltd', null])('is not seen in %j', (title) => {
    // A firm may call itself 404: only a title that is nothing but the error counts.
    expect(isSoft404({ ...page, title })).toBe(false);
  });
  it('is content where it is the start page or says much', () => {
    expect(isSoft404({ ...page, title: 'Page not found', url: 'http://a.example/' })).toBe(false);
    expect(isSoft404({ ...page, title: 'Page not found', text: 'word '.repeat(400) })).toBe(false);
  });
});
