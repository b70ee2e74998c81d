import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Int, ObjectType } from 'type-graphql';
import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** The page and the words that prove one stored value of a lead. */
@Entity('evidence')
@Index('evidence_lead', ['leadId'])
@ObjectType()
export class Evidence {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('uuid')
  leadId!: string;

  @Field(() => String)
  @Column('text')
  field!: string;

  @Field(() => String)
  @Column('text')
  value!: string;

  @Field(() => String)
  @Column('text')
  pageUrl!: string;

  @Column('uuid', { nullable: true })
  pageId!: string | null;

  @Field(() => String)
  @Column('text')
  snippet!: string;

  @Field(() => Int)
  @Column('int')
  start!: number;

  @Field(() => Int)
  @Column('int')
  end!: number;

  @Field(() => String)
  @Column('text')
  contentHash!: string;

  @Field(() => GraphQLDateTime)
  @Column('timestamptz')
  foundAt!: Date;
}
