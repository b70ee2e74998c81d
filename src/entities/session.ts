import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Node } from './node.js';

/** One sign-in; its refresh tokens form a family. */
@Entity('sessions')
@Index('sessions_user', ['userId'])
@ObjectType({ implements: Node })
export class Session extends Node {
  @Field(() => ID)
  @PrimaryGeneratedColumn('uuid')
  override id!: string;

  @Column('uuid')
  userId!: string;

  @Column('uuid')
  workspaceId!: string;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  userAgent!: string | null;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  ip!: string | null;

  @Field(() => GraphQLDateTime)
  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;

  @Field(() => GraphQLDateTime)
  @Column('timestamptz', { default: () => 'now()' })
  lastUsedAt!: Date;

  @Field(() => GraphQLDateTime)
  @Column('timestamptz')
  expiresAt!: Date;

  @Column('timestamptz', { nullable: true })
  revokedAt!: Date | null;
}
