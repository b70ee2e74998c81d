import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { GoalStatus } from './enums.js';
import { ExtractedEntity, Intent } from './language.js';
import { SourceOutcome } from './search-values.js';
import { Node } from './node.js';

/** What a person wants, in plain words, and how far the run has come. */
@Entity('goals')
@Index('goals_workspace_created', ['workspaceId', 'createdAt', 'id'])
@ObjectType({ implements: Node })
export class Goal extends Node {
  @Field(() => ID)
  @PrimaryGeneratedColumn('uuid')
  override id!: string;

  @Column('uuid')
  workspaceId!: string;

  @Column('uuid', { nullable: true })
  createdBy!: string | null;

  @Field(() => String)
  @Column('text')
  text!: string;

  @Field(() => GoalStatus)
  @Column('text')
  status!: GoalStatus;

  @Field(() => Intent)
  @Column('jsonb')
  intent!: Intent;

  @Field(() => [ExtractedEntity])
  @Column('jsonb')
  entities!: ExtractedEntity[];

  @Column('text')
  language!: string;

  /** Version of the current strategy. */
  @Column('int', { default: 0 })
  strategyVersion!: number;

  @Field(() => [SourceOutcome], { description: 'What each source answered on the last run: an empty result always has a cause.' })
  @Column('jsonb', { default: [] })
  sources!: SourceOutcome[];

  @Column('int')
  maxSites!: number;

  @Column('int')
  maxPages!: number;

  @Column('int')
  maxSearches!: number;

  @Column('int')
  maxTokens!: number;

  @Column('int', { default: 0 })
  usedSites!: number;

  @Column('int', { default: 0 })
  usedPages!: number;

  @Column('int', { default: 0 })
  usedSearches!: number;

  @Column('int', { default: 0 })
  usedTokens!: number;

  @Column('int', { default: 0 })
  searches!: number;

  @Column('int', { default: 0 })
  results!: number;

  @Column('int', { default: 0 })
  sites!: number;

  @Column('int', { default: 0 })
  sitesDone!: number;

  @Column('int', { default: 0 })
  sitesFailed!: number;

  @Column('int', { default: 0 })
  pages!: number;

  @Column('int', { default: 0 })
  pagesFailed!: number;

  @Column('int', { default: 0 })
  emails!: number;

  @Column('int', { default: 0 })
  emailsValid!: number;

  @Column('int', { default: 0 })
  leads!: number;

  /** OPEN: a search job is due; ROUND_DONE: enough candidates for now; EXHAUSTED: no more to ask. */
  @Column('text', { default: 'OPEN' })
  searchState!: 'OPEN' | 'ROUND_DONE' | 'EXHAUSTED';

  /** Last seq of the goal's event stream. */
  @Column('int', { default: 0 })
  lastSeq!: number;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  error!: string | null;

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
