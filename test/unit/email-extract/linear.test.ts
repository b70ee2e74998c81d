import { describe, expect, it } from 'vitest';
import { extractEmails } from '../../../src/services/email/extract.js';
import { work } from '../../../src/services/email/extract/steps.js';

const many = (piece: string, size: number): string => piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
const numbered = (size: number, piece: (index: number) => string): string => {
  const parts: string[] = [];
  for (let length = 0, index = 0; length < size; index += 1) {
    const part = piece(index);
    parts.push(part);
    length += part.length;
  }
  return parts.join('');
};

/** Pages made to cost more than their length, by what they consist of. */
const HOSTILE: Record<string, (size: number) => string> = {
  'nested entities': (size) => `<p>${many('&amp;amp;#64;&#38;#64;', size)}</p>`,
  'near-matches': (size) => `<p>${many('a.b@c. d@-e.f [at] g (dot) ', size)}</p>`,
  'one enormous word': (size) => `<p>${many('a', size)}@hollerbach.example</p>`,
  'one enormous word of dots': (size) => `<p>info@${many('a.', size)}example</p>`,
  'signs only': (size) => `<p>${many('@', size)}</p>`,
  'bracketed words only': (size) => `<p>${many('[at]', size)}</p>`,
  'open brackets only': (size) => `<p>a[at]b${many('(', size)}</p>`,
  'spoken words only': (size) => `<p>${many('a at b dot ', size)}</p>`,
  'dot words after a sign': (size) => `<p>info [at] ${many('x [dot] ', size)}</p>`,
  'spaced letters': (size) => `<p>${many('a b @ c d . e ', size)}</p>`,
  'braces before signs': (size) => `<p>${many('{a,b}@', size)}</p>`,
  'deep nesting': (size) => many('<div>', size),
  'elements under style rules': (size) => `<style>${numbered(size / 2, (index) => `.a b.c${index % 90} > i.d:nth-child(2){display:none}`)}</style>${many('<b class="c1 c2 d"><i class="d">x</i></b>', size / 2)}`,
  'rules that put text in': (size) => `<style>.a .a .a i.z::before{content:attr(title) "@"}</style>${many('<u class="a"><i class="z" title="x">y</i>', size)}`,
  'shrunken pieces': (size) => many('a<i style="opacity:0">b</i>', size),
  'a giant script': (size) => `<script>${many('var a="x"+"@"+"y";', size)}</script>`,
  'a script of brackets': (size) => `<script>mail("@"+${many('(', size)}</script>`,
  'loops in scripts': (size) => many('<script>for(;;){a="mail@"+1}</script>', size),
  'one attribute of rubbish': (size) => `<a data-mail="${many('x@y ', size)}">z</a>`,
  attributes: (size) => `<a ${numbered(size, (index) => `data-m${index % 1000}="a@b.c" `)}>x</a>`,
  'addresses without end': (size) => numbered(size, (index) => `<li>Jana Quist <a href="mailto:j${index}@hollerbach.example">j${index}@hollerbach.example</a>`),
  'the same address': (size) => many('<p>info@hollerbach.example</p>', size),
  'JSON-LD': (size) => `<script type="application/ld+json">[${many('{"email":"x@y"},', size)}1]</script>`,
  'hCards in one another': (size) => many('<div class="vcard"><i class="email">x', size),
  'business cards': (size) => many('BEGIN:VCARD\nEMAIL:x@y\n z\nEND:VCARD\n', size),
  'override characters': (size) => `<p>${many('\u202ea', size)}</p>`,
};

const SIZE = 150_000;

function stepsFor(page: string): number {
  const before = work.steps;
  extractEmails(page);
  return work.steps - before;
}

describe('a page made to be slow', () => {
  it.each(Object.keys(HOSTILE))('costs twice the steps when it is twice as long: %s', (kind) => {
    const make = HOSTILE[kind] ?? String;
    const [once, twice] = [stepsFor(make(SIZE)), stepsFor(make(2 * SIZE))];
    expect(once).toBeGreaterThan(1_000);
    expect(twice / once).toBeLessThan(2.3);
    // No more than a handful of looks at each character, so that the factor is small as well.
    expect(twice).toBeLessThan(2 * SIZE * 40);
  });
});
