import type { EmailNotation } from '../../../entities/email-notation.js';

/** One sighting of an address on a page, before sightings of the same address are joined. */
export interface Finding {
  /** Lower case; the domain as printed (Unicode or punycode). */
  local: string;
  domain: string;
  notation: EmailNotation;
  /** Text range that proves it, or the range of the element that carries it. */
  start: number;
  end: number;
  /** The proof when the text itself does not show it: the attribute or the code as written, at most 160 characters. */
  evidence: string | null;
  /** Innermost element, -1 for none. */
  element: number;
  /** From structured data that names its owner. */
  personName?: string;
  jobTitle?: string;
}

export interface BareAddress { local: string; domain: string }

const MAX_EVIDENCE = 160;

export function clipEvidence(raw: string): string {
  const folded = raw.slice(0, 400).replace(/\s{1,400}/g, ' ').trim();
  return folded.length > MAX_EVIDENCE ? `${folded.slice(0, MAX_EVIDENCE - 1)}…` : folded;
}
