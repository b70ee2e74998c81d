import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestClient, until } from '../support/client.js';
import { postgresPrograms, redisProgram, startDebianPostgres, startRedis, testFolder, withClient, type TestServer } from '../support/servers.js';
import { mailedToken, mailsTo, ME, newAddress, PASSWORD, rawSocket, refresh, REFRESH, REGISTER, signIn, VERIFY, type RawSocket, type Tokens } from '../support/sign-ins.js';
import { Product } from './support/product.js';
import { swallowingProxy } from './support/swallowing-proxy.js';

const PARALLEL = 50;
/** Clients whose answer is lost by one kill. */
const CLIENTS = 4;
const hasServers = redisProgram() !== null && postgresPrograms() !== null;

/** The product as two processes of the operating system: what the one decides, the other must know. */
describe.skipIf(!hasServers)('two processes of the product (needs redis-server and PostgreSQL on this machine)', () => {
  let dataDir: string;
  let postgres: TestServer;
  let redis: TestServer;
  let databaseUrl: string;
  let one: Product;
  let two: Product;

  beforeAll(async () => {
    dataDir = testFolder('auth');
    [postgres, redis] = await Promise.all([startDebianPostgres(), startRedis()]);
    await withClient(`${postgres.url}/postgres`, (client) => client.query('CREATE DATABASE leadline'));
    databaseUrl = `${postgres.url}/leadline`;
    const settings = { DATA_DIR: dataDir, DATABASE_URL: databaseUrl, REDIS_URL: redis.url };
    [one, two] = [await Product.prepare(settings), await Product.prepare({ ...settings, ROLES: 'api' })];
    await one.start();
    await two.start();
  });
  afterAll(async () => {
    await Promise.all([one.stop(), two.stop()]);
    await Promise.all([redis.stop(), postgres.stop()]);
    rmSync(dataDir, { recursive: true, force: true });
  });

  const both = (): [Product, Product] => [one, two];
  const as = (tokens: Tokens, at: Product): TestClient => new TestClient(at.url, tokens.accessToken);
  const codeOf = async (tokens: Tokens, at: Product): Promise<string | undefined> => (await as(tokens, at).send(ME)).errors[0]?.extensions.code;
  const codeOfRefresh = async (token: string, at: Product): Promise<string> => (await new TestClient(at.url, null).failure(REFRESH, { token })).code;
  const isOut = async (tokens: Tokens): Promise<void> => {
    for (const at of both()) await until(async () => await codeOf(tokens, at) === 'UNAUTHENTICATED', 'the process to know that the session has ended', 5_000);
  };
  const isIn = async (tokens: Tokens): Promise<void> => { for (const at of both()) expect(await as(tokens, at).data(ME)).toEqual({ me: { id: tokens.user.id } }); };
  async function sql<T>(query: string, parameters: unknown[] = []): Promise<T[]> {
    return await withClient(databaseUrl, async (client) => (await client.query(query, parameters)).rows as T[]);
  }
  /** Connections of the product that wait for that, as PostgreSQL names it. */
  const waiting = async (event: string): Promise<number> => (await sql("SELECT 1 FROM pg_stat_activity WHERE application_name = 'leadline' AND wait_event_type = $1", [event])).length;
  const sidOf = ({ accessToken }: Tokens): string => (JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()) as { sid: string }).sid;

  /** A verified person, made through the API alone; signed in by the mailed link. */
  async function newcomer(at = one): Promise<Tokens & { email: string }> {
    const [email, nobody] = [newAddress(), new TestClient(at.url, null)];
    await nobody.data(REGISTER, { email, password: PASSWORD });
    const { verifyEmail } = await nobody.data<{ verifyEmail: Tokens }>(VERIFY, { token: await mailedToken(dataDir, email, 'verify') });
    return { ...verifyEmail, email };
  }

  /** Runs while others wait for what it holds. */
  async function holding(statement: string, parameters: unknown[], work: () => Promise<void>): Promise<void> {
    await withClient(databaseUrl, async (client) => {
      await client.query('BEGIN');
      await client.query(statement, parameters);
      await work();
      await client.query('ROLLBACK');
    });
  }

  it('give one child to fifty refreshes of one token at once; every answer works in both, and nobody is signed out', async () => {
    const elsewhere = await newcomer();
    const first = await signIn(two.url, elsewhere.email);
    let running: Promise<Tokens[]> | undefined;
    // All of them are on their way before the first one may go on.
    await holding('SELECT 1 FROM sessions WHERE id = $1 FOR UPDATE', [sidOf(first)], async () => {
      running = Promise.all(Array.from({ length: PARALLEL }, (_, index) => refresh(both()[index % 2 === 0 ? 0 : 1].url, first.refreshToken)));
      running.catch(() => undefined);
      await until(async () => await waiting('Lock') > PARALLEL / 2, 'more refreshes to wait than one process has of them', 10_000);
    });
    const answers = await running ?? [];
    expect(answers).toHaveLength(PARALLEL);
    expect(new Set(answers.map((answer) => answer.refreshToken)).size).toBe(1);
    for (const [index, answer] of answers.entries()) expect(await as(answer, both()[index % 2 === 0 ? 1 : 0]).data(ME)).toEqual({ me: { id: first.user.id } });
    const child = answers[0]?.refreshToken ?? '';
    expect(child).not.toBe(first.refreshToken);
    expect(await sql('SELECT used_at IS NOT NULL AS used FROM refresh_tokens WHERE session_id = $1 ORDER BY created_at', [sidOf(first)])).toEqual([{ used: true }, { used: false }]);
    const next = await refresh(two.url, child);
    const last = await refresh(one.url, next.refreshToken);
    for (const tokens of [elsewhere, first, next, last]) await isIn(tokens);

    // Whoever has the first token now has stolen it, or it was stolen from him: nobody can tell, so both are out.
    expect(await codeOfRefresh(first.refreshToken, one)).toBe('TOKEN_REUSED');
    for (const tokens of [first, next, last, ...answers.slice(0, 2)]) await isOut(tokens);
    for (const token of [last.refreshToken, next.refreshToken, child, first.refreshToken]) for (const at of both()) expect(await codeOfRefresh(token, at)).toBe('TOKEN_INVALID');
    await isIn(elsewhere);
    await until(async () => Promise.resolve(mailsTo(dataDir, elsewhere.email).some((mail) => mail.includes('Subject: You were signed out on one device'))), 'the owner to be told', 10_000);
    expect(await sql("SELECT user_id FROM audit_events WHERE type = 'TOKEN_REUSED'")).toEqual([{ user_id: first.user.id }]);
  });

  /**
   * The three places where a process can die around a rotation. Each sends the refreshes of all clients, kills the process
   * there, and returns what the clients never heard, where there was an answer.
   */
  const deaths: Record<string, (victim: Product, held: readonly Tokens[]) => Promise<{ wasRotated: boolean; unheard: string | null }>> = {
    'when the answer has left, and is lost on its way': async (victim, held) => {
      const proxy = await swallowingProxy(victim.port);
      try {
        const lost = held.map((tokens) => refresh(proxy.url, tokens.refreshToken));
        const outcomes = Promise.allSettled(lost);
        await until(async () => Promise.resolve(proxy.swallowed().filter((answer) => answer.includes('accessToken')).length === CLIENTS), 'every answer to be on its way', 10_000);
        await victim.kill();
        expect((await outcomes).map(({ status }) => status)).toEqual(held.map(() => 'rejected'));
        return { wasRotated: true, unheard: proxy.swallowed().join('\n') };
      } finally {
        await proxy.close();
      }
    },
    'when the rotation is committed, and it does not know yet': async (victim, held) => {
      // A commit that is on the disk and waits for a standby which never comes: nobody has seen it, and it can not be undone.
      const standby = async (change: string): Promise<void> => withClient(databaseUrl, async (client) => { await client.query(`ALTER SYSTEM ${change}`); await client.query('SELECT pg_reload_conf()'); });
      await standby("SET synchronous_standby_names = 'nobody'");
      let probe: Promise<unknown> | undefined;
      try {
        probe = sql('CREATE TABLE probe_of_this_test ()');
        await until(async () => (await sql("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query LIKE 'CREATE TABLE probe%'")).length > 0, 'commits to wait', 10_000);
        const outcomes = Promise.allSettled(held.map((tokens) => refresh(victim.url, tokens.refreshToken)));
        await until(async () => (await sql("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name = 'leadline' AND query = 'COMMIT'")).length >= CLIENTS, 'every rotation to be committed', 10_000);
        await victim.kill();
        expect((await outcomes).map(({ status }) => status)).toEqual(held.map(() => 'rejected'));
      } finally {
        await standby('RESET synchronous_standby_names');
        await probe;
      }
      await sql('DROP TABLE probe_of_this_test');
      return { wasRotated: true, unheard: null };
    },
    'in the middle of the rotation': async (victim, held) => {
      // What a rotation writes last waits here, while the row of the token is already locked by it.
      await holding('LOCK TABLE audit_events IN EXCLUSIVE MODE', [], async () => {
        const outcomes = Promise.allSettled(held.map((tokens) => refresh(victim.url, tokens.refreshToken)));
        await until(async () => await waiting('Lock') >= CLIENTS, 'every rotation to be under way', 10_000);
        await victim.kill();
        expect((await outcomes).map(({ status }) => status)).toEqual(held.map(() => 'rejected'));
      });
      return { wasRotated: false, unheard: null };
    },
  };

  for (const [round, [moment, die]] of Object.entries(deaths).entries()) {
    it(`let a client in with the token it holds after the one that served it was killed ${moment}`, async () => {
      const { email, user } = await newcomer();
      // They take turns, so that the one with the workers and the one without both die.
      const [victim, survivor] = round % 2 === 0 ? [one, two] : [two, one];
      const held = await Promise.all(Array.from({ length: CLIENTS }, () => signIn(victim.url, email)));
      const { wasRotated, unheard } = await die(victim, held);
      const rotated = await sql('SELECT session_id FROM refresh_tokens WHERE session_id = ANY($1) AND used_at IS NOT NULL', [held.map(sidOf)]);
      expect(rotated).toHaveLength(wasRotated ? CLIENTS : 0);
      // One is in a hurry and asks the process that is left; the others wait until theirs is back.
      const [hasty, ...patient] = held;
      const saved = [await refresh(survivor.url, hasty?.refreshToken ?? '')];
      await victim.start();
      saved.push(...await Promise.all(patient.map((tokens) => refresh(victim.url, tokens.refreshToken))));
      for (const [index, tokens] of saved.entries()) {
        expect(sidOf(tokens)).toBe(sidOf(held[index] ?? tokens));
        // It is the very token that the lost answer held.
        if (unheard !== null) expect(unheard).toContain(tokens.refreshToken);
        await isIn(tokens);
        await isIn(await refresh(survivor.url, tokens.refreshToken));
      }
      expect(await sql("SELECT 1 FROM audit_events WHERE type = 'TOKEN_REUSED' AND user_id = $1", [user.id])).toEqual([]);
      expect(await sql('SELECT 1 FROM sessions WHERE user_id = $1 AND revoked_at IS NOT NULL', [user.id])).toEqual([]);
    });
  }

  /** A socket that watches the leads, and has heard of one: so the subscription surely is open. */
  async function watching(at: Product, tokens: Tokens, owner: TestClient): Promise<RawSocket> {
    const socket = await rawSocket(at.url, `Bearer ${tokens.accessToken}`);
    socket.send({ type: 'subscribe', id: 'leads', payload: { query: 'subscription { leadChanged(after: 0) { seq lead { companyName } } }' } });
    await createLead(owner, 'Before');
    await until(async () => Promise.resolve(heard(socket).includes('Before')), 'the first event', 5_000);
    return socket;
  }
  const createLead = (client: TestClient, companyName: string): Promise<unknown> => client.data('mutation ($companyName: String!) { createLead(input: { companyName: $companyName }) { id } }', { companyName });
  const heard = (socket: RawSocket): string => JSON.stringify(socket.received.filter((message) => message.type === 'next'));
  const closedOf = async (socket: RawSocket): Promise<{ code: number; reason: string }> => {
    await until(async () => Promise.resolve(socket.isClosed()), 'the socket to be closed', 5_000);
    return await socket.closed;
  };

  it('close the sockets of a session that was revoked in the other one, and of no other session', async () => {
    const { email, ...mine } = await newcomer();
    const lost = await signIn(two.url, email);
    const owner = as(mine, one);
    const sockets = [await watching(one, lost, owner), await watching(two, lost, owner)];
    const kept = await watching(two, mine, owner);
    expect(await owner.data('mutation ($id: ID!) { revokeSession(id: $id) }', { id: sidOf(lost) })).toEqual({ revokeSession: true });
    for (const socket of sockets) expect(await closedOf(socket)).toEqual({ code: 4401, reason: 'Unauthorized' });
    await createLead(owner, 'After');
    await until(async () => Promise.resolve(heard(kept).includes('After')), 'the other session to go on', 5_000);
    for (const socket of sockets) expect(heard(socket)).not.toContain('After');
    await isOut(lost);
    expect(kept.isClosed()).toBe(false);
    kept.close();
  });

  it('end what a member watches when another process removes that member', async () => {
    const [host, guest] = [await newcomer(), await newcomer(two)];
    const owner = as(host, one);
    await owner.data('mutation ($email: String!) { inviteMember(email: $email, role: MEMBER) }', { email: guest.email });
    const token = await until(async () => Promise.resolve(mailsTo(dataDir, guest.email).map((mail) => /\?invitation=([\w-]{43})/.exec(mail)?.[1]).find(Boolean)), 'the invitation', 10_000);
    await as(guest, two).data('mutation ($token: String!) { acceptInvitation(token: $token) { role } }', { token });
    const { switchWorkspace } = await as(guest, two).data<{ switchWorkspace: { accessToken: string; refreshToken: string } }>('mutation ($id: ID!) { switchWorkspace(id: $id) { accessToken refreshToken } }', { id: host.workspace.id });
    const member = { ...guest, ...switchWorkspace };
    const [gone, kept] = [await watching(two, member, owner), await watching(two, host, owner)];
    expect(await owner.data('mutation ($id: ID!) { removeMember(userId: $id) }', { id: guest.user.id })).toEqual({ removeMember: true });
    expect(await closedOf(gone)).toEqual({ code: 4401, reason: 'Unauthorized' });
    await createLead(owner, 'After');
    await until(async () => Promise.resolve(heard(kept).includes('After')), 'the owner to go on', 5_000);
    expect(heard(gone)).not.toContain('After');
    await isOut(member);
    // The session was one of that workspace; the person is not out of the product.
    for (const at of both()) expect(await codeOfRefresh(member.refreshToken, at)).toBe('TOKEN_INVALID');
    expect((await signIn(one.url, guest.email)).workspace.id).toBe(guest.workspace.id);
    kept.close();
  });
});
