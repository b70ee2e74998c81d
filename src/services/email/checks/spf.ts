/** An SPF record (RFC 7208) shows that somebody looks after the domain's mail. Its absence proves nothing. */
import { CheckStatus } from '../../../entities/enums.js';
import { finding, passed, type Check } from './check.js';

const SEVERAL_POINTS = 2;

export const spfCheck: Check = ({ spf }) => {
  switch (spf.kind) {
    case 'present':
      // A sole "-all" says that the domain sends no mail at all.
      return /^v=spf1\s{1,8}-all\s{0,8}$/i.test(spf.record)
        ? finding('spf', CheckStatus.WARN, 0, 'SPF says that the domain never sends mail')
        : passed('spf', 'the domain has an SPF record');
    case 'several':
      return finding('spf', CheckStatus.WARN, SEVERAL_POINTS, `${spf.records.length} SPF records where RFC 7208 allows one`);
    case 'absent':
      return finding('spf', CheckStatus.WARN, 0, 'no SPF record');
    case 'failed':
      return finding('spf', CheckStatus.UNKNOWN, 0, spf.why);
  }
};
