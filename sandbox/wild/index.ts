import { BODIES } from './bodies.js';
import { CONNECTIONS } from './connections.js';
import { REDIRECTS, ROBOTS } from './redirects.js';
import { SCRIPTS, TRAPS } from './traps.js';
import { WildHost } from './wild-host.js';

/** Sites that no search finds: each shows one way in which the web can hurt a crawler. */
export function wildHosts(): WildHost[] {
  return [...CONNECTIONS, ...BODIES, ...REDIRECTS, ...ROBOTS, ...TRAPS, ...SCRIPTS].map((behaviour) => new WildHost(behaviour));
}
