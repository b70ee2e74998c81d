import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import { Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { EmailKind, EmailStatus } from './enums.js';
import { EmailVerdict } from './email-verdict.js';
import { Node } from './node.js';

/** One address of a workspace; every sighting is an EmailSource. */
@Entity('emails')
@Unique('emails_workspace_address', ['workspaceId', 'address'])
@Index('emails_workspace_created', ['workspaceId', 'createdAt', 'id'])
@Index('emails_unchecked', { synchronize: false })
@Index('emails_lead', ['leadId'])
@Index('emails_workspace_domain', ['workspaceId', 'domain', 'createdAt', 'id'])
@Index('emails_workspace_status', ['workspaceId', 'status', 'createdAt', 'id'])
@Index('emails_workspace_kind', ['workspaceId', 'kind', 'createdAt', 'id'])
@Index('emails_search', { synchronize: false })
@ObjectType({ implements: Node })
export class Email extends Node {
  @Field(() => ID)
  @PrimaryGeneratedColumn('uuid')
  override id!: string;

  @Column('uuid')
  workspaceId!: string;

  @Field(() => String)
  @Column('text')
  address!: string;

  @Field(() => String)
  @Column('text')
  domain!: string;

  @Field(() => EmailKind)
  @Column('text')
  kind!: EmailKind;

  @Field(() => EmailStatus)
  @Column('text')
  status!: EmailStatus;

  @Field(() => EmailVerdict, { nullable: true })
  @Column('jsonb', { nullable: true })
  verdict!: EmailVerdict | null;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  personName!: string | null;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  jobTitle!: string | null;

  @Field(() => Boolean, { description: "Belongs to someone else than the site's owner, such as its web agency." })
  @Column('boolean', { default: false })
  thirdParty!: boolean;

  @Column('uuid', { nullable: true })
  leadId!: string | null;

  @Field(() => GraphQLDateTime)
  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;
}
