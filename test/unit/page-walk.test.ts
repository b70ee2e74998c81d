import { Parser } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { walkFlatly, walkPage, type PageVisitor } from '../../src/page-walk.js';

type Event = readonly unknown[];

function toldByLibrary(html: string): Event[] {
  const seen: Event[] = [];
  const parser: Parser = new Parser({
    onopentag: (name, attributes) => seen.push(['open', name, Object.entries(attributes)]),
    ontext: (text) => { if (text !== '') seen.push(['text', text]); },
    onclosetag: (name) => seen.push(['close', name]),
  });
  parser.end(html);
  return seen;
}

function told(html: string, walk: (html: string, visitor: PageVisitor) => void = walkPage): Event[] {
  const seen: Event[] = [];
  walk(html, {
    open: (name, attributes) => { seen.push(['open', name, Object.entries(attributes.record())]); },
    text: (text) => { seen.push(['text', text]); },
    close: (name) => { seen.push(['close', name]); },
  });
  return seen;
}

/** Park and Miller's generator: the same pages on every machine. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

const PIECES = [
  '<', '>', '</', '/>', '/', '=', '"', "'", ' ', '\n', '\t', '&', ';', '#', '!', '-', '--', '-->', '--!>', '<!--', '<!-->', '<!--->', '<!', '<?', '<!doctype html>', '<!DOCTYP', '<![CDATA[', ']]>', ']]', '</>', '</ x>', '<1>',
  'a', 'B', 'x1', 'é', 'İ', '漢', '@', 'info@firm.example', '&amp;', '&amp', '&nbsp;', '&lt;b&gt;', '&lt', '&notit;', '&not', '&#64;', '&#x40;', '&#64', '&#x', '&#128;', '&#0;', '&#xd800;', '&#1114112;', '&commat;', '&NotEqualTilde;', '&foo;', '& ', '&&amp;',
  '<p>', '</p>', '<div class="a b">', '</div>', '<br>', '</br>', '<br/>', '<a href=x>', '<a href="m&amp;n" HREF=y>', "<a title='it&quot;s'>", '<a b= c>', '<a b=>', '<a =b c>', '<a "b">', '<a b="c"d=\'e\'>', '<img src=a/>', '<A B C=D/ E>', '</a>', '</A >', '</a b="c>">',
  '<script>', '</script>', '</SCRIPT >', '<script/>', '<style>', '</style>', '<title>', '</title>', '<textarea>', '</textarea>', '<iframe>', '</iframe>', '<noframes>', '</noframes>', '<noembed>', '</noembed>', '<xmp>', '</xmp>', '<svg>', '</svg>', '<svg/>', '<math>', '</math>', '<foreignObject>', '</scr', '<scr', '<t', '<tit', '<no', '<form>', '</form>', '<td>', '<tr>', '<li>', '<image>', '<a b="', '<a __proto__=x>', '<a 2=x 1=y>', '<a é=1 É=2>', '<a x="&commat;" y=&lt=1 z="&lt=1">',
];

const NESTING = [
  'p', 'div', 'a', 'ul', 'li', 'table', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td', 'h1', 'h2', 'form', 'select', 'option', 'optgroup', 'button', 'input', 'datalist', 'dl', 'dt', 'dd', 'ruby', 'rt', 'rp', 'body', 'head', 'link', 'script', 'section', 'br', 'hr', 'img', 'image',
  'svg', 'math', 'mi', 'annotation-xml', 'foreignObject', 'FOREIGNOBJECT', 'desc', 'title', 'linearGradient', 'lineargradient', 'g', 'x-card', 'lin\u212a', 'café', 'constructor', '__proto__', 'toString',
].flatMap((name) => [`<${name}>`, `<${name}>`, `</${name}>`, `<${name} a=b/>`]);

describe('the walk over a page', () => {
  const next = numbers(20_261_124);
  const madeOf = (pieces: readonly string[], most: number): string => Array.from({ length: 1 + next(most) }, () => pieces[next(pieces.length)] ?? '').join('');

  it('sees what htmlparser2 sees in 2,000 pages put together from scraps of mark-up', () => {
    for (let page = 0; page < 2_000; page += 1) {
      const html = madeOf(PIECES, 14);
      expect(told(html), JSON.stringify(html)).toEqual(toldByLibrary(html));
    }
  });

  it('opens and closes what htmlparser2 opens and closes in 2,000 pages of tags in any order', () => {
    for (let page = 0; page < 2_000; page += 1) {
      const html = madeOf([...NESTING, 'text', '<![CDATA[x]]>', '&lt;'], 30);
      expect(told(html), JSON.stringify(html)).toEqual(toldByLibrary(html));
    }
  });

  it('takes everything after <plaintext> as it is', () => {
    for (const html of ['a<plaintext>b</plaintext>&amp;<p>', '<plaintext/>&amp;', '<plaintext']) expect(told(html)).toEqual(toldByLibrary(html));
  });

  it('says which characters were written as references', () => {
    const pieces: [string, boolean][] = [];
    walkPage('a&#64;b &commat; c', { open: () => undefined, text: (text, isReference) => { pieces.push([text, isReference]); }, close: () => undefined });
    expect(pieces).toEqual([['a', false], ['@', true], ['b ', false], ['@', true], [' c', false]]);
  });

  it('closes elements at once below the depth it is given, and keeps their text', () => {
    expect(told('<div><p>a<b>b<i>c</i></b><title>d<i></title></p>e</div>', (html, visitor) => { walkFlatly(html, visitor, 2); })).toEqual([
      ['open', 'div', []], ['open', 'p', []], ['text', 'a'], ['open', 'b', []], ['close', 'b'], ['text', 'b'], ['open', 'i', []], ['close', 'i'], ['text', 'c'],
      ['open', 'title', []], ['text', 'd<i>'], ['close', 'title'], ['close', 'p'], ['text', 'e'], ['close', 'div'],
    ]);
  });
});
