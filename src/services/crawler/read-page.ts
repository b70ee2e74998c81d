import { detectLanguage } from './content/language-detector.js';
import { languageSample, statedLanguage } from './content/language.js';
import { scanHtml } from './content/scan.js';
import type { PageReading } from './page-reading.js';
import { readScan } from './read-scan.js';

/**
 * Reads a decoded HTML page. Never throws on any input; time and memory are linear in its length.
 *
 * @param html the document as text; decoding the bytes is the fetcher's business.
 * @param url the final, absolute address of the page.
 * @returns see `readScan`
 */
export function readPage(html: string, url: string): PageReading {
  const scan = scanHtml(html);
  const sample = languageSample(scan.lines);
  return readScan(scan, url, statedLanguage(scan, sample) ?? detectLanguage(sample));
}
