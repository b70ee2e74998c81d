import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CheckStatus } from '../../../src/entities/enums.js';
import { DISPOSABLE_LIST } from '../../../src/services/email/checks/disposable.js';
import { homographCheck } from '../../../src/services/email/checks/homograph.js';
import { parseAddress } from '../../../src/services/email/checks/syntax.js';

const checkOf = (text: string) => {
  const parsing = parseAddress(text);
  if (!parsing.ok) throw new Error(parsing.reason);
  return homographCheck(parsing.address);
};

describe('an address with letters that pass for others', () => {
  it.each([
    ['info@раypal.com', 'mixes Latin and Cyrillic'], ['info@xn--ypal-43d9g.com', 'mixes Latin and Cyrillic'], ['info@аррӏе.com', 'looks like “apple”'], ['info@ɡoogle.com', 'looks like “google”'],
    ['info@shop.ехсо.com', 'looks like “exco”'], ['іnfo@acme.com', 'mixes Latin and Cyrillic'], ['info@αcme.com', 'mixes Latin and Greek'],
  ])('%s is warned of', (address, why) => {
    const check = checkOf(address);
    expect(check).toMatchObject({ name: 'homograph', status: CheckStatus.WARN, points: -20 });
    expect(check?.reason).toContain(why);
  });

  it.each(['info@münchen-werke.de', 'почта@яндекс.рф', 'info@хор.рф', 'info@日本語かな.jp', 'info@東京tokyo.jp', 'info@한국abc.kr', 'кирилл@example.com', 'info@ελλάδα.gr'])('%s is not', (address) => {
    expect(checkOf(address)).toMatchObject({ status: CheckStatus.PASS, points: 0 });
  });

  it('is not even asked about in plain ASCII', () => {
    expect(checkOf('info@paypal.com')).toBeNull();
  });
});

describe('the list of throw-away domains', () => {
  it('names the version that is installed', () => {
    const { dependencies } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { dependencies: Record<string, string> };
    expect(DISPOSABLE_LIST.version).toBe(dependencies[DISPOSABLE_LIST.name]);
  });
});
