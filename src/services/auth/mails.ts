/** The mails of accounts: plain words, one link, HTML and text alike. */
export interface Mail { subject: string; textBody: string; htmlBody: string }

const escape = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

function letter(subject: string, lines: string[], link: { label: string; url: string } | null): Mail {
  const textBody = [...lines, ...(link ? ['', `${link.label}: ${link.url}`] : []), '', 'Leadline'].join('\n');
  const paragraphs = lines.map((line) => `<p>${escape(line)}</p>`).join('');
  const button = link ? `<p><a href="${escape(link.url)}">${escape(link.label)}</a></p>` : '';
  return { subject, textBody, htmlBody: `<!doctype html><html lang="en"><body style="font-family:sans-serif">${paragraphs}${button}<p>Leadline</p></body></html>` };
}

export const verificationMail = (publicUrl: string, token: string): Mail =>
  letter('Confirm your e-mail address', ['Welcome to Leadline. Confirm that this address is yours; the link works for 24 hours.', `Token for API clients: ${token}`], { label: 'Confirm', url: `${publicUrl}/?verify=${token}` });

export const resetMail = (publicUrl: string, token: string): Mail =>
  letter('Choose a new password', ['Somebody, hopefully you, asked for a new password. The link works for one hour; if it was not you, nothing has changed.', `Token for API clients: ${token}`], { label: 'Choose a new password', url: `${publicUrl}/?reset=${token}` });

export const alreadyRegisteredMail = (publicUrl: string): Mail =>
  letter('You already have an account', ['Somebody tried to register with this address, which has an account already. Sign in, or ask for a new password.'], { label: 'Sign in', url: publicUrl });

export const reuseMail = (): Mail =>
  letter('You were signed out on one device', ['An old sign-in token of yours was used a second time, which can mean that it was copied. That sign-in has been ended. If you see anything you did not do, change your password.'], null);
