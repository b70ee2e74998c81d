/** A public mailbox provider does not prove who the owner works for. */
import { CheckStatus, EmailKind } from '../../../entities/enums.js';
import { finding, passed, type Check } from './check.js';

const FREE_POINTS = 2;

export const freeCheck: Check = ({ address, kind }) =>
  kind === EmailKind.FREE_PROVIDER
    ? finding('free', CheckStatus.WARN, FREE_POINTS, `${address.domain} gives mailboxes to anybody`)
    : passed('free', 'not a public mailbox provider');
