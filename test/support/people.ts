import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { simpleParser, type ParsedMail } from 'mailparser';
import { TestClient, until } from './client.js';
import type { TestApp } from './test-app.js';

export const PASSWORD = 'a long enough pass phrase';
export const newAddress = (): string => `${randomBytes(6).toString('hex')}@users.example`;

/** A person with a session, as opposed to the API key of `TestApp.user`. */
export interface Person { id: string; email: string; accessToken: string; refreshToken: string; workspaceId: string; client: TestClient }

interface Tokens { accessToken: string; refreshToken: string; user: { id: string; email: string }; workspace: { id: string } }
export const TOKENS = 'accessToken refreshToken user { id email } workspace { id }';

export const personOf = (url: string, tokens: Tokens): Person => ({
  id: tokens.user.id, email: tokens.user.email, accessToken: tokens.accessToken, refreshToken: tokens.refreshToken, workspaceId: tokens.workspace.id, client: new TestClient(url, tokens.accessToken),
});

/** Signs in through the API. */
export async function signIn(test: TestApp, email: string): Promise<Person> {
  const { login } = await new TestClient(test.url, null).data<{ login: Tokens }>(`mutation ($email: String!, $password: String!) { login(input: { email: $email, password: $password }) { ${TOKENS} } }`, { email, password: PASSWORD });
  return personOf(test.url, login);
}

/** A new verified person, OWNER of a workspace, signed in. */
export async function newPerson(test: TestApp, name: string | null = null): Promise<Person> {
  const email = newAddress();
  await test.app.services.auth.createVerifiedUser({ email, password: PASSWORD, name });
  return await signIn(test, email);
}

/** Mails to an address that lie as files in the outbox of an app, parsed. */
export async function mailsTo(test: TestApp, email: string): Promise<ParsedMail[]> {
  const outbox = join(test.dataDir, 'outbox');
  if (!existsSync(outbox)) return [];
  const mails = await Promise.all(readdirSync(outbox).filter((name) => name.endsWith('.eml')).map((name) => simpleParser(readFileSync(join(outbox, name)))));
  return mails.filter((mail) => [mail.to ?? []].flat().some((to) => to.value.some(({ address }) => address === email)));
}

/** The secret of the newest link of that kind in a mail's text. */
export const linkToken = (mail: ParsedMail, kind: 'verify' | 'reset' | 'invitation'): string | undefined => new RegExp(`\\?${kind}=([\\w-]{43})`).exec(mail.text ?? '')?.[1];

/** Waits for a mailed link of that kind; `not` leaves out those known already. */
export async function mailedToken(test: TestApp, email: string, kind: 'verify' | 'reset' | 'invitation', not: string[] = []): Promise<string> {
  return await until(async () => (await mailsTo(test, email)).map((mail) => linkToken(mail, kind)).find((token) => token !== undefined && !not.includes(token)), `the ${kind} mail to ${email}`);
}
