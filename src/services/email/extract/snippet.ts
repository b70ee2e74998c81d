/** The words around a sighting, as a person reads them: the proof that is stored with every address. */
import type { Finding } from './finding.js';

const AROUND = 80;
const MAX_SPAN = 160;

/** Moves a cut to the nearest border between words, at most 12 characters away. */
function wordStart(text: string, at: number): number {
  if (at <= 0) return 0;
  const space = text.slice(at, at + 12).search(/\s/);
  return space < 0 ? at : at + space + 1;
}

function wordEnd(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const tail = text.slice(Math.max(0, at - 12), at);
  const space = Math.max(tail.lastIndexOf(' '), tail.lastIndexOf('\n'), tail.lastIndexOf('\t'));
  return space < 0 ? at : at - tail.length + space;
}

function fold(text: string): string {
  return text.replaceAll('\ue001', '.').replace(/[\s\ue000]+/g, (run) => (run.includes('\ue000') ? ' @ ' : ' '));
}

/**
 * Up to 80 characters on both sides. Where the text does not show the address (a link, a script), the attribute or
 * code follows in square brackets with the address it gives.
 */
export function snippetOf(text: string, finding: Finding): string {
  const start = Math.max(0, Math.min(finding.start, text.length));
  const end = Math.min(text.length, Math.max(start, Math.min(finding.end, start + MAX_SPAN)));
  const from = start - AROUND <= 0 ? 0 : Math.min(start, wordStart(text, start - AROUND));
  const to = end + AROUND >= text.length ? text.length : Math.max(end, wordEnd(text, end + AROUND));
  const address = `${finding.local}@${finding.domain}`;
  const before = fold(text.slice(from, start));
  const shown = fold(text.slice(start, end));
  const after = fold(text.slice(end, to));
  if (finding.evidence === null || shown.toLowerCase().includes(address)) return `${before}${shown}${after}`.trim();
  const proof = finding.evidence.toLowerCase().includes(address) ? finding.evidence : `${finding.evidence} → ${address}`;
  return `${before}${shown} [${proof}] ${after}`.replace(/ {2,4}/g, ' ').trim();
}
