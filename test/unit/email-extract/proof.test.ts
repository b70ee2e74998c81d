import { describe, expect, it } from 'vitest';
import { EmailNotation } from '../../../src/entities/email-notation.js';
import { extractEmails, isThirdParty, type FoundAddress } from '../../../src/services/email/extract.js';

function only(content: string, url?: string): FoundAddress {
  const found = extractEmails(content, url === undefined ? {} : { url });
  expect(found).toHaveLength(1);
  const [first] = found;
  if (first === undefined) throw new Error('nothing found');
  return first;
}

describe('the proof of an address', () => {
  it('is the text around it with the address as printed', () => {
    const found = only(`<p>${'before '.repeat(30)}</p><p>Write to <b>info@hollerbach.example</b> today</p><p>${'after '.repeat(30)}</p>`);
    expect(found.snippet).toContain('Write to info@hollerbach.example today');
    expect(found.snippet.length).toBeLessThanOrEqual(80 + 'info@hollerbach.example'.length + 80);
    expect(found.snippet).toMatch(/^before .* after$/);
  });

  it('is the obfuscated form when the page prints one', () => {
    expect(only('<p>Mail: info [at] hollerbach [dot] example, please</p>').snippet).toBe('Mail: info [at] hollerbach [dot] example, please');
  });

  it('shows the attribute when a link does not print its address', () => {
    expect(only('<p>Questions? <a href="mailto:info@hollerbach.example">Write</a> us</p>').snippet).toBe('Questions? Write [href="mailto:info@hollerbach.example"] us');
  });

  it('shows code and result when a script makes the address', () => {
    const { snippet } = only('<p>Team</p><a href="javascript:linkTo_UnCryptMailto(\'nbjmup+jogpAipmmfscbdi/fybnqmf\');">Mail</a>');
    expect(snippet).toContain('linkTo_UnCryptMailto');
    expect(snippet).toContain('→ info@hollerbach.example');
  });

  it('lists every notation, the most explicit first', () => {
    const found = only('<meta name="description" content="info@hollerbach.example"><a href="mailto:info@hollerbach.example">info@hollerbach.example</a> <p>info[at]hollerbach.example</p>');
    expect(found.notation).toBe(EmailNotation.MAILTO);
    expect(found.notations).toEqual([EmailNotation.MAILTO, EmailNotation.TEXT, EmailNotation.DEOBFUSCATED, EmailNotation.ATTRIBUTE]);
  });

  it('joins differently written sightings of one mail box', () => {
    expect(extractEmails('<p>Info@Hollerbach.example and INFO@HOLLERBACH.EXAMPLE</p>').map((each) => each.address)).toEqual(['info@hollerbach.example']);
  });

  it('keeps the order of the page', () => {
    expect(extractEmails('<p>b@hollerbach.example</p><p>a@hollerbach.example</p>').map((each) => each.address)).toEqual(['b@hollerbach.example', 'a@hollerbach.example']);
  });

  it('uses the page address to believe a doubtful reading of the own domain only', () => {
    const content = '<p>Reach jana -at- hollerbach-invented.de soon, see look-at-quist-invented.de</p>';
    expect(extractEmails(content, { url: 'https://hollerbach-invented.de/' }).map((each) => each.address)).toEqual(['jana@hollerbach-invented.de']);
    expect(extractEmails(content)).toEqual([]);
  });

  it('accepts reserved domains on a page that lives on one', () => {
    expect(extractEmails('<p>info@hollerbach.example</p>', { url: 'http://www.hollerbach.example/' })).toHaveLength(1);
    expect(extractEmails('<p>info@hollerbach.example</p>', { url: 'https://hollerbach-invented.de/' })).toEqual([]);
  });
});

