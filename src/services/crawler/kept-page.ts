/** The form in which a page is stored. Made where the page was read, on a thread that has nothing else to do: it is work for the processor only. */
import { fingerprint, type Fingerprint } from './fingerprint.js';
import { pageDocument } from './page-document.js';
import { packDocument, type PackedDocument } from './page-store.js';
import type { PageReading } from './page-reading.js';

/** The document, and the sketch of the page's own words; null for too few of them. */
export interface KeptPage { document: PackedDocument; print: Fingerprint | null }

/** @param page addresses and status as its row will have them */
export function keptPage(page: { url: string; finalUrl: string; status: number }, { html, reading }: { html: string; reading: PageReading }): KeptPage {
  return { document: packDocument(pageDocument({ ...page, html, reading })), print: fingerprint(`${reading.title ?? ''}\n${reading.mainText}`) };
}
