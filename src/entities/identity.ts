import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ObjectType } from 'type-graphql';
import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { User } from './user.js';

/** An account elsewhere that signs a user in here. A subject is unique with its issuer only (OpenID Connect Core §2). */
@Entity('identities')
@Unique('identities_subject', ['provider', 'issuer', 'subject'])
@Index('identities_user', ['userId'])
@ObjectType({ description: 'An account at a sign-in provider that belongs to the user.' })
export class Identity {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('uuid')
  @ForeignKey(() => User, { onDelete: 'CASCADE' })
  userId!: string;

  @Field(() => String)
  @Column('text')
  provider!: string;

  /** Who gave the subject its meaning; another GOOGLE_BASE_URL is another set of people. */
  @Column('text')
  issuer!: string;

  @Column('text')
  subject!: string;

  /** As the provider last told it. */
  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  email!: string | null;

  @Field(() => GraphQLDateTime)
  @Column('timestamptz', { default: () => 'now()' })
  linkedAt!: Date;
}
