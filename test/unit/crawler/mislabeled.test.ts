import { describe, expect, it } from 'vitest';
import { isMislabeled } from '../../../src/services/crawler/body.js';

describe('a body that calls itself HTML', () => {
  it('is a page in any charset, with a stray control byte too', () => {
    expect(isMislabeled(Buffer.from('<!doctype html><p>Grüße \x02 aus Köln, Anfragen an uns'.padEnd(200)))).toBe(false);
    expect(isMislabeled(Buffer.from([0xff, 0xfe, ...Buffer.from('<p>wide</p>', 'utf16le')]))).toBe(false);
    expect(isMislabeled(Buffer.alloc(0))).toBe(false);
  });

  it('is none when it begins like a PDF, an archive or a picture', () => {
    for (const start of ['%PDF-1.4\n', 'PK\x03\x04', '\x89PNG\r\n', 'GIF89a', '\xff\xd8\xff\xe0']) expect(isMislabeled(Buffer.from(`${start} some text`, 'latin1'))).toBe(true);
  });

  it('is none when it is full of control bytes', () => {
    expect(isMislabeled(Buffer.from(Array.from({ length: 500 }, (_, index) => (index * 73) % 256)))).toBe(true);
  });
});
