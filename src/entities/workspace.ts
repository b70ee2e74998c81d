import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { Node } from './node.js';

/** The tenant: every other row belongs to one. */
@Entity('workspaces')
@ObjectType({ implements: Node })
export class Workspace extends Node {
  @Field(() => ID)
  @PrimaryGeneratedColumn('uuid')
  override id!: string;

  @Field(() => String)
  @Column('text')
  name!: string;

  /** Last seq of the workspace's lead changes. */
  @Column('int', { default: 0 })
  leadSeq!: number;

  @Field(() => GraphQLDateTime)
  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;
}
