/** Throw-away mailbox services. */
import { CheckStatus, EmailKind } from '../../../entities/enums.js';
import { finding, passed, type Check } from './check.js';

/**
 * The list that is asked, so that a verdict can be judged by its age: the npm package disposable-email-domains-js at
 * the version that package.json pins (a test compares), published on that day.
 */
export const DISPOSABLE_LIST = { name: 'disposable-email-domains-js', version: '1.26.0', publishedOn: '2026-09-21' } as const;
const LIST = `${DISPOSABLE_LIST.name} ${DISPOSABLE_LIST.version} of ${DISPOSABLE_LIST.publishedOn}`;

/** A mailbox that is gone in ten minutes is worth little however well its domain is set up. */
const PENALTY = -50;

export const disposableCheck: Check = ({ address, kind }) =>
  kind === EmailKind.DISPOSABLE
    ? finding('disposable', CheckStatus.FAIL, PENALTY, `${address.domain} hands out throw-away addresses, says ${LIST}`)
    : passed('disposable', `not on the list of throw-away domains, ${LIST}`);
