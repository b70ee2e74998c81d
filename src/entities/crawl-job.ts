import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { CrawlStatus, RenderMode } from './enums.js';
import { CrawlPolicy } from './crawl-policy.js';
import { Node } from './node.js';

/** The crawl of one site. */
@Entity('crawl_jobs')
@Unique('crawl_jobs_goal_domain', ['goalId', 'domain'])
@Index('crawl_jobs_workspace_created', ['workspaceId', 'createdAt', 'id'])
@Index('crawl_jobs_workspace_domain', ['workspaceId', 'domain'])
@Index('crawl_jobs_status', ['status'])
@ObjectType({ implements: Node })
export class CrawlJob extends Node {
  @Field(() => ID)
  @PrimaryGeneratedColumn('uuid')
  override id!: string;

  @Column('uuid')
  workspaceId!: string;

  @Column('uuid', { nullable: true })
  goalId!: string | null;

  @Field(() => String)
  @Column('text')
  url!: string;

  @Field(() => String)
  @Column('text')
  host!: string;

  /** Registrable domain: the scope of the crawl. */
  @Column('text')
  domain!: string;

  @Field(() => Int)
  @Column('int')
  depth!: number;

  @Field(() => Int)
  @Column('int')
  maxPages!: number;

  @Field(() => Int, { description: 'Most bytes that are read from the site, decompressed.' })
  @Column('int', { default: 250_000_000 })
  maxBytes!: number;

  @Field(() => Int, { description: 'Longest time of work on the site; pauses do not count.' })
  @Column('int', { default: 3_600 })
  maxSeconds!: number;

  @Field(() => RenderMode)
  @Column('text')
  render!: RenderMode;

  @Field(() => CrawlStatus)
  @Column('text')
  status!: CrawlStatus;

  /** True once the lead stage has said its word on this site. */
  @Column('boolean', { default: false })
  leadSettled!: boolean;

  @Column('int', { default: 0 })
  discovered!: number;

  @Column('int', { default: 0 })
  fetched!: number;

  @Column('int', { default: 0 })
  failed!: number;

  @Column('int', { default: 0 })
  skipped!: number;

  @Column('int', { default: 0 })
  emails!: number;

  @Column('int', { default: 0 })
  bytes!: number;

  /** Counted against maxBytes besides `bytes`: what killed runs may have read without storing it. */
  @Column('int', { default: 0 })
  lostBytes!: number;

  /** When maxSeconds are over; moves by every time in which nobody worked on the site. */
  @Column('timestamptz', { nullable: true })
  deadlineAt!: Date | null;

  /** Since when nobody works on the site; null while somebody does, and after one was killed. */
  @Column('timestamptz', { nullable: true })
  idleSince!: Date | null;

  /** Its sitemaps are in the frontier. */
  @Column('boolean', { default: false })
  sitemapsRead!: boolean;

  /** Pages counted against maxPages; rises before a page is fetched. */
  @Column('int', { default: 0 })
  reserved!: number;

  @Field(() => CrawlPolicy, { description: 'Robots text used, matched rule, delay applied.', nullable: true })
  @Column('jsonb', { nullable: true })
  policy!: CrawlPolicy | null;

  /** The worker run that holds this site; one at a time. */
  @Column('text', { nullable: true })
  leaseOwner!: string | null;

  @Column('timestamptz', { nullable: true })
  leaseUntil!: Date | null;

  /** Last seq of the job's event stream. */
  @Column('int', { default: 0 })
  lastSeq!: number;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  error!: string | null;

  @Field(() => String, { description: 'Machine-readable, from errors.md, when status is FAILED.', nullable: true })
  @Column('text', { nullable: true })
  errorCode!: string | null;

  @Field(() => GraphQLDateTime)
  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;

  @Field(() => GraphQLDateTime, { nullable: true })
  @Column('timestamptz', { nullable: true })
  startedAt!: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  @Column('timestamptz', { nullable: true })
  finishedAt!: Date | null;
}
