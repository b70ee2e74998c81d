import { Field, Float, Int, ObjectType } from 'type-graphql';

@ObjectType()
export class GoalCounters {
  @Field(() => Int)
  searches!: number;

  @Field(() => Int)
  results!: number;

  @Field(() => Int)
  sites!: number;

  @Field(() => Int)
  sitesDone!: number;

  @Field(() => Int)
  sitesFailed!: number;

  @Field(() => Int)
  pages!: number;

  @Field(() => Int)
  pagesFailed!: number;

  @Field(() => Int)
  emails!: number;

  @Field(() => Int)
  emailsValid!: number;

  @Field(() => Int)
  leads!: number;

  @Field(() => Float)
  percent!: number;
}

@ObjectType()
export class CrawlCounters {
  @Field(() => Int)
  discovered!: number;

  @Field(() => Int)
  fetched!: number;

  @Field(() => Int)
  failed!: number;

  @Field(() => Int)
  skipped!: number;

  @Field(() => Int)
  emails!: number;

  @Field(() => Int)
  bytes!: number;

  @Field(() => Float)
  percent!: number;
}

@ObjectType({ description: 'Hard limits of one run, reserved before each step, never exceeded.' })
export class Budget {
  @Field(() => Int)
  maxSites!: number;

  @Field(() => Int)
  maxPages!: number;

  @Field(() => Int)
  maxSearches!: number;

  @Field(() => Int)
  maxTokens!: number;

  @Field(() => Int)
  usedSites!: number;

  @Field(() => Int)
  usedPages!: number;

  @Field(() => Int)
  usedSearches!: number;

  @Field(() => Int)
  usedTokens!: number;
}
