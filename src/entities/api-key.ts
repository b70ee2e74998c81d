import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { ApiScope } from './enums.js';
import { Node } from './node.js';

/** A long-lived credential of a workspace; the secret is shown once. */
@Entity('api_keys')
@Index('api_keys_workspace', ['workspaceId'])
@ObjectType({ implements: Node })
export class ApiKey extends Node {
  @Field(() => ID)
  @PrimaryGeneratedColumn('uuid')
  override id!: string;

  @Column('uuid')
  workspaceId!: string;

  @Column('uuid')
  userId!: string;

  @Field(() => String)
  @Column('text')
  name!: string;

  @Field(() => String)
  @Column('text')
  prefix!: string;

  /** SHA-256, hex. */
  @Column('text', { unique: true })
  secretHash!: string;

  @Field(() => [ApiScope])
  @Column('text', { array: true })
  scopes!: ApiScope[];

  @Field(() => GraphQLDateTime)
  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;

  @Field(() => GraphQLDateTime, { nullable: true })
  @Column('timestamptz', { nullable: true })
  lastUsedAt!: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  @Column('timestamptz', { nullable: true })
  expiresAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  revokedAt!: Date | null;
}
