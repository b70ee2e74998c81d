/** A mailbox of a function (info, sales, praxis) reaches the company, but nobody by name. */
import { CheckStatus } from '../../../entities/enums.js';
import { roleWord } from '../classify.js';
import { finding, passed, type Check } from './check.js';

const ROLE_POINTS = 2;

export const roleCheck: Check = ({ address }) => {
  const word = roleWord(address.local);
  return word === null
    ? passed('role', 'not a known function mailbox')
    : finding('role', CheckStatus.WARN, ROLE_POINTS, `"${word}" is a function mailbox, not a person`);
};
