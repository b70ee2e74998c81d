import type { TestClient } from './client.js';
import { withClient } from './servers.js';

/** One row of each kind in one workspace. */
export interface Records { user: string; workspace: string; goal: string; strategy: string; crawlJob: string; page: string; email: string; lead: string; export: string; apiKey: string; invitation: string; suppression: string; session: string }

/** Makes one of each kind: through the API where it makes them, by SQL where only a crawl would. */
export async function seedRecords(databaseUrl: string, client: TestClient): Promise<Records> {
  const { me, workspace, apiKeys, createGoal, startCrawl, createLead, exportLeads, suppress } = {
    ...await client.data<{ me: { id: string }; workspace: { id: string }; apiKeys: { id: string }[] }>('{ me { id } workspace { id } apiKeys { id } }'),
    ...await client.data<Record<'createGoal' | 'startCrawl' | 'createLead' | 'exportLeads' | 'suppress', { id: string; strategy: { id: string } }>>(`mutation {
      createGoal(input: { text: "5 dental clinics in Austin, Texas" }) { id strategy { id } }
      inviteMember(email: "guest@users.example", role: MEMBER)
      startCrawl(input: { url: "https://clinic.example/" }) { id }
      createLead(input: { companyName: "Clinic", website: "https://clinic.com/", email: "info@clinic.com" }) { id }
      exportLeads(format: CSV) { id }
      suppress(kind: DOMAIN, value: "nobody.com") { id }
    }`),
  };
  return await withClient(databaseUrl, async (sql) => {
    const one = async (query: string, parameters: unknown[]): Promise<string> => (await sql.query<{ id: string }>(query, parameters)).rows[0]?.id ?? '';
    const page = await one(`
      INSERT INTO pages (workspace_id, crawl_job_id, page_key, url, final_url, depth, outcome, rendered, facts, fetched_at, duration_ms)
      SELECT workspace_id, id, 'clinic.example/', url, url, 0, 'OK', false, '[]', now(), 1 FROM crawl_jobs WHERE id = $1 RETURNING id`, [startCrawl.id]);
    const invitation = await one('SELECT i.id FROM invitations i JOIN leads l ON l.workspace_id = i.workspace_id WHERE l.id = $1', [createLead.id]);
    const email = await one('SELECT primary_email_id AS id FROM leads WHERE id = $1', [createLead.id]);
    const session = await one("INSERT INTO sessions (user_id, workspace_id, expires_at) SELECT $1, workspace_id, now() + interval '1 hour' FROM memberships WHERE user_id = $1 LIMIT 1 RETURNING id", [me.id]);
    return { session, user: me.id, workspace: workspace.id, goal: createGoal.id, strategy: createGoal.strategy.id, crawlJob: startCrawl.id, page, email, lead: createLead.id, export: exportLeads.id, apiKey: apiKeys[0]?.id ?? '', invitation, suppression: suppress.id };
  });
}

interface IdField {
  /** Name of the root field, or `Input.field`, as schema.graphql has it. */
  covers: string;
  /** An operation with the variable `$id`; what else it names is ones own. */
  query: (mine: Records) => string;
  /** The row of another workspace that the id would name. */
  foreign: (records: Records) => string;
}

const goal = (records: Records): string => records.goal;
const crawlJob = (records: Records): string => records.crawlJob;
const lead = (records: Records): string => records.lead;
const mutation = (covers: string, fields: string, foreign: IdField['foreign']): IdField => ({ covers, query: () => `mutation ($id: ID!) { ${fields} }`, foreign });
const query = (covers: string, fields: string, foreign: IdField['foreign']): IdField => ({ covers, query: () => `query ($id: ID!) { ${fields} }`, foreign });

