/**
 * Finds every e-mail address on a page, each with the words that prove it. Pure: no I/O, and no code of the page is run.
 * Techniques and examples: docs/obfuscation.md.
 */
import { domainToASCII } from 'node:url';
import type { PageVisitor } from '../../page-walk.js';
import { EmailNotation } from '../../entities/email-notation.js';
import { findInAttributes } from './extract/attributes.js';
import { isCredit } from './extract/credit.js';
import { isMailDomain } from './extract/domain.js';
import type { Finding } from './extract/finding.js';
import { findInNested } from './extract/nested.js';
import { hasInside, lowerBound, type PageModel } from './extract/page-model.js';
import { personOf, PersonIndex } from './extract/person.js';
import { isCredible, pageContext, type PageContext } from './extract/precision.js';
import { markupOf, PageScanner, scanHtml } from './extract/scan-html.js';
import { findInScripts } from './extract/script-folding.js';
import { snippetOf } from './extract/snippet.js';
import { findInStructuredData } from './extract/structured.js';
import { applySubstitute } from './extract/substitute.js';
import { scanText } from './extract/text-scanner.js';
import { isThirdPartyAddress } from './extract/third-party.js';
import { withoutTold } from './extract/told-removals.js';
import { findInVcards } from './extract/vcard.js';

export interface FoundAddress {
  /** Lower case; an internationalised domain stays in Unicode where the page prints it so. */
  address: string;
  /** The most explicit way it was written: see NOTATION_ORDER. */
  notation: EmailNotation;
  /** All ways it was written, most explicit first. */
  notations: EmailNotation[];
  /** Up to 80 characters on both sides of the address or its obfuscated form, white space folded. */
  snippet: string;
  /** From the surrounding card, row or structured data; never from the address alone. */
  personName: string | null;
  jobTitle: string | null;
  /** Stands in a "website by …" credit. */
  inFooterCredit: boolean;
}

/** From what a page says outright to what has to be put together. RENDERED is given by callers that use a browser. */
export const NOTATION_ORDER: readonly EmailNotation[] = [
  EmailNotation.MAILTO, EmailNotation.TEXT, EmailNotation.ENTITY, EmailNotation.STRUCTURED_DATA, EmailNotation.CLOUDFLARE,
  EmailNotation.DEOBFUSCATED, EmailNotation.SCRIPT, EmailNotation.ATTRIBUTE, EmailNotation.RENDERED,
];

/** Longest content read, in UTF-16 units; the rest of a longer one is left out. */
const MAX_CONTENT = 10_000_000;

/** A page with more addresses is a dump: each would be a row, a verdict and questions to a name server, and 5 MB hold 200,000. */
const MAX_ADDRESSES = 2_000;

function findInText(model: PageModel, page: PageContext): Finding[] {
  const findings: Finding[] = [];
  const composedEnds = model.composed.map((each) => each.end);
  for (const match of scanText(model.text, { page, seams: model.seams })) {
    const meant = withoutTold(model.text, match);
    if (meant !== null && isMailDomain(meant.domain) && isCredible(meant.local, meant.domain, page)) {
      findings.push({ ...meant, notation: EmailNotation.DEOBFUSCATED, start: match.start, end: match.end, evidence: null, element: -1 });
      continue;
    }
    const range = model.composed[lowerBound(composedEnds, match.start + 1)];
    const composed = range !== undefined && match.end > range.start;
    const notation = match.decoded || composed ? EmailNotation.DEOBFUSCATED
      : hasInside(model.entityOffsets, match.start, match.end) ? EmailNotation.ENTITY : EmailNotation.TEXT;
    findings.push({ local: match.local, domain: match.domain, notation, start: match.start, end: match.end, evidence: null, element: -1 });
  }
  const substituted = applySubstitute(model.text);
  if (substituted === null) return findings;
  for (const match of scanText(substituted.text, { page })) {
    const [start, end] = [substituted.offset(match.start), substituted.offset(match.end)];
    if (model.text.slice(start, end).includes('@')) continue;
    findings.push({ local: match.local, domain: match.domain, notation: EmailNotation.DEOBFUSCATED, start, end, evidence: null, element: -1 });
  }
  return findings;
}

