/** Documents inside attributes: `<iframe srcdoc>` and `data:` links, which a click or the browser would show. */
import { EmailNotation } from '../../../entities/email-notation.js';
import { findInAttributes, rangeOf } from './attributes.js';
import { percentDecode } from './ciphers.js';
import { clipEvidence, type BareAddress, type Finding } from './finding.js';
import type { AttributeRecord, PageModel } from './page-model.js';
import type { PageContext } from './precision.js';
import { scanContent, scanHtml } from './scan-html.js';
import { scanText } from './text-scanner.js';
import { findInVcards } from './vcard.js';

const DATA_URL = /^\s{0,3}data:text\/(?:x-)?(?:vcard|html|plain|directory)(?:;[\w-]{1,30}=[\w-]{1,30}){0,5}(;base64)?,/i;
const MAX_INNER = 400_000;

function inner(record: AttributeRecord): PageModel | null {
  if (record.name === 'srcdoc') return scanHtml(record.value.slice(0, MAX_INNER));
  const head = record.name === 'href' ? DATA_URL.exec(record.value.slice(0, 300)) : null;
  if (head === null) return null;
  const body = record.value.slice(head[0].length, head[0].length + MAX_INNER);
  return scanContent(head[1] === undefined ? percentDecode(body) : Buffer.from(body, 'base64').toString('utf8'));
}

/** One level deep: a document inside a document inside a document is not worth the work. */
export function findInNested(model: PageModel, page: PageContext): Finding[] {
  const findings: Finding[] = [];
  for (const record of model.attributes) {
    const document = inner(record);
    if (document === null) continue;
    const cards = findInVcards(document, page);
    const found: (BareAddress & Partial<Finding>)[] = [...cards, ...scanText(document.text, { page, seams: document.seams }), ...findInAttributes(document, page)];
    for (const { local, domain, personName, jobTitle } of found) {
      findings.push({
        local, domain, notation: cards.length > 0 ? EmailNotation.STRUCTURED_DATA : EmailNotation.ATTRIBUTE, ...rangeOf(model.elements, record.element),
        evidence: clipEvidence(`${record.name}="${record.value}"`), element: record.element,
        ...(personName === undefined ? {} : { personName }), ...(jobTitle === undefined ? {} : { jobTitle }),
      });
    }
  }
  return findings;
}
