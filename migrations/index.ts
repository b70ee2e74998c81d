import type { MigrationInterface } from 'typeorm';
import { MainLine1764000000000 } from './1764000000000-main-line.js';
import { AuditLog1764000100000 } from './1764000100000-audit-log.js';
import { Revocations1764000100001 } from './1764000100001-revocations.js';
import { InvitationsAndMail1764000110000 } from './1764000110000-invitations-and-mail.js';
import { Identities1764000120000 } from './1764000120000-identities.js';
import { EmailProof1764000130000 } from './1764000130000-email-proof.js';
import { EmailProbes1764000131000 } from './1764000131000-email-probes.js';
import { HostGate1764000145000 } from './1764000145000-host-gate.js';
import { CrawlLimits1764000146000 } from './1764000146000-crawl-limits.js';
import { NoFingerprint1764000147000 } from './1764000147000-no-fingerprint.js';
import { Documents1764000150000 } from './1764000150000-documents.js';
import { Repeats1764000170000 } from './1764000170000-repeats.js';
import { TrappedUrls1764000170001 } from './1764000170001-trapped-urls.js';
import { SourcesOfACrawl1764000200500 } from './1764000200500-sources-of-a-crawl.js';

/** Written down in order; a migration is never edited after it has landed. */
export const MIGRATIONS: (new () => MigrationInterface)[] = [
  MainLine1764000000000,
  AuditLog1764000100000,
  Revocations1764000100001,
  InvitationsAndMail1764000110000,
  Identities1764000120000,
  EmailProof1764000130000,
  EmailProbes1764000131000,
  HostGate1764000145000,
  CrawlLimits1764000146000,
  NoFingerprint1764000147000,
  Documents1764000150000,
  Repeats1764000170000,
  TrappedUrls1764000170001,
  SourcesOfACrawl1764000200500,
];
