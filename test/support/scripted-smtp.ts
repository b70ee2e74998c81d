import { createServer, type Socket } from 'node:net';

/** What a scripted server does with a line: lines to send, nothing at all, or hang up. */
export type Reaction = string | null;
/** `session` counts connections from 1. */
export interface SmtpScript { banner?: Reaction; react?: (line: string, session: number) => Reaction | undefined }
/** `sessions` are the lines it was sent, by session; `peak` the most connections at a time. */
export interface ScriptedSmtp { port: number; sessions: string[][]; peak: () => number; close: () => Promise<void> }

/** Reacts to RCPT only. */
export const onRecipient = (reaction: (recipient: string, session: number) => Reaction): SmtpScript['react'] => (line, session) => (line.startsWith('RCPT') ? reaction(/<(.*)>/.exec(line)?.[1] ?? '', session) : undefined);

/** A mail server on the loopback that plays a script. */
export async function startScriptedSmtp({ banner = '220 mx.test ESMTP', react }: SmtpScript): Promise<ScriptedSmtp> {
  const sessions: string[][] = [];
  const sockets = new Set<Socket>();
  let peak = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    peak = Math.max(peak, sockets.size);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    const lines: string[] = [];
    sessions.push(lines);
    const session = sessions.length;
    const send = (reaction: Reaction): void => {
      if (reaction === 'HANG UP') socket.destroy();
      else if (reaction !== null) socket.write(`${reaction}\r\n`);
    };
    send(banner);
    let rest = '';
    socket.on('data', (chunk: Buffer) => {
      rest += chunk.toString('utf8');
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        lines.push(line);
        const reaction = react?.(line, session);
        if (reaction !== undefined) send(reaction);
        else if (line === 'QUIT') socket.end('221 bye\r\n');
        else send(/^(EHLO|HELO|MAIL|RCPT)/.test(line) ? '250 ok' : '502 what');
      }
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const address = server.address();
  return {
    port: address !== null && typeof address !== 'string' ? address.port : 0, sessions, peak: () => peak,
    close: () => new Promise((resolve) => { for (const socket of sockets) socket.destroy(); server.close(() => { resolve(); }); }),
  };
}
