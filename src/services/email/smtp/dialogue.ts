/** The client's side of an SMTP session (RFC 5321) as far as a recipient can be asked for. It has no DATA. */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** RFC 5321 4.5.3.1.5 says 512 octets for a reply line; servers are more talkative than that. */
const MAX_LINE = 4_096;
const MAX_LINES = 100;

export interface SmtpReply {
  code: number;
  /** RFC 3463, such as `5.1.1`; null when the server gives none. */
  enhanced: string | null;
  /** All lines, joined by a space, without codes. */
  text: string;
  /** Text of each line, for the extensions of EHLO. */
  lines: string[];
}

export type SmtpFailureKind = 'timeout' | 'closed' | 'refused' | 'protocol';

/** The dialogue cannot go on; it says nothing about the mailbox. */
export class SmtpFailure extends Error {
  override readonly name = 'SmtpFailure';
  constructor(readonly kind: SmtpFailureKind, message: string) { super(message); }
}

export interface DialogueOptions {
  /** The IP address that was checked: no name is resolved again here. */
  address: string;
  port: number;
  /** Name of the server, for the certificate. */
  host: string;
  connectMs: number;
  /** For one reply, from the command to its last line. */
  replyMs: number;
  /** For the session as a whole: a server that sends a byte now and then holds nobody longer. */
  sessionMs: number;
}

export class SmtpDialogue {
  #socket: Socket;
  #buffer = '';
  #failure: SmtpFailure | null = null;
  #wake: (() => void) | null = null;
  readonly #endsAt: number;

  private constructor(socket: Socket, private readonly options: DialogueOptions) {
    this.#socket = socket;
    this.#endsAt = performance.now() + options.sessionMs;
    this.#listen(socket);
  }

  /** @throws SmtpFailure */
  static async open(options: DialogueOptions): Promise<SmtpDialogue> {
    const socket = connect({ host: options.address, port: options.port });
    const dialogue = new SmtpDialogue(socket, options);
    try {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new SmtpFailure('timeout', 'the mail server did not answer in time')), options.connectMs);
        socket.once('connect', () => { clearTimeout(timer); resolve(); });
        socket.once('error', (error) => { clearTimeout(timer); reject(new SmtpFailure('refused', `the mail server could not be reached (${(error as NodeJS.ErrnoException).code ?? error.message})`)); });
      });
      return dialogue;
    } catch (error) {
      dialogue.close();
      throw error;
    }
  }

  #listen(socket: Socket): void {
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      this.#buffer += chunk;
      if (this.#buffer.length > MAX_LINE * MAX_LINES) this.#fail(new SmtpFailure('protocol', 'the mail server sends without end'));
      this.#wake?.();
    });
    socket.on('error', (error) => { this.#fail(new SmtpFailure('closed', `the mail server broke the connection (${(error as NodeJS.ErrnoException).code ?? error.message})`)); });
    socket.on('close', () => { this.#fail(new SmtpFailure('closed', 'the mail server hung up')); });
  }

  #fail(failure: SmtpFailure): void {
    this.#failure ??= failure;
    this.#wake?.();
  }

  /** The next reply, with all its lines. @throws SmtpFailure */
  async reply(): Promise<SmtpReply> {
    const deadline = Math.min(performance.now() + this.options.replyMs, this.#endsAt);
    const lines: string[] = [];
    for (;;) {
      const line = await this.#line(deadline);
      const match = /^([2-5]\d\d)([ -]|$)(.*)$/.exec(line);
      const [, code = '', separator = '', text = ''] = match ?? [];
      if (!match) throw new SmtpFailure('protocol', 'what answers on this port is not a mail server');
      lines.push(text);
      if (lines.length > MAX_LINES) throw new SmtpFailure('protocol', 'the mail server sends without end');
      if (separator === '-') continue;
      const enhanced = /^([245]\.\d{1,3}\.\d{1,3})(?:\s|$)/.exec(lines.find((one) => /^[245]\.\d/.test(one)) ?? '')?.[1] ?? null;
      return { code: Number(code), enhanced, text: lines.map((one) => one.replace(/^[245]\.\d{1,3}\.\d{1,3}\s?/, '')).join(' ').trim(), lines };
    }
  }

  async #line(deadline: number): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf('\n');
      if (end >= 0) {
        const line = this.#buffer.slice(0, end).replace(/\r$/, '');
        this.#buffer = this.#buffer.slice(end + 1);
        return line;
      }
      if (this.#buffer.length > MAX_LINE) throw new SmtpFailure('protocol', 'the mail server sends a line without end');
      if (this.#failure) throw this.#failure;
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw new SmtpFailure('timeout', 'the mail server did not answer in time');
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => { clearTimeout(timer); resolve(); };
      });
      this.#wake = null;
    }
  }

  /** Sends one command and waits for its reply. */
  async say(command: string): Promise<SmtpReply> {
    // An address with a line break in it would be a second command.
    if (/[\r\n\0]/.test(command)) throw new SmtpFailure('protocol', 'a command has one line');
    // Whatever came unasked is no answer to this.
    this.#buffer = '';
    this.#socket.write(`${command}\r\n`, 'utf8');
    return await this.reply();
  }

  /** Goes on encrypted. The certificate is not checked: nothing secret is sent, and mail servers' certificates rarely match. @throws SmtpFailure */
  async startTls(): Promise<void> {
    const plain = this.#socket;
    plain.removeAllListeners('data');
    plain.removeAllListeners('close');
    this.#buffer = '';
    const secure = connectTls({ socket: plain, servername: this.options.host, rejectUnauthorized: false });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new SmtpFailure('timeout', 'the TLS handshake took too long')), this.options.replyMs);
      secure.once('secureConnect', () => { clearTimeout(timer); resolve(); });
      secure.once('error', (error: Error) => { clearTimeout(timer); reject(new SmtpFailure('closed', `the TLS handshake failed (${error.message})`)); });
      secure.once('close', () => { clearTimeout(timer); reject(new SmtpFailure('closed', 'the mail server hung up in the TLS handshake')); });
    });
    this.#socket = secure;
    this.#listen(secure);
  }

  /** Says goodbye without waiting for the answer. */
  quit(): void {
    if (!this.#failure) this.#socket.end('QUIT\r\n');
    this.#socket.once('end', () => { this.#socket.destroy(); });
    setTimeout(() => { this.#socket.destroy(); }, 500).unref();
  }

  close(): void {
    this.#socket.destroy();
  }
}
