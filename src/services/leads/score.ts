/**
 * The score of a lead: fit (0 to 60, how well the site matches the goal) plus reach (0 to 40, how surely somebody
 * can be reached). Both are sums of factors, each with what was found and where; nothing is blended silently and
 * the points of all factors add up to the score exactly.
 */
import { type ScoreFactor } from '../../entities/score-factor.js';
import { type BuildEmail, type BuildGoal, type BuildPage, type LeadDraft } from './lead-draft.js';
import { fitFactors } from './fit.js';
import { reachFactors } from './reach.js';

export interface ScoreInput {
  draft: LeadDraft;
  emails: readonly BuildEmail[];
  pages: readonly BuildPage[];
  goal: BuildGoal | null;
  /** The moment of scoring, for the freshness of the pages. */
  now: Date;
}

export interface LeadScore {
  /** fitScore + reachScore, 0 to 100. */
  score: number;
  /** 0 to 60. */
  fitScore: number;
  /** 0 to 40. */
  reachScore: number;
  factors: ScoreFactor[];
  /** One sentence that quotes only what the evidence says. */
  reason: string;
}

/** A factor with the words it adds to the sentence, null where it has nothing good to tell. */
export interface ToldFactor extends ScoreFactor { told: string | null }

function sum(factors: readonly ToldFactor[]): number {
  return factors.reduce((total, factor) => total + factor.points, 0);
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}

function sentence(draft: LeadDraft, fit: readonly ToldFactor[], reach: readonly ToldFactor[]): string {
  const matches = fit.flatMap((factor) => factor.told ?? []);
  const ways = reach.flatMap((factor) => factor.told ?? []);
  const first = matches.length === 0 ? `${draft.companyName} shows none of the goal's words on the pages read` : `${draft.companyName} ${listed(matches)}`;
  const second = ways.length === 0 ? 'no way to reach it was found' : `it can be reached ${listed(ways)}`;
  return `${first}; ${second}.`;
}

export function scoreLead(input: ScoreInput): LeadScore {
  const fit = input.goal === null ? [] : fitFactors(input.draft, input.pages, input.goal);
  const reach = reachFactors(input.draft, input.emails, input.pages, input.goal, input.now);
  const fitScore = sum(fit);
  const reachScore = sum(reach);
  return {
    score: fitScore + reachScore,
    fitScore,
    reachScore,
    factors: [...fit, ...reach].map(({ name, points, reason }) => ({ name, points, reason })),
    reason: input.goal === null ? withoutGoal(input.draft, reach) : sentence(input.draft, fit, reach),
  };
}

function withoutGoal(draft: LeadDraft, reach: readonly ToldFactor[]): string {
  const ways = reach.flatMap((factor) => factor.told ?? []);
  return ways.length === 0 ? `No way to reach ${draft.companyName} was found on the pages read.` : `${draft.companyName} can be reached ${listed(ways)}.`;
}

