import { once } from 'node:events';
import type { Socket } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { JOBS } from '../../src/jobs.js';
import { TestClient, until } from '../support/client.js';
import { linkToken, newAddress, newPerson, PASSWORD } from '../support/people.js';
import { freePort } from '../../src/free-port.js';
import { withClient } from '../support/servers.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const USER = 'mailer';
const SECRET = 'p@ss/word:1';
const PUBLIC_URL = 'https://leads.example';

/** A real SMTP server that keeps what arrives; a test may change what it says. */
class MailHost {
  readonly arrived: ParsedMail[] = [];
  /** Every attempt to hand over a text, also those that were refused. */
  attempts = 0;
  senders: string[] = [];
  /** What to say to a recipient or, after the text, to the mail: a code, or 'drop' to hang up without a word. */
  atRecipient: (address: string) => number | null = () => null;
  atText: (mail: ParsedMail) => number | 'drop' | null = () => null;
  atSender: () => number | null = () => null;
  #server: SMTPServer | null = null;
  readonly #sockets = new Set<Socket>();

  private constructor(readonly port: number) {}

  static async listen(): Promise<MailHost> {
    const host = new MailHost(await freePort());
    await host.start();
    return host;
  }

  get url(): string { return `smtp://${USER}:${encodeURIComponent(SECRET)}@127.0.0.1:${this.port}`; }

