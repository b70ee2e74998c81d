import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestClient, until } from '../support/client.js';
import { mailedToken, mailsTo, newAddress, newPerson, PASSWORD, personOf, signIn, TOKENS, type Person } from '../support/people.js';
import { withClient } from '../support/servers.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const INVITE = 'mutation ($email: String!, $role: Role!) { inviteMember(email: $email, role: $role) }';
const ACCEPT = 'mutation ($token: String!) { acceptInvitation(token: $token) { role workspace { id } user { id } } }';
const INVITATIONS = '{ invitations { id email role createdAt expiresAt } }';
const REVOKE = 'mutation ($id: ID!) { revokeInvitation(id: $id) }';
const CHANGE = 'mutation ($id: ID!, $role: Role!) { changeMemberRole(userId: $id, role: $role) { role user { id } } }';
const REMOVE = 'mutation ($id: ID!) { removeMember(userId: $id) }';
const MEMBERS = '{ workspace { id name members { role user { id email } } } }';

type Role = 'OWNER' | 'ADMIN' | 'MEMBER' | 'VIEWER';
interface Members { workspace: { id: string; members: { role: Role; user: { id: string } }[] } }

let test: TestApp;
beforeAll(async () => { test = await startTestApp(); });
afterAll(async () => { await test.close(); });

const sql = <T extends object>(query: string, parameters: unknown[] = []): Promise<T[]> => withClient(test.databaseUrl, async (client) => (await client.query<T>(query, parameters)).rows);

/** Invites and accepts through the API; the session still stands in the person's own workspace. */
async function join(host: Person, role: Role, guest?: Person): Promise<Person> {
  const person = guest ?? await newPerson(test);
  await host.client.data(INVITE, { email: person.email, role });
  await person.client.data(ACCEPT, { token: await mailedToken(test, person.email, 'invitation') });
  return person;
}

async function switchTo(person: Person, id: string): Promise<Person> {
  const { switchWorkspace } = await person.client.data<{ switchWorkspace: Parameters<typeof personOf>[1] }>(`mutation ($id: ID!) { switchWorkspace(id: $id) { ${TOKENS} } }`, { id });
  return personOf(test.url, switchWorkspace);
}

/** A member who is signed in to the host's workspace. */
async function member(host: Person, role: Role): Promise<Person> {
  const person = await join(host, role);
  return await switchTo(person, host.workspaceId);
}

const roles = async (client: TestClient): Promise<Record<string, Role>> => Object.fromEntries((await client.data<Members>(MEMBERS)).workspace.members.map(({ user, role }) => [user.id, role]));

