import { describe, expect, it } from 'vitest';
import { readPage } from '../../../src/services/crawler/read-page.js';
import { type FactField, type PageReading } from '../../../src/services/crawler/page-reading.js';

const URL_DE = 'https://www.beispiel-werkstatt.de/kontakt.html';

function values(reading: PageReading, field: FactField): string[] {
  return [...new Set(reading.facts.filter((fact) => fact.field === field).map((fact) => fact.value))];
}

function printed(reading: PageReading, field: FactField): string[] {
  return reading.facts.filter((fact) => fact.field === field).map((fact) => fact.snippet.slice(fact.start, fact.end));
}

describe('visible text', () => {
  it('keeps one line per block, the footer included, and leaves out what no reader sees', () => {
    const reading = readPage(`<html><head><title> A  title </title><style>p{}</style></head><body><h1>Head<b>line</b></h1><p>One&nbsp; two<br>three</p>
      <script>var hidden = "script";</script><template><p>template</p></template><noscript>no script</noscript><div style="color:red; display : none">secret</div>
      <p hidden>attribute</p><svg><title>icon</title></svg><table><tr><td>Tel</td><td>1</td></tr></table><footer>Foot&shy;er</footer></body></html>`, URL_DE);
    expect(reading.title).toBe('A title');
    expect(reading.text).toBe('Headline\nOne two\nthree\nTel 1\nFooter');
  });

  it('reads the content of noframes, which is all a page of frames says', () => {
    const reading = readPage('<frameset cols="20%,80%"><frame src="menu.html" name="menu"><frame src="main.html"><noframes><body><p>Words <a href="text.html">here</a></p></body></noframes></frameset>', 'http://frames.example/');
    expect(reading.text).toBe('Words here');
    expect(reading.links.map((link) => [link.kind, link.url])).toEqual([['frame', 'http://frames.example/menu.html'], ['frame', 'http://frames.example/main.html'], ['anchor', 'http://frames.example/text.html']]);
  });

  it('survives mark-up that is broken, empty or nested without end', () => {
    for (const html of ['', '<', '<p', '</p></div>', '<b><i></b></i>', '<!-- never closed', '<a href="', '&#99999999;&bogus;', '<div>'.repeat(50_000), '<svg><title>x', '<script>x']) {
      expect(() => readPage(html, URL_DE)).not.toThrow();
    }
    expect(readPage(`<p>before</p>${'<div>'.repeat(5_000)}deep`, URL_DE).text).toContain('before');
  });
});

describe('links', () => {
  it('resolves anchors, areas, frames and refreshes against the base and keeps their words', () => {
    const reading = readPage(`<base href="/sub/"><meta http-equiv="refresh" content="5; url='next.html'"><a href="a.html?utm_source=x#top" rel="nofollow">Our <b>team</b></a>
      <a href="#top">up</a><a href="mailto:a@example.org">mail</a><a href="tel:+49301234567">call</a><a href="javascript:void(0)">js</a>
      <map><area href="/map" alt="Map"></map><iframe src="//frames.example/x" title="Inner"></iframe><a href="img.html"><img src="i.png" alt="Picture"></a>`, 'https://site.example/index.html');
    expect(reading.links).toEqual([
      { url: 'https://site.example/sub/next.html', text: '', kind: 'refresh', nofollow: false, position: 0 },
      { url: 'https://site.example/sub/a.html', text: 'Our team', kind: 'anchor', nofollow: true, position: 1 },
      { url: 'https://site.example/map', text: 'Map', kind: 'area', nofollow: false, position: 2 },
      { url: 'https://frames.example/x', text: 'Inner', kind: 'frame', nofollow: false, position: 3 },
      { url: 'https://site.example/sub/img.html', text: 'Picture', kind: 'anchor', nofollow: false, position: 4 },
    ]);
  });

  it('obeys meta robots and knows a canonical address only on its own site', () => {
    const reading = readPage('<meta name="ROBOTS" content="NoIndex, NoFollow"><link rel="canonical" href="/kontakt"><a href="/x">x</a>', URL_DE);
    expect(reading.robots).toEqual({ noindex: true, nofollow: true });
    expect(reading.links[0]?.nofollow).toBe(true);
    expect(reading.canonical).toBe('https://www.beispiel-werkstatt.de/kontakt');
    expect(readPage('<link rel=canonical href="https://elsewhere.example/">', URL_DE).canonical).toBeNull();
  });
});

describe('language', () => {
  it('trusts the declaration, then detects, then admits not to know', () => {
    expect(readPage('<html lang="de_AT"><p>x', URL_DE).language).toBe('de-AT');
    expect(readPage('<meta http-equiv="content-language" content="fr, en"><p>x', URL_DE).language).toBe('fr');
    expect(readPage('<p>Wir reparieren seit vielen Jahren Fahrräder aller Art und beraten unsere Kunden gern in der Werkstatt am Marktplatz.', 'https://x.example/').language).toBe('de');
    expect(readPage('<p>OK', 'https://x.example/').language).toBeNull();
  });
});

