import { describe, expect, it } from 'vitest';
import { EmailKind } from '../../../src/entities/enums.js';
import { parseAddress } from '../../../src/services/email/checks/syntax.js';
import { classifyAddress } from '../../../src/services/email/classify.js';

const { PERSONAL, ROLE, FREE_PROVIDER, DISPOSABLE, UNKNOWN } = EmailKind;

const CASES: readonly (readonly [string, EmailKind])[] = [
  // function mailboxes, in many languages
  ['info@acme-werke.de', ROLE], ['INFO@acme-werke.de', ROLE], ['kontakt@acme-werke.de', ROLE], ['praxis@acme-werke.de', ROLE], ['kanzlei@acme-werke.de', ROLE],
  ['büro@acme-werke.de', ROLE], ['buero@acme-werke.de', ROLE], ['geschäftsstelle@acme-werke.de', ROLE], ['zahnarztpraxis@acme-werke.de', ROLE], ['datenschutz@acme-werke.de', ROLE],
  ['accueil@acme-werke.fr', ROLE], ['secretariat@acme-werke.fr', ROLE], ['secrétariat@acme-werke.fr', ROLE], ['contactez@acme-werke.fr', ROLE], ['comptabilite@acme-werke.fr', ROLE],
  ['contacto@acme-werke.es', ROLE], ['reservas@acme-werke.es', ROLE], ['administracion@acme-werke.es', ROLE], ['segreteria@acme-werke.it', ROLE], ['prenotazioni@acme-werke.it', ROLE],
  ['studiolegale@acme-werke.it', ROLE], ['contato@acme-werke.com.br', ROLE], ['atendimento@acme-werke.com.br', ROLE], ['receptie@acme-werke.nl', ROLE], ['boekhouding@acme-werke.nl', ROLE],
  ['biuro@acme-werke.pl', ROLE], ['sekretariat@acme-werke.pl', ROLE], ['recepce@acme-werke.cz', ROLE], ['iroda@acme-werke.hu', ROLE], ['toimisto@acme-werke.fi', ROLE],
  ['försäljning@acme-werke.se', ROLE], ['kundtjänst@acme-werke.se', ROLE], ['post@acme-werke.no', ROLE], ['birou@acme-werke.ro', ROLE], ['инфо@пример.рф', ROLE], ['お問い合わせ@acme-werke.jp', ROLE],
  ['info.berlin@acme-werke.de', ROLE], ['info-wien@acme-werke.at', ROLE], ['berlin.office@acme-werke.de', ROLE], ['praxis-huber@acme-werke.de', ROLE], ['praxishuber@acme-werke.de', ROLE],
  ['kanzlei.schmidt@acme-werke.de', ROLE], ['infoberlin@acme-werke.de', ROLE], ['sales2@acme-werke.com', ROLE], ['info01@acme-werke.com', ROLE], ['team.it@acme-werke.com', ROLE],
  ['no-reply@acme-werke.com', ROLE], ['info+web@acme-werke.com', ROLE], ['hr@acme-werke.com', ROLE], ['1.vorsitzender@acme-werke.de', ROLE], ['acme-werke@acme-werke.de', ROLE], ['acmewerke@acme-werke.de', ROLE],
  // people
  ['anna.kern@acme-werke.de', PERSONAL], ['a.kern@acme-werke.de', PERSONAL], ['anna@acme-werke.de', PERSONAL], ['kern.anna@acme-werke.de', PERSONAL], ['anna-lena.kern@acme-werke.de', PERSONAL],
  ['anna_kern@acme-werke.de', PERSONAL], ['schmidt@acme-werke.de', PERSONAL], ['asmith@acme-werke.com', PERSONAL], ['jörg.müller@acme-werke.de', PERSONAL], ['dr.kern@acme-werke.de', PERSONAL],
  ['k.h.kern@acme-werke.de', PERSONAL], ['anna.post@acme-werke.de', PERSONAL], ['marie-claire.dupre@acme-werke.fr', PERSONAL], ['maxmueller@acme-werke.de', PERSONAL], ['anna.kern2@acme-werke.de', PERSONAL],
  ['barbara@acme-werke.de', PERSONAL], ['josé@acme-werke.es', PERSONAL], ['łukasz.nowicki@acme-werke.pl', PERSONAL],
  // public mailboxes, whatever stands before the @
  ['anna.kern@gmail.com', FREE_PROVIDER], ['praxis.kern@gmx.at', FREE_PROVIDER], ['info.kern@web.de', FREE_PROVIDER], ['kern@t-online.de', FREE_PROVIDER], ['x@orange.fr', FREE_PROVIDER],
  ['x@libero.it', FREE_PROVIDER], ['x@seznam.cz', FREE_PROVIDER], ['x@bluewin.ch', FREE_PROVIDER], ['x@naver.com', FREE_PROVIDER], ['x@tuta.com', FREE_PROVIDER], ['x@proton.me', FREE_PROVIDER], ['x@uol.com.br', FREE_PROVIDER],
  // throw-away
  ['anna.kern@mailinator.com', DISPOSABLE], ['info@yopmail.com', DISPOSABLE], ['x@guerrillamail.com', DISPOSABLE], ['x@sub.mailinator.com', DISPOSABLE], ['x@trashmail.com', DISPOSABLE],
  // nobody can tell
  ['x7k2q@acme-werke.de', UNKNOWN], ['kx.tq@acme-werke.de', UNKNOWN], ['4711.0815@acme-werke.de', UNKNOWN], ['waldfee@acme-werke.de', UNKNOWN],
];

describe('the kind of an address', () => {
  it.each(CASES)('%s is %s', (address, kind) => {
    const parsing = parseAddress(address);
    expect(parsing.ok && classifyAddress(parsing.address.local, parsing.address.asciiDomain)).toBe(kind);
  });

  it('takes no real mailbox provider for a throw-away one', () => {
    for (const domain of ['gmail.com', 'outlook.com', 'zoho.com', 'mail.ru', 'yandex.ru', 'comcast.net', 'duck.com', 'icloud.com', 'gmx.de', 'web.de']) {
      expect(classifyAddress('anna', domain), domain).not.toBe(DISPOSABLE);
    }
  });
});
