/** Which of the names on the site is the company's. */
import { type BuildPage, type EvidenceDraft } from './lead-draft.js';
import { type Candidate, evidenceOf, pagesOf, plain, rank, type Sighting, sightings } from './sightings.js';

/** Legal forms are part of the printed name and no part of its identity ("Roe GmbH" is "Roe"). */
const FORM = / (?:g?gmbh(?: co kg)?|mbh|ug(?: haftungsbeschrankt)?|kg|ohg|ag|se|eg|e ?v|e ?k|e ?u|gbr|partg(?: ?mbb)?|ltd|limited|pty ltd|plc|llp|llc|inc|incorporated|corp|corporation|sarl|sas|sasu|eurl|sa|asbl|bvba|vzw|srl|s r l|s r l s|spa|s p a|snc|s n c|sas|s a s|sl|s l|slu|lda|ltda|b ?v|n ?v|ab|hb|as|asa|aps|a s|oy|oyj|ky|tmi|r ?y|sp z o o|s r o|spol s r o|kft|bt|zrt|d o o|d d)$/;

export function nameKey(name: string): string {
  const bare = ` ${plain(name)}`;
  const stripped = bare.replace(FORM, '').trim();
  return stripped === '' ? bare.trim() : stripped;
}

function hasForm(name: string): boolean {
  return nameKey(name) !== plain(name);
}

/**
 * How much the name and the domain say the same, 0 to 1: equal, one inside the other, or the share of the domain
 * that words of the name make up; initials count for short domains.
 */
export function likeness(name: string, domain: string): number {
  const label = plain(domain.split('.')[0] ?? '').replace(/ /g, '');
  // Umlauts are written out in domains: "müller" is mueller.de.
  const spelled = [nameKey(name), nameKey(name.replace(/ä/gi, 'ae').replace(/ö/gi, 'oe').replace(/ü/gi, 'ue'))];
  let best = 0;
  for (const key of spelled) {
    const words = key.split(' ').filter((word) => word !== '');
    const compact = words.join('');
    if (compact.length < 2 || label.length < 2) continue;
    if (compact === label) return 1;
    if (compact.length >= 4 && label.includes(compact)) best = Math.max(best, 0.5 + 0.5 * compact.length / label.length);
    if (label.length >= 4 && compact.includes(label)) best = Math.max(best, 0.6 + 0.4 * label.length / compact.length);
    const covered = words.filter((word) => word.length >= 3 && label.includes(word)).reduce((sum, word) => sum + word.length, 0);
    best = Math.max(best, Math.min(0.9, covered / label.length));
    const initials = words.map((word) => word[0]).join('');
    if (label.length >= 2 && label.length <= 6 && words.length >= 2 && (initials === label || initials.startsWith(label) && label.length >= 3)) best = Math.max(best, 0.7);
  }
  return best;
}

/** Points a perfect match with the domain is worth: more than any difference between two sources. */
const LIKENESS_POINTS = 9;

function adjusted(candidate: Candidate, domain: string, pages: number): number {
  const name = candidate.best.fact.value;
  const share = pagesOf(candidate.sightings) / Math.max(1, pages);
  const words = plain(name).split(' ').length;
  const onlyLoose = candidate.sightings.every(({ fact }) => fact.source === 'title' || fact.source === 'heading');
  const marked = candidate.sightings.some(({ fact }) => fact.source === 'jsonld' && fact.snippet.startsWith('WebSite.')) ? -2 : 0;
  return candidate.weight + marked + LIKENESS_POINTS * likeness(name, domain) + 3 * share + (hasForm(name) ? 2 : 0)
    // A loose source with many words is a slogan.
    - (onlyLoose && words > 5 ? words - 5 : 0) - (onlyLoose && pages > 1 && pagesOf(candidate.sightings) === 1 ? 2 : 0);
}

function shouting(name: string): boolean {
  return name.length > 5 && name === name.toUpperCase() && name !== name.toLowerCase();
}

/** The fullest spelling within the chosen name: legal form first, then mixed case, then trust. */
function bestSpelling(group: readonly Sighting[]): Sighting {
  const value = ({ fact }: Sighting): number => (hasForm(fact.value) ? 4 : 0) + (shouting(fact.value) ? -2 : 0) + (fact.value === fact.value.toLowerCase() ? -2 : 0)
    + (fact.source === 'jsonld' || fact.source === 'microdata' || fact.source === 'opengraph' ? 1 : 0);
  return group.reduce((leader, next) => (value(next) > value(leader) ? next : leader));
}

/** Always a name: at worst the domain, whose proof is the address of the start page. */
export function chooseCompanyName(pages: readonly BuildPage[], domain: string, startUrl: string): { name: string; evidence: EvidenceDraft } {
  const ranked = rank(sightings(pages, 'companyName'), (fact) => nameKey(fact.value))
    .map((candidate) => ({ candidate, points: adjusted(candidate, domain, pages.length) }))
    .sort((one, other) => other.points - one.points);
  const winner = ranked[0]?.candidate;
  if (winner !== undefined) {
    const chosen = bestSpelling(winner.sightings);
    return { name: chosen.fact.value, evidence: evidenceOf('companyName', chosen.fact.value, chosen) };
  }
  const start = pages.find((page) => page.depth === 0) ?? pages[0];
  const url = start?.url ?? startUrl;
  const at = url.toLowerCase().indexOf(domain.toLowerCase());
  return {
    name: domain,
    evidence: {
      field: 'companyName', value: domain, pageUrl: url, pageId: start?.id ?? null, snippet: url, start: Math.max(0, at), end: at === -1 ? url.length : at + domain.length,
      contentHash: start?.contentHash ?? '', foundAt: start?.fetchedAt ?? new Date(0),
    },
  };
}
