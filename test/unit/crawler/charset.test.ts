import { describe, expect, it } from 'vitest';
import { decodeBody } from '../../../src/services/crawler/charset.js';

/** windows-1252 bytes for a text of Latin-1 characters plus the euro sign and curly quotes. */
function cp1252(text: string): Buffer {
  const high: Record<string, number> = { '€': 0x80, '“': 0x93, '”': 0x94, '–': 0x96, '’': 0x92 };
  return Buffer.from([...text].map((character) => high[character] ?? character.charCodeAt(0)));
}

const page = (head: string, body: string): string => `<!doctype html><html><head>${head}<title>x</title></head><body>${body}</body></html>`;

describe('decodeBody', () => {
  it('reads UTF-8 whatever is declared', () => {
    const bytes = Buffer.from(page('<meta charset="iso-8859-1">', 'Zürich – 50 € „gut“'));
    expect(decodeBody(bytes, 'text/html; charset=windows-1252')).toEqual({ text: bytes.toString(), charset: 'utf-8' });
    expect(decodeBody(bytes)).toMatchObject({ charset: 'utf-8' });
  });

  it('drops a byte order mark and believes it', () => {
    expect(decodeBody(Buffer.from('\uFEFFGrüße'), 'text/html; charset=latin1')).toEqual({ text: 'Grüße', charset: 'utf-8' });
    expect(decodeBody(Buffer.from('\uFEFFGrüße', 'utf16le'))).toEqual({ text: 'Grüße', charset: 'utf-16le' });
    expect(decodeBody(Buffer.from('\uFEFFGrüße', 'utf16le').swap16())).toEqual({ text: 'Grüße', charset: 'utf-16be' });
  });

  it('reads windows-1252 with its own characters, also under the label Latin-1', () => {
    const text = page('', 'Müller’s Café – nur 5 €');
    for (const type of ['text/html; charset=windows-1252', 'text/html;charset="ISO-8859-1"', 'text/html; charset=us-ascii']) {
      expect(decodeBody(cp1252(text), type)).toEqual({ text, charset: 'windows-1252' });
    }
  });

  it('finds a declaration in the page', () => {
    const meta = page('<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">', '');
    const bytes = Buffer.concat([Buffer.from(meta), Buffer.from([0xca, 0xee, 0xed, 0xf2, 0xe0, 0xea, 0xf2, 0xfb])]);
    expect(decodeBody(bytes, 'text/html')).toMatchObject({ charset: 'windows-1251', text: `${meta}Контакты` });
    const xml = Buffer.concat([Buffer.from('<?xml version="1.0" encoding="iso-8859-2"?><p>'), Buffer.from([0xb3, 0xf3, 0x64, 0xbc]), Buffer.from('</p>')]);
    expect(decodeBody(xml, 'application/xhtml+xml').text).toContain('łódź');
  });

  it('prefers what HTTP says over what the page says', () => {
    const bytes = Buffer.concat([Buffer.from('<meta charset="windows-1251">'), Buffer.from([0xe9])]);
    expect(decodeBody(bytes, 'text/html; charset=windows-1252').text.endsWith('é')).toBe(true);
  });

  it('decodes the charsets of East Asia', () => {
    const shiftJis = Buffer.from([0x82, 0xa8, 0x96, 0xe2, 0x8d, 0x87, 0x82, 0xb9]);
    expect(decodeBody(shiftJis, 'text/html; charset=Shift_JIS')).toEqual({ text: 'お問合せ', charset: 'shift_jis' });
    const gbk = Buffer.from([0xc1, 0xaa, 0xcf, 0xb5, 0xce, 0xd2, 0xc3, 0xc7]);
    expect(decodeBody(gbk, 'text/html; charset=gb2312')).toEqual({ text: '联系我们', charset: 'gbk' });
    const eucKr = Buffer.from([0xb9, 0xae, 0xc0, 0xc7]);
    expect(decodeBody(eucKr, 'text/html; charset=euc-kr')).toEqual({ text: '문의', charset: 'euc-kr' });
    const iso2022 = Buffer.from([0x1b, 0x24, 0x42, 0x24, 0x22, 0x1b, 0x28, 0x42]);
    expect(decodeBody(iso2022, 'text/html; charset=iso-2022-jp')).toEqual({ text: 'あ', charset: 'iso-2022-jp' });
  });

  it('guesses when nothing is declared or the declaration is a lie', () => {
    const russian = Buffer.from([...'Наша компания работает с понедельника по пятницу, звоните нам по телефону или приезжайте в офис'].map((c) => {
      const code = c.codePointAt(0) ?? 0;
      return code < 0x80 ? code : code - 0x410 + 0xc0;
    }));
    const text = 'Наша компания работает с понедельника по пятницу, звоните нам по телефону или приезжайте в офис';
    expect(decodeBody(russian)).toEqual({ text, charset: 'windows-1251' });
    expect(decodeBody(russian, 'text/html; charset=utf-8')).toEqual({ text, charset: 'windows-1251' });
    const german = cp1252('Öffnungszeiten für unsere Praxis: täglich geöffnet, außer sonntags. Wir freuen uns über Ihren Anruf, können aber nicht überall sein.');
    expect(decodeBody(german, 'text/html; charset=utf-8').text).toContain('Öffnungszeiten für');
    expect(decodeBody(cp1252('Café'), 'text/html; charset=klingon').text).toBe('Café');
  });

  it('keeps UTF-8 with a damaged character as UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from(page('<meta charset=utf-8>', 'Größe Straße Füße')), Buffer.from([0xe2, 0x82])]);
    expect(decodeBody(bytes, 'text/html; charset=utf-8')).toMatchObject({ charset: 'utf-8' });
    expect(decodeBody(bytes, 'text/html; charset=utf-8').text).toContain('Größe Straße Füße');
  });

  it('finds UTF-16 without a mark when it is declared', () => {
    expect(decodeBody(Buffer.from('<p>Grüße</p>', 'utf16le'), 'text/html; charset=utf-16le').text).toBe('<p>Grüße</p>');
  });

  it('never throws', () => {
    expect(decodeBody(Buffer.alloc(0))).toEqual({ text: '', charset: 'utf-8' });
    for (const type of [null, '', 'text/html; charset=', 'text/html; charset=replacement', `text/html; charset=${'x'.repeat(10_000)}`]) {
      expect(typeof decodeBody(Buffer.from([0xff, 0x00, 0x80, 0xfe, 0x1b]), type).text).toBe('string');
    }
  });
});
