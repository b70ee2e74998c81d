import { Field, Int, ObjectType } from 'type-graphql';

@ObjectType()
export class CrawlPolicy {
  /** Whose it is; not stored. */
  crawlJobId?: string;

  @Field(() => Int, { nullable: true })
  robotsStatus!: number | null;

  @Field(() => String)
  userAgent!: string;

  @Field(() => Int)
  crawlDelayMs!: number;

  @Field(() => [String])
  sitemaps!: string[];

  @Field(() => [String])
  disallowed!: string[];
}
