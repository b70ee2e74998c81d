import { hash32 } from './random.js';
import { tokens } from './search-index.js';

/**
 * A deterministic unit vector: words and letter triples hashed into signed buckets (feature hashing, Weinberger et al. 2009),
 * so that texts that share words lie closer than texts that do not.
 */
export function hashedEmbedding(text: string, dimensions: number): number[] {
  const vector = new Float64Array(dimensions);
  const add = (feature: string, weight: number) => {
    const hash = hash32(feature);
    const bucket = hash % dimensions;
    vector[bucket] = (vector[bucket] ?? 0) + (hash & 0x80000000 ? -weight : weight);
  };
  for (const token of tokens(text)) {
    add(`w:${token}`, 1);
    for (let i = 0; i + 3 <= token.length; i++) add(`t:${token.slice(i, i + 3)}`, 0.3);
  }
  let norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  if (norm === 0) {
    add(`raw:${text}`, 1);
    norm = 1;
  }
  return Array.from(vector, (value) => value / norm);
}

/** The `encoding_format: base64` of the service: little-endian 32-bit floats. */
export function asBase64(vector: readonly number[]): string {
  const buffer = Buffer.alloc(vector.length * 4);
  vector.forEach((value, i) => buffer.writeFloatLE(value, i * 4));
  return buffer.toString('base64');
}
