import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { Node } from './node.js';

/** A person who can sign in. */
@Entity('users')
@ObjectType({ implements: Node })
export class User extends Node {
  @Field(() => ID)
  @PrimaryGeneratedColumn('uuid')
  override id!: string;

  /** Lower case; unique. */
  @Field(() => String)
  @Column('text', { unique: true })
  email!: string;

  /** Argon2id, parameters inside; null for accounts that sign in elsewhere. */
  @Column('text', { nullable: true, select: false })
  passwordHash!: string | null;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  name!: string | null;

  @Column('timestamptz', { nullable: true })
  emailVerifiedAt!: Date | null;

  @Field(() => GraphQLDateTime)
  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;
}
