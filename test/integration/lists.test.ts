import { describe, expect, it } from 'vitest';
import type { TestClient } from '../support/client.js';
import { withClient } from '../support/servers.js';
import { startTestApp } from '../support/test-app.js';

interface Lead { id: string; companyName: string; score: number; createdAt: string; updatedAt: string }
interface LeadPage { leads: { totalCount: number; nodes: Lead[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } }

const PAGE = 'query ($after: String, $sort: LeadSort) { leads(first: 37, after: $after, sort: $sort) { totalCount nodes { id companyName score createdAt updatedAt } pageInfo { hasNextPage endCursor } } }';

async function readAll(client: TestClient, sort: { field: string; direction: string } | null): Promise<Lead[]> {
  const all: Lead[] = [];
  for (let after: string | null = null; ;) {
    const { leads }: LeadPage = await client.data<LeadPage>(PAGE, { after, sort });
    expect(leads.totalCount).toBe(250);
    all.push(...leads.nodes);
    if (!leads.pageInfo.hasNextPage) return all;
    after = leads.pageInfo.endCursor;
  }
}

describe('a long list', () => {
  it('is read to its end in every order without skipping or repeating a lead, also when many share a value', async () => {
    const test = await startTestApp({ ROLES: 'api' });
    try {
      const client = await test.user();
      const { workspace } = await client.data<{ workspace: { id: string } }>('{ workspace { id } }');
      await withClient(test.databaseUrl, (sql) => sql.query(`
        INSERT INTO leads (workspace_id, company_name, domain, status, score, created_at, updated_at)
        SELECT $1, (ARRAY['Ärzte', 'apple', 'Zebra', 'Übersee', 'apple '])[1 + i % 5] || (i % 40), 'company' || i || '.example', 'NEW', i % 7, now() - (i % 11) * interval '1 microsecond', now() - (i % 3) * interval '1 hour'
        FROM generate_series(1, 250) i`, [workspace.id]));
      for (const field of ['SCORE', 'CREATED_AT', 'UPDATED_AT', 'COMPANY_NAME']) {
        for (const direction of ['ASC', 'DESC']) {
          const leads = await readAll(client, { field, direction });
          expect(new Set(leads.map((lead) => lead.id)).size, `${field} ${direction}`).toBe(250);
          const scores = leads.map((lead) => lead.score);
          if (field === 'SCORE') expect(scores).toEqual([...scores].sort((a, b) => (direction === 'ASC' ? a - b : b - a)));
        }
      }
      expect((await readAll(client, null))[0]?.score).toBe(6);
    } finally {
      await test.close();
    }
  });

  it('can be narrowed by every part of the filter', async () => {
    const test = await startTestApp({ ROLES: 'api' });
    try {
      const client = await test.user();
      const make = (input: object) => client.data<{ createLead: { id: string } }>('mutation ($input: CreateLeadInput!) { createLead(input: $input) { id } }', { input });
      const { createLead: berlin } = await make({ companyName: 'Müller 100 % Brot', website: 'https://mueller-brot.de/', city: 'Berlin', countryCode: 'de', industry: 'Bakery', tags: ['warm'], email: 'info@mueller-brot.de' });
      await make({ companyName: 'Other', website: 'https://other-company.fr/', city: 'Paris', countryCode: 'FR' });
      const ids = async (filter: object) => (await client.data<LeadPage>('query ($filter: LeadFilter) { leads(filter: $filter) { totalCount nodes { id companyName score createdAt updatedAt } pageInfo { hasNextPage endCursor } } }', { filter })).leads.nodes.map((lead) => lead.id);
      const past = '2000-01-01T00:00:00Z';
      for (const filter of [{ ids: [berlin.id] }, { tags: ['warm'] }, { search: '100 %' }, { search: 'MUELLER-BROT' }, { industry: 'baker' }, { city: 'berlin' }, { countryCode: 'de' }, { emailStatus: ['UNKNOWN'] }, { search: 'Brot', createdAfter: past, minScore: 0, maxScore: 100, status: ['NEW'] }]) {
        expect(await ids(filter), JSON.stringify(filter)).toEqual([berlin.id]);
      }
      for (const filter of [{ ids: [] }, { search: '%%' }, { search: '_ther' }, { createdBefore: past }, { minScore: 1 }, { status: ['CUSTOMER'] }]) expect(await ids(filter), JSON.stringify(filter)).toEqual([]);
    } finally {
      await test.close();
    }
  });
});