describe('needsScript', () => {
  it('is true for an empty application shell and false for a page with words or frames', () => {
    expect(readPage('<body><div id="root"></div><script src="/main.js"></script><noscript>You need to enable JavaScript to run this app.</noscript></body>', URL_DE).needsScript).toBe(true);
    expect(readPage(`<body><div id="root"><p>${'Rendered on the server. '.repeat(20)}</p></div><script src="/main.js"></script></body>`, URL_DE).needsScript).toBe(false);
    expect(readPage('<frameset><frame src="a.html"></frameset><script></script>', URL_DE).needsScript).toBe(false);
    expect(readPage('<body><h1>Short page</h1><p>Call us.</p></body>', URL_DE).needsScript).toBe(false);
  });
});

describe('structured data', () => {
  const json = { '@context': 'https://schema.org', '@graph': [
    { '@type': 'WebSite', name: 'Ignored', publisher: { '@id': '#org' } },
    { '@type': ['LocalBusiness', 'BikeStore'], '@id': '#org', name: 'Rad &amp; Tat', legalName: 'Rad & Tat GmbH', telephone: '030 23125 000', faxNumber: '030 23125 999',
      address: { '@type': 'PostalAddress', streetAddress: 'Beispielweg 7', postalCode: '10115', addressLocality: 'Berlin', addressCountry: 'Germany' },
      sameAs: ['https://www.facebook.com/radundtat.example', 'https://example.org/'], openingHours: ['Mo-Fr 09:00-18:00'], employee: { '@type': 'Person', name: 'Erika Beispiel', jobTitle: 'Werkstattleiterin' },
      review: { '@type': 'Review', author: { '@type': 'Organization', name: 'Someone Else Ltd', telephone: '030 23125 111' } } },
  ] };

  it('reads the organisation of JSON-LD, mended where it is broken, and nobody else in it', () => {
    const source = JSON.stringify(json).replace('"@graph"', '\n"@graph"').replace(/\}\]\}$/, '},]}');
    const reading = readPage(`<script type="application/ld+json">${source}</script>`, URL_DE);
    expect(values(reading, 'companyName')).toEqual(['Rad & Tat GmbH', 'Rad & Tat']);
    expect(values(reading, 'phone')).toEqual(['+493023125000']);
    expect(values(reading, 'address')).toEqual(['Beispielweg 7, 10115 Berlin, Germany']);
    expect(values(reading, 'city')).toEqual(['Berlin']);
    expect(values(reading, 'countryCode')).toEqual(['DE']);
    expect(values(reading, 'socialLink')).toEqual(['https://www.facebook.com/radundtat.example']);
    expect(values(reading, 'industry')).toEqual(['Bike store']);
    expect(values(reading, 'openingHours')).toEqual(['Mo-Fr 09:00-18:00']);
    expect([values(reading, 'contactName'), values(reading, 'contactTitle')]).toEqual([['Erika Beispiel'], ['Werkstattleiterin']]);
    expect(reading.metadata.jsonLd).toHaveLength(1);
  });

  it('reads microdata and hCard in the same way', () => {
    const micro = readPage(`<div itemscope itemtype="http://schema.org/Dentist"><span itemprop="name">Zahn Eins</span><div itemprop="address" itemscope itemtype="https://schema.org/PostalAddress">
      <span itemprop="streetAddress">Musterplatz 1</span> <span itemprop="postalCode">8010</span> <span itemprop="addressLocality">Graz</span></div><a itemprop="telephone" href="tel:+43316123456">call</a></div>`, 'https://zahn-eins.at/');
    expect([values(micro, 'companyName')[0], values(micro, 'address')[0], values(micro, 'phone'), values(micro, 'industry')]).toEqual(['Zahn Eins', 'Musterplatz 1, 8010 Graz', ['+43316123456'], ['Dentist']]);
    const card = readPage('<div class="vcard"><p class="fn org">Atelier Exemple</p><div class="adr"><p class="street-address">3 rue Fictive</p><p><span class="postal-code">69001</span> <span class="locality">Lyon</span></p></div><p class="tel">04 72 00 00 00</p></div>', 'https://atelier.fr/');
    expect([values(card, 'companyName')[0], values(card, 'city')[0], values(card, 'phone')]).toEqual(['Atelier Exemple', 'Lyon', ['+33472000000']]);
  });

  it('reads the value classes of a card: parts put together, titles of abbreviations, and no labels', () => {
    const dataOf = (tel: string): unknown => readPage(`<div class="vcard"><p class="fn">Atelier Exemple</p>${tel}</div>`, 'https://atelier.fr/').metadata.items[0]?.data.telephone;
    expect(dataOf('<p class="tel"><span class="type">Travail</span> : <span class="value">+33 4 72 00 00 00</span></p>')).toBe('+33 4 72 00 00 00');
    expect(dataOf('<p class="tel"><span class="value">+33</span> (poste) <b class="value">472</b><i class="value"><u class="value">000</u>000</i></p>')).toBe('+33472000000');
    expect(dataOf('<p class="tel">Appelez-<abbr class="value" title="+33472000000">nous</abbr></p>')).toBe('+33472000000');
    expect(dataOf('<p class="tel">ici <span class="value-title" title="+33472000001"> </span></p>')).toBe('+33472000001');
    expect(dataOf('<p class="tel"><data class="value" value="+33472000002">jour et nuit</data></p>')).toBe('+33472000002');
    // Outside a property the class means nothing.
    expect(dataOf('<p class="value">9</p><p class="tel">04 72 00 00 00</p>')).toBe('04 72 00 00 00');
  });
});

