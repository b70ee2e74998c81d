import { describe, expect, it } from 'vitest';
import { openSandbox, startTestApp } from '../support/test-app.js';

interface Made { createGoal: { id: string; intent: { kind: string }; entities: { kind: string; text: string; start: number; end: number }[]; strategy: { version: number; targetCount: number; rationale: string; engine: { name: string; degraded: boolean; tokens: number }; industries: { name: string; code: string | null }[]; locations: { name: string; countryCode: string }[]; queries: { query: string }[] } } }
const CREATE = 'mutation ($text: String!) { createGoal(input: { text: $text }) { id intent { kind } entities { kind text start end } strategy { version targetCount rationale engine { name degraded tokens } industries { name code } locations { name countryCode } queries { query } } } }';
const TEXT = '25 dental clinics in Austin, Texas that take walk-ins, no chains';

describe('the strategy of a goal', () => {
  it('comes from rules without a key, the same each time, and says so', async () => {
    const test = await startTestApp({ ROLES: 'api' });
    try {
      const client = await test.user();
      const { createGoal: goal } = await client.data<Made>(CREATE, { text: TEXT });
      expect(goal.intent.kind).toBe('FIND_COMPANIES');
      for (const entity of goal.entities) expect(TEXT.slice(entity.start, entity.end)).toBe(entity.text);
      expect(goal.strategy).toMatchObject({ version: 1, targetCount: 25, engine: { name: 'rules', degraded: false, tokens: 0 }, locations: [{ name: 'Austin', countryCode: 'US' }] });
      expect(goal.strategy.industries[0]).toMatchObject({ code: '621210' });
      const again = await client.data<Made>(CREATE, { text: TEXT });
      expect(again.createGoal.strategy.queries).toEqual(goal.strategy.queries);
    } finally {
      await test.close();
    }
  });

  it('is refined by a model where a key is set, and falls back to the rules aloud when the model fails', async () => {
    const sandbox = await openSandbox();
    const { OPENAI_API_KEY = '', OPENAI_BASE_URL = '' } = sandbox.environment();
    const test = await startTestApp({ ROLES: 'api', OPENAI_API_KEY, OPENAI_BASE_URL, LLM_TIMEOUT_MS: '1500' }, sandbox);
    try {
      const client = await test.user();
      const withModel = await client.data<Made>(CREATE, { text: TEXT });
      expect(withModel.createGoal.strategy.engine).toMatchObject({ name: 'gpt-sandbox', degraded: false });
      expect(withModel.createGoal.strategy.engine.tokens).toBeGreaterThan(0);
      for (const mode of ['rate_limited', 'quota', 'server_error', 'malformed', 'refusal', 'length', 'wrong_shape', 'timeout'] as const) {
        sandbox.control.openai(mode);
        const { createGoal: goal } = await client.data<Made>(CREATE, { text: TEXT });
        expect(goal.strategy.engine, mode).toMatchObject({ name: 'rules', degraded: true });
        expect(goal.strategy.targetCount).toBe(25);
      }
      const { capabilities } = await client.data<{ capabilities: { name: string; state: string }[] }>('{ capabilities { name state } }');
      expect(capabilities.find((part) => part.name === 'language')?.state).toBe('DEGRADED');
    } finally {
      await test.close();
      await sandbox.close();
    }
  });

  it('changes by a follow-up or by hand into a new version, and the old one stays readable', async () => {
    const test = await startTestApp({ ROLES: 'api' });
    try {
      const client = await test.user();
      const { createGoal: { id } } = await client.data<Made>(CREATE, { text: TEXT });
      const { refineGoal } = await client.data<{ refineGoal: { strategy: { version: number; targetCount: number } } }>('mutation ($id: ID!) { refineGoal(id: $id, message: "make it 40") { strategy { version targetCount } } }', { id });
      expect(refineGoal.strategy).toEqual({ version: 2, targetCount: 40 });
      const { updateStrategy } = await client.data<{ updateStrategy: { version: number; locations: { name: string }[]; targetCount: number; queries: { query: string }[] } }>(
        'mutation ($id: ID!) { updateStrategy(goalId: $id, input: { locations: ["Dallas, Texas"] }) { version locations { name } targetCount queries { query } } }', { id });
      expect(updateStrategy).toMatchObject({ version: 3, locations: [{ name: 'Dallas' }], targetCount: 40 });
      expect(updateStrategy.queries.some((query) => query.query.includes('Dallas'))).toBe(true);
      for (const input of [{ locations: ['Xyzzyville Nowhere'] }, { targetCount: 0 }, { targetCount: 1_001 }, { queries: [] }, { keywords: [' '] }]) {
        expect((await client.failure('mutation ($id: ID!, $input: UpdateStrategyInput!) { updateStrategy(goalId: $id, input: $input) { version } }', { id, input })).code, JSON.stringify(input)).toBe('STRATEGY_INVALID');
      }
      const { goal } = await client.data<{ goal: { strategies: { version: number }[] } }>('query ($id: ID!) { goal(id: $id) { strategies { version } } }', { id });
      expect(goal.strategies.map((strategy) => strategy.version)).toEqual([3, 2, 1]);
    } finally {
      await test.close();
    }
  });
});