describe('an invitation', () => {
  it('is mailed, listed, and makes the invited person a member with that role, once', async () => {
    const [host, guest] = [await newPerson(test, 'Ada'), await newPerson(test)];
    expect(await host.client.data(INVITE, { email: ` ${guest.email.toUpperCase()} `, role: 'MEMBER' })).toEqual({ inviteMember: true });
    const { invitations } = await host.client.data<{ invitations: object[] }>(INVITATIONS);
    expect(invitations).toEqual([expect.objectContaining({ email: guest.email, role: 'MEMBER' })]);
    const token = await mailedToken(test, guest.email, 'invitation');
    expect(await guest.client.data(ACCEPT, { token })).toEqual({ acceptInvitation: { role: 'MEMBER', workspace: { id: host.workspaceId }, user: { id: guest.id } } });
    expect(await roles(host.client)).toEqual({ [host.id]: 'OWNER', [guest.id]: 'MEMBER' });
    expect(await host.client.data(INVITATIONS)).toEqual({ invitations: [] });
    expect(await guest.client.data(ACCEPT, { token })).toHaveProperty('acceptInvitation.role', 'MEMBER');
    expect(Object.keys(await roles(host.client))).toHaveLength(2);
    expect(await host.client.failure(INVITE, { email: guest.email, role: 'ADMIN' })).toEqual({ code: 'BAD_USER_INPUT', fields: ['email'] });
  });

  it('waits for somebody who registers first', async () => {
    const [host, email] = [await newPerson(test), newAddress()];
    await host.client.data(INVITE, { email, role: 'VIEWER' });
    const token = await mailedToken(test, email, 'invitation');
    const nobody = new TestClient(test.url, null);
    expect((await nobody.failure(ACCEPT, { token })).code).toBe('UNAUTHENTICATED');
    await nobody.data('mutation ($email: String!, $password: String!) { register(input: { email: $email, password: $password }) { id } }', { email, password: PASSWORD });
    await nobody.data('mutation ($token: String!) { verifyEmail(token: $token) { accessToken } }', { token: await mailedToken(test, email, 'verify') });
    const guest = await signIn(test, email);
    expect(await guest.client.data(ACCEPT, { token })).toHaveProperty('acceptInvitation.role', 'VIEWER');
    expect(await guest.client.data('{ me { memberships { role } } }')).toEqual({ me: { memberships: [{ role: 'OWNER' }, { role: 'VIEWER' }] } });
  });

  it('is nothing in the hands of somebody else, whatever became of it', async () => {
    const [host, guest, thief] = [await newPerson(test), await newPerson(test), await newPerson(test)];
    await host.client.data(INVITE, { email: guest.email, role: 'ADMIN' });
    const token = await mailedToken(test, guest.email, 'invitation');
    const open = await thief.client.send(ACCEPT, { token });
    expect(open.errors[0]?.extensions).toEqual({ code: 'TOKEN_INVALID' });
    await guest.client.data(ACCEPT, { token });
    const [used, unknown] = [await thief.client.send(ACCEPT, { token }), await thief.client.send(ACCEPT, { token: 'x'.repeat(43) })];
    expect([used.errors, unknown.errors]).toEqual([open.errors, open.errors]);
    expect(Object.keys(await roles(host.client))).not.toContain(thief.id);
  });

  it('that is too old is expired, one that was revoked or replaced by a newer one is void', async () => {
    const [host, late, gone, again] = [await newPerson(test), await newPerson(test), await newPerson(test), await newPerson(test)];
    for (const { email } of [late, gone, again]) await host.client.data(INVITE, { email, role: 'ADMIN' });
    const [lateToken, goneToken, oldToken] = [await mailedToken(test, late.email, 'invitation'), await mailedToken(test, gone.email, 'invitation'), await mailedToken(test, again.email, 'invitation')];
    await sql("UPDATE invitations SET expires_at = now() - interval '1 second' WHERE email = $1", [late.email]);
    expect((await late.client.failure(ACCEPT, { token: lateToken })).code).toBe('TOKEN_EXPIRED');
    const { invitations } = await host.client.data<{ invitations: { id: string; email: string }[] }>(INVITATIONS);
    expect(invitations.map(({ email }) => email).sort()).toEqual([gone.email, again.email].sort());
    const id = invitations.find(({ email }) => email === gone.email)?.id;
    expect(await host.client.data(REVOKE, { id })).toEqual({ revokeInvitation: true });
    expect((await host.client.failure(REVOKE, { id })).code).toBe('NOT_FOUND');
    expect((await gone.client.failure(ACCEPT, { token: goneToken })).code).toBe('TOKEN_INVALID');
    await host.client.data(INVITE, { email: again.email, role: 'VIEWER' });
    const newToken = await mailedToken(test, again.email, 'invitation', [oldToken]);
    expect((await again.client.failure(ACCEPT, { token: oldToken })).code).toBe('TOKEN_INVALID');
    expect(await again.client.data(ACCEPT, { token: newToken })).toHaveProperty('acceptInvitation.role', 'VIEWER');
  });

  it('sent ten times at once leaves one open, accepted ten times at once makes one membership', async () => {
    const [host, guest] = [await newPerson(test), await newPerson(test)];
    await Promise.all(Array.from({ length: 10 }, () => host.client.data(INVITE, { email: guest.email, role: 'MEMBER' })));
    expect((await host.client.data<{ invitations: object[] }>(INVITATIONS)).invitations).toHaveLength(1);
    const tokens = await until(async () => {
      const mails = await mailsTo(test, guest.email);
      return mails.length === 10 && mails.map((mail) => /invitation=([\w-]{43})/.exec(mail.text ?? '')?.[1] ?? '');
    }, 'ten mails');
    const answers = await Promise.all(tokens.map((token) => guest.client.send(ACCEPT, { token })));
    expect(answers.map((answer) => answer.errors[0]?.extensions.code ?? 'joined').sort()).toEqual([...Array<string>(9).fill('TOKEN_INVALID'), 'joined']);
    expect(await roles(host.client)).toEqual({ [host.id]: 'OWNER', [guest.id]: 'MEMBER' });
  });

  it('of a person who may not invite any more is void', async () => {
    const host = await newPerson(test);
    const admin = await member(host, 'ADMIN');
    const [one, two] = [await newPerson(test), await newPerson(test)];
    await admin.client.data(INVITE, { email: one.email, role: 'MEMBER' });
    await host.client.data(CHANGE, { id: admin.id, role: 'MEMBER' });
    expect((await one.client.failure(ACCEPT, { token: await mailedToken(test, one.email, 'invitation') })).code).toBe('TOKEN_INVALID');
    await host.client.data(CHANGE, { id: admin.id, role: 'ADMIN' });
    await admin.client.data(INVITE, { email: two.email, role: 'MEMBER' });
    await host.client.data(REMOVE, { id: admin.id });
    expect((await two.client.failure(ACCEPT, { token: await mailedToken(test, two.email, 'invitation') })).code).toBe('TOKEN_INVALID');
  });

  it('carries no link, line or markup that a person wrote as a name', async () => {
    const host = await newPerson(test, '<b>Ada</b>\r\nBcc: victim@users.example\r\n\r\nVisit');
    const { createWorkspace } = await host.client.data<{ createWorkspace: { id: string } }>('mutation { createWorkspace(name: "win money at evil.example/now") { id } }');
    const there = await switchTo(host, createWorkspace.id);
    const email = newAddress();
    await there.client.data(INVITE, { email, role: 'MEMBER' });
    await mailedToken(test, email, 'invitation');
    const [mail] = await mailsTo(test, email);
    expect(mail?.bcc).toBeUndefined();
    expect(mail?.headers.has('bcc')).toBe(false);
    expect(`${String(mail?.html)}${mail?.text ?? ''}${mail?.subject ?? ''}`).not.toMatch(/<b>|evil\.example|Bcc:/);
    expect(mail?.text).toContain(host.email);
  });
});

