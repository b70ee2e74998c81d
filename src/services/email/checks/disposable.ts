/** Throw-away mailbox services. */
import { CheckStatus, EmailKind } from '../../../entities/enums.js';
import { finding, passed, type Check } from './check.js';

/** A mailbox that is gone in ten minutes is worth little however well its domain is set up. */
const PENALTY = -50;

export const disposableCheck: Check = ({ address, kind }) =>
  kind === EmailKind.DISPOSABLE
    ? finding('disposable', CheckStatus.FAIL, PENALTY, `${address.domain} hands out throw-away addresses`)
    : passed('disposable', 'not a known throw-away domain');
