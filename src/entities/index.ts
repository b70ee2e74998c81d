import { ApiKey } from './api-key.js';
import { AuditEvent } from './audit-event.js';
import { CrawlJob } from './crawl-job.js';
import { CrawlRequest } from './crawl-request.js';
import { Document } from './document.js';
import { EmailProbe } from './email-probe.js';
import { EmailSource } from './email-source.js';
import { Email } from './email.js';
import { Evidence } from './evidence.js';
import { Export } from './export.js';
import { FrontierUrl } from './frontier-url.js';
import { Goal } from './goal.js';
import { HostClock } from './host-clock.js';
import { HostState } from './host-state.js';
import { Invitation } from './invitation.js';
import { LeadEvent } from './lead-event.js';
import { LeadGoal } from './lead-goal.js';
import { LeadNote } from './lead-note.js';
import { Identity } from './identity.js';
import { Lead } from './lead.js';
import { MailToken } from './mail-token.js';
import { Membership } from './membership.js';
import { OauthCode } from './oauth-code.js';
import { OutboxMail } from './outbox-mail.js';
import { Page } from './page.js';
import { RefreshToken } from './refresh-token.js';
import { Revocation } from './revocation.js';
import { RobotsFile } from './robots-file.js';
import { SearchResult } from './search-result.js';
import { SearchStep } from './search-step.js';
import { Session } from './session.js';
import { SourceCheck } from './source-check.js';
import { Strategy } from './strategy.js';
import { StreamEvent } from './stream-event.js';
import { Suppression } from './suppression.js';
import { Upkeep } from './upkeep.js';
import { User } from './user.js';
import { Workspace } from './workspace.js';

/** Every table, for the data source. */
export const ENTITIES = [
  ApiKey,
  AuditEvent,
  CrawlJob,
  CrawlRequest,
  Document,
  EmailProbe,
  EmailSource,
  Email,
  Evidence,
  Export,
  FrontierUrl,
  Goal,
  HostClock,
  HostState,
  Identity,
  Invitation,
  LeadEvent,
  LeadGoal,
  LeadNote,
  Lead,
  MailToken,
  Membership,
  OauthCode,
  OutboxMail,
  Page,
  RefreshToken,
  Revocation,
  RobotsFile,
  SearchResult,
  SearchStep,
  Session,
  SourceCheck,
  Strategy,
  StreamEvent,
  Suppression,
  Upkeep,
  User,
  Workspace,
];
