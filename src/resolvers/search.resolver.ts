import { Arg, Ctx, Field, FieldResolver, ID, InputType, Int, Mutation, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { SearchProviderName } from '../entities/enums.js';
import { Goal } from '../entities/goal.js';
import { SearchResult } from '../entities/search-result.js';
import { SourceOutcome } from '../entities/search-values.js';
import { Strategy } from '../entities/strategy.js';
import { SearchService } from '../services/search/search.service.js';
import { signedIn, type Context } from './context.js';

@InputType()
class SearchQueryInput {
  @Field(() => SearchProviderName)
  provider!: SearchProviderName;

  @Field(() => String)
  query!: string;
}

@InputType({ description: 'Only the given fields change; the result is a new version.' })
class UpdateStrategyInput {
  @Field(() => [String], { nullable: true })
  industries?: string[] | null;

  @Field(() => [String], { nullable: true })
  locations?: string[] | null;

  @Field(() => [String], { nullable: true })
  roles?: string[] | null;

  @Field(() => [String], { nullable: true })
  keywords?: string[] | null;

  @Field(() => [String], { nullable: true })
  exclusions?: string[] | null;

  @Field(() => Int, { nullable: true })
  targetCount?: number | null;

  @Field(() => [SearchQueryInput], { nullable: true })
  queries?: SearchQueryInput[] | null;
}

@ObjectType()
class SearchOutcome {
  @Field(() => [SearchResult])
  results!: SearchResult[];

  @Field(() => [SourceOutcome])
  sources!: SourceOutcome[];

  @Field(() => Boolean)
  cached!: boolean;

  @Field(() => Int)
  durationMs!: number;
}

@Resolver(() => Strategy)
export class SearchResolver {
  constructor(private readonly search: SearchService) {}

  @Query(() => Strategy)
  strategy(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<Strategy> {
    return this.search.strategy(signedIn(ctx), id);
  }

  @Query(() => [SearchResult])
  searchResults(@Ctx() ctx: Context, @Arg('goalId', () => ID) goalId: string): Promise<SearchResult[]> {
    return this.search.searchResults(signedIn(ctx), goalId);
  }

  @Mutation(() => Strategy)
  generateStrategy(@Ctx() ctx: Context, @Arg('goalId', () => ID) goalId: string): Promise<Strategy> {
    return this.search.generateStrategy(signedIn(ctx), goalId);
  }

  @Mutation(() => Strategy)
  updateStrategy(@Ctx() ctx: Context, @Arg('goalId', () => ID) goalId: string, @Arg('input', () => UpdateStrategyInput) input: UpdateStrategyInput): Promise<Strategy> {
    return this.search.updateStrategy(signedIn(ctx), goalId, input);
  }

  @Mutation(() => SearchOutcome)
  executeSearch(@Ctx() ctx: Context, @Arg('goalId', () => ID) goalId: string): Promise<SearchOutcome> {
    return this.search.executeSearch(signedIn(ctx), goalId, AbortSignal.timeout(60_000));
  }

  @Mutation(() => Goal, { description: "A follow-up in plain words, such as 'only those with a booking page': a new strategy version from goal, context and message." })
  refineGoal(@Ctx() ctx: Context, @Arg('id', () => ID) id: string, @Arg('message', () => String) message: string): Promise<Goal> {
    return this.search.refineStrategy(signedIn(ctx), id, message);
  }

  @FieldResolver(() => Goal)
  goal(@Root() strategy: Strategy, @Ctx() ctx: Context): Promise<Goal | null> {
    return ctx.loaders.goals.load(strategy.goalId);
  }
}
