import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxSite } from '../sandbox/index.js';

/** One address that a careful reader finds on a site, and the ways it is written there. */
export interface TrueAddress { address: string; how: string[] }
/** What is to be found per host, and what may be found without being an error. */
export type Truth = Map<string, { wanted: TrueAddress[]; optional: Set<string> }>;
/** Addresses found per host. */
export type Found = ReadonlyMap<string, readonly string[]>;

export interface Tally { right: number; missed: number; wrong: number }
export interface Score extends Tally {
  /** Per way of writing: found and missed; a wrong address has no true way of writing. */
  byHow: Map<string, { right: number; missed: number }>;
  misses: { host: string; address: string; how: string }[];
  wrongs: { host: string; address: string }[];
}

interface TruthFile { [host: string]: { emails: { email: string; how: string[]; scored: boolean }[]; optional_emails: { email: string }[] } }

/** Reads DIR/truth.json (its form is described beside it). */
export function readTruth(webDir: string): Truth {
  const file = join(webDir, 'truth.json');
  if (!existsSync(file)) throw new Error(`there is no ${file}: without the truth nothing can be scored`);
  const parsed = JSON.parse(readFileSync(file, 'utf8')) as TruthFile;
  return new Map(Object.entries(parsed).map(([host, site]) => [host, {
    wanted: site.emails.filter((email) => email.scored).map(({ email, how }) => ({ address: email, how })),
    optional: new Set([...site.optional_emails, ...site.emails.filter((email) => !email.scored)].map(({ email }) => email)),
  }]));
}

/** The generated sites know what they print. */
export function sandboxTruth(sites: readonly SandboxSite[]): Truth {
  return new Map(sites.map((site) => {
    const how = new Map<string, Set<string>>();
    for (const { address, notation } of site.emails) how.set(address, (how.get(address) ?? new Set()).add(notation));
    return [site.host, { wanted: [...how].map(([address, ways]) => ({ address, how: [...ways] })), optional: new Set<string>() }];
  }));
}

/** Counts as the scorer beside the real sites does: a host that is absent counts as all missed, an optional address as nothing. */
export function scoreFound(found: Found, truth: Truth): Score {
  const score: Score = { right: 0, missed: 0, wrong: 0, byHow: new Map(), misses: [], wrongs: [] };
  for (const [host, { wanted, optional }] of truth) {
    const got = new Set((found.get(host) ?? []).map((address) => address.toLowerCase()));
    const wantedNames = new Set(wanted.map(({ address }) => address));
    for (const { address, how } of wanted) {
      const isHit = got.has(address);
      score[isHit ? 'right' : 'missed'] += 1;
      for (const way of how) {
        const tally = score.byHow.get(way) ?? { right: 0, missed: 0 };
        tally[isHit ? 'right' : 'missed'] += 1;
        score.byHow.set(way, tally);
      }
      if (!isHit) score.misses.push({ host, address, how: how.join('+') });
    }
    for (const address of got) {
      if (wantedNames.has(address) || optional.has(address)) continue;
      score.wrong += 1;
      score.wrongs.push({ host, address });
    }
  }
  return score;
}

/** 0 to 1 each; 0 where there is nothing to divide by. */
export function rates({ right, missed, wrong }: Tally): { precision: number; recall: number; f1: number } {
  const precision = right / (right + wrong || 1);
  const recall = right / (right + missed || 1);
  return { precision, recall, f1: (2 * precision * recall) / (precision + recall || 1) };
}

/** How far each of our notations can be trusted: of the addresses read that way, how many are right, optional or wrong. */
export function byNotation(sightings: readonly { host: string; address: string; notation: string }[], truth: Truth): Map<string, { right: number; optional: number; wrong: number }> {
  const tallies = new Map<string, { right: number; optional: number; wrong: number }>();
  for (const { host, address, notation } of sightings) {
    const site = truth.get(host);
    if (!site) continue;
    const tally = tallies.get(notation) ?? { right: 0, optional: 0, wrong: 0 };
    tally[site.wanted.some((one) => one.address === address) ? 'right' : site.optional.has(address) ? 'optional' : 'wrong'] += 1;
    tallies.set(notation, tally);
  }
  return tallies;
}
