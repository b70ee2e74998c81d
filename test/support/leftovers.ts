/** Runs before each file of the integration tests: a test, or a file, that leaves something open fails. */
import { afterAll, afterEach, beforeEach } from 'vitest';
import { open } from './open-things.js';

// Files share a process: one whose own closing failed has said so, and the next file is not to blame for it.
open.clear();

/** What was open before a test: a file may share one app among its tests, opened in `beforeAll`. */
let shared = new Set<string>();
beforeEach(() => { shared = new Set(open); });

function refuseLeftovers(who: string, allowed: ReadonlySet<string>): void {
  const left = [...open].filter((name) => !allowed.has(name));
  for (const name of left) open.delete(name);
  if (left.length > 0) throw new Error(`${who} left something open: ${left.join(', ')}`);
}
afterEach(() => { refuseLeftovers('this test', shared); });
// Registered first, run last: after the file's own afterAll.
afterAll(() => { refuseLeftovers('this file', new Set()); });
