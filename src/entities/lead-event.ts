import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import { Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { LeadEventType } from './enums.js';
import { Node } from './node.js';

/** One change of a lead; also the stream behind leadChanged. */
@Entity('lead_events')
@Unique('lead_events_seq', ['workspaceId', 'seq'])
@Index('lead_events_lead', ['leadId', 'seq'])
@ObjectType({ implements: Node })
export class LeadEvent extends Node {
  @Field(() => ID)
  @PrimaryGeneratedColumn('uuid')
  override id!: string;

  @Column('uuid')
  workspaceId!: string;

  @Column('uuid')
  leadId!: string;

  /** Rises by one per workspace. */
  @Column('int')
  seq!: number;

  @Field(() => LeadEventType)
  @Column('text')
  type!: LeadEventType;

  @Field(() => String)
  @Column('text')
  actor!: string;

  @Column('jsonb', { default: {} })
  changes!: Record<string, unknown>;

  @Field(() => ID, { nullable: true })
  @Column('uuid', { nullable: true })
  mergeId!: string | null;

  @Field(() => GraphQLDateTime)
  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;
}