describe('what real pages taught', () => {
  it('a language that is not written in the script of the text was declared by a template', () => {
    const chinese = '我们的防水系统适用于混凝土屋面和金属屋面，由经验丰富的团队设计和施工。'.repeat(4);
    const language = (lang: string, text: string): string | null => readPage(`<html lang="${lang}"><p>${text}</p>`, 'http://firm.example/').language;
    expect(language('en', chinese)).toBe('zh');
    expect(language('zh-Hant-TW', chinese)).toBe('zh-Hant-TW');
    expect(language('en', '時計の修理を行っています。'.repeat(8))).toBe('ja');
    expect(language('de', 'Мастерская ремонтирует часы и барометры каждого возраста, а также музыкальные шкатулки.')).toBe('ru');
    expect(language('de', 'Die Werkstatt repariert Uhren und Barometer jeden Alters, auch solche von Γεώργιος.')).toBe('de');
    expect(language('en', '东京')).toBe('en');
  });

  it('a province is no legal form, a copyright no part of a name, and a mention in a sentence no name', () => {
    const names = (html: string): string[] => readPage(`<p>${html}</p>`, 'http://firm.example/').facts.filter((fact) => fact.field === 'companyName' && fact.source === 'text').map((fact) => fact.value);
    expect(names('Aracaju - SE')).toEqual([]);
    expect(names('Beispielwerke SE')).toEqual(['Beispielwerke SE']);
    expect(names('© Copyright 2011 Muster d.o.o.')).toEqual(['Muster d.o.o.']);
    expect(names('Copyright 2011 Muster d.o.o.')).toEqual(['Muster d.o.o.']);
    expect(names('他于1987年至1994年担任Exampleflex Inc.的副总裁')).toEqual([]);
    expect(names('公司: Exampleflex Inc.')).toEqual(['Exampleflex Inc.']);
  });
});

