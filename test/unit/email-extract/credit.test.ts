import { describe, expect, it } from 'vitest';
import { extractEmails, isThirdParty } from '../../../src/services/email/extract.js';

const page = (words: string): string => `<html><body><p>Welcome to our shop.</p><p><small>${words} <a href="mailto:studio@maker-house.com">Maker House</a></small></p></body></html>`;
const isMakers = (words: string): boolean => extractEmails(page(words), { url: 'http://bakery-lorne.com/' }).some((found) => found.address === 'studio@maker-house.com' && isThirdParty(found, 'bakery-lorne.com'));

describe('the maker of a site', () => {
  it.each([
    'Website by', 'Webseite erstellt von', 'Site réalisé par', 'Sito realizzato da', 'Website door', 'Web creada por', 'Sitio web desarrollado por', 'Página hecha por',
    'Site feito por', 'Website criado por', 'Webbplats av', 'Hemsidan är gjord av', 'Nettside laget av', 'Hjemmesiden er lavet af', 'Realizacja:', 'サイト制作:', 'ホームページ制作',
  ])('is told by "%s", and its address is not the company\'s', (words) => {
    expect(isMakers(words)).toBe(true);
  });

  it.each([
    'Write to', 'Escríbanos por correo a', 'Realizacja zamówień online, pytania:', 'Besök vår webbplats eller skriv till', 'Se vores hjemmeside eller skriv til', 'Nuestra página web, o por correo', 'ご予約はサイトまたは',
  ])('is not told by "%s"', (words) => {
    expect(isMakers(words)).toBe(false);
  });
});