  async start(): Promise<void> {
    const say = (code: number | null, callback: (error?: Error | null) => void): void => { callback(code === null ? null : Object.assign(new Error('said by the test'), { responseCode: code })); };
    const options: SMTPServerOptions = {
      disabledCommands: ['STARTTLS'], allowInsecureAuth: true, disableReverseLookup: true, logger: false, closeTimeout: 100,
      onAuth: (auth, _session, callback) => { callback(auth.username === USER && auth.password === SECRET ? null : new Error('wrong credentials'), { user: USER }); },
      onMailFrom: (address, _session, callback) => { this.senders.push(address.address); say(this.atSender(), callback); },
      onRcptTo: (address, _session, callback) => { say(this.atRecipient(address.address), callback); },
      onData: (stream, _session, callback) => {
        this.attempts += 1;
        simpleParser(stream).then((mail) => {
          const answer = this.atText(mail);
          if (answer === null || answer === 'drop') this.arrived.push(mail);
          if (answer === 'drop') for (const socket of this.#sockets) socket.destroy();
          else say(answer, callback);
        }, callback);
      },
    };
    this.#server = new SMTPServer(options);
    // What is left are clients that went away.
    this.#server.on('error', () => undefined);
    this.#server.server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#server.listen(this.port, '127.0.0.1');
    await once(this.#server.server, 'listening');
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server) await new Promise<void>((done) => { server.close(done); });
  }

  to(email: string): ParsedMail[] {
    return this.arrived.filter((mail) => [mail.to ?? []].flat().some((to) => to.value.some(({ address }) => address === email)));
  }
}

let host: MailHost;
let test: TestApp;
let nobody: TestClient;
beforeAll(async () => {
  host = await MailHost.listen();
  test = await startTestApp({ SMTP_URL: host.url, MAIL_FROM: 'Leadline <no-reply@leads.example>', PUBLIC_URL, AUTH_DISCLOSE_EXISTING_EMAIL: 'false' });
  nobody = new TestClient(test.url, null);
});
afterEach(() => { host.atRecipient = () => null; host.atText = () => null; host.atSender = () => null; });
afterAll(async () => {
  await test.close();
  await host.stop();
});

interface OutboxRow { sent_at: Date | null; failed_at: Date | null; attempts: number; last_error: string | null; text_body: string; html_body: string }
const outbox = (email: string): Promise<OutboxRow[]> => withClient(test.databaseUrl, async (sql) => (await sql.query<OutboxRow>('SELECT * FROM outbox_mails WHERE recipient = $1 ORDER BY created_at', [email])).rows);
const register = (email: string, name = 'Ada'): Promise<unknown> => nobody.data('mutation ($email: String!, $password: String!, $name: String) { register(input: { email: $email, password: $password, name: $name }) { id } }', { email, password: PASSWORD, name });
const verify = (token: string | undefined): ReturnType<TestClient['send']> => nobody.send('mutation ($token: String!) { verifyEmail(token: $token) { accessToken refreshToken } }', { token });
const arrived = (email: string, count = 1): Promise<ParsedMail[]> => until(async () => Promise.resolve(host.to(email).length >= count && host.to(email)), `${count} mails to ${email}`);
const settled = (email: string): Promise<OutboxRow> => until(async () => (await outbox(email)).find((row) => row.sent_at ?? row.failed_at), `the mail to ${email} is settled`);
const codeOf = (answer: { errors: { extensions: { code: string } }[] }): string => answer.errors[0]?.extensions.code ?? 'fine';

/** What every mail of ours has. */
function expectWellMade(mail: ParsedMail, email: string): void {
  expect(mail.from?.text).toBe('"Leadline" <no-reply@leads.example>');
  expect(mail.messageId).toMatch(/^<[0-9a-f]{32}@leads\.example>$/);
  expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
  expect([mail.to ?? []].flat().map((to) => to.text)).toEqual([email]);
  expect(mail.text?.trim()).not.toBe('');
  expect(mail.html).toMatch(/^<!doctype html>/);
  expect([mail.cc, mail.bcc, mail.attachments]).toEqual([undefined, undefined, []]);
}
const linksOf = (mail: ParsedMail): string[] => [...String(mail.html).matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href.replaceAll('&#38;', '&'));

describe('over SMTP arrives', () => {
  it('the verification: its link works once, opening it again is explained, and nothing of it stays in the database', async () => {
    const email = newAddress();
    await register(email);
    const [mail] = await arrived(email) as [ParsedMail];
    expectWellMade(mail, email);
    const token = linkToken(mail, 'verify');
    expect(linksOf(mail)).toEqual([`${PUBLIC_URL}/?verify=${token}`]);
    expect(mail.subject).toBe('Confirm your e-mail address');
    const row = await settled(email);
    expect(row).toMatchObject({ text_body: '', html_body: '', failed_at: null, attempts: 1 });
    expect(await withClient(test.databaseUrl, async (sql) => (await sql.query('SELECT 1 FROM mail_tokens WHERE token_hash = $1', [token])).rowCount)).toBe(0);
    expect(codeOf(await nobody.send('mutation ($token: String!, $password: String!) { resetPassword(token: $token, newPassword: $password) }', { token, password: PASSWORD }))).toBe('TOKEN_INVALID');
    expect(codeOf(await verify(token))).toBe('fine');
    const again = await verify(token);
    expect(again.errors).toEqual([expect.objectContaining({ message: expect.stringContaining('confirmed already') as string, extensions: { code: 'TOKEN_INVALID' } })]);
    expect(again.data).toBeNull();
  });

  it('the reset: its link works once, for this purpose only, and expires', async () => {
    const person = await newPerson(test);
    const request = (): Promise<unknown> => nobody.data('mutation ($email: String!) { requestPasswordReset(email: $email) }', { email: person.email });
    const RESET = 'mutation ($token: String!, $password: String!) { resetPassword(token: $token, newPassword: $password) }';
    await request();
    const [mail] = await arrived(person.email) as [ParsedMail];
    expectWellMade(mail, person.email);
    const token = linkToken(mail, 'reset');
    expect(linksOf(mail)).toEqual([`${PUBLIC_URL}/?reset=${token}`]);
    expect(codeOf(await verify(token))).toBe('TOKEN_INVALID');
    expect(codeOf(await person.client.send('mutation ($token: String!) { acceptInvitation(token: $token) { role } }', { token }))).toBe('TOKEN_INVALID');
    expect(await nobody.data(RESET, { token, password: 'another good phrase' })).toEqual({ resetPassword: true });
    expect(codeOf(await nobody.send(RESET, { token, password: 'a third good phrase' }))).toBe('TOKEN_INVALID');
    await request();
    const late = linkToken((await arrived(person.email, 2))[1] as ParsedMail, 'reset');
    await withClient(test.databaseUrl, (sql) => sql.query("UPDATE mail_tokens SET expires_at = now() - interval '1 second' WHERE user_id = $1", [person.id]));
    expect(codeOf(await nobody.send(RESET, { token: late, password: 'a fourth good phrase' }))).toBe('TOKEN_EXPIRED');
  });

  it('the reuse alarm, once however often the old token is tried', async () => {
    const email = newAddress();
    await register(email);
    const { data } = await verify(linkToken((await arrived(email))[0] as ParsedMail, 'verify')) as { data: { verifyEmail: { refreshToken: string } } };
    const refresh = (token: string): ReturnType<typeof nobody.send<{ refreshToken: { refreshToken: string } }>> => nobody.send('mutation ($token: String!) { refreshToken(refreshToken: $token) { refreshToken } }', { token });
    const first = data.verifyEmail.refreshToken;
    const second = (await refresh(first)).data?.refreshToken.refreshToken ?? '';
    await refresh(second);
    for (let time = 0; time < 3; time += 1) await refresh(first);
    const [, alarm] = await arrived(email, 2) as [ParsedMail, ParsedMail];
    expectWellMade(alarm, email);
    expect(alarm.subject).toBe('You were signed out on one device');
    expect(linksOf(alarm)).toEqual([]);
    expect(await outbox(email)).toHaveLength(2);
  });

  it('the notice that an address is taken, to its owner, without a secret', async () => {
    const person = await newPerson(test);
    await register(person.email);
    const [mail] = await arrived(person.email) as [ParsedMail];
    expectWellMade(mail, person.email);
    expect(mail.subject).toBe('You already have an account');
    expect(linksOf(mail)).toEqual([PUBLIC_URL]);
    expect(mail.text).not.toMatch(/[\w-]{43}/);
  });

  it('the invitation, in the name of who invites, escaped', async () => {
    const person = await newPerson(test, 'Zoë & "Co" <b>');
    const email = newAddress();
    await person.client.data('mutation ($email: String!) { inviteMember(email: $email, role: ADMIN) }', { email });
    const [mail] = await arrived(email) as [ParsedMail];
    expectWellMade(mail, email);
    expect(mail.text).toContain(`Zoë & "Co" <b> (${person.email})`);
    expect(mail.html).toContain('Zoë &#38; &#34;Co&#34; &#60;b&#62;');
    expect(linksOf(mail)).toEqual([`${PUBLIC_URL}/?invitation=${linkToken(mail, 'invitation')}`]);
  });

  it.each(['Ada\r\nBcc: victim@users.example', 'Ada\nSubject: other\n\nbody', 'Ada\u2028Bcc: victim@users.example', '=?utf-8?q?Ada=0D=0ABcc:_victim@users.example?='])('nothing of a name that would be a header: %j', async (name) => {
    const person = await newPerson(test, name);
    const email = newAddress();
    await person.client.data('mutation ($email: String!) { inviteMember(email: $email, role: ADMIN) }', { email });
    const [mail] = await arrived(email) as [ParsedMail];
    expectWellMade(mail, email);
    expect(mail.subject).toBe('You are invited to a workspace');
    expect(host.to('victim@users.example')).toEqual([]);
  });
});

describe('a mail server', () => {
  it('that is away and comes back gets the mail, once, with its first Message-ID', async () => {
    await host.stop();
    const email = newAddress();
    await register(email);
    await until(async () => (await outbox(email))[0]?.last_error, 'an attempt failed');
    const { capabilities } = await nobody.data<{ capabilities: { name: string; state: string; detail: string }[] }>('{ capabilities { name state detail } }');
    expect(capabilities.find(({ name }) => name === 'mail')).toMatchObject({ state: 'DEGRADED', detail: expect.not.stringContaining(SECRET) as string });
    await host.start();
    await arrived(email);
    expect((await settled(email)).attempts).toBeGreaterThan(1);
    expect(host.to(email)).toHaveLength(1);
  });

  it('that says 4xx, to the recipient or to the text, is asked again until it takes the mail', async () => {
    const [grey, full] = [newAddress(), newAddress()];
    const seen = new Set<string>();
    const firstTime = (address: string): boolean => !seen.has(address) && Boolean(seen.add(address));
    host.atRecipient = (address) => (address === grey && firstTime(grey) ? 451 : null);
    host.atText = () => (firstTime(full) ? 452 : null);
    await register(full);
    await settled(full);
    await register(grey);
    for (const email of [grey, full]) {
      expect(await settled(email)).toMatchObject({ attempts: 2, failed_at: null, last_error: null });
      expect(host.to(email)).toHaveLength(1);
    }
  });

  it('that says 5xx to the recipient or to the text is not asked again', async () => {
    const [unknown, spam] = [newAddress(), newAddress()];
    host.atRecipient = (address) => (address === unknown ? 550 : null);
    host.atText = (mail) => ([mail.to ?? []].flat().some((to) => to.text === spam) ? 554 : null);
    for (const email of [unknown, spam]) {
      await register(email);
      expect(await settled(email)).toMatchObject({ attempts: 1, sent_at: null, text_body: '', last_error: expect.stringMatching(/55\d/) as string });
    }
    await test.app.reconciler.reconcile();
    await until(async () => await test.app.jobs.open(JOBS.sendMail) === 0, 'nothing is queued');
    for (const email of [unknown, spam]) expect(await outbox(email)).toEqual([expect.objectContaining({ attempts: 1 })]);
  });

  it('that refuses our own sender address is asked again: it is a setting that can be mended', async () => {
    const email = newAddress();
    host.atSender = () => 550;
    await register(email);
    await until(async () => (await outbox(email))[0]?.last_error, 'an attempt failed');
    host.atSender = () => null;
    await arrived(email);
    expect(await settled(email)).toMatchObject({ failed_at: null });
  });

  it('that hangs up after the text gets it again with the same Message-ID: its answer was lost, a mail never is', async () => {
    const email = newAddress();
    let drops = 1;
    host.atText = () => (drops-- > 0 ? 'drop' : null);
    await register(email);
    const mails = await arrived(email, 2);
    await settled(email);
    expect(mails).toHaveLength(2);
    expect(new Set(mails.map((mail) => mail.messageId)).size).toBe(1);
  });
});

describe('one mail', () => {
  it('is sent once, by however many workers at the same moment and however often it is queued', async () => {
    const email = newAddress();
    await register(email);
    await settled(email);
    const { id } = await withClient(test.databaseUrl, async (sql) => (await sql.query<{ id: string }>("UPDATE outbox_mails SET sent_at = NULL, text_body = 'again', next_attempt_at = now() WHERE recipient = $1 RETURNING id", [email])).rows[0] ?? { id: '' });
    await Promise.all(Array.from({ length: 8 }, () => test.app.jobs.enqueue(JOBS.sendMail, { mailId: id })));
    await test.app.reconciler.reconcile();
    await settled(email);
    await until(async () => await test.app.jobs.open(JOBS.sendMail) === 0, 'nothing is queued');
    expect(host.to(email)).toHaveLength(2);
  });

  it('whose link works no more is not sent', async () => {
    const email = newAddress();
    host.atRecipient = (address) => (address === email ? 451 : null);
    await register(email);
    await until(async () => (await outbox(email))[0]?.last_error, 'an attempt failed');
    await withClient(test.databaseUrl, (sql) => sql.query("UPDATE outbox_mails SET expires_at = now() - interval '1 second' WHERE recipient = $1", [email]));
    host.atRecipient = () => null;
    const row = await settled(email);
    expect(row).toMatchObject({ sent_at: null, text_body: '' });
    expect(host.to(email)).toEqual([]);
  });
});
