/** What one would use instead of Leadline's extraction: an expression, or a package. */
import getEmails from 'get-emails';

/** The expression at the head of every answer to "regex for e-mail addresses" (regular-expressions.info). */
const EVERYBODYS = /[A-Z0-9._%+-]+@[A-Z0-9.-]+\.[A-Z]{2,}/gi;

export const PLAIN_READERS = {
  regex: (html: string): Set<string> => new Set([...html.matchAll(EVERYBODYS)].map(([address]) => address.toLowerCase())),
  /** The published extractor, used as its README shows. */
  'get-emails': (html: string): Set<string> => new Set([...getEmails(html)].map((address) => address.toLowerCase())),
} as const;

export type PlainReader = keyof typeof PLAIN_READERS;
