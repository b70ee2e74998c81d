/** What Brave's parameters accept; source: the API reference of the web search endpoint. */

/** At most this many characters and words in `q`. */
const MAX_QUERY_CHARACTERS = 400;
const MAX_QUERY_WORDS = 50;

const COUNTRIES: ReadonlySet<string> = new Set(
  'AR AU AT BE BR CA CL DK FI FR DE HK IN ID IT JP KR MY MX NL NZ NO CN PL PT PH RU SA ZA ES SE CH TW TR GB US'.split(' '),
);

const LANGUAGES: ReadonlySet<string> = new Set(
  ('ar eu bn bg ca zh-hans zh-hant hr cs da nl en en-gb et fi fr gl de gu he hi hu is it jp kn ko lv lt ms ml mr nb pl pt-br pt-pt pa ro ru sr sk sl es sv'
    + ' ta te th tr uk vi').split(' '),
);

/** Brave's country code; ALL where it has none for the country. */
export function braveCountry(countryCode: string | null): string {
  const code = countryCode?.toUpperCase() ?? '';
  const usual = code === 'UK' ? 'GB' : code;
  return COUNTRIES.has(usual) ? usual : 'ALL';
}

/** Brave's language code, or null where it has none (the parameter is then left out). */
export function braveLanguage(language: string | null, countryCode: string | null): string | null {
  if (language === null || language === '') return null;
  const tag = language.toLowerCase().replace(/_/g, '-');
  const [base = ''] = tag.split('-');
  const country = countryCode?.toUpperCase() ?? '';
  switch (base) {
    case 'ja':
      return 'jp';
    case 'no':
    case 'nn':
      return 'nb';
    case 'pt':
      return tag.endsWith('-br') || (tag === 'pt' && country === 'BR') ? 'pt-br' : 'pt-pt';
    case 'zh':
      return /-(?:hant|tw|hk|mo)\b/.test(tag) || (tag === 'zh' && (country === 'TW' || country === 'HK')) ? 'zh-hant' : 'zh-hans';
    case 'en':
      return tag === 'en-gb' || (tag === 'en' && (country === 'GB' || country === 'UK')) ? 'en-gb' : 'en';
    default:
      return LANGUAGES.has(tag) ? tag : LANGUAGES.has(base) ? base : null;
  }
}

/**
 * The query within Brave's limits. Whole words go, from the end; exclusions (`-word`) stay as long as anything fits
 * beside them, because losing one brings back what the user did not want.
 */
export function braveQuery(query: string): string {
  const words = query.split(/\s+/).filter((word) => word !== '');
  if (words.length <= MAX_QUERY_WORDS && words.join(' ').length <= MAX_QUERY_CHARACTERS) return words.join(' ');
  const isExclusion = (word: string): boolean => /^-[^\s-]/.test(word) && !word.includes('"');
  const exclusions = fit(words.filter(isExclusion), MAX_QUERY_WORDS / 2, MAX_QUERY_CHARACTERS / 2);
  const room = MAX_QUERY_CHARACTERS - exclusions.join(' ').length - (exclusions.length > 0 ? 1 : 0);
  const wanted = fit(words.filter((word) => !isExclusion(word)), MAX_QUERY_WORDS - exclusions.length, room);
  return balanceQuotes([...wanted, ...exclusions].join(' '));
}

function fit(words: string[], maxWords: number, maxCharacters: number): string[] {
  const kept: string[] = [];
  let characters = 0;
  for (const word of words.slice(0, maxWords)) {
    const needed = word.length + (kept.length > 0 ? 1 : 0);
    if (characters + needed > maxCharacters) {
      // Text without spaces (Japanese, or nonsense) is cut inside, but not inside a surrogate pair.
      if (kept.length === 0) kept.push(word.slice(0, maxCharacters).replace(/[\uD800-\uDBFF]$/, ''));
      break;
    }
    kept.push(word);
    characters += needed;
  }
  return kept;
}

/** A phrase that lost its end must not swallow the rest of the query. */
function balanceQuotes(query: string): string {
  const quotes = query.split('"').length - 1;
  if (quotes % 2 === 0) return query;
  const last = query.lastIndexOf('"');
  return `${query.slice(0, last)}${query.slice(last + 1)}`;
}
