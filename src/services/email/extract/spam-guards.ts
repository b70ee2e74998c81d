/** "infoNOSPAM@firm.example": capitals a person is told to take out. Only what cannot be part of a name is removed. */

const WORDS = '(?:NO[-_.]?SPAM|ANTI[-_.]?SPAM|STOP[-_.]?SPAM|KEIN[-_.]?SPAM|SPAM[-_.]?(?:FREE|SCHUTZ|PROTECT)|REMOVE[-_.]?(?:THIS|ME)?|DELETE[-_.]?(?:THIS|ME)|ENTFERNEN|LOESCHEN|ENLEVER|BORRAR|TOGLIERE|USUN)';
const CAPITALS = new RegExp(`[-_.]?${WORDS}[-_.]?`);
const LABEL = /^(?:no-?spam|antispam|removethis|remove-this|nospamplease|spamschutz|entfernen)$/i;

export interface Unguarded {
  local: string;
  domain: string;
  stripped: boolean;
}

function withoutCapitals(part: string): string {
  const lower = part.replace(CAPITALS, '');
  // In an address written in capitals throughout, capitals say nothing.
  if (!/\p{Ll}/u.test(lower)) return part;
  return part.replace(CAPITALS, (guard) => (guard.startsWith('.') && guard.endsWith('.') ? '.' : '')).replace(/\.{2,4}/g, '.');
}

export function stripSpamGuard(local: string, domain: string): Unguarded {
  let cleanLocal = CAPITALS.test(local) ? withoutCapitals(local) : local;
  let cleanDomain = CAPITALS.test(domain) ? withoutCapitals(domain) : domain;
  const labels = cleanDomain.split('.');
  if (labels.length > 2) cleanDomain = labels.filter((label) => !LABEL.test(label)).join('.');
  const pieces = cleanLocal.split('.');
  if (pieces.length > 1) cleanLocal = pieces.filter((piece) => !LABEL.test(piece)).join('.');
  if (cleanLocal === '' || !cleanDomain.includes('.')) return { local, domain, stripped: false };
  return { local: cleanLocal, domain: cleanDomain, stripped: cleanLocal !== local || cleanDomain !== domain };
}
