/** The enums of the public API. One word, one meaning: see the glossary in ARCHITECTURE.md. */
import { registerEnumType } from 'type-graphql';
import { EmailNotation } from './email-notation.js';

export enum Role {
  OWNER = 'OWNER',
  ADMIN = 'ADMIN',
  MEMBER = 'MEMBER',
  VIEWER = 'VIEWER',
}
registerEnumType(Role, { name: 'Role' });

export enum ApiScope {
  READ = 'READ',
  WRITE = 'WRITE',
}
registerEnumType(ApiScope, { name: 'ApiScope' });

export enum IntentKind {
  FIND_COMPANIES = 'FIND_COMPANIES',
  FIND_PEOPLE = 'FIND_PEOPLE',
  ENRICH_SITE = 'ENRICH_SITE',
  OTHER = 'OTHER',
  UNSAFE = 'UNSAFE',
}
registerEnumType(IntentKind, { name: 'IntentKind' });

export enum EntityKind {
  INDUSTRY = 'INDUSTRY',
  LOCATION = 'LOCATION',
  ROLE = 'ROLE',
  COUNT = 'COUNT',
  COMPANY = 'COMPANY',
  KEYWORD = 'KEYWORD',
  EXCLUSION = 'EXCLUSION',
  LANGUAGE = 'LANGUAGE',
}
registerEnumType(EntityKind, { name: 'EntityKind' });

export enum GoalStatus {
  PLANNED = 'PLANNED',
  RUNNING = 'RUNNING',
  PAUSED = 'PAUSED',
  COMPLETED = 'COMPLETED',
  FAILED = 'FAILED',
  CANCELLED = 'CANCELLED',
}
registerEnumType(GoalStatus, { name: 'GoalStatus' });

export enum SearchProviderName {
  BRAVE = 'BRAVE',
  SEARXNG = 'SEARXNG',
  OSM = 'OSM',
  LOCAL = 'LOCAL',
}
registerEnumType(SearchProviderName, { name: 'SearchProviderName' });

export enum SourceStatus {
  OK = 'OK',
  EMPTY = 'EMPTY',
  RATE_LIMITED = 'RATE_LIMITED',
  BLOCKED = 'BLOCKED',
  MISCONFIGURED = 'MISCONFIGURED',
  TIMEOUT = 'TIMEOUT',
  FAILED = 'FAILED',
}
registerEnumType(SourceStatus, { name: 'SourceStatus' });

export enum CrawlStatus {
  QUEUED = 'QUEUED',
  RUNNING = 'RUNNING',
  PAUSED = 'PAUSED',
  COMPLETED = 'COMPLETED',
  FAILED = 'FAILED',
  CANCELLED = 'CANCELLED',
}
registerEnumType(CrawlStatus, { name: 'CrawlStatus' });

export enum RenderMode {
  AUTO = 'AUTO',
  HTTP = 'HTTP',
  BROWSER = 'BROWSER',
}
registerEnumType(RenderMode, { name: 'RenderMode' });

export enum PageOutcome {
  OK = 'OK',
  NOT_FOUND = 'NOT_FOUND',
  REDIRECTED = 'REDIRECTED',
  ROBOTS_DISALLOWED = 'ROBOTS_DISALLOWED',
  BLOCKED = 'BLOCKED',
  TOO_LARGE = 'TOO_LARGE',
  UNSUPPORTED_TYPE = 'UNSUPPORTED_TYPE',
  TIMEOUT = 'TIMEOUT',
  NETWORK_ERROR = 'NETWORK_ERROR',
  PARSE_FAILED = 'PARSE_FAILED',
}
registerEnumType(PageOutcome, { name: 'PageOutcome' });

export enum EmailKind {
  PERSONAL = 'PERSONAL',
  ROLE = 'ROLE',
  FREE_PROVIDER = 'FREE_PROVIDER',
  DISPOSABLE = 'DISPOSABLE',
  UNKNOWN = 'UNKNOWN',
}
registerEnumType(EmailKind, { name: 'EmailKind' });

export enum EmailStatus {
  VALID = 'VALID',
  RISKY = 'RISKY',
  INVALID = 'INVALID',
  UNKNOWN = 'UNKNOWN',
}
registerEnumType(EmailStatus, { name: 'EmailStatus' });

registerEnumType(EmailNotation, { name: 'EmailNotation' });

export enum CheckStatus {
  PASS = 'PASS',
  WARN = 'WARN',
  FAIL = 'FAIL',
  UNKNOWN = 'UNKNOWN',
  SKIPPED = 'SKIPPED',
}
registerEnumType(CheckStatus, { name: 'CheckStatus' });

export enum LeadStatus {
  NEW = 'NEW',
  CONTACTED = 'CONTACTED',
  ENGAGED = 'ENGAGED',
  QUALIFIED = 'QUALIFIED',
  CUSTOMER = 'CUSTOMER',
  REJECTED = 'REJECTED',
}
registerEnumType(LeadStatus, { name: 'LeadStatus' });

