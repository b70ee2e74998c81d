import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { Budget, CrawlCounters, GoalCounters } from './counters.js';
import { CrawlEventType, CrawlStatus, GoalEventType, GoalStatus, LeadEventType } from './enums.js';

const STREAM = 'Events are stored with a rising seq: a client that lost its socket passes the last seq it saw as `after` and misses nothing, sees nothing twice. Without `after` the first event is a snapshot of now.';

/** A stored event as clients get it; lead and email are resolved from their ids. */
@ObjectType({ description: STREAM })
export class GoalEvent {
  @Field(() => Int)
  seq!: number;

  @Field(() => GoalEventType)
  type!: GoalEventType;

  @Field(() => GraphQLDateTime)
  at!: Date;

  @Field(() => String)
  message!: string;

  @Field(() => ID)
  goalId!: string;

  @Field(() => GoalStatus)
  status!: GoalStatus;

  @Field(() => GoalCounters)
  counters!: GoalCounters;

  @Field(() => Budget)
  budget!: Budget;

  @Field(() => String, { nullable: true })
  url!: string | null;

  leadId!: string | null;
  emailId!: string | null;
}

@ObjectType({ description: STREAM })
export class CrawlEvent {
  @Field(() => Int)
  seq!: number;

  @Field(() => CrawlEventType)
  type!: CrawlEventType;

  @Field(() => GraphQLDateTime)
  at!: Date;

  @Field(() => String)
  message!: string;

  @Field(() => ID)
  crawlJobId!: string;

  @Field(() => CrawlStatus)
  status!: CrawlStatus;

  @Field(() => CrawlCounters)
  counters!: CrawlCounters;

  @Field(() => String, { nullable: true })
  url!: string | null;

  emailId!: string | null;
}

@ObjectType({ description: STREAM })
export class LeadChange {
  @Field(() => Int)
  seq!: number;

  @Field(() => LeadEventType)
  type!: LeadEventType;

  @Field(() => GraphQLDateTime)
  at!: Date;

  leadId!: string;
}
