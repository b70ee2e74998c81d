/** The domain says where its mail goes (RFC 5321 5.1, RFC 7505). */
import { CheckStatus } from '../../../entities/enums.js';
import { mailProvider } from '../providers.js';
import { finding, passed, type Check } from './check.js';

/** Mail to a bare A or AAAA record is allowed, but most such hosts are web servers. */
const IMPLICIT_POINTS = 15;

export const mxCheck: Check = ({ route }) => {
  switch (route.kind) {
    case 'mx':
      return passed('mx', `mail goes to ${route.hosts[0] ?? ''}${route.hosts.length > 1 ? ` and ${route.hosts.length - 1} more` : ''}${providerOf(route.hosts)}`);
    case 'implicit':
      return finding('mx', CheckStatus.WARN, IMPLICIT_POINTS, 'no MX record; mail would go to the address of the domain itself');
    case 'null-mx':
      return finding('mx', CheckStatus.FAIL, 0, 'the domain says that it accepts no mail (null MX, RFC 7505)');
    case 'none':
      return finding('mx', CheckStatus.FAIL, 0, route.why === 'unusable-mx' ? 'the MX record names no host that mail could reach' : 'nothing at this domain takes mail');
    case 'failed':
      return finding('mx', CheckStatus.UNKNOWN, 0, route.why);
  }
};

function providerOf(hosts: readonly string[]): string {
  const provider = mailProvider(hosts);
  return provider === null ? '' : ` (${provider.name})`;
}
