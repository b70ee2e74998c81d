import { EntityKind, IntentKind } from '../../entities/enums.js';
import { type Engine, type ExtractedEntity, type GeneratedText, type Intent } from '../../entities/language.js';
import { LeadlineError } from '../../errors.js';
import { readNumber } from './counts.js';
import { type GoalReading } from './goal-reading.js';
import { type Facts, unprovenClaim, writeFromEvidence } from './grounding.js';
import { Model, type ModelConfig, type ModelPlan } from './model.js';
import { mergePlan } from './plan-merging.js';
import { explain } from './rationale.js';
import { applyFollowUp, splitRemoval } from './refinement.js';
import { GoalRules, type RulesReading } from './rules.js';
import { unsafeReason, blankInjections } from './safety.js';
import { fold, tokenize } from './tokens.js';

/** Characters (UTF-16 units) of a goal or message at most. */
export const MAX_GOAL_LENGTH = 2000;
const MAX_EVIDENCE = 40;

export interface NlpDeps {
  config: ModelConfig;
  logger: { warn(o: object, m: string): void };
}

/**
 * Understands goals and writes from evidence. Rules always read first and decide what is allowed; a model, where a key
 * is set, refines the plan. It never supplies a contact, a place or a number of its own.
 */
export class NlpService {
  private readonly rules = new GoalRules();
  private readonly model: Model | null;
  /** Why the last call of the model failed; null after a success. */
  private lastFailure: string | null = null;

  constructor(private readonly deps: NlpDeps) {
    const { openaiApiKey } = deps.config;
    this.model = openaiApiKey === undefined || openaiApiKey === '' ? null : new Model({ ...deps.config, openaiApiKey });
  }

  /** Loads the data of the rules ahead of the first goal; optional. */
  async warmUp(): Promise<void> {
    await this.rules.load();
  }

  /**
   * @throws LeadlineError GOAL_INVALID (empty, over 2,000 characters, not a search; `details.intent`), GOAL_UNSAFE.
   */
  async processGoal(text: string, signal?: AbortSignal): Promise<GoalReading> {
    const startedAt = performance.now();
    checkText(text);
    const reading = await this.rules.read(text);
    checkIntent(reading.intent);
    signal?.throwIfAborted();
    if (!this.model) return { ...reading, engine: engine('rules', false, 0, startedAt) };
    try {
      const { value, tokens } = await this.model.plan({ goal: blankInjections(text), reading: outline(reading) }, signal);
      const merged = await this.adopt(text, reading, value);
      this.lastFailure = null;
      return { ...merged, engine: engine(this.model.name, false, tokens, startedAt) };
    } catch (error) {
      signal?.throwIfAborted();
      this.noteFailure(error, 'the rules read the goal instead of the model');
      return { ...reading, engine: engine('rules', true, 0, startedAt) };
    }
  }

  /** What the rules read in a part of a strategy, such as "in Berlin" or "bakeries": no intent is asked of it. */
  async readParts(text: string): Promise<RulesReading> {
    checkText(text);
    return await this.rules.read(text);
  }

  /** Entities of any text of at most 2,000 characters; an empty text has none. */
  async extractEntities(text: string): Promise<ExtractedEntity[]> {
    if (text.trim() === '') return [];
    checkText(text);
    return (await this.rules.read(text)).entities;
  }

  /** @throws LeadlineError GOAL_INVALID over 2,000 characters. An empty text is OTHER. */
  async classifyIntent(text: string): Promise<Intent> {
    if (text.trim() === '') return { kind: IntentKind.OTHER, confidence: 0.99, reason: 'The text is empty.' };
    checkText(text);
    return (await this.rules.read(text)).intent;
  }

  /**
   * Applies a follow-up ("only in Dallas", "also Houston", "make it 100", "no franchises") to a reading.
   * Entities keep their offsets into the text of the goal.
   * @throws LeadlineError CONTEXT_MISSING, GOAL_INVALID, GOAL_UNSAFE.
   */
  async refineGoal(previous: { text: string; reading: GoalReading }, message: string): Promise<GoalReading> {
    const startedAt = performance.now();
    if (!previous?.reading || previous.text.trim() === '') throw new LeadlineError('CONTEXT_MISSING', 'There is no goal yet that this message could change.');
    checkText(message);
    const unsafe = unsafeReason(message);
    if (unsafe !== null) throw new LeadlineError('GOAL_UNSAFE', `This cannot be searched for: ${unsafe}.`);
    const { kept, removed } = splitRemoval(message);
    const keptReading = await this.rules.read(kept);
    const removedReading = removed.trim() === '' ? null : await this.rules.read(removed);
    const counted = lastNumber(kept, keptReading);
    const refined = applyFollowUp(previous.reading, message, counted, removedReading);
    return { ...refined, rationale: explain(refined, refined.targetCount !== 50, 0), engine: engine('rules', false, 0, startedAt) };
  }

