/**
 * Asks a domain's mail server whether it would take mail for an address, and never sends any. The real recipient comes
 * first; where it is accepted, one that cannot exist is asked for in a session of its own: a server that takes that too
 * tells nothing.
 */
import { randomBytes } from 'node:crypto';
import type { ParsedAddress } from '../checks/syntax.js';
import type { MailDns, MailRoute } from '../dns.js';
import { mailProvider } from '../providers.js';
import { SmtpDialogue, SmtpFailure } from './dialogue.js';
import { readRecipientReply, type RecipientAnswer } from './recipient.js';

export type ProbeOutcome =
  /** Only this mailbox was accepted. */
  | { kind: 'accepted' }
  | { kind: 'rejected' | 'full' | 'catch-all' | 'unknown'; reason: string }
  /** Ask again after this long; greylisting servers want some minutes (RFC 6647). */
  | { kind: 'later'; reason: string; afterMs: number | null };

export interface ProbeOptions {
  dns: Pick<MailDns, 'hostAddresses'>;
  /** Why an IP address may not be reached, or null: the rules that hold for the crawler. */
  forbidden: (address: string) => string | null;
  /** Leave to ask a mail host once more, for all processes together: null, or how long to wait. */
  pace: (host: string) => Promise<number | null>;
  /** Sender of the probe; its domain is our name in EHLO. */
  from: string;
  port: number;
  connectMs?: number;
  replyMs?: number;
  sessionMs?: number;
}

/** A limiter's leave as `pace`: null, or how long to wait. A limiter that is out of reach stops probes, not the product. */
export function paceOf(limiter: { consume(key: string): Promise<unknown> }): ProbeOptions['pace'] {
  return async (host) => {
    try {
      await limiter.consume(host);
      return null;
    } catch (refusal) {
      const waitMs = (refusal as { msBeforeNext?: number }).msBeforeNext;
      return typeof waitMs === 'number' && waitMs > 0 ? waitMs : 60_000;
    }
  };
}

const MAX_HOSTS = 2;
/** Sessions with one mail host at a time, per process; `pace` bounds them for all. */
const PER_HOST = 2;
/** A server that says who it is and that it answers for everybody. */
const OPAQUE_BANNER = /\bMicrosoft ESMTP MAIL Service\b|\bprotection\.outlook\.com\b|\bpphosted\.com\b|\bmimecast\b/i;

interface Asked { answer: RecipientAnswer; opaque: boolean }

export class SmtpProbe {
  readonly #running = new Map<string, { count: number; waiting: (() => void)[] }>();

  constructor(private readonly options: ProbeOptions) {}

  /** Never throws for anything a mail server may do. */
  async probe(address: ParsedAddress, route: MailRoute): Promise<ProbeOutcome> {
    if (route.kind !== 'mx' && route.kind !== 'implicit') return { kind: 'unknown', reason: 'there is no mail server to ask' };
    const hosts = route.kind === 'mx' ? route.hosts : [address.asciiDomain];
    const provider = mailProvider(hosts);
    if (provider?.opaque) return { kind: 'unknown', reason: `${provider.name} accepts every recipient at first: its answer would prove nothing` };
    let last: ProbeOutcome = { kind: 'unknown', reason: 'no mail server could be asked' };
    for (const host of hosts.slice(0, MAX_HOSTS)) {
      const outcome = await this.#inTurn(host, () => this.#probeHost(host, address));
      if (outcome.kind !== 'unknown') return outcome;
      last = outcome;
    }
    return last;
  }

