import { pino, type Logger } from 'pino';

export type { Logger } from 'pino';

/** Paths whose values never reach a log line. */
const SECRETS = ['password', 'token', 'secret', 'authorization', '*.password', '*.token', '*.secret', '*.authorization', 'headers.authorization'];

/** JSON lines on standard error: standard output belongs to commands that print a document. */
export function createLogger(level: string): Logger {
  return pino({ level, redact: { paths: SECRETS, censor: '[hidden]' }, base: null }, pino.destination({ dest: 2, sync: true }));
}