describe('the person of an address', () => {
  const card = (name: string, title: string, address: string): string => `<div class="card"><h3>${name}</h3><p>${title}</p><a href="mailto:${address}">${address}</a></div>`;

  it('comes from the card around it and from no other card', () => {
    const found = extractEmails(card('Jana Quist', 'Head of Sales', 'j.quist@hollerbach.example') + card('Dr. Ole Tarnow', 'Geschäftsführer', 'tarnow@hollerbach.example'));
    expect(found.map((each) => [each.personName, each.jobTitle])).toEqual([['Jana Quist', 'Head of Sales'], ['Ole Tarnow', 'Geschäftsführer']]);
  });

  it('comes from the row of a table', () => {
    const row = (role: string, name: string, address: string): string => `<tr><td>${role}</td><td>${name}</td><td>${address}</td></tr>`;
    const found = extractEmails(`<table>${row('Treasurer', 'Mira Olsgard', 'money@hollerbach.example')}${row('Secretary', 'Bo Lindqvist', 'bo@hollerbach.example')}</table>`);
    expect(found.map((each) => [each.personName, each.jobTitle])).toEqual([['Mira Olsgard', 'Treasurer'], ['Bo Lindqvist', 'Secretary']]);
  });

  it('comes from "title: name" in one line', () => {
    const found = only('<p>Vorsitzende: Karla Wunderlich<br>k.wunderlich@hollerbach.example</p>');
    expect([found.personName, found.jobTitle]).toEqual(['Karla Wunderlich', 'Vorsitzende']);
  });

  it('comes from structured data', () => {
    const found = only('<script type="application/ld+json">{"@type":"Organization","employee":{"@type":"Person","name":"Jana Quist","jobTitle":"CEO","email":"q@hollerbach.example"}}</script>');
    expect([found.personName, found.jobTitle]).toEqual(['Jana Quist', 'CEO']);
  });

  it('comes from an hCard', () => {
    const found = only('<div class="vcard"><span class="fn">Jana Quist</span> <span class="role">Forest guide</span> <a class="email" href="mailto:hut@hollerbach.example">mail</a></div>');
    expect([found.personName, found.jobTitle]).toEqual(['Jana Quist', 'Forest guide']);
  });

  it('is never made from the address alone, nor from the name of the firm', () => {
    expect(only('<p>jana.quist@hollerbach.example</p>').personName).toBeNull();
    expect(only('<div><h2>Hollerbach Dental Clinic</h2><p>Opening Hours</p><p>info@hollerbach.example</p></div>').personName).toBeNull();
    expect(only('<footer>Hollerbach GmbH<br>Lange Straße 4<br>info@hollerbach.example</footer>').personName).toBeNull();
  });
});

describe('whose address it is', () => {
  it('is the maker\'s in a credit', () => {
    const found = extractEmails('<p>office@hollerbach-invented.de</p><footer>Webdesign: <a href="mailto:hi@pixelquist-invented.de">Pixelquist</a></footer>');
    expect(found.map((each) => [each.inFooterCredit, isThirdParty(each, 'www.hollerbach-invented.de')])).toEqual([[false, false], [true, true]]);
  });

  it.each(['Website by Pixelquist', 'Réalisation du site :', 'Diseño web:', 'Realizzato da', 'Tvorba webu', 'Projekt i wykonanie', 'Designed and developed by'])('reads "%s" as a credit', (words) => {
    expect(only(`<footer><p>${words} hi@pixelquist-invented.com</p></footer>`).inFooterCredit).toBe(true);
  });

  it('is the site\'s own on the same domain, a sister domain or a free provider', () => {
    for (const address of ['web@hollerbach-invented.de', 'web@hollerbach-invented.com', 'hollerbach@gmail.com']) {
      expect(isThirdParty(only(`<p>${address}</p>`), 'hollerbach-invented.de')).toBe(false);
    }
  });

  it('is a platform\'s or an authority\'s', () => {
    for (const address of ['support@wix.com', 'poststelle@datenschutz.hollerland-invented.de']) {
      expect(isThirdParty(only(`<p>${address}</p>`), 'hollerbach-invented.de')).toBe(true);
    }
  });
});
