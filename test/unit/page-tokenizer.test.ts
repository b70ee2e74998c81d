import { Parser } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { PageOptions } from '../../src/page-tokenizer.js';

type Event = readonly unknown[];

function events(html: string, options: PageOptions | null): Event[] {
  const seen: Event[] = [];
  const parser: Parser = new Parser({
    onopentag: (name, attributes, implied) => seen.push(['open', name, Object.entries(options === null ? attributes : options.attributes.record()), implied, parser.startIndex, parser.endIndex]),
    ontext: (text) => seen.push(['text', text, parser.startIndex, parser.endIndex]),
    onclosetag: (name, implied) => seen.push(['close', name, implied]),
    oncomment: (text) => seen.push(['comment', text]),
    oncdatastart: () => seen.push(['cdata']),
    onprocessinginstruction: (name, text) => seen.push(['declaration', name, text]),
  }, options ?? {});
  parser.end(html);
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

describe('the tokenizer for whole pages', () => {
  it('tells the same as htmlparser2 about 4,000 pages put together from scraps of mark-up', () => {
    const next = numbers(20_261_124);
    for (let page = 0; page < 4_000; page += 1) {
      const html = Array.from({ length: 1 + next(14) }, () => PIECES[next(PIECES.length)] ?? '').join('');
      expect(events(html, new PageOptions()), JSON.stringify(html)).toEqual(events(html, null));
    }
  });

  it('takes everything after <plaintext> as it is', () => {
    for (const html of ['a<plaintext>b</plaintext>&amp;<p>', '<plaintext/>&amp;', '<plaintext']) expect(events(html, new PageOptions())).toEqual(events(html, null));
  });

  it('does not take a page in pieces', () => {
    const parser = new Parser({}, new PageOptions());
    parser.write('<p>');
    expect(() => { parser.write('</p>'); }).toThrow(RangeError);
  });
});
