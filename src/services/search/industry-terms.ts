/** What a trade is called in other languages, from OpenStreetMap's tagging presets (ISC), which are installed anyway. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { IndustryMatch } from '../../entities/search-values.js';

interface Preset { name?: string; terms?: string; aliases?: string }

/** About 0.3 MB of text a language, 5 ms to read; only the names and terms are kept. */
const MAX_LANGUAGES = 12;
const loaded = new Map<string, Map<string, string[]>>();
/** Terms per preset that are kept: the name, then the first aliases and search terms. */
const MAX_TERMS = 4;

function folder(): string {
  return path.join(path.dirname(createRequire(import.meta.url).resolve('@openstreetmap/id-tagging-schema/package.json')), 'dist', 'translations');
}

function presetsOf(language: string): Map<string, string[]> {
  const kept = loaded.get(language);
  if (kept !== undefined) return kept;
  const terms = new Map<string, string[]>();
  for (const [id, preset] of Object.entries(readPresets(language))) {
    const listed = [preset.name ?? '', ...(preset.aliases ?? '').split('\n'), ...(preset.terms ?? '').split(',')].map((term) => term.trim()).filter((term) => term !== '');
    // A preset without a name of its own is untranslated.
    if (preset.name !== undefined && preset.name !== '') terms.set(id, [...new Set(listed)].slice(0, MAX_TERMS));
  }
  const oldest = loaded.size >= MAX_LANGUAGES ? loaded.keys().next().value : undefined;
  if (oldest !== undefined) loaded.delete(oldest);
  loaded.set(language, terms);
  return terms;
}

/** Empty for a language without a file: the plan then does without. */
function readPresets(language: string): Record<string, Preset> {
  if (!/^[a-z]{2,3}(?:-[A-Z]{2})?$/.test(language)) return {};
  try {
    const parsed = JSON.parse(readFileSync(path.join(folder(), `${language}.min.json`), 'utf8')) as Record<string, { presets?: { presets?: Record<string, Preset> } }>;
    return parsed[language]?.presets?.presets ?? {};
  } catch {
    return {};
  }
}

/** What the trade is called in the language, best first; empty when nobody translated it. */
export function industryTerms(industry: IndustryMatch, language: string): string[] {
  const presets = presetsOf(language);
  for (const tag of industry.osmTags) {
    const terms = presets.get(tag.replace('=', '/'));
    if (terms !== undefined) return terms;
  }
  return [];
}
