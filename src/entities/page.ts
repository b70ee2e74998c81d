import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { Document } from './document.js';
import { PageOutcome } from './enums.js';
import { Node } from './node.js';

/** One fetched (or refused) page; the document itself lies in the page store. */
@Entity('pages')
@Unique('pages_job_key', ['crawlJobId', 'pageKey'])
@Index('pages_workspace', ['workspaceId'])
@Index('pages_job_fetched', ['crawlJobId', 'fetchedAt', 'id'])
@ObjectType({ implements: Node })
export class Page extends Node {
  @Field(() => ID)
  @PrimaryGeneratedColumn('uuid')
  override id!: string;

  @Column('uuid')
  workspaceId!: string;

  @Column('uuid')
  crawlJobId!: string;

  @Column('text')
  pageKey!: string;

  @Field(() => String)
  @Column('text')
  url!: string;

  @Field(() => String)
  @Column('text')
  finalUrl!: string;

  @Field(() => Int)
  @Column('int')
  depth!: number;

  @Field(() => PageOutcome)
  @Column('text')
  outcome!: PageOutcome;

  @Field(() => Int, { nullable: true })
  @Column('int', { nullable: true })
  status!: number | null;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  title!: string | null;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  description!: string | null;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  language!: string | null;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  contentType!: string | null;

  @Field(() => String, { description: 'SHA-256 of the body as received.', nullable: true })
  @Column('text', { nullable: true })
  contentHash!: string | null;

  /** Key in the page store; null when there was no content. */
  @ForeignKey(() => Document, { name: 'pages_document_key' })
  @Index('pages_document')
  @Column('text', { nullable: true })
  documentKey!: string | null;

  @Field(() => Boolean)
  @Column('boolean')
  rendered!: boolean;

  @Column('jsonb', { default: [] })
  facts!: unknown[];

  @Field(() => String, { nullable: true, description: 'With BLOCKED: CHALLENGE, LOGIN, PARKED or CONSENT, where it is known.' })
  @Column('text', { nullable: true })
  blockedKind!: string | null;

  /** What the site said of this version; sent back when the page is read again. */
  @Column('text', { nullable: true })
  etag!: string | null;

  @Column('text', { nullable: true })
  lastModified!: string | null;

  /** Code of docs/errors.md behind an outcome that is not OK. */
  @Column('text', { nullable: true })
  errorCode!: string | null;

  /** Why the outcome is not OK, for people. */
  @Column('text', { nullable: true })
  reason!: string | null;

  /** Sketch of its words; see services/crawler/fingerprint.ts. Null where there are too few. */
  @Column('text', { nullable: true })
  fingerprint!: string | null;

  /** The address that it calls its own, on the same registrable domain. */
  @Column('text', { nullable: true })
  canonical!: string | null;

  /** The page of the site that this one repeats (PAGE_DUPLICATE), is an alias of, or is only like. */
  @Column('text', { nullable: true })
  sameAs!: string | null;

  @Field(() => GraphQLDateTime)
  @Column('timestamptz')
  fetchedAt!: Date;

  @Field(() => Int)
  @Column('int')
  durationMs!: number;

  /** Title, description and text, for the LOCAL search provider; written by SQL only. */
  @Index('pages_search', { synchronize: false })
  @Column('tsvector', { nullable: true, select: false })
  searchVector!: string | null;

  /** The document of a page that was read without being stored (extractContent); no column. */
  unstored?: string;
}
