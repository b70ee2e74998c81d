import { describe, expect, it } from 'vitest';
import { likelyDomain, suggestAddress } from '../../../src/services/email/checks/typo.js';

describe('look-alikes of mailbox providers', () => {
  it.each([
    ['gmial.com', 'gmail.com'], ['gmai.com', 'gmail.com'], ['gmaill.com', 'gmail.com'], ['gmail.con', 'gmail.com'], ['gmail.co', 'gmail.com'], ['gnail.com', 'gmail.com'], ['gmial.con', 'gmail.com'],
    ['hotmial.com', 'hotmail.com'], ['hotmal.com', 'hotmail.com'], ['outlok.com', 'outlook.com'], ['yahooo.com', 'yahoo.com'], ['iclod.com', 'icloud.com'], ['t-onlin.de', 't-online.de'], ['acme-werke.con', 'acme-werke.com'],
  ])('reads %s as %s', (typed, meant) => {
    expect(likelyDomain(typed)).toBe(meant);
  });

  it.each(['gmail.com', 'mail.com', 'email.com', 'ymail.com', 'gmx.li', 'gmx.com', 'web.com', 'acme-werke.com', 'outlooks-garden.com', 'live.se', 'mails.de', 'yahoo.ca'])('leaves %s alone', (domain) => {
    expect(likelyDomain(domain)).toBeNull();
  });

  it('suggests nothing for a domain that takes mail, however it is spelled', () => {
    expect(suggestAddress('anna', 'gmial.com', { kind: 'mx', hosts: ['mx.gmial.com'] })).toBeNull();
    expect(suggestAddress('anna', 'gmial.com', { kind: 'none', why: 'no-domain' })).toBe('anna@gmail.com');
  });
});
