import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/services/email/checks/syntax.js';

/** Address and its one spelling. */
const GOOD: readonly (readonly [string, string])[] = [
  ['info@acme.com', 'info@acme.com'],
  ['Info@ACME.com', 'info@acme.com'],
  ['  anna.kern@acme.de \n', 'anna.kern@acme.de'],
  ['a@b.co', 'a@b.co'],
  ['first.last+tag@sub.acme.co.uk', 'first.last+tag@sub.acme.co.uk'],
  ["o'neil@acme.ie", "o'neil@acme.ie"],
  ['_under@acme.com', '_under@acme.com'],
  ['dash-@acme.com', 'dash-@acme.com'],
  ["!#$%&'*+/=?^_`{|}~-@acme.org", "!#$%&'*+/=?^_`{|}~-@acme.org"],
  ['1234567890@acme.com', '1234567890@acme.com'],
  [`${'a'.repeat(64)}@acme.com`, `${'a'.repeat(64)}@acme.com`],
  ['"john doe"@acme.com', '"john doe"@acme.com'],
  ['"john.doe"@acme.com', 'john.doe@acme.com'],
  ['"a@b"@acme.com', '"a@b"@acme.com'],
  ['"quo\\"te"@acme.com', '"quo\\"te"@acme.com'],
  ['"..dots"@acme.com', '"..dots"@acme.com'],
  ['info@münchen.de', 'info@xn--mnchen-3ya.de'],
  ['info@xn--mnchen-3ya.de', 'info@xn--mnchen-3ya.de'],
  ['büro@acme.de', 'büro@acme.de'],
  ['инфо@пример.рф', 'инфо@xn--e1afmkfd.xn--p1ai'],
  ['用户@例子.中国', '用户@xn--fsqu00a.xn--fiqs8s'],
  ['info@例え。jp', 'info@xn--r8jz45g.jp'],
  ['info@acme.photography', 'info@acme.photography'],
  ['info@acme.museum', 'info@acme.museum'],
  ['info@user.github.io', 'info@user.github.io'],
  ['info@a-b.de', 'info@a-b.de'],
  ['info@123.de', 'info@123.de'],
  [`x@${'a'.repeat(63)}.com`, `x@${'a'.repeat(63)}.com`],
  ['sales@acme.com.br', 'sales@acme.com.br'],
];

/** Address and words of the reason. */
const BAD: readonly (readonly [string, string])[] = [
  ['', 'empty'],
  ['   ', 'empty'],
  ['acme.com', 'no @'],
  ['@acme.com', 'nothing stands before'],
  ['info@', 'nothing stands after'],
  ['info@@acme.com', 'more than one @'],
  ['in fo@acme.com', 'space'],
  ['info@acme', 'no dot'],
  ['info@localhost', 'no dot'],
  ['.info@acme.com', 'starts with a dot'],
  ['info.@acme.com', 'ends with a dot'],
  ['in..fo@acme.com', 'two dots'],
  ['info@.acme.com', 'starts with a dot'],
  ['info@acme.com.', 'ends with a dot'],
  ['info@acme..com', 'two dots'],
  ['info@-acme.com', 'hyphen'],
  ['info@acme-.com', 'hyphen'],
  ['info@ac_me.com', '"_"'],
  ['info@acme.com/path', '"/"'],
  ['info@acme,com', '","'],
  ['info@[192.0.2.1]', 'IP address'],
  ['info@[IPv6:2001:db8::1]', 'IP address'],
  ['info@192.0.2.1', 'IP address'],
  ['info@acme.notatld', '.notatld does not exist'],
  ['logo@2x.png', '.png does not exist'],
  ['info@acme.con', '.con does not exist'],
  ['info@acme.local', '.local does not exist'],
  ['info@acme.test', '.test does not exist'],
  [`${'a'.repeat(65)}@acme.com`, '65 bytes'],
  [`${'ü'.repeat(33)}@acme.com`, '66 bytes'],
  [`x@${'a'.repeat(64)}.com`, '64 characters'],
  [`${'a'.repeat(64)}@${`${'b'.repeat(60)}.`.repeat(3)}${'c'.repeat(10)}.com`, 'at most 254'],
  ['"open@acme.com', 'not closed'],
  ['"a"b@acme.com', 'no'],
  ['""@acme.com', 'empty'],
  ['a"b@acme.com', 'without quotes'],
  ['john(comment)@acme.com', '"("'],
  ['Anna Kern <anna@acme.com>', 'angle brackets'],
  ['mailto:anna@acme.com', 'mailto'],
  ['a,b@acme.com', '","'],
  ['a@b@acme.com', 'more than one @'],
  ['info\u0000@acme.com', 'invisible'],
  ['in\u200Bfo@acme.com', 'invisible'],
  ['info@ac\u202Eme.com', 'invisible'],
  ['x'.repeat(5_000), 'longer'],
];

describe('the syntax of an address', () => {
  it.each(GOOD)('accepts %s', (text, normalized) => {
    expect(parseAddress(text)).toMatchObject({ ok: true, address: { normalized } });
  });

  it.each(BAD)('refuses %j and says why', (text, words) => {
    const parsing = parseAddress(text);
    expect(parsing.ok).toBe(false);
    expect(parsing.ok ? '' : parsing.reason).toContain(words);
  });

  it('keeps the domain readable beside its A-labels', () => {
    const parsing = parseAddress('Info@XN--Mnchen-3ya.de');
    expect(parsing.ok && parsing.address).toMatchObject({ domain: 'münchen.de', asciiDomain: 'xn--mnchen-3ya.de', local: 'Info' });
  });

  it('gives the same spelling when it reads its own result', () => {
    for (const [, normalized] of GOOD) expect(parseAddress(normalized)).toMatchObject({ ok: true, address: { normalized } });
  });
});