describe('roles', () => {
  it('are changed by ADMIN, what concerns an OWNER only by an OWNER, and count at once', async () => {
    const owner = await newPerson(test);
    const [admin, viewer] = [await member(owner, 'ADMIN'), await member(owner, 'VIEWER')];
    expect(await viewer.client.failure('mutation { createLead(input: { companyName: "A" }) { id } }')).toEqual({ code: 'FORBIDDEN', required: 'MEMBER' });
    expect(await admin.client.data(CHANGE, { id: viewer.id, role: 'MEMBER' })).toEqual({ changeMemberRole: { role: 'MEMBER', user: { id: viewer.id } } });
    expect(await viewer.client.data('mutation { createLead(input: { companyName: "A" }) { companyName } }')).toEqual({ createLead: { companyName: 'A' } });
    for (const [id, role] of [[viewer.id, 'OWNER'], [owner.id, 'ADMIN'], [admin.id, 'OWNER']]) expect(await admin.client.failure(CHANGE, { id, role })).toEqual({ code: 'FORBIDDEN', required: 'OWNER' });
    expect(await admin.client.failure(REMOVE, { id: owner.id })).toEqual({ code: 'FORBIDDEN', required: 'OWNER' });
    expect(await admin.client.failure(INVITE, { email: newAddress(), role: 'OWNER' })).toEqual({ code: 'FORBIDDEN', required: 'OWNER' });
    expect(await viewer.client.failure(INVITE, { email: newAddress(), role: 'VIEWER' })).toEqual({ code: 'FORBIDDEN', required: 'ADMIN' });
    await owner.client.data(INVITE, { email: newAddress(), role: 'OWNER' });
    const { invitations } = await admin.client.data<{ invitations: { id: string }[] }>(INVITATIONS);
    expect(await admin.client.failure(REVOKE, { id: invitations[0]?.id })).toEqual({ code: 'FORBIDDEN', required: 'OWNER' });
    expect(await owner.client.data(CHANGE, { id: admin.id, role: 'OWNER' })).toHaveProperty('changeMemberRole.role', 'OWNER');
    expect(await admin.client.data(CHANGE, { id: owner.id, role: 'VIEWER' })).toHaveProperty('changeMemberRole.role', 'VIEWER');
    expect(await owner.client.failure('mutation { createLead(input: { companyName: "B" }) { id } }')).toEqual({ code: 'FORBIDDEN', required: 'MEMBER' });
  });

  it('of API keys are those of their maker as they are now', async () => {
    const owner = await newPerson(test);
    const admin = await member(owner, 'ADMIN');
    const { createApiKey } = await admin.client.data<{ createApiKey: { secret: string } }>('mutation { createApiKey(input: { name: "k", scopes: [WRITE] }) { secret } }');
    const key = new TestClient(test.url, createApiKey.secret);
    await key.data('{ apiKeys { id } }');
    await owner.client.data(CHANGE, { id: admin.id, role: 'VIEWER' });
    expect(await key.failure('{ apiKeys { id } }')).toEqual({ code: 'FORBIDDEN', required: 'ADMIN' });
    expect(await key.failure('mutation { createLead(input: { companyName: "A" }) { id } }')).toEqual({ code: 'FORBIDDEN', required: 'MEMBER' });
    await owner.client.data(REMOVE, { id: admin.id });
    expect((await key.failure('{ me { id } }')).code).toBe('UNAUTHENTICATED');
  });

  it('leave a workspace its last OWNER, also when two demote each other at the same moment', async () => {
    const one = await newPerson(test);
    expect(await one.client.failure(CHANGE, { id: one.id, role: 'ADMIN' })).toEqual({ code: 'BAD_USER_INPUT', fields: ['role'] });
    expect(await one.client.failure(REMOVE, { id: one.id })).toEqual({ code: 'BAD_USER_INPUT', fields: ['userId'] });
    const two = await member(one, 'OWNER');
    for (let round = 0; round < 5; round += 1) {
      const answers = await Promise.all([one.client.send(CHANGE, { id: two.id, role: 'ADMIN' }), two.client.send(CHANGE, { id: one.id, role: 'ADMIN' })]);
      expect(answers.map((answer) => answer.errors[0]?.extensions.code ?? 'changed').sort()).toEqual(['FORBIDDEN', 'changed']);
      const now = await roles(one.client);
      expect(Object.values(now).sort()).toEqual(['ADMIN', 'OWNER']);
      const [boss, other] = now[one.id] === 'OWNER' ? [one, two] : [two, one];
      await boss.client.data(CHANGE, { id: other.id, role: 'OWNER' });
    }
  });

  it.each([['', 'NOT_FOUND'], ['no id', 'NOT_FOUND'], ["' OR 1=1 --", 'NOT_FOUND'], [crypto.randomUUID(), 'NOT_FOUND']])('of the member %j are not found', async (id, code) => {
    const owner = await newPerson(test);
    expect((await owner.client.failure(CHANGE, { id, role: 'ADMIN' })).code).toBe(code);
    expect((await owner.client.failure(REMOVE, { id })).code).toBe(code);
    expect((await owner.client.failure(REVOKE, { id })).code).toBe(code);
  });
});