export enum LeadSortField {
  SCORE = 'SCORE',
  CREATED_AT = 'CREATED_AT',
  UPDATED_AT = 'UPDATED_AT',
  COMPANY_NAME = 'COMPANY_NAME',
}
registerEnumType(LeadSortField, { name: 'LeadSortField' });

export enum SortDirection {
  ASC = 'ASC',
  DESC = 'DESC',
}
registerEnumType(SortDirection, { name: 'SortDirection' });

export enum LeadEventType {
  CREATED = 'CREATED',
  UPDATED = 'UPDATED',
  STATUS_CHANGED = 'STATUS_CHANGED',
  TAGGED = 'TAGGED',
  UNTAGGED = 'UNTAGGED',
  SCORED = 'SCORED',
  MERGED = 'MERGED',
  UNMERGED = 'UNMERGED',
  NOTE_ADDED = 'NOTE_ADDED',
  EXPORTED = 'EXPORTED',
  EMAIL_ADDED = 'EMAIL_ADDED',
}
registerEnumType(LeadEventType, { name: 'LeadEventType' });

export enum ExportFormat {
  CSV = 'CSV',
  XLSX = 'XLSX',
  JSON = 'JSON',
  NDJSON = 'NDJSON',
  VCARD = 'VCARD',
}
registerEnumType(ExportFormat, { name: 'ExportFormat' });

export enum ExportStatus {
  QUEUED = 'QUEUED',
  RUNNING = 'RUNNING',
  READY = 'READY',
  FAILED = 'FAILED',
}
registerEnumType(ExportStatus, { name: 'ExportStatus' });

export enum ExportPreset {
  FULL = 'FULL',
  SEQUENCER = 'SEQUENCER',
  HUBSPOT = 'HUBSPOT',
  SALESFORCE = 'SALESFORCE',
}
registerEnumType(ExportPreset, { name: 'ExportPreset' });

export enum SuppressionKind {
  EMAIL = 'EMAIL',
  DOMAIN = 'DOMAIN',
}
registerEnumType(SuppressionKind, { name: 'SuppressionKind' });

export enum WebhookTopic {
  GOAL_COMPLETED = 'GOAL_COMPLETED',
  GOAL_FAILED = 'GOAL_FAILED',
  LEAD_CREATED = 'LEAD_CREATED',
  LEAD_UPDATED = 'LEAD_UPDATED',
  EXPORT_READY = 'EXPORT_READY',
}
registerEnumType(WebhookTopic, { name: 'WebhookTopic' });

export enum DeliveryStatus {
  PENDING = 'PENDING',
  DELIVERED = 'DELIVERED',
  FAILED = 'FAILED',
  DEAD = 'DEAD',
}
registerEnumType(DeliveryStatus, { name: 'DeliveryStatus' });

export enum GoalEventType {
  SNAPSHOT = 'SNAPSHOT',
  STARTED = 'STARTED',
  SEARCHED = 'SEARCHED',
  SOURCE_FAILED = 'SOURCE_FAILED',
  SITE_STARTED = 'SITE_STARTED',
  PAGE_CRAWLED = 'PAGE_CRAWLED',
  SITE_FINISHED = 'SITE_FINISHED',
  SITE_FAILED = 'SITE_FAILED',
  EMAIL_FOUND = 'EMAIL_FOUND',
  LEAD_CREATED = 'LEAD_CREATED',
  PAUSED = 'PAUSED',
  RESUMED = 'RESUMED',
  COMPLETED = 'COMPLETED',
  FAILED = 'FAILED',
  CANCELLED = 'CANCELLED',
}
registerEnumType(GoalEventType, { name: 'GoalEventType' });

export enum CrawlEventType {
  SNAPSHOT = 'SNAPSHOT',
  STARTED = 'STARTED',
  PAGE_CRAWLED = 'PAGE_CRAWLED',
  PAGE_FAILED = 'PAGE_FAILED',
  EMAIL_FOUND = 'EMAIL_FOUND',
  PAUSED = 'PAUSED',
  RESUMED = 'RESUMED',
  COMPLETED = 'COMPLETED',
  FAILED = 'FAILED',
  CANCELLED = 'CANCELLED',
}
registerEnumType(CrawlEventType, { name: 'CrawlEventType' });

export enum CapabilityState {
  READY = 'READY',
  DEGRADED = 'DEGRADED',
  OFF = 'OFF',
}
registerEnumType(CapabilityState, { name: 'CapabilityState' });

/**
 * What a source page said when it was asked again. PRESENT and ABSENT were read, UNCHANGED is the answer 304, GONE is 404 or
 * 410; UNREACHABLE says nothing about the address. Not part of the API.
 */
export enum ProofOutcome {
  PRESENT = 'PRESENT',
  ABSENT = 'ABSENT',
  UNCHANGED = 'UNCHANGED',
  GONE = 'GONE',
  UNREACHABLE = 'UNREACHABLE',
}
