import { Passport, type Authenticator } from 'passport';
import { Strategy as BearerStrategy } from 'passport-http-bearer';
import { Strategy as LocalStrategy } from 'passport-local';
import type { Credentials } from './bearer.js';

export interface Checks {
  password(email: string, password: string): Promise<object | null>;
  bearer(token: string): Promise<Credentials | null>;
}

/** The sign-in strategies, without sessions of their own: ours are rows. */
export function createPassport(checks: Checks): Authenticator {
  const passport = new Passport();
  passport.use('local', new LocalStrategy({ usernameField: 'email', passwordField: 'password', session: false }, (email, password, done) => {
    checks.password(email, password).then((user) => { done(null, user ?? false); }, done);
  }));
  passport.use('bearer', new BearerStrategy((token, done) => {
    checks.bearer(token).then((credentials) => { done(null, credentials ?? false); }, done);
  }));
  return passport as unknown as Authenticator;
}

/** Runs one strategy over what a request carried; null when it says no. HTTP and WebSocket share it. */
export function runStrategy<T>(passport: Authenticator, strategy: 'local' | 'bearer', request: { headers?: Record<string, string>; body?: object }): Promise<T | null> {
  return new Promise((done, failed) => {
    const settle = (error: unknown, user: T | false | null | undefined): void => {
      if (error) failed(error instanceof Error ? error : new Error('sign-in failed', { cause: error }));
      else done(user || null);
    };
    const handler = passport.authenticate(strategy, { session: false }, settle) as (request: object, response: object, next: (error?: unknown) => void) => void;
    handler({ headers: {}, query: {}, body: {}, ...request }, {}, (error) => { settle(error, null); });
  });
}
