/**
 * PostgreSQL's text holds no NUL, and its jsonb no half of a surrogate pair. Pages and other people's answers
 * hold both, and cutting a snippet can halve a pair. The replacement has the same length, so offsets stay true.
 */
export const storableText = (text: string): string => text.replaceAll('\u0000', '\ufffd').toWellFormed();

/** The same for every string inside a value; for jsonb columns. */
export const storableJson = (value: unknown): string => JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'string' ? storableText(inner) : inner));
