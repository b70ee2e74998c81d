/**
 * PostgreSQL's text holds no NUL, and its jsonb no half of a surrogate pair. Pages and other people's answers
 * hold both, and cutting a snippet can halve a pair. The replacement has the same length, so offsets stay true.
 */
export const storableText = (text: string): string => text.replaceAll('\u0000', '\ufffd').toWellFormed();

/** What JSON writes for a NUL and for half of a pair (whole pairs stay as they are), and a few texts that only look like it. */
const NOT_STORABLE = /\\u(?:0000|d[89a-f])/;

/** The same for every string inside a value; for json and jsonb. Nearly every value is storable as it is, and asking for each of its strings is slow. */
export const storableJson = (value: unknown): string => {
  const json = JSON.stringify(value);
  return NOT_STORABLE.test(json) ? JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'string' ? storableText(inner) : inner)) : json;
};
