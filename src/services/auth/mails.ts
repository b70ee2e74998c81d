/** A mail without its recipient. */
export interface Mail {
  subject: string;
  textBody: string;
  htmlBody: string;
  /** How long it is worth sending, ms: no longer than its link works. */
  usefulMs: number;
}

/*
 * The mails of accounts: plain words, one link, HTML and text alike. Texts from people (names) are escaped, kept on one
 * line, and left out when they could be read as a link: an invitation must not carry somebody else's advertisement.
 */

const HOUR_MS = 3_600_000;
export const LINK_TTL_MS = { verify: 24 * HOUR_MS, reset: HOUR_MS, invitation: 7 * 24 * HOUR_MS } as const;
const NOTICE_MS = 3 * 24 * HOUR_MS;

const escape = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** A name as one line of at most 80 characters; null when nothing is left, or when a mail program would make a link of it. */
function plainName(name: string | null): string | null {
  const line = (name ?? '').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  if (line === '' || /:\/\/|@|\bwww\b|[^\s.]\.[\p{L}\d]{2,}/iu.test(line)) return null;
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

function letter(subject: string, lines: string[], link: { label: string; url: string } | null, usefulMs: number): Mail {
  const textBody = [...lines, ...(link ? ['', `${link.label}: ${link.url}`] : []), '', 'Leadline'].join('\n');
  const paragraphs = lines.map((line) => `<p>${escape(line)}</p>`).join('');
  const button = link ? `<p><a href="${escape(link.url)}">${escape(link.label)}</a></p>` : '';
  return { subject, textBody, htmlBody: `<!doctype html><html lang="en"><body style="font-family:sans-serif">${paragraphs}${button}<p>Leadline</p></body></html>`, usefulMs };
}

export const verificationMail = (publicUrl: string, token: string): Mail =>
  letter('Confirm your e-mail address', ['Welcome to Leadline. Confirm that this address is yours; the link works for 24 hours.', `Token for API clients: ${token}`], { label: 'Confirm', url: `${publicUrl}/?verify=${token}` }, LINK_TTL_MS.verify);

export const resetMail = (publicUrl: string, token: string): Mail =>
  letter('Choose a new password', ['Somebody, hopefully you, asked for a new password. The link works for one hour; if it was not you, nothing has changed.', `Token for API clients: ${token}`], { label: 'Choose a new password', url: `${publicUrl}/?reset=${token}` }, LINK_TTL_MS.reset);

export const alreadyRegisteredMail = (publicUrl: string): Mail =>
  letter('You already have an account', ['Somebody tried to register with this address, which has an account already. Sign in, or ask for a new password.'], { label: 'Sign in', url: publicUrl }, NOTICE_MS);

export const reuseMail = (): Mail =>
  letter('You were signed out on one device', ['An old sign-in token of yours was used a second time, which can mean that it was copied. That sign-in has been ended. If you see anything you did not do, change your password.'], null, NOTICE_MS);

/** @param provider as it is named in the settings, such as `google` */
export const identityLinkedMail = (provider: string): Mail =>
  letter('A new way to sign in to your account', [`Your account at Leadline can now be entered by signing in with ${provider}, because somebody with the same confirmed address did so. If that was you, nothing is to be done. If it was not, change the password of your mailbox and of your account, and end all sessions.`], null, NOTICE_MS);

/** @param from who invites: the address is verified, the name is what they wrote */
export function invitationMail(publicUrl: string, token: string, from: { name: string | null; email: string }, workspace: string, role: string): Mail {
  const inviter = plainName(from.name) ? `${plainName(from.name)} (${from.email})` : from.email;
  const place = plainName(workspace) ? `the workspace “${plainName(workspace)}”` : 'a workspace';
  return letter('You are invited to a workspace', [
    `${inviter} invites you to ${place} on Leadline, as ${role.toLowerCase()}. Sign in or register with this address and accept; the link works for 7 days. If you do not know the sender, do nothing.`,
    `Token for API clients: ${token}`,
  ], { label: 'Accept', url: `${publicUrl}/?invitation=${token}` }, LINK_TTL_MS.invitation);
}
