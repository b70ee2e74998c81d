/** Every check, in the order in which people read them. A new check is a file and a line. */
import type { Check, CheckName } from './check.js';
import { disposableCheck } from './disposable.js';
import { dmarcCheck } from './dmarc.js';
import { domainCheck } from './domain.js';
import { freeCheck } from './free.js';
import { mxCheck } from './mx.js';
import { roleCheck } from './role.js';
import { spfCheck } from './spf.js';
import { syntaxCheck } from './syntax.js';
import { typoCheck } from './typo.js';

export const CHECKS: readonly (readonly [name: CheckName, check: Check])[] = [
  ['syntax', syntaxCheck],
  ['domain', domainCheck],
  ['mx', mxCheck],
  ['disposable', disposableCheck],
  ['role', roleCheck],
  ['free', freeCheck],
  ['typo', typoCheck],
  ['spf', spfCheck],
  ['dmarc', dmarcCheck],
];