describe('a member who is removed or leaves', () => {
  it('loses the session there, the keys, and keeps a workspace of their own', async () => {
    const owner = await newPerson(test);
    const gone = await member(owner, 'ADMIN');
    const { createApiKey } = await gone.client.data<{ createApiKey: { apiKey: { id: string }; secret: string } }>('mutation { createApiKey(input: { name: "k", scopes: [READ] }) { apiKey { id } secret } }');
    expect(await owner.client.data(REMOVE, { id: gone.id })).toEqual({ removeMember: true });
    expect((await gone.client.failure('{ leads { totalCount } }')).code).toBe('UNAUTHENTICATED');
    expect((await new TestClient(test.url, createApiKey.secret).failure('{ leads { totalCount } }')).code).toBe('UNAUTHENTICATED');
    expect((await owner.client.failure(REMOVE, { id: gone.id })).code).toBe('NOT_FOUND');
    expect(await owner.client.data('{ apiKeys { id } }')).toEqual({ apiKeys: [] });
    const back = await signIn(test, gone.email);
    expect(back.workspaceId).not.toBe(owner.workspaceId);
    await owner.client.data(INVITE, { email: gone.email, role: 'VIEWER' });
    await back.client.data(ACCEPT, { token: await until(async () => {
      const tokens = (await mailsTo(test, gone.email)).map((mail) => /invitation=([\w-]{43})/.exec(mail.text ?? '')?.[1] ?? '');
      for (const token of tokens) if ((await sql('SELECT 1 FROM invitations WHERE token_hash = encode(sha256($1::bytea), \'hex\') AND accepted_by IS NULL', [token])).length > 0) return token;
      return null;
    }, 'the second invitation') });
    expect(await roles(owner.client)).toEqual({ [owner.id]: 'OWNER', [gone.id]: 'VIEWER' });
    // An old key does not come back to life with its maker.
    expect((await new TestClient(test.url, createApiKey.secret).failure('{ leads { totalCount } }')).code).toBe('UNAUTHENTICATED');
  });

  it('leaves the leads they worked on to nobody, with a line in each history, also while leads are being assigned to them', async () => {
    const owner = await newPerson(test);
    const gone = await member(owner, 'MEMBER');
    const ids: string[] = [];
    for (let n = 0; n < 6; n += 1) ids.push((await owner.client.data<{ createLead: { id: string } }>('mutation ($name: String!) { createLead(input: { companyName: $name }) { id } }', { name: `Assigned ${n}` })).createLead.id);
    const assign = (id: string, userId: string) => owner.client.send('mutation ($id: ID!, $userId: ID!) { updateLead(id: $id, version: 1, input: { assigneeId: $userId }) { id } }', { id, userId });
    for (const id of ids.slice(0, 2)) expect((await assign(id, gone.id)).errors).toEqual([]);
    expect((await assign(ids[5] ?? '', owner.id)).errors).toEqual([]);
    const [, ...answers] = await Promise.all([owner.client.data(REMOVE, { id: gone.id }), ...ids.slice(2, 5).map((id) => assign(id, gone.id))]);
    // Before the removal, and taken away by it; or after it, and refused.
    const codes = answers.map((answer) => answer.errors[0]?.extensions.code ?? 'assigned');
    expect(codes.every((code) => code === 'assigned' || code === 'NOT_FOUND'), codes.join()).toBe(true);
    const { leads } = await owner.client.data<{ leads: { nodes: { id: string; version: number; assignee: { id: string } | null; history: { nodes: { actor: string; changes: Record<string, unknown> }[] } }[] } }>('{ leads { nodes { id version assignee { id } history { nodes { actor changes } } } } }');
    for (const lead of leads.nodes) {
      const place = ids.indexOf(lead.id);
      const wasAssigned = place < 2 || codes[place - 2] === 'assigned';
      expect(lead.assignee, `lead ${place}`).toEqual(place === 5 ? { id: owner.id } : null);
      expect(lead.history.nodes.filter(({ changes }) => JSON.stringify(changes['assigneeId']) === JSON.stringify([gone.id, null])), `lead ${place}`)
        .toEqual(place !== 5 && wasAssigned ? [{ actor: `user:${owner.id}`, changes: { assigneeId: [gone.id, null], version: 3 } }] : []);
    }
    expect(leads.nodes).toHaveLength(6);
  });

  it('may go by themselves, whatever the role, and is never without a workspace', async () => {
    const owner = await newPerson(test);
    const viewer = await member(owner, 'VIEWER');
    const other = await member(owner, 'MEMBER');
    expect(await viewer.client.failure(REMOVE, { id: other.id })).toEqual({ code: 'FORBIDDEN', required: 'ADMIN' });
    expect(await viewer.client.data(REMOVE, { id: viewer.id })).toEqual({ removeMember: true });
    // The first owner hands the workspace over and goes: belongs nowhere, and gets a new one.
    await owner.client.data(CHANGE, { id: other.id, role: 'OWNER' });
    await owner.client.data(REMOVE, { id: owner.id });
    expect(await sql('SELECT count(*)::int AS n FROM memberships WHERE user_id = $1', [owner.id])).toEqual([{ n: 1 }]);
    const back = await signIn(test, owner.email);
    expect(await back.client.data('{ workspace { name members { role } } }')).toEqual({ workspace: { name: 'My workspace', members: [{ role: 'OWNER' }] } });
  });
});

