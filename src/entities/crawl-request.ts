import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Node } from './node.js';

/** One request that a crawl sent to a host, with the rule that allowed it and the pace it kept: the ledger of politeness. */
@Entity('crawl_requests')
@Index('crawl_requests_job_sent', ['crawlJobId', 'sentAt', 'id'])
@ObjectType({ implements: Node })
export class CrawlRequest extends Node {
  @Field(() => ID)
  @PrimaryGeneratedColumn('uuid')
  override id!: string;

  @Column('uuid')
  crawlJobId!: string;

  @Field(() => String)
  @Column('text')
  url!: string;

  @Field(() => String, { nullable: true, description: 'Line of robots.txt that decided; null where no line speaks about the path.' })
  @Column('text', { nullable: true })
  rule!: string | null;

  @Field(() => Int, { description: 'Least time since the request before it to the same registrable domain, ms.' })
  @Column('int')
  delayMs!: number;

  @Field(() => Int, { description: 'How long it waited for its turn, ms.' })
  @Column('int')
  waitedMs!: number;

  @Field(() => Int, { description: 'From the turn to the last byte or the failure, ms.' })
  @Column('int')
  durationMs!: number;

  @Field(() => String, { nullable: true, description: 'Code of errors.md when no answer came that could be read.' })
  @Column('text', { nullable: true })
  errorCode!: string | null;

  @Field(() => GraphQLDateTime)
  @Column('timestamptz')
  sentAt!: Date;
}