/** Every field of the API that takes an id. A test compares the list with the schema. */
export const ID_FIELDS: IdField[] = [
  query('goal', 'goal(id: $id) { text }', goal),
  query('strategy', 'strategy(id: $id) { version }', (records) => records.strategy),
  query('searchResults', 'searchResults(goalId: $id) { url }', goal),
  query('crawlJob', 'crawlJob(id: $id) { url }', crawlJob),
  query('page', 'page(id: $id) { url }', (records) => records.page),
  query('email', 'email(id: $id) { address }', (records) => records.email),
  query('lead', 'lead(id: $id) { companyName }', lead),
  query('export', 'export(id: $id) { rows }', (records) => records.export),
  query('EmailFilter.goalId', 'emails(filter: { goalId: $id }) { totalCount }', goal),
  query('EmailFilter.crawlJobId', 'emails(filter: { crawlJobId: $id }) { totalCount }', crawlJob),
  query('LeadFilter.goalId', 'leads(filter: { goalId: $id }) { totalCount }', goal),
  query('LeadFilter.assigneeId', 'leads(filter: { assigneeId: $id }) { totalCount }', (records) => records.user),
  mutation('LeadFilter.goalId', 'exportLeads(format: CSV, filter: { goalId: $id }) { id }', goal),
  mutation('runGoal', 'runGoal(id: $id) { id }', goal),
  mutation('pauseGoal', 'pauseGoal(id: $id) { id }', goal),
  mutation('resumeGoal', 'resumeGoal(id: $id) { id }', goal),
  mutation('cancelGoal', 'cancelGoal(id: $id) { id }', goal),
  mutation('generateStrategy', 'generateStrategy(goalId: $id) { id }', goal),
  mutation('updateStrategy', 'updateStrategy(goalId: $id, input: { targetCount: 7 }) { id }', goal),
  mutation('executeSearch', 'executeSearch(goalId: $id) { cached }', goal),
  mutation('pauseCrawl', 'pauseCrawl(id: $id) { id }', crawlJob),
  mutation('resumeCrawl', 'resumeCrawl(id: $id) { id }', crawlJob),
  mutation('cancelCrawl', 'cancelCrawl(id: $id) { id }', crawlJob),
  mutation('retryCrawl', 'retryCrawl(id: $id) { id }', crawlJob),
  mutation('updateLead', 'updateLead(id: $id, version: 1, input: { city: "Austin" }) { id }', lead),
  { covers: 'UpdateLeadInput.assigneeId', query: (mine) => `mutation ($id: ID!) { updateLead(id: "${mine.lead}", version: 1, input: { assigneeId: $id }) { id } }`, foreign: (records) => records.user },
  mutation('deleteLead', 'deleteLead(id: $id)', lead),
  mutation('addTags', 'addTags(id: $id, tags: ["a"]) { id }', lead),
  mutation('removeTags', 'removeTags(id: $id, tags: ["a"]) { id }', lead),
  mutation('addNote', 'addNote(id: $id, text: "a") { id }', lead),
  mutation('scoreLead', 'scoreLead(id: $id) { id }', lead),
  mutation('recheckEvidence', 'recheckEvidence(leadId: $id) { id }', lead),
  mutation('unsuppress', 'unsuppress(id: $id)', (records) => records.suppression),
  mutation('refineGoal', 'refineGoal(id: $id, message: "only in Dallas") { id }', goal),
  mutation('generateResponse', 'generateResponse(leadId: $id, instruction: "Write a short introduction") { text }', lead),
  mutation('switchWorkspace', 'switchWorkspace(id: $id) { accessToken }', (records) => records.workspace),
  mutation('revokeInvitation', 'revokeInvitation(id: $id)', (records) => records.invitation),
  mutation('changeMemberRole', 'changeMemberRole(userId: $id, role: VIEWER) { role }', (records) => records.user),
  mutation('removeMember', 'removeMember(userId: $id)', (records) => records.user),
  mutation('revokeApiKey', 'revokeApiKey(id: $id)', (records) => records.apiKey),
  mutation('revokeSession', 'revokeSession(id: $id)', (records) => records.session),
  { covers: 'goalProgress', query: () => 'subscription ($id: ID!) { goalProgress(goalId: $id) { seq } }', foreign: goal },
  { covers: 'crawlProgress', query: () => 'subscription ($id: ID!) { crawlProgress(crawlJobId: $id) { seq } }', foreign: crawlJob },
  { covers: 'leadChanged', query: () => 'subscription ($id: ID!) { leadChanged(goalId: $id) { seq } }', foreign: goal },
];