describe('marked-up data in the page document', () => {
  const items = (html: string): unknown => readPage(html, URL_DE).metadata.items;

  it('is kept as it nests, each with its syntax', () => {
    expect(items(`<div itemscope itemtype="https://schema.org/Dentist" itemid="#us"><b itemprop="name">Zahn Eins</b><div itemprop="address" itemscope itemtype="https://schema.org/PostalAddress"><i itemprop="streetAddress">Musterplatz 1</i></div>
      <meta itemprop="openingHours" content="Mo-Fr 08:00-17:00"><meta itemprop="openingHours" content="Sa 09:00-12:00"></div>
      <div vocab="https://schema.org/" typeof="Restaurant" resource="#house"><h1 property="name">Zur Linde</h1><a property="email" href="mailto:kueche@linde.example">Mail</a></div>
      <p class="h-card"><a class="p-name u-url" href="https://rad.example/">Rad &amp; Tat</a> <span class="p-tel">030 23125 000</span> <a class="u-email" href="mailto:info@rad.example">write</a></p>`)).toEqual([
      { syntax: 'microdata', data: { '@type': 'Dentist', '@id': '#us', name: 'Zahn Eins', address: { '@type': 'PostalAddress', streetAddress: 'Musterplatz 1' }, openingHours: ['Mo-Fr 08:00-17:00', 'Sa 09:00-12:00'] } },
      { syntax: 'rdfa', data: { '@type': 'Restaurant', '@id': '#house', name: 'Zur Linde', email: 'kueche@linde.example' } },
      { syntax: 'hcard', data: { '@type': 'VCard', url: 'https://rad.example/', name: 'Rad & Tat', telephone: '030 23125 000', email: 'info@rad.example' } },
    ]);
  });

  it('gives name, address, phone and opening hours where nothing else does', () => {
    const reading = readPage(`<div vocab="https://schema.org/" typeof="Restaurant"><meta property="name" content="Zur Linde"><meta property="telephone" content="+49 30 23125000"><meta property="openingHours" content="Mo-Fr 11:00-23:00">
      <div property="address" typeof="PostalAddress"><meta property="streetAddress" content="Beispielweg 7"><meta property="postalCode" content="10115"><meta property="addressLocality" content="Berlin"></div></div><p>Welcome.</p>`, URL_DE);
    expect([values(reading, 'companyName'), values(reading, 'phone'), values(reading, 'openingHours'), values(reading, 'address')])
      .toEqual([['Zur Linde'], ['+493023125000'], ['Mo-Fr 11:00-23:00'], ['Beispielweg 7, 10115 Berlin']]);
    expect(reading.facts.filter((fact) => fact.field !== 'description').every((fact) => fact.source === 'microdata')).toBe(true);
  });

  it('is bounded in depth and size, and its names are only names', () => {
    const deep = JSON.stringify(items('<div itemscope itemprop="inner">'.repeat(900)));
    expect(deep.split('inner').length - 1).toBe(15);
    const flat = JSON.stringify(items(`<div itemscope>${Array.from({ length: 3_000 }, (_unused, place) => `<i itemprop="p${place}">${'v'.repeat(700)}</i>`).join('')}</div>`));
    expect(flat.length).toBeLessThan(250_000);
    expect(JSON.stringify(items('<p itemscope></p>'.repeat(50_000))).length).toBeLessThan(500_000);
    expect(items('<div itemscope itemtype="x/Y"><i itemprop="__proto__">a</i><i itemprop="constructor">b</i><div itemprop="toString" itemscope><i itemprop="name">c</i></div></div>'))
      .toEqual([{ syntax: 'microdata', data: { '@type': 'Y', constructor: 'b', toString: { '@type': '', name: 'c' } } }]);
  });
});

describe('every fact', () => {
  it('carries offsets that give the value as printed', () => {
    const reading = readPage(`<title>Kontakt | Muster GmbH</title><meta name=description content="Muster repariert Räder seit 1990."><p>Muster GmbH</p><p>Musterstr. 5</p><p>12345 Musterstadt</p><p>Tel. 030 / 23125-000</p>
      <p>Inhaberin: Erika Beispiel</p><p>Mo - Fr: 9.00 - 18.00 Uhr</p><a href="https://instagram.com/muster.example">Insta</a><p>© 2020 Muster GmbH, alle Rechte vorbehalten</p>`, URL_DE);
    for (const fact of reading.facts) {
      expect(fact.start).toBeGreaterThanOrEqual(0);
      expect(fact.end).toBeGreaterThan(fact.start);
      expect(fact.end).toBeLessThanOrEqual(fact.snippet.length);
    }
    expect(printed(reading, 'phone')).toEqual(['030 / 23125-000']);
    expect(printed(reading, 'address')).toEqual(['Musterstr. 5\n12345 Musterstadt']);
    expect(values(reading, 'address')).toEqual(['Musterstr. 5, 12345 Musterstadt']);
    expect(printed(reading, 'contactName')).toEqual(['Erika Beispiel']);
    expect(values(reading, 'contactTitle')).toEqual(['Inhaberin']);
    expect(printed(reading, 'openingHours')).toEqual(['Mo - Fr: 9.00 - 18.00 Uhr']);
    expect(values(reading, 'companyName')).toEqual(['Muster GmbH']);
    expect(new Set(reading.facts.filter((fact) => fact.field === 'companyName').map((fact) => fact.source))).toEqual(new Set(['text', 'copyright', 'title']));
  });
});

describe('description', () => {
  it('is the first real sentence where the page declares none', () => {
    const reading = readPage('<nav><p>A menu that is quite long and has many words but is not what the page says about itself at all.</p></nav><h1>Head</h1><p>This site uses cookies to make everything better for everybody who visits.</p><p>Our family bakery has baked bread and rolls for the village since 1923. We open at six.</p>', 'https://bakery.example/');
    expect(reading.description).toBe('Our family bakery has baked bread and rolls for the village since 1923.');
  });
});

describe('hostile pages', () => {
  it('are read to the end, whatever is repeated in them', () => {
    const repeated = ['1 ', 'A.', 'Ab 12345 ', '+49 ', '© ', 'Mo-', 'Tel: ', 'x@', 'GmbH & Co ', 'Am 5, ', '(0', '〒100-0001', '<a href=x>', '<p class=vcard>', '<i itemscope itemprop=name>', '</b>', '<table><tr><td>1'];
    for (const piece of repeated) {
      const reading = readPage(`<p>${piece.repeat(40_000)}`, URL_DE);
      expect(reading.facts.length, piece).toBeLessThan(400);
    }
  });
});
