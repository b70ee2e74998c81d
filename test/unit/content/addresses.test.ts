import { describe, expect, it } from 'vitest';
import { readPage } from '../../../src/services/crawler/read-page.js';
import { type FactField } from '../../../src/services/crawler/page-reading.js';

function first(html: string, url: string, field: FactField): string | undefined {
  return readPage(html, url).facts.find((fact) => fact.field === field)?.value;
}

describe('postal addresses in text', () => {
  it.each([
    ['Germany', '<p>Muster GmbH</p><p>Musterstraße 5a</p><p>12345 Bad Musterstadt</p>', 'https://x.de/', 'Musterstraße 5a, 12345 Bad Musterstadt', 'Bad Musterstadt', 'DE'],
    ['Germany on one line', '<p>Muster e.V. · Am Alten Markt 3-5 · D-12345 Musterstadt · Tel. 1', 'https://x.com/', 'Am Alten Markt 3-5, D-12345 Musterstadt', 'Musterstadt', 'DE'],
    ['Austria', '<p>Beispielgasse 12/3, 1070 Wien', 'https://x.at/', 'Beispielgasse 12/3, 1070 Wien', 'Wien', 'AT'],
    ['Switzerland', '<p>Musterweg 1<br>CH-8000 Zürich', 'https://x.com/', 'Musterweg 1, CH-8000 Zürich', 'Zürich', 'CH'],
    ['France', '<p>12 bis, rue des Exemples - 75011 Paris', 'https://x.fr/', '12 bis, rue des Exemples - 75011 Paris', 'Paris', 'FR'],
    ['Italy', '<p>Via Esempio, 7 - 20100 Milano (MI)', 'https://x.it/', 'Via Esempio, 7 - 20100 Milano (MI)', 'Milano', 'IT'],
    ['a French business post code', '<p>6 avenue du Modèle</p><p>95014 Cergy-Pontoise Cedex', 'https://x.fr/', '6 avenue du Modèle, 95014 Cergy-Pontoise Cedex', 'Cergy-Pontoise', 'FR'],
    ['the Netherlands', '<p>Voorbeeldstraat 10</p><p>1012 AB Amsterdam</p>', 'https://x.nl/', 'Voorbeeldstraat 10, 1012 AB Amsterdam', 'Amsterdam', 'NL'],
    ['Poland', '<p>ul. Przykładowa 3, 00-950 Warszawa', 'https://x.pl/', 'ul. Przykładowa 3, 00-950 Warszawa', 'Warszawa', 'PL'],
    ['Sweden', '<p>Exempelgatan 4</p><p>211 22 Malmö</p>', 'https://x.se/', 'Exempelgatan 4, 211 22 Malmö', 'Malmö', 'SE'],
    ['Hungary', '<p>1234 Budapest, Minta utca 5.', 'https://x.hu/', '1234 Budapest, Minta utca 5.', 'Budapest', 'HU'],
    ['the United States', '<p>Visit us at 100 Example Street, Suite 2, Springfield, IL 62701', 'https://x.com/', '100 Example Street, Suite 2, Springfield, IL 62701', 'Springfield', 'US'],
    ['the United States without commas', '<p>1212 Sample St. Columbus, OH 43201', 'https://x.com/', '1212 Sample St. Columbus, OH 43201', 'Columbus', 'US'],
    ['Britain', '<p>1 Sample Lane, Exampleton, EX1 2AB', 'https://x.co.uk/', '1 Sample Lane, Exampleton, EX1 2AB', 'Exampleton', 'GB'],
    ['Canada', '<p>55 Sample Ave, Toronto, ON M5V 2T6', 'https://x.ca/', '55 Sample Ave, Toronto, ON M5V 2T6', 'Toronto', 'CA'],
    ['Australia', '<p>9 Sample Road, Newtown NSW 2042', 'https://x.com.au/', '9 Sample Road, Newtown NSW 2042', 'Newtown', 'AU'],
    ['Portugal', '<p>Rua Exemplo 8, 1000-001 Lisboa', 'https://x.pt/', 'Rua Exemplo 8, 1000-001 Lisboa', 'Lisboa', 'PT'],
    ['Brazil', '<p>Rua Exemplo, 100 - São Paulo - SP, 01000-000', 'https://x.com.br/', 'Rua Exemplo, 100 - São Paulo - SP, 01000-000', 'São Paulo', 'BR'],
  ])('reads one of %s', (_country, html, url, address, city, code) => {
    expect(first(html, url, 'address')).toBe(address);
    expect(first(html, url, 'city')).toBe(city);
    expect(first(html, url, 'countryCode')).toBe(code);
  });

  it('reads Japanese addresses behind the postal mark', () => {
    expect(first('<p>〒100-0001 東京都千代田区見本町1-2-3</p>', 'https://x.jp/', 'address')).toContain('東京都千代田区見本町1-2-3');
    expect(first('<p>〒100-0001 東京都千代田区見本町1-2-3</p>', 'https://x.jp/', 'countryCode')).toBe('JP');
  });

  it.each([
    '<p>2010 Nominierung zum Preis, 2012 Gewinner in Wien',
    '<p>In fast 1000 Gärten und 20000 Häusern am Markt wohnten 1950 Menschen',
    '<p>Am 5. Mai 2019 Berlin, danach 12345 Teilnehmer',
    '<p>2018 Tax Form 990 and 2017 Annual Report',
    '<p>Bestellnummer 54321 Schraube',
  ])('takes no address from %s', (html) => {
    expect(first(html, 'https://x.de/', 'address')).toBeUndefined();
  });
});
