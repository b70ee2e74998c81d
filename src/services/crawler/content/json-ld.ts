/** JSON-LD blocks as they are found in the wild: in comments, with trailing commas, with raw line breaks in strings. */

const MAX_DOCUMENTS = 50;
/** Deeper than anything schema.org describes. Ten thousand brackets are read by JSON.parse, but end the stack of whoever writes them down again. */
const MAX_NESTING = 100;

function isTooDeep(document: object): boolean {
  let level: object[] = [document];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_NESTING) return true;
    level = level.flatMap((value) => (Object.values(value) as unknown[]).filter((inner) => typeof inner === 'object' && inner !== null));
  }
  return false;
}

function parseLoosely(source: string): unknown {
  const bare = source.trim().replace(/^<!--/, '').replace(/-->$/, '').replace(/^\/[/*]\s{0,5}<!\[CDATA\[(?:\*\/)?/, '').replace(/(?:\/\/|\/\*)?\s{0,5}\]\]>(?:\*\/)?$/, '').trim().replace(/;$/, '');
  try {
    return JSON.parse(bare) as unknown;
  } catch {
    // Second try: control characters inside strings become spaces, commas before a closing bracket vanish.
    const mended = bare.replace(/[\u0000-\u001F]/g, ' ').replace(/,(?=\s{0,200}[\]}])/g, '');
    try {
      return JSON.parse(mended) as unknown;
    } catch {
      return undefined;
    }
  }
}

/** The documents that could be read, in page order; what cannot be read is left out. */
export function readJsonLd(sources: readonly string[]): unknown[] {
  const documents: unknown[] = [];
  for (const source of sources.slice(0, MAX_DOCUMENTS)) {
    const document = parseLoosely(source);
    if (typeof document === 'object' && document !== null && !isTooDeep(document)) documents.push(document);
  }
  return documents;
}