  async #probeHost(host: string, address: ParsedAddress): Promise<ProbeOutcome> {
    const target = await this.#addressOf(host);
    if ('problem' in target) return { kind: 'unknown', reason: target.problem };
    try {
      const real = await this.#ask(host, target.address, `${address.local}@${address.asciiDomain}`);
      if (typeof real === 'number') return { kind: 'later', reason: 'this mail server has been asked often enough for the moment', afterMs: real };
      if (real.answer.kind !== 'accepted') return refusal(real);
      if (real.opaque) return { kind: 'unknown', reason: 'this mail server accepts every recipient at first: its answer proves nothing' };
      const random = await this.#ask(host, target.address, `${randomBytes(9).toString('hex')}@${address.asciiDomain}`);
      if (typeof random === 'number') return { kind: 'later', reason: 'this mail server has been asked often enough for the moment', afterMs: random };
      if (random.answer.kind === 'accepted') return { kind: 'catch-all', reason: 'the mail server accepts every address of this domain' };
      if (random.answer.kind === 'rejected') return { kind: 'accepted' };
      return { kind: 'unknown', reason: `the mail server did not say whether it accepts everybody: ${random.answer.reason}` };
    } catch (error) {
      if (error instanceof SmtpFailure) return { kind: 'unknown', reason: error.message };
      throw error;
    }
  }

  async #addressOf(host: string): Promise<{ address: string } | { problem: string }> {
    const found = await this.options.dns.hostAddresses(host);
    if (found.kind === 'failed') return { problem: found.why };
    const [first] = found.addresses;
    if (first === undefined) return { problem: `the mail server ${host} has no address` };
    // One bad address refuses the name as a whole: a mixed answer is how DNS rebinding looks.
    const reason = found.addresses.map((one) => this.options.forbidden(one)).find((one) => one !== null);
    return reason === undefined ? { address: first } : { problem: `the mail server ${host} may not be reached: its address is ${reason.toLowerCase().replace(/_/g, ' ')}` };
  }

  /** One session, one recipient. @returns the wait where the host may not be asked now @throws SmtpFailure */
  async #ask(host: string, address: string, recipient: string): Promise<Asked | number> {
    const waitMs = await this.options.pace(host);
    if (waitMs !== null) return waitMs;
    try {
      return await this.#session(host, address, recipient, true);
    } catch (error) {
      // STARTTLS is an offer: a server that cannot keep it is asked in clear, as mail servers do among themselves.
      if (!(error instanceof TlsBroken)) throw error;
      return await this.#session(host, address, recipient, false);
    }
  }

  async #session(host: string, address: string, recipient: string, mayEncrypt: boolean): Promise<Asked> {
    const { connectMs = 5_000, replyMs = 10_000, sessionMs = 25_000, port, from } = this.options;
    const dialogue = await SmtpDialogue.open({ address, port, host, connectMs, replyMs, sessionMs });
    try {
      const banner = await dialogue.reply();
      if (banner.code !== 220) return { answer: refusedSession(banner.code, banner.text), opaque: false };
      const name = from.slice(from.lastIndexOf('@') + 1);
      let hello = await dialogue.say(`EHLO ${name}`);
      if (hello.code >= 500) hello = await dialogue.say(`HELO ${name}`);
      if (hello.code !== 250) return { answer: refusedSession(hello.code, hello.text), opaque: false };
      if (mayEncrypt && hello.lines.some((line) => /^STARTTLS\b/i.test(line))) hello = await encrypt(dialogue, name, hello);
      const isInternational = /[^\x20-\x7E]/.test(recipient);
      const canInternational = hello.lines.some((line) => /^SMTPUTF8\b/i.test(line));
      if (isInternational && !canInternational) return { answer: { kind: 'rejected', reason: 'the mail server takes no internationalised addresses (SMTPUTF8, RFC 6531)' }, opaque: false };
      const sender = await dialogue.say(`MAIL FROM:<${from}>${isInternational ? ' SMTPUTF8' : ''}`);
      if (sender.code !== 250) return { answer: refusedSession(sender.code, sender.text), opaque: false };
      const reply = await dialogue.say(`RCPT TO:<${recipient}>`);
      return { answer: readRecipientReply(reply), opaque: OPAQUE_BANNER.test(banner.text) };
    } finally {
      dialogue.quit();
    }
  }

  async #inTurn<T>(host: string, work: () => Promise<T>): Promise<T> {
    const turn = this.#running.get(host) ?? { count: 0, waiting: [] };
    this.#running.set(host, turn);
    if (turn.count >= PER_HOST) await new Promise<void>((resolve) => { turn.waiting.push(resolve); });
    else turn.count += 1;
    try {
      return await work();
    } finally {
      const next = turn.waiting.shift();
      if (next) next();
      else turn.count -= 1;
      if (turn.count === 0) this.#running.delete(host);
    }
  }
}

class TlsBroken extends Error {}

async function encrypt(dialogue: SmtpDialogue, name: string, hello: Awaited<ReturnType<SmtpDialogue['say']>>): Promise<Awaited<ReturnType<SmtpDialogue['say']>>> {
  const ready = await dialogue.say('STARTTLS');
  if (ready.code !== 220) return hello;
  try {
    await dialogue.startTls();
    return await dialogue.say(`EHLO ${name}`);
  } catch (error) {
    throw new TlsBroken('STARTTLS was offered and failed', { cause: error });
  }
}

/** Refused before the recipient was named: it is about us or the hour, not about the mailbox. */
function refusedSession(code: number, text: string): RecipientAnswer {
  const reason = `the mail server refuses the conversation: ${code} ${text}`.replace(/[^\x20-\x7E]/g, '?').slice(0, 200);
  return code >= 400 && code < 500 ? { kind: 'later', reason } : { kind: 'silent', reason };
}

function refusal({ answer }: Asked): ProbeOutcome {
  switch (answer.kind) {
    case 'accepted': return { kind: 'accepted' };
    case 'later': return { kind: 'later', reason: answer.reason, afterMs: null };
    case 'silent': return { kind: 'unknown', reason: answer.reason };
    default: return { kind: answer.kind, reason: answer.reason };
  }
}