interface Gathered { findings: Finding[]; domain: string }

/** Joins the sightings of one mail box: the domain is compared in its ASCII form, and kept in Unicode where printed so. */
function gather(findings: readonly Finding[]): Map<string, Gathered> {
  const byAddress = new Map<string, Gathered>();
  for (const finding of findings) {
    const key = `${finding.local}@${domainToASCII(finding.domain)}`;
    const known = byAddress.get(key);
    if (known === undefined) byAddress.set(key, { findings: [finding], domain: finding.domain });
    else {
      known.findings.push(finding);
      if (known.domain.includes('xn--') && !finding.domain.includes('xn--')) known.domain = finding.domain;
    }
  }
  return byAddress;
}

function siteName(page: PageContext): string {
  return (page.siteDomain?.split('.')[0] ?? '').replace(/[^\p{L}]/gu, '');
}

/** The sighting to show: of the best notation; for a link, its text where that prints the address. */
function bestFinding(findings: readonly Finding[], notation: EmailNotation): Finding {
  const best = findings.find((finding) => finding.notation === notation) ?? findings[0];
  if (best === undefined) throw new RangeError('an address without a sighting');
  if (best.evidence === null) return best;
  const printed = findings.find((finding) => finding.evidence === null && finding.start >= best.start && finding.end <= best.end + 2);
  return printed ?? best;
}

/** In order of first appearance, 2,000 at most. */
function addressesOf(model: PageModel, page: PageContext): FoundAddress[] {
  const findings = [...findInText(model, page), ...findInAttributes(model, page), ...findInStructuredData(model, page), ...findInVcards(model, page), ...findInNested(model, page), ...findInScripts(model, page)];
  findings.sort((a, b) => a.start - b.start);
  const people = new PersonIndex(model, findings, siteName(page));
  const addresses: FoundAddress[] = [];
  for (const { findings: sightings, domain } of gather(findings).values()) {
    if (addresses.length >= MAX_ADDRESSES) break;
    const notations = NOTATION_ORDER.filter((each) => sightings.some((finding) => finding.notation === each));
    const notation = notations[0];
    if (notation === undefined) continue;
    const best = bestFinding(sightings, notation);
    const person = personOf(people, sightings);
    addresses.push({
      address: `${best.local}@${domain}`, notation, notations, snippet: snippetOf(model.text, { ...best, domain: best.domain }),
      personName: person.name, jobTitle: person.title, inFooterCredit: sightings.every((finding) => isCredit(model.text, finding.start)),
    });
  }
  return addresses;
}

/** A search that can share the walk over a page with others who look at it. */
export class AddressSearch {
  private readonly markup: string;
  private scanner: PageScanner | null = null;

  constructor(private readonly content: string, private readonly options: { url?: string }) {
    this.markup = markupOf(content.length > MAX_CONTENT ? content.slice(0, MAX_CONTENT) : content);
  }

  /** Whoever walks over the content as HTML may take this one along; null for content that is not read as it stands. */
  visitor(): PageVisitor | null {
    if (this.markup === this.content) this.scanner = new PageScanner(this.markup);
    return this.scanner;
  }

  finish(): FoundAddress[] {
    const model = this.scanner?.isComplete === true ? this.scanner.finish() : scanHtml(this.markup);
    return addressesOf(model, pageContext(this.options.url));
  }
}

export function searchAddresses(content: string, options: { url?: string } = {}): AddressSearch {
  return new AddressSearch(content, options);
}

/**
 * Every address of `content` (HTML or plain text) in order of first appearance, 2,000 at most. `options.url` is the page's own address: it makes
 * doubtful readings of the site's own domain credible and reserved domains (RFC 2606) incredible on real sites.
 * Linear in the length of the content; never throws on bad mark-up.
 */
export function extractEmails(content: string, options: { url?: string } = {}): FoundAddress[] {
  return searchAddresses(content, options).finish();
}

/**
 * Belongs to somebody else than the site's owner: a web agency in a credit, a platform, an authority. `siteDomain` is the
 * site's host or registrable domain.
 */
export function isThirdParty(found: FoundAddress, siteDomain: string): boolean {
  return isThirdPartyAddress(found.address, found.inFooterCredit, siteDomain);
}
