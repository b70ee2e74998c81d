import { createServer, type AddressInfo, type Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { type SandboxSmtpSession } from './types.js';

/** Delay of a tarpit's answer to RCPT: longer than a verifier should wait. */
const TARPIT_MS = 30_000;
const GREYLIST_DOMAIN = 'greylist-sandbox.com';

export interface SmtpOptions {
  /** Mailboxes that exist, lower case. Domains that occur here refuse unknown mailboxes; all other domains are not served. */
  mailboxes: ReadonlySet<string>;
  /** Domains that take every mailbox they are asked for; used where nobody knows which ones exist. */
  openDomains: ReadonlySet<string>;
  log: SandboxSmtpSession[];
  /** Greylisted triplets seen once. */
  greylisted: Set<string>;
  port: number;
}

type Verdict = { code: number; message: string } | 'tarpit' | null;

/**
 * What a server says to an address; null is acceptance. The local part decides first, then the domain:
 * `unknown*` 550, `full*` 452, `overquota*` 552, `grey*` 451 the first time, `slow*` a tarpit.
 */
export function rcptVerdict(address: string, options: Pick<SmtpOptions, 'mailboxes' | 'openDomains' | 'greylisted'>, client: string): Verdict {
  const lower = address.toLowerCase();
  const at = lower.lastIndexOf('@');
  const local = lower.slice(0, at);
  const domain = lower.slice(at + 1);
  if (domain === 'tarpit-sandbox.com' || local.startsWith('slow')) return 'tarpit';
  if (domain === 'full-sandbox.com' || local.startsWith('full')) return { code: 452, message: '4.2.2 The email account that you tried to reach is over quota' };
  if (local.startsWith('overquota')) return { code: 552, message: '5.2.2 Mailbox full' };
  if (domain === GREYLIST_DOMAIN || local.startsWith('grey')) {
    const key = `${client}/${lower}`;
    if (!options.greylisted.has(key)) {
      options.greylisted.add(key);
      return { code: 451, message: '4.7.1 Greylisted, please try again later' };
    }
    return null;
  }
  if (domain === 'catchall-sandbox.com') return null;
  if (local.startsWith('unknown')) return { code: 550, message: '5.1.1 User unknown' };
  if (options.mailboxes.has(lower) || options.openDomains.has(domain)) return null;
  const served = [...options.mailboxes].some((mailbox) => mailbox.endsWith(`@${domain}`));
  return served ? { code: 550, message: '5.1.1 User unknown' } : { code: 554, message: '5.7.1 Relay access denied' };
}

/** Waits until a server listens; rejects with its error when the port is taken. */
function listening(start: (onError: (error: Error) => void, onListening: () => void) => void): Promise<void> {
  return new Promise((resolve, reject) => start(reject, resolve));
}

/** A mail server that never delivers: it knows which mailboxes of the sandbox exist (RFC 5321 §3.3, §4.2); VRFY says 252 (§3.5.3). */
export async function startSmtp(options: SmtpOptions): Promise<{ host: string; port: number; close(): Promise<void> }> {
  const timers = new Set<NodeJS.Timeout>();
  const note = (command: SandboxSmtpSession['command'], argument: string, code: number) => options.log.push({ at: Date.now(), command, argument, code });
  const server = new SMTPServer({
    name: 'mx.sandbox-mail.net', banner: 'sandbox ready', authOptional: true, disabledCommands: ['AUTH', 'STARTTLS'], disableReverseLookup: true, logger: false, closeTimeout: 200,
    onMailFrom: (address, _session, callback) => {
      note('MAIL', address.address, 250);
      callback();
    },
    onRcptTo: (address, session, callback) => {
      const verdict = rcptVerdict(address.address, options, session.remoteAddress);
      if (verdict === null) {
        note('RCPT', address.address, 250);
        callback();
      } else if (verdict === 'tarpit') {
        note('RCPT', address.address, 0);
        const timer = setTimeout(() => {
          timers.delete(timer);
          callback();
        }, TARPIT_MS);
        timers.add(timer);
      } else {
        note('RCPT', address.address, verdict.code);
        callback(Object.assign(new Error(verdict.message), { responseCode: verdict.code }));
      }
    },
    onData: (stream, _session, callback) => {
      note('DATA', '', 554);
      stream.resume();
      // A verifier must never get this far; a mail that does arrive is refused, not kept.
      stream.once('end', () => callback(Object.assign(new Error('5.7.1 The sandbox takes no mail'), { responseCode: 554 })));
    },
  });
  await listening((onError, onListening) => {
    server.once('error', onError);
    server.listen(options.port, '127.0.0.1', onListening);
  });
  // Later errors are clients that went away in the middle of a dialogue.
  server.on('error', () => undefined);
  return {
    host: '127.0.0.1', port: (server.server.address() as AddressInfo).port,
    close: () => new Promise<void>((resolve) => {
      for (const timer of timers) clearTimeout(timer);
      server.close(() => resolve());
    }),
  };
}

/** A port where something answers that is not SMTP. */
export async function startBrokenSmtp(port: number): Promise<{ host: string; port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    socket.write('HTTP/1.1 400 this is not a greeting\r\n');
  });
  await listening((onError, onListening) => {
    server.once('error', onError);
    server.listen(port, '127.0.0.1', onListening);
  });
  return {
    host: '127.0.0.1', port: (server.address() as AddressInfo).port,
    close: () => new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    }),
  };
}
