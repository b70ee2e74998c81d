import { storableText } from '../../storable.js';
import type { FoundAddress } from '../email/extract.js';
import { decodeBody } from './charset.js';
import type { PageReading } from './page-reading.js';
import { readPage } from './read-page.js';

/** A page to be read: as received, or as text (a browser's document, one that was stored before). */
export type PageSource = { body: Uint8Array; contentType: string | null } | { html: string };
export interface ParseRequest {
  source: PageSource;
  /** The address that answered: relative links are resolved against it. */
  url: string;
  /** False for an answer that is judged but never kept: an error page's addresses are nobody's contact. */
  withAddresses: boolean;
}
export interface ParsedPage { html: string; reading: PageReading; found: FoundAddress[] }

/**
 * Reads a page, here or on another thread.
 * @throws LeadlineError PARSE_FAILED for a page that could not be read in bounded time; the signal's reason
 */
export type ParsePage = (request: ParseRequest, signal: AbortSignal) => Promise<ParsedPage>;

/** All of a page that is work for the processor. Pure, never throws for any input. @param findAddresses services/email's `extractEmails` */
export function parsePage({ source, url, withAddresses }: ParseRequest, findAddresses: (html: string, options: { url: string }) => FoundAddress[]): ParsedPage {
  const html = storableText('html' in source ? source.html : decodeBody(source.body, source.contentType).text);
  return { html, reading: readPage(html, url), found: withAddresses ? findAddresses(html, { url }) : [] };
}
