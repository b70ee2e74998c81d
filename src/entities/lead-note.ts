import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Node } from './node.js';

/** A remark a person left on a lead. */
@Entity('lead_notes')
@Index('lead_notes_lead', ['leadId'])
@ObjectType({ implements: Node })
export class LeadNote extends Node {
  @Field(() => ID)
  @PrimaryGeneratedColumn('uuid')
  override id!: string;

  @Column('uuid')
  leadId!: string;

  @Column('uuid', { nullable: true })
  authorId!: string | null;

  @Field(() => String)
  @Column('text')
  text!: string;

  @Field(() => GraphQLDateTime)
  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;
}
