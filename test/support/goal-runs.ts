import { type TestClient, until } from './client.js';

export interface GoalState { status: string; error: string | null; counters: { leads: number; sites: number; sitesFailed: number; pages: number }; sources: { provider: string; status: string; message: string | null; results: number }[]; crawlJobs: { nodes: { status: string; error: string | null; errorCode: string | null }[] } }

export const GOAL = '5 dental clinics in Austin, Texas';
// With few pages: one of the sandbox's clinics asks for 2 s between requests, and gets them.
export const SMALL = '2 dental clinics in Austin, Texas';
export const STATE = 'query ($id: ID!) { goal(id: $id) { status error counters { leads sites sitesFailed pages } sources { provider status message results } crawlJobs(first: 100) { nodes { status error errorCode } } } }';

export async function createGoal(client: TestClient, run: boolean, budget: Record<string, number> = {}, text = GOAL): Promise<string> {
  const { createGoal } = await client.data<{ createGoal: { id: string } }>('mutation ($input: CreateGoalInput!) { createGoal(input: $input) { id } }', { input: { text, run, budget } });
  return createGoal.id;
}

export const stateOf = async (client: TestClient, id: string): Promise<GoalState> => (await client.data<{ goal: GoalState }>(STATE, { id })).goal;

export async function ended(client: TestClient, id: string, limitMs = 90_000): Promise<GoalState> {
  return await until(async () => {
    const state = await stateOf(client, id);
    return state.status !== 'RUNNING' && state;
  }, 'the goal ends', limitMs);
}
