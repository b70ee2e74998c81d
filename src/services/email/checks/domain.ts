/** The domain exists in DNS. */
import { CheckStatus } from '../../../entities/enums.js';
import { finding, passed, type Check } from './check.js';

export const domainCheck: Check = ({ address, route }) => {
  if (route.kind === 'failed') return finding('domain', CheckStatus.UNKNOWN, 0, route.why);
  if (route.kind === 'none' && route.why === 'no-domain') {
    return finding('domain', CheckStatus.FAIL, 0, `the domain ${address.domain} does not exist`);
  }
  return passed('domain', `the domain ${address.domain} exists`);
};