describe('a further workspace', () => {
  it('is entered with new tokens: the session goes there, the old refresh token is void, and nothing of the other one is seen', async () => {
    const owner = await newPerson(test);
    const guest = await join(owner, 'VIEWER');
    await owner.client.data('mutation { createLead(input: { companyName: "A" }) { id } }');
    const there = await switchTo(guest, owner.workspaceId);
    expect(there.workspaceId).toBe(owner.workspaceId);
    expect(await there.client.data('{ workspace { id } leads { totalCount } }')).toEqual({ workspace: { id: owner.workspaceId }, leads: { totalCount: 1 } });
    const REFRESH = `mutation ($token: String!) { refreshToken(refreshToken: $token) { ${TOKENS} } }`;
    const nobody = new TestClient(test.url, null);
    expect((await nobody.failure(REFRESH, { token: guest.refreshToken })).code).toBe('TOKEN_INVALID');
    const { refreshToken } = await nobody.data<{ refreshToken: Parameters<typeof personOf>[1] }>(REFRESH, { token: there.refreshToken });
    expect(refreshToken.workspace.id).toBe(owner.workspaceId);
    const back = await switchTo(personOf(test.url, refreshToken), guest.workspaceId);
    expect(await back.client.data('{ leads { totalCount } sessions { current } }')).toEqual({ leads: { totalCount: 0 }, sessions: [{ current: true }] });
    for (const id of ['no id', crypto.randomUUID(), (await newPerson(test)).workspaceId]) expect((await back.client.failure('mutation ($id: ID!) { switchWorkspace(id: $id) { accessToken } }', { id })).code).toBe('NOT_FOUND');
  });

  it('is owned by its maker, who stays where they are', async () => {
    const owner = await newPerson(test);
    const { createWorkspace } = await owner.client.data<{ createWorkspace: { id: string } }>('mutation { createWorkspace(name: "  Second  ") { id name members { role user { id } } } }');
    expect(createWorkspace).toEqual({ id: expect.any(String) as string, name: 'Second', members: [{ role: 'OWNER', user: { id: owner.id } }] });
    expect((await owner.client.data<Members>(MEMBERS)).workspace.id).toBe(owner.workspaceId);
    for (const name of ['', '   ', 'x'.repeat(101), 'two\nlines']) expect(await owner.client.failure('mutation ($name: String!) { createWorkspace(name: $name) { id } }', { name })).toEqual({ code: 'BAD_USER_INPUT', fields: ['name'] });
  });
});
