import { describe, expect, it } from 'vitest';
import { readPage } from '../../../src/services/crawler/read-page.js';

function phones(html: string, url: string): string[] {
  return [...new Set(readPage(html, url).facts.filter((fact) => fact.field === 'phone').map((fact) => fact.value))];
}

describe('phone numbers in text', () => {
  it.each([
    ['<p>Telefon: 030 / 23 12 50 00', 'https://x.de/', ['+493023125000']],
    ['<p>Tel. +49 (0) 30 23125-000', 'https://x.com/', ['+493023125000']],
    ['<p>+49 (0)30 23125 000 · Fax +49 (0)30 23125 999', 'https://x.de/', ['+493023125000']],
    ['<p>Telefon</p><p>030 23125000</p><p>Telefax</p><p>030 23125999</p>', 'https://x.de/', ['+493023125000']],
    ['<p>Tel./Fax: 030 23125000', 'https://x.de/', ['+493023125000']],
    ['<p>Tel. 030 23125000 / 030 23125001', 'https://x.de/', ['+493023125000', '+493023125001']],
    ['<p>Call (212) 555-0123 or 212.555.0145 today', 'https://x.com/', ['+12125550123', '+12125550145']],
    ['<p>Tél : 01 23 45 67 89', 'https://x.fr/', ['+33123456789']],
    ['<p>☎ 020 7946 0018', 'https://x.co.uk/', ['+442079460018']],
    ['<p>Puh. 09 1234 5678', 'https://x.fi/', ['+358912345678']],
    ['<p>電話：03-1234-5678 FAX：03-1234-5679', 'https://x.jp/', ['+81312345678']],
    ['<p>tel. 22 123 45 67', 'https://x.pl/', ['+48221234567']],
    ['<p>Office 0044 20 7946 0018', 'https://x.com/', ['+442079460018']],
    ['<p>Ring us: +353 1 800 0000</p><p>01 800 0001', 'https://x.com/', ['+35318000000', '+35318000001']],
  ])('reads %s on %s', (html, url, expected) => {
    expect(phones(html, url)).toEqual(expected);
  });

  it.each([
    ['bank account', '<p>IBAN: DE89 3704 0044 0532 0130 00, BIC COBADEFFXXX'],
    ['fax', '<p>Fax: 030 23125999'],
    ['register number', '<p>Amtsgericht Musterstadt, HRB 0301234567'],
    ['VAT number', '<p>USt-IdNr.: DE 123 456 789'],
    ['book number', '<p>ISBN 978-3-16-148410-0'],
    ['dates', '<p>Termine: 01.02.2024, 03.-05.06.2024 und 2024-07-08, Saison 2023/2024'],
    ['times', '<p>09.00 - 12.00 und 13.00 - 18.00 Uhr'],
    ['amounts', '<p>Miete 030.000 €, Umsatz 1.234.567 EUR, 0 30 23 12 50 00 €'],
    ['page ranges', '<p>Bestellung S. 145 – 150, Phänomen 220-232 233'],
    ['coordinates', '<p>GPS 52.5200066, 13.4049540'],
    ['part of a word', '<p>Modell AB030-23125000X und pfad/030 23125000/x'],
  ])('does not take a %s for a phone', (_what, html) => {
    expect(phones(html, 'https://x.de/')).toEqual([]);
  });

  it('keeps a labelled number as printed when no country is known', () => {
    expect(phones('<html lang="es"><p>Tel. 4555-0123', 'https://x.com/')).toEqual(['4555-0123']);
  });
});

describe('phone links', () => {
  it('are proved by their words where these show the number, by the link otherwise', () => {
    const facts = readPage('<p>Call <a href="tel:+4930-23125000">030 23125 000</a> or <a href="tel:+493023125001">click</a>. Fax: <a href="tel:+493023125999">030 23125 999</a>', 'https://x.com/').facts.filter((fact) => fact.field === 'phone' && fact.source === 'tel');
    expect(facts.map((fact) => [fact.value, fact.snippet.slice(fact.start, fact.end)])).toEqual([['+493023125000', '030 23125 000'], ['+493023125001', '+493023125001']]);
  });

  it('are no phone where a single letter in front says fax', () => {
    const facts = readPage('<p>T <a href="tel:+493023125000">+49 30 23125-000</a></p><p>F <a href="tel:+493023125999">+49 30 23125-999</a></p>', 'https://x.de/').facts;
    expect([...new Set(facts.filter((fact) => fact.field === 'phone').map((fact) => fact.value))]).toEqual(['+493023125000']);
  });
});
