import { Companions, walkPage } from '../../page-walk.js';
import { storableText } from '../../storable.js';
import type { AddressSearch, FoundAddress } from '../email/extract.js';
import { decodeBody } from './charset.js';
import { languageSample, statedLanguage } from './content/language.js';
import { PageScanner, type Scan } from './content/scan.js';
import { keptPage, type KeptPage } from './kept-page.js';
import type { PageReading } from './page-reading.js';
import { readScan } from './read-scan.js';

/** A page to be read: as received, or as text (a browser's document, one that was stored before). */
export type PageSource = { body: Uint8Array; contentType: string | null } | { html: string };
export interface ParseRequest {
  source: PageSource;
  /** The address that answered: relative links are resolved against it. */
  url: string;
  /** False for an answer that is judged but never kept: an error page's addresses are nobody's contact. */
  withAddresses: boolean;
  /** What the answer said of the page beside its body. */
  said?: SaidOfPage;
  /** For a page that is to be stored: what its row will say of it. */
  keep?: { url: string; status: number } | undefined;
}
/** `kept` only where it was asked for. */
export interface ParsedPage { html: string; reading: PageReading; found: FoundAddress[]; kept?: KeptPage }
export interface SaidOfPage { robots: PageReading['robots']; canonical: string | null }

/**
 * Reads a page, here or on another thread.
 * @throws LeadlineError PARSE_FAILED for a page that could not be read in bounded time; the signal's reason
 */
export type ParsePage = (request: ParseRequest, signal: AbortSignal) => Promise<ParsedPage>;

/** What a page says its language is, or what its letters say: the tables for that are loaded for the first page that needs them. */
async function languageOf(scan: Scan): Promise<string | null> {
  const sample = languageSample(scan.lines);
  return statedLanguage(scan, sample) ?? (await import('./content/language-detector.js')).detectLanguage(sample);
}

/**
 * All of a page that is work for the processor, both readers in one pass over it. Never throws for any input.
 * @param searchAddresses services/email's function of that name
 */
export async function parsePage({ source, url, withAddresses, said, keep }: ParseRequest, searchAddresses: (html: string, options: { url: string }) => AddressSearch): Promise<ParsedPage> {
  const html = storableText('html' in source ? source.html : decodeBody(source.body, source.contentType).text);
  const scanner = new PageScanner();
  const search = withAddresses ? searchAddresses(html, { url }) : null;
  const beside = search?.visitor() ?? null;
  walkPage(html, beside === null ? scanner : new Companions(scanner, beside));
  const scan = scanner.finish();
  const reading = together(readScan(scan, url, await languageOf(scan)), said);
  const page = { html, reading, found: search?.finish() ?? [] };
  return keep === undefined ? page : { ...page, kept: keptPage({ ...keep, finalUrl: url }, page) };
}

/** Header and page may each forbid; neither can allow what the other forbids. Of its address, the page's own word comes before its server's. */
function together(reading: PageReading, said: SaidOfPage | undefined): PageReading {
  if (said === undefined) return reading;
  const { robots } = reading;
  return { ...reading, canonical: reading.canonical ?? said.canonical, robots: { noindex: robots.noindex || said.robots.noindex, nofollow: robots.nofollow || said.robots.nofollow } };
}
