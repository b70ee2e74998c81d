import { pageDocument, readPageDocument } from './page-document.js';
import type { PageReading } from './page-reading.js';

/** How an address is taken out: of texts, keeping their length, and of the page's source. */
export interface Redaction { text: (text: string) => string; html: (html: string, text: string) => string }

export interface RedactedPage { xml: string; title: string | null; description: string | null; facts: unknown[]; text: string }

function everyString(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((one) => everyString(one, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [change(key), everyString(inner, change)]));
}

/** A stored page without what the redaction takes out; all offsets stay true. @throws LeadlineError PARSE_FAILED for no document of ours */
export function redactedPage(xml: string, redaction: Redaction): RedactedPage {
  const { html, ...rest } = readPageDocument(xml);
  const page = everyString(rest, redaction.text) as typeof rest;
  const { url, finalUrl, status, ...reading } = page;
  return { xml: pageDocument({ url, finalUrl, status, html: redaction.html(html, rest.text), reading }), title: page.title, description: page.description, facts: page.facts, text: page.text };
}

/** The same for a page that is about to be stored. */
export function redactedContent(content: { html: string; reading: PageReading }, redaction: Redaction): { html: string; reading: PageReading } {
  return { html: redaction.html(content.html, content.reading.text), reading: everyString(content.reading, redaction.text) as PageReading };
}
