import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { LeadStatus } from './enums.js';
import { ScoreFactor } from './score-factor.js';
import { Node } from './node.js';

/** One company with everything that was found about it, each value proven by Evidence. */
@Entity('leads')
@Unique('leads_workspace_domain', ['workspaceId', 'domain'])
@Unique('leads_workspace_idempotency', ['workspaceId', 'idempotencyKey'])
@Index('leads_tags', { synchronize: false })
@Index('leads_workspace_score', ['workspaceId', 'score', 'id'])
@Index('leads_workspace_created', ['workspaceId', 'createdAt', 'id'])
@ObjectType({ implements: Node })
export class Lead extends Node {
  @Field(() => ID)
  @PrimaryGeneratedColumn('uuid')
  override id!: string;

  @Column('uuid')
  workspaceId!: string;

  /** The goal that found it last; LeadGoal keeps them all. */
  @Column('uuid', { nullable: true })
  goalId!: string | null;

  @Field(() => String)
  @Column('text')
  companyName!: string;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  domain!: string | null;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  website!: string | null;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  description!: string | null;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  industry!: string | null;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  address!: string | null;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  city!: string | null;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  countryCode!: string | null;

  @Field(() => [String])
  @Column('text', { array: true, default: {} })
  phones!: string[];

  @Field(() => [String])
  @Column('text', { array: true, default: {} })
  socialLinks!: string[];

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  contactName!: string | null;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  contactTitle!: string | null;

  @Column('uuid', { nullable: true })
  primaryEmailId!: string | null;

  @Field(() => Int, { description: 'fit + reach, 0 to 100; both explained, never blended silently.' })
  @Column('int', { default: 0 })
  score!: number;

  @Field(() => Int)
  @Column('int', { default: 0 })
  fitScore!: number;

  @Field(() => Int)
  @Column('int', { default: 0 })
  reachScore!: number;

  @Field(() => [ScoreFactor])
  @Column('jsonb', { default: [] })
  factors!: ScoreFactor[];

  @Field(() => String, { description: 'One sentence, quoting only what the evidence says.' })
  @Column('text', { default: '' })
  reason!: string;

  @Field(() => LeadStatus)
  @Column('text', { default: 'NEW' })
  status!: LeadStatus;

  @Field(() => [String])
  @Column('text', { array: true, default: {} })
  tags!: string[];

  @Column('uuid', { nullable: true })
  assigneeId!: string | null;

  @Column('text', { nullable: true })
  idempotencyKey!: string | null;

  @Field(() => Int, { description: 'Rises by one with each change; send it back with updateLead.' })
  @Column('int', { default: 1 })
  version!: number;

  @Field(() => GraphQLDateTime)
  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;

  @Field(() => GraphQLDateTime)
  @Column('timestamptz', { default: () => 'now()' })
  updatedAt!: Date;
}