  /**
   * A text about a lead that states nothing its evidence does not.
   * @throws LeadlineError CONTEXT_MISSING without evidence, GOAL_INVALID for an instruction over 2,000 characters, GOAL_UNSAFE.
   */
  async generateResponse(facts: Facts, instruction: string): Promise<GeneratedText> {
    const startedAt = performance.now();
    if (instruction.length > MAX_GOAL_LENGTH) throw new LeadlineError('GOAL_INVALID', `An instruction has at most ${MAX_GOAL_LENGTH} characters.`, { details: { intent: IntentKind.OTHER } });
    const unsafe = unsafeReason(instruction);
    if (unsafe !== null) throw new LeadlineError('GOAL_UNSAFE', `This cannot be written: ${unsafe}.`);
    // The template is made first: it also says when there is nothing to write from.
    const template = writeFromEvidence(facts, instruction);
    if (!this.model) return { text: template, engine: engine('rules', false, 0, startedAt) };
    try {
      const evidence = facts.evidence.slice(0, MAX_EVIDENCE).map((e) => ({ field: e.field, value: e.value.slice(0, 500), snippet: e.snippet.slice(0, 500), pageUrl: e.pageUrl }));
      const { value, tokens } = await this.model.write({ companyName: facts.companyName, instruction, evidence });
      const claim = value.trim() === '' ? '(empty)' : unprovenClaim(value, facts);
      if (claim !== null) throw new LeadlineError('LLM_SCHEMA', 'The model stated something that the evidence does not hold.');
      this.lastFailure = null;
      return { text: value.trim(), engine: engine(this.model.name, false, tokens, startedAt) };
    } catch (error) {
      this.noteFailure(error, 'a template wrote the text instead of the model');
      return { text: template, engine: engine('rules', true, 0, startedAt) };
    }
  }

  capability(): { state: 'READY' | 'DEGRADED' | 'OFF'; detail: string } {
    if (!this.model) return { state: 'DEGRADED', detail: 'Rules read the goals; no model key is set.' };
    if (this.lastFailure !== null) return { state: 'DEGRADED', detail: `Rules stand in for ${this.model.name}: ${this.lastFailure}` };
    return { state: 'READY', detail: `${this.model.name} refines what the rules read.` };
  }

  /** Places and counts a model names must stand in the text and be found there by our own readers. */
  private async adopt(text: string, reading: RulesReading, plan: ModelPlan): Promise<RulesReading> {
    const spoken = ` ${fold(blankInjections(text)).replace(/[^\p{L}\p{N}]+/gu, ' ')} `;
    const places = [];
    for (const place of plan.places.slice(0, 10)) {
      const key = fold(place).replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
      if (key === '' || !spoken.includes(` ${key} `)) continue;
      places.push(...(await this.rules.read(`in ${place.slice(0, 100)}`)).locations);
    }
    const industries = [];
    for (const { name, keywords } of plan.industries.slice(0, 5)) industries.push({ name, keywords, known: await this.rules.industriesOf(name, reading.language) });
    const tokens = tokenize(blankInjections(text));
    const counts = tokens.map((_, i) => readNumber(tokens, i)?.value);
    const merged = mergePlan(reading, plan, { places, industries, countStated: plan.count !== null && counts.includes(plan.count) && !reading.entities.some((e) => e.kind === EntityKind.COUNT) });
    return merged;
  }

  private noteFailure(error: unknown, consequence: string): void {
    const code = error instanceof LeadlineError ? error.code : 'LLM_FAILED';
    const reason = error instanceof LeadlineError ? error.message : 'The model failed in an unexpected way.';
    this.lastFailure = `${reason} (${code})`;
    this.deps.logger.warn({ code, reason, err: error instanceof LeadlineError ? undefined : error }, consequence);
  }
}

function engine(name: string, degraded: boolean, tokens: number, startedAt: number): Engine {
  return { name, degraded, cached: false, tokens, durationMs: Math.round(performance.now() - startedAt) };
}

function checkText(text: string): void {
  const invalid = (message: string): LeadlineError => new LeadlineError('GOAL_INVALID', message, { details: { intent: IntentKind.OTHER } });
  if (text.length > MAX_GOAL_LENGTH) throw invalid(`A goal has at most ${MAX_GOAL_LENGTH} characters; this one has ${text.length}.`);
  if (text.trim() === '') throw invalid('The goal is empty.');
}

function checkIntent(intent: Intent): void {
  if (intent.kind === IntentKind.UNSAFE) throw new LeadlineError('GOAL_UNSAFE', intent.reason);
  if (intent.kind === IntentKind.OTHER) throw new LeadlineError('GOAL_INVALID', `${intent.reason} Say whom to look for, for example “50 dental clinics in Austin”.`, { details: { intent: intent.kind } });
}

/** What the model sees of the rules' reading: no offsets, no coordinates. */
function outline(reading: RulesReading): object {
  const { industries, locations, roles, keywords, exclusions, targetCount, language } = reading;
  return { industries: industries.map((i) => i.name), places: locations.map((l) => l.name), roles, keywords, exclusions, count: targetCount, language };
}

/** "make it 100" ends with its number; in a follow-up that is a count. */
function lastNumber(message: string, reading: RulesReading): RulesReading {
  if (reading.entities.some((e) => e.kind === EntityKind.COUNT)) return reading;
  const tokens = tokenize(message);
  const at = tokens.findIndex((_, i) => {
    const number = readNumber(tokens, i);
    return number !== null && number.to === tokens.length && Number.isInteger(number.value) && number.value >= 1;
  });
  const number = at < 0 ? null : readNumber(tokens, at);
  const first = tokens[at];
  if (!number || !first || reading.locations.length > 0) return reading;
  const value = Math.min(1000, number.value);
  const entity: ExtractedEntity = { kind: EntityKind.COUNT, text: message.slice(first.start), value: String(value), start: first.start, end: message.length };
  return { ...reading, targetCount: value, entities: [...reading.entities, entity] };
}
