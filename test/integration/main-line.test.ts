import { describe, expect, it } from 'vitest';
import { openSandbox, startTestApp } from '../support/test-app.js';

interface Event { seq: number; type: string; counters: { percent: number; leads: number } }

describe('a goal in plain words', () => {
  it('becomes leads, each with the page that proves it', async () => {
    const sandbox = await openSandbox();
    const test = await startTestApp({}, sandbox);
    try {
      const client = await test.user();
      // Known before the run, with nothing but a name: what the crawl fills is named in its history.
      const { createLead: mine } = await client.data<{ createLead: { id: string; version: number } }>('mutation { createLead(input: { companyName: "My own name for it", website: "https://www.thallow-dental.com/" }) { id version } }');
      const { createGoal } = await client.data<{ createGoal: { id: string } }>('mutation { createGoal(input: { text: "5 dental clinics in Austin, Texas", run: true }) { id } }');
      const stream = client.subscribe<{ goalProgress: Event }>('subscription ($id: ID!) { goalProgress(goalId: $id, after: 0) { seq type counters { percent leads } } }', { id: createGoal.id });
      const events: Event[] = [];
      for await (const { goalProgress } of stream.events) events.push(goalProgress);
      await stream.close();
      expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
      expect(events.at(-1)).toMatchObject({ type: 'COMPLETED', counters: { percent: 100 } });
      const { leads } = await client.data<{ leads: { nodes: { companyName: string; score: number; factors: { points: number }[]; evidence: { snippet: string; start: number; end: number; pageUrl: string; value: string }[] }[] } }>(
        'query ($id: ID!) { leads(first: 100, filter: { goalId: $id }) { nodes { companyName score factors { points } evidence { snippet start end pageUrl value } } } }', { id: createGoal.id });
      expect(leads.nodes.length).toBeGreaterThanOrEqual(5);
      for (const lead of leads.nodes) {
        expect(lead.factors.reduce((sum, factor) => sum + factor.points, 0)).toBe(lead.score);
        expect(lead.evidence.length).toBeGreaterThan(0);
        for (const proof of lead.evidence) expect(proof.end).toBeLessThanOrEqual(proof.snippet.length);
      }
      const known = await client.data<{ lead: { version: number; companyName: string; phones: string[]; history: { nodes: { type: string; changes: Record<string, unknown> }[] } } }>(
        'query ($id: ID!) { lead(id: $id) { version companyName phones history(first: 10) { nodes { type changes } } } }', { id: mine.id });
      expect(known.lead.companyName).toBe('My own name for it');
      expect(known.lead.phones).not.toEqual([]);
      expect(known.lead.history.nodes[0]).toMatchObject({ type: 'UPDATED', changes: { phones: [[], known.lead.phones], version: known.lead.version } });
      const UPDATE = 'mutation ($id: ID!, $version: Int!, $input: UpdateLeadInput!) { updateLead(id: $id, version: $version, input: $input) { version } }';
      expect(await client.failure(UPDATE, { id: mine.id, version: mine.version, input: { phones: ['+1 512 555 0100'] } })).toMatchObject({ code: 'UPDATE_CONFLICT', base: { phones: [] }, theirs: { phones: known.lead.phones } });
      await client.data(UPDATE, { id: mine.id, version: mine.version, input: { companyName: 'A better name' } });
    } finally {
      await test.close();
      await sandbox.close();
    }
  });
});
