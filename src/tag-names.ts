/** Names of tags as numbers: pages repeat some hundred of them, so that hardly a tag needs a string of its own. */

/** Names that pages are written in; the numbers of others count from here on and mean something on one page only. */
const KNOWN = (
  'a abbr acronym address altglyph altGlyph altglyphdef altGlyphDef altglyphitem altGlyphItem animate animatecolor animateColor animatemotion animateMotion animatetransform animateTransform annotation annotation-xml applet area article aside audio '
  + 'b base basefont bdi bdo big blink blockquote body br button canvas caption center circle cite clippath clipPath code col colgroup command data datalist dd defs del desc details dfn dialog dir div dl dt ellipse em embed '
  + 'feblend feBlend fecolormatrix feColorMatrix fecomponenttransfer feComponentTransfer fecomposite feComposite feconvolvematrix feConvolveMatrix fediffuselighting feDiffuseLighting fedisplacementmap feDisplacementMap fedistantlight feDistantLight '
  + 'fedropshadow feDropShadow feflood feFlood fefunca feFuncA fefuncb feFuncB fefuncg feFuncG fefuncr feFuncR fegaussianblur feGaussianBlur feimage feImage femerge feMerge femergenode feMergeNode femorphology feMorphology feoffset feOffset '
  + 'fepointlight fePointLight fespecularlighting feSpecularLighting fespotlight feSpotLight fetile feTile feturbulence feTurbulence fieldset figcaption figure filter font footer foreignobject foreignObject form frame frameset '
  + 'g glyphref glyphRef h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe image img input ins isindex kbd keygen label legend li line lineargradient linearGradient link main map mark marker marquee mask math menu meta meter mi mn mo ms mtext '
  + 'nav nobr noembed noframes noscript object ol optgroup option output p param path pattern picture plaintext polygon polyline pre progress q radialgradient radialGradient rect rp rt ruby s samp script search section select slot small source span stop strike strong style sub summary sup svg symbol '
  + 'table tbody td template text textarea textpath textPath tfoot th thead time title tr track tspan tt u ul use var video wbr x xmp'
).split(' ');

const NUMBERS: ReadonlyMap<string, number> = new Map(KNOWN.map((name, number) => [name, number]));

/** Open addressing over a table at most a quarter full; 0 for an empty place, else the number and one. */
const MASK = 2_047;
const places = new Uint16Array(MASK + 1);

/** The hash of a name, one character after the other; capital letters of ASCII count as small ones. */
export function hashStep(hash: number, code: number): number {
  return (Math.imul(hash, 31) + (code >= 65 && code <= 90 ? code | 32 : code)) & 0x3fff_ffff;
}

for (const [name, number] of NUMBERS) {
  let place = [...name].reduce((hash, char) => hashStep(hash, char.charCodeAt(0)), 0) & MASK;
  while (places[place] !== 0) place = (place + 1) & MASK;
  places[place] = number + 1;
}

/** Whether `name`, in lower case, stands at [start, end); capital letters of ASCII count as small ones. */
export function isName(name: string, source: string, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let at = 0; at < name.length; at += 1) {
    const code = source.charCodeAt(start + at);
    if ((code >= 65 && code <= 90 ? code | 32 : code) !== name.charCodeAt(at)) return false;
  }
  return true;
}

/** The number of a name that pages are written in. @throws RangeError for another */
export function tagNumber(name: string): number {
  const number = NUMBERS.get(name);
  if (number === undefined) throw new RangeError(`${name} is not among the known tags`);
  return number;
}

/** For each of the given names what it stands for, by number; 0 for all others, the unknown included. */
export function tagTable(values: Iterable<readonly [name: string, value: number]>): (number: number) => number {
  const table = new Int32Array(KNOWN.length);
  for (const [name, value] of values) table[tagNumber(name)] = (table[tagNumber(name)] ?? 0) | value;
  return (number) => (number < KNOWN.length ? table[number] ?? 0 : 0);
}

/** The names of one page. */
export class TagNames {
  private readonly others: string[] = [];
  private readonly numbers = new Map<string, number>();

  /** Of the name at [start, end), lower case. @param hash by `hashStep` over its characters */
  numberOf(source: string, start: number, end: number, hash: number): number {
    for (let place = hash & MASK; ; place = (place + 1) & MASK) {
      const number = (places[place] ?? 0) - 1;
      if (number < 0) return this.other(source.slice(start, end).toLowerCase());
      if (isName(KNOWN[number] ?? '', source, start, end)) return number;
    }
  }

  /** A name that nobody expects, or one in characters that are letters of ASCII in lower case only. */
  private other(name: string): number {
    const known = NUMBERS.get(name) ?? this.numbers.get(name);
    if (known !== undefined) return known;
    const number = KNOWN.length + this.others.length;
    this.others.push(name);
    this.numbers.set(name, number);
    return number;
  }

  nameOf(number: number): string {
    return KNOWN[number] ?? this.others[number - KNOWN.length] ?? '';
  }
}
