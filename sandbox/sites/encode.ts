import { createMultibyteEncoder } from '@exodus/bytes/multi-byte.js';
import { createSinglebyteEncoder } from '@exodus/bytes/single-byte.js';

const encoders = new Map<string, (text: string) => Uint8Array>();

function encoderFor(label: string): (text: string) => Uint8Array {
  let encoder = encoders.get(label);
  if (!encoder) {
    encoder = label === 'utf-8' ? (text) => Buffer.from(text, 'utf8')
      : label === 'shift_jis' || label === 'euc-jp' ? createMultibyteEncoder(label) : createSinglebyteEncoder(label);
    encoders.set(label, encoder);
  }
  return encoder;
}

/** HTML in a legacy encoding; what the encoding lacks becomes a character reference, as browsers' forms do it. */
export function encodeHtml(html: string, label: string): Buffer {
  const encode = encoderFor(label);
  try {
    return Buffer.from(encode(html));
  } catch {
    return Buffer.concat([...html].map((character) => {
      try {
        return Buffer.from(encode(character));
      } catch {
        return Buffer.from(encode(`&#${character.codePointAt(0) ?? 0xfffd};`));
      }
    }));
  }
}
