import { describe, expect, it } from 'vitest';
import { readPage } from '../../../src/services/crawler/read-page.js';

function people(html: string): (string | undefined)[][] {
  const facts = readPage(html, 'https://x.example/').facts;
  return facts.filter((fact) => fact.field === 'contactName').map((name) => [name.value, facts.find((fact) => fact.field === 'contactTitle' && fact.snippet === name.snippet)?.value]);
}

describe('people in text', () => {
  it.each([
    ['<p>Geschäftsführer: Dr. Max Muster', [['Max Muster', 'Geschäftsführer']]],
    ['<p>Office Manager: Jane Roe', [['Jane Roe', 'Office Manager']]],
    ['<p>Jane A. Roe, Managing Director', [['Jane A. Roe', 'Managing Director']]],
    ['<p>Erika von Beispiel – Head of Sales', [['Erika von Beispiel', 'Head of Sales']]],
    ['<p>Vertreten durch: Erika Beispiel', [['Erika Beispiel', undefined]]],
    ['<p>Gérant : Jean Exemple', [['Jean Exemple', 'Gérant']]],
    ['<p>1. Vorsitzender: Max Muster', [['Max Muster', '1. Vorsitzender']]],
  ])('are read from %s', (html, expected) => {
    expect(people(html)).toEqual(expected);
  });

  it.each(['<p>Contact: Our Team', '<p>Manager: please call us', '<p>Owner: Muster GmbH', '<p>Our Managing Director was born in Musterstadt.', '<p>Opening Hours, Directions'])('are not made up from %s', (html) => {
    expect(people(html)).toEqual([]);
  });
});

describe('opening hours', () => {
  it('are read where days and times stand together', () => {
    const hours = readPage('<p>Mon-Fri 9am - 5pm</p><p>Sa: 10.00 bis 14.00 Uhr</p><p>In 1990 - 1995 we grew</p>', 'https://x.example/').facts.filter((fact) => fact.field === 'openingHours').map((fact) => fact.value);
    expect(hours).toEqual(['Mon-Fri 9am - 5pm', 'Sa: 10.00 bis 14.00 Uhr']);
  });
});
