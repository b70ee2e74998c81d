import type { Actor } from '../actor.js';
import { LeadlineError } from '../errors.js';
import type { Client } from '../services/auth/sessions.js';
import type { Loaders } from './loaders.js';
import type { Services } from './schema.js';

/** What one request or one socket carries. */
export interface Context {
  actor: Actor | null;
  client: Client;
  /** Named in masked errors, so that a person can find the log line. */
  requestId: string;
  loaders: Loaders;
  /** For `subscribe` functions, which run outside their resolver's instance. */
  services: Services;
}

/** @throws LeadlineError UNAUTHENTICATED when nobody is signed in */
export function signedIn(context: Context): Actor {
  if (!context.actor) throw new LeadlineError('UNAUTHENTICATED', 'Sign in first.');
  return context.actor;
}

/** The stream behind a subscription, for a signed-in actor. */
export async function subscribed<E>(context: unknown, open: (actor: Actor, services: Services) => Promise<AsyncIterableIterator<E>>): Promise<AsyncIterable<E>> {
  const known = context as Context;
  return await open(signedIn(known), known.services);
}
