import { createHash, randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import { ApiScope } from '../../src/entities/enums.js';
import { TestClient } from './client.js';
import { newAddress, newPerson, personOf, PASSWORD, TOKENS, type Person } from './people.js';
import { seedRecords, type Records } from './records.js';
import type { TestApp } from './test-app.js';

/** Who asks. Both keys were made by the OWNER; `other` is the OWNER of another workspace. */
export const ASKERS = ['nobody', 'OWNER', 'ADMIN', 'MEMBER', 'VIEWER', 'key READ', 'key WRITE', 'other'] as const;
export type Asker = (typeof ASKERS)[number];

/** Tables of which an asked question may need a row of its own. */
type Table = 'users' | 'goals' | 'strategies' | 'leads' | 'crawl_jobs' | 'suppressions';

/**
 * One workspace with every kind of row, everybody who might ask for it, and fresh rows to be spent: each question gets
 * rows of its own, so that an allowed one finds what it needs whatever was asked before.
 */
export class PermissionWorld {
  private constructor(readonly test: TestApp, private readonly sql: Pool, private readonly host: Person, readonly records: Records, private readonly clients: ReadonlyMap<Asker, Person | TestClient>) {}

  static async create(test: TestApp): Promise<PermissionWorld> {
    const sql = new Pool({ connectionString: test.databaseUrl, max: 4 });
    sql.on('error', () => undefined);
    const host = await newPerson(test);
    const { apiKeys } = test.app.services;
    const key = async (scope: ApiScope): Promise<TestClient> => new TestClient(test.url, (await apiKeys.createFor(host.workspaceId, host.id, { name: scope, scopes: [scope] })).secret);
    const [read, write] = [await key(ApiScope.READ), await key(ApiScope.WRITE)];
    const records = await seedRecords(test.databaseUrl, host.client);
    const other = await newPerson(test);
    // Something of its own, so that what it sees is not merely empty.
    await other.client.data('mutation { createLead(input: { companyName: "Elsewhere" }) { id } createGoal(input: { text: "3 bakeries in Berlin" }) { id } }');
    const clients = new Map<Asker, Person | TestClient>([['nobody', new TestClient(test.url, null)], ['OWNER', host], ['key READ', read], ['key WRITE', write], ['other', other]]);
    const world = new PermissionWorld(test, sql, host, records, clients);
    for (const role of ['ADMIN', 'MEMBER', 'VIEWER'] as const) clients.set(role, await world.newMember(role));
    return world;
  }

  async close(): Promise<void> {
    await this.sql.end();
  }

  /** @param isSpent the question ends the session, so that it needs one of its own */
  async client(asker: Asker, isSpent = false): Promise<TestClient> {
    const known = this.clients.get(asker);
    if (!known) throw new Error(`nobody is called ${asker}`);
    if (known instanceof TestClient) return known;
    return isSpent ? (await this.newMember(asker === 'other' ? 'VIEWER' : asker as 'OWNER', asker === 'other')).client : known.client;
  }

  /** Address of an asker; one of nobody for keys and strangers. */
  emailOf(asker: Asker): string {
    const known = this.clients.get(asker);
    return known === undefined || known instanceof TestClient ? newAddress() : known.email;
  }

  get hostWorkspaceId(): string {
    return this.host.workspaceId;
  }

  /** Ids that nobody outside the workspace may ever see. */
  get secrets(): string[] {
    return [...Object.values<string>({ ...this.records }), this.host.workspaceId];
  }

  /** A member of the workspace, or of one of their own, signed in. */
  async newMember(role: 'OWNER' | 'ADMIN' | 'MEMBER' | 'VIEWER', elsewhere = false): Promise<Person> {
    const email = newAddress();
    const id = await this.#clone('users', this.host.id, { email });
    const workspace = elsewhere ? await this.#newWorkspace() : this.host.workspaceId;
    await this.sql.query('INSERT INTO memberships (workspace_id, user_id, role) VALUES ($1, $2, $3)', [workspace, id, elsewhere ? 'OWNER' : role]);
    const { login } = await new TestClient(this.test.url, null).data<{ login: Parameters<typeof personOf>[1] }>(`mutation ($email: String!, $password: String!) { login(input: { email: $email, password: $password }) { ${TOKENS} } }`, { email, password: PASSWORD });
    return personOf(this.test.url, login);
  }

  /** Id of a member without a session. */
  async memberId(): Promise<string> {
    const id = await this.#clone('users', this.host.id, { email: newAddress() });
    await this.sql.query("INSERT INTO memberships (workspace_id, user_id, role) VALUES ($1, $2, 'MEMBER')", [this.host.workspaceId, id]);
    return id;
  }

  /** Address of a verified account with a workspace, or of one that still waits for its link. */
  async account(isVerified = true): Promise<{ id: string; email: string }> {
    const email = newAddress();
    const id = await this.#clone('users', this.host.id, { email, ...(isVerified ? {} : { email_verified_at: null }) });
    await this.sql.query("INSERT INTO memberships (workspace_id, user_id, role) VALUES ($1, $2, 'OWNER')", [await this.#newWorkspace(), id]);
    return { id, email };
  }

  async refreshToken(): Promise<string> {
    const { id } = await this.account();
    const { rows } = await this.sql.query<{ id: string }>("INSERT INTO sessions (user_id, workspace_id, expires_at) SELECT user_id, workspace_id, now() + interval '1 day' FROM memberships WHERE user_id = $1 RETURNING id", [id]);
    return await this.#secret((hash) => this.sql.query('INSERT INTO refresh_tokens (session_id, token_hash) VALUES ($1, $2)', [rows[0]?.id, hash]));
  }

  async mailToken(purpose: 'VERIFY_EMAIL' | 'RESET_PASSWORD'): Promise<string> {
    const { id } = await this.account(purpose === 'RESET_PASSWORD');
    return await this.#secret((hash) => this.sql.query("INSERT INTO mail_tokens (user_id, purpose, token_hash, expires_at) VALUES ($1, $2, $3, now() + interval '1 hour')", [id, purpose, hash]));
  }

  async invitation(email: string): Promise<{ id: string; token: string }> {
    let id = '';
    const token = await this.#secret(async (hash) => {
      await this.sql.query('UPDATE invitations SET revoked_at = now() WHERE workspace_id = $1 AND email = $2 AND accepted_by IS NULL', [this.host.workspaceId, email]);
      id = (await this.sql.query<{ id: string }>("INSERT INTO invitations (workspace_id, email, role, invited_by, token_hash, expires_at) VALUES ($1, $2, 'MEMBER', $3, $4, now() + interval '1 hour') RETURNING id", [this.host.workspaceId, email, this.host.id, hash])).rows[0]?.id ?? '';
    });
    return { id, token };
  }

  async apiKey(): Promise<string> {
    return (await this.test.app.services.apiKeys.createFor(this.host.workspaceId, this.host.id, { name: 'spent', scopes: [ApiScope.READ] })).apiKey.id;
  }

  async goal(status = 'PLANNED'): Promise<string> {
    const id = await this.#clone('goals', this.records.goal, { status });
    await this.#clone('strategies', this.records.strategy, { goal_id: id });
    return id;
  }

  lead(): Promise<string> {
    return this.#clone('leads', this.records.lead, { domain: `${randomBytes(6).toString('hex')}.com`, idempotency_key: null });
  }

  crawlJob(status = 'QUEUED'): Promise<string> {
    return this.#clone('crawl_jobs', this.records.crawlJob, { status });
  }

  suppression(): Promise<string> {
    return this.#clone('suppressions', this.records.suppression, { value_hash: randomBytes(32).toString('hex') });
  }

  async #newWorkspace(): Promise<string> {
    return (await this.sql.query<{ id: string }>("INSERT INTO workspaces (name) VALUES ('Elsewhere') RETURNING id")).rows[0]?.id ?? '';
  }

  async #secret(store: (hash: string) => Promise<unknown>): Promise<string> {
    const secret = randomBytes(32).toString('base64url');
    await store(createHash('sha256').update(secret).digest('hex'));
    return secret;
  }

  /** A copy of a row with an id of its own. */
  async #clone(table: Table, id: string, changes: Record<string, unknown>): Promise<string> {
    const fresh = crypto.randomUUID();
    const { rowCount } = await this.sql.query(`INSERT INTO ${table} SELECT (jsonb_populate_record(t, $2::jsonb)).* FROM ${table} t WHERE id = $1`, [id, JSON.stringify({ id: fresh, ...changes })]);
    if (rowCount !== 1) throw new Error(`there is no row ${id} in ${table}`);
    return fresh;
  }
}
