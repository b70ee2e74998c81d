import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import { Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { Role } from './enums.js';
import { Node } from './node.js';

/** A mailed offer of a place in a workspace; open until it is accepted, revoked or too old. */
@Entity('invitations')
@Unique('invitations_token', ['tokenHash'])
@Index('invitations_open', { synchronize: false })
@ObjectType({ implements: Node })
export class Invitation extends Node {
  @Field(() => ID)
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'invitations_pk' })
  override id!: string;

  @Column('uuid')
  workspaceId!: string;

  /** Lower case; only an account with this verified address may accept. */
  @Field(() => String)
  @Column('text')
  email!: string;

  @Field(() => Role)
  @Column('text')
  role!: Role;

  @Column('uuid')
  invitedBy!: string;

  /** SHA-256, hex. */
  @Column('text')
  tokenHash!: string;

  @Field(() => GraphQLDateTime)
  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;

  @Field(() => GraphQLDateTime)
  @Column('timestamptz')
  expiresAt!: Date;

  /** Who accepted it: opened again by the same person it is harmless. */
  @Column('uuid', { nullable: true })
  acceptedBy!: string | null;

  @Column('timestamptz', { nullable: true })
  revokedAt!: Date | null;
}
