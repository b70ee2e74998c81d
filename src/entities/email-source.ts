import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ObjectType } from 'type-graphql';
import { Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { EmailNotation } from './email-notation.js';

/** Where an address was read: the proof. */
@Entity('email_sources')
@Unique('email_sources_email_page', ['emailId', 'pageId'])
@Index('email_sources_job', ['crawlJobId', 'emailId'])
@Index('email_sources_page', ['pageId'])
@ObjectType()
export class EmailSource {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('uuid')
  emailId!: string;

  @Column('uuid')
  pageId!: string;

  @Column('uuid')
  crawlJobId!: string;

  @Field(() => String)
  @Column('text')
  pageUrl!: string;

  @Field(() => String)
  @Column('text')
  snippet!: string;

  @Field(() => EmailNotation)
  @Column('text')
  notation!: EmailNotation;

  @Field(() => GraphQLDateTime)
  @Column('timestamptz')
  foundAt!: Date;

  @Field(() => String)
  @Column('text')
  contentHash!: string;

  @Field(() => Boolean)
  @Column('boolean', { default: true })
  stillOnPage!: boolean;

  /** On this site it belongs to somebody else, such as the web agency; on the agency's own site it does not. */
  @Column('boolean', { default: false })
  thirdParty!: boolean;
}
