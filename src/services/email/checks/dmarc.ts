/** A DMARC record (RFC 7489) shows that somebody looks after the domain's mail. Its absence proves nothing. */
import { CheckStatus } from '../../../entities/enums.js';
import { finding, passed, type Check } from './check.js';

const SEVERAL_POINTS = 2;

export const dmarcCheck: Check = ({ dmarc }) => {
  switch (dmarc.kind) {
    case 'present': {
      const policy = /;\s{0,8}p\s{0,8}=\s{0,8}(none|quarantine|reject)\b/i.exec(dmarc.record)?.[1]?.toLowerCase();
      return passed('dmarc', policy === undefined ? 'the domain has a DMARC record' : `the domain has a DMARC record (policy ${policy})`);
    }
    case 'several':
      return finding('dmarc', CheckStatus.WARN, SEVERAL_POINTS, `${dmarc.records.length} DMARC records where RFC 7489 allows one`);
    case 'absent':
      return finding('dmarc', CheckStatus.WARN, 0, 'no DMARC record');
    case 'failed':
      return finding('dmarc', CheckStatus.UNKNOWN, 0, dmarc.why);
  }
};
